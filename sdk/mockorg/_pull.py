"""A copy of an org's schema: describe results as JSON files, one an sObject, in the words of the REST API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mockorg._describe import DescribeSObjectResult
from mockorg._protocol.shape import wire_name

if TYPE_CHECKING:
    from mockorg._client import Client

_BATCH = 25  # describes a call: some are hundreds of kilobytes

_LEFT_OUT: Final = frozenset({"raw", "url_detail", "url_edit", "url_new"})
# Numbers that stand for themselves at 0, but for null where the answer left them out.
_NULL_IF_ABSENT: Final = frozenset({"relationshipOrder"})
# The partner API writes its own prefix where the REST API writes another.
_SOAP_TYPES: Final = {"tns:address": "urn:address", "tns:json": "urn:json", "tns:location": "urn:location"}


def pull_schema(
    client: Client,
    folder: str | Path,
    *,
    sobjects: Iterable[str] | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the describe of every sObject that the user can see, or of those named, as ``FOLDER/Name.json``.

    The folder is made when absent; files of other sObjects in it stay. Give it to ``mockorg serve --schema``. ``tell``
    is shown how far it has come. Gives the files written, in order. Raises ``CallError``, and ``OSError`` when a file
    cannot be written.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    names = [each.name for each in client.describe_global().sobjects] if sobjects is None else list(sobjects)
    files = []
    for start in range(0, len(names), _BATCH):
        if tell is not None:
            tell(f"describing {start + 1} to {min(start + _BATCH, len(names))} of {len(names)} sObjects")
        for described in client.describe_sobjects(names[start : start + _BATCH]):
            file = place / f"{described.name}.json"
            file.write_text(json.dumps(_document(described), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            files.append(file)
    return files


def _document(described: DescribeSObjectResult) -> object:
    """Give a describe as JSON: as it came where it came as JSON, else with every member that is known."""
    if isinstance(described.raw.get("createable"), bool):
        return described.raw
    return _json(described)


def _json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _members(value)
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    return value


def _members(value: Any) -> dict[str, Any]:
    names = [each.name for each in fields(value) if each.name not in _LEFT_OUT]
    members = {wire_name(name): _json(getattr(value, name)) for name in names}
    raw: Mapping[str, object] = getattr(value, "raw", {})
    for name in _NULL_IF_ABSENT & members.keys():
        if name not in raw:
            members[name] = None
    if "soapType" in members:
        members["soapType"] = _SOAP_TYPES.get(members["soapType"], members["soapType"])
    return members
