"""Matching rules compiled against the schema, and asked which stored records are like one that is being saved.

Every grouping of a rule's logic (a set of items that must all match) gives conditions that a record which matches
must meet, as far as a query can tell them: the database narrows the candidates, and the methods decide. A grouping of
which no query can tell anything (first names alone) reads all records of the object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.filter_logic import FilterError, read_logic
from mockorg_server.core.dml.likeness import METHODS, Method, company_words, phone_parts
from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.path import find_leaf
from mockorg_server.formula.syntax import Name
from mockorg_server.formula.term import Leaf
from mockorg_server.schema.duplicate import MatchingItem, MatchingRule
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import FieldMember, ParentMember, RecordShape, Row
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

Values = Mapping[str, Value]
"""Values of a record by the names of a matching rule's fields."""

_NUMBERS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.INT, FieldType.LONG, FieldType.PERCENT})
_BARE: Final = _NUMBERS | {FieldType.BOOLEAN, FieldType.DATE, FieldType.DATETIME}


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """An item of a matching rule with its field and its method."""

    item: MatchingItem
    method: Method
    leaf: Leaf

    def match(self, one: Value, other: Value, passes_blanks: bool) -> bool:
        """Tell whether two values match; ``passes_blanks`` lets a blank one pass."""
        if one is None or other is None:
            return passes_blanks or (self.item.match_blanks and one is None and other is None)
        return self.method.matches(_text(self.leaf, one), _text(self.leaf, other))

    def condition(self, value: Value) -> str | None:
        """Give what SOQL can tell of the values that match one, None where that is nothing."""
        name = self.item.field
        if value is None:
            return f"{name} = null" if self.item.match_blanks else None
        narrow = _NARROW.get(self.item.method)
        return narrow(name, self.leaf, value) if narrow else None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A matching rule that can be asked. ``groupings`` hold places in ``items``."""

    rule: MatchingRule
    sobject: SObject
    items: tuple[CompiledItem, ...]
    groupings: tuple[frozenset[int], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the rule compares."""
        return tuple(each.item.field for each in self.items)

    def matches(self, context: CallContext, values: Values, *others: str) -> list[tuple[str, Values]]:
        """Give the Ids of the records that are like one of these values, with their values; not those of ``others``."""
        versions = self._versions(values)
        conditions = self._conditions(versions)
        if conditions is None:
            return []
        found = []
        for record_id, row in _candidates(context, self.sobject, self.fields, conditions):
            if record_id not in others and any(self._is_like(each, row) for each in versions):
                found.append((record_id, row))
        return found

    def _versions(self, values: Values) -> list[Values]:
        """Give the values, and once more with two of them the other way round where the rule says so."""
        if self.rule.transposed is None:
            return [values]
        one, other = self.rule.transposed
        if values.get(one) is None or values.get(other) is None or values[one] == values[other]:
            return [values]
        return [values, {**values, one: values[other], other: values[one]}]

    def _is_like(self, values: Values, row: Values) -> bool:
        return any(
            all(
                self.items[place].match(
                    values.get(self.items[place].item.field),
                    row.get(self.items[place].item.field),
                    self._passes_blanks(place, grouping),
                )
                for place in grouping
            )
            for grouping in self.groupings
        )

    def _passes_blanks(self, place: int, grouping: frozenset[int]) -> bool:
        beside = self.items[place].item.beside
        return beside is not None and any(self.items[each].item.field == beside for each in grouping)

    def _conditions(self, versions: Sequence[Values]) -> str | None:
        """Give a WHERE clause that every match meets: '' for all records, None for none of them."""
        clauses = []
        for values in versions:
            told = [each for grouping in self.groupings if (each := self._told(values, grouping)) is not None]
            if not all(told):
                return ""
            if told:  # else there are blank values in all groupings: nothing matches
                clauses.append(_any_of(told))
        return " OR ".join(f"({each})" for each in dict.fromkeys(clauses)) or None

    def _told(self, values: Values, grouping: frozenset[int]) -> list[str] | None:
        told = []
        for place in sorted(grouping):
            each = self.items[place]
            value = values.get(each.item.field)
            if self._passes_blanks(place, grouping):
                continue
            if value is None and not each.item.match_blanks:
                return None
            condition = each.condition(value)
            if condition is not None:
                told.append(condition)
        return told


def _any_of(groupings: Sequence[Sequence[str]]) -> str:
    """Join groupings of conditions; what all of them want stands before the rest, so that the rest is seldom asked."""
    common = [each for each in groupings[0] if all(each in others for others in groupings)]
    rest = [[each for each in grouping if each not in common] for grouping in groupings]
    told = list(common)
    if all(rest):
        wanted = dict.fromkeys(" AND ".join(each) for each in rest)
        told.append(f"({' OR '.join(f'({each})' for each in wanted)})")
    return " AND ".join(told)


def compile_rule(view: SchemaView, rule: MatchingRule) -> CompiledRule:
    """Compile a matching rule. Raises FilterError for what cannot be asked truthfully."""
    sobject = view.sobject(rule.sobject)
    if sobject is None:
        raise FilterError(f"the object {rule.sobject}")
    items = tuple(_compiled(view, sobject, item, rule) for item in rule.items)
    if not items:
        raise FilterError("a matching rule without fields")
    return CompiledRule(rule, sobject, items, read_logic(rule.boolean_filter, len(items)).groupings())


def _compiled(view: SchemaView, sobject: SObject, item: MatchingItem, rule: MatchingRule) -> CompiledItem:
    method = METHODS.get(item.method)
    if method is None:
        raise FilterError(f"the matching method {item.method}")
    if method.missing and not rule.standard:
        raise FilterError(f"the matching method {item.method} of {item.field}: {method.missing}")
    try:
        leaf = find_leaf(view, sobject, Name(tuple(item.field.split(".")), 1))
    except FormulaError as error:
        raise FilterError(f"the field {item.field} ({error.message})") from None
    if not leaf.field.filterable:
        raise FilterError(f"the field {item.field}, which cannot be filtered by")
    return CompiledItem(item, method, leaf)


def _candidates(
    context: CallContext, sobject: SObject, fields: Sequence[str], conditions: str
) -> Iterator[tuple[str, Values]]:
    columns = ", ".join(dict.fromkeys(("Id", *fields)))
    # A lead that was converted is no duplicate any more (inferred: duplicate record sets leave it out).
    told = [f"({conditions})"] if conditions else []
    told += ["IsConverted = false"] if sobject.field("IsConverted") else []
    where = f" WHERE {' AND '.join(told)}" if told else ""
    shape, rows = select(context, f"SELECT {columns} FROM {sobject.name}{where} ORDER BY Id")
    for row in rows:
        values = dict(_flat(shape, row))
        yield str(values["Id"]), values


def select(context: CallContext, soql: str) -> tuple[RecordShape, Sequence[Row]]:
    """Give every row of a query, whoever the caller is."""
    org = context.org
    bound = org.queries.compile(soql, org.schema.latest.version)
    parameters = bound.parameters(org.directory.moment_of(context))
    return bound.plan.shape, context.reader.query(bound.plan, parameters)


def _flat(shape: RecordShape, row: Row, prefix: str = "") -> Iterator[tuple[str, Value]]:
    for member in shape.members:
        if isinstance(member, FieldMember):
            yield f"{prefix}{member.name}", row[member.index]  # type: ignore[misc]  # no children are selected
        elif isinstance(member, ParentMember) and row[member.id_index] is not None:
            yield from _flat(member.shape, row, f"{prefix}{member.name}.")


def _text(leaf: Leaf, value: Value) -> str:
    return repr(float(value or 0)) if leaf.field.type in _NUMBERS else str(value)


# --- What a query can tell of the values that match ------------------------------------------------------------------


def quoted(text: str) -> str:
    """Write a text as a literal of SOQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _pattern(*parts: str) -> str:
    """Write a pattern of LIKE in which anything may stand between the parts."""
    marks = (("\\", "\\" * 4), ("'", "\\'"), ("%", "\\%"), ("_", "\\_"))
    safe = []
    for part in parts:
        for mark, written in marks:
            part = part.replace(mark, written)  # noqa: PLW2901
        safe.append(part)
    return f"'{'%'.join(safe)}'"


def _equal(name: str, leaf: Leaf, value: Value) -> str:
    if leaf.field.type in _BARE:
        return f"{name} = {str(bool(value)).lower() if leaf.field.type is FieldType.BOOLEAN else value}"
    return f"{name} = {quoted(str(value).strip())}"


def _zip(name: str, _leaf: Leaf, value: Value) -> str:
    return f"{name} LIKE {_pattern(str(value).strip()[:5], '')}"


def _phone(name: str, _leaf: Leaf, value: Value) -> str | None:
    _, area, following, _ = phone_parts(str(value))
    # Either part weighs more than a number may lack; digits may have anything between them.
    return f"{name} LIKE {_pattern('', *area, *following, '')}" if area or following else None


def _company(name: str, _leaf: Leaf, value: Value) -> str:
    words = company_words(str(value))
    told = [f"{name} LIKE {_pattern(*words, '')}"]
    if len(words) > 1:
        told.append(f"{name} LIKE {_pattern(''.join(word[0] for word in words), '')}")
    elif len(words[0]) > 1:
        told.append(f"{name} LIKE {_pattern(*words[0], '')}")
    return f"({' OR '.join(told)})"


Narrow = Callable[[str, Leaf, Value], str | None]

_NARROW: Final[Mapping[str, Narrow]] = {
    "CompanyName": _company,
    "Exact": _equal,
    "LastName": _equal,
    "Phone": _phone,
    "Zip": _zip,
}
"""By method: of the others a query can tell nothing."""
