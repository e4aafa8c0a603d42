"""How ``requests`` reaches an org: an adapter that calls the application, put where a session asks for one.

Not through the sockets below, so whatever adapter a client has mounted is out of the way for Salesforce's hosts and
untouched for all others.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from email.message import Message
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from mockorg.testing._route import Route, Router, Unroutable
from mockorg.testing._wsgi import call, content_of

_DOOR = "mockorg_door"
GetAdapter = Callable[[requests.Session, str], BaseAdapter]


class OrgAdapter(BaseAdapter):
    """Answers the requests of a session from one org."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self._route = route
        self._builder = HTTPAdapter(pool_connections=1, pool_maxsize=1)  # it only builds answers

    def send(  # noqa: PLR0917  # the signature is that of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: object = None,
    ) -> requests.Response:
        """Call the application and give its answer, which is there whole. Raises ConnectionError when the org is gone.

        Of the arguments, only ``request`` means anything without a socket.
        """
        if not self._route.is_open:
            raise requests.ConnectionError(f"the mock_org of {request.url} is closed", request=request)
        headers = {_text(name): _text(value) for name, value in request.headers.items()}
        method = request.method or "GET"
        answer = call(self._route.app, method, request.url or "", headers, content_of(request.body))
        fields = HTTPHeaderDict()
        message = HTTPMessage()
        for name, value in answer.headers:
            fields.add(name, value)
            message.add_header(name, value)
        raw = HTTPResponse(
            body=io.BytesIO(b"" if method == "HEAD" else answer.content),
            headers=fields,
            status=answer.status,
            version=11,
            reason=answer.reason,
            preload_content=False,
            decode_content=False,
            original_response=_original(message),
            request_method=method,
            request_url=request.url,
        )
        response = self._builder.build_response(request, raw)
        response.connection = self  # type: ignore[assignment]
        if not stream:
            response.content  # noqa: B018  # reads it
        return response

    def close(self) -> None:
        """Do nothing: there is no connection."""


class RequestsDoor:
    """Stands in ``requests.Session.get_adapter``, and where threads start, while orgs are in use."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lock = threading.Lock()
        self._get_adapter: GetAdapter = requests.Session.get_adapter
        self._start: Callable[[threading.Thread], None] = threading.Thread.start
        self._adapters: dict[Route, OrgAdapter] = {}

    def depth(self) -> int:
        """Tell how many orgs are in use around here."""
        return self._router.depth()

    def open(self, route: Route) -> OrgAdapter:
        """Let the requests of a route in."""
        adapter = OrgAdapter(route)
        with self._lock:
            self._adapters[route] = adapter
            self._router.open(route)
            self._install()
        return adapter

    def close(self, route: Route) -> None:
        """Let the requests of a route in no more."""
        with self._lock:
            self._router.close(route)
            del self._adapters[route]
            if self._router.is_idle:
                self._remove()

    def _install(self) -> None:
        if getattr(requests.Session.get_adapter, _DOOR, None) is self:
            return
        self._get_adapter, self._start = requests.Session.get_adapter, threading.Thread.start
        get_adapter, start = self._get_adapter, self._start

        def routed_adapter(session: requests.Session, url: str | bytes) -> BaseAdapter:
            return self._choose(get_adapter, session, url)

        def marked_start(thread: threading.Thread) -> None:
            self._router.mark(thread)
            start(thread)

        setattr(routed_adapter, _DOOR, self)
        setattr(marked_start, _DOOR, self)
        requests.Session.get_adapter = routed_adapter  # type: ignore[method-assign,assignment]
        threading.Thread.start = marked_start  # type: ignore[method-assign,assignment]

    def _remove(self) -> None:
        """Take back what is still ours; what somebody has put over it falls through to the one below."""
        if getattr(requests.Session.get_adapter, _DOOR, None) is self:
            requests.Session.get_adapter = self._get_adapter  # type: ignore[method-assign]
        if getattr(threading.Thread.start, _DOOR, None) is self:
            threading.Thread.start = self._start  # type: ignore[method-assign]

    def _choose(self, get_adapter: GetAdapter, session: requests.Session, url: str | bytes) -> BaseAdapter:
        text = _text(url)
        if self._router.is_idle or not text.lower().startswith(("http://", "https://")):
            return get_adapter(session, text)
        mounted = next((each for each in session.adapters.values() if isinstance(each, OrgAdapter)), None)
        if mounted is not None:  # the session of one org's own client
            return get_adapter(session, text)
        try:
            route = self._router.route(text)
        except Unroutable as error:
            raise requests.ConnectionError(str(error)) from None
        adapter = None if route is None else self._adapters.get(route)
        return get_adapter(session, text) if adapter is None else adapter


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _original(message: Message) -> Any:
    """Give as much of a response of http.client as is asked for cookies."""
    return SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None, _method=None)
