"""Stages and statuses of an org's own: what its standard value sets tell of them is drawn as from the standard ones."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import ConvertLead, Create, Query, Update
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord, LeadConvert
from mockorg_server.core.session import Caller

from .conftest import Folder, xml

Run = Callable[[Any], Any]


def value(name: str, **facts: object) -> str:
    told = "".join(
        f"<{fact}>{str(told).lower() if isinstance(told, bool) else told}</{fact}>" for fact, told in facts.items()
    )
    return (
        f"<standardValue><fullName>{name}</fullName><default>false</default><label>{name}</label>{told}</standardValue>"
    )


SETS = {
    "OpportunityStage": (
        value("Pitch", closed=False, forecastCategory="BestCase", probability=35, won=False),
        value("Signed", closed=True, forecastCategory="Closed", probability=100, won=True),
        value("Gone", closed=True, forecastCategory="Omitted", probability=0, won=False),
    ),
    "CaseStatus": (value("Open", closed=False), value("Done", closed=True)),
    "TaskStatus": (value("To do", closed=False), value("Ticked", closed=True)),
    "TaskPriority": (value("Urgent", highPriority=True), value("Any", highPriority=False)),
    "LeadStatus": (value("Fresh", converted=False), value("Won over", converted=True)),
}


@pytest.fixture
def run(folder: Folder, open_org: Callable[..., Org]) -> Run:
    for name, values in SETS.items():
        folder.write(f"standardValueSets/{name}.standardValueSet-meta.xml", xml("StandardValueSet", "".join(values)))
    reading = folder.read()
    assert not reading.notes
    org = open_org(reading)
    return lambda operation: org.run(operation, Caller(org.token, 62))


def made(run: Run, sobject: str, **values: object) -> str:
    [result] = run(Create((InputRecord(sobject, values),)))  # type: ignore[arg-type]
    assert result.success, result.errors
    return str(result.id)


def rows(run: Run, soql: str) -> list[tuple[object, ...]]:
    result = run(Query(soql))
    return [tuple(row[member.index] for member in result.shape.members) for row in result.rows]


def test_a_stage_draws_what_the_org_tells_of_it(run: Run) -> None:
    deal = made(run, "Opportunity", Name="O", StageName="Pitch", CloseDate="2026-02-01", Amount=200)
    soql = (
        "SELECT IsClosed, IsWon, Probability, ForecastCategory, ForecastCategoryName, ExpectedRevenue FROM Opportunity"
    )
    assert rows(run, soql) == [(False, False, 35.0, "BestCase", "Best Case", 70.0)]
    run(Update((InputRecord("Opportunity", {"StageName": "signed"}, deal),)))
    assert rows(run, soql) == [(True, True, 100.0, "Closed", "Closed", 200.0)]
    run(Update((InputRecord("Opportunity", {"StageName": "Gone"}, deal),)))
    assert rows(run, soql) == [(True, False, 0.0, "Omitted", "Omitted", 0.0)]


def test_a_closing_status_stamps_the_record(run: Run) -> None:
    case = made(run, "Case", Status="Open")
    assert rows(run, "SELECT IsClosed, ClosedDate FROM Case") == [(False, None)]
    run(Update((InputRecord("Case", {"Status": "Done"}, case),)))
    assert rows(run, "SELECT IsClosed, ClosedDate FROM Case") == [(True, "2026-01-31T12:00:30.000Z")]


def test_tasks_follow_their_status_and_priority(run: Run) -> None:
    made(run, "Task", Subject="a", Status="To do", Priority="Urgent")
    made(run, "Task", Subject="b", Status="Ticked", Priority="Any")
    assert rows(run, "SELECT IsClosed, IsHighPriority FROM Task ORDER BY Subject") == [(False, True), (True, False)]


def test_a_lead_is_converted_with_a_status_of_the_org(run: Run) -> None:
    def convert(status: str) -> Any:
        lead = made(run, "Lead", LastName="L", Company="C", Status="Fresh")
        [result] = run(ConvertLead((LeadConvert(lead_id=lead, converted_status=status),)))
        return result

    assert convert("Closed - Converted").errors[0].code == "INVALID_STATUS"
    assert convert("Won over").success


def test_the_rows_of_set_up_agree(run: Run) -> None:
    assert rows(
        run, "SELECT ApiName, IsClosed, IsWon, DefaultProbability FROM OpportunityStage ORDER BY SortOrder"
    ) == [
        ("Pitch", False, False, 35.0),
        ("Signed", True, True, 100.0),
        ("Gone", True, False, 0.0),
    ]
    assert rows(run, "SELECT ApiName, IsClosed FROM CaseStatus ORDER BY SortOrder") == [("Open", False), ("Done", True)]
    assert rows(run, "SELECT ApiName, IsConverted FROM LeadStatus ORDER BY SortOrder") == [
        ("Fresh", False),
        ("Won over", True),
    ]
