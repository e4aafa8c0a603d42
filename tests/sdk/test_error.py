"""Exceptions: the tree, which code is of which kind, and that they survive a trip between processes."""

import pickle

import pytest

import mockorg
from mockorg._error import call_error

KINDS = {
    "INVALID_LOGIN": mockorg.LoginError,
    "PASSWORD_LOCKOUT": mockorg.LoginError,
    "INVALID_SESSION_ID": mockorg.SessionError,
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": mockorg.SessionError,
    "MALFORMED_QUERY": mockorg.QueryError,
    "INVALID_FIELD": mockorg.QueryError,
    "INVALID_TYPE": mockorg.QueryError,
    "INVALID_QUERY_LOCATOR": mockorg.QueryError,
    "EXCEEDED_ID_LIMIT": mockorg.LimitError,
    "REQUEST_LIMIT_EXCEEDED": mockorg.LimitError,
    "UNKNOWN_EXCEPTION": mockorg.CallError,
    "UNSUPPORTED_API_VERSION": mockorg.CallError,
    "Client": mockorg.CallError,
}


@pytest.mark.parametrize(("code", "kind"), KINDS.items(), ids=KINDS)
def test_the_code_decides_the_kind(code, kind):
    assert type(call_error(code, "m", None, None, 500)) is kind


def test_every_kind_is_a_call_error():
    kinds = [mockorg.LoginError, mockorg.SessionError, mockorg.QueryError, mockorg.LimitError, mockorg.TransportError]

    assert all(issubclass(kind, mockorg.CallError) for kind in kinds)
    assert not issubclass(mockorg.NotBuiltError, mockorg.CallError)
    assert issubclass(mockorg.NotBuiltError, NotImplementedError)


def test_a_position_below_one_is_none():
    error = call_error("INVALID_TYPE", "m", -1, -1, 500)

    assert (error.row, error.column) == (None, None)


def test_an_error_reads_as_code_and_message():
    assert str(call_error("INVALID_FIELD", "No such column 'x'", 1, 8, 500)) == "INVALID_FIELD: No such column 'x'"
    assert str(mockorg.TransportError("no answer")) == "TRANSPORT_ERROR: no answer"


@pytest.mark.parametrize(
    "error", [call_error("INVALID_FIELD", "m", 1, 8, 500), mockorg.TransportError("gone", http_status=503)], ids=repr
)
def test_an_error_survives_pickling(error):
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
