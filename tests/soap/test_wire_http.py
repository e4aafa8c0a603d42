"""HTTP around the wire: addresses, versions, methods, compression, and the download of the WSDL."""

import gzip
import zlib

import pytest
from lxml import etree

from mockorg_server.core.error import OrgError
from mockorg_server.schema.api_version import NEWEST, OLDEST
from mockorg_server.soap.address import OTHER_APIS

from .strict_reader import StrictReader
from .wire_client import WireClient, contract, envelope

LOGOUT = envelope("<logout/>")


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/services/Soap/u/60.0", 60),
        ("/services/Soap/u/60.0/", 60),
        ("/services/Soap/u/59", 59),
        ("/services/Soap/u/31.0/00D000000000001", 31),
        ("/services/Soap/u/68.0/00D000000000001EAA", 68),
        ("/services/Soap/u/40.0/00D000000000001EAA/", 40),
    ],
)
def test_addresses_that_answer(path: str, version: int) -> None:
    wire = WireClient()

    assert wire.http("POST", path, LOGOUT).status == 200
    assert wire.org.calls[0][1].api_version == version


@pytest.mark.parametrize("version", range(OLDEST, NEWEST + 1))
def test_every_version_answers(version: int) -> None:
    assert WireClient().call("<logout/>", version=version).fault is None


@pytest.mark.parametrize("version", ["7.0", "21.0", "30.0", "30"])
def test_retired_versions_are_refused(version: str) -> None:
    """The text is recorded; only the oldest version in it has moved."""
    answer = WireClient().post(LOGOUT, version)

    number = version.removesuffix(".0")
    fault = StrictReader(60, contract()).read(answer.content).fault
    assert fault is not None
    assert (answer.status, fault.exception_code) == (500, "UNSUPPORTED_API_VERSION")
    assert fault.message == (
        f"The API version that was specified ({number}.0) is below the minimum supported (31.0). "
        "Change the version number and run the request again."
    )


@pytest.mark.parametrize("version", ["69.0", "999", "v60.0", "60.1", "60.00", "sixty", "0", "", "6\u0660.0"])
def test_versions_that_do_not_exist_are_refused(version: str) -> None:
    """The text is recorded."""
    answer = WireClient().post(LOGOUT, version)

    fault = StrictReader(60, contract()).read(answer.content).fault
    assert fault is not None
    assert (answer.status, fault.text) == (500, "UNSUPPORTED_API_VERSION: Invalid Api version specified on URL")


@pytest.mark.parametrize("api", sorted(OTHER_APIS))
def test_other_apis_are_named_as_not_built(api: str) -> None:
    answer = WireClient().http("POST", f"/services/Soap/{api}/60.0", LOGOUT)

    root = etree.fromstring(answer.content)
    assert answer.status == 500
    assert root.findtext(".//faultcode") == "sf:FUNCTIONALITY_NOT_ENABLED"
    assert f"mockorg does not support {OTHER_APIS[api].title} (/services/Soap/{api}) yet" in answer.text
    assert root.find(".//faultcode").nsmap["sf"] == OTHER_APIS[api].fault_namespace  # type: ignore[union-attr]
    assert (root.find(".//detail") is None) == (api == "m")


@pytest.mark.parametrize(
    "path", ["/services/Soap/x/60.0", "/services/Soap/u/60.0/notanorg", "/services/Soap/u/60.0/a/b"]
)
def test_other_addresses_are_refused(path: str) -> None:
    answer = WireClient().http("POST", path, LOGOUT)

    assert answer.status == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text


@pytest.mark.parametrize("path", ["/services/Soap", "/services/Soap/", "/services/wsdl", "/services/wsdl/other", "/x"])
def test_what_is_nothing_is_not_found(path: str) -> None:
    answer = WireClient().http("GET", path)

    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_call_is_a_post(method: str) -> None:
    answer = WireClient().http(method, "/services/Soap/u/60.0", LOGOUT)

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert (answer.content == b"") == (method == "HEAD")


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/soap/wsdl.jsp", "", "http://localhost:8800/services/Soap/u/60.0"),
        ("/services/wsdl/partner", "", "http://localhost:8800/services/Soap/u/60.0"),
        ("/services/Soap/u/60.0", "wsdl", "http://localhost:8800/services/Soap/u/60.0"),
        ("/services/Soap/u/52.0/", "WSDL", "http://localhost:8800/services/Soap/u/52.0"),
    ],
)
def test_the_wsdl_has_this_servers_address(path: str, query: str, address: str) -> None:
    answer = WireClient().http("GET", path, QUERY_STRING=query)

    place = etree.fromstring(answer.content).find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert place is not None
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert place.get("location") == address


def test_the_head_of_the_wsdl_has_its_length() -> None:
    wire = WireClient()

    head, full = wire.http("HEAD", "/soap/wsdl.jsp"), wire.http("GET", "/soap/wsdl.jsp")

    assert head.content == b""
    assert head.headers == full.headers
    assert int(head.headers["Content-Length"]) == len(full.content)


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("/soap/wsdl.jsp", "type=*", "the enterprise WSDL"),
        ("/services/wsdl/enterprise", "", "the enterprise WSDL"),
        ("/services/wsdl/metadata", "", "the metadata WSDL"),
        ("/services/wsdl/tooling", "", "the tooling WSDL"),
        ("/services/wsdl/apex", "", "the Apex WSDL"),
        ("/services/wsdl/class/Thing", "", "WSDLs of Apex classes"),
    ],
)
def test_other_wsdls_are_named_as_not_there_yet(path: str, query: str, named: str) -> None:
    answer = WireClient().http("GET", path, QUERY_STRING=query)

    assert answer.status == 501
    assert f"mockorg does not have {named} yet" in answer.text


def test_a_wsdl_is_read_with_get() -> None:
    answer = WireClient().http("POST", "/soap/wsdl.jsp")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "accepted", ["gzip", "gzip, deflate", "deflate, GZIP;q=0.5", "*", "x-gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1"]
)
def test_large_answers_are_compressed_when_asked(accepted: str) -> None:
    wire = WireClient(OrgError("UNKNOWN_EXCEPTION", "long " * 1000))

    packed, plain = wire.post(LOGOUT, HTTP_ACCEPT_ENCODING=accepted), wire.post(LOGOUT)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers
    assert len(packed.content) < len(plain.content)


@pytest.mark.parametrize("accepted", ["", "identity", "deflate", "gzip;q=0", "gzip; q=0.000", "br"])
def test_answers_are_plain_when_not_asked(accepted: str) -> None:
    wire = WireClient(OrgError("UNKNOWN_EXCEPTION", "long " * 1000))

    assert "Content-Encoding" not in wire.post(LOGOUT, HTTP_ACCEPT_ENCODING=accepted).headers


def test_small_answers_are_not_compressed() -> None:
    assert "Content-Encoding" not in WireClient().post(LOGOUT, HTTP_ACCEPT_ENCODING="gzip").headers


def test_a_compressed_call_may_be_answered_compressed() -> None:
    wire = WireClient(OrgError("UNKNOWN_EXCEPTION", "long " * 1000))

    answer = wire.post(zlib.compress(LOGOUT), HTTP_CONTENT_ENCODING="deflate", HTTP_ACCEPT_ENCODING="gzip")

    assert b"soapenv:Fault" in gzip.decompress(answer.content)
