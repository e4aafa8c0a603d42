"""The calls of the API, one module per family, and the list of them all.

To add a call: its operation in ``operation.py``, its handler in the family's module, one row here, and one row in each
wire that offers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mockorg_server.core.calls import (
    create,
    delete,
    describe,
    login,
    query,
    replicate,
    retrieve,
    search,
    update,
    upsert,
    user,
)
from mockorg_server.core.calls import operation as op
from mockorg_server.core.context import CallContext


class Access(Enum):
    """What a call does to the data: which transaction it gets."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Call:
    """How an operation is carried out. ``handle`` takes the context and the operation and gives the result."""

    handle: Callable[[CallContext, Any], Any]
    access: Access = Access.READ
    needs_session: bool = True


CALLS: Mapping[type[op.Operation], Call] = {
    op.Login: Call(login.login, Access.WRITE, needs_session=False),
    op.Logout: Call(login.logout),
    op.GetUserInfo: Call(user.get_user_info),
    op.GetServerTimestamp: Call(user.get_server_timestamp),
    op.DescribeGlobal: Call(describe.describe_global),
    op.DescribeSObjects: Call(describe.describe_sobjects),
    op.Query: Call(query.query),
    op.QueryAll: Call(query.query_all),
    op.QueryMore: Call(query.query_more),
    op.Search: Call(search.search),
    op.Retrieve: Call(retrieve.retrieve),
    op.GetUpdated: Call(replicate.get_updated),
    op.GetDeleted: Call(replicate.get_deleted),
    op.Create: Call(create.create, Access.WRITE),
    op.Update: Call(update.update, Access.WRITE),
    op.Upsert: Call(upsert.upsert, Access.WRITE),
    op.Delete: Call(delete.delete, Access.WRITE),
}
