"""POST /_mockorg/seed writes what no client may; POST /_mockorg/reset takes it back."""

import pytest

from mockorg_server.core.calls.operation import Query
from mockorg_server.core.host import Host
from mockorg_server.core.session import Caller

SEED = "POST /_mockorg/seed"


def rows(host: Host, soql: str) -> list[tuple[object, ...]]:
    """The rows of a query, without the hidden Id in front of each."""
    org = host.default
    return [tuple(row) for row in org.run(Query(soql), Caller(org.token, 60)).rows]


def record(type_name: str, reference_id: str | None = None, **values: object) -> dict[str, object]:
    attributes = {"type": type_name} | ({"referenceId": reference_id} if reference_id else {})
    return {"attributes": attributes, **values}


def test_any_field_of_any_object_can_be_seeded(control, host: Host) -> None:
    request = record("ConvMessageSendRequest", "r", RequestStatus="In Progress", CreatedDate="2026-01-30T08:00:00Z")
    reply = control(SEED, {"records": [request, record("Account", Name="Acme")]})

    assert reply.status == 200
    assert list(reply.value["ids"]) == ["r"]
    [(record_id, status, created)] = rows(host, "SELECT Id, RequestStatus, CreatedDate FROM ConvMessageSendRequest")
    assert record_id == reply.value["ids"]["r"]
    assert record_id.startswith("1sr")
    assert (status, created) == ("In Progress", "2026-01-30T08:00:00.000Z")
    assert len(rows(host, "SELECT Id FROM Account")) == 1


def test_references_and_nested_children_point_at_their_parents(control, host: Host) -> None:
    contacts = {"records": [record("Contact", LastName="Nested")]}
    documents = [
        record("Account", "a", Name="Acme", Contacts=contacts),
        record("Contact", LastName="Flat", AccountId="@a"),
    ]
    ids = control(SEED, {"records": documents}).value["ids"]

    found = rows(host, "SELECT LastName, AccountId FROM Contact ORDER BY LastName")
    assert [row[-2:] for row in found] == [("Flat", ids["a"]), ("Nested", ids["a"])]


def test_only_references_that_the_seed_names_are_answered(control) -> None:
    contacts = {"records": [record("Contact", "c", LastName="Nested")]}
    ids = control(SEED, {"records": [record("Account", Name="Acme", Contacts=contacts)]}).value["ids"]
    assert list(ids) == ["c"]


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([record("Account", Name="ok"), record("Acount", Name="x")], "body record 2: there is no sObject 'Acount'"),
        ([record("Account", Name="ok"), record("Account", Nmae="x")], "body record 2: Account has no field 'Nmae'"),
        ([record("Account", Name="ok"), record("Contact", LastName="x", AccountId="@b")], "body record 2: AccountId"),
        ([record("Account", "a", Name="ok"), record("Account", "a", Name="x")], "body record 2: referenceId 'a'"),
        ([record("Account", Name="ok"), record("Account", Name="x", Contactz={"records": []})], "'Contactz'"),
        ([record("Account", Name="ok"), record("Account", Name="x", NumberOfEmployees="many")], "NumberOfEmployees"),
        ([record("Account", Name="ok"), {"Name": "x"}], "body record 2: attributes must name the type"),
    ],
)
def test_nothing_is_written_when_a_record_is_bad(control, host: Host, records: list[object], complaint: str) -> None:
    reply = control(SEED, {"records": records})

    assert reply.status == 400
    assert complaint in reply.error
    assert rows(host, "SELECT Id FROM Account") == []


def test_a_body_in_another_form_is_refused(control) -> None:
    assert "tree form" in control(SEED, [record("Account", Name="x")]).error


def test_csv_and_lists_tell_their_type_in_the_address(control, host: Host) -> None:
    csv = b"Name,NumberOfEmployees\nAcme,7\n"
    assert control(f"{SEED}?sobject=Account", csv, CONTENT_TYPE="text/csv; charset=utf-8").status == 200
    assert control(f"{SEED}?sobject=Account", [{"Name": "Beta", "NumberOfEmployees": 8}]).status == 200

    assert [row[-2:] for row in rows(host, "SELECT Name, NumberOfEmployees FROM Account ORDER BY Name")] == [
        ("Acme", 7),
        ("Beta", 8),
    ]
    assert "?sobject=Account" in control(SEED, csv, CONTENT_TYPE="text/csv").error
    assert "body line 2" in control(f"{SEED}?sobject=Account", b"Name\na,b\n", CONTENT_TYPE="text/csv").error


def test_reset_goes_back_to_just_after_start(control, host: Host) -> None:
    control(SEED, {"records": [record("Account", Name="Acme")]})
    control("PUT /_mockorg/clock", {"advance_seconds": 60})

    assert control("POST /_mockorg/reset").value == {"status": "ok"}
    assert rows(host, "SELECT Id FROM Account") == []
    assert control("GET /_mockorg/clock").value["now"] == "2026-01-31T12:00:30.000Z"


def test_the_token_of_the_ready_line_survives_a_reset(control, host: Host) -> None:
    token = host.default.token
    control("POST /_mockorg/reset", {})

    assert host.default.token == token
    assert rows(host, "SELECT Id FROM User") != []


def test_reset_takes_no_body(control) -> None:
    reply = control("POST /_mockorg/reset", {"objects": ["Account"]})

    assert reply.status == 400
    assert "takes no body" in reply.error
