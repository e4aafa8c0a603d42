"""A mock org inside a test: code under test that talks to Salesforce meets an org of its own, in the same process.

    from mockorg.testing import mock_org

    with mock_org() as org:            # a context manager, and with or without arguments a decorator
        ...
    def test_it(mock_org): ...         # a pytest fixture of the same name, which needs no import
    def test_it(mock_org_server): ...  # the same over a real socket

This is the only room that sees both sides, the SDK and the server; ``import mockorg`` never imports it. Importing it is
cheap: the server is loaded by the first org.
"""

from mockorg.testing._org import MockOrg
from mockorg.testing._scope import mock_org, mock_org_server
from mockorg.testing._server import MockOrgServer
from mockorg.testing._setting import NotFollowedWarning

__all__ = ["MockOrg", "MockOrgServer", "NotFollowedWarning", "mock_org", "mock_org_server"]
