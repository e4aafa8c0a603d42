"""The two kinds of error, never mixed.

The whole call fails: ``raise OrgError``. One record fails: a ``RowError`` is a value in that record's result.
Neither knows an HTTP status or a fault element; each wire has a total table over the codes. Anything else that is
raised is a bug, is logged with its traceback, and is never dressed as one of these.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mockorg_server.core.duplicate_result import DuplicateResult
from mockorg_server.store.error import StoreCapacityError, StoreError, StoreUnsupportedError

LOG = logging.getLogger("mockorg.core")


class OrgError(Exception):
    """A call refused as a whole.

    ``code`` is an ExceptionCode of the SOAP API. ``row`` and ``column`` are 1-based positions in a query, -1 when
    the code is of the query family but has no position, and meaningless otherwise.
    """

    def __init__(self, code: str, message: str, row: int = -1, column: int = -1) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.row = row
        self.column = column


class OAuthError(OrgError):
    """A refusal by the rules of OAuth: ``code`` is an error of its standards or of the platform's own list.

    ``may_redirect`` is False when the client must not be told by a redirect: it is unknown, or its URI is.
    """

    def __init__(self, code: str, message: str, *, may_redirect: bool = True) -> None:
        super().__init__(code, message)
        self.may_redirect = may_redirect


class IdentityError(OrgError):
    """A refusal of the identity service: ``code`` is the whole body of the answer (recorded)."""

    def __init__(self, code: str) -> None:
        super().__init__(code, code)


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one record failed: a StatusCode of the SOAP API, its message, and the fields it speaks of.

    ``duplicate`` tells what a duplicate rule has found, where it was one that refused the record.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicate: DuplicateResult | None = field(default=None, compare=False)


def refusal_of(error: StoreError) -> OrgError:
    """Give what a caller is told when the database fails: here and nowhere else, whatever the wire.

    SERVER_UNAVAILABLE is the ExceptionCode for a server that a call needs and that does not answer; the text is
    mockorg's own, for the trouble is with the machine it runs on. A full disk is never told as an error of data.
    """
    if isinstance(error, StoreCapacityError):
        return OrgError("LIMIT_EXCEEDED", f"mockorg cannot do this: {error}")
    if isinstance(error, StoreUnsupportedError):
        return OrgError("UNSUPPORTED_QUERY", f"mockorg does not support {error}")
    LOG.warning("a call was refused: %s", error)
    return OrgError(
        "SERVER_UNAVAILABLE", f"mockorg's database does not answer, and nothing of this call was done: {error}"
    )


@contextmanager
def refusing() -> Iterator[None]:
    """Tell a failing database in the words of a call."""
    try:
        yield
    except StoreError as error:
        raise refusal_of(error) from error
