"""Objects of the Tooling API: those of the org's schema that the Tooling API has too, under its own address."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import not_found
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.resource import describe, record

_MAX_BATCH_SIZE: Final = 200
NAMES: Final = frozenset(
    {
        *("ApexClass", "ApexComponent", "ApexLog", "ApexPage", "ApexTestQueueItem", "ApexTestResult"),
        *("ApexTestRunResult", "ApexTrigger", "AsyncApexJob", "AuraDefinition", "AuraDefinitionBundle"),
        *("BusinessProcess", "CronTrigger", "DuplicateRule", "EmailTemplate", "EntityDefinition", "EntityParticle"),
        *("FieldDefinition", "FlowDefinitionView", "Group", "MatchingRule", "OwnerChangeOptionInfo", "PermissionSet"),
        *("PermissionSetGroup", "Profile", "Publisher", "QueueRoutingConfig", "RecordType", "RelationshipDomain"),
        *("RelationshipInfo", "SearchLayout", "StaticResource", "TabDefinition", "User", "UserEntityAccess"),
        *("UserFieldAccess", "UserRole", "WebLink"),
    }
)
"""Objects of the Tooling API (its object reference) that an org's schema may have."""


def describe_global(request: Request) -> Answer:
    """GET /tooling/sobjects."""
    outlines = [each for each in request.run(op.DescribeGlobal()).sobjects if each.name in NAMES]
    root = f"{request.root}/tooling"
    listed = json.dumps([request.tools.describes.basic(each, root) for each in outlines], ensure_ascii=False)
    return Answer(Encoded(f'{{"encoding":"UTF-8","maxBatchSize":{_MAX_BATCH_SIZE},"sobjects":{listed}}}'))


def _as_tooling(handler: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """Make a resource of the data API one of the Tooling API: another address, and its own objects only."""

    def handle(request: Request) -> Answer:
        name = request.path["sobject"].lower()
        if not any(name == known.lower() for known in NAMES):
            raise not_found()
        return handler(replace(request, root=f"{request.root}/tooling"))

    return handle


basic = _as_tooling(describe.basic)
describe_sobject = _as_tooling(describe.describe)
create = _as_tooling(record.create)
read = _as_tooling(record.read)
update = _as_tooling(record.update)
delete = _as_tooling(record.delete)
