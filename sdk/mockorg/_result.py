"""Results of calls that are not records and not describes, as frozen values. Instants are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mockorg._duplicate import DuplicateResult


@dataclass(frozen=True, slots=True)
class RecordError:
    """Why one record failed, a value and not an exception.

    ``code`` is a StatusCode of the platform (``REQUIRED_FIELD_MISSING``), ``fields`` the field names it speaks of.
    ``duplicate_result`` is what a duplicate rule has found (DUPLICATES_DETECTED). SOAP tells it; the collections of
    REST, by which this package saves, do not, so there it is None.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicate_result: DuplicateResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResult:
    """What became of one record of create, update or upsert; results stand in the order of the records.

    ``id`` has 18 characters and is None when the record failed. ``created`` tells whether a new record came to be,
    which only upsert leaves open. ``errors`` is empty exactly when ``success`` is true.
    """

    id: str | None
    success: bool
    created: bool
    errors: tuple[RecordError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteResult:
    """What became of one id of delete; results stand in the order of the ids. ``id`` is None when it failed."""

    id: str | None
    success: bool
    errors: tuple[RecordError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessagesResult:
    """What became of an invocation of ``sendConversationMessages``.

    ``request_id`` is the ConvMessageSendRequest, None when the invocation was refused; ``message_identifiers`` are one
    for each recipient, in their order. ``errors`` is empty exactly when ``success`` is true.
    """

    request_id: str | None = None
    message_identifiers: tuple[str, ...] = ()
    errors: tuple[RecordError, ...] = ()

    @property
    def success(self) -> bool:
        """True when the request was made."""
        return not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What became of one merge.

    ``id`` is the record that stays, ``merged_record_ids`` are those that went, ``updated_related_ids`` the records that
    led to them and lead to the one that stays now.
    """

    id: str | None
    success: bool
    merged_record_ids: tuple[str, ...] = ()
    updated_related_ids: tuple[str, ...] = ()
    errors: tuple[RecordError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConvertResult:
    """What one lead became; ids are None where there is no such record, and all of them when it failed."""

    lead_id: str | None
    account_id: str | None
    contact_id: str | None
    opportunity_id: str | None
    success: bool
    errors: tuple[RecordError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUpdatedResult:
    """Ids created or changed within the window and still alive.

    ``latest_date_covered`` (whole minutes) is the instant to ask from next time.
    """

    ids: tuple[str, ...]
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRecord:
    """The id of a deleted record and the instant of its deletion, to the second."""

    id: str
    deleted_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDeletedResult:
    """Records deleted within the window.

    ``earliest_date_available`` is the earliest instant that could be asked from, ``latest_date_covered`` (whole
    minutes) the one to ask from next time.
    """

    deleted_records: tuple[DeletedRecord, ...]
    earliest_date_available: datetime
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """Who the caller is, and settings of the org. Ids have 18 characters, currency codes three.

    ``session_seconds_valid`` is how long an idle session lasts. A member is None where it does not apply: a user
    without a role, an org or a user without that currency setting.
    """

    user_id: str
    user_name: str
    user_email: str
    user_full_name: str
    user_language: str
    user_locale: str
    user_time_zone: str
    user_type: str
    user_ui_skin: str
    user_default_currency_iso_code: str | None = None
    profile_id: str
    role_id: str | None = None
    organization_id: str
    organization_name: str
    organization_multi_currency: bool = False
    org_default_currency_iso_code: str | None = None
    org_default_currency_locale: str | None = None
    org_has_person_accounts: bool = False
    org_disallow_html_attachments: bool = False
    org_attachment_file_size_limit_bytes: int = 0
    currency_symbol: str | None = None
    accessibility_mode: bool = False
    chatter_external: bool = False
    session_seconds_valid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginResult:
    """A new session. ``session_id`` is a secret and stays out of ``repr``.

    ``server_url`` is the SOAP endpoint of the org at the version that was logged in to. With ``password_expired`` the
    session is good for nothing but a new password.
    """

    session_id: str = field(repr=False)
    user_id: str
    password_expired: bool
    sandbox: bool = False
    server_url: str
    metadata_server_url: str | None = None
    user_info: UserInfo | None = None


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """How many API calls the org has had in the last 24 hours, and how many it may have."""

    current: int
    limit: int
