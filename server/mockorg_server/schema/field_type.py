"""The field types of the platform: the hinge on which every reader of the schema turns.

Each reader (SQL columns, SOAP text, SOQL literals, DML rules …) keeps one dict keyed by ``FieldType``, and a test
asserts that each such dict is total. The values are the names of the SOAP enum ``fieldType``.
"""

from enum import StrEnum


class FieldType(StrEnum):
    """A field type by its API name (SOAP API, enum fieldType)."""

    ADDRESS = "address"
    ANYTYPE = "anyType"
    BASE64 = "base64"
    BOOLEAN = "boolean"
    COMBOBOX = "combobox"
    COMPLEXVALUE = "complexvalue"
    CURRENCY = "currency"
    DATACATEGORYGROUPREFERENCE = "datacategorygroupreference"
    DATE = "date"
    DATETIME = "datetime"
    DOUBLE = "double"
    EMAIL = "email"
    ENCRYPTEDSTRING = "encryptedstring"
    ID = "id"
    INT = "int"
    JSON = "json"
    LOCATION = "location"
    LONG = "long"
    MULTIPICKLIST = "multipicklist"
    PERCENT = "percent"
    PHONE = "phone"
    PICKLIST = "picklist"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    TIME = "time"
    URL = "url"
