"""A headless Chromium driven over a pipe by the DevTools protocol: enough to open a page, fill it in and click."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    """The browser of ``MOCKORG_TEST_BROWSER``, or the first one on the path."""
    wanted = os.environ.get("MOCKORG_TEST_BROWSER")
    return wanted or next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """A tab. Commands are answered in order; events are passed over, unless they are waited for."""

    def __init__(self, write_to: int, read_from: int) -> None:
        self._out, self._in = os.fdopen(write_to, "wb", 0), os.fdopen(read_from, "rb", 0)
        self._rest = b""
        self._number = 0
        self._session: str | None = None

    def attach(self) -> None:
        """Open a tab of one's own."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def fill(self, element_id: str, text: str) -> None:
        self.run(f"document.getElementById({json.dumps(element_id)}).value = {json.dumps(text)}")

    def click(self, element_id: str) -> None:
        """Click what leads to another page, and wait for that."""
        self.run(f"document.getElementById({json.dumps(element_id)}).click()")
        self._wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        found = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def close(self) -> None:
        self._out.close()
        self._in.close()

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _wait_for(self, event: str) -> None:
        while self._read().get("method") != event:
            pass

    def _read(self) -> Any:
        while b"\0" not in self._rest:
            piece = self._in.read(65_536)
            assert piece, "the browser has ended"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


@contextmanager
def browsing(program: str, profile: Path, *more: str) -> Iterator[Page]:
    """Start a browser with a profile of its own, and end it."""
    (its_in, our_out), (our_in, its_out) = os.pipe(), os.pipe()
    command = [
        *(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        *("--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-proxy-server", *more),
    ]
    # The protocol's pipes are the descriptors 3 and 4 of the browser.
    start = (
        "import os, sys; a, b = (os.dup2(int(fd), 90 + n) for n, fd in enumerate(sys.argv[1:3])); "
        "os.dup2(a, 3), os.dup2(b, 4); os.execvp(sys.argv[3], sys.argv[3:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start, str(its_in), str(its_out), *command],
        pass_fds=(its_in, its_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(its_in)
    os.close(its_out)
    page = Page(our_out, our_in)
    try:
        page.attach()
        yield page
    finally:
        page.close()
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)
