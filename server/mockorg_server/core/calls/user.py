"""getUserInfo() and getServerTimestamp()."""

from __future__ import annotations

from datetime import datetime

from mockorg_server.core.calls.operation import GetServerTimestamp, GetUserInfo
from mockorg_server.core.calls.result import UserInfo
from mockorg_server.core.context import CallContext
from mockorg_server.core.session import SESSION_SECONDS_VALID
from mockorg_server.schema.feature import MULTI_CURRENCY, PERSON_ACCOUNTS
from mockorg_server.schema.value import Value

_USER_FIELDS = (
    "Username",
    "Email",
    "Name",
    "LanguageLocaleKey",
    "LocaleSidKey",
    "TimeZoneSidKey",
    "UserType",
    "ProfileId",
    "UserRoleId",
)
_ATTACHMENT_LIMIT_BYTES = 5_242_880  # recorded from a real org


def get_user_info(context: CallContext, _operation: GetUserInfo) -> UserInfo:
    """Tell who the caller is."""
    return user_info_of(context, context.user_id)


def get_server_timestamp(context: CallContext, _operation: GetServerTimestamp) -> datetime:
    """Tell the org's time."""
    return context.now


def user_info_of(context: CallContext, user_id: str) -> UserInfo:
    """Put together what login() and getUserInfo() tell of a user."""
    org = context.org
    latest = org.schema.latest
    user = _row(context, "User", user_id, _USER_FIELDS)
    organization = _row(context, "Organization", org.id, ("Name", "UiSkin"))
    multi_currency = MULTI_CURRENCY in org.schema.features
    return UserInfo(
        user_id=user_id,
        user_name=str(user["Username"]),
        user_email=str(user["Email"]),
        user_full_name=str(user["Name"]),
        user_language=str(user["LanguageLocaleKey"]),
        user_locale=str(user["LocaleSidKey"]),
        user_time_zone=str(user["TimeZoneSidKey"]),
        user_type=str(user["UserType"]),
        user_ui_skin=str(organization["UiSkin"]),
        user_default_currency_iso_code="USD" if multi_currency else None,
        profile_id=str(user["ProfileId"]),
        role_id=str(user["UserRoleId"]) if user["UserRoleId"] else None,
        organization_id=org.id,
        organization_name=str(organization["Name"]),
        organization_multi_currency=multi_currency,
        org_default_currency_iso_code=None if multi_currency else "USD",
        org_default_currency_locale="en_US",
        org_has_person_accounts=PERSON_ACCOUNTS in org.schema.features and latest.sobject("Account") is not None,
        org_disallow_html_attachments=False,
        org_attachment_file_size_limit_bytes=_ATTACHMENT_LIMIT_BYTES,
        currency_symbol=None if multi_currency else "$",
        accessibility_mode=False,
        chatter_external=False,
        session_seconds_valid=SESSION_SECONDS_VALID,
    )


def _row(context: CallContext, name: str, record_id: str, fields: tuple[str, ...]) -> dict[str, Value]:
    sobject = context.org.schema.latest.sobject(name)
    if sobject is None:
        raise LookupError(f"the schema has no {name}")
    row = context.reader.get(sobject, [record_id], fields)[record_id]
    return dict(zip(fields, row, strict=True))
