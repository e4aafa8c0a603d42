"""suds-community, unmodified, from the served WSDL."""

from typing import Any

import pytest
from suds import WebFault
from suds.client import Client


def connected(mock_org: Any) -> Any:
    client = Client(f"{mock_org.url}/services/wsdl/partner", cache=None, timeout=30)
    client.set_options(location=f"{mock_org.url}/services/Soap/u/60.0")
    login = client.service.login("user@example.com", "password")
    header = client.factory.create("SessionHeader")
    header.sessionId = login.sessionId
    client.set_options(location=str(login.serverUrl), soapheaders={"SessionHeader": header})
    return client


def test_suds_queries_and_creates(mock_org: Any) -> None:
    client = connected(mock_org)

    found = client.service.query("SELECT Id, Name FROM ConvMessageSendRequest ORDER BY Name")
    assert (found.done, found.size) == (True, 3)
    assert [str(name) for name in found.records[0].Name] == ["MSJ-00000001"]  # suds makes a list of each extra element

    record = client.factory.create("ens:sObject")
    record.type = "Account"
    record.Id = None
    record.Name = "Suds Co"
    (created,) = client.service.create([record])
    assert created.success
    retrieved = client.service.retrieve("Name", "Account", [created.id])
    assert [str(name) for name in retrieved[0].Name] == ["Suds Co"]
    (deleted,) = client.service.delete([created.id])
    assert deleted.success


def test_suds_sees_a_refusal(mock_org: Any) -> None:
    client = connected(mock_org)
    with pytest.raises(WebFault) as caught:
        client.service.query("SELECT Nope FROM Account")
    assert caught.value.fault.faultcode == "sf:INVALID_FIELD"
