"""Many clients over the socket at once: nothing is lost, given twice, mixed up, or answered wrongly."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .soap_client import SoapClient, all_of, one

ROUNDS = {8: 25, 64: 4, 256: 1}
SHARED_FIELDS = ("Phone", "Fax", "AccountNumber", "Website", "Sic", "TickerSymbol", "Site", "Description")


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work(number)`` in that many threads, which begin at the same moment."""
    barrier = threading.Barrier(count)

    def begin(number: int) -> Any:
        barrier.wait(timeout=60)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout=100) for future in [pool.submit(begin, number) for number in range(count)]]


@pytest.mark.parametrize("count", ROUNDS)
def test_clients_that_read_and_write(mock_org: Any, count: int) -> None:
    """Each has a user of its own, records of its own, and one field of a record that eight of them share."""
    with SoapClient(mock_org.url, mock_org.org.token) as administrator:
        shared = [administrator.create("Account", {"Name": f"shared {n}"})[0] for n in range((count + 7) // 8)]
    rounds = ROUNDS[count]

    def work(number: int) -> tuple[str, list[str]]:
        with SoapClient(mock_org.url) as client:
            user_id = client.login(f"user{number}@x.example")
            record, name = shared[number // 8], SHARED_FIELDS[number % 8]
            return user_id, [each for turn in range(rounds) for each in one_turn(client, user_id, record, name, turn)]

    def one_turn(client: SoapClient, user_id: str, record: str, name: str, turn: int) -> list[str]:
        before = client.get("Account", record, "SystemModstamp")
        client.update("Account", {"Id": record, name: str(turn)})
        # what was acknowledged is there at once, whatever the others do to the same record, and no stamp goes back
        value, stamp = client.get("Account", record, name, "SystemModstamp")
        assert value == str(turn)
        assert [stamp] >= before
        ids = client.create("Contact", {"LastName": name}, {"LastName": user_id})
        assert client.get("Contact", ids[1], "LastName", "CreatedById", "OwnerId") == [user_id] * 3
        assert one(client.call("<getUserInfo/>"), "userId") == user_id
        assert client.size(f"SELECT COUNT() FROM Contact WHERE CreatedById = '{user_id}'") == 2 * (turn + 1)
        return ids

    done = together(count, work)

    user_ids, ids = [user for user, _ in done], [each for _, more in done for each in more]
    assert len(set(user_ids)) == count
    assert len(set(ids)) == len(ids) == 2 * rounds * count
    with SoapClient(mock_org.url, mock_org.org.token) as administrator:
        assert administrator.size("SELECT COUNT() FROM Contact") == len(ids)
        for number in range(count):
            name = SHARED_FIELDS[number % 8]
            assert administrator.get("Account", shared[number // 8], name) == [str(rounds - 1)]


def test_of_two_that_update_one_field_each_sees_the_other_in_order(mock_org: Any) -> None:
    """The value of the field is a number that only rises, because each adds one under a lock of the test's own."""
    turns, turn = 30, threading.Lock()
    with SoapClient(mock_org.url, mock_org.org.token) as administrator:
        [record] = administrator.create("Account", {"Name": "counter", "NumberOfEmployees": "0"})

    def work(_number: int) -> None:
        with SoapClient(mock_org.url, mock_org.org.token) as client:
            for _ in range(turns):
                with turn:
                    [value] = client.get("Account", record, "NumberOfEmployees")
                    client.update("Account", {"Id": record, "NumberOfEmployees": str(int(value or 0) + 1)})

    together(4, work)

    with SoapClient(mock_org.url, mock_org.org.token) as client:
        assert client.get("Account", record, "NumberOfEmployees") == [str(4 * turns)]


def test_pages_of_a_query_are_of_one_moment(mock_org: Any) -> None:
    """While others write, each reads its query to the end: every row once, and none that came later."""
    with SoapClient(mock_org.url, mock_org.org.token) as client:
        for start in range(0, 600, 200):
            client.create("Lead", *({"LastName": str(start + n), "Company": "c"} for n in range(200)))
    writing = threading.Event()
    writing.set()

    def write() -> None:
        with SoapClient(mock_org.url, mock_org.org.token) as client:
            while writing.is_set():
                client.delete(*client.create("Lead", *({"LastName": "late", "Company": "c"} for _ in range(20))))

    def read(_number: int) -> None:
        with SoapClient(mock_org.url, mock_org.org.token) as client:
            page = client.query("SELECT LastName FROM Lead WHERE LastName != 'late' ORDER BY LastName", 200)
            names = all_of(page, "sf:LastName")
            while "<done>false</done>" in page:
                page = client.query_more(one(page, "queryLocator"), 200)
                names += all_of(page, "sf:LastName")
            assert names == sorted(map(str, range(600)))

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        try:
            together(8, read)
        finally:
            writing.clear()
        writer.result(timeout=60)


def test_a_logout_ends_one_session_and_no_other(mock_org: Any) -> None:
    """Half of them log out again and again; the other half, of the same users, go on undisturbed."""

    def work(number: int) -> None:
        with SoapClient(mock_org.url) as client:
            user_id = client.login(f"user{number // 2}@x.example")
            for _ in range(10):
                assert one(client.call("<getUserInfo/>"), "userId") == user_id
                if number % 2:
                    client.call("<logout/>")
                    assert client.login(f"user{number // 2}@x.example") == user_id

    together(8, work)
    with SoapClient(mock_org.url, mock_org.org.token) as client:
        assert client.size("SELECT COUNT() FROM User WHERE Username LIKE 'user%'") == 4
