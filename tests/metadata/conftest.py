"""Sources of a schema written down in a test, and an org that has it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mockorg_server.core.org import Org
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import SchemaReading, read_schema
from mockorg_server.schema.schema import SchemaView, load_schema

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)

Write = Callable[[str, str], Path]


def xml(root: str, body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n{body}\n</{root}>\n'


class Folder:
    """A folder of metadata in source form."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def object(self, name: str, body: str = "<label>Thing</label><pluralLabel>Things</pluralLabel>") -> Path:
        return self.write(f"objects/{name}/{name}.object-meta.xml", xml("CustomObject", body))

    def field(self, path: str, body: str) -> Path:
        sobject, _, name = path.partition(".")
        text = xml("CustomField", f"<fullName>{name}</fullName><label>{name[:-3]}</label>{body}")
        return self.write(f"objects/{sobject}/fields/{name}.field-meta.xml", text)

    def read(self) -> SchemaReading:
        return read_schema([self.path])

    def view(self, version: int = 66) -> SchemaView:
        return load_schema(additions=self.read().additions).view(version)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "force-app" / "main" / "default")


@pytest.fixture
def open_org() -> Iterator[Callable[[SchemaReading], Org]]:
    opened: list[Org] = []

    def open_it(reading: SchemaReading) -> Org:
        org = Org(load_schema(additions=reading.additions), OrgSettings(clock_start=NOW))
        opened.append(org)
        return org

    yield open_it
    for org in opened:
        org.close()
