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
    """A service's certificate and the TLS context that presents it."""

    def __init__(self, names: Sequence[str], leaf: trustme.LeafCert) -> None:
        self.names = tuple(names)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._original = leaf
        self._take(leaf)

    def restore(self) -> None:
        """Presents the certificate again that it began with."""
        if self._leaf is not self._original:
            self._take(self._original)

    def _take(self, leaf: trustme.LeafCert) -> None:
        self._leaf = leaf
        # Loading a second chain replaces the first one for connections that are made from now on.
        leaf.configure_cert(self.context)
        certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
        self.der = certificate.public_bytes(Encoding.DER)
        self.thumbprint = thumbprint_of(self.der)
        self.encoded = base64.b64encode(self.der).decode()
        self.expires_on = int(certificate.not_valid_after_utc.timestamp() * 1000)

    def become(self, other: Certificate | trustme.LeafCert) -> None:
        """Presents another certificate from now on: a new one, or the very one of another service."""
        self._take(other._leaf if isinstance(other, Certificate) else other)

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
        return Certificate(names, self.leaf(names))

    def write(self, path: Path) -> None:
        """The authority's certificate as PEM: what clients take as `ca_path`."""
        path.write_bytes(self._ca.cert_pem.bytes())
