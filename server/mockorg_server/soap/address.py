"""The addresses of the SOAP APIs: which API, which version, which org a path names.

``/services/Soap/u/60.0/00D000000000001`` is the partner API at 60.0. A slash at the end and a version without its
``.0`` occur in real clients and are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mockorg_server.core.error import OrgError
from mockorg_server.schema.api_version import NEWEST, OLDEST
from mockorg_server.soap.contract import FAULT_NAMESPACE
from mockorg_server.soap.fault import METADATA_NAMESPACE

PARTNER = "u"

_PATH = re.compile(r"/services/Soap/(?P<api>[A-Za-z]+)(?:/(?P<version>[^/]*))?(?P<rest>/.*)?")
_VERSION = re.compile(r"([0-9]{1,3})(?:\.0)?")
_ORG = re.compile(r"/([0-9A-Za-z]{15}|[0-9A-Za-z]{18})?/?")


@dataclass(frozen=True, slots=True)
class OtherApi:
    """A SOAP API that is not built: what people call it, and the namespace of its faults."""

    title: str
    fault_namespace: str = FAULT_NAMESPACE


OTHER_APIS: Mapping[str, OtherApi] = {
    "c": OtherApi("the enterprise SOAP API", "urn:fault.enterprise.soap.sforce.com"),
    "m": OtherApi("the Metadata API", METADATA_NAMESPACE),
    "T": OtherApi("the SOAP Tooling API", "urn:fault.tooling.soap.sforce.com"),
    "s": OtherApi("the SOAP API for Apex classes"),
    "class": OtherApi("Apex web services"),
    "package": OtherApi("Apex web services of packages"),
}
"""What else lies under ``/services/Soap``, by the part of the path that names it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A path under ``/services/Soap``, taken apart. ``version`` is as it was written."""

    api: str
    version: str
    rest: str

    @property
    def org_id(self) -> str | None:
        """The org id in the path, of 15 or 18 characters, or None."""
        match = _ORG.fullmatch(self.rest)
        return match[1] if match else None

    @property
    def is_known(self) -> bool:
        """True when nothing follows the version that this service does not have."""
        return not self.rest or _ORG.fullmatch(self.rest) is not None


def address_of(path: str) -> Address | None:
    """Take a path apart; None when it names no API under ``/services/Soap``."""
    match = _PATH.fullmatch(path)
    return None if match is None else Address(match["api"], match["version"] or "", match["rest"] or "")


def api_version_of(text: str) -> int:
    """Give the API version of an address. Raises OrgError UNSUPPORTED_API_VERSION (both texts recorded)."""
    match = _VERSION.fullmatch(text)
    version = int(match[1]) if match else 0
    if match is None or version > NEWEST or version == 0:
        raise OrgError("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    if version < OLDEST:
        raise OrgError(
            "UNSUPPORTED_API_VERSION",
            f"The API version that was specified ({version}.0) is below the minimum supported ({OLDEST}.0). "
            "Change the version number and run the request again.",
        )
    return version
