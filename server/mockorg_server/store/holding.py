"""What a database holds, as far as SQL texts depend on it. Not rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """The names of the tables that are there, and of those among them that have their indexes.

    A table is made when its first record is written, and indexed when it has outgrown ``Writer.SMALL_ROW_COUNT``:
    most orgs in tests hold a handful of records per sObject, and indexes are most of a table's cost then.
    """

    tables: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()

    def with_table(self, name: str) -> Holding:
        """Add a table that has no indexes yet."""
        return Holding(self.tables | {name}, self.indexed)

    def with_indexes(self, name: str) -> Holding:
        """Add the indexes of a table."""
        return Holding(self.tables, self.indexed | {name})
