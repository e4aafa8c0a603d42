"""Where in the text a mistake is, told the platform's way: excerpt, caret, ``ERROR at Row:r:Column:c``.

The form is recorded from real orgs; the width of the excerpt (about 40 characters on either side, cut at words) is
inferred from five such recordings.
"""

from __future__ import annotations

from mockorg_server.soql.error import SoqlError

_BEFORE = 40
_AFTER = 42
_GAPS = " \t,"


def positioned(code: str, message: str, text: str, offset: int) -> SoqlError:
    """Give the error for a mistake at a 0-based offset of the text."""
    row, column, line = _locate(text, offset)
    context, indent = _window(line, column - 1)
    block = f"\n{context}\n{' ' * indent}^\nERROR at Row:{row}:Column:{column}\n{message}"
    return SoqlError(code, block, row, column)


def unexpected(text: str, offset: int, token: str) -> SoqlError:
    """Give the generic syntax error. When it is the very first token the platform tells no position (recorded)."""
    message = f"unexpected token: '{token}'"
    if not text[:offset].strip():
        return SoqlError("MALFORMED_QUERY", message)
    return positioned("MALFORMED_QUERY", message, text, offset)


def unsupported(construct: str) -> SoqlError:
    """Give the refusal of something that is valid SOQL but that mockorg cannot answer truthfully yet."""
    return SoqlError("UNSUPPORTED_QUERY", f"mockorg does not support {construct} yet")


def _locate(text: str, offset: int) -> tuple[int, int, str]:
    """Give row and column (1-based) and the row's text. Row 1 is the first line that is not blank."""
    lines = text[:offset].split("\n")
    blank = 0
    for line in text.split("\n"):
        if line.strip():
            break
        blank += 1
    begin = offset - len(lines[-1])
    end = text.find("\n", offset)
    line = text[begin : len(text) if end < 0 else end].rstrip("\r")
    return max(1, len(lines) - blank), len(lines[-1]) + 1, line


def _window(line: str, index: int) -> tuple[str, int]:
    """Cut the line around ``index`` at word boundaries; give the excerpt and where in it the index lies."""
    first = max(0, index - _BEFORE)
    if first:
        while first < index and (line[first - 1] not in _GAPS or line[first] in _GAPS):
            first += 1
    last = index + _AFTER
    if last >= len(line):
        return line[first:], index - first
    boundary = last
    while boundary > index and line[boundary] not in _GAPS:
        boundary -= 1
    return line[first : boundary if boundary > index else last], index - first
