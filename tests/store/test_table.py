"""How sObjects become tables."""

from types import SimpleNamespace
from typing import get_args

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql.plan import Aggregate, Condition, DateFunction, Operator
from mockorg_server.store import condition, expression, function
from mockorg_server.store.dialect import COLUMN_TYPES, SQLITE
from mockorg_server.store.table import COMPARISONS, Comparison, build_table


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (COLUMN_TYPES, FieldType),
        (COMPARISONS, FieldType),
        (condition._OPPOSITES, Operator),
        (condition._SYMBOLS, Operator),
        (condition._WRITERS, get_args(Condition)),
        (expression._AGGREGATES, Aggregate),
        ({**function._PARTS, **function._FISCAL}, DateFunction),
    ],
)
def test_tables_of_behaviour_are_total(table: dict[object, object], keys: object) -> None:
    assert set(table) == set(keys)  # type: ignore[call-overload]


def test_a_compound_field_alone_has_no_column() -> None:
    assert {kind for kind, sql in COLUMN_TYPES.items() if sql is None} == {FieldType.ADDRESS, FieldType.LOCATION}
    assert all(COMPARISONS[kind] is Comparison.NONE for kind, sql in COLUMN_TYPES.items() if sql is None)


def test_a_comparable_text_has_a_folded_column_which_is_the_indexed_one(build: SimpleNamespace) -> None:
    table = build_table(build.sobject("Thing__c", "a00", build.field("Name", name_field=True)), SQLITE)
    assert list(table.column_ddl) == ["Id", "IsDeleted", "SystemModstamp", "Name", "Name~"]
    assert table.index_ddl == (
        'CREATE INDEX IF NOT EXISTS "Thing__c.Name" ON "Thing__c" ("Name~")',
        'CREATE INDEX IF NOT EXISTS "Thing__c.SystemModstamp" ON "Thing__c" ("SystemModstamp")',
    )


@pytest.mark.parametrize("attributes", [{"unique": True}, {"external_id": True}, {"id_lookup": True}])
def test_keys_are_indexed_where_they_have_a_value(build: SimpleNamespace, attributes: dict[str, bool]) -> None:
    sobject = build.sobject("T", "a00", build.field("Key", case_sensitive=True, **attributes), deletable=False)
    table = build_table(sobject, SQLITE)
    assert table.index_ddl == ('CREATE INDEX IF NOT EXISTS "T.Key" ON "T" ("Key") WHERE "Key" IS NOT NULL',)


def test_references_are_indexed_where_they_have_a_value(build: SimpleNamespace) -> None:
    sobject = build.sobject("T", "a00", build.reference("OwnerId", "User"), deletable=False)
    assert build_table(sobject, SQLITE).index_ddl == (
        'CREATE INDEX IF NOT EXISTS "T.OwnerId" ON "T" ("OwnerId") WHERE "OwnerId" IS NOT NULL',
    )


def test_a_text_that_nothing_compares_has_no_folded_column(build: SimpleNamespace) -> None:
    never = dict.fromkeys(("filterable", "groupable", "sortable", "aggregatable"), False)
    sobject = build.sobject("T", "a00", build.field("Long", FieldType.TEXTAREA, **never), deletable=False)
    table = build_table(sobject, SQLITE)
    assert list(table.column_ddl) == ["Id", "Long"]
    assert table.column("long").compared is None


def test_an_unknown_field_is_a_bug(build: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="table T has no column for Nme"):
        build_table(build.sobject("T", "a00"), SQLITE).column("Nme")
