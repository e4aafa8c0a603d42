"""Workflow rules and approval processes. The mock's org has none, and says so in the platform's form."""

from __future__ import annotations

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.resource.record import sobject_of

_MAX_APPROVALS = 200


def rules(request: Request) -> Answer:
    """GET /process/rules: every active workflow rule."""
    request.run(op.GetServerTimestamp())
    return Answer({"rules": {}})


def sobject_rules(request: Request) -> Answer:
    """GET /process/rules/X: the rules of an object."""
    sobject_of(request)
    return rules(request)


def no_rule(request: Request) -> Answer:
    """Refuse a rule: there are none."""
    request.run(op.GetServerTimestamp())
    raise not_found()


def approvals(request: Request) -> Answer:
    """GET /process/approvals: every approval process."""
    request.run(op.GetServerTimestamp())
    return Answer({"approvals": {}})


def submit(request: Request) -> Answer:
    """POST /process/approvals: no process takes any of the records (the code is documented, the text from memory)."""
    requests = request.json_object().get("requests")
    if not isinstance(requests, list) or not requests or not all(isinstance(each, dict) for each in requests):
        raise RestError("JSON_PARSER_ERROR", "requests must be a list of objects")
    if len(requests) > _MAX_APPROVALS:
        raise RestError("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {_MAX_APPROVALS} records")
    request.run(op.GetServerTimestamp())
    return Answer([_refused(each.get("contextId")) for each in requests])


def _refused(context_id: object) -> dict[str, object]:
    error = {
        "fields": [],
        "message": "No applicable approval process was found.",
        "statusCode": "NO_APPLICABLE_PROCESS",
    }
    return {
        "actorIds": None,
        "entityId": context_id,
        "errors": [error],
        "instanceId": None,
        "instanceStatus": None,
        "newWorkitemIds": None,
        "success": False,
    }
