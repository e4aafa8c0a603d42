"""Formulas ask whether the user has a custom permission."""

import pytest

from mockorg_server.core.dml.validation import problems

from .conftest import xml

RULE = (
    "<fullName>No_Bypass</fullName><active>true</active>"
    "<errorConditionFormula>NOT($Permission.Bypass)</errorConditionFormula><errorMessage>No bypass</errorMessage>"
)
BYPASS = "<customPermissions><enabled>true</enabled><name>Bypass</name></customPermissions>"


@pytest.fixture
def ruled(rules):
    rules.folder.write("objects/Account/validationRules/No_Bypass.validationRule-meta.xml", xml("ValidationRule", RULE))
    return rules


def told(result):
    return [error.message for error in result.errors]


def test_a_permission_that_nobody_has_is_false(ruled):
    ruled.folder.write(
        "customPermissions/Bypass.customPermission-meta.xml", xml("CustomPermission", "<label>B</label>")
    )
    assert told(ruled.create("Account", {"Name": "A"})[0]) == ["No bypass"]


def test_a_profile_may_have_it(ruled):
    ruled.folder.profile("Admin", BYPASS)
    assert ruled.create("Account", {"Name": "A"})[0].success


def test_an_assigned_permission_set_may_have_it(ruled):
    ruled.folder.write("permissionsets/Free.permissionset-meta.xml", xml("PermissionSet", BYPASS + "<label>F</label>"))
    assert told(ruled.create("Account", {"Name": "A"})[0]) == ["No bypass"]
    (permission_set,) = ruled.rows("SELECT Id FROM PermissionSet WHERE Name = 'Free'")
    user = ruled.host.default.administrator_id
    ruled.make("PermissionSetAssignment", AssigneeId=user, PermissionSetId=permission_set[0])
    assert ruled.create("Account", {"Name": "A"})[0].success


def test_one_that_is_taken_away_counts_as_known(ruled):
    ruled.folder.profile("Admin", BYPASS.replace("true", "false"))
    assert told(ruled.create("Account", {"Name": "A"})[0]) == ["No bypass"]


def test_one_that_no_source_defines_is_named(ruled):
    ((place, text),) = problems(ruled.host.default.schema)
    assert place == "Account.No_Bypass"
    assert "mockorg does not know $Permission.Bypass" in text
    assert ruled.create("Account", {"Name": "A"})[0].success
