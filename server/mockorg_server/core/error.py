"""The two kinds of error, never mixed.

The whole call fails: ``raise OrgError``. One record fails: a ``RowError`` is a value in that record's result.
Neither knows an HTTP status or a fault element; each wire has a total table over the codes. Anything else that is
raised is a bug, is logged with its traceback, and is never dressed as one of these.
"""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one record failed: a StatusCode of the SOAP API, its message, and the fields it speaks of."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
