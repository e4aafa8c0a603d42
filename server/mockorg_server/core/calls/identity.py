"""The identity service: who a token belongs to, and other users of its org."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mockorg_server.core.calls.oauth_operation import GetIdentity
from mockorg_server.core.calls.oauth_result import Identity
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import IdentityError, OrgError
from mockorg_server.schema.identifier import to_long_id

_FIELDS = (
    "Username", "CommunityNickname", "Name", "FirstName", "LastName", "Email", "TimeZoneSidKey", "IsActive", "UserType",
    "LanguageLocaleKey", "LocaleSidKey", "LastModifiedDate", "Street", "City", "State", "Country", "PostalCode",
    "MobilePhone",
)  # fmt: skip


def get_identity(context: CallContext, operation: GetIdentity) -> Identity:
    """Tell of a user. The codes are the platform's (Help, identity URLs; Bad_OAuth_Token is recorded)."""
    if operation.access_token is None:
        raise IdentityError("Missing_OAuth_Token")
    try:
        session = context.org.sessions.require(operation.access_token)
    except OrgError:
        raise IdentityError("Bad_OAuth_Token") from None
    org_id, user_id = operation.org_id, operation.user_id
    if org_id and org_id not in {context.org.id, context.org.id[:15]}:
        raise IdentityError("Wrong_Org")
    wanted = _long(user_id) if user_id else session.user_id
    user = context.org.schema.latest.sobject("User")
    if user is None:
        raise LookupError("the schema has no User")
    fields = [name for name in _FIELDS if user.field(name)]
    row = context.reader.get(user, [wanted], fields).get(wanted) if wanted else None
    if row is None:
        raise IdentityError("Bad_Id")
    values = dict(zip(fields, row, strict=True))
    return Identity(
        organization_id=context.org.id,
        user_id=wanted,
        asserted=wanted == session.user_id,
        values=values,
        utc_offset_ms=_offset_ms(str(values.get("TimeZoneSidKey") or "GMT"), context.now),
    )


def _long(record_id: str) -> str:
    if record_id.startswith("005") and record_id.isalnum() and record_id.isascii() and len(record_id) in {15, 18}:
        return to_long_id(record_id[:15])
    return ""


def _offset_ms(zone: str, now: datetime) -> int:
    """Give the zone's offset without summer time, as the platform tells it."""
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return 0
    offset, summer = local.utcoffset(), local.dst()
    seconds = (offset.total_seconds() if offset else 0) - (summer.total_seconds() if summer else 0)
    return int(seconds * 1000)
