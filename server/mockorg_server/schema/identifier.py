"""Record ids: the forms of 15 and of 18 characters. Giving out new ones is the core's business.

An id of 15 characters is case sensitive; the form of 18 adds three characters that spell which letters are capitals,
so that it survives systems that fold case (SOAP API guide, "ID field type").
"""

from __future__ import annotations

import hashlib
import string
from typing import Final

SHORT = 15
LONG = 18
_FIRST: Final = 62**9  # numbers of ids below are those that an org gives out in sequence
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ALPHABET = frozenset(_DIGITS)
_CAPITAL = str.maketrans({letter: "1" if letter.isupper() else "0" for letter in _DIGITS})
# Five bits, the first letter's the lowest, make one check character.
_CHECK = {f"{number:05b}"[::-1]: letter for number, letter in enumerate(string.ascii_uppercase + "012345")}
_CAPITALS = {letter: bits for bits, letter in _CHECK.items()}


def to_long_id(short: str) -> str:
    """Append the three check characters to an id of 15 characters."""
    bits = short.translate(_CAPITAL)
    return short + _CHECK[bits[:5]] + _CHECK[bits[5:10]] + _CHECK[bits[10:15]]


def normalise_id(text: str) -> str | None:
    """Give the 18-character form of an id in either form, or None when the text is not an id.

    Check characters in either case repair letters whose case was lost on the way (inferred: that is what they are for).
    """
    if not _ALPHABET.issuperset(text):
        return None
    if len(text) == SHORT:
        return to_long_id(text)
    if len(text) != LONG:
        return None
    return text if text == to_long_id(text[:SHORT]) else _repaired(text)


def base62(number: int, width: int) -> str:
    """Write a number in base 62 (digits, capitals, small letters: ASCII order is number order), zero-padded."""
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return text.rjust(width, "0")


def stable_id(prefix: str, *names: str) -> str:
    """Give the id of something that the schema names: always the same, and none that an org gives out itself."""
    digest = hashlib.blake2b("\0".join(names).lower().encode(), digest_size=16).digest()
    width = SHORT - len(prefix)
    number = _FIRST + int.from_bytes(digest, "big") % (62**width - _FIRST)
    return to_long_id(prefix + base62(number, width))


def number_of(text: str) -> int:
    """Read a number in base 62."""
    number = 0
    for digit in text:
        number = number * 62 + _DIGITS.index(digit)
    return number


def _repaired(text: str) -> str | None:
    groups = [_CAPITALS.get(letter.upper()) for letter in text[SHORT:]]
    if None in groups:
        return None
    bits = "".join(group or "" for group in groups)
    short = "".join(letter.upper() if bit == "1" else letter.lower() for letter, bit in zip(text, bits, strict=False))
    return to_long_id(short) if short.translate(_CAPITAL) == bits else None
