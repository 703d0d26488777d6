# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the orchestrator's content: `.workflow`, `.action`, `.package`, and the XML in them as it is kept in git.

    read(name, content)        what a file holds: an Artifact (a workflow or an action) or a Package (many of them)
    load(option, path)         the same of a file that an option names
    readable(artifact)         its XML for git: UTF-8, an element a line, the same text for the same content
    pack(artifact)             the file that a server imports: made of the XML where it was read from XML
    compare_versions(a, b)     -1, 0, 1

Two artifacts hold the same when their `content` is equal: decoded XML without layout, never the bytes of a ZIP.
Contract vro-api.md, 6, 11, 13.3 and 21. Pure but for `load`. New files are built in workflow_files.py.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import _files
from .._plan import InputError
from . import archives, markup
from .markup import Node

# Kinds in the user's words, and as packages write them (contract 13.3).
WORKFLOW, ACTION = "workflow", "action"
CONFIGURATION, RESOURCE, POLICY = "configuration_element", "resource_element", "policy_template"
KINDS = {
    "Workflow": WORKFLOW,
    "ScriptModule": ACTION,
    "ConfigurationElement": CONFIGURATION,
    "ResourceElement": RESOURCE,
    "PolicyTemplate": POLICY,
}
SUFFIXES = {WORKFLOW: ".workflow", ACTION: ".action"}
# The outermost element of what a kind's file holds.
ROOTS = {WORKFLOW: "workflow", ACTION: "dunes-script-module", CONFIGURATION: "config-element"}
_SPACES = (
    'xmlns="http://vmware.com/vco/workflow" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://vmware.com/vco/workflow http://vmware.com/vco/workflow/Workflow-v4.xsd"'
)
_META = "dunes-meta-inf"
_RESOURCE_FILES = "VSO-RESOURCE-INF/"
_REMEDY = "Name a .workflow, .action or .package file, or the XML of a workflow or an action"


@dataclass(frozen=True)
class Artifact:
    """One element of content. `place` is its category (`A/B`) or module; None where the file does not tell.

    `content` is what is compared (see markup.comparable; of a resource a digest of its bytes and its type). `document`
    is the XML, None for a resource, whose bytes are `data`. `packed` is the file's own ZIP, empty where it was XML.
    """

    kind: str
    id: str
    name: str
    version: str = "0.0.0"
    description: str = ""
    place: str | None = None
    content: str = field(default="", repr=False)
    document: Node | None = field(default=None, repr=False, compare=False)
    data: bytes = field(default=b"", repr=False, compare=False)
    mime_type: str = ""
    packed: bytes = field(default=b"", repr=False, compare=False)

    @property
    def mark(self) -> str:
        """A digest that is equal for equal content."""
        return f"sha256:{hashlib.sha256(self.content.encode()).hexdigest()}"


@dataclass(frozen=True)
class Package:
    """A package file: its name, its elements in the file's order, and what the server that made it was."""

    name: str
    description: str
    elements: tuple[Artifact, ...]
    server_version: str
    used_plugins: dict[str, str]
    packed: bytes = field(repr=False)


# Versions


def numbers(version: str | None) -> tuple[int, ...]:
    """`major.minor.micro` as three numbers or more, what is missing as 0 (contract 21)."""
    found = re.match(r"\d+(?:\.\d+)*", (version or "").strip())
    parts = tuple(int(part) for part in found.group().split(".")) if found else ()
    return parts + (0,) * (3 - len(parts))


def compare_versions(one: str | None, other: str | None) -> int:
    """-1 where the first is older, 1 where it is newer, else 0."""
    return (numbers(one) > numbers(other)) - (numbers(one) < numbers(other))


def without_values(artifact: Artifact) -> Artifact:
    """A configuration element without the values of its attributes, which an import may leave as they are."""
    if artifact.document is None:
        return artifact
    bare = markup.without(artifact.document, "value")
    return replace(artifact, document=bare, content=markup.comparable(bare))


# Reading


def load(option: str, path: str) -> Artifact | Package:
    """What the file holds that an option names. Raises InputError that begins with the option."""
    return read(f"{option} is {path!r}", _files.read(option, path, f"{_REMEDY}."))


def read(name: str, content: bytes) -> Artifact | Package:
    """What a file holds; what kind of file it is says its content. `name` begins the message of the InputError."""
    try:
        return _read(content)
    except ValueError as problem:
        raise InputError(f"{name}: {problem}.") from problem


def _read(content: bytes) -> Artifact | Package:
    if not archives.is_archive(content):
        return _of_xml(content)
    files = archives.unpack(content)
    for kind, suffix in SUFFIXES.items():
        entry = f"{suffix[1:]}-content"
        if entry in files:
            return _of_document(kind, _document(kind, files[entry], entry), packed=content)
    if _META in files:
        return _package(files, content)
    held = ", ".join(sorted(files)[:5]) or "nothing"
    raise ValueError(f"it is a ZIP with {held}, and neither a workflow, an action nor a package. {_REMEDY}")


def _of_xml(content: bytes) -> Artifact:
    try:
        document = markup.parse(content)
    except ValueError as problem:
        raise ValueError(f"it is no ZIP, and {problem}. {_REMEDY}") from problem
    kind = next((kind for kind in SUFFIXES if ROOTS[kind] == document.name), None)
    if kind is None:
        raise ValueError(f"its outermost element is {document.name!r}, not workflow or dunes-script-module. {_REMEDY}")
    return _of_document(kind, document)


def _document(kind: str, content: bytes, entry: str) -> Node:
    try:
        document = markup.parse(content)
    except ValueError as problem:
        raise ValueError(f"its {entry} cannot be read: {problem}") from problem
    if document.name != ROOTS[kind]:
        raise ValueError(f"its {entry} begins with {document.name!r} instead of {ROOTS[kind]!r}")
    return document


def _of_document(kind: str, document: Node, **more: Any) -> Artifact:
    """The artifact that a workflow's, an action's or a configuration element's XML describes."""
    told = document.attributes
    name = (told.get("name", "") if kind == ACTION else document.said("display-name")).strip()
    identifier = told.get("id", "").strip()
    for what, value in (("id", identifier), ("name", name)):
        if not value:
            raise ValueError(f"its {ROOTS[kind]} has no {what}, by which a server knows it")
    if "/" in identifier or "\\" in identifier:
        raise ValueError(f"its id is {identifier!r}, which no server gives")
    if kind == ACTION:
        _check_script(document)
    return Artifact(
        kind,
        identifier,
        name,
        told.get("version", "").strip() or "0.0.0",
        document.said("description"),
        content=markup.comparable(document),
        document=document,
        **more,
    )


def _check_script(document: Node) -> None:
    script = document.child("script")
    if script is not None and script.attributes.get("encoded", "false") not in ("false", "n"):
        raise ValueError("its script is encoded, which nothing but the product reads; export the action anew")


# Packages


def _package(files: Mapping[str, bytes], content: bytes) -> Package:
    told = _properties(files[_META], _META)
    name = told.get("pkg-name", "").strip()
    if not name:
        raise ValueError(f"its {_META} has no pkg-name")
    folders = [path.removesuffix("info") for path in files if re.fullmatch(r"elements/[^/]+/info", path)]
    elements: list[Artifact] = []
    # Resources are ZIPs in the ZIP: together they may not unpack to more than one.
    left = archives.LARGEST
    for folder in folders:
        elements.append(_element(files, folder, left))
        left -= len(elements[-1].data)
    seen: set[tuple[str, str]] = set()
    for each in elements:
        if (each.kind, each.id) in seen:
            raise ValueError(f"it holds the {each.kind} {each.id} twice")
        seen.add((each.kind, each.id))
    return Package(
        name,
        told.get("pkg-description", ""),
        tuple(elements),
        told.get("vso-version", "").strip(),
        _plugins(told.get("used-plugins", "")),
        content,
    )


def _properties(content: bytes, entry: str) -> dict[str, str]:
    """{key: value} of properties in XML. Raises ValueError."""
    try:
        document = markup.parse(content)
    except ValueError as problem:
        raise ValueError(f"its {entry} cannot be read: {problem}") from problem
    return {each.attributes.get("key", ""): each.text for each in document.named("entry")}


def _plugins(text: str) -> dict[str, str]:
    """{name: version} of `PowerShell#1.0.13`; how several are divided is not told anywhere, so by what no name has."""
    found = (each.partition("#") for each in re.split(r"[,;|\s]+", text) if each)
    return {name: version for name, _sign, version in found if name}


def _element(files: Mapping[str, bytes], folder: str, largest: int) -> Artifact:
    info = _properties(files[f"{folder}info"], f"{folder}info")
    wire, identifier = info.get("type", ""), info.get("id", "").strip()
    data = files.get(f"{folder}data")
    if not identifier or data is None:
        raise ValueError(f"its {folder} has no {'data' if identifier else 'id'}")
    kind = KINDS.get(wire, wire)
    place = _place(kind, files.get(f"{folder}categories"))
    if kind == RESOURCE:
        return _resource(identifier, place, data, folder, largest)
    if kind in ROOTS:
        found = _of_document(kind, _document(kind, data, f"{folder}data"), place=place)
        if found.id != identifier:
            raise ValueError(f"its {folder}info says id {identifier}, its data {found.id}")
        return found
    # What else a package may hold (policies, environments of actions): told of and compared as bytes.
    name = info.get("name", identifier)
    return Artifact(kind, identifier, name, place=place, content=hashlib.sha256(data).hexdigest(), data=data)


def _place(kind: str, categories: bytes | None) -> str | None:
    if categories is None:
        return None
    try:
        names = [each.attributes.get("name", "") for each in markup.parse(categories).named("category")]
    except ValueError as problem:
        raise ValueError(f"its categories of a {kind} cannot be read: {problem}") from problem
    return ("." if kind == ACTION else "/").join(names)


def _resource(identifier: str, place: str | None, data: bytes, folder: str, largest: int) -> Artifact:
    """A resource element: a ZIP of its bytes and a small file for each attribute."""
    try:
        files = archives.unpack(data, largest)
    except ValueError as problem:
        raise ValueError(f"its {folder}data cannot be read: {problem}") from problem
    told = {
        name.removeprefix(f"{_RESOURCE_FILES}attribute_"): content.decode("utf-8", "replace").strip()
        for name, content in files.items()
        if name.startswith(f"{_RESOURCE_FILES}attribute_")
    }
    if not told.get("name") or f"{_RESOURCE_FILES}data" not in files:
        raise ValueError(f"its {folder}data is no resource element: name or data are missing in it")
    held = files[f"{_RESOURCE_FILES}data"]
    mime = told.get("mimetype", "")
    return Artifact(
        RESOURCE,
        identifier,
        told["name"],
        told.get("version") or "0.0.0",
        told.get("description", ""),
        place,
        content=f"{mime}\n{told.get('description', '')}\nsha256:{hashlib.sha256(held).hexdigest()}",
        data=held,
        mime_type=mime,
    )


# Writing


def readable(artifact: Artifact) -> str:
    """A workflow's or an action's XML for git. Positions stay, because editors do not open a workflow without them; the
    values of secure strings go."""
    if artifact.kind not in SUFFIXES:
        raise ValueError(f"a {artifact.kind} has no file of its own")
    return xml(replace(artifact, document=markup.without_secrets(artifact.document))) if artifact.document else ""


def xml(artifact: Artifact) -> str:
    """The whole XML of any element that has one, laid out as `readable` does."""
    document = artifact.document
    if document is None:
        raise ValueError(f"a {artifact.kind} has no XML")
    own = {key: value for key, value in document.attributes.items() if key != "schemaLocation"}
    # A server's own spelling, and rights that mean no limit.
    if artifact.kind == WORKFLOW:
        own["object-name"] = "workflow:name=generic"
    if set(own.get("allowed-operations", "")) == set("vef"):
        del own["allowed-operations"]
    root = Node(document.name, own, document.text, document.children)
    return markup.write(root, _SPACES if artifact.kind == WORKFLOW else "")


def pack(artifact: Artifact) -> bytes:
    """The file that a server imports: the ZIP that was read, or one made of the XML, the same for the same XML."""
    return artifact.packed or wrap(artifact.kind, xml(artifact))


def wrap(kind: str, xml: str) -> bytes:
    """A `.workflow` or `.action` file of its XML (contract 6)."""
    stem = SUFFIXES[kind][1:]
    info = f"#\nunicode=true\nowner=\nversion=2.0\ntype={stem}\ncreator=www.dunes.ch\ncharset=UTF-16\n"
    return archives.pack({f"{stem}-info": info.encode("ascii"), f"{stem}-content": markup.encode(xml)})


def file_name(artifact: Artifact) -> str:
    """What the file of an upload is called: its name may have any character, a file's not."""
    return re.sub(r"[^\w.-]+", "_", artifact.name) + SUFFIXES[artifact.kind]
