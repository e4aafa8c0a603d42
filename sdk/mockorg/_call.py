"""The calls of the API as typed values: what the client hands to a wire. ``Call[R]`` is answered by an ``R``.

One class per call, named after it. Nothing here knows how a wire writes it. Instants are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from mockorg._describe import DescribeGlobalResult, DescribeSObjectResult
from mockorg._duplicate import DuplicateRuleHeader
from mockorg._record import QueryResult, Record
from mockorg._result import (
    DeleteResult,
    GetDeletedResult,
    GetUpdatedResult,
    LeadConvertResult,
    LoginResult,
    MergeResult,
    SaveResult,
    SendMessagesResult,
    UserInfo,
)

R = TypeVar("R")


class Call(Generic[R]):
    """Base of all calls; ``R`` is the type of the result."""

    __slots__ = ()


@dataclass(frozen=True)
class InputRecord:
    """A record to be written.

    ``values`` hold texts as the wires write them (see ``_value.value_text``), ``nulls`` the fields to be emptied, and
    ``references`` the parents named by an external id, by relationship name.
    """

    sobject: str
    id: str | None
    values: Mapping[str, str]
    nulls: tuple[str, ...] = ()
    references: Mapping[str, InputRecord] = field(default_factory=dict)


@dataclass(frozen=True)
class Login(Call[LoginResult]):
    """``password`` carries the security token, if any, at its end."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Logout(Call[None]):
    """Ends the session."""


@dataclass(frozen=True)
class GetUserInfo(Call[UserInfo]):
    """Who the session belongs to."""


@dataclass(frozen=True)
class GetServerTimestamp(Call[datetime]):
    """The org's clock."""


@dataclass(frozen=True)
class DescribeGlobal(Call[DescribeGlobalResult]):
    """All sObjects."""


@dataclass(frozen=True)
class DescribeSObject(Call[DescribeSObjectResult]):
    """One sObject."""

    name: str


@dataclass(frozen=True)
class DescribeSObjects(Call[list[DescribeSObjectResult]]):
    """Several sObjects, answered in the order asked for."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Query(Call[QueryResult]):
    """The first page of a query. ``batch_size`` counts records, None = the platform's default."""

    soql: str
    batch_size: int | None = None


@dataclass(frozen=True)
class QueryAll(Call[QueryResult]):
    """The same with deleted and archived records."""

    soql: str
    batch_size: int | None = None


@dataclass(frozen=True)
class QueryMore(Call[QueryResult]):
    """A further page."""

    query_locator: str
    batch_size: int | None = None


@dataclass(frozen=True)
class Search(Call[list[Record]]):
    """What a text search found, object by object."""

    sosl: str


@dataclass(frozen=True)
class Retrieve(Call[list[Record | None]]):
    """Records by id, answered in the order of ``ids``."""

    sobject: str
    ids: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class GetUpdated(Call[GetUpdatedResult]):
    """Ids created or changed in a window."""

    sobject: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class GetDeleted(Call[GetDeletedResult]):
    """Records deleted in a window."""

    sobject: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Create(Call[list[SaveResult]]):
    """New records."""

    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    duplicate_rule: DuplicateRuleHeader | None = None


@dataclass(frozen=True)
class Update(Call[list[SaveResult]]):
    """Changes to records named by their Id."""

    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    duplicate_rule: DuplicateRuleHeader | None = None


@dataclass(frozen=True)
class Upsert(Call[list[SaveResult]]):
    """Changes to records named by an external id, or new ones."""

    external_id_field: str
    records: tuple[InputRecord, ...]
    all_or_none: bool = False
    duplicate_rule: DuplicateRuleHeader | None = None


@dataclass(frozen=True)
class Delete(Call[list[DeleteResult]]):
    """The end of records."""

    ids: tuple[str, ...]
    all_or_none: bool = False


@dataclass(frozen=True)
class SendConversationMessages(Call[SendMessagesResult]):
    """A message to many; ``inputs`` are the action's, under their own names."""

    inputs: Mapping[str, object]


@dataclass(frozen=True)
class Undelete(Call[list[DeleteResult]]):
    """Records back from the recycle bin."""

    ids: tuple[str, ...]
    all_or_none: bool = False


@dataclass(frozen=True)
class EmptyRecycleBin(Call[list[DeleteResult]]):
    """Deleted records that cannot be undeleted any more."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Merge(Call[MergeResult]):
    """Up to two records into the one that ``master`` names."""

    master: InputRecord
    ids: tuple[str, ...]


@dataclass(frozen=True)
class LeadConvert:
    """How one lead is to be converted."""

    lead_id: str
    converted_status: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    do_not_create_opportunity: bool = False
    overwrite_lead_source: bool = False
    send_notification_email: bool = False


@dataclass(frozen=True)
class ConvertLead(Call[list[LeadConvertResult]]):
    """Leads into accounts, contacts and opportunities."""

    converts: tuple[LeadConvert, ...]
    duplicate_rule: DuplicateRuleHeader | None = None
