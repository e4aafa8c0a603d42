"""What a bound query looks like: columns, joins, the shape of records, children, groups."""

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import ChildrenMember, FieldMember, ParentMember
from mockorg_server.soql.error import SoqlError


@pytest.fixture
def plan(compiler):
    return lambda text, version=62: compiler.compile(text, version).plan


def _joins(plan):
    return [(join.source_slot, join.field.name, [target.name for target in join.targets]) for join in plan.joins]


def test_the_first_column_is_the_id_whether_selected_or_not(plan, show):
    hidden = plan("SELECT Name FROM Account")
    assert show(hidden) == "0.Id, 0.Name"
    assert hidden.shape.key_index == 0
    assert hidden.shape.members == (FieldMember("Name", FieldType.STRING, 1),)
    selected = plan("SELECT Name, Id FROM Account")
    assert show(selected) == "0.Id, 0.Name"
    assert selected.shape.members == (
        FieldMember("Name", FieldType.STRING, 1),
        FieldMember("Id", FieldType.ID, 0),
    )


def test_names_come_back_as_describe_spells_them(plan):
    shape = plan("sElEcT nAmE, oWNER.nAME, aCCOUNT.iNDUSTRY fRoM aCCOUNT").shape
    assert shape.sobject_name == "Account"
    assert [member.name for member in shape.members] == ["Name", "Owner", "Industry"]


def test_a_parent_stands_where_it_is_first_mentioned(plan, show):
    bound = plan("SELECT Account.Name, LastName, Account.Owner.Name, Account.Id FROM Contact")
    assert show(bound) == "0.Id, 1.Id, 1.Name, 0.LastName, 2.Id, 2.Name"
    assert _joins(bound) == [(0, "AccountId", ["Account"]), (1, "OwnerId", ["User"])]
    account, last_name = bound.shape.members
    assert (account.name, account.id_index, account.shape.key_index) == ("Account", 1, 1)
    name, owner, identifier = account.shape.members
    assert (name, identifier) == (FieldMember("Name", FieldType.STRING, 2), FieldMember("Id", FieldType.ID, 1))
    assert isinstance(owner, ParentMember)
    assert (owner.shape.sobject_name, owner.id_index) == ("User", 4)
    assert last_name == FieldMember("LastName", FieldType.STRING, 3)


def test_a_parent_that_is_only_filtered_by_is_joined_once_and_not_shown(plan, show):
    bound = plan("SELECT Id FROM Contact WHERE Account.Name = 'x' ORDER BY Account.Industry")
    assert show(bound) == "0.Id"
    assert _joins(bound) == [(0, "AccountId", ["Account"])]
    assert [show(key) for key in bound.order_by] == ["1.Industry asc nulls first"]


def test_aliases_in_from(plan, show):
    bound = plan("SELECT c.LastName, a.Name, Account.Industry, u.Name FROM Contact c, c.Account a, a.CreatedBy u")
    assert show(bound) == "0.Id, 0.LastName, 1.Id, 1.Name, 1.Industry, 2.Id, 2.Name"
    account = bound.shape.members[1]
    assert [member.name for member in account.shape.members] == ["Name", "Industry", "CreatedBy"]


def test_a_polymorphic_parent_shows_the_fields_of_name(plan, show):
    bound = plan("SELECT Owner.Name, Owner.Id FROM Case")
    assert _joins(bound) == [(0, "OwnerId", ["Group", "User"])]
    assert show(bound) == "0.Id, 1.Id, 1.Name"
    (owner,) = bound.shape.members
    assert owner.shape.sobject_name == "Name"


def test_children(plan, show):
    bound = plan(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts c WHERE c.LastName = 'x' ORDER BY LastName LIMIT 2) "
        "FROM Account WHERE Name = 'y' LIMIT 1"
    )
    assert show(bound) == "0.Id, 0.Name, -"
    (child,) = bound.children
    assert (child.field.name, child.index, child.plan.sobject.name) == ("AccountId", 2, "Contact")
    assert show(child.plan) == "0.Id, 0.LastName, 1.Id, 1.Name"
    member = bound.shape.members[1]
    assert isinstance(member, ChildrenMember)
    assert (member.name, member.index, member.shape) == ("Contacts", 2, child.plan.shape)


def test_children_share_the_parameters_of_the_whole_query(compiler, moment, show):
    bound = compiler.compile(
        "SELECT (SELECT Id FROM Contacts WHERE LastName = 'x' LIMIT 2) FROM Account WHERE Name = 'y' LIMIT 1", 62
    )
    child = bound.plan.children[0].plan
    assert bound.parameters(moment) == ("x", 2, "y", 1)
    assert (show(child.where), child.limit) == ("0.LastName = ?0", 1)
    assert (show(bound.plan.where), bound.plan.limit) == ("0.Name = ?2", 3)


@pytest.mark.parametrize("source", ["Contacts", "Account.Contacts", "acc.Contacts", "ACC.CONTACTS"])
def test_ways_to_name_a_child_relationship(plan, source):
    assert plan(f"SELECT (SELECT Id FROM {source}) FROM Account acc").children[0].field.name == "AccountId"


def test_offset_in_a_child_goes_with_limit_1_above(plan):
    plan("SELECT (SELECT Id FROM Contacts OFFSET 1) FROM Account LIMIT 1")


@pytest.mark.parametrize(
    ("tail", "keys"),
    [
        ("Name", ["0.Name asc nulls first"]),
        ("Name DESC", ["0.Name desc nulls first"]),
        ("Name NULLS LAST", ["0.Name asc nulls last"]),
        ("Name DESC NULLS LAST, Id", ["0.Name desc nulls last", "0.Id asc nulls first"]),
        ("OwnerId NULLS LAST", ["0.OwnerId asc nulls first"]),  # no effect on references (SOQL reference)
    ],
)
def test_order(plan, show, tail, keys):
    assert [show(key) for key in plan(f"SELECT Id FROM Account ORDER BY {tail}").order_by] == keys


def test_limit_and_offset_are_parameters(compiler, moment):
    bound = compiler.compile("SELECT Id FROM Account LIMIT 10 OFFSET 2000", 62)
    assert (bound.plan.limit, bound.plan.offset, bound.parameters(moment)) == (0, 1, (10, 2000))
    bound = compiler.compile("SELECT Id FROM Account LIMIT 0", 62)
    assert (bound.plan.limit, bound.plan.offset, bound.parameters(moment)) == (0, None, (0,))


def test_count(plan):
    bound = plan("SELECT COUNT() FROM Account WHERE Name = 'x' LIMIT 3")
    assert (bound.count_only, bound.aggregate, bound.columns, bound.shape.members) == (True, False, (), ())
    assert bound.limit == 1


def test_aggregates_have_names_and_types(plan, show):
    bound = plan(
        "SELECT Industry, COUNT(Id), MAX(AnnualRevenue) top, AVG(NumberOfEmployees), SUM(NumberOfEmployees), "
        "MIN(CreatedDate), COUNT_DISTINCT(Name) FROM Account GROUP BY Industry"
    )
    assert bound.aggregate
    assert bound.shape.sobject_name == "AggregateResult"
    assert bound.shape.key_index is None
    assert [(member.name, member.type, member.index) for member in bound.shape.members] == [
        ("Industry", FieldType.PICKLIST, 0),
        ("expr0", FieldType.INT, 1),
        ("top", FieldType.CURRENCY, 2),
        ("expr1", FieldType.DOUBLE, 3),
        ("expr2", FieldType.INT, 4),
        ("expr3", FieldType.DATETIME, 5),
        ("expr4", FieldType.INT, 6),
    ]
    assert show(bound).startswith("0.Industry, COUNT(0.Id), MAX(0.AnnualRevenue), AVG(")
    assert [show(ref) for ref in bound.group_by] == ["0.Industry"]


def test_groups_with_parents_aliases_having_and_order(plan, show):
    bound = plan(
        "SELECT Account.Name n, COUNT(Id) FROM Contact GROUP BY Account.Name "
        "HAVING COUNT(Id) > 1 AND Account.Name LIKE 'a%' ORDER BY COUNT(Id) DESC, Account.Name LIMIT 5"
    )
    assert show(bound) == "1.Name, COUNT(0.Id)"
    assert [member.name for member in bound.shape.members] == ["n", "expr0"]
    assert show(bound.having) == "and(COUNT(0.Id) > ?0, 1.Name like ?1)"
    assert [show(key) for key in bound.order_by] == ["COUNT(0.Id) desc nulls first", "1.Name asc nulls first"]
    assert bound.limit == 2


def test_an_aggregate_over_everything(plan, show):
    bound = plan("SELECT COUNT(Id) FROM Account WHERE Name != null")
    assert (show(bound), bound.group_by, bound.aggregate) == ("COUNT(0.Id)", (), True)


def test_fields_functions(plan, schema):
    names = [field.name for field in schema.view(62).sobject("ConvMessageSendRequest").fields]
    for query in (
        "SELECT FIELDS(ALL) FROM ConvMessageSendRequest LIMIT 200",
        "SELECT fields(all) FROM ConvMessageSendRequest WHERE Id = '1sr000000000001'",
        "SELECT FIELDS(ALL) FROM ConvMessageSendRequest WHERE Id IN ('1sr000000000001', '1sr000000000002')",
        "SELECT FIELDS(ALL) FROM ConvMessageSendRequest WHERE Id = '1sr000000000001' OR Id = '1sr000000000002'",
        "SELECT FIELDS(STANDARD) FROM ConvMessageSendRequest",
    ):
        assert [member.name for member in plan(query).shape.members] == names


def test_versions_see_their_own_fields(plan):
    query = "SELECT FIELDS(STANDARD) FROM ConvMessageSendRequest"
    assert [len(plan(query, version).shape.members) for version in (60, 61, 62, 64, 65)] == [23, 23, 26, 27, 35]
    with pytest.raises(SoqlError):
        plan("SELECT SessionLongevityPreference FROM ConvMessageSendRequest", 63)
    plan("SELECT SessionLongevityPreference FROM ConvMessageSendRequest", 64)


def test_scope_everything_is_the_default_written_out(plan, show):
    assert show(plan("SELECT Id FROM Account USING SCOPE Everything")) == "0.Id"


@pytest.mark.parametrize(
    "where",
    [
        "LinkedEntityId = '001000000000001'",
        "ContentDocumentId IN ('069000000000001', '069000000000002')",
        "IsDeleted = false AND LinkedEntityId = '001000000000001'",
    ],
)
def test_an_object_that_asks_for_a_filter_is_answered_with_it(plan, where):
    assert plan(f"SELECT Id FROM ContentDocumentLink WHERE {where}").where


def test_date_functions_are_named_like_unnamed_aggregates_and_give_numbers_or_dates(plan):
    shape = plan(
        "SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id), day_only(CreatedDate), HOUR_IN_DAY(CreatedDate) h FROM Account "
        "GROUP BY CALENDAR_YEAR(CreatedDate), DAY_ONLY(CreatedDate), HOUR_IN_DAY(CreatedDate)"
    ).shape
    assert [(member.name, member.type) for member in shape.members] == [
        ("expr0", FieldType.INT),
        ("expr1", FieldType.INT),
        ("expr2", FieldType.DATE),
        ("h", FieldType.INT),
    ]


def test_a_date_function_of_a_date_may_be_selected_when_the_date_is_grouped(plan):
    plan("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity GROUP BY CloseDate")
    with pytest.raises(SoqlError, match="Field must be grouped or aggregated: CreatedDate"):
        plan("SELECT CALENDAR_YEAR(CreatedDate) FROM Opportunity GROUP BY CALENDAR_MONTH(CreatedDate)")


def test_distances_are_named_by_their_alias_or_numbered(plan):
    distance = "DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'km')"
    shape = plan(f"SELECT Name, {distance}, {distance} far FROM Account").shape
    assert [(member.name, member.type) for member in shape.members] == [
        ("Name", FieldType.STRING),
        ("expr0", FieldType.DOUBLE),
        ("far", FieldType.DOUBLE),
    ]


def test_the_plans_of_semi_joins_are_told_beside_the_condition(plan):
    bound = plan(
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id NOT IN (SELECT AccountId FROM Case)"
    )
    assert [inner.sobject.name for inner in bound.semi_joins] == ["Contact", "Case"]
    assert [condition.plan for condition in bound.where.conditions] == list(bound.semi_joins)


def test_a_polymorphic_parent_may_have_any_number_of_targets(plan):
    join = plan("SELECT TargetObject.Name FROM ProcessInstance").joins[0]
    assert len(join.targets) > 100
    assert len(join.type_names) == len(join.targets)
    (owner,) = plan("SELECT Id FROM Case WHERE Owner.Type = 'Queue'").joins
    assert dict(zip([target.name for target in owner.targets], owner.type_names, strict=True)) == {
        "Group": "Queue",
        "User": "User",
    }


def test_the_moment_is_read_once_per_kind_of_value(compiler, moment):
    bound = compiler.compile(
        "SELECT Id FROM Account USING SCOPE mine WHERE HOUR_IN_DAY(convertTimezone(CreatedDate)) = 1 "
        "AND DAY_ONLY(convertTimezone(CreatedDate)) = 2024-01-01 AND FISCAL_YEAR(CreatedDate) = 2024",
        62,
    )
    assert bound.parameters(moment) == ("", "UTC", 1, "2024-01-01", 0, 2024)
