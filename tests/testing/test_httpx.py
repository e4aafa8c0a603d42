"""Clients of httpx, with a transport of the org's and with their own."""

import asyncio

import httpx
import pytest

from mockorg.testing import mock_org, mock_org_server

WSDL = "https://login.salesforce.com/services/wsdl/partner"
SEED = {"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "é"}]}


def test_a_client_finds_the_org_of_its_context() -> None:
    with mock_org() as org, httpx.Client() as client:
        assert client.post("https://test.salesforce.com/_mockorg/seed", json=SEED).json()["ids"].keys() == {"a"}
        found = client.get(WSDL)
        assert (found.headers["content-encoding"], found.text[:5]) == ("gzip", "<?xml")
        assert client.head(WSDL).content == b""
        assert org.client.query("SELECT Id FROM Account").size == 1


def test_an_asynchronous_client_finds_it_too() -> None:
    async def work() -> int:
        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(*(client.get(WSDL) for _ in range(3)))
        return sum(answer.status_code == 200 for answer in answers)

    with mock_org():
        assert asyncio.run(work()) == 3


def test_a_transport_belongs_to_its_org() -> None:
    async def health(transport: httpx.AsyncBaseTransport) -> str:
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.get("https://na1.salesforce.com/_mockorg/health")
        return str(answer.json()["orgs"][0]["id"])

    with mock_org() as outer:
        transport = outer.httpx_transport()
        with mock_org(), httpx.Client(transport=transport) as client:
            assert client.get("https://na1.salesforce.com/_mockorg/health").json()["orgs"][0]["id"] == outer.id
            assert asyncio.run(health(transport)) == outer.id
    with pytest.raises(httpx.ConnectError, match="is closed"), httpx.Client(transport=transport) as client:
        client.get(WSDL)


def test_other_hosts_are_refused_when_asked_for() -> None:
    told = pytest.raises(httpx.ConnectError, match=r"https://api\.example\.com/x")
    with mock_org(other_hosts="refuse"), httpx.Client() as client, told:
        client.get("https://api.example.com/x")


def test_nothing_is_left_behind() -> None:
    before = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request
    with mock_org():
        assert httpx.HTTPTransport.handle_request is not before[0]
    assert (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request) == before


def test_an_org_on_a_socket_needs_no_transport() -> None:
    with mock_org_server() as server, pytest.raises(TypeError):
        server.httpx_transport()
