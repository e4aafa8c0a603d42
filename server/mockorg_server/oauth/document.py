"""The JSON documents of the OAuth wire: token answers, users, discovery. Member names are the platform's."""

from __future__ import annotations

from typing import Any

from mockorg_server.core.calls.oauth_result import Identity, TokenFacts, TokenResult
from mockorg_server.core.scope import ALL_SCOPES
from mockorg_server.schema.api_version import NEWEST

# Paths of the APIs that an identity tells of, in the platform's order. {org} and {user} are ids.
_URLS = {
    "enterprise": "/services/Soap/c/{version}/{org}",
    "metadata": "/services/Soap/m/{version}/{org}",
    "partner": "/services/Soap/u/{version}/{org}",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/{org}",
    "tooling_rest": "/services/data/v{version}/tooling/",
    "profile": "/{user}",
    "feeds": "/services/data/v{version}/chatter/feeds",
    "groups": "/services/data/v{version}/chatter/groups",
    "users": "/services/data/v{version}/chatter/users",
    "feed_items": "/services/data/v{version}/chatter/feed-items",
    "feed_elements": "/services/data/v{version}/chatter/feed-elements",
}
_USER_TYPES = {"Standard": "STANDARD"}


def token_document(result: TokenResult, instance_url: str) -> dict[str, str]:
    """Give a token answer."""
    document = {
        "access_token": result.access_token,
        "refresh_token": result.refresh_token,
        "signature": result.signature,
        "scope": " ".join(result.scopes),
        "id_token": result.id_token,
        "instance_url": instance_url,
        "id": result.id_url,
        "token_type": "Bearer",
        "issued_at": result.issued_at,
    }
    return {name: value for name, value in document.items() if value is not None}


def introspection_document(facts: TokenFacts | None) -> dict[str, object]:
    """Give an introspection answer. Instants are whole seconds since 1970."""
    if facts is None:
        return {"active": False}
    issued = int(facts.issued_at.timestamp())
    document: dict[str, object] = {
        "active": True,
        "scope": " ".join(facts.scopes),
        "client_id": facts.client_id,
        "username": facts.username,
        "sub": facts.id_url,
        "token_type": facts.kind,
        "iat": issued,
        "nbf": issued,
    }
    if facts.expires_at is not None:
        document["exp"] = int(facts.expires_at.timestamp())
    return document


def identity_document(identity: Identity, base_url: str, version: str) -> dict[str, object]:
    """Give what an identity URL answers. ``version`` is put into its URLs: a number, ``latest``, or '' for none."""
    values = identity.values
    return {
        "id": f"{base_url}/id/{identity.organization_id}/{identity.user_id}",
        "asserted_user": identity.asserted,
        "user_id": identity.user_id,
        "organization_id": identity.organization_id,
        "username": values.get("Username"),
        "nick_name": values.get("CommunityNickname"),
        "display_name": values.get("Name"),
        "email": values.get("Email"),
        "email_verified": True,
        "first_name": values.get("FirstName"),
        "last_name": values.get("LastName"),
        "timezone": values.get("TimeZoneSidKey"),
        "photos": _photos(base_url),
        "addr_street": values.get("Street"),
        "addr_city": values.get("City"),
        "addr_state": values.get("State"),
        "addr_country": values.get("Country"),
        "addr_zip": values.get("PostalCode"),
        "mobile_phone": values.get("MobilePhone"),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(identity, base_url, version),
        **_common(identity),
        "last_modified_date": _stamp(values.get("LastModifiedDate")),
    }


def userinfo_document(identity: Identity, base_url: str) -> dict[str, object]:
    """Give what the userinfo endpoint answers (OpenID Connect's names)."""
    values = identity.values
    photos = _photos(base_url)
    return {
        "sub": f"{base_url}/id/{identity.organization_id}/{identity.user_id}",
        "user_id": identity.user_id,
        "organization_id": identity.organization_id,
        "preferred_username": values.get("Username"),
        "nickname": values.get("CommunityNickname"),
        "name": values.get("Name"),
        "email": values.get("Email"),
        "email_verified": True,
        "given_name": values.get("FirstName"),
        "family_name": values.get("LastName"),
        "zoneinfo": values.get("TimeZoneSidKey"),
        "photos": photos,
        "profile": f"{base_url}/{identity.user_id}",
        "picture": photos["picture"],
        "address": {key: value for key, value in _address(identity).items() if value is not None},
        "is_salesforce_integration_user": False,
        "urls": _urls(identity, base_url, ""),
        **_common(identity),
        "updated_at": _stamp(values.get("LastModifiedDate")),
    }


def discovery_document(base_url: str) -> dict[str, object]:
    """Give ``/.well-known/openid-configuration``; the authorization server's metadata (RFC 8414) are the same."""
    oauth = f"{base_url}/services/oauth2"
    return {
        "issuer": base_url,
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "revocation_endpoint": f"{oauth}/revoke",
        "userinfo_endpoint": f"{oauth}/userinfo",
        "jwks_uri": f"{base_url}/id/keys",
        "introspection_endpoint": f"{oauth}/introspect",
        "scopes_supported": [*ALL_SCOPES, "offline_access"],
        "response_types_supported": ["code"],
        "grant_types_supported": [
            *("authorization_code", "refresh_token", "password", "client_credentials", "device"),
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "display_values_supported": ["page"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        "claims_supported": sorted({"iss", "aud", "exp", "iat", "nonce", *_CLAIMS}),
    }


_CLAIMS = (
    *("sub", "user_id", "organization_id", "preferred_username", "nickname", "name", "email", "email_verified"),
    *("given_name", "family_name", "zoneinfo", "photos", "profile", "picture", "address", "urls", "active"),
    *("user_type", "language", "locale", "utcOffset", "updated_at", "is_app_installed"),
    "is_salesforce_integration_user",
)


def _common(identity: Identity) -> dict[str, object]:
    values = identity.values
    kind = str(values.get("UserType") or "")
    return {
        "active": bool(values.get("IsActive")),
        "user_type": _USER_TYPES.get(kind, kind),
        "language": values.get("LanguageLocaleKey"),
        "locale": values.get("LocaleSidKey"),
        "utcOffset": identity.utc_offset_ms,
        "is_app_installed": True,
    }


def _address(identity: Identity) -> dict[str, Any]:
    values = identity.values
    return {
        "street_address": values.get("Street"),
        "locality": values.get("City"),
        "region": values.get("State"),
        "country": values.get("Country"),
        "postal_code": values.get("PostalCode"),
    }


def _photos(base_url: str) -> dict[str, str]:
    return {"picture": f"{base_url}/profilephoto/005/F", "thumbnail": f"{base_url}/profilephoto/005/T"}


def _urls(identity: Identity, base_url: str, version: str) -> dict[str, str]:
    number = {"": "{version}", "latest": f"{NEWEST}.0"}.get(version, version)
    places = {"version": number, "org": identity.organization_id, "user": identity.user_id}
    return {name: base_url + path.format(**places) for name, path in _URLS.items()}


def _stamp(value: object) -> str | None:
    """Write the neutral form of a datetime as the identity service does: 2026-01-31T12:00:00Z."""
    return None if value is None else str(value).partition(".")[0].removesuffix("Z") + "Z"
