"""GET /_mockorg/health tells what runs here; and what every endpoint does with a wrong request."""

import io

import pytest

import mockorg_server
from mockorg_server.core.host import Host


def test_health_names_the_orgs_with_a_token_that_works(control, host: Host) -> None:
    reply = control("GET /_mockorg/health")

    org = host.default
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.value == {
        "status": "ok",
        "version": mockorg_server.__version__,
        "orgs": [{"id": org.id, "token": org.token, "username": org.username}],
    }


def test_a_slash_at_the_end_changes_nothing(control) -> None:
    assert control("GET /_mockorg/health/").value["status"] == "ok"


def test_an_unknown_path_is_not_found_and_the_known_ones_are_named(control) -> None:
    reply = control("GET /_mockorg/helth")

    assert reply.status == 404
    assert "/_mockorg/helth" in reply.error
    for known in ("health", "reset", "seed", "clock"):
        assert f"/_mockorg/{known}" in reply.error


@pytest.mark.parametrize(
    ("request_line", "allowed"),
    [
        ("POST /_mockorg/health", "GET, HEAD"),
        ("GET /_mockorg/reset", "POST"),
        ("GET /_mockorg/seed", "POST"),
        ("DELETE /_mockorg/clock", "GET, HEAD, PUT"),
        ("PATCH /_mockorg/snapshots", "GET, HEAD, POST"),
    ],
)
def test_a_wrong_verb_is_told_the_right_ones(control, request_line: str, allowed: str) -> None:
    reply = control(request_line)

    assert reply.status == 405
    assert reply.headers["Allow"] == allowed
    assert allowed in reply.error


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /_mockorg/",
    ],
)
def test_what_is_promised_and_not_built_says_so(control, request_line: str) -> None:
    reply = control(request_line)

    assert reply.status == 501
    assert "not supported yet" in reply.error


def test_an_org_is_picked_by_its_id_in_either_form(control, host: Host) -> None:
    for org_id in (host.default.id, host.default.id[:15]):
        assert control(f"GET /_mockorg/clock?org={org_id}").status == 200


@pytest.mark.parametrize("org_id", ["00D000000000999EAA", "", "nonsense"])
def test_an_unknown_org_is_not_found(control, org_id: str) -> None:
    reply = control(f"POST /_mockorg/reset?org={org_id}")

    assert reply.status == 404
    assert repr(org_id) in reply.error


def test_a_parameter_that_nobody_reads_is_refused(control) -> None:
    reply = control("POST /_mockorg/reset?keep=Account")

    assert reply.status == 400
    assert "'keep'" in reply.error


@pytest.mark.parametrize("path", ["seed", "clock"])
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b"\xff{}", "not JSON"),
        (b'{"now": NaN}', "NaN"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_not_json_is_refused(control, path: str, body: bytes, complaint: str) -> None:
    reply = control(f"{'POST' if path == 'seed' else 'PUT'} /_mockorg/{path}", body)

    assert reply.status == 400
    assert complaint in reply.error


def test_a_body_cut_short_is_refused(control) -> None:
    reply = control("POST /_mockorg/seed", b'{"records": []}', CONTENT_LENGTH="5000")

    assert reply.status == 400
    assert "ended before" in reply.error


def test_a_body_beyond_all_measure_is_refused_unread(control) -> None:
    reply = control("POST /_mockorg/seed", b"{}", CONTENT_LENGTH=str(10**12))

    assert reply.status == 413


def test_a_chunked_body_is_read_to_its_end(control) -> None:
    stream = {"wsgi.input": io.BytesIO(b'{"advance_seconds": 1}'), "wsgi.input_terminated": True}

    assert control("PUT /_mockorg/clock", CONTENT_LENGTH="", **stream).status == 200


def test_chunks_that_are_none_are_a_bad_request(control) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ValueError("Bad chunked transfer size: b'zz'")

    reply = control("PUT /_mockorg/clock", CONTENT_LENGTH="", **{"wsgi.input": Broken(), "wsgi.input_terminated": True})

    assert reply.status == 400
    assert "Bad chunked transfer size" in reply.error
