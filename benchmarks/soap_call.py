"""SOAP requests as bytes, and how to hand them to a server, or to the application without a socket."""

import http.client
import io
from collections.abc import Callable
from typing import Any

PATH = "/services/Soap/u/60.0"
FIELDS = ("Name", "Industry", "AnnualRevenue", "Website", "Phone")


def envelope(session_id: str, body: str) -> bytes:
    """Put a call into an envelope, as clients of the partner API do."""
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
        'xmlns:s="urn:sobject.partner.soap.sforce.com">'
        f"<e:Header><SessionHeader><sessionId>{session_id}</sessionId></SessionHeader></e:Header>"
        f"<e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def query(soql: str) -> str:
    """The body of a query call."""
    return f"<query><queryString>{soql}</queryString></query>"


def account(number: int) -> tuple[str, str, float, str, str]:
    """The values of ``FIELDS`` in the records that the benchmarks create."""
    return f"Account {number}", "Banking", 1.5, f"http://{number}.example.com", "+1 555 0100"


def create(count: int) -> str:
    """The body of a create call."""
    records = []
    for number in range(count):
        values = zip(FIELDS, account(number), strict=True)
        members = "".join(f"<s:{name}>{value}</s:{name}>" for name, value in values)
        records.append(f"<sObjects><s:type>Account</s:type>{members}</sObjects>")
    return f"<create>{''.join(records)}</create>"


def poster(app: Any, content: bytes) -> Callable[[], bytes]:
    """Give the work of posting a request to a WSGI application; an answer other than 200 fails the benchmark."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }

    def post() -> bytes:
        statuses: list[str] = []
        parts = app({**environ, "wsgi.input": io.BytesIO(content)}, lambda status, _: statuses.append(status))
        reply = b"".join(parts)
        assert statuses == ["200 OK"], reply[:1000]
        return reply

    return post


def send(connection: http.client.HTTPConnection, content: bytes) -> bytes:
    """Post a request to a server; an answer other than 200 fails the benchmark."""
    connection.request("POST", PATH, content, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})
    response = connection.getresponse()
    reply = response.read()
    assert response.status == 200, reply[:1000]
    return reply
