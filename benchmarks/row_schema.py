"""A schema of one's own: reading a source folder of 200 objects and 5,000 fields; and seeding rows of CSV."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from measure import Effort, Row, compare

from mockorg_server.control.seed_document import parse_csv
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema

OBJECTS, FIELDS_EACH = 200, 25
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
VALUE = "<value><fullName>V{0}</fullName><default>false</default><label>Value {0}</label></value>"
VALUES = "".join(VALUE.format(number) for number in range(8))
KINDS = (
    "<type>Text</type><length>80</length><externalId>false</externalId><unique>false</unique>",
    "<type>Number</type><precision>18</precision><scale>2</scale>",
    "<type>Checkbox</type><defaultValue>false</defaultValue>",
    f"<type>Picklist</type><valueSet><valueSetDefinition><sorted>false</sorted>{VALUES}</valueSetDefinition></valueSet>",
    "<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>R{0}_{1}</relationshipName>",
    "<type>Date</type>",
    "<type>Text</type><formula>Name &amp; &quot;x&quot;</formula>",
)


def write_folder(folder: Path) -> list[Path]:
    files = []
    for number in range(OBJECTS):
        place = folder / "objects" / f"Thing{number}__c"
        (place / "fields").mkdir(parents=True)
        files.append(place / f"Thing{number}__c.object-meta.xml")
        files[-1].write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<CustomObject xmlns="{NAMESPACE}"><label>Thing {number}</label>'
            "<nameField><label>Name</label><type>Text</type></nameField><pluralLabel>Things</pluralLabel>"
            "<sharingModel>ReadWrite</sharingModel></CustomObject>"
        )
        for field in range(FIELDS_EACH):
            files.append(place / "fields" / f"F{field}__c.field-meta.xml")
            files[-1].write_text(
                f'<?xml version="1.0" encoding="UTF-8"?>\n<CustomField xmlns="{NAMESPACE}">\n'
                f"<fullName>F{field}__c</fullName><label>Field {field}</label><required>false</required>"
                f"<trackTrending>false</trackTrending>{KINDS[field % len(KINDS)].format(number, field)}</CustomField>\n"
            )
    return files


def seed_text(count: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Industry", "NumberOfEmployees", "AnnualRevenue", "Phone", "BillingCity"])
    writer.writerows([f"Account {n}", "Banking", n % 1000, n * 1.5, f"555-{n}", "Berlin"] for n in range(count))
    return text.getvalue()


def seed(text: str) -> None:
    Host.open(OrgSettings(seeds=parse_csv(text, "Account"))).close()


def rows(effort: Effort) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        files = [str(file) for file in write_folder(Path(name))]
        yield compare(
            "schema folder, 200 objects, 5,000 fields",
            lambda: read_schema([name]),
            lambda: [etree.parse(file) for file in files],
            "lxml parses the files",
            runs=effort.of(9, 3),
            most=6.0,
        )
    text = seed_text(effort.of(20_000, 5_000))
    yield compare(
        "seed of CSV, org and all",
        lambda: seed(text),
        lambda: list(csv.DictReader(io.StringIO(text))),
        "csv.DictReader reads it",
        runs=effort.of(5, 3),
    )
