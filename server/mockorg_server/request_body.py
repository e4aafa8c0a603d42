"""The body of an HTTP request to an API: read up to a limit, chunked or not, and inflated up to the same limit.

It knows no wire: each tells in its own form what is wrong.

Salesforce clients send gzip by default (WSC, pyforce, Beatbox), so a bomb must stop at the limit as well.
"""

from __future__ import annotations

import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DEFAULT_MAX_BODY_BYTES = 50 * 2**20
"""Quoted in forums as the platform's own limit; no official page says it."""


class BadBodyError(Exception):
    """A body that cannot be read; the message is for the client."""


class LargeBodyError(BadBodyError):
    """A body above the limit, received or inflated."""


_PIECE_BYTES = 64 * 1024
_MAX_MEMBERS = 1_000
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


def read_request_body(environ: WSGIEnvironment, max_bytes: int = DEFAULT_MAX_BODY_BYTES) -> bytes:
    """Read and inflate a request's body; b'' when it has none.

    Raises LargeBodyError above ``max_bytes``, received or inflated, and BadBodyError for what cannot be read.
    """
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise BadBodyError(f"The Content-Encoding {encoding} is not supported: send gzip, deflate or none")
    received = _read(environ, max_bytes)
    if encoding in {"", "identity"} or not received:
        return received
    return _inflate(received, max_bytes)


def _read(environ: WSGIEnvironment, max_bytes: int) -> bytes:
    stream = environ["wsgi.input"]
    told = environ.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    try:
        if told and not chunked:
            if not (told.isascii() and told.isdigit()):
                raise BadBodyError(f"The Content-Length {told} is not a number")
            length = int(told[:20])
            if length > max_bytes:
                raise _too_large(max_bytes)
            content = read_up_to(stream, length)
            if len(content) < length:
                raise BadBodyError(f"The request ended after {len(content)} of {length} bytes")
            return content
        if chunked or environ.get("wsgi.input_terminated"):
            return _read_to_end(stream, max_bytes)
    except (OSError, EOFError, ValueError) as error:
        raise BadBodyError(f"The request could not be read: {error}") from None
    return b""


def read_up_to(stream: IO[bytes], length: int) -> bytes:
    """Read so much, or less at the end of the stream; piece by piece, since room is taken before it is filled."""
    pieces = []
    while length and (piece := stream.read(min(length, _PIECE_BYTES))):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _read_to_end(stream: object, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE_BYTES):  # type: ignore[attr-defined]
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        pieces.append(piece)
    return b"".join(pieces)


def _inflate(received: bytes, max_bytes: int) -> bytes:
    try:
        return _inflate_as(_GZIP_OR_ZLIB, received, max_bytes)
    except zlib.error as error:
        # Some clients send "deflate" without its zlib wrapper, which servers have long put up with.
        try:
            return _inflate_as(_RAW_DEFLATE, received, max_bytes)
        except zlib.error:
            raise BadBodyError(f"The compressed request could not be inflated: {error}") from None


def _inflate_as(window_bits: int, received: bytes, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    room = max_bytes
    stream = zlib.decompressobj(window_bits)
    at = members = 0
    while at < len(received):
        if stream.eof:  # gzip allows several members, one after another
            stream = zlib.decompressobj(window_bits)
            members += 1
            if members > _MAX_MEMBERS:
                raise BadBodyError(f"The compressed request has more than {_MAX_MEMBERS} parts")
        piece = received[at : at + _PIECE_BYTES]
        inflated = stream.decompress(piece, room + 1)
        room -= len(inflated)
        if room < 0:
            raise _too_large(max_bytes)
        pieces.append(inflated)
        at += len(piece) - len(stream.unused_data)
    if not stream.eof:
        raise BadBodyError("The compressed request is cut short")
    return b"".join(pieces)


def _too_large(max_bytes: int) -> LargeBodyError:
    return LargeBodyError(f"The request is larger than {max_bytes} bytes")
