"""The table of what goes wrong with records, row by row, over REST and, where it shows the same, over SOAP.

Each case names the row of the table of gathered refusals and what it rests on: R recorded from a real org, D documented,
S told by others, I inferred. SOAP gives a refused name as a fault.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.model.door import InProcess
from tests.model.storm_schema import SHAPES, write_schema

import mockorg
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import Additions

from .conftest import NOW, RestClient

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases/error_table.jsonl").read_text("utf-8").splitlines()
]
SOAP_CASES = [case for case in CASES if case.get("soap")]
URL = "http://mock.example"


def _name(case: dict[str, Any]) -> str:
    return f"{case['row']} {case['request']} {case.get('body', case.get('raw', ''))}"


@pytest.fixture(scope="module")
def additions(tmp_path_factory: pytest.TempPathFactory) -> Additions:
    folder = write_schema(tmp_path_factory.mktemp("errors"))
    body = "<fullName>Far</fullName><active>true</active><label>Far</label>"
    kind = folder / "objects/Visit__c/recordTypes/Far.recordType-meta.xml"
    kind.parent.mkdir(parents=True)
    kind.write_text(f'<RecordType xmlns="http://soap.sforce.com/2006/04/metadata">{body}</RecordType>')
    return read_schema([folder]).additions


@pytest.fixture
def rest(additions: Additions) -> Iterator[RestClient]:
    opened = Host.open(OrgSettings(clock_start=NOW, additions=additions))
    yield RestClient(opened)
    opened.close()


@pytest.fixture
def ids(rest: RestClient) -> dict[str, str]:
    """The records that the cases name."""
    ids = {
        "account": rest.make("Account", Name="Acme", Code__c="A1"),
        "contact": rest.make("Contact", LastName="One", Email="one@example.com"),
        "contact2": rest.make("Contact", LastName="Two", Email="two@example.com"),
        "contact3": rest.make("Contact", LastName="Three", Email="two@example.com"),
        "region": rest.make("Region__c", Name="r", Code__c="k"),
        "gone": rest.make("Region__c", Name="gone"),
        "tool": rest.make("Tool__c", Serial__c="T-1"),
    }
    for name, number in (("site", 7), ("site2", 8)):
        ids[name] = rest.make("Site__c", Name=name, Region__c=ids["region"], Number__c=number)
    ids["part"] = rest.make("Part__c", Site__c=ids["site"], Key__c="Kk", Guard__c=ids["tool"])
    assert rest(f"DELETE /sobjects/Region__c/{ids['gone']}").status == 204
    for each in rest.query("SELECT Id, SobjectType FROM RecordType ORDER BY DeveloperName"):
        ids["record_type" if each["SobjectType"] == "Tool__c" else "other_record_type"] = each["Id"]
    return ids


def _filled(thing: Any, ids: dict[str, str]) -> Any:
    text = json.dumps(thing)
    for name, record_id in ids.items():
        text = text.replace(f"{{{name}:15}}", record_id[:15]).replace(f"{{{name}}}", record_id)
    return json.loads(text)


def _everything(rest: RestClient) -> list[Any]:
    return [rest.query(f"SELECT Id, SystemModstamp FROM {name} ORDER BY Id") for name in SHAPES]


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_over_rest(rest: RestClient, ids: dict[str, str], case: dict[str, Any]) -> None:
    before, case = _everything(rest), _filled(case, ids)
    body = case["raw"].encode() if "raw" in case else json.dumps(case["body"]).encode() if "body" in case else None
    reply = rest(case["request"], body)
    assert (reply.status, reply.value) == (case["status"], case["answer"])
    assert _everything(rest) == before, "what is refused changes nothing"


@pytest.mark.parametrize("case", SOAP_CASES, ids=_name)
def test_over_soap(rest: RestClient, ids: dict[str, str], case: dict[str, Any]) -> None:
    before, case = _everything(rest), _filled(case, ids)
    session = requests.Session()
    session.mount("http://", InProcess(rest.app))
    client = mockorg.connect(URL, access_token=rest.host.default.token, session=session, api="soap", api_version="60.0")
    (told,) = case["answer"]
    if "fields" in told:
        (result,) = _over_soap(client, case)
        ((error,),) = (result.errors,)
        assert (error.code, error.message, list(error.fields)) == (told["errorCode"], told["message"], told["fields"])
    else:
        with pytest.raises(mockorg.CallError) as fault:
            _over_soap(client, case)
        assert (fault.value.code, fault.value.message) == (told["errorCode"], told["message"])
    assert _everything(rest) == before


def _over_soap(client: mockorg.Client, case: dict[str, Any]) -> Any:
    method, _, path = case["request"].partition(" ")
    _, _, sobject, *rest_of_path = path.split("/")
    if method == "DELETE":
        return client.delete(rest_of_path)
    if method == "POST":
        return client.create(sobject, [case["body"]])
    return client.update(sobject, [{**case["body"], "Id": rest_of_path[0]}])
