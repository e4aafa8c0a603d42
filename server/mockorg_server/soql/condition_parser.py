"""Parses expressions, values and conditions: what stands in WHERE and HAVING.

SOQL's precedence rule is the shape of ``condition``: AND and OR never mix at one level, and NOT takes exactly one
predicate and stands alone at its level (recorded: ``a AND NOT b`` fails at NOT).
"""

from __future__ import annotations

import re

from mockorg_server.soql.cursor import RESERVED, Cursor
from mockorg_server.soql.date_literal import DATE_RANGES
from mockorg_server.soql.operator import OPERATORS
from mockorg_server.soql.quotation import QuotationError, unquote, unquote_pattern
from mockorg_server.soql.syntax import (
    Comparison,
    Condition,
    Conjunction,
    Constant,
    DateRange,
    Disjunction,
    Distance,
    Expression,
    FieldPath,
    FunctionCall,
    Literal,
    Lookup,
    Membership,
    Money,
    Multiselect,
    Negation,
    Operand,
    Query,
    SelectItem,
    SemiJoin,
    Source,
    With,
)
from mockorg_server.soql.token import LAST_LITERAL, Kind, Token

_CONSTANTS = frozenset({"NULL", "TRUE", "FALSE"})
_MONEY = re.compile(r"[A-Za-z]{3}\d+(\.\d+)?", re.ASCII)
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_NOT_IN_SEMI_JOIN = frozenset({"GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING"})


class ConditionParser(Cursor):
    """Recursive descent over conditions; the whole query is ``parser.Parser``."""

    def path(self) -> FieldPath:
        """Parse ``a.b.c``: no white space before a dot. A reserved word may be an element of a dotted path."""
        token = self.token
        if token.kind is not Kind.WORD or (token.upper in RESERVED and not self._is_dotted(self.ahead(), token)):
            self.fail()
        position = token.start
        names = [self.advance().text]
        while self.token.text == "." and self._is_dotted(self.token, token):
            self.advance()
            if self.token.kind is not Kind.WORD:
                self.fail()
            token = self.advance()
            names.append(token.text)
        return FieldPath(tuple(names), position)

    @staticmethod
    def _is_dotted(follower: Token, word: Token) -> bool:
        """Tell whether a dot stands right behind a word."""
        return follower.text == "." and follower.start == word.start + len(word.text)

    def expression(self, *, distance: bool = False) -> Expression:
        """Parse a field path or a function call; DISTANCE() where there may be one."""
        token = self.token
        if token.kind is not Kind.WORD or token.upper in RESERVED or self.ahead().text != "(":
            return self.path()
        self.advance()
        self.advance()
        self.deepen()
        if distance and token.upper == "DISTANCE":
            return self._distance(token.start)
        argument = self.expression()
        self.expect(")")
        self.rise()
        return FunctionCall(token.text, argument, token.start)

    def _distance(self, position: int) -> Distance:
        path = self.expression()
        self.expect(",")
        self.expect("GEOLOCATION")
        self.expect("(")
        latitude = self.number()
        self.expect(",")
        longitude = self.number()
        self.expect(")")
        self.expect(",")
        if self.token.kind is not Kind.STRING or not isinstance(path, FieldPath):
            self.fail()
        unit = self._literal()
        self.expect(")")
        self.rise()
        return Distance(path, latitude, longitude, unit, position)

    def condition(self) -> Condition:
        """Parse one level: a single predicate, predicates joined by AND, or by OR, or one NOT."""
        if self.accept("NOT"):
            return Negation(self._predicate())
        first = self._predicate()
        word = self.token.upper
        if word not in ("AND", "OR"):
            return first
        conditions = [first]
        while self.accept(word):
            conditions.append(self._predicate())
        return Conjunction(tuple(conditions)) if word == "AND" else Disjunction(tuple(conditions))

    def _predicate(self) -> Condition:
        if self.token.text == "(":
            self.advance()
            self.deepen()
            condition = self.condition()
            self.expect(")")
            self.rise()
            return condition
        expression = self.expression(distance=True)
        operator = self._operator()
        if operator in OPERATORS and not (operator == "LIKE" and isinstance(expression, Distance)):
            self.advance()
            return Comparison(expression, "!=" if operator == "<>" else operator, self.value(operator == "LIKE"))
        if isinstance(expression, Distance):
            self.fail()
        if self.accept("INCLUDES"):
            return Multiselect(expression, excludes=False, values=self._values())
        if self.accept("EXCLUDES"):
            return Multiselect(expression, excludes=True, values=self._values())
        negated = self.accept("NOT")
        self.expect("IN")
        if self.token.text == "(" and self.ahead().upper == "SELECT":
            return SemiJoin(expression, negated, self._semi_join())
        return Membership(expression, negated, self._values())

    def _operator(self) -> str:
        """Give the operator that comes next; ``< =`` may be two tokens, of which the first is stepped over."""
        operator = self.token.upper
        if operator in ("<", ">") and self.ahead().text == "=":
            self.advance()
            return operator + "="
        return operator

    def sources(self) -> tuple[Source, ...]:
        """Parse the entries of FROM: the query parser's part."""
        raise NotImplementedError

    def using(self) -> tuple[str | None, Lookup | None]:
        """Parse USING, if it comes next: the query parser's part."""
        raise NotImplementedError

    def withs(self, *, valued: bool = False) -> tuple[With, ...]:
        """Parse any WITH clauses: the query parser's part."""
        raise NotImplementedError

    def _values(self) -> tuple[Operand, ...]:
        self.expect("(")
        values = [self.value()]
        while self.accept(","):
            values.append(self.value())
        self.expect(")")
        return tuple(values)

    def _semi_join(self) -> Query:
        self.expect("(")
        self.deepen()
        position = self.token.start
        self.expect("SELECT")
        expression = self.expression()
        self.expect("FROM")
        sources = self.sources()
        scope, lookup = self.using()
        where = self.condition() if self.accept("WHERE") else None
        withs = self.withs(valued=True)
        if self.token.upper in _NOT_IN_SEMI_JOIN:
            self.fail_with(f"missing value at '{self.token.text}'")
        self.expect(")")
        self.rise()
        return Query((SelectItem(expression),), sources, scope, lookup, where, withs, position=position)

    def value(self, pattern: bool = False) -> Operand:
        """Parse what stands on the right of an operator: never a field. A ``pattern`` may hold more escapes."""
        token = self.token
        if token.kind is Kind.STRING and "\\" in token.text:
            self._check_escapes(pattern)
        if token.kind <= LAST_LITERAL:
            return self._literal()
        if token.text in ("+", "-"):
            return self.number()
        if token.kind is not Kind.WORD:
            self.fail()
        if token.upper in _CONSTANTS:
            self.advance()
            return Constant(token.upper, token.start)
        if token.upper in DATE_RANGES:
            return self._date_range()
        if _MONEY.fullmatch(token.text):
            self.advance()
            return Money(token.text, token.start)
        return self.fail()

    def _check_escapes(self, pattern: bool) -> None:
        try:
            (unquote_pattern if pattern else unquote)(self.token.text)
        except QuotationError as error:
            self.fail_with(str(error))

    def _date_range(self) -> DateRange:
        token = self.advance()
        if not DATE_RANGES[token.upper].counted:
            return DateRange(token.upper, None, token.start)
        if not self.accept(":"):
            self.fail_with(f"expecting a colon, found '{self.token.text}'")
        if self.token.kind is not Kind.INTEGER:
            self.fail()
        return DateRange(token.upper, self._literal(), token.start)

    def number(self) -> Literal:
        """Parse a number with an optional sign, which white space may follow."""
        position = self.token.start
        sign = self.advance().text if self.token.text in ("+", "-") else ""
        if self.token.kind not in _NUMBERS:
            self.fail()
        index = self.literal_count
        token = self.advance()
        return Literal(token.kind, token.text, index, sign, position)

    def _literal(self) -> Literal:
        index = self.literal_count
        token = self.advance()
        return Literal(token.kind, token.text, index, "", token.start)
