"""create, update, upsert and delete: every case of ``cases/dml.json``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, Delete, Query, Retrieve, Update, Upsert
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord, ParentReference
from mockorg_server.core.seed import SeedRecord

CASES = json.loads((Path(__file__).parent / "cases" / "dml.json").read_text())["cases"]
MAKERS = {"create": Create, "update": Update}
SETUP = [
    SeedRecord("Account", {"Name": "Acme", "Phone": "555"}, "acme"),
    SeedRecord("Account", {"Name": "Gone", "IsDeleted": True}, "gone"),
    SeedRecord(
        "Contact", {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com", "AccountId": "@acme"}, "ada"
    ),
    SeedRecord(
        "ConvMessageSendRequest", {"RequestType": "SendNotificationMessages", "RequestStatus": "Pending"}, "request"
    ),
    SeedRecord("Case", {"Status": "Closed", "ClosedDate": "2026-01-01T00:00:00Z"}, "closed"),
    SeedRecord("Profile", {"Name": "Standard User"}, "profile"),
    SeedRecord("User", {"Username": "other@example.com", "LastName": "Other", "ProfileId": "@profile"}, "other"),
    SeedRecord("Group", {"Name": "Support", "Type": "Queue"}, "queue"),
    SeedRecord("Case", {"Subject": "of the queue", "OwnerId": "@queue"}),
]


def _filled(thing: Any, ids: dict[str, str]) -> Any:
    if isinstance(thing, str):
        for name, record_id in ids.items():
            thing = thing.replace(f"@{name}:15", record_id[:15]).replace(f"@{name}", record_id)
        return thing
    if isinstance(thing, list):
        return [_filled(item, ids) for item in thing]
    if isinstance(thing, dict):
        return {key: _filled(value, ids) for key, value in thing.items()}
    return thing


def _record(raw: dict[str, Any]) -> InputRecord:
    values = {name: value for name, value in raw.items() if name not in ("type", "Id", "fieldsToNull", "references")}
    references = {name: ParentReference(*parent) for name, parent in raw.get("references", {}).items()}
    return InputRecord(raw["type"], values, raw.get("Id"), tuple(raw.get("fieldsToNull", ())), references)


def _operation(case: dict[str, Any]) -> Any:
    all_or_none = case.get("all_or_none", False)
    if case["call"] == "delete":
        return Delete(tuple(case["ids"]), all_or_none)
    records = tuple(_record(raw) for raw in case["records"])
    if case["call"] == "upsert":
        return Upsert(case["key"], records, all_or_none)
    return MAKERS[case["call"]](records, all_or_none, case.get("truncate", False))


def _counts(run: Callable[..., Any]) -> dict[str, int]:
    return {
        name: run(Query(f"SELECT COUNT() FROM {name}")).size
        for name in ("Account", "Contact", "ConvMessageSendRequest")
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_dml(case: dict[str, Any], org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed(SETUP) | {"me": org.administrator_id}
    case = _filled(case, ids)
    before = _counts(run)

    if "fault" in case:
        with pytest.raises(OrgError) as caught:
            run(_operation(case))
        assert caught.value.code == case["fault"]["code"]
        assert caught.value.message == case["fault"].get("message", caught.value.message)
        assert _counts(run) == before, "a refused call changes nothing"
        return

    results = run(_operation(case))

    assert len(results) == len(case["expect"])
    for position, (result, expected) in enumerate(zip(results, case["expect"], strict=True)):
        _check(run, case, position, result, expected)
    after = _counts(run)
    for name, more in case.get("more", {}).items():
        assert after[name] - before[name] == more


def _check(run: Callable[..., Any], case: dict[str, Any], position: int, result: Any, expected: dict[str, Any]) -> None:
    if "code" in expected:
        assert [error.code for error in result.errors] == [expected["code"]]
        error = result.errors[0]
        assert error.message == expected.get("message", error.message)
        assert list(error.fields) == expected.get("fields", list(error.fields))
        keeps_id = expected["code"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK" and case["call"] != "create"
        assert result.id is None or keeps_id
        return
    assert result.success, result.errors
    assert result.id == expected.get("id", result.id)
    assert result.created == expected.get("created", result.created)
    then = expected.get("then")
    if then:
        sobject = case["records"][position]["type"]
        row = run(Retrieve(sobject, tuple(then), (result.id,))).rows[0]
        assert dict(zip(then, row[1:], strict=True)) == then


def test_a_delete_leaves_no_reference_that_leads_nowhere(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed(
        [
            SeedRecord("Account", {"Name": "Parent"}, "parent"),
            SeedRecord("Account", {"Name": "Subsidiary", "ParentId": "@parent"}, "subsidiary"),
            SeedRecord("Contact", {"LastName": "c", "AccountId": "@parent"}, "contact"),
            SeedRecord("Contact", {"LastName": "stays", "ReportsToId": "@contact"}, "report"),
        ]
    )
    (result,) = run(Delete((ids["parent"],)))
    assert result.success
    assert run(Retrieve("Account", ("ParentId",), (ids["subsidiary"],))).rows[0][1] is None
    assert run(Retrieve("Contact", ("ReportsToId",), (ids["report"],))).rows[0][1] is None, "its chief went along"
    assert run(Retrieve("Contact", ("Id",), (ids["contact"],))).rows == [None]


def test_a_refused_delete_changes_nothing(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed(SETUP)
    run(Delete((ids["profile"],)))
    assert run(Retrieve("User", ("ProfileId",), (ids["other"],))).rows[0][1] == ids["profile"]
    assert run(Retrieve("Profile", ("Name",), (ids["profile"],))).rows[0][1] == "Standard User"


def test_a_record_of_an_old_version_has_the_defaults_of_newer_fields(run: Callable[..., Any]) -> None:
    (created,) = run(Create((InputRecord("Contact", {"LastName": "old"}),)), 31)
    assert run(Retrieve("Contact", ("IsPriorityRecord",), (created.id,))).rows[0][1] == 0


def test_numbers_that_a_seed_brought_are_not_given_out_again(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("Case", {"CaseNumber": "00000041"}), SeedRecord("Case", {"CaseNumber": "by hand"})])
    (created,) = run(Create((InputRecord("Case", {}),)))
    assert run(Retrieve("Case", ("CaseNumber",), (created.id,))).rows[0][1] == "00000042"


def test_more_than_200_records_are_refused_as_a_whole(run: Callable[..., Any]) -> None:
    records = tuple(InputRecord("Account", {"Name": str(number)}) for number in range(201))
    with pytest.raises(OrgError, match="cannot submit more than 200 records into this call") as caught:
        run(Create(records))
    assert caught.value.code == "EXCEEDED_ID_LIMIT"
    assert run(Query("SELECT COUNT() FROM Account")).size == 0


def test_more_than_ten_chunks_are_refused_as_a_whole(run: Callable[..., Any]) -> None:
    records = [InputRecord("Account", {"Name": "a"}), InputRecord("Contact", {"LastName": "c"})] * 5
    assert all(result.success for result in run(Create(tuple(records))))
    with pytest.raises(OrgError, match="10 chunks"):
        run(Create((*records, records[0])))


def test_of_one_id_given_often_the_first_twelve_are_updated(org: Org, run: Callable[..., Any]) -> None:
    acme = org.seed(SETUP)["acme"]
    results = run(Update(tuple(InputRecord("Account", {"Name": str(n)}, acme) for n in range(14))))
    assert [result.success for result in results] == [True] * 12 + [False] * 2
    assert results[12].errors[0].message == "Maximum number of duplicate updates in one batch (12 allowed)."
    assert run(Retrieve("Account", ("Name",), (acme,))).rows[0][1] == "11"
