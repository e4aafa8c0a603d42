"""login, logout, getUserInfo, sessions."""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mockorg_server.core.calls.operation import GetServerTimestamp, GetUserInfo, Login, Logout, Query
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.schema.schema import load_schema

ANYBODY = Caller(None, 60)
NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


def test_the_token_has_the_form_of_a_real_one(org: Org) -> None:
    assert re.fullmatch(r"00D\w{12,15}![.\w]*", org.token)
    assert org.token.startswith(org.id[:15] + "!")


def test_every_user_name_with_a_password_gets_in_and_is_a_user(org: Org, run: Callable[..., Any]) -> None:
    result = org.run(Login("someone@example.com", "secret"), ANYBODY)
    assert result.user_info.user_name == "someone@example.com"
    again = org.run(Login("SOMEONE@example.com", "other"), ANYBODY)
    assert again.user_id == result.user_id
    assert again.session_id != result.session_id
    row = run(Query("SELECT Username FROM User WHERE Id = '" + result.user_id + "'")).rows[0]
    assert row[1] == "someone@example.com"


def test_the_administrator_s_name_is_the_administrator(org: Org) -> None:
    assert org.run(Login(org.username, "x"), ANYBODY).user_id == org.administrator_id


@pytest.mark.parametrize(("username", "password"), [("", "x"), ("   ", "x"), ("someone", "")])
def test_a_login_without_name_or_password_is_refused(org: Org, username: str, password: str) -> None:
    with pytest.raises(OrgError) as caught:
        org.run(Login(username, password), ANYBODY)
    assert caught.value.code == "INVALID_LOGIN"
    assert caught.value.message == "Invalid username, password, security token; or user locked out."


@pytest.mark.parametrize(
    ("username", "password", "allowed"),
    [
        ("u@x.example", "pwTOK", True),
        ("U@X.example", "pwTOK", True),
        ("u@x.example", "pw", False),
        ("v@x.example", "pwTOK", False),
    ],
)
def test_with_users_configured_only_they_get_in(username: str, password: str, allowed: bool) -> None:
    org = Org(load_schema(), OrgSettings(users=(UserSetting("u@x.example", "pw", "TOK"),)))
    try:
        if allowed:
            assert org.run(Login(username, password), ANYBODY).user_id == org.administrator_id
        else:
            with pytest.raises(OrgError, match="INVALID_LOGIN"):
                org.run(Login(username, password), ANYBODY)
    finally:
        org.close()


def test_user_info_tells_the_org_and_the_user(run: Callable[..., Any], org: Org) -> None:
    info = run(GetUserInfo())
    assert info.organization_id == org.id
    assert info.user_id == org.administrator_id
    assert (info.user_locale, info.user_time_zone, info.user_type) == ("en_US", "GMT", "Standard")
    assert (info.organization_multi_currency, info.org_default_currency_iso_code) == (False, "USD")
    assert info.profile_id.startswith("00e")
    assert info.session_seconds_valid == 7200


def test_the_server_s_time_is_the_clock_s(run: Callable[..., Any], org: Org) -> None:
    assert run(GetServerTimestamp()) == org.clock.now()


@pytest.mark.parametrize("session_id", [None, "", "nonsense", "00D000000000001!x"])
def test_a_session_that_is_none_opens_nothing(org: Org, session_id: str | None) -> None:
    with pytest.raises(OrgError) as caught:
        org.run(GetUserInfo(), Caller(session_id, 60))
    assert caught.value.code == "INVALID_SESSION_ID"


def test_logout_ends_one_session_only(org: Org, run: Callable[..., Any]) -> None:
    session = org.run(Login("a@x.example", "p"), ANYBODY).session_id
    org.run(Logout(), Caller(session, 60))
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        org.run(GetUserInfo(), Caller(session, 60))
    assert run(GetUserInfo())


def test_a_session_ends_two_hours_after_its_last_use(org: Org) -> None:
    session = org.run(Login("a@x.example", "p"), ANYBODY).session_id
    org.clock.advance(7200)
    assert org.run(GetUserInfo(), Caller(session, 60))
    org.clock.advance(7201)
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        org.run(GetUserInfo(), Caller(session, 60))


def test_the_ready_token_outlives_any_time(org: Org, run: Callable[..., Any]) -> None:
    org.clock.advance(400 * 86_400)
    assert run(GetUserInfo())
    run(Logout())
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        run(GetUserInfo())


def test_each_authenticated_call_counts_against_the_limit(org: Org, run: Callable[..., Any]) -> None:
    used, limit = org.api_usage()
    run(GetUserInfo())
    assert org.api_usage() == (used + 1, limit)
    assert limit == 15_000


@pytest.fixture
def strict_org() -> Iterator[Org]:
    opened = Org(load_schema(), OrgSettings(users=(UserSetting("u@x.example", "pw"),), clock_start=NOW))
    yield opened
    opened.close()


def enters(org: Org, password: str, username: str = "u@x.example") -> bool:
    with contextlib.suppress(OrgError):
        return bool(org.run(Login(username, password), ANYBODY).session_id)
    return False


def test_ten_wrong_passwords_lock_a_user_out_for_a_quarter_of_an_hour(strict_org: Org) -> None:
    assert not any(enters(strict_org, "wrong") for _ in range(9))
    assert enters(strict_org, "pw"), "nine do not lock, and a right one starts the count again"
    assert not any(enters(strict_org, "wrong") for _ in range(10))
    assert not enters(strict_org, "pw")
    strict_org.clock.advance(14 * 60 + 59)
    assert not enters(strict_org, "pw", "U@X.EXAMPLE")
    strict_org.clock.advance(1)
    assert enters(strict_org, "pw")


def test_a_user_may_log_in_3600_times_an_hour(strict_org: Org) -> None:
    strict_org.directory.guard.admits("u@x.example")
    for _ in range(3598):
        strict_org.directory.guard.admits("u@x.example")
    assert enters(strict_org, "pw")
    assert not enters(strict_org, "pw")
    strict_org.clock.advance(3599)
    assert not enters(strict_org, "pw")
    strict_org.clock.advance(1)
    assert enters(strict_org, "pw")


def test_secrets_are_not_in_a_repr() -> None:
    assert "pw" not in repr(OrgSettings(users=(UserSetting("u@x.example", "pw"),)))
    assert "pw" not in repr(Login("u@x.example", "pw"))
    assert "token" not in repr(Caller("token", 60))


def test_tokens_repeat_only_when_asked() -> None:
    def tokens(seed: int | None) -> list[str]:
        org = Org(load_schema(), OrgSettings(session_seed=seed))
        try:
            return [org.token, org.run(Login("u@x.example", "p"), ANYBODY).session_id]
        finally:
            org.close()

    assert tokens(7) == tokens(7)
    assert tokens(7) != tokens(8)
    assert not set(tokens(None)) & set(tokens(None))
