"""What must hold of the rows of an org, whatever was done to it, worked out from nothing but the rows."""

import copy
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .query_model import fold
from .storm_schema import SHAPES

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]


class State:
    """The rows as last seen, and what has been seen ever."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._seen = {key for each in rows.values() for key in each}
        self._numbers: dict[tuple[str, str], str] = {}
        self.follow(rows, undeletes=False)

    def copy(self) -> "State":
        return copy.deepcopy(self)

    def row(self, record_id: str) -> Row:
        return next(each[record_id] for each in self.rows.values() if record_id in each)

    def children_of(self, sobject: str, record_id: str) -> list[str]:
        """Give the living records that point at a record."""
        return [
            child_id
            for name, shape in SHAPES.items()
            for child_id, row in living(self.rows, name).items()
            for key, target in shape.references
            if target == sobject and row[key] == record_id
        ]

    def new_ids(self, rows: Rows) -> set[str]:
        return {key for name, each in rows.items() for key in each if key not in self.rows[name]}

    def follow(self, rows: Rows, undeletes: bool) -> None:
        """Go on to newer rows, and hold what may never turn back."""
        for name, each in rows.items():
            assert self.rows[name].keys() <= each.keys(), f"a row of {name} is gone, even for queryAll"
            for key, row in each.items():
                before = self.rows[name].get(key)
                if before is not None:
                    assert row["CreatedDate"] == before["CreatedDate"]
                    assert row["SystemModstamp"] >= before["SystemModstamp"], f"{key}: SystemModstamp goes back"
                    assert undeletes or row["IsDeleted"] >= before["IsDeleted"], f"{key} is back, and nobody asked"
                elif self.rows is not rows:
                    assert key not in self._seen, f"{key} was given out before"
                if SHAPES[name].number:
                    assert self._numbers.setdefault((name, row["Name"]), key) == key, f"{row['Name']} was given twice"
        self._seen |= {key for each in rows.values() for key in each}
        self.rows = rows


def faults_of(rows: Rows) -> list[str]:
    """Tell what of the rows does not fit together."""
    return [*_lost_parents(rows), *_repeated_values(rows), *_wrong_numbers(rows)]


def living(rows: Rows, sobject: str) -> dict[str, Row]:
    return {key: row for key, row in rows[sobject].items() if not row["IsDeleted"]}


def _lost_parents(rows: Rows) -> Iterator[str]:
    for name, shape in SHAPES.items():
        masters = {key for key, _ in shape.masters}
        for record_id, row in living(rows, name).items():
            for key, target in shape.references:
                if row[key] is None:
                    if key in masters:
                        yield f"{record_id} has no {key}"
                elif row[key] not in living(rows, target):
                    yield f"{record_id}.{key} leads to {row[key]}, which is deleted"


def _repeated_values(rows: Rows) -> Iterator[str]:
    for name, shape in SHAPES.items():
        for field in (*shape.unique, *shape.unique_by_case):
            values = [row[field] for row in living(rows, name).values() if row[field] is not None]
            if field in shape.unique:
                values = [fold(value) if isinstance(value, str) else value for value in values]
            for value, often in Counter(values).items():
                if often > 1:
                    yield f"{name}.{field} is {value!r} in {often} records"


def _wrong_numbers(rows: Rows) -> Iterator[str]:
    for name in rows:
        for record_id, row in living(rows, name).items():
            for field, expected in _computed(rows, name, record_id, row).items():
                if not _same(row[field], expected):
                    yield f"{record_id}.{field} is {row[field]}, and {expected} is counted"


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else math.isclose(one, other, abs_tol=0.005)


def _children(rows: Rows, sobject: str, key: str, parent_id: str) -> list[Row]:
    return [row for row in living(rows, sobject).values() if row[key] == parent_id]


def _sum(rows: list[Row], field: str) -> float:
    return math.fsum(row[field] or 0 for row in rows)


def _computed(rows: Rows, name: str, record_id: str, row: Row) -> dict[str, float | None]:
    """Give what the roll-ups and formulas of a record must be."""
    if name == "Region__c":
        sites = _children(rows, "Site__c", "Region__c", record_id)
        parts = [part for site in living(rows, "Site__c").items() if site[1]["Region__c"] == record_id
                 for part in _children(rows, "Part__c", "Site__c", site[0])]  # fmt: skip
        return {"Sites__c": len(sites), "Total__c": _sum(parts, "Price__c")}
    if name == "Site__c":
        parts = _children(rows, "Part__c", "Site__c", record_id)
        prices = [part["Price__c"] for part in parts if part["Price__c"] is not None]
        return {
            "Parts__c": len(parts),
            "Total__c": math.fsum(prices),
            "Least__c": min(prices, default=None),
            "Most__c": max(prices, default=None),
            "Open__c": sum(part["Status__c"] == "Open" for part in parts),
            "Dear__c": math.fsum(price for price in prices if price > 50),
        }
    if name == "Part__c":
        price, total = row["Price__c"], _sum(_children(rows, "Part__c", "Site__c", row["Site__c"]), "Price__c")
        return {"Twice__c": None if price is None else price * 2, "Share__c": total - (price or 0)}
    if name == "Tool__c":
        return {"Uses__c": len(_children(rows, "Use__c", "Tool__c", record_id))}
    if name == "Account":
        visits = _children(rows, "Visit__c", "Account__c", record_id)
        return {"Visits__c": len(visits), "Spent__c": _sum(visits, "Cost__c")}
    return {}
