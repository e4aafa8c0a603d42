"""Every SOAP reply of the whole test suite, read by the strict reader: no client of a test need be strict itself.

``tests/conftest.py`` puts one ``ReplyWatch`` around ``SoapApplication`` for the session, and asks it after each test.
Servers that run as processes of their own are out of its sight; so are faults of APIs other than the partner API.
"""

import gzip
import threading
from collections.abc import Callable, Iterable
from typing import Any

from mockorg_server.soap.address import PARTNER, address_of

from .strict_reader import StrictReader, Wrong

NEWEST_CONTRACT = 60
READ_ONCE = 50_000  # replies longer than this, in bytes, are read once per version and text


class ReplyWatch:
    """Reads what an application answers, in whichever thread, and keeps what is wrong with it."""

    def __init__(self) -> None:
        contract = StrictReader(NEWEST_CONTRACT).contract
        self._reader_of = {version: StrictReader(version, contract) for version in range(1, 100)}
        self._wrong: list[str] = []
        self._long: set[int] = set()
        self._lock = threading.Lock()
        self.seen = 0

    def around(self, call: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """Wrap ``SoapApplication.__call__``."""

        def watched(application: object, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
            told: dict[str, str] = {}

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                told.update({name.lower(): value for name, value in headers}, status=status)
                return start_response(status, headers, *more)

            pieces = list(call(application, environ, start))
            if told["content-type"].startswith("text/xml") and environ["REQUEST_METHOD"] == "POST":
                self._see(environ["PATH_INFO"], told, b"".join(pieces))
            return pieces

        return watched

    def verify(self) -> None:
        """Raise ``Wrong`` when a reply since the last time was not what the contract promises."""
        with self._lock:
            found, self._wrong = self._wrong, []
        if found:
            raise Wrong("\n".join(found))

    def _see(self, path: str, told: dict[str, str], content: bytes) -> None:
        address = address_of(path)
        if address is None or address.api != PARTNER:
            return
        if told.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        number = address.version.removesuffix(".0")
        reader = self._reader_of.get(int(number) if number.isdecimal() else 0, self._reader_of[NEWEST_CONTRACT])
        message = self._fault_of(reader, told["status"], content)
        with self._lock:
            self.seen += 1
            if message is not None:
                self._wrong.append(f"{path}: {message}\n{content[:2000].decode(errors='replace')}")

    def _fault_of(self, reader: StrictReader, status: str, content: bytes) -> str | None:
        """What is wrong with a reply, None for nothing."""
        text = hash((reader.version, content[content.find(b"<soapenv:Body>") :])) if len(content) > READ_ONCE else 0
        if text in self._long:
            return None
        try:
            reply = reader.read(content)
        except Exception as error:  # what makes the reader itself stumble is no good reply either
            return f"{type(error).__name__}: {error}"
        if status != ("200 OK" if reply.fault is None else "500 Internal Server Error"):
            return f"the status is {status}"
        if text:
            self._long.add(text)
        return None
