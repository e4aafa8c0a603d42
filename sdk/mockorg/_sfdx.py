"""The ``sf`` command line's ways to hand an org on: its auth URL, and ``sf org display --json``. It runs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_AUTH_URL = re.compile(
    r"force://(?P<client_id>[^:]*):(?P<client_secret>[^:]*):(?P<refresh_token>[^@]+)@(?:(?P<scheme>https?)://)?"
    r"(?P<host>[A-Za-z0-9.:-]+)/?"
)
_PLATFORM_CLI = "PlatformCLI"


@dataclass(frozen=True)
class SfdxAuth:
    """What the command line knew of an org. Secrets are in no ``repr``."""

    instance_url: str
    client_id: str = _PLATFORM_CLI
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    api_version: str | None = None


def sfdx_auth(source: str | Mapping[str, Any]) -> SfdxAuth:
    """Read an auth URL, or what ``sf org display --json`` printed, as text or as parsed. Raises ValueError.

    ``--verbose`` makes the command tell its auth URL too; with that the token can be renewed. No message repeats the
    source: it is full of secrets.
    """
    if isinstance(source, str):
        text = source.strip()
        if text.startswith("force://"):
            return _of_url(text)
        try:
            source = json.loads(text)
        except ValueError:
            raise ValueError("this is neither force://… nor the JSON of `sf org display --json`") from None
    return _of_display(source)


def _of_url(text: str) -> SfdxAuth:
    match = _AUTH_URL.fullmatch(text)
    if match is None:
        raise ValueError("an auth URL is force://CLIENT_ID:CLIENT_SECRET:REFRESH_TOKEN@HOST")
    return SfdxAuth(
        instance_url=f"{match['scheme'] or 'https'}://{match['host']}",
        client_id=match["client_id"] or _PLATFORM_CLI,
        client_secret=match["client_secret"] or None,
        refresh_token=match["refresh_token"],
    )


def _of_display(document: object) -> SfdxAuth:
    result = document.get("result", document) if isinstance(document, Mapping) else None
    if not isinstance(result, Mapping) or not isinstance(result.get("instanceUrl"), str):
        raise ValueError("the JSON of `sf org display --json` has a result with an instanceUrl; this has not")
    version = result.get("apiVersion")
    token = result.get("accessToken")
    is_hidden = isinstance(token, str) and token.startswith("[")  # newer ones print "[REDACTED] Use …" in its place
    known = SfdxAuth(
        instance_url=result["instanceUrl"].rstrip("/"),
        client_id=result.get("clientId") or _PLATFORM_CLI,
        access_token=token if isinstance(token, str) and not is_hidden else None,
        api_version=version if isinstance(version, str) else None,
    )
    url = result.get("sfdxAuthUrl")
    if isinstance(url, str) and url.startswith("force://"):
        told = _of_url(url)
        return SfdxAuth(
            known.instance_url,
            told.client_id,
            told.client_secret,
            told.refresh_token,
            known.access_token,
            known.api_version,
        )
    if is_hidden:
        raise ValueError(
            "this version of sf hides the token: give what `sf org auth show-sfdx-auth-url` prints, or run "
            "`sf org display --json` with SF_TEMP_SHOW_SECRETS=true"
        )
    if not known.access_token:
        raise ValueError("the JSON of `sf org display --json` has neither an accessToken nor an sfdxAuthUrl")
    return known
