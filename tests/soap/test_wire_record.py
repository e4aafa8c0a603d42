"""Records on their way in: what an element says about its field, and what is refused rather than guessed."""

from typing import Any

import pytest

from .strict_reader import Fault
from .wire_client import WireClient


def record_of(content: str) -> Any:
    """The record that a create makes of the content of its element."""
    wire = WireClient([])
    fault = wire.call(f"<create><sObjects>{content}</sObjects></create>").fault
    assert fault is None, fault
    return wire.operation.records[0]


def fault_of(content: str) -> Fault:
    wire = WireClient([])
    fault = wire.call(f"<create><sObjects>{content}</sObjects></create>").fault
    assert fault is not None
    assert wire.org.calls == []
    return fault


@pytest.mark.parametrize(
    ("element", "values"),
    [
        ("<Website>x</Website>", {"Website": "x"}),
        ("<website>x</website>", {"Website": "x"}),
        ('<Website xsi:nil="true"/>', {}),
        ('<Website xsi:nil="1"></Website>', {}),
        ("<Website/>", {}),
        ("<Website> </Website>", {}),
        ('<NumberOfEmployees xsi:nil="true"/>', {}),
        ("<Parent/>", {}),
        ("<Nope>1</Nope>", {"Nope": "1"}),
        ('<Nope xsi:nil="true"/>', {"Nope": None}),
    ],
)
def test_what_an_element_says_about_its_field(element: str, values: dict[str, Any]) -> None:
    assert record_of(f"<type>Account</type>{element}").values == values


def test_only_fields_to_null_sets_null() -> None:
    record = record_of("<type>Account</type><fieldsToNull>Website</fieldsToNull><Phone/><fieldsToNull/>")

    assert record.fields_to_null == ("Website",)
    assert record.values == {}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("<type>Account</type>", "Account"),
        ("<type/><type>Account</type>", "Account"),
        ("<Name>x</Name><type>Account</type>", "Account"),
    ],
)
def test_the_type_of_a_record(content: str, name: str) -> None:
    assert record_of(content).type == name


@pytest.mark.parametrize("attribute", ["", 'xsi:type="sObject"', 'xsi:type="x:sObject"'])
def test_a_record_without_a_type_is_refused(attribute: str) -> None:
    """The text is recorded."""
    wire = WireClient([])

    assert wire.call(f"<create><sObjects {attribute}><Name>x</Name><type/></sObjects></create>").fault == Fault(
        "soapenv:Client", "Missing entity type information. sObject requires a separate 'type' field be sent."
    )
    assert wire.org.calls == []


@pytest.mark.parametrize("element", ["<Id/>", '<Id xsi:nil="true"/>', "<Id> </Id>", ""])
def test_an_absent_id(element: str) -> None:
    assert record_of(f"<type>Account</type>{element}").id is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<Name>a</Name><Name>b</Name>", "The field Name is given twice in one record"),
        ("<Name>a</Name><name>a</name>", "The field Name is given twice in one record"),
        ("<Nope>a</Nope><Nope>a</Nope>", "The field Nope is given twice in one record"),
        ("<Id>001000000000001AAA</Id><Id>001000000000002AAA</Id>", "The field Id is given twice in one record"),
        ("<type>Contact</type>", "The record has two types, Account and Contact"),
        ("<Name>a<b/></Name>", "The field Name holds elements where its value was expected"),
        ("<Parent><type>Account</type></Parent>", "The nested record Parent must hold one external id field, not 0"),
        (
            "<Parent><type>Account</type><A__c>1</A__c><B__c>2</B__c></Parent>",
            "The nested record Parent must hold one external id field, not 2",
        ),
        (
            "<Parent><A__c>1</A__c></Parent><Parent><A__c>1</A__c></Parent>",
            "The field Parent is given twice in one record",
        ),
    ],
)
def test_what_would_lose_data_is_refused(content: str, message: str) -> None:
    assert fault_of(f"<type>Account</type>{content}") == Fault("soapenv:Client", message)


def test_a_parent_may_leave_out_its_type_where_only_one_fits() -> None:
    record = record_of("<type>Contact</type><Account><NumberOfEmployees>7</NumberOfEmployees></Account>")

    reference = record.references["Account"]
    assert (reference.sobject, reference.field, reference.value) == (None, "NumberOfEmployees", 7)


def test_a_compound_field_is_left_for_the_core_to_refuse() -> None:
    record = record_of("<type>Account</type><BillingAddress><city>Ulm</city></BillingAddress>")

    assert record.values == {"BillingAddress": "Ulm"}


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("<Birthdate>NA</Birthdate>", "'NA' is not a valid value for the type xsd:date"),
        ("<Birthdate/>", "'' is not a valid value for the type xsd:date"),
        (
            "<IsPriorityRecord>yes</IsPriorityRecord>",
            "'yes' is not valid for type xsd:boolean, should be '0', '1', 'true' or 'false'",
        ),
        ("<MailingLatitude>null</MailingLatitude>", "'null' is not valid for the type xsd:double"),
        (
            "<EmailBouncedDate>2016-06-03 14:26:34</EmailBouncedDate>",
            "'2016-06-03 14:26:34' is not a valid value for the type xsd:dateTime",
        ),
    ],
)
def test_a_value_of_another_type_refuses_the_call(element: str, message: str) -> None:
    """The texts are recorded from real orgs."""
    assert fault_of(f"<type>Contact</type>{element}") == Fault("soapenv:Client", message)


def test_records_of_several_types_keep_their_order() -> None:
    wire = WireClient([])

    wire.call(
        "<create><sObjects><type>Account</type></sObjects><sObjects><type>Contact</type></sObjects>"
        "<sObjects><type>account</type></sObjects><sObjects><type>Nope</type></sObjects></create>"
    )

    assert [record.type for record in wire.operation.records] == ["Account", "Contact", "account", "Nope"]


def test_fields_are_those_of_the_version() -> None:
    """A field that the caller's version does not have keeps its text, and the core refuses it."""
    body = "<create><sObjects><type>Asset</type><CurrentMrr>12 x</CurrentMrr></sObjects></create>"
    wire = WireClient([])

    assert wire.call(body, version=49).fault is None
    assert wire.operation.records[0].values == {"CurrentMrr": "12 x"}
    assert wire.call(body, version=50).fault == Fault("soapenv:Client", "'12 x' is not valid for the type xsd:double")
