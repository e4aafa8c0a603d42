"""Requests that no client should send: each is answered with a plain fault, and none is a bug, slow or large."""

import gzip
import io
import time
import zlib
from collections.abc import Iterator

import pytest

from mockorg_server.soap.application import SoapApplication

from .strict_reader import StrictReader
from .wire_client import FakeHost, WireClient, contract, envelope

SOAP = 'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)


def body(content: str) -> bytes:
    return f"<e:Envelope {SOAP}><e:Body>{content}</e:Body></e:Envelope>".encode()


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "no XML": b"GET / HTTP/1.1",
    "JSON": b'{"query": "SELECT Id FROM Account"}',
    "a form": b"username=u&password=p",
    "a declaration alone": b'<?xml version="1.0"?>',
    "cut short": envelope("<logout/>")[:-20],
    "cut in a tag": envelope("<logout/>")[:150],
    "garbage after the end": envelope("<logout/>") + b"<x/>",
    "invalid UTF-8": envelope("<query><queryString>X</queryString></query>").replace(b"X", b"\xff\xfe\x80"),
    "overlong UTF-8": envelope("<query><queryString>X</queryString></query>").replace(b"X", b"\xc0\xaf"),
    "a null byte": envelope("<query><queryString>X</queryString></query>").replace(b"X", b"\x00"),
    "a control character": envelope("<query><queryString>X</queryString></query>").replace(b"X", b"\x07"),
    "a reference to no character": envelope("<query><queryString>&#0;</queryString></query>"),
    "an unknown entity": envelope("<query><queryString>&nbsp;</queryString></query>"),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "UTF-16 that is not": b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    "unbound prefix": body("<x:logout/>"),
    "wrong root": b"<Envelope/>",
    "root in another namespace": b'<e:Envelope xmlns:e="urn:x"><e:Body><logout/></e:Body></e:Envelope>',
    "SOAP 1.2": b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><logout/></e:Body></e:Envelope>',
    "no body": f"<e:Envelope {SOAP}/>".encode(),
    "no body but a header": f"<e:Envelope {SOAP}><e:Header/></e:Envelope>".encode(),
    "two bodies": f"<e:Envelope {SOAP}><e:Body><logout/></e:Body><e:Body><logout/></e:Body></e:Envelope>".encode(),
    "an empty body": body(""),
    "two operations": body("<logout/><logout/>"),
    "text for an operation": body("logout"),
    "a fault": body("<e:Fault><faultcode>x</faultcode></e:Fault>"),
    "an operation of Python": body("<__class__/>"),
    "a document type": b"<!DOCTYPE e>" + body("<logout/>"),
    "a document type after a comment": b"<!-- x --><!DOCTYPE e []>" + body("<logout/>"),
    "a document type in UTF-16": ("<!DOCTYPE e>" + body("<logout/>").decode()).encode("utf-16"),
    "an entity of a file": b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    + body("<login><username>&x;</username></login>"),
    "an entity of the network": b'<!DOCTYPE e [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>' + body("<login>&x;</login>"),
    "a parameter entity": b'<!DOCTYPE e [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]>' + body("<logout/>"),
    "an outer document type": b'<!DOCTYPE e SYSTEM "http://127.0.0.1:9/x.dtd">' + body("<logout/>"),
    "a billion laughs": f"<!DOCTYPE e [{LAUGHS}]>".encode() + body("<login><username>&j;</username></login>"),
    "a billion laughs in an attribute": f"<!DOCTYPE e [{LAUGHS}]>".encode() + body('<logout x="&j;"/>'),
    "quadratic growth": f'<!DOCTYPE e [<!ENTITY a "{"x" * 50_000}">]>'.encode()
    + body("<login>" + "&a;" * 5_000 + "</login>"),
    "deep nesting": body("<a>" * 100_000 + "</a>" * 100_000),
    "deep nesting in a record": body(
        "<create><sObjects>" + "<a>" * 100_000 + "</a>" * 100_000 + "</sObjects></create>"
    ),
    "a text of megabytes in a name": body(f"<{'a' * 11_000_000}/>"),
    "a number of digits": envelope(
        "<create><sObjects><type>Account</type><NumberOfEmployees>"
        + "9" * 1_000_000
        + "</NumberOfEmployees></sObjects></create>"
    ),
    "an exponent": envelope(
        "<create><sObjects><type>Account</type><AnnualRevenue>1e999999999999</AnnualRevenue></sObjects></create>"
    ),
    "a year of digits": envelope(
        "<getUpdated><sObjectType>A</sObjectType><startDate>"
        + "9" * 100_000
        + "-01-01T00:00:00Z</startDate><endDate>x</endDate></getUpdated>"
    ),
    "a batch size of digits": envelope(
        "<logout/>", "<QueryOptions><batchSize>" + "9" * 100_000 + "</batchSize></QueryOptions>"
    ),
}


@pytest.fixture
def seconds() -> Iterator[None]:
    """No hostile request may take long: of the processor, since others may load the machine."""
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 5


@pytest.mark.usefixtures("seconds")
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_request_is_a_plain_fault(content: bytes) -> None:
    wire = WireClient()

    answer = wire.post(content)

    fault = StrictReader(60, contract()).read(answer.content).fault
    assert fault is not None
    assert (answer.status, fault.code, fault.element) == (500, "soapenv:Client", None)
    assert fault.text
    assert wire.org.calls == []


def test_nothing_of_a_hostile_request_gets_into_the_answer_at_length() -> None:
    answers = {
        name: len(WireClient().post(content).content) for name, content in HOSTILE.items() if len(content) < 10**6
    }

    assert {name: size for name, size in answers.items() if size > 150_000} == {}


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "\u0661", "12 "])
def test_a_length_that_is_no_number(length: str) -> None:
    answer = WireClient().post(envelope("<logout/>"), CONTENT_LENGTH=length)

    assert answer.status == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text


@pytest.mark.parametrize("length", ["", "0", None])
def test_without_a_length_there_is_no_body(length: str | None) -> None:
    answer = WireClient().post(envelope("<logout/>"), CONTENT_LENGTH=length)

    assert "The request has no body" in answer.text


def test_a_request_that_ends_early() -> None:
    answer = WireClient().post(envelope("<logout/>"), CONTENT_LENGTH="5000")

    assert "The request ended after" in answer.text


class Broken(io.BytesIO):
    """A connection that breaks while it is read."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise TimeoutError("timed out")


def test_a_connection_that_breaks() -> None:
    answer = WireClient().post(b"x", **{"wsgi.input": Broken()})

    assert "The request could not be read: timed out" in answer.text


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(envelope("<logout/>"))[:-20]),
        ("gzip", gzip.compress(envelope("<logout/>")) + b"garbage"),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"x"),
        ("gzip, gzip", b"x"),
    ],
)
def test_a_coding_that_cannot_be_undone(coding: str, content: bytes) -> None:
    answer = WireClient().post(content, HTTP_CONTENT_ENCODING=coding)

    assert answer.status == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text


@pytest.mark.parametrize("charset", ["klingon", "x" * 1000, "base64", "\x00"])
def test_a_charset_that_does_not_exist(charset: str) -> None:
    answer = WireClient().post(envelope("<logout/>"), CONTENT_TYPE=f"text/xml; charset={charset}")

    assert answer.status == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text


class TestSize:
    """The limit holds for what is received and for what it inflates to, told or not."""

    LIMIT = 100_000
    TOO_LARGE = "EXCEEDED_MAX_SIZE_REQUEST: The request is larger than 100000 bytes"

    @pytest.fixture
    def wire(self) -> WireClient:
        wire = WireClient()
        wire.application = SoapApplication(FakeHost(), max_body_bytes=self.LIMIT, on_bug=wire.bugs.append)  # type: ignore[arg-type]
        return wire

    def test_a_body_that_fits(self, wire: WireClient) -> None:
        content = envelope("<logout/>")
        answer = wire.post(content + b" " * (self.LIMIT - len(content)))

        assert answer.status == 200

    def test_a_body_that_is_told_to_be_too_large_is_not_read(self, wire: WireClient) -> None:
        answer = wire.post(b"", CONTENT_LENGTH=str(self.LIMIT + 1), **{"wsgi.input": Broken()})

        assert self.TOO_LARGE in answer.text

    def test_a_length_of_many_digits(self, wire: WireClient) -> None:
        assert self.TOO_LARGE in wire.post(b"", CONTENT_LENGTH="9" * 10_000).text

    def test_a_body_that_grows(self, wire: WireClient) -> None:
        answer = wire.post(b" " * (self.LIMIT + 1), CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

        assert self.TOO_LARGE in answer.text

    @pytest.mark.parametrize(
        ("coding", "content"),
        [
            ("gzip", gzip.compress(b" " * 50_000_000)),
            ("deflate", zlib.compress(b" " * 50_000_000)),
            ("gzip", gzip.compress(b" " * 60_000) * 1000),
        ],
        ids=["gzip", "deflate", "many members"],
    )
    def test_a_bomb(self, wire: WireClient, coding: str, content: bytes) -> None:
        answer = wire.post(content[: self.LIMIT], HTTP_CONTENT_ENCODING=coding)

        assert self.TOO_LARGE in answer.text
