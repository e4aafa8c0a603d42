"""An object of an org's own: its flags, and the standard fields that come with it, before any field of its own.

The kinds are told by the ending of the name (``__c``, ``__mdt``, ``__e`` …), a custom setting by its definition.
Standard fields, their order and attributes are those of recorded describes of custom objects; *inferred* for platform
events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from mockorg_server.metadata.facts import Facts
from mockorg_server.schema.feature import MULTI_CURRENCY
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, PicklistValue

_SORTED: Final = {"filterable": True, "sortable": True, "aggregatable": True}
_GROUPED: Final = {**_SORTED, "groupable": True}
_SET: Final = {"nillable": False, "defaulted_on_create": True}
_ID: Final = {"soap_type": "tns:ID", "length": 18, "byte_length": 18, **_GROUPED}
_STAMP: Final = {"type": FieldType.DATETIME, "soap_type": "xsd:dateTime", **_SORTED}
_WRITTEN: Final = {"createable": True, "updateable": True}

_NAME_LENGTH = 80
_SETTING_NAME_LENGTH = 38


def _id(label: str = "Record ID") -> Field:
    return Field(name="Id", label=label, type=FieldType.ID, id_lookup=True, defaulted_on_create=True, **_ID)  # type: ignore[arg-type]


def _reference(name: str, label: str, targets: tuple[str, ...], relationship: str, **more: Any) -> Field:
    return Field(
        name=name,
        label=label,
        type=FieldType.REFERENCE,
        reference_to=targets,
        relationship_name=relationship,
        name_pointing=len(targets) > 1,
        polymorphic_foreign_key=len(targets) > 1,
        **{**_ID, **more},
    )


def _stamp(name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, **{**_STAMP, **more})


def _text(name: str, label: str, length: int, **more: Any) -> Field:
    attributes = {"type": FieldType.STRING, **_GROUPED, **more}
    return Field(name=name, label=label, length=length, byte_length=3 * length, soap_type="xsd:string", **attributes)


def _is_deleted() -> Field:
    flags: dict[str, Any] = {"filterable": True, "groupable": True, "sortable": True, "defaulted_on_create": True}
    return Field(
        name="IsDeleted", label="Deleted", type=FieldType.BOOLEAN, soap_type="xsd:boolean", default_value=False, **flags
    )  # fmt: skip


def _audit() -> tuple[Field, ...]:
    """Give the fields that tell who wrote a record and when."""
    return (
        _stamp("CreatedDate", "Created Date", **_SET),
        _reference("CreatedById", "Created By ID", ("User",), "CreatedBy", **_SET),
        _stamp("LastModifiedDate", "Last Modified Date", **_SET),
        _reference("LastModifiedById", "Last Modified By ID", ("User",), "LastModifiedBy", **_SET),
        _stamp("SystemModstamp", "System Modstamp", **_SET),
    )


def _owner() -> Field:
    return _reference("OwnerId", "Owner ID", ("Group", "User"), "Owner", **_SET, **_WRITTEN)


def name_field(facts: Facts | None, label: str) -> Field:
    """Make the name of a record: a text that may be left out (it is the Id then), or an auto-number."""
    given = facts.one("nameField") if facts else None
    title = (given.text("label") if given else None) or f"{label} Name"
    shared = {"name_field": True, "id_lookup": True, "defaulted_on_create": True}
    if given is not None and given.text("type") == "AutoNumber":
        number = {"auto_number": True, "auto_number_format": given.text("displayFormat") or "{0}"}
        return _text("Name", title, _NAME_LENGTH, **shared, **number)
    return _text("Name", title, _NAME_LENGTH, nillable=True, **shared, **_WRITTEN)


def record_type_field() -> Field:
    """Make the field that appears with an object's first record type."""
    return _reference("RecordTypeId", "Record Type ID", ("RecordType",), "RecordType", nillable=True, **_WRITTEN)


def _currency() -> Field:
    """Make the currency of a record's amounts, which orgs of several currencies have."""
    kind = {"type": FieldType.PICKLIST, "restricted_picklist": True, "nillable": True, "defaulted_on_create": True}
    values = (PicklistValue("USD", "USD"),)
    currency = _text("CurrencyIsoCode", "Currency ISO Code", 3, picklist_values=values, **kind, **_WRITTEN)
    return replace(currency, feature=MULTI_CURRENCY)


def _last_activity() -> Field:
    date = {"type": FieldType.DATE, "soap_type": "xsd:date", "nillable": True, **_GROUPED}
    return _stamp("LastActivityDate", "Last Activity Date", **date)


def _record_fields(facts: Facts | None, label: str, is_detail: bool, has_record_types: bool) -> tuple[Field, ...]:
    """Give the standard fields of an ordinary custom object; a detail record has its master's owner."""
    return (
        _id(),
        *(() if is_detail else (_owner(),)),
        _is_deleted(),
        name_field(facts, label),
        _currency(),
        *((record_type_field(),) if has_record_types else ()),
        *_audit(),
        *((_last_activity(),) if facts is not None and facts.flag("enableActivities") else ()),
        _stamp("LastViewedDate", "Last Viewed Date", nillable=True),
        _stamp("LastReferencedDate", "Last Referenced Date", nillable=True),
    )


def _setting_fields(facts: Facts | None, label: str, *_: bool) -> tuple[Field, ...]:
    """Give the standard fields of a custom setting: its name, and whose it is."""
    owners = ("Organization", "Profile", "User")
    is_list = facts is not None and facts.text("customSettingsType") == "List"
    name = {"nillable": not is_list, "name_field": True, "id_lookup": True, **_WRITTEN}
    owner = {"nillable": False, "defaulted_on_create": True, "createable": True}
    return (
        _id(),
        _is_deleted(),
        _text("Name", "Name", _SETTING_NAME_LENGTH, **name),
        _reference("SetupOwnerId", "Location", owners, "SetupOwner", **owner),
        *_audit(),
    )


def _metadata_fields(_facts: Facts | None, label: str, *_: bool) -> tuple[Field, ...]:
    """Give the standard fields of a custom metadata type."""
    return (
        _id("Custom Metadata Record ID"),
        _text("DeveloperName", f"{label} Name", 40, name_field=False),
        _text("MasterLabel", "Label", 40),
        _text("Language", "Master Language", 40, type=FieldType.PICKLIST, nillable=True, restricted_picklist=True),
        _text("NamespacePrefix", "Namespace Prefix", 15, nillable=True),
        _text("Label", "Label", 40, nillable=True, name_field=True),
        _text("QualifiedApiName", "Object Name", 70, nillable=True),
        _stamp("SystemModstamp", "System Modstamp", **_SET),
    )


def _event_fields(_facts: Facts | None, _label: str, *_: bool) -> tuple[Field, ...]:
    """Give the standard fields of a platform event (inferred)."""
    return (
        _text("ReplayId", "Replay ID", 1000, filterable=False, sortable=False, groupable=False, nillable=True),
        _text("EventUuid", "Event UUID", 36, filterable=False, sortable=False, groupable=False, nillable=True),
        _stamp("CreatedDate", "Created Date", **_SET),
        _reference("CreatedById", "Created By ID", ("User",), "CreatedBy", **_SET),
    )


def _big_fields(_facts: Facts | None, _label: str, *_: bool) -> tuple[Field, ...]:
    """Give the standard fields of a big object."""
    return (_id(), _stamp("CreatedDate", "Created Date", **_SET), _reference(
        "CreatedById", "Created By ID", ("User",), "CreatedBy", **_SET))  # fmt: skip


_READ: Final = {"queryable": True, "retrieveable": True}
_WRITE: Final = {"createable": True, "updateable": True, "deletable": True}
_RECORD: Final = {**_READ, **_WRITE, "undeletable": True, "replicateable": True, "layoutable": True,
                  "triggerable": True, "mru_enabled": True}  # fmt: skip

StandardFields = Callable[[Facts | None, str, bool, bool], tuple[Field, ...]]

SETTING: Final = "setting"
KINDS: Final[Mapping[str, tuple[str, Mapping[str, bool], StandardFields]]] = {
    "c": ("a", _RECORD, _record_fields),
    SETTING: ("a", {**_READ, **_WRITE, "replicateable": True}, _setting_fields),
    "mdt": ("m", {**_READ, "replicateable": True}, _metadata_fields),
    "e": ("e", {"createable": True, "triggerable": True}, _event_fields),
    "b": ("z", {**_READ, "createable": True}, _big_fields),
    "x": ("x", {**_READ, **_WRITE}, _big_fields),
    "kav": ("k", _READ, _record_fields),
}
"""By ending: the first letter of key prefixes, flags of the object, and its standard fields."""


def kind_of(name: str, facts: Facts | None) -> str | None:
    """Give the row of ``KINDS`` for an object, None when the name's ending is none of an org's own objects."""
    if facts is not None and facts.text("customSettingsType"):
        return SETTING
    ending = name.rpartition("__")[2].lower() if "__" in name else ""
    return ending if ending in KINDS else None


def all_standard_fields(kind: str, label: str) -> tuple[Field, ...]:
    """Give every standard field that an object of that kind may have."""
    fields = KINDS[kind][2](None, label, False, True)
    return (*fields, _last_activity()) if kind == "c" else fields
