"""``mockorg schema pull``: the schema of any org, real or mock, as describe JSON in a folder.

One of the two modules that use the client SDK: it is a client of an org, and serves nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import mockorg
from mockorg_server.progress import Progress

LOGIN_URL = "https://login.salesforce.com"


class PullOptions(Protocol):
    """What ``mockorg schema pull`` was asked for; what is None is looked up in the environment."""

    out: Path
    sobject: Sequence[str]
    url: str | None
    token: str | None
    username: str | None
    password: str | None
    security_token: str | None
    api_version: str


def pull(options: PullOptions) -> int:
    """Write the describes and give the exit status: 0, 2 for what was asked wrongly, 1 when the org or disk refuses."""
    try:
        client = _connect(options)
    except (ValueError, mockorg.NotBuiltError) as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return 2
    except (mockorg.CallError, mockorg.TransportError) as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return 1
    try:
        with Progress() as progress:
            files = mockorg.pull_schema(client, options.out, sobjects=options.sobject or None, tell=progress.tell)
    except (mockorg.CallError, mockorg.TransportError, OSError) as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return 1
    print(f"{len(files)} sObjects in {options.out}")
    return 0


def _connect(options: PullOptions) -> mockorg.Client:
    token = options.token or _environment("SF_ACCESS_TOKEN")
    username = options.username or _environment("SF_USERNAME")
    password = options.password or _environment("SF_PASSWORD")
    url = options.url or _environment("SF_INSTANCE_URL", "SF_ORG_INSTANCE_URL")
    if token is not None and options.username is None:
        if url is None:
            raise ValueError("a token needs the address of its org: --url, or SF_INSTANCE_URL")
        return mockorg.connect(url, access_token=token, api_version=options.api_version)
    if username is None or password is None:
        raise ValueError(
            "give --token and --url, or --username and --password; or set SF_ACCESS_TOKEN and SF_INSTANCE_URL, or "
            "SF_USERNAME and SF_PASSWORD"
        )
    security_token = options.security_token or _environment("SF_SECURITY_TOKEN") or ""
    return mockorg.connect(
        url or LOGIN_URL,
        username=username,
        password=password,
        security_token=security_token,
        api_version=options.api_version,
    )


def _environment(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)
