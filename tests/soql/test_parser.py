"""The syntax of SOQL: verdicts and places of errors over the corpus, and what the messages say."""

import pytest

from mockorg_server.soql.cursor import MAX_DEPTH
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.parser import parse
from mockorg_server.soql.render import render
from mockorg_server.soql.syntax import Conjunction, Disjunction, FieldPath, Negation


def _refusal(text):
    with pytest.raises(SoqlError) as caught:
        parse(text)
    return caught.value


def _is_valid(text):
    try:
        parse(text)
    except SoqlError:
        return False
    return True


def test_corpus_verdicts(read_cases):
    cases = read_cases("syntax.jsonl")
    assert sum(case["valid"] for case in cases) > 70
    assert sum(not case["valid"] for case in cases) > 60
    assert [case["q"] for case in cases if _is_valid(case["q"]) is not case["valid"]] == []
    assert {_refusal(case["q"]).code for case in cases if not case["valid"]} == {"MALFORMED_QUERY"}


def test_corpus_places_of_errors(read_cases):
    cases = [case for case in read_cases("syntax.jsonl") if "at" in case]
    assert len(cases) > 50
    for case in cases:
        error = _refusal(case["q"])
        assert [error.row, error.column] == case["at"], case["q"]


def test_rendered_text_parses_to_an_equal_query(read_cases):
    for case in read_cases("syntax.jsonl"):
        if case["valid"]:
            query = parse(case["q"])
            text = render(query)
            assert parse(text) == query, text
            assert render(parse(text)) == text


def test_render_writes_every_clause():
    text = (
        "SELECT Id, COUNT(x) n, (SELECT Id FROM Cs) k, TYPEOF o WHEN A THEN b, c ELSE d END, "
        "DISTANCE(p, GEOLOCATION(1.5, -2), 'km') FROM A a, a.B b USING SCOPE mine "
        "WHERE (NOT x = 1) AND (y IN (1, NULL) OR z NOT IN (SELECT Id FROM B)) AND m INCLUDES ('a;b') AND d > TODAY "
        "AND d <= LAST_N_DAYS:3 AND c = USD5.5 WITH DATA CATEGORY g AT (h, i) AND j BELOW k WITH u = 'x' "
        "GROUP BY ROLLUP(x, y) HAVING COUNT(x) > 1 ORDER BY x DESC NULLS LAST, y ASC LIMIT 1 OFFSET 2 "
        "FOR VIEW UPDATE TRACKING, VIEWSTAT"
    )
    assert render(parse(text)) == text


@pytest.mark.parametrize(
    ("where", "shape"),
    [
        ("a = 1 AND b = 2 AND c = 3", Conjunction),
        ("a = 1 OR b = 2", Disjunction),
        ("NOT a = 1", Negation),
        ("(NOT a = 1) AND b = 2", Conjunction),
        ("a = 1 AND (b = 2 OR c = 3)", Conjunction),
    ],
)
def test_connectives(where, shape):
    assert isinstance(parse(f"SELECT Id FROM A WHERE {where}").where, shape)


@pytest.mark.parametrize(
    ("where", "token"),
    [
        ("a = 1 AND b = 2 OR c = 3", "OR"),
        ("a = 1 OR b = 2 AND c = 3", "AND"),
        ("a = 1 AND NOT b = 2", "NOT"),
        ("NOT a = 1 AND b = 2", "AND"),
        ("NOT NOT a = 1", "NOT"),
    ],
)
def test_connectives_do_not_mix(where, token):
    text = f"SELECT Id FROM A WHERE {where}"
    error = _refusal(text)
    assert error.message.endswith(f"\nunexpected token: '{token}'")
    assert text[error.column - 1 :].startswith(token)


def test_keywords_may_be_elements_of_a_path_and_soft_ones_names():
    query = parse("SELECT Limit.Name, a.select, Group, Order, Offset, View FROM Group Offset")
    assert [item.expression.text for item in query.select] == [
        "Limit.Name", "a.select", "Group", "Order", "Offset", "View",
    ]  # fmt: skip
    assert query.sources[0].path == FieldPath(("Group",))
    assert query.sources[0].alias == "Offset"


@pytest.mark.parametrize("word", ["Select", "LIMIT", "Null", "first", "LIKE"])
def test_reserved_words_are_no_names(word):
    assert f"unexpected token: '{word}'" in _refusal(f"SELECT {word} FROM Account").message


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "SOQL statements cannot be empty or null", (-1, -1)),
        (" \n ", "SOQL statements cannot be empty or null", (-1, -1)),
        ("invalid", "unexpected token: 'invalid'", (-1, -1)),
        ("q=SELECT Id FROM A", "unexpected token: 'q'", (-1, -1)),
        (
            "SELECT Name, FROM Account",
            "\nSELECT Name, FROM Account\n             ^\nERROR at Row:1:Column:14\nunexpected token: 'FROM'",
            (1, 14),
        ),
        (
            "SELECT Id FROM Account WHERE Name = :name",
            "\nSELECT Id FROM Account WHERE Name = :name\n"
            "                                    ^\nERROR at Row:1:Column:37\nBind variables only allowed in Apex code",
            (1, 37),
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'a",
            "line 1:38 mismatched character '<EOF>' expecting '''",
            (-1, -1),
        ),
        (
            "SELECT Id FROM A ORDER BY",
            "\nSELECT Id FROM A ORDER BY\n                         ^\nERROR at Row:1:Column:26\n"
            "unexpected token: '<EOF>'",
            (1, 26),
        ),
    ],
)
def test_whole_messages(text, message, place):
    error = _refusal(text)
    assert error.message == message
    assert (error.row, error.column) == place


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("SELECT Id FROM A WHERE d = LAST_N_DAYS", "expecting a colon, found '<EOF>'"),
        ("SELECT Id FROM A ORDER BY Name NULLS", "missing value at '<EOF>'"),
        ("SELECT Id FROM A WHERE Id IN (SELECT b FROM C LIMIT 1)", "missing value at 'LIMIT'"),
        ("SELECT TYPEOF o WHEN A THEN b FROM C", "Missing 'END' at 'FROM'"),
        ("SELECT COUNT() n FROM A", "unexpected token: 'n'"),
        ("SELECT COUNT(), Id FROM A", "unexpected token: ','"),
        ("SELECT Id FROM A WHERE Name IS NULL", "unexpected token: 'IS'"),
        ("SELECT * FROM A", "unexpected token: '*'"),
        ("SELECT ,    FROM A", "\n            ^\nERROR at Row:1:Column:13\nunexpected token: 'FROM'"),
        (r"SELECT Id FROM A WHERE n = 'a\qb'", r"Illegal character sequence '\q' in string literal."),
        (r"SELECT Id FROM A WHERE n = 'a\%b'", r"Illegal character sequence '\%' in string literal."),
        ('SELECT Id FROM A WHERE n = "x"', "unexpected token: '\"'"),
    ],
)
def test_particular_messages(text, ending):
    assert _refusal(text).message.endswith(ending)


def test_rows_count_from_the_first_line_that_is_not_blank():
    error = _refusal("\n \nSELECT Id\nFROM A WHERE\n  = 1")
    assert (error.row, error.column) == (3, 3)
    assert error.message.startswith("\n  = 1\n  ^\nERROR at Row:3:Column:3\n")


@pytest.mark.parametrize("opening", ["SELECT Id FROM A WHERE " + "(" * 60_000, "SELECT " + "(SELECT " * 10_000])
def test_deep_nesting_is_refused(opening):
    assert _refusal(opening).code == "QUERY_TOO_COMPLICATED"


def test_reasonable_nesting_is_not():
    depth = MAX_DEPTH - 1
    parse("SELECT Id FROM A WHERE " + "(" * depth + "a = 1" + ")" * depth)


def test_a_long_list_is_not_nesting():
    parse("SELECT Id FROM A WHERE " + " OR ".join(f"n = '{number}'" for number in range(3_000)))
