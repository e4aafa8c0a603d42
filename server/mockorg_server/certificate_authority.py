"""The certificate authority of https and the proxy: made once, kept in the user's data folder, and what it signs.

It may sign for Salesforce's hosts and this machine only; the certificate says so itself (name constraints), so that
who trusts it trusts it with nothing else. It opens no socket.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Final

import platformdirs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER_VARIABLE: Final = "MOCKORG_DATA_DIR"
"""The environment variable that moves the data folder."""

_CERTIFICATE, _KEY = "ca.pem", "ca-key.pem"
_CA_LIFE, _LEAF_LIFE = timedelta(days=3650), timedelta(days=397)
_BACKDATED = timedelta(days=1)  # clocks of containers differ
_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_DOMAINS = ("localhost", "salesforce.com", "force.com")


def data_folder() -> Path:
    """Give the folder of mockorg's data: that of the environment variable, else the platform's own for the user."""
    moved = os.environ.get(FOLDER_VARIABLE)
    return Path(moved) if moved else Path(platformdirs.user_data_dir("mockorg", appauthor=False))


class CertificateAuthority:
    """A key that signs certificates. ``file`` is its certificate, for clients to trust."""

    def __init__(self, folder: Path) -> None:
        """Take up the authority of a folder, made if there is none. Raises OSError, ValueError for broken files."""
        place = folder / "ca"
        if not (place / _CERTIFICATE).exists():
            _make(place)
        self.file = (place / _CERTIFICATE).resolve()
        self._certificate = x509.load_pem_x509_certificate(self.file.read_bytes())
        key = load_pem_private_key((place / _KEY).read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != self._certificate.public_key():
            raise ValueError(f"{place} holds no authority of mockorg: remove the folder, and a new one is made")
        self._key = key
        if self._certificate.not_valid_after_utc < datetime.now(UTC):
            raise ValueError(f"the authority in {place} is over: remove the folder, and a new one is made")

    def issue(self, names: tuple[str, ...]) -> bytes:
        """Give a certificate for host names and addresses, with its key, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        issuer_key = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name("mockorg"))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(now + _LEAF_LIFE)
            .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(authority, critical=False)
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        return certificate.public_bytes(Encoding.PEM) + _pem(key)


def _make(place: Path) -> None:
    """Make the authority in a folder beside, and move that into place: of two processes at once, one wins."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".ca-", dir=place.parent))  # mode 700
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        (draft / _CERTIFICATE).write_bytes(_self_signed(key).public_bytes(Encoding.PEM))
        descriptor = os.open(draft / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_pem(key))
        draft.chmod(0o755)  # others may read the certificate; the key is for the user alone
        draft.rename(place)
    except OSError:
        if not (place / _CERTIFICATE).exists():  # it is not that another was faster
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC)
    name = _name(f"mockorg test CA {now:%Y-%m-%d}")
    allowed = [*(x509.DNSName(each) for each in _DOMAINS), *(x509.IPAddress(each) for each in _LOOPBACK)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
