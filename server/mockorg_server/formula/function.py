"""What a function of formulas is, and the plain ones are built alike: arguments of given kinds, all evaluated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.kind import Kind
from mockorg_server.formula.term import Run, Term

Kinds = frozenset[Kind]

N: Final[Kinds] = frozenset({Kind.NUMBER})
T: Final[Kinds] = frozenset({Kind.TEXT})
B: Final[Kinds] = frozenset({Kind.BOOLEAN})
D: Final[Kinds] = frozenset({Kind.DATE})
M: Final[Kinds] = frozenset({Kind.DATETIME})
C: Final[Kinds] = frozenset({Kind.TIME})
P: Final[Kinds] = frozenset({Kind.PLACE})


@dataclass(frozen=True, slots=True)
class Function:
    """A function whose arguments are all evaluated.

    ``kinds`` are those of its arguments; the last ``optional`` ones may be left out, and with ``repeats`` the last one
    may come any number of times. ``call`` takes the values (None = blank), after the environment when
    ``with_environment``. ``gives`` None = the kind of the first argument.
    """

    kinds: tuple[Kinds, ...]
    gives: Kind | None
    call: Callable[..., Any]
    optional: int = 0
    repeats: bool = False
    with_environment: bool = False


def show_kinds(kinds: Kinds) -> str:
    """Give kinds as messages list them."""
    return ", ".join(sorted(kind.value for kind in kinds))


def apply(name: str, function: Function, terms: Sequence[Term], position: int) -> Term:
    """Bind a call. Raises FormulaError for a wrong number or kind of arguments."""
    most, least = len(function.kinds), len(function.kinds) - function.optional
    if len(terms) < least or (len(terms) > most and not function.repeats):
        expected = str(least) if least == most and not function.repeats else f"{least} or more"
        raise wrong_count(name, expected, len(terms), position)
    for number, term in enumerate(terms):
        require(name, term, function.kinds[min(number, most - 1)])
    gives = function.gives or next((term.kind for term in terms if term.kind is not Kind.NOTHING), Kind.NOTHING)
    runs = [term.run for term in terms]
    run = _with_environment(function.call, runs) if function.with_environment else calling(function.call, runs)
    return Term(gives, run, position)


def wrong_count(name: str, expected: str, received: int, position: int) -> FormulaError:
    """Make the refusal of a call with too few or too many arguments."""
    message = f"Incorrect number of parameters for function '{name}()'. Expected {expected}, received {received}"
    return FormulaError(message, position)


def require(name: str, term: Term, kinds: Kinds) -> None:
    """Refuse a term of another kind; NULL is of every kind."""
    if term.kind is Kind.NOTHING or term.kind in kinds:
        return
    if term.kind is Kind.PICKLIST and term.leaf is not None:
        message = f"Field {term.text} is a picklist field. Picklist fields are only supported in certain functions."
        raise FormulaError(message, term.position)
    what = f"function '{name}()'" if name[0].isalpha() else f"operator '{name}'"
    message = f"Incorrect parameter type for {what}. Expected {show_kinds(kinds)}, received {term.kind.value}"
    raise FormulaError(message, term.position)


def calling(call: Callable[..., Any], runs: Sequence[Run]) -> Run:
    """Make the closure that evaluates arguments and calls."""
    if len(runs) == 1:
        (first,) = runs
        return lambda row, env: call(first(row, env))
    if len(runs) == 2:
        left, right = runs
        return lambda row, env: call(left(row, env), right(row, env))
    return lambda row, env: call(*[run(row, env) for run in runs])


def _with_environment(call: Callable[..., Any], runs: Sequence[Run]) -> Run:
    return lambda row, env: call(env, *[run(row, env) for run in runs])
