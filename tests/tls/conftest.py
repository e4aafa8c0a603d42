"""A mock org behind all its ports, with a certificate authority of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.listener import Listeners


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def ports(data_folder: Path) -> Iterator[Listeners]:
    host = Host.open(OrgSettings())
    listeners = Listeners(https_port=0, proxy_port=0, proxy_allow=["127.0.0.1"], data_folder=data_folder)
    listeners.start(build_app(host))
    yield listeners
    listeners.stop()
    host.close()
