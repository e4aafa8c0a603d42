"""SOSL: which statements are searches, which are refused and how, and what an expression asks for."""

from datetime import UTC, datetime

import pytest

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.sosl_compiler import SearchCompiler
from mockorg_server.soql.sosl_field import searched_fields
from mockorg_server.soql.sosl_parser import MAX_LENGTH
from mockorg_server.soql.sosl_syntax import Both, Either, Pattern, Phrase, SearchGroup, Without


@pytest.fixture(scope="module")
def searches(schema) -> SearchCompiler:
    return SearchCompiler(schema)


@pytest.fixture(scope="module")
def cases(read_cases):
    return read_cases("sosl.jsonl")


def _find(searches, expression, sobject="Account"):
    (target,) = searches.compile(f"FIND {{{expression}}} RETURNING {sobject}", 62).targets
    return target.find


def _refusal(searches, text):
    with pytest.raises(SoqlError) as caught:
        searches.compile(text, 62)
    return caught.value


def test_searches_compile(searches, cases):
    accepted = [case for case in cases if "code" not in case]
    assert len(accepted) > 30
    for case in accepted:
        searches.compile(case["q"], 62)


def test_refusals(searches, cases):
    refused = [case for case in cases if "code" in case]
    assert len(refused) > 80
    for case in refused:
        error = _refusal(searches, case["q"])
        assert error.code == case["code"], case["q"]
        if "at" in case:
            assert (error.row, error.column) == (1, case["at"]), case["q"]
            caret = error.message.split("\n")[2]
            assert caret == " " * (case["at"] - 1) + "^", case["q"]
        if "text" in case:
            assert error.message.rsplit("\n", 1)[-1] == case["text"], case["q"]
        assert ("mockorg" in error.message) == (case["evidence"] == "N"), case["q"]


def test_every_refusal_states_its_evidence(cases):
    for case in cases:
        if "code" in case:
            assert case["evidence"] in "VRDIN"
            assert "text" not in case or case["evidence"] != "I"
            assert "text" in case or case["evidence"] in "DI"


def test_a_recorded_refusal_to_the_character(searches):
    error = _refusal(searches, "FIND {name} IN ALL TYPE RETURNING Account(name)")
    assert error.message == (
        "\nFIND {name} IN ALL TYPE RETURNING Account(name)\n                  ^\n"
        "ERROR at Row:1:Column:19\nMalformed search token: TYPE"
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("FIND {ab} RETURNING\n Account(Name,)", (2, 14), "unexpected token: ')'"),
        ("FIND {ab} RETURNING\n Account(Name WHERE Name =\n)", (3, 1), "unexpected token: ')'"),
        ("FIND {ab} RETURNING Account(Name, Foo)", (1, 34), "No such column 'Foo' on entity 'Account'."),
        ("FIND {ab} RETURNING Contact,\n Account(Name WHERE Foo = 1)", (2, 20), "No such column 'Foo' on"),
        ("FIND {ab} RETURNING Account(Name ORDER BY Name, Foo LIMIT 1)", (1, 48), "No such column 'Foo' on"),
        ("FIND {ab} RETURNING Account(Name WHERE Name = 'x' 'y')", (1, 50), "unexpected token: 'y'"),
    ],
)
def test_a_mistake_in_returning_is_shown_where_it_was_written(searches, text, place, message):
    error = _refusal(searches, text)
    assert (error.row, error.column) == place
    assert error.message.split(f"Column:{place[1]}\n")[1].startswith(message)


@pytest.mark.parametrize(
    ("expression", "find"),
    [
        ("acme", Phrase("acme")),
        ("acme corp", Both((Phrase("acme"), Phrase("corp")))),
        ("acme and corp", Both((Phrase("acme"), Phrase("corp")))),
        ("acme Or corp", Either((Phrase("acme"), Phrase("corp")))),
        ("acme AND NOT corp", Without(Phrase("acme"), Phrase("corp"))),
        ("a1 OR b2 AND c3", Either((Phrase("a1"), Both((Phrase("b2"), Phrase("c3")))))),
        ("(a1 OR b2) AND c3", Both((Either((Phrase("a1"), Phrase("b2"))), Phrase("c3")))),
        ("a1 AND NOT (b2 OR c3)", Without(Phrase("a1"), Either((Phrase("b2"), Phrase("c3"))))),
        ("a1 AND NOT b2 AND NOT c3", Without(Phrase("a1"), Either((Phrase("b2"), Phrase("c3"))))),
        ("a1 AND NOT b2 OR c3", Either((Without(Phrase("a1"), Phrase("b2")), Phrase("c3")))),
        ('"acme corp"', Phrase("acme corp")),
        ('"acme co*"', Phrase("acme co", prefix=True)),
        ('"or" or "and"', Either((Phrase("or"), Phrase("and")))),
        ("ac*", Phrase("ac", prefix=True)),
        ("ac**", Phrase("ac", prefix=True)),
        ("a?me", Pattern("a?me")),
        ("acm?", Pattern("acm?")),
        ("a*e", Pattern("a*e")),
        ("ac*m*", Pattern("ac*m*")),
        (r"why not\?", Both((Phrase("why"), Phrase("not?")))),
        (r"\*star\*", Phrase("*star*")),
        (r"a\} b\\c", Both((Phrase("a}"), Phrase("b\\c")))),
        (r"question \?", Phrase("question")),
        (r"\? \!", None),
        ("not here", Both((Phrase("not"), Phrase("here")))),
        ("((((ab))))", Phrase("ab")),
    ],
)
def test_what_an_expression_asks_for(searches, expression, find):
    assert _find(searches, expression) == find


def test_one_of_the_words_is_enough_in_articles_and_their_like(searches):
    assert _find(searches, "acme corp", "Document") == Either((Phrase("acme"), Phrase("corp")))
    assert _find(searches, "acme AND corp", "Document") == Both((Phrase("acme"), Phrase("corp")))


def test_a_long_expression_loses_its_operators_and_a_longer_one_finds_nothing(searches):
    long = "alpha AND " + " AND ".join(f"beta{number:04}" for number in range(400))
    assert 4_000 < len(long) < 10_000
    find = _find(searches, long)
    assert isinstance(find, Either)
    assert len(find.parts) == 401
    assert _find(searches, "alpha " * 2_000) is None


def test_a_statement_has_a_longest_length(searches):
    searches.compile("FIND {acme}".ljust(MAX_LENGTH), 62)
    assert _refusal(searches, "FIND {acme}".ljust(MAX_LENGTH + 1)).code == "MALFORMED_SEARCH"


def test_shapes_are_shared(searches):
    first, second = (
        searches.compile(f"FIND {{{word}}} RETURNING Account(Name WHERE Name = '{word}' LIMIT 5)", 62).targets[0]
        for word in ("acme", "zenith")
    )
    moment = Moment(datetime(2024, 6, 12, tzinfo=UTC))
    assert first.plan is second.plan
    assert first.plan.limit is None
    assert second.limit == 5
    assert (first.parameters(moment)[0], second.parameters(moment)[0]) == ("acme", "zenith")


@pytest.mark.parametrize(
    ("sobject", "group", "included", "excluded"),
    [
        ("Account", SearchGroup.ALL, {"Name", "Phone", "BillingCity", "Industry", "Description"}, {"Id", "OwnerId", "AnnualRevenue", "BillingGeocodeAccuracy"}),
        ("Account", SearchGroup.NAME, {"Name", "Website", "Site"}, {"Phone", "Description"}),
        ("Contact", SearchGroup.NAME, {"Name", "FirstName", "LastName", "AssistantName"}, {"Email", "Title"}),
        ("Contact", SearchGroup.EMAIL, {"Email"}, {"Name", "Phone"}),
        ("Contact", SearchGroup.PHONE, {"Phone", "MobilePhone", "Fax"}, {"Name", "Email"}),
        ("Case", SearchGroup.NAME, {"CaseNumber", "Subject", "SuppliedName"}, {"Description"}),
        ("Product2", SearchGroup.NAME, {"Name", "Description"}, set()),
        ("User", SearchGroup.ALL, {"Name", "Username", "Email"}, {"TimeZoneSidKey", "ProfileId", "IsActive"}),
    ],
)  # fmt: skip
def test_which_fields_are_searched(schema, sobject, group, included, excluded):
    fields = set(searched_fields(schema.view(62).sobject(sobject), group))
    assert included <= fields
    assert not excluded & fields
