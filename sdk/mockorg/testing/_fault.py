"""Injected faults in the hands of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockorg_server.core.injected_fault import InjectedFault, InjectedFaults


class OrgFaults:
    """Faults that calls of the org meet, in the order in which they were added."""

    def __init__(self, faults: InjectedFaults) -> None:
        self._faults = faults

    @property
    def all(self) -> tuple[InjectedFault, ...]:
        """Every fault, the spent ones too; ``happened`` tells how often one was met."""
        return self._faults.all

    def add(self, made: InjectedFault | None = None, /, **fault: Any) -> InjectedFault:
        """Inject a fault that is made already, or one that is told under the control API's names. Raises ValueError.

        ``match`` (of ``call``, ``sobject``, ``path``, ``nth``), ``times``, ``probability``, and one of
        ``error={"code", "message"}``, ``http={"status", "body", "headers"}``, ``delay_ms``.
        """
        from mockorg_server.control.fault import read  # noqa: PLC0415

        return self._faults.add(read(fault) if made is None else made)

    def remove(self, fault: InjectedFault) -> None:
        """Take a fault back. Raises KeyError when it is not there."""
        self._faults.remove(fault.id)

    def clear(self) -> None:
        """Take every fault back."""
        self._faults.clear()
