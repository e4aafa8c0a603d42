"""Trouble on the way: everything that is not an answer of the API is a TransportError, and nothing is sent twice."""

import gzip
import io

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

import mockorg

REPLY = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
    "<e:Body><getServerTimestampResponse><result><timestamp>2026-01-31T12:00:00.000Z</timestamp></result>"
    "</getServerTimestampResponse></e:Body></e:Envelope>"
)
EMPTY = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'


@pytest.mark.parametrize(
    "error",
    [requests.ConnectionError("refused"), requests.ReadTimeout("too slow"), requests.exceptions.SSLError("bad")],
    ids=repr,
)
def test_no_answer_is_a_transport_error_without_a_status_and_is_not_tried_again(wire, error):
    wire.fail(error)

    with pytest.raises(mockorg.TransportError, match=r"no answer from http://org.test/services/Soap/u/64.0") as caught:
        wire.connect().get_server_timestamp()

    assert caught.value.http_status is None
    assert caught.value.__cause__ is error
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("status", "content", "message"),
    [
        (
            503,
            "<html><body>Service\nUnavailable</body></html>",
            "HTTP 503.* is not SOAP: <html><body>Service Una",
        ),
        (200, "", r"is not SOAP: \(empty\)"),
        (200, '{"errorCode": "x"}', "is not SOAP"),
        (200, REPLY[:-20], "is not SOAP"),
        (200, "<!DOCTYPE x>" + REPLY, "is not SOAP"),
        (200, '<!DOCTYPE x [<!ENTITY a "b">]>' + REPLY, "is not SOAP"),
        (200, EMPTY, "nothing in it"),
        (200, REPLY.replace("getServerTimestamp", "query"), "to getServerTimestamp is a queryResponse"),
        (502, REPLY, r"HTTP 502\) to getServerTimestamp"),
        (200, REPLY.replace("2026-01-31T12:00:00.000Z", "noon"), "not of the form of its type: 'noon'"),
    ],
)
def test_what_is_no_answer_to_the_call_is_a_transport_error(wire, status, content, message):
    wire.answer(content, status)

    with pytest.raises(mockorg.TransportError, match=message) as caught:
        wire.connect().get_server_timestamp()

    assert caught.value.http_status == status
    assert caught.value.code == "TRANSPORT_ERROR"
    assert len(wire.sent) == 1


def test_a_redirect_is_not_followed(wire):
    wire.answer("", 302, location="https://elsewhere.test/")

    with pytest.raises(mockorg.TransportError, match=r"redirect to https://elsewhere.test/") as caught:
        wire.connect().get_server_timestamp()

    assert caught.value.http_status == 302
    assert len(wire.sent) == 1


def test_a_call_that_the_org_refuses_is_not_tried_again(wire):
    wire.fault("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")

    with pytest.raises(mockorg.CallError, match="UNABLE_TO_LOCK_ROW"):
        wire.connect().get_server_timestamp()

    assert len(wire.sent) == 1


def test_a_fault_of_the_soap_layer_has_the_name_of_its_faultcode(wire):
    fault = "<e:Fault><faultcode>e:Client</faultcode><faultstring>No operation x</faultstring></e:Fault>"
    wire.answer(EMPTY.replace("<e:Body/>", f"<e:Body>{fault}</e:Body>"), 500)

    with pytest.raises(mockorg.CallError) as caught:
        wire.connect().get_server_timestamp()

    assert type(caught.value) is mockorg.CallError
    assert (caught.value.code, caught.value.message) == ("Client", "No operation x")


def test_a_fault_counts_whatever_the_status(wire):
    wire.answer(
        EMPTY.replace("<e:Body/>", "<e:Body><e:Fault><faultcode>sf:INVALID_TYPE</faultcode></e:Fault></e:Body>")
    )

    with pytest.raises(mockorg.QueryError) as caught:
        wire.connect().get_server_timestamp()

    assert (caught.value.code, caught.value.message, caught.value.http_status) == ("INVALID_TYPE", "", 200)


def test_members_that_must_be_there_are_missed(wire):
    wire.result("getUserInfo", "<result><userName>u</userName></result>")

    with pytest.raises(mockorg.TransportError, match="UserInfo has no userId"):
        wire.connect().get_user_info()


def test_prefixes_and_white_space_are_of_no_account(wire):
    wire.answer(
        '<?pi x?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"\n'
        ' xmlns:t="urn:partner.soap.sforce.com">\n'
        " <S:Body><!-- c -->\n  <t:getServerTimestampResponse>\n   <t:result>\n"
        "    <t:timestamp>2026-01-31T12:00:00.000Z</t:timestamp>\n   </t:result>\n"
        "  </t:getServerTimestampResponse>\n </S:Body>\n</S:Envelope>"
    )

    assert wire.connect().get_server_timestamp().hour == 12


def test_a_gzipped_answer_is_read(monkeypatch):
    def send(adapter, request, **options):
        raw = HTTPResponse(
            body=io.BytesIO(gzip.compress(REPLY.encode())),
            status=200,
            headers={"Content-Encoding": "gzip"},
            preload_content=False,
        )
        return adapter.build_response(request, raw)

    monkeypatch.setattr(HTTPAdapter, "send", send)

    with mockorg.connect("http://org.test", access_token="t") as org:
        assert org.get_server_timestamp().hour == 12


def test_the_timeout_is_handed_on(monkeypatch):
    seen = []

    def send(adapter, request, *, timeout, **options):
        seen.append(timeout)
        raise requests.ReadTimeout("slow")

    monkeypatch.setattr(HTTPAdapter, "send", send)

    for arguments in ({}, {"timeout_seconds": 1.5}):
        with (
            mockorg.connect("http://org.test", access_token="t", **arguments) as org,
            pytest.raises(mockorg.TransportError, match="slow"),
        ):
            org.get_server_timestamp()

    assert seen == [60.0, 1.5]
