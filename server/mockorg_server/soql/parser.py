"""Tokens to a ``syntax.Query``: the whole grammar of SOQL in its API mode, with no knowledge of any schema.

What the platform's API refuses though Apex allows it (bind variables, FOR UPDATE, ALL ROWS) is a syntax error here.
"""

from __future__ import annotations

from mockorg_server.soql.condition_parser import ConditionParser
from mockorg_server.soql.cursor import RESERVED
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.syntax import (
    DataCategory,
    Expression,
    FieldPath,
    GroupBy,
    Literal,
    Lookup,
    Operand,
    Ordering,
    Query,
    Selection,
    SelectItem,
    Source,
    Subquery,
    TypeOf,
    With,
)
from mockorg_server.soql.token import Kind, Token, tokenise

_CATEGORY_OPERATORS = frozenset({"AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"})
_MODIFIERS = ("ROLLUP", "CUBE")
_STRINGS = (Kind.STRING, Kind.EMPTY_STRING)


def parse(text: str) -> Query:
    """Parse a text. Raises SoqlError (MALFORMED_QUERY) at the first token that cannot stand where it does."""
    return parse_tokens(text, tokenise(text))


def parse_tokens(text: str, tokens: list[Token]) -> Query:
    """Parse a text whose tokens are already there; the list is used up."""
    if len(tokens) == 1:
        raise SoqlError("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    parser = Parser(text, tokens)
    query = parser.query()
    if parser.token.kind is not Kind.END:
        parser.fail()
    return query


class Parser(ConditionParser):
    """Recursive descent over the clauses of a query, in their fixed order."""

    def query(self) -> Query:
        """Parse from SELECT to the last clause."""
        position = self.token.start
        self.expect("SELECT")
        select = self._select()
        self.expect("FROM")
        sources = self.sources()
        scope, lookup = self.using()
        where = self.condition() if self.accept("WHERE") else None
        withs = self.withs()
        group_by = self._group_by()
        having = self.condition() if group_by and self.accept("HAVING") else None
        order_by = self._order_by()
        limit = self._count() if self.accept("LIMIT") else None
        offset = self._count() if self.token.upper == "OFFSET" and self.accept("OFFSET") else None
        tracking = self._one_of("VIEW", "REFERENCE") if self.accept("FOR") else ""
        updates = self._updates()
        return Query(
            select, sources, scope, lookup, where, withs, group_by, having, order_by, limit, offset, tracking,
            updates, position,
        )  # fmt: skip

    def _select(self) -> tuple[Selection, ...]:
        if self.token.upper == "COUNT" and self.ahead().text == "(" and self.ahead(2).text == ")":
            for _ in range(3):
                self.advance()
            return ()
        items = [self._selection()]
        while self.accept(","):
            items.append(self._selection())
        return tuple(items)

    def _selection(self) -> Selection:
        token = self.token
        if token.text == "," and self.ahead().upper == "FROM":
            self.advance()  # so recorded: the word behind the comma is told
        if token.text == "(":
            return self._subquery()
        if token.upper == "TYPEOF" and self._is_name(self.ahead()):
            return self._type_of()
        expression = self.expression(distance=True)
        return SelectItem(expression, self._select_alias())

    def _select_alias(self) -> str | None:
        return self.advance().text if self._is_name(self.token) else None

    def _subquery(self) -> Subquery:
        position = self.advance().start
        if self.token.upper != "SELECT":
            self.fail()
        self.deepen()
        query = self.query()
        self.expect(")")
        self.rise()
        return Subquery(query, self._select_alias(), position)

    def _type_of(self) -> TypeOf:
        position = self.advance().start
        path = self.path()
        cases = []
        self.expect("WHEN")
        while True:
            name = self.name()
            self.expect("THEN")
            cases.append((name, self._paths()))
            if not self.accept("WHEN"):
                break
        otherwise = self._paths() if self.accept("ELSE") else None
        if not self.accept("END"):
            self.fail_with(f"Missing 'END' at '{self.token.text}'")
        return TypeOf(path, tuple(cases), otherwise, position)

    def _paths(self) -> tuple[FieldPath, ...]:
        paths = [self.path()]
        while self.accept(","):
            paths.append(self.path())
        return tuple(paths)

    def sources(self) -> tuple[Source, ...]:
        """Parse the entries of FROM."""
        sources = [self._source()]
        while self.accept(","):
            sources.append(self._source())
        return tuple(sources)

    def _source(self) -> Source:
        """Parse one entry of FROM. Soft keywords are aliases unless they begin their clause."""
        path = self.path()
        if self.accept("AS"):
            return Source(path, self.name())
        if self._is_name(self.token) and not self._begins_clause():
            return Source(path, self.advance().text)
        return Source(path)

    def _begins_clause(self) -> bool:
        follower = self.ahead()
        match self.token.upper:
            case "GROUP" | "ORDER":
                return follower.upper == "BY"
            case "OFFSET":
                return follower.kind in (Kind.INTEGER, Kind.DECIMAL) or follower.text in ("+", "-", ":")
        return False

    def using(self) -> tuple[str | None, Lookup | None]:
        """Parse USING, if it comes next."""
        if not self.accept("USING"):
            return None, None
        if self.accept("SCOPE"):
            return self.name(), None
        self.expect("LOOKUP")
        path = self.path()
        binds = self._settings() if self.accept("BIND") else ()
        return None, Lookup(path, binds)

    def _settings(self) -> tuple[tuple[str, Operand], ...]:
        settings = []
        while True:
            name = self.name()
            self.expect("=")
            settings.append((name, self.value()))
            if not self.accept(","):
                return tuple(settings)

    def withs(self, *, valued: bool = False) -> tuple[With, ...]:
        """Parse any WITH clauses; of a ``valued`` one, no mere name stands there and no settings."""
        if self.token.upper != "WITH":
            return ()
        withs = []
        while self.accept("WITH"):
            withs.append(self._with(valued))
        return tuple(withs)

    def _with(self, valued: bool) -> With:
        if self.token.upper == "DATA" and self.ahead().upper == "CATEGORY":
            self.advance()
            self.advance()
            categories = [self._data_category()]
            while self.accept("AND"):
                categories.append(self._data_category())
            return With(categories=tuple(categories))
        name = self.name()
        if valued:
            self.expect("=")
        if valued or self.accept("="):
            if self.token.kind not in _STRINGS:
                self.fail()
            return With(name, self.value())
        if self.accept("("):
            settings = self._settings()
            self.expect(")")
            return With(name, settings=settings)
        return With(name)

    def _data_category(self) -> DataCategory:
        group = self.name()
        operator = self.token.upper
        if operator not in _CATEGORY_OPERATORS:
            self.fail()
        self.advance()
        if not self.accept("("):
            return DataCategory(group, operator, (self.name(),))
        names = [self.name()]
        while self.accept(","):
            names.append(self.name())
        self.expect(")")
        return DataCategory(group, operator, tuple(names))

    def _group_by(self) -> GroupBy | None:
        if not self.accept("GROUP"):
            return None
        self.expect("BY")
        for modifier in _MODIFIERS:
            if self.accept(modifier):
                self.expect("(")
                expressions = self._expressions()
                self.expect(")")
                return GroupBy(expressions, modifier)
        return GroupBy(self._expressions())

    def _expressions(self) -> tuple[Expression, ...]:
        expressions = [self.expression()]
        while self.accept(","):
            expressions.append(self.expression())
        return tuple(expressions)

    def _order_by(self) -> tuple[Ordering, ...]:
        if not self.accept("ORDER"):
            return ()
        self.expect("BY")
        orderings = [self._ordering()]
        while self.accept(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        expression = self.expression(distance=True)
        direction = "ASC" if self.accept("ASC") else "DESC" if self.accept("DESC") else ""
        nulls = ""
        if self.accept("NULLS"):
            if self.token.kind is Kind.END:
                self.fail_with("missing value at '<EOF>'")
            nulls = self._one_of("FIRST", "LAST")
        return Ordering(expression, direction, nulls)

    def _count(self) -> Literal:
        number = self.number()
        if number.kind is not Kind.INTEGER:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{number.text}'")
        return number

    def _updates(self) -> tuple[str, ...]:
        if not self.accept("UPDATE"):
            return ()
        updates = [self._one_of("TRACKING", "VIEWSTAT")]
        while self.accept(","):
            updates.append(self._one_of("TRACKING", "VIEWSTAT"))
        return tuple(updates)

    def _one_of(self, *words: str) -> str:
        for word in words:
            if self.accept(word):
                return word
        return self.fail()

    @staticmethod
    def _is_name(token: Token) -> bool:
        return token.kind is Kind.WORD and token.upper not in RESERVED
