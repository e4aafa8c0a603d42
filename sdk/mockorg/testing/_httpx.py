"""How ``httpx`` reaches an org: a transport for clients of one's own, and the patches for all others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from mockorg.testing._door import Patch
from mockorg.testing._route import Route, Router, Unroutable
from mockorg.testing._wsgi import call

Handle = Callable[[httpx.HTTPTransport, httpx.Request], httpx.Response]
AsyncHandle = Callable[[httpx.AsyncHTTPTransport, httpx.Request], Awaitable[httpx.Response]]


class OrgTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers the requests of an ``httpx.Client`` or ``httpx.AsyncClient`` from one org."""

    def __init__(self, route: Route) -> None:
        self._route = route

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application. Raises httpx.ConnectError when the org is gone."""
        return _answer(self._route, request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Do as ``handle_request``, in the event loop: it takes milliseconds, and no lock is held by another task."""
        return _answer(self._route, request, await request.aread())


def patches(router: Router) -> tuple[Patch, Patch]:
    """Give what makes every client of httpx with a transport of its own find the org of its context."""

    def around(handle: Handle) -> Handle:
        def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            route = _route(router, request)
            return handle(transport, request) if route is None else _answer(route, request, request.read())

        return handle_request

    def around_async(handle: AsyncHandle) -> AsyncHandle:
        async def handle_request(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            route = _route(router, request)
            if route is None:
                return await handle(transport, request)
            return _answer(route, request, await request.aread())

        return handle_request

    return (
        Patch(httpx.HTTPTransport, "handle_request", around),
        Patch(httpx.AsyncHTTPTransport, "handle_async_request", around_async),
    )


def _route(router: Router, request: httpx.Request) -> Route | None:
    try:
        return router.route(str(request.url))
    except Unroutable as error:
        raise httpx.ConnectError(str(error), request=request) from None


def _answer(route: Route, request: httpx.Request, content: bytes) -> httpx.Response:
    if not route.is_open:
        raise httpx.ConnectError(f"the mock_org of {request.url} is closed", request=request)
    answer = call(route.app, request.method, str(request.url), dict(request.headers), content)
    stream = httpx.ByteStream(b"" if request.method == "HEAD" else answer.content)
    return httpx.Response(answer.status, headers=answer.headers, stream=stream, request=request)
