"""``make demo``: shows what the mock org is for, by doing it.

A mock org is started as a user would start it, messages are sent and delivered step by step (``demo_story.py``), and
three clients that know nothing of a mock look at them over a real socket: zeep, simple-salesforce and our own SDK.
Every answer is compared with what is right; a wrong one ends the demo with exit status 1.
"""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
import zeep
from lxml import etree
from requests.adapters import HTTPAdapter
from simple_salesforce.login import SalesforceLogin

import mockorg
from mockorg_server.demo_story import PURGED, STORY, WrongAnswerError, check, play

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)
TEN = datetime(2026, 1, 31, 10, tzinfo=UTC)
USER, PASSWORD, TOKEN = "integration@example.com", "secret", "2fa7"  # made up
API_VERSION = "60.0"
REQUEST = "ConvMessageSendRequest"
FIELDS = ("Id", "Name", "RequestStatus", "TotalMessageCount", "FailedMessageCount", "CompletedDate")
READY = re.compile(r"mockorg ready on (?P<url>\S+) org=(?P<org>\S+) token=(?P<token>\S+)\s*")
FIELDS_IN_60 = 23  # of ConvMessageSendRequest, as a real org of that version describes it


class DemoClient(Protocol):
    """The calls of the demo, each client's answers brought into one form; times and numbers as Python values."""

    title: str
    login: str

    def describe(self, sobject: str) -> tuple[str, int, bool]:
        """Give key prefix, number of fields, and whether records can be created."""

    def query(self, soql: str, fields: Sequence[str]) -> list[dict[str, str | None]]:
        """Give the records, values as the texts of the wire."""

    def retrieve(self, sobject: str, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, str | None] | None]:
        """Give the records in the order of the ids."""

    def updated(self, sobject: str, start: datetime, end: datetime) -> list[str]:
        """Give the ids changed in the window."""

    def deleted(self, sobject: str, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
        """Give the ids deleted in the window, and when."""

    def create(self, sobject: str, values: Mapping[str, str]) -> str:
        """Create a record, give its id."""

    def update(self, sobject: str, record_id: str, values: Mapping[str, str]) -> bool:
        """Update a record, tell whether that succeeded."""

    def delete(self, record_id: str) -> bool:
        """Delete a record, tell whether that succeeded."""


class ZeepClient:
    """zeep as it comes from PyPI, given nothing but the address of the WSDL and the user's credentials."""

    _PARTNER, _SOBJECT = "{urn:partner.soap.sforce.com}", "{urn:sobject.partner.soap.sforce.com}"

    def __init__(self, url: str) -> None:
        client: Any = zeep.Client  # it has no types
        self._client = client(f"{url}/services/wsdl/partner")
        endpoint = f"{url}/services/Soap/u/{API_VERSION}"
        login = self._client.create_service(self._PARTNER + "SoapBinding", endpoint).login(USER, PASSWORD + TOKEN)
        self._service = self._client.create_service(self._PARTNER + "SoapBinding", login.serverUrl)
        header = self._client.get_element(self._PARTNER + "SessionHeader")
        self._headers = {"SessionHeader": header(sessionId=login.sessionId)}
        self.title = f"zeep {version('zeep')}, unmodified, built from the partner WSDL that the org serves"
        self.login = f"as {login.userInfo.userName}; go on at {urlsplit(login.serverUrl).path}"

    def _call(self, name: str, **arguments: Any) -> Any:
        reply = self._service[name](**arguments, _soapheaders=self._headers)
        return getattr(reply.body, "result", None) if hasattr(reply, "body") else reply

    def describe(self, sobject: str) -> tuple[str, int, bool]:
        """Describe."""
        [described] = self._call("describeSObjects", sObjectType=[sobject])
        return described.keyPrefix, len(described.fields), described.createable

    def query(self, soql: str, fields: Sequence[str]) -> list[dict[str, str | None]]:
        """Query; the order of ``fields`` is the order of the answer already."""
        return [self._values(record) for record in self._call("query", queryString=soql).records]

    def retrieve(self, sobject: str, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, str | None] | None]:
        """Retrieve."""
        records = self._call("retrieve", fieldList=", ".join(fields), sObjectType=sobject, ids=list(ids))
        # zeep reads a null record as one whose every member is None.
        return [self._values(record) if record is not None and record.type else None for record in records]

    def updated(self, sobject: str, start: datetime, end: datetime) -> list[str]:
        """Ask with getUpdated."""
        return list(self._call("getUpdated", sObjectType=sobject, startDate=start, endDate=end).ids)

    def deleted(self, sobject: str, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
        """Ask with getDeleted."""
        result = self._call("getDeleted", sObjectType=sobject, startDate=start, endDate=end)
        return [(record.id, record.deletedDate) for record in result.deletedRecords]

    def create(self, sobject: str, values: Mapping[str, str]) -> str:
        """Create."""
        [result] = self._call("create", sObjects=[self._record(sobject, None, values)])
        return str(result.id)

    def update(self, sobject: str, record_id: str, values: Mapping[str, str]) -> bool:
        """Update."""
        [result] = self._call("update", sObjects=[self._record(sobject, record_id, values)])
        return bool(result.success)

    def delete(self, record_id: str) -> bool:
        """Delete."""
        [result] = self._call("delete", ids=[record_id])
        return bool(result.success)

    def _record(self, sobject: str, record_id: str | None, values: Mapping[str, str]) -> Any:
        elements = []
        for name, value in values.items():
            element = etree.Element(self._SOBJECT + name)
            element.text = value
            elements.append(element)
        make = self._client.get_type(self._SOBJECT + "sObject")
        return make(type=sobject, Id=record_id or zeep.xsd.SkipValue, _value_1=elements)

    @staticmethod
    def _values(record: Any) -> dict[str, str | None]:
        return {etree.QName(element).localname: element.text for element in record._value_1}


class SdkClient:
    """mockorg's own client SDK."""

    def __init__(self, client: mockorg.Client, title: str) -> None:
        self._client = client
        self.title = title
        self.login = f"as {client.get_user_info().user_name}"

    def describe(self, sobject: str) -> tuple[str, int, bool]:
        """Describe."""
        [described] = self._client.describe_sobjects([sobject])
        return str(described.key_prefix), len(described.fields), described.createable

    def query(self, soql: str, fields: Sequence[str]) -> list[dict[str, str | None]]:
        """Query."""
        return [self._values(record, fields) for record in self._client.query(soql)]

    def retrieve(self, sobject: str, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, str | None] | None]:
        """Retrieve."""
        records = self._client.retrieve(sobject, ids, fields)
        return [None if record is None else self._values(record, fields) for record in records]

    def updated(self, sobject: str, start: datetime, end: datetime) -> list[str]:
        """Ask with getUpdated."""
        return list(self._client.get_updated(sobject, start, end).ids)

    def deleted(self, sobject: str, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
        """Ask with getDeleted."""
        found = self._client.get_deleted(sobject, start, end).deleted_records
        return [(record.id, record.deleted_date) for record in found]

    def create(self, sobject: str, values: Mapping[str, str]) -> str:
        """Create."""
        [result] = self._client.create(sobject, [values])
        return str(result.id)

    def update(self, sobject: str, record_id: str, values: Mapping[str, str]) -> bool:
        """Update."""
        [result] = self._client.update(sobject, [{"Id": record_id, **values}])
        return result.success

    def delete(self, record_id: str) -> bool:
        """Delete."""
        [result] = self._client.delete([record_id])
        return result.success

    @staticmethod
    def _values(record: Mapping[str, object], fields: Sequence[str]) -> dict[str, str | None]:
        return {name: _wire_text(record[name]) for name in fields}


def _wire_text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return None if value is None else str(value)


class _ToMockOrg(HTTPAdapter):
    """Sends what is meant for https://login.salesforce.com to the mock org."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *positional: Any, **named: Any) -> requests.Response:
        """Send."""
        request.url = self._url + urlsplit(str(request.url)).path
        return super().send(request, *positional, **named)


def _simple_salesforce(url: str) -> SdkClient:
    """Log in with simple-salesforce. What it does after that is REST, so the SDK goes on with its session."""
    with requests.Session() as session:
        session.mount("https://", _ToMockOrg(url))
        session_id, _ = SalesforceLogin(
            username=USER, password=PASSWORD, security_token=TOKEN, session=session, sf_version=API_VERSION
        )
    title = f"simple-salesforce {version('simple-salesforce')}, unmodified, logs in; the SDK goes on with its session"
    return SdkClient(mockorg.connect(url, access_token=session_id, api_version=API_VERSION), title)


def _sdk(url: str) -> SdkClient:
    client = mockorg.connect(
        url, username=USER, password=PASSWORD, security_token=TOKEN, api="soap", api_version=API_VERSION
    )
    return SdkClient(client, f"mockorg {mockorg.__version__}, the client SDK")


def _expected(name: str, ids: Mapping[str, str]) -> dict[str, str | None]:
    """Give a request of the story as a client should see it."""
    return {"Id": ids[name], **STORY[name].values}


def main_job(client: DemoClient, ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Run every call of the demo, check its answer, and give (call, what came of it)."""
    yield "login", client.login
    described = client.describe(REQUEST)
    check("describeSObjects", described, ("1sr", FIELDS_IN_60, False))
    yield (
        "describeSObjects",
        f"{REQUEST}: key prefix {described[0]}, {described[1]} fields in API {API_VERSION}, read only",
    )

    alive = ["early", "partly_failed", "in_progress", "pending"]
    soql = f"SELECT {', '.join(FIELDS)} FROM {REQUEST} WHERE TotalMessageCount > 0 ORDER BY Name"
    records = client.query(soql, FIELDS)
    check("query", records, [_expected(each, ids) for each in alive])
    yield "query", ", ".join(f"{record['Name']} {record['RequestStatus']}" for record in records)

    wanted = ["partly_failed", "deleted", "pending"]
    found = client.retrieve(REQUEST, FIELDS, [ids[each] for each in wanted])
    check("retrieve", found, [_expected("partly_failed", ids), None, _expected("pending", ids)])
    yield (
        "retrieve",
        f"{found[0] and found[0]['FailedMessageCount']} messages of MSJ-00000003 failed; MSJ-00000001 is gone",
    )

    changed = client.updated(REQUEST, TEN, NOON)
    check("getUpdated", sorted(changed), sorted(ids[each] for each in ("partly_failed", "in_progress", "pending")))
    yield "getUpdated", f"{len(changed)} requests changed between 10:00 and 12:00"
    gone = client.deleted(REQUEST, NINE, NOON)
    check("getDeleted", gone, [(ids["deleted"], PURGED)])
    yield "getDeleted", f"{gone[0][0]} at {gone[0][1]:%H:%M:%S}"
    yield "create, update, delete", _account_life(client)


def _account_life(client: DemoClient) -> str:
    account_id = client.create("Account", {"Name": "Acme & Söhne", "Website": "https://acme.example"})
    check("create", account_id[:3], "001")
    check("update", client.update("Account", account_id, {"Name": "Acme Ltd"}), True)
    fields = ("Name", "Website")
    expected = {"Name": "Acme Ltd", "Website": "https://acme.example"}
    check(
        "query after update",
        client.query(f"SELECT Name, Website FROM Account WHERE Id = '{account_id}'", fields),
        [expected],
    )
    check("delete", client.delete(account_id), True)
    check("retrieve after delete", client.retrieve("Account", fields, [account_id]), [None])
    return f"Account {account_id} made, renamed, deleted"


@contextmanager
def serving() -> Iterator[tuple[str, str]]:
    """Run ``mockorg serve`` on a free port and give its URL and org id; check that it ends cleanly."""
    options = ["--port", "0", "--clock", NOON.isoformat(), "--user", f"{USER}:{PASSWORD}:{TOKEN}"]
    command = [sys.executable, "-m", "mockorg_server", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            ready = READY.fullmatch(process.stdout.readline() if process.stdout else "")
            if ready is None:
                raise WrongAnswerError("the mock org did not start")
            yield ready["url"], ready["org"]
            process.send_signal(signal.SIGTERM)
            check("exit status of the server", process.wait(timeout=20), 0)
        finally:
            process.kill()


def _show(url: str) -> int:
    """Run the job with each client, tell about it, and give the number of checked steps."""
    with _sdk(url)._client as org:
        ids = play(url, org.send_conversation_messages)
    print(f"  sent    {len(ids)} {REQUEST}: 2 Completed, 1 In Progress, 1 Pending, 1 deleted")
    steps = 0
    for make in (ZeepClient, _simple_salesforce, _sdk):
        client: DemoClient = make(url)
        print(f"\n{client.title}")
        for call, outcome in main_job(client, ids):
            print(f"  {call:<23} {outcome}")
            steps += 1
    return steps


def main() -> int:
    """Run the demo and give its exit status."""
    logging.getLogger("zeep").setLevel(logging.ERROR)
    started = time.perf_counter()
    try:
        with serving() as (url, org_id):
            print(f"A mock org runs on {url}\n  org     {org_id}, its clock standing at {NOON:%Y-%m-%d %H:%M} UTC")
            steps = _show(url)
    except (WrongAnswerError, mockorg.CallError, zeep.exceptions.Error, requests.RequestException) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    print(f"\n{steps} steps over a real socket in {time.perf_counter() - started:.1f} s, every answer as expected.")
    print("Your own: make serve, or: mockorg serve --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
