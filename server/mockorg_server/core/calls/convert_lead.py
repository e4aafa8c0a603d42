"""convertLead()."""

from __future__ import annotations

from dataclasses import replace

from mockorg_server.core.calls.operation import ConvertLead
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import conversion
from mockorg_server.core.error import OrgError
from mockorg_server.core.limit import MAX_LEAD_CONVERTS
from mockorg_server.core.record import LeadConvertResult


def convert_lead(context: CallContext, operation: ConvertLead) -> list[LeadConvertResult]:
    """Convert leads, each with its own result. Raises OrgError when there are too many."""
    if len(operation.converts) > MAX_LEAD_CONVERTS:
        # That there is a limit is documented, and its code; the text is mockorg's own.
        raise OrgError("EXCEEDED_ID_LIMIT", f"cannot convert more than {MAX_LEAD_CONVERTS} leads in one call")
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    return [conversion.convert_lead(context, each, operation.allow_field_truncation) for each in operation.converts]
