"""A describe that is pulled from an org and read again gives an org with an equal describe."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

import mockorg
from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.http_server import HttpServer
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import Additions
from mockorg_server.schema_pull import pull

from .conftest import Folder, xml

NAMES = ["Thing__c", "Account", "Task", "User", "Setting__mdt", "Thing__Share", "Contact", "Lead", "RecordType"]


@contextmanager
def client_of(additions: Additions, api: str = "soap") -> Iterator[mockorg.Client]:
    host = Host.open(OrgSettings(additions=additions))
    server = HttpServer(build_app(host), "127.0.0.1", 0)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield mockorg.connect(server.url, access_token=host.default.token, api_version="66.0", api=api)
    finally:
        server.stop()
        serving.join()
        host.close()


@pytest.fixture
def additions(folder: Folder) -> Additions:
    folder.object(
        "Thing__c",
        "<label>Thing</label><pluralLabel>Things</pluralLabel><sharingModel>Private</sharingModel><enableActivities>true</enableActivities>",
    )
    folder.object("Setting__mdt")
    folder.field(
        "Account.ExtId__c", "<type>Text</type><length>40</length><externalId>true</externalId><unique>true</unique>"
    )
    folder.field(
        "Thing__c.Account__c",
        "<type>MasterDetail</type><referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>",
    )
    folder.field(
        "Thing__c.Here__c",
        "<type>Checkbox</type><defaultValue>true</defaultValue><inlineHelpText>Is it &lt;here&gt;?</inlineHelpText>",
    )
    folder.field("Thing__c.Site__c", "<type>Location</type><scale>6</scale>")
    folder.field(
        "Thing__c.Number__c",
        "<type>Number</type><precision>8</precision><scale>2</scale><defaultValue>7</defaultValue>",
    )
    folder.field(
        "Thing__c.Sum__c",
        "<type>Number</type><precision>18</precision><scale>2</scale><formula>Number__c + 1</formula>",
    )
    folder.field(
        "Thing__c.City__c",
        "<type>Picklist</type><valueSet><controllingField>Here__c</controllingField><restricted>true</restricted><valueSetDefinition>"
        "<value><fullName>Bonn</fullName><default>false</default><label>Bonn on Rhine</label></value></valueSetDefinition>"
        "<valueSettings><controllingFieldValue>checked</controllingFieldValue><valueName>Bonn</valueName></valueSettings></valueSet>",
    )
    folder.write(
        "objects/Thing__c/recordTypes/Big.recordType-meta.xml",
        xml("RecordType", "<fullName>Big</fullName><active>true</active><label>Big one</label>"),
    )
    return folder.read().additions


def described(client: mockorg.Client, names: list[str]) -> dict[str, Any]:
    return {each.name: each for each in client.describe_sobjects(names)}


def without_addresses(sobject: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(sobject).items() if not name.startswith("url_") and name != "raw"}


@pytest.mark.parametrize("api", ["soap", "rest"])
def test_a_pulled_schema_describes_as_it_did(additions: Additions, tmp_path: Path, api: str) -> None:
    with client_of(additions, api) as client:
        files = mockorg.pull_schema(client, tmp_path / "pulled", sobjects=NAMES)
        before = described(client, NAMES)
    reading = read_schema([tmp_path / "pulled"])
    with client_of(reading.additions, api) as client:
        after = described(client, NAMES)

    assert [file.stem for file in files] == NAMES
    assert [str(note) for note in reading.notes] == []
    for name in NAMES:
        assert without_addresses(after[name]) == without_addresses(before[name]), name


def test_the_command_finds_the_org_in_the_environment(
    additions: Additions, tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    class Options:
        out, sobject, api_version = tmp_path / "out", ["Thing__c"], "64.0"
        url = token = username = password = security_token = None

    with client_of(additions) as client:
        monkeypatch.setenv("SF_INSTANCE_URL", client.instance_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", client.access_token)
        status = pull(Options)

    assert status == 0
    assert capsys.readouterr().out == f"1 sObjects in {tmp_path / 'out'}\n"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["Thing__c.json"]


def test_what_the_rest_api_gives_is_a_schema(additions: Additions, tmp_path: Path) -> None:
    def describe(of: Additions, name: str) -> Any:
        with client_of(of) as client:
            address = f"{client.instance_url}/services/data/v66.0/sobjects/{name}/describe"
            reply = requests.get(address, headers={"Authorization": f"Bearer {client.access_token}"}, timeout=20)
        return {name: value for name, value in reply.json().items() if name != "urls"}

    before = {name: describe(additions, name) for name in ("Thing__c", "Thing__Share")}
    describes = tmp_path / "describes"
    describes.mkdir()
    for name, document in before.items():
        (describes / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    reading = read_schema([describes])

    assert [str(note) for note in reading.notes] == []
    for name, document in before.items():
        assert describe(reading.additions, name) == document
