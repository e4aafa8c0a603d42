"""What a call's handler works with: the org, who calls, the schema as the caller sees it, and the open transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockorg_server.core.duplicate_result import NO_HEADER, DuplicateRuleHeader
from mockorg_server.schema.schema import SchemaView
from mockorg_server.store.read import Reader
from mockorg_server.store.write import Writer

if TYPE_CHECKING:
    from mockorg_server.core.org import Org
    from mockorg_server.core.permission import Permitted
    from mockorg_server.soql.compiler import QueryCompiler
    from mockorg_server.soql.sosl_compiler import SearchCompiler


class WriteNeeded(Exception):
    """A call that only reads has found something to write first: it is done once more in a transaction that writes."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """One call in progress. ``user_id`` is '' for the calls that need no session.

    ``stamp`` is the present instant as the platform stamps records: whole seconds (real replies always end in .000Z).
    ``permitted`` is what the caller is held to where permissions are enforced, None = nothing. ``settled`` is an
    instant, ``now`` at the latest, before which no change will turn up that this call does not see. ``memo`` keeps what
    is the same for all records of the call. ``address`` is this server as the caller wrote it, such as
    ``https://acme.my.salesforce.com``. ``duplicate_rule`` is how the caller wants duplicate rules to deal with the
    save, None = they are not asked; ``inserted`` are the Ids of the records that the call has made so far.
    """

    org: Org
    view: SchemaView
    version: int
    reader: Reader
    now: datetime
    stamp: str
    settled: datetime
    user_id: str = ""
    session_id: str = ""
    permitted: Permitted | None = None
    memo: dict[object, Any] = field(default_factory=dict)
    address: str = ""
    duplicate_rule: DuplicateRuleHeader | None = NO_HEADER
    inserted: set[str] = field(default_factory=set, compare=False)

    @property
    def queries(self) -> QueryCompiler:
        """What compiles the caller's queries."""
        return self.permitted.queries if self.permitted else self.org.queries

    @property
    def searches(self) -> SearchCompiler:
        """What compiles the caller's searches."""
        return self.permitted.searches if self.permitted else self.org.searches

    @property
    def writer(self) -> Writer:
        """The transaction of a call that writes."""
        if not isinstance(self.reader, Writer):
            raise TypeError("this call was opened for reading")
        return self.reader
