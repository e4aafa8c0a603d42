"""The partner WSDL as clients download it: the shipped document with this server's own address in it.

It only swaps the address. What the document says is read by ``contract.py``.
"""

from __future__ import annotations

from functools import lru_cache
from xml.sax.saxutils import escape

from mockorg_server.shipped import shipped

PARTNER_WSDL = "wsdl/partner.wsdl"

_ADDRESS = b'<soap:address location="'


@lru_cache(maxsize=32)  # a server has a few addresses; the bound is for callers that invent Host headers
def wsdl_for(address: str) -> bytes:
    """Return the partner WSDL whose service is at ``address`` (an absolute URL; it is escaped here).

    >>> b'location="http://localhost:8800/services/Soap/u/60.0"' in wsdl_for("http://localhost:8800/services/Soap/u/60.0")
    True
    """
    before, after = _around_address()
    return before + escape(address, {'"': "&quot;"}).encode() + after


@lru_cache(maxsize=1)
def _around_address() -> tuple[bytes, bytes]:
    before, found, rest = shipped(PARTNER_WSDL).read_bytes().partition(_ADDRESS)
    if not found or _ADDRESS in rest:
        raise ValueError(f"{PARTNER_WSDL} must have exactly one soap:address with its location as first attribute")
    return before + found, rest[rest.index(b'"') :]
