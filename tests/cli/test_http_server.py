"""The HTTP server alone, over real sockets: what it does beside handing requests to the application."""

import gc
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from mockorg_server.http_connection import FIRST_WORKERS, MAX_UNREAD_BODY_BYTES
from mockorg_server.http_server import HttpServer


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with what came; under /unread without looking at the body."""
    size = 0 if environ["PATH_INFO"] == "/unread" else len(environ["wsgi.input"].read())
    body = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {size}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server() -> Iterator[HttpServer]:
    running = HttpServer(echo)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.stop()
    thread.join()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        yield opened


def exchange(server: HttpServer, data: bytes) -> bytes:
    """Send bytes as they are and give all that comes back until the server closes."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("0.0.0.0", "127.0.0.1"),
        ("::1", "[::1]"),
        ("::", "[::1]"),
    ],
)
def test_any_free_port_on_any_host(host: str, shown: str, session: requests.Session) -> None:
    try:
        server = HttpServer(echo, host, 0)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert server.port > 0
        assert server.url == f"http://{shown}:{server.port}"
        assert session.get(server.url + "/x").text == "GET /x 0"
    finally:
        server.stop()
        thread.join()


def test_a_port_in_use_is_told_by_name(server: HttpServer) -> None:
    with pytest.raises(OSError, match=f"^cannot listen on 127.0.0.1:{server.port}: .*in use"):
        HttpServer(echo, "127.0.0.1", server.port)


def test_a_host_that_is_not_here_is_told_by_name() -> None:
    with pytest.raises(OSError, match=r"^cannot listen on 192\.0\.2\.1:0: "):
        HttpServer(echo, "192.0.2.1", 0)


def test_requests_wait_while_nothing_serves_yet() -> None:
    server = HttpServer(echo)
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as early:
        early.sendall(b"GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert b"GET /early 0" in b"".join(iter(lambda: early.recv(65_536), b""))
    server.stop()
    thread.join()


def test_stopping_frees_the_port_and_twice_is_harmless() -> None:
    server = HttpServer(echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.stop()
    server.stop()
    thread.join()

    again = HttpServer(echo, "127.0.0.1", server.port)
    again.stop()


def test_a_stopped_server_is_forgotten() -> None:
    before = len(getattr(logging, "statistics", {}))
    for _ in range(3):
        HttpServer(echo).stop()
    gc.collect()

    assert len(logging.statistics) == before  # type: ignore[attr-defined]


def test_a_connection_is_kept_for_many_requests(server: HttpServer) -> None:
    answer = exchange(
        server,
        b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1;x=y\r\ne\r\n0\r\n\r\n"
        b"GET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )

    assert answer.count(b"HTTP/1.1 200 OK") == 4
    for line in (b"GET /a 0", b"POST /b 3", b"POST /c 5", b"GET /d 0"):
        assert line in answer


@pytest.mark.parametrize("expected", [b"100-continue", b"100-Continue"])  # Java's client writes it in the second way
def test_a_client_that_expects_100_continue_is_told_to(server: HttpServer, expected: bytes) -> None:
    answer = exchange(
        server,
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: %b\r\nConnection: close\r\n\r\nok" % expected,
    )

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [1_000, MAX_UNREAD_BODY_BYTES * 3])
def test_a_body_nobody_read_is_not_taken_for_the_next_request(
    server: HttpServer, session: requests.Session, size: int, chunked: bool
) -> None:
    body = b"GET /smuggled HTTP/1.1\r\n\r\n".ljust(size, b"x")
    for _ in range(3):
        data = iter([body]) if chunked else body
        assert session.post(server.url + "/unread", data=data).text == "POST /unread 0"
        assert session.get(server.url + "/next").text == "GET /next 0"


@pytest.mark.parametrize(
    ("uri_length", "header_length", "status"),
    [(8_000, 8_000, 200), (20_000, 10, 414), (10, 20_000, 431), (9_000, 9_000, 431), (10, 3_000_000, 431)],
)
def test_the_length_of_uri_and_headers_is_limited(
    server: HttpServer, session: requests.Session, uri_length: int, header_length: int, status: int
) -> None:
    reply = session.get(server.url + "/" + "u" * uri_length, headers={"X-Long": "h" * header_length})

    assert reply.status_code == status


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"5\r\nab", b"2\r\nabcd\r\n"])
def test_chunks_that_are_none_end_the_connection_after_the_answer(server: HttpServer, chunks: bytes) -> None:
    head = b"POST /unread HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
        connection.sendall(head + chunks)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert b"Connection: close\r\n" in answer
    assert answer.endswith(b"POST /unread 0")


@pytest.mark.parametrize("length", [b"-1", b"1x", b"", b"+5"])
def test_a_content_length_that_is_none_is_a_bad_request(server: HttpServer, length: bytes) -> None:
    answer = exchange(server, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request")


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_not_http_is_refused_quietly(
    server: HttpServer, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert exchange(server, garbage).startswith(b"HTTP/1.1 ")
    assert caplog.records == []


@pytest.mark.parametrize(
    "first_words", [b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_silent_clients_do_not_keep_others_waiting(
    server: HttpServer, session: requests.Session, first_words: bytes
) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    try:
        for connection in silent:
            connection.sendall(first_words)
        assert session.get(server.url + "/x", timeout=5).text == "GET /x 0"
    finally:
        for connection in silent:
            connection.close()


def test_a_client_that_hangs_up_is_no_error(server: HttpServer, session: requests.Session) -> None:
    for words in (b"", b"GE", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"):
        with closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
            connection.sendall(words)

    assert session.get(server.url + "/x").text == "GET /x 0"


def test_a_large_answer_reaches_a_client_that_reads_slowly() -> None:
    body = bytes(range(256)) * 40_000

    def app(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    running = HttpServer(app)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        with closing(socket.create_connection(("127.0.0.1", running.port), timeout=10)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            received = b"".join(iter(lambda: connection.recv(50_000), b""))
    finally:
        running.stop()
        thread.join()
    assert received.endswith(body)


def test_clients_that_hold_every_worker_do_not_keep_others_waiting(
    server: HttpServer, session: requests.Session
) -> None:
    head = b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12"
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(2 * FIRST_WORKERS)]
    try:
        for connection in slow:
            connection.sendall(head)
        assert session.get(f"{server.url}/quick", timeout=10).text == "GET /quick 0"
        for connection in slow:
            connection.sendall(b"345")
            answer = b""
            while not answer.endswith(b"POST /slow 5"):
                piece = connection.recv(65_536)
                assert piece, answer
                answer += piece
    finally:
        for connection in slow:
            connection.close()


def test_answers_tell_when_they_were_given(server: HttpServer, session: requests.Session) -> None:
    told = parsedate_to_datetime(session.get(f"{server.url}/").headers["Date"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["//services/data", "///services/data", "/services/data"])
def test_slashes_in_front_of_a_path_are_one(server: HttpServer, path: str) -> None:
    """The sf command line asks so, when its address ends with a slash."""
    request = f"GET {path}?a=//b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    assert exchange(server, request.encode()).endswith(b"GET /services/data 0")
