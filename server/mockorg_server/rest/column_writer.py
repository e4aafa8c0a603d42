"""The values of one field over a whole page of rows, ready for one template per record: the inner loop of REST.

A page is turned from rows into columns, each column says how the template shows its values, and the template is filled
row by row by the interpreter itself: no Python function is called per value where a column holds what it mostly holds.
What a value looks like is told by ``record_writer.VALUE_WRITERS``; the texts here are the same (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from mockorg_server.schema.field_type import FieldType

Values = Sequence[Any]
Column = tuple[str, Iterable[object]]
"""A conversion of printf's language, and the values for it."""

ValueWriter = Callable[[Any], str]


def column(kind: FieldType, values: Values, write: ValueWriter) -> Column:
    """Give the column of a field's values; ``write`` is how one value that is not null is written."""
    form = _FORMS.get(kind)
    if form is not None and None not in values:
        found = form(values)
        if found is not None:
            return found
    return "%s", ["null" if value is None else write(value) for value in values]


def _quoted(values: Values) -> Column:
    return '"%s"', values


def _datetime(values: Values) -> Column:
    return '"%.23s+0000"', values  # without the Z


def _int(values: Values) -> Column:
    return "%d", values


def _double(values: Values) -> Column | None:
    """Java and Python write a double alike from a thousandth to ten million."""
    if set(map(type, values)) != {float} or min(values) < 1e-3 or max(values) >= 1e7:
        return None
    return "%r", values


def _text(values: Values) -> Column:
    return "%s", map(encode_basestring, values)


_FORMS: Final[Mapping[FieldType, Callable[[Values], Column | None]]] = {
    FieldType.COMBOBOX: _text,
    FieldType.CURRENCY: _double,
    FieldType.DATE: _quoted,
    FieldType.DATETIME: _datetime,
    FieldType.DOUBLE: _double,
    FieldType.EMAIL: _text,
    FieldType.ID: _quoted,
    FieldType.INT: _int,
    FieldType.LONG: _int,
    FieldType.MULTIPICKLIST: _text,
    FieldType.PERCENT: _double,
    FieldType.PHONE: _text,
    FieldType.PICKLIST: _text,
    FieldType.REFERENCE: _quoted,
    FieldType.STRING: _text,
    FieldType.TEXTAREA: _text,
    FieldType.TIME: _quoted,
    FieldType.URL: _text,
}
"""The types whose columns have a form of their own when no value is null."""


def literal(text: str) -> str:
    """Give text that stands for itself in a template."""
    return text.replace("%", "%%")
