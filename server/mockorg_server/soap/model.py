"""The spyne models of the contract: one class per type and header of the WSDL, and what a message is made of.

They are what spyne dispatches on, and what its interface holds. They are true to the contract in names, namespaces,
order, occurrence and nillability. Two things of the contract have no spyne model: the ``xsd:any`` that follows the
members of ``ens:sObject`` and ``tns:ExtendedErrorDetails`` (``Contract.types`` has it), and the base of the
enumeration ``fns:FaultCode``, a QName (its values are strings here). Bytes are not made from these classes: the codecs
of this package write them.

Every class is built at most once per ``Models``, when it is first asked for, with the types it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from spyne.model.binary import ByteArray
from spyne.model.complex import ComplexModel, ComplexModelMeta, SelfReference, TypeInfo
from spyne.model.primitive import AnyXml, Boolean, DateTime, Double, Integer32, Integer64, Unicode

from mockorg_server.soap.contract import NAMESPACE_OF_PREFIX, Contract, ContractError, Member, local_name

Model = Any
"""A spyne model class; spyne has no type information."""

XSD_MODELS: dict[str, Model] = {
    "xsd:string": Unicode,
    "xsd:boolean": Boolean,
    "xsd:int": Integer32,
    "xsd:long": Integer64,
    "xsd:double": Double,
    "xsd:dateTime": DateTime,
    "xsd:base64Binary": ByteArray,
    "xsd:anyType": AnyXml,
}
"""The XML Schema types that the partner contract uses; another one in a WSDL is a ``ContractError``."""


class Models:
    """The spyne model classes of one contract, built on demand. Hold one per contract: a class has one identity."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._types: dict[str, Model] = dict(XSD_MODELS)
        self._headers: dict[str, Model] = {}
        self._members: dict[tuple[str, int, int | None, bool], Model] = {}
        self._underway: set[str] = set()

    def type(self, name: str) -> Model:
        """Return the class of a type by its prefixed name (``tns:QueryResult``); ``ContractError`` if unknown."""
        known = self._types.get(name)
        if known is None:
            known = self._types[name] = self._build(name)
        return known

    def headers(self, names: Iterable[str]) -> tuple[Model, ...]:
        """Return the classes of headers by their bare names (``SessionHeader``), in the order given."""
        return tuple(self._header(f"tns:{name}") for name in names)

    def members(self, owner: str, members: Iterable[Member]) -> TypeInfo:
        """Return the member classes by name, in order, for a class named ``owner``; which may be one of them."""
        return TypeInfo([(member.name, self._member(owner, member)) for member in members])

    def _header(self, name: str) -> Model:
        known = self._headers.get(name)
        if known is None:
            own = self.members(name, self._contract.elements[name].members)
            known = self._headers[name] = _produce(name, own, None)
        return known

    def _build(self, name: str) -> Model:
        contract = self._contract
        if name in contract.enums:
            return _simple(name, values=contract.enums[name])
        if name in contract.simple_types:
            simple = contract.simple_types[name]
            length = {} if simple.length is None else {"min_len": simple.length, "max_len": simple.length}
            return _simple(name, **length, **({} if simple.pattern is None else {"pattern": simple.pattern}))
        if name not in contract.types:
            raise ContractError(f"{name} is not a type of the contract, nor one of XML Schema that it uses")
        if name in self._underway:
            raise ContractError(f"{name} contains itself through another type, which spyne models cannot say")
        self._underway.add(name)
        complex_type = contract.types[name]
        base = None if complex_type.extends is None else self.type(complex_type.extends)
        model = _produce(name, self.members(name, complex_type.members), base)
        self._underway.remove(name)
        return model

    def _member(self, owner: str, member: Member) -> Model:
        """Customize a type to a member's occurrence; members that say the same share one class."""
        if member.type == owner:
            return SelfReference.customize(**_occurrence(member))
        key = (member.type, member.min_occurs, member.max_occurs, member.nillable)
        known = self._members.get(key)
        if known is None:
            model = self.type(member.type)
            known = self._members[key] = model.customize(**_occurrence(member))
            # customize() of a restricted simple type drops its name and namespace
            known.__type_name__, known.__namespace__ = model.__type_name__, model.__namespace__
        return known


def _occurrence(member: Member) -> dict[str, Any]:
    most = Decimal("inf") if member.max_occurs is None else member.max_occurs
    return {"min_occurs": member.min_occurs, "max_occurs": most, "nillable": member.nillable}


def _produce(name: str, type_info: TypeInfo, base: Model | None) -> Model:
    prefix, _, local = name.partition(":")
    body = {
        "__module__": __name__,
        "__namespace__": NAMESPACE_OF_PREFIX[prefix],
        "__type_name__": local,
        "__extends__": base,
        "_type_info": type_info,
    }
    return ComplexModelMeta(local, (base or ComplexModel,), body)


def _simple(name: str, **facets: Any) -> Model:
    model = Unicode.customize(**facets)
    model.__type_name__, model.__namespace__ = local_name(name), NAMESPACE_OF_PREFIX[name.partition(":")[0]]
    model.__extends__ = Unicode
    return model
