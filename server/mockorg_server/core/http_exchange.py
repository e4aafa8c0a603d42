"""The HTTP request that a thread is answering, as far as the journal and injected faults want to know of it.

A context variable instead of an argument through every wire: it holds nothing longer than the request lasts.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer that stands in for the real one."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, eq=False)
class HttpExchange:
    """A request and what became of it.

    ``length`` is the size of its body in bytes, None when the client did not tell. ``status`` is 0 until it is
    answered, ``call_count`` how many calls it has led to. ``instead``, when set, is answered in place of whatever the
    wire says.
    """

    method: str
    path: str
    length: int | None = field(default=None, repr=False)
    status: int = 0
    call_count: int = 0
    instead: HttpAnswer | None = None


EXCHANGE: Final[ContextVar[HttpExchange | None]] = ContextVar("mockorg_exchange", default=None)
"""The request that is being answered here, None in calls that came without HTTP."""
