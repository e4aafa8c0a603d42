"""The exceptions of the package. What fails for one record alone is not here: see ``RecordError``, a value.

    Exception
    └── CallError                a call failed as a whole: .code .message .row .column .http_status
        ├── LoginError           who you are was refused (INVALID_LOGIN, PASSWORD_LOCKOUT …)
        ├── SessionError         the session is not, or no longer, good (INVALID_SESSION_ID …)
        ├── QueryError           a query, or a name in it, is wrong (MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE …)
        ├── LimitError           too much at once, or too much today (EXCEEDED_ID_LIMIT, REQUEST_LIMIT_EXCEEDED …)
        └── TransportError       no answer, or one that is not of the API (connection, timeout, proxy's HTML …)

    NotImplementedError
    └── NotBuiltError            asked of this package, and not built yet

The class follows from the code alone, whatever the call and the wire: INVALID_TYPE from a describe is a QueryError too.
Arguments that cannot be right whatever the org (a naive datetime, a text where a list of ids belongs) are the plain
``ValueError`` and ``TypeError``, raised before anything is sent.
"""

from __future__ import annotations

import re
from types import MappingProxyType


class CallError(Exception):
    """A call that failed as a whole; nothing of it was done.

    ``code`` is the platform's ExceptionCode (``MALFORMED_QUERY``) or, where the SOAP layer itself refused the request,
    the name of its faultcode (``Client``). ``message`` is the platform's text, unchanged. ``row`` and ``column`` are
    1-based positions in the query, None when the error has none. ``http_status`` is that of the answer, None when
    there was none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        row: int | None = None,
        column: int | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.row = row
        self.column = column
        self.http_status = http_status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class LoginError(CallError):
    """The org refused to open a session: wrong name, password or token, a locked user, a closed hour.

    ``code`` is an ExceptionCode after a login over SOAP, and an error of OAuth (``invalid_grant``) after one by OAuth.
    """


class SessionError(CallError):
    """The session is unknown, over or of no use: log in again. A client that logged in by OAuth does so by itself."""


class QueryError(CallError):
    """A query, a query locator, or the name of an sObject or field is wrong. Of queries, see ``row`` and ``column``."""


class LimitError(CallError):
    """A limit of the call or of the org is exceeded. ``code`` tells which; nothing was done."""


class TransportError(CallError):
    """No answer came, or one that is not an answer of the API. ``code`` is always ``TRANSPORT_ERROR``.

    Whether the org did what was asked is unknown when the connection broke (``http_status`` None): nothing is ever
    sent twice by this package.
    """

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        super().__init__("TRANSPORT_ERROR", message, http_status=http_status)
        self.args = (message,)


class NotBuiltError(NotImplementedError):
    """A wire or a way of logging in that this package means to offer and does not offer yet."""


_CODES: dict[type[CallError], tuple[str, ...]] = {
    LoginError: (
        "INVALID_LOGIN",
        "LOGIN_CHALLENGE_ISSUED",
        "LOGIN_CHALLENGE_PENDING",
        "LOGIN_DURING_RESTRICTED_DOMAIN",
        "LOGIN_DURING_RESTRICTED_TIME",
        "LOGIN_MUST_USE_SECURITY_TOKEN",
        "ORG_LOCKED",
        "PASSWORD_LOCKOUT",
    ),
    SessionError: (
        "INVALID_AUTH_HEADER",
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "INVALID_SESSION_ID",
        "TXN_SECURITY_END_A_SESSION",
    ),
    QueryError: (
        "ENTITY_NOT_QUERYABLE",
        "EXCEEDED_MAX_FILTER_ENTITIES",
        "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS",
        "INVALID_FIELD",
        "INVALID_LOCATOR",
        "INVALID_QUERY_FILTER_OPERATOR",
        "INVALID_QUERY_LOCATOR",
        "INVALID_QUERY_SCOPE",
        "INVALID_SEARCH",
        "INVALID_SEARCH_SCOPE",
        "INVALID_TYPE",
        "MALFORMED_QUERY",
        "MALFORMED_SEARCH",
        "QUERY_TIMEOUT",
        "QUERY_TOO_COMPLICATED",
        "UNSUPPORTED_QUERY",
    ),
    LimitError: (
        "EMAIL_BATCH_SIZE_LIMIT_EXCEEDED",
        "EXCEEDED_ID_LIMIT",
        "EXCEEDED_LEAD_CONVERT_LIMIT",
        "EXCEEDED_MAX_SIZE_REQUEST",
        "EXCEEDED_MAX_SOBJECTS",
        "EXCEEDED_MAX_TYPES_LIMIT",
        "EXCEEDED_QUOTA",
        "LIMIT_EXCEEDED",
        "OPERATION_TOO_LARGE",
        "REQUEST_LIMIT_EXCEEDED",
        "TOO_MANY_APEX_REQUESTS",
        "TOO_MANY_JOBS",
        "TOO_MANY_RECORDS",
    ),
}
_PLACE = re.compile(r"ERROR at Row:([0-9]+):Column:([0-9]+)")
_KIND_OF_CODE = MappingProxyType({code: kind for kind, codes in _CODES.items() for code in codes})


def call_error(code: str, message: str, row: int | None, column: int | None, http_status: int) -> CallError:
    """Build the exception of the kind that ``code`` belongs to.

    A position below 1 is the wire's word for none. The one that a message tells then counts: REST has no other place
    for it, and a SOAP fault has members for it in some of its types only.
    """
    kind = _KIND_OF_CODE.get(code, CallError)
    if row is None and (place := _PLACE.search(message)) is not None:
        row, column = int(place[1]), int(place[2])
    has_position = row is not None and column is not None and row > 0 and column > 0
    return kind(
        code,
        message,
        row=row if has_position else None,
        column=column if has_position else None,
        http_status=http_status,
    )
