"""How an org is set up: what the command line and tests may choose. Plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.limit import DAILY_API_REQUESTS
from mockorg_server.core.seed import SeedRecord
from mockorg_server.schema.feature import DEFAULT_FEATURES
from mockorg_server.schema.schema import Additions

EDITIONS = tuple(DAILY_API_REQUESTS)


@dataclass(frozen=True, slots=True)
class UserSetting:
    """A user who may log in, and with what."""

    name: str
    password: str
    security_token: str = ""

    def __repr__(self) -> str:
        return f"UserSetting({self.name!r})"


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """An org's set-up.

    ``database`` is ``memory`` or the path of a file. Without ``users``, every user name with a non-empty password gets
    in. ``clock_start`` (aware) freezes the clock there; None = real time. ``seeds`` are loaded into a fresh database.
    ``session_seed`` makes session ids repeat from run to run; None = they cannot be guessed. ``additions`` are the
    org's own objects and fields, beside the standard ones: ``metadata.reading.read_schema`` makes them.
    ``tell`` is shown how far the seeds have come.
    ``enforce_permissions`` holds users to the profiles and permission sets of the schema.
    ``standard_duplicate_rules`` gives the org the platform's own duplicate rules, which refuse what looks alike.
    ``my_domain``, in lower case, is the first label of the host names that are this org's own: ``acme`` for
    ``acme.my.salesforce.com``. Without ``connected_apps``, every client id gets in.
    """

    database: str = "memory"
    users: tuple[UserSetting, ...] = ()
    edition: str = "Developer"
    features: frozenset[str] = DEFAULT_FEATURES
    clock_start: datetime | None = None
    session_seed: int | None = None
    my_domain: str | None = None
    connected_apps: tuple[ConnectedApp, ...] = ()
    seeds: Sequence[SeedRecord] = ()
    additions: Additions | None = None
    enforce_permissions: bool = False
    standard_duplicate_rules: bool = False
    tell: Callable[[str], None] | None = field(default=None, compare=False, repr=False)
