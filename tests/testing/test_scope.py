"""mock_org as a context manager, a decorator and a fixture, with clients that know nothing of it."""

import subprocess
import sys
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import responses
from simple_salesforce import SalesforceLogin
from zeep import Client

import mockorg
from mockorg.testing import MockOrg, mock_org

QUERY = "SELECT Id, Name FROM Account ORDER BY Name"


def names(client: mockorg.Client) -> list[Any]:
    return [record["Name"] for record in client.query(QUERY)]


def login(host: str = "login.salesforce.com") -> mockorg.Client:
    return mockorg.connect(f"https://{host}", username="user@example.com", password="password")


def health(url: str = "https://login.salesforce.com") -> Any:
    return requests.get(f"{url}/_mockorg/health", timeout=5).json()["orgs"][0]


def test_importing_the_sdk_imports_neither_this_room_nor_the_server() -> None:
    code = "import sys, mockorg; assert not [n for n in sys.modules if n.startswith(('mockorg.testing', 'mockorg_server'))]"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_this_room_imports_no_server() -> None:
    code = "import sys, mockorg.testing, mockorg.testing.plugin; assert not [n for n in sys.modules if n.startswith('mockorg_server')]"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_block_has_an_org_of_its_own() -> None:
    with mock_org() as org:
        org.client.create("Account", [{"Name": "Acme"}])
        assert names(login()) == ["Acme"]
    with mock_org() as org:
        assert names(org.client) == []


@pytest.mark.parametrize(
    "host",
    [
        "login.salesforce.com",
        "test.salesforce.com",
        "acme.my.salesforce.com",
        "acme--dev.sandbox.my.salesforce.com",
        "na1.salesforce.com",
        "eu1.salesforce.com",
        "cs1.salesforce.com",
        "acme.lightning.force.com",
        "ACME.My.Salesforce.com",
    ],
)
def test_every_host_of_salesforce_is_served(host: str) -> None:
    with mock_org() as org:
        assert health(f"https://{host}")["id"] == org.id
        assert login(host).get_user_info().organization_id == org.id


def test_a_url_of_ones_own_is_served_beside_them() -> None:
    with mock_org(url="http://sf.example.com:8443") as org:
        assert org.url == org.instance_url == "http://sf.example.com:8443"
        assert health(org.url)["id"] == health()["id"] == org.id
        assert org.client.get_user_info().organization_id == org.id


def test_other_hosts_are_refused_when_asked_for() -> None:
    with mock_org(other_hosts="refuse"), pytest.raises(requests.ConnectionError) as caught:
        requests.get("https://api.example.com/v1?q=1", timeout=5)
    assert "https://api.example.com/v1?q=1" in str(caught.value)
    assert "not a host of Salesforce" in str(caught.value)


def test_other_hosts_go_where_they_went_before(mock_other_host: str) -> None:
    with mock_org():
        assert requests.get(mock_other_host, timeout=5).text == "elsewhere"
    with mock_org(other_hosts=["api.example.com"]):
        assert requests.get(mock_other_host, timeout=5).text == "elsewhere"
        with pytest.raises(requests.ConnectionError):
            requests.get("https://other.example.com", timeout=5)


@pytest.fixture
def mock_other_host() -> Any:
    with responses.RequestsMock() as stub:
        stub.add("GET", "https://api.example.com/", "elsewhere")
        stub.add("GET", "https://api.example.com/", "elsewhere")
        yield "https://api.example.com/"


def test_stubs_of_other_hosts_stand_beside_it_in_any_order() -> None:
    with mock_org() as org, responses.RequestsMock() as stub:
        stub.add("GET", "https://api.example.com/", "elsewhere")
        assert requests.get("https://api.example.com/", timeout=5).text == "elsewhere"
        assert health()["id"] == org.id


def test_nothing_is_left_behind() -> None:
    def patched() -> list[Any]:
        session = requests.Session
        return [session.get_adapter, session.merge_environment_settings, threading.Thread.start]

    before = patched()
    with mock_org(), mock_org():
        assert not set(patched()) & set(before)
    assert patched() == before


def test_what_a_test_has_added_to_its_org_and_beside_it_is_gone() -> None:
    for _ in range(2):
        with mock_org() as org:
            assert org.snapshots.all == {}
            assert len(requests.get(f"{org.url}/_mockorg/orgs", timeout=5).json()["orgs"]) == 1
            org.snapshots.save("mine")
            made = requests.post(f"{org.url}/_mockorg/orgs", json={"my_domain": "second"}, timeout=5)
            assert made.ok
            assert login("second.my.salesforce.com").get_user_info().organization_id != org.id


def test_a_session_sends_as_it_was_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    met: list[dict[str, Any]] = []
    session = requests.Session()
    session.hooks["response"] = [lambda _answer, **sent: met.append(sent)]
    session.verify = "/mine.pem"
    with mock_org() as org:
        session.get(f"{org.url}/_mockorg/health", timeout=5)
        session.get(f"{org.url}/_mockorg/health", timeout=5, stream=True, verify=False, cert="/cert.pem")
    assert [(each["stream"], each["verify"], each["cert"]) for each in met] == [
        (False, "/mine.pem", None),
        (True, False, "/cert.pem"),
    ]


def test_a_function_is_decorated_with_or_without_arguments() -> None:
    @mock_org
    def bare() -> str:
        return str(health()["id"])

    @mock_org(users=["u@example.com:secret"])
    def given(number: int, org: MockOrg) -> tuple[int, str]:
        assert health()["id"] == org.id
        return number, org.username

    assert bare().startswith("00D")
    assert given(1) == (1, "u@example.com")


@mock_org
def test_a_decorated_test_still_gets_its_fixtures(tmp_path: Any, org: MockOrg) -> None:
    assert tmp_path.is_dir()
    assert health()["id"] == org.id


@mock_org(clock="2026-01-31T12:00:00Z")
class TestADecoratedClass:
    def test_each_test_has_an_org(self, org: MockOrg) -> None:
        org.client.create("Account", [{"Name": "Acme"}])
        assert names(org.client) == ["Acme"]

    def test_of_its_own(self, org: MockOrg) -> None:
        assert names(org.client) == []
        assert org.clock.now.isoformat() == "2026-01-31T12:00:00+00:00"


@mock_org
class TestOfUnittest(unittest.TestCase):
    org: MockOrg

    def setUp(self) -> None:
        self.org.client.create("Account", [{"Name": "Acme"}])

    def test_set_up_meets_the_org(self) -> None:
        assert names(login()) == ["Acme"]

    def test_of_this_test_alone(self) -> None:
        assert names(login()) == ["Acme"]


def test_an_inner_org_hides_the_outer_until_it_ends() -> None:
    with mock_org() as outer:
        with mock_org() as inner:
            assert health()["id"] == inner.id != outer.id
            outer.client.create("Account", [{"Name": "Outer"}])
            assert names(inner.client) == []
        assert health()["id"] == outer.id
        assert names(outer.client) == ["Outer"]


def test_each_of_two_orgs_is_reached_by_its_my_domain() -> None:
    with mock_org(my_domain="one") as one, mock_org(my_domain="two") as two:
        assert health("https://one.my.salesforce.com")["id"] == one.id
        assert health("https://two--dev.sandbox.my.salesforce.com")["id"] == two.id


def test_threads_do_not_see_each_others_orgs() -> None:
    meeting = threading.Barrier(4, timeout=30)

    def work(number: int) -> tuple[list[Any], str]:
        with mock_org(session_seed=number) as org:
            meeting.wait()
            login().create("Account", [{"Name": f"of {number}"}])
            meeting.wait()
            seen = names(login())
            meeting.wait()
            return seen, org.token

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(4)))
    assert [seen for seen, _ in found] == [[f"of {number}"] for number in range(4)]


def test_threads_that_a_test_starts_reach_its_org() -> None:
    other = threading.Event()
    entered = threading.Event()

    def hold_another() -> None:
        with mock_org():
            entered.set()
            other.wait(30)

    holder = threading.Thread(target=hold_another)
    holder.start()
    entered.wait(30)
    try:
        with mock_org(users=["mine@example.com:x"]), ThreadPoolExecutor(2) as pool:
            assert [each["username"] for each in pool.map(lambda _: health(), range(4))] == ["mine@example.com"] * 4
    finally:
        other.set()
        holder.join()


def test_a_thread_from_before_is_served_while_one_org_is_in_use_and_else_refused() -> None:
    def hold(entered: threading.Event, leave: threading.Event) -> None:
        with mock_org():
            entered.set()
            leave.wait(30)

    with ThreadPoolExecutor(1) as early:
        early.submit(int).result()
        leave = threading.Event()
        holders = []
        for count in (1, 2):
            entered = threading.Event()
            holders.append(threading.Thread(target=hold, args=(entered, leave)))
            holders[-1].start()
            entered.wait(30)
            outcome = early.submit(health)
            if count == 1:
                assert outcome.result()["id"].startswith("00D")
            else:
                with pytest.raises(requests.ConnectionError, match=r"login\.salesforce\.com.*2 orgs are in use"):
                    outcome.result()
        leave.set()
        for holder in holders:
            holder.join()


def test_a_client_of_an_org_that_is_gone_is_told_so() -> None:
    with mock_org() as org:
        client = org.client
    with pytest.raises(mockorg.TransportError, match="is closed"):
        client.get_user_info()


def test_simple_salesforce_logs_in() -> None:
    with mock_org(users=["user@example.com:password:token"]) as org:
        session_id, instance = SalesforceLogin(
            username="user@example.com", password="password", security_token="token", domain="test"
        )
    assert session_id.startswith(org.id[:15] + "!")
    assert instance == "mockorg.my.salesforce.com"


def test_zeep_reads_the_wsdl_and_calls() -> None:
    with mock_org() as org:
        client = Client("https://login.salesforce.com/soap/wsdl.jsp")
        service = client.create_service(
            "{urn:partner.soap.sforce.com}SoapBinding", "https://login.salesforce.com/services/Soap/u/60.0"
        )
        found = service.login("user@example.com", "password")
        assert getattr(getattr(found, "body", found), "result", found).userInfo.organizationId == org.id


def test_answers_are_those_of_a_socket() -> None:
    with mock_org():
        url = "https://login.salesforce.com/services/wsdl/partner"
        whole = requests.get(url, timeout=5)
        assert whole.headers["Content-Encoding"] == "gzip"
        assert whole.text.startswith("<?xml")
        with requests.get(url, stream=True, timeout=5) as streamed:
            assert b"".join(streamed.iter_content(1000)) == whole.content
        head = requests.head(url, timeout=5)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["Content-Length"]) > 0
        missing = requests.get("https://login.salesforce.com/nowhere", timeout=5)
        assert (missing.status_code, missing.reason, missing.ok) == (404, "Not Found", False)


def test_bodies_of_every_form_arrive() -> None:
    seed = '{"records":[{"attributes":{"type":"Account","referenceId":"%s"},"Name":"é"}]}'
    with mock_org() as org:
        url = "https://login.salesforce.com/_mockorg/seed"
        for name, body in {
            "text": seed % "text",
            "bytes": (seed % "bytes").encode(),
            "pieces": iter([(seed % "pieces").encode()]),
        }.items():
            assert list(requests.post(url, data=body, timeout=5).json()["ids"]) == [name]
        assert names(org.client) == ["é"] * 3


def test_a_seed_is_loaded_once_and_each_scope_finds_it_untouched() -> None:
    seed = {"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Seeded"}]}
    tokens = set()
    for _ in range(3):
        with mock_org(seed=seed) as org:
            org.on("before insert", "Contact", lambda event: event.add_error("no"))
            org.clock.freeze("2030-01-01T00:00:00Z")
            assert names(login()) == ["Seeded"]
            [made] = login().create("Account", [{"Name": "Of this test"}])
            tokens.add((org.token, made.id))
            with org.savepoint():
                org.reset()
                assert names(org.client) == ["Seeded"]
            assert len(names(org.client)) == 2
    assert len(tokens) == 1  # the same org, as it was
    with mock_org(seed=seed) as org:
        assert org.client.create("Contact", [{"LastName": "Fox"}])[0].success
        assert not org.clock.frozen
        with mock_org(seed=seed) as inner:
            inner.client.delete([inner.client.query(QUERY).records[0].id])
        assert names(org.client) == ["Seeded"]


def test_a_seed_file_that_was_written_again_is_read_again(tmp_path: Any) -> None:
    file = tmp_path / "Account.csv"
    for count in (1, 2):
        file.write_text("Name\n" + "Acme\n" * count)
        with mock_org(seed=file) as org:
            assert len(names(org.client)) == count


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"sched": "x"}, TypeError, "mock_org knows no 'sched'"),
        ({"schema": "no/such/folder"}, ValueError, "no/such/folder"),
        ({"seed": "nowhere.json"}, ValueError, "nowhere.json"),
        ({"clock": "yesterday"}, ValueError, "yesterday"),
        ({"users": ["x"]}, ValueError, "NAME:PASSWORD"),
        ({"edition": "Gold"}, ValueError, "Gold"),
        ({"other_hosts": "some"}, ValueError, "other_hosts"),
        ({"url": "salesforce"}, ValueError, "url"),
    ],
)
def test_what_is_wrong_with_the_set_up_is_told(options: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told), mock_org(**options):
        pytest.fail("it was let in")


def test_a_seed_is_given_as_records_and_later_too() -> None:
    records = [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme"}]
    with mock_org(seed=records) as org:
        ids = org.seed([{"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "Fox"}])
        org.seed([{"Name": "Beta"}], "Account")
        assert list(ids) == ["c"]
        assert names(org.client) == ["Acme", "Beta"]


FIRST_ORGS = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import requests
from mockorg.testing import mock_org

together = Barrier(8)

def test(number):
    together.wait()
    with mock_org() as org:
        org.client.create("Account", [{"Name": str(number)}])
        answer = requests.get("https://na1.salesforce.com/services/data/v64.0/query", timeout=5,
            params={"q": "SELECT Name FROM Account"}, headers={"Authorization": f"Bearer {org.token}"})
        assert [each["Name"] for each in answer.json()["records"]] == [str(number)]

with ThreadPoolExecutor(8) as pool:
    list(pool.map(test, range(8)))
"""


def test_the_first_orgs_of_a_process_may_be_entered_by_several_threads_at_once() -> None:
    subprocess.run([sys.executable, "-c", FIRST_ORGS], check=True, timeout=60)
