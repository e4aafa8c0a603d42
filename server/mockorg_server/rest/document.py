"""Answers as JSON or XML text. Records that are rendered already stand inside as they are."""

from __future__ import annotations

import json
import re
from typing import Final
from xml.sax.saxutils import escape

from mockorg_server.java_double import double_text
from mockorg_server.rest.exchange import Encoded

_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_json(value: object) -> str:
    """Write a JSON value without blanks. Floats are written as the platform writes doubles."""
    if isinstance(value, Encoded):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{_string(str(key))}:{to_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([to_json(each) for each in value]) + "]"
    if isinstance(value, float):
        return double_text(value)
    return json.dumps(value, ensure_ascii=False)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def to_xml(value: object) -> bytes:
    """Write an answer as XML: the members of an object as elements, a list as its element again and again.

    The root is ``result``, or ``Errors`` with one ``Error`` each for a list of refusals (REST API guide, samples).
    """
    plain = json.loads(value.text) if isinstance(value, Encoded) else json.loads(to_json(value))
    if isinstance(plain, list) and plain and isinstance(plain[0], dict) and "errorCode" in plain[0]:
        body = f"<Errors>{''.join(_element('Error', each) for each in plain)}</Errors>"
    elif isinstance(plain, list):
        body = f"<results>{''.join(_element('result', each) for each in plain)}</results>"
    else:
        body = _record_element(plain)
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode("utf-8", "replace")


def _record_element(value: object) -> str:
    """Name the root of a record after its type, as the platform does; anything else is ``result``."""
    attributes = value.get("attributes") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(attributes, dict) and "type" in attributes:
        return _record(str(attributes["type"]), value)
    return _element("result" if not _is_query(value) else "QueryResult", value)


def _is_query(value: object) -> bool:
    return isinstance(value, dict) and "totalSize" in value and "records" in value


def _record(name: str, value: dict[str, object]) -> str:
    attributes = value["attributes"]
    told = attributes if isinstance(attributes, dict) else {}
    texts = "".join(f' {key}="{_text(each)}"' for key, each in told.items())
    inside = "".join(_element(key, each) for key, each in value.items() if key != "attributes")
    return f"<{name}{texts}>{inside}</{name}>"


def _element(name: str, value: object) -> str:
    tag = name if _NAME.fullmatch(name) else f"_{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}"
    if value is None:
        return f'<{tag} xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    if isinstance(value, dict):
        if isinstance(value.get("attributes"), dict):
            return _record(tag, value)
        return f"<{tag}>{''.join(_element(key, each) for key, each in value.items())}</{tag}>"
    if isinstance(value, list):
        return "".join(_element(tag, each) for each in value)
    return f"<{tag}>{_text(value)}</{tag}>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = double_text(value) if isinstance(value, float) else str(value)
    return escape(_UNSAFE.sub("\ufffd", text), {'"': "&quot;"})
