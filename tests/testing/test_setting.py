"""What a test may say of its org: wrong values are refused with what would be right, and what is not followed is told."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from mockorg.testing import NotFollowedWarning, mock_org
from mockorg_server.control.seed_document import SeedDocumentError
from mockorg_server.core.seed import SeedError

WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"schema": "nowhere"}, ValueError, "there is no file or folder 'nowhere'"),
    ({"seed": "nowhere.json"}, ValueError, "there is no file or folder 'nowhere.json'"),
    ({"seed": 3}, ValueError, "a seed is a path, a tree, a list of these, or a list of records, not 3"),
    ({"seed": [{"Name": "x"}]}, SeedDocumentError, "record 1: attributes must name the type"),
    ({"seed": [{"attributes": {"type": "Nope"}}]}, SeedError, "there is no sObject 'Nope' in this org"),
    ({"clock": "yesterday"}, ValueError, "'yesterday' is not an instant such as 2026-01-31T12:00:00Z"),
    ({"edition": "Gold"}, ValueError, "unknown edition 'Gold'; known: Developer, Enterprise, Unlimited"),
    ({"without": "Nope"}, ValueError, "unknown feature 'Nope'"),
    ({"users": ["a"]}, ValueError, "a user is NAME:PASSWORD or NAME:PASSWORD:TOKEN"),
    ({"url": "x"}, ValueError, "url must be such as 'https://acme.my.salesforce.com', not 'x'"),
    ({"my_domain": "a b"}, ValueError, "my_domain is a label of a host name, such as 'acme', not 'a b'"),
    ({"other_hosts": "some"}, ValueError, "other_hosts is 'pass', 'refuse' or a list of host names, not 'some'"),
    ({"other_hosts": ["https://a.example"]}, ValueError, "other_hosts are names such as 'api.example.com'"),
    ({"enforce_permissions": "no"}, ValueError, "enforce_permissions is True or False, not 'no'"),
    ({"sed": "x"}, TypeError, "mock_org knows no 'sed'; known: clock, "),
]


@pytest.mark.parametrize(("options", "kind", "message"), WRONG, ids=[str(options) for options, _, _ in WRONG])
def test_a_wrong_value_is_refused(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught, mock_org(**options):
        pass
    assert message in str(caught.value)


THING = """<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><label>Thing</label>
<pluralLabel>Things</pluralLabel></CustomObject>"""


def test_what_of_a_schema_is_not_followed_is_told_once(tmp_path: Path) -> None:
    folder = tmp_path / "objects" / "Thing__c"
    folder.mkdir(parents=True)
    (folder / "Thing__c.object-meta.xml").write_text(THING)
    (tmp_path / "ThingTrigger.trigger").write_text("trigger ThingTrigger on Thing__c (before insert) {}")
    with pytest.warns(NotFollowedWarning, match="not run: 1 Apex triggers"):
        enter(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        enter(tmp_path)


def enter(schema: Path) -> None:
    with mock_org(schema=schema):
        pass
