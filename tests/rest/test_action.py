"""Actions over REST: sendConversationMessages, listed, described and invoked."""

from .conftest import RestClient

SAMPLE = {
    "messageDefinitionName": "Notification",
    "requestType": "SendNotificationMessages",
    "isEnforceMessagingChannelConsent": True,
    "channelConsentType": "MessagingEndUser",
    "allowedSessionStatus": "Any",
    "messagingEndUserIds": "0PARM000000Lc3I,0PARM000000MZ3p",
    "messagingDefinitionInputParameters": [{"name": "custom_parameter_name", "textValue": "custom parameter value"}],
}
ADDRESS = "/actions/standard/sendConversationMessages"


def test_the_sample_of_the_documentation(at) -> None:
    rest = at("65.0")
    reply = rest(f"POST {ADDRESS}", {"inputs": [SAMPLE]})
    [result] = reply.value
    outputs = result.pop("outputValues")
    assert (reply.status, result) == (
        200,
        {"actionName": "sendConversationMessages", "errors": None, "isSuccess": True},
    )
    assert len(outputs["messageIdentifiers"].split(",")) == 2
    record = rest(f"GET /sobjects/ConvMessageSendRequest/{outputs['requestId']}").value
    assert (record["RequestStatus"], record["TotalMessageCount"], record["PendingMessageCount"]) == ("Pending", 2, 2)


def test_one_result_for_each_input(at) -> None:
    reply = at("65.0")(f"POST {ADDRESS}", {"inputs": [SAMPLE, SAMPLE | {"requestType": "x"}]})
    good, bad = reply.value
    assert (reply.status, good["isSuccess"], bad["isSuccess"], bad["outputValues"]) == (400, True, False, None)
    assert bad["errors"][0] == {
        "statusCode": "INVALID_API_INPUT",
        "message": "requestType must be one of SendNotificationMessages, not x",
        "fields": ["requestType"],
    }


def test_it_is_listed_and_described(at) -> None:
    rest = at("65.0")
    [entry] = rest("GET /actions/standard").value["actions"]
    assert (entry["name"], entry["url"]) == ("sendConversationMessages", f"/services/data/v65.0{ADDRESS}")
    described = rest(f"GET {ADDRESS}").value
    assert [each["name"] for each in described["inputs"] if each["required"]] == [
        "messageDefinitionName",
        "messagingEndUserIds",
        "requestType",
    ]
    names = {each["name"] for each in at("59.0")(f"GET {ADDRESS}").value["inputs"]}
    assert "channelConsentType" not in names
    assert rest("GET /actions").value["standard"] == "/services/data/v65.0/actions/standard"


def test_before_59_there_is_none(at) -> None:
    rest = at("58.0")
    for method in ("GET", "POST"):
        reply = rest(f"{method} {ADDRESS}", {"inputs": [SAMPLE]} if method == "POST" else None)
        assert (reply.status, reply.value[0]["errorCode"]) == (404, "NOT_FOUND")
    assert rest("GET /actions/standard").value == {"actions": []}


def test_inputs_that_are_none(rest: RestClient) -> None:
    for body in ({}, {"inputs": []}, {"inputs": "x"}, {"inputs": [1]}):
        reply = rest(f"POST {ADDRESS}", body)
        assert (reply.status, reply.value[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_xml(at) -> None:
    reply = at("65.0")(f"POST {ADDRESS}", {"inputs": [SAMPLE]}, Accept="application/xml")
    assert b"<isSuccess>true</isSuccess>" in reply.body
