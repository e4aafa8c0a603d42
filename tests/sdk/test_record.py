"""Records: how what is on the wire becomes typed members, and when the SDK asks for a describe to do so."""

from datetime import UTC, date, datetime

import pytest

import mockorg

ACCOUNT = {
    "prefix": "001",
    "fields": {
        "Id": "id",
        "Name": "string",
        "IsDeleted": "boolean",
        "NumberOfEmployees": "int",
        "AnnualRevenue": "currency",
        "CreatedDate": "datetime",
        "Founded__c": "date",
        "BillingAddress": "address",
        "Spot__c": "location",
        "ParentId": {"type": "reference", "relation": "Parent", "to": ["Account"]},
        "OwnerId": {"type": "reference", "relation": "Owner", "to": ["Group", "User"]},
    },
    "children": {"Contacts": "Contact", "Parent__r": "Account"},
}
CONTACT = {
    "prefix": "003",
    "fields": {
        "LastName": "string",
        "DoNotCall": "boolean",
        "AccountId": {"type": "reference", "relation": "Account", "to": ["Account"]},
    },
}
NIL = 'xsi:nil="true"'


def records(sobject: str, *members: str) -> str:
    return "".join(f'<records xsi:type="sf:sObject"><sf:type>{sobject}</sf:type>{each}</records>' for each in members)


@pytest.fixture
def org(wire):
    wire.schema = {"Account": ACCOUNT, "Contact": CONTACT, "Name": {"fields": {"IsActive": "boolean"}}}
    return wire.connect()


@pytest.fixture
def read(wire, org):
    """Read one record of a query."""

    def read(sobject: str, members: str) -> mockorg.Record:
        wire.page(records(sobject, members), size=1)
        (record,) = org.query("SELECT …")
        return record

    return read


def test_values_are_of_the_type_that_the_describe_tells(read):
    record = read(
        "Account",
        f"<sf:Id {NIL}/><sf:Name>12</sf:Name><sf:IsDeleted>false</sf:IsDeleted>"
        "<sf:NumberOfEmployees>7</sf:NumberOfEmployees><sf:AnnualRevenue>1.0E7</sf:AnnualRevenue>"
        "<sf:CreatedDate>2026-01-31T12:00:00.000Z</sf:CreatedDate><sf:Founded__c>1999-12-31</sf:Founded__c>",
    )

    assert dict(record) == {
        "Name": "12",
        "IsDeleted": False,
        "NumberOfEmployees": 7,
        "AnnualRevenue": 10_000_000.0,
        "CreatedDate": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "Founded__c": date(1999, 12, 31),
    }
    assert record.type == "Account"
    assert type(record["NumberOfEmployees"]) is int
    assert type(record["AnnualRevenue"]) is float


def test_an_id_that_was_not_selected_is_no_member(read):
    record = read("Account", f"<sf:Id {NIL}/><sf:Name>n</sf:Name>")

    assert record.id is None
    assert list(record) == ["Name"]


def test_a_selected_id_stands_where_the_query_has_it(read):
    record = read("Account", "<sf:Id>001A</sf:Id><sf:Name>n</sf:Name><sf:Id>001A</sf:Id>")

    assert record.id == "001A"
    assert list(record) == ["Name", "Id"]


def test_a_null_is_none_and_an_empty_text_is_empty(read):
    record = read("Account", f"<sf:Id {NIL}/><sf:NumberOfEmployees {NIL}/><sf:Name></sf:Name>")

    assert dict(record) == {"NumberOfEmployees": None, "Name": ""}


def test_a_parent_is_a_record_or_none(read):
    parent = f"<sf:type>Account</sf:type><sf:Id {NIL}/><sf:IsDeleted>true</sf:IsDeleted>"

    with_parent = read("Account", f'<sf:Id {NIL}/><sf:Parent xsi:type="sf:sObject">{parent}</sf:Parent>')
    without = read("Account", f"<sf:Id {NIL}/><sf:Parent {NIL}/>")

    assert with_parent["Parent"] == mockorg.Record("Account", {"IsDeleted": True})
    assert without["Parent"] is None


def test_a_polymorphic_parent_is_typed_by_the_sobject_it_comes_as(wire, read):
    owner = "<sf:type>Name</sf:type><sf:Id>005A</sf:Id><sf:IsActive>false</sf:IsActive>"

    record = read("Account", f'<sf:Id {NIL}/><sf:Owner xsi:type="sf:sObject">{owner}</sf:Owner>')

    assert dict(record["Owner"]) == {"Id": "005A", "IsActive": False}
    assert wire.sent[-1].texts("sObjectType") == ["Name"]


def test_children_are_a_query_result_and_none_of_them_an_empty_one(read):
    children = (
        f'<sf:Contacts xsi:type="QueryResult"><done>true</done><queryLocator {NIL}/>'
        + records("Contact", f"<sf:Id {NIL}/><sf:DoNotCall>true</sf:DoNotCall>")
        + "<size>1</size></sf:Contacts>"
    )

    with_children = read("Account", f"<sf:Id {NIL}/>{children}")
    without = read("Account", f"<sf:Id {NIL}/><sf:Contacts {NIL}/>")

    assert list(with_children["Contacts"]) == [mockorg.Record("Contact", {"DoNotCall": True})]
    assert list(without["Contacts"]) == []
    assert (without["Contacts"].size, bool(without["Contacts"]), bool(with_children["Contacts"])) == (0, False, True)


def test_compound_fields_have_classes_of_their_own(read):
    record = read(
        "Account",
        f'<sf:Id {NIL}/><sf:BillingAddress xsi:type="address"><city>Ghent</city><countryCode>BE</countryCode>'
        f"<latitude>51.05</latitude><longitude {NIL}/><postalCode>9000</postalCode></sf:BillingAddress>"
        '<sf:Spot__c xsi:type="location"><latitude>1.5</latitude><longitude>2.0</longitude></sf:Spot__c>',
    )

    assert record["BillingAddress"] == mockorg.Address(
        city="Ghent", country_code="BE", latitude=51.05, postal_code="9000"
    )
    assert record["Spot__c"] == mockorg.Location(latitude=1.5, longitude=2.0)


def test_rows_of_aggregates_tell_their_own_types_and_need_no_describe(wire, read):
    record = read(
        "AggregateResult",
        f'<sf:Id {NIL}/><sf:Name xsi:type="xsd:string">12</sf:Name><sf:expr0 xsi:type="xsd:int">5</sf:expr0>'
        f'<sf:avg xsi:type="xsd:double">2.5</sf:avg><sf:last xsi:type="xsd:dateTime">2026-01-31T12:00:00.000Z</sf:last>'
        f"<sf:sum {NIL}/><sf:plain>7</sf:plain>",
    )

    assert dict(record) == {
        "Name": "12",
        "expr0": 5,
        "avg": 2.5,
        "last": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "sum": None,
        "plain": "7",
    }
    assert wire.calls() == ["query"]


def test_a_count_has_a_size_and_no_records(wire, org):
    wire.page("", size=5)

    result = org.query("SELECT COUNT() FROM Account")

    assert (result.size, list(result), bool(result)) == (5, [], True)


def test_all_sobjects_of_a_page_are_described_in_one_call_and_only_once(wire, org):
    parent = (
        f'<sf:Account xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id {NIL}/><sf:Name>n</sf:Name></sf:Account>'
    )
    for _ in range(2):
        wire.page(records("Contact", f"<sf:Id {NIL}/><sf:LastName>l</sf:LastName>{parent}"), size=1)

    first, second = (list(org.query("SELECT …")) for _ in range(2))

    assert wire.calls() == ["query", "describeSObjects", "query"]
    assert wire.sent[1].texts("sObjectType") == ["Account", "Contact"]
    assert first == second


def test_records_of_ids_alone_need_no_describe(wire, read):
    read("Account", "<sf:Id>001A</sf:Id><sf:Id>001A</sf:Id>")

    assert wire.calls() == ["query"]


def test_an_alias_is_text_and_is_looked_up_once(wire, read):
    members = f"<sf:Id {NIL}/><sf:Name>n</sf:Name><sf:label>true</sf:label>"

    first, second = read("Account", members), read("Account", members)

    assert first["label"] == second["label"] == "true"
    assert wire.calls() == ["query", "describeSObjects", "query"]


def test_a_field_that_is_new_to_the_client_is_learned(wire, read):
    read("Account", f"<sf:Id {NIL}/><sf:Name>n</sf:Name>")
    wire.schema["Account"] = {"fields": ACCOUNT["fields"] | {"Vip__c": "boolean"}}

    record = read("Account", f"<sf:Id {NIL}/><sf:Vip__c>false</sf:Vip__c>")

    assert record["Vip__c"] is False
    assert wire.calls() == ["query", "describeSObjects", "query", "describeSObjects"]


def test_a_type_that_cannot_be_described_fails_the_call_rather_than_giving_untyped_values(wire, org):
    wire.schema = {}
    wire.page(records("Odd", f"<sf:Id {NIL}/><sf:Flag>false</sf:Flag>"), size=1)
    wire.fault("INVALID_TYPE", "sObject type 'Odd' is not supported.", kind="InvalidSObjectFault")

    with pytest.raises(mockorg.QueryError, match="'Odd' is not supported"):
        org.query("SELECT Flag FROM Odd")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (f'<sf:Id {NIL}/><sf:WhoIds xsi:type="IdList"><ids>003A</ids></sf:WhoIds>', "WhoIds .* IdList"),
        ('<sf:Contacts xsi:type="QueryResult"><done>true</done></sf:Contacts>', "no size"),
        ('<sf:Parent xsi:type="sf:sObject"><sf:Id>1</sf:Id><sf:type/></sf:Parent>', "does not tell its type"),
    ],
)
def test_what_cannot_be_read_is_refused(wire, org, members, message):
    wire.page(records("Account", members), size=1)

    with pytest.raises(mockorg.TransportError, match=message) as caught:
        org.query("SELECT …")

    assert caught.value.http_status == 200


def test_a_record_is_an_immutable_mapping_that_compares_by_type_and_members():
    record = mockorg.Record("Account", {"Id": "001A", "Name": "n"})

    assert record == mockorg.Record("Account", {"Id": "001A", "Name": "n"})
    assert record == {"Id": "001A", "Name": "n"}
    assert record != mockorg.Record("Contact", {"Id": "001A", "Name": "n"})
    assert repr(record) == "Record('Account', {'Id': '001A', 'Name': 'n'})"
    assert (record.get("Nope"), "Name" in record, len(record)) == (None, True, 2)
    with pytest.raises(KeyError, match="nope"):
        record["nope"]
    with pytest.raises(TypeError):
        record["Name"] = "other"
    with pytest.raises(TypeError):
        hash(record)
