"""The token endpoint: every grant, what comes with a token, and how tokens end."""

import base64
import hashlib
import hmac
import re
import time
from typing import Any

import jwt
import pytest

from mockorg_server.core.calls.operation import GetUserInfo
from mockorg_server.core.error import OrgError
from mockorg_server.core.session import Caller

from .conftest import BASE, CALLBACK, Browserless

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
APP = {"client_id": "app", "client_secret": "app-secret"}
PASSWORD = {"grant_type": "password", **APP, "username": "a@x.example", "password": "pwTOK"}


def assertion(key: Any, **claims: Any) -> str:
    given = {"iss": "app", "sub": "a@x.example", "aud": "https://login.salesforce.com", "exp": time.time() + 180}
    return jwt.encode({**given, **claims}, key, "RS256")


def code_of(org: Browserless, **query: str) -> str:
    """Go through the consent page as a form would, and give the code."""
    form = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "username": "a@x.example",
        "password": "pwTOK",
        "decision": "allow",
        **query,
    }
    reply = org.request("POST", "/services/oauth2/authorize", form)
    assert reply.status == 302, reply.text
    found = re.search(r"[?&]code=([^&]+)", reply.headers["Location"])
    assert found, reply.headers["Location"]
    return found[1].replace("%3D", "=")


def test_a_token_answer_has_what_clients_read(strict: Browserless) -> None:
    answer = strict.granted(**PASSWORD)

    assert re.fullmatch(r"00D\w{12,15}![.\w]*", answer["access_token"])
    assert answer["instance_url"] == BASE
    assert answer["id"] == f"{BASE}/id/{strict.org.id}/{strict.org.administrator_id}"
    assert answer["token_type"] == "Bearer"
    assert answer["issued_at"] == "1769860830000"
    assert "api" in answer["scope"].split()
    assert "refresh_token" not in answer


def test_the_signature_is_that_of_id_and_time_with_the_secret(strict: Browserless) -> None:
    answer = strict.granted(**PASSWORD)
    digest = hmac.new(b"app-secret", (answer["id"] + answer["issued_at"]).encode(), hashlib.sha256).digest()

    assert answer["signature"] == base64.b64encode(digest).decode()


def test_answers_are_not_cached(strict: Browserless) -> None:
    assert strict.token(**PASSWORD).headers["Cache-Control"] == "no-store"


def test_a_token_of_oauth_is_a_session_and_the_other_way_round(strict: Browserless) -> None:
    token = strict.granted(**PASSWORD)["access_token"]

    assert strict.org.run(GetUserInfo(), Caller(token, 60)).user_name == "a@x.example"
    assert strict.userinfo(strict.org.token).json["preferred_username"] == "a@x.example"
    for each in (token, strict.org.token):
        found = strict.request("GET", "/services/data/v60.0/limits", HTTP_AUTHORIZATION=f"Bearer {each}")
        assert found.status == 200


def test_client_and_secret_may_come_in_a_basic_header(strict: Browserless) -> None:
    basic = "Basic " + base64.b64encode(b"app:app-secret").decode()
    form = {"grant_type": "password", "username": "a@x.example", "password": "pwTOK"}

    assert strict.request("POST", "/services/oauth2/token", form, HTTP_AUTHORIZATION=basic).status == 200


def test_client_credentials_give_the_first_user(strict: Browserless) -> None:
    answer = strict.granted(grant_type="client_credentials", **APP)

    assert answer["id"].endswith(strict.org.administrator_id)
    assert "refresh_token" not in answer["scope"]


def test_client_credentials_are_not_taken_at_the_login_hosts(lenient: Browserless) -> None:
    form = {"grant_type": "client_credentials", **APP}
    for host in ("login.salesforce.com", "test.salesforce.com", "LOGIN.salesforce.com:443"):
        reply = lenient.request("POST", "/services/oauth2/token", form, HTTP_HOST=host)
        assert reply.json == {"error": "invalid_grant", "error_description": "request not supported on this domain"}


@pytest.mark.parametrize(
    "audience",
    ["https://login.salesforce.com", "https://test.salesforce.com/", BASE, BASE + "/services/oauth2/token"],
)
def test_a_signed_jwt_gives_a_token(strict: Browserless, key: Any, audience: str) -> None:
    answer = strict.granted(grant_type=JWT_BEARER, assertion=assertion(key, aud=audience))

    assert strict.userinfo(answer["access_token"]).json["preferred_username"] == "a@x.example"
    assert "refresh_token" not in answer


def test_a_jwt_that_expires_at_once_is_taken(strict: Browserless, key: Any) -> None:
    """CumulusCI's do, and real orgs take them."""
    assert strict.token(grant_type=JWT_BEARER, assertion=assertion(key, exp=int(time.time()))).status == 200


def test_a_client_may_prove_itself_by_a_jwt(strict: Browserless, key: Any) -> None:
    proof = assertion(key, sub="app", aud=BASE + "/services/oauth2/token")
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": proof,
    }

    assert strict.token(**form).status == 200
    assert strict.token(**{**form, "client_id": "guarded"}).json["error"] == "invalid_client"


def test_an_open_org_believes_every_jwt(lenient: Browserless, other_key: Any) -> None:
    answer = lenient.granted(grant_type=JWT_BEARER, assertion=assertion(other_key, sub="new@x.example"))

    assert lenient.userinfo(answer["access_token"]).json["preferred_username"] == "new@x.example"


def test_a_code_gives_tokens_once(strict: Browserless) -> None:
    form = {"grant_type": "authorization_code", **APP, "code": code_of(strict), "redirect_uri": CALLBACK}
    answer = strict.granted(**form)

    assert answer["refresh_token"].startswith("5Aep861")
    assert strict.token(**form).json == {"error": "invalid_grant", "error_description": "expired authorization code"}
    assert strict.userinfo(answer["access_token"]).text == "Bad_OAuth_Token", "using a code twice ends what came of it"
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], **APP}
    assert strict.token(**again).json["error_description"] == "expired access/refresh token"


def test_a_code_lives_a_quarter_of_an_hour(strict: Browserless) -> None:
    code = code_of(strict)
    strict.org.clock.advance(15 * 60 + 1)
    form = {"grant_type": "authorization_code", **APP, "code": code, "redirect_uri": CALLBACK}

    assert strict.token(**form).json["error_description"] == "expired authorization code"


def test_pkce_by_the_example_of_its_standard(lenient: Browserless) -> None:
    """RFC 7636, appendix B."""
    code = code_of(lenient, code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method="S256")
    form = {"grant_type": "authorization_code", **APP, "code": code, "redirect_uri": CALLBACK}
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert lenient.token(**form, code_verifier=verifier).status == 200


@pytest.mark.parametrize("verifier", ["", "x" * 43])
def test_a_wrong_verifier_is_refused(lenient: Browserless, verifier: str) -> None:
    code = code_of(lenient, code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    form = {"grant_type": "authorization_code", **APP, "code": code, "redirect_uri": CALLBACK}

    reply = lenient.token(**form, code_verifier=verifier)
    assert reply.json == {"error": "invalid_grant", "error_description": "invalid code verifier"}


def test_an_id_token_can_be_checked_with_the_published_keys(lenient: Browserless) -> None:
    code = code_of(lenient, nonce="n-1", scope="openid api")
    answer = lenient.granted(grant_type="authorization_code", **APP, code=code, redirect_uri=CALLBACK)
    keys = jwt.PyJWKSet.from_dict(lenient.request("GET", "/id/keys").json)
    claims = jwt.decode(
        answer["id_token"],
        keys[jwt.get_unverified_header(answer["id_token"])["kid"]].key,
        algorithms=["RS256"],
        audience="app",
        options={"verify_exp": False, "verify_iat": False},
    )

    assert (claims["iss"], claims["sub"], claims["nonce"]) == (BASE, answer["id"], "n-1")
    form = {"grant_type": "password", **APP, "username": "u", "password": "p"}
    assert lenient.granted(**form, scope="api openid")["id_token"]
    assert "id_token" not in lenient.granted(**form)


def test_a_refresh_token_gives_a_new_access_token(strict: Browserless) -> None:
    first = strict.granted(
        grant_type="authorization_code", **APP, code=code_of(strict, scope="api refresh_token"), redirect_uri=CALLBACK
    )
    second = strict.granted(grant_type="refresh_token", refresh_token=first["refresh_token"], client_id="app")

    assert second["access_token"] != first["access_token"]
    assert second["scope"] == first["scope"] == "api refresh_token"
    assert "refresh_token" not in second


def test_an_open_org_takes_a_refresh_token_from_elsewhere_but_not_any_text(lenient: Browserless) -> None:
    form = {"grant_type": "refresh_token", **APP}

    assert lenient.token(**form, refresh_token="5Aep861KbDPy").status == 200
    refused = {"error": "invalid_grant", "error_description": "expired access/refresh token"}
    assert lenient.token(**form, refresh_token="x").json == refused


def test_tokens_end_two_hours_after_their_last_use_and_refresh_tokens_live_on(strict: Browserless) -> None:
    answer = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)
    strict.org.clock.advance(7201)

    assert strict.userinfo(answer["access_token"]).status == 403
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        strict.org.run(GetUserInfo(), Caller(answer["access_token"], 60))
    assert strict.token(grant_type="refresh_token", **APP, refresh_token=answer["refresh_token"]).status == 200


def test_revoking_an_access_token_ends_it_alone(strict: Browserless) -> None:
    answer = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)
    reply = strict.request("POST", "/services/oauth2/revoke", {"token": answer["access_token"]})

    assert (reply.status, reply.body) == (200, b"")
    assert strict.userinfo(answer["access_token"]).status == 403
    assert strict.token(grant_type="refresh_token", **APP, refresh_token=answer["refresh_token"]).status == 200


def test_revoking_as_a_client_that_says_json_of_no_body_does(strict: Browserless) -> None:
    """simple-salesforce: its ``oauth2("revoke", {"token": …}, method="POST")`` has the token in the query."""
    answer = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)
    path = f"/services/oauth2/revoke?token={answer['access_token']}"

    assert strict.request("POST", path, b"", CONTENT_TYPE="application/json").status == 200
    assert strict.userinfo(answer["access_token"]).status == 403


def test_revoking_a_refresh_token_ends_all_that_came_of_it(strict: Browserless) -> None:
    answer = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)
    form = {"grant_type": "refresh_token", **APP, "refresh_token": answer["refresh_token"]}
    second = strict.granted(**form)
    assert strict.request("GET", f"/services/oauth2/revoke?token={answer['refresh_token']}").status == 200

    assert strict.userinfo(answer["access_token"]).status == 403
    assert strict.userinfo(second["access_token"]).status == 403
    assert strict.token(**form).json["error_description"] == "expired access/refresh token"


def test_revoking_what_is_no_token_is_told_as_a_form(strict: Browserless) -> None:
    """Recorded from a real org."""
    reply = strict.request("POST", "/services/oauth2/revoke", {"token": "x"})

    assert reply.status == 400
    assert reply.text == "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"


def test_introspection_tells_of_the_client_s_own_living_tokens(strict: Browserless) -> None:
    answer = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)

    def ask(token: str, **client: str) -> Any:
        return strict.request("POST", "/services/oauth2/introspect", {"token": token, **(client or APP)}).json

    facts = ask(answer["access_token"])
    assert facts["active"] is True
    assert (facts["client_id"], facts["username"], facts["token_type"]) == ("app", "a@x.example", "access_token")
    assert facts["exp"] - facts["iat"] == 7200
    assert facts["sub"] == answer["id"]
    assert ask(answer["refresh_token"])["token_type"] == "refresh_token"
    assert ask(answer["access_token"], client_id="guarded", client_secret="guarded-secret") == {"active": False}
    assert ask("x") == {"active": False}
    assert ask(answer["access_token"], client_id="app", client_secret="y")["error"] == "invalid_client"
    strict.org.clock.advance(7201)
    assert ask(answer["access_token"]) == {"active": False}


def test_a_token_without_the_scope_opens_no_api(lenient: Browserless) -> None:
    token = lenient.granted(grant_type="password", **APP, username="u", password="p", scope="id")["access_token"]

    assert lenient.userinfo(token).status == 200
    with pytest.raises(OrgError, match="This session is not valid for use with the REST API"):
        lenient.org.run(GetUserInfo(), Caller(token, 60))


def test_reset_ends_every_grant(strict: Browserless) -> None:
    code = code_of(strict)
    strict.org.reset()
    form = {"grant_type": "authorization_code", **APP, "code": code, "redirect_uri": CALLBACK}

    assert strict.token(**form).json["error_description"] == "invalid authorization code"


def test_a_token_may_be_asked_for_as_a_form(lenient: Browserless) -> None:
    form = {"grant_type": "password", **APP, "username": "u", "password": "p"}

    assert lenient.token(**form, format="urlencoded").text.startswith("access_token=00D")
    assert lenient.token(**form, format="xml").json["error"] == "invalid_request"


def test_secrets_are_in_no_repr_and_no_log(strict: Browserless, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        strict.token(**PASSWORD)
        strict.token(**{**PASSWORD, "client_secret": "hunter2"})

    shown = repr(strict.org.settings) + repr(strict.org.sessions.all()) + caplog.text
    for secret in ("app-secret", "pwTOK", "hunter2", strict.org.sessions.all()[-1].id):
        assert secret not in shown
