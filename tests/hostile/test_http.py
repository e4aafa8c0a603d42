"""Hostile bytes on a connection: framing that two servers could read in two ways, headers, addresses, no HTTP at all."""

import pytest

from .case import SocketCase, read
from .conftest import Target, replies

CASES: list[SocketCase] = read("http.jsonl", SocketCase)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_bytes(case: SocketCase, target: Target, harmless) -> None:
    content = case.content(target.session_id)

    with harmless():
        received = target.exchange(content, ends=case.ends)

    answers = replies(received)
    assert [answer.status for answer in answers] == case.statuses
    assert case.says in received.decode("latin-1")
    assert target.session_id.encode() not in received
    assert b"X-Evil:" not in received.partition(b"\r\n\r\n")[0]
    assert b"<script>" not in received


def test_60_megabytes_in_chunks(target: Target, harmless) -> None:
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    head = b"POST /services/Soap/u/60.0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"

    with harmless():
        received = target.exchange(head + chunk * 960 + b"0\r\n\r\n")

    assert b"EXCEEDED_MAX_SIZE_REQUEST" in received


def test_40_megabytes_in_one_chunk(target: Target, harmless) -> None:
    head = b"POST /services/Soap/u/60.0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = head + b"%x\r\n" % 40_000_000 + b" " * 40_000_000 + b"\r\n0\r\n\r\n"

    with harmless():
        received = target.exchange(body)

    assert b"The request has no body" in received
