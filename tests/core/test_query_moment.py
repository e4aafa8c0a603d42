"""What queries take from the caller and the organization: whose records are mine, the user's zone, the fiscal year."""

from collections.abc import Callable
from typing import Any

from mockorg_server.core.calls.operation import Login, Query, Update
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller


def test_mine_are_the_records_of_whoever_asks(org: Org, run: Callable[..., Any]) -> None:
    session = org.run(Login("second@mockorg.example", "x"), Caller(None, 60)).session_id
    (second,) = [row[0] for row in run(Query("SELECT Id FROM User WHERE Username = 'second@mockorg.example'")).rows]
    org.seed(
        [SeedRecord("Account", {"Name": "first's"}), SeedRecord("Account", {"Name": "second's", "OwnerId": second})]
    )
    soql = "SELECT Name FROM Account USING SCOPE mine"
    assert [row[1] for row in run(Query(soql)).rows] == ["first's"]
    assert [row[1] for row in org.run(Query(soql), Caller(session, 66)).rows] == ["second's"]


def test_hours_and_fiscal_years_are_the_users_and_the_organizations(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("Account", {"Name": "a", "CreatedDate": "2025-12-31T23:30:00.000Z"})])
    soql = (
        "SELECT DAY_ONLY(convertTimezone(CreatedDate)), HOUR_IN_DAY(convertTimezone(CreatedDate)), "
        "FISCAL_YEAR(CreatedDate) FROM Account GROUP BY DAY_ONLY(convertTimezone(CreatedDate)), "
        "HOUR_IN_DAY(convertTimezone(CreatedDate)), FISCAL_YEAR(CreatedDate)"
    )
    assert run(Query(soql)).rows == [("2025-12-31", 23, 2025)]
    save(run, "User", org.administrator_id, {"TimeZoneSidKey": "Asia/Tokyo"})
    assert run(Query(soql)).rows == [("2026-01-01", 8, 2025)]
    with org._store.write() as writer:  # the API cannot change the fiscal year
        organization = org.schema.latest.sobject("Organization")
        assert organization is not None
        writer.update(organization, org.id, {"FiscalYearStartMonth": 7})
    assert run(Query(soql)).rows == [("2026-01-01", 8, 2026)]
    with org._store.write() as writer:
        writer.update(organization, org.id, {"UsesStartDateAsFiscalYearName": True})
    assert run(Query(soql)).rows == [("2026-01-01", 8, 2025)]


def save(run: Callable[..., Any], sobject: str, key: str, values: dict[str, Any]) -> None:
    (result,) = run(Update((InputRecord(sobject, values, key),)))
    assert result.success, result.errors
