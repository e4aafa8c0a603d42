"""The cost of https beside http on a connection that is kept, and of checking a token."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Effort, Row, cal, compare
from soap_call import envelope, query, send

from mockorg_server.app import build_app
from mockorg_server.core.calls.oauth_operation import Client, GrantByPassword
from mockorg_server.core.host import Host
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.listener import Listeners

SMALL = "<getServerTimestamp/>"
ONE_ROW = query("SELECT Id, Username FROM User LIMIT 1")
_ANYBODY = Caller(None, 60)


def rows(effort: Effort) -> Iterator[Row]:
    with ExitStack() as stack:
        host = Host.open(OrgSettings())
        stack.callback(host.close)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        listeners = Listeners(https_port=0, data_folder=folder)
        listeners.start(build_app(host))
        stack.callback(listeners.stop)
        assert listeners.https is not None
        context = ssl.create_default_context(cafile=str(listeners.authority_file))
        plain = stack.enter_context(closing(HTTPConnection("127.0.0.1", listeners.http.port, timeout=30)))
        secure = stack.enter_context(
            closing(HTTPSConnection("localhost", listeners.https.port, timeout=30, context=context))
        )
        for name, body in (("getServerTimestamp", SMALL), ("query of one row", ONE_ROW)):
            request = envelope(host.default.token, body)
            yield compare(
                f"{name}, over https",
                lambda request=request: send(secure, request),
                lambda request=request: send(plain, request),
                "over http",
                runs=effort.of(201, 41),
                times=10,
                baseline_times=10,
                most=1.5,
            )
        yield from _token_checks(host, effort)


def _token_checks(host: Host, effort: Effort) -> Iterator[Row]:
    """What every call pays: the org of the token, and its living session. Among a thousand others."""
    org = host.default
    grant = GrantByPassword(Client("app"), "http://localhost", "u@x.example", "p")
    tokens = [org.run(grant, _ANYBODY).access_token for _ in range(1000)]
    token = tokens[500]

    def check() -> None:
        assert host.org_of(token, None, "localhost").sessions.require(token)

    yield compare("a token check", check, cal, "cal", runs=effort.of(201, 41), times=50, baseline_times=5, most=0.1)
    grants = effort.of(51, 11)
    yield compare("a token by password", lambda: org.run(grant, _ANYBODY), cal, "cal", runs=grants, times=5)
