"""The functions over text. Blank in is mostly blank out; a blank result is None.

Rules: the function's own page in Salesforce Help, and where that is silent Salesforce's published formula engine.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import quote_plus

from mockorg_server.formula.error import EvaluationError
from mockorg_server.formula.function import B, C, D, Function, M, N, T
from mockorg_server.formula.kind import Kind
from mockorg_server.formula.pattern import matches
from mockorg_server.schema.identifier import normalise_id

Text = str | None
Number = Decimal | None


def text_of(value: Any) -> Text:
    """Give TEXT(): numbers without an exponent or trailing zeros, dates and times in ISO form, instants in GMT."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return text_of_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ").rjust(20, "0")
    if isinstance(value, time):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def text_of_number(number: Decimal) -> str:
    """Give a number as TEXT() shows it."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _value(text: Text) -> Number:
    if not text:
        return None
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", text):
        raise EvaluationError("VALUE: not a number")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise EvaluationError("VALUE: not a number") from error


def _is_number(text: Text) -> bool:
    try:
        return _value(text) is not None
    except EvaluationError:
        return False


def _left(text: Text, count: Number) -> Text:
    return text[: int(count)] or None if text and count is not None and count > 0 else None


def _right(text: Text, count: Number) -> Text:
    whole = int(count) if count is not None else 0
    return text[-whole:] if text and whole > 0 else None


def _mid(text: Text, start: Number, count: Number) -> Text:
    if not text or start is None or count is None or count <= 0:
        return None
    first = max(int(start), 1) - 1
    return text[first : first + int(count)] or None


def _find(search: Text, text: Text, start: Number = Decimal(1)) -> Decimal:
    if not search or text is None:
        return Decimal(0)
    return Decimal(text.find(search, max(int(start or 0) - 1, 0)) + 1)


def _contains(text: Text, part: Text) -> bool | None:
    if not part:
        return True
    return part in text if text else None


def _begins(text: Text, part: Text) -> bool | None:
    if not part:
        return True
    return text.startswith(part) if text else None


def _substitute(text: Text, old: Text, new: Text) -> Text:
    if text is None or old is None:
        return None
    return text.replace(old, new or "") if old else text


def _padding(text: str, count: int, padding: Text) -> str:
    return ((padding or "") * (count - len(text)))[: max(count - len(text), 0)]


def _lpad(text: Text, count: Number, padding: Text = " ") -> Text:
    if not text or count is None or count <= 0:
        return None
    return _padding(text, int(count), padding) + text if int(count) > len(text) else text[: int(count)]


def _rpad(text: Text, count: Number, padding: Text = " ") -> Text:
    if not text or count is None or count <= 0:
        return None
    return text + _padding(text, int(count), padding) if int(count) > len(text) else text[: int(count)]


def _initcap(text: Text) -> Text:
    return re.sub(r"[^\W_]+", lambda word: word.group().capitalize(), text) if text else None


def _ascii(text: Text) -> Number:
    return Decimal(ord(text[0])) if text else None


def _chr(code: Number) -> Text:
    return chr(int(code)) if code is not None and 0 < int(code) <= 0x10FFFF else None


def _case_safe_id(text: Text) -> Text:
    return (normalise_id(text) or text) if text else None


def _hyperlink(url: Text, label: Text, target: Text = "_blank") -> Text:
    # The form of the anchor, as formula fields give it over the API, is from memory.
    return f'<a href="{url or ""}" target="{target or "_blank"}">{label or ""}</a>'


def _image(url: Text, alternate: Text, height: Number = None, width: Number = None) -> Text:
    size = ""
    if height is not None and width is not None:
        size = f' style="height:{text_of_number(height)}px; width:{text_of_number(width)}px;"'
    return f'<img src="{url or ""}" alt="{alternate or ""}"{size} border="0"/>'


def _includes(held: Text, wanted: Text) -> bool:
    return bool(wanted) and wanted in (held or "").split(";")


def _count_values(held: Text) -> Decimal:
    return Decimal(len([part for part in (held or "").split(";") if part]))


def _js(text: Text) -> Text:
    return json.dumps(text)[1:-1].replace("'", "\\'") if text else None


def _format_duration(first: Any, second: Any = None) -> Text:
    if first is None:
        return None
    with_days = second is True or isinstance(first, datetime)
    if isinstance(first, Decimal):
        seconds = int(first)
    elif second is None:
        return None
    elif isinstance(first, datetime):
        seconds = int((second - first).total_seconds())
    else:
        seconds = (_milliseconds(second) - _milliseconds(first)) // 1000
    seconds = abs(seconds)
    days = f"{seconds // 86400}:" if with_days else ""
    hours = seconds // 3600 % 24 if with_days else seconds // 3600
    return f"{days}{hours:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _milliseconds(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1000 + moment.microsecond // 1000


def _if_text(call: Any) -> Any:
    return lambda text: call(text) if text else None


_MULTI: Final = frozenset({Kind.MULTI})
_TEXT_LIKE: Final = N | D | M | C | {Kind.PICKLIST}

TEXT_FUNCTIONS: Final[Mapping[str, Function]] = {
    "ASCII": Function((T,), Kind.NUMBER, _ascii),
    "BEGINS": Function((T, T), Kind.BOOLEAN, _begins),
    "BR": Function((), Kind.TEXT, lambda: "<br>"),
    "CASESAFEID": Function((T,), Kind.TEXT, _case_safe_id),
    "CHR": Function((N,), Kind.TEXT, _chr),
    "CONTAINS": Function((T | {Kind.MULTI}, T), Kind.BOOLEAN, _contains),
    "FIND": Function((T, T, N), Kind.NUMBER, _find, optional=1),
    "FORMATDURATION": Function((N | M | C, B | M | C), Kind.TEXT, _format_duration, optional=1),
    "HTMLENCODE": Function((T,), Kind.TEXT, _if_text(lambda text: html.escape(text).replace("&#x27;", "&#39;"))),
    "HYPERLINK": Function((T, T, T), Kind.TEXT, _hyperlink, optional=1),
    "IMAGE": Function((T, T, N, N), Kind.TEXT, _image, optional=2),
    "INCLUDES": Function((_MULTI, T), Kind.BOOLEAN, _includes),
    "INITCAP": Function((T,), Kind.TEXT, _initcap),
    "ISNUMBER": Function((T,), Kind.BOOLEAN, _is_number),
    "JSENCODE": Function((T,), Kind.TEXT, _js),
    "JSINHTMLENCODE": Function((T,), Kind.TEXT, _if_text(lambda text: _js(html.escape(text)))),
    "LEFT": Function((T, N), Kind.TEXT, _left),
    "LEN": Function((T,), Kind.NUMBER, lambda text: Decimal(len(text or ""))),
    "LOWER": Function((T, T), Kind.TEXT, lambda text, _locale=None: text.lower() if text else None, optional=1),
    "LPAD": Function((T, N, T), Kind.TEXT, _lpad, optional=1),
    "MID": Function((T, N, N), Kind.TEXT, _mid),
    "PICKLISTCOUNT": Function((_MULTI,), Kind.NUMBER, _count_values),
    "REGEX": Function((T, T), Kind.BOOLEAN, matches),
    "REVERSE": Function((T,), Kind.TEXT, _if_text(lambda text: text[::-1])),
    "RIGHT": Function((T, N), Kind.TEXT, _right),
    "RPAD": Function((T, N, T), Kind.TEXT, _rpad, optional=1),
    "SUBSTITUTE": Function((T, T, T), Kind.TEXT, _substitute),
    "TEXT": Function((_TEXT_LIKE,), Kind.TEXT, text_of),
    "TRIM": Function((T,), Kind.TEXT, _if_text(lambda text: text.strip() or None)),
    "UPPER": Function((T, T), Kind.TEXT, lambda text, _locale=None: text.upper() if text else None, optional=1),
    "URLENCODE": Function((T,), Kind.TEXT, _if_text(lambda text: quote_plus(text, safe="*-._").replace("~", "%7E"))),
    "VALUE": Function((T,), Kind.NUMBER, _value),
}
