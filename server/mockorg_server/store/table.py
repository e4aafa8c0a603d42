"""Tables: how an sObject's fields become columns and indexes. Pure; what a database holds is the store's to know.

A text field that can be compared has two columns: the value as given, and ``Name~``, its folded text (``fold.py``),
which alone is indexed, compared, sorted and grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.store.dialect import COLUMN_TYPES, SqliteDialect


class Comparison(Enum):
    """How the values of a field type compare."""

    EXACT = "as they are"
    FOLDED = "text without regard to case, unless the field is case sensitive"
    BOOLEAN = "as they are, and a missing one is false"
    NONE = "not at all"


COMPARISONS: Final[dict[FieldType, Comparison]] = {
    FieldType.ADDRESS: Comparison.NONE,
    FieldType.ANYTYPE: Comparison.NONE,
    FieldType.BASE64: Comparison.NONE,
    FieldType.BOOLEAN: Comparison.BOOLEAN,
    FieldType.COMBOBOX: Comparison.FOLDED,
    FieldType.COMPLEXVALUE: Comparison.NONE,
    FieldType.CURRENCY: Comparison.EXACT,
    FieldType.DATACATEGORYGROUPREFERENCE: Comparison.FOLDED,
    FieldType.DATE: Comparison.EXACT,
    FieldType.DATETIME: Comparison.EXACT,
    FieldType.DOUBLE: Comparison.EXACT,
    FieldType.EMAIL: Comparison.FOLDED,
    FieldType.ENCRYPTEDSTRING: Comparison.FOLDED,
    FieldType.ID: Comparison.EXACT,
    FieldType.INT: Comparison.EXACT,
    FieldType.JSON: Comparison.NONE,
    FieldType.LOCATION: Comparison.NONE,
    FieldType.LONG: Comparison.EXACT,
    FieldType.MULTIPICKLIST: Comparison.FOLDED,
    FieldType.PERCENT: Comparison.EXACT,
    FieldType.PHONE: Comparison.FOLDED,
    FieldType.PICKLIST: Comparison.FOLDED,
    FieldType.REFERENCE: Comparison.EXACT,
    FieldType.STRING: Comparison.FOLDED,
    FieldType.TEXTAREA: Comparison.FOLDED,
    FieldType.TIME: Comparison.EXACT,
    FieldType.URL: Comparison.FOLDED,
}


@dataclass(frozen=True, slots=True)
class Column:
    """The columns of one field, as quoted SQL.

    ``compared`` is what conditions and sorting use: the folded column, the raw one, or None when the field compares
    not at all. ``folded`` tells that it is the folded one, so that parameters must be folded too. ``computed``: they
    are no columns but SQL to be worked out, with marks in it (see ``qualified``).
    """

    name: str
    raw: str
    compared: str | None
    folded: bool
    boolean: bool
    computed: bool = False


MARK: Final = "\x01"
"""Stands, in the SQL of a computed column, for the alias of its table and a dot."""


def qualified(column: str, alias: str) -> str:
    """Give a column of a table, computed ones too, under the table's alias."""
    return column.replace(MARK, f"{alias}.") if is_computed(column) else f"{alias}.{column}"


def is_computed(column: str) -> bool:
    """Tell the SQL of a computed column from a column's name, which is quoted."""
    return not column.startswith('"')


@dataclass(frozen=True, eq=False)
class Table:
    """The table of an sObject.

    ``columns`` is keyed by field name in lower case. ``ddl`` makes the table and ``index_ddl`` its indexes;
    ``column_ddl`` maps every column of the database to its definition, for tables made under an older schema.
    ``indexed`` names, in lower case, the fields that are found by an index (once the table has any).
    ``computed`` gives the columns of computed fields, by name in lower case: they are in no table.
    ``stamp`` is the quoted column that tells when a record last changed and ``is_deleted`` that of the flag, None for
    sObjects without such a field.
    """

    name: str
    quoted: str
    columns: Mapping[str, Column]
    column_ddl: Mapping[str, str]
    ddl: str
    index_ddl: tuple[str, ...]
    indexed: frozenset[str]
    stamp: str | None
    is_deleted: str | None
    name_field: str | None
    computed: Mapping[str, Callable[[], Column]]

    def has(self, field: str) -> bool:
        """Tell whether a field, its name in lower case, has a value here."""
        return field in self.columns or field in self.computed

    def column(self, field: str) -> Column:
        """Give the column of a field by its name in any case.

        Raises ValueError for an unknown or compound field, StoreUnsupportedError for a computed one that is not
        understood.
        """
        name = field.lower()
        column = self.columns.get(name) or (self.computed[name]() if name in self.computed else None)
        if column is None:
            raise ValueError(f"table {self.name} has no column for {field}")
        return column


COMPOUND_INDEXES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    # Which session of an end user is open is asked for each message; an end user may have any number that ended.
    "MessagingSession": (("MessagingEndUserId", "Status"),),
}
"""Fields that are looked up together, by sObject: one index for each group."""

_STAMPS: Final = ("systemmodstamp", "lastmodifieddate", "createddate")


Compute = Callable[[SObject, Field], str]


def _not_computed(sobject: SObject, field: Field) -> str:
    raise ValueError(f"nothing works {sobject.name}.{field.name} out")


def build_table(
    sobject: SObject, dialect: SqliteDialect, compute: Compute = _not_computed, matched: Collection[str] = ()
) -> Table:
    """Lay out the table of an sObject.

    ``compute`` gives its computed fields as SQL; ``matched`` names fields that are looked up by their values as well.
    """
    columns = {"id": Column("Id", dialect.quote("Id"), dialect.quote("Id"), False, False)}
    ddl = {"Id": f"{dialect.quote('Id')} TEXT PRIMARY KEY NOT NULL"}
    for field in sobject.fields:
        sql_type = COLUMN_TYPES[field.type]
        if sql_type is None or field.name == "Id" or field.computed:
            continue
        column = _column(field, dialect)
        columns[field.name.lower()] = column
        ddl[field.name] = f"{column.raw} {sql_type}"
        if column.folded:
            ddl[f"{field.name}~"] = f"{column.compared} {sql_type}"
    stamp = next((columns[name] for name in _STAMPS if name in columns), None)
    is_deleted = columns.get("isdeleted")
    quoted = dialect.quote(sobject.name)
    return Table(
        name=sobject.name,
        quoted=quoted,
        columns=columns,
        column_ddl=ddl,
        ddl=f"CREATE TABLE {quoted} ({', '.join(ddl.values())})",
        index_ddl=tuple(_indexes(sobject, columns, stamp, dialect, matched)),
        indexed=frozenset({"id", *(field.name.lower() for field in sobject.fields if _is_looked_up(field))}),
        stamp=stamp.raw if stamp else None,
        is_deleted=is_deleted.raw if is_deleted else None,
        name_field=sobject.name_field.name if sobject.name_field else None,
        computed={field.name.lower(): _lazily(sobject, field, compute) for field in sobject.fields if field.computed},
    )


def _lazily(sobject: SObject, field: Field, compute: Compute) -> Callable[[], Column]:
    """Work the SQL of a computed field out when it is first wanted: it may need tables that are not laid out yet."""

    @cache
    def column() -> Column:
        raw = compute(sobject, field)
        comparison = COMPARISONS[field.type]
        folded = comparison is Comparison.FOLDED and not field.case_sensitive
        compared = None if comparison is Comparison.NONE else f"mockorg_fold({raw})" if folded else raw
        return Column(field.name, raw, compared, folded, comparison is Comparison.BOOLEAN, computed=True)

    return column


def _column(field: Field, dialect: SqliteDialect) -> Column:
    raw = dialect.quote(field.name)
    comparison = COMPARISONS[field.type]
    if comparison is Comparison.NONE:
        return Column(field.name, raw, None, False, False)
    if comparison is not Comparison.FOLDED or field.case_sensitive:
        return Column(field.name, raw, raw, False, comparison is Comparison.BOOLEAN)
    if not _is_ever_compared(field):
        return Column(field.name, raw, None, False, False)
    return Column(field.name, raw, dialect.quote(f"{field.name}~"), True, False)


def _is_ever_compared(field: Field) -> bool:
    return field.filterable or field.sortable or field.groupable or field.aggregatable or _is_key(field)


def _is_key(field: Field) -> bool:
    return field.name_field or field.external_id or field.id_lookup or field.unique


def _indexes(
    sobject: SObject,
    columns: Mapping[str, Column],
    stamp: Column | None,
    dialect: SqliteDialect,
    matched: Collection[str],
) -> list[str]:
    """Index what people and the core look records up by. Most references and keys are null: those indexes are sparse.

    The name and the stamp are sorted by as well, so theirs hold every row.
    """
    indexed = {field.name.lower(): not field.name_field for field in sobject.fields if _is_looked_up(field)}
    for name in matched:
        indexed.setdefault(name.lower(), True)
    if stamp is not None:
        indexed[stamp.name.lower()] = False
    indexed.pop("id", None)
    quote = dialect.quote
    single = [
        dialect.create_index(quote(f"{sobject.name}.{column.name}"), quote(sobject.name), column.compared, sparse)
        for name, sparse in indexed.items()
        if (column := columns.get(name)) is not None and column.compared is not None
    ]
    return single + [
        dialect.create_compound_index(quote(f"{sobject.name}.{'+'.join(names)}"), quote(sobject.name), compared)
        for names in COMPOUND_INDEXES.get(sobject.name, ())
        if len(compared := [columns[name.lower()].compared or "" for name in names if name.lower() in columns])
        == len(names)
    ]


def _is_looked_up(field: Field) -> bool:
    return field.type is FieldType.REFERENCE or _is_key(field)
