"""What the model knows of the schema: a few fields of four sObjects, told in its own words.

``test_model.py`` holds these facts against the describes, so that the two cannot drift apart.
"""

from dataclasses import dataclass, field

TEXT, EMAIL, PICKLIST, NUMBER, INT, BOOLEAN, DATE, DATETIME, REFERENCE, ID = (
    "text", "email", "picklist", "number", "int", "boolean", "date", "datetime", "reference", "id",
)  # fmt: skip


@dataclass(frozen=True)
class FieldFact:
    """One field. ``choices`` of a picklist are listed in their order; ``length`` bounds texts, ``digits`` ints."""

    kind: str
    writable: bool = True
    nillable: bool = True
    length: int = 0
    digits: int = 0
    choices: tuple[str, ...] = ()
    default: object = None
    to: str = ""
    defaulted: bool = False
    upsert_key: bool = False


@dataclass(frozen=True)
class SObjectFact:
    """An sObject: its key prefix, its fields, its parents by relationship name, and which fields hold on to parents."""

    prefix: str
    fields: dict[str, FieldFact]
    parents: dict[str, str] = field(default_factory=dict)
    cascading: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        return "LastName" in self.fields


_STAMP = FieldFact(DATETIME, writable=False, nillable=False, defaulted=True)
_USER = FieldFact(REFERENCE, writable=False, nillable=False, to="User", defaulted=True)
SYSTEM = {
    "Id": FieldFact(ID, writable=False, nillable=False, defaulted=True, upsert_key=True),
    "IsDeleted": FieldFact(BOOLEAN, writable=False, nillable=False, defaulted=True),
    "CreatedDate": _STAMP,
    "CreatedById": _USER,
    "LastModifiedDate": _STAMP,
    "LastModifiedById": _USER,
    "SystemModstamp": _STAMP,
    "OwnerId": FieldFact(REFERENCE, nillable=False, to="User", defaulted=True),
}
_INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction", "Consulting",
    "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental", "Finance",
    "Food & Beverage", "Government", "Healthcare", "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media",
    "Not For Profit", "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation",
    "Utilities", "Other",
)  # fmt: skip
_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")
_PERSON = {
    "LastName": FieldFact(TEXT, length=80, nillable=False),
    "FirstName": FieldFact(TEXT, length=40),
    "Name": FieldFact(TEXT, length=121, writable=False, nillable=False, defaulted=True),
    "Email": FieldFact(EMAIL, length=80, upsert_key=True),
}

FACTS = {
    "Account": SObjectFact(
        "001",
        SYSTEM
        | {
            "Name": FieldFact(TEXT, length=255, nillable=False),
            "Industry": FieldFact(PICKLIST, length=255, choices=_INDUSTRIES),
            "AnnualRevenue": FieldFact(NUMBER),
            "NumberOfEmployees": FieldFact(INT, digits=8),
            "Phone": FieldFact(TEXT, length=40),
            "ParentId": FieldFact(REFERENCE, to="Account"),
        },
        {"Parent": "ParentId", "Owner": "OwnerId"},
    ),
    "Contact": SObjectFact(
        "003",
        SYSTEM
        | _PERSON
        | {
            "AccountId": FieldFact(REFERENCE, to="Account"),
            "ReportsToId": FieldFact(REFERENCE, to="Contact"),
            "Birthdate": FieldFact(DATE),
        },
        {"Account": "AccountId", "ReportsTo": "ReportsToId", "Owner": "OwnerId"},
        cascading=("AccountId",),
    ),
    "Lead": SObjectFact(
        "00Q",
        SYSTEM
        | _PERSON
        | {
            "Company": FieldFact(TEXT, length=255, nillable=False),
            "Status": FieldFact(PICKLIST, length=255, nillable=False, choices=_STATUSES, default=_STATUSES[0]),
            "IsUnreadByOwner": FieldFact(BOOLEAN, nillable=False, default=False),
        },
    ),
    # Its records come from logins; the model queries it and never writes to it.
    "User": SObjectFact(
        "005",
        {"Id": SYSTEM["Id"], "Username": FieldFact(TEXT, length=80, nillable=False)},
    ),
}
WRITTEN = ("Account", "Contact", "Lead")
