"""Every refusal of the binder, as data: code, place and text (see cases/README.md for the evidence column)."""

from collections import Counter

import pytest

from mockorg_server.soql.compiler import MAX_LENGTH, QueryCompiler
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.parser import parse


def _refusal(compiler, text, version=62):
    with pytest.raises(SoqlError) as caught:
        compiler.compile(text, version)
    return caught.value


def test_refusals(compiler, read_cases):
    cases = read_cases("refusals.jsonl")
    assert len(cases) > 130
    for case in cases:
        text = case["q"]
        parse(text)  # what is refused here is well-formed
        error = _refusal(compiler, text, case.get("version", 62))
        assert error.code == case["code"], text
        if "at" in case:
            assert (error.row, error.column) == (1, case["at"]), text
        if "text" in case:
            assert error.message.rsplit("\n", 1)[-1] == case["text"], text


def test_every_refusal_states_its_evidence(read_cases):
    cases = read_cases("refusals.jsonl")
    kinds = Counter(case["evidence"] for case in cases)
    assert set(kinds) == set("VRDEMIN")
    assert all("text" not in case for case in cases if case["evidence"] in "MI")
    assert all("text" in case for case in cases if case["evidence"] in "VREN")


def test_what_mockorg_lacks_is_refused_by_name_without_a_place(compiler, read_cases):
    for case in read_cases("refusals.jsonl"):
        if case["evidence"] == "N":
            error = _refusal(compiler, case["q"])
            assert (error.code, error.row, error.column) == ("UNSUPPORTED_QUERY", -1, -1)
            assert error.message.startswith("mockorg does not support ")


def test_whole_message_with_excerpt(compiler):
    error = _refusal(compiler, "SELECT Nope FROM Account")
    assert error.message == (
        "\nSELECT Nope FROM Account\n       ^\nERROR at Row:1:Column:8\n"
        "No such column 'Nope' on entity 'Account'. If you are attempting to use a custom field, be sure to append the "
        "'__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    )


def test_queries_that_are_too_long(compiler):
    error = _refusal(compiler, "SELECT Id FROM Account" + " " * MAX_LENGTH)
    assert error.code == "MALFORMED_QUERY"
    assert "100000" in error.message


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_empty_queries(compiler, text):
    assert _refusal(compiler, text).message == "SOQL statements cannot be empty or null"


def test_more_than_twenty_subqueries(compiler, schema):
    names = [child.relationship_name for child in schema.view(62).sobject("Account").child_relationships]
    usable = []
    for name in names:
        if name is not None and len(usable) < 21:
            try:
                compiler.compile(f"SELECT (SELECT Id FROM {name}) FROM Account", 62)
                usable.append(name)
            except SoqlError:
                continue
    assert len(usable) == 21
    select = ", ".join(f"(SELECT Id FROM {name})" for name in usable)
    error = _refusal(compiler, f"SELECT {select} FROM Account")
    assert error.code == "MALFORMED_QUERY"
    assert "20 subqueries" in error.message


def test_more_than_fifty_five_parents(schema):
    compiler = QueryCompiler(schema)
    ends = ["CreatedBy", "LastModifiedBy", "Owner"]
    paths = [f"{'Parent.' * depth}{end}.Name" for depth in range(5) for end in ends]
    paths += [f"{'Parent.' * depth}{end}.{far}.Name" for depth in range(4) for end in ends for far in FAR]
    compiler.compile(f"SELECT {', '.join(paths[:40])} FROM Account", 62)
    error = _refusal(compiler, f"SELECT {', '.join(paths)} FROM Account")
    assert error.code == "MALFORMED_QUERY"
    assert "55 parent relationships" in error.message


FAR = ["Manager", "CreatedBy", "LastModifiedBy", "Profile"]
