"""``make bench``: prints the table of speeds and sizes.

Times on one machine say little; a row is a ratio to a baseline that was measured in turn with ours, in the same run.
``cal`` is the median time of ``sum(range(10_000))`` in that run. A row that something was promised for says OK or OVER.
"""

import argparse
import json
import statistics
import sys
from importlib import import_module

from measure import Effort, Row, cal, seconds

FILES = (
    "import",
    "start",
    "org",
    "wire",
    "engine",
    "query",
    "dml",
    "messaging",
    "schema",
    "socket",
    "rest",
    "access",
    "testing",
    "memory",
)


def main() -> int:
    """Print the table; the exit status is 0, or with ``--check`` 1 when a row is over its bound."""
    options = _options()
    cal_ms = statistics.median(seconds(cal) for _ in range(1001)) * 1e3
    python = sys.version.split()[0]
    if not options.json:
        print(f"Python {python}, {sys.platform}, cal = {cal_ms:.3f} ms{', quick' * options.quick}\n")
        print(f"{'':<50} {'ours':>14} {'baseline':>14} {'ratio':>7} {'bound':>9}       baseline is")
    rows: list[Row] = []
    for name in options.files or FILES:
        for row in import_module(f"row_{name}").rows(Effort(options.quick)):
            rows.append(row)
            if not options.json:
                print(_line(row), flush=True)
    if options.json:
        facts = {"python": python, "platform": sys.platform, "quick": options.quick, "cal_ms": cal_ms}
        print(json.dumps({**facts, "rows": [row.document() for row in rows]}, indent=2))
    return int(options.check and any(row.verdict == "OVER" for row in rows))


def _line(row: Row) -> str:
    ours, baseline = (f"{_number(value)} {row.unit}" for value in (row.ours, row.baseline))
    verdict = f"{row.bound:>9} {row.verdict:<4}"
    return f"{row.name:<50} {ours:>14} {baseline:>14} {row.ratio:>7.2f} {verdict}  {row.baseline_name}"


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description="Print the table of speeds and sizes.")
    parser.add_argument("files", nargs="*", help=f"only these rows: {', '.join(FILES)}")
    parser.add_argument("--quick", action="store_true", help="fewer runs and smaller data, for a look")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a row is over its bound")
    options = parser.parse_args()
    if unknown := set(options.files) - set(FILES):
        parser.error(f"unknown rows: {', '.join(sorted(unknown))}; there are {', '.join(FILES)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
