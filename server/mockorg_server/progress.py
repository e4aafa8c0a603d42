"""One line of progress on a terminal; nothing where standard error is a file or a pipe."""

from __future__ import annotations

import sys
from typing import Self

_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Shows the latest message on one line of standard error and wipes it at the end. A context manager."""

    def __init__(self) -> None:
        self._visible = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tell("")

    def tell(self, message: str) -> None:
        """Show a message in place of the one before; '' wipes the line."""
        if self._visible:
            sys.stderr.write(_CLEAR_LINE + (f"mockorg: {message} …" if message else ""))
            sys.stderr.flush()
