"""Binds ``TYPEOF path WHEN type THEN paths … [ELSE paths] END``: a polymorphic parent, shown by its type.

Rules: SOQL reference, TYPEOF. The branch of a type shows fields of that type, ELSE those of the pseudo-entity Name; a
parent that no branch is for is null. The texts of the refusals are inferred, but for the WHEN that stands twice (as
another emulator recorded it).
"""

from __future__ import annotations

from collections.abc import Iterable

from mockorg_server.schema.sobject import SObject
from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import positioned, unexpected
from mockorg_server.soql.fields_binder import is_fields
from mockorg_server.soql.plan import TypeName
from mockorg_server.soql.refusal import malformed
from mockorg_server.soql.scope import OBJECT_HINT, Branch, Branches, Node, Relationship, Scope

TYPEOF_SINCE = 46  # API version


def check_typeof(query: syntax.Query, scope: Scope) -> None:
    """Refuse TYPEOF beside functions, and in versions that do not have it."""
    found = next((item for item in query.select if isinstance(item, syntax.TypeOf)), None)
    if found is None:
        return
    if scope.view.version < TYPEOF_SINCE:
        raise unexpected(scope.text, found.position, "TYPEOF")
    selected = (item.expression for item in query.select if isinstance(item, syntax.SelectItem))
    for expression in selected:
        if not isinstance(expression, syntax.FieldPath) and not is_fields(expression):
            malformed("TYPEOF cannot be used with functions in the SELECT clause", scope, expression.position)


def bind_typeof(item: syntax.TypeOf, scope: Scope) -> tuple[Node, Branches]:
    """Join the parent once for each type; give the records above it, and the branches. Raises SoqlError."""
    parent = scope.relationship(item.path)
    if not parent.reference.name_pointing:
        malformed(f"TYPEOF cannot be used with {item.path.text}, which is not polymorphic", scope, item.path.position)
    branches: list[Branch] = []
    for name, paths in item.cases:
        sobject = _target(name, parent, item, scope)
        if any(branch.node.sobject is sobject for branch in branches):
            malformed(f"WHEN clause operand [{name}] is not unique", scope, item.position)
        branches.append(Branch(scope.narrow(parent, sobject, item.path), paths))
    if item.otherwise is not None:
        node = scope.others(parent, tuple(branch.node.sobject for branch in branches))
        branches.append(Branch(node, item.otherwise, TypeName(node.slot)))
    name = parent.reference.relationship_name or parent.reference.name
    return parent.node, Branches(name, tuple(branches))


def refuse_repeated(bound: Iterable[tuple[syntax.TypeOf, Node, Branches]], scope: Scope) -> None:
    """Refuse a relationship that TYPEOF shows and the select list names once more."""
    for item, above, branches in bound:
        same = [m for m in above.members if isinstance(m, Node | Branches) and m.relationship == branches.relationship]
        if len(same) > 1:
            message = f"the relationship {item.path.text} of TYPEOF cannot be selected elsewhere too"
            malformed(message, scope, item.position)


def _target(name: str, parent: Relationship, item: syntax.TypeOf, scope: Scope) -> SObject:
    sobject = scope.view.sobject(name)
    if sobject is None:
        message = f"sObject type '{name}' is not supported. {OBJECT_HINT}"
        raise positioned("INVALID_TYPE", message, scope.text, item.position)
    if sobject not in parent.targets:
        malformed(f"{item.path.text} cannot be a {sobject.name}, as WHEN asks", scope, item.position)
    return sobject
