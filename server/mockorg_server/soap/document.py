"""The document of a request: bytes to a tree, safely. What the tree says, ``envelope.py`` knows.

Document types are refused outright, so that no entity is ever declared; depth, names and texts stay under libxml2's own
limits; and how many elements and attributes there may be is decided before any is built.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from lxml import etree

from mockorg_server.soap.fault import ClientFault

MAX_TAGS = 500_000
"""Start and end tags of a request. 200 records of 500 fields have 200,000; an element takes about 240 bytes."""

MAX_ATTRIBUTES = 1_000_000
"""Attributes of a request; counted by their equals signs, those in texts included."""

ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii", "windows-1252"})
"""What a request may be encoded in. In each of them the counts above can be made on the bytes."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([^\"'>]{0,40})[\"']")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UTF_8_MARK = b"\xef\xbb\xbf"
_LIMIT_HINT = re.compile(r",? (?:try|use) XML_PARSE_HUGE(?: option)?")  # how libxml2 ends what it says of a limit
_SMALL_BYTES = 16 * 1024
_MAX_NAMES = 5_000  # of one thread: some 250 KB, and more than the fields of a hundred objects


def read_document(content: bytes, charset: str | None = None) -> etree._Element:
    """Give the root element of a request. ``charset`` is that of the Content-Type; it outdoes the XML declaration.

    libxml2 keeps every name that a thread has ever met, as long as the thread lives. A large document is therefore
    parsed in a thread of its own, and so is every one once a thread knows many names: what a caller makes up is
    forgotten with it.
    Raises ClientFault for what is no XML, has a document type, or is beyond the limits. The texts are inferred.
    """
    _check_encoding(content, charset)
    _check_size(content)
    if len(content) > _SMALL_BYTES or etree.memory_debugger.dict_size() > _MAX_NAMES:
        return _in_own_thread(lambda: _parse(content, charset))
    return _parse(content, charset)


def charset_of(content_type: str) -> str | None:
    """Give the charset of a Content-Type header in lower case, None when it is UTF-8 or not told."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'").lower()
            return None if charset in {"", "utf-8", "utf8"} else charset
    return None


def _check_encoding(content: bytes, charset: str | None) -> None:
    start = content[:256].removeprefix(_UTF_8_MARK).lstrip()
    if not start and not content.strip():
        raise ClientFault("The request has no body: a SOAP envelope was expected")
    declared = _DECLARED.match(start)
    encoding = charset or (declared[1].decode("latin-1").lower() if declared else "utf-8")
    if encoding not in ENCODINGS:
        source = "Content-Type" if charset else "XML declaration"
        raise ClientFault(f"The encoding {encoding[:40]} of the {source} is not supported: send UTF-8")
    if not start.startswith((b"<", *_UTF_16)):
        raise ClientFault("The request is not well-formed XML: it does not begin with an element")


def _check_size(content: bytes) -> None:
    if content.count(b"<") > MAX_TAGS:
        raise ClientFault(f"The request has more than {MAX_TAGS} tags")
    if content.count(b"=") > MAX_ATTRIBUTES:
        raise ClientFault(f"The request has more than {MAX_ATTRIBUTES} equals signs, which may be attributes")


def _parse(content: bytes, charset: str | None) -> etree._Element:
    # One parser per request: lxml lets only one thread at a time through a shared one.
    parser = etree.XMLParser(
        encoding=charset,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        text, is_limit = _LIMIT_HINT.subn("", str(error))
        problem = "too large for its parser" if is_limit else "not well-formed XML"
        raise ClientFault(f"The request is {problem}: {text}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ClientFault("The request has a document type declaration (DOCTYPE), which SOAP does not allow")
    return root


def _in_own_thread(parse: Callable[[], etree._Element]) -> etree._Element:
    given: list[etree._Element] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(parse())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name="mockorg-parser")
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return given[0]
