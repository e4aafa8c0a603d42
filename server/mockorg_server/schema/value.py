"""The neutral value of a field: what a wire decodes to, the store keeps, and a wire encodes from.

One form per field type, chosen so that no room has to convert between two others:

=============================================  =========================================================
type                                           value
=============================================  =========================================================
string and its kin, picklist, multipicklist    ``str``, never empty (an empty string is null); ``A;B`` lists
id, reference                                  ``str`` of 18 characters
boolean                                        ``bool``
int, long                                      ``int``
double, currency, percent                      ``float``
date                                           ``'2026-01-31'``
datetime                                       ``'2026-01-31T12:00:00.000Z'`` (UTC, milliseconds)
time                                           ``'12:00:00.000Z'``
base64                                         ``str`` in base64
null                                           ``None``
=============================================  =========================================================

Rows that come from the store may carry a boolean as 0 or 1 (equal to, and hashed like, False and True).
Compound fields (address, location) have no value of their own; their parts are fields.
"""

Value = str | bool | int | float | None
