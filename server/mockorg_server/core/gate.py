"""The gate of an org: calls go through it side by side, and what must find nobody inside goes through it alone.

It orders nothing between calls; the store does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock


class Gate:
    """Many at once, or one alone, who goes before those that come later. A thread passes it once at a time."""

    def __init__(self) -> None:
        self._changed = Condition(Lock())
        self._inside = 0
        self._is_shut = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Go through side by side with others; wait while one is alone or about to be."""
        with self._changed:
            while self._is_shut:
                self._changed.wait()
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                if not self._inside:
                    self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others out, wait until those inside have left, and be the only one."""
        with self._changed:
            while self._is_shut:
                self._changed.wait()
            self._is_shut = True
        try:
            with self._changed:
                while self._inside:
                    self._changed.wait()
            yield
        finally:
            with self._changed:
                self._is_shut = False
                self._changed.notify_all()
