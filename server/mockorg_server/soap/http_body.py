"""The body of a SOAP request, and what is wrong with it in this wire's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockorg_server.core.error import OrgError
from mockorg_server.request_body import DEFAULT_MAX_BODY_BYTES, BadBodyError, LargeBodyError, read_request_body
from mockorg_server.soap.fault import ClientFault

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def read_body(environ: WSGIEnvironment, max_bytes: int = DEFAULT_MAX_BODY_BYTES) -> bytes:
    """Read and inflate a request's body; b'' when it has none.

    Raises OrgError EXCEEDED_MAX_SIZE_REQUEST above ``max_bytes``, received or inflated, and ClientFault for a body
    that cannot be read. The code is in the contract; that the platform uses it here is inferred.
    """
    try:
        return read_request_body(environ, max_bytes)
    except LargeBodyError as error:
        raise OrgError("EXCEEDED_MAX_SIZE_REQUEST", str(error)) from None
    except BadBodyError as error:
        raise ClientFault(str(error)) from None
