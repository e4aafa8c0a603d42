"""A mock org behind a real socket, shared by the tests that drive real clients."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.http_server import HttpServer
from mockorg_server.soap.application import SoapApplication

from .soap.reply_watch import ReplyWatch

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)

# Three requests in three states and a deleted one; the tests of clients read these.
REQUESTS = [
    SeedRecord(
        "ConvMessageSendRequest",
        {
            "Name": "MSJ-00000001",
            "RequestType": "SendNotificationMessages",
            "RequestStatus": "Completed",
            "AllowExistingSessionStatus": "Any",
            "ShouldEnforceChannelConsent": True,
            "TotalMessageCount": 3,
            "PendingMessageCount": 0,
            "InProgressMessageCount": 0,
            "SuccessMessageCount": 2,
            "FailedMessageCount": 1,
            "FailedMessageErrorReasons": "Opted out & <gone>",
            "CompletedDate": "2026-01-31T09:30:00Z",
            "CreatedDate": "2026-01-31T09:00:00Z",
        },
        "completed",
    ),
    SeedRecord(
        "ConvMessageSendRequest",
        {
            "Name": "MSJ-00000002",
            "RequestType": "SendNotificationMessages",
            "RequestStatus": "In Progress",
            "AllowExistingSessionStatus": "NonActive",
            "TotalMessageCount": 7,
            "PendingMessageCount": 2,
            "InProgressMessageCount": 5,
            "CreatedDate": "2026-01-31T10:00:00Z",
        },
        "in_progress",
    ),
    SeedRecord(
        "ConvMessageSendRequest",
        {
            "Name": "MSJ-00000003",
            "RequestType": "SendNotificationMessages",
            "RequestStatus": "Pending",
            "AllowExistingSessionStatus": "Closed",
            "TotalMessageCount": 1,
            "PendingMessageCount": 1,
            "InProgressMessageCount": 0,
            "CreatedDate": "2026-01-31T11:00:00Z",
        },
        "pending",
    ),
    SeedRecord(
        "ConvMessageSendRequest",
        {
            "Name": "MSJ-00000004",
            "IsDeleted": True,
            "CreatedDate": "2026-01-31T08:00:00Z",
            "SystemModstamp": "2026-01-31T11:30:05Z",
        },
        "deleted",
    ),
]


@dataclass(frozen=True)
class MockOrg:
    """A mock org on a socket: where it is, the org itself, and the ids of the seeded requests."""

    url: str
    org: Org
    ids: dict[str, str]
    app: object


@pytest.fixture
def host() -> Iterator[Host]:
    opened = Host.open(OrgSettings(clock_start=NOW))
    yield opened
    opened.close()


@contextmanager
def served(host: Host) -> Iterator[MockOrg]:
    """Serve a host's default org, seeded, on a free port."""
    ids = host.default.seed(REQUESTS)
    app = build_app(host)
    server = HttpServer(app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield MockOrg(server.url, host.default, ids, app)
    server.stop()
    thread.join(timeout=10)


@pytest.fixture
def mock_org(host: Host) -> Iterator[MockOrg]:
    """A seeded mock org behind a real socket on a free port, open to every user name."""
    with served(host) as running:
        yield running


@pytest.fixture
def strict_mock_org() -> Iterator[MockOrg]:
    """The same, with one user who may log in."""
    host = Host.open(OrgSettings(clock_start=NOW, users=(UserSetting("known@example.com", "right"),)))
    with served(host) as running:
        yield running
    host.close()


@pytest.fixture(autouse=True)
def no_bug_passes(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever the server logs as an error is a bug, and fails the test in which it happened.

    A test that provokes one on purpose is marked ``logs_a_bug``, and fails when none is logged.
    """
    yield
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    if request.node.get_closest_marker("logs_a_bug"):
        assert errors, "this test is marked logs_a_bug, and none was logged"
    else:
        assert not errors


@pytest.fixture(scope="session")
def reply_watch() -> Iterator[ReplyWatch]:
    """The strict reader in front of every SOAP application of this process."""
    watch = ReplyWatch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SoapApplication, "__call__", watch.around(SoapApplication.__call__))
        yield watch


@pytest.fixture(autouse=True)
def no_wrong_reply_passes(reply_watch: ReplyWatch) -> Iterator[None]:
    """Whatever SOAP reply is not what the WSDL promises fails the test in which it was given, whoever asked."""
    yield
    reply_watch.verify()
