"""Validation rules refuse records with their own text, all that fail at once."""

from mockorg_server.core.dml.validation import problems
from mockorg_server.schema.schema import load_schema

from .conftest import additions

CODE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def _errors(result):
    return [(error.code, error.message, error.fields) for error in result.errors]


def test_every_failing_rule_is_told(org):
    assert _errors(org.create("Account", Name="bad")) == [
        (CODE, "No bad names", ("Name",)),
        (CODE, "Really bad", ()),
    ]
    assert org.rows("SELECT Id FROM Account") == []


def test_a_rule_knows_the_record_as_it_was(org):
    account = org.made("Account", Name="A", Phone="1")
    assert _errors(org.update("Account", account, Phone=None)) == [(CODE, "A phone stays", ())]
    assert org.update("Account", account, Phone="2").success
    assert org.update("Account", org.made("Account", Name="B"), Phone=None).success


def test_an_update_is_judged_by_the_whole_record(org):
    account = org.made("Account", Name="A")
    assert _errors(org.update("Account", account, Name="bad"))[0][1] == "No bad names"
    assert org.update("Account", account, Phone="5").success


def test_what_is_not_understood_is_listed():
    assert list(problems(load_schema(additions=additions()))) == [
        (
            "Account.Broken__c",
            "the formula is not understood: Unknown function FOO. Check spelling. (position 1)",
        )
    ]
