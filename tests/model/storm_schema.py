"""A schema with everything that DML must keep in order, in the form of a source folder, and what it means in few words.

Regions have sites, sites have parts; a use joins a site and a tool; visits are details of accounts.
"""

from dataclasses import dataclass
from pathlib import Path

_NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
CAP = 1000.0
"""What the parts of a site may cost together: its validation rule."""


def _xml(root: str, body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>{body}</{root}>\n'


def _object(label: str, name: str = "<type>Text</type>", sharing: str = "ReadWrite") -> str:
    return _xml(
        "CustomObject",
        f"<label>{label}</label><pluralLabel>{label}s</pluralLabel><deploymentStatus>Deployed</deploymentStatus>"
        f"<nameField><label>{label} Name</label>{name}</nameField><sharingModel>{sharing}</sharingModel>",
    )


_NUMBERED = "<type>AutoNumber</type><displayFormat>{}-{{0000}}</displayFormat>"


def _text(more: str = "") -> str:
    return f"<type>Text</type><length>20</length>{more}"


_UNIQUE = "<unique>true</unique><externalId>true</externalId>"


def _detail(to: str, children: str, order: int = 0) -> str:
    return (
        f"<type>MasterDetail</type><referenceTo>{to}</referenceTo><relationshipName>{children}</relationshipName>"
        f"<relationshipOrder>{order}</relationshipOrder><reparentableMasterDetail>true</reparentableMasterDetail>"
    )


def _lookup(to: str, children: str, on_delete: str) -> str:
    return (
        f"<type>Lookup</type><referenceTo>{to}</referenceTo><relationshipName>{children}</relationshipName>"
        f"<deleteConstraint>{on_delete}</deleteConstraint>"
    )


def _summary(operation: str, key: str, field: str = "", filters: str = "") -> str:
    summarized = f"<summarizedField>{field}</summarizedField>" if field else ""
    return (
        f"<type>Summary</type><summaryForeignKey>{key}</summaryForeignKey>"
        f"<summaryOperation>{operation}</summaryOperation>{summarized}{filters}"
    )


def _filter(field: str, operation: str, value: str) -> str:
    return (
        f"<summaryFilterItems><field>{field}</field><operation>{operation}</operation>"
        f"<value>{value}</value></summaryFilterItems>"
    )


_NUMBER = "<type>Number</type><precision>10</precision><scale>2</scale>"
_FORMULA = (
    "<type>Number</type><precision>18</precision><scale>2</scale><formula>{}</formula>"
    "<formulaTreatBlanksAs>BlankAs{}</formulaTreatBlanksAs>"
)
_STATES = (
    "<type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition>"
    "<sorted>false</sorted><value><fullName>Open</fullName><default>true</default><label>Open</label></value>"
    "<value><fullName>Closed</fullName><default>false</default><label>Closed</label></value>"
    "</valueSetDefinition></valueSet>"
)

OBJECTS = {
    "Region__c": _object("Region"),
    "Site__c": _object("Site", sharing="ControlledByParent"),
    "Part__c": _object("Part", _NUMBERED.format("P"), "ControlledByParent"),
    "Tool__c": _object("Tool", _NUMBERED.format("T")),
    "Use__c": _object("Use", _NUMBERED.format("U"), "ControlledByParent"),
    "Visit__c": _object("Visit", sharing="ControlledByParent"),
}
FIELDS = {
    "Region__c.Code__c": _text(f"{_UNIQUE}<caseSensitive>false</caseSensitive>"),
    "Region__c.Sites__c": _summary("count", "Site__c.Region__c"),
    "Region__c.Total__c": _summary("sum", "Site__c.Region__c", "Site__c.Total__c"),
    "Site__c.Region__c": _detail("Region__c", "Sites"),
    "Site__c.Number__c": f"<type>Number</type><precision>6</precision><scale>0</scale>{_UNIQUE}",
    "Site__c.Parts__c": _summary("count", "Part__c.Site__c"),
    "Site__c.Total__c": _summary("sum", "Part__c.Site__c", "Part__c.Price__c"),
    "Site__c.Least__c": _summary("min", "Part__c.Site__c", "Part__c.Price__c"),
    "Site__c.Most__c": _summary("max", "Part__c.Site__c", "Part__c.Price__c"),
    "Site__c.Open__c": _summary("count", "Part__c.Site__c", "", _filter("Part__c.Status__c", "equals", "Open")),
    "Site__c.Dear__c": _summary(
        "sum", "Part__c.Site__c", "Part__c.Price__c", _filter("Part__c.Price__c", "greaterThan", "50")
    ),
    "Part__c.Site__c": _detail("Site__c", "Parts"),
    "Part__c.Price__c": _NUMBER,
    "Part__c.Status__c": _STATES,
    "Part__c.Key__c": _text(f"{_UNIQUE}<caseSensitive>true</caseSensitive>"),
    "Part__c.Near__c": _lookup("Region__c", "NearParts", "SetNull"),
    "Part__c.Tool__c": _lookup("Tool__c", "Parts", "Cascade"),
    "Part__c.Guard__c": _lookup("Tool__c", "GuardedParts", "Restrict"),
    "Part__c.Twice__c": _FORMULA.format("Price__c * 2", "Blank"),
    "Part__c.Share__c": _FORMULA.format("Site__r.Total__c - Price__c", "Zero"),
    "Tool__c.Serial__c": _text(f"{_UNIQUE}<caseSensitive>false</caseSensitive>"),
    "Tool__c.Parent__c": _lookup("Tool__c", "Tools", "SetNull"),
    "Tool__c.Uses__c": _summary("count", "Use__c.Tool__c"),
    "Use__c.Site__c": _detail("Site__c", "Uses"),
    "Use__c.Tool__c": _detail("Tool__c", "Uses", 1),
    "Use__c.Key__c": _text("<unique>true</unique><caseSensitive>false</caseSensitive>"),
    "Visit__c.Account__c": _detail("Account", "Visits"),
    "Visit__c.Contact__c": _lookup("Contact", "Visits", "SetNull"),
    "Visit__c.Cost__c": _NUMBER,
    "Account.Code__c": _text(f"{_UNIQUE}<caseSensitive>false</caseSensitive>"),
    "Account.Visits__c": _summary("count", "Visit__c.Account__c"),
    "Account.Spent__c": _summary("sum", "Visit__c.Account__c", "Visit__c.Cost__c"),
}
RULE = (
    "<fullName>Capped</fullName><active>true</active>"
    f"<errorConditionFormula>Total__c &gt; {CAP:.0f}</errorConditionFormula><errorMessage>Too dear</errorMessage>"
)


def write_schema(folder: Path) -> Path:
    """Write the sources into a folder and give it."""
    for name, text in OBJECTS.items():
        _write(folder / f"objects/{name}/{name}.object-meta.xml", text)
    for path, body in FIELDS.items():
        sobject, name = path.split(".")
        text = _xml("CustomField", f"<fullName>{name}</fullName><label>{name[:-3]}</label>{body}")
        _write(folder / f"objects/{sobject}/fields/{name}.field-meta.xml", text)
    _write(
        folder / "objects/Site__c/validationRules/Capped.validationRule-meta.xml",
        _xml("ValidationRule", RULE),
    )
    for name in ("Hand", "Power"):
        body = f"<fullName>{name}</fullName><active>true</active><label>{name}</label>"
        _write(folder / f"objects/Tool__c/recordTypes/{name}.recordType-meta.xml", _xml("RecordType", body))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Shape:
    """What an sObject holds: its own fields, and of the references which hold on to their parent.

    ``masters``: the record goes when its master goes. ``cascades``: a lookup that does the same. ``restricts``: a
    lookup that forbids its parent's delete. ``clears``: a lookup that is emptied. Each names its parent's sObject.
    """

    fields: tuple[str, ...]
    masters: tuple[tuple[str, str], ...] = ()
    cascades: tuple[tuple[str, str], ...] = ()
    restricts: tuple[tuple[str, str], ...] = ()
    clears: tuple[tuple[str, str], ...] = ()
    unique: tuple[str, ...] = ()
    unique_by_case: tuple[str, ...] = ()
    number: bool = False
    upsert_keys: tuple[str, ...] = ("Id",)

    @property
    def references(self) -> tuple[tuple[str, str], ...]:
        return (*self.masters, *self.cascades, *self.restricts, *self.clears)


SHAPES = {
    "Region__c": Shape(("Name", "Code__c", "Sites__c", "Total__c"), unique=("Code__c",), upsert_keys=("Id", "Code__c")),
    "Site__c": Shape(
        ("Name", "Number__c", "Parts__c", "Total__c", "Least__c", "Most__c", "Open__c", "Dear__c"),
        masters=(("Region__c", "Region__c"),),
        unique=("Number__c",),
        upsert_keys=("Id", "Number__c"),
    ),
    "Part__c": Shape(
        ("Name", "Price__c", "Status__c", "Key__c", "Twice__c", "Share__c"),
        masters=(("Site__c", "Site__c"),),
        cascades=(("Tool__c", "Tool__c"),),
        restricts=(("Guard__c", "Tool__c"),),
        clears=(("Near__c", "Region__c"),),
        unique_by_case=("Key__c",),
        number=True,
        upsert_keys=("Id", "Key__c"),
    ),
    "Tool__c": Shape(
        ("Name", "Serial__c", "Uses__c", "RecordTypeId"),
        clears=(("Parent__c", "Tool__c"),),
        unique=("Serial__c",),
        number=True,
        upsert_keys=("Id", "Serial__c"),
    ),
    "Use__c": Shape(
        ("Name", "Key__c"), masters=(("Site__c", "Site__c"), ("Tool__c", "Tool__c")), unique=("Key__c",), number=True
    ),
    "Account": Shape(
        ("Name", "Code__c", "Visits__c", "Spent__c", "MasterRecordId"),
        clears=(("ParentId", "Account"),),
        unique=("Code__c",),
        upsert_keys=("Id", "Code__c"),
    ),
    "Contact": Shape(
        ("LastName", "MasterRecordId"),
        cascades=(("AccountId", "Account"),),
        clears=(("ReportsToId", "Contact"),),
    ),
    "Visit__c": Shape(("Name", "Cost__c"), masters=(("Account__c", "Account"),), clears=(("Contact__c", "Contact"),)),
}
