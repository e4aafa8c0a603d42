"""What a test may say of its org, read once: keyword arguments in, an org's settings out. It opens nothing."""

from __future__ import annotations

import json
import marshal
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mockorg_server.control.seed_document import ChildField
    from mockorg_server.core.seed import SeedRecord
    from mockorg_server.core.setting import OrgSettings
    from mockorg_server.schema.schema import Additions

DEFAULT_MY_DOMAIN: Final = "mockorg"
KNOWN: Final = frozenset(
    {
        *("schema", "seed", "clock", "users", "edition", "without", "connected_apps", "my_domain", "url"),
        *("other_hosts", "session_seed", "enforce_permissions", "standard_duplicate_rules"),
    }
)
"""The names of what a test may say; ``docs/testing.md`` tells what each means."""


class NotFollowedWarning(UserWarning):
    """What a schema says and a mock org does not follow: told once a process, as ``mockorg serve`` does at start."""


@dataclass(frozen=True)
class ScopeSettings:
    """How an org is set up, its URL, and which other hosts requests may go on to (None = all).

    ``key`` stands for all that the org is made of: orgs of the same key are the same at their start. ``org`` reads the
    seed, which is not done for an org that waits ready; it raises SeedDocumentError.
    """

    org: Callable[[], OrgSettings]
    my_domain: str
    url: str
    allowed: frozenset[str] | None
    key: str
    has_seed: bool


def scope_settings(options: Mapping[str, Any], folder: Path | None = None) -> ScopeSettings:
    """Read keyword arguments; relative paths begin at ``folder``, or where the process stands.

    Raises TypeError for an unknown name, ValueError (SchemaSourceError among them) for a value.
    """
    from mockorg_server.control.org_document import settings_of  # noqa: PLC0415
    from mockorg_server.core.setting import OrgSettings  # noqa: PLC0415

    unknown = sorted(options.keys() - KNOWN)
    if unknown:
        raise TypeError(f"mock_org knows no {unknown[0]!r}; known: {', '.join(sorted(KNOWN))}")
    given = _checked({name: value for name, value in options.items() if value is not None})
    document = {name: _plain(name, given[name]) for name in _DOCUMENT if name in given}
    document.setdefault("my_domain", DEFAULT_MY_DOMAIN)
    plain = settings_of(document, OrgSettings(session_seed=given.get("session_seed")))
    switches = {name: bool(given.get(name)) for name in _SWITCHES}
    plain = replace(
        plain,
        enforce_permissions=switches["enforce_permissions"],
        standard_duplicate_rules=switches["standard_duplicate_rules"],
    )
    sources = tuple((path, _stamp(path)) for path in _paths(given.get("schema"), folder))
    seed = _seed_parts(given.get("seed"), folder)

    def org() -> OrgSettings:
        additions = _additions(sources, plain.features) if sources else None
        return replace(plain, additions=additions, seeds=tuple(_seeds(seed, plain, additions)))

    url = _url(given.get("url") or f"https://{plain.my_domain}.my.salesforce.com")
    key = repr((document, sources, [_seed_key(part) for part in seed], plain.session_seed, switches))
    return ScopeSettings(org, plain.my_domain or "", url, _allowed(given.get("other_hosts", "pass")), key, bool(seed))


_SWITCHES: Final = ("enforce_permissions", "standard_duplicate_rules")
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
    hosts = frozenset(str(host).lower() for host in value)
    wrong = next((host for host in hosts if "/" in host), None)
    if wrong is not None:
        raise ValueError(f"other_hosts are names such as 'api.example.com', not {wrong!r}")
    return hosts


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


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    for name in sorted(given.keys() & {"enforce_permissions", "standard_duplicate_rules"}):
        if not isinstance(given[name], bool):
            raise ValueError(f"{name} is True or False, not {given[name]!r}")
    return given


@lru_cache(maxsize=32)
def _additions(sources: tuple[tuple[Path, object], ...], features: frozenset[str]) -> Additions:
    from mockorg_server.metadata.note import summarise  # noqa: PLC0415
    from mockorg_server.metadata.reading import read_schema  # noqa: PLC0415

    reading = read_schema([path for path, _ in sources], features)
    if reading.notes:
        told = "\n  ".join(summarise(reading.notes))
        warnings.warn(f"of this schema mock_org does not follow:\n  {told}", NotFollowedWarning, stacklevel=1)
    return reading.additions


def seed_records(document: object, sobject: str | None, child_field: ChildField) -> list[SeedRecord]:
    """Read a seed in any form: a path, a tree, a list of records of one type. Raises SeedDocumentError, ValueError."""
    from mockorg_server.control.seed_document import parse_posted, read_seed_file  # noqa: PLC0415

    if isinstance(document, str | PathLike):
        return read_seed_file(_found(Path(document), None), child_field)
    if isinstance(document, Mapping):
        return parse_posted(dict(document), sobject, child_field)
    if isinstance(document, Sequence) and sobject is None:
        return parse_posted({"records": list(document)}, None, child_field)
    return parse_posted(document, sobject, child_field)


def _seeds(seed: Sequence[Any], settings: OrgSettings, additions: Additions | None) -> list[SeedRecord]:
    if not seed:
        return []
    from mockorg_server.control.seed_document import child_field_of  # noqa: PLC0415
    from mockorg_server.schema.schema import load_schema  # noqa: PLC0415

    child_field = child_field_of(load_schema(settings.features, additions=additions).latest)
    return [record for part in seed for record in seed_records(part, None, child_field)]


def _seed_parts(seed: Any, folder: Path | None) -> list[Any]:
    """Tell the parts of a seed: files and trees, each loaded after the other; or one list of records."""
    if seed is None:
        return []
    if not isinstance(seed, str | PathLike | Mapping | Sequence):
        raise ValueError(f"a seed is a path, a tree, a list of these, or a list of records, not {seed!r}")
    parts = [seed] if isinstance(seed, str | PathLike | Mapping) else list(seed)
    if any(isinstance(part, Mapping) and "records" not in part for part in parts):
        return [parts]
    return [_found(Path(part), folder) if isinstance(part, str | PathLike) else part for part in parts]


def _seed_key(part: Any) -> object:
    """Tell a part of a seed from others; a file is another when it was written again."""
    if isinstance(part, Path):
        return str(part), _stamp(part)
    try:
        return sha256(marshal.dumps(part, 2)).hexdigest()  # ten times as fast as JSON; that form has no references
    except ValueError:  # a date, or a mapping that is no dict
        return json.dumps(part, sort_keys=True, default=str)
