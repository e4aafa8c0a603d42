"""The tables of the wire hold to the contract: nothing of it is forgotten, and what is not built is named."""

from pathlib import Path

import pytest

from mockorg_server.schema.api_version import NEWEST, OLDEST
from mockorg_server.schema.describe import PICKLIST_MEMBERS, RECORD_TYPE_MEMBERS
from mockorg_server.soap.describe_writer import CHILD_MEMBERS, DESCRIBE_MEMBERS, FIELD_MEMBERS, SOBJECT_MEMBERS
from mockorg_server.soap.member_version import MEMBER_SINCE, is_shown
from mockorg_server.soap.request import DECODERS
from mockorg_server.soap.result_writer import ENCODERS, USER_INFO_MEMBERS, ResultWriters
from mockorg_server.soap.type_writer import TypeWriter, absent

from .wire_client import WireClient, contract

NOT_BUILT = (Path(__file__).parent / "cases" / "not_built.txt").read_text(encoding="utf-8").split()


def test_what_is_not_built_is_the_list_in_the_cases() -> None:
    assert sorted(set(contract().operations) - set(DECODERS)) == NOT_BUILT
    assert set(DECODERS) == set(ENCODERS)
    assert set(DECODERS) <= set(contract().operations)


@pytest.mark.parametrize("name", NOT_BUILT)
def test_an_operation_that_is_not_built_is_refused_by_name(name: str) -> None:
    wire = WireClient()

    fault = wire.call(f"<{name}><anything/></{name}>").fault

    assert wire.org.calls == []
    assert fault is not None
    assert fault.exception_code == "FUNCTIONALITY_NOT_ENABLED"
    assert fault.message == f"mockorg does not support {name}() yet"


def test_member_versions_name_members_of_the_contract() -> None:
    for type_name, members in MEMBER_SINCE.items():
        assert set(members) <= {member.name for member in contract().all_members(type_name)}, type_name
        assert all(OLDEST < since <= NEWEST for since in members.values())
    assert not is_shown("tns:Field", "aiPredictionField", 46)
    assert is_shown("tns:Field", "aiPredictionField", 47)


@pytest.mark.parametrize(
    ("type_name", "names"),
    [
        ("tns:ChildRelationship", set(CHILD_MEMBERS)),
        ("tns:DescribeGlobalSObjectResult", set(SOBJECT_MEMBERS)),
        (
            "tns:DescribeSObjectResult",
            {*SOBJECT_MEMBERS, *DESCRIBE_MEMBERS, "fields", "childRelationships", "recordTypeInfos"},
        ),
        ("tns:Field", {*FIELD_MEMBERS, "picklistValues", "filteredLookupInfo"}),
        ("tns:GetUserInfoResult", set(USER_INFO_MEMBERS)),
        ("tns:PicklistEntry", set(PICKLIST_MEMBERS)),
        ("tns:RecordTypeInfo", set(RECORD_TYPE_MEMBERS)),
    ],
)
def test_every_member_of_a_type_has_its_source(type_name: str, names: set[str]) -> None:
    assert names == {member.name for member in contract().all_members(type_name)}


def test_a_table_that_does_not_fit_the_contract_is_an_error_at_once() -> None:
    with pytest.raises(KeyError, match="has no nonsense"):
        TypeWriter(contract(), "tns:LimitInfo", {"current": absent, "nonsense": absent}, 60)
    with pytest.raises(KeyError, match="limit"):
        TypeWriter(contract(), "tns:LimitInfo", {"current": absent}, 60)


def test_a_required_member_without_a_value_is_an_error() -> None:
    writer = TypeWriter(contract(), "tns:LimitInfo", {"current": absent, "limit": absent, "type": absent}, 60)

    with pytest.raises(ValueError, match="<current> is required"):
        writer.content(None)


def test_versions_of_one_generation_share_a_writer() -> None:
    writers = ResultWriters(contract())

    assert writers.of(51) is writers.of(68)
    assert writers.of(50) is not writers.of(51)
    assert len({id(writers.of(version)) for version in range(OLDEST, NEWEST + 1)}) == 6
