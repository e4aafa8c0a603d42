"""How the benchmarks measure: medians, ours and the baseline in turn, so that both meet the same noise."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A line of the table: a name and two times in seconds. What is compared with what is said in ``baseline_name``."""

    name: str
    ours_seconds: float
    baseline_seconds: float
    baseline_name: str

    @property
    def ratio(self) -> float:
        """Ours by the baseline: below 1 is faster than it."""
        return self.ours_seconds / self.baseline_seconds


def seconds(work: Callable[[], object]) -> float:
    """Time one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(
    name: str, ours: Callable[[], object], baseline: Callable[[], object], baseline_name: str, runs: int = 7
) -> Row:
    """Run both in turn, after one run of each that does not count, and take the medians."""
    ours(), baseline()
    pairs = [(seconds(ours), seconds(baseline)) for _ in range(runs)]
    return Row(
        name,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        baseline_name,
    )


def python(*arguments: str) -> Callable[[], None]:
    """Give the work of starting a Python process and waiting for its end."""

    def work() -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=Path(__file__).parent)

    return work


def cal() -> int:
    """The unit of work by which machines are compared."""
    return sum(range(10_000))
