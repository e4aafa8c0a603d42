"""Random SOQL: texts that are valid by construction, and texts that were valid before somebody's hand slipped.

A seed gives the same texts in every run. Names mean nothing to any schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Final

from mockorg_server.soql.date_literal import DATE_RANGES
from mockorg_server.soql.token import tokenise

NAMES: Final = [
    "Id",
    "Name",
    "a",
    "b",
    "c",
    "Group",
    "Order",
    "Offset",
    "View",
    "Count",
    "Type",
    "category",
    "data",
    "scope",
    "fields",
    "x__c",
    "Ab_1",
]
FUNCTIONS: Final = ["CALENDAR_YEAR", "toLabel", "FORMAT", "convertCurrency", "DAY_ONLY", "Foo", "MIN", "max", "COUNT"]
OPERATORS: Final = ["=", "!=", "<>", "<", "<=", ">", ">="]
LITERALS: Final = (
    "'x'", "''", r"'it\'s'", r"'a\n\u00e9'", "1", "-2", "+.5", "3.25", "- 4", "TRUE", "false", "NULL", "null", "USD5",
    "eur2.50", "2024-02-29", "2024-02-29T10:00:00Z", "2024-02-29t10:00:00.5+01:00", "2024-02-29T10:00:00-0800",
    "10:00:00Z", "23:59:59.999z",
)  # fmt: skip
PATTERNS: Final = ("'a%'", r"'a\%\_'")
NOISE: Final = (
    *["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "(", ")", ",", ".", "=", "!=", "<", ":", "+", "-", "*", ";", "!", "$"], "GROUP BY", "ORDER BY", "LIMIT",
    "OFFSET", "HAVING", "WITH", "USING SCOPE", "FOR VIEW", "UPDATE", "NULLS", "FIRST", "ASC", "TYPEOF", "WHEN", "THEN",
    "END", "ELSE", "INCLUDES", "COUNT()", "'a'", r"'\q'", "5.", "1e5", "LAST_N_DAYS:", "IS NULL", "AS", "ROLLUP(", '"x"',
)  # fmt: skip


class Writer:
    """Writes texts with the choices of one random sequence."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def query(self, depth: int = 2) -> str:
        """Give a query with up to ``depth`` levels inside it."""
        if self._chance(0.08):
            return f"SELECT COUNT() FROM {self._source()}{self._filters(depth)}{self._window()}"
        items = ", ".join(self._item(depth) for _ in range(self._few()))
        group = self._group(depth)
        order = f" ORDER BY {', '.join(self._ordering() for _ in range(self._few()))}" if self._chance(0.4) else ""
        ends = self._maybe(0.15, [" FOR VIEW", " FOR REFERENCE"]) + self._maybe(
            0.15, [" UPDATE TRACKING", " UPDATE VIEWSTAT, TRACKING"]
        )
        return f"SELECT {items} FROM {self._from()}{self._filters(depth)}{group}{order}{self._window()}{ends}"

    def slip(self, text: str) -> str:
        """Give a text with up to three tokens lost, doubled, moved, replaced or added."""
        tokens = tokenise(text)
        parts = [text[one.start : other.start] for one, other in pairwise(tokens)]
        for _ in range(self._random.randint(1, 3)):
            place = self._random.randrange(len(parts)) if parts else 0
            change = self._random.choice(["lose", "double", "swap", "replace", "add"])
            if change == "add" or not parts:
                parts.insert(place, self._pick(NOISE) + " ")
            elif change == "lose":
                del parts[place]
            elif change == "double":
                parts.insert(place, parts[place])
            elif change == "swap":
                other = self._random.randrange(len(parts))
                parts[place], parts[other] = parts[other], parts[place]
            else:
                parts[place] = self._pick(NOISE) + " "
        return "".join(parts)

    def _pick(self, choices: Sequence[str]) -> str:
        return self._random.choice(choices)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _maybe(self, share: float, choices: list[str]) -> str:
        return self._pick(choices) if self._chance(share) else ""

    def _few(self) -> int:
        return self._random.choice([1, 1, 2, 3])

    def _path(self) -> str:
        return ".".join(self._pick(NAMES) for _ in range(self._few()))

    def _expression(self, distance: bool = False) -> str:
        if distance and self._chance(0.05):
            return f"DISTANCE({self._path()}, GEOLOCATION(1.5, -2), 'km')"
        if self._chance(0.8):
            return self._path()
        inner = f"convertTimezone({self._path()})" if self._chance(0.2) else self._path()
        return f"{self._pick(FUNCTIONS)}({inner})"

    def _item(self, depth: int) -> str:
        if depth and self._chance(0.12):
            return f"({self.query(depth - 1)})" + self._maybe(0.2, [" kids"])
        if self._chance(0.08):
            cases = " ".join(f"WHEN {self._pick(NAMES)} THEN {self._paths()}" for _ in range(self._few()))
            return f"TYPEOF {self._path()} {cases}{self._maybe(0.5, [f' ELSE {self._paths()}'])} END"
        if self._chance(0.05):
            return self._pick(["FIELDS(ALL)", "fields( Standard )", "FIELDS(CUSTOM)"])
        return self._expression(distance=True) + self._maybe(0.2, [" n", " total", " count", " Order"])

    def _paths(self) -> str:
        return ", ".join(self._path() for _ in range(self._few()))

    def _source(self) -> str:
        return self._path() + self._maybe(0.3, [" q", " AS q", " Group"])

    def _from(self) -> str:
        return self._source() + self._maybe(0.1, [", q.Account a", ", q.b, q.c d"])

    def _filters(self, depth: int) -> str:
        where = f" WHERE {self._condition(depth)}" if self._chance(0.6) else ""
        return self._maybe(0.08, [" USING SCOPE mine"]) + where + self._maybe(0.12, list(_WITHS))

    def _condition(self, depth: int) -> str:
        if self._chance(0.12):
            return f"NOT {self._predicate(depth)}"
        word = self._pick([" AND ", " or "])
        return word.join(self._predicate(depth) for _ in range(self._few()))

    def _predicate(self, depth: int) -> str:
        if depth and self._chance(0.25):
            return f"({self._condition(depth - 1)})"
        left = self._expression()
        if depth and self._chance(0.1):
            where = f" WHERE {self._condition(depth - 1)}" if self._chance(0.5) else ""
            ends = self._maybe(0.1, [" WITH UserId = '005'", " WITH DATA CATEGORY a AT b"])
            inner = f"SELECT {self._expression()} FROM {self._from()}{where}{ends}"
            return f"{left} {self._pick(['IN', 'NOT IN', 'in'])} ({inner})"
        if self._chance(0.15):
            return f"{left} LIKE {self._pick(PATTERNS)}"
        if self._chance(0.3):
            values = ", ".join(self._value() for _ in range(self._few()))
            return f"{left} {self._pick(['IN', 'NOT IN', 'INCLUDES', 'excludes'])} ({values})"
        if self._chance(0.05):
            left = self._expression(distance=True)
        return f"{left} {self._pick(OPERATORS)} {self._value()}"

    def _value(self) -> str:
        if self._chance(0.8):
            return self._pick(LITERALS)
        name = self._pick(sorted(DATE_RANGES))
        return f"{name}:{self._random.randint(1, 40)}" if DATE_RANGES[name].counted else name.lower()

    def _group(self, depth: int) -> str:
        if not self._chance(0.25):
            return ""
        keys = ", ".join(self._expression() for _ in range(self._few()))
        having = f" HAVING {self._condition(min(depth, 1))}" if self._chance(0.4) else ""
        modifier = self._pick(["", "", "ROLLUP", "cube"])
        return (f" GROUP BY {modifier}({keys})" if modifier else f" GROUP BY {keys}") + having

    def _ordering(self) -> str:
        return (
            self._expression(distance=True)
            + self._maybe(0.5, [" ASC", " desc"])
            + self._maybe(0.3, [" NULLS FIRST", " nulls last"])
        )

    def _window(self) -> str:
        return self._maybe(0.3, [" LIMIT 5", " limit 0"]) + self._maybe(0.2, [" OFFSET 3"])


_WITHS: Final = (
    " WITH SECURITY_ENFORCED", " WITH USER_MODE", " WITH DATA CATEGORY Geo__c AT (a, b) AND Prod__c ABOVE_OR_BELOW c",
    " WITH UserId = '005'", " WITH RecordVisibilityContext (maxDescriptorPerRecord = 100, supportsDomains = true)",
)  # fmt: skip
