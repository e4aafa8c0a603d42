"""The shape cache: what shares a plan, what does not, and that errors always speak of the text at hand."""

import contextlib
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.token import tokenise


@pytest.fixture
def fresh(schema):
    return QueryCompiler(schema)


def test_literal_values_do_not_change_the_plan(fresh, moment):
    one = fresh.compile("SELECT Id FROM Account WHERE Name = 'x' AND NumberOfEmployees > 5 LIMIT 10", 62)
    other = fresh.compile("SELECT Id FROM Account WHERE Name = 'it\\'s' AND NumberOfEmployees > 77 LIMIT 1", 62)
    assert one.plan is other.plan
    assert one.parameters(moment) == ("x", 5, 10)
    assert other.parameters(moment) == ("it's", 77, 1)


def test_the_number_of_a_date_literal_does_not_change_the_plan(fresh, moment):
    one = fresh.compile("SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:1", 62)
    other = fresh.compile("SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:2", 62)
    assert one.plan is other.plan
    assert one.parameters(moment)[0] == "2024-06-11"
    assert other.parameters(moment)[0] == "2024-06-10"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="'\\\r\n"), min_size=1)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(text=TEXTS, number=st.integers(0, 2**31 - 1))
def test_any_values_share_the_plan_and_come_through(compiler, moment, text, number):
    pattern = "SELECT Id FROM Account WHERE Name = '{}' AND NumberOfEmployees > {}"
    plain = compiler.compile(pattern.format("x", 1), 62)
    bound = compiler.compile(pattern.format(text, number), 62)
    assert bound.plan is plain.plan
    assert bound.parameters(moment) == (text, number)


@pytest.mark.parametrize(
    "where",
    ["Name = ''", "Name = null", "Name != 'x'", "Name IN ('x')", "Name IN ('x', 'y')", "Name LIKE 'x'", "name = 'x'"],
)
def test_another_shape_is_another_plan(fresh, where):
    plain = fresh.compile("SELECT Id FROM Account WHERE Name = 'x'", 62)
    assert fresh.compile(f"SELECT Id FROM Account WHERE {where}", 62).plan is not plain.plan


def test_another_version_is_another_plan(fresh):
    query = "SELECT Id FROM Account"
    assert fresh.compile(query, 62).plan is not fresh.compile(query, 64).plan
    assert fresh.compile(query, 62).plan is fresh.compile(query, 62).plan


def test_the_oldest_shape_goes_first_and_use_keeps_a_shape(schema):
    compiler = QueryCompiler(schema, shapes=2)
    first = compiler.compile("SELECT Id FROM Account", 62).plan
    second = compiler.compile("SELECT Id FROM Contact", 62).plan
    assert compiler.compile("SELECT Id FROM Account", 62).plan is first
    compiler.compile("SELECT Id FROM Case", 62)
    assert compiler.compile("SELECT Id FROM Account", 62).plan is first
    assert compiler.compile("SELECT Id FROM Contact", 62).plan is not second


@pytest.mark.parametrize(
    ("good", "bad", "code", "place"),
    [
        (
            "SELECT Id FROM Account WHERE Name = 'x' AND Id = '001000000000001'",
            "SELECT Id FROM Account WHERE Name = 'longer' AND Id = 'abc'",
            "INVALID_QUERY_FILTER_OPERATOR",
            (1, 50),
        ),
        (
            "SELECT Id FROM Account LIMIT 5 OFFSET 5",
            "SELECT Id FROM Account LIMIT 500 OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            (1, 41),
        ),
        (
            "SELECT FIELDS(ALL) FROM ConvMessageSendRequest LIMIT 5",
            "SELECT FIELDS(ALL) FROM ConvMessageSendRequest LIMIT 500",
            "MALFORMED_QUERY",
            (1, 54),
        ),
        (
            "SELECT (SELECT Id FROM Contacts OFFSET 1) FROM Account LIMIT 1",
            "SELECT (SELECT Id FROM Contacts OFFSET 1) FROM Account LIMIT 2",
            "MALFORMED_QUERY",
            (1, 40),
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x'",
            r"SELECT Id FROM Account WHERE Name = 'a\qb'",
            "MALFORMED_QUERY",
            (1, 37),
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x'",
            "SELECT Id FROM Account WHERE Name = 'x",
            "MALFORMED_QUERY",
            (-1, -1),
        ),
    ],
)
def test_a_bad_literal_in_a_known_shape_is_told_as_in_a_new_one(fresh, schema, good, bad, code, place):
    with pytest.raises(SoqlError) as cold:
        fresh.compile(bad, 62)
    fresh.compile(good, 62)
    with pytest.raises(SoqlError) as warm:
        fresh.compile(bad, 62)
    assert (warm.value.code, warm.value.row, warm.value.column) == (code, *place)
    assert warm.value.message == cold.value.message
    fresh.compile(good, 62)


def test_errors_are_not_kept(fresh):
    for text in ("SELECT Foo FROM Account", "  SELECT Foo FROM Account"):
        with pytest.raises(SoqlError) as caught:
            fresh.compile(text, 62)
        assert caught.value.column == text.index("Foo") + 1


def test_a_mark_in_the_text_does_not_pass_for_a_literal(fresh):
    fresh.compile("SELECT Id FROM Account LIMIT 5", 62)
    with pytest.raises(SoqlError):
        fresh.compile("SELECT Id FROM Account LIMIT \x007", 62)


def test_many_threads_get_one_plan(fresh):
    plans = []
    barrier = threading.Barrier(8)

    def work():
        barrier.wait()
        plans.append(fresh.compile("SELECT Id, Name FROM Account WHERE Name = 'x'", 62).plan)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(plans) == 8
    assert len(set(map(id, plans))) == 1


WORDS = st.sampled_from(
    [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "(", ")", ",", ".", "=", "!=", "<", "'x'", "''",
        "1", "1.5", "-", ":", "null", "true", "TODAY", "LAST_N_DAYS", "Id", "Name", "Account", "Contacts", "COUNT",
        "FIELDS", "ALL", "GROUP", "BY", "ORDER", "LIMIT", "OFFSET", "HAVING", "TYPEOF", "WHEN", "THEN", "END", "USING",
        "SCOPE", "FOR", "VIEW", "é", "\n",
    ]
)  # fmt: skip


def _compiles_or_is_refused(compiler, text):
    """Anything but a SoqlError fails the test that calls this."""
    with contextlib.suppress(SoqlError):
        compiler.compile(text, 62)


@settings(derandomize=True, max_examples=600, deadline=None)
@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_sequence_of_words_compiles_or_is_refused(compiler, text):
    _compiles_or_is_refused(compiler, text)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(prefix=st.integers(0, 90), noise=st.text(max_size=12))
def test_any_change_of_a_query_compiles_or_is_refused(compiler, prefix, noise):
    valid = (
        "SELECT Id, (SELECT Id FROM Contacts LIMIT 1) FROM Account WHERE Name IN ('a', 'b') AND NumberOfEmployees > 1"
    )
    text = valid[:prefix] + noise + valid[prefix:]
    tokens = tokenise(text)
    assert "".join(text[token.start : token.start + len(token.text)] for token in tokens[:-1]) == "".join(
        token.text for token in tokens[:-1]
    )
    _compiles_or_is_refused(compiler, text)
