"""An org of a test behind a real socket, for clients in other processes and other languages."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from mockorg.testing._org import MockOrg

if TYPE_CHECKING:
    from mockorg.testing._stage import Stage
    from mockorg_server.listener import Listeners


class MockOrgServer(MockOrg):
    """A ``MockOrg`` at ``url``, on a free port of this machine.

    ``proxy`` and ``https`` are the URLs of the other ports, None when they were not asked for.
    """

    def __init__(self, stage: Stage, listeners: Listeners) -> None:
        super().__init__(stage.org, listeners.http.url)
        self._listeners = listeners
        self.proxy = None if listeners.proxy is None else listeners.proxy.url
        self.https = None if listeners.https is None else listeners.https.url

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process that is to use the org: this process's own, and in it where the org is.

        ``SF_INSTANCE_URL``, ``SF_ORG_INSTANCE_URL`` and ``SFDX_INSTANCE_URL`` are its URL, ``SF_ACCESS_TOKEN`` and
        ``SFDX_ACCESS_TOKEN`` its token, ``SF_USERNAME``, ``SF_PASSWORD`` and ``SF_SECURITY_TOKEN`` a login. With the
        proxy, there are the variables that lead to it, and to the certificate to trust, as well.
        """
        user = next(iter(self._org.settings.users), None)
        return {
            **os.environ,
            **dict.fromkeys(("SF_INSTANCE_URL", "SF_ORG_INSTANCE_URL", "SFDX_INSTANCE_URL"), self.url),
            **dict.fromkeys(("SF_ACCESS_TOKEN", "SFDX_ACCESS_TOKEN"), self.token),
            "SF_USERNAME": self.username,
            "SF_PASSWORD": user.password if user else "password",
            "SF_SECURITY_TOKEN": user.security_token if user else "",
            **self._listeners.environment,
        }


def open_server(stage: Stage, stack: ExitStack, *, proxy: bool, https: bool) -> MockOrgServer:
    """Serve a stage on free ports until the stack unwinds. Raises OSError."""
    from mockorg_server.listener import Listeners  # noqa: PLC0415

    listeners = Listeners(https_port=0 if https else None, proxy_port=0 if proxy else None)
    stack.callback(listeners.stop)
    listeners.start(stage.app)
    return MockOrgServer(stage, listeners)
