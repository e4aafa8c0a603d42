"""Several orgs in one process: which of them a request belongs to, and that they have nothing in common."""

from collections.abc import Iterator

import pytest

from mockorg_server.core.calls.operation import GetUserInfo, Query
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings, UserSetting


@pytest.fixture
def host() -> Iterator[Host]:
    opened = Host.open(OrgSettings())
    yield opened
    opened.close()


def test_orgs_are_told_apart_by_session_url_and_my_domain(host: Host) -> None:
    first, second = host.default, host.add(OrgSettings(my_domain="acme"))

    assert host.org_of(second.token, None) is second
    assert host.org_of(None, second.id) is host.org_of(None, second.id[:15]) is second
    assert host.org_of(None, None, "acme.my.salesforce.com") is second
    assert host.org_of(None, None, "ACME.lightning.force.com") is second
    assert host.org_of(None, None, "other.my.salesforce.com") is first
    assert host.org_of("nonsense", "00D0000000000zz") is first


def test_a_session_of_one_org_opens_no_other(host: Host) -> None:
    second = host.add(OrgSettings(my_domain="acme"))
    asked = host.org_of(host.default.token, None, "acme.my.salesforce.com")

    assert asked is second
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        asked.run(GetUserInfo(), Caller(host.default.token, 60))


def test_the_data_of_orgs_is_apart(host: Host) -> None:
    second = host.add(OrgSettings())
    second.seed([SeedRecord("Account", {"Name": "Acme"})])

    counts = [len(org.run(Query("SELECT Id FROM Account"), Caller(org.token, 60)).rows) for org in host.orgs]
    assert counts == [0, 1]


def test_a_login_at_a_host_that_serves_all_finds_the_org_of_the_user(host: Host) -> None:
    second = host.add(OrgSettings(users=(UserSetting("u@acme.example", "pw"),), my_domain="acme"))

    assert host.org_of_login("U@acme.example", None, "login.salesforce.com") is second
    assert host.org_of_login("nobody@x.example", None, "login.salesforce.com") is host.default
    assert host.org_of_login("nobody@x.example", None, "acme.my.salesforce.com") is second
    assert host.org_of_login("u@acme.example", host.default.id, "login.salesforce.com") is host.default


def test_an_org_that_is_dropped_is_gone_and_its_id_is_not_given_again(host: Host) -> None:
    second = host.add(OrgSettings(my_domain="acme"))
    host.drop(second)
    third = host.add(OrgSettings(my_domain="acme"))

    assert third.id != second.id
    assert host.find(second.id) is None
    assert host.orgs == (host.default, third)
    with pytest.raises(ValueError, match="the first org"):
        host.drop(host.default)


def test_a_my_domain_is_one_org_s(host: Host) -> None:
    host.add(OrgSettings(my_domain="acme"))

    with pytest.raises(ValueError, match="'acme' is another org's"):
        host.add(OrgSettings(my_domain="acme"))
    assert len(host.orgs) == 2
