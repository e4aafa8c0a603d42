"""Results of the core to the content of a response element: one encoder per operation that is built.

Forms recorded from real orgs; the order of members is the contract's. ``ENCODERS`` is the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mockorg_server.core.calls.result import (
    DescribeGlobalResult,
    GetDeletedResult,
    GetUpdatedResult,
    LoginResult,
)
from mockorg_server.core.clock import text_of
from mockorg_server.core.duplicate_result import FindDuplicatesResult
from mockorg_server.core.error import RowError
from mockorg_server.core.record import (
    LeadConvertResult,
    MergeResult,
    QueryResult,
    RecordGroup,
    RetrieveResult,
    SaveResult,
    SearchResult,
)
from mockorg_server.schema.sobject import SObject
from mockorg_server.soap.contract import Contract
from mockorg_server.soap.describe_writer import DescribeWriter
from mockorg_server.soap.duplicate_writer import DUPLICATE_ERROR_SINCE, duplicate_result
from mockorg_server.soap.exchange import Exchange
from mockorg_server.soap.member_version import MEMBER_SINCE, is_shown
from mockorg_server.soap.record_writer import RecordWriter, RecordWriters, query_result
from mockorg_server.soap.text import boolean_text, escaped
from mockorg_server.soap.type_writer import Getters, TypeWriter

USER_INFO_MEMBERS: Getters = {
    "accessibilityMode": lambda info: info.accessibility_mode,
    "chatterExternal": lambda info: info.chatter_external,
    "currencySymbol": lambda info: info.currency_symbol,
    "orgAttachmentFileSizeLimit": lambda info: info.org_attachment_file_size_limit_bytes,
    "orgDefaultCurrencyIsoCode": lambda info: info.org_default_currency_iso_code,
    "orgDefaultCurrencyLocale": lambda info: info.org_default_currency_locale,
    "orgDisallowHtmlAttachments": lambda info: info.org_disallow_html_attachments,
    "orgHasPersonAccounts": lambda info: info.org_has_person_accounts,
    "organizationId": lambda info: info.organization_id,
    "organizationMultiCurrency": lambda info: info.organization_multi_currency,
    "organizationName": lambda info: info.organization_name,
    "profileId": lambda info: info.profile_id,
    "roleId": lambda info: info.role_id,
    "sessionSecondsValid": lambda info: info.session_seconds_valid,
    "userDefaultCurrencyIsoCode": lambda info: info.user_default_currency_iso_code,
    "userEmail": lambda info: info.user_email,
    "userFullName": lambda info: info.user_full_name,
    "userId": lambda info: info.user_id,
    "userLanguage": lambda info: info.user_language,
    "userLocale": lambda info: info.user_locale,
    "userName": lambda info: info.user_name,
    "userTimeZone": lambda info: info.user_time_zone,
    "userType": lambda info: info.user_type,
    "userUiSkin": lambda info: info.user_ui_skin,
}

_GENERATIONS = sorted({0, *(since for members in MEMBER_SINCE.values() for since in members.values())})
NIL_ID = '<id xsi:nil="true"/>'
QUERY_ID = "<queryId></queryId>"
"""Required by the contract, which strict clients hold a reply to. What it names is the platform's own; here nothing."""


class ResultWriter:
    """Writes results as one generation of API versions has them; versions of one generation share a writer."""

    def __init__(self, contract: Contract, version: int, records: RecordWriters) -> None:
        self.describes = DescribeWriter(contract, version)
        self.user_info = TypeWriter(contract, "tns:GetUserInfoResult", USER_INFO_MEMBERS, version)
        self.records = records
        self.query_id = QUERY_ID if is_shown("tns:SearchResult", "queryId", version) else ""

    def content(self, operation_name: str, result: object, exchange: Exchange) -> str:
        """Write what stands inside the response element of an operation."""
        return ENCODERS[operation_name](self, result, exchange)


class ResultWriters:
    """The result writers of one contract, made on first use."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._records = RecordWriters()
        self._writers: dict[int, ResultWriter] = {}

    def of(self, version: int) -> ResultWriter:
        """Give the writer of an API version."""
        generation = max(since for since in _GENERATIONS if since <= version)
        writer = self._writers.get(generation)
        if writer is None:
            writer = self._writers[generation] = ResultWriter(self._contract, generation, self._records)
        return writer


Encoder = Callable[[ResultWriter, Any, Exchange], str]


def _login(writer: ResultWriter, result: LoginResult, exchange: Exchange) -> str:
    # Both addresses carry the org's id of 15 characters (recorded).
    service = f"{escaped(exchange.base_url)}/services/Soap"
    place = f"{exchange.version}.0/{result.organization_id[:15]}"
    return (
        f"<result><metadataServerUrl>{service}/m/{place}</metadataServerUrl>"
        f"<passwordExpired>{boolean_text(result.password_expired)}</passwordExpired>"
        f"<sandbox>{boolean_text(result.sandbox)}</sandbox>"
        f"<serverUrl>{service}/u/{place}</serverUrl>"
        f"<sessionId>{escaped(result.session_id)}</sessionId><userId>{result.user_id}</userId>"
        f"<userInfo>{writer.user_info.content(result.user_info)}</userInfo></result>"
    )


def _logout(_writer: ResultWriter, _result: None, _exchange: Exchange) -> str:
    return ""


def _get_user_info(writer: ResultWriter, result: object, _exchange: Exchange) -> str:
    return writer.user_info.element("result", result)


def _get_server_timestamp(_writer: ResultWriter, result: datetime, _exchange: Exchange) -> str:
    return f"<result><timestamp>{text_of(result)}</timestamp></result>"


def _describe_global(writer: ResultWriter, result: DescribeGlobalResult, _exchange: Exchange) -> str:
    sobjects = writer.describes.sobjects(result.sobjects)
    return (
        f"<result><encoding>{result.encoding}</encoding><maxBatchSize>{result.max_batch_size}</maxBatchSize>"
        f"{sobjects}</result>"
    )


def _describe_sobjects(writer: ResultWriter, result: Sequence[SObject], exchange: Exchange) -> str:
    described = [writer.describes.describe(sobject, exchange.base_url) for sobject in result]
    return "".join([f"<result>{content}</result>" for content in described])


def _query(writer: ResultWriter, result: QueryResult, _exchange: Exchange) -> str:
    records = "" if result.shape is None else writer.records.of(result.shape).records(result.rows)
    page = query_result(result.done, result.query_locator, records, result.size)
    return f'<result xsi:type="QueryResult">{page}</result>'


def _search(writer: ResultWriter, result: SearchResult, _exchange: Exchange) -> str:
    return f"<result>{writer.query_id}{''.join([_found(writer, group) for group in result.groups])}</result>"


def _found(writer: ResultWriter, group: RecordGroup) -> str:
    content = writer.records.of(group.shape).content
    start, end = '<searchRecords><record xsi:type="sf:sObject">', "</record></searchRecords>"
    return "".join([f"{start}{content(row)}{end}" for row in group.rows])


def _retrieve(_writer: ResultWriter, result: RetrieveResult, _exchange: Exchange) -> str:
    # An id that gives no record keeps its place with a nil (that it does is documented, the form inferred).
    content = RecordWriter(result.shape).content
    return "".join(
        [
            '<result xsi:nil="true"/>' if row is None else f'<result xsi:type="sf:sObject">{content(row)}</result>'
            for row in result.rows
        ]
    )


def _get_updated(_writer: ResultWriter, result: GetUpdatedResult, _exchange: Exchange) -> str:
    ids = "".join([f"<ids>{record_id}</ids>" for record_id in result.ids])
    return f"<result>{ids}<latestDateCovered>{text_of(result.latest_date_covered)}</latestDateCovered></result>"


def _get_deleted(_writer: ResultWriter, result: GetDeletedResult, _exchange: Exchange) -> str:
    records = "".join(
        [
            f"<deletedRecords><deletedDate>{text_of(record.deleted_date)}</deletedDate><id>{record.id}</id>"
            "</deletedRecords>"
            for record in result.deleted_records
        ]
    )
    return (
        f"<result>{records}<earliestDateAvailable>{text_of(result.earliest_date_available)}</earliestDateAvailable>"
        f"<latestDateCovered>{text_of(result.latest_date_covered)}</latestDateCovered></result>"
    )


def _error(error: RowError, version: int) -> str:
    fields = "".join([f"<fields>{escaped(name)}</fields>" for name in error.fields])
    told = f"{fields}<message>{escaped(error.message)}</message><statusCode>{error.code}</statusCode>"
    if error.duplicate is None or version < DUPLICATE_ERROR_SINCE:
        return f"<errors>{told}</errors>"
    result = duplicate_result("duplicateResult", error.duplicate)
    return f'<errors xsi:type="DuplicateError">{told}{result}</errors>'


def _errors(errors: Sequence[RowError], exchange: Exchange) -> str:
    return "".join([_error(each, exchange.version) for each in errors])


def _saved(result: SaveResult, exchange: Exchange) -> str:
    if result.success:
        return f"<id>{result.id}</id><success>true</success></result>"
    record_id = NIL_ID if result.id is None else f"<id>{result.id}</id>"
    return f"{_errors(result.errors, exchange)}{record_id}<success>false</success></result>"


def _save(_writer: ResultWriter, results: Sequence[SaveResult], exchange: Exchange) -> str:
    return "".join([f"<result>{_saved(result, exchange)}" for result in results])


def _upsert(_writer: ResultWriter, results: Sequence[SaveResult], exchange: Exchange) -> str:
    return "".join(
        [f"<result><created>{boolean_text(result.created)}</created>{_saved(result, exchange)}" for result in results]
    )


def _id(name: str, record_id: str | None) -> str:
    return f'<{name} xsi:nil="true"/>' if record_id is None else f"<{name}>{record_id}</{name}>"


def _merged(result: MergeResult, exchange: Exchange) -> str:
    merged = "".join([_id("mergedRecordIds", each) for each in result.merged_record_ids])
    updated = "".join([_id("updatedRelatedIds", each) for each in result.updated_related_ids])
    errors, success = _errors(result.errors, exchange), boolean_text(result.success)
    return f"<result>{errors}{_id('id', result.id)}{merged}<success>{success}</success>{updated}</result>"


def _merge(_writer: ResultWriter, results: Sequence[MergeResult], exchange: Exchange) -> str:
    return "".join([_merged(result, exchange) for result in results])


def _converted(result: LeadConvertResult, exchange: Exchange) -> str:
    errors, success = _errors(result.errors, exchange), boolean_text(result.success)
    return (
        f"<result>{_id('accountId', result.account_id)}{_id('contactId', result.contact_id)}{errors}"
        f"{_id('leadId', result.lead_id)}{_id('opportunityId', result.opportunity_id)}"
        f"<success>{success}</success></result>"
    )


def _find_duplicates(_writer: ResultWriter, results: Sequence[FindDuplicatesResult], exchange: Exchange) -> str:
    return "".join([_duplicates_found(result, exchange) for result in results])


def _duplicates_found(result: FindDuplicatesResult, exchange: Exchange) -> str:
    found = "".join([duplicate_result("duplicateResults", each) for each in result.duplicate_results])
    success = boolean_text(not result.errors)
    return f"<result>{found}{_errors(result.errors, exchange)}<success>{success}</success></result>"


def _convert_lead(_writer: ResultWriter, results: Sequence[LeadConvertResult], exchange: Exchange) -> str:
    return "".join([_converted(result, exchange) for result in results])


ENCODERS: Mapping[str, Encoder] = {
    "convertLead": _convert_lead,
    "create": _save,
    "delete": _save,
    "describeGlobal": _describe_global,
    "describeSObject": _describe_sobjects,
    "describeSObjects": _describe_sobjects,
    "emptyRecycleBin": _save,
    "findDuplicates": _find_duplicates,
    "findDuplicatesByIds": _find_duplicates,
    "getDeleted": _get_deleted,
    "getServerTimestamp": _get_server_timestamp,
    "getUpdated": _get_updated,
    "getUserInfo": _get_user_info,
    "login": _login,
    "logout": _logout,
    "merge": _merge,
    "query": _query,
    "queryAll": _query,
    "queryMore": _query,
    "retrieve": _retrieve,
    "search": _search,
    "undelete": _save,
    "update": _save,
    "upsert": _upsert,
}
"""Encoder by operation name; ``DECODERS`` in ``request.py`` has the same names."""
