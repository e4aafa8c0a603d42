"""Which files a path brings: sfdx projects, source and metadata folders, describe folders, single files.

A file is known by its ending and by the folder it lies in. Nothing is opened here but ``sfdx-project.json``.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mockorg_server.metadata.namespace_token import without_tokens
from mockorg_server.metadata.note import Notes, SchemaSourceError

PROJECT_FILE: Final = "sfdx-project.json"
_META: Final = "-meta.xml"
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", "__tests__", "staticresources", "lwc", "aura"})

KINDS: Final = {
    "object": "CustomObject",
    "field": "CustomField",
    "recordType": "RecordType",
    "validationRule": "ValidationRule",
    "globalValueSet": "GlobalValueSet",
    "standardValueSet": "StandardValueSet",
    "index": "Index",
    "platformEventChannelMember": "PlatformEventChannelMember",
    "profile": "Profile",
    "permissionset": "PermissionSet",
    "labels": "CustomLabels",
    "duplicateRule": "DuplicateRule",
    "customPermission": "CustomPermission",
    "matchingRule": "MatchingRules",
}
"""Endings of files that are read, with the name of their root element."""

CUSTOM_METADATA: Final = "md"  # also the ending of texts in Markdown, so it counts in its folder alone

ADMINISTRATOR: Final = "Admin"
"""The profile whose default record types count."""

PRESENTATION: Final = {
    "businessProcess": "business processes",
    "compactLayout": "compact layouts",
    "fieldSet": "field sets",
    "layout": "layouts",
    "listView": "list views",
    "sharingReason": "sharing reasons",
    "webLink": "web links",
}
"""Endings of parts of an object that say how people see it, or steer what is not built; they are noted by number."""

NOT_MADE: Final = {
    "email": "email templates",
    "group": "public groups",
    "messagingChannel": "messaging channels",
    "permissionsetgroup": "permission set groups",
    "queue": "queues",
    "role": "roles",
    "serviceChannel": "service channels",
}
"""Endings of what has records in a real org, which a seed can bring here."""

NOT_RUN: Final = {
    "cls": "Apex classes",
    "trigger": "Apex triggers",
    "flow": "flows",
    "workflow": "workflow rules",
    "sharingRules": "sharing rules",
    "approvalProcess": "approval processes",
    "assignmentRules": "assignment rules",
    "escalationRules": "escalation rules",
    "autoResponseRules": "auto-response rules",
    "restrictionRule": "restriction rules",
}
"""Endings of what acts on records in a real org and is not run here."""


@dataclass(slots=True)
class SourceFiles:
    """The files of one path by kind, each with the name that its path gives, in path order."""

    root: Path
    metadata: dict[str, list[str]] = field(default_factory=dict)
    describes: list[Path] = field(default_factory=list)
    wsdls: list[Path] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)


def find_files(path: Path, notes: Notes) -> SourceFiles:
    """Tell what a path brings. Raises SchemaSourceError when it is nothing that can be read."""
    files = SourceFiles(path)
    if path.is_dir():
        for folder in _package_folders(path, notes):
            _walk(folder, files)
        if not files.metadata and not files.describes and not files.wsdls:
            if files.unused or (path / PROJECT_FILE).is_file():
                notes.add(str(path), "there are no objects and fields in it")
                return files
            raise SchemaSourceError(path, None, "the folder holds no objects, fields, describe JSON or WSDL")
        if files.metadata and files.describes:
            count = len(files.describes)
            notes.add(str(path), f"{count} JSON files beside metadata are not read: describes are a path of their own")
            files.describes.clear()
    elif path.suffix.lower() == ".json":
        files.describes.append(path)
    elif path.suffix.lower() in {".wsdl", ".xml"} and not path.name.endswith(_META):
        files.wsdls.append(path)
    elif path.is_file() and (kind := _kind_of(str(path.parent), path.name)):
        files.metadata[kind] = [str(path)]
    else:
        message = "no file of a schema: give a folder, describe JSON or a WSDL" if path.is_file() else "no such path"
        raise SchemaSourceError(path, None, message)
    return files


def _package_folders(path: Path, notes: Notes) -> Iterator[Path]:
    project = path / PROJECT_FILE
    if not project.is_file():
        yield path
        return
    try:
        document = json.loads(project.read_bytes())
        folders = [entry["path"] for entry in document["packageDirectories"]]
    except (ValueError, KeyError, TypeError) as error:
        raise SchemaSourceError(project, getattr(error, "lineno", None), f"not understood: {error}") from None
    if document.get("namespace"):
        notes.add(PROJECT_FILE, f"the namespace {document['namespace']!r} is not put before names")
    for name in dict.fromkeys(folders):
        folder = path / str(name)
        if folder.is_dir():
            yield folder
        else:
            raise SchemaSourceError(project, None, f"there is no package directory {name!r}")


def _walk(folder: Path, files: SourceFiles) -> None:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            _sort_in(place, name, files)


def _sort_in(place: str, name: str, files: SourceFiles) -> None:
    if name.endswith(".json"):
        files.describes.append(Path(place, name))
    elif name.endswith(".wsdl"):
        files.wsdls.append(Path(place, name))
    elif (kind := _kind_of(place, name)) is not None:
        path = os.path.join(place, name)
        files.metadata.setdefault(kind, []).append(path)
    else:
        ending = name.removesuffix(_META).rpartition(".")[2]
        if (
            ending in PRESENTATION
            or ending in NOT_MADE
            or (ending in NOT_RUN and not name.endswith(("cls-meta.xml", "trigger-meta.xml")))
        ):
            files.unused[ending] += 1


def _kind_of(place: str, name: str) -> str | None:
    ending = name.removesuffix(_META).rpartition(".")[2]
    if ending == CUSTOM_METADATA:
        return CUSTOM_METADATA if os.path.basename(place) == "customMetadata" else None
    return ending if ending in KINDS else None


def name_of(path: str) -> str:
    """Give the API name that a file's own name tells: ``Account`` of ``Account.object-meta.xml``."""
    return without_tokens(os.path.basename(path).removesuffix(_META).rpartition(".")[0])


def object_of(path: str) -> str:
    """Give the object to which a part in source form belongs: ``objects/Account/fields/F__c.field-meta.xml``."""
    return without_tokens(os.path.basename(os.path.dirname(os.path.dirname(path))))
