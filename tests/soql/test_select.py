"""What a select list becomes beside plain fields: compound fields, TYPEOF, texts, sets of groups, nested children."""

from datetime import UTC, datetime

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import ChildrenMember, CompoundMember, FieldMember, ParentMember, TypeofMember
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.plan import Tracking


@pytest.fixture
def plan(compiler):
    return lambda text, version=62: compiler.compile(text, version).plan


# --- compound fields


def test_a_compound_field_names_its_parts_and_their_places(plan, show):
    bound = plan("SELECT BillingCity, BillingAddress FROM Account")
    assert show(bound) == (
        "0.Id, 0.BillingCity, 0.BillingLatitude, 0.BillingLongitude, 0.BillingCountry, 0.BillingGeocodeAccuracy, "
        "0.BillingPostalCode, 0.BillingState, 0.BillingStreet"
    )
    city, address = bound.shape.members
    assert city == FieldMember("BillingCity", FieldType.STRING, 1)
    assert isinstance(address, CompoundMember)
    assert (address.name, address.type) == ("BillingAddress", FieldType.ADDRESS)
    assert [(part.name, part.index) for part in address.parts] == [
        ("latitude", 2),
        ("longitude", 3),
        ("city", 1),
        ("country", 4),
        ("geocodeAccuracy", 5),
        ("postalCode", 6),
        ("state", 7),
        ("street", 8),
    ]


def test_every_field_of_an_sobject_can_be_selected_with_its_compounds(plan, schema):
    for name in ("Account", "Contact", "User", "Lead"):
        fields = schema.view(62).sobject(name).fields
        bound = plan(f"SELECT FIELDS(ALL) FROM {name} LIMIT 1")
        assert [member.name for member in bound.shape.members] == [field.name for field in fields]
        values = [field for field in fields if field.type is not FieldType.ADDRESS]
        assert len(bound.columns) == len(values), "a part has one place, for itself and in its compound field"


# --- TYPEOF


def test_typeof_joins_the_parent_once_for_each_type(plan, show):
    bound = plan("SELECT TYPEOF What WHEN Account THEN Phone WHEN Case THEN Id, Owner.Name ELSE Name END FROM Task")
    assert show(bound) == "0.Id, 1.Id, 1.Phone, 2.Id, 4.Id, 4.Name, 3.Id, type(3), 3.Name"
    assert [(join.field.name, join.narrowed, len(join.targets)) for join in bound.joins] == [
        ("WhatId", True, 1),
        ("WhatId", True, 1),
        ("WhatId", False, 38),
        ("OwnerId", False, 2),
    ]
    (what,) = bound.shape.members
    assert isinstance(what, TypeofMember)
    assert [(branch.shape.sobject_name, branch.id_index) for branch in what.branches] == [
        ("Account", 1),
        ("Case", 3),
        ("Name", 6),
    ]
    assert [branch.shape.type_index for branch in what.branches] == [None, None, 7]


def test_typeof_stands_where_the_query_has_it(plan):
    shape = plan("SELECT Subject, TYPEOF Who WHEN Lead THEN Company END, Status, Account.Name FROM Task").shape
    assert [(member.name, type(member)) for member in shape.members] == [
        ("Subject", FieldMember),
        ("Who", TypeofMember),
        ("Status", FieldMember),
        ("Account", ParentMember),
    ]


def test_typeof_counts_the_relationship_and_each_type(plan):
    """What, Account and Opportunity are three (SOQL reference, relationship query limitations); a query has 55."""
    people = ("CreatedBy", "LastModifiedBy", "Owner")
    paths = ["Account", *(f"Account.{'Parent.' * n}{person}" for n in range(3) for person in people)]
    names = ("CreatedBy", "LastModifiedBy", "Manager", "Profile", "UserRole")
    paths += [f"{path}.{name}" for path in paths[1:] for name in names]
    typeof = "TYPEOF What WHEN Account THEN Phone WHEN Opportunity THEN Amount END"

    def select(count: int) -> str:
        chosen: list[str] = []
        for path in paths:
            if len(plan(f"SELECT {', '.join([*chosen, f'{path}.Id'])} FROM Task").joins) <= count:
                chosen.append(f"{path}.Id")
        return ", ".join(chosen)

    assert len(plan(f"SELECT {select(52)}, {typeof} FROM Task").joins) == 54
    with pytest.raises(SoqlError, match="more than 55 parent relationships"):
        plan(f"SELECT {select(53)}, {typeof} FROM Task")


def test_the_polymorphic_parent_itself_can_be_filtered_by(plan):
    bound = plan("SELECT TYPEOF What WHEN Account THEN Phone END FROM Task WHERE What.Type = 'Account'")
    assert [(join.narrowed, len(join.targets)) for join in bound.joins] == [(True, 1), (False, 40)]


# --- texts


def test_texts_have_the_name_of_the_field_or_an_alias_and_a_place_of_their_own(plan, show):
    bound = plan("SELECT Industry, toLabel(Industry) shown, FORMAT(CreatedDate), Owner.Name FROM Account")
    assert show(bound) == "0.Id, 0.Industry, 0.Industry, 0.CreatedDate, 1.Id, 1.Name"
    assert [member.name for member in bound.shape.members] == ["Industry", "shown", "CreatedDate", "Owner"]
    assert [member.type for member in bound.shape.members[:3]] == [
        FieldType.PICKLIST,
        FieldType.STRING,
        FieldType.STRING,
    ]
    assert [step.index for step in bound.steps] == [2, 3]


def test_a_query_without_texts_has_no_steps(plan):
    assert plan("SELECT Name, BillingAddress, (SELECT Id FROM Contacts) FROM Account").steps == ()


@pytest.mark.parametrize("soql", ["SELECT FORMAT(CloseDate) FROM Opportunity", "SELECT FORMAT(COUNT(Id)) FROM Account"])
def test_format_is_refused_in_locales_whose_forms_are_not_known(compiler, soql):
    bound = compiler.compile(soql, 62)
    now = datetime(2026, 1, 31, tzinfo=UTC)
    assert bound.parameters(Moment(now)) == ("UTC", "en_US")
    with pytest.raises(SoqlError, match=r"mockorg does not support FORMAT\(\) in the locale de_DE yet"):
        bound.parameters(Moment(now, locale="de_DE"))


# --- sets of groups


@pytest.mark.parametrize(
    ("clause", "sets"),
    [
        ("Type, Rating", []),
        ("ROLLUP(Type)", ["Type", ""]),
        ("ROLLUP(Type, Rating, Site)", ["Type Rating Site", "Type Rating", "Type", ""]),
        ("CUBE(Type, Rating)", ["Type Rating", "Type", "Rating", ""]),
        (
            "CUBE(Type, Rating, Site)",
            ["Type Rating Site", "Type Rating", "Type Site", "Rating Site", "Type", "Rating", "Site", ""],
        ),
    ],
)
def test_grouping_sets(plan, clause, sets):
    bound = plan(f"SELECT COUNT(Id) FROM Account GROUP BY {clause}")
    assert [" ".join(key.field.name for key in keys) for keys in bound.grouping_sets] == sets


def test_grouping_is_a_number_and_unnamed_like_an_aggregate(plan, show):
    bound = plan("SELECT Type, GROUPING(Type), COUNT(Id) FROM Account GROUP BY CUBE(Type) ORDER BY GROUPING(Type) DESC")
    assert show(bound) == "0.Type, grouping(0.Type), COUNT(0.Id)"
    assert [(member.name, member.type) for member in bound.shape.members[1:]] == [
        ("expr0", FieldType.INT),
        ("expr1", FieldType.INT),
    ]
    assert [show(key) for key in bound.order_by] == ["grouping(0.Type) desc nulls first"]


# --- children


def test_children_nest_from_version_58(plan):
    text = "SELECT Id, (SELECT Id, (SELECT Id, (SELECT Id, (SELECT Id FROM Cases) FROM Contacts) FROM ChildAccounts) "
    text += "FROM ChildAccounts) FROM Account"
    depth, shape = 0, plan(text, 58).shape
    while isinstance(shape.members[-1], ChildrenMember):
        depth, shape = depth + 1, shape.members[-1].shape
    assert depth == 4
    with pytest.raises(SoqlError, match="more than 1 level away from the root entity object"):
        plan(text, 57)


def test_subqueries_of_all_levels_count(plan):
    inner = ", ".join(f"(SELECT Id FROM {name})" for name in ("Cases", "Attachments", "Tasks", "Events", "Notes"))
    outer = ", ".join(f"(SELECT Id, {inner} FROM {name})" for name in ("ChildAccounts", "Contacts", "Assets"))
    plan(f"SELECT {outer} FROM Account")  # 18
    with pytest.raises(SoqlError, match="more than 20 subqueries"):
        plan(f"SELECT {outer}, (SELECT Id FROM Notes), (SELECT Id FROM Cases), (SELECT Id FROM Tasks) FROM Account")


# --- FOR


@pytest.mark.parametrize(
    ("tail", "tracking"),
    [
        ("", None),
        ("FOR VIEW", Tracking.VIEW),
        ("LIMIT 1 for reference", Tracking.REFERENCE),
    ],
)
def test_tracking(plan, tail, tracking):
    assert plan(f"SELECT Id FROM Contact {tail}").tracking is tracking


def test_articles_may_be_counted(plan):
    assert plan("SELECT Id FROM KnowledgeArticleVersion UPDATE TRACKING, VIEWSTAT").tracking is None
    assert plan("SELECT COUNT() FROM Knowledge__kav UPDATE VIEWSTAT").count_only
