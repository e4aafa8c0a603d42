"""Conditional requests to a record, and records that come in parts with a file."""

import pytest

from .conftest import RestClient

LATER, EARLIER = "Sat, 31 Jan 2026 12:00:30 GMT", "Thu, 01 Jan 2015 00:00:00 GMT"


@pytest.fixture
def path(rest: RestClient) -> str:
    return f"/sobjects/Account/{rest.make('Account', Name='Acme')}"


def test_a_record_tells_how_to_ask_for_it_again(rest: RestClient, path: str) -> None:
    reply = rest(f"GET {path}")
    assert reply.headers["Last-Modified"] == LATER
    assert rest(f"GET {path}", **{"If-None-Match": reply.headers["ETag"]}).status == 304
    assert rest(f"GET {path}", **{"If-Match": f'"x", {reply.headers["ETag"]}'}).status == 200


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("If-Modified-Since", LATER, 304),
        ("If-Modified-Since", EARLIER, 200),
        ("If-Modified-Since", "yesterday", 200),
        ("If-Unmodified-Since", LATER, 200),
        ("If-Unmodified-Since", EARLIER, 412),
        ("If-Match", '"stale"', 412),
        ("If-Match", "*", 200),
        ("If-None-Match", '"stale-gzip"', 200),
    ],
)
def test_conditions_of_reading(rest: RestClient, path: str, header: str, value: str, status: int) -> None:
    reply = rest(f"GET {path}", **{header: value})
    assert reply.status == status
    assert (reply.body == b"") == (status == 304)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("If-Unmodified-Since", LATER, 204),
        ("If-Unmodified-Since", EARLIER, 412),
        ("If-Unmodified-Since", "yesterday", 400),
        ("If-Match", '"stale"', 412),
        ("If-Match", "nothing", 400),
        ("If-None-Match", "*", 412),
    ],
)
def test_conditions_of_writing(rest: RestClient, path: str, header: str, value: str, status: int) -> None:
    reply = rest(f"PATCH {path}", {"Name": "Other"}, **{header: value})
    assert reply.status == status
    assert rest(f"GET {path}?fields=Name").value["Name"] == ("Other" if status == 204 else "Acme")


def test_a_stale_tag_stops_the_second_of_two_writers(rest: RestClient, path: str) -> None:
    tag = rest(f"GET {path}").headers["ETag"]
    statuses = [rest(f"PATCH {path}", {"Phone": each}, **{"If-Match": tag}).status for each in ("1", "2")]
    assert statuses == [204, 412]


CRLF = b"\r\n"


def parts(*pieces: tuple[bytes, bytes], end: bytes = b"--") -> bytes:
    lines = [b"--xyz" + CRLF + head + CRLF + CRLF + content + CRLF for head, content in pieces]
    return b"".join(lines) + b"--xyz" + end + CRLF


FIELDS = b'Content-Disposition: form-data; name="entity_document";' + CRLF + b"Content-Type: application/json"
FILE = b'Content-Disposition: form-data; name="Body"; filename="a.bin"' + CRLF + b"Content-Type: application/pdf"


def multipart(rest: RestClient, line: str, body: bytes):
    rest.content_type = 'multipart/form-data; boundary="xyz"'
    try:
        return rest(line, body)
    finally:
        rest.content_type = "application/json"


def test_a_file_comes_in_a_part_of_its_own(rest: RestClient) -> None:
    parent = rest.make("Account", Name="Acme")
    fields = b'{"Name": "a.bin", "ParentId": "%s"}' % parent.encode()
    content = b"\x00\xff\r\n--xy\r\nend"

    reply = multipart(rest, "POST /sobjects/Attachment", parts((FIELDS, fields), (FILE, content)))

    assert reply.status == 201, reply.body
    record = rest(f"GET /sobjects/Attachment/{reply.value['id']}").value
    assert record["Body"] == f"/services/data/v60.0/sobjects/Attachment/{reply.value['id']}/Body"
    assert rest(f"GET /sobjects/Attachment/{reply.value['id']}/Body").body == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--xyz--",
        parts((FILE, b"x")),
        parts((FIELDS, b"[]")),
        parts((FIELDS, b"{}"), end=b""),
        parts((b"", b"\xff")),
    ],
)
def test_parts_that_are_no_record_are_refused(rest: RestClient, body: bytes) -> None:
    reply = multipart(rest, "POST /sobjects/Attachment", body)
    assert reply.status == 400
    assert reply.value[0]["errorCode"] in {"INVALID_MULTIPART_REQUEST", "REQUIRED_FIELD_MISSING", "JSON_PARSER_ERROR"}


def test_a_version_of_a_file_comes_in_parts_and_is_downloaded(rest: RestClient) -> None:
    fields = b'{"PathOnClient": "plan.bin"}'
    head = b'Content-Disposition: form-data; name="VersionData"; filename="plan.bin"'
    content = b"\x00\xffplan"

    reply = multipart(rest, "POST /sobjects/ContentVersion", parts((FIELDS, fields), (head, content)))

    assert reply.status == 201, reply.body
    version = f"/sobjects/ContentVersion/{reply.value['id']}"
    assert rest(f"GET {version}/VersionData").body == content
    assert (rest(f"GET {version}").value["Title"], rest(f"GET {version}").value["ContentSize"]) == ("plan", 6)
