"""Packages as files: a signed archive of elements (contract section 13.3).

    dunes-meta-inf                                 name, id, description, signer, version of the server (XML properties)
    elements/<id>/info                             type and id of the element (XML properties)
    elements/<id>/data                             its XML, or the archive of a resource element
    elements/<id>/categories                       the path of its folder
    elements/<id>/tags, version-history, input_form_
    elements/<id>/content-signature                of `data`
    signatures/<path of any other file>            RSA over it, with MD5 as vropkg signs (and every server takes)
    certificates/<DN>.cer                          the certificate of who signed

Elements without signatures are taken (SH); a signature that does not fit what it is of makes the content unverified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, ClassVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from . import store
from .element_files import FORM, make_archive, open_archive
from .file_markup import BadFile, Node, decode, dump, encode, parse, properties, read_properties

META = "dunes-meta-inf"
TYPES = {
    "Workflow": store.Workflow.kind,
    "ScriptModule": store.Action.kind,
    "ConfigurationElement": store.Configuration.kind,
    "ResourceElement": store.Resource.kind,
    "PolicyTemplate": store.PolicyTemplate.kind,
}
"""What `info` says, and how everything else calls it."""
_WORDS = {kind: word for word, kind in TYPES.items()}
_HISTORY = '<?xml version="1.0" encoding="UTF-8"?>\n<items></items>'
_ELEMENT = re.compile(r"elements/([^/]+)/(.+)")


@dataclass
class PackedElement:
    """One element of a package's file."""

    id: str
    type: str
    """As `info` has it: Workflow, ScriptModule, ConfigurationElement, ResourceElement, PolicyTemplate."""
    data: bytes
    path: list[str]
    """The names of its folders from the root; of an action the module alone."""
    tags: list[str] = field(default_factory=list)
    form: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    """What else there is, forms of interactions for example; it is kept and written back."""


@dataclass
class PackageFile:
    """A package as its file has it."""

    name: str
    id: str
    description: str = ""
    elements: list[PackedElement] = field(default_factory=list)
    used_plugins: list[dict[str, str]] = field(default_factory=list)
    server_version: str = ""
    certificate: x509.Certificate | None = None
    verified: bool = True
    """Whether every signature that is there fits, to a certificate that is there."""


def _plugins(text: str) -> list[dict[str, str]]:
    """`PowerShell#1.0.13,VC#7.6.0` (the separator between two is INFERRED)."""
    pairs = [one.partition("#") for one in re.split(r"[,;\s]+", text) if one]
    return [{"name": name, "version": version} for name, _mark, version in pairs]


def _path(content: bytes | None) -> list[str]:
    if content is None:
        return []
    return [one.text_of("name") or one.get("name") for one in parse(content).all("category")]


def _write_path(path: list[str]) -> bytes:
    root = Node("categories")
    for one in path:
        root.add("category", name=one).add("name", one)
    return encode(dump(root))


def _tags(content: bytes | None) -> list[str]:
    return [one.get("name") for one in parse(content).all("tag")] if content else []


def _write_tags(tags: list[str]) -> bytes:
    root = Node("tags")
    for one in tags:
        root.children.append(Node("tag", {"name": one, "global": "true"}))
    return encode(dump(root))


# Who signs


class Signer:
    """A key with its certificate. Making the key takes a moment, so that one is made for all servers of a process."""

    _own: ClassVar[dict[str, Signer]] = {}

    def __init__(self, common_name: str, organization: str = "VMware", unit: str = "Unknown") -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        parts = ((NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATION_NAME, organization))
        name = x509.Name([x509.NameAttribute(*one) for one in (*parts, (NameOID.ORGANIZATIONAL_UNIT_NAME, unit))])
        now = datetime.now(timezone.utc)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now.replace(year=now.year - 1, day=1))
            .not_valid_after(now.replace(year=now.year + 9, day=1))
            .sign(self.key, hashes.SHA256())
        )

    @classmethod
    def of(cls, common_name: str) -> Signer:
        """The signer of this name in this process."""
        if common_name not in cls._own:
            cls._own[common_name] = cls(common_name)
        return cls._own[common_name]

    @property
    def name(self) -> str:
        """As `pkg-signer` and the name of the certificate's file write it: the last part first."""
        return distinguished_name(self.certificate)

    def sign(self, content: bytes) -> bytes:
        """256 bytes."""
        return self.key.sign(content, padding.PKCS1v15(), hashes.MD5())  # what the format demands


def distinguished_name(certificate: x509.Certificate) -> str:
    """`OU=Unknown,O=VMware,CN=vro`."""
    return ",".join(one.rfc4514_string() for one in reversed(list(certificate.subject.rdns)))


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def certificate_info(certificate: x509.Certificate) -> dict[str, Any]:
    """`certificateInfo` of `import-details`."""
    print_ = certificate.fingerprint(hashes.SHA1()).hex().upper()
    return {
        "organization": _first(certificate.subject, NameOID.ORGANIZATION_NAME),
        "organizationalUnit": _first(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        "commonName": _first(certificate.subject, NameOID.COMMON_NAME),
        "validFromDate": certificate.not_valid_before_utc.isoformat(timespec="milliseconds"),
        "validUntilDate": certificate.not_valid_after_utc.isoformat(timespec="milliseconds"),
        "publicKeyAlgorithm": "RSA",
        "fingerprintSHA1": ":".join(print_[place : place + 2] for place in range(0, len(print_), 2)),
        "serialNumber": str(certificate.serial_number),
    }


def is_valid_now(certificate: x509.Certificate) -> bool:
    """Whether today lies within its dates."""
    return certificate.not_valid_before_utc <= datetime.now(timezone.utc) <= certificate.not_valid_after_utc


# Reading


def _certificate(files: Mapping[str, bytes]) -> x509.Certificate | None:
    for name, content in files.items():
        if name.startswith("certificates/"):
            try:
                return x509.load_der_x509_certificate(content)
            except ValueError as problem:
                raise BadFile(f"{name} is no certificate: {problem}") from problem
    return None


def _fits(certificate: x509.Certificate, content: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    for algorithm in (hashes.MD5(), hashes.SHA1(), hashes.SHA256(), hashes.SHA512()):
        try:
            key.verify(signature, content, padding.PKCS1v15(), algorithm)
        except (InvalidSignature, UnsupportedAlgorithm):
            continue
        return True
    return False


def _verified(files: Mapping[str, bytes], certificate: x509.Certificate | None) -> bool:
    """Whether each signature fits. Elements that nobody has signed are taken (SH)."""
    signed = {
        name.removeprefix("signatures/").lstrip("/"): one for name, one in files.items() if name.startswith("signat")
    }
    if certificate is None:
        return not signed
    return all(name in files and _fits(certificate, files[name], one) for name, one in signed.items())


def open_package(content: bytes) -> PackageFile:
    """The package of a file. Raises BadFile."""
    files = open_archive(content)
    if META not in files:
        raise BadFile(f"There is no {META}.")
    meta = read_properties(files[META])
    name = meta.get("pkg-name", "").strip()
    if not name:
        raise BadFile(f"{META} has no pkg-name.")
    folders: dict[str, dict[str, bytes]] = {}
    for path, one in files.items():
        found = _ELEMENT.fullmatch(path)
        if found:
            folders.setdefault(found[1], {})[found[2]] = one
    elements = []
    for folder, parts in folders.items():
        if "info" not in parts or "data" not in parts:
            raise BadFile(f"The element {folder} has no info or no data.")
        info = read_properties(parts["info"])
        rest = {
            key: one
            for key, one in parts.items()
            if key not in ("info", "data", "categories", "tags", FORM, "content-signature", "version-history")
        }
        elements.append(
            PackedElement(
                info.get("id") or folder,
                info.get("type", ""),
                parts["data"],
                _path(parts.get("categories")),
                _tags(parts.get("tags")),
                decode(parts[FORM]) if FORM in parts else None,
                rest,
            )
        )
    certificate = _certificate(files)
    return PackageFile(
        name,
        meta.get("pkg-id") or "",
        meta.get("pkg-description") or "",
        elements,
        _plugins(meta.get("used-plugins") or ""),
        meta.get("vso-version") or "",
        certificate,
        _verified(files, certificate),
    )


# Writing


def save_package(package: PackageFile, signer: Signer, tags: bool = True, history: bool = True) -> bytes:
    """The file of a package, signed."""
    files = {
        META: properties(
            {
                "vso-build-nb": package.server_version.rpartition(".")[2],
                "pkg-description": package.description,
                "pkg-name": package.name,
                "used-plugins": ",".join(f"{one['name']}#{one['version']}" for one in package.used_plugins),
                "pkg-signer": signer.name,
                "vso-version": package.server_version,
                "pkg-owner": signer.name,
                "pkg-id": package.id,
            }
        )
    }
    for one in package.elements:
        folder = f"elements/{one.id}"
        files[f"{folder}/info"] = properties({"type": one.type, "signature-owner": signer.name, "id": one.id})
        files[f"{folder}/data"] = one.data
        files[f"{folder}/categories"] = _write_path(one.path)
        if one.tags and tags:
            files[f"{folder}/tags"] = _write_tags(one.tags)
        if history:
            files[f"{folder}/version-history"] = encode(_HISTORY)
        if one.form is not None:
            files[f"{folder}/{FORM}"] = encode(one.form)
        files.update({f"{folder}/{name}": content for name, content in one.files.items()})
        files[f"{folder}/content-signature"] = signer.sign(one.data)
    files[f"certificates/{signer.name}.cer"] = signer.certificate.public_bytes(serialization.Encoding.DER)
    files.update({f"signatures/{name}": signer.sign(content) for name, content in dict(files).items()})
    return make_archive(files)


def word_of(kind: str) -> str:
    """How `info` calls a kind of elements."""
    return _WORDS[kind]
