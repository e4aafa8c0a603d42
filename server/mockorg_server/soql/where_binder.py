"""Binds conditions: WHERE, and HAVING over groups. Every rule about operators, nulls and literal types is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql import syntax
from mockorg_server.soql.date_literal import DATE_RANGES
from mockorg_server.soql.excerpt import positioned, unsupported
from mockorg_server.soql.literal import FILTER_RULES, FilterRule, to_pattern
from mockorg_server.soql.locale_text import CURRENCY
from mockorg_server.soql.operator import OPERATORS, ORDERINGS
from mockorg_server.soql.parameter import FromConstant, FromRange, ParameterList
from mockorg_server.soql.plan import (
    And,
    Compare,
    Condition,
    Expression,
    Includes,
    InList,
    IsNull,
    Like,
    Not,
    Operator,
    Or,
    Ref,
)
from mockorg_server.soql.token import Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """The left side of a predicate: what to compare, its type, and how messages call it.

    ``rule`` is there when it is not filtered by the rule of its type.
    """

    expression: Expression
    type: FieldType
    name: str
    position: int
    rule: FilterRule | None = None


Resolve = Callable[[syntax.Expression], Subject]
OnSemiJoin = Callable[[syntax.SemiJoin], Condition]


class WhereBinder:
    """Binds the conditions of one query.

    ``resolve`` says what may stand on a left side, ``on_semi_join`` binds a semi-join or refuses it.
    """

    def __init__(self, text: str, parameters: ParameterList, resolve: Resolve, on_semi_join: OnSemiJoin) -> None:
        self._text = text
        self._parameters = parameters
        self._resolve = resolve
        self._on_semi_join = on_semi_join

    def bind(self, condition: syntax.Condition) -> Condition:
        """Give the condition in the plan's terms. Raises SoqlError."""
        return _BINDERS[type(condition)](self, condition)

    def _conjunction(self, condition: syntax.Conjunction) -> Condition:
        return And(tuple(map(self.bind, condition.conditions)))

    def _disjunction(self, condition: syntax.Disjunction) -> Condition:
        return Or(tuple(map(self.bind, condition.conditions)))

    def _negation(self, condition: syntax.Negation) -> Condition:
        return Not(self.bind(condition.condition))

    def _semi_join(self, condition: syntax.SemiJoin) -> Condition:
        self._parameters.count_test()
        return self._on_semi_join(condition)

    def _multiselect(self, condition: syntax.Multiselect) -> Condition:
        self._parameters.count_test()
        subject = self._resolve(condition.expression)
        if subject.type is not FieldType.MULTIPICKLIST or not isinstance(subject.expression, Ref):
            self._bad_operator("includes or excludes operator only valid on multipicklist field", subject)
        rule = self._rule(subject)
        if any(_is_null(value, rule) for value in condition.values):
            raise unsupported(f"{'EXCLUDES' if condition.excludes else 'INCLUDES'} with null or an empty string")
        numbers = tuple(self._value(subject, rule, value) for value in condition.values)
        return Includes(subject.expression, numbers, condition.excludes)

    def _comparison(self, condition: syntax.Comparison) -> Condition:
        self._parameters.count_test()
        subject = self._resolve(condition.expression)
        rule = self._rule(subject)
        operator = OPERATORS[condition.operator]
        if operator is None:
            return self._like(subject, rule, condition.value)
        if not (rule.ordered if operator in ORDERINGS else rule.equal):
            self._bad_operator(f"invalid operator on {rule.operator_name} field", subject)
        return self._compare(subject, rule, operator, condition.value)

    def _like(self, subject: Subject, rule: FilterRule, value: syntax.Operand) -> Condition:
        if not rule.pattern:
            self._bad_operator(f"invalid operator on {rule.operator_name} field", subject)
        if _is_null(value, rule):
            raise unsupported("LIKE with null or an empty pattern")
        if not isinstance(value, syntax.Literal) or value.kind is not Kind.STRING:
            self._mismatch(subject, rule)
        return Like(subject.expression, self._parameters.literal(value, to_pattern, subject.position))

    def _compare(self, subject: Subject, rule: FilterRule, operator: Operator, value: syntax.Operand) -> Condition:
        if _is_null(value, rule):
            return self._compare_null(subject, rule, operator, value)
        if isinstance(value, syntax.DateRange):
            return self._compare_range(subject, rule, operator, value)
        return Compare(subject.expression, operator, self._value(subject, rule, value))

    def _compare_null(self, subject: Subject, rule: FilterRule, operator: Operator, value: syntax.Operand) -> Condition:
        if operator is Operator.GT and isinstance(value, syntax.Literal):  # inferred: the tests of a client rely on it
            return IsNull(subject.expression, negated=True)
        if operator in ORDERINGS:
            raise unsupported(f"comparing with null by {operator.value}")
        if rule.null_value is not None:
            return Compare(subject.expression, operator, self._parameters.add(FromConstant(rule.null_value)))
        return IsNull(subject.expression, negated=operator is Operator.NE)

    def _compare_range(
        self, subject: Subject, rule: FilterRule, operator: Operator, value: syntax.DateRange
    ) -> Condition:
        self._parameters.count_test()
        if rule.range_tests is None:
            self._mismatch(subject, rule)
        if operator is Operator.NE:
            return Not(self._compare_range(subject, rule, Operator.EQ, value))
        index = value.count.index if value.count else None
        span = DATE_RANGES[value.name]
        tests = [
            Compare(subject.expression, test, self._parameters.add(FromRange(span, edge, index, value.position)))
            for test, edge in rule.range_tests[operator]
        ]
        return tests[0] if len(tests) == 1 else And(tuple(tests))

    def _membership(self, condition: syntax.Membership) -> Condition:
        self._parameters.count_test()
        subject = self._resolve(condition.expression)
        rule = self._rule(subject)
        if not rule.equal:
            self._bad_operator(f"invalid operator on {rule.operator_name} field", subject)
        plain = [value for value in condition.values if not isinstance(value, syntax.DateRange)]
        ranges = [value for value in condition.values if isinstance(value, syntax.DateRange)]
        if not ranges:
            return self._list(subject, rule, plain, condition.negated)
        tests = [self._compare_range(subject, rule, Operator.EQ, value) for value in ranges]
        if plain:
            tests.append(self._list(subject, rule, plain, negated=False))
        together = Or(tuple(tests))
        return Not(together) if condition.negated else together

    def _list(self, subject: Subject, rule: FilterRule, values: Sequence[syntax.Operand], negated: bool) -> Condition:
        with_null = False
        numbers = []
        money = [isinstance(value, syntax.Money) for value in values if not _is_null(value, rule)]
        if subject.type is FieldType.CURRENCY and any(money) and not all(money):
            message = "a list cannot have amounts with a currency and others without"
            raise positioned("MALFORMED_QUERY", message, self._text, subject.position)
        for value in values:
            if not _is_null(value, rule):
                numbers.append(self._value(subject, rule, value))
            elif rule.null_value is not None:
                numbers.append(self._parameters.add(FromConstant(rule.null_value)))
            else:
                with_null = True
        if with_null and not numbers:
            return IsNull(subject.expression, negated)
        return InList(subject.expression, tuple(numbers), with_null, negated)

    def _value(self, subject: Subject, rule: FilterRule, value: syntax.Operand) -> int:
        if isinstance(value, syntax.Money) and subject.type is FieldType.CURRENCY:
            return self._money(subject, value)
        if isinstance(value, syntax.Constant):
            if subject.type is not FieldType.BOOLEAN:
                self._mismatch(subject, rule)
            return self._parameters.add(FromConstant(value.name == "TRUE"))
        converter = rule.converters.get(value.kind) if isinstance(value, syntax.Literal) else None
        if converter is None or not isinstance(value, syntax.Literal):
            self._mismatch(subject, rule)
        return self._parameters.literal(value, converter, subject.position)

    def _money(self, subject: Subject, value: syntax.Money) -> int:
        """Give an amount with its currency, USD5000: where there is one currency, a number (SOQL reference)."""
        if not isinstance(subject.expression, Ref):
            message = f"currency literals cannot be compared with aggregates: {value.text}"
            raise positioned("MALFORMED_QUERY", message, self._text, value.position)
        if value.text[:3].upper() != CURRENCY:
            raise unsupported(f"currency literals other than {CURRENCY} ({value.text})")
        return self._parameters.add(FromConstant(float(value.text[3:])))

    def _rule(self, subject: Subject) -> FilterRule:
        rule = subject.rule or FILTER_RULES[subject.type]
        if rule is None:
            raise unsupported(f"filtering the field {subject.name} of type {subject.type}")
        return rule

    def _mismatch(self, subject: Subject, rule: FilterRule) -> NoReturn:
        quotes = "should be" if rule.quoted else "should not be"
        message = (
            f"value of filter criterion for field '{subject.name}' must be of type {rule.type_name} "
            f"and {quotes} enclosed in quotes"
        )
        raise positioned("INVALID_FIELD", message, self._text, subject.position)

    def _bad_operator(self, message: str, subject: Subject) -> NoReturn:
        raise positioned("INVALID_QUERY_FILTER_OPERATOR", message, self._text, subject.position)


def _is_null(value: syntax.Operand, rule: FilterRule) -> bool:
    """NULL, and the empty string where a string may stand: the platform stores it as null."""
    if isinstance(value, syntax.Constant):
        return value.name == "NULL"
    return rule.quoted and isinstance(value, syntax.Literal) and value.kind is Kind.EMPTY_STRING


_BINDERS: Mapping[type[Any], Callable[[WhereBinder, Any], Condition]] = {
    syntax.Comparison: WhereBinder._comparison,
    syntax.Membership: WhereBinder._membership,
    syntax.Multiselect: WhereBinder._multiselect,
    syntax.SemiJoin: WhereBinder._semi_join,
    syntax.Conjunction: WhereBinder._conjunction,
    syntax.Disjunction: WhereBinder._disjunction,
    syntax.Negation: WhereBinder._negation,
}
