"""Line items of opportunities, quotes and orders: their price book entry and their prices.

Sources: Object Reference, OpportunityLineItem, QuoteLineItem, OrderItem. Texts: that of a missing entry is in
Salesforce's help (000383141), those of two prices, of a strange price book and of an archived entry are quoted by
users; that of an inactive entry is from memory; the others are inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.dml.saved_record import SavedRecord, values_of
from mockorg_server.core.error import RowError
from mockorg_server.schema.value import Value

ENTRY: Final = "PricebookEntryId"
_OF_ENTRY: Final = ("Pricebook2Id", "Product2Id", "UnitPrice", "IsActive", "IsArchived")


def _refused(text: str, *fields: str) -> RowError:
    return RowError("FIELD_INTEGRITY_EXCEPTION", f"field integrity exception: {text}", fields)


def hold_line_to_entry(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Take product and list price of a new line from its entry, which is in the price book of ``parent``.

    A parent without a price book gets that of its first line when ``adopts`` is true.
    """
    if not record.is_new:
        return
    found = record.parent(ENTRY, _OF_ENTRY)
    if found is None:
        why = "versions 3.0 and higher must specify pricebook entry id; others must specify product id"
        yield _refused(f"{ENTRY}, unknown ({why})", ENTRY, "unknown")
        return
    if not found["IsActive"] or found["IsArchived"]:
        state = "has been archived" if found["IsArchived"] else "is inactive"
        yield _refused(f"{ENTRY} (pricebook entry {state})", ENTRY)
        return
    product = record.value("Product2Id")
    if product is not None and product != found["Product2Id"]:
        yield _refused("Product2Id (product is another than that of the pricebook entry)", "Product2Id")
        return
    record.set("Product2Id", found["Product2Id"])
    if record.value("ListPrice") is None:
        record.set("ListPrice", found["UnitPrice"])
    yield from _hold_to_book(record, entry, found["Pricebook2Id"])


def _hold_to_book(record: SavedRecord, entry: Mapping[str, Any], book: Value) -> Iterable[RowError]:
    parent = record.parent(entry["parent"], ["Pricebook2Id"]) or {}
    known = parent.get("Pricebook2Id")
    if known == book:
        return
    label = entry["label"]
    if known is not None:
        yield _refused(
            f"{ENTRY} (pricebook entry is in a different pricebook than the one assigned to the {label})", ENTRY
        )
        return
    active = (values_of(record.context, book, ["IsActive"]) or {}).get("IsActive")
    if not entry.get("adopts") or not active:
        yield _refused(f"{ENTRY} (no pricebook is assigned to the {label})", ENTRY)
        return
    parent_id = str(record.value(entry["parent"]))
    record.along(lambda context, _id: _adopt(context, parent_id, book))


def _adopt(context: CallContext, parent_id: str, book: Value) -> Iterable[RowError]:
    from mockorg_server.core.dml.save import update  # noqa: PLC0415  # a save brings about a save

    for parent in context.org.schema.latest.sobjects_by_prefix(parent_id[:3]):
        yield from update(
            context, Draft(parent, Change.UPDATE, {"Pricebook2Id": book}, NOTHING_GIVEN, id=parent_id)
        ).errors


def price_line(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Work out the prices of a line. ``writable`` tells that the total may be given in place of the unit price.

    Of a quantity that changes alone, a writable total stays and the unit price follows; else the total follows.
    """
    writable = entry.get("writable", False)
    unit, total = (name in record.given and record.value(name) is not None for name in ("UnitPrice", "TotalPrice"))
    if record.is_new or record.changed("UnitPrice", "TotalPrice", "Quantity", "Discount"):
        if writable and unit and total and (record.is_new or record.changed("TotalPrice", "UnitPrice")):
            yield from _two_prices(record)
            return
        if not record.number("Quantity"):
            yield _refused("Quantity (quantity must be nonzero)", "Quantity")
            return
        if record.is_new and not (unit or (writable and total)):
            alternatives = "UnitPrice or TotalPrice" if writable else "UnitPrice"
            yield RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{alternatives}]", ("UnitPrice",))
            return
        from_total = writable and (total or (not record.is_new and not unit and "Discount" not in record.given))
        _work_out(record, from_total)


def _two_prices(record: SavedRecord) -> Iterable[RowError]:
    if record.is_new:
        yield _refused("only one of unit price or total price may be specified", "unknown")
    elif record.changed("UnitPrice") and record.changed("TotalPrice"):
        yield RowError(
            "INVALID_FIELD", "Cannot change both 'UnitPrice' and 'TotalPrice' in update call", ("UnitPrice",)
        )


def _work_out(record: SavedRecord, from_total: bool) -> None:
    quantity = record.number("Quantity") or 1.0
    share = 1 - (record.number("Discount") or 0.0) / 100
    if from_total and share:
        record.set("UnitPrice", (record.number("TotalPrice") or 0.0) / quantity / share)
    else:
        record.set("TotalPrice", (record.number("UnitPrice") or 0.0) * quantity * share)
    record.set("Subtotal", (record.number("UnitPrice") or 0.0) * quantity)
