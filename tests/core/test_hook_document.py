"""The example of ``docs/hooks.md`` runs as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path

from mockorg_server.core.calls.operation import Create, Delete, Query
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.hook_file import load_hooks
from mockorg_server.schema.schema import load_schema

PAGE = Path(__file__).parents[2] / "docs/hooks.md"


def test_the_example_does_what_it_says(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    path = tmp_path / "hooks.py"
    path.write_text(code)
    org = Org(load_schema(), OrgSettings(clock_start=datetime(2026, 1, 31, 12, tzinfo=UTC)))
    try:
        load_hooks(path, org.hook_org)
        caller = Caller(org.token, 62)
        (made,) = org.run(Create((InputRecord("Account", {"Name": "acme", "Type": "Customer"}),)), caller)
        assert org.hook_org.query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account") == [
            {"Name": "ACME", "Contacts": [{"LastName": "Reception"}]}
        ]
        (refused,) = org.run(Delete((made.id,)), caller)
        assert [(error.message, error.fields) for error in refused.errors] == [("Customers are not deleted", ("Type",))]
        assert org.run(Query("SELECT Id FROM Account"), caller).size == 1
    finally:
        org.close()
