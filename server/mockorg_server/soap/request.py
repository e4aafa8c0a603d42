"""The body of a request to a typed operation of the core: one decoder per operation that is built.

``DECODERS`` is the table; an operation of the contract that is not in it is not built yet. Parameters are matched by
their local name in any order; one that the operation does not have is refused, as the platform does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from lxml import etree

from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.limit import MAX_DML_RECORDS
from mockorg_server.core.record import InputRecord, LeadConvert, MergeRequest
from mockorg_server.soap.contract import OperationContract
from mockorg_server.soap.envelope import is_nil, local_name, text_of
from mockorg_server.soap.fault import ClientFault, invalid_element
from mockorg_server.soap.header import CallHeaders
from mockorg_server.soap.record_reader import RecordReaders
from mockorg_server.soap.value_reader import read_boolean, read_instant

ALIASES: Mapping[str, Mapping[str, str]] = {"delete": {"id": "ids"}, "merge": {"mergeRequests": "request"}}
"""Names that clients send beside the contract's: Beatbox and pyforce delete by ``id``, jsforce merges so."""

_NO_ALIASES: Mapping[str, str] = {}
_NAMELESS = re.compile(r"c-gensym[0-9]{1,9}")  # the name that SOAP::Lite gives to a parameter without one
_MAX_PARAMETERS = 20_000  # no call takes half as many ids


class Parameters:
    """The parameters of one request. Raises ClientFault for one that the operation does not have."""

    def __init__(self, body: etree._Element, contract: OperationContract, readers: RecordReaders) -> None:
        self._operation = contract.name
        self._readers = readers
        self._elements: dict[str, list[etree._Element]] = {member.name: [] for member in contract.input}
        aliases = ALIASES.get(contract.name, _NO_ALIASES)
        if len(body) > _MAX_PARAMETERS:
            raise ClientFault(f"{contract.name}() has more than {_MAX_PARAMETERS} parameters")
        for child in body:
            name = local_name(child)
            named = self._elements.get(aliases.get(name, name))
            if named is None and len(self._elements) == 1 and _NAMELESS.fullmatch(name):
                named = next(iter(self._elements.values()))  # so WWW::Salesforce sends its queries to real orgs
            if named is None:
                raise invalid_element(child.tag)
            named.append(child)

    def text(self, name: str) -> str:
        """Give the text of a required parameter, '' when it is nil. Raises ClientFault (text inferred)."""
        found = self._elements[name]
        if len(found) != 1:
            how_often = "is missing" if not found else "is given more than once"
            raise ClientFault(f"The parameter {name} of {self._operation}() {how_often}")
        if len(found[0]):
            raise invalid_element(found[0][0].tag)
        return text_of(found[0])

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the texts of a parameter that repeats."""
        found = self._elements[name]
        for element in found:
            if len(element):
                raise invalid_element(element[0].tag)
        return tuple(text_of(element).strip() for element in found)

    def instant(self, name: str) -> datetime:
        """Give a required xsd:dateTime as an aware instant in UTC."""
        return read_instant(self.text(name))

    def records(self, name: str) -> tuple[InputRecord, ...]:
        """Give the records of a parameter of type sObject."""
        # One more than any call takes is enough for the org to refuse them.
        return self._readers.read(self._elements[name][: MAX_DML_RECORDS + 1])

    def structures(self, name: str) -> tuple[Structure, ...]:
        """Give the elements of a parameter that repeats and has members of its own."""
        return tuple(Structure(element, self._readers) for element in self._elements[name][: MAX_DML_RECORDS + 1])


class Structure:
    """One value with members: a MergeRequest, a LeadConvert. Members that the contract does not know are ignored."""

    def __init__(self, element: etree._Element, readers: RecordReaders) -> None:
        self._readers = readers
        self._members: dict[str, list[etree._Element]] = {}
        for child in element:
            self._members.setdefault(local_name(child), []).append(child)

    def given(self) -> list[str]:
        """Name the members that hold something."""
        return [name for name in self._members if any(not is_nil(child) for child in self._members[name])]

    def elements(self, name: str) -> list[etree._Element]:
        """Give the elements of a member that are not nil."""
        return [child for child in self._members.get(name, ()) if not is_nil(child)]

    def text(self, name: str) -> str | None:
        """Give the text of a member, None when it is absent, nil or empty."""
        return next((text for text in self.texts(name) if text), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the texts of a member that repeats. Raises ClientFault for one with elements in it."""
        for element in self.elements(name):
            if len(element):
                raise invalid_element(element[0].tag)
        return tuple(text_of(element).strip() for element in self.elements(name))

    def truth(self, name: str) -> bool:
        """Give a boolean member, false when it is absent. Raises ClientFault."""
        text = self.text(name)
        return text is not None and read_boolean(text)

    def record(self, name: str) -> InputRecord:
        """Give the record of a required member. Raises ClientFault."""
        records = self._readers.read(self.elements(name))
        if len(records) != 1:
            raise ClientFault(f"There must be one {name}, not {len(records)}")
        return records[0]


Decoder = Callable[[Parameters, CallHeaders], op.Operation]


def not_built(what: str) -> OrgError:
    """Refuse what is not built, by name; the code is the one the platform has for what an org lacks."""
    return OrgError("FUNCTIONALITY_NOT_ENABLED", f"mockorg does not support {what} yet")


def decode(
    body: etree._Element, contract: OperationContract, headers: CallHeaders, readers: RecordReaders
) -> op.Operation:
    """Decode a request's body. Raises ClientFault, or OrgError for an operation that is not built."""
    decoder = DECODERS.get(contract.name)
    if decoder is None:
        raise not_built(f"{contract.name}()")
    return decoder(Parameters(body, contract, readers), headers)


def _login(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.Login(parameters.text("username"), parameters.text("password"))


def _describe_sobject(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.DescribeSObjects((parameters.text("sObjectType").strip(),))


def _describe_sobjects(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.DescribeSObjects(parameters.texts("sObjectType"))


def _query(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Query(parameters.text("queryString"), headers.batch_size)


def _query_all(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.QueryAll(parameters.text("queryString"), headers.batch_size)


def _query_more(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.QueryMore(parameters.text("queryLocator").strip(), headers.batch_size)


def _search(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.Search(parameters.text("searchString"))


def _retrieve(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    names = (name.strip() for name in parameters.text("fieldList").split(","))
    fields = tuple(name for name in names if name)
    return op.Retrieve(parameters.text("sObjectType").strip(), fields, parameters.texts("ids"))


def _get_updated(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.GetUpdated(
        parameters.text("sObjectType").strip(), parameters.instant("startDate"), parameters.instant("endDate")
    )


def _get_deleted(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.GetDeleted(
        parameters.text("sObjectType").strip(), parameters.instant("startDate"), parameters.instant("endDate")
    )


def _create(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Create(
        parameters.records("sObjects"), headers.all_or_none, headers.allow_field_truncation, headers.duplicate_rule
    )


def _update(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Update(
        parameters.records("sObjects"), headers.all_or_none, headers.allow_field_truncation, headers.duplicate_rule
    )


def _upsert(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Upsert(
        parameters.text("externalIDFieldName").strip(),
        parameters.records("sObjects"),
        headers.all_or_none,
        headers.allow_field_truncation,
        headers.duplicate_rule,
    )


def _delete(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Delete(parameters.texts("ids"), headers.all_or_none)


def _undelete(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Undelete(parameters.texts("ids"), headers.all_or_none)


def _empty_recycle_bin(parameters: Parameters, _headers: CallHeaders) -> op.Operation:
    return op.EmptyRecycleBin(parameters.texts("ids"))


def _merge(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.Merge(tuple(map(_merge_request, parameters.structures("request"))), headers.allow_field_truncation)


def _merge_request(structure: Structure) -> MergeRequest:
    if structure.elements("additionalInformationMap"):
        raise not_built("MergeRequest.additionalInformationMap (portal users)")
    return MergeRequest(structure.record("masterRecord"), structure.texts("recordToMergeIds"))


def _find_duplicates(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.FindDuplicates(parameters.records("sObjects"), headers.duplicate_rule)


def _find_duplicates_by_ids(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.FindDuplicatesByIds(parameters.texts("ids"), headers.duplicate_rule)


def _convert_lead(parameters: Parameters, headers: CallHeaders) -> op.Operation:
    return op.ConvertLead(
        tuple(map(_lead_convert, parameters.structures("leadConverts"))),
        headers.allow_field_truncation,
        headers.duplicate_rule,
    )


def _lead_convert(structure: Structure) -> LeadConvert:
    for name in structure.given():
        if name.endswith("Record") or name == "relatedPersonAccountId":
            raise not_built(f"LeadConvert.{name}")
    return LeadConvert(
        lead_id=structure.text("leadId") or "",
        converted_status=structure.text("convertedStatus") or "",
        account_id=structure.text("accountId"),
        contact_id=structure.text("contactId"),
        opportunity_id=structure.text("opportunityId"),
        opportunity_name=structure.text("opportunityName"),
        owner_id=structure.text("ownerId"),
        do_not_create_opportunity=structure.truth("doNotCreateOpportunity"),
        overwrite_lead_source=structure.truth("overwriteLeadSource"),
        send_notification_email=structure.truth("sendNotificationEmail"),
    )


DECODERS: Mapping[str, Decoder] = {
    "convertLead": _convert_lead,
    "create": _create,
    "delete": _delete,
    "describeGlobal": lambda _parameters, _headers: op.DescribeGlobal(),
    "describeSObject": _describe_sobject,
    "describeSObjects": _describe_sobjects,
    "emptyRecycleBin": _empty_recycle_bin,
    "findDuplicates": _find_duplicates,
    "findDuplicatesByIds": _find_duplicates_by_ids,
    "getDeleted": _get_deleted,
    "getServerTimestamp": lambda _parameters, _headers: op.GetServerTimestamp(),
    "getUpdated": _get_updated,
    "getUserInfo": lambda _parameters, _headers: op.GetUserInfo(),
    "login": _login,
    "logout": lambda _parameters, _headers: op.Logout(),
    "merge": _merge,
    "query": _query,
    "queryAll": _query_all,
    "queryMore": _query_more,
    "retrieve": _retrieve,
    "search": _search,
    "undelete": _undelete,
    "update": _update,
    "upsert": _upsert,
}
"""Decoder by operation name; ``ENCODERS`` in ``result_writer.py`` has the same names."""
