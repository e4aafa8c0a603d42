"""The shipped standard objects: an index that is read once, and files that are read when first asked for.

A ``Catalog`` holds what the files say for every feature and version; what one org and one API version see of it is
``schema.py``. What is read is kept for the life of the ``Catalog`` and never changes, so many orgs share one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from mockorg_server.schema.catalog_file import CatalogError, read_sobject
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.sobject import SObject

__all__ = ["INDEX_FILE", "SHIPPED_FOLDER", "Catalog", "CatalogError", "shipped_catalog"]

INDEX_FILE: Final = "_index.json"
"""Generated from the other files: one row per object, columns as in ``Outline``."""

SHIPPED_FOLDER: Final = Path(__file__).parent / "catalog"
"""The data lies beside this module, in a wheel and in an editable install alike."""


class Catalog:
    """The objects of one catalogue folder. Safe to share between threads: a file read twice gives equal values."""

    def __init__(self, folder: Path = SHIPPED_FOLDER) -> None:
        """Read nothing yet; ``folder`` holds ``_index.json`` and one file per object."""
        self._folder = folder
        self._sobjects: dict[str, SObject] = {}

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """Every object's outline by its name in lower case, in name order.

        Raises:
            CatalogError: the index is no JSON or has other columns than ``Outline``.

        """
        try:
            index = json.loads((self._folder / INDEX_FILE).read_bytes())
            columns, rows = index.pop("columns"), index.pop("rows")
        except (ValueError, KeyError, AttributeError) as error:
            raise CatalogError(f"{INDEX_FILE}: {error!r}") from error
        if index or columns != list(Outline._fields):
            raise CatalogError(f"{INDEX_FILE}: unknown key {sorted(index) or columns!r}")
        try:
            return {row[0].lower(): Outline._make(row) for row in rows}
        except (TypeError, AttributeError, IndexError) as error:
            raise CatalogError(f"{INDEX_FILE}: {error!r}") from error

    def sobject(self, name: str) -> SObject | None:
        """Give the object of that name in any case with the fields of every feature and version, or None.

        Raises:
            CatalogError: its file does not follow the compact form.

        """
        key = name.lower()
        found = self._sobjects.get(key)
        if found is None and (outline := self.outlines.get(key)) is not None:
            found = self._sobjects[key] = self._read(outline.name)
        return found

    def _read(self, name: str) -> SObject:
        file = f"{name}.json"
        sobject = read_sobject((self._folder / file).read_bytes(), file, self.sobject)
        if sobject.name != name:
            raise CatalogError(f"{file}: key 'name' says {sobject.name!r}")
        return sobject


@cache
def shipped_catalog() -> Catalog:
    """Give the catalogue of this package: one for the process, as it is a function of shipped data alone."""
    return Catalog()
