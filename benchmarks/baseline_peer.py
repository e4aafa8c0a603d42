"""One test after the other, as a team writes it: an org of its own, one insert, one query through simple-salesforce.

    baseline_peer.py mockorg
    baseline_peer.py simple_mockforce

Runs in an interpreter that has one of the two; simple-mockforce pins a release of ``responses`` that ours cannot use.
A line of its standard input is a number of records that the org is to hold at a test's start, and how many tests to run
in a row; it is answered with the mean of the seconds that a test took, its set-up and end included.
"""

import atexit
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from simple_salesforce import Salesforce

HOST = "https://mockorg.my.salesforce.com"


def body(token: str) -> None:
    """Insert and query: what is measured, the same for both."""
    salesforce = Salesforce(session_id=token, instance_url=HOST)
    salesforce.Account.create({"Name": "Acme"})
    if salesforce.query("SELECT Id FROM Account WHERE Name = 'Acme'")["totalSize"] != 1:
        raise AssertionError("the org is not the test's own")


def of_mockorg(count: int) -> Callable[[], None]:
    from mockorg.testing import mock_org  # noqa: PLC0415

    records = [{"attributes": {"type": "Account"}, "Name": f"seeded {number}"} for number in range(count)]
    seed = Path(tempfile.gettempdir(), f"mockorg-bench-{os.getpid()}-{count}.json")
    seed.write_text(json.dumps(records))
    atexit.register(seed.unlink)

    def test() -> None:
        with mock_org(seed=seed) if count else mock_org() as org:
            body(org.token)

    return test


def of_simple_mockforce(count: int) -> Callable[[], None]:
    from simple_mockforce import mock_salesforce  # noqa: PLC0415
    from simple_mockforce.virtual import virtual_salesforce  # noqa: PLC0415

    @mock_salesforce
    def test() -> None:
        for number in range(count):  # its only way to hold records at the start, and past its HTTP layer the cheapest
            virtual_salesforce.create("Account", {"Name": f"seeded {number}"})
        body("token")

    return test


def main() -> None:
    """Answer each line."""
    kind = {"mockorg": of_mockorg, "simple_mockforce": of_simple_mockforce}[sys.argv[1]]
    tests: dict[int, Callable[[], None]] = {}
    print("ready", flush=True)
    for line in sys.stdin:
        count, times = map(int, line.split())
        if count not in tests:
            tests[count] = kind(count)
            tests[count]()  # the first does not count
        started = time.perf_counter()
        for _ in range(times):
            tests[count]()
        print((time.perf_counter() - started) / times, flush=True)


if __name__ == "__main__":
    main()
