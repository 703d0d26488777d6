"""What a branding theme of the second generation consists of: the archive, its manifest, its parts (contract 3.9)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

from .exchange import bad_request
from .images import Image
from .json_body import check_object

LINK_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "linkType": str,
    "scope": str,
    "url": str,
    "order": int,
    "parentId": str,
}
"""The members of a CustomLink."""
LINK_TYPES = ("override", "link", "separator", "section")
_LINK_SCOPES = ("LOGIN", "LOGOUT", "PORTAL")
# Manifest key -> the name of the part in an upload's specification.
PARTS = {
    "FavIcon": "favIcon",
    "Logo": "logo",
    "Background": "background",
    "Localizations": "localizations",
    "CustomLinks": "customLinks",
    "Styles": "styles",
    "PortalName": "portalName",
}
REQUIRED = ("favIcon", "logo", "background", "styles", "portalName")
"""Parts that an upload has to name; the others may be missing."""
_PICTURES = {
    "logo": {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"},
    "favIcon": {".png": "image/png", ".ico": "image/x-icon"},
}
_PICTURES["background"] = _PICTURES["logo"]
_LARGEST_PART = 32 * 1024 * 1024


@dataclass(frozen=True)
class Package:
    """The parts of an archive, and the archive itself as it was sent."""

    archive: bytes
    images: dict[str, Image] = field(default_factory=dict)
    """By `logo`, `favIcon` and `background`."""
    css: bytes | None = None
    portal_name: str | None = None
    links: tuple[dict[str, Any], ...] = ()

    @property
    def logo_thumbprint(self) -> str | None:
        """Base64 of the logo's SHA-256 (by which digest is not published)."""
        logo = self.images.get("logo")
        return base64.b64encode(hashlib.sha256(logo.content).digest()).decode() if logo else None


def _file(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        if archive.getinfo(name).file_size > _LARGEST_PART:
            raise bad_request(f"The file {name} of the archive is too large.")
        return archive.read(name)
    except (KeyError, RuntimeError, NotImplementedError) as problem:
        raise bad_request(f"The archive has no readable file {name}.") from problem


def _json_file(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(_file(archive, name))
    except ValueError as problem:
        raise bad_request(f"The file {name} is not JSON: {problem}.") from problem


def _custom_links(given: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(given, list):
        raise bad_request("The custom links must be an array.")
    links = []
    for index, one in enumerate(given):
        where = f"customLinks[{index}]."
        link = check_object(one, LINK_FIELDS, ("linkType", "scope", "name"), where)
        if link["linkType"] not in LINK_TYPES or link["scope"] not in _LINK_SCOPES:
            raise bad_request(f"{where}linkType is one of {LINK_TYPES}, {where}scope one of {_LINK_SCOPES}.")
        links.append({name: link.get(name) for name in LINK_FIELDS})
    return tuple(links)


def read_package(content: bytes, named: dict[str, str]) -> Package:
    """The parts of an archive; `named` is what the upload's specification said about them.

    The manifest decides. Raises Refusal 400 when it or a file that it names is missing or wrong, and when it differs
    from the specification (UNKNOWN which of them wins: neither, the stricter reading).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = _json_file(archive, "manifest.json")
            resources = manifest.get("Resources") if isinstance(manifest, dict) else None
            if not isinstance(resources, dict):
                raise bad_request("The manifest has no Resources.")
            parts = {PARTS[key]: value for key, value in resources.items() if key in PARTS and value}
            if not all(isinstance(value, str) for value in parts.values()):
                raise bad_request("The Resources of the manifest must be texts.")
            if parts != named:
                raise bad_request("The manifest names other resources than the upload's specification.")
            return Package(
                content,
                {kind: _picture(archive, kind, parts[kind]) for kind in _PICTURES if kind in parts},
                _file(archive, parts["styles"]) if "styles" in parts else None,
                parts.get("portalName"),
                _custom_links(_json_file(archive, parts["customLinks"])) if "customLinks" in parts else (),
            )
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as problem:
        raise bad_request("The file is not a zip archive.") from problem


def _picture(archive: zipfile.ZipFile, kind: str, name: str) -> Image:
    suffix = f".{name.rpartition('.')[2].lower()}"
    if suffix not in _PICTURES[kind]:
        raise bad_request(f"The {kind} {name} must be one of {', '.join(_PICTURES[kind])}.")
    return Image(_file(archive, name), _PICTURES[kind][suffix])


def make_package(
    name: str,
    portal_name: str | None,
    css: bytes | None,
    images: dict[str, Image],
    links: list[dict[str, Any]],
) -> Package:
    """A package of parts that the server has already (`convert`)."""
    files: dict[str, bytes] = {}
    resources: dict[str, str] = {}
    for kind, image in images.items():
        suffix = next(one for one, media in _PICTURES[kind].items() if media == image.media)
        resources[kind] = f"{kind}{suffix}"
        files[resources[kind]] = image.content
    if css is not None:
        resources["styles"] = "styles.css"
        files["styles.css"] = css
    if links:
        resources["customLinks"] = "customLinks.json"
        files["customLinks.json"] = json.dumps(links).encode()
    if portal_name:
        resources["portalName"] = portal_name
    keys = {part: key for key, part in PARTS.items()}
    manifest = {
        "Name": f"{name}.zip",
        "Description": "Converted branding",
        "Vendor": "VMware",
        "Version": "1.0.0",
        "Resources": {keys[part]: value for part, value in resources.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for file_name, content in files.items():
            archive.writestr(file_name, content)
    return read_package(stream.getvalue(), resources)
