"""A test with an org of its own: what that costs, empty or seeded, and what a savepoint does."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Effort, Row, cal, compare
from simple_salesforce import Salesforce

from mockorg.testing import mock_org


def rows(effort: Effort) -> Iterator[Row]:
    runs = effort.of(41, 9)
    yield compare("a test: own org, insert, query", _test_with(None), cal, "cal", runs=runs, most=30, baseline_times=5)
    with TemporaryDirectory() as folder:
        few, many = (_test_with(_seed_file(Path(folder), count)) for count in (1_000, effort.of(100_000, 10_000)))
        yield compare("the same, 1,000 records seeded", few, cal, "cal", runs=runs, most=30, baseline_times=5)
        yield compare("the same, many records seeded", many, few, "1,000 records", runs=runs, most=1.5)
    with mock_org() as org:
        records = [{"Name": f"a{number}"} for number in range(200)]
        client = org.client
        client.create("Account", records)

        def change() -> None:
            client.create("Account", records)

        def undo() -> None:
            with org.savepoint():
                client.create("Account", records)

        yield compare("savepoint and back, 200 changes", undo, cal, "cal", runs=runs, less=change, most=6)
    if importlib.util.find_spec("simple_mockforce") is None:
        print("simple-mockforce is not installed here: no rows beside it", file=sys.stderr)


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
