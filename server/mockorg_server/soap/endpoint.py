"""The partner endpoint: drives spyne through one call, and turns what is no refusal into the fault of a bug.

spyne's own ``WsgiApplication`` is not used: it fails on an empty body, a missing Content-Length and invalid UTF-8.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spyne.context import MethodContext
from spyne.server import ServerBase

from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.session import Caller
from mockorg_server.soap.contract import Contract
from mockorg_server.soap.exchange import Exchange
from mockorg_server.soap.fault import bug_fault
from mockorg_server.soap.protocol import Bug, PartnerProtocol, Refusal
from mockorg_server.soap.service import build_application

LOG = logging.getLogger("mockorg.soap")

OnBug = Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply or a fault, as bytes."""

    content: bytes
    is_fault: bool


class PartnerEndpoint(ServerBase):  # type: ignore[misc]  # spyne has no types
    """Answers requests of the partner API. Safe under threads.

    ``on_bug`` is told of every exception that is not a refusal; ``bugs`` counts them.
    """

    transport = "http://schemas.xmlsoap.org/soap/http"

    def __init__(self, contract: Contract, host: Host, on_bug: OnBug | None = None) -> None:
        protocols = PartnerProtocol(contract, host), PartnerProtocol(contract, host)
        super().__init__(build_application(contract, *protocols, handle=self._handle))
        self._on_bug = on_bug
        self.bugs = 0

    def answer(self, content: bytes, exchange: Exchange) -> Answer:
        """Answer one request, whatever its bytes are."""
        try:
            return self._answer(content, exchange)
        except Exception as error:
            error_id = self._tell(error)
            return Answer(bug_fault(error_id), is_fault=True)

    def _answer(self, content: bytes, exchange: Exchange) -> Answer:
        # The context is not closed at the end: it holds no files, and closing would run the garbage collector.
        first = MethodContext(self, MethodContext.SERVER)
        first.udc = exchange
        first.in_string = (content,)
        ctx = self.generate_contexts(first, exchange.charset)[0]
        try:
            if ctx.in_error is None:
                self.get_in_object(ctx)
            if ctx.in_error is None:
                self.get_out_object(ctx)
            else:
                ctx.out_error = ctx.in_error
            self.get_out_string(ctx)
            return Answer(b"".join(ctx.out_string), ctx.out_error is not None)
        finally:
            # A context refers to itself, so it would keep request and reply in memory until the collector finds it.
            vars(first).clear()
            vars(ctx).clear()

    def _handle(self, _operation_name: str, ctx: Any) -> Any:
        """Run the operation. Nothing is raised from here: spyne would log refusals as errors, and answer bugs."""
        exchange: Exchange = ctx.udc
        headers = exchange.headers
        caller = Caller(headers.session_id, exchange.version, headers.client, exchange.base_url)
        try:
            assert exchange.org is not None  # noqa: S101  # deserialize() has filled both in
            assert exchange.operation is not None  # noqa: S101
            return exchange.org.run(exchange.operation, caller)
        except OrgError as error:
            ctx.out_error = Refusal(error)
        except Exception as error:
            ctx.out_error = Bug(error)
        return None

    def _tell(self, error: Exception) -> str:
        error_id = secrets.token_hex(8)
        self.bugs += 1
        LOG.error("a bug, ErrorId %s", error_id, exc_info=error)
        if self._on_bug is not None:
            self._on_bug(error)
        return error_id
