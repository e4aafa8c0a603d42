"""The calls: what they take, what they give, what they refuse before anything is sent."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import mockorg

ID, OTHER_ID, CONTACT_ID = "001000000000001AAA", "001000000000002AAA", "003000000000001AAA"
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
SAVED = f"<result><id>{ID}</id><success>true</success></result>"
SCHEMA = {
    "Account": {"prefix": "001", "fields": {"Name": "string"}},
    "Contact": {
        "prefix": "003",
        "fields": {
            "AccountId": {"type": "reference", "relation": "Account", "to": ["Account"]},
            "OwnerId": {"type": "reference", "relation": "Owner", "to": ["Group", "User"]},
        },
    },
    "Keyless": {"fields": {}},
}


@pytest.fixture
def org(wire):
    wire.schema = SCHEMA
    return wire.connect()


def members(wire):
    """The members of the first record that was sent."""
    (record, *_) = (each for each in wire.sent[-1].operation if each.tag.endswith("sObjects"))
    return [(each.tag.partition("}")[2], each.text) for each in record]


def test_every_call_sends_the_session_and_accepts_gzip(wire, org):
    wire.result("getServerTimestamp", "<result><timestamp>2026-01-31T12:00:00.000Z</timestamp></result>")

    assert org.get_server_timestamp() == datetime(2026, 1, 31, 12, tzinfo=UTC)
    (sent,) = wire.sent
    assert sent.header("sessionId") == "TOKEN"
    assert sent.headers["SOAPAction"] == '""'
    assert sent.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert "gzip" in sent.headers["Accept-Encoding"]
    assert sent.headers["User-Agent"] == f"mockorg/{mockorg.__version__}"


def test_create_sends_values_by_their_type_and_nulls_as_fields_to_null(wire, org):
    wire.result("create", SAVED)

    results = org.create(
        "Account",
        [
            {
                "Name": "A & B",
                "Founded__c": date(1999, 12, 31),
                "Vip__c": True,
                "AnnualRevenue": 1.5,
                "Phone": None,
                "Fax": "",
            }
        ],
    )

    assert results == [mockorg.SaveResult(id=ID, success=True, created=True)]
    assert members(wire) == [
        ("type", "Account"),
        ("fieldsToNull", "Phone"),
        ("fieldsToNull", "Fax"),
        ("Name", "A & B"),
        ("Founded__c", "1999-12-31"),
        ("Vip__c", "true"),
        ("AnnualRevenue", "1.5"),
    ]


def test_update_names_its_record_by_id_in_any_case(wire, org):
    wire.result("update", SAVED)

    results = org.update("Account", [{"Name": "n", "id": ID}])

    assert results == [mockorg.SaveResult(id=ID, success=True, created=False)]
    assert members(wire) == [("type", "Account"), ("Id", ID), ("Name", "n")]


def test_a_record_that_was_read_can_be_written_back(wire, org):
    wire.result("update", SAVED)

    org.update("Account", [mockorg.Record("Account", {"Id": ID, "Name": "n"})])

    assert members(wire) == [("type", "Account"), ("Id", ID), ("Name", "n")]


def test_upsert_names_the_external_id_field(wire, org):
    wire.result("upsert", SAVED.replace("<result>", "<result><created>true</created>"))

    results = org.upsert("Account", "Ext__c", [{"Ext__c": "x"}])

    assert results == [mockorg.SaveResult(id=ID, success=True, created=True)]
    assert wire.sent[0].texts("externalIDFieldName") == ["Ext__c"]


def test_a_failed_record_has_errors_and_raises_nothing(wire, org):
    wire.result(
        "create",
        "<result><errors><fields>Name</fields><fields>Fax</fields><message>m</message><statusCode>REQUIRED_FIELD_MISSING"
        '</statusCode></errors><id xsi:nil="true"/><success>false</success></result>' + SAVED,
    )

    failed, saved = org.create("Account", [{}, {"Name": "n"}])

    assert failed.errors == (mockorg.RecordError("REQUIRED_FIELD_MISSING", "m", ("Name", "Fax")),)
    assert (failed.id, failed.success, failed.created) == (None, False, False)
    assert saved.success


@pytest.mark.parametrize("call", ["create", "update", "upsert", "delete"])
def test_all_or_none_is_asked_for_by_a_header(wire, org, call):
    created = "<created>true</created>" if call == "upsert" else ""
    arguments = {
        "create": ["Account", [{}]],
        "update": ["Account", [{}]],
        "upsert": ["Account", "Ext__c", [{}]],
        "delete": [[ID]],
    }[call]
    for _ in range(2):
        wire.result(call, SAVED.replace("<result>", f"<result>{created}"))

    getattr(org, call)(*arguments)
    getattr(org, call)(*arguments, all_or_none=True)

    assert [each.header("allOrNone") for each in wire.sent] == [None, "true"]


def test_a_parent_is_named_by_an_external_id_and_its_sobject_looked_up(wire, org):
    wire.result("create", SAVED)

    org.create("contact", [{"LastName": "l", "Account": {"Ext__c": 7}}])

    assert wire.calls() == ["describeSObjects", "create"]
    (reference,) = wire.sent[-1].operation.iter("{*}Account")
    assert [(each.tag.partition("}")[2], each.text) for each in reference] == [("type", "Account"), ("Ext__c", "7")]


def test_a_parent_of_several_sobjects_is_named_with_its_type(wire, org):
    wire.result("create", SAVED)

    org.create("Contact", [{"Owner": {"type": "User", "Ext__c": "x"}}])

    (reference,) = wire.sent[-1].operation.iter("{*}Owner")
    assert [each.text for each in reference] == ["User", "x"]
    with pytest.raises(ValueError, match="Owner of Contact may be any of Group, User: name its 'type'"):
        org.create("Contact", [{"Owner": {"Ext__c": "x"}}])


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"type": "x"}, "record 0: 'type' is the API's own"),
        ({"fieldsToNull": "x"}, "'fieldsToNull' is the API's own"),
        ({"No such name": "x"}, "'No such name' is not a field name"),
        ({7: "x"}, "7 is not a field name"),
        ({"Name": object()}, "record 0, Name: no field takes a value of type object"),
        ({"Name": float("nan")}, "record 0, Name: not a number that a field can hold"),
        ({"Name": datetime(2026, 1, 31)}, "record 0, Name: a naive datetime"),
        ({"Name": "\0"}, r"record 0, Name: the character '\\x00' cannot be sent"),
        ({"Contacts": mockorg.QueryResult(0, True, None, ())}, "children cannot be written"),
        ({"Account": {}}, "exactly one external id"),
        ({"Account": {"A__c": 1, "B__c": 2}}, "exactly one external id"),
        ({"Account": {"A__c": None}}, "exactly one external id"),
        ({"Nope": {"A__c": "x"}}, "Nope of Contact is not one of its parents"),
        ("Name", "record 0: a record must be a mapping"),
    ],
    ids=str,
)
def test_a_record_that_cannot_be_sent_is_refused_before_anything_is_sent(wire, org, record, message):
    with pytest.raises((ValueError, TypeError), match=message):
        org.create("Contact", [record])

    assert set(wire.calls()) <= {"describeSObjects"}


@pytest.mark.parametrize(
    "call",
    [
        lambda org: org.create("Account", {"Name": "n"}),
        lambda org: org.create("Account", "Name"),
        lambda org: org.delete(ID),
        lambda org: org.delete("Account", ID),
        lambda org: org.delete([ID], [ID]),
        lambda org: org.delete([7]),
        lambda org: org.retrieve("Account", ID, ["Id"]),
        lambda org: org.retrieve("Account", [ID], "Id"),
        lambda org: org.describe_sobjects("Account"),
    ],
)
def test_one_text_where_a_list_belongs_is_refused(wire, org, call):
    with pytest.raises(TypeError, match="must be"):
        call(org)

    assert wire.sent == []


def test_delete_takes_ids_of_any_sobjects(wire, org):
    wire.result("delete", SAVED + SAVED)

    results = org.delete([ID, CONTACT_ID])

    assert results == [mockorg.DeleteResult(id=ID, success=True)] * 2
    assert wire.calls() == ["delete"]
    assert wire.sent[0].texts("ids") == [ID, CONTACT_ID]


def test_delete_with_an_sobject_refuses_ids_of_others(wire, org):
    with pytest.raises(ValueError, match=f"not of account, whose ids begin with 001: {CONTACT_ID}"):
        org.delete("account", [ID, CONTACT_ID])

    assert wire.calls() == ["describeSObjects"]


@pytest.mark.parametrize(("sobject", "ids"), [("Account", [ID]), ("Account", ["no id"]), ("Keyless", [ID])])
def test_delete_with_an_sobject_leaves_all_else_to_the_org(wire, org, sobject, ids):
    wire.result("delete", SAVED)

    org.delete(sobject, ids)

    assert wire.sent[-1].texts("ids") == ids


def test_retrieve_keeps_the_order_and_gives_none_for_what_is_absent(wire, org):
    found = f"<sf:type>Account</sf:type><sf:Id>{OTHER_ID}</sf:Id><sf:Name>n</sf:Name>"
    wire.result("retrieve", f'<result xsi:nil="true"/><result xsi:type="sf:sObject">{found}</result>')

    records = org.retrieve("Account", [ID, OTHER_ID], fields=["Id", "Name"])

    assert records == [None, mockorg.Record("Account", {"Id": OTHER_ID, "Name": "n"})]
    assert wire.sent[0].texts("fieldList") == ["Id,Name"]
    assert wire.sent[0].texts("ids") == [ID, OTHER_ID]


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("retrieve", lambda org: org.retrieve("Account", [ID, OTHER_ID], ["Id"])),
        ("create", lambda org: org.create("Account", [{}, {}])),
        ("delete", lambda org: org.delete([ID, OTHER_ID])),
        ("describeSObjects", lambda org: org.describe_sobjects(["Account", "Contact"])),
    ],
)
def test_an_answer_of_the_wrong_length_is_refused(wire, operation, call):
    wire.result(operation, SAVED)

    with pytest.raises(mockorg.TransportError, match="1 results where there must be 2"):
        call(wire.connect())


def test_windows_are_sent_in_utc(wire, org):
    wire.result("getUpdated", "<result><latestDateCovered>2026-01-31T00:00:00.000Z</latestDateCovered></result>")
    zone = timezone(timedelta(hours=2))

    result = org.get_updated("Account", START.astimezone(zone), END)

    assert result == mockorg.GetUpdatedResult(ids=(), latest_date_covered=END)
    assert wire.sent[0].texts("startDate") == ["2026-01-01T00:00:00.000Z"]


@pytest.mark.parametrize("call", ["get_updated", "get_deleted"])
@pytest.mark.parametrize(
    "naive", [(START.replace(tzinfo=None), END), (START, END.replace(tzinfo=None))], ids=["start", "end"]
)
def test_a_naive_datetime_is_refused(wire, org, call, naive):
    with pytest.raises(ValueError, match="a naive datetime has no place in time"):
        getattr(org, call)("Account", *naive)

    assert wire.sent == []


def test_logout_answers_nothing(wire, org):
    wire.answer(
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
        "<e:Body><logoutResponse/></e:Body></e:Envelope>"
    )

    assert org.logout() is None


def test_the_api_usage_is_that_of_the_last_answer_that_told_it(wire, org):
    limit = "<current>7</current><limit>15000</limit><type>API REQUESTS</type>"
    told = f"<LimitInfoHeader><limitInfo>{limit}</limitInfo></LimitInfoHeader>"
    envelope = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">{}<e:Body><logoutResponse/></e:Body></e:Envelope>'
    wire.answer(envelope.format(f"<e:Header>{told}</e:Header>"))
    wire.answer(envelope.format(""))

    assert org.api_usage is None
    org.logout()
    org.logout()
    assert org.api_usage == mockorg.ApiUsage(current=7, limit=15000)
