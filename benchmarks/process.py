"""The processes that are measured: Python programs that end, and servers that stay until they are told to end."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Server:
    """A server in a process of its own. ``token`` opens the org, '' for a server that has none."""

    port: int
    token: str
    process_id: int

    @property
    def memory_mb(self) -> float:
        """The memory that the process holds now (resident), in MB of 1,000,000 bytes. Linux only."""
        pages = int(Path(f"/proc/{self.process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def can_see_memory() -> bool:
    """Tell whether the system shows the memory of a process."""
    return Path("/proc/self/statm").exists()


def python(*arguments: str) -> Callable[[], None]:
    """Give the work of starting a Python process and waiting for its end."""

    def work() -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=HERE)

    return work


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    """Start a Python process that prints a ready line; end it afterwards.

    The line ends its third or a later word with ``:PORT`` and may name a token: ``mockorg ready on URL token=…``.
    """
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=HERE) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert " ready on http://" in line, line
            facts = dict(word.split("=", 1) for word in line.split() if "=" in word)
            yield Server(int(line.split()[3].rpartition(":")[2]), facts.get("token", ""), process.pid)
        finally:
            process.terminate()


def mock_org(*options: str) -> tuple[str, ...]:
    """Give the arguments that start a mock org on a free port."""
    return ("-m", "mockorg_server", "serve", "--port", "0", *options)


@contextmanager
def asking(*command: str) -> Iterator[Callable[[str], float]]:
    """Start a Python program that says ready, and then answers each line with a number; give the way to ask it."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=HERE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines_in, lines_out = process.stdin, process.stdout

        def ask(question: str) -> float:
            lines_in.write(f"{question}\n")
            lines_in.flush()
            return float(lines_out.readline())

        try:
            ready = lines_out.readline()
            assert ready == "ready\n", f"{' '.join(command)} does not start"
            yield ask
        finally:
            lines_in.close()
