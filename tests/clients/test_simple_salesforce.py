"""simple-salesforce's SOAP login, unmodified: only its requests session is told where the login host is."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import SalesforceLogin
from simple_salesforce.exceptions import SalesforceAuthenticationFailed


class ToMockOrg(HTTPAdapter):
    """Sends whatever was meant for https://*.salesforce.com to the mock org."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        request.url = self.url + urlsplit(request.url or "").path
        return super().send(request, **kwargs)


@pytest.fixture
def session(mock_org: Any) -> requests.Session:
    routed = requests.Session()
    routed.mount("https://", ToMockOrg(mock_org.url))
    return routed


def test_login(mock_org: Any, session: requests.Session) -> None:
    session_id, instance = SalesforceLogin(
        username="user@example.com",
        password="password",
        security_token="",
        domain="login",
        session=session,
        sf_version="60.0",
    )
    assert session_id.startswith(mock_org.org.id[:15] + "!")
    assert instance == urlsplit(mock_org.url).netloc  # taken from serverUrl


def test_a_wrong_login_is_told(strict_mock_org: Any) -> None:
    routed = requests.Session()
    routed.mount("https://", ToMockOrg(strict_mock_org.url))
    login = {"username": "known@example.com", "security_token": "", "domain": "login", "session": routed}
    assert SalesforceLogin(password="right", **login)
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        SalesforceLogin(password="wrong", **login)
    assert caught.value.code == "INVALID_LOGIN"
    assert "Invalid username, password, security token; or user locked out." in str(caught.value)
