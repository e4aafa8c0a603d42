"""pyforce (the Beatbox line), unmodified: gzips its requests and describes each type that it reads."""

from typing import Any

import pyforce
import pytest
from pyforce import SoapFaultError


@pytest.fixture
def client(mock_org: Any) -> Any:
    connected = pyforce.PythonClient(serverUrl=f"{mock_org.url}/services/Soap/u/60.0")
    connected.login("user@example.com", "password")
    return connected


def test_a_wrong_login_is_a_fault(mock_org: Any) -> None:
    anonymous = pyforce.PythonClient(serverUrl=f"{mock_org.url}/services/Soap/u/60.0")
    with pytest.raises(SoapFaultError) as caught:
        anonymous.login("user@example.com", "")
    assert caught.value.faultCode == "INVALID_LOGIN"


def test_query_gives_typed_values(client: Any) -> None:
    rows = client.query(
        "SELECT Id, Name, TotalMessageCount, ShouldEnforceChannelConsent FROM ConvMessageSendRequest ORDER BY Name"
    )
    assert rows["size"] == 3
    first = rows["records"][0] if isinstance(rows, dict) else rows[0]
    assert (first["Name"], first["TotalMessageCount"], first["ShouldEnforceChannelConsent"]) == (
        "MSJ-00000001",
        3,
        True,
    )


def test_create_and_delete(client: Any) -> None:
    (created,) = client.create({"type": "Account", "Name": "Py Co"})
    assert created["success"]
    (deleted,) = client.delete([created["id"]])
    assert deleted["success"]


def test_user_info(client: Any) -> None:
    assert client.getUserInfo()["userFullName"] == "user"
