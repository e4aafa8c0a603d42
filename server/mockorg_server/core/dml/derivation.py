"""Values that follow from other fields of the record and from its parents: the entries ``derived`` of the rules.

``DERIVATIONS`` has a function for each kind of entry. It gives the errors that it finds, and sets values in place. They
run in their order once all that the caller and the hooks wrote has been checked, before validation rules are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.activation import count_pushes, end_term, hold_activation, stamp_change
from mockorg_server.core.dml.activity import tell_account, tell_times
from mockorg_server.core.dml.companion import bring_along, hold_to_one, keep_one_default, make_member
from mockorg_server.core.dml.copied_value import copy_values
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.file_version import make_version, show_in_version
from mockorg_server.core.dml.given import NOTHING_GIVEN, given_of
from mockorg_server.core.dml.line_item import hold_line_to_entry, price_line
from mockorg_server.core.dml.price import hold_price
from mockorg_server.core.dml.saved_record import SavedRecord, saved_record
from mockorg_server.core.dml.value_rule import is_email
from mockorg_server.core.error import RowError
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

Derivation = Callable[[SavedRecord, Mapping[str, Any]], Iterable[RowError]]

_MONTHS: Final = 12


def derived_values_follow(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Work out what follows from the values of a save, and refuse those that do not go together."""
    rule = context.org.save_profiles.of(draft.sobject).rule
    return _errors(saved_record(context, draft), rule.derived, rule.copies)


def _errors(
    record: SavedRecord, derived: Iterable[Mapping[str, Any]], copies: Mapping[str, tuple[str, ...]]
) -> Iterator[RowError]:
    if copies:
        copy_values(record, copies)
    for entry in derived:
        errors = tuple(DERIVATIONS[entry["kind"]](record, entry))
        if errors:
            yield from errors
            return


def multiply(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Set ``field`` to the product of ``factors``, divided by ``per``; null where a factor is."""
    if record.is_new or record.changed(*entry["factors"]):
        product: float | None = 1.0
        for name in entry["factors"]:
            factor = record.number(name)
            product = None if factor is None or product is None else product * factor
        record.set(entry["field"], None if product is None else product / entry.get("per", 1))
    return ()


def add(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Set ``field`` to the sum of ``terms``; null counts as zero."""
    if record.is_new or record.changed(*entry["terms"]):
        record.set(entry["field"], float(sum(record.number(name) or 0.0 for name in entry["terms"])))
    return ()


def tell_fiscal_period(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Tell the fiscal year and quarter of the date ``of``, as ``year``, ``quarter`` and ``text`` (``2026 4``)."""
    if record.is_new or record.changed(entry["of"]):
        day = record.text(entry["of"])
        if day is None:
            for key in ("year", "quarter", "text"):
                record.set(entry[key], None)
            return ()
        shift = record.context.org.directory.moment_of(record.context).fiscal_shift
        closing = date.fromisoformat(day)
        months = closing.year * _MONTHS + closing.month - 1 + shift
        year, quarter = months // _MONTHS, months % _MONTHS // 3 + 1
        record.set(entry["year"], year)
        record.set(entry["quarter"], quarter)
        record.set(entry["text"], f"{year} {quarter}")
    return ()


def hold_by_children(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Drop what the caller writes to ``ignored``, and refuse ``refused``, while the boolean ``when`` is true."""
    if record.is_new or not record.value(entry["when"]):
        return
    for name in entry["ignored"]:
        if name in record.given:
            record.draft.values.pop(name, None)
            record.draft.given = given_of(field for field in record.draft.given if field.name != name)
    for name, text in entry["refused"].items():
        if name in record.given and record.changed(name):
            yield RowError("FIELD_INTEGRITY_EXCEPTION", f"field integrity exception: {name} ({text})", (name,))


def take_from_parent(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Fill ``field`` with ``of`` of the record that ``parent`` leads to, where it is null (from memory)."""
    field, parent = entry["field"], entry["parent"]
    if (record.is_new or record.changed(parent)) and field not in record.given and record.value(field) is None:
        record.set(field, (record.parent(parent, [entry["of"]]) or {}).get(entry["of"]))
    return ()


def hold_to_email(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Hold the text ``field`` to the form of an e-mail address; the error's ``text`` is from memory."""
    name = entry["field"]
    if (record.is_new or record.changed(name)) and not is_email(record.text(name) or ""):
        yield RowError("INVALID_EMAIL_ADDRESS", entry["text"], (name,))


DERIVATIONS: Final[Mapping[str, Derivation]] = {
    "activation": hold_activation,
    "activity account": tell_account,
    "campaign member": make_member,
    "companions": bring_along,
    "default of parent": take_from_parent,
    "email form": hold_to_email,
    "event times": tell_times,
    "file document": show_in_version,
    "file version": make_version,
    "fiscal period": tell_fiscal_period,
    "held by children": hold_by_children,
    "line entry": hold_line_to_entry,
    "line price": price_line,
    "one": hold_to_one,
    "one default": keep_one_default,
    "price": hold_price,
    "product": multiply,
    "pushes": count_pushes,
    "stamp": stamp_change,
    "sum": add,
    "term": end_term,
}

ALONE: Final = frozenset({"event times", "fiscal period", "product", "sum", "term"})
"""The kinds that look at one record alone, refuse nothing that a seed may hold, and so fill seeds in as well."""


def derive_alone(context: CallContext, sobject: SObject, values: dict[str, Value]) -> None:
    """Fill in, in place, what follows from the values of a seeded record alone; what the seed wrote stays."""
    entries = [entry for entry in context.org.save_profiles.of(sobject).rule.derived if entry["kind"] in ALONE]
    if not entries:
        return
    draft = Draft(sobject, Change.INSERT, dict(values), NOTHING_GIVEN)
    record = saved_record(context, draft)
    for entry in entries:
        tuple(DERIVATIONS[entry["kind"]](record, entry))
    values.update({name: value for name, value in draft.values.items() if values.get(name) is None})
