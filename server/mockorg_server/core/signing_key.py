"""Signed tokens: the org's own key for id tokens, and the check of what clients have signed.

The libraries are imported when the first token is signed or checked: they take longer to import than an org to make.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_KEY_BITS = 2048
_ALGORITHM = "RS256"


class BadAssertionError(Exception):
    """A JWT that cannot be read, or whose signature is wrong."""


class SigningKey:
    """An RSA key, made when it is first needed. Safe under threads."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        self._lock = threading.Lock()
        self._private: RSAPrivateKey | None = None

    @property
    def is_made(self) -> bool:
        """True once the key was needed."""
        return self._private is not None

    def sign(self, claims: Mapping[str, object]) -> str:
        """Give the claims as a signed JWT."""
        import jwt  # noqa: PLC0415

        return jwt.encode(dict(claims), self._key(), _ALGORITHM, {"kid": self.key_id})

    def public_document(self) -> dict[str, str]:
        """Give the public key as a member of a JWK set (RFC 7517)."""
        numbers = self._key().public_key().public_numbers()
        return {
            "kty": "RSA",
            "n": _base64url(numbers.n),
            "e": _base64url(numbers.e),
            "alg": _ALGORITHM,
            "use": "sig",
            "kid": self.key_id,
        }

    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

        with self._lock:
            if self._private is None:
                self._private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
            return self._private


def read_assertion(assertion: str) -> dict[str, Any]:
    """Give the claims of a JWT, unchecked. Raises BadAssertionError for what is no JWT signed by RSA."""
    import jwt  # noqa: PLC0415

    try:
        if jwt.get_unverified_header(assertion).get("alg") not in {_ALGORITHM, "RS384", "RS512"}:
            raise BadAssertionError("not signed by RSA")
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError) as error:
        raise BadAssertionError(str(error)) from None
    return claims


def check_signature(assertion: str, certificate: str) -> None:
    """Check a JWT against a certificate or public key in PEM. Raises BadAssertionError."""
    import jwt  # noqa: PLC0415

    try:
        jwt.PyJWS().decode(assertion, public_key(certificate), algorithms=[_ALGORITHM, "RS384", "RS512"])  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError) as error:
        raise BadAssertionError(str(error)) from None


def public_key(pem: str) -> object:
    """Give the public key of a certificate or key in PEM. Raises ValueError for anything else."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    content = pem.encode()
    if b"BEGIN CERTIFICATE" in content:
        return x509.load_pem_x509_certificate(content).public_key()
    return load_pem_public_key(content)


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()
