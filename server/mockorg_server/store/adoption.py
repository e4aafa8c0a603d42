"""Taking a database up: the state table, and the tables, columns and indexes that the schema has gained since.

Nothing is ever dropped or renamed: what the schema does not know (a feature that is off now) stays as it is.
"""

from __future__ import annotations

from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout
from mockorg_server.store.text_index import PREFIX


def execute(connection: PoolProxiedConnection, layout: Layout, sql: str) -> None:
    """Run a statement without parameters. Raises StoreError."""
    try:
        connection.cursor().execute(sql)
    except layout.dialect.driver_errors as error:
        raise layout.dialect.refusal(error) from error


def roll_back(connection: PoolProxiedConnection, layout: Layout) -> None:
    """End the open transaction, if there is one, without keeping it. Raises StoreError."""
    if layout.dialect.is_in_transaction(connection):
        execute(connection, layout, layout.dialect.rollback)


def adopt(connection: PoolProxiedConnection, layout: Layout) -> Holding:
    """Make the database ready for the schema, in one transaction; tell what it holds. Raises StoreError."""
    dialect = layout.dialect
    try:
        if not dialect.has_state(connection.cursor()):
            execute(connection, layout, dialect.state_ddl)
        names = dialect.table_names(connection.cursor())
    except dialect.driver_errors as error:
        raise dialect.refusal(error) from error
    if not names:
        return Holding()
    execute(connection, layout, dialect.begin_write)
    try:
        known = frozenset(name for name in names if _adopt_table(connection, layout, name))
        known = _with_companions(connection, layout, known)
        searchable = frozenset(name for name in known if _adopt_text_index(connection, layout, name))
        execute(connection, layout, dialect.commit)
    finally:
        roll_back(connection, layout)
    return Holding(known, known, searchable)


def _adopt_table(connection: PoolProxiedConnection, layout: Layout, name: str) -> bool:
    table = layout.find_table(name)
    if table is None:  # of a feature that is off now
        return False
    try:
        had = layout.dialect.column_names(connection.cursor(), name)
        for column, ddl in table.column_ddl.items():
            if column not in had:
                execute(connection, layout, f"ALTER TABLE {table.quoted} ADD COLUMN {ddl}")
        for raw in table.columns.values():
            if raw.folded and raw.compared and raw.name in had and f"{raw.name}~" not in had:
                layout.dialect.fill_folded(connection, table.quoted, raw.raw, raw.compared)
    except layout.dialect.driver_errors as error:
        raise layout.dialect.refusal(error) from error
    for ddl in table.index_ddl:
        execute(connection, layout, ddl)
    return True


def _with_companions(connection: PoolProxiedConnection, layout: Layout, known: frozenset[str]) -> frozenset[str]:
    """Make the tables that computed fields of the schema read and the database lacks."""
    waiting = [layout.table(name) for name in known]
    while waiting:
        for companion in layout.companions(waiting.pop()):
            if companion.name not in known:
                execute(connection, layout, companion.ddl)
                known |= {companion.name}
                waiting.append(companion)
    return known


def _adopt_text_index(connection: PoolProxiedConnection, layout: Layout, name: str) -> bool:
    """Keep a text index over the fields of today; drop any other, for the next search to make it anew."""
    try:
        definition = layout.dialect.table_definition(connection.cursor(), f"{PREFIX}{name}")
    except layout.dialect.driver_errors as error:
        raise layout.dialect.refusal(error) from error
    if definition is None:
        return False
    index = layout.text_index(name)
    if definition == index.definition:
        return True
    for ddl in index.drop_ddl:
        execute(connection, layout, ddl)
    return False
