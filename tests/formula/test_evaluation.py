"""Formulas and their values, worked out by hand; the cases are data.

``f`` the formula, ``r`` the record (parents by path, ``prior`` values of a save), ``v`` the value (numbers as text),
``error`` no value, ``load`` what the refusal begins with and ``at`` its position, ``zero`` blank numbers count as 0.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mockorg_server.formula.environment import Environment
from mockorg_server.formula.formula import EvaluationError, FormulaError, Use, compile_formula
from mockorg_server.schema.schema import load_schema

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/evaluation.jsonl").read_text().splitlines()]
NOW = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)


def _compile(case):
    view = load_schema().latest
    use = Use.RULE if case.get("use") == "rule" else Use.FIELD
    return compile_formula(case["f"], view, view.sobject("Account"), use, blank_as_zero=case.get("zero", False))


def _path(leaf):
    steps = [step.reference.relationship_name for step in leaf.path]
    return ("prior " if leaf.prior else "") + ".".join([*([leaf.root] if leaf.root else []), *steps, leaf.field.name])


def _shown(value):
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("case", [case for case in CASES if "load" not in case], ids=lambda case: case["f"][:40])
def test_value(case):
    formula = _compile(case)
    record = case.get("r", {})
    environment = Environment(
        NOW,
        ZoneInfo(case.get("zone", "UTC")),
        {leaf: record.get(_path(leaf)) for leaf in formula.globals},
        is_new=case.get("new", False),
    )
    row = [record.get(_path(leaf)) for leaf in formula.leaves]
    if case.get("error"):
        with pytest.raises(EvaluationError):
            formula.evaluate(row, environment)
    else:
        assert _shown(formula.evaluate(row, environment) if case["v"] != "" else None) == case["v"]


@pytest.mark.parametrize("case", [case for case in CASES if "load" in case], ids=lambda case: case["f"][:40])
def test_refusal_names_what_is_wrong_and_where(case):
    with pytest.raises(FormulaError) as refused:
        _compile(case)
    assert refused.value.message.startswith(case["load"])
    assert refused.value.position == case.get("at", refused.value.position)
