"""Compound fields (address, location): which fields are their parts, and what the parts are called inside.

Members and their order are those of the partner WSDL's types ``location`` and ``address``. Describe tells the parts by
``compoundFieldName``.
"""

from __future__ import annotations

from typing import Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject

_LOCATION: Final = ("latitude", "longitude")
MEMBERS: Final[dict[FieldType, tuple[str, ...]]] = {
    FieldType.LOCATION: _LOCATION,
    FieldType.ADDRESS: (
        *_LOCATION, "city", "country", "countryCode", "geocodeAccuracy", "postalCode", "state", "stateCode", "street",
    ),
}  # fmt: skip
"""The members of a compound value by the field's type, in the order of the contract."""


def parts_of(sobject: SObject, compound: Field) -> dict[str, Field]:
    """Give the fields behind a compound field by member name, in the order of the contract.

    A member that the sObject has no field for (``stateCode`` of an org without state picklists) is left out. Where
    describe names no parts at all (SurveyResponse.Location), they are the fields of the members' own names (inferred).
    """
    fields = [field for field in sobject.fields if field.compound_field_name == compound.name]
    found: dict[str, Field] = {}
    for member in MEMBERS[compound.type]:
        part = next((field for field in fields if _stem(field).endswith(member.lower())), None)
        part = part or (None if fields else sobject.field(member))
        if part is not None:
            found[member] = part
    return found


def _stem(field: Field) -> str:
    """Give the name without the suffix of a custom field's part (``Site__Latitude__s``), in lower case."""
    return field.name.lower().removesuffix("__s")
