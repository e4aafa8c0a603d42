"""The excerpt before an error, against excerpts recorded from real orgs."""

import pytest

from mockorg_server.soql.excerpt import positioned

# Excerpt, column and place of the caret as recorded; the text around them is made up to fit (sources in each row).
RECORDED = [
    # forcedotcom/soql-tooling#86
    ("", "Select Id, Status, Location, Body from ApexLog", "", 30, 29),
    ("", "select Id, Company,Email,LastName,SF_date__c, ConvertedContactId from", "\nLead", 35, 34),
    ("SELECT Opportunity__r.Code, ", "Opportunity__r.Name, Opportunity__r.Id, Stage ", "\nFROM X__c", 69, 40),
    (
        "SELECT " + "x" * 64 + ",SomeFieldName,",
        "CreatedById,OCE__ActualCap__c,TPI_Product__c,Name,OCE__JobId__c",
        ",OCE__Something__c FROM X",
        117,
        30,
    ),
    (
        "SELECT " + "Account.AReallyQuiteLongFieldName__c, ",
        "Account.Phone, Account.Rating, Account.RecordTypeId, Account.ShippingCity",
        ", Account.ShippingCountry FROM X",
        77,
        31,
    ),
]


@pytest.mark.parametrize(("before", "excerpt", "after", "column", "indent"), RECORDED)
def test_recorded_excerpts(before, excerpt, after, column, indent):
    error = positioned("INVALID_FIELD", "text", before + excerpt + after, column - 1)
    assert error.message == f"\n{excerpt}\n{' ' * indent}^\nERROR at Row:1:Column:{column}\ntext"
    assert (error.row, error.column) == (1, column)


def test_recorded_unknown_object():
    """Recorded by CumulusCI."""
    text = "select count() from XYZZY"
    error = positioned("INVALID_TYPE", "sObject type 'XYZZY' is not supported.", text, text.index("XYZZY"))
    assert error.message == (
        "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n"
        "sObject type 'XYZZY' is not supported."
    )


@pytest.mark.parametrize("offset", range(0, 400, 7))
def test_the_caret_stands_under_the_place_for_any_text(offset):
    text = ("abcdefghij " * 20 + "x" * 100 + ",k" * 50)[:400] + "\nnext line"
    _, excerpt, caret, where, _ = positioned("CODE", "text", text, offset).message.split("\n")
    assert excerpt[len(caret) - 1] == text[offset]
    assert excerpt in text
    assert len(excerpt) <= 84
    assert where == f"ERROR at Row:1:Column:{offset + 1}"


def test_a_place_at_the_very_end():
    error = positioned("CODE", "text", "SELECT Id FROM", 14)
    assert error.message == "\nSELECT Id FROM\n              ^\nERROR at Row:1:Column:15\ntext"


def test_carriage_returns_are_not_shown():
    error = positioned("CODE", "text", "SELECT Id\r\nFROM A", 0)
    assert error.message.startswith("\nSELECT Id\n^\n")
