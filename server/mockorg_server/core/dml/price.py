"""Prices of products in price books: a standard price comes first, and may be what custom prices are.

Source: Object Reference, PricebookEntry. The texts are recorded, save that of a price that is given beside
UseStandardPrice, which users quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.saved_record import SavedRecord, values_of
from mockorg_server.core.error import RowError
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

_ALL: Final = 1_000_000_000
_CURRENCY: Final = "CurrencyIsoCode"
_UNIT: Final = "UnitPrice"


def hold_price(record: SavedRecord, _entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Hold an entry of a price book to the standard price of its product."""
    product, currency = record.value("Product2Id"), record.value(_CURRENCY)
    others = [each for each in _entries(record.context, record.sobject, product) if each[_CURRENCY] == currency]
    own_id = record.before.get("Id") or record.draft.id
    book = record.value("Pricebook2Id")
    if record.is_new and any(each["Pricebook2Id"] == book for each in others):
        yield RowError("FIELD_INTEGRITY_EXCEPTION", "This price definition already exists in this price book")
        return
    is_standard = (record.parent("Pricebook2Id", ["IsStandard"]) or {}).get("IsStandard")
    if is_standard:
        yield from _price_is_given(record)
        if not record.is_new and record.changed(_UNIT):
            price = record.value(_UNIT)
            followers = [each["Id"] for each in others if each["Id"] != own_id and each["UseStandardPrice"]]
            record.along(lambda context, _id: _follow(context, record.sobject, followers, price))
        return
    standard = next((each for each in others if _is_standard(record.context, each["Pricebook2Id"])), None)
    if standard is None:
        yield RowError("STANDARD_PRICE_NOT_DEFINED", "Before creating a custom price, create a standard price.")
    elif not record.value("UseStandardPrice"):
        yield from _price_is_given(record)
    elif _UNIT in record.given and record.value(_UNIT) not in (None, standard[_UNIT]):
        yield RowError("FIELD_INTEGRITY_EXCEPTION", "field integrity exception", (_UNIT,))
    else:
        record.set(_UNIT, standard[_UNIT])


def _price_is_given(record: SavedRecord) -> Iterable[RowError]:
    if record.value(_UNIT) is None:
        yield RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{_UNIT}]", (_UNIT,))


def _entries(context: CallContext, sobject: SObject, product: Value) -> list[dict[str, Value]]:
    if product is None:
        return []
    ids = context.reader.find(sobject, "Product2Id", product, limit=_ALL)
    names = [name for name in ("Pricebook2Id", _UNIT, "UseStandardPrice", _CURRENCY) if sobject.field(name)]
    rows = context.reader.get(sobject, ids, names)
    return [{_CURRENCY: None, "Id": each, **dict(zip(names, row, strict=True))} for each, row in rows.items()]


def _is_standard(context: CallContext, book: Value) -> bool:
    return bool((values_of(context, book, ["IsStandard"]) or {}).get("IsStandard"))


def _follow(context: CallContext, sobject: SObject, ids: Iterable[Value], price: Value) -> Iterable[RowError]:
    for each in ids:
        context.writer.update(sobject, str(each), {_UNIT: price, "SystemModstamp": context.stamp})
    return ()
