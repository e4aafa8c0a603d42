"""The framing of HTTP/1.1 requests, strictly: header lines, and bodies in chunks. It knows no server and no path.

Where a request ends must be read in one way only, or a proxy in front and this server could see different requests in
the same bytes. So what RFC 9112 lets a server put up with is refused here: two lengths, a length beside chunks, folded
lines, a space before the colon, chunk sizes with a sign. Nothing is read without a bound.
"""

from __future__ import annotations

import io
import re
from typing import IO, Any

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_ONCE = frozenset({b"Authorization", b"Content-Length", b"Content-Type", b"Host", b"Origin", b"Transfer-Encoding"})
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n")
_MAX_LINE_BYTES = 4_096
_MAX_TRAILER_BYTES = 16_384
_BUFFER_BYTES = 65_536


def read_header_lines(stream: Any, headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Read header lines up to the empty one into ``headers``, by name in title case; repeated ones are joined.

    Raises ValueError with a sentence for the client. A name with an underscore is left out: in WSGI's names it could
    not be told from one with a dash.
    """
    while (line := stream.readline()) != b"\r\n":
        if not line.endswith(b"\r\n"):
            raise ValueError("Header lines end with CRLF, and an empty one ends the headers.")
        name, colon, value = line[:-2].partition(b":")
        value = value.strip(b" \t")
        if not colon or not _NAME.fullmatch(name) or _BAD_VALUE.search(value):
            raise ValueError("Illegal header line.")
        if b"_" in name:
            continue
        name = name.title()
        if name in headers:
            if name in _ONCE:
                raise ValueError(f"The header {name.decode()} is given more than once.")
            value = headers[name] + b", " + value
        headers[name] = value
    _check_length(headers)
    return headers


def _check_length(headers: dict[bytes, bytes]) -> None:
    length, coding = headers.get(b"Content-Length"), headers.get(b"Transfer-Encoding")
    if length is not None and coding is not None:
        raise ValueError("Content-Length and Transfer-Encoding exclude each other.")
    if length is not None and not length.isdigit():
        raise ValueError("Malformed Content-Length Header.")


def chunked_body(stream: IO[bytes]) -> IO[bytes]:
    """Give a chunked body as a plain binary stream; reading raises ValueError where the bytes are no chunks."""
    return io.BufferedReader(_Chunks(stream), _BUFFER_BYTES)


class _Chunks(io.RawIOBase):
    """The bytes inside the chunks. Never reads past the end of the body, and no more at once than it is asked for."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left_bytes = 0
        self._ended = False
        self._broken = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._broken:
            raise ValueError(self._broken)
        try:
            return self._read(buffer)
        except ValueError as error:  # what follows must not be read as if nothing had happened
            self._broken = str(error)
            raise

    def _read(self, buffer: Any) -> int:
        if not self._left_bytes and not self._ended:
            self._begin_chunk()
        if self._ended:
            return 0
        data = self._stream.read(min(len(buffer), self._left_bytes))
        if not data:
            raise ValueError("The body ended inside a chunk.")
        buffer[: len(data)] = data
        self._left_bytes -= len(data)
        if not self._left_bytes and self._stream.read(2) != b"\r\n":
            raise ValueError("A chunk is longer than its size.")
        return len(data)

    def _begin_chunk(self) -> None:
        line = self._stream.readline(_MAX_LINE_BYTES)
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise ValueError(f"Bad chunk size: {line[:20]!r}")
        self._left_bytes = int(match[1], 16)
        if not self._left_bytes:
            self._skip_trailers()
            self._ended = True

    def _skip_trailers(self) -> None:
        room = _MAX_TRAILER_BYTES
        while (line := self._stream.readline(_MAX_LINE_BYTES)) != b"\r\n":
            room -= len(line)
            if room < 0 or not line.endswith(b"\r\n"):
                raise ValueError("Bad trailer after the last chunk.")
