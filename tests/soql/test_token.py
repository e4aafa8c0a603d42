"""Tokens keep their exact text and place; a skeleton finds the same literals as the tokens do."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.soql.token import LAST_LITERAL, Kind, skeleton, tokenise


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("'a'", [Kind.STRING]),
        ("''", [Kind.EMPTY_STRING]),
        (r"'it\'s'", [Kind.STRING]),
        ("'it''s'", [Kind.STRING, Kind.STRING]),
        ("'a\tb'", [Kind.STRING]),
        ("2024-01-31", [Kind.DATE]),
        ("2024-01-31T01:02:03Z", [Kind.DATETIME]),
        ("2024-01-31t01:02:03.123z", [Kind.DATETIME]),
        ("2024-01-31T01:02:03+05:30", [Kind.DATETIME]),
        ("2024-01-31T01:02:03-0800", [Kind.DATETIME]),
        ("2024-01-31T01:02:03", [Kind.DATE, Kind.WORD, Kind.SYMBOL, Kind.INTEGER, Kind.SYMBOL, Kind.INTEGER]),
        ("01:02:03.5Z", [Kind.TIME]),
        ("5", [Kind.INTEGER]),
        ("1.5", [Kind.DECIMAL]),
        (".5", [Kind.DECIMAL]),
        ("5.", [Kind.INTEGER, Kind.SYMBOL]),
        ("5LIMIT", [Kind.INTEGER, Kind.WORD]),
        ("USD5000", [Kind.WORD]),
        ("USD500.25", [Kind.WORD]),
        ("Name2__c", [Kind.WORD]),
        ("a.b", [Kind.WORD, Kind.SYMBOL, Kind.WORD]),
        ("<=>=<>!=", [Kind.SYMBOL] * 4),
        ("_x", [Kind.UNKNOWN, Kind.WORD]),
        ("é$;", [Kind.UNKNOWN] * 3),
        ("'open", [Kind.UNTERMINATED]),
        ("'two\nlines'", [Kind.UNTERMINATED, Kind.WORD, Kind.UNTERMINATED]),
        ("  \t\r\n", []),
    ],
)
def test_kinds(text, kinds):
    assert [token.kind for token in tokenise(text)] == [*kinds, Kind.END]


def test_tokens_know_their_text_and_place():
    tokens = tokenise(" select  'x' ")
    assert [(token.text, token.start, token.upper) for token in tokens] == [
        ("select", 1, "SELECT"),
        ("'x'", 9, "'x'"),
        ("<EOF>", 13, "<EOF>"),
    ]


def test_equal_skeletons_differ_in_literal_values_only():
    one = skeleton("WHERE a = 'x' AND b > 10 AND c = 2024-01-01")
    other = skeleton(r"WHERE a = 'y\'z' AND b > 7 AND c = 2025-12-31")
    assert one.key == other.key
    assert [token.text for token in other.literals] == [r"'y\'z'", "7", "2025-12-31"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = 'x'", "a = ''"),
        ("a = 1", "a = 1.0"),
        ("a = 1", "a = -1"),
        ("a = null", "a = true"),
        ("a = TODAY", "a = YESTERDAY"),
        ("a IN (1,2)", "a IN (1,2,3)"),
        ("a = 2024-01-01", "a = 2024-01-01T00:00:00Z"),
        ("a = 'x'", "a = 'x"),
    ],
)
def test_what_belongs_to_the_shape_tells_skeletons_apart(one, other):
    assert skeleton(one).key != skeleton(other).key


def _literals(text):
    return [(token.kind, token.text, token.start) for token in tokenise(text) if token.kind <= LAST_LITERAL]


def _skeleton_agrees(text):
    seen = skeleton(text)
    if any(token.kind is Kind.UNTERMINATED for token in tokenise(text)):
        assert "'" in seen.key  # no valid query has a quote left in its skeleton
    else:
        assert [(token.kind, token.text, token.start) for token in seen.literals] == _literals(text)


def test_skeleton_finds_the_literals_of_every_known_query(read_cases):
    cases = read_cases("syntax.jsonl")
    assert len(cases) > 100
    for case in cases:
        _skeleton_agrees(case["q"])


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(alphabet="ab'\\.0123-:TZ+ \n_é", max_size=30))
def test_skeleton_finds_the_literals_of_any_text(text):
    _skeleton_agrees(text)


@pytest.mark.parametrize("text", ["'\\" * 40_000, "'\\'" * 30_000, "1." * 50_000, "(" * 100_000, "2020-01-01" * 10_000])
def test_hostile_text_takes_linear_time(text):
    started = time.process_time()
    tokenise(text)
    skeleton(text)
    assert time.process_time() - started < 5
