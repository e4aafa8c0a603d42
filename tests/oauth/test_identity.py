"""Who a token belongs to: userinfo, identity URLs, discovery; and URLs that are the client's own."""

import pytest

from .conftest import BASE, Browserless


def test_userinfo_has_the_names_of_openid(lenient: Browserless) -> None:
    user_id = lenient.org.administrator_id
    found = lenient.userinfo(lenient.org.token).json

    assert found["sub"] == f"{BASE}/id/{lenient.org.id}/{user_id}"
    assert (found["user_id"], found["organization_id"]) == (user_id, lenient.org.id)
    assert found["preferred_username"] == "admin@mockorg.example"
    assert (found["user_type"], found["active"], found["zoneinfo"], found["utcOffset"]) == ("STANDARD", True, "GMT", 0)
    assert found["urls"]["rest"] == BASE + "/services/data/v{version}/"
    assert found["urls"]["partner"] == f"{BASE}/services/Soap/u/{{version}}/{lenient.org.id}"


def test_an_identity_url_leads_to_its_user(lenient: Browserless) -> None:
    answer = lenient.granted(grant_type="password", client_id="x", username="u@x.example", password="p")
    path = answer["id"].removeprefix(BASE)
    found = lenient.request("GET", path, HTTP_AUTHORIZATION=f"OAuth {answer['access_token']}").json

    assert found["id"] == answer["id"]
    assert (found["username"], found["asserted_user"]) == ("u@x.example", True)
    assert found["last_modified_date"] == "2026-01-31T12:00:30Z"
    versioned = lenient.request("GET", f"{path}?version=60.0&oauth_token={answer['access_token']}").json
    assert versioned["urls"]["enterprise"] == f"{BASE}/services/Soap/c/60.0/{lenient.org.id}"
    newest = lenient.request("GET", f"{path}?version=latest&oauth_token={answer['access_token']}").json
    assert newest["urls"]["query"] == BASE + "/services/data/v68.0/query/"


def test_short_ids_do_and_another_user_is_not_asserted(lenient: Browserless) -> None:
    answer = lenient.granted(grant_type="password", client_id="x", username="u@x.example", password="p")
    path = f"/id/{lenient.org.id[:15]}/{lenient.org.administrator_id[:15]}"
    found = lenient.request("GET", path, HTTP_AUTHORIZATION=f"Bearer {answer['access_token']}").json

    assert found["username"] == "admin@mockorg.example"
    assert found["asserted_user"] is False


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/id/00D0000000000zzAAA/{user}", 403, "Wrong_Org"),
        ("/id/{org}/005000000000zzzAAA", 404, "Bad_Id"),
        ("/id/{org}/001000000000001AAA", 404, "Bad_Id"),
        ("/id/{org}/'", 404, "Bad_Id"),
    ],
)
def test_a_wrong_identity_url_is_refused_in_a_word(lenient: Browserless, path: str, status: int, word: str) -> None:
    url = path.format(org=lenient.org.id, user=lenient.org.administrator_id)
    reply = lenient.request("GET", url, HTTP_AUTHORIZATION=f"Bearer {lenient.org.token}")

    assert (reply.status, reply.text) == (status, word)


def test_formats_that_are_not_built_say_so(lenient: Browserless) -> None:
    path = f"/id/{lenient.org.id}/{lenient.org.administrator_id}?format=xml"

    assert lenient.request("GET", path, HTTP_AUTHORIZATION=f"Bearer {lenient.org.token}").status == 501


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
def test_discovery_names_endpoints_that_answer(lenient: Browserless, path: str) -> None:
    found = lenient.request("GET", path).json

    assert found["issuer"] == BASE
    for name in ("authorization", "token", "revocation", "userinfo", "introspection"):
        url = found[f"{name}_endpoint"]
        assert url.startswith(BASE)
        assert lenient.request("POST", url.removeprefix(BASE)).status in {400, 403}
    assert lenient.request("GET", found["jwks_uri"].removeprefix(BASE)).json["keys"][0]["kty"] == "RSA"


def test_every_url_is_built_on_what_the_client_wrote(lenient: Browserless) -> None:
    form = {"grant_type": "password", "client_id": "x", "username": "u@x.example", "password": "p"}
    heard = {"HTTP_HOST": "localhost:8800", "wsgi.url_scheme": "http"}
    lied = {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_FORWARDED": "host=evil"}
    reply = lenient.request("POST", "/services/oauth2/token", form, **heard, **lied).json

    assert reply["instance_url"] == "http://localhost:8800"
    assert reply["id"].startswith("http://localhost:8800/id/")


def test_a_host_that_is_no_address_is_not_repeated(lenient: Browserless) -> None:
    form = {"grant_type": "password", "client_id": "x", "username": "u@x.example", "password": "p"}
    reply = lenient.request("POST", "/services/oauth2/token", form, HTTP_HOST='evil"/><script>')

    assert reply.json["instance_url"] == "https://127.0.0.1:443"


@pytest.mark.parametrize(
    "path", ["/services/oauth2", "/services/oauth2/nope", "/id", "/id/x", "/id/a/b/c", "/.well-known/x"]
)
def test_other_paths_are_not_found(lenient: Browserless, path: str) -> None:
    assert lenient.request("GET", path).status == 404
