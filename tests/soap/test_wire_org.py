"""The wire on a real org: each call that is built, at versions of each generation, read strictly."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.soap.application import SoapApplication
from mockorg_server.soap.request import DECODERS

from .strict_reader import API, SOBJECT, Reply, StrictReader
from .wire_client import SESSION, WireClient, contract, envelope

LOGIN = "<login><username>a@example.com</username><password>x</password></login>"
RECORDS = (
    "<sObjects><type>Account</type><Name>O'Brien &amp; Söhne</Name><AnnualRevenue>99213206</AnnualRevenue></sObjects>"
    "<sObjects><type>Account</type><Name>Acme</Name><NumberOfEmployees>7</NumberOfEmployees></sObjects>"
    "<sObjects><type>Account</type></sObjects>"
)


class OrgClient(WireClient):
    """A client with a session on an org that is really there."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.application = SoapApplication(host, on_bug=self.bugs.append)
        self.session = host.default.token

    def ask(self, body: str, version: int = 60) -> Reply:
        content = envelope(body).replace(SESSION.encode(), self.session.encode())
        return StrictReader(version, contract()).read(self.post(content, f"{version}.0").content)

    def results(self, body: str, version: int = 60) -> Any:
        reply = self.ask(body, version)
        assert reply.fault is None, reply.fault
        return reply.results


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    opened = Host.open(OrgSettings(clock_start=datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)))
    yield opened
    opened.close()


@pytest.fixture
def org(host: Host) -> OrgClient:
    host.default.reset()
    return OrgClient(host)


def ids_of(results: Any) -> list[str]:
    return [result.findtext(f"{API}id") for result in results if result.findtext(f"{API}success") == "true"]


@pytest.mark.parametrize("version", [31, 40, 45, 50, 60, 64, 65, 68])
def test_every_call_that_is_built_answers_to_the_contract(org: OrgClient, version: int) -> None:
    done = set()

    def call(body: str) -> Any:
        done.add(re.findall(r"\w+", body)[0])
        return org.results(body, version)

    if version <= 64:
        org.session = call(LOGIN)[0].findtext(f"{API}sessionId")
    ids = ids_of(call(f"<create>{RECORDS}</create>"))
    assert len(ids) == 2
    call(f"<update><sObjects><type>Account</type><Id>{ids[0]}</Id><Name>New</Name></sObjects></update>")
    call(
        "<upsert><externalIDFieldName>Id</externalIDFieldName>"
        f"<sObjects><type>Account</type><Id>{ids[1]}</Id></sObjects></upsert>"
    )
    page = call("<query><queryString>SELECT Id, Name, Owner.Name FROM Account ORDER BY Name</queryString></query>")
    assert [record.findtext(f"{SOBJECT}Name") for record in page[0].iterfind(f"{API}records")] == ["Acme", "New"]
    assert len(list(page[0].iter(f"{SOBJECT}Owner"))) == 2
    hits = call("<search><searchString>FIND {ac*} RETURNING Account(Name)</searchString></search>")[0]
    assert [hit.findtext(f"{API}record/{SOBJECT}Name") for hit in hits.iterfind(f"{API}searchRecords")] == ["Acme"]
    ids_wanted = f"<ids>{ids[0]}</ids><ids>001000000000099AAA</ids>"
    found = call(f"<retrieve><fieldList>Name</fieldList><sObjectType>Account</sObjectType>{ids_wanted}</retrieve>")
    assert [len(record) for record in found] == [3, 0]
    window = "<startDate>2026-01-31T11:00:00Z</startDate><endDate>2026-01-31T12:05:00Z</endDate>"
    assert len(call(f"<getUpdated><sObjectType>Account</sObjectType>{window}</getUpdated>")[0]) == 3
    call(f"<delete><ids>{ids[1]}</ids></delete>")
    assert len(call(f"<getDeleted><sObjectType>Account</sObjectType>{window}</getDeleted>")[0]) == 3
    deleted = call("<queryAll><queryString>SELECT Id FROM Account WHERE IsDeleted = true</queryString></queryAll>")
    assert deleted[0].findtext(f"{API}size") == "1"
    assert ids_of(call(f"<undelete><ids>{ids[1]}</ids></undelete>")) == [ids[1]]
    master = f"<masterRecord><type>Account</type><Id>{ids[0]}</Id></masterRecord>"
    call(f"<merge><request>{master}<recordToMergeIds>{ids[1]}</recordToMergeIds></request></merge>")
    call(f"<emptyRecycleBin><ids>{ids[1]}</ids></emptyRecycleBin>")
    lead = "<sObjects><type>Lead</type><LastName>Ada</LastName><Company>Acme</Company></sObjects>"
    [lead_id] = ids_of(org.results(f"<create>{lead}</create>", version))
    members = (
        "<convertedStatus>Closed - Converted</convertedStatus><doNotCreateOpportunity>true</doNotCreateOpportunity>"
    )
    more = "<overwriteLeadSource>false</overwriteLeadSource><sendNotificationEmail>false</sendNotificationEmail>"
    converted = call(
        f"<convertLead><leadConverts>{members}<leadId>{lead_id}</leadId>{more}</leadConverts></convertLead>"
    )
    assert converted[0].findtext(f"{API}success") == "true"
    for body in [
        f"<findDuplicatesByIds><ids>{ids[0]}</ids></findDuplicatesByIds>",
        "<findDuplicates><sObjects><type>Account</type><Name>A</Name></sObjects></findDuplicates>",
    ]:
        done.add(re.findall(r"\w+", body)[0])
        assert org.ask(body, version).fault is not None  # the org has no duplicate rules
    for body in [
        "<describeGlobal/>",
        "<describeSObject><sObjectType>account</sObjectType></describeSObject>",
        "<describeSObjects><sObjectType>Task</sObjectType></describeSObjects>",
        "<getUserInfo/>",
        "<getServerTimestamp/>",
        "<logout/>",
    ]:
        call(body)
    assert org.ask("<getUserInfo/>", version).fault is not None
    assert done | {"queryMore"} | ({"login"} if version > 64 else set()) == set(DECODERS)


def test_pages_follow_their_locators(org: OrgClient) -> None:
    many = "".join(f"<sObjects><type>Account</type><Name>{number:04}</Name></sObjects>" for number in range(200))
    for _ in range(2):
        org.results(f"<create>{many}</create>")
    options = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    session = org.session.encode()
    body = "<query><queryString>SELECT Name FROM Account ORDER BY Name</queryString></query>"

    first = StrictReader(60, contract()).read(
        org.post(envelope(body, options).replace(SESSION.encode(), session)).content
    )
    locator = first.results[0].findtext(f"{API}queryLocator")
    second = org.results(f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>")

    pages = [first.results[0], second[0]]
    assert [page.findtext(f"{API}done") for page in pages] == ["false", "true"]
    assert [page.findtext(f"{API}size") for page in pages] == ["400", "400"]
    assert [len(list(page.iterfind(f"{API}records"))) for page in pages] == [200, 200]


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ("<query><queryString>SELECT Nope FROM Account</queryString></query>", "InvalidFieldFault"),
        ("<query><queryString>SELECT Id FROM Nope</queryString></query>", "InvalidSObjectFault"),
        ("<query><queryString>SELECT FROM Account</queryString></query>", "MalformedQueryFault"),
        ("<query><queryString/></query>", "MalformedQueryFault"),
        ("<queryMore><queryLocator>nope</queryLocator></queryMore>", "InvalidQueryLocatorFault"),
        ("<create><sObjects><type>Nope</type></sObjects></create>", "InvalidSObjectFault"),
        ("<create><sObjects><type>Account</type><Nope>1</Nope></sObjects></create>", "InvalidFieldFault"),
        (f"<create>{RECORDS * 67}</create>", "UnexpectedErrorFault"),
        ("<login><username>a</username><password/></login>", "LoginFault"),
    ],
)
def test_refusals_of_the_core_become_their_faults(org: OrgClient, body: str, element: str) -> None:
    fault = org.ask(body).fault

    assert fault is not None
    assert fault.element == element


def test_usage_counts_calls(org: OrgClient) -> None:
    usages = [org.ask("<getServerTimestamp/>").usage for _ in range(3)]

    assert usages == [(1, 15000), (2, 15000), (3, 15000)]
