"""Regular expressions of REGEX(): those of Java, as far as Python's engine means the same by them.

Java's classes of ASCII letters, quoting and a few names are translated; a pattern that Python cannot read is refused
by name when the formula is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mockorg_server.formula.error import EvaluationError

_INSIDE: Final = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": "\\x00-\\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": "!-/:-@\\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": " \\t",
    "Cntrl": "\\x00-\\x1f\\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": " \\t\\n\\x0b\\f\\r",
}
_LETTERS: Final = {"L", "IsL", "IsAlphabetic", "javaLetter"}
_PIECE: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\p\{(\w+)\}|\\P\{(\w+)\}|\\.|\[\^?\]?|\]|&&|.", re.DOTALL)
_PLAIN: Final = {"\\z": "\\Z", "\\h": "[ \\t\\xa0]", "\\e": "\\x1b"}


@lru_cache(maxsize=512)
def compile_java(pattern: str) -> re.Pattern[str]:
    """Compile a Java pattern. Raises EvaluationError."""
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except re.error as error:
        raise EvaluationError(f"mockorg cannot read the regular expression {pattern}: {error}") from error


def _translated(pattern: str) -> str:
    pieces: list[str] = []
    depth = 0
    for found in _PIECE.finditer(pattern):
        piece = found.group()
        if piece.startswith("\\Q"):
            pieces.append(re.escape(piece[2:].removesuffix("\\E")))
        elif found.group(1) or found.group(2):
            pieces.append(_class(found.group(1) or found.group(2), negated=bool(found.group(2)), inside=depth > 0))
        elif piece == "&&" and depth:
            raise EvaluationError("mockorg does not support intersections of classes in regular expressions")
        elif piece.startswith("["):
            if depth:
                raise EvaluationError("mockorg does not support classes inside classes in regular expressions")
            depth += 1
            pieces.append(piece)
        else:
            depth -= piece == "]" and depth > 0
            pieces.append(_PLAIN.get(piece, piece))
    return "".join(pieces)


def _class(name: str, *, negated: bool, inside: bool) -> str:
    if name in _LETTERS and not inside:
        return "(?u:[\\W\\d_])" if negated else "(?u:[^\\W\\d_])"
    if name not in _INSIDE or (inside and negated):
        raise EvaluationError(f"mockorg does not support \\{'P' if negated else 'p'}{{{name}}} there")
    if inside:
        return _INSIDE[name]
    return f"[{'^' if negated else ''}{_INSIDE[name]}]"


def matches(text: str | None, pattern: str | None) -> bool:
    """Tell whether the whole text matches; blank counts as ''."""
    return compile_java(pattern or "").fullmatch(text or "") is not None
