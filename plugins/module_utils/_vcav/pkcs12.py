# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PKCS#12 files and certificates: everything about one that can be found out before it is sent (contract 4.4).

Python's own `ssl` module reads no PKCS#12 and no alternative names, so this needs `cryptography`, which ansible-core
brings along on the control node. It is imported where it is used, so that nothing else needs it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .._plan import InputError

OPTION = "pkcs12_path"
UNCHANGED = "Nothing was changed."


def thumbprint_of(der: bytes) -> str:
    """The SHA-256 of a certificate in the product's spelling (contract 3.7)."""
    digits = hashlib.sha256(der).hexdigest().upper()
    return "SHA-256:" + ":".join(digits[i : i + 2] for i in range(0, 64, 2))


def covers(pattern: str, host: str) -> bool:
    """True if a name in a certificate, which may be a wildcard for one label, is that of a host."""
    pattern, host = pattern.lower(), host.lower()
    return pattern == host or (pattern.startswith("*.") and host.partition(".")[2] == pattern[2:])


@dataclass(frozen=True)
class Bundle:
    """A PKCS#12 file that a service can be given.

    `names` are the host names and addresses of its certificate, the common name first. `warnings` are sentences about
    what is allowed and may still be a mistake.
    """

    path: str
    data: bytes = field(repr=False)
    thumbprint: str
    names: tuple[str, ...]
    not_after: datetime
    warnings: tuple[str, ...] = ()


def load(path: str, passphrase: str, now: datetime | None = None) -> Bundle:
    """Read a PKCS#12 file and check what a service asks of it: key, server authentication, validity, chain.

    Raises InputError with option, value and remedy. `now` is the moment that validity is judged at.
    """
    moment = now or datetime.now(timezone.utc)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as problem:
        raise InputError(
            f"{OPTION} is {path!r}: it cannot be read on the host where this task runs "
            f"({problem.strerror or problem}). {UNCHANGED}"
        ) from problem
    key, leaf, others = _parse(path, data, passphrase)
    if leaf is None or key is None:
        lacking = "certificate" if leaf is None else "private key"
        raise InputError(
            f"{OPTION} is {path!r}: it holds no {lacking}, and the service needs both the certificate and its key. "
            f"Export both into one PKCS#12 file. {UNCHANGED}"
        )
    if _spki(key.public_key()) != _spki(leaf.public_key()):
        raise InputError(
            f"{OPTION} is {path!r}: its private key is not that of its certificate. Export the pair that belongs "
            f"together. {UNCHANGED}"
        )
    _check_use(path, leaf)
    for number, each in enumerate([leaf, *others]):
        _check_dates(path, each, "the certificate" if number == 0 else f"{_subject(each)} of its chain", moment)
    warnings = _check_chain(path, leaf, others)
    names = names_of(leaf)
    return Bundle(path, data, thumbprint_of(_der(leaf)), names, _utc(leaf, "not_valid_after"), tuple(warnings))


def _library() -> Any:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import pkcs12
    except ImportError as problem:
        raise InputError(
            f"{OPTION} cannot be read: the Python library cryptography is missing in {sys.executable} ({problem}). "
            "Install it there, or run the task on the control node (connection: local), where ansible-core brings it. "
            f"{UNCHANGED}"
        ) from problem
    return x509, pkcs12


def _parse(path: str, data: bytes, passphrase: str) -> tuple[Any, Any, Sequence[Any]]:
    _x509, pkcs12 = _library()
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(data, passphrase.encode())
    except ValueError as problem:
        # The library cannot tell the two apart in every file, and its words may not be ours to trust with secrets.
        raise InputError(
            f"{OPTION} is {path!r}: it cannot be opened. Either pkcs12_passphrase is not its passphrase, or the file "
            f"is no PKCS#12. {UNCHANGED}"
        ) from problem
    return key, leaf, others or []


def _check_use(path: str, leaf: Any) -> None:
    x509, _unused = _library()
    try:
        uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        uses = ()
    if x509.oid.ExtendedKeyUsageOID.SERVER_AUTH not in uses:
        raise InputError(
            f"{OPTION} is {path!r}: its certificate lacks the extended key usage Server Authentication, without which "
            f"the service does not take it. Have one issued with a web server's template. {UNCHANGED}"
        )


def _check_dates(path: str, each: Any, which: str, moment: datetime) -> None:
    begins, ends = _utc(each, "not_valid_before"), _utc(each, "not_valid_after")
    if ends <= moment:
        wrong = f"expired on {ends:%Y-%m-%d %H:%M} UTC"
    elif begins > moment:
        wrong = f"is not valid before {begins:%Y-%m-%d %H:%M} UTC"
    else:
        return
    raise InputError(f"{OPTION} is {path!r}: {which} {wrong}. Have a valid one issued. {UNCHANGED}")


def _check_chain(path: str, leaf: Any, others: Sequence[Any]) -> list[str]:
    """What is odd about the chain. Raises InputError for certificates that are not of this chain."""
    left, last = list(others), leaf
    while last.issuer != last.subject:
        issuer = next((each for each in left if _issued(each, last)), None)
        if issuer is None:
            break
        left.remove(issuer)
        last = issuer
    if left:
        raise InputError(
            f"{OPTION} is {path!r}: {', '.join(_subject(each) for each in left)} in it did not issue "
            f"{_subject(last)}, so the chain is broken or does not belong to the certificate. Export the certificate "
            f"with exactly its own issuers. {UNCHANGED}"
        )
    if last is leaf and leaf.issuer != leaf.subject:
        return [
            f"{OPTION} holds no certificate of the authority that issued it ({leaf.issuer.rfc4514_string()}): "
            "whoever does not know that authority already cannot verify the service."
        ]
    return []


def _issued(issuer: Any, child: Any) -> bool:
    if issuer.subject != child.issuer:
        return False
    verify = getattr(child, "verify_directly_issued_by", None)  # cryptography 40 and newer
    if verify is None:
        return True
    try:
        verify(issuer)
    except Exception:  # a wrong signature, or a kind of key that the library cannot verify with
        return False
    return True


def names_of(certificate: Any) -> tuple[str, ...]:
    """Common name and alternative names of a certificate of `cryptography`, each once."""
    x509, _unused = _library()
    common = [str(each.value) for each in certificate.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)]
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        others = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    except x509.ExtensionNotFound:
        others = []
    return tuple(dict.fromkeys([*common, *others]))


def names_in(der: bytes) -> tuple[str, ...] | None:
    """The names of a certificate in DER; None where `cryptography` is missing or the certificate cannot be read."""
    try:
        x509, _unused = _library()
        return names_of(x509.load_der_x509_certificate(der))
    except (InputError, ValueError):
        return None


def _subject(certificate: Any) -> str:
    return str(certificate.subject.rfc4514_string()) or "a certificate without a subject"


def _utc(certificate: Any, which: str) -> datetime:
    moment = getattr(certificate, f"{which}_utc", None)  # cryptography 42 and newer
    if isinstance(moment, datetime):
        return moment
    found: datetime = getattr(certificate, which)
    return found.replace(tzinfo=timezone.utc)


def _der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.DER))


def _spki(public_key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
