"""What clients see of a duplicate, byte for byte as real orgs have told it (ids aside), over both wires."""

import json
from io import BytesIO

import pytest

from mockorg_server.app import build_app

ANN = {"LastName": "Ann", "Email": "ann@x.example"}
TEXT = "<alertText>You're creating a duplicate record.</alertText>"
CREATE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
    'xmlns:s="urn:sobject.partner.soap.sforce.com"><soapenv:Header><SessionHeader><sessionId>{token}</sessionId>'
    "</SessionHeader>{header}</soapenv:Header><soapenv:Body><create><sObjects><s:type>Contact</s:type>"
    "<s:LastName>Ann</s:LastName><s:Email>ann@x.example</s:Email></sObjects></create></soapenv:Body></soapenv:Envelope>"
)


class Door:
    """Sends requests to the whole application of an org."""

    def __init__(self, rules):
        self.host = rules.host
        self.token = rules.host.default.token
        self.app = build_app(rules.host)

    def send(self, method, path, content, kind, **headers):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "mock.example",
            "SERVER_PORT": "80",
            "HTTP_HOST": "mock.example",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
            "CONTENT_TYPE": kind,
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        seen = []
        body = b"".join(self.app(environ, lambda status, _headers, _error=None: seen.append(int(status[:3]))))
        return seen[0], body.decode()

    def rest(self, line, value, version="60.0", **headers):
        method, _, path = line.partition(" ")
        path = f"/services/data/v{version}{path}"
        return self.send(method, path, json.dumps(value).encode(), "application/json", **headers)

    def soap(self, header=""):
        content = CREATE.format(token=self.token, header=header).encode()
        status, text = self.send("POST", "/services/Soap/u/60.0", content, "text/xml", soapaction='""')
        return status, text.partition("<result>")[2].partition("</result>")[0]


@pytest.fixture
def there(email_rule):
    """An org with one contact, and its Id."""
    rules = email_rule(more=TEXT)
    return Door(rules), rules.make("Contact", **ANN)


def test_a_single_record_of_rest_has_the_misspelt_key(there):
    door, contact = there
    status, text = door.rest("POST /sobjects/Contact", ANN)
    message = "You're creating a duplicate record."
    assert status == 400
    assert text == (
        f'[{{"duplicateResut":{{"allowSave":true,"duplicateRule":"No_Twins","duplicateRuleEntityType":"Contact",'
        f'"errorMessage":"{message}","matchResults":[{{"entityType":"Contact","errors":[],'
        '"matchEngine":"ExactMatchEngine","matchRecords":[{"additionalInformation":[],"fieldDiffs":[],'
        '"matchConfidence":100.0,"record":{"attributes":{"type":"Contact",'
        f'"url":"/services/data/v60.0/sobjects/Contact/{contact}"}},"Id":"{contact}"}}}}],"rule":"Same_Email","size":1,'
        f'"success":true}}]}},"errorCode":"DUPLICATES_DETECTED","message":"{message}"}}]'
    )


def test_rest_updates_and_upserts_are_refused_alike(there):
    door, _ = there
    _, text = door.rest("POST /sobjects/Contact", {"LastName": "Bob"})
    bob = json.loads(text)["id"]
    for line in (f"PATCH /sobjects/Contact/{bob}", f"PATCH /sobjects/Contact/Id/{bob}"):
        status, text = door.rest(line, {"Email": "ann@x.example"})
        (error,) = json.loads(text)
        assert (status, error["errorCode"]) == (400, "DUPLICATES_DETECTED")
        assert error["duplicateResut"]["matchResults"][0]["size"] == 1


def test_a_collection_tells_no_matches(there):
    door, _ = there
    record = {"attributes": {"type": "Contact"}, **ANN}
    status, text = door.rest("POST /composite/sobjects", {"records": [record]})
    error = {"statusCode": "DUPLICATES_DETECTED", "message": "You're creating a duplicate record.", "fields": []}
    assert (status, json.loads(text)) == (200, [{"success": False, "errors": [error]}])


@pytest.mark.parametrize(
    ("line", "body", "created"),
    [
        ("POST /sobjects/Contact", ANN, 201),
        ("POST /composite/sobjects", {"records": [{"attributes": {"type": "Contact"}, **ANN}]}, 200),
        ("POST /composite/tree/Contact", {"records": [{"attributes": {"type": "Contact", "referenceId": "a"}, **ANN}]}, 201),
    ],
)  # fmt: skip
def test_the_header_of_rest_saves_in_spite_of_an_alert(there, line, body, created):
    door, _ = there
    header = {"sforce_duplicate_rule_header": "allowSave=true; includeRecordDetails=true"}
    status, text = door.rest(line, body, **header)
    assert status == created
    assert '"success":false' not in text
    assert "DUPLICATES_DETECTED" in door.rest(line, body, version="51.0", **header)[1]  # the header came with 52.0


def test_a_part_of_a_composite_has_a_header_of_its_own(there):
    door, _ = there
    part = {"method": "POST", "url": "/services/data/v60.0/sobjects/Contact", "referenceId": "c", "body": ANN}
    _, text = door.rest("POST /composite", {"compositeRequest": [part]})
    (outcome,) = json.loads(text)["compositeResponse"]
    assert (outcome["httpStatusCode"], list(outcome["body"][0])) == (400, ["duplicateResut", "errorCode", "message"])
    part["httpHeaders"] = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    _, text = door.rest("POST /composite", {"compositeRequest": [part]})
    assert json.loads(text)["compositeResponse"][0]["httpStatusCode"] == 201


def test_user_interface_api_saves_when_the_body_says_so(there):
    door, _ = there
    body = {"apiName": "Contact", "fields": ANN}
    assert door.rest("POST /ui-api/records", body)[0] == 400
    assert door.rest("POST /ui-api/records", {**body, "allowSaveOnDuplicate": True})[0] == 201


def test_soap_has_a_duplicate_error(there):
    door, contact = there
    status, result = door.soap()
    message = "You&apos;re creating a duplicate record."
    assert status == 200
    assert result == (
        f'<errors xsi:type="DuplicateError"><message>{message}</message><statusCode>DUPLICATES_DETECTED</statusCode>'
        "<duplicateResult><allowSave>true</allowSave><duplicateRule>No_Twins</duplicateRule>"
        f"<duplicateRuleEntityType>Contact</duplicateRuleEntityType><errorMessage>{message}</errorMessage>"
        "<matchResults><entityType>Contact</entityType><matchEngine>ExactMatchEngine</matchEngine><matchRecords>"
        '<matchConfidence>100.0</matchConfidence><record xsi:type="sf:sObject"><sf:type>Contact</sf:type>'
        f"<sf:Id>{contact}</sf:Id><sf:Id>{contact}</sf:Id></record></matchRecords><rule>Same_Email</rule><size>1</size>"
        '<success>true</success></matchResults></duplicateResult></errors><id xsi:nil="true"/><success>false</success>'
    )


def test_soap_tells_details_and_saves_when_it_is_asked_to(there):
    door, contact = there
    header = "<DuplicateRuleHeader><{0}>true</{0}></DuplicateRuleHeader>"
    _, result = door.soap(header.format("includeRecordDetails"))
    assert "<fieldDiffs><difference>SAME</difference><name>Email</name></fieldDiffs><matchConfidence>" in result
    owner = door.host.default.administrator_id
    assert (
        f"<sf:type>Contact</sf:type><sf:Id>{contact}</sf:Id><sf:Id>{contact}</sf:Id><sf:Name>Ann</sf:Name>"
        f"<sf:Email>ann@x.example</sf:Email><sf:OwnerId>{owner}</sf:OwnerId>"
        "<sf:LastModifiedDate>2026-01-31T12:00:30.000Z</sf:LastModifiedDate></record>"
    ) in result
    _, saved = door.soap(header.format("allowSave"))
    assert saved.endswith("<success>true</success>")
