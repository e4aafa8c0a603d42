"""A tree becomes a closure: names are looked up, kinds are checked, and nothing is left to be found out per record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from mockorg_server.formula.date_function import DATE_FUNCTIONS
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.error import EvaluationError, FormulaError
from mockorg_server.formula.function import Function, apply, require, wrong_count
from mockorg_server.formula.kind import KINDS, Kind, decoder_of, encode
from mockorg_server.formula.logic_function import LOGIC_FUNCTIONS
from mockorg_server.formula.number_function import NUMBER_FUNCTIONS
from mockorg_server.formula.operator import apply_operator, is_operator
from mockorg_server.formula.path import API, SESSION_ID, View, find_leaf
from mockorg_server.formula.pattern import compile_java
from mockorg_server.formula.syntax import Apply, Literal, Name, Node
from mockorg_server.formula.term import Leaf, Run, Term
from mockorg_server.formula.text_function import TEXT_FUNCTIONS
from mockorg_server.schema.compound import parts_of
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

FUNCTIONS: Final[Mapping[str, Function]] = {**TEXT_FUNCTIONS, **NUMBER_FUNCTIONS, **DATE_FUNCTIONS}
UNSUPPORTED: Final = frozenset(
    {"CURRENCYRATE", "GETRECORDIDS", "IMAGEPROXYURL", "INCLUDE", "JUNCTIONIDLIST", "LINKTO"}
    | {"PARENTGROUPVAL", "PREDICT", "PREVGROUPVAL", "REQUIRESCRIPT", "URLFOR"}
)
"""Functions of the platform that mockorg lacks."""


class Use(Enum):
    """Where a formula stands: only a rule, which sees a save, knows the record as it was."""

    FIELD = "formula field"
    RULE = "validation rule"


class Binder:
    """Binds one formula of ``root``; ``leaves`` and ``globals`` grow as names are met."""

    def __init__(self, view: View, root: SObject, use: Use, *, blank_as_zero: bool) -> None:
        self.leaves: list[Leaf] = []
        self.globals: list[Leaf] = []
        self.mentions_clock = False
        self._view = view
        self._root = root
        self._use = use
        self._blank_as_zero = blank_as_zero
        self._save_functions: Mapping[str, Callable[[Apply], Term]] = {
            "ISCHANGED": self._is_changed,
            "ISCLONE": lambda node: self._flag(node, lambda _row, env: env.is_clone),
            "ISNEW": lambda node: self._flag(node, lambda _row, env: env.is_new),
            "PRIORVALUE": self._prior_value,
            "VLOOKUP": self._vlookup,
        }

    def bind(self, node: Node) -> Term:
        """Bind a node and all below it. Raises FormulaError."""
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Name):
            return self._name(node)
        return self._apply(node)

    def _apply(self, node: Apply) -> Term:
        if node.name in self._save_functions:
            if self._use is Use.FIELD:
                message = f"Function {node.name} may not be used in this type of formula"
                raise FormulaError(message, node.position)
            return self._save_functions[node.name](node)
        if node.name == "GETSESSIONID":
            return self._session_id(node)
        if node.name not in LOGIC_FUNCTIONS and node.name not in FUNCTIONS and not is_operator(node.name):
            if node.name in UNSUPPORTED:
                raise FormulaError(f"mockorg does not support the function {node.name} yet", node.position)
            raise FormulaError(f"Unknown function {node.name}. Check spelling.", node.position)
        terms = [self.bind(argument) for argument in node.arguments]
        if node.name in LOGIC_FUNCTIONS:
            return LOGIC_FUNCTIONS[node.name](terms, node.position)
        if is_operator(node.name):
            return apply_operator(node.name, terms, node.position)
        self._check(node, terms)
        return apply(node.name, FUNCTIONS[node.name], terms, node.position)

    def _check(self, node: Apply, terms: Sequence[Term]) -> None:
        """Look at what can be told of some arguments before there is a record."""
        self.mentions_clock = self.mentions_clock or FUNCTIONS[node.name].with_environment
        if node.name == "REGEX" and len(terms) > 1 and terms[1].is_constant:
            try:
                compile_java(terms[1].constant or "")
            except EvaluationError as error:
                raise FormulaError(str(error), terms[1].position) from error

    def _name(self, node: Name) -> Term:
        if node.text.lower() == "$system.origindatetime":
            return _constant(Kind.DATETIME, datetime(1900, 1, 1, tzinfo=UTC), node.position)
        if node.parts[0].lower() == "$label":
            return self._label(node)
        leaf = find_leaf(self._view, self._root, node)
        kind = KINDS[leaf.field.type]
        if kind is None:
            raise FormulaError(f"Field {node.text} may not be used in this type of formula", node.position)
        if kind is Kind.PLACE:
            return self._place(leaf, node)
        return Term(kind, self._reading(leaf), node.position, leaf=leaf, text=node.text)

    def _session_id(self, node: Apply) -> Term:
        if node.arguments:
            raise wrong_count(node.name, "0", len(node.arguments), node.position)
        return self._name(Name((API, SESSION_ID), node.position))

    def _label(self, node: Name) -> Term:
        """Give a custom label's text; a namespace may stand before its name."""
        text = self._view.labels.get(node.parts[-1].lower()) if 1 < len(node.parts) < 4 else None
        if text is None:
            raise FormulaError(f"Field {node.text} does not exist. Check spelling.", node.position)
        return _constant(Kind.TEXT, text, node.position)

    def _place(self, leaf: Leaf, node: Name) -> Term:
        sobject = self._view.sobject(leaf.sobject)
        parts = parts_of(sobject, leaf.field) if sobject else {}
        runs = [self._coordinate(replace(leaf, field=part)) for part in parts.values()]
        if len(runs) != 2:
            raise FormulaError(f"Field {node.text} has no place", node.position)
        north, east = runs
        return Term(Kind.PLACE, lambda row, env: (north(row, env), east(row, env)), node.position, text=node.text)

    def _coordinate(self, leaf: Leaf) -> Run:
        index = self._index(leaf)
        return lambda row, _env: row[index]

    def _reading(self, leaf: Leaf) -> Run:
        kind, decode = KINDS[leaf.field.type], decoder_of(leaf.field)
        missing: Any = False if kind is Kind.BOOLEAN else None
        if kind is Kind.NUMBER and self._blank_as_zero:
            missing = Decimal(0)
        if leaf.root:
            return self._global(leaf, decode, missing)
        index = self._index(leaf)

        def run(row: Sequence[Value], _env: Environment) -> Any:
            value = row[index]
            return missing if value is None else decode(value)

        return run

    def _global(self, leaf: Leaf, decode: Callable[[Any], Any], missing: Any) -> Run:
        if leaf not in self.globals:
            self.globals.append(leaf)

        def run(_row: Sequence[Value], env: Environment) -> Any:
            value = env.values.get(leaf)
            return missing if value is None else decode(value)

        return run

    def _index(self, leaf: Leaf) -> int:
        if leaf not in self.leaves:
            self.leaves.append(leaf)
        return self.leaves.index(leaf)

    # --- what only a save knows

    def _flag(self, node: Apply, run: Run) -> Term:
        if node.arguments:
            raise wrong_count(node.name, "0", len(node.arguments), node.position)
        return Term(Kind.BOOLEAN, run, node.position)

    def _own_field(self, node: Apply) -> tuple[Leaf, Term]:
        if len(node.arguments) != 1:
            raise wrong_count(node.name, "1", len(node.arguments), node.position)
        term = self.bind(node.arguments[0])
        if term.leaf is None or term.leaf.path or term.leaf.root:
            raise FormulaError(f"Incorrect parameter for function '{node.name}()'. Expected a field", term.position)
        return replace(term.leaf, prior=True), term

    def _is_changed(self, node: Apply) -> Term:
        prior, term = self._own_field(node)
        before, after = self._index(prior), self._index(replace(prior, prior=False))
        return Term(
            Kind.BOOLEAN,
            lambda row, env: not env.is_new and _unlike(row[before], row[after]),
            term.position,
        )

    def _prior_value(self, node: Apply) -> Term:
        prior, term = self._own_field(node)
        return replace(term, run=self._reading(prior), leaf=prior)

    def _vlookup(self, node: Apply) -> Term:
        if len(node.arguments) != 3:
            raise wrong_count("VLOOKUP", "3", len(node.arguments), node.position)
        wanted, key = (self._object_field(argument) for argument in node.arguments[:2])
        if wanted.sobject != key.sobject:
            raise FormulaError("VLOOKUP takes two fields of one object", node.position)
        value = self.bind(node.arguments[2])
        kind = KINDS[wanted.field.type]
        require("VLOOKUP", value, frozenset({KINDS[key.field.type] or Kind.TEXT}))
        if kind is None:
            raise FormulaError("VLOOKUP cannot give that field", node.position)
        decode, searched = decoder_of(wanted.field), value.run

        def run(row: Sequence[Value], env: Environment) -> Any:
            neutral = encode(key.field, searched(row, env))
            found = None if neutral is None else env.lookup(key.sobject, key.field.name, neutral, wanted.field.name)
            return None if found is None else decode(found)

        return Term(kind, run, node.position)

    def _object_field(self, node: Node) -> Leaf:
        """Read ``$ObjectType.Zip__c.Fields.City__c``."""
        parts = node.parts if isinstance(node, Name) else ()
        if len(parts) == 4 and parts[0].lower() == "$objecttype" and parts[2].lower() == "fields":
            sobject = self._view.sobject(parts[1])
            field = sobject.field(parts[3]) if sobject else None
            if sobject is not None and field is not None:
                return Leaf((), sobject.name, field)
        raise FormulaError("VLOOKUP takes fields as $ObjectType.Object__c.Fields.Field__c", node.position)


def _unlike(one: Value, other: Value) -> bool:
    return (None if one == "" else one) != (None if other == "" else other)


def _literal(node: Literal) -> Term:
    if node.value is None:
        return _constant(Kind.NOTHING, None, node.position)
    kinds: Mapping[type, Kind] = {str: Kind.TEXT, bool: Kind.BOOLEAN, Decimal: Kind.NUMBER}
    return _constant(kinds[type(node.value)], node.value, node.position)


def _constant(kind: Kind, value: Any, position: int) -> Term:
    return Term(kind, lambda _row, _env: value, position, constant=value, is_constant=True)
