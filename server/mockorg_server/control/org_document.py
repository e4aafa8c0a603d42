"""Orgs as JSON: what ``POST /_mockorg/orgs`` is given, and what is told of an org. It opens none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mockorg_server.control.instant import parse_instant
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.org import Org
from mockorg_server.core.scope import ALL_SCOPES
from mockorg_server.core.setting import EDITIONS, OrgSettings, UserSetting
from mockorg_server.core.signing_key import public_key
from mockorg_server.schema.feature import FEATURES

_MY_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_RESERVED = frozenset({"login", "test", "localhost", "www"})


def show(org: Org) -> dict[str, object]:
    """Tell of an org."""
    return {"id": org.id, "token": org.token, "username": org.username, "my_domain": org.settings.my_domain}


def settings_of(document: object, like: OrgSettings) -> OrgSettings:
    """Read an org's settings: those of the first org, but what the document names. Raises ValueError.

    The new org is in memory, and empty. The document is
    ``{"my_domain", "edition", "without", "users", "connected_apps", "clock"}``, each of which may be left out.
    """
    given = _object(document, "an org", set(_READERS))
    values: dict[str, Any] = {"database": "memory", "seeds": (), "my_domain": None, "tell": None}
    for name, value in given.items():
        setting, read = _READERS[name]
        values[setting] = read(value)
    return replace(like, **values)


def _my_domain(value: object) -> str:
    text = _text(value, "my_domain").lower()
    if not _MY_DOMAIN.fullmatch(text) or text in _RESERVED:
        raise ValueError(f"my_domain is a label of a host name, such as 'acme', not {text!r}")
    return text


def _edition(value: object) -> str:
    text = _text(value, "edition")
    found = next((known for known in EDITIONS if known.lower() == text.lower()), None)
    if found is None:
        raise ValueError(f"unknown edition {text!r}; known: {', '.join(EDITIONS)}")
    return found


def _features(value: object) -> frozenset[str]:
    names = _texts(value, "without")
    unknown = next((name for name in names if name not in FEATURES), None)
    if unknown is not None:
        raise ValueError(f"unknown feature {unknown!r}; known: {', '.join(sorted(FEATURES))}")
    return frozenset(FEATURES) - set(names)


def _users(value: object) -> tuple[UserSetting, ...]:
    users = []
    for each in _list(value, "users"):
        user = _object(each, "a user", {"name", "password", "token"})
        token = _text(user["token"], "token") if "token" in user else ""
        users.append(UserSetting(_required(user, "name"), _required(user, "password"), token))
    names = [user.name.casefold() for user in users]
    if len(set(names)) < len(names):
        raise ValueError("two users have the same name")
    return tuple(users)


def _connected_apps(value: object) -> tuple[ConnectedApp, ...]:
    apps = tuple(_connected_app(each) for each in _list(value, "connected_apps"))
    if len({app.client_id for app in apps}) < len(apps):
        raise ValueError("two connected apps have the same id")
    return apps


def _connected_app(value: object) -> ConnectedApp:
    app = _object(
        value,
        "a connected app",
        {"id", "secret", "certificate", "callback_urls", "run_as", "approved_users", "scopes", "requires_pkce"},
    )
    scopes = _texts(app.get("scopes", list(ALL_SCOPES)), "scopes")
    unknown = next((name for name in scopes if name not in ALL_SCOPES), None)
    if unknown is not None:
        raise ValueError(f"unknown scope {unknown!r}; known: {', '.join(ALL_SCOPES)}")
    approved = app.get("approved_users")
    return ConnectedApp(
        _required(app, "id"),
        _required(app, "secret"),
        _certificate(app.get("certificate")),
        callback_urls=_texts(app.get("callback_urls", []), "callback_urls"),
        run_as=None if app.get("run_as") is None else _text(app["run_as"], "run_as"),
        approved_users=None
        if approved is None
        else frozenset(name.casefold() for name in _texts(approved, "approved_users")),
        scopes=scopes,
        requires_pkce=app.get("requires_pkce") is True,
    )


def _certificate(value: object) -> str | None:
    if value is None:
        return None
    text = _text(value, "certificate")
    try:
        public_key(text)
    except ValueError:
        raise ValueError("certificate must be a certificate or public key in PEM") from None
    return text


def _clock(value: object) -> object:
    return None if value is None else parse_instant(_text(value, "clock"))


_READERS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "my_domain": ("my_domain", _my_domain),
    "edition": ("edition", _edition),
    "without": ("features", _features),
    "users": ("users", _users),
    "connected_apps": ("connected_apps", _connected_apps),
    "clock": ("clock_start", _clock),
}
"""Names in the document: the setting each becomes, and how it is read."""


def _object(value: object, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is an object of {', '.join(sorted(known))}, not {type(value).__name__}")
    unknown = next((key for key in value if key not in known), None)
    if unknown is not None:
        raise ValueError(f"unknown key {unknown!r} in {what}; known: {', '.join(sorted(known))}")
    return value


def _required(value: Mapping[str, object], name: str) -> str:
    text = _text(value.get(name), name)
    if not text.strip():
        raise ValueError(f"{name} must not be empty")
    return text


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, not {type(value).__name__}")
    return value


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list, not {type(value).__name__}")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    return tuple(_text(each, name) for each in _list(value, name))
