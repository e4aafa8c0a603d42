"""Value sets: within a field, global, standard, and values that depend on another field."""

import base64

import pytest

from mockorg_server.metadata.picklist import STANDARD_VALUE_SETS
from mockorg_server.schema.schema import load_schema

from .conftest import Folder, xml

COUNTRY = """<type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>
<value><fullName>DE</fullName><default>false</default><label>Germany</label></value>
<value><fullName>FR</fullName><default>false</default><label>France</label></value></valueSetDefinition></valueSet>"""
CITY = """<type>Picklist</type><valueSet><controllingField>{controller}</controllingField><restricted>true</restricted>
<valueSetDefinition><sorted>false</sorted>
<value><fullName>Bonn</fullName><default>false</default><label>Bonn</label></value>
<value><fullName>Lyon</fullName><default>false</default><label>Lyon</label></value></valueSetDefinition>
<valueSettings><controllingFieldValue>{first}</controllingFieldValue><valueName>Bonn</valueName></valueSettings>
<valueSettings><controllingFieldValue>{first}</controllingFieldValue><controllingFieldValue>{second}</controllingFieldValue>
<valueName>Lyon</valueName></valueSettings></valueSet>"""


def bits(valid_for: str) -> str:
    return "".join(f"{byte:08b}" for byte in base64.b64decode(valid_for))


def test_dependent_values_tell_for_which_values_they_are(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.City__c", CITY.format(controller="Country__c", first="DE", second="FR"))
    folder.field("Thing__c.Country__c", COUNTRY)
    city = folder.view().sobject("Thing__c").field("City__c")

    assert (city.controller_name, city.dependent_picklist, city.restricted_picklist) == ("Country__c", True, True)
    assert [(entry.value, bits(entry.valid_for)[:2]) for entry in city.picklist_values] == [
        ("Bonn", "10"),
        ("Lyon", "11"),
    ]


def test_a_checkbox_controls_with_false_before_true(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.Here__c", "<type>Checkbox</type><defaultValue>false</defaultValue>")
    folder.field("Thing__c.City__c", CITY.format(controller="Here__c", first="checked", second="unchecked"))
    city = folder.view().sobject("Thing__c").field("City__c")

    assert [bits(entry.valid_for)[:2] for entry in city.picklist_values] == ["01", "11"]


def test_a_global_value_set_is_used_by_name(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.F__c", "<type>Picklist</type><valueSet><valueSetName>Colours</valueSetName></valueSet>")
    folder.write(
        "globalValueSets/Colours.globalValueSet-meta.xml",
        xml(
            "GlobalValueSet",
            "<customValue><fullName>red</fullName><default>true</default><label>Red</label></customValue>"
            "<customValue><fullName>blue</fullName><default>false</default><isActive>false</isActive><label>Blue</label></customValue>"
            "<masterLabel>Colours</masterLabel><sorted>true</sorted>",
        ),
    )
    field = folder.view().sobject("Thing__c").field("F__c")

    assert [(entry.value, entry.label, entry.active, entry.default_value) for entry in field.picklist_values] == [
        ("blue", "Blue", False, False),
        ("red", "Red", True, True),
    ]
    assert field.restricted_picklist


def test_the_form_of_old_files_is_read(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field(
        "Thing__c.F__c",
        "<type>Picklist</type><picklist><picklistValues><fullName>A &amp; B</fullName><default>true</default></picklistValues>"
        "<picklistValues><fullName>C</fullName><default>false</default></picklistValues><sorted>false</sorted></picklist>",
    )
    field = folder.view().sobject("Thing__c").field("F__c")

    assert [entry.value for entry in field.picklist_values] == ["A & B", "C"]
    assert field.default_value == "A & B"


def test_a_standard_value_set_changes_standard_fields(folder: Folder) -> None:
    folder.write(
        "standardValueSets/Industry.standardValueSet-meta.xml",
        xml(
            "StandardValueSet",
            "<sorted>false</sorted><standardValue><fullName>Steel</fullName><default>false</default><label>Steel</label></standardValue>",
        ),
    )
    view = folder.view()

    assert [entry.value for entry in view.sobject("Account").field("Industry").picklist_values] == ["Steel"]
    assert [entry.value for entry in view.sobject("Lead").field("Industry").picklist_values] == ["Steel"]


@pytest.mark.parametrize("name", sorted(STANDARD_VALUE_SETS))
def test_the_fields_of_standard_value_sets_exist(name: str) -> None:
    view = load_schema().latest
    fields = [view.sobject(path.partition(".")[0]).field(path.partition(".")[2]) for path in STANDARD_VALUE_SETS[name]]

    assert all(field is not None and field.type in ("picklist", "multipicklist", "combobox") for field in fields)
