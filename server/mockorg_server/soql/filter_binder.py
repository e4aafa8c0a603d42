"""Binds which records a query is about: USING SCOPE, and WHERE with its semi-joins; checks WITH."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from mockorg_server.soql import syntax
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import And, Compare, Condition, Operator, Plan, Ref, SemiJoin
from mockorg_server.soql.scope import Scope
from mockorg_server.soql.semi_join_binder import bind_semi_join, check_places, refuse_in_subquery
from mockorg_server.soql.subject_binder import field_subject
from mockorg_server.soql.where_binder import WhereBinder
from mockorg_server.soql.with_clause import check_withs

_USER_ID = attrgetter("user_id")
# Scopes that a real org has on some objects without further set-up (SOQL reference, USING SCOPE). Others need
# territories or scoping rules, which no org here has.
_UNSUPPORTED: Final[Mapping[str, frozenset[str]]] = {
    "delegated": frozenset({"Event", "Task"}),
    "mine_and_my_groups": frozenset({"ProcessInstanceWorkitem"}),
    "team": frozenset({"Account", "Case", "Opportunity"}),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """The condition of a query's records, None when all are meant, and the plans of the semi-joins in it."""

    condition: Condition | None
    semi_joins: tuple[Plan, ...] = ()


def bind_filter(query: syntax.Query, scope: Scope, parameters: ParameterList, *, nested: bool = False) -> Filter:
    """Bind the clauses that choose records; ``nested`` tells that it is a subquery of SELECT. Raises SoqlError."""
    check_withs(query, scope)
    scoped = _scope_condition(query, scope, parameters)
    if query.where is None:
        return Filter(scoped)
    semi_joins: list[Plan] = []

    def bind(condition: syntax.SemiJoin) -> SemiJoin:
        semi_join = bind_semi_join(condition, scope, parameters)
        semi_joins.append(semi_join.plan)
        return semi_join

    on_semi_join: Callable[[syntax.SemiJoin], SemiJoin] = refuse_in_subquery if nested else bind
    if not nested:
        check_places(query.where)
    binder = WhereBinder(
        scope.text, parameters, lambda expression: field_subject(scope, parameters, expression), on_semi_join
    )
    where = binder.bind(query.where)
    return Filter(where if scoped is None else And((scoped, where)), tuple(semi_joins))


def _scope_condition(query: syntax.Query, scope: Scope, parameters: ParameterList) -> Condition | None:
    """Give what USING SCOPE asks for: ``everything`` is no condition, ``mine`` means the running user's own records."""
    name = (query.scope or "everything").lower()
    if name == "everything":
        return None
    sobject = scope.root.sobject
    owner = sobject.field("OwnerId")
    if name == "mine" and owner is not None:
        return Compare(Ref(0, owner), Operator.EQ, parameters.moment(_USER_ID))
    if sobject.name in _UNSUPPORTED.get(name, ()):
        raise unsupported(f"USING SCOPE {query.scope} on {sobject.name}")
    raise SoqlError("INVALID_QUERY_SCOPE", f"{sobject.name} does not support the scope {query.scope}")
