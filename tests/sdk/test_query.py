"""Pages: iteration fetches them when it gets there, not before, and all by the same batch size."""

import pytest

import mockorg

NIL = 'xsi:nil="true"'


def ids(*each: str) -> str:
    return "".join(
        f'<records xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id>{one}</sf:Id><sf:Id>{one}</sf:Id></records>'
        for one in each
    )


@pytest.fixture
def three_pages(wire):
    wire.page(ids("1", "2"), size=5, locator="0r8-2")
    wire.page(ids("3", "4"), size=5, locator="0r8-4", operation="queryMore")
    wire.page(ids("5"), size=5, operation="queryMore")


def test_a_query_fetches_one_page(wire):
    wire.page(ids("1", "2"), size=5, locator="0r8-2")

    result = wire.connect().query("SELECT Id FROM Account")

    assert (result.size, result.done, result.query_locator) == (5, False, "0r8-2")
    assert [record.id for record in result.records] == ["1", "2"]
    assert wire.calls() == ["query"]


@pytest.mark.usefixtures("three_pages")
def test_iteration_walks_all_pages_each_when_it_gets_there(wire):
    records = iter(wire.connect().query("SELECT Id FROM Account"))
    calls = []

    for record in records:
        calls.append((record.id, len(wire.sent)))

    assert calls == [("1", 1), ("2", 1), ("3", 2), ("4", 2), ("5", 3)]
    assert [each.texts("queryLocator") for each in wire.sent[1:]] == [["0r8-2"], ["0r8-4"]]


@pytest.mark.usefixtures("three_pages")
def test_further_pages_are_asked_for_in_the_same_batch_size(wire):
    list(wire.connect().query("SELECT Id FROM Account", batch_size=200))

    assert [each.header("batchSize") for each in wire.sent] == ["200", "200", "200"]


def test_without_a_batch_size_no_header_asks_for_one(wire):
    wire.page("", size=0)

    wire.connect().query("SELECT Id FROM Account")

    assert wire.sent[0].header("batchSize") is None


@pytest.mark.usefixtures("three_pages")
def test_a_second_walk_fetches_the_further_pages_again(wire):
    result = wire.connect().query("SELECT Id FROM Account")
    list(result)
    wire.page(ids("3", "4", "5"), size=5, operation="queryMore")

    assert [record.id for record in result] == ["1", "2", "3", "4", "5"]
    assert wire.sent[-1].texts("queryLocator") == ["0r8-2"]


def test_an_error_on_a_later_page_is_raised_where_the_walk_is(wire):
    wire.page(ids("1"), size=2, locator="0r8-1")
    wire.fault("INVALID_QUERY_LOCATOR", "invalid query locator", kind="InvalidQueryLocatorFault")
    records = iter(wire.connect().query("SELECT Id FROM Account"))

    assert next(records).id == "1"
    with pytest.raises(mockorg.QueryError, match="INVALID_QUERY_LOCATOR: invalid query locator"):
        next(records)


def test_children_walk_their_own_pages(wire):
    wire.schema = {"Account": {"fields": {}, "children": {"Contacts": "Contact"}}}
    page = (
        '<sf:Contacts xsi:type="QueryResult"><done>false</done><queryLocator>0r9-1</queryLocator>'
        f"{ids('c1')}<size>2</size></sf:Contacts>"
    )
    wire.page(f'<records xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id {NIL}/>{page}</records>', size=1)
    wire.page(ids("c2"), size=2, operation="queryMore")

    (account,) = wire.connect().query("SELECT (SELECT Id FROM Contacts) FROM Account")

    assert [child.id for child in account["Contacts"]] == ["c1", "c2"]
    assert wire.calls() == ["query", "queryMore"]


def test_query_all_and_query_more_are_calls_of_their_own(wire):
    wire.page(ids("1"), size=1, operation="queryAll")
    wire.page(ids("2"), size=2, operation="queryMore")
    org = wire.connect()

    assert [record.id for record in org.query_all("SELECT Id FROM Account")] == ["1"]
    assert [record.id for record in org.query_more("0r8-1", batch_size=300).records] == ["2"]
    assert wire.calls() == ["queryAll", "queryMore"]
    assert wire.sent[1].header("batchSize") == "300"


def test_results_compare_by_what_they_hold(wire):
    for _ in range(2):
        wire.page(ids("1"), size=1)
    org = wire.connect()

    assert org.query("SELECT Id FROM Account") == org.query("SELECT Id FROM Account")
    assert repr(org)[:8] == "<mockorg"
    assert "_fetch" not in repr(mockorg.QueryResult(size=0, done=True, query_locator=None, records=()))
