"""The search expression between the braces of FIND: characters to tokens to a ``Find``.

What a word is in a record is the index's business; here is what the caller asks for: words, phrases in quotation
marks, wildcards, operators and parentheses (SOSL reference, FIND).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.sosl_error import MALFORMED_SEARCH, mismatched, misplaced, unsupported_search
from mockorg_server.soql.sosl_syntax import Both, Either, Find, Pattern, Phrase, Without, Words

MAX_LENGTH = 10_000  # characters; a longer expression finds nothing (SOSL reference)
MAX_OPERATOR_LENGTH = 4_000  # in a longer one the operators are dropped, and any term will do (SOSL reference)
MAX_DEPTH = 100  # of parentheses; mockorg's own bound

_RESERVED = frozenset("&|!{[]^~:'+-")  # must be escaped; so must ? * ( ) " and \ where they are meant literally
# Scripts without blanks between words: the platform finds words in them by dictionaries (SOSL reference).
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


class _Kind(Enum):
    WORD = auto()
    PHRASE = auto()
    OPEN = auto()
    CLOSE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    """A token. In ``text`` of a word or phrase, wildcards are NUL (``*``) and SOH (``?``); all else is literal."""

    kind: _Kind
    text: str
    start: int

    def is_operator(self, word: str) -> bool:
        return self.kind is _Kind.WORD and self.text.upper() == word


_STAR, _ONE = "\0", "\1"
_WILDCARDS = {"*": _STAR, "?": _ONE}
_PARENTHESES = {"(": _Kind.OPEN, ")": _Kind.CLOSE}


def find_end(text: str, start: int) -> int:
    """Give the offset of the brace that ends an expression that begins at ``start``. Raises SoqlError without one."""
    at = start
    while at < len(text):
        if text[at] == "}":
            return at
        at += 2 if text[at] == "\\" else 1
    raise mismatched(text, len(text), None)


def parse_expression(text: str, start: int, end: int) -> Find | None:
    """Parse the expression at ``text[start:end]``; None finds nothing. Raises SoqlError.

    INVALID_SEARCH for an expression of fewer than two characters (recorded); wildcards do not count (inferred).
    """
    expression = text[start:end]
    if end - start > MAX_LENGTH:
        return None
    tokens = _tokenise(text, start, end)
    letters = "".join(token.text for token in tokens if token.kind in (_Kind.WORD, _Kind.PHRASE))
    if len(letters.replace(_STAR, "").replace(_ONE, "").strip()) < 2:
        message = f"search term must be longer than one character: {expression.strip()}"
        raise SoqlError("INVALID_SEARCH", message)
    if _UNSPACED.search(letters):
        raise unsupported_search("searching text in scripts without blanks between words, such as Chinese or Thai,")
    if end - start > MAX_OPERATOR_LENGTH:
        return _any_term(tokens)
    return _Parser(text, tokens).parse()


def _tokenise(text: str, start: int, end: int) -> list[_Token]:
    tokens = []
    at = start
    while at < end:
        character = text[at]
        if character.isspace():
            at += 1
        elif character in _PARENTHESES:
            tokens.append(_Token(_PARENTHESES[character], character, at))
            at += 1
        elif character == '"':
            tokens.append(_phrase(text, at, end))
            at = _phrase_end(text, at + 1, end) + 1
        else:
            word, stop = _word(text, at, end)
            tokens.append(_Token(_Kind.WORD, word, at))
            at = stop
    tokens.append(_Token(_Kind.END, "", end))
    return tokens


def _word(text: str, at: int, end: int) -> tuple[str, int]:
    """Read a word, escapes resolved; give it and where it stops."""
    pieces = []
    while at < end and not text[at].isspace() and text[at] not in '()"':
        piece, at = _character(text, at)
        pieces.append(piece)
    return "".join(pieces), at


def _character(text: str, at: int) -> tuple[str, int]:
    character = text[at]
    if character == "\\":
        return text[at + 1], at + 2
    if character in _RESERVED:
        raise mismatched(text, at, character)
    return _WILDCARDS.get(character, character), at + 1


def _phrase(text: str, start: int, end: int) -> _Token:
    stop = _phrase_end(text, start + 1, end)
    pieces = []
    at = start + 1
    while at < stop:
        piece, at = _character(text, at)
        pieces.append(piece)
    return _Token(_Kind.PHRASE, "".join(pieces), start)


def _phrase_end(text: str, at: int, end: int) -> int:
    while at < end:
        if text[at] == '"':
            return at
        at += 2 if text[at] == "\\" else 1
    raise mismatched(text, end, text[end] if end < len(text) else None, '"')


class _Parser:
    """OR binds least, then AND and AND NOT, then the absence of an operator between terms."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def parse(self) -> Find | None:
        found = self._either()
        if self._token.kind is not _Kind.END:
            raise self._unexpected()
        return found

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _unexpected(self) -> SoqlError:
        token = self._token
        shown = self._text[token.start : token.start + 1] if token.kind is not _Kind.WORD else token.text
        return misplaced(f"unexpected token: '{shown or '<EOF>'}'", self._text, token.start)

    def _either(self) -> Find | None:
        parts = [self._both()]
        while self._token.is_operator("OR"):
            self._at += 1
            parts.append(self._both())
        found = [part for part in parts if part is not None]
        return _join(Either, found)

    def _both(self) -> Find | None:
        parts = [self._words()]
        excluded: list[Find | None] = []
        while self._token.is_operator("AND"):
            self._at += 1
            if not self._token.is_operator("NOT"):
                if excluded:  # read from right to left, the reference says; what NOT takes along then is told nowhere
                    raise unsupported_search("AND after AND NOT without parentheses")
                parts.append(self._words())
                continue
            self._at += 1
            start = self._at
            excluded.append(self._words())
            if self._at - start > 1 and self._tokens[start].kind is not _Kind.OPEN:
                raise unsupported_search("several words after AND NOT without parentheses")
        found = _join(Both, [part for part in parts if part is not None])
        unwanted = _join(Either, [part for part in excluded if part is not None])
        return Without(found, unwanted) if found is not None and unwanted is not None else found

    def _words(self) -> Find | None:
        parts = [self._term()]
        while self._token.kind in (_Kind.WORD, _Kind.PHRASE, _Kind.OPEN) and not self._is_operator():
            parts.append(self._term())
        return _join(Words, [part for part in parts if part is not None])

    def _is_operator(self) -> bool:
        return self._token.is_operator("AND") or self._token.is_operator("OR")

    def _term(self) -> Find | None:
        token = self._token
        if token.kind in (_Kind.CLOSE, _Kind.END) or self._is_operator():
            raise self._unexpected()
        self._at += 1
        if token.kind is not _Kind.OPEN:
            return _term_of(token)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SoqlError(MALFORMED_SEARCH, f"mockorg reads at most {MAX_DEPTH} levels of parentheses in a search")
        found = self._either()
        if self._token.kind is not _Kind.CLOSE:
            raise self._unexpected()
        self._at += 1
        self._depth -= 1
        return found


def _join(kind: type[Words] | type[Both] | type[Either], parts: list[Find]) -> Find | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _term_of(token: _Token) -> Find | None:
    """Give what a word or phrase finds; None for one without a letter or digit, since punctuation is not indexed."""
    text = token.text
    if not any(character.isalnum() for character in text):
        return None
    plain = text.replace(_STAR, "*").replace(_ONE, "?")
    if text[0] in (_STAR, _ONE):
        raise unsupported_search(f"a wildcard at the beginning of a search term ({plain})")
    body = text.rstrip(_STAR)
    if _STAR not in body and _ONE not in body:
        return Phrase(body, prefix=len(body) < len(text))
    if not all(character.isalnum() for character in body.replace(_STAR, "").replace(_ONE, "")):
        raise unsupported_search(f"a wildcard inside a search term of several words ({plain})")
    return Pattern(plain)


def _any_term(tokens: list[_Token]) -> Find | None:
    terms = [token for token in tokens if token.kind in (_Kind.WORD, _Kind.PHRASE)]
    wanted = [token for token in terms if not (token.is_operator("AND") or token.is_operator("OR"))]
    found = [term for token in wanted if (term := _term_of(token)) is not None]
    return _join(Either, found)
