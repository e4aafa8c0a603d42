"""A test with an org of its own: what that costs, empty or seeded, and what a savepoint does.

``MOCKORG_PEER_PYTHON`` names an interpreter that has simple-mockforce, for the rows that compare with it.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Effort, Row, cal, compare, row_of, seconds
from process import asking
from simple_salesforce import Salesforce

from mockorg.testing import mock_org

_PEER = "MOCKORG_PEER_PYTHON"


def rows(effort: Effort) -> Iterator[Row]:
    runs = effort.of(41, 9)
    yield compare("a test: own org, insert, query", _test_with(None), cal, "cal", runs=runs, most=30, baseline_times=5)
    with TemporaryDirectory() as folder:
        few, many = (_seed_file(Path(folder), count) for count in (1_000, effort.of(100_000, 10_000)))
        small, large = _test_with(few), _test_with(many)
        yield compare("the same, 1,000 records seeded", small, cal, "cal", runs=runs, most=30, baseline_times=5)
        yield compare("the same, many records seeded", large, small, "1,000 records", runs=runs, most=1.5)
        yield _savepoint("savepoint and back, 200 changes", None, effort)
        yield _savepoint("the same, 1,000 records seeded", few, effort)
        yield _savepoint("the same, many records seeded", many, effort)
    yield from _beside_peer(effort)


def _savepoint(name: str, seed: Path | None, effort: Effort) -> Row:
    """Time how a savepoint begins and ends, not what happens in it, which a create of 200 records does anyway."""
    with mock_org(seed=seed) if seed else mock_org() as org:
        records = [{"Name": f"a{number}"} for number in range(200)]
        turns = []
        for _ in range(effort.of(101, 21)):
            savepoint = org.savepoint()
            begin = seconds(savepoint.__enter__)
            org.client.create("Account", records)
            end = seconds(partial(savepoint.__exit__, None, None, None))
            turns.append((begin + end, seconds(cal, 5)))
        return row_of(name, turns[1:], "cal", 6)


def _beside_peer(effort: Effort) -> Iterator[Row]:
    """Run the same test in two processes, in turn."""
    peer = os.environ.get(_PEER)
    if not peer:
        print(f"{_PEER} names no interpreter that has simple-mockforce: no rows beside it", file=sys.stderr)
        return
    script = "baseline_peer.py"
    with asking(sys.executable, script, "mockorg") as ours, asking(peer, script, "simple_mockforce") as theirs:
        for count, runs, times, most in ((0, 21, 20, 1.0), (2_000, 15, 5, 1 / 25), (50_000, 3, 1, None)):
            question = f"{count} {times}"
            turns = [(ours(question), theirs(question)) for _ in range(effort.of(runs, 3))]
            yield row_of(f"the same test, {count:,} records there", turns, "simple-mockforce", most)


def _seed_file(folder: Path, count: int) -> Path:
    path = folder / f"{count}.json"
    accounts = [
        {"attributes": {"type": "Account", "referenceId": f"a{number}"}, "Name": f"seeded {number}"}
        for number in range(count)
    ]
    path.write_text(json.dumps({"records": accounts}))
    return path


def _test_with(seed: Path | None) -> Callable[[], None]:
    def test() -> None:
        with mock_org(seed=seed) if seed else mock_org() as org:
            salesforce = Salesforce(session_id=org.token, instance_url=org.url)
            salesforce.Account.create({"Name": "Acme"})
            if salesforce.query("SELECT Id FROM Account WHERE Name = 'Acme'")["totalSize"] != 1:
                raise AssertionError("the org is not the test's own")

    return test
