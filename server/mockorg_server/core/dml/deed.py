"""A deed: what a call does to one record, in the stages that the deeds of a chunk go through together.

The kinds of deeds stand where their rules are: ``save.py`` (insert, update), ``removal.py`` (delete),
``recycle_bin.py`` (undelete), ``combine.py`` (the delete of a merge). Who walks them through is ``chunk.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import ClassVar, Self

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import RowError
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

Errors = tuple[RowError, ...]


class Deed(ABC):
    """One record of a call. ``operation`` is the word of hook events, such as ``insert``.

    ``before`` and ``after`` are the record as it was and as it will be, whole, where somebody hears of the deed: None
    before an insert or undelete, and after a delete. ``record_id`` is None before an insert. ``is_heard`` tells whether
    a hook or something that follows hears of it.
    """

    operation: ClassVar[str]

    def __init__(self, sobject: SObject, record_id: str | None) -> None:
        self.sobject = sobject
        self.record_id = record_id
        self.before: Mapping[str, Value] | None = None
        self.after: Mapping[str, Value] | None = None
        self.is_heard = False

    def fresh(self) -> Self:
        """Give a copy that has gone through no stage yet: a deed may be tried more than once."""
        return copy(self)

    @abstractmethod
    def begin(self, context: CallContext) -> Errors:
        """Check what is checked before anybody hears of the deed; set ``before`` and ``after``."""

    def take(self, context: CallContext, changes: Mapping[str, Value]) -> Errors:
        """Take over what before hooks have changed, checked like what a client sends."""
        return ()

    @abstractmethod
    def check(self, context: CallContext) -> Errors:
        """Check all the rest, against the records as the deeds before this one have left them."""

    @abstractmethod
    def write(self, context: CallContext) -> None:
        """Write the record; from then on ``record_id`` is set."""

    def follows(self) -> bool:
        """Tell whether something that can fail belongs to the write: see ``follow``."""
        return False

    def follow(self, context: CallContext) -> Errors:
        """Do what belongs to the write, before anybody hears of it; its errors undo the write."""
        return ()

    def result(self, errors: Errors) -> SaveResult:
        """Give the result that the client reads."""
        return SaveResult(None, errors) if errors else SaveResult(self.record_id)
