"""How ``requests`` reaches an org: an adapter that calls the application, put where a session asks for one.

Not through the sockets below. An adapter that the client has mounted still does its own part, its retries and what its
``send`` does besides; only the connection under it is replaced.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from email.message import Message
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import MaxRetryError

from mockorg.testing._door import Patch
from mockorg.testing._route import Route, Router, Unroutable
from mockorg.testing._wsgi import call, content_of

_BUILDER: Final = HTTPAdapter(pool_connections=1, pool_maxsize=1)  # only builds answers, which is a pure function
GetAdapter = Callable[[requests.Session, str], BaseAdapter]
MergeSettings = Callable[..., Any]


class OrgAdapter(BaseAdapter):
    """Answers the requests of a session from one org."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self._route = route

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
        response = _BUILDER.build_response(request, _raw(self._route, request))
        response.connection = self  # type: ignore[assignment]
        if not stream:
            response.content  # noqa: B018  # reads it
        return response

    def close(self) -> None:
        """Do nothing: there is no connection."""


class _OrgBelow(HTTPAdapter):
    """What stands in the place of ``HTTPAdapter`` below an adapter of the client's own: it ends at an org."""

    __slots__ = ("route",)
    route: Route

    def send(  # noqa: PLR0917  # the signature is that of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Answer from the org, and try again as often as ``max_retries`` says, in urllib3's own way."""
        self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        method, retries = request.method or "GET", self.max_retries
        if request.body is not None:
            request.body = content_of(request.body)  # which may be sent more than once
        while True:
            raw = _raw(self.route, request)
            response = self.build_response(request, raw)
            if not stream:
                response.content  # noqa: B018  # reads it
            if not retries.is_retry(method, raw.status, "Retry-After" in raw.headers):
                return response
            try:
                retries = retries.increment(method, request.url, response=raw)
            except MaxRetryError as error:
                if retries.raise_on_status:
                    raise requests.exceptions.RetryError(error, request=request) from None
                return response
            retries.sleep(raw)

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
        """Refuse to connect, where an adapter calls ``HTTPAdapter.send`` past this class."""
        raise requests.ConnectionError(f"mock_org refused to connect to {request.url}", request=request)

    def get_connection(self, url: str | bytes, proxies: object = None) -> Any:
        """Refuse to connect, as requests before 2.32 asks."""
        raise requests.ConnectionError(f"mock_org refused to connect to {_text(url)}")


def _raw(route: Route, request: requests.PreparedRequest) -> HTTPResponse:
    if not route.is_open:
        raise requests.ConnectionError(f"the mock_org of {request.url} is closed", request=request)
    headers = {_text(name): _text(value) for name, value in request.headers.items()}
    method = request.method or "GET"
    answer = call(route.app, method, request.url or "", headers, content_of(request.body))
    fields = HTTPHeaderDict()
    message = HTTPMessage()
    for name, value in answer.headers:
        fields.add(name, value)
        message.add_header(name, value)
    return HTTPResponse(
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


def _adapter(route: Route, mounted: BaseAdapter) -> BaseAdapter:
    """Give the way to an org that keeps what a mounted adapter does itself."""
    if not isinstance(mounted, HTTPAdapter):
        return OrgAdapter(route)
    kind: Any = type(mounted)
    if kind is HTTPAdapter and not mounted.max_retries.total:
        return OrgAdapter(route)
    try:
        made = object.__new__(_above_org(kind))
    except TypeError:  # a class that cannot be derived from
        return OrgAdapter(route)
    made.__dict__ = mounted.__dict__  # shared: what it notes is noted on the client's own
    made.route = route
    return made


@functools.lru_cache(maxsize=64)
def _above_org(kind: Any) -> type[_OrgBelow]:
    """Derive a class whose ``super().send`` is the org's."""
    return type(kind.__name__, (_OrgBelow,) if kind is HTTPAdapter else (kind, _OrgBelow), {})


def patches(router: Router) -> tuple[Patch, Patch]:
    """Give what makes every session find the org of its context, without a look for proxies on the way."""

    def around(get_adapter: GetAdapter) -> GetAdapter:
        def routed_adapter(session: requests.Session, url: str | bytes) -> BaseAdapter:
            text = _text(url)
            if any(isinstance(each, OrgAdapter) for each in session.adapters.values()):
                return get_adapter(session, text)  # the session of one org's own client
            try:
                route = router.route(text)
            except Unroutable as error:
                raise requests.ConnectionError(str(error)) from None
            mounted = get_adapter(session, text)
            return mounted if route is None else _adapter(route, mounted)

        return routed_adapter

    def around_settings(merge: MergeSettings) -> MergeSettings:
        def merged(  # noqa: PLR0917  # the signature is that of requests
            session: requests.Session, url: str | bytes, proxies: Any, stream: Any, verify: Any, cert: Any
        ) -> Any:
            if not _is_routed(router, session, _text(url)):
                return merge(session, url, proxies, stream, verify, cert)
            return {
                "proxies": dict(proxies or {}),
                "stream": session.stream if stream is None else stream,
                "verify": session.verify if verify is None else verify,
                "cert": session.cert if cert is None else cert,
            }

        return merged

    return (
        Patch(requests.Session, "get_adapter", around),
        Patch(requests.Session, "merge_environment_settings", around_settings),
    )


def _is_routed(router: Router, session: requests.Session, url: str) -> bool:
    if any(isinstance(each, OrgAdapter) for each in session.adapters.values()):
        return True
    try:
        return router.route(url) is not None
    except Unroutable:  # which is told when the adapter is asked for
        return True


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _original(message: Message) -> Any:
    """Give as much of a response of http.client as is asked for cookies."""
    return SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None, _method=None)
