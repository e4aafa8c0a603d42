"""Several orgs behind one address: which of them a client means, and that tokens of one open no other."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings, UserSetting

from .conftest import CALLBACK, Browserless

LOGIN = {"HTTP_HOST": "login.salesforce.com"}
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><e:Body><login>'
    "<username>{username}</username><password>pw</password></login></e:Body></e:Envelope>"
)


@pytest.fixture(scope="module")
def orgs() -> Iterator[Browserless]:
    """Two strict orgs: ``first`` without a My Domain, ``acme`` with one."""
    host = Host.open(
        OrgSettings(users=(UserSetting("u@first.example", "pw"),), connected_apps=(ConnectedApp("app1", "s"),))
    )
    host.add(
        OrgSettings(
            users=(UserSetting("u@acme.example", "pw"),), connected_apps=(ConnectedApp("app2", "s"),), my_domain="acme"
        )
    )
    yield Browserless(host)
    host.close()


def ask(orgs: Browserless, host: str = "login.salesforce.com", **form: str) -> Any:
    return orgs.request("POST", "/services/oauth2/token", {"client_secret": "s", **form}, HTTP_HOST=host).json


def by_password(orgs: Browserless, name: str, host: str = "login.salesforce.com") -> Any:
    client = "app1" if "first" in name else "app2"
    return ask(orgs, host, grant_type="password", client_id=client, username=name, password="pw")


def test_at_the_login_host_the_user_name_decides_and_the_client_goes_to_the_org_s_own_host(orgs: Browserless) -> None:
    first, acme = (by_password(orgs, name) for name in ("u@first.example", "u@acme.example"))

    assert first["access_token"].startswith(orgs.host.orgs[0].id[:15])
    assert first["instance_url"] == "https://login.salesforce.com"
    assert acme["access_token"].startswith(orgs.host.orgs[1].id[:15])
    assert acme["instance_url"] == "https://acme.my.salesforce.com"
    assert acme["id"].startswith("https://login.salesforce.com/id/")


def test_soap_login_does_the_same(orgs: Browserless) -> None:
    def login(name: str) -> str:
        body = ENVELOPE.format(username=name).encode()
        return orgs.request("POST", "/services/Soap/u/60.0", body, CONTENT_TYPE="text/xml", **LOGIN).text

    assert f"<serverUrl>https://acme.my.salesforce.com/services/Soap/u/60.0/{orgs.host.orgs[1].id[:15]}" in login(
        "u@acme.example"
    )
    assert "<serverUrl>https://login.salesforce.com/services/Soap/u/60.0/" in login("u@first.example")


def test_at_a_my_domain_only_its_users_and_clients_get_in(orgs: Browserless) -> None:
    assert by_password(orgs, "u@acme.example", "acme.my.salesforce.com")["access_token"]
    assert by_password(orgs, "u@first.example", "acme.my.salesforce.com")["error"] == "invalid_client_id"
    credentials = {"grant_type": "client_credentials"}
    assert ask(orgs, "acme.my.salesforce.com", **credentials, client_id="app2")["access_token"]
    assert ask(orgs, "acme.my.salesforce.com", **credentials, client_id="app1")["error"] == "invalid_client_id"


def test_codes_and_refresh_tokens_find_their_org_at_the_login_host(orgs: Browserless) -> None:
    form = {
        "response_type": "code",
        "client_id": "app2",
        "redirect_uri": CALLBACK,
        "decision": "allow",
        "username": "u@acme.example",
        "password": "pw",
    }
    location = orgs.request("POST", "/services/oauth2/authorize", form, **LOGIN).headers["Location"]
    code = location.partition("code=")[2].replace("%3D", "=")
    made = ask(orgs, grant_type="authorization_code", client_id="app2", code=code, redirect_uri=CALLBACK)
    again = ask(orgs, grant_type="refresh_token", client_id="app2", refresh_token=made["refresh_token"])

    assert again["access_token"].startswith(orgs.host.orgs[1].id[:15])
    assert orgs.request("POST", "/services/oauth2/revoke", {"token": made["refresh_token"]}, **LOGIN).status == 200


def test_a_device_finds_its_org_by_the_client(orgs: Browserless) -> None:
    device = ask(orgs, response_type="device_code", client_id="app2")
    form = {"user_code": device["user_code"], "username": "u@acme.example", "password": "pw", "decision": "allow"}
    assert "You may go on" in orgs.request("POST", "/setup/connect", form, **LOGIN).text

    made = ask(orgs, grant_type="device", client_id="app2", code=device["device_code"])
    assert made["access_token"].startswith(orgs.host.orgs[1].id[:15])


def test_a_token_of_one_org_opens_no_other(orgs: Browserless) -> None:
    token = by_password(orgs, "u@first.example")["access_token"]
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    assert orgs.request("GET", "/services/oauth2/userinfo", **header, **LOGIN).status == 200
    assert orgs.request("GET", "/services/oauth2/userinfo", **header).text == "Bad_OAuth_Token"
    assert orgs.request("GET", "/services/data/v60.0/limits", **header, **LOGIN).status == 200
    refused = orgs.request("GET", "/services/data/v60.0/limits", **header)
    assert (refused.status, refused.json[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    acme = orgs.host.orgs[1]
    wrong = orgs.request("GET", f"/id/{acme.id}/{acme.administrator_id}", **header, **LOGIN)
    assert (wrong.status, wrong.text) == (403, "Wrong_Org")
