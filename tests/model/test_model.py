"""Random calls on an org answer what a plain model answers: rows, order, ids, locators, codes.

``MOCKORG_FUZZ=N`` makes N times as many, at random, and shortens what fails; without it every run makes the same calls.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import load_schema

from . import fact
from .machine import EngineMachine, WireMachine

FUZZ = int(os.environ.get("MOCKORG_FUZZ", "0"))


def settings_of(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples * max(FUZZ, 1),
        stateful_step_count=steps,
        derandomize=not FUZZ,
        phases=list(Phase) if FUZZ else [Phase.generate],  # shortening may take minutes
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


@pytest.mark.timeout(120 + 900 * FUZZ)
def test_the_engine_answers_as_the_model() -> None:
    run_state_machine_as_test(EngineMachine, settings=settings_of(40, 40))


@pytest.mark.timeout(120 + 900 * FUZZ)
def test_the_wire_answers_as_the_model(monkeypatch: pytest.MonkeyPatch, host: Host) -> None:
    monkeypatch.setattr(WireMachine, "host_and_app", (host, build_app(host)), raising=False)
    run_state_machine_as_test(WireMachine, settings=settings_of(15, 40))


KINDS = {
    FieldType.STRING: fact.TEXT, FieldType.PHONE: fact.TEXT, FieldType.EMAIL: fact.EMAIL,
    FieldType.PICKLIST: fact.PICKLIST, FieldType.CURRENCY: fact.NUMBER, FieldType.INT: fact.INT,
    FieldType.BOOLEAN: fact.BOOLEAN, FieldType.DATE: fact.DATE, FieldType.DATETIME: fact.DATETIME,
    FieldType.REFERENCE: fact.REFERENCE, FieldType.ID: fact.ID,
}  # fmt: skip


@pytest.mark.parametrize("name", fact.FACTS)
def test_the_facts_of_the_model_are_those_of_the_describes(name: str) -> None:
    sobject = load_schema().view(60).sobject(name)
    assert sobject is not None
    assert sobject.key_prefix == fact.FACTS[name].prefix
    for field_name, told in fact.FACTS[name].fields.items():
        field = sobject.field(field_name)
        assert field is not None
        assert KINDS[field.type] == told.kind
        assert field.nillable is told.nillable
        assert field.createable is field.updateable is told.writable or name == "User"
        assert not told.choices or tuple(entry.value for entry in field.picklist_values) == told.choices
        assert not told.to or told.to in field.reference_to
        assert not told.length or field.length == told.length
        assert not told.digits or field.digits == told.digits
    held = {
        child.field
        for parent in fact.FACTS
        for child in (load_schema().view(60).sobject(parent) or sobject).child_relationships
        if child.child_sobject == name and child.cascade_delete
    }
    assert held & set(fact.FACTS[name].fields) == set(fact.FACTS[name].cascading)
