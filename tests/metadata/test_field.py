"""What describe tells of a custom field of each type of the Metadata API."""

from typing import Any

import pytest

from mockorg_server.metadata.custom_field import KINDS
from mockorg_server.schema.sobject import Filter

from .conftest import Folder

TEXT = {"soap_type": "xsd:string", "nillable": True, "createable": True, "updateable": True, "custom": True}
NUMBER = {"soap_type": "xsd:double", "filterable": True, "sortable": True, "aggregatable": True, "groupable": False}
GROUPED = {"filterable": True, "sortable": True, "aggregatable": True, "groupable": True}
NOT_COMPARED = {"filterable": False, "sortable": False, "aggregatable": False, "groupable": False}
READ_ONLY = {"createable": False, "updateable": False}

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "Text": ("<length>40</length>", {"type": "string", "length": 40, "byte_length": 120, **TEXT, **GROUPED}),
    "Number": ("<precision>12</precision><scale>3</scale>", {"type": "double", "precision": 12, "scale": 3, "digits": 0, "byte_length": 0, **NUMBER}),
    "Currency": ("<precision>18</precision><scale>2</scale>", {"type": "currency", "precision": 18, "scale": 2, **NUMBER}),
    "Percent": ("<precision>5</precision><scale>1</scale>", {"type": "percent", "precision": 5, "scale": 1, **NUMBER}),
    "Checkbox": ("<defaultValue>true</defaultValue>", {"type": "boolean", "default_value": True, "nillable": False, "defaulted_on_create": True, "groupable": True, "aggregatable": False}),
    "Date": ("", {"type": "date", "soap_type": "xsd:date", **GROUPED}),
    "DateTime": ("", {"type": "datetime", "soap_type": "xsd:dateTime", "groupable": False, "sortable": True}),
    "Time": ("", {"type": "time", "soap_type": "xsd:time", "sortable": True}),
    "Email": ("<unique>true</unique>", {"type": "email", "length": 80, "byte_length": 240, "unique": True, "id_lookup": True, **GROUPED}),
    "Phone": ("", {"type": "phone", "length": 40, "byte_length": 120, **GROUPED}),
    "Url": ("", {"type": "url", "length": 255, "byte_length": 765}),
    "TextArea": ("", {"type": "textarea", "length": 255, "extra_type_info": "plaintextarea", **GROUPED}),
    "LongTextArea": ("<length>32768</length><visibleLines>3</visibleLines>", {"type": "textarea", "length": 32768, "byte_length": 98304, "extra_type_info": "plaintextarea", **NOT_COMPARED}),
    "Html": ("<length>131072</length>", {"type": "textarea", "length": 131072, "extra_type_info": "richtextarea", **NOT_COMPARED}),
    "EncryptedText": ("<length>20</length><maskChar>asterisk</maskChar><maskType>lastFour</maskType>", {"type": "encryptedstring", "length": 20, "mask": "asterisk", "mask_type": "lastFour", **NOT_COMPARED}),
    "AutoNumber": ("<displayFormat>P-{000}</displayFormat><externalId>true</externalId>", {"type": "string", "length": 30, "auto_number": True, "auto_number_format": "P-{000}", "nillable": False, "defaulted_on_create": True, "external_id": True, **READ_ONLY}),
    "Lookup": ("<referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>", {"type": "reference", "soap_type": "tns:ID", "length": 18, "byte_length": 18, "reference_to": ("Account",), "relationship_name": "F__r", "cascade_delete": False, "nillable": True, **GROUPED}),
    "MasterDetail": ("<referenceTo>Account</referenceTo><relationshipName>Things</relationshipName><relationshipOrder>0</relationshipOrder><reparentableMasterDetail>false</reparentableMasterDetail><writeRequiresMasterRead>true</writeRequiresMasterRead>", {"type": "reference", "nillable": False, "updateable": False, "createable": True, "cascade_delete": True, "relationship_order": 0, "write_requires_master_read": True}),
    "Hierarchy": ("<relationshipName>Reports</relationshipName>", {"type": "reference", "reference_to": ("Thing__c",)}),
    "MetadataRelationship": ("<referenceTo>EntityDefinition</referenceTo>", {"type": "reference", "reference_to": ("EntityDefinition",)}),
    "ExternalLookup": ("<referenceTo>Account</referenceTo>", {"type": "reference"}),
    "IndirectLookup": ("<referenceTo>Account</referenceTo>", {"type": "reference"}),
    "Picklist": ("<valueSet><valueSetDefinition><value><fullName>A</fullName><default>true</default><label>Ay</label></value></valueSetDefinition></valueSet>", {"type": "picklist", "length": 255, "byte_length": 765, "restricted_picklist": False, "default_value": "A", **GROUPED}),
    "MultiselectPicklist": ("<valueSet><restricted>true</restricted><valueSetDefinition><value><fullName>A</fullName></value></valueSetDefinition></valueSet><visibleLines>5</visibleLines>", {"type": "multipicklist", "length": 4099, "precision": 5, "restricted_picklist": True, "filterable": True, "groupable": False}),
    "Location": ("<scale>5</scale><displayLocationInDecimal>true</displayLocationInDecimal>", {"type": "location", "soap_type": "urn:location", "display_location_in_decimal": True, **READ_ONLY}),
}  # fmt: skip


@pytest.mark.parametrize("wire_type", CASES)
def test_a_field_of_each_type(folder: Folder, wire_type: str) -> None:
    body, expected = CASES[wire_type]
    folder.object("Thing__c")
    folder.field("Thing__c.F__c", f"<type>{wire_type}</type>{body}")
    field = folder.view().sobject("Thing__c").field("F__c")

    assert {name: getattr(field, name) for name in expected} == expected


def test_every_type_has_a_case() -> None:
    assert set(CASES) == set(KINDS)


def test_a_geolocation_has_two_numbers_behind_it(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.Site__c", "<type>Location</type><scale>6</scale>")
    thing = folder.view().sobject("Thing__c")

    parts = [
        (field.name, field.compound_field_name, field.precision, field.scale, field.createable)
        for field in thing.fields
        if field.name.endswith("__s")
    ]
    assert parts == [("Site__Latitude__s", "Site__c", 9, 6, True), ("Site__Longitude__s", "Site__c", 9, 6, True)]


def test_a_formula_keeps_its_text_and_is_of_the_type_that_it_gives(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field(
        "Thing__c.F__c",
        "<type>Text</type><formula>Name &amp; &quot;!&quot;</formula><formulaTreatBlanksAs>BlankAsZero</formulaTreatBlanksAs>",
    )
    folder.field(
        "Thing__c.N__c",
        "<type>Number</type><precision>18</precision><scale>2</scale><formula>1 + 1</formula><formulaTreatBlanksAs>BlankAsBlank</formulaTreatBlanksAs>",
    )
    thing = folder.view().sobject("Thing__c")
    text, number = thing.field("F__c"), thing.field("N__c")

    assert (text.calculated, text.calculated_formula, text.length) == (True, 'Name & "!"', 1300)
    assert (text.createable, text.updateable, text.nillable) == (False, False, True)
    assert text.formula_treat_null_number_as_zero
    assert (number.type, number.scale, number.formula_treat_null_number_as_zero) == ("double", 2, False)


def test_a_default_is_a_formula(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.F__c", "<type>Date</type><defaultValue>TODAY() + 7</defaultValue>")
    field = folder.view().sobject("Thing__c").field("F__c")

    assert (field.default_value, field.default_value_formula) == (None, "TODAY() + 7")


def test_a_roll_up_is_of_the_type_of_what_it_sums_up(folder: Folder) -> None:
    folder.object("Order_Item__c")
    folder.object("My_Order__c")
    folder.field(
        "Order_Item__c.Order__c",
        "<type>MasterDetail</type><referenceTo>My_Order__c</referenceTo><relationshipName>Items</relationshipName>",
    )
    folder.field("Order_Item__c.Price__c", "<type>Currency</type><precision>16</precision><scale>2</scale>")
    folder.field(
        "My_Order__c.Total__c",
        "<type>Summary</type><summarizedField>Order_Item__c.Price__c</summarizedField><summaryForeignKey>Order_Item__c.Order__c</summaryForeignKey>"
        "<summaryOperation>sum</summaryOperation><summaryFilterItems><field>Order_Item__c.Price__c</field><operation>greaterThan</operation><value>0</value></summaryFilterItems>",
    )
    folder.field(
        "My_Order__c.Count__c",
        "<type>Summary</type><summaryForeignKey>Order_Item__c.Order__c</summaryForeignKey><summaryOperation>count</summaryOperation>",
    )
    order = folder.view().sobject("My_Order__c")
    total, count = order.field("Total__c"), order.field("Count__c")

    assert (total.type, total.precision, total.scale, total.calculated, total.createable) == (
        "currency",
        16,
        2,
        True,
        False,
    )
    assert (total.roll_up.operation, total.roll_up.sobject, total.roll_up.foreign_key, total.roll_up.field) == (
        "sum",
        "Order_Item__c",
        "Order__c",
        "Price__c",
    )
    assert total.roll_up.filters == (Filter("Order_Item__c.Price__c", "greaterThan", "0"),)
    assert (count.type, count.scale, count.roll_up.field) == ("double", 0, None)


def test_a_lookup_filter_is_kept_and_told(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field(
        "Thing__c.Contact__c",
        "<type>Lookup</type><referenceTo>Contact</referenceTo><relationshipName>Things</relationshipName><deleteConstraint>Restrict</deleteConstraint>"
        "<lookupFilter><active>true</active><filterItems><field>Contact.AccountId</field><operation>equals</operation><valueField>$Source.Account__c</valueField></filterItems><isOptional>true</isOptional></lookupFilter>",
    )
    reading = folder.read()
    field = folder.view().sobject("Thing__c").field("Contact__c")

    assert field.restricted_delete
    assert field.lookup_filter.is_optional
    assert field.lookup_filter.controlling_fields == ("Account__c",)
    assert reading.notes == ()


def test_a_standard_field_is_overridden(folder: Folder) -> None:
    folder.write("objects/Account/fields/Industry.field-meta.xml", (
        '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata"><fullName>Industry</fullName><label>Branch</label><type>Picklist</type>'
        "<valueSet><valueSetDefinition><value><fullName>Steel</fullName><label>Steel</label></value></valueSetDefinition></valueSet></CustomField>"
    ))  # fmt: skip
    industry = folder.view().sobject("Account").field("Industry")

    assert (industry.label, [entry.value for entry in industry.picklist_values], industry.custom) == (
        "Branch",
        ["Steel"],
        False,
    )


def test_fields_of_activity_are_fields_of_tasks_and_events(folder: Folder) -> None:
    folder.field("Activity.Kind__c", "<type>Text</type><length>10</length>")
    view = folder.view()

    assert view.sobject("Task").field("Kind__c") is not None
    assert view.sobject("Event").field("Kind__c") is not None


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("<type>Summary2</type>", "the field type Summary2 is not supported: the field is left out"),
        ("<type>Text</type><length>9</length><sparkle>true</sparkle>", "<sparkle> of a field is not understood"),
        ("<type>Lookup</type><referenceTo>Nowhere__c</referenceTo>", "it points at Nowhere__c, which this org does not have"),
        ("<type>Picklist</type><valueSet><valueSetName>Colours</valueSetName></valueSet>", "the global value set Colours is not among the sources: any value is accepted"),
        ("<type>Summary</type><summarizedField>X__c.Y__c</summarizedField><summaryForeignKey>X__c.Z__c</summaryForeignKey><summaryOperation>max</summaryOperation>", "it sums up X__c.Y__c, which is not known: the roll-up is left out"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told(folder: Folder, body: str, note: str) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.F__c", body)

    assert [str(each) for each in folder.read().notes] == [f"Thing__c.F__c: {note}"]
