"""Binds ``DISTANCE(field, GEOLOCATION(latitude, longitude), unit)``: which fields have a place, and in which units."""

from __future__ import annotations

from mockorg_server.schema.compound import MEMBERS, parts_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value
from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.literal import DISTANCE_RULE, Converter, LiteralError, to_double, to_text
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import DistanceTo, Ref
from mockorg_server.soql.refusal import malformed
from mockorg_server.soql.scope import Scope
from mockorg_server.soql.where_binder import Subject

# The Earth's mean radius (IUGG). The SOQL reference promises the haversine formula within 0.0002 %, not a radius.
RADII = {"km": 6371.0088, "mi": 3958.7613}


def bind_distance(expression: syntax.Distance, scope: Scope, parameters: ParameterList) -> Subject:
    """Give what the call stands for. Raises SoqlError."""
    path = expression.path
    column = scope.column(path)
    name = column.field.name
    if column.field.type not in MEMBERS:
        malformed(f"field {name} does not support the function DISTANCE", scope, path.position)
    parts = parts_of(column.node.sobject, column.field)
    if not {"latitude", "longitude"} <= set(parts):
        raise unsupported(f"DISTANCE() of {name}, which has no latitude and longitude,")
    slot = column.ref.slot
    distance = DistanceTo(
        Ref(slot, parts["latitude"]),
        Ref(slot, parts["longitude"]),
        parameters.literal(expression.latitude, _to_degrees(90), expression.latitude.position),
        parameters.literal(expression.longitude, _to_degrees(180), expression.longitude.position),
        parameters.literal(expression.unit, to_radius, expression.unit.position),
    )
    return Subject(distance, FieldType.DOUBLE, f"DISTANCE({path.text})", expression.position, DISTANCE_RULE)


def to_radius(text: str) -> Value:
    """Convert a quoted unit to the Earth's radius in it. The unit's case does not count, nor do spaces around it."""
    unit = str(to_text(text))
    radius = RADII.get(unit.strip().lower())
    if radius is None:
        raise LiteralError("MALFORMED_QUERY", f"the unit of DISTANCE must be 'mi' or 'km', not '{unit}'")
    return radius


def _to_degrees(most: int) -> Converter:
    def degrees(text: str) -> Value:
        number = to_double(text)
        if abs(number) > most:
            raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"degrees outside the valid range: {text}")
        return number

    return degrees
