"""The typed operations: what a wire hands to ``Org.run``. One frozen class per API call, named after it.

Instants are aware ``datetime`` values. Sizes count records. Results are told beside each class. The handler of each
lives in the module of its family in this package, and ``calls/__init__.py`` lists them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mockorg_server.core.duplicate_result import NO_HEADER, DuplicateRuleHeader
from mockorg_server.core.record import InputRecord, LeadConvert, MergeRequest


@dataclass(frozen=True, slots=True)
class Operation:
    """Base of all operations; ``wire_name`` of a call is its class name with a small first letter."""


@dataclass(frozen=True, slots=True)
class Login(Operation):
    """-> ``LoginResult``. ``password`` may carry the security token at its end."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Logout(Operation):
    """-> None. Ends the caller's session."""


@dataclass(frozen=True, slots=True)
class GetUserInfo(Operation):
    """-> ``UserInfo`` of the caller."""


@dataclass(frozen=True, slots=True)
class GetServerTimestamp(Operation):
    """-> aware datetime in UTC."""


@dataclass(frozen=True, slots=True)
class DescribeGlobal(Operation):
    """-> ``DescribeGlobalResult``."""


@dataclass(frozen=True, slots=True)
class DescribeSObjects(Operation):
    """-> tuple of ``SObject`` in the order asked for. describeSObject is the same with one name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query(Operation):
    """-> ``QueryResult``. ``batch_size`` None = the default of 2,000."""

    soql: str
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class QueryAll(Operation):
    """-> ``QueryResult``, deleted records included."""

    soql: str
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class QueryMore(Operation):
    """-> ``QueryResult``: the next page of a query."""

    query_locator: str
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class Search(Operation):
    """-> ``SearchResult``."""

    sosl: str


@dataclass(frozen=True, slots=True)
class Retrieve(Operation):
    """-> ``RetrieveResult``. ``fields`` is the caller's field list, already split at commas and stripped."""

    sobject: str
    fields: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetUpdated(Operation):
    """-> ``GetUpdatedResult``."""

    sobject: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class GetDeleted(Operation):
    """-> ``GetDeletedResult``."""

    sobject: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Create(Operation):
    """-> list of ``SaveResult`` in input order."""

    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    allow_field_truncation: bool = False
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class Update(Operation):
    """-> list of ``SaveResult`` in input order."""

    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    allow_field_truncation: bool = False
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class Upsert(Operation):
    """-> list of ``SaveResult`` in input order, ``created`` set."""

    external_id_field: str
    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    allow_field_truncation: bool = False
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class Delete(Operation):
    """-> list of ``SaveResult`` in input order."""

    ids: tuple[str, ...]
    all_or_none: bool = False


@dataclass(frozen=True, slots=True)
class Undelete(Operation):
    """-> list of ``SaveResult`` in input order."""

    ids: tuple[str, ...]
    all_or_none: bool = False


@dataclass(frozen=True, slots=True)
class EmptyRecycleBin(Operation):
    """-> list of ``SaveResult`` in input order. The records can be undeleted no more."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge(Operation):
    """-> list of ``MergeResult`` in input order, each of them all or nothing."""

    requests: tuple[MergeRequest, ...]
    allow_field_truncation: bool = False


@dataclass(frozen=True, slots=True)
class ConvertLead(Operation):
    """-> list of ``LeadConvertResult`` in input order, each of them all or nothing."""

    converts: tuple[LeadConvert, ...]
    allow_field_truncation: bool = False
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class FindDuplicates(Operation):
    """-> list of ``FindDuplicatesResult`` in input order."""

    records: tuple[InputRecord, ...]
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class FindDuplicatesByIds(Operation):
    """-> list of ``FindDuplicatesResult`` in input order."""

    ids: tuple[str, ...]
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class SendConversationMessages(Operation):
    """-> list of ``ActionResult`` in input order. ``inputs`` are the action's, each an object of JSON values."""

    inputs: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class GetRecord(Operation):
    """-> ``RetrieveResult`` with one row. Without ``fields``, every field of the caller's version."""

    sobject: str
    id: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindRecord(Operation):
    """-> tuple of Ids of records whose external id, idLookup field or Id has a value; ``limit`` at most."""

    sobject: str
    field: str
    value: str
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CountRecords(Operation):
    """-> mapping of sObject names to the number of their living records, for those asked for that have any."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainQuery(Operation):
    """-> list of ``QueryPlan``."""

    soql: str


@dataclass(frozen=True, slots=True)
class DescribeQuery(Operation):
    """-> ``QueryDescription``: what a query selects, without running it."""

    soql: str
