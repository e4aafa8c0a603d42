"""Duplicate rules and the matching rules that they rest on, as frozen values in the words of the Metadata API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mockorg_server.schema.sobject import Filter


@dataclass(frozen=True, slots=True)
class MatchingItem:
    """One field that a matching rule compares.

    ``method`` is ``Exact``, ``FirstName``, ``LastName``, ``CompanyName``, ``Phone``, ``City``, ``Street``, ``Zip`` or
    ``Title``. With ``match_blanks`` two blank values are alike; else a blank one is like none. ``beside``: a blank one
    is passed over in a grouping that has this other field too, as the standard rules do beside an e-mail address.
    """

    field: str
    method: str
    match_blanks: bool = False
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class MatchingRule:
    """When two records of an sObject are taken to be the same.

    ``boolean_filter`` joins the items by number (``1 AND (2 OR 3)``), None = all must match. ``standard`` marks the
    platform's own rules. ``transposed`` are two fields whose values are tried the other way round as well.
    """

    sobject: str
    name: str
    label: str
    items: tuple[MatchingItem, ...]
    boolean_filter: str | None = None
    description: str | None = None
    active: bool = True
    standard: bool = False
    transposed: tuple[str, str] | None = None

    @property
    def engine(self) -> str:
        """``ExactMatchEngine`` for rules of exact methods alone, else ``FuzzyMatchEngine``."""
        is_exact = all(item.method == "Exact" for item in self.items)
        return "ExactMatchEngine" if is_exact else "FuzzyMatchEngine"


@dataclass(frozen=True, slots=True)
class DuplicateAction:
    """What a duplicate rule does with a save: refuse it, refuse it unless the caller insists, or let it pass."""

    blocks: bool
    alerts: bool
    reports: bool


@dataclass(frozen=True, slots=True)
class MatchedObject:
    """A matching rule that a duplicate rule asks, and of which sObject it is.

    ``fields`` maps fields of that sObject to those of the duplicate rule's own; a field that is not in it has the same
    name on both.
    """

    sobject: str
    matching_rule: str
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """What becomes of a save that makes a duplicate; the fields of ``filters`` are ``SObject.Field``."""

    sobject: str
    name: str
    label: str
    on_insert: DuplicateAction
    on_update: DuplicateAction
    matches: tuple[MatchedObject, ...]
    alert_text: str | None = None
    filters: tuple[Filter, ...] = ()
    boolean_filter: str | None = None
    active: bool = True
    sort_order: int = 1
