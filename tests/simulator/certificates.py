"""One certificate authority per run, and a certificate of its own for every service (contract vCAV 3.7).

A `Certificate` object is a service's identity for the whole run: its content can be replaced (regenerated, or copied
from another service to provoke the refusal of equal certificates), and new TLS connections then see the new content.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import cast

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class BadCertificate(Exception):
    """A certificate that no service could present; the message says why."""


def read_pkcs12(data: bytes, secret: str, now_ms: int) -> trustme.LeafCert:
    """Key and chain of a PKCS#12 file, when a TLS server can use them (contract vCAV 4.4).

    Raises BadCertificate: not readable with this password, no key, not for servers, not valid now.
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, secret.encode())
    except ValueError as problem:
        raise BadCertificate("The PKCS#12 file cannot be read: it is damaged, or the password is wrong.") from problem
    if key is None or certificate is None:
        raise BadCertificate("The PKCS#12 file must have a certificate and its private key.")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usage = x509.ExtendedKeyUsage([])
    if ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        raise BadCertificate("The certificate must have the extended key usage Server Authentication.")
    # INFERRED: nothing says what becomes of one that has expired.
    start, end = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    if not start * 1000 <= now_ms < end * 1000:
        raise BadCertificate("The certificate is not valid at this time.")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return trustme.LeafCert(
        pem, certificate.public_bytes(Encoding.PEM), [one.public_bytes(Encoding.PEM) for one in chain]
    )


def write_pkcs12(leaf: trustme.LeafCert, secret: str) -> bytes:
    """The other way round: a file that `read_pkcs12` takes."""
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    certificates = [x509.load_pem_x509_certificate(one.bytes()) for one in leaf.cert_chain_pems]
    encryption = BestAvailableEncryption(secret.encode())
    return pkcs12.serialize_key_and_certificates(
        b"simulator", cast(pkcs12.PKCS12PrivateKeyTypes, key), certificates[0], certificates[1:], encryption
    )


def thumbprint_of(der: bytes) -> str:
    """The vCAV form: `SHA-256:` and upper-case hex pairs (contract vCAV 3.7)."""
    digest = hashlib.sha256(der).hexdigest().upper()
    return "SHA-256:" + ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


class Certificate:
    """A service's certificate and the TLS context that presents it. Made when it is first looked at."""

    def __init__(self, names: Sequence[str], authority: Authority) -> None:
        self.names = tuple(names)
        self._authority = authority
        self._original: trustme.LeafCert | None = None
        self._installed: trustme.LeafCert | None = None
        self._fault: trustme.LeafCert | None = None
        self._context: ssl.SSLContext | None = None
        self._der: bytes | None = None
        self.serial = 0
        """Grows with every deliberate change; faults leave it alone."""

    @property
    def leaf(self) -> trustme.LeafCert:
        """Key and chain of now."""
        if self._fault is not None:
            return self._fault
        if self._installed is not None:
            return self._installed
        if self._original is None:
            self._original = self._authority.leaf(self.names)
        return self._original

    @property
    def context(self) -> ssl.SSLContext:
        """The TLS context of the listeners; the same object for the whole run."""
        if self._context is None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.leaf.configure_cert(self._context)
        return self._context

    def become(self, other: Certificate | trustme.LeafCert) -> None:
        """A fault: presents another certificate until `restore`, a new one or the very one of another service."""
        self._fault = other.leaf if isinstance(other, Certificate) else other
        self._present()

    def restore(self) -> None:
        """The fault is over: presents the certificate again that is installed."""
        if self._fault is not None:
            self._fault = None
            self._present()

    def install(self, leaf: trustme.LeafCert) -> None:
        """A deliberate change: this is the service's certificate from now on."""
        self._fault, self._installed = None, leaf
        self.serial += 1
        self._present()

    def renew(self) -> None:
        """The same with a new self-made one for the same names."""
        self.install(self._authority.leaf(self.names))

    def reset(self) -> None:
        """The certificate that it began with."""
        self.serial = 0
        if self._fault is not None or self._installed is not None:
            self._fault = self._installed = None
            self._present()

    def _present(self) -> None:
        self._der = None
        if self._context is not None:
            # Loading a second chain replaces the first one for connections that are made from now on.
            self.leaf.configure_cert(self._context)

    @property
    def der(self) -> bytes:
        """The certificate itself."""
        if self._der is None:
            leaf = x509.load_pem_x509_certificate(self.leaf.cert_chain_pems[0].bytes())
            self._der = leaf.public_bytes(Encoding.DER)
        return self._der

    @property
    def _x509(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def thumbprint(self) -> str:
        """As vCAV writes it."""
        return thumbprint_of(self.der)

    @property
    def encoded(self) -> str:
        """Base64 of the DER form, without line breaks."""
        return base64.b64encode(self.der).decode()

    @property
    def expires_on(self) -> int:
        """Epoch milliseconds."""
        return int(self._x509.not_valid_after_utc.timestamp() * 1000)

    @property
    def _common_name(self) -> str:
        found = self._x509.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else self.names[0]

    @property
    def info(self) -> dict[str, object]:
        """The answer of `config/certificate` and `config/remote-certificate` (contract vCAV 3.7)."""
        return {
            "certificate": {
                "thumbPrint": self.thumbprint,
                "issuedTo": {"CN": self._common_name},
                "expiresOn": self.expires_on,
            },
            "encoded": self.encoded,
        }


class Authority:
    """The run's certificate authority."""

    @cached_property
    def _ca(self) -> trustme.CA:
        return trustme.CA(organization_name="vcpp.vcloud simulator", key_type=trustme.KeyType.ECDSA)

    def leaf(self, names: Sequence[str]) -> trustme.LeafCert:
        """A new key and certificate for these names (the first is the common name) and the loopback address."""
        alternatives = list(dict.fromkeys([*names, "localhost", "127.0.0.1"]))
        return self._ca.issue_cert(*alternatives, common_name=names[0], key_type=trustme.KeyType.ECDSA)

    def issue(self, names: Sequence[str]) -> Certificate:
        """A new identity for a service that is addressed by `names`."""
        return Certificate(names, self)

    @property
    def pem(self) -> str:
        """Its certificate."""
        return self._ca.cert_pem.bytes().decode()

    def write(self, path: Path) -> None:
        """The authority's certificate as PEM: what clients take as `ca_path`."""
        path.write_text(self.pem)
