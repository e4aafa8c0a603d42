"""How ``requests`` reaches an org: an adapter that calls the application, put where a session asks for one.

Not through the sockets below, so whatever adapter a client has mounted is out of the way for Salesforce's hosts and
untouched for all others.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import Message
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

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
        response = _BUILDER.build_response(request, raw)
        response.connection = self  # type: ignore[assignment]
        if not stream:
            response.content  # noqa: B018  # reads it
        return response

    def close(self) -> None:
        """Do nothing: there is no connection."""


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
            return get_adapter(session, text) if route is None else OrgAdapter(route)

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
