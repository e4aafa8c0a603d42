"""Rows that belong to the schema (record types, custom metadata, rules): written when an org opens, and kept in step.

A row that the schema has lost stays: records may point at it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import fill_defaults
from mockorg_server.core.duplicate_row import duplicate_rows
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.error import StoreError
from mockorg_server.store.read import Reader
from mockorg_server.store.store import MEMORY, Store

_PREFIXES = "key_prefixes"


def keep_added_records(context: CallContext) -> None:
    """Write the rows of the schema that the database lacks or has otherwise, in the open transaction."""
    by_sobject: defaultdict[str, list[Mapping[str, Value]]] = defaultdict(list)
    additions = context.org.schema.additions
    for record in (*additions.records, *duplicate_rows(additions)):
        by_sobject[record.sobject].append(record.values)
    for name, rows in by_sobject.items():
        sobject = context.org.schema.latest.sobject(name)
        if sobject is not None:
            _keep(context, sobject, rows)


def _keep(context: CallContext, sobject: SObject, rows: list[Mapping[str, Value]]) -> None:
    known = {name for values in rows for name in values if sobject.field(name)}
    names = sorted(known - {"Id"})
    there = context.reader.get(sobject, [str(values["Id"]) for values in rows], names, include_deleted=True)
    for values in rows:
        wanted = {name: values[name] for name in names if name in values}
        record_id = str(values["Id"])
        if record_id not in there:
            full: dict[str, Value] = {**wanted, **_stamps(context, sobject)}
            fill_defaults(context, sobject, full)
            context.writer.insert(sobject, {**full, "Id": record_id})
        elif any(wanted.get(name) != had for name, had in zip(names, there[record_id], strict=True) if name in wanted):
            context.writer.update(sobject, record_id, wanted)


def _stamps(context: CallContext, sobject: SObject) -> dict[str, Value]:
    org = context.org
    stamps: dict[str, Value] = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), context.stamp)
    stamps |= dict.fromkeys(("CreatedById", "LastModifiedById"), org.administrator_id)
    return {name: value for name, value in stamps.items() if sobject.field(name)}


def keep_key_prefixes(context: CallContext) -> None:
    """Note in the database which object has which key prefix.

    Raises StoreError when an object had another one: its records would belong to another object.
    """
    known = _prefixes_in(context.reader)
    ours = {sobject.name: sobject.id_prefix for sobject in context.org.schema.additions.sobjects}
    for name, prefix in ours.items():
        if known.get(name, prefix) != prefix:
            raise StoreError(f"records of {name} in the database begin {known[name]}, and the schema says {prefix}")
    if not ours.items() <= known.items():
        context.writer.set_state(_PREFIXES, json.dumps({**known, **ours}))


def known_key_prefixes(schema: Schema, database: str) -> dict[str, str]:
    """Give the key prefixes that a database remembers; ``schema`` is the standard one. Raises StoreError."""
    if database == MEMORY:
        return {}
    with Store(schema, database) as store, store.read() as reader:
        return _prefixes_in(reader)


def _prefixes_in(reader: Reader) -> dict[str, str]:
    known: dict[str, str] = json.loads(reader.state(_PREFIXES) or "{}")
    return known
