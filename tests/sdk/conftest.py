"""A wire that is scripted: it answers the SDK's requests from a list, through the seam that users have, a session.

describeSObjects is answered from ``wire.schema`` whenever it is asked, the rest in the order of ``wire.answer(…)``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import requests
from lxml import etree
from requests.adapters import BaseAdapter

import mockorg

PARTNER = "urn:partner.soap.sforce.com"
XS = "http://www.w3.org/2001/XMLSchema"
WSDL = Path(__file__).parents[2] / "wsdl" / "partner.wsdl"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:sf="urn:sobject.partner.soap.sforce.com">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)


@dataclass
class Sent:
    """A request as it left the SDK."""

    url: str
    headers: dict
    content: bytes

    @property
    def envelope(self):
        return etree.fromstring(self.content)

    @property
    def operation(self):
        return self.envelope[1][0]

    @property
    def name(self) -> str:
        return etree.QName(self.operation).localname

    def header(self, name: str) -> str | None:
        return self.envelope.findtext(f".//{{{PARTNER}}}{name}")

    def texts(self, name: str) -> list[str | None]:
        """The texts of all elements of that local name in the body."""
        return [each.text for each in self.operation.iter(f"{{*}}{name}")]


@dataclass
class Wire(BaseAdapter):
    """The scripted adapter; ``schema`` maps sObjects to ``{"fields": {name: type or attributes}, …}``."""

    schema: dict = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    script: list[Callable[[], requests.Response]] = field(default_factory=list)

    def answer(self, content: str | bytes, status: int = 200, **headers: str) -> None:
        body = content if isinstance(content, bytes) else content.encode()
        self.script.append(lambda: _response(body, status, headers))

    def result(self, operation: str, inner: str) -> None:
        """Answer with a reply of that operation."""
        self.answer(ENVELOPE.format(f"<{operation}Response>{inner}</{operation}Response>"))

    def page(self, records: str, size: int, locator: str | None = None, operation: str = "query") -> None:
        """Answer with a page of records."""
        self.result(operation, f'<result xsi:type="QueryResult">{_page(records, size, locator)}</result>')

    def fault(self, code: str, message: str, *, kind: str = "UnexpectedErrorFault", inner: str = "") -> None:
        """Answer with a fault of the API."""
        self.answer(
            ENVELOPE.format(
                f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring><detail>"
                f'<sf:{kind} xsi:type="sf:{kind}"><sf:exceptionCode>{code}</sf:exceptionCode>'
                f"<sf:exceptionMessage>{message}</sf:exceptionMessage>{inner}</sf:{kind}></detail></soapenv:Fault>"
            ),
            500,
        )

    def fail(self, error: Exception) -> None:
        """Answer with nothing: the connection fails."""

        def raise_it() -> requests.Response:
            raise error

        self.script.append(raise_it)

    def calls(self) -> list[str]:
        return [each.name for each in self.sent]

    def connect(self, **arguments) -> mockorg.Client:
        arguments = {"access_token": "TOKEN"} | arguments
        return mockorg.connect(arguments.pop("instance_url", "http://org.test"), session=self.session(), **arguments)

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://", self)
        session.mount("https://", self)
        return session

    def send(self, request, **options):
        sent = Sent(request.url, dict(request.headers), request.body)
        self.sent.append(sent)
        if sent.name == "describeSObjects" and self.schema:
            described = "".join(_describe(*self._sobject(name)) for name in sent.texts("sObjectType"))
            return _response(
                ENVELOPE.format(f"<describeSObjectsResponse>{described}</describeSObjectsResponse>").encode(), 200, {}
            )
        assert self.script, f"an answer to {sent.name} is not in the script"
        response = self.script.pop(0)()
        response.request = request
        return response

    def _sobject(self, name: str) -> tuple[str, dict]:
        return next((known, each) for known, each in self.schema.items() if known.lower() == name.lower())

    def close(self) -> None:
        """Nothing is open."""


def _response(body: bytes, status: int, headers: dict) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body
    response.headers.update(headers)
    return response


def _page(records: str, size: int, locator: str | None) -> str:
    told = '<queryLocator xsi:nil="true"/>' if locator is None else f"<queryLocator>{locator}</queryLocator>"
    return f"<done>{'false' if locator else 'true'}</done>{told}{records}<size>{size}</size>"


def _describe(name: str, sobject: dict) -> str:
    children = "".join(
        f"<childRelationships><childSObject>{child}</childSObject><relationshipName>{relation}</relationshipName>"
        "</childRelationships>"
        for relation, child in sobject.get("children", {}).items()
    )
    fields = "".join(_field(each, kind) for each, kind in sobject["fields"].items())
    prefix = f"<keyPrefix>{sobject['prefix']}</keyPrefix>" if "prefix" in sobject else '<keyPrefix xsi:nil="true"/>'
    return f"<result>{children}{fields}{prefix}<name>{name}</name></result>"


def _field(name: str, kind: str | dict) -> str:
    attributes = kind if isinstance(kind, dict) else {"type": kind}
    targets = "".join(f"<referenceTo>{each}</referenceTo>" for each in attributes.get("to", ()))
    relation = f"<relationshipName>{attributes['relation']}</relationshipName>" if "relation" in attributes else ""
    return f"<fields><name>{escape(name)}</name>{targets}{relation}<type>{attributes['type']}</type></fields>"


@pytest.fixture
def wire() -> Wire:
    """A scripted wire that must have said all it had to say."""
    made = Wire()
    yield made
    assert made.script == [], "answers of the script were never asked for"


@pytest.fixture(scope="session")
def wsdl_path() -> Path:
    """The contract that requests and results are held against: the partner WSDL of this repository."""
    return WSDL


@pytest.fixture(scope="session")
def contract(wsdl_path) -> Callable[..., set[str]]:
    """From the name of a type of the partner WSDL to its members, those that may repeat alone if ``many``."""
    wsdl = etree.parse(wsdl_path)

    def members(name: str, *, many: bool = False) -> set[str]:
        (kind,) = wsdl.iterfind(f".//{{{XS}}}complexType[@name='{name}']")
        extended = kind.find(f".//{{{XS}}}extension")
        inherited = members(extended.get("base").rpartition(":")[2], many=many) if extended is not None else set()
        own = kind.iterfind(f".//{{{XS}}}element")
        return inherited | {each.get("name") for each in own if not many or each.get("maxOccurs", "1") != "1"}

    return members
