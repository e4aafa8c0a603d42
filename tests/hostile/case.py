"""Hostile requests as data: how a line of ``cases/*.jsonl`` becomes bytes. The forms are told in ``cases/README.md``."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

CASES = Path(__file__).parent / "cases"
Piece = str | list[Any]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENDPOINT = "/services/Soap/u/60.0"
BOMB_BYTES = 2**30


@dataclass(frozen=True)
class SoapCase:
    """One request to the partner endpoint, and its answer: ``Client``, an ExceptionCode, or ``reply``."""

    name: str
    answer: str
    says: str = ""
    body: Sequence[Piece] = ()
    headers: Sequence[Piece] = ()
    raw: Sequence[Piece] = ()
    soql: Sequence[Piece] = ()
    sosl: Sequence[Piece] = ()
    encode: str = "utf-8"
    pack: str = ""
    http: dict[str, str] = field(default_factory=dict)

    def content(self, session_id: str) -> bytes:
        """The body of the HTTP request."""
        raw = text_of(self.raw).replace("{session}", session_id)
        text = raw if self.raw else envelope(self._body(), text_of(self.headers), session_id)
        content = text.encode(self.encode, "surrogatepass" if self.encode == "utf-8" else "strict")
        return PACKERS[self.pack](content) if self.pack else content

    def _body(self) -> str:
        if self.soql:
            return f"<query><queryString>{escape(text_of(self.soql))}</queryString></query>"
        if self.sosl:
            return f"<search><searchString>{escape(text_of(self.sosl))}</searchString></search>"
        return text_of(self.body)


@dataclass(frozen=True)
class SocketCase:
    """Bytes for a connection, and the statuses of what comes back until the server closes."""

    name: str
    send: Sequence[Piece]
    statuses: Sequence[int]
    says: str = ""
    ends: bool = False

    def content(self, session_id: str) -> bytes:
        """The bytes, in Latin-1. ``{envelope}`` and ``{length}`` stand for a good request and its length."""
        good = envelope("<getServerTimestamp/>", "", session_id)
        text = text_of(self.send).replace("{envelope}", good).replace("{length}", str(len(good)))
        return text.encode("latin-1")


@dataclass(frozen=True)
class ControlCase:
    """One request to the control API."""

    name: str
    request: str
    status: int
    says: str = ""
    body: Sequence[Piece] = ()
    encode: str = "utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body of the HTTP request."""
        return text_of(self.body).encode(self.encode)


def read(name: str, kind: type[Any]) -> list[Any]:
    """The cases of a file. A key that the kind has not is an error."""
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [kind(**json.loads(line)) for line in lines if line]


def text_of(pieces: Iterable[Piece]) -> str:
    """Join pieces: a text, or ``[text, count]`` for many of it, with ``{i}`` counting from 0."""
    return "".join(piece if isinstance(piece, str) else _repeated(*piece) for piece in pieces)


def _repeated(text: str, count: int) -> str:
    if "{i}" not in text:
        return text * count
    before, after = text.split("{i}", 1)
    return "".join([before + str(number) + after.replace("{i}", str(number)) for number in range(count)])


def envelope(body: str, headers: str, session_id: str) -> str:
    """A SOAP request with a session."""
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns="urn:partner.soap.sforce.com"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Header><SessionHeader>'
        f"<sessionId>{session_id}</sessionId></SessionHeader>{headers}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )


def _bomb(window_bits: int) -> bytes:
    """Many zeros in one stream, made of one block again and again: compressing them all would take long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    first = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block_bytes = 2**24
    block = packer.compress(bytes(block_bytes)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * (BOMB_BYTES // block_bytes) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "gzip twice": lambda content: gzip.compress(gzip.compress(content)),
    "gzip cut short": lambda content: gzip.compress(content)[:-30],
    "gzip without its end": lambda content: gzip.compress(content)[:-8],
    "gzip with a wrong checksum": lambda content: gzip.compress(content)[:-8] + bytes(8),
    "gzip and garbage": lambda content: gzip.compress(content) + b"garbage",
    "gzip in parts": lambda content: b"".join(gzip.compress(bytes([byte])) for byte in content),
    "empty gzip parts": lambda content: gzip.compress(b"") * 500_000 + gzip.compress(content),
    "gzip bomb": lambda content: _bomb(16 + zlib.MAX_WBITS),
    "deflate bomb": lambda content: _bomb(zlib.MAX_WBITS),
    "gzip of a bomb": lambda content: gzip.compress(_bomb(16 + zlib.MAX_WBITS)),
}
