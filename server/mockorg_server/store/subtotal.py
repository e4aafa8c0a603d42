"""Subtotals: the names of a plan in the rows of one grouping set of ROLLUP or CUBE, where the other keys are null."""

from __future__ import annotations

from collections.abc import Iterable

from mockorg_server.soql.plan import DatePart, Expression, Grouping, GroupKey
from mockorg_server.store.expression import Operand, Scope


class SubtotalScope(Scope):
    """A view of a plan's scope in which some keys are null. What aggregates read is not touched by that."""

    def __init__(self, whole: Scope, summed: Iterable[GroupKey]) -> None:
        """Take the keys of GROUP BY that the rows are a subtotal over."""
        self.__dict__.update(whole.__dict__)
        self._whole = whole
        self._summed = frozenset(summed)

    def raw(self, expression: Expression) -> str:
        """Give the value of an expression as it is answered."""
        if isinstance(expression, Grouping):
            return "1" if expression.key in self._summed else "0"
        return "NULL" if self._is_summed(expression) else self._whole.raw(expression)

    def operand(self, expression: Expression) -> Operand:
        """Give an expression as it is compared."""
        if isinstance(expression, Grouping) or self._is_summed(expression):
            return Operand(self.raw(expression))
        return self._whole.operand(expression)

    def sort_terms(self, expression: Expression) -> list[str]:
        """Give the keys that sort an expression, as many as in the other sets."""
        if isinstance(expression, Grouping):
            return [self.raw(expression)]
        terms = self._whole.sort_terms(expression)
        return ["NULL"] * len(terms) if self._is_summed(expression) else terms

    def _is_summed(self, expression: Expression) -> bool:
        return expression in self._summed or (isinstance(expression, DatePart) and expression.ref in self._summed)
