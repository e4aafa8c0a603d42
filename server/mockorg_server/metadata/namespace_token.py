"""Tokens that stand for a package's namespace in sources which CumulusCI deploys.

They are read as in an org without a namespace, as the ``namespace`` of a project is not put before names either. The
tokens are those of CumulusCI's documentation ("Namespace Injection").
"""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = "NAMESPACE"
_TOKEN: Final = re.compile(r"(%%%|___)NAMESPACED?(?:_ORG|_DOT|_RT)?(_OR_C)?\1")


def without_tokens(text: str) -> str:
    """Give a text or a name as it is in an org without a namespace."""
    return _TOKEN.sub(lambda found: "c" if found[2] else "", text) if _MARK in text else text
