"""A small SOAP client for tests with many threads: one kept-alive connection, no XML parser, nothing that is shared."""

import http.client
import re
from collections.abc import Mapping
from html import unescape
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
    "<e:Header><SessionHeader><sessionId>{token}</sessionId></SessionHeader>{headers}</e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)
HEADERS = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}


class SoapFault(Exception):
    """The call was refused: its code, then its text."""

    @property
    def code(self) -> str:
        return str(self.args[0])


class SoapClient:
    """One client of an org. Every call raises SoapFault when it is refused, and OSError when no answer comes."""

    def __init__(self, url: str, token: str = "", timeout_seconds: float = 60) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_seconds)
        self.token = token

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def call(self, body: str, headers: str = "") -> str:
        """Send the body of an envelope; give the text of the answer."""
        content = ENVELOPE.format(token=escape(self.token), headers=headers, body=body).encode()
        self._connection.request("POST", "/services/Soap/u/60.0", content, HEADERS)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status == 500 and "<soapenv:Fault>" in text:
            code, message = (
                re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("faultcode", "faultstring")
            )
            assert code
            assert message
            raise SoapFault(code[1].removeprefix("sf:"), unescape(message[1]))
        assert answer.status == 200, (answer.status, text[:500])
        return text

    def login(self, username: str) -> str:
        """Log in and go on with that session; give the user's id."""
        text = self.call(f"<login><username>{escape(username)}</username><password>p</password></login>")
        self.token = unescape(one(text, "sessionId"))
        return all_of(text, "userId")[0]

    def create(self, sobject: str, *records: Mapping[str, str]) -> list[str]:
        """Create records, each of which must succeed; give their ids."""
        return self._save("create", sobject, records)

    def update(self, sobject: str, *records: Mapping[str, str]) -> list[str]:
        return self._save("update", sobject, records)

    def delete(self, *ids: str) -> list[str]:
        return _ids(self.call(f"<delete>{''.join(f'<ids>{each}</ids>' for each in ids)}</delete>"))

    def query(self, soql: str, batch_size: int = 2000) -> str:
        """Give the text of the answer to a query."""
        options = f"<QueryOptions><batchSize>{batch_size}</batchSize></QueryOptions>"
        return self.call(f"<query><queryString>{escape(soql)}</queryString></query>", options)

    def query_more(self, locator: str, batch_size: int = 2000) -> str:
        options = f"<QueryOptions><batchSize>{batch_size}</batchSize></QueryOptions>"
        return self.call(f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>", options)

    def size(self, soql: str) -> int:
        return int(one(self.query(soql), "size"))

    def get(self, sobject: str, record_id: str, *fields: str) -> list[str | None]:
        """Give fields of a record that must be there; None for null."""
        text = self.call(
            f"<retrieve><fieldList>{','.join(fields)}</fieldList><sObjectType>{sobject}</sObjectType>"
            f"<ids>{record_id}</ids></retrieve>"
        )
        found = {name: unescape(value) for name, value in re.findall(r"<sf:(\w+)>([^<]*)</sf:\1>", text)}
        assert f"<sf:type>{sobject}</sf:type>" in text, f"{record_id} is not there"
        return [found.get(name) for name in fields]

    def _save(self, call: str, sobject: str, records: tuple[Mapping[str, str], ...]) -> list[str]:
        fields = ("".join(f"<{name}>{escape(value)}</{name}>" for name, value in record.items()) for record in records)
        rows = "".join(f"<sObjects><type>{sobject}</type>{each}</sObjects>" for each in fields)
        return _ids(self.call(f"<{call}>{rows}</{call}>"))


def _ids(text: str) -> list[str]:
    assert "<success>false</success>" not in text, text[:1000]
    return all_of(text, "id")


def all_of(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}>([^<]*)</{tag}>", text)


def one(text: str, tag: str) -> str:
    [found] = all_of(text, tag)
    return found
