"""The calls that end, revive, join and convert records, as methods of the client. How a call runs is the client's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TypeVar

from mockorg import _call as calls
from mockorg._duplicate import DuplicateRuleHeader
from mockorg._result import DeleteResult, LeadConvertResult, MergeResult

R = TypeVar("R")


class RecordLife(ABC):
    """Part of ``Client``."""

    @abstractmethod
    def _run(self, call: calls.Call[R], url: str | None = None) -> R: ...

    @abstractmethod
    def _records(self, sobject: str, records: Iterable[Mapping[str, object]]) -> tuple[calls.InputRecord, ...]: ...

    def undelete(self, ids: Iterable[str], *, all_or_none: bool = False) -> list[DeleteResult]:
        """Bring up to 200 records back from the recycle bin, with what their deletion took along."""
        return self._run(calls.Undelete(id_texts(ids, "ids"), all_or_none))

    def empty_recycle_bin(self, ids: Iterable[str]) -> list[DeleteResult]:
        """Take up to 200 deleted records out of the recycle bin for good; name none that went along with another."""
        return self._run(calls.EmptyRecycleBin(id_texts(ids, "ids")))

    def merge(self, sobject: str, master: Mapping[str, object], ids: Iterable[str]) -> MergeResult:
        """Merge one or two records, ``ids``, into the one that ``master`` names by its ``Id``.

        Further fields of ``master`` are set on it; the records that led to the others lead to it then.
        """
        (record,) = self._records(sobject, [master])
        return self._run(calls.Merge(record, id_texts(ids, "ids")))

    def convert_lead(
        self,
        lead_id: str,
        converted_status: str,
        *,
        account_id: str | None = None,
        contact_id: str | None = None,
        opportunity_id: str | None = None,
        opportunity_name: str | None = None,
        owner_id: str | None = None,
        do_not_create_opportunity: bool = False,
        overwrite_lead_source: bool = False,
        send_notification_email: bool = False,
        duplicate_rule: DuplicateRuleHeader | None = None,
    ) -> LeadConvertResult:
        """Convert a lead into a contact of an account, new ones unless they are given, and an opportunity."""
        convert = calls.LeadConvert(
            lead_id,
            converted_status,
            account_id,
            contact_id,
            opportunity_id,
            opportunity_name,
            owner_id,
            do_not_create_opportunity,
            overwrite_lead_source,
            send_notification_email,
        )
        return self._run(calls.ConvertLead((convert,), duplicate_rule))[0]


def id_texts(values: str | Iterable[str], name: str) -> tuple[str, ...]:
    """Give the values as a tuple; ``TypeError`` for one text in place of a list of them, and for other things."""
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of texts, not one text")
    texts = tuple(values)
    if not all(isinstance(each, str) for each in texts):
        raise TypeError(f"{name} must be a list of texts")
    return texts
