"""The members of a result class as the wires name them: the only place where Python case turns into theirs."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class UnreadableError(Exception):
    """An answer that is not what its call is answered with. The wire makes a ``TransportError`` of it."""


# Where the platform's own name does not follow from ours.
_WIRE_NAMES = types.MappingProxyType(
    {
        "child_sobject": "childSObject",
        "code": "statusCode",
        "org_attachment_file_size_limit_bytes": "orgAttachmentFileSizeLimit",
    }
)


@dataclass(frozen=True, slots=True)
class Member:
    """One member: ``kind`` is the type of a value (``object`` = taken as it comes), ``many`` tells a tuple of them."""

    attribute: str
    wire_name: str
    kind: type
    many: bool
    nullable: bool
    required: bool


@cache
def shape_of(cls: type) -> Mapping[str, Member]:
    """Give the members of a result dataclass by wire name; ``raw`` is not one of them."""
    hints = get_type_hints(cls)
    members = [
        _member(field.name, hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(cls)
        if field.name != "raw"
    ]
    return types.MappingProxyType({member.wire_name: member for member in members})


@cache
def keeps_raw(cls: type) -> bool:
    """Tell whether the class has a place for the members as the wire gave them."""
    return any(field.name == "raw" for field in fields(cls))


def _member(attribute: str, hint: Any, required: bool) -> Member:
    many = get_origin(hint) is tuple
    if many:
        hint = get_args(hint)[0]
    choices = set(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else {hint}
    nullable = type(None) in choices
    choices.discard(type(None))
    kind = choices.pop() if len(choices) == 1 else object
    return Member(attribute, wire_name(attribute), kind, many, nullable, required)


def wire_name(attribute: str) -> str:
    """``label_plural`` -> ``labelPlural``."""
    first, *others = attribute.split("_")
    return _WIRE_NAMES.get(attribute) or first + "".join(word.capitalize() for word in others)


def build(cls: type[T], raw: Mapping[str, Any], converters: Mapping[type, Callable[[Any], Any]]) -> T:
    """Build a result from its members by wire name; ``converters`` read the wire's form of each kind.

    ``UnreadableError`` when a member that must be there is not, or has not the form of its kind.
    """
    kind: type = cls
    values: dict[str, Any] = {"raw": raw} if keeps_raw(kind) else {}
    for name, member in shape_of(kind).items():
        value = raw.get(name)
        if member.many:
            values[member.attribute] = tuple(_convert(member, each, converters) for each in value or ())
        elif value is not None:
            values[member.attribute] = _convert(member, value, converters)
        elif member.required:
            if not member.nullable:
                raise UnreadableError(f"the answer's {cls.__name__} has no {name}")
            values[member.attribute] = None
    return cls(**values)


def _convert(member: Member, value: Any, converters: Mapping[type, Callable[[Any], Any]]) -> Any:
    if is_dataclass(member.kind):
        return build(member.kind, value or {}, converters)
    converter = converters.get(member.kind)
    if converter is None or isinstance(value, member.kind):
        return value
    try:
        return converter(value)
    except ValueError as error:
        raise UnreadableError(f"the answer's {member.wire_name} cannot be read: {error}") from error
