"""Describes: typed members in Python case, and the raw ones beside them."""

import pytest

import mockorg
from mockorg._protocol.shape import shape_of

FIELD = (
    "<fields><aggregatable>true</aggregatable><byteLength>120</byteLength><defaultValue {type}>{value}</defaultValue>"
    "<filteredLookupInfo><controllingFields>A__c</controllingFields><dependent>false</dependent>"
    "<optionalFilter>true</optionalFilter></filteredLookupInfo><label>Kind</label><length>40</length><name>Kind__c</name>"
    "<picklistValues><active>true</active><defaultValue>false</defaultValue><label>One</label><value>1</value>"
    "</picklistValues><referenceTo>Group</referenceTo><referenceTo>User</referenceTo><soapType>xsd:string</soapType>"
    "<someDay>new</someDay><type>picklist</type></fields>"
)
RESULT = (
    "<result><activateable>false</activateable><childRelationships><cascadeDelete>true</cascadeDelete>"
    "<childSObject>Contact</childSObject><deprecatedAndHidden>false</deprecatedAndHidden><field>AccountId</field>"
    "<relationshipName>Contacts</relationshipName></childRelationships><createable>true</createable>{fields}"
    "<keyPrefix>001</keyPrefix><label>Account</label><labelPlural>Accounts</labelPlural><name>Account</name>"
    "<recordTypeInfos><active>true</active><available>true</available><defaultRecordTypeMapping>true"
    "</defaultRecordTypeMapping><developerName>Master</developerName><master>true</master><name>Master</name>"
    "<recordTypeId>012000000000000AAA</recordTypeId></recordTypeInfos><supportedScopes><label>All</label>"
    '<name>everything</name></supportedScopes><urlDetail xsi:nil="true"/></result>'
)


@pytest.fixture
def describe(wire):
    def describe(type: str = "", value: str = "1") -> mockorg.DescribeSObjectResult:  # noqa: A002
        wire.result("describeSObject", RESULT.format(fields=FIELD.format(type=type, value=value)))
        return wire.connect().describe_sobject("account")

    return describe


def test_members_are_typed_and_in_python_case(wire, describe):
    account = describe()

    assert wire.sent[0].texts("sObjectType") == ["account"]
    assert (account.name, account.label_plural, account.key_prefix) == ("Account", "Accounts", "001")
    assert (account.createable, account.activateable, account.queryable) == (True, False, False)
    assert account.url_detail is None
    assert account.child_relationships == (
        mockorg.ChildRelationship(
            child_sobject="Contact", field="AccountId", relationship_name="Contacts", cascade_delete=True
        ),
    )
    assert account.record_type_infos[0].record_type_id == "012000000000000AAA"
    assert account.supported_scopes == (mockorg.ScopeInfo(name="everything", label="All"),)


def test_fields_are_found_by_name_in_any_case(describe):
    account = describe()

    field = account.field("KIND__C")

    assert field is account.fields[0]
    assert (field.type, field.soap_type, field.length, field.byte_length) == ("picklist", "xsd:string", 40, 120)
    assert field.reference_to == ("Group", "User")
    assert field.picklist_values == (mockorg.PicklistEntry(value="1", label="One", active=True),)
    assert field.filtered_lookup_info == mockorg.FilteredLookupInfo(controlling_fields=("A__c",), optional_filter=True)
    assert account.field("Nope__c") is None


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ('xsi:type="xsd:boolean"', "false", False),
        ('xsi:type="xsd:string"', "1", "1"),
        ('xsi:type="xsd:double"', "1", 1.0),
    ],
)
def test_a_default_value_is_of_the_type_it_tells(describe, type, value, expected):  # noqa: A002
    actual = describe(type, value).fields[0].default_value

    assert actual == expected
    assert actual.__class__ is expected.__class__


def test_raw_holds_every_member_under_its_wire_name(describe):
    account = describe()

    assert account.raw["labelPlural"] == "Accounts"
    assert account.raw["urlDetail"] is None
    assert account.raw["fields"][0] == account.fields[0].raw
    assert account.fields[0].raw["someDay"] == "new"
    assert account.fields[0].raw["picklistValues"][0]["label"] == "One"


def test_describe_global_lists_sobjects(wire):
    wire.result(
        "describeGlobal",
        "<result><encoding>UTF-8</encoding><maxBatchSize>200</maxBatchSize><sobjects><name>A</name><queryable>true"
        "</queryable></sobjects><sobjects><name>B</name></sobjects></result>",
    )

    result = wire.connect().describe_global()

    assert [(each.name, each.queryable) for each in result.sobjects] == [("A", True), ("B", False)]
    assert result.max_batch_size == 200


# Types of the partner WSDL at 60.0 and 58.0 whose members the classes stand for; what they leave to ``raw`` alone.
SHAPES = {
    "DescribeGlobalResult": mockorg.DescribeGlobalResult,
    "DescribeGlobalSObjectResult": mockorg.DescribeGlobalSObjectResult,
    "DescribeSObjectResult": mockorg.DescribeSObjectResult,
    "Field": mockorg.Field,
    "PicklistEntry": mockorg.PicklistEntry,
    "ChildRelationship": mockorg.ChildRelationship,
    "RecordTypeInfo": mockorg.RecordTypeInfo,
    "NamedLayoutInfo": mockorg.NamedLayoutInfo,
    "ScopeInfo": mockorg.ScopeInfo,
    "ActionOverride": mockorg.ActionOverride,
    "FilteredLookupInfo": mockorg.FilteredLookupInfo,
    "GetUserInfoResult": mockorg.UserInfo,
    "LoginResult": mockorg.LoginResult,
    "GetUpdatedResult": mockorg.GetUpdatedResult,
    "GetDeletedResult": mockorg.GetDeletedResult,
    "DeletedRecord": mockorg.DeletedRecord,
    "UpsertResult": mockorg.SaveResult,
    "DeleteResult": mockorg.DeleteResult,
    "DuplicateError": mockorg.RecordError,
    "DuplicateResult": mockorg.DuplicateResult,
    "MatchResult": mockorg.MatchResult,
    "MatchRecord": mockorg.MatchRecord,
    "FieldDiff": mockorg.FieldDiff,
    "address": mockorg.Address,
    "location": mockorg.Location,
}
LEFT_OUT = {
    "DuplicateError": {"extendedErrorDetails"},
    "MatchResult": {"errors"},
    "MatchRecord": {"additionalInformation"},
}


@pytest.mark.parametrize(("name", "cls"), SHAPES.items(), ids=SHAPES)
def test_the_classes_have_the_members_of_the_contract(contract, name, cls):
    assert set(shape_of(cls)) == contract(name) - LEFT_OUT.get(name, set())


def test_lists_are_lists_in_the_contract_too(contract):
    for name, cls in SHAPES.items():
        many = {member.wire_name for member in shape_of(cls).values() if member.many}

        assert many == contract(name, many=True) - LEFT_OUT.get(name, set()), name
