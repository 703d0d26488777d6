# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package of a branding theme of the second generation: an archive, its manifest, its parts (contract 3.9). Pure
but for reading files.

A package may be written as a folder. Two packages are the same when their manifests name the same parts with the same
content; how they are compressed, and files that no part names, mean nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._plan import InputError
from . import images

MANIFEST = "manifest.json"
# Name in the manifest: name in the specification of an upload.
PARTS = {
    "FavIcon": "favIcon",
    "Logo": "logo",
    "Background": "background",
    "Styles": "styles",
    "PortalName": "portalName",
    "Localizations": "localizations",
    "CustomLinks": "customLinks",
}
REQUIRED = ("FavIcon", "Logo", "Background", "Styles", "PortalName")
# The only part that is a text; all others are names of files.
TEXT = "PortalName"
# What the files of a folder without a manifest are called, without their suffix.
_STEMS = {
    "FavIcon": "favicon",
    "Logo": "logo",
    "Background": "background",
    "Styles": "styles",
    "PortalName": "portal_name",
    "Localizations": "localizations",
    "CustomLinks": "custom_links",
}
_PICTURES = {"FavIcon": images.ICON, "Logo": images.LOGO, "Background": images.LOGO}
_LARGEST = 64 * 1024 * 1024

Reader = Callable[[str], bytes]


@dataclass(frozen=True)
class Package:
    """A package that can be sent: the archive, and what the specification of its upload names."""

    archive: bytes = field(repr=False)
    parts: dict[str, str]
    mark: str

    @property
    def spec(self) -> dict[str, str]:
        """The members of a BrandingUploadSpec beside those of every upload."""
        return {PARTS[part]: value for part, value in self.parts.items()}


def load(path: str) -> Package:
    """The package in an archive or a folder, checked. Raises InputError."""
    try:
        if os.path.isdir(path):
            return _from_folder(path)
        with open(path, "rb") as stream:
            archive = stream.read()
    except OSError as problem:
        raise InputError(
            f"package is {path!r}, of which {problem.filename or path} cannot be read: {problem.strerror}. Name an "
            "archive or a folder of the host that runs the task"
        ) from problem
    try:
        parts, contents = _opened(archive)
    except ValueError as problem:
        raise InputError(f"package is {path!r}: {problem}") from problem
    _check(path, parts, contents)
    return Package(archive, parts, _mark(parts, contents))


def mark_of(archive: bytes) -> str:
    """The mark of a package as the server gives it back; of its bytes where it is none that can be read."""
    try:
        return _mark(*_opened(archive))
    except ValueError:
        return f"sha256:{hashlib.sha256(archive).hexdigest()}"


def _mark(parts: Mapping[str, str], contents: Mapping[str, bytes]) -> str:
    digests = {part: hashlib.sha256(content).hexdigest() for part, content in contents.items()}
    return "sha256:" + hashlib.sha256(json.dumps([dict(parts), digests], sort_keys=True).encode()).hexdigest()


def _opened(archive: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """(value of each part, content of each that is a file). Raises ValueError that says what is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if sum(entry.file_size for entry in opened.infolist()) > _LARGEST:
                raise ValueError(f"it unpacks to more than {_LARGEST // 1024 // 1024} MB")
            return _parts(opened.read)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as problem:
        raise ValueError(f"it is no archive that can be opened ({problem})") from problem


def _parts(read: Reader) -> tuple[dict[str, str], dict[str, bytes]]:
    try:
        manifest = json.loads(read(MANIFEST))
    except KeyError as problem:
        raise ValueError(f"it has no {MANIFEST} at its root") from problem
    except ValueError as problem:
        raise ValueError(f"its {MANIFEST} is no JSON: {problem}") from problem
    named: Any = manifest.get("Resources") if isinstance(manifest, dict) else None
    if not isinstance(named, dict):
        raise ValueError(f"its {MANIFEST} has no Resources")
    parts = {part: str(named[part]) for part in PARTS if named.get(part)}
    contents = {}
    for part, name in parts.items():
        if part != TEXT:
            try:
                contents[part] = read(name)
            except (KeyError, FileNotFoundError) as problem:
                raise ValueError(f"its {MANIFEST} names {name} as {part}, which is not in it") from problem
    return parts, contents


def _from_folder(path: str) -> Package:
    """The same of a folder, with a manifest of its own or with files that are called after the parts."""
    names = sorted(os.listdir(path))

    def read(name: str) -> bytes:
        if name not in names:  # also keeps a manifest from naming anything outside
            raise KeyError(name)
        with open(os.path.join(path, name), "rb") as stream:
            return stream.read()

    if MANIFEST in names:
        manifest = read(MANIFEST)
    else:
        resources = {}
        for part, stem in _STEMS.items():
            found = [name for name in names if name.rpartition(".")[0].lower() == stem]
            if len(found) > 1:
                raise InputError(f"package is {path!r}: both {found[0]} and {found[1]} could be its {stem}; remove one")
            if found:
                resources[part] = read(found[0]).decode("utf-8", "replace").strip() if part == TEXT else found[0]
        name = os.path.basename(os.path.normpath(path))
        manifest = json.dumps({"Name": name, "Version": "1.0.0", "Resources": resources}, indent=2).encode()
    try:
        parts, contents = _parts(lambda each: manifest if each == MANIFEST else read(each))
    except ValueError as problem:
        raise InputError(f"package is {path!r}: {problem}") from problem
    _check(path, parts, contents)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {MANIFEST: manifest, **{parts[part]: contents[part] for part in contents}}.items():
            # A moment of its own would make another archive each time.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return Package(stream.getvalue(), parts, _mark(parts, contents))


def _check(path: str, parts: Mapping[str, str], contents: Mapping[str, bytes]) -> None:
    """Refuse what no server takes. Raises InputError."""
    missing = [part for part in REQUIRED if part not in parts]
    if missing:
        files = ", ".join(f"{_STEMS[part]}.*" for part in missing)
        raise InputError(
            f"package is {path!r}: it has no {', '.join(missing)}, which every package needs. Name it in {MANIFEST}, "
            f"or in a folder without one add {files}"
        )
    for part, kind in _PICTURES.items():
        images.checked(f"package: {part}", kind, parts[part], contents[part], limit=part == "Logo")
    for part in ("CustomLinks", "Localizations"):
        try:
            json.loads(contents.get(part, b"[]"))
        except ValueError as problem:
            raise InputError(f"package is {path!r}: {parts[part]}, its {part}, is no JSON: {problem}") from problem
