"""From a request to the handler of its resource, and from a refusal to its answer; sub-requests go the same way."""

from __future__ import annotations

from mockorg_server.core.error import OrgError
from mockorg_server.rest.error import MESSAGES, RestError, not_found, status_of
from mockorg_server.rest.exchange import Answer, Request, error_value
from mockorg_server.rest.route import Route, Routes

_OVERRIDE = "_httpmethod"


def dispatch(routes: Routes, request: Request, path: str) -> Answer:
    """Answer a request whose path, below the version's address, is ``path``. Refusals are answers too."""
    try:
        found = routes.find(path, request.version)
        if found is None:
            raise unknown(path)
        route, request.path = found
        return _handle(route, request)
    except OrgError as error:
        return refusal(error)
    except RestError as error:
        return Answer(error_value(error), error.status, dict(error.headers))


def refusal(error: OrgError) -> Answer:
    """Give the answer of a call that the org refused."""
    message = MESSAGES.get(error.code, error.message)
    headers = {"WWW-Authenticate": "Token"} if error.code == "INVALID_SESSION_ID" else {}
    return Answer([{"message": message, "errorCode": error.code}], status_of(error.code), headers)


_UNBUILT = frozenset(
    {
        *("analytics", "apexrest", "appMenu", "async-queries", "chatter", "commerce", "connect", "consent", "dedupe"),
        *(
            "domino",
            "eclair",
            "emailConnect",
            "event",
            "flexiPage",
            "folders",
            "jobs",
            "jsonxform",
            "knowledgeManagement",
        ),
        *("licensing", "limits", "localizedvalue", "metadata", "nouns", "parameterizedSearch", "payments", "process"),
        *("prechatForms", "query", "quickActions", "recent", "relevantItems", "scheduling", "search", "sobjects"),
        *("suggestedArticles", "support", "tabs", "theme", "tooling", "ui-api", "wave", "compactLayouts"),
    }
)
"""First parts of documented addresses: what is not in the table below them is not built, and the refusal says so."""


def unknown(path: str) -> RestError:
    """Make the refusal of a resource that is not there (recorded), or that the platform has and the mock has not."""
    first = path.strip("/").partition("/")[0]
    if first not in _UNBUILT:
        return not_found()
    message = (
        f"The requested resource does not exist: mockorg does not support {path} yet (docs/rest.md lists what it does)"
    )
    return RestError("NOT_FOUND", message)


def _handle(route: Route, request: Request) -> Answer:
    method = request.method
    if method == "POST":  # for clients that cannot send PATCH
        wanted = next((value for name, value in request.query.items() if name.lower() == _OVERRIDE), None)
        method = wanted.upper() if wanted else method
    handler = route.handlers.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = ",".join(route.methods)
        # Recorded from a real org.
        message = f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
        raise RestError("METHOD_NOT_ALLOWED", message, headers={"Allow": allowed})
    request.method = method
    return handler(request)
