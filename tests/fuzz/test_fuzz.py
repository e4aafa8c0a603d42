"""Changed requests and queries by the hundred: each has an answer that a client may get. ``make fuzz`` runs longer."""

import gzip
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockorg_server.core.directory import Directory

from .mutation import any_envelope, any_query, any_search, chances, changed_bytes, changed_tree, envelopes
from .target import SESSION_MARK, VERSIONS, Finding, fuzz_control, fuzz_envelope, fuzz_soql, fuzz_sosl, fuzzed, soap

repeatable = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def with_session(content: bytes) -> bytes:
    """The mark in whichever encoding the content has."""
    token = fuzzed().host.default.token
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        content = content.replace(SESSION_MARK.encode(encoding), token.encode(encoding))
    return content


@repeatable
@given(any_envelope, st.sampled_from(VERSIONS))
def test_a_changed_request(content: bytes, version: int) -> None:
    soap(with_session(content), version)


@settings(repeatable, max_examples=150)
@given(st.sampled_from(envelopes()), chances)
def test_a_changed_compressed_request(content: bytes, chance) -> None:
    soap(changed_bytes(gzip.compress(with_session(content)), chance), HTTP_CONTENT_ENCODING="gzip")


@repeatable
@given(any_query)
def test_a_query(text: str) -> None:
    fuzz_soql(text.encode())


@settings(repeatable, max_examples=200)
@given(any_search)
def test_a_search(text: str) -> None:
    fuzz_sosl(text.encode())


@settings(repeatable, max_examples=150)
@given(st.binary(max_size=200) | any_envelope)
def test_an_envelope_of_bytes(content: bytes) -> None:
    for choice in range(16):
        fuzz_envelope(bytes([choice]) + content)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(("@a", "2026-01-31", "005000000000001AAA")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("records", "attributes", "type", "Name", "Id")), inner, max_size=3)
    ),
    max_leaves=8,
)
field_names = st.sampled_from(
    ("Name", "Id", "CreatedDate", "IsDeleted", "AnnualRevenue", "NumberOfEmployees", "OwnerId", "Contacts", "Nope")
)
records = st.builds(
    lambda kind, reference, values: {
        "attributes": {"type": kind, **({"referenceId": reference} if reference else {})},
        **values,
    },
    st.sampled_from(("Account", "Contact", "User", "ConvMessageSendRequest", "Nope", "")) | json_values,
    st.sampled_from(("", "a", "b")),
    st.dictionaries(field_names, json_values, max_size=4),
)
documents = st.builds(lambda found: {"records": found}, st.lists(records | json_values, max_size=3)) | json_values


@settings(repeatable, max_examples=250)
@given(documents, st.integers(0, 3), st.none() | chances)
def test_a_document_for_the_control_api(document: object, choice: int, chance) -> None:
    content = json.dumps(document).encode()
    if chance is not None:
        content = changed_bytes(content, chance)
    fuzz_control(bytes([choice]) + content)


@pytest.mark.logs_a_bug
def test_a_bug_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Directory, "moment_of", break_down)

    with pytest.raises(Finding, match="ZeroDivisionError"):
        fuzz_soql(b"SELECT Id FROM Account")


def test_what_is_changed_is_still_answered_often_enough() -> None:
    """Changes that broke everything at once would test the first check alone."""
    answers = []
    for seed in range(200):
        chance = random.Random(seed)
        content = changed_tree(chance.choice(envelopes()), chance)
        answers.append(b"soapenv:Fault" not in soap(with_session(content)))

    assert 20 < sum(answers) < 180
