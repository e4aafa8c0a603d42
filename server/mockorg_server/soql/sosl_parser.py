"""A SOSL statement to a ``Search``.

The expression of FIND is read by ``sosl_expression``; what RETURNING says of an object stays text, cut into its
clauses, for the SOQL compiler to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.sosl_error import (
    MALFORMED_SEARCH,
    malformed_token,
    mismatched,
    misplaced,
    unsupported_search,
)
from mockorg_server.soql.sosl_expression import find_end, parse_expression
from mockorg_server.soql.sosl_syntax import Extra, Find, Piece, Returning, Search, SearchGroup
from mockorg_server.soql.token import Kind, Token, tokenise

MAX_OFFSET = 2_000  # SOSL reference
MAX_LENGTH = 100_000  # characters of a statement (app limits, SOSL)
_ENOUGH = 1_000_000_000  # more rows than can be asked for, for numbers of absurd length

_FIND = re.compile(r"\s*FIND\b\s*", re.IGNORECASE | re.ASCII)
_BEGIN = re.compile(r"\s*(\w+|\S)?")
_NOT_NEWLINE = re.compile(r"[^\n]")

_CLAUSES = ("WHERE", "ORDER", "LIMIT", "OFFSET")  # of one object, in their order
_FORBIDDEN = frozenset({"SELECT", "FROM", "GROUP", "HAVING", "WITH", "FOR", "UPDATE"})  # SOQL's, not SOSL's


def parse_search(text: str) -> Search:
    """Parse a statement. Raises SoqlError: MALFORMED_SEARCH, or INVALID_SEARCH for a search term that is too short."""
    if len(text) > MAX_LENGTH:
        raise SoqlError(MALFORMED_SEARCH, f"SOSL statements cannot be longer than {MAX_LENGTH} characters.")
    begin = _FIND.match(text)
    if begin is None:
        first = _BEGIN.match(text)
        word = (first.group(1) if first else None) or "<EOF>"
        raise malformed_token(word, text, len(text) - len(text.lstrip()))
    start = begin.end()
    if text[start : start + 1] != "{":
        raise SoqlError(MALFORMED_SEARCH, "No search term found. The search term must be enclosed in braces.")
    end = find_end(text, start + 1)
    # The expression follows rules of its own, so SOQL's tokens begin after it; their offsets stay those of the text.
    tokens = tokenise(_NOT_NEWLINE.sub(" ", text[: end + 1]) + text[end + 1 :])
    return _Parser(text, tokens).search(parse_expression(text, start + 1, end))


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._pricebook: Piece | None = None

    def search(self, find: Find | None) -> Search:
        """Parse what stands after the search expression."""
        group = self._group()
        self._refuse_using()
        returning = self._returning() if self._accept("RETURNING") else None
        extras: set[Extra] = set()
        while self._accept("WITH"):
            extras.update(self._with())
        self._refuse_using()
        limit = self._number() if self._accept("LIMIT") else None
        extras.update(self._updates())
        if self._token.kind is not Kind.END:
            raise self._malformed()
        return Search(find, group, returning, limit, frozenset(extras), self._pricebook)

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _accept(self, upper: str) -> bool:
        token = self._token
        if token.upper == upper and token.kind in (Kind.WORD, Kind.SYMBOL):
            self._at += 1
            return True
        return False

    def _expect(self, upper: str) -> None:
        if not self._accept(upper):
            raise self._malformed()

    def _malformed(self) -> SoqlError:
        token = self._token
        if token.kind is Kind.UNTERMINATED:
            return mismatched(self._text, len(self._text), None, "'")
        return malformed_token(token.text, self._text, token.start)

    def _group(self) -> SearchGroup:
        if not self._accept("IN"):
            return SearchGroup.ALL
        if self._token.upper not in SearchGroup.__members__:
            raise self._malformed()
        group = SearchGroup[self._token.upper]
        self._at += 1
        self._expect("FIELDS")
        return group

    def _returning(self) -> tuple[Returning, ...]:
        found = [self._object()]
        while self._accept(","):
            found.append(self._object())
        names = [each.sobject.text.lower() for each in found]
        for number, each in enumerate(found):
            if names[number] in names[:number]:
                message = f"an object can be named once in RETURNING: {each.sobject.text}"
                raise misplaced(message, self._text, each.sobject.start)
            if each.offset is not None and len(found) > 1:
                message = "OFFSET can be used only when a search returns a single object"
                raise misplaced(message, self._text, each.sobject.start)
        return tuple(found)

    def _object(self) -> Returning:
        token = self._token
        if token.kind is not Kind.WORD:
            raise self._malformed()
        self._at += 1
        name = Piece(token.text, token.start)
        return self._specified(name) if self._accept("(") else Returning(name)

    def _specified(self, name: Piece) -> Returning:
        """Read what stands in the parentheses after an object: fields, then clauses in their order."""
        fields = None if self._token.upper == "USING" else self._piece()
        recent = self._list_view()
        where = self._piece() if self._accept("WHERE") else None
        order_by = None
        if self._accept("ORDER"):
            self._expect("BY")
            order_by = self._piece()
        limit = self._number() if self._accept("LIMIT") else None
        offset = self._offset() if self._accept("OFFSET") else None
        self._expect(")")
        return Returning(name, fields, where, order_by, limit, offset, recent)

    def _list_view(self) -> bool:
        """Parse ``USING ListView = name``. What other list views have is not known: ListView tells no filter."""
        if not self._accept("USING"):
            return False
        if self._token.upper != "LISTVIEW":
            raise unsupported_search(f"USING {self._token.upper}")
        self._at += 1
        self._expect("=")
        name = self._token
        if name.kind is not Kind.WORD:
            raise self._malformed()
        if name.upper != "RECENT":
            raise unsupported_search(f"the list view {name.text}")
        self._at += 1
        return True

    def _refuse_using(self) -> None:
        if self._accept("USING"):
            raise unsupported_search(f"USING {self._token.upper}")

    def _piece(self) -> Piece:
        """Cut out the text up to the next clause or the end of the parentheses; it must not be empty."""
        first = self._at
        depth = 0
        while not (depth == 0 and self._ends_piece()):
            token = self._token
            if token.kind in (Kind.END, Kind.UNTERMINATED):
                raise self._malformed()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            self._at += 1
        if first == self._at:
            raise self._malformed()
        last = self._tokens[self._at - 1]
        start = self._tokens[first].start
        return Piece(self._text[start : last.start + len(last.text)], start)

    def _ends_piece(self) -> bool:
        token = self._token
        if token.text == ")":
            return True
        if token.kind is not Kind.WORD or (self._at and self._tokens[self._at - 1].text == "."):
            return False
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if token.upper in ("ORDER", "GROUP") and following.upper != "BY":
            return False
        if token.upper == "OFFSET" and following.kind is not Kind.INTEGER:
            return False
        if token.upper in _FORBIDDEN:
            raise self._malformed()
        return token.upper in _CLAUSES or token.upper == "USING"

    def _number(self) -> int:
        token = self._token
        if token.kind is not Kind.INTEGER:
            raise self._malformed()
        self._at += 1
        return int(token.text) if len(token.text) < 10 else _ENOUGH

    def _offset(self) -> int:
        token = self._token
        offset = self._number()
        if offset > MAX_OFFSET:
            raise misplaced(f"SOSL offset should be between 0 to {MAX_OFFSET}", self._text, token.start)
        return offset

    def _with(self) -> tuple[Extra, ...]:
        name = self._token.upper
        if self._accept("HIGHLIGHT"):
            return (Extra.HIGHLIGHT,)
        if self._accept("SNIPPET"):
            if self._accept("("):
                self._expect("TARGET_LENGTH")
                self._expect("=")
                self._number()
                self._expect(")")
            return (Extra.SNIPPET,)
        read = _WITHS.get(name)
        if read is None:
            raise self._malformed()
        self._at += 1
        read(self)
        return ()

    def _spell_correction(self) -> None:
        """Both mean the same here: mockorg's index has no spellings to correct by."""
        self._expect("=")
        if not (self._accept("TRUE") or self._accept("FALSE")):
            raise self._malformed()

    def _division(self) -> None:
        """Take the global division, which all records are in where there are no divisions (SOSL reference)."""
        self._expect("=")
        name = self._string()
        if name.text[1:-1].lower() != "global":
            raise unsupported_search(f"the division {name.text}")

    def _network(self) -> None:
        """Take the internal org, whose id is all zeros: there are no sites here (SOSL reference)."""
        names = [self._string()] if self._accept("=") else self._strings()
        for name in names:
            if name.text[1:-1].strip("0"):
                raise unsupported_search(f"the network {name.text}")

    def _pricebook_id(self) -> None:
        self._expect("=")
        self._pricebook = self._string()

    def _data_category(self) -> None:
        """Refuse the group, as a real org does where none was set up; no API call makes one."""
        self._expect("CATEGORY")
        if self._token.kind is not Kind.WORD:
            raise self._malformed()
        message = f"the data category group {self._token.text} does not exist in this org"
        raise SoqlError("FUNCTIONALITY_NOT_ENABLED", message)

    def _metadata(self) -> None:
        raise unsupported_search("WITH METADATA")

    def _strings(self) -> list[Piece]:
        self._expect("IN")
        self._expect("(")
        found = [self._string()]
        while self._accept(","):
            found.append(self._string())
        self._expect(")")
        return found

    def _string(self) -> Piece:
        token = self._token
        if token.kind is not Kind.STRING:
            raise self._malformed()
        self._at += 1
        return Piece(token.text, token.start)

    def _updates(self) -> tuple[Extra, ...]:
        if not self._accept("UPDATE"):
            return ()
        while True:
            if not (self._accept("TRACKING") or self._accept("VIEWSTAT")):
                raise self._malformed()
            if not self._accept(","):
                return (Extra.STATISTICS,)


_WITHS: Mapping[str, Callable[[_Parser], None]] = {
    "DATA": _Parser._data_category,
    "DIVISION": _Parser._division,
    "METADATA": _Parser._metadata,
    "NETWORK": _Parser._network,
    "PRICEBOOKID": _Parser._pricebook_id,
    "SPELL_CORRECTION": _Parser._spell_correction,
}
"""What stands behind the word that begins a WITH clause, but for HIGHLIGHT and SNIPPET."""
