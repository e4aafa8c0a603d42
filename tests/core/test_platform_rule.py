"""platform_rule.json and the list of sObjects whose rows the platform makes: they agree with the schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Query, QueryAll, Retrieve
from mockorg_server.core.dml import platform_rule
from mockorg_server.core.dml.derivation import DERIVATIONS
from mockorg_server.core.dml.platform_rule import NOW, OTHERWISE, platform_rules
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.platform_object import PLATFORM_MADE
from mockorg_server.core.seed import SeedRecord
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import load_schema
from mockorg_server.schema.sobject import Field
from mockorg_server.soql.restriction import RESTRICTIONS, SELECTABLE

VIEW = load_schema().latest


def _field(sobject: str, name: str) -> Field:
    known = VIEW.sobject(sobject)
    assert known is not None, sobject
    found = known.field(name)
    assert found is not None, f"{sobject}.{name}"
    return found


@pytest.mark.parametrize("name", platform_rules())
def test_a_rule_speaks_of_fields_that_exist(name: str) -> None:
    rule = platform_rules()[name]
    assert VIEW.sobject(name) is not None
    for field in (*rule.defaults, *rule.unique, *rule.unsupported_true, *rule.provided, *rule.kept):
        _field(name, field)


@pytest.mark.parametrize("name", platform_rules())
def test_what_is_derived_is_of_a_known_kind_and_copied_from_fields_that_exist(name: str) -> None:
    rule = platform_rules()[name]
    assert {entry["kind"] for entry in rule.derived} <= DERIVATIONS.keys()
    for target, paths in rule.copies.items():
        _field(name, target)
        for path in paths:
            *references, last = path.removeprefix("+").split(".")
            holder = name
            for reference in references:
                (holder,) = _field(holder, reference).reference_to
            _field(holder, last)


@pytest.mark.parametrize("name", platform_rules())
def test_totals_are_queries_of_the_children_of_one_parent(name: str) -> None:
    for entry in platform_rules()[name].totals:
        queries = [entry["query"]] if isinstance(entry["query"], str) else entry["query"]
        assert all(f" WHERE {entry['by']} = :id" in query for query in queries)
        assert any(f" FROM {name} " in query for query in queries)
        assert {query.split(" FROM ")[0].count(",") + 1 for query in queries} == {len(entry["set"])}
        parents = [VIEW.sobject(parent) for parent in _field(name, entry["by"]).reference_to]
        assert any(all(parent.field(target) for target in entry["set"]) for parent in parents if parent)


@pytest.mark.parametrize("name", platform_rules())
def test_consequences_follow_from_picklist_values(name: str) -> None:
    for source, by_value in platform_rules()[name].consequences.items():
        values = {entry.value.casefold() for entry in _field(name, source).picklist_values}
        assert by_value.keys() <= {*values, OTHERWISE}
        for consequences in by_value.values():
            for target, value in consequences.items():
                field = _field(name, target)
                if field.type is FieldType.PICKLIST:
                    assert value in {entry.value for entry in field.picklist_values}
                elif field.type is FieldType.BOOLEAN:
                    assert isinstance(value, bool)
                elif field.type is FieldType.DATETIME:
                    assert value in (NOW, None)


def test_an_unknown_key_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "platform_rule.json"
    file.write_text(json.dumps({"Case": {"consequence": {}}}))
    monkeypatch.setattr(platform_rule, "FILE", file)
    with pytest.raises(ValueError, match="Case has the unknown key 'consequence'"):
        platform_rules.__wrapped__()


@pytest.mark.parametrize("name", sorted(PLATFORM_MADE))
def test_rows_of_the_platform_are_refused_by_name(name: str, run: Callable[..., Any]) -> None:
    sobject = VIEW.sobject(name)
    assert sobject is not None
    where = " WHERE DurableId = 'x'" if name in RESTRICTIONS else ""  # which they need
    field = "RecordId" if name in SELECTABLE else sobject.fields[0].name
    with pytest.raises(OrgError, match=f"mockorg does not support querying {name} yet") as caught:
        run(Query(f"SELECT {field} FROM {name}{where} LIMIT 1"))
    assert caught.value.code == "UNSUPPORTED_QUERY"
    with pytest.raises(OrgError, match="does not support querying"):
        run(QueryAll(f"SELECT COUNT() FROM {name}{where}"))


def test_rows_that_are_seeded_are_answered(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("OpportunityStage", {"MasterLabel": "Dreaming", "IsClosed": False})])
    assert run(Query("SELECT COUNT() FROM OpportunityStage WHERE IsClosed = false")).size == 1


def test_retrieve_needs_a_field(run: Callable[..., Any]) -> None:
    with pytest.raises(OrgError, match="fieldList names no field") as caught:
        run(Retrieve("Account", (), ()))
    assert caught.value.code == "MISSING_ARGUMENT"
