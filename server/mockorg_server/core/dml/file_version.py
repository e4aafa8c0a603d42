"""Files: a version makes its document and the links that share it, and tells of its content.

Sources: Object Reference, ContentVersion, ContentDocument and ContentDocumentLink. That the owner's link is inferred
(``I``) and that of the place of first publication a viewer's (``V``), and the types of files by their extension
(``file_type.json``), are from memory.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.draft import Change, Draft, require_sobject
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.dml.saved_record import SavedRecord, values_of
from mockorg_server.core.error import RowError
from mockorg_server.schema.value import Value

FILE: Final = Path(__file__).parent / "file_type.json"
DOCUMENT: Final = "ContentDocumentId"
_ALL: Final = 1_000_000_000
_MAX_COLUMN: Final = (1 << 31) - 1

# What a document shows of its latest version.
_SHOWN: Final = (
    "Title", "Description", "FileType", "FileExtension", "ContentSize", "ContentSizeLong", "OwnerId", "SharingOption",
    "SharingPrivacy", "PublishStatus", "ContentModifiedDate",
)  # fmt: skip


@cache
def file_types() -> Mapping[str, str]:
    """Give the FileType of each extension in lower case: a function of shipped data."""
    known: Mapping[str, str] = json.loads(FILE.read_bytes())
    return known


def make_version(record: SavedRecord, _entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Fill a version in from its path and content; a first version makes its document, another becomes the latest."""
    if not record.is_new:
        if record.changed("VersionData"):
            _tell_content(record)
        _show_in_document(record)
        return
    missing = _missing(record)
    if missing:
        yield RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
        return
    _tell_name(record)
    _tell_content(record)
    record.set("IsLatest", True)
    place = record.value("FirstPublishLocationId")
    record.set("PublishStatus", "R" if place in (None, record.value("OwnerId")) else "P")
    record.set("ContentModifiedDate", record.value("ContentModifiedDate") or record.context.stamp)
    record.set("ContentModifiedById", record.context.user_id)
    if record.value(DOCUMENT) is None:
        _begin_document(record)
    else:
        yield from _go_on(record)


def _missing(record: SavedRecord) -> tuple[str, ...]:
    if record.value("ContentUrl") is not None:
        return ("Title",) if record.value("Title") is None else ()
    return tuple(name for name in ("VersionData", "PathOnClient") if record.value(name) is None)


def _tell_name(record: SavedRecord) -> None:
    if record.value("ContentUrl") is not None:
        record.set("FileType", "LINK")
        return
    path = PurePosixPath((record.text("PathOnClient") or "").replace("\\", "/"))
    extension = path.suffix[1:]
    record.set("FileExtension", extension or None)
    record.set("FileType", file_types().get(extension.lower(), "UNKNOWN"))
    if record.value("Title") is None:
        record.set("Title", path.stem)


def _tell_content(record: SavedRecord) -> None:
    content = b64decode(record.text("VersionData") or "")
    record.set("ContentSize", min(len(content), _MAX_COLUMN))
    record.set("ContentSizeLong", len(content))
    record.set("Checksum", hashlib.md5(content, usedforsecurity=False).hexdigest() if content else None)


def _begin_document(record: SavedRecord) -> None:
    context = record.context
    document_id = context.org.ids.next_id(require_sobject(context.org.schema.latest, "ContentDocument").id_prefix)
    owner = record.value("OwnerId")
    place = record.value("FirstPublishLocationId") or owner
    record.set(DOCUMENT, document_id)
    record.set("VersionNumber", "1")
    record.set("FirstPublishLocationId", place)
    shown: dict[str, Value] = {name: record.value(name) for name in _SHOWN}
    links = {str(owner): "I", **({str(place): "V"} if place != owner else {})}

    def make(context: CallContext, version_id: str) -> Iterable[RowError]:
        yield from _insert(
            context, "ContentDocument", {"Id": document_id, **shown, "LatestPublishedVersionId": version_id}
        )
        for entity, share in links.items():
            yield from _insert(
                context,
                "ContentDocumentLink",
                {DOCUMENT: document_id, "LinkedEntityId": entity, "ShareType": share, "Visibility": "AllUsers"},
            )

    record.along(make)


def _insert(context: CallContext, name: str, values: Mapping[str, Value]) -> Iterable[RowError]:
    from mockorg_server.core.dml.save import insert  # noqa: PLC0415  # a save brings about a save

    sobject = require_sobject(context.org.schema.latest, name)
    known = {key: value for key, value in values.items() if sobject.field(key) is not None}
    return insert(context, Draft(sobject, Change.INSERT, known, NOTHING_GIVEN, by_platform=True)).errors


def _go_on(record: SavedRecord) -> Iterable[RowError]:
    """Make a version the latest of a document that is there."""
    context = record.context
    document_id = str(record.value(DOCUMENT))
    document = values_of(context, document_id, ["IsArchived"]) or {}
    if document.get("IsArchived"):
        # That it is refused is documented; code and text are inferred.
        yield RowError("FIELD_INTEGRITY_EXCEPTION", f"field integrity exception: {DOCUMENT} (archived)", (DOCUMENT,))
        return
    ids = context.reader.find(record.sobject, DOCUMENT, document_id, limit=_ALL)
    rows = context.reader.get(record.sobject, ids, ["VersionNumber", "IsLatest", "FirstPublishLocationId"])
    record.set("VersionNumber", str(1 + max((int(str(row[0] or 0)) for row in rows.values()), default=0)))
    record.set("FirstPublishLocationId", next((row[2] for row in rows.values()), None))
    older = [each for each, row in rows.items() if row[1]]
    shown: dict[str, Value] = {name: record.value(name) for name in _SHOWN}

    def replace(context: CallContext, version_id: str) -> Iterable[RowError]:
        stamps = system_values(context, record.sobject, ON_UPDATE)
        for each in older:
            context.writer.update(record.sobject, each, {"IsLatest": False, **stamps})
        _write_document(context, document_id, {**shown, "LatestPublishedVersionId": version_id})
        return ()

    record.along(replace)


def _show_in_document(record: SavedRecord) -> None:
    changes: dict[str, Value] = {name: record.value(name) for name in _SHOWN if record.changed(name)}
    if changes and record.value("IsLatest"):
        document_id = str(record.value(DOCUMENT))

        def write(context: CallContext, _version_id: str) -> Iterable[RowError]:
            _write_document(context, document_id, changes)
            return ()

        record.along(write)


def _write_document(context: CallContext, document_id: str, values: Mapping[str, Value]) -> None:
    document = require_sobject(context.org.schema.latest, "ContentDocument")
    known = {name: value for name, value in values.items() if document.field(name) is not None}
    context.writer.update(document, document_id, {**known, **system_values(context, document, ON_UPDATE)})


def show_in_version(record: SavedRecord, _entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Hand what a client changes of a document on to its latest version."""
    latest = record.value("LatestPublishedVersionId")
    changes: dict[str, Value] = {
        name: record.value(name) for name in _SHOWN if name in record.given and record.changed(name)
    }
    if record.is_new or not changes or latest is None:
        return ()

    def write(context: CallContext, _document_id: str) -> Iterable[RowError]:
        version = require_sobject(context.org.schema.latest, "ContentVersion")
        known: dict[str, Value] = {name: value for name, value in changes.items() if version.field(name) is not None}
        context.writer.update(version, str(latest), {**known, **system_values(context, version, ON_UPDATE)})
        return ()

    record.along(write)
    return ()
