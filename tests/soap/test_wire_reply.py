"""Replies: the bytes of recorded ones, made from results of the core, and every form that a record can take.

Recorded replies that their publishers indented are compared without the white space between elements.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.result import (
    DeletedRecord,
    GetDeletedResult,
    GetUpdatedResult,
    LoginResult,
    UserInfo,
)
from mockorg_server.core.error import RowError
from mockorg_server.core.record import QueryResult, RecordGroup, RetrieveResult, SaveResult, SearchResult
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    ChildRows,
    CompoundMember,
    FieldMember,
    ParentMember,
    RecordShape,
    Row,
    TypeofMember,
)

from .wire_client import WireClient, envelope

RECORDED = Path(__file__).parents[1] / "recorded" / "soap"
ID, STRING = FieldType.ID, FieldType.STRING
QUERY = "<query><queryString>SELECT …</queryString></query>"
START = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"'
)


def shape(name: str, *members: tuple[str, FieldType]) -> RecordShape:
    return RecordShape(name, tuple(FieldMember(field, kind, place) for place, (field, kind) in enumerate(members)))


def recorded(name: str) -> str:
    """A recorded reply, without what its publisher put between elements or before the envelope."""
    text = (RECORDED / name).read_text(encoding="utf-8")
    return re.sub(r">\s+<", "><", text[text.index("<soapenv:Envelope") :]).strip()


def answered(result: object, body: str, version: str = "60.0") -> str:
    wire = WireClient(result)
    text = wire.post(envelope(body), version).text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ')
    return text[text.index("<soapenv:Envelope") :]


def content_of(result: object, body: str, version: int = 60) -> str:
    """What stands in the response element of a reply that the strict reader accepts."""
    wire = WireClient(result)
    assert wire.call(body, version=version).fault is None
    text = wire.post(envelope(body), f"{version}.0").text
    found = re.search(r"<soapenv:Body><\w+Response>(.*)</\w+Response></soapenv:Body>", text, re.DOTALL)
    assert found is not None
    return found[1]


def without_header(text: str) -> str:
    return re.sub(r"<soapenv:Header>.*</soapenv:Header>", "", text)


def same_namespaces(text: str) -> str:
    """The envelope's tag with its namespaces sorted: publishers and servers declare them in any order."""
    tag = text[: text.index(">")]
    return " ".join(sorted(tag.split())) + text[len(tag) :]


ROWS = [("0BXBXBXBXBXcvhDAAR", "FooBar Homer"), ("00ACACACACACAC0AAO", "BazQux Simpson")]


def test_a_query_is_answered_byte_for_byte_as_recorded() -> None:
    result = QueryResult(shape("Contact", ("Id", ID), ("Name", STRING)), ROWS, 2, done=True)

    assert answered(result, QUERY) == recorded("misc/query_partner_with_limitinfo.xml")


def test_records_without_id_and_with_a_parent_are_as_recorded() -> None:
    account = RecordShape("Account", (FieldMember("Name", STRING, 1),), key_index=0)
    contact = RecordShape(
        "Contact",
        (
            ParentMember("Account", account, id_index=0),
            FieldMember("FirstName", STRING, 2),
            FieldMember("LastName", STRING, 3),
        ),
        key_index=None,
    )
    result = QueryResult(contact, [("001000000000001AAA", "Unknown", None, "Administrator")], 1, done=True)
    body = "<queryAll><queryString>SELECT …</queryString></queryAll>"

    assert without_header(answered(result, body)) == recorded("misc/query_partner_nested_no_id.xml")


ADDRESS_PARTS = (
    "latitude", "longitude", "city", "country", "countryCode", "geocodeAccuracy", "postalCode", "state", "stateCode",
    "street",
)  # fmt: skip


def place(name: str, kind: FieldType, *parts: str) -> CompoundMember:
    """A compound member with these parts, whose values are the row in order."""
    members = (
        FieldMember(part, FieldType.DOUBLE if part.endswith("tude") else STRING, index)
        for index, part in enumerate(parts)
    )
    return CompoundMember(name, kind, tuple(members))


def test_an_address_is_as_recorded() -> None:
    member = place("BillingAddress", FieldType.ADDRESS, *ADDRESS_PARTS)
    row = (-37.98953058101774, 145.1901729167909, "keysborough", "Australia", "AU", "Block", "3173", "Victoria", "VIC")
    result = QueryResult(RecordShape("Account", (member,)), [(*row, "364cambriard")], 1, done=True)
    (address,) = re.findall("<sf:BillingAddress .*</sf:BillingAddress>", recorded("misc/query_partner_address.xml"))

    assert address in content_of(result, QUERY)


@pytest.mark.parametrize(
    ("member", "row", "content"),
    [
        (place("A", FieldType.ADDRESS, "city"), (None,), '<sf:A xsi:nil="true"/>'),
        (
            place("A", FieldType.ADDRESS, "street", "city"),
            ("<1>", None),
            '<sf:A xsi:type="address">'
            + "".join(f'<{name} xsi:nil="true"/>' for name in ADDRESS_PARTS[:-1])
            + "<street>&lt;1&gt;</street></sf:A>",
        ),
        (
            place("L", FieldType.LOCATION, "latitude", "longitude"),
            (0.0, -1.5),
            '<sf:L xsi:type="location"><latitude>0.0</latitude><longitude>-1.5</longitude></sf:L>',
        ),
        (
            place("L", FieldType.LOCATION, "latitude", "longitude"),
            (0.0, None),
            '<sf:L xsi:type="location"><latitude>0.0</latitude><longitude xsi:nil="true"/></sf:L>',
        ),
        (place("L", FieldType.LOCATION, "latitude", "longitude"), (None, None), '<sf:L xsi:nil="true"/>'),
    ],
)
def test_a_compound_value_has_every_member_of_the_contract(member: CompoundMember, row: Row, content: str) -> None:
    result = QueryResult(RecordShape("Account", (member,)), [row], 1, done=True)

    assert f"<sf:type>Account</sf:type>{NIL}{content}</records>" in content_of(result, QUERY)


NIL = '<sf:Id xsi:nil="true"/>'


@pytest.mark.parametrize(
    ("row", "content"),
    [
        (
            ("001000000000001AAA", "555", None, None, None, None),
            f"<sf:type>Account</sf:type>{NIL}<sf:Phone>555</sf:Phone>",
        ),
        (
            (None, None, "500000000000001AAA", "500000000000001AAA", "Case", "00001"),
            "<sf:type>Case</sf:type><sf:Id>500000000000001AAA</sf:Id><sf:Name>00001</sf:Name>"
            "<sf:Id>500000000000001AAA</sf:Id>",
        ),
        ((None, None, None, None, None, None), None),
    ],
)
def test_typeof_shows_the_first_branch_that_is_there(row: Row, content: str | None) -> None:
    account = RecordShape("Account", (FieldMember("Phone", FieldType.PHONE, 1),), key_index=0)
    other = RecordShape("Name", (FieldMember("Name", STRING, 5), FieldMember("Id", ID, 3)), key_index=3, type_index=4)
    what = TypeofMember("What", (ParentMember("What", account, 0), ParentMember("What", other, 2)))
    result = QueryResult(RecordShape("Task", (what,), key_index=None), [row], 1, done=True)
    shown = '<sf:What xsi:nil="true"/>' if content is None else f'<sf:What xsi:type="sf:sObject">{content}</sf:What>'

    assert f"<sf:type>Task</sf:type>{NIL}{shown}</records>" in content_of(result, QUERY)


SAVED = [SaveResult("006A000000LbiizIAB")]
NO_ACCESS = RowError(
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id"
)
OPPORTUNITIES = QueryResult(
    shape("Opportunity", ("Id", ID), ("Name", STRING), ("StageName", STRING)),
    [
        ("006A000000LZhwNIAT", "Opportunity 1", "Prospecting"),
        ("006A000000LaF4xIAF", "Opportunity 2", "Value Proposition"),
    ],
    2,
    done=True,
)


@pytest.mark.parametrize(
    ("name", "result", "body"),
    [
        ("update_response.xml", SAVED, "<update/>"),
        ("delete_response.xml", SAVED, "<delete/>"),
        ("create_response_failure.xml", [SaveResult(None, (NO_ACCESS,))], "<create/>"),
        ("update_response_failure.xml", [SaveResult(None, (NO_ACCESS,))], "<update/>"),
        (
            "delete_response_failure.xml",
            [SaveResult(None, (RowError("MALFORMED_ID", "bad id 006i000004DAKd"),))],
            "<delete/>",
        ),
        (
            "upsert_response.xml",
            [SaveResult("006A000000LbiizIAB", created=True), *SAVED],
            "<upsert><externalIDFieldName>X__c</externalIDFieldName></upsert>",
        ),
        ("query_response.xml", OPPORTUNITIES, QUERY),
        ("query_all_response.xml", OPPORTUNITIES, "<queryAll><queryString>x</queryString></queryAll>"),
        ("query_more_response.xml", OPPORTUNITIES, "<queryMore><queryLocator>x</queryLocator></queryMore>"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith(".xml") else "",
)
def test_results_are_as_recorded(name: str, result: object, body: str) -> None:
    """These were recorded at 28.0, before replies told the org's API usage."""
    assert same_namespaces(without_header(answered(result, body))) == same_namespaces(recorded(f"soapforce/{name}"))


def test_get_updated_is_as_recorded() -> None:
    result = GetUpdatedResult(("0012x000007RVCcAAO", "0012x000007RVD1AAO"), datetime(2020, 6, 30, 5, 5, tzinfo=UTC))

    answer = answered(result, replication("getUpdated")).replace("22092", "66").replace("64000", "15000")

    assert answer == recorded("misc/getUpdated_v30.xml")


def test_get_deleted_is_as_recorded() -> None:
    result = GetDeletedResult(
        (DeletedRecord("0012x000007RqnHAAS", datetime(2020, 6, 18, 4, 10, 20, tzinfo=UTC)),),
        datetime(2020, 4, 27, 13, 43, tzinfo=UTC),
        datetime(2020, 6, 30, 5, 5, tzinfo=UTC),
    )

    answer = answered(result, replication("getDeleted")).replace("22092", "55").replace("64000", "15000")

    assert answer == recorded("misc/getDeleted_v30.xml")


def replication(name: str) -> str:
    window = "<startDate>2020-06-15T05:05:53Z</startDate><endDate>2020-06-30T05:05:53Z</endDate>"
    return f"<{name}><sObjectType>Account</sObjectType>{window}</{name}>"


def user_info(**changes: Any) -> UserInfo:
    facts: dict[str, Any] = {
        "user_id": "005A000000AAAAAIAY",
        "user_name": "john.doe@email.com",
        "user_email": "john.doe@email.com",
        "user_full_name": "John Doe",
        "user_language": "en_US",
        "user_locale": "en_US",
        "user_time_zone": "America/Panama",
        "user_type": "Standard",
        "user_ui_skin": "Theme3",
        "user_default_currency_iso_code": None,
        "profile_id": "00eA0000000AAAAAA2",
        "role_id": None,
        "organization_id": "00DA0000000YpZ4MAK",
        "organization_name": "Developer",
        "organization_multi_currency": False,
        "org_default_currency_iso_code": "USD",
        "org_default_currency_locale": "en_US",
        "org_has_person_accounts": False,
        "org_disallow_html_attachments": False,
        "org_attachment_file_size_limit_bytes": 5242880,
        "currency_symbol": "$",
        "accessibility_mode": False,
        "chatter_external": False,
        "session_seconds_valid": 7200,
    }
    return UserInfo(**(facts | changes))


LOGIN = "<login><username>u</username><password>p</password></login>"
TOKEN = (
    "00DA0000000YpZ4!ARAAQEH.613sgjdpLDPsev9EBTxM0PMhEzbaCE505DYFCSm8tBkdDBl.NFsmPEISjp7Ccd.t9BTTFa1DRmtbxkikZPI8FqDj"
)


def login_result(info: UserInfo) -> LoginResult:
    return LoginResult(
        session_id=TOKEN,
        user_id="005A000000AAAAAIAY",
        organization_id="00DA0000000YpZ4MAK",
        password_expired=False,
        sandbox=False,
        user_info=info,
    )


def test_login_is_as_recorded_and_names_this_server() -> None:
    expected = recorded("soapforce/login_response.xml").replace("https://na7.salesforce.com", "http://localhost:8800")

    assert answered(login_result(user_info()), LOGIN, "31.0") == expected.replace("28.0", "31.0")


def test_get_user_info_is_as_recorded() -> None:
    user_id = "005A000000AAAAAIAY"  # the recording's own was cut short by hand, which no real reply is
    info = user_info(user_id=user_id, user_email="johndoe@email.com", profile_id="00eA0000000AAAAIA2")

    expected = recorded("soapforce/get_user_info_response.xml").replace("005A000000AAAAY", user_id)
    assert without_header(answered(info, "<getUserInfo/>", "31.0")) == expected


@pytest.mark.parametrize(
    ("version", "locale", "chatter"), [(31, False, False), (38, True, False), (47, True, True), (60, True, True)]
)
def test_newer_members_are_not_sent_to_older_versions(version: int, locale: bool, chatter: bool) -> None:
    for result, body in [(user_info(), "<getUserInfo/>"), (login_result(user_info()), LOGIN)]:
        content = content_of(result, body, version)
        assert ("<orgDefaultCurrencyLocale>" in content) is locale
        assert ("<chatterExternal>" in content) is chatter


def test_the_login_url_is_the_one_the_caller_used() -> None:
    wire = WireClient(login_result(user_info()))

    over_tls = wire.post(envelope(LOGIN), "59.0", HTTP_HOST="org.example:8443", **{"wsgi.url_scheme": "https"}).text
    odd = wire.post(envelope(LOGIN), HTTP_HOST='x"><evil/>').text

    assert "<serverUrl>https://org.example:8443/services/Soap/u/59.0/00DA0000000YpZ4</serverUrl>" in over_tls
    assert "<serverUrl>http://127.0.0.1:8800/services/Soap/u/60.0/00DA0000000YpZ4</serverUrl>" in odd


def test_logout_and_empty_lists_are_empty_elements() -> None:
    assert "<soapenv:Body><logoutResponse/></soapenv:Body>" in answered(None, "<logout/>")
    assert "<soapenv:Body><createResponse/></soapenv:Body>" in answered([], "<create/>")
    assert f"{START}><soapenv:Header>" in '<?xml version="1.0" encoding="UTF-8"?>' + answered([], "<create/>")


def test_the_time_is_in_utc_with_milliseconds() -> None:
    now = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)

    assert (
        content_of(now, "<getServerTimestamp/>") == "<result><timestamp>2026-01-31T12:00:00.123Z</timestamp></result>"
    )


def test_errors_name_their_fields() -> None:
    errors = (RowError("REQUIRED_FIELD_MISSING", "Required fields are missing: [A & B]", ("A", "B")), NO_ACCESS)

    content = content_of([SaveResult("001000000000001AAA", errors)], "<update/>")

    assert content == (
        "<result><errors><fields>A</fields><fields>B</fields>"
        "<message>Required fields are missing: [A &amp; B]</message>"
        "<statusCode>REQUIRED_FIELD_MISSING</statusCode></errors>"
        "<errors><message>insufficient access rights on cross-reference id</message>"
        "<statusCode>INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY</statusCode></errors>"
        "<id>001000000000001AAA</id><success>false</success></result>"
    )


def records_of(query: QueryResult) -> str:
    content = content_of(query, QUERY)
    assert content.startswith('<result xsi:type="QueryResult"><done>')
    return content[content.index("<records") : content.rindex("<size>")] if "<records" in content else ""


EVERY_FORM = [
    ("Text__c", STRING, "O'Brien & <b>", "O&apos;Brien &amp; &lt;b&gt;"),
    ("Int__c", FieldType.INT, 12, "12"),
    ("Long__c", FieldType.LONG, 2**40, "1099511627776"),
    ("Double__c", FieldType.DOUBLE, 12.0, "12.0"),
    ("Money__c", FieldType.CURRENCY, 99213206.0, "9.9213206E7"),
    ("Percent__c", FieldType.PERCENT, 0.5, "0.5"),
    ("Yes__c", FieldType.BOOLEAN, 1, "true"),
    ("No__c", FieldType.BOOLEAN, False, "false"),
    ("Date__c", FieldType.DATE, "2026-01-31", "2026-01-31"),
    ("Instant__c", FieldType.DATETIME, "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"),
    ("Time__c", FieldType.TIME, "12:30:15.000Z", "12:30:15.000Z"),
    ("Body__c", FieldType.BASE64, "aGVsbG8=", "aGVsbG8="),
    ("List__c", FieldType.MULTIPICKLIST, "A;B", "A;B"),
    ("Ref__c", FieldType.REFERENCE, "001000000000001AAA", "001000000000001AAA"),
]


@pytest.mark.parametrize(("name", "kind", "value", "text"), EVERY_FORM)
def test_a_value_is_plain_text_and_null_is_nil(name: str, kind: FieldType, value: Any, text: str) -> None:
    result = QueryResult(shape("Thing__c", (name, kind)), [(value,), (None,)], 2, done=True)
    begin = '<records xsi:type="sf:sObject"><sf:type>Thing__c</sf:type><sf:Id xsi:nil="true"/>'

    assert records_of(result) == (
        f'{begin}<sf:{name}>{text}</sf:{name}></records>{begin}<sf:{name} xsi:nil="true"/></records>'
    )


def test_every_field_type_that_has_values_was_tried() -> None:
    alike = {
        *(kind for _, kind, _, _ in EVERY_FORM),
        *(FieldType.ADDRESS, FieldType.LOCATION, FieldType.COMPLEXVALUE),  # have no value of their own
        *(FieldType.ANYTYPE, FieldType.COMBOBOX, FieldType.DATACATEGORYGROUPREFERENCE, FieldType.EMAIL),
        *(FieldType.ENCRYPTEDSTRING, FieldType.ID, FieldType.JSON, FieldType.PHONE, FieldType.PICKLIST),
        *(FieldType.TEXTAREA, FieldType.URL),  # texts like STRING
    }
    assert alike == set(FieldType)


def test_a_selected_id_stands_in_its_slot_and_in_its_place() -> None:
    result = QueryResult(shape("Account", ("Name", STRING), ("Id", ID)), [("Acme", "001000000000001AAA")], 1, done=True)

    assert records_of(result) == (
        '<records xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id>001000000000001AAA</sf:Id>'
        "<sf:Name>Acme</sf:Name><sf:Id>001000000000001AAA</sf:Id></records>"
    )


PARENT = RecordShape("Account", (FieldMember("Id", ID, 1), FieldMember("Name", STRING, 2)), key_index=1)


def test_a_parent_is_a_record_and_a_null_parent_is_nil() -> None:
    contact = RecordShape("Contact", (ParentMember("Account", PARENT, id_index=1),))
    rows = [("003000000000001AAA", "001000000000001AAA", None), ("003000000000002AAA", None, None)]

    assert records_of(QueryResult(contact, rows, 2, done=True)) == (
        '<records xsi:type="sf:sObject"><sf:type>Contact</sf:type><sf:Id xsi:nil="true"/>'
        '<sf:Account xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id>001000000000001AAA</sf:Id>'
        '<sf:Id>001000000000001AAA</sf:Id><sf:Name xsi:nil="true"/></sf:Account></records>'
        '<records xsi:type="sf:sObject"><sf:type>Contact</sf:type><sf:Id xsi:nil="true"/>'
        '<sf:Account xsi:nil="true"/></records>'
    )


def test_children_are_a_query_result_and_no_children_are_nil() -> None:
    child = RecordShape("Contact", (FieldMember("LastName", STRING, 0),), key_index=None)
    account = RecordShape("Account", (ChildrenMember("Contacts", child, 1),))
    rows = [
        ("001000000000001AAA", ChildRows([("Doe",), ("Roe",)], 2)),
        ("001000000000002AAA", ChildRows([("Poe",)], 9, done=False, query_locator="0r8000000000001AAA-1")),
        ("001000000000003AAA", None),
    ]

    content = records_of(QueryResult(account, rows, 3, done=True))

    begin = '<sf:type>Account</sf:type><sf:Id xsi:nil="true"/>'
    contact = '<records xsi:type="sf:sObject"><sf:type>Contact</sf:type><sf:Id xsi:nil="true"/><sf:LastName>'
    assert content == (
        f'<records xsi:type="sf:sObject">{begin}<sf:Contacts xsi:type="QueryResult"><done>true</done>'
        f'<queryLocator xsi:nil="true"/>{contact}Doe</sf:LastName></records>{contact}Roe</sf:LastName></records>'
        "<size>2</size></sf:Contacts></records>"
        f'<records xsi:type="sf:sObject">{begin}<sf:Contacts xsi:type="QueryResult"><done>false</done>'
        f"<queryLocator>0r8000000000001AAA-1</queryLocator>{contact}Poe</sf:LastName></records>"
        "<size>9</size></sf:Contacts></records>"
        f'<records xsi:type="sf:sObject">{begin}<sf:Contacts xsi:nil="true"/></records>'
    )


def test_aggregates_carry_their_types() -> None:
    members = shape(
        "AggregateResult",
        ("expr0", FieldType.INT),
        ("total", FieldType.CURRENCY),
        ("Name", STRING),
        ("Id", ID),
        ("last", FieldType.DATETIME),
        ("none", FieldType.DOUBLE),
    )
    row = (5, 12.0, "A&B", "001000000000001AAA", "2026-01-31T12:00:00.000Z", None)

    assert records_of(QueryResult(members, [row], 1, done=True)) == (
        '<records xsi:type="sf:sObject"><sf:type>AggregateResult</sf:type><sf:Id xsi:nil="true"/>'
        '<sf:expr0 xsi:type="xsd:int">5</sf:expr0><sf:total xsi:type="xsd:double">12.0</sf:total>'
        '<sf:Name xsi:type="xsd:string">A&amp;B</sf:Name><sf:Id xsi:type="xsd:string">001000000000001AAA</sf:Id>'
        '<sf:last xsi:type="xsd:dateTime">2026-01-31T12:00:00.000Z</sf:last><sf:none xsi:nil="true"/></records>'
    )


def test_a_count_is_a_size_without_records() -> None:
    assert content_of(QueryResult(None, (), 17, done=True), QUERY) == (
        '<result xsi:type="QueryResult"><done>true</done><queryLocator xsi:nil="true"/><size>17</size></result>'
    )


def test_a_page_has_a_locator_and_the_size_of_all() -> None:
    page = QueryResult(shape("Account", ("Id", ID)), [], 4000, done=False, query_locator="0r8000000000001AAA-2000")

    assert content_of(page, QUERY) == (
        '<result xsi:type="QueryResult"><done>false</done><queryLocator>0r8000000000001AAA-2000</queryLocator>'
        "<size>4000</size></result>"
    )


def test_retrieve_keeps_a_nil_in_the_place_of_what_is_not_there() -> None:
    result = RetrieveResult(shape("Account", ("Id", ID), ("Name", STRING)), [("001000000000001AAA", "Acme"), None])
    body = "<retrieve><fieldList>Id,Name</fieldList><sObjectType>Account</sObjectType></retrieve>"

    assert content_of(result, body) == (
        '<result xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id>001000000000001AAA</sf:Id>'
        '<sf:Id>001000000000001AAA</sf:Id><sf:Name>Acme</sf:Name></result><result xsi:nil="true"/>'
    )


def test_shapes_that_differ_only_in_identity_do_not_mix() -> None:
    """Writers are kept by the identity of shapes, many more than are kept at a time."""
    wire = WireClient()
    for number in range(1200):
        wire.org.result = QueryResult(shape("Account", (f"F{number}__c", STRING)), [("x",)], 1, done=True)
        assert f"<sf:F{number}__c>x</sf:F{number}__c>" in wire.post(envelope(QUERY)).text


SEARCH = "<search><searchString>FIND {x}</searchString></search>"


def test_a_search_is_as_recorded() -> None:
    rows = [("0016F00002SN7qiQAD", "GenePoint")]
    result = SearchResult((RecordGroup(shape("Account", ("Id", ID), ("Name", STRING)), rows),))

    text = without_header(answered(result, SEARCH, "48.0"))

    assert same_namespaces(text) == same_namespaces(recorded("misc/search_v48.xml"))


def test_what_a_search_finds_stands_object_by_object() -> None:
    contacts = RecordGroup(shape("Contact", ("Id", ID)), [("003000000000001AAA",), ("003000000000002AAA",)])
    accounts = RecordGroup(RecordShape("Account", (FieldMember("Name", STRING, 1),)), [("001000000000001AAA", "A&B")])

    content = content_of(SearchResult((contacts, accounts)), SEARCH)

    found = re.findall(r"<searchRecords><record xsi:type=\"sf:sObject\">(.*?)</record></searchRecords>", content)
    assert found == [
        "<sf:type>Contact</sf:type><sf:Id>003000000000001AAA</sf:Id><sf:Id>003000000000001AAA</sf:Id>",
        "<sf:type>Contact</sf:type><sf:Id>003000000000002AAA</sf:Id><sf:Id>003000000000002AAA</sf:Id>",
        '<sf:type>Account</sf:type><sf:Id xsi:nil="true"/><sf:Name>A&amp;B</sf:Name>',
    ]


@pytest.mark.parametrize(
    ("version", "content"), [(31, "<result></result>"), (60, "<result><queryId></queryId></result>")]
)
def test_a_search_that_finds_nothing(version: int, content: str) -> None:
    assert content_of(SearchResult(()), SEARCH, version) == content
