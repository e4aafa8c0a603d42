"""Rows of set-up that follow from the schema: the statuses and stages behind picklists, and EntityDefinition.

They are written by the first query that reads them, so that an org that never asks pays nothing. Not here: sObjects
whose rows nothing that mockorg knows tells; ``platform_object.py`` has those refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mockorg_server.core.clock import text_of
from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.core.dml.platform_rule import NO_RULE, platform_rules
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import PicklistValue, SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.write import Writer

Rows = Iterable[dict[str, Value]]
Flag = tuple[str, str]
"""A fact of an org's own values that makes a flag true, and the value for which it is true where the org tells none."""


@dataclass(frozen=True, slots=True)
class PicklistRows:
    """Rows that stand for the values of a picklist, in its order.

    ``drawn`` maps fields of the rows to what the platform draws from the value (``platform_rule.json``); ``flags`` are
    fields that are true for some values only. ``default`` is the value that a new org marks as its default.
    """

    sobject: str
    field: str
    drawn: Mapping[str, str]
    flags: Mapping[str, Flag]
    default: str = ""

    def rows(self, view: SchemaView) -> Rows:
        """Give the values of the rows, without Ids."""
        sobject = view.sobject(self.sobject)
        field = sobject.field(self.field) if sobject else None
        rule = platform_rules().get(self.sobject, NO_RULE)
        has_default = any(entry.default_value for entry in (field.picklist_values if field else ()))
        for number, entry in enumerate(field.picklist_values if field else (), start=1):
            known = rule.consequences_of(self.field, entry.value, entry.facts) if self.drawn else {}
            row: dict[str, Value] = {
                "MasterLabel": entry.label or entry.value,
                "ApiName": entry.value,
                "SortOrder": number,
                **{name: known.get(source) for name, source in self.drawn.items()},
                **{name: _is_flagged(entry, flag) for name, flag in self.flags.items()},
                "IsActive": entry.active,
                "IsDefault": entry.default_value if has_default else entry.value == self.default,
            }
            yield row


def _is_flagged(entry: PicklistValue, flag: Flag) -> bool:
    fact, value = flag
    return bool(dict(entry.facts).get(fact)) if entry.facts else entry.value == value


def _picklist(sobject: str, field: str, default: str, *drawn: str, **flags: Flag) -> PicklistRows:
    return PicklistRows(sobject, field, {name: name for name in drawn}, flags, default)


_STAGE: Final = {
    **{name: name for name in ("IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName")},
    "DefaultProbability": "Probability",
}
_CONVERTED: Final[Flag] = ("converted", "Closed - Converted")

PICKLISTS: Final[Mapping[str, PicklistRows]] = {
    "CaseStatus": _picklist("Case", "Status", "New", "IsClosed"),
    "ContractStatus": _picklist("Contract", "Status", "Draft", "StatusCode"),
    "LeadStatus": _picklist("Lead", "Status", "Open - Not Contacted", IsConverted=_CONVERTED),
    "OpportunityStage": PicklistRows("Opportunity", "StageName", _STAGE, {}),
    "OrderStatus": _picklist("Order", "Status", "Draft", "StatusCode"),
    "SolutionStatus": _picklist("Solution", "Status", "Draft", "IsReviewed"),
    "TaskPriority": _picklist("Task", "Priority", "Normal", "IsHighPriority"),
    "TaskStatus": _picklist("Task", "Status", "Not Started", "IsClosed"),
}
"""Source: Object Reference, the page of each; the defaults are those of a new org, from memory."""


def converted_statuses(view: SchemaView) -> frozenset[Value]:
    """Give the statuses that a lead may be converted with: LeadStatus.IsConverted."""
    return frozenset(row["ApiName"] for row in PICKLISTS["LeadStatus"].rows(view) if row["IsConverted"])


ENTITIES: Final = "EntityDefinition"
_STATE: Final = "setup.EntityDefinition"
ENTITY_FIELDS: Final = frozenset(
    {
        "DurableId", "QualifiedApiName", "NamespacePrefix", "DeveloperName", "MasterLabel", "Label", "PluralLabel",
        "KeyPrefix", "IsCustomSetting", "IsDeprecatedAndHidden", "IsReplicateable", "IsRetrieveable", "IsSearchable",
        "IsTriggerable", "IsApexTriggerable", "IsFeedEnabled", "IsQueryable", "IsMruEnabled", "IsLayoutable",
    }
)  # fmt: skip
"""The fields of EntityDefinition that the schema tells; the others are refused by name."""


def entity_rows(view: SchemaView) -> Rows:
    """Give a row of EntityDefinition for each sObject. A custom object is known by an id, others by their name."""
    for number, outline in enumerate(view.outlines, start=1):
        name = outline.name
        prefix, _, rest = name.rpartition("__")[0].rpartition("__") if outline.custom else ("", "", name)
        yield {
            "DurableId": f"01I{number:012}" if outline.custom else name,
            "QualifiedApiName": name,
            "NamespacePrefix": prefix or None,
            "DeveloperName": rest,
            "MasterLabel": outline.label,
            "Label": outline.label,
            "PluralLabel": outline.label_plural,
            "KeyPrefix": outline.key_prefix,
            "IsCustomSetting": outline.custom_setting,
            "IsDeprecatedAndHidden": outline.deprecated_and_hidden,
            "IsReplicateable": outline.replicateable,
            "IsRetrieveable": outline.retrieveable,
            "IsSearchable": outline.searchable,
            "IsTriggerable": outline.triggerable,
            "IsApexTriggerable": outline.triggerable,
            "IsFeedEnabled": outline.feed_enabled,
            "IsQueryable": outline.queryable,
            "IsMruEnabled": outline.mru_enabled,
            "IsLayoutable": outline.layoutable,
        }


SOURCES: Final[Mapping[str, Callable[[SchemaView], Rows]]] = {
    **{name: rows.rows for name, rows in PICKLISTS.items()},
    ENTITIES: entity_rows,
}


def require_setup(context: CallContext, names: Iterable[str]) -> None:
    """Write the rows of sObjects, where that was not done yet. Raises WriteNeeded."""
    for name in names:
        if name in SOURCES and not _is_up_to_date(context, name):
            if not isinstance(context.reader, Writer):
                raise WriteNeeded
            _write(context, name)


def _is_up_to_date(context: CallContext, name: str) -> bool:
    if name not in context.reader.holding.tables:
        return False
    return name != ENTITIES or context.reader.state(_STATE) == _digest(context.org.schema.latest)


@lru_cache(maxsize=16)
def _digest(view: SchemaView) -> str:
    """Tell one set of sObjects from another: a database may be opened again with more of them."""
    return hashlib.sha256(repr(view.outlines).encode()).hexdigest()


def _write(context: CallContext, name: str) -> None:
    sobject = context.org.schema.latest.sobject(name)
    if sobject is None:
        raise LookupError(f"the schema has no {name}")
    for record_id in context.reader.all_ids(sobject):
        context.writer.purge(sobject, record_id)
    for values in _made(context, sobject):
        context.writer.insert(sobject, values)
    if name == ENTITIES:
        context.writer.set_state(_STATE, _digest(context.org.schema.latest))


def _made(context: CallContext, sobject: SObject) -> Iterator[dict[str, Value]]:
    """Give the rows of an sObject with Ids, and made when the org was."""
    made = text_of(context.org.created_at)
    stamps: dict[str, Value] = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), made)
    stamps |= dict.fromkeys(("CreatedById", "LastModifiedById"), context.org.administrator_id)
    for values in SOURCES[sobject.name](context.org.schema.latest):
        known = {name: value for name, value in (stamps | values).items() if sobject.field(name)}
        yield {"Id": context.org.ids.next_id(sobject.id_prefix), **known}
