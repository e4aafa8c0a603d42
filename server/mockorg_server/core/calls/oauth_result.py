"""Results of the OAuth operations. Secrets are in no ``repr``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenResult:
    """A token and what comes with it. ``signature`` is base64 HMAC-SHA256 of ``id_url`` + ``issued_at``."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    signature: str = field(repr=False)
    scopes: tuple[str, ...]
    id_url: str
    issued_at: str  # milliseconds since 1970
    my_domain: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What introspection tells of a living token."""

    kind: str  # access_token or refresh_token
    scopes: tuple[str, ...]
    client_id: str
    username: str
    id_url: str
    issued_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user as the identity service tells of it; ``values`` are fields of the User record."""

    organization_id: str
    user_id: str
    asserted: bool
    values: dict[str, Value]
    utc_offset_ms: int
