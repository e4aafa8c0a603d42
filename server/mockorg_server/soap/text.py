"""Text inside XML: what must be escaped, and how this wire writes truth values, instants and Java doubles.

Nothing here knows an element; the writers put these texts between tags.
"""

from __future__ import annotations

import re

from mockorg_server.java_double import double_text
from mockorg_server.schema.value import Value

__all__ = ["boolean_text", "double_text", "escaped"]

# The five of XML, as the platform escapes them in text (recorded: ' is &apos; and " is &quot; inside elements);
# carriage return, which a parser would turn into a line feed; and what XML 1.0 cannot carry at all.
_UNSAFE = re.compile("[&<>\"'\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
_is_unsafe = _UNSAFE.search


def _safe(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "\ufffd")


def escaped(text: str) -> str:
    """Make a text fit to stand inside an element or a quoted attribute. What XML cannot carry becomes U+FFFD."""
    return _UNSAFE.sub(_safe, text) if _is_unsafe(text) else text


def boolean_text(value: Value) -> str:
    """Write a boolean; the store may give it as 0 or 1."""
    return "true" if value else "false"
