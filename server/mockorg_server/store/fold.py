"""Case folding of text: the one rule by which two texts are equal, ordered and matched.

Not a general Unicode tool: it does what an English-locale org shows, case-insensitive order by upper case (SOQL
reference, ORDER BY), and nothing about accents or languages.
"""

from unicodedata import normalize

# The database's text functions stop at U+0000, and U+0001 divides folded from raw text inside MIN and MAX.
_RESERVED = {0: "\ufffd", 1: "\ufffd"}


def fold(text: str) -> str:
    """Give the text in NFC and upper case, character for character.

    The mapping is one to one ('ß' stays 'ß'), so that ``_`` in a LIKE pattern matches exactly one character.
    """
    if text.isascii():
        upper = text.upper()
    else:
        text = normalize("NFC", text)
        upper = text.upper()
        if len(upper) != len(text):
            upper = "".join(map(_upper_character, text))
    return upper.translate(_RESERVED) if "\x00" in upper or "\x01" in upper else upper


def _upper_character(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character
