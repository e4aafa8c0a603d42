"""Tokens, and where they are kept between runs: in memory, in a file, or wherever a program of yours puts them."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Token:
    """An access token and what belongs to it. The secrets are in no ``repr``.

    ``instance_url`` is where calls go: scheme, host and port. ``refresh_token`` is None when none was given.
    ``identity_url`` and ``scope`` are '' when they are not known.
    """

    access_token: str = field(repr=False)
    instance_url: str
    refresh_token: str | None = field(default=None, repr=False)
    identity_url: str = ""
    scope: str = ""


@runtime_checkable
class TokenStore(Protocol):
    """Keeps tokens under keys, which tell the login address, the client and the user, and hold no secret."""

    def load(self, key: str) -> Token | None:
        """Give the token of a key, or None."""

    def save(self, key: str, token: Token) -> None:
        """Keep a token, in place of one that was there."""

    def drop(self, key: str) -> None:
        """Forget the token of a key, if there is one."""


class MemoryTokenStore:
    """A ``TokenStore`` that lasts as long as the process, for several clients in it."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def load(self, key: str) -> Token | None:
        """Give the token of a key, or None."""
        return self._tokens.get(key)

    def save(self, key: str, token: Token) -> None:
        """Keep a token."""
        self._tokens[key] = token

    def drop(self, key: str) -> None:
        """Forget a token."""
        self._tokens.pop(key, None)

    def __repr__(self) -> str:
        return f"<mockorg.MemoryTokenStore of {len(self._tokens)} tokens>"


class FileTokenStore:
    """A ``TokenStore`` in a JSON file that its user alone may read. It holds secrets: keep it out of your repository.

    A file that is not there is an empty store. Raises ``ValueError`` for one that is something else, ``OSError``.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def load(self, key: str) -> Token | None:
        """Give the token of a key, or None."""
        found = self._read().get(key)
        return None if found is None else Token(**found)

    def save(self, key: str, token: Token) -> None:
        """Keep a token."""
        self._write({**self._read(), key: asdict(token)})

    def drop(self, key: str) -> None:
        """Forget a token."""
        kept = self._read()
        if kept.pop(key, None) is not None:
            self._write(kept)

    def __repr__(self) -> str:
        return f"<mockorg.FileTokenStore in {str(self._path)!r}>"

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise ValueError(f"{self._path} is no token store") from None
        if not isinstance(document, dict):
            raise ValueError(f"{self._path} is no token store")
        return document

    def _write(self, document: dict[str, dict[str, str]]) -> None:
        """Replace the file as a whole: a reader sees the old one or the new one."""
        descriptor, draft = tempfile.mkstemp(prefix=".tokens-", dir=self._path.parent)  # mode 600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(document, file)
            os.replace(draft, self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise
