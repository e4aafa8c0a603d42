"""What comes back with an undeleted record, and what does not: details of several masters, unique values, references."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.model.storm_schema import write_schema

from mockorg_server.core.calls.operation import Create, Delete, Query, QueryAll, Undelete
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import Schema, load_schema

from .conftest import NOW


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return load_schema(additions=read_schema([write_schema(tmp_path_factory.mktemp("undelete"))]).additions)


class Records:
    """An org with regions, sites, parts, tools and uses, and its calls in few words."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.region = self.make("Region__c", Name="r")

    def run(self, operation: Any) -> Any:
        return self.org.run(operation, Caller(self.org.token, 66))

    def make(self, sobject: str, **values: Any) -> str:
        (result,) = self.run(Create((InputRecord(sobject, values),)))
        assert result.success, result.errors
        return str(result.id)

    def delete(self, *ids: str) -> None:
        assert all(each.success for each in self.run(Delete(ids)))

    def undelete(self, record_id: str) -> str:
        """Give the code of the refusal, '' for none."""
        (result,) = self.run(Undelete((record_id,)))
        return "".join(error.code for error in result.errors)

    def values(self, soql: str, call: Callable[..., Any] = Query) -> list[Any]:
        return [row[-1] for row in self.run(call(soql)).rows]


@pytest.fixture
def records(schema: Schema) -> Iterator[Records]:
    org = Org(schema, OrgSettings(clock_start=NOW))
    yield Records(org)
    org.close()


def test_a_unique_value_that_is_taken_meanwhile_keeps_the_parent_in_the_bin(records: Records) -> None:
    site = records.make("Site__c", Name="s", Region__c=records.region)
    other = records.make("Site__c", Name="o", Region__c=records.region)
    records.make("Part__c", Site__c=site, Key__c="k")
    records.delete(site)
    records.make("Part__c", Site__c=other, Key__c="k")
    assert records.undelete(site) == "DUPLICATE_VALUE"
    assert records.values("SELECT Key__c FROM Part__c") == ["k"]
    assert records.values("SELECT Name FROM Site__c") == ["o"]


def test_a_detail_of_two_masters_does_not_come_back_without_the_other(records: Records) -> None:
    site, tool = records.make("Site__c", Name="s", Region__c=records.region), records.make("Tool__c")
    use = records.make("Use__c", Site__c=site, Tool__c=tool)
    records.delete(site, tool)
    assert records.undelete(site) == ""
    assert records.values("SELECT Id FROM Use__c") == []
    assert records.undelete(use) == "UNDELETE_FAILED"


def test_a_detail_whose_masters_were_both_deleted_never_comes_back(records: Records) -> None:
    site, tool = records.make("Site__c", Name="s", Region__c=records.region), records.make("Tool__c")
    use = records.make("Use__c", Site__c=site, Tool__c=tool)
    records.delete(site, tool)
    assert [records.undelete(each) for each in (tool, site, use)] == ["", "", "UNDELETE_FAILED"]
    assert records.values("SELECT Id FROM Use__c") == []


def test_a_detail_of_two_masters_comes_back_with_the_one_that_took_it_along(records: Records) -> None:
    site, tool = records.make("Site__c", Name="s", Region__c=records.region), records.make("Tool__c")
    use = records.make("Use__c", Site__c=site, Tool__c=tool)
    records.delete(site)
    assert records.undelete(site) == ""
    assert records.values("SELECT Id FROM Use__c") == [use]


def test_a_reference_to_what_went_along_leads_there_again(records: Records) -> None:
    account = records.make("Account", Name="a")
    chief = records.make("Contact", LastName="chief", AccountId=account)
    records.make("Contact", LastName="stays", ReportsToId=chief)
    records.delete(account)
    assert records.values("SELECT ReportsToId FROM Contact") == [None]
    assert records.undelete(account) == ""
    assert records.values("SELECT ReportsToId FROM Contact WHERE LastName = 'stays'") == [chief]


def test_what_does_not_come_back_is_still_told_of(records: Records) -> None:
    site, tool = records.make("Site__c", Name="s", Region__c=records.region), records.make("Tool__c")
    use = records.make("Use__c", Site__c=site, Tool__c=tool)
    records.delete(site, tool)
    assert records.undelete(site) == ""
    assert records.values("SELECT Id FROM Use__c WHERE IsDeleted = true", QueryAll) == [use]
