"""What an org adds stands beside the standard objects, and changes nothing for other orgs."""

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import Additions, load_schema
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

REGION = Field(name="Region__c", label="Region", type=FieldType.STRING, soap_type="xsd:string", custom=True)
OWNER = Field(
    name="Account__c",
    label="Account",
    type=FieldType.REFERENCE,
    soap_type="tns:ID",
    reference_to=("Account",),
    relationship_name="Account__r",
    custom=True,
)
VISIT = SObject(
    name="Visit__c", label="Visit", label_plural="Visits", key_prefix="a00", id_prefix="a00", custom=True, fields=(OWNER,)
)  # fmt: skip
VISITS = ChildRelationship(child_sobject="Visit__c", field="Account__c", relationship_name="Visits__r")


def test_objects_fields_and_child_relationships_are_added() -> None:
    additions = Additions(sobjects=(VISIT,), fields={"Account": (REGION,)}, child_relationships={"Account": (VISITS,)})
    view = load_schema(additions=additions).view(62)

    assert view.sobject("visit__C") is VISIT
    assert view.sobjects_by_prefix("a00") == (VISIT,)
    assert list(view.names) == sorted(view.names)
    assert view.sobject("Account").field("region__c") is REGION
    assert view.sobject("Account").fields[0].name == "Id"
    assert view.sobject("Account").child_relationship("Visits__r") is VISITS


def test_another_org_does_not_see_them() -> None:
    load_schema(additions=Additions(sobjects=(VISIT,), fields={"Account": (REGION,)})).latest.sobject("Account")
    other = load_schema().latest

    assert other.sobject("Visit__c") is None
    assert other.sobject("Account").field("Region__c") is None


def test_an_added_object_cannot_hide_a_standard_one() -> None:
    account = SObject(name="ACCOUNT", label="x", label_plural="x", key_prefix="a01", id_prefix="a01")

    with pytest.raises(ValueError, match="bears a standard object's name: account"):
        load_schema(additions=Additions(sobjects=(account,)))
