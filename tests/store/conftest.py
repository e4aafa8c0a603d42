"""A small schema, stores on it in memory and in a file, and a short way to write plans by hand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import ChildrenMember, FieldMember, ParentMember, RecordShape
from mockorg_server.schema.schema import Additions, load_schema
from mockorg_server.schema.sobject import Field, PicklistValue, SObject
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.plan import ChildPlan, Expression, Join, Plan, Ref
from mockorg_server.store.layout import layout_of
from mockorg_server.store.store import Store

CHARACTERISTICS = ("filterable", "groupable", "sortable", "aggregatable")


def make_field(name: str, kind: FieldType = FieldType.STRING, **attributes: Any) -> Field:
    usual = dict.fromkeys(CHARACTERISTICS, kind is not FieldType.BASE64)
    return Field(name=name, label=name, type=kind, soap_type="xsd:string", **{**usual, **attributes})


def reference(name: str, *targets: str) -> Field:
    return make_field(
        name,
        FieldType.REFERENCE,
        reference_to=targets,
        relationship_name=name.removesuffix("Id"),
        polymorphic_foreign_key=len(targets) > 1,
    )


def picklist(name: str, *values: str) -> Field:
    return make_field(name, FieldType.PICKLIST, picklist_values=tuple(PicklistValue(value, value) for value in values))


def make_sobject(name: str, prefix: str, *fields: Field, deletable: bool = True) -> SObject:
    common = [make_field("Id", FieldType.ID)]
    if deletable:
        common += [make_field("IsDeleted", FieldType.BOOLEAN), make_field("SystemModstamp", FieldType.DATETIME)]
    return SObject(
        name=name,
        label=name,
        label_plural=f"{name}s",
        key_prefix=prefix,
        id_prefix=prefix,
        fields=(*common, *fields),
    )


NAME = make_field("Name", name_field=True)
SOBJECTS = (
    make_sobject(
        "Account",
        "001",
        NAME,
        picklist("Industry", "Media", "Banking", "Energy"),
        picklist("Type", "Customer", "Partner"),
        make_field("AnnualRevenue", FieldType.CURRENCY),
        make_field("NumberOfEmployees", FieldType.INT),
        make_field("Active", FieldType.BOOLEAN),
        make_field("Founded", FieldType.DATE),
        make_field("Description", FieldType.TEXTAREA, **dict.fromkeys(CHARACTERISTICS, False)),
        make_field("Key", case_sensitive=True, external_id=True),
        make_field("Code", external_id=True),
        make_field("BillingAddress", FieldType.ADDRESS),
        reference("ParentId", "Account"),
        reference("OwnerId", "User"),
    ),
    make_sobject("Contact", "003", NAME, make_field("Email", FieldType.EMAIL), reference("AccountId", "Account")),
    make_sobject(
        "Opportunity", "006", NAME, make_field("Amount", FieldType.CURRENCY), reference("AccountId", "Account")
    ),
    make_sobject("Case", "500", make_field("CaseNumber", name_field=True), reference("ContactId", "Contact")),
    make_sobject("Task", "00T", make_field("Subject"), reference("WhatId", "Account", "Opportunity", "Case")),
    make_sobject("User", "005", NAME, make_field("IsActive", FieldType.BOOLEAN), deletable=False),
)


ACCOUNTS = (
    {"Id": "001A", "Name": "Quarry", "Industry": "Energy", "NumberOfEmployees": 5, "AnnualRevenue": 10.0},
    {"Id": "001B", "Name": "alps", "Industry": "media", "NumberOfEmployees": 7, "ParentId": "001A"},
    {"Id": "001C", "Name": "Zinc", "Industry": "Unlisted", "ParentId": "001B", "AnnualRevenue": 2.5},
    {"Id": "001D", "Name": "Über", "ParentId": "001X"},
    {"Id": "001E", "Name": "ALPS", "Industry": "Media", "NumberOfEmployees": 1},
)


class SmallSchema:
    """Stands in for Schema: what the store asks of it."""

    def __init__(self, sobjects: Sequence[SObject]) -> None:
        self._sobjects = {sobject.name: sobject for sobject in sobjects}
        self.latest = self
        self.additions = Additions()

    def sobject(self, name: str) -> SObject | None:
        return self._sobjects.get(name)

    def with_fields(self, name: str, *fields: Field) -> "SmallSchema":
        """Give a schema in which a feature has added fields."""
        changed = replace(self._sobjects[name], fields=self._sobjects[name].fields + fields)
        return SmallSchema([*(self._sobjects | {name: changed}).values()])


class PlanMaker:
    """Writes plans over one sObject: paths like ``Account.Parent.Name`` become refs, and joins where needed."""

    def __init__(self, schema: SmallSchema, sobject: str) -> None:
        self._schema = schema
        self._slots: dict[tuple[str, ...], tuple[int, tuple[SObject, ...]]] = {(): (0, (schema.sobject(sobject),))}
        self._joins: list[Join] = []

    def ref(self, path: str) -> Ref:
        *parents, name = path.split(".")
        slot, sobjects = self._slot(tuple(parents))
        found = [field for sobject in sobjects if (field := sobject.field(name))]
        return Ref(slot, found[0] if found and name != "Type" else make_field(name))

    def plan(self, columns: Sequence[str | Expression | None] = ("Id",), **parts: Any) -> Plan:
        resolved = tuple(self.ref(column) if isinstance(column, str) else column for column in columns)
        root = self._slots[()][1][0]
        return Plan(sobject=root, joins=tuple(self._joins), columns=resolved, shape=RecordShape(root.name, ()), **parts)

    def child(self, field: str, plan: Plan, index: int) -> ChildPlan:
        """Give the subquery over the children whose ``field`` points here."""
        found = plan.sobject.field(field)
        assert found is not None
        return ChildPlan(found, plan, index)

    def _slot(self, path: tuple[str, ...]) -> tuple[int, tuple[SObject, ...]]:
        if path not in self._slots:
            source, sobjects = self._slot(path[:-1])
            field = next(f for sobject in sobjects if (f := sobject.parent_field(path[-1])))
            targets = tuple(self._schema.sobject(name) for name in field.reference_to)
            self._joins.append(Join(source, field, targets))
            self._slots[path] = (len(self._joins), targets)
        return self._slots[path]


@pytest.fixture(scope="session")
def schema() -> SmallSchema:
    return SmallSchema(SOBJECTS)


@pytest.fixture(scope="session")
def of(schema: SmallSchema) -> Callable[[str], PlanMaker]:
    """Start a plan over an sObject."""
    return lambda sobject: PlanMaker(schema, sobject)


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    """Builders for schemas of a test's own."""
    return SimpleNamespace(
        field=make_field, sobject=make_sobject, reference=reference, schema=SmallSchema, maker=PlanMaker
    )


class Engine:
    """SOQL to rows on the shipped schema, which has a multi-select picklist and a geolocation on Account here.

    Its moment is half an hour before summer time begins where the user is; its fiscal year begins in February.
    """

    def __init__(self) -> None:
        custom = {"custom": True, "compound_field_name": "Place__c"}
        fields = (
            make_field("Tags__c", FieldType.MULTIPICKLIST, custom=True),
            make_field("Place__c", FieldType.LOCATION, custom=True),
            make_field("Place__Latitude__s", FieldType.DOUBLE, **custom),
            make_field("Place__Longitude__s", FieldType.DOUBLE, **custom),
        )
        self.schema = load_schema(additions=Additions(fields={"Account": fields}))
        self.moment = Moment(
            datetime(2024, 3, 10, 9, 30, tzinfo=UTC),
            "America/Los_Angeles",
            fiscal_year_start_month=2,
            user_id="005000000000001AAA",
        )
        self._compiler = QueryCompiler(self.schema)
        self._store = Store(self.schema, "memory")
        self._nothing = self._store.snapshot()

    def fill(self, tables: dict[str, list[dict[str, Any]]]) -> None:
        """Replace what the store holds by records, listed by sObject."""
        self._store.restore(self._nothing)
        self.add(tables)

    def add(self, tables: dict[str, list[dict[str, Any]]]) -> None:
        """Insert records, listed by sObject."""
        with self._store.write() as writer:
            for name, records in tables.items():
                sobject = self.schema.latest.sobject(name)
                assert sobject is not None
                for record in records:
                    writer.insert(sobject, record)

    def rows(self, soql: str, include_deleted: bool = False) -> list[tuple[Any, ...]]:
        """Give the rows that answer a query."""
        bound = self._compiler.compile(soql, 62)
        with self._store.read() as reader:
            return reader.query(bound.plan, bound.parameters(self.moment), include_deleted)

    def ids(self, soql: str, include_deleted: bool = False) -> list[str]:
        """Give the first column of the rows: of records, their ids."""
        return [row[0] for row in self.rows(soql, include_deleted)]

    def records(self, soql: str) -> list[dict[str, Any]]:
        """Give the records that answer a query as dicts: fields, parents, and subqueries as their lists of records."""
        bound = self._compiler.compile(soql, 62)
        return [_record(bound.plan.shape, row) for row in self.rows(soql)]

    def steps(self, soql: str) -> str:
        """Give SQLite's query plan, a step per line."""
        bound = self._compiler.compile(soql, 62)
        with self._store.read() as reader:
            statement = layout_of(self.schema).statement(bound.plan, False, reader.holding.tables)
            values = statement.bind(bound.parameters(self.moment))
            return "\n".join(row[3] for row in reader._rows(f"EXPLAIN QUERY PLAN {statement.sql}", values))


def _record(shape: RecordShape, row: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for member in shape.members:
        match member:
            case ParentMember(name, inner, id_index):
                record[name] = None if row[id_index] is None else _record(inner, row)
            case ChildrenMember(name, inner, index):
                found = row[index]
                record[name] = found and {"records": [_record(inner, each) for each in found.rows]}
            case FieldMember(name, _, index):
                record[name] = row[index]
            case _:
                raise TypeError(member)
    return record


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, schema: SmallSchema, tmp_path: Path) -> Iterator[Store]:
    """An empty store, once in memory and once in a file."""
    with Store(schema, "memory" if request.param == "memory" else str(tmp_path / "org.db")) as opened:
        yield opened


@pytest.fixture(scope="session")
def fill(schema: SmallSchema) -> Callable[..., None]:
    """Insert records of an sObject, each a dict; ``fill(store, "Account", {...}, {...})``."""

    def insert(store: Store, sobject: str, *records: dict[str, Any]) -> None:
        with store.write() as writer:
            for record in records:
                writer.insert(schema.sobject(sobject), record)

    return insert


@pytest.fixture(scope="session")
def ask() -> Callable[..., list[tuple[Any, ...]]]:
    """Run a plan and give its rows."""

    def run(store: Store, plan: Plan, *parameters: Any, include_deleted: bool = False) -> list[tuple[Any, ...]]:
        with store.read() as reader:
            return reader.query(plan, parameters, include_deleted)

    return run


@pytest.fixture
def accounts(store: Store, fill: Any) -> Store:
    """Five accounts in a store, see ``ACCOUNTS``."""
    fill(store, "Account", *reversed(ACCOUNTS))  # so that no answer is right by the order of writing
    return store
