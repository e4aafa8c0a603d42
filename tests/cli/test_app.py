"""Which room answers which path, and what happens where none does or one has a bug."""

import io
import json
import logging
from typing import Any

import pytest

from mockorg_server.app import NOT_FOUND, _Application, build_app
from mockorg_server.core.host import Host


def call(app: Any, verb: str, path: str) -> tuple[str, dict[str, str], bytes]:
    environ = {
        "REQUEST_METHOD": verb,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": "0",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    started: list[tuple[Any, ...]] = []
    body = b"".join(app(environ, lambda *words: started.append(words)))
    status, headers = started[-1][:2]
    return status, dict(headers), body


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere",
        "/services",
        "/services/",
        "/services/Soapy/u/60.0",
        "/_mockorgs",
        "/servicesdata",
        "/services/data2",
    ],
)
def test_a_path_of_no_room_is_not_found_in_salesforces_words(host: Host, path: str) -> None:
    status, headers, body = call(build_app(host), "GET", path)

    assert status == "404 Not Found"
    assert headers["Content-Type"].startswith("application/json")
    assert json.loads(body) == NOT_FOUND


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/services/async/60.0/job", "the Bulk API"),
    ],
)
def test_an_api_that_is_not_built_says_so_and_names_the_resource(host: Host, path: str, api: str) -> None:
    status, _, body = call(build_app(host), "POST", path)

    assert status == "501 Not Implemented"
    assert f"does not support {api} yet: POST {path}" in body.decode()
    json.loads(body)


def test_the_control_api_and_the_wsdl_are_mounted(host: Host) -> None:
    app = build_app(host)

    assert json.loads(call(app, "GET", "/_mockorg/health")[2])["status"] == "ok"
    for path in ("/soap/wsdl.jsp", "/services/wsdl/partner"):
        status, headers, body = call(app, "GET", path)
        assert status == "200 OK"
        assert headers["Content-Type"].startswith("text/xml")
        assert b"urn:partner.soap.sforce.com" in body


@pytest.mark.parametrize("path", ["/_mockorg/health", "/nowhere", "/services/data", "/soap/wsdl.jsp"])
def test_head_is_get_without_the_body(host: Host, path: str) -> None:
    app = build_app(host)
    status, headers, body = call(app, "GET", path)

    assert body
    assert call(app, "HEAD", path) == (status, headers, b"")


@pytest.mark.logs_a_bug
def test_a_bug_is_logged_and_answered_plainly(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    def room(_environ: object, _start_response: object) -> list[bytes]:
        raise ZeroDivisionError("secret detail")

    status, headers, body = call(_Application(host, {"/x": room}), "GET", "/x/y")

    assert status == "500 Internal Server Error"
    assert headers["Content-Type"].startswith("text/plain")
    assert b"secret detail" not in body
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    assert "/x/y" in record.getMessage()
