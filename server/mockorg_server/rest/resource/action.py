"""Invocable actions: which there are, how they are called, and calling them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.calls.result import ActionResult
from mockorg_server.core.messaging.invocation import INPUTS, ActionInput
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Request

_OUTPUTS: Final = (
    ActionInput("messageIdentifiers", "Message Identifiers", "An identifier for each recipient.", "STRING"),
    ActionInput("requestId", "Request ID", "The Id of the ConvMessageSendRequest.", "STRING"),
)


@dataclass(frozen=True, slots=True)
class Action:
    """A standard action: its operation takes the inputs. ``needs`` is the sObject without which there is no action."""

    name: str
    label: str
    description: str
    type: str
    operation: Callable[[tuple[Mapping[str, Any], ...]], Operation]
    inputs: tuple[ActionInput, ...]
    outputs: tuple[ActionInput, ...]
    since: int
    needs: str


STANDARD: Final[Mapping[str, Action]] = {
    "sendConversationMessages": Action(
        "sendConversationMessages",
        "Send Conversation Messages",
        "Send a messaging component to messaging end users.",
        "SENDCONVERSATIONMESSAGES",
        op.SendConversationMessages,
        INPUTS,
        _OUTPUTS,
        59,
        "ConvMessageSendRequest",
    )
}


def kinds(request: Request) -> Answer:
    """GET /actions."""
    return Answer({"standard": f"{request.root}/actions/standard", "custom": f"{request.root}/actions/custom"})


def standard(request: Request) -> Answer:
    """GET /actions/standard: the actions that the version has."""
    shown = [action for action in STANDARD.values() if _is_there(request, action)]
    return Answer({"actions": [_entry(request, action) for action in shown]})


def custom(request: Request) -> Answer:
    """GET /actions/custom: the kinds of custom actions, of which the mock has none."""
    names = ("apex", "flow", "quickAction", "emailAlert", "generatePromptResponse")
    return Answer({name: f"{request.root}/actions/custom/{name}" for name in names})


def describe(request: Request) -> Answer:
    """GET /actions/standard/name: what an action takes and gives."""
    action = _action(request)
    inputs = [_parameter(each, with_use=True) for each in action.inputs if each.since <= request.version]
    return Answer(
        {
            "description": action.description,
            "inputs": inputs,
            "label": action.label,
            "name": action.name,
            "outputs": [_parameter(each, with_use=False) for each in action.outputs],
            "standard": True,
            "targetEntityName": None,
            "type": action.type,
        }
    )


def invoke(request: Request) -> Answer:
    """POST /actions/standard/name: one result for each input; 400 when one of them is refused."""
    action = _action(request)
    body = request.json_object()
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(each, dict) for each in inputs):
        raise RestError("JSON_PARSER_ERROR", "inputs must be a list of objects")
    results: list[ActionResult] = request.run(action.operation(tuple(inputs)))
    values = [_result(action, result) for result in results]
    return Answer(values, 200 if all(result.success for result in results) else 400)


def _action(request: Request) -> Action:
    action = STANDARD.get(request.path["name"])
    if action is None or not _is_there(request, action):
        raise not_found()
    return action


def _is_there(request: Request, action: Action) -> bool:
    return request.version >= action.since and request.org.schema.latest.sobject(action.needs) is not None


def _entry(request: Request, action: Action) -> dict[str, object]:
    url = f"{request.root}/actions/standard/{action.name}"
    return {"label": action.label, "name": action.name, "type": action.type, "url": url}


def _parameter(entry: ActionInput, with_use: bool) -> dict[str, object]:
    value: dict[str, object] = {
        "description": entry.description,
        "label": entry.label,
        "maxOccurs": entry.max_occurs,
        "name": entry.name,
        "picklistValues": None,
        "type": entry.type,
    }
    if with_use:
        value |= {"byteLength": entry.byte_length, "required": entry.required, "sobjectType": entry.sobject_type}
    return dict(sorted(value.items()))


def _result(action: Action, result: ActionResult) -> dict[str, object]:
    errors = [{"statusCode": each.code, "message": each.message, "fields": list(each.fields)} for each in result.errors]
    return {
        "actionName": action.name,
        "errors": errors or None,
        "isSuccess": result.success,
        "outputValues": dict(result.outputs) if result.outputs is not None else None,
    }
