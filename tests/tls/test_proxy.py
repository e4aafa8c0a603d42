"""The proxy: clients with fixed hosts reach the mock, nobody reaches anything else, and nothing a client says breaks it."""

import contextlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from mockorg_server.listener import Listeners
from mockorg_server.proxy import ProxyRules, Route, target_of

FORM = {"grant_type": "password", "client_id": "x", "username": "u", "password": "p"}


def through(ports: Listeners) -> requests.Session:
    assert ports.proxy is not None
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": ports.proxy.url, "http": ports.proxy.url}
    session.verify = str(ports.authority_file)
    return session


def say(ports: Listeners, said: bytes) -> bytes:
    """Send bytes to the proxy and give all that comes until it hangs up, or goes silent."""
    assert ports.proxy is not None
    with socket.create_connection(("127.0.0.1", ports.proxy.port), 10) as client:
        client.sendall(said)
        client.settimeout(1)
        heard = b""
        try:
            while piece := client.recv(65_536):
                heard += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return heard


@pytest.mark.parametrize(
    "host", ["login.salesforce.com", "acme.my.salesforce.com", "acme--x.sandbox.lightning.force.com"]
)
def test_salesforce_s_hosts_are_the_mock(ports: Listeners, host: str) -> None:
    with through(ports) as session:
        answer = session.post(f"https://{host}/services/oauth2/token", FORM, timeout=20).json()
        found = session.get(
            answer["instance_url"] + "/services/oauth2/userinfo",
            headers={"Authorization": "Bearer " + answer["access_token"]},
            timeout=20,
        ).json()

    assert answer["instance_url"] == f"https://{host}"
    assert found["sub"] == answer["id"]


def test_a_process_needs_the_variables_and_nothing_else(ports: Listeners) -> None:
    code = (
        "import requests; print(requests.post('https://login.salesforce.com/services/oauth2/token', "
        f"data={FORM!r}).json()['instance_url'])"
    )
    environment = {**os.environ, **ports.environment}
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=environment
    )

    assert ended.stdout == "https://login.salesforce.com\n"


def test_plain_http_requests_for_those_hosts_are_served_too(ports: Listeners) -> None:
    with through(ports) as session:
        found = session.get("http://login.salesforce.com/.well-known/openid-configuration", timeout=20).json()

    assert found["issuer"] == "http://login.salesforce.com"


def test_other_hosts_are_refused_with_the_reason(ports: Listeners) -> None:
    heard = say(ports, b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 403 ")
    assert b"--proxy-allow" in heard
    with through(ports) as session:
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            session.get("https://example.com/", timeout=20)
        assert session.get("http://example.com/", timeout=20).status_code == 403


@pytest.fixture
def neighbour() -> Iterator[str]:
    """Another server on this machine, which echoes."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.dumps({"path": self.path, "headers": dict(self.headers), "size": len(body)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_words: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_allowed_host_is_reached(ports: Listeners, neighbour: str) -> None:
    with through(ports) as session:
        told = session.post(f"http://{neighbour}/a/b?c=d", data=b"x" * 300_000, timeout=20).json()
    assert (told["path"], told["size"], told["headers"]["Host"]) == ("/a/b?c=d", 300_000, neighbour)

    request = b"POST /t HTTP/1.1\r\nContent-Length: 2\r\nHost: x\r\nConnection: close\r\n\r\nhi"
    assert ports.proxy is not None
    with socket.create_connection(("127.0.0.1", ports.proxy.port), 10) as client:
        client.sendall(f"CONNECT {neighbour} HTTP/1.1\r\n\r\n".encode())
        assert client.recv(100) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        client.sendall(request)
        assert b'"path": "/t"' in client.recv(65_536) + client.recv(65_536)


def test_an_allowed_host_that_is_not_there_is_told(ports: Listeners) -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        heard = say(ports, f"CONNECT 127.0.0.1:{taken.getsockname()[1]} HTTP/1.1\r\n\r\n".encode())

    assert heard.startswith(b"HTTP/1.1 502 ")


def test_the_control_api_is_not_behind_the_proxy(ports: Listeners) -> None:
    with through(ports) as session:
        assert session.get("https://login.salesforce.com/_mockorg/health", timeout=20).status_code == 403


HOSTILE = {
    "nothing": b"",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00",
    "zeros": b"\0" * 1000,
    "no port": b"CONNECT login.salesforce.com HTTP/1.1\r\n\r\n",
    "port 0": b"CONNECT login.salesforce.com:0 HTTP/1.1\r\n\r\n",
    "a huge port": b"CONNECT login.salesforce.com:99999999 HTTP/1.1\r\n\r\n",
    "a path": b"CONNECT login.salesforce.com:443/x HTTP/1.1\r\n\r\n",
    "a user": b"CONNECT u:p@login.salesforce.com:443 HTTP/1.1\r\n\r\n",
    "two lines": b"CONNECT login.salesforce.com:443\r\nHTTP/1.1\r\n\r\n",
    "a long host": b"CONNECT " + b"a" * 20_000 + b".salesforce.com:443 HTTP/1.1\r\n\r\n",
    "many labels": b"CONNECT " + b"a." * 100 + b"salesforce.com:443 HTTP/1.1\r\n\r\n",
    "not ASCII": "CONNECT lögin.salesforce.com:443 HTTP/1.1\r\n\r\n".encode(),
    "an IPv6 address": b"CONNECT [::1]:22 HTTP/1.1\r\n\r\n",
    "a broken IPv6 address": b"CONNECT [::1:22 HTTP/1.1\r\n\r\n",
    "a broken IPv6 URL": b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    "another scheme": b"GET ftp://login.salesforce.com/ HTTP/1.1\r\n\r\n",
    "a file": b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
    "no scheme": b"GET //example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
    "origin form": b"GET / HTTP/1.1\r\nHost: login.salesforce.com\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n\r\n",
    "another version": b"CONNECT login.salesforce.com:443 HTTP/9.9\r\n\r\n",
    "bytes behind CONNECT": b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "a body with CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    "a header for ever": b"CONNECT login.salesforce.com:443 HTTP/1.1\r\nA: " + b"x" * 40_000,
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_nothing_a_client_says_breaks_the_proxy(ports: Listeners, said: bytes) -> None:
    heard = say(ports, said)

    assert not heard or heard.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5", b"HTTP/1.1 200 Connection established\r\n\r\n"))
    with through(ports) as session:
        assert session.get("https://login.salesforce.com/id/keys", timeout=20).status_code == 200


def test_nonsense_inside_a_tunnel_ends_it_only(ports: Listeners) -> None:
    assert ports.proxy is not None
    for nonsense in (b"\x16" + b"\xff" * 500, b"\x16\x03\x01", b"GET / HTTP/1.1\r\nHost: login.salesforce.com\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", ports.proxy.port), 10) as client:
            client.sendall(b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            client.sendall(nonsense)
            with contextlib.suppress(OSError):  # the server has hung up already
                client.shutdown(socket.SHUT_WR)
            heard = client.recv(4096)
            assert not heard.startswith(b"GET") or b"NOT_FOUND" in heard
    with through(ports) as session:
        assert session.get("https://login.salesforce.com/id/keys", timeout=20).status_code == 200


def test_which_targets_go_where() -> None:
    rules = ProxyRules(["Example.com", "*.example.org"])

    def route(authority: str) -> Route:
        target = target_of(authority)
        assert target
        return rules.route(target)

    assert route("LOGIN.Salesforce.com:443") is route("login.salesforce.com.:443") is Route.SERVE
    assert route("example.com:443") is route("a.example.org:443") is Route.TUNNEL
    assert route("a.example.com:443") is route("example.org:443") is route("evilexample.com:443") is Route.REFUSE
    assert ProxyRules(["login.salesforce.com"]).route(target_of("login.salesforce.com:443")) is Route.SERVE  # type: ignore[arg-type]


@pytest.mark.parametrize("authority", ["", "x", "x:", ":1", "x:0", "x:70000", "x y:1", "x:1:2", "a@b:1", "x:\u0661"])
def test_what_is_no_target(authority: str) -> None:
    assert target_of(authority) is None
