"""Results of calls that are not records: logins, users, describes, replication windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mockorg_server.core.error import RowError
from mockorg_server.schema.outline import Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """Who the caller is and the org's settings. Ids are of 18 characters; sizes in bytes."""

    user_id: str
    user_name: str
    user_email: str
    user_full_name: str
    user_language: str
    user_locale: str
    user_time_zone: str
    user_type: str
    user_ui_skin: str
    user_default_currency_iso_code: str | None
    profile_id: str
    role_id: str | None
    organization_id: str
    organization_name: str
    organization_multi_currency: bool
    org_default_currency_iso_code: str | None
    org_default_currency_locale: str | None
    org_has_person_accounts: bool
    org_disallow_html_attachments: bool
    org_attachment_file_size_limit_bytes: int
    currency_symbol: str | None
    accessibility_mode: bool
    chatter_external: bool
    session_seconds_valid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginResult:
    """A new session. URLs are the wire's business: it knows the host and the API version of the request."""

    session_id: str
    user_id: str
    organization_id: str
    password_expired: bool
    sandbox: bool
    user_info: UserInfo


@dataclass(frozen=True, slots=True)
class DescribeGlobalResult:
    """Every sObject the caller's API version can see, in name order and without fields; the largest batch for DML."""

    sobjects: tuple[Outline, ...]
    encoding: str = "UTF-8"
    max_batch_size: int = 200


@dataclass(frozen=True, slots=True)
class GetUpdatedResult:
    """Ids inserted or updated in the window and still alive, and how far the answer reaches (UTC, whole minutes)."""

    ids: tuple[str, ...]
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A deleted record's id and when it was deleted (UTC, whole seconds)."""

    id: str
    deleted_date: datetime


@dataclass(frozen=True, slots=True)
class GetDeletedResult:
    """Records deleted in the window, the earliest date that could be asked for, and how far the answer reaches."""

    deleted_records: tuple[DeletedRecord, ...]
    earliest_date_available: datetime
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """What became of one element of an invocable action's inputs: ``outputs``, or ``errors`` and no outputs."""

    outputs: Mapping[str, object] | None = None
    errors: tuple[RowError, ...] = ()

    @property
    def success(self) -> bool:
        """True when the action was carried out."""
        return not self.errors
