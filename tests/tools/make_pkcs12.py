"""Makes PKCS#12 files to install in tests, right ones and such that a service would refuse.

    python -m tests.tools.make_pkcs12 <path> <passphrase> <name> ...

writes a right one, with a chain, and prints its thumbprint in the product's spelling.
"""

from __future__ import annotations

import argparse
import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


def subject(text: str) -> x509.Name:
    """A distinguished name of a common name alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """An authority that issues certificates; its own is self-signed."""

    def __init__(self, name: str = "Authority of the tests") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = subject(name)
        self.certificate = self.sign(self.name, self.key.public_key(), -1, 3650, [], True)

    def sign(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePublicKey,
        begins: int,
        days: int,
        extensions: Sequence[x509.ExtensionType],
        is_authority: bool = False,
    ) -> x509.Certificate:
        """A certificate that is valid from `begins` days after now for `days` days."""
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins * DAY)
            .not_valid_after(now + (begins + days) * DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())


def make(
    path: Path,
    passphrase: str,
    names: Sequence[str],
    *,
    begins: int = -1,
    days: int = 365,
    usage: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    with_key: bool = True,
    chain: Sequence[x509.Certificate] | None = None,
    authority: Authority | None = None,
) -> str:
    """Write a PKCS#12 for these names and answer its thumbprint. `chain` replaces the authority's own certificate."""
    issuer = authority or Authority()
    key = ec.generate_private_key(ec.SECP256R1())
    extensions: list[x509.ExtensionType] = [x509.SubjectAlternativeName([general(name) for name in names])]
    if usage:
        extensions.append(x509.ExtendedKeyUsage(list(usage)))
    leaf = issuer.sign(subject(names[0]), key.public_key(), begins, days, extensions)
    others = [issuer.certificate] if chain is None else list(chain)
    lock = serialization.BestAvailableEncryption(passphrase.encode())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"portal", key if with_key else None, leaf, others or None, lock)
    )
    digits = hashlib.sha256(leaf.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    return "SHA-256:" + ":".join(digits[i : i + 2] for i in range(0, 64, 2))


def general(name: str) -> x509.GeneralName:
    """A host name or an address as an alternative name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a PKCS#12 file to install in tests.")
    parser.add_argument("path", type=Path)
    parser.add_argument("passphrase")
    parser.add_argument("names", nargs="+")
    given = parser.parse_args()
    print(make(given.path, given.passphrase, given.names))


if __name__ == "__main__":
    main()
