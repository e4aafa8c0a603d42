"""What references of a seed stand for: ``@ref`` names, and parents named by an external id.

A parent may stand anywhere in the seed, or in the org already. Which fields may name one is wider than for clients: an
external id, an idLookup or unique field, the name of the record, or a DeveloperName.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockorg_server.core.context import CallContext
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

_TYPE_FIELD = "SobjectType"  # tells record types of one name apart: they belong to the object of the record

Key = tuple[str, str]


class ReferenceFault(Exception):
    """What is wrong with a reference; the caller knows where it stands."""


class SeedReferences:
    """Finds the records that a seed refers to. ``rows`` are the seed's records as (sObject, raw values, Id)."""

    def __init__(
        self,
        context: CallContext,
        names: Mapping[str, str],
        rows: Sequence[tuple[SObject, Mapping[str, object], str]],
    ) -> None:
        self._context = context
        self._names = names
        self._rows = rows
        self._by_key: dict[Key, dict[str, list[str]]] = {}

    def named(self, reference: str, known: Field) -> str:
        """Give the Id of ``@reference``, which the field may point at. Raises ReferenceFault."""
        found = self._names.get(reference[1:])
        if found is None:
            raise ReferenceFault(f"nothing in the seed has the referenceId {reference[1:]!r}")
        kinds = [each.name for each in self._context.org.schema.latest.sobjects_by_prefix(found[:3])]
        if known.reference_to and not set(kinds) & set(known.reference_to):
            raise ReferenceFault(f"it cannot point at {reference}, which is of {' or '.join(kinds)}")
        return found

    def parent(self, child: SObject, known: Field, given: Mapping[str, object]) -> str:
        """Give the Id of the parent that is named by a field of it: ``{"ExtId__c": "A-1"}``. Raises ReferenceFault."""
        kind, name, value = _split(given)
        targets = [target for target in known.reference_to if kind is None or target.lower() == kind.lower()]
        if not targets:
            raise ReferenceFault(f"{known.name} cannot point at {kind or 'anything in this org'}")
        found: list[str] = []
        keys = [(sobject, field) for sobject, field in self._fields(targets, name) if _names_records(field)]
        if not keys:
            raise ReferenceFault(f"{name} is no external id of {' or '.join(targets)}")
        for sobject, field in keys:
            found += self._find(child, sobject, field, value)
        if len(found) != 1:
            what = "no record has" if not found else f"{len(found)} records have"
            raise ReferenceFault(f"{what} {keys[0][0].name}.{keys[0][1].name} {value!r}")
        return found[0]

    def _fields(self, targets: Sequence[str], name: str) -> list[tuple[SObject, Field]]:
        view = self._context.org.schema.latest
        sobjects = (view.sobject(target) for target in targets)
        return [(each, field) for each in sobjects if each is not None and (field := each.field(name)) is not None]

    def _find(self, child: SObject, sobject: SObject, field: Field, value: object) -> list[str]:
        in_seed = self._seeded(sobject, field).get(_folded(field, value), [])
        in_org = self._context.reader.find(sobject, field.name, _neutral(field, value))
        found = list(dict.fromkeys((*in_seed, *in_org)))
        if len(found) > 1 and sobject.field(_TYPE_FIELD) is not None:
            kinds = self._context.reader.get(sobject, found, [_TYPE_FIELD])
            found = [record_id for record_id in found if kinds.get(record_id, (child.name,))[0] == child.name]
        return found

    def _seeded(self, sobject: SObject, field: Field) -> Mapping[str, list[str]]:
        """Give the Ids of the seed's own records by that field, made when first asked for."""
        key = (sobject.name, field.name)
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = {}
            for owner, values, record_id in self._rows:
                if owner.name != sobject.name:
                    continue
                value = next((value for name, value in values.items() if name.lower() == field.name.lower()), None)
                if value is not None and value != "":
                    found.setdefault(_folded(field, value), []).append(record_id)
        return found


def _split(given: Mapping[str, object]) -> tuple[str | None, str, object]:
    """Give the type that a parent's attributes name, and the one field that tells which record it is."""
    attributes = given.get("attributes", {})
    kind = attributes.get("type") if isinstance(attributes, Mapping) else None
    fields = [(name, value) for name, value in given.items() if name != "attributes"]
    if len(fields) != 1 or isinstance(fields[0][1], (dict, list)) or fields[0][1] in (None, ""):
        raise ReferenceFault('a parent is named by one field of it: {"ExtId__c": "A-1"}')
    return (str(kind) if kind else None), *fields[0]


def _names_records(field: Field) -> bool:
    return field.external_id or field.id_lookup or field.unique or field.name_field or field.name == "DeveloperName"


def _folded(field: Field, value: object) -> str:
    text = str(_neutral(field, value))
    return text if field.case_sensitive else text.casefold()


def _neutral(field: Field, value: object) -> Value:
    if field.type in (FieldType.DOUBLE, FieldType.INT, FieldType.LONG):
        try:
            return float(str(value))
        except ValueError:
            return str(value)
    return str(value)
