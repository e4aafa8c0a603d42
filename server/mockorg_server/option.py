"""The options of ``mockorg serve`` as values: each reads one text of the command line or says what is wrong with it.

Every reader raises ``ValueError`` with a sentence for the user. Nothing is opened, bound or loaded here, and what
is not built yet is refused by name. Imports the standard library only, in the end.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from mockorg_server.control.instant import parse_instant
from mockorg_server.schema.feature import FEATURES

UNSUPPORTED: dict[str, str] = {}
"""Options of the public surface that are not built yet, with their metavars."""

UNSUPPORTED_COMMANDS = ("snapshot", "compare")

MEMORY = "memory"
_MAX_MEGABYTES = 1024
_SQLITE_MAGIC = b"SQLite format 3\0"


def port(text: str) -> int:
    """Read a TCP port; 0 asks for any free one."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError(f"{text!r} is not a port number between 0 and 65535")
    return int(text)


def host(text: str) -> str:
    """Read a host name or address to listen on; an IPv6 address may stand in brackets."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not bare or any(character.isspace() for character in bare):
        raise ValueError(f"{text!r} is not a host name or address")
    return bare


def database(text: str) -> str:
    """Read where the data lives: ``memory``, or the path of an SQLite file that may not exist yet."""
    if text == MEMORY:
        return text
    if "://" in text:
        raise ValueError(f"{text.partition('://')[0]}:// databases are not supported yet; give memory or a file")
    path = Path(text)
    if not text or path.is_dir():
        raise ValueError(f"{text!r} is not a file")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {str(path.parent)!r}")
    if path.exists():
        try:
            with path.open("rb") as file:
                magic = file.read(len(_SQLITE_MAGIC))
        except OSError as error:
            raise ValueError(f"{text!r} cannot be read: {error.strerror}") from None
        if magic not in {b"", _SQLITE_MAGIC}:
            raise ValueError(f"{text!r} is not a database of mockorg")
    return text


def user(text: str) -> tuple[str, str, str]:
    """Read ``NAME:PASSWORD[:TOKEN]`` as name, password and security token ('' when there is none)."""
    parts = text.split(":")
    if len(parts) not in {2, 3} or not all(parts):
        # The text holds a password, so it is not repeated.
        raise ValueError("a user is NAME:PASSWORD or NAME:PASSWORD:TOKEN, with no part empty")
    name, password, *token = parts
    return name, password, token[0] if token else ""


def connected_app(text: str) -> tuple[str, str, str | None]:
    """Read ``ID:SECRET[:FILE]`` as client id, client secret and the PEM text of a certificate, None without one."""
    client_id, _, rest = text.partition(":")
    secret, _, file = rest.partition(":")
    if not client_id or not secret:
        # The text holds a secret, so it is not repeated.
        raise ValueError("a connected app is ID:SECRET or ID:SECRET:FILE, FILE a certificate in PEM; no part is empty")
    if not file:
        return client_id, secret, None
    try:
        return client_id, secret, Path(file).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise ValueError(f"the certificate of {client_id}, {file!r}, cannot be read") from None


def proxy_host(text: str) -> str:
    """Read a host that the proxy lets through: a name, or ``*.example.com`` for all below it."""
    bare = text.removeprefix("*.")
    if not bare or any(character.isspace() or character in "/:*" for character in bare):
        raise ValueError(f"{text!r} is not a host name; write example.com or *.example.com, without port")
    return text


def megabytes(text: str) -> int:
    """Read a size in MiB."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MAX_MEGABYTES):
        raise ValueError(f"{text!r} is not a number of megabytes between 1 and {_MAX_MEGABYTES}")
    return int(text)


def seed_file(text: str) -> Path:
    """Read the path of a seed file; it must be there."""
    path = Path(text)
    if not path.is_file():
        raise ValueError(f"there is no file {text!r}")
    return path


def schema_path(text: str) -> Path:
    """Read the path of a schema: a folder or a file; it must be there."""
    path = Path(text)
    if not text or not path.exists():
        raise ValueError(f"there is no file or folder {text!r}")
    return path


def hook_file(text: str) -> Path:
    """Read the path of a Python file; it must be there."""
    path = Path(text)
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"there is no Python file {text!r}")
    return path


def instant(text: str) -> datetime:
    """Read an instant with a time zone, such as ``2026-01-31T12:00:00Z``."""
    return parse_instant(text)


def feature(text: str) -> str:
    """Read the name of a feature of an org."""
    for known in FEATURES:
        if known.lower() == text.lower():
            return known
    raise ValueError(f"unknown feature {text!r}; known: {', '.join(sorted(FEATURES))}")


def control_token(text: str) -> str:
    """Read the token that opens the control API; one that a header cannot carry, or anyone would guess, is refused."""
    if not text.strip() or not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("a control token is printable ASCII without spaces around it")
    return text
