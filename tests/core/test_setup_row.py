"""Rows of set-up that the schema tells: statuses, stages, and EntityDefinition."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Query
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.setup_row import ENTITY_FIELDS, PICKLISTS
from mockorg_server.schema.schema import load_schema

VIEW = load_schema().latest


@pytest.fixture
def rows(run: Callable[..., Any]) -> Callable[[str], list[tuple[Any, ...]]]:
    return lambda soql: [row[1:] for row in run(Query(soql)).rows]


@pytest.mark.parametrize("name", PICKLISTS)
def test_every_value_of_the_picklist_has_a_row(name: str, rows: Callable[[str], list[tuple[Any, ...]]]) -> None:
    source = PICKLISTS[name]
    sobject = VIEW.sobject(source.sobject)
    assert sobject is not None
    field = sobject.field(source.field)
    assert field is not None
    values = [(entry.value, number) for number, entry in enumerate(field.picklist_values, start=1)]
    assert rows(f"SELECT ApiName, SortOrder FROM {name} ORDER BY SortOrder") == values


@pytest.mark.parametrize(
    ("soql", "answer"),
    [
        ("SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true", [("Closed - Converted",)]),
        ("SELECT MasterLabel FROM LeadStatus WHERE IsDefault = true", [("Open - Not Contacted",)]),
        ("SELECT ApiName FROM CaseStatus WHERE IsClosed = true", [("Closed",)]),
        ("SELECT ApiName FROM TaskStatus WHERE IsClosed = true", [("Completed",)]),
        ("SELECT ApiName FROM TaskPriority WHERE IsHighPriority = true", [("High",)]),
        (
            "SELECT ApiName, DefaultProbability, ForecastCategoryName FROM OpportunityStage WHERE IsWon = true",
            [("Closed Won", 100, "Closed")],
        ),
        ("SELECT COUNT() FROM OpportunityStage WHERE IsClosed = true AND IsActive = true", 2),
    ],
)
def test_what_the_rows_tell(soql: str, answer: Any, run: Callable[..., Any], rows: Any) -> None:
    assert (run(Query(soql)).size if isinstance(answer, int) else rows(soql)) == answer


def test_the_rows_are_made_once_and_as_old_as_the_org(org: Org, run: Callable[..., Any]) -> None:
    first = run(Query("SELECT Id, CreatedDate FROM CaseStatus")).rows
    org.clock.advance(60)
    assert run(Query("SELECT Id, CreatedDate FROM CaseStatus")).rows == first


def test_entity_definition(rows: Callable[[str], list[tuple[Any, ...]]]) -> None:
    asked = "SELECT QualifiedApiName, Label, PluralLabel, KeyPrefix, IsQueryable, IsCustomSetting FROM EntityDefinition"
    assert rows(f"{asked} WHERE QualifiedApiName IN ('account', 'Case') ORDER BY Label") == [
        ("Account", "Account", "Accounts", "001", True, False),
        ("Case", "Case", "Cases", "500", True, False),
    ]
    assert rows("SELECT DurableId FROM EntityDefinition WHERE KeyPrefix = '003'") == [("Contact",)]


def test_every_object_has_an_entity_definition(run: Callable[..., Any]) -> None:
    assert run(Query("SELECT COUNT() FROM EntityDefinition")).size == len(VIEW.names)


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT IsCustomizable FROM EntityDefinition",
        "SELECT Label FROM EntityDefinition WHERE IsEverCreatable = true",
        "SELECT Label FROM EntityDefinition WHERE Label = 'x' OR (NOT DetailUrl LIKE 'x%')",
        "SELECT COUNT() FROM EntityDefinition WHERE DeploymentStatus = 'Deployed'",
        "SELECT Label FROM EntityDefinition ORDER BY PublisherId",
        "SELECT FIELDS(ALL) FROM EntityDefinition LIMIT 1",
    ],
)
def test_fields_that_nothing_tells_are_refused(soql: str, run: Callable[..., Any]) -> None:
    with pytest.raises(OrgError, match=r"mockorg does not support the field EntityDefinition\.\w+ yet") as caught:
        run(Query(soql))
    assert caught.value.code == "UNSUPPORTED_QUERY"


def test_the_known_fields_exist() -> None:
    entity = VIEW.sobject("EntityDefinition")
    assert entity is not None
    assert all(entity.field(name) for name in ENTITY_FIELDS)


def test_a_parent_whose_rows_are_missing_is_refused(run: Callable[..., Any]) -> None:
    with pytest.raises(OrgError, match="mockorg does not support querying UserLicense yet"):
        run(Query("SELECT Profile.UserLicense.Name FROM User"))
