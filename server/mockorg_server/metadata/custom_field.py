"""A custom field of the Metadata API (type CustomField) as a field of describe: one row a field type.

What describe tells of a custom field of each type is documented in the Object Reference and the Field Types of the SOAP
API guide, and agrees with recorded describes of orgs with custom fields; rows marked *inferred* do not rest on either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mockorg_server.metadata.facts import Facts
from mockorg_server.metadata.note import Notes
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, Filter, LookupFilter, RollUp

Attributes = dict[str, Any]

_BYTES = 3  # per character of a text

_COMPARED: Final = {"filterable": True, "sortable": True, "aggregatable": True}
_GROUPED: Final = {**_COMPARED, "groupable": True}
_TEXT: Final = {"soap_type": "xsd:string"}
_DOUBLE: Final = {"soap_type": "xsd:double", **_COMPARED}
_KEY: Final = {"soap_type": "tns:ID", "length": 18, "byte_length": 18, **_GROUPED}
_FORMULA_LENGTH = 1300  # of what a text formula gives, in characters
_LATITUDE_DIGITS = 3  # before the point

TYPE_ATTRIBUTES: Final[Mapping[FieldType, Mapping[str, Any]]] = MappingProxyType(
    {
        FieldType.BOOLEAN: {
            "soap_type": "xsd:boolean", "filterable": True, "sortable": True, "groupable": True,
            "nillable": False, "defaulted_on_create": True, "default_value": False,
        },
        FieldType.CURRENCY: _DOUBLE,
        FieldType.DATE: {"soap_type": "xsd:date", **_GROUPED},
        FieldType.DATETIME: {"soap_type": "xsd:dateTime", **_COMPARED},
        FieldType.DOUBLE: _DOUBLE,
        FieldType.EMAIL: {**_TEXT, **_GROUPED, "length": 80},
        FieldType.ENCRYPTEDSTRING: {**_TEXT, "length": 175},
        FieldType.INT: {"soap_type": "xsd:int", **_GROUPED},
        FieldType.LOCATION: {"soap_type": "urn:location", "createable": False, "updateable": False},
        FieldType.MULTIPICKLIST: {**_TEXT, "length": 4099, "filterable": True},
        FieldType.PERCENT: _DOUBLE,
        FieldType.PHONE: {**_TEXT, **_GROUPED, "length": 40},
        FieldType.PICKLIST: {**_TEXT, **_GROUPED, "length": 255},
        FieldType.REFERENCE: _KEY,
        FieldType.STRING: {**_TEXT, **_GROUPED, "length": 255},
        FieldType.TEXTAREA: {**_TEXT, "length": 32768, "extra_type_info": "plaintextarea"},
        FieldType.TIME: {"soap_type": "xsd:time", "filterable": True, "sortable": True, "groupable": True},
        FieldType.URL: {**_TEXT, **_GROUPED, "length": 255},
    }
)  # fmt: skip
"""What describe tells of a custom field by its describe type, beside ``Field``'s own defaults and what all share."""

SHARED: Final = {"custom": True, "nillable": True, "createable": True, "updateable": True}
_READ_ONLY: Final = {"createable": False, "updateable": False}

_KNOWN: Final = frozenset(
    {
        "caseSensitive", "defaultValue", "deleteConstraint", "description", "displayFormat",
        "displayLocationInDecimal", "encryptionScheme", "externalId", "fieldManageability", "formula",
        "formulaTreatBlanksAs", "fullName", "inlineHelpText", "label", "length", "lookupFilter", "maskChar",
        "maskType", "metadataRelationshipControllingField", "picklist", "populateExistingRows", "precision",
        "referenceTo", "relationshipLabel", "relationshipName", "relationshipOrder", "reparentableMasterDetail",
        "required", "restrictedAdminField", "scale", "securityClassification", "startingNumber", "stripMarkup",
        "summarizedField", "summaryFilterItems", "summaryForeignKey", "summaryOperation", "trackFeedHistory",
        "trackHistory", "trackTrending", "type", "unique", "valueSet", "visibleLines",
        "writeRequiresMasterRead", "businessOwnerGroup", "businessOwnerUser", "businessStatus",
        "complianceGroup", "deprecated", "isFilteringDisabled", "isNameField", "isSortingDisabled",
        "isAIPredictionField", "isConvertLeadDisabled", "referenceTargetField",
    }
)  # fmt: skip
"""Members of CustomField that are read, or that change nothing which an API client sees."""


class Relationship(NamedTuple):
    """The other side of a reference field, to be put on its parents."""

    targets: tuple[str, ...]
    child_sobject: str
    field: str
    name: str | None
    cascade_delete: bool
    restricted_delete: bool


class FieldParts(NamedTuple):
    """What one definition makes: the field, fields that come with it, and the relationship it is the child of."""

    fields: tuple[Field, ...]
    relationship: Relationship | None = None


def _sized(default: int) -> Callable[[Facts], Attributes]:
    return lambda facts: {"length": facts.number("length", default)}


def _numeric(facts: Facts) -> Attributes:
    return {"precision": facts.number("precision", 18), "scale": facts.number("scale")}


def _plain(_facts: Facts) -> Attributes:
    return {}


def _checkbox(facts: Facts) -> Attributes:
    text = (facts.text("defaultValue") or "false").lower()
    return {"default_value": text == "true"}


def _text_area(_facts: Facts) -> Attributes:
    return {**_GROUPED, "length": 255, "extra_type_info": "plaintextarea"}


def _html(facts: Facts) -> Attributes:
    return {"length": facts.number("length", 32768), "extra_type_info": "richtextarea"}


def _encrypted(facts: Facts) -> Attributes:
    mask = {"asterisk": "asterisk", "X": "X"}.get(facts.text("maskChar") or "asterisk", "asterisk")
    return {"length": facts.number("length", 175), "mask": mask, "mask_type": facts.text("maskType") or "all"}


def _auto_number(facts: Facts) -> Attributes:
    return {
        **_READ_ONLY,
        "length": 30,
        "nillable": False,
        "auto_number": True,
        "defaulted_on_create": True,
        "auto_number_format": facts.text("displayFormat") or "{0}",
    }


def _multi(facts: Facts) -> Attributes:
    return {"precision": facts.number("visibleLines", 4)}


def _master_detail(facts: Facts) -> Attributes:
    return {
        "nillable": False,
        "updateable": facts.flag("reparentableMasterDetail"),
        "cascade_delete": True,
        "relationship_order": facts.number("relationshipOrder"),
        "write_requires_master_read": facts.flag("writeRequiresMasterRead"),
    }


def _location(facts: Facts) -> Attributes:
    return {"scale": facts.number("scale"), "display_location_in_decimal": facts.flag("displayLocationInDecimal")}


class _Kind(NamedTuple):
    """A type of the Metadata API: the type in describe, and the attributes that its definition gives."""

    type: FieldType
    attributes: Callable[[Facts], Attributes] = _plain


KINDS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "AutoNumber": _Kind(FieldType.STRING, _auto_number),
        "Checkbox": _Kind(FieldType.BOOLEAN, _checkbox),
        "Currency": _Kind(FieldType.CURRENCY, _numeric),
        "Date": _Kind(FieldType.DATE),
        "DateTime": _Kind(FieldType.DATETIME),
        "Email": _Kind(FieldType.EMAIL),
        "EncryptedText": _Kind(FieldType.ENCRYPTEDSTRING, _encrypted),
        "ExternalLookup": _Kind(FieldType.REFERENCE),
        "Hierarchy": _Kind(FieldType.REFERENCE),
        "Html": _Kind(FieldType.TEXTAREA, _html),
        "IndirectLookup": _Kind(FieldType.REFERENCE),
        "Location": _Kind(FieldType.LOCATION, _location),
        "LongTextArea": _Kind(FieldType.TEXTAREA, _sized(32768)),
        "Lookup": _Kind(FieldType.REFERENCE),
        "MasterDetail": _Kind(FieldType.REFERENCE, _master_detail),
        "MetadataRelationship": _Kind(FieldType.REFERENCE),
        "MultiselectPicklist": _Kind(FieldType.MULTIPICKLIST, _multi),
        "Number": _Kind(FieldType.DOUBLE, _numeric),
        "Percent": _Kind(FieldType.PERCENT, _numeric),
        "Phone": _Kind(FieldType.PHONE),
        "Picklist": _Kind(FieldType.PICKLIST),
        "Text": _Kind(FieldType.STRING, _sized(255)),
        "TextArea": _Kind(FieldType.TEXTAREA, _text_area),
        "Time": _Kind(FieldType.TIME),
        "Url": _Kind(FieldType.URL),
    }
)
"""Types of CustomField but for Summary, which takes the type of what it sums up."""

_NOT_FOLLOWED: Final = {"ExternalLookup": "external lookups", "IndirectLookup": "indirect lookups"}


def read_field(facts: Facts, sobject: str, name: str, notes: Notes, kind: _Kind) -> FieldParts:
    """Make the field of a definition whose type is ``kind``; picklist values are put in by the caller."""
    place = f"{sobject}.{name}"
    for member in facts.names():
        if member not in _KNOWN:
            notes.add(place, f"<{member}> of a field is not understood")
    attributes: Attributes = {
        "name": name,
        "label": facts.text("label") or name.removesuffix("__c").replace("_", " "),
        "type": kind.type,
        **SHARED,
        **TYPE_ATTRIBUTES[kind.type],
        **kind.attributes(facts),
    }
    _state_keys(facts, attributes)
    _state_default(facts, attributes)
    if facts.flag("required"):
        attributes["nillable"] = False
    if help_text := facts.text("inlineHelpText"):
        attributes["inline_help_text"] = help_text
    if (formula := facts.text("formula")) is not None:
        _state_formula(facts, attributes, formula)
    relationship = _state_reference(facts, attributes, sobject, notes) if kind.type is FieldType.REFERENCE else None
    if (wire_type := facts.text("type")) in _NOT_FOLLOWED:
        notes.add(place, f"{_NOT_FOLLOWED[str(wire_type)]} are kept as plain references")
    if "byte_length" not in attributes:
        attributes["byte_length"] = attributes.get("length", 0) * _BYTES
    field = Field(**attributes)
    return FieldParts((field, *_location_parts(field)), relationship)


def _state_keys(facts: Facts, attributes: Attributes) -> None:
    if facts.flag("externalId"):
        attributes |= {"external_id": True, "id_lookup": True}
    if facts.flag("unique"):
        attributes |= {"unique": True, "id_lookup": True}
    if facts.flag("caseSensitive"):
        attributes["case_sensitive"] = True


def _state_default(facts: Facts, attributes: Attributes) -> None:
    """State a default: a formula in describe, but for a checkbox."""
    text = facts.text("defaultValue")
    if text is not None and attributes["type"] is not FieldType.BOOLEAN:
        attributes |= {"default_value_formula": text, "defaulted_on_create": False}


def _state_formula(facts: Facts, attributes: Attributes, formula: str) -> None:
    attributes |= {
        **_READ_ONLY,
        "nillable": True,
        "calculated": True,
        "calculated_formula": formula,
        "formula_treat_null_number_as_zero": facts.text("formulaTreatBlanksAs") != "BlankAsBlank",
        "default_value_formula": None,
    }
    if attributes["type"] is FieldType.STRING:
        attributes["length"] = _FORMULA_LENGTH
    if attributes["type"] is FieldType.BOOLEAN:
        attributes["nillable"] = False


def _state_reference(facts: Facts, attributes: Attributes, sobject: str, notes: Notes) -> Relationship:
    name = attributes["name"]
    targets = facts.texts("referenceTo")
    if facts.text("type") == "Hierarchy":
        targets = targets or (sobject,)
    if facts.text("type") == "MetadataRelationship" and not targets:
        targets = ("EntityDefinition",)
    constraint = facts.text("deleteConstraint") or ("Cascade" if attributes.get("cascade_delete") else "SetNull")
    custom = name.endswith("__c")
    attributes |= {
        "reference_to": targets,
        "relationship_name": f"{name[:-1]}r" if custom else name.removesuffix("Id"),
        "cascade_delete": constraint == "Cascade",
        "restricted_delete": constraint == "Restrict",
        "name_pointing": len(targets) > 1,
        "polymorphic_foreign_key": len(targets) > 1,
    }
    if (found := facts.one("lookupFilter")) is not None:
        attributes["lookup_filter"] = _lookup_filter(found)
    child_name = facts.text("relationshipName")
    return Relationship(
        targets,
        sobject,
        name,
        f"{child_name}__r" if child_name and custom else child_name,
        constraint == "Cascade",
        constraint == "Restrict",
    )


def _filters(items: list[Facts]) -> tuple[Filter, ...]:
    return tuple(
        Filter(item.required("field"), item.required("operation"), item.text("value"), item.text("valueField"))
        for item in items
    )


def _lookup_filter(facts: Facts) -> LookupFilter:
    filters = _filters(facts.all("filterItems"))
    fields = (item.field.removeprefix("$Source.") for item in filters if item.field.startswith("$Source."))
    values = (str(item.value_field) for item in filters if (item.value_field or "").startswith("$Source."))
    return LookupFilter(
        filters,
        facts.flag("active", True),
        facts.flag("isOptional"),
        facts.text("booleanFilter"),
        facts.text("errorMessage"),
        tuple(dict.fromkeys(name.removeprefix("$Source.").rpartition(".")[2] for name in (*fields, *values))),
    )


def _location_parts(field: Field) -> tuple[Field, ...]:
    """Give the two numbers behind a geolocation field."""
    if field.type is not FieldType.LOCATION:
        return ()
    return tuple(
        Field(
            name=f"{field.name.removesuffix('c')}{part}__s",
            label=f"{field.label} ({part})",
            type=FieldType.DOUBLE,
            precision=_LATITUDE_DIGITS + field.scale,
            scale=field.scale,
            compound_field_name=field.name,
            nillable=field.nillable,
            custom=True,
            createable=True,
            updateable=True,
            **_DOUBLE,  # type: ignore[arg-type]  # one table for all attributes
        )
        for part in ("Latitude", "Longitude")
    )


def read_roll_up(facts: Facts, sobject: str, name: str, summed: Field | None, notes: Notes) -> FieldParts:
    """Make a roll-up summary field; ``summed`` is the field that it sums up, None for a count."""
    operation = facts.required("summaryOperation")
    key_object, _, key = facts.required("summaryForeignKey").rpartition(".")
    field_name = (facts.text("summarizedField") or "").rpartition(".")[2] or None
    kind = _Kind(FieldType.DOUBLE) if summed is None else _Kind(summed.type)
    made = read_field(facts, sobject, name, notes, kind).fields[0]
    values = {slot: getattr(made, slot) for slot in Field.__slots__}
    values |= {
        **_READ_ONLY,
        "calculated": True,
        "nillable": True,
        "precision": 18 if summed is None else summed.precision,
        "scale": 0 if summed is None else summed.scale,
        "roll_up": RollUp(operation, key_object, key, field_name, _filters(facts.all("summaryFilterItems"))),
    }
    return FieldParts((Field(**values),))
