"""Certificates for the local servers of these tests: an authority, and servers that are right or wrong in one way.

Made with `cryptography`, which every ansible-core brings along, so that they exist on the oldest one too.
"""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(timezone.utc)


@dataclass(frozen=True)
class Identity:
    """A server's certificate with its key, in one PEM file, and its SHA-256 thumbprint as the product writes it."""

    pem: Path
    thumbprint: str

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        return context


@dataclass(frozen=True)
class Authority:
    """A certificate authority; `ca_path` is its certificate as a PEM file."""

    directory: Path
    ca_path: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def issue(self, host: str, *, expired: bool = False) -> Identity:
        """A server's certificate for a host name or an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            name: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            name = x509.DNSName(host)
        ends = NOW - timedelta(days=1) if expired else NOW + timedelta(days=2)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(host))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=3))
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([name]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = self.directory / f"{host}-{certificate.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        digits = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
        return Identity(path, "SHA-256:" + ":".join(digits[i : i + 2] for i in range(0, 64, 2)))


@functools.cache
def authority() -> Authority:
    """The authority of this test process."""
    directory = Path(tempfile.mkdtemp(prefix="vcpp-tests-"))
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("Authority of the tests")
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=3))
        .not_valid_after(NOW + timedelta(days=3))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **usage),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    path = directory / "authority.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(directory, str(path), key, certificate)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
