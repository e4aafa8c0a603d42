"""An org whose metadata, written down in a test, has duplicate rules; calls to it in short."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, Query, Update, Upsert
from mockorg_server.core.duplicate_result import NO_HEADER, DuplicateRuleHeader
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord, SaveResult
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import SchemaReading, read_schema

VERSION = 66
NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


def xml(root: str, body: str) -> str:
    return f'<{root} xmlns="http://soap.sforce.com/2006/04/metadata">{body}</{root}>'


class Folder:
    """A folder of metadata in source form."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def object(self, name: str, body: str = "<label>Thing</label><pluralLabel>Things</pluralLabel>") -> None:
        self.write(f"objects/{name}/{name}.object-meta.xml", xml("CustomObject", body))

    def field(self, path: str, body: str) -> None:
        sobject, _, name = path.partition(".")
        told = f"<fullName>{name}</fullName><label>{name[:-3]}</label>{body}"
        self.write(f"objects/{sobject}/fields/{name}.field-meta.xml", xml("CustomField", told))

    def record_type(self, sobject: str, name: str, body: str) -> None:
        self.write(f"objects/{sobject}/recordTypes/{name}.recordType-meta.xml", xml("RecordType", body))

    def profile(self, name: str, body: str) -> None:
        self.write(f"profiles/{name}.profile-meta.xml", xml("Profile", body))


def matching_rule(name: str, *items: str, logic: str = "", status: str = "Active") -> str:
    """Write a matching rule; an item is ``Field``, ``Field:Method`` or ``Field:Method:blanks``."""
    written = ""
    for item in items:
        field, method, blanks = (*item.split(":"), "", "")[:3]
        behavior = "MatchBlanks" if blanks else "NullNotAllowed"
        written += (
            f"<matchingRuleItems><blankValueBehavior>{behavior}</blankValueBehavior><fieldName>{field}</fieldName>"
            f"<matchingMethod>{method or 'Exact'}</matchingMethod></matchingRuleItems>"
        )
    filtered = f"<booleanFilter>{logic}</booleanFilter>" if logic else ""
    return (
        f"<matchingRules><fullName>{name}</fullName>{filtered}<label>{name}</label>{written}"
        f"<ruleStatus>{status}</ruleStatus></matchingRules>"
    )


def duplicate_rule(
    matching: str,
    sobject: str,
    *,
    insert: str = "Allow",
    update: str = "Allow",
    operations: str = "Alert",
    more: str = "",
    mapping: str = "",
    active: str = "true",
    order: int = 1,
) -> str:
    """Write a duplicate rule of ``operations`` (words with blanks between them) for both kinds of save."""
    told = "".join(
        f"<operationsOn{kind}>{each}</operationsOn{kind}>"
        for kind in ("Insert", "Update")
        for each in operations.split()
    )
    return (
        f"<actionOnInsert>{insert}</actionOnInsert><actionOnUpdate>{update}</actionOnUpdate>{more}"
        f"<duplicateRuleMatchRules><matchRuleSObjectType>{sobject}</matchRuleSObjectType>"
        f"<matchingRule>{matching}</matchingRule>{mapping}</duplicateRuleMatchRules>"
        f"<isActive>{active}</isActive><masterLabel>A rule</masterLabel>{told}"
        f"<securityOption>EnforceSharingRules</securityOption><sortOrder>{order}</sortOrder>"
    )


class Rules:
    """Metadata with rules, and the org that has it once it is first called."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {}
        self._host: Host | None = None

    def matching(self, sobject: str, *rules: str) -> None:
        self.folder.write(f"matchingRules/{sobject}.matchingRule-meta.xml", xml("MatchingRules", "".join(rules)))

    def duplicate(self, name: str, body: str) -> None:
        self.folder.write(f"duplicateRules/{name}.duplicateRule-meta.xml", xml("DuplicateRule", body))

    def read(self) -> SchemaReading:
        return read_schema([self.folder.path])

    @property
    def host(self) -> Host:
        if self._host is None:
            additions = self.read().additions if self.folder.path.exists() else None
            self._host = Host.open(OrgSettings(clock_start=NOW, additions=additions, **self.settings))
        return self._host

    def run(self, operation: Any) -> Any:
        org = self.host.default
        return org.run(operation, Caller(org.token, VERSION))

    def create(
        self, sobject: str, *records: dict[str, Any], header: DuplicateRuleHeader = NO_HEADER
    ) -> list[SaveResult]:
        inputs = tuple(InputRecord(sobject, values) for values in records)
        return self.run(Create(inputs, duplicate_rule=header))

    def make(self, sobject: str, **values: Any) -> str:
        (result,) = self.create(sobject, values)
        assert result.success, result.errors
        return str(result.id)

    def update(
        self, sobject: str, record_id: str, header: DuplicateRuleHeader = NO_HEADER, **values: Any
    ) -> SaveResult:
        (result,) = self.run(Update((InputRecord(sobject, values, record_id),), duplicate_rule=header))
        return result

    def upsert(self, sobject: str, key: str, **values: Any) -> SaveResult:
        (result,) = self.run(Upsert(key, (InputRecord(sobject, values),)))
        return result

    def rows(self, soql: str) -> list[tuple[Any, ...]]:
        result = self.run(Query(soql))
        return [tuple(row[member.index] for member in result.shape.members) for row in result.rows]

    def close(self) -> None:
        if self._host is not None:
            self._host.close()


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Rules]:
    made = Rules(Folder(tmp_path / "force-app"))
    yield made
    made.close()


@pytest.fixture
def email_rule(rules: Rules) -> Callable[..., Rules]:
    """Write a duplicate rule of contacts with the same e-mail address; its options are those of ``duplicate_rule``."""

    def write(**options: Any) -> Rules:
        rules.matching("Contact", matching_rule("Same_Email", "Email"))
        rules.duplicate("Contact.No_Twins", duplicate_rule("Same_Email", "Contact", **options))
        return rules

    return write
