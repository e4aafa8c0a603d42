"""How the benchmarks measure: ours and the baseline in turn, so that both meet the same noise; medians of both."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """A line of the table.

    ``ours`` and ``baseline`` are in ``unit``: ms, or MB, or 1/s. ``ratio`` is how many times the baseline's cost ours
    is: below 1 is cheaper. ``most`` bounds the ratio, ``most_ours`` what is measured; None = nothing was promised.
    """

    name: str
    ours: float
    baseline: float
    baseline_name: str
    ratio: float
    unit: str = "ms"
    most: float | None = None
    most_ours: float | None = None

    @property
    def bound(self) -> str:
        """What was promised, '' for nothing."""
        if self.most_ours is not None:
            return f"≤ {self.most_ours:g} {self.unit}"
        return "" if self.most is None else f"≤ {self.most:g}"

    @property
    def verdict(self) -> str:
        """OK or OVER, '' when nothing was promised."""
        if self.most_ours is not None:
            return "OK" if self.ours <= self.most_ours else "OVER"
        return "" if self.most is None else "OK" if self.ratio <= self.most else "OVER"

    def document(self) -> dict[str, object]:
        """The row as JSON values."""
        return {**asdict(self), "verdict": self.verdict}


@dataclass(frozen=True)
class Effort:
    """How long to measure: ``quick`` is for a look, not for figures that are told to others."""

    quick: bool

    def of(self, whole: int, quick: int) -> int:
        """Choose a count."""
        return quick if self.quick else whole


def seconds(work: Work, times: int = 1) -> float:
    """Time one run, or the mean of several in a row for work that is too short to be timed alone."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def compare(
    name: str,
    ours: Work,
    baseline: Work,
    baseline_name: str,
    *,
    runs: int,
    most: float | None = None,
    less: Work | None = None,
    parts: int = 1,
    times: int = 1,
    baseline_times: int = 1,
) -> Row:
    """Run ours and the baseline in turn, after one run of each that does not count.

    The ratio is the median of the ratios of each turn. The time of ``less``, a part of ours that is not meant, is
    taken off; what is left is told for one of ``parts``. Short work is repeated ``times`` in a row.
    """
    ours(), baseline()
    turns: list[tuple[float, float]] = []
    for _ in range(runs):
        part = seconds(less, times) if less is not None else 0.0
        turns.append(((seconds(ours, times) - part) / parts, seconds(baseline, baseline_times)))
    return row_of(name, turns, baseline_name, most)


def row_of(name: str, turns: Iterable[tuple[float, float]], baseline_name: str, most: float | None = None) -> Row:
    """Make a row of pairs of seconds, ours first."""
    pairs = list(turns)
    return Row(
        name,
        statistics.median(ours for ours, _ in pairs) * 1e3,
        statistics.median(baseline for _, baseline in pairs) * 1e3,
        baseline_name,
        statistics.median(ours / baseline for ours, baseline in pairs),
        most=most,
    )


def cal() -> int:
    """The unit of work for what has no natural baseline."""
    return sum(range(10_000))
