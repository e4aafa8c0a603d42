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
    authorize,
    convert_lead,
    count_records,
    create,
    delete,
    describe,
    find_duplicates,
    get_record,
    identity,
    login,
    merge,
    query,
    query_plan,
    replicate,
    retrieve,
    search,
    send_conversation_messages,
    token,
    undelete,
    update,
    upsert,
    user,
)
from mockorg_server.core.calls import oauth_operation as oauth
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
    oauth.GrantByPassword: Call(token.grant_by_password, Access.WRITE, needs_session=False),
    oauth.GrantByRefreshToken: Call(token.grant_by_refresh_token, needs_session=False),
    oauth.GrantByClientCredentials: Call(token.grant_by_client_credentials, needs_session=False),
    oauth.GrantByAssertion: Call(token.grant_by_assertion, Access.WRITE, needs_session=False),
    oauth.GrantByCode: Call(token.grant_by_code, needs_session=False),
    oauth.GrantByDevice: Call(token.grant_by_device, needs_session=False),
    oauth.RevokeToken: Call(token.revoke_token, needs_session=False),
    oauth.IntrospectToken: Call(token.introspect_token, needs_session=False),
    oauth.CheckAuthorization: Call(authorize.check_authorization, needs_session=False),
    oauth.Authorize: Call(authorize.authorize, Access.WRITE, needs_session=False),
    oauth.StartDevice: Call(authorize.start_device, needs_session=False),
    oauth.DecideDevice: Call(authorize.decide_device, Access.WRITE, needs_session=False),
    oauth.GetIdentity: Call(identity.get_identity, needs_session=False),
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
    op.ExplainQuery: Call(query_plan.explain_query),
    op.DescribeQuery: Call(query_plan.describe_query),
    op.GetRecord: Call(get_record.get_record),
    op.FindRecord: Call(get_record.find_record),
    op.CountRecords: Call(count_records.count_records),
    op.Create: Call(create.create, Access.WRITE),
    op.Update: Call(update.update, Access.WRITE),
    op.Upsert: Call(upsert.upsert, Access.WRITE),
    op.Delete: Call(delete.delete, Access.WRITE),
    op.Undelete: Call(undelete.undelete, Access.WRITE),
    op.EmptyRecycleBin: Call(undelete.empty_recycle_bin, Access.WRITE),
    op.Merge: Call(merge.merge, Access.WRITE),
    op.ConvertLead: Call(convert_lead.convert_lead, Access.WRITE),
    op.FindDuplicates: Call(find_duplicates.find_duplicates),
    op.FindDuplicatesByIds: Call(find_duplicates.find_duplicates_by_ids),
    op.SendConversationMessages: Call(send_conversation_messages.send_conversation_messages, Access.WRITE),
}
