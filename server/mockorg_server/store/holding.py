"""What a database holds, as far as SQL texts depend on it. Not rows."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Holding:
    """The names of the tables that are there, of those among them that have their indexes, and a text index.

    A table is made when its first record is written, and indexed when it has outgrown ``Writer.SMALL_ROW_COUNT``:
    most orgs in tests hold a handful of records per sObject, and indexes are most of a table's cost then. Its text
    index is made by the first search (``text_index.py``).
    """

    tables: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()
    searchable: frozenset[str] = frozenset()

    def with_table(self, name: str) -> Holding:
        """Add a table that has no indexes yet."""
        return replace(self, tables=self.tables | {name})

    def with_indexes(self, name: str) -> Holding:
        """Add the indexes of a table."""
        return replace(self, indexed=self.indexed | {name})

    def with_text_index(self, name: str) -> Holding:
        """Add the text index of a table."""
        return replace(self, searchable=self.searchable | {name})
