"""What SOSL refuses, and where in the text: MALFORMED_SEARCH in the platform's words.

The form is that of SOQL but for the column: in the three recorded refusals it is counted from 0, while the caret stands
one character before the mistake.
"""

from __future__ import annotations

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned

MALFORMED_SEARCH = "MALFORMED_SEARCH"


def misplaced(message: str, text: str, offset: int) -> SoqlError:
    """Give the refusal of something at a 0-based offset of the text."""
    line_start = text.rfind("\n", 0, offset) + 1
    return positioned(MALFORMED_SEARCH, message, text, max(line_start, offset - 1))


def malformed_token(token: str, text: str, offset: int) -> SoqlError:
    """Give the refusal of a token that cannot stand where it does (recorded for a wrong search group)."""
    return misplaced(f"Malformed search token: {token}", text, offset)


def mismatched(text: str, offset: int, character: str | None, expected: str = "}") -> SoqlError:
    """Give the refusal of a character in the search expression (recorded for ``|`` and ``-``); None is the end."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1)
    found = "<EOF>" if character is None else character
    return misplaced(f"line {line}:{column} mismatched character '{found}' expecting '{expected}'", text, offset)


def unsupported_search(construct: str) -> SoqlError:
    """Give the refusal of something that is valid SOSL but that mockorg cannot answer truthfully yet."""
    return SoqlError("UNSUPPORTED_QUERY", f"mockorg does not support {construct} yet")
