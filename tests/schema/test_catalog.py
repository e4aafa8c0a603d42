"""The shipped catalogue: complete, in one canonical form, small, cheap to open, and read strictly."""

import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest

from mockorg_server.schema.catalog import INDEX_FILE, SHIPPED_FOLDER, Catalog, CatalogError
from mockorg_server.schema.catalog_file import read_sobject
from mockorg_server.schema.field_default import SYSTEM_FIELDS, TYPE_DEFAULTS
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.schema import SchemaView, outline_of
from mockorg_server.schema.sobject import Field, SObject

FILES = sorted(path for path in SHIPPED_FOLDER.glob("*.json") if path.name != INDEX_FILE)


def test_there_is_one_file_per_standard_object(everything: SchemaView) -> None:
    assert len(FILES) == 2097
    assert [path.stem for path in FILES] == sorted(everything.names)


def test_the_default_org_shows_them_all(schema) -> None:
    assert len(schema.latest.names) == 2097
    assert list(schema.latest.names) == sorted(schema.latest.names)


def test_every_object_can_be_read(everything: SchemaView) -> None:
    sobjects = [everything.sobject(name) for name in everything.names]

    assert all(sobject is not None and sobject.fields for sobject in sobjects)
    assert sum(len(sobject.fields) for sobject in sobjects if sobject) == 40623


def test_the_files_are_in_the_canonical_form(layout: ModuleType) -> None:
    odd = [
        path.name for path in FILES if layout.format_file(json.loads(path.read_bytes())).encode() != path.read_bytes()
    ]

    assert odd == []


def test_the_files_state_nothing_that_is_a_default(layout: ModuleType) -> None:
    catalog = Catalog()
    sobjects = [catalog.sobject(path.stem) for path in FILES]
    picklists = layout.Picklists(sobjects)
    for path, sobject in zip(FILES, sobjects, strict=True):
        raw = json.loads(path.read_bytes())
        by_field = {field["name"]: field["assumed"] for field in raw["fields"] if "assumed" in field}
        notes = layout.Notes(raw.get("basis", "real"), raw.get("assumed", []), by_field)
        assert layout.compact_sobject(sobject, notes, picklists) == raw, path.name


def test_the_index_says_what_the_files_say(layout: ModuleType) -> None:
    catalog = Catalog()
    sobjects = [catalog.sobject(path.stem) for path in FILES]

    assert (SHIPPED_FOLDER / INDEX_FILE).read_text(encoding="utf-8") == layout.format_index(sobjects)
    assert [outline_of(sobject) for sobject in sobjects] == list(catalog.outlines.values())


def test_an_outline_has_attributes_of_an_object() -> None:
    assert set(Outline._fields) < set(SObject.__dataclass_fields__)


def test_no_field_stands_twice(everything: SchemaView) -> None:
    for name in everything.names:
        fields = everything.sobject(name).fields
        assert len({field.name.lower() for field in fields}) == len(fields), name


def test_sizes_stay_small() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*FILES, SHIPPED_FOLDER / INDEX_FILE]:
            archive.write(path, path.name)

    assert sum(path.stat().st_size for path in SHIPPED_FOLDER.iterdir()) <= 12_000_000
    assert len(packed.getvalue()) <= 4_000_000


def test_the_defaults_are_total() -> None:
    assert set(TYPE_DEFAULTS) == set(FieldType)
    for defaults in [*TYPE_DEFAULTS.values(), *SYSTEM_FIELDS.values()]:
        assert defaults.keys() <= Field.__dataclass_fields__.keys()


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "nowhere")

    with pytest.raises(FileNotFoundError):
        catalog.sobject("Account")


def test_an_object_is_read_once_under_any_case() -> None:
    catalog = Catalog()

    assert catalog.sobject("aCCount") is catalog.sobject("Account")
    assert catalog.sobject("NoSuchObject") is None


# --- strictness ---

WHOLE = """{"name": "Thing", "label": "Thing", "keyPrefix": "0zz", "fields": [
  {"name": "Id", "label": "Thing ID"},
  {"name": "Kind", "label": "Kind", "type": "picklist", "picklistValues": ["a", ["b", "Bee"], ["c"]]}
], "childRelationships": [{"field": "Thing.ParentId", "relationshipName": "Things"}]}"""


def nothing(_: str) -> None:
    return None


def test_a_whole_file_reads() -> None:
    thing = read_sobject(WHOLE, "Thing.json", nothing)

    assert [(value.value, value.label) for value in thing.field("kind").picklist_values] == [
        ("a", "a"),
        ("b", "Bee"),
        ("c", None),
    ]
    assert thing.child_relationship("things").child_sobject == "Thing"
    assert (thing.label_plural, thing.id_prefix) == ("Things", "0zz")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"label": "Thing",', '"label": "Thing", "lable": "x",', "Thing.json: unknown key 'lable'"),
        (
            '"label": "Thing ID"',
            '"label": "Thing ID", "nilable": true',
            "Thing.json: field 'Id': unknown key 'nilable'",
        ),
        ('"relationshipName"', '"relationName"', "child relationship 'Thing.ParentId': unknown key 'relationName'"),
        ('["c"]', '{"value": "c", "label": "c", "aktive": true}', "picklist value: unknown key 'aktive'"),
        ('["c"]', '["c", "d", "e"]', "key 'picklistValues': no picklist value"),
        ('"keyPrefix": "0zz"', '"keyPrefix": 7', "Thing.json: key 'keyPrefix' cannot be 7"),
        ('"keyPrefix": "0zz"', '"createable": 1', "Thing.json: key 'createable' cannot be 1"),
        ('"keyPrefix": "0zz",', "", "a required key is missing: 'idPrefix'"),
        ('"name": "Thing", ', "", "Thing.json: a required key is missing"),
        ('"type": "picklist", ', "", "field 'Kind': a required key is missing: 'type'"),
        ('"picklist"', '"picklst"', "field 'Kind': key 'type': 'picklst' is not a valid FieldType"),
        ('"name": "Kind"', '"name": "Id"', "field 'Id' stands twice"),
        ('"name": "Kind"', '"name": "ID"', "two fields differ in upper and lower case only"),
        ('"Thing.ParentId"', '"ParentId"', "key 'field': must be of the form SObject.Field"),
        ('"keyPrefix": "0zz"', '"keyPrefix": "0zz", "feature": "Magic"', "key 'feature': unknown feature 'Magic'"),
        ('"picklistValues": ["a", ["b", "Bee"], ["c"]]', '"picklistOf": "Other.Kind"', "'Other.Kind' has no picklist"),
        ('"picklistValues"', '"picklistOf": "Id", "picklistValues"', "exclude each other"),
        ('"fields": [', '"fields": [7, ', "key 'fields' must be a list of objects"),
        ("{", "", "Thing.json: "),
    ],
)
def test_what_the_form_does_not_know_is_an_error_that_names_it(old: str, new: str, complaint: str) -> None:
    assert old in WHOLE

    with pytest.raises(CatalogError) as raised:
        read_sobject(WHOLE.replace(old, new, 1), "Thing.json", nothing)

    assert complaint in str(raised.value)
    assert str(raised.value).startswith("Thing.json")


@pytest.mark.parametrize(
    "index",
    [
        '{"columns": ["name"], "rows": [["Account"]]}',
        '{"columns": [], "rows": [], "more": 1}',
        '{"rows": []}',
        json.dumps({"columns": Outline._fields, "rows": [["Account"]]}),
        "no json",
    ],
)
def test_a_damaged_index_is_an_error(tmp_path: Path, index: str) -> None:
    (tmp_path / INDEX_FILE).write_text(index, encoding="utf-8")

    with pytest.raises(CatalogError, match=INDEX_FILE):
        _ = Catalog(tmp_path).outlines


def test_a_file_must_hold_the_object_of_its_name(tmp_path: Path) -> None:
    shutil.copy(SHIPPED_FOLDER / INDEX_FILE, tmp_path)
    shutil.copy(SHIPPED_FOLDER / "Contact.json", tmp_path / "Account.json")

    with pytest.raises(CatalogError, match=r"Account\.json: key 'name' says 'Contact'"):
        Catalog(tmp_path).sobject("Account")
