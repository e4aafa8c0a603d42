"""The forms that a seed may have, read into seed records: sfdx tree JSON, sfdx plan, JSON or CSV per object.

Only forms are checked here, and every complaint names the file and the record or line. What a type or a field may
hold, and what ``@ref`` stands for, is for the org to say when it loads the records.

=====================  ========================================================================================
tree                   ``{"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme"}]}``;
                       children nest as in an sfdx export: ``"Contacts": {"records": [...]}``
JSON per object        ``Account.json``: ``[{"Name": "Acme"}]``; the file's name is the type
CSV per object         ``Account.csv``: a header of field names; an empty cell is null; a column ``referenceId``
                       names the record for ``@ref`` cells; a column ``Account.ExtId__c`` names a parent
plan                   ``[{"sobject": "Account", "files": ["Account.json"]}]``; paths are relative to the plan
=====================  ========================================================================================
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mockorg_server.core.seed import SeedRecord
from mockorg_server.schema.schema import SchemaView

ChildField = Callable[[str, str], str | None]
"""Gives the reference field behind a child relationship: ``("Account", "Contacts")`` -> ``"AccountId"``."""

_ATTRIBUTES = frozenset({"type", "referenceId", "url"})
_MAX_DEPTH = 5  # levels of nested children, as the platform's tree resource has it


class SeedDocumentError(Exception):
    """A seed whose form is wrong; the message says where and what."""


def child_field_of(view: SchemaView) -> ChildField:
    """Give the look-up of child relationships in a schema."""

    def child_field(sobject_name: str, relationship_name: str) -> str | None:
        sobject = view.sobject(sobject_name)
        relationship = sobject.child_relationship(relationship_name) if sobject else None
        return relationship.field if relationship else None

    return child_field


def read_seed_file(path: Path, child_field: ChildField) -> list[SeedRecord]:
    """Read one seed file in any of the forms. Raises SeedDocumentError."""
    return list(_read(path, child_field, type_name=None, in_plan=False))


def parse_posted(document: object, type_name: str | None, child_field: ChildField) -> list[SeedRecord]:
    """Read a document that was sent: a tree, or a list of records of one type. Raises SeedDocumentError."""
    if type_name is not None and isinstance(document, list):
        return list(_TreeReader(child_field, type_name).records(document, "body"))
    return parse_tree(document, "body", child_field)


def parse_csv(text: str, type_name: str) -> list[SeedRecord]:
    """Read CSV that was sent, of records of one type. Raises SeedDocumentError."""
    return list(_read_csv(text, Path("body"), type_name))


def parse_tree(document: object, source: str, child_field: ChildField) -> list[SeedRecord]:
    """Read a document in tree form. ``source`` names it in messages. Raises SeedDocumentError."""
    if not isinstance(document, dict) or not isinstance(document.get("records"), list):
        raise SeedDocumentError(f'{source}: a seed in tree form is {{"records": [...]}}')
    unknown = next((key for key in document if key != "records"), None)
    if unknown is not None:
        raise SeedDocumentError(f"{source}: unknown key {unknown!r} beside records")
    return list(_TreeReader(child_field, fallback_type=None).records(document["records"], source))


def _read(path: Path, child_field: ChildField, type_name: str | None, in_plan: bool) -> Iterator[SeedRecord]:
    if path.suffix.lower() == ".csv":
        return _read_csv(_text(path), path, type_name or path.stem)
    if path.suffix.lower() != ".json":
        raise SeedDocumentError(f"{path}: a seed file ends in .json or .csv")
    document = _load_json(path)
    if isinstance(document, list):
        if _is_plan(document):
            if in_plan:
                raise SeedDocumentError(f"{path}: a plan cannot name another plan")
            return _read_plan(path, document, child_field)
        return _TreeReader(child_field, type_name or path.stem).records(document, str(path))
    return iter(parse_tree(document, str(path), child_field))


def _load_json(path: Path) -> object:
    try:
        document: object = json.loads(_text(path), parse_constant=_refuse_constant)
    except RecursionError:
        raise SeedDocumentError(f"{path}: nested too deeply") from None
    except ValueError as error:
        raise SeedDocumentError(f"{path}: not JSON: {error}") from None
    return document


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is not a JSON value")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedDocumentError(f"{path}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise SeedDocumentError(f"{path}: {error.strerror or error}") from None


def _is_plan(document: list[object]) -> bool:
    return bool(document) and all(isinstance(step, dict) and "sobject" in step and "files" in step for step in document)


def _read_plan(path: Path, steps: list[object], child_field: ChildField) -> Iterator[SeedRecord]:
    for number, step in enumerate(steps, 1):
        where = f"{path}: step {number}"
        if not isinstance(step, dict):
            raise SeedDocumentError(f"{where}: not an object")
        unknown = next((key for key in step if key not in {"sobject", "files", "saveRefs", "resolveRefs"}), None)
        if unknown is not None:
            raise SeedDocumentError(f"{where}: unknown key {unknown!r}")
        name, files = step["sobject"], step["files"]
        if not isinstance(name, str) or not name:
            raise SeedDocumentError(f"{where}: sobject must be the name of an sObject")
        if not isinstance(files, list) or not files:
            raise SeedDocumentError(f"{where}: files must be a list of file names")
        for entry in files:
            file = entry.get("file") if isinstance(entry, dict) else entry
            if not isinstance(file, str) or not file:
                raise SeedDocumentError(f"{where}: {entry!r} is not a file name")
            yield from _read(path.parent / file, child_field, type_name=name, in_plan=True)


def _read_csv(text: str, path: Path, type_name: str) -> Iterator[SeedRecord]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _csv_header(next(rows, []), path)
        parents = {name: _parent_column(name) for name in header if "." in name}
        for cells in rows:
            if not cells:
                continue
            where = f"{path} line {rows.line_num}"
            if len(cells) != len(header):
                raise SeedDocumentError(f"{where}: {len(cells)} cells under a header of {len(header)}")
            values: dict[str, object] = dict(zip(header, [cell or None for cell in cells], strict=True))
            reference_id = values.pop("referenceId", None)
            for name, parent in parents.items():
                _name_parent(values, name, parent)
            yield SeedRecord(type_name, values, str(reference_id) if reference_id else None, where)
    except csv.Error as error:
        raise SeedDocumentError(f"{path} line {rows.line_num}: {error}") from None


def _csv_header(cells: list[str], path: Path) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not header or not all(header):
        raise SeedDocumentError(f"{path} line 1: the first line must name a field in every column")
    _refuse_twins(header, f"{path} line 1")
    return header


def _parent_column(name: str) -> tuple[str, str, str | None]:
    """Read ``Account.ExtId__c``, or ``User:Owner.Username`` of the Bulk API, as relationship, field and type."""
    path, _, field = name.rpartition(".")
    kind, _, relationship = path.rpartition(":")
    return relationship, field, kind or None


def _name_parent(values: dict[str, object], name: str, parent: tuple[str, str, str | None]) -> None:
    """Put a parent that a cell names in the place of the cell; an empty one names none."""
    cell = values.pop(name)
    relationship, field, kind = parent
    if cell is not None:
        values[relationship] = {field: cell} if kind is None else {"attributes": {"type": kind}, field: cell}


def _refuse_twins(names: list[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise SeedDocumentError(f"{where}: the field {name} stands twice")
        seen.add(name.lower())


class _TreeReader:
    """Reads lists of record objects. ``fallback_type`` is the type of top records that name none."""

    def __init__(self, child_field: ChildField, fallback_type: str | None) -> None:
        self._child_field = child_field
        self._fallback_type = fallback_type

    def records(self, entries: list[object], source: str) -> Iterator[SeedRecord]:
        for number, entry in enumerate(entries, 1):
            yield from self._record(entry, f"{source} record {number}", {}, 1)

    def _record(self, entry: object, source: str, parent: Mapping[str, object], depth: int) -> Iterator[SeedRecord]:
        if not isinstance(entry, dict):
            raise SeedDocumentError(f"{source}: not an object")
        if depth > _MAX_DEPTH:
            raise SeedDocumentError(f"{source}: children nest deeper than {_MAX_DEPTH} levels")
        type_name, reference_id = _attributes(entry, source, self._fallback_type if depth == 1 else None)
        children = {key: value for key, value in entry.items() if _is_children(key, value)}
        if children and reference_id is None:
            reference_id = source  # a name of its own, for the children to point at
        values = {key: value for key, value in entry.items() if key != "attributes" and key not in children}
        _check_values(values, source)
        _refuse_twins([*values, *parent], source)
        yield SeedRecord(type_name, {**values, **parent}, reference_id, source)
        for key, value in children.items():
            field, child_entries = self._children(type_name, key, value, source)
            for number, child in enumerate(child_entries, 1):
                where = f"{source}, {key} record {number}"
                yield from self._record(child, where, {field: f"@{reference_id}"}, depth + 1)

    def _children(self, type_name: str, key: str, value: Mapping[str, object], source: str) -> tuple[str, list[object]]:
        entries = value.get("records")
        if not isinstance(entries, list):
            raise SeedDocumentError(f'{source}: {key} is an object, but not nested children ({{"records": [...]}})')
        field = self._child_field(type_name, key)
        if field is None:
            raise SeedDocumentError(f"{source}: {type_name} has no child relationship {key!r}")
        return field, entries


def _attributes(entry: Mapping[str, object], source: str, fallback_type: str | None) -> tuple[str, str | None]:
    attributes = entry.get("attributes", {})
    if not isinstance(attributes, dict):
        raise SeedDocumentError(f"{source}: attributes must be an object")
    unknown = next((key for key in attributes if key not in _ATTRIBUTES), None)
    if unknown is not None:
        raise SeedDocumentError(f"{source}: unknown attribute {unknown!r}; known: {', '.join(sorted(_ATTRIBUTES))}")
    type_name = attributes.get("type", fallback_type)
    if not isinstance(type_name, str) or not type_name:
        raise SeedDocumentError(f'{source}: attributes must name the type: {{"attributes": {{"type": "Account"}}}}')
    reference_id = attributes.get("referenceId")
    if reference_id is not None and (not isinstance(reference_id, str) or not reference_id):
        raise SeedDocumentError(f"{source}: referenceId must be a text")
    return type_name, reference_id


def _is_children(key: str, value: object) -> bool:
    """Tell nested records from a parent that is named by a field of it."""
    return isinstance(value, dict) and key != "attributes" and "records" in value


def _check_values(values: Mapping[str, object], source: str) -> None:
    for name, value in values.items():
        if isinstance(value, list):
            raise SeedDocumentError(f"{source}: {name} is a list; a field holds one value")
