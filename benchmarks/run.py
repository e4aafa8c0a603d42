"""``make bench``: prints the table of speeds.

Times on one machine say little; a row is a ratio to a baseline that was measured in turn with ours, in the same run.
``cal`` is the median time of ``sum(range(10_000))``. ARGS="import org" prints only the rows of those files.
"""

import statistics
import sys
from importlib import import_module

from measure import cal, seconds

FILES = ("import", "start", "org")


def main(chosen: list[str]) -> int:
    """Print the table; give the exit status."""
    unknown = [name for name in chosen if name not in FILES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(FILES)}", file=sys.stderr)
        return 2
    cal_seconds = statistics.median(seconds(cal) for _ in range(1001))
    print(f"Python {sys.version.split()[0]}, cal = {cal_seconds * 1e6:.1f} µs\n")
    print(f"{'':<38} {'ours':>10} {'baseline':>10} {'ratio':>8}  baseline is")
    for name in chosen or FILES:
        for row in import_module(f"row_{name}").rows():
            ours, baseline = (f"{each * 1e3:.3f} ms" for each in (row.ours_seconds, row.baseline_seconds))
            print(f"{row.name:<38} {ours:>10} {baseline:>10} {row.ratio:>8.2f}  {row.baseline_name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
