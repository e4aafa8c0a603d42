"""Which records matching rules find, whatever the database was asked to narrow them by."""

import pytest

from mockorg_server.core.dml.filter_logic import FilterError, read_logic

from .conftest import duplicate_rule, matching_rule


def finds(rules, first, second, *items, logic="", sobject="Contact"):
    """Tell whether the second record is refused for the first one."""
    rules.matching(sobject, matching_rule("Alike", *items, logic=logic))
    rules.duplicate(f"{sobject}.Twins", duplicate_rule("Alike", sobject, insert="Block"))
    rules.make(sobject, **({"LastName": "A"} | first))
    (result,) = rules.create(sobject, {"LastName": "B"} | second)
    return not result.success


@pytest.mark.parametrize(
    ("items", "first", "second", "found"),
    [
        (("Title",), {}, {}, False),
        (("Title::blanks",), {}, {}, True),
        (("Title::blanks",), {"Title": "x"}, {}, False),
        (("Title",), {"Title": "o'\\n%_"}, {"Title": "O'\\n%_"}, True),
        (("Phone:Phone",), {"Phone": "(415) 555-1234"}, {"Phone": "+1 415.555.9999"}, True),
        (("Phone:Phone",), {"Phone": "(415) 555-1234"}, {"Phone": "(416) 555-1234"}, False),
        (("MailingPostalCode:Zip",), {"MailingPostalCode": "94105"}, {"MailingPostalCode": "94105-1234"}, True),
        (("MailingPostalCode:Zip",), {"MailingPostalCode": "94105"}, {"MailingPostalCode": "94106"}, False),
        (("MailingCity:City",), {"MailingCity": "San Francisco"}, {"MailingCity": "San Fransisco"}, True),
        (("MailingStreet:Street",), {"MailingStreet": "1 Main Street"}, {"MailingStreet": "1 main st."}, True),
        (("HasOptedOutOfEmail", "Title"), {"HasOptedOutOfEmail": True, "Title": "x"}, {"Title": "x"}, False),
        (("Birthdate",), {"Birthdate": "2000-01-31"}, {"Birthdate": "2000-01-31"}, True),
        (("Account.Name",), {}, {}, False),
    ],
)
def test_fields_are_compared_by_their_method(rules, items, first, second, found):
    assert finds(rules, first, second, *items) is found


def test_a_parents_field_may_be_compared(rules):
    rules.matching("Contact", matching_rule("Alike", "Account.Name"))
    rules.duplicate("Contact.Twins", duplicate_rule("Alike", "Contact", insert="Block"))
    acme, twin, other = (rules.make("Account", Name=name) for name in ("Acme", "acme", "Zenith"))
    rules.make("Contact", LastName="A", AccountId=acme)
    assert not rules.create("Contact", {"LastName": "B", "AccountId": twin})[0].success
    assert rules.create("Contact", {"LastName": "B", "AccountId": other})[0].success


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"Email": "a@x.example", "Title": "t"}, {"Email": "a@x.example"}, False),
        ({"Email": "a@x.example", "Title": "t"}, {"Email": "a@x.example", "Title": "t"}, True),
        ({"Phone": "5", "Title": "t"}, {"Phone": "5", "Title": "t"}, True),
        ({"Phone": "5", "Email": "a@x.example"}, {"Phone": "5", "Email": "a@x.example"}, False),
    ],
)
def test_logic_joins_the_fields(rules, first, second, found):
    assert finds(rules, first, second, "Title", "Email", "Phone", logic="1 AND (2 OR 3)") is found


@pytest.mark.parametrize("text", ["1 AND", "(1", "1 OR 4", "1 XOR 2", "0", "1 2"])
def test_logic_that_makes_no_sense_is_refused(text):
    with pytest.raises(FilterError):
        read_logic(text, 3)


def test_logic_is_told_as_groupings():
    groupings = read_logic("1 and (2 or (3 AND 1))", 3).groupings()
    assert groupings == (frozenset({0, 1}), frozenset({0, 2}))


def test_what_is_compared_exactly_is_indexed(rules):
    from mockorg_server.core.calls.operation import ExplainQuery  # noqa: PLC0415

    rules.matching("Contact", matching_rule("Alike", "Department"))
    rules.duplicate("Contact.Twins", duplicate_rule("Alike", "Contact", insert="Block"))
    for start in range(0, 60, 20):
        records = [{"LastName": "A", "Department": f"d{number}"} for number in range(start, start + 20)]
        assert all(result.success for result in rules.create("Contact", *records))
    plans = rules.run(ExplainQuery("SELECT Id FROM Contact WHERE Department = 'd7'"))
    assert "Department" in plans[0].fields
