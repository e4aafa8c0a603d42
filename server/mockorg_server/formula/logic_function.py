"""The functions that leave arguments unevaluated or look at more than values: IF, CASE, ISBLANK and others.

A blank condition counts as false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.function import B, require, wrong_count
from mockorg_server.formula.kind import Kind
from mockorg_server.formula.term import Run, Term

Builder = Callable[[Sequence[Term], int], Term]


def _count(name: str, terms: Sequence[Term], position: int, least: int, most: int | None = None) -> None:
    if len(terms) < least or (most is not None and len(terms) > most):
        raise wrong_count(name, str(least) if most == least else f"{least} or more", len(terms), position)


def _kind_of(name: str, terms: Sequence[Term]) -> Kind:
    """Give the kind that all of them share; NULL is of every kind."""
    shared = Kind.NOTHING
    for term in terms:
        kind = Kind.TEXT if term.kind is Kind.PICKLIST and term.leaf is None else term.kind
        if shared is Kind.NOTHING:
            shared = kind
        require(name, term, frozenset({shared}) if shared is not Kind.PICKLIST else frozenset({Kind.TEXT}))
    return shared


def _and(terms: Sequence[Term], position: int) -> Term:
    _count("AND", terms, position, 1)
    for term in terms:
        require("AND", term, B)
    runs = [term.run for term in terms]

    def run(row: Any, env: Any) -> bool:
        for each in runs:  # noqa: SIM110  # a generator would cost more than the whole condition
            if not each(row, env):
                return False
        return True

    return Term(Kind.BOOLEAN, run, position)


def _or(terms: Sequence[Term], position: int) -> Term:
    _count("OR", terms, position, 1)
    for term in terms:
        require("OR", term, B)
    runs = [term.run for term in terms]

    def run(row: Any, env: Any) -> bool:
        for each in runs:  # noqa: SIM110  # as above
            if each(row, env):
                return True
        return False

    return Term(Kind.BOOLEAN, run, position)


def _not(terms: Sequence[Term], position: int) -> Term:
    _count("NOT", terms, position, 1, 1)
    require("NOT", terms[0], B)
    inner = terms[0].run

    def run(row: Any, env: Any) -> bool | None:
        value = inner(row, env)
        return None if value is None else not value

    return Term(Kind.BOOLEAN, run, position)


def _if(terms: Sequence[Term], position: int) -> Term:
    _count("IF", terms, position, 3, 3)
    return _choice("IF", terms, position)


def _ifs(terms: Sequence[Term], position: int) -> Term:
    _count("IFS", terms, position, 3)
    if len(terms) % 2 == 0:
        raise wrong_count("IFS", str(len(terms) + 1), len(terms), position)
    return _choice("IFS", terms, position)


def _choice(name: str, terms: Sequence[Term], position: int) -> Term:
    """Bind pairs of condition and value, and the value otherwise."""
    for term in terms[:-1:2]:
        require(name, term, B)
    kind = _kind_of(name, [*terms[1::2], terms[-1]])
    pairs = [(test.run, value.run) for test, value in zip(terms[:-1:2], terms[1::2], strict=True)]
    otherwise = terms[-1].run
    if len(pairs) == 1:
        ((test, then),) = pairs
        return Term(kind, lambda row, env: then(row, env) if test(row, env) else otherwise(row, env), position)
    return Term(kind, _first_of(pairs, otherwise), position)


def _first_of(pairs: Sequence[tuple[Run, Run]], otherwise: Run) -> Run:
    def run(row: Any, env: Any) -> Any:
        for test, value in pairs:
            if test(row, env):
                return value(row, env)
        return otherwise(row, env)

    return run


def _case(terms: Sequence[Term], position: int) -> Term:
    _count("CASE", terms, position, 4)
    if len(terms) % 2:
        raise wrong_count("CASE", str(len(terms) + 1), len(terms), position)
    subject, *rest = terms
    is_text = subject.kind in (Kind.PICKLIST, Kind.TEXT)
    for term in rest[:-1:2]:
        require("CASE", term, frozenset({Kind.TEXT if is_text else subject.kind}))
    kind = _kind_of("CASE", [*rest[1::2], rest[-1]])
    pairs = [(test.run, value.run) for test, value in zip(rest[:-1:2], rest[1::2], strict=True)]
    chosen, otherwise = subject.run, rest[-1].run

    def run(row: Any, env: Any) -> Any:
        value = chosen(row, env)
        value = (value or "") if is_text else value
        for test, result in pairs:
            other = test(row, env)
            if value == ((other or "") if is_text else other) and value is not None:
                return result(row, env)
        return otherwise(row, env)

    return Term(kind, run, position)


def _is_blank(terms: Sequence[Term], position: int) -> Term:
    _count("ISBLANK", terms, position, 1, 1)
    inner = terms[0].run
    if terms[0].kind is Kind.PLACE:
        return Term(Kind.BOOLEAN, lambda row, env: None in (inner(row, env) or (None,)), position)
    return Term(Kind.BOOLEAN, lambda row, env: inner(row, env) in (None, ""), position)


def _is_null(terms: Sequence[Term], position: int) -> Term:
    # A text is never null to ISNULL and NULLVALUE, only blank (help page of ISNULL).
    _count("ISNULL", terms, position, 1, 1)
    if terms[0].kind is Kind.TEXT:
        return Term(Kind.BOOLEAN, lambda _row, _env: False, position)
    return _is_blank(terms, position)


def _blank_value(name: str) -> Builder:
    def build(terms: Sequence[Term], position: int) -> Term:
        _count(name, terms, position, 2, 2)
        value, substitute = terms
        kind = _kind_of(name, [Term(Kind.TEXT, value.run, position) if value.kind is Kind.PICKLIST else value,
                               substitute])  # fmt: skip
        first, second = value.run, substitute.run
        if name == "NULLVALUE" and value.kind is Kind.TEXT:
            return Term(kind, first, position)

        def run(row: Any, env: Any) -> Any:
            found = first(row, env)
            return second(row, env) if found in (None, "") else found

        return Term(kind, run, position)

    return build


def _is_picklist_value(terms: Sequence[Term], position: int) -> Term:
    _count("ISPICKVAL", terms, position, 2, 2)
    field, text = terms
    if field.kind is not Kind.PICKLIST:
        message = f"Incorrect parameter type for function 'ISPICKVAL()'. Expected Picklist, received {field.kind.value}"
        raise FormulaError(message, field.position)
    require("ISPICKVAL", text, frozenset({Kind.TEXT}))
    first, second = field.run, text.run
    return Term(Kind.BOOLEAN, lambda row, env: (first(row, env) or "") == (second(row, env) or ""), position)


LOGIC_FUNCTIONS: Final[Mapping[str, Builder]] = {
    "AND": _and,
    "BLANKVALUE": _blank_value("BLANKVALUE"),
    "CASE": _case,
    "IF": _if,
    "IFS": _ifs,
    "ISBLANK": _is_blank,
    "ISNULL": _is_null,
    "ISPICKVAL": _is_picklist_value,
    "NOT": _not,
    "NULLVALUE": _blank_value("NULLVALUE"),
    "OR": _or,
}
