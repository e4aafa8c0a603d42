"""An org that has a schema of its own keeps, finds and describes records of it as any other."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, DescribeSObjects, Query, Retrieve, Update, Upsert
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedError, SeedRecord
from mockorg_server.core.session import Caller

from .conftest import Folder

Run = Callable[[Any], Any]


@pytest.fixture
def org(folder: Folder, open_org: Callable[..., Org]) -> Org:
    folder.field(
        "Account.ExtId__c", "<type>Text</type><length>40</length><externalId>true</externalId><unique>true</unique>"
    )
    folder.object(
        "Visit__c",
        "<label>Visit</label><pluralLabel>Visits</pluralLabel><nameField><label>Visit Number</label>"
        "<type>AutoNumber</type><displayFormat>V-{0000}</displayFormat></nameField>",
    )
    folder.field(
        "Visit__c.Account__c",
        "<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Visits</relationshipName>",
    )
    folder.field("Visit__c.Cost__c", "<type>Currency</type><precision>18</precision><scale>2</scale>")
    return open_org(folder.read())


@pytest.fixture
def run(org: Org) -> Run:
    return lambda operation: org.run(operation, Caller(org.token, 66))


def test_a_record_is_upserted_by_an_external_id_of_the_org(run: Run) -> None:
    [first] = run(Upsert("ExtId__c", (InputRecord("Account", {"ExtId__c": "A-1", "Name": "Acme"}),)))
    [second] = run(Upsert("ExtId__c", (InputRecord("Account", {"ExtId__c": "a-1", "Name": "Acme Corp"}),)))

    assert (first.created, second.created, first.id) == (True, False, second.id)


def test_a_unique_field_refuses_a_second_holder(run: Run) -> None:
    run(Create((InputRecord("Account", {"ExtId__c": "A-1", "Name": "Acme"}),)))
    [refused] = run(Create((InputRecord("Account", {"ExtId__c": "A-1", "Name": "Other"}),)))

    assert refused.errors[0].code == "DUPLICATE_VALUE"


def test_relationships_are_queried_in_both_directions(run: Run) -> None:
    [account] = run(Create((InputRecord("Account", {"ExtId__c": "A-1", "Name": "Acme"}),)))
    [visit] = run(Create((InputRecord("Visit__c", {"Account__c": account.id, "Cost__c": 12.345}),)))
    page = run(Query("SELECT Name, Account__r.ExtId__c, Cost__c FROM Visit__c WHERE Account__r.ExtId__c = 'A-1'"))
    parents = run(Query("SELECT Id, (SELECT Name FROM Visits__r) FROM Account WHERE ExtId__c = 'a-1'"))

    assert visit.id.startswith("a00")
    assert [member.name for member in page.shape.members] == ["Name", "Account__r", "Cost__c"]
    assert "V-0001" in page.rows[0]
    assert 12.35 in page.rows[0]
    assert parents.size == 1


def test_it_is_retrieved_and_described(run: Run) -> None:
    [visit] = run(Create((InputRecord("Visit__c", {"Cost__c": 1.0}),)))
    found = run(Retrieve("Visit__c", ("Id", "Cost__c"), (visit.id,)))
    [described] = run(DescribeSObjects(("Visit__c",)))

    assert found.rows[0] is not None
    assert described.custom
    assert described.key_prefix == "a00"
    assert described.field("Account__c").relationship_name == "Account__r"


def test_a_seed_names_parents_by_their_external_id(org: Org, run: Run) -> None:
    account = SeedRecord("Account", {"Name": "Acme", "ExtId__c": "A-1"}, "acme")
    ids = org.seed([SeedRecord("Visit__c", {"Account__r": {"ExtId__c": "a-1"}}, "visit"), account])

    assert run(Query(f"SELECT Id FROM Visit__c WHERE Account__c = '{ids['acme']}'")).size == 1


def test_a_seed_cannot_break_a_unique_field(org: Org, run: Run) -> None:
    twins = [SeedRecord("Account", {"Name": name, "ExtId__c": "A-1"}, source=name) for name in ("one", "two")]
    with pytest.raises(SeedError, match="two: ExtId__c: another Account has 'A-1' already"):
        org.seed(twins)

    assert run(Query("SELECT COUNT() FROM Account")).size == 0


def value(run: Run, soql: str) -> Any:
    page = run(Query(soql))
    return page.rows[0][page.shape.members[0].index]


def test_a_record_without_a_name_is_named_by_its_id(folder: Folder, open_org: Callable[..., Org]) -> None:
    folder.object("Plain__c", "<label>Plain</label><nameField><label>Name</label><type>Text</type></nameField>")
    org = open_org(folder.read())

    def run(operation: Any) -> Any:
        return org.run(operation, Caller(org.token, 66))

    [plain] = run(Create((InputRecord("Plain__c", {}),)))
    assert value(run, "SELECT Name FROM Plain__c") == plain.id[:15]
    run(Update((InputRecord("Plain__c", {"Name": "x"}, id=plain.id),)))
    assert value(run, "SELECT Name FROM Plain__c") == "x"
    run(Update((InputRecord("Plain__c", {"Name": None}, id=plain.id),)))
    assert value(run, "SELECT Name FROM Plain__c") == plain.id[:15]


def test_a_custom_setting_is_the_organisations_by_default(folder: Folder, open_org: Callable[..., Org]) -> None:
    folder.object("Limit__c", "<label>Limit</label><customSettingsType>Hierarchy</customSettingsType>")
    org = open_org(folder.read())
    [saved] = org.run(Create((InputRecord("Limit__c", {}),)), Caller(org.token, 66))

    assert saved.success
    assert (
        value(lambda operation: org.run(operation, Caller(org.token, 66)), "SELECT SetupOwnerId FROM Limit__c")
        == org.id
    )


def test_a_field_that_is_left_out_gets_its_default(folder: Folder, open_org: Callable[..., Org]) -> None:
    number = "<type>Number</type><precision>18</precision><scale>0</scale>"
    folder.field("Account.Seven__c", f"{number}<defaultValue>3 + 4</defaultValue><required>true</required>")
    folder.field("Account.Word__c", "<type>Text</type><length>20</length><defaultValue>&quot;abc&quot;</defaultValue>")
    folder.field("Account.Day__c", "<type>Date</type><defaultValue>TODAY() + 1</defaultValue>")
    org = open_org(folder.read())

    def rows() -> list[tuple[Any, ...]]:
        page = org.run(Query("SELECT Seven__c, Word__c, Day__c FROM Account ORDER BY Name"), Caller(org.token, 66))
        return [tuple(row[member.index] for member in page.shape.members) for row in page.rows]

    records = (InputRecord("Account", {"Name": "a"}), InputRecord("Account", {"Name": "b", "Word__c": None}))
    assert all(saved.success for saved in org.run(Create(records), Caller(org.token, 66)))
    org.seed([SeedRecord("Account", {"Name": "c", "Seven__c": 1})])

    assert rows() == [(7.0, "abc", "2026-02-01"), (7.0, None, "2026-02-01"), (1.0, "abc", "2026-02-01")]


def test_a_date_starts_at_the_day_of_an_instant(folder: Folder, open_org: Callable[..., Org]) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.Day__c", "<type>Date</type><defaultValue>NOW()</defaultValue>")
    org = open_org(folder.read())
    caller = Caller(org.token, 66)
    (made,) = org.run(Create((InputRecord("Thing__c", {"Name": "x"}),)), caller)
    assert org.run(Retrieve("Thing__c", ("Day__c",), (made.id,)), caller).rows[0][1] == "2026-01-31"


def test_tokens_for_a_namespace_are_left_out(folder: Folder) -> None:
    folder.object("___NAMESPACE___Thing__c")
    folder.object("Owner__c")
    folder.field(
        "___NAMESPACE___Thing__c.Owner__c",
        "<type>Lookup</type><referenceTo>%%%NAMESPACE%%%Owner__c</referenceTo><relationshipName>Things</relationshipName>",
    )
    folder.field("Owner__c.Say__c", "<type>Text</type><formula>&quot;%%%NAMESPACE_OR_C%%%&quot;</formula>")
    view = folder.view()
    thing, owner = view.sobject("Thing__c"), view.sobject("Owner__c")
    assert thing is not None
    assert owner is not None
    assert [each.child_sobject for each in owner.child_relationships if each.field == "Owner__c"] == ["Thing__c"]
    say = owner.field("Say__c")
    assert say is not None
    assert say.calculated_formula == '"c"'
