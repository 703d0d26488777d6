# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of plug-ins of the orchestrator, `.dar` and `.vmoapp`: what is in them (contract vro-api.md, 15). Pure but for
reading the file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

from .. import _files
from .._plan import InputError
from . import archives

_DESCRIPTION = "VSO-INF/vso.xml"
_AGREEMENT = "VSO-INF/vsoapp.txt"
_REMEDY = "Give the path of a .vmoapp or .dar file on the host where the task runs"


@dataclass(frozen=True)
class Described:
    """What a `.dar` says of itself; `build` is None where it names none."""

    name: str
    version: str
    build: str | None
    display_name: str


@dataclass(frozen=True)
class Package:
    """A file to install: its plug-ins by name, and the licence agreement that it brings (empty for none)."""

    file_name: str
    content: bytes
    plugins: dict[str, Described]
    agreement: str

    @property
    def format(self) -> str:
        """What the server calls this kind of file."""
        return "dar" if self.file_name.lower().endswith(".dar") else "vmoapp"


def read(path: str) -> Package:
    """The file that the option `path` names. Raises InputError that says what is wrong with it."""
    content = _files.read("path", path, _REMEDY)
    try:
        files = archives.unpack(content)
        if _DESCRIPTION in files:
            found = [_described(files[_DESCRIPTION])]
        else:
            inner = [name for name in sorted(files) if name.lower().endswith(".dar")]
            if not inner:
                raise ValueError(f"it holds neither {_DESCRIPTION} nor a .dar file, so it is no plug-in")
            found = [_inside(name, files[name]) for name in inner]
    except ValueError as problem:
        raise InputError(f"path is {path!r}: {problem}") from problem
    agreement = files.get(_AGREEMENT, b"").decode("utf-8", errors="replace").strip()
    name = os.path.basename(path)
    if not name.lower().endswith((".dar", ".vmoapp")):
        # The server goes by the name.
        raise InputError(f"path is {path!r}: the name of the file has to end with .vmoapp or .dar")
    return Package(name, content, {each.name: each for each in found}, agreement)


def _inside(name: str, content: bytes) -> Described:
    files = archives.unpack(content)
    if _DESCRIPTION not in files:
        raise ValueError(f"{name} in it has no {_DESCRIPTION}, so it is no plug-in")
    return _described(files[_DESCRIPTION])


def _described(text: bytes) -> Described:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError(f"its {_DESCRIPTION} declares entities, which no plug-in needs")
    try:
        root = fromstring(text)
    except ParseError as problem:
        raise ValueError(f"its {_DESCRIPTION} is no XML ({problem})") from problem
    name, version = _value(root, "name"), _value(root, "version")
    if not name or not version:
        raise ValueError(f"its {_DESCRIPTION} does not tell name and version")
    build = _value(root, "build-number") or _value(root, "build") or None
    return Described(name, version, build, _value(root, "display-name") or name)


def _value(root: Element, name: str) -> str:
    """An attribute of the top element, or the text of one right below it."""
    for child in root:
        if child.tag.rpartition("}")[2] == name and name not in root.attrib:
            return (child.text or "").strip()
    return (root.get(name) or "").strip()


def number(version: str | None) -> tuple[int, ...]:
    """A version or a build as numbers, so that 1.10 is newer than 1.9 and 1.0 is 1.0.0; what follows a dash is left
    out. Empty for one that is not known or has no numbers."""
    found = [int(part) for part in re.findall(r"\d+", (version or "").partition("-")[0])]
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def compare(version: str, build: str | None, other: str, other_build: str | None) -> int:
    """-1, 0 or 1 where a version is older than the other one, the same, or newer; builds count where both are known."""
    one, two = number(version), number(other)
    if one == two and build and other_build:
        one, two = number(build), number(other_build)
    return (one > two) - (one < two)
