"""The Platform Integration User, who owns the sessions of messages that were queued (action reference)."""

from __future__ import annotations

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import fill_defaults
from mockorg_server.schema.value import Value


def platform_user_id(context: CallContext) -> str:
    """Give the user's Id; the user is made when first needed. Its names are those that real orgs show."""
    user = context.org.schema.latest.sobject("User")
    if user is None:
        raise LookupError("the schema has no User")
    username = f"cloud@{context.org.id.lower()}"
    found = context.reader.find(user, "Username", username, limit=1)
    if found:
        return found[0]
    administrator_id = context.org.administrator_id
    (profile_id,) = context.reader.get(user, [administrator_id], ["ProfileId"])[administrator_id]
    values: dict[str, Value] = {
        "Id": context.org.ids.next_id(user.id_prefix),
        "Username": username,
        "FirstName": "Platform",
        "LastName": "Integration User",
        "Name": "Platform Integration User",
        "Alias": "cloud",
        "CommunityNickname": username[:40],
        "Email": "noreply@mockorg.example",
        "IsActive": True,
        "UserType": "CloudIntegrationUser",
        "ProfileId": profile_id,
        "TimeZoneSidKey": "GMT",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "CreatedDate": context.stamp,
        "LastModifiedDate": context.stamp,
        "SystemModstamp": context.stamp,
        "CreatedById": administrator_id,
        "LastModifiedById": administrator_id,
    }
    fill_defaults(context, user, values)
    context.writer.insert(user, values)
    return str(values["Id"])
