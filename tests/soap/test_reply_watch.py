"""The watch over all replies sees those of any test, and a wrong one that is planted fails."""

from typing import Any

import pytest
import requests

from mockorg_server.soap.application import SoapApplication

from .reply_watch import ReplyWatch
from .strict_reader import Wrong
from .wire_client import ENVELOPE

LOGIN = (
    f"{ENVELOPE}<soapenv:Body><login><username>user@example.com</username><password>password</password></login>"
    "</soapenv:Body></soapenv:Envelope>"
)


def log_in(mock_org: Any) -> requests.Response:
    address = f"{mock_org.url}/services/Soap/u/60.0"
    return requests.post(address, LOGIN.encode(), headers={"Content-Type": "text/xml"}, timeout=30)


def planting(before: bytes, after: bytes) -> Any:
    """An application that writes one thing wrongly, in place of the real one."""

    def answer(application: SoapApplication, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        told: list[Any] = []
        plain = {**environ, "HTTP_ACCEPT_ENCODING": ""}
        (content,) = real(application, plain, lambda *status_and_headers: told.extend(status_and_headers))
        assert before in content
        status, headers = told
        content = content.replace(before, after)
        start_response(status, [(name, value) for name, value in headers if name != "Content-Length"])
        return [content]

    real = SoapApplication.__call__
    return answer


def test_replies_over_a_socket_are_seen(mock_org: Any, reply_watch: ReplyWatch) -> None:
    seen = reply_watch.seen
    assert log_in(mock_org).status_code == 200
    assert reply_watch.seen == seen + 1
    reply_watch.verify()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (b"<passwordExpired>false</passwordExpired>", b"", "passwordExpired occurs 0 times"),
        (b"<sandbox>false</sandbox>", b"<sandbox>no</sandbox>", "'no' is not a xsd:boolean"),
        (b"<result>", b"<result><surprise/>", "metadataServerUrl occurs 0 times"),
        (b"</result>", b"</result", "XMLSyntaxError"),
    ],
)
def test_a_planted_wrong_reply_fails(
    mock_org: Any, monkeypatch: pytest.MonkeyPatch, before: bytes, after: bytes, complaint: str
) -> None:
    watch = ReplyWatch()
    monkeypatch.setattr(SoapApplication, "__call__", watch.around(planting(before, after)))

    log_in(mock_org)

    with pytest.raises(Wrong, match=complaint):
        watch.verify()
    watch.verify()  # a complaint is made once


def test_the_watch_stands_over_every_test(request: pytest.FixtureRequest, reply_watch: ReplyWatch) -> None:
    assert "no_wrong_reply_passes" in request.fixturenames
    assert SoapApplication.__call__.__qualname__ == "ReplyWatch.around.<locals>.watched"
    assert SoapApplication.__call__.__closure__ is not None
    assert reply_watch in [cell.cell_contents for cell in SoapApplication.__call__.__closure__]
