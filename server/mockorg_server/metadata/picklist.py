"""Picklists of the Metadata API: value sets within a field, global and standard ones, and dependent values.

``valid_for`` is a set of bits in base64, the first value of the controlling field being the highest bit of the first
byte (SOAP API guide, PicklistEntry). A controlling checkbox has the values false and true, in this order.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from mockorg_server.metadata.facts import Facts
from mockorg_server.metadata.note import Notes
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, PicklistValue
from mockorg_server.schema.value import Value

CHECKBOX_VALUES: Final = ("false", "true")

STANDARD_VALUE_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "AccountContactMultiRoles": ("AccountContactRelation.Roles",),
    "AccountContactRole": ("AccountContactRole.Role",),
    "AccountOwnership": ("Account.Ownership",),
    "AccountRating": ("Account.Rating", "Lead.Rating"),
    "AccountType": ("Account.Type",),
    "AssetStatus": ("Asset.Status",),
    "CampaignMemberStatus": ("CampaignMember.Status",),
    "CampaignStatus": ("Campaign.Status",),
    "CampaignType": ("Campaign.Type",),
    "CaseContactRole": ("CaseContactRole.Role",),
    "CaseOrigin": ("Case.Origin",),
    "CasePriority": ("Case.Priority",),
    "CaseReason": ("Case.Reason",),
    "CaseStatus": ("Case.Status",),
    "CaseType": ("Case.Type",),
    "ContactRole": ("OpportunityContactRole.Role",),
    "ContractContactRole": ("ContractContactRole.Role",),
    "ContractStatus": ("Contract.Status",),
    "EntitlementType": ("Entitlement.Type",),
    "EventSubject": ("Event.Subject",),
    "Industry": ("Account.Industry", "Lead.Industry"),
    "LeadSource": ("Lead.LeadSource", "Contact.LeadSource", "Opportunity.LeadSource", "Account.AccountSource"),
    "LeadStatus": ("Lead.Status",),
    "OpportunityStage": ("Opportunity.StageName",),
    "OpportunityType": ("Opportunity.Type",),
    "OrderStatus": ("Order.Status",),
    "OrderType": ("Order.Type",),
    "PartnerRole": ("Partner.Role",),
    "Product2Family": ("Product2.Family",),
    "QuoteStatus": ("Quote.Status",),
    "SalesTeamRole": ("OpportunityTeamMember.TeamMemberRole",),
    "Salutation": ("Contact.Salutation", "Lead.Salutation"),
    "SolutionStatus": ("Solution.Status",),
    "TaskPriority": ("Task.Priority",),
    "TaskStatus": ("Task.Status",),
    "TaskSubject": ("Task.Subject",),
    "WorkOrderPriority": ("WorkOrder.Priority",),
    "WorkOrderStatus": ("WorkOrder.Status",),
}
"""Fields whose values a StandardValueSet holds (Metadata API guide, StandardValueSet names)."""


def values_of(items: Iterable[Facts]) -> tuple[PicklistValue, ...]:
    """Give the entries of a value set, in any of the forms that the Metadata API has had for them."""
    return tuple(
        PicklistValue(
            name,
            item.text("label") or name,
            item.flag("isActive", True),
            item.flag("default"),
            facts=tuple(_facts_of(item)),
        )
        for item in items
        if (name := unquote(item.text("fullName") or item.text("valueName") or ""))
    )


def _facts_of(item: Facts) -> Iterator[tuple[str, Value]]:
    """Give what an entry of a standard value set tells beside its name (Metadata API guide, StandardValue)."""
    yield from ((name, item.flag(name)) for name in _FLAGS if item.has(name))
    probability, category = item.text("probability"), item.text("forecastCategory")
    if probability is not None:
        yield "probability", float(probability)
    if category is not None:
        yield "forecastCategory", category
        yield "forecastCategoryName", _CATEGORY_NAMES.get(category, category)


_FLAGS: Final = ("closed", "won", "converted", "highPriority", "reviewed")
_CATEGORY_NAMES: Final[Mapping[str, str]] = {"BestCase": "Best Case", "Forecast": "Commit", "MostLikely": "Most Likely"}


def _sorted(values: tuple[PicklistValue, ...], is_sorted: bool) -> tuple[PicklistValue, ...]:
    return tuple(sorted(values, key=lambda entry: (entry.label or "").casefold())) if is_sorted else values


class ValueSets:
    """The global and standard value sets of the sources, by name."""

    def __init__(self) -> None:
        self._global: dict[str, tuple[PicklistValue, ...]] = {}

    def add_global(self, name: str, facts: Facts) -> None:
        """Take a GlobalValueSet, in its form of today (customValue) or of before."""
        items = facts.all("customValue") or facts.all("globalPicklistValues")
        self._global[name] = _sorted(values_of(items), facts.flag("sorted"))

    def find(self, name: str) -> tuple[PicklistValue, ...] | None:
        """Give the values of a global value set, or None."""
        return self._global.get(name)


def fill_picklist(field: Field, facts: Facts, sets: ValueSets, place: str, notes: Notes) -> Field:
    """Give the field with the values of its definition; a field whose definition tells none stays as it is."""
    old, new = facts.one("picklist"), facts.one("valueSet")
    if new is not None:
        values = _value_set_values(new, sets, place, notes)
        restricted = new.flag("restricted") or new.text("valueSetName") is not None
        controller = new.text("controllingField")
    elif old is not None:
        values = _sorted(values_of(old.all("picklistValues")), old.flag("sorted"))
        restricted = old.flag("restrictedAdminField") or old.flag("restricted")
        controller = old.text("controllingField")
    else:
        return field
    if values is None:
        return replace(field, restricted_picklist=False)
    default = next((entry.value for entry in values if entry.default_value), None)
    return replace(
        field,
        picklist_values=values,
        restricted_picklist=restricted,
        controller_name=controller,
        dependent_picklist=controller is not None,
        default_value=field.default_value if default is None else default,
    )


def with_default(field: Field) -> Field:
    """Make a default entry the field's default too, as describe tells it."""
    default = next((entry.value for entry in field.picklist_values if entry.default_value), None)
    return field if default is None else replace(field, default_value=default)


def _value_set_values(facts: Facts, sets: ValueSets, place: str, notes: Notes) -> tuple[PicklistValue, ...] | None:
    name = facts.text("valueSetName")
    if name is None:
        definition = facts.one("valueSetDefinition")
        if definition is None:
            return ()
        return _sorted(values_of(definition.all("value")), definition.flag("sorted"))
    found = sets.find(name)
    if found is None:
        notes.add(place, f"the global value set {name} is not among the sources: any value is accepted")
    return found


def controlled_by(facts: Facts) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """Give the controlling field of a definition, and the controlling values of each value."""
    new, old = facts.one("valueSet"), facts.one("picklist")
    source = new or old
    if source is None or (controller := source.text("controllingField")) is None:
        return None, {}
    items = source.all("valueSettings") if new is not None else source.all("picklistValues")
    return controller, {
        unquote(item.text("valueName") or item.text("fullName") or ""): tuple(
            map(unquote, (*item.texts("controllingFieldValue"), *item.texts("controllingFieldValues")))
        )
        for item in items
    }


def state_dependency(field: Field, allowed: Mapping[str, Sequence[str]], controller: Field | None) -> Field:
    """Give a dependent picklist with the bits that tell for which values of its controller each entry is valid."""
    if controller is None:
        return field
    if controller.type is FieldType.BOOLEAN:
        order: tuple[str, ...] = CHECKBOX_VALUES
    else:
        order = tuple(entry.value for entry in controller.picklist_values)
    place_of = {value.casefold(): place for place, value in enumerate(order)}
    values = tuple(
        replace(entry, valid_for=bits_of(allowed.get(entry.value, ()), place_of, len(order)))
        for entry in field.picklist_values
    )
    return replace(field, picklist_values=values)


def bits_of(values: Iterable[str], place_of: Mapping[str, int], size: int) -> str:
    """Give the set of those values as describe writes it."""
    bits = bytearray(max(1, (size + 7) // 8))
    for value in values:
        place = place_of.get({"checked": "true", "unchecked": "false"}.get(value, value).casefold())
        if place is not None:
            bits[place >> 3] |= 0x80 >> (place & 7)
    return base64.b64encode(bytes(bits)).decode()
