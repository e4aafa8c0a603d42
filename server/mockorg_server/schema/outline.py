"""An sObject without its fields: what describeGlobal tells, for every object at once without opening every file."""

from __future__ import annotations

from typing import NamedTuple


class Outline(NamedTuple):
    """The object-level attributes of an ``SObject``, under the same names. See there for their meaning."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    id_prefix: str
    custom: bool = False
    createable: bool = False
    updateable: bool = False
    deletable: bool = False
    undeletable: bool = False
    mergeable: bool = False
    queryable: bool = False
    retrieveable: bool = False
    searchable: bool = False
    replicateable: bool = False
    layoutable: bool = False
    triggerable: bool = False
    activateable: bool = False
    feed_enabled: bool = False
    mru_enabled: bool = False
    min_api_version: int | None = None
    feature: str | None = None
    associate_entity_type: str | None = None
    associate_parent_entity: str | None = None
    custom_setting: bool = False
    deprecated_and_hidden: bool = False
    deep_cloneable: bool = False
