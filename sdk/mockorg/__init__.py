"""The client SDK: an org, a Salesforce one or the mock, as typed Python.

    import mockorg

    with mockorg.connect("http://127.0.0.1:8800", username="u", password="p") as org:
        for contact in org.query("SELECT Id, LastName, Account.Name FROM Contact"):
            print(contact.id, contact["LastName"], contact["Account"])

``connect`` gives a ``Client`` with one method per call of the API. Results are frozen values, records are mappings of
names to Python values, a call that fails as a whole raises a ``CallError``, and a record that fails has ``errors`` in
its result. This module is the whole public surface; it never imports the mock org itself.
"""

from mockorg._client import Client
from mockorg._connect import connect, connect_sfdx
from mockorg._credential import DeviceCode
from mockorg._describe import (
    ActionOverride,
    ChildRelationship,
    DescribeGlobalResult,
    DescribeGlobalSObjectResult,
    DescribeSObjectResult,
    Field,
    FilteredLookupInfo,
    NamedLayoutInfo,
    PicklistEntry,
    RecordTypeInfo,
    ScopeInfo,
)
from mockorg._duplicate import DuplicateResult, DuplicateRuleHeader, FieldDiff, MatchRecord, MatchResult
from mockorg._error import (
    CallError,
    LimitError,
    LoginError,
    NotBuiltError,
    QueryError,
    SessionError,
    TransportError,
)
from mockorg._oauth import AuthorizationRequest, authorization_request
from mockorg._pull import pull_schema
from mockorg._record import QueryResult, Record
from mockorg._result import (
    ApiUsage,
    DeletedRecord,
    DeleteResult,
    GetDeletedResult,
    GetUpdatedResult,
    LeadConvertResult,
    LoginResult,
    MergeResult,
    RecordError,
    SaveResult,
    SendMessagesResult,
    UserInfo,
)
from mockorg._token import FileTokenStore, MemoryTokenStore, Token, TokenStore
from mockorg._value import Address, Location
from mockorg._version import __version__

__all__ = [
    "ActionOverride",
    "Address",
    "ApiUsage",
    "AuthorizationRequest",
    "CallError",
    "ChildRelationship",
    "Client",
    "DeleteResult",
    "DeletedRecord",
    "DescribeGlobalResult",
    "DescribeGlobalSObjectResult",
    "DescribeSObjectResult",
    "DeviceCode",
    "DuplicateResult",
    "DuplicateRuleHeader",
    "Field",
    "FieldDiff",
    "FileTokenStore",
    "FilteredLookupInfo",
    "GetDeletedResult",
    "GetUpdatedResult",
    "LeadConvertResult",
    "LimitError",
    "Location",
    "LoginError",
    "LoginResult",
    "MatchRecord",
    "MatchResult",
    "MemoryTokenStore",
    "MergeResult",
    "NamedLayoutInfo",
    "NotBuiltError",
    "PicklistEntry",
    "QueryError",
    "QueryResult",
    "Record",
    "RecordError",
    "RecordTypeInfo",
    "SaveResult",
    "ScopeInfo",
    "SendMessagesResult",
    "SessionError",
    "Token",
    "TokenStore",
    "TransportError",
    "UserInfo",
    "__version__",
    "authorization_request",
    "connect",
    "connect_sfdx",
    "pull_schema",
]

# Tracebacks show the exceptions under the name that users import.
for _error in (CallError, LimitError, LoginError, NotBuiltError, QueryError, SessionError, TransportError):
    _error.__module__ = __name__
del _error
