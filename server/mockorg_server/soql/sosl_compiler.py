"""SOSL text to a bound search: for each object a plan over its records, and what must be found in them.

What RETURNING says of an object is SOQL in other words, so it is compiled as such: the same fields, conditions, orders
and refusals, and the same cache of shapes. A refusal's place is moved back to where the caller wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.compiler import BoundQuery, QueryCompiler, Views
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.scope import OBJECT_HINT
from mockorg_server.soql.sosl_error import MALFORMED_SEARCH, misplaced, unsupported_search
from mockorg_server.soql.sosl_field import any_word, is_changed_by, searched_fields
from mockorg_server.soql.sosl_parser import parse_search
from mockorg_server.soql.sosl_syntax import (
    Both,
    Either,
    Find,
    Piece,
    Returning,
    Search,
    SearchGroup,
    Without,
    Words,
)

_PLACE = re.compile(r".*\nERROR at Row:\d+:Column:\d+\n(.*)", re.DOTALL)
_TOKEN = re.compile(r"\s*(\w+|\S|\Z)")
_UNEXPECTED = "unexpected token"


@dataclass(frozen=True, slots=True)
class BoundTarget:
    """One object of a search: its plan, which has no LIMIT or OFFSET, and in which fields what must be found.

    ``is_open`` tells that the plan neither filters nor sorts. ``limit`` and ``offset`` count rows.
    """

    sobject: SObject
    plan: Plan
    find: Find | None
    fields: tuple[str, ...]
    is_open: bool
    limit: int | None
    offset: int
    _query: BoundQuery

    def parameters(self, moment: Moment) -> tuple[Value, ...]:
        """Give the plan's parameters. Raises SoqlError."""
        return self._query.parameters(moment)


@dataclass(frozen=True, slots=True)
class BoundSearch:
    """A search. ``targets`` None = every searchable object, see ``SearchCompiler.target_of``."""

    find: Find | None
    group: SearchGroup
    targets: tuple[BoundTarget, ...] | None
    limit: int | None


@dataclass(slots=True)
class _Soql:
    """SOQL put together from pieces of the statement, and where each of them came from."""

    text: str = ""
    places: list[tuple[int, Piece]] = field(default_factory=list)

    def add(self, keyword: str, piece: Piece) -> None:
        self.text += keyword
        self.places.append((len(self.text), piece))
        self.text += piece.text

    def original(self, offset: int) -> tuple[int, bool]:
        """Give the offset in the statement, and whether it is what was written there (else it is what follows)."""
        after = 0
        for start, piece in self.places:
            if start <= offset < start + len(piece.text):
                return piece.start + offset - start, True
            if start + len(piece.text) <= offset:
                after = max(after, piece.start + len(piece.text))
        return after, False


class SearchCompiler:
    """Compiles SOSL for one org's schema. Safe under threads."""

    def __init__(self, schema: Views) -> None:
        self._schema = schema
        self._queries = QueryCompiler(schema)
        self._unlimited: WeakKeyDictionary[Plan, Plan] = WeakKeyDictionary()

    def compile(self, text: str, version: int) -> BoundSearch:
        """Compile a statement as a caller of an API version sees the schema.

        Raises SoqlError: MALFORMED_SEARCH, INVALID_SEARCH, and INVALID_TYPE or INVALID_FIELD for names.
        """
        search = parse_search(text)
        if search.returning is None:
            for extra in search.extras:
                raise unsupported_search(f"{extra.value} without RETURNING")
            return BoundSearch(search.find, search.group, None, search.limit)
        if search.pricebook and not any(each.sobject.text.lower() == "product2" for each in search.returning):
            raise misplaced("WITH PricebookId applies to Product2 only", text, search.pricebook.start)
        targets = tuple(self._target(each, search, text, version) for each in search.returning)
        for extra in search.extras:
            for target in targets:
                if is_changed_by(extra, target.sobject):
                    raise unsupported_search(f"{extra.value} on {target.sobject.name}")
        return BoundSearch(search.find, search.group, targets, search.limit)

    def target_of(self, sobject: SObject, search: BoundSearch, version: int) -> BoundTarget:
        """Give the target that a search without RETURNING has in an object: the Ids of its records."""
        returning = Returning(Piece(sobject.name, 0))
        return self._target(returning, Search(search.find, search.group), sobject.name, version)

    def _target(self, asked: Returning, search: Search, text: str, version: int) -> BoundTarget:
        sobject = self._searchable(asked.sobject, text, version)
        soql = _Soql()
        soql.add("SELECT ", asked.fields or Piece("Id", asked.sobject.start))
        soql.add(" FROM ", asked.sobject)
        conditions = _conditions(asked, search, sobject)
        if asked.where is not None:
            soql.add(" WHERE (" if conditions else " WHERE ", asked.where)
            soql.text += ")" if conditions else ""
        for number, condition in enumerate(conditions):
            soql.text += (" AND " if number or asked.where is not None else " WHERE ") + condition
        if asked.order_by is not None:
            soql.add(" ORDER BY ", asked.order_by)
        if asked.limit is not None:
            soql.text += f" LIMIT {asked.limit}"  # FIELDS(ALL) asks for one
        try:
            query = self._queries.compile(soql.text, version)
        except SoqlError as error:
            raise _moved(error, soql, text) from error
        plan = query.plan
        if plan.count_only or plan.aggregate or plan.children:
            what = "Aggregates and subqueries are not allowed in RETURNING"
            raise misplaced(what, text, asked.fields.start if asked.fields else asked.sobject.start)
        return BoundTarget(
            sobject=sobject,
            plan=self._without_limit(plan),
            find=_in_object(search.find, sobject),
            fields=searched_fields(sobject, search.group),
            is_open=plan.where is None and asked.order_by is None,
            limit=asked.limit,
            offset=asked.offset or 0,
            _query=query,
        )

    def _searchable(self, name: Piece, text: str, version: int) -> SObject:
        sobject = self._schema.view(version).sobject(name.text)
        if sobject is None:
            message = f"sObject type '{name.text}' is not supported. {OBJECT_HINT}"
            error = misplaced(message, text, name.start)
            raise SoqlError("INVALID_TYPE", error.message, error.row, error.column)
        if not (sobject.searchable and sobject.queryable):
            raise SoqlError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support search")
        return sobject

    def _without_limit(self, plan: Plan) -> Plan:
        """Give the plan without LIMIT, the same object each time: the store keeps its SQL by it."""
        return self._unlimited.setdefault(plan, replace(plan, limit=None, offset=None))


def _conditions(asked: Returning, search: Search, sobject: SObject) -> list[str]:
    """Give what the statement asks of an object's records without saying it in WHERE, in SOQL."""
    conditions = []
    if asked.recent:
        if sobject.field("LastViewedDate") is None:
            raise unsupported_search(f"the list view Recent of {sobject.name}")
        conditions.append("LastViewedDate != null")
    if search.pricebook and sobject.name == "Product2":
        conditions.append(f"Id IN (SELECT Product2Id FROM PricebookEntry WHERE Pricebook2Id = {search.pricebook.text})")
    return conditions


def _in_object(find: Find | None, sobject: SObject) -> Find | None:
    """Give the expression with the operator that an object has between words."""
    if find is None:
        return None
    return _resolve(find, Either if any_word(sobject) else Both)


def _resolve(find: Find, joined: type[Either] | type[Both]) -> Find:
    match find:
        case Words(parts):
            return _flat(joined, parts, joined)
        case Both(parts) | Either(parts):
            return _flat(type(find), parts, joined)
        case Without(found, excluded):
            return Without(_resolve(found, joined), _resolve(excluded, joined))
    return find


def _flat(kind: type[Either] | type[Both], parts: tuple[Find, ...], joined: type[Either] | type[Both]) -> Either | Both:
    """Resolve the parts, and take those of the same kind in: the index can nest only so deep."""
    flat: list[Find] = []
    for part in parts:
        resolved = _resolve(part, joined)
        flat.extend(resolved.parts if isinstance(resolved, kind) else [resolved])
    return kind(tuple(flat))


def _moved(error: SoqlError, soql: _Soql, text: str) -> SoqlError:
    """Give a refusal of the SOQL that was put together as one of the statement."""
    code = MALFORMED_SEARCH if error.code == "MALFORMED_QUERY" else error.code
    found = _PLACE.fullmatch(error.message)
    if error.row < 1 or found is None:
        return SoqlError(code, error.message)
    lines = soql.text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: error.row - 1]) + error.column - 1
    place, is_written = soql.original(offset)
    message = found.group(1)
    if not is_written:
        token = _TOKEN.match(text, place)
        if token is not None:
            place = token.start(1)
            if message.startswith(_UNEXPECTED):
                message = f"{_UNEXPECTED}: '{token.group(1) or '<EOF>'}'"
    moved = misplaced(message, text, place)
    return SoqlError(code, moved.message, moved.row, moved.column)
