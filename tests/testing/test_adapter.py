"""Adapters that a client has mounted on its session do their own part; only the connection under them is the org's."""

from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from mockorg.testing import MockOrg, mock_org

FAULT = {"match": {"path": "/services/data"}, "http": {"status": 503}}


class Counting(HTTPAdapter):
    """What teams write: a timeout for every request, and a note of each."""

    def __init__(self) -> None:
        self.timeouts: list[Any] = []
        super().__init__()

    def send(self, *arguments: Any, **keywords: Any) -> Any:
        keywords["timeout"] = 3
        self.timeouts.append(keywords["timeout"])
        return super().send(*arguments, **keywords)

    def add_headers(self, request: requests.PreparedRequest, **_: Any) -> None:
        request.headers["X-PrettyPrint"] = "1"


class PastUs(HTTPAdapter):
    def send(self, *arguments: Any, **keywords: Any) -> Any:
        return HTTPAdapter.send(self, *arguments, **keywords)


class Slotted(HTTPAdapter):
    __slots__ = ("mine",)


def get(org: MockOrg, adapter: HTTPAdapter) -> requests.Response:
    session = requests.Session()
    session.mount("https://", adapter)
    return session.get(f"{org.url}/services/data/v64.0/limits", headers={"Authorization": f"Bearer {org.token}"})


def retrying(**options: Any) -> HTTPAdapter:
    return HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[503], backoff_factor=0, **options))


@pytest.mark.parametrize("stubbed", [False, True])
def test_an_adapter_of_the_client_s_own_sends_as_it_does(stubbed: bool) -> None:
    adapter = Counting()
    with mock_org() as org, responses.RequestsMock() if stubbed else org.savepoint():
        answers = [get(org, adapter) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert adapter.timeouts == [3, 3]
    assert answers[0].text.startswith("{\n")


def test_an_adapter_with_retries_tries_again() -> None:
    with mock_org() as org:
        org.faults.add(**FAULT, times=2)
        assert get(org, retrying()).status_code == 200
        assert [call.http_status for call in org.requests] == [503, 503, 200]


def test_and_gives_up_as_it_does() -> None:
    with mock_org() as org:
        org.faults.add(**FAULT)
        with pytest.raises(requests.exceptions.RetryError, match="too many 503 error responses"):
            get(org, retrying())
        assert get(org, retrying(raise_on_status=False)).status_code == 503
        assert len(org.requests) == 6


def test_what_is_sent_again_is_whole() -> None:
    session = requests.Session()
    session.mount("https://", retrying(allowed_methods=None))
    with mock_org() as org:
        org.faults.add(**FAULT, times=1)
        answer = session.post(
            f"{org.url}/services/data/v64.0/sobjects/Account",
            data=iter([b'{"Name": ', b'"Acme"}']),
            headers={"Authorization": f"Bearer {org.token}", "Content-Type": "application/json"},
        )
        assert answer.status_code == 201
        assert org.client.query("SELECT Name FROM Account").records[0]["Name"] == "Acme"


def test_an_adapter_that_goes_past_ours_is_refused() -> None:
    with (
        mock_org() as org,
        pytest.raises(requests.ConnectionError, match="mock_org refused to connect to https://mockorg"),
    ):
        get(org, PastUs())


def test_an_adapter_that_cannot_be_derived_from_is_left_out() -> None:
    with mock_org() as org:
        assert get(org, Slotted()).status_code == 200
