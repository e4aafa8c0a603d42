"""SOAP headers in: the ones that are acted on, and for every other one why it may be ignored or must be refused.

``HEADERS`` is the one table; every header of the contract is in it. Names are matched by their local part. A header
that is not in the table is ignored, as the platform does, unless it says ``mustUnderstand``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from mockorg_server.core.duplicate_result import NO_HEADER, DuplicateRuleHeader
from mockorg_server.core.error import OrgError
from mockorg_server.soap.envelope import MUST_UNDERSTAND, local_name, text_of
from mockorg_server.soap.fault import ClientFault
from mockorg_server.soap.value_reader import read_boolean, read_int


@dataclass(slots=True)
class CallHeaders:
    """What the headers of one request say. ``batch_size`` is as asked, not yet brought into its range."""

    session_id: str | None = None
    client: str | None = None
    batch_size: int | None = None
    all_or_none: bool = False
    allow_field_truncation: bool = False
    organization_id: str | None = None
    duplicate_rule: DuplicateRuleHeader = NO_HEADER


HeaderReader = Callable[[CallHeaders, etree._Element], None]


def read_headers(elements: Iterable[etree._Element]) -> CallHeaders:
    """Read the headers of a request.

    Raises ClientFault for a value that is not of its type or a header that must be understood and is not known, and
    OrgError for one that would change the answer in a way that is not built.
    """
    headers = CallHeaders()
    for element in elements:
        reader = HEADERS.get(local_name(element))
        if reader is not None:
            reader(headers, element)
        elif (element.get(MUST_UNDERSTAND) or "").strip() in {"1", "true"}:
            raise ClientFault(f"The header {local_name(element)} is not known", "MustUnderstand")
    return headers


def _values(element: etree._Element, name: str) -> list[str]:
    """Give the texts of the children of that name that say something."""
    return [text_of(child).strip() for child in element if local_name(child) == name and text_of(child).strip()]


def _value(element: etree._Element, name: str) -> str | None:
    return next(iter(_values(element, name)), None)


def _truth(element: etree._Element, name: str) -> bool:
    return any(read_boolean(text) for text in _values(element, name))


def _unsupported(what: str) -> OrgError:
    return OrgError("FUNCTIONALITY_NOT_ENABLED", f"mockorg does not support {what} yet")


def _session(headers: CallHeaders, element: etree._Element) -> None:
    headers.session_id = _value(element, "sessionId")


def _call_options(headers: CallHeaders, element: etree._Element) -> None:
    # defaultNamespace lets names of one managed package go without their prefix. It is not applied: a name that needs
    # it is refused as unknown, so nothing is answered wrongly.
    headers.client = _value(element, "client")


def _query_options(headers: CallHeaders, element: etree._Element) -> None:
    text = _value(element, "batchSize")
    headers.batch_size = None if text is None else read_int(text)


def _all_or_none(headers: CallHeaders, element: etree._Element) -> None:
    headers.all_or_none = _truth(element, "allOrNone")


def _allow_field_truncation(headers: CallHeaders, element: etree._Element) -> None:
    headers.allow_field_truncation = _truth(element, "allowFieldTruncation")


def _duplicate_rule(headers: CallHeaders, element: etree._Element) -> None:
    headers.duplicate_rule = DuplicateRuleHeader(
        _truth(element, "allowSave"), _truth(element, "includeRecordDetails"), _truth(element, "runAsCurrentUser")
    )


def _login_scope(headers: CallHeaders, element: etree._Element) -> None:
    headers.organization_id = _value(element, "organizationId")
    if _value(element, "portalId") is not None:
        raise _unsupported("LoginScopeHeader.portalId (logins of portal users)")


def _assignment_rule(_headers: CallHeaders, element: etree._Element) -> None:
    # useDefaultRule asks for the active rule, and this org has none; a rule named by its id would change the owner.
    if _value(element, "assignmentRuleId") is not None:
        raise _unsupported("AssignmentRuleHeader.assignmentRuleId (assignment rules)")
    _truth(element, "useDefaultRule")


def _locale_options(_headers: CallHeaders, element: etree._Element) -> None:
    language = _value(element, "language") or "en_US"
    if not language.replace("-", "_").lower().startswith("en"):
        raise _unsupported(f"LocaleOptions.language {language} (labels in other languages than English)")


def _owner_change(_headers: CallHeaders, element: etree._Element) -> None:
    for option in element:
        if _truth(option, "execute"):
            kind = _value(option, "type") or "without a type"
            raise _unsupported(f"OwnerChangeOptions {kind} (moving other records with their owner)")


def _user_territory_delete(_headers: CallHeaders, element: etree._Element) -> None:
    if _value(element, "transferToUserId") is not None:
        raise _unsupported("UserTerritoryDeleteHeader.transferToUserId (territories)")


def _of_no_effect(_headers: CallHeaders, _element: etree._Element) -> None:
    """Accept a header that changes no answer of this org."""


HEADERS: Mapping[str, HeaderReader] = {
    "AllOrNoneHeader": _all_or_none,
    "AllowFieldTruncationHeader": _allow_field_truncation,
    "AssignmentRuleHeader": _assignment_rule,
    "CallOptions": _call_options,
    "CurrencyConversionHeader": _of_no_effect,  # nothing is converted
    "DebuggingHeader": _of_no_effect,  # there is no Apex whose log could be sent back
    "DebuggingInfo": _of_no_effect,  # a header of replies
    "DisableFeedTrackingHeader": _of_no_effect,  # no change is tracked in feeds
    "DuplicateRuleHeader": _duplicate_rule,
    "EmailHeader": _of_no_effect,  # no call here sends mail
    "LimitInfoHeader": _of_no_effect,  # a header of replies
    "LocaleOptions": _locale_options,
    "LoginScopeHeader": _login_scope,
    "MruHeader": _of_no_effect,  # no list of recently used items is kept
    "OwnerChangeOptions": _owner_change,
    "PackageVersionHeader": _of_no_effect,  # no managed package is installed
    "QueryOptions": _query_options,
    "SessionHeader": _session,
    "StreamingEnabledHeader": _of_no_effect,  # no events are streamed
    "UserTerritoryDeleteHeader": _user_territory_delete,
}
"""What each header of the contract does. Sources: its page in the SOAP API guide, and what this org has."""
