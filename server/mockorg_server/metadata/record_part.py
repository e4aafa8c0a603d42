"""Record types and validation rules of the Metadata API as values of the schema."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from mockorg_server.metadata.facts import Facts
from mockorg_server.schema.identifier import stable_id
from mockorg_server.schema.sobject import RecordType, ValidationRule

RECORD_TYPE_PREFIX: Final = "012"


def read_record_type(facts: Facts, sobject: str) -> RecordType:
    """Make a record type. Values are written in the form of URLs in these files."""
    name = facts.required("fullName")
    picklists, defaults = {}, {}
    for item in facts.all("picklistValues"):
        field = item.required("picklist")
        values = item.all("values")
        picklists[field] = tuple(unquote(value.required("fullName")) for value in values)
        chosen = [unquote(value.required("fullName")) for value in values if value.flag("default")]
        if chosen:
            defaults[field] = chosen[0]
    return RecordType(
        id=stable_id(RECORD_TYPE_PREFIX, sobject, name),
        developer_name=name.rpartition(".")[2],
        name=facts.text("label") or name,
        active=facts.flag("active", True),
        description=facts.text("description"),
        business_process=facts.text("businessProcess"),
        picklists=picklists,
        defaults=defaults,
    )


def read_validation_rule(facts: Facts) -> ValidationRule:
    """Make a validation rule."""
    return ValidationRule(
        name=facts.required("fullName"),
        formula=facts.text("errorConditionFormula") or "",
        error_message=facts.text("errorMessage") or "",
        active=facts.flag("active", True),
        error_display_field=facts.text("errorDisplayField"),
    )
