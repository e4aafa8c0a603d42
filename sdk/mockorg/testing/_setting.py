"""What a test may say of its org, read once: keyword arguments in, an org's settings out. It opens nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mockorg_server.core.seed import SeedRecord
    from mockorg_server.core.setting import OrgSettings
    from mockorg_server.schema.schema import Additions

DEFAULT_MY_DOMAIN: Final = "mockorg"
KNOWN: Final = frozenset(
    {
        *("schema", "seed", "clock", "users", "edition", "without", "connected_apps", "my_domain", "url"),
        *("other_hosts", "session_seed", "enforce_permissions"),
    }
)
"""The names of what a test may say; ``docs/testing.md`` tells what each means."""


@dataclass(frozen=True)
class ScopeSettings:
    """An org's settings, its URL, and which other hosts requests may go on to (None = all).

    ``key`` stands for all that the org is made of: orgs of the same key are the same at their start.
    """

    org: OrgSettings
    url: str
    allowed: frozenset[str] | None
    key: str


def scope_settings(options: Mapping[str, Any], folder: Path | None = None) -> ScopeSettings:
    """Read keyword arguments; relative paths begin at ``folder``, or where the process stands.

    Raises TypeError for an unknown name, ValueError (SeedDocumentError and SchemaSourceError among them) for a value.
    """
    from mockorg_server.control.org_document import settings_of  # noqa: PLC0415
    from mockorg_server.core.setting import OrgSettings  # noqa: PLC0415

    unknown = sorted(options.keys() - KNOWN)
    if unknown:
        raise TypeError(f"mock_org knows no {unknown[0]!r}; known: {', '.join(sorted(KNOWN))}")
    given = {name: value for name, value in options.items() if value is not None}
    document = {name: _plain(name, given[name]) for name in _DOCUMENT if name in given}
    document.setdefault("my_domain", DEFAULT_MY_DOMAIN)
    plain = settings_of(document, OrgSettings())
    schema = _paths(given.get("schema"), folder)
    seed = given.get("seed", ())
    additions = _additions(tuple((path, _stamp(path)) for path in schema), plain.features) if schema else None
    settings = replace(
        plain,
        additions=additions,
        seeds=tuple(_seeds(seed, folder, plain, additions)),
        session_seed=given.get("session_seed"),
        enforce_permissions=bool(given.get("enforce_permissions")),
    )
    url = _url(given.get("url") or f"https://{settings.my_domain}.my.salesforce.com")
    plain_parts = (document, settings.session_seed, settings.enforce_permissions)
    key = repr((plain_parts, [(str(path), _stamp(path)) for path in schema], _seed_key(seed, folder)))
    return ScopeSettings(settings, url, _allowed(given.get("other_hosts", "pass")), key)


_DOCUMENT: Final = ("my_domain", "edition", "without", "users", "connected_apps", "clock")


def _plain(name: str, value: Any) -> Any:
    """Bring a value into the form that the control API takes."""
    if name == "clock" and isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("clock must have a time zone: datetime(2026, 1, 31, tzinfo=UTC)")
        return value.astimezone(UTC).isoformat()
    if name == "without":
        return [value] if isinstance(value, str) else list(value)
    if name == "users":
        return [_user(each) for each in ([value] if isinstance(value, str) else value)]
    if name == "connected_apps":
        return list(value)
    return value


def _user(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    parts = value.split(":") if isinstance(value, str) else list(value)
    if len(parts) not in {2, 3} or not all(parts):
        raise ValueError("a user is NAME:PASSWORD or NAME:PASSWORD:TOKEN, with no part empty")
    return dict(zip(("name", "password", "token"), parts, strict=False))


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"url must be such as 'https://acme.my.salesforce.com', not {text!r}")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _allowed(value: object) -> frozenset[str] | None:
    if value == "pass":
        return None
    if value == "refuse":
        return frozenset()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"other_hosts is 'pass', 'refuse' or a list of host names, not {value!r}")
    return frozenset(str(host).lower() for host in value)


def _paths(value: Any, folder: Path | None) -> list[Path]:
    if value is None:
        return []
    single = isinstance(value, str | PathLike)
    return [_found(Path(each), folder) for each in ([value] if single else value)]


def _found(path: Path, folder: Path | None) -> Path:
    beside = path if folder is None else folder / path
    found = beside if beside.exists() else path.absolute()
    if not found.exists():
        raise ValueError(f"there is no file or folder {str(beside)!r}")
    return found


def _stamp(path: Path) -> tuple[tuple[int, int], ...]:
    """Tell one state of a file or folder from another."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple((each.stat().st_mtime_ns, each.stat().st_size) for each in files)


@lru_cache(maxsize=32)
def _additions(sources: tuple[tuple[Path, object], ...], features: frozenset[str]) -> Additions:
    from mockorg_server.metadata.reading import read_schema  # noqa: PLC0415

    return read_schema([path for path, _ in sources], features).additions


def seed_records(
    document: object, sobject: str | None, child_field: Any, folder: Path | None = None
) -> list[SeedRecord]:
    """Read a seed in any form: a path, a tree, a list of records of one type. Raises SeedDocumentError, ValueError."""
    from mockorg_server.control.seed_document import parse_posted, read_seed_file  # noqa: PLC0415

    if isinstance(document, str | PathLike):
        return read_seed_file(_found(Path(document), folder), child_field)
    if isinstance(document, Mapping):
        return parse_posted(dict(document), sobject, child_field)
    if isinstance(document, Sequence) and sobject is None:
        return parse_posted({"records": list(document)}, None, child_field)
    return parse_posted(document, sobject, child_field)


def _seeds(seed: Any, folder: Path | None, settings: OrgSettings, additions: Additions | None) -> list[SeedRecord]:
    if not seed:
        return []
    from mockorg_server.control.seed_document import child_field_of  # noqa: PLC0415
    from mockorg_server.schema.schema import load_schema  # noqa: PLC0415

    child_field = child_field_of(load_schema(settings.features, additions=additions).latest)
    return [record for part in _seed_parts(seed) for record in seed_records(part, None, child_field, folder)]


def _seed_parts(seed: Any) -> list[Any]:
    """Tell the parts of a seed: files and trees, each loaded after the other; or one list of records."""
    if isinstance(seed, str | PathLike | Mapping):
        return [seed]
    parts = list(seed)
    return [parts] if any(isinstance(part, Mapping) and "records" not in part for part in parts) else parts


def _seed_key(seed: Any, folder: Path | None) -> list[object]:
    key: list[object] = []
    for part in _seed_parts(seed) if seed else ():
        if isinstance(part, str | PathLike):
            path = _found(Path(part), folder)
            key.append((str(path), _stamp(path)))
        else:
            key.append(json.dumps(part, sort_keys=True, default=str))
    return key
