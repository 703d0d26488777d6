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

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


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
        self._replacement: trustme.LeafCert | None = None
        self._context: ssl.SSLContext | None = None
        self._der: bytes | None = None

    @property
    def leaf(self) -> trustme.LeafCert:
        """Key and chain of now."""
        if self._replacement is not None:
            return self._replacement
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
        """Presents another certificate from now on: a new one, or the very one of another service."""
        self._present(other.leaf if isinstance(other, Certificate) else other)

    def restore(self) -> None:
        """Presents the certificate again that it began with."""
        if self._replacement is not None:
            self._present(None)

    def _present(self, replacement: trustme.LeafCert | None) -> None:
        self._replacement = replacement
        self._der = None
        if self._context is not None:
            # Loading a second chain replaces the first one for connections that are made from now on.
            self.leaf.configure_cert(self._context)

    @property
    def der(self) -> bytes:
        """The certificate itself."""
        if self._der is None:
            self._der = self._x509.public_bytes(Encoding.DER)
        return self._der

    @property
    def _x509(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.leaf.cert_chain_pems[0].bytes())

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
    def info(self) -> dict[str, object]:
        """The answer of `config/certificate` and `config/remote-certificate` (contract vCAV 3.7)."""
        return {
            "certificate": {
                "thumbPrint": self.thumbprint,
                "issuedTo": {"CN": self.names[0]},
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

    def write(self, path: Path) -> None:
        """The authority's certificate as PEM: what clients take as `ca_path`."""
        path.write_bytes(self._ca.cert_pem.bytes())
