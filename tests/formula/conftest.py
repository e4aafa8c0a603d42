"""An org with a schema of its own: formulas, roll-ups and validation rules."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mockorg_server.core.calls.operation import Create, Delete, Query, Update
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import Additions, load_schema
from mockorg_server.schema.sobject import Field, Filter, RollUp, ValidationRule

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
_SOAP = {FieldType.DOUBLE: "xsd:double", FieldType.BOOLEAN: "xsd:boolean", FieldType.DATE: "xsd:date"}


def computed(name, type, formula=None, **more):  # noqa: A002
    return Field(
        name=name, label=name, type=type, soap_type=_SOAP.get(type, "xsd:string"), nillable=True, filterable=True,
        sortable=True, groupable=type is FieldType.STRING, aggregatable=True, calculated=True, custom=True,
        calculated_formula=formula, **{"precision": 18, "scale": 2, "length": 255, **more},
    )  # fmt: skip


def stored(name, type, **more):  # noqa: A002
    return replace(
        computed(name, type, None, **more), calculated=False, createable=True, updateable=True, calculated_formula=None
    )


def rolled(name, operation, field=None, filters=()):
    return computed(
        name,
        FieldType.DOUBLE,
        roll_up=RollUp(operation, "Opportunity", "AccountId", field, filters),
        scale=0 if operation == "count" else 2,
    )


def additions(**more):
    won = (Filter("Opportunity.IsWon", "equals", "True"),)
    fields = {
        "Account": (
            computed("Size__c", FieldType.STRING, 'IF(NumberOfEmployees > 100, "big", "small")'),
            computed("PerHead__c", FieldType.DOUBLE, "AnnualRevenue / NumberOfEmployees"),
            computed("Head__c", FieldType.STRING, 'Owner.LastName & "/" & Parent.Name & "/" & Parent.Size__c'),
            computed("Age__c", FieldType.DOUBLE, "TODAY() - DATEVALUE(CreatedDate)", scale=0),
            computed("Me__c", FieldType.STRING, "$User.Username"),
            computed("Session__c", FieldType.STRING, "GETSESSIONID()"),
            computed("SessionToo__c", FieldType.STRING, "$Api.Session_ID"),
            computed("Partner__c", FieldType.STRING, "$Api.Partner_Server_URL_260"),
            computed("Link__c", FieldType.STRING, 'LEFT($Api.Partner_Server_URL_260, FIND("/services", Partner__c))'),
            computed("Twice__c", FieldType.DOUBLE, "Total__c * 2"),
            computed("Broken__c", FieldType.STRING, "FOO(Name)"),
            rolled("Deals__c", "count"),
            rolled("Total__c", "sum", "Amount"),
            rolled("Largest__c", "max", "Amount"),
            rolled("Won__c", "sum", "Amount", won),
        ),
        "Opportunity": (computed("Net__c", FieldType.DOUBLE, "Amount * 0.9"),),
    }
    rules = {
        "Account": (
            ValidationRule("Named", 'Name = "bad"', "No bad names", error_display_field="Name"),
            ValidationRule("Phoned", "AND(ISCHANGED(Phone), ISBLANK(Phone))", "A phone stays"),
            ValidationRule("Capped", "Total__c > 1000", "Too much"),
            ValidationRule("Sleeping", "TRUE", "never", active=False),
            ValidationRule("BadToo", 'Name = "bad"', "Really bad"),
        ),
    }
    return Additions(**{"fields": fields, "validation_rules": rules, **more})


@pytest.fixture
def org():
    opened = Org(load_schema(additions=additions()), OrgSettings(clock_start=NOW))
    yield Door(opened)
    opened.close()


class Door:
    """Calls of the org, in few words."""

    def __init__(self, org):
        self.org = org
        self.caller = Caller(org.token, 62)

    def run(self, operation):
        return self.org.run(operation, self.caller)

    def create(self, type, **values):  # noqa: A002
        (result,) = self.run(Create((InputRecord(type, values),)))
        return result

    def made(self, type, **values):  # noqa: A002
        result = self.create(type, **values)
        assert result.success, result.errors
        return result.id

    def opportunity(self, account, amount, stage="Prospecting"):
        return self.made(
            "Opportunity", Name="O", AccountId=account, Amount=amount, StageName=stage, CloseDate="2026-02-01"
        )

    def update(self, type, id, **values):  # noqa: A002
        (result,) = self.run(Update((InputRecord(type, values, id),)))
        return result

    def delete(self, id):  # noqa: A002
        (result,) = self.run(Delete((id,)))
        return result

    def rows(self, soql):
        return [
            tuple(row[member.index] for member in result.shape.members)
            for result in [self.run(Query(soql))]
            for row in result.rows
        ]
