"""Turn gathered describe facts into the catalogue of standard objects that the server ships.

    python tools/convert_catalog.py FACTS [--out FOLDER]

FACTS is a folder with ``objects.tar.xz`` (or the unpacked ``objects/*.json``): per object the attributes of a describe
result and where each was seen. ``docs/schema.md`` tells what comes from where and shows the form that is written.
The same facts over the same catalogue give the same bytes. Key prefixes that the catalogue assigned before are kept.

This file decides which feature a field needs (``field_feature``), what describe tells as key prefix
(``has_no_prefix``), and what documentation adds (``ADDED_FACTS``); ``catalog_layout.py`` writes the files. Neither is
part of the server.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog_layout import Notes, Picklists, compact_sobject, format_file, format_index

from mockorg_server.schema.catalog import INDEX_FILE, SHIPPED_FOLDER
from mockorg_server.schema.catalog_file import read_sobject, wire_key
from mockorg_server.schema.feature import DIGITAL_ENGAGEMENT, MULTI_CURRENCY, PERSON_ACCOUNTS, RECORD_TYPES, UNLISTED
from mockorg_server.schema.field_default import default_attributes
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.sobject import ChildRelationship, Field, PicklistValue, SObject

Facts = Mapping[str, Any]

# --- facts as they were gathered -------------------------------------------------------------------------------------

# Documentation spells a few types otherwise than describe does; their soapType was guessed from the odd spelling.
TYPE_SPELLINGS = {
    "DataCategoryGroupReference": FieldType.DATACATEGORYGROUPREFERENCE,
    "timeonly": FieldType.TIME,
    "enum": FieldType.PICKLIST,
}


# What describe results do not tell: display formats of auto-numbers (Object Reference, the field's description). And
# two names that the Object Reference misspells.
ADDED_FACTS: Mapping[tuple[str, str], Facts] = {
    ("ExternalAccountHierarchy", "CurrencyISOCode"): {"name": "CurrencyIsoCode"},
    ("PaymentLink", "CartId"): {"referenceTo": ["WebCart"]},
    ("ConvMessageSendRequest", "Name"): {"autoNumberFormat": "MSJ-{00000000}"},
    ("PaymentCredit", "PaymentCreditNumber"): {"autoNumberFormat": "PC-{000000000}"},
    ("PaymentCreditTransaction", "PaymentCreditTransactionNumber"): {"autoNumberFormat": "PCT-{000000000}"},
}


def read_facts(folder: Path) -> dict[str, Facts]:
    """Give the facts of every object by name, in name order."""
    archive = folder / "objects.tar.xz"
    texts = _packed(archive) if archive.exists() else (path.read_bytes() for path in folder.glob("objects/*.json"))
    objects = {facts["name"]: facts | {"fields": merge_spellings(facts["fields"])} for facts in map(json.loads, texts)}
    if not objects:
        raise SystemExit(f"no objects in {folder}")
    return dict(sorted(objects.items()))


def _packed(archive: Path) -> Iterator[bytes]:
    with tarfile.open(archive) as files:
        for member in files:
            parts = Path(member.name).parts
            if member.isfile() and parts[-2:-1] == ("objects",) and member.name.endswith(".json"):
                content = files.extractfile(member)
                if content is not None:
                    yield content.read()


def merge_spellings(fields: Iterable[Facts]) -> list[Facts]:
    """Give the fields with ``OwnerId`` and ``OwnerID`` made one (in 8 objects two manuals spell a name in two ways).

    The first comes from the field reference and spells names as describe does; the second alone may know that the
    field can be written.
    """
    merged: dict[str, Facts] = {}
    for field in fields:
        first = merged.setdefault(field["name"].lower(), field)
        true = {key: True for key in ("createable", "updateable", "defaultedOnCreate") if field[key]}
        merged[field["name"].lower()] = {**first, **true}
    return list(merged.values())


def is_from_docs(facts: Facts) -> bool:
    """Tell whether only documentation shows the object: then every one of its fields belongs to the default org."""
    return bool(facts["source"]["basis"] == "docs")


# --- features --------------------------------------------------------------------------------------------------------

# The objects of Digital Engagement. The consent objects (CommSubscription…, EngagementChannelType, ContactPoint…)
# and PendingServiceRoutingInteractionInfo (Omni-Channel) work with messaging, but orgs without it have them.
MESSAGING_OBJECTS = frozenset(
    """
    ConvMessageSendRequest Conversation ConversationEntry ConversationParticipant MessagingChannel MessagingChannelSkill
    MessagingChannelUsage MessagingConfiguration MessagingDeliveryError MessagingEndUser MessagingLink MessagingSession
    MessagingSessionMetrics MessagingTemplate MsgChannelAvailability MsgChannelLanguageKeyword
    MsgChannelUsageExternalOrg MsgSessStatusChangedEvent
    """.split()  # noqa: SIM905 (forty lines of list say no more)
)
PERSON_ACCOUNT_OBJECTS = frozenset({"Account", "AccountChangeEvent"})
# Every org has them (Object Reference); the org of the newest describe had taken them from its users' sight.
PEOPLE = frozenset({"Contact", "Lead"})
OPT_OUT_FIELDS = frozenset({"DoNotCall", "HasOptedOutOfEmail", "HasOptedOutOfFax"})
PERSON_NAME_FIELDS = frozenset({"FirstName", "LastName", "MiddleName", "Salutation", "Suffix"})


def object_feature(facts: Facts) -> str | None:
    """Give the feature an object needs; what is associated with it (Share, Feed, History, ChangeEvent) needs it too."""
    names = {facts["name"], facts.get("associateParentEntity")}
    return DIGITAL_ENGAGEMENT if names & MESSAGING_OBJECTS else None


def field_feature(facts: Facts, field: Facts) -> str | None:
    """Give the feature a field needs: None for what the newest describe, or an object known from docs alone, shows."""
    name: str = field["name"]
    if name == "CurrencyIsoCode":
        return MULTI_CURRENCY
    if field["inLatest"] or is_from_docs(facts) or (facts["name"] in PEOPLE and name in OPT_OUT_FIELDS):
        return None
    if name.endswith("CurrencyIsoCode"):
        return MULTI_CURRENCY
    if name == "RecordTypeId":
        return RECORD_TYPES
    of_person = facts["name"] in PERSON_ACCOUNT_OBJECTS and (name.startswith("Person") or name in PERSON_NAME_FIELDS)
    return PERSON_ACCOUNTS if of_person or name in ("IsPersonAccount", "IsPersonType") else UNLISTED


def child_feature(parent: Facts, child: Facts, field: Facts, relationship: Facts) -> str | None:
    """Give the feature a child relationship needs.

    It is the reverse side of a reference field, so it is there where the field is. What only one org with many
    industry features showed is Unlisted, save where the parent or the child is known from documentation alone.
    """
    name = relationship["relationshipName"] or ""
    if field["name"] == "PersonContactId" or (
        parent["name"] == "Account" and name.startswith("Person") and name != "Personas"
    ):
        return PERSON_ACCOUNTS
    if relationship["origin"] != "other-org" or is_from_docs(parent) or is_from_docs(child):
        return field_feature(child, field)
    return UNLISTED


# --- key prefixes ----------------------------------------------------------------------------------------------------

RESERVED_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_PREFIX_ENDINGS = ("ChangeEvent", "Event", "EventStream", "Feed", "FieldHistory", "Localization", "Share")
NO_PREFIX_ASSOCIATES = frozenset({"ChangeEvent", "Feed", "History", "Share"})
# Views over other objects, and the picklist objects of field service (WorkOrderStatus … in a recorded describeGlobal).
NO_PREFIX_OBJECTS = frozenset(
    """
    AcceptedEventRelation ActivityHistory AggregateResult AttachedContentDocument AttachedContentNote CombinedAttachment
    DeclinedEventRelation EventWhoRelation FolderedContentDocument LookedUpFromActivity Name NoteAndAttachment
    OpenActivity OwnedContentDocument ProductServiceCampaignItemStatus ProductServiceCampaignStatus RecentlyViewed
    ServiceAppointmentStatus ShiftStatus TaskWhoRelation UndecidedEventRelation UserRecordAccess WorkOrderLineItemStatus
    WorkOrderStatus WorkStepStatus
    """.split()  # noqa: SIM905 (forty lines of list say no more)
)


def reserved_prefixes() -> Iterator[str]:
    """Give the prefixes Z00 to ZZZ in order. No known prefix begins with Z; see docs/key-prefixes.md."""
    return (f"Z{high}{low}" for high in RESERVED_DIGITS for low in RESERVED_DIGITS)


def has_no_prefix(facts: Facts) -> bool:
    """Tell whether a real describe tells no key prefix for this kind of object."""
    return (
        facts.get("associateEntityType") in NO_PREFIX_ASSOCIATES
        or facts["name"].endswith(NO_PREFIX_ENDINGS)
        or facts["name"] in NO_PREFIX_OBJECTS
    )


def assign_prefixes(objects: Mapping[str, Facts], before: Mapping[str, str]) -> dict[str, str]:
    """Give a reserved prefix to each object without a known one: the one it had before, else the next free one."""
    unknown = [name for name, facts in objects.items() if not facts["keyPrefix"]]
    kept = {name: before[name] for name in unknown if before.get(name, "").startswith("Z")}
    taken = {prefix for prefix in before.values() if prefix.startswith("Z")}
    free = (prefix for prefix in reserved_prefixes() if prefix not in taken)
    return {name: kept[name] if name in kept else next(free) for name in unknown}


def prefixes_before(folder: Path) -> dict[str, str]:
    """Give the id prefix of every object of the catalogue as it is now."""
    path = folder / INDEX_FILE
    rows = json.loads(path.read_bytes())["rows"] if path.exists() else []
    place = Outline._fields.index("id_prefix")
    return {row[0]: row[place] for row in rows}


# --- facts to schema values ------------------------------------------------------------------------------------------


def to_version(text: str | None) -> int | None:
    """Give '60.0' as 60."""
    return None if text is None else int(text.removesuffix(".0"))


def to_field(facts: Facts, raw: Facts) -> Field:
    """Give one field of the facts as the server's value."""
    raw = {**raw, **ADDED_FACTS.get((facts["name"], raw["name"]), {})}
    spelling = TYPE_SPELLINGS.get(raw["type"])
    type_name = spelling or FieldType(raw["type"])
    values = {
        attribute.name: raw[wire_key(attribute.name)]
        for attribute in dataclasses.fields(Field)
        if wire_key(attribute.name) in raw
    }
    values |= {
        "type": type_name,
        "picklist_values": tuple(
            PicklistValue(item["value"], item["label"], item["active"], item["defaultValue"], item["validFor"])
            for item in raw["picklistValues"]
        ),
        "reference_to": tuple(raw["referenceTo"]),
        "min_api_version": to_version(raw.get("minApiVersion")),
        "feature": field_feature(facts, raw),
    }
    if spelling:
        values["soap_type"] = default_attributes(raw["name"], spelling)["soap_type"]
    return Field(**values)


def to_children(objects: Mapping[str, Facts], parent: Facts) -> Iterator[ChildRelationship]:
    """Give the child relationships whose object and field the facts hold: nothing could be asked through others."""
    for raw in parent["childRelationships"]:
        child = objects.get(raw["childSObject"])
        field = child and next((item for item in child["fields"] if item["name"] == raw["field"]), None)
        if child is None or field is None:
            continue
        yield ChildRelationship(
            child_sobject=raw["childSObject"],
            field=raw["field"],
            relationship_name=raw["relationshipName"],
            cascade_delete=raw["cascadeDelete"],
            restricted_delete=raw["restrictedDelete"],
            deprecated_and_hidden=raw["deprecatedAndHidden"],
            junction_id_list_names=tuple(raw["junctionIdListNames"]),
            junction_reference_to=tuple(raw["junctionReferenceTo"]),
            min_api_version=to_version(field.get("minApiVersion")),
            feature=child_feature(parent, child, field, raw),
        )


def to_sobject(objects: Mapping[str, Facts], reserved: Mapping[str, str], name: str) -> SObject:
    """Give one object of the facts as the server's value."""
    facts = objects[name]
    # What is associated with an object came with it, unless noted otherwise (Object Reference, "associated objects").
    parent = objects.get(facts.get("associateParentEntity") or "", {})
    values = {
        attribute: facts.get(wire_key(attribute), Outline._field_defaults.get(attribute))
        for attribute in Outline._fields
    }
    values |= {
        "key_prefix": facts["keyPrefix"] or (None if has_no_prefix(facts) else reserved[name]),
        "id_prefix": facts["keyPrefix"] or reserved[name],
        "min_api_version": to_version(facts.get("minApiVersion") or parent.get("minApiVersion")),
        "feature": object_feature(facts),
        "fields": tuple(to_field(facts, raw) for raw in facts["fields"]),
        "child_relationships": tuple(to_children(objects, facts)),
    }
    return SObject(**values)


def to_notes(facts: Facts) -> Notes:
    """Give what the facts say of their sources."""
    by_field = {field["name"]: field["assumed"] for field in facts["fields"] if field.get("assumed")}
    return Notes(facts["source"]["basis"], facts["source"]["assumed"], by_field)


# --- the run ---------------------------------------------------------------------------------------------------------


def convert(objects: Mapping[str, Facts], before: Mapping[str, str]) -> dict[str, str]:
    """Give the text of every file of the catalogue by file name. Reading each back must give what was written."""
    reserved = assign_prefixes(objects, before)
    sobjects = {name: to_sobject(objects, reserved, name) for name in objects}
    picklists = Picklists(sobjects.values())
    files = {INDEX_FILE: format_index(sobjects.values())}
    for name, sobject in sobjects.items():
        text = format_file(compact_sobject(sobject, to_notes(objects[name]), picklists))
        if read_sobject(text, name, sobjects.get) != sobject:
            raise SystemExit(f"{name} does not read back as it was written")
        files[f"{name}.json"] = text
    return files


def main(arguments: list[str]) -> None:
    """Write the catalogue, and remove files of objects that the facts no longer hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("facts", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED_FOLDER)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    files = convert(read_facts(options.facts), prefixes_before(options.out))
    for stale in {path.name for path in options.out.glob("*.json")} - files.keys():
        (options.out / stale).unlink()
    for name, text in files.items():
        (options.out / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(files) - 1} objects, {sum(len(text.encode()) for text in files.values()) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main(sys.argv[1:])
