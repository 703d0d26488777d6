# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Content as items: what an item is, by what two of them are compared, and how one is written for git. Pure.

The layout of a folder, with names as content_names.py writes them:

    actions/<module>/<name>.js, .yml                 script and the rest (.py, .ps1 for other runtimes; .action is read)
    configurations/<category>/<name>.yml             attributes, secrets without their values
    resources/<category>/<name>, <name>.yml          bytes, and their type and description
    workflows/<category>/<name>.xml                  readable XML (.workflow is read)
    packages/<name>.package

An item's key is the path of its file without the suffix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._plan import Field, InputError, Values
from . import actions, archives, artifacts, attributes, categories, content_names, markup, packages, resources
from .artifacts import Artifact, Package
from .attributes import Attribute
from .markup import Node

ACTION, CONFIGURATION, RESOURCE, WORKFLOW, PACKAGE, CATEGORY = (
    "actions", "configurations", "resources", "workflows", "packages", "categories",
)  # fmt: skip
KINDS = (ACTION, CONFIGURATION, RESOURCE, WORKFLOW, PACKAGE)
# The type of the categories that a kind lies in.
CATEGORIES = {
    ACTION: categories.MODULE,
    CONFIGURATION: categories.CONFIGURATION,
    RESOURCE: categories.RESOURCE,
    WORKFLOW: categories.WORKFLOW,
}
# Suffix of a script by the beginning of the runtime that it is for; none is the server's own JavaScript.
SCRIPTS = {"": ".js", "node": ".js", "python": ".py", "powershell": ".ps1"}
FIELDS: dict[str, Field] = {
    "category": Field(""),
    "version": Field(""),
    "description": Field(""),
    "mime_type": Field(""),
    "content": Field(""),
    "secrets": Field("", unordered=True),
}


@dataclass(frozen=True)
class Item:
    """One item as a file says it or as a server has it.

    `given` is what it says, in the user's words: of an action what actions.CONTENT names, of a configuration element
    `description` and `attributes`, of a resource element `mime_type` and `description`; what is missing is left as it
    is. `data` are a resource's bytes, `artifact` is a workflow, `package` a package, `source` is what the server told.
    """

    kind: str
    place: str
    name: str
    key: str
    id: str = ""
    given: Values = field(default_factory=dict)
    data: bytes = field(default=b"", repr=False)
    artifact: Artifact | None = None
    package: Package | None = None
    source: Any = field(default=None, repr=False)

    @property
    def title(self) -> str:
        return f"{self.place}/{self.name}" if self.place else self.name


def key(kind: str, place: str, name: str) -> str:
    """The key of an item."""
    return "/".join(
        part for part in (kind, content_names.path_name(place) if place else "", content_names.file_name(name)) if part
    )


def digest(*parts: Any) -> str:
    """A digest of texts and plain values."""
    return f"sha256:{hashlib.sha256(repr(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


# What an item is compared by


def compared(item: Item) -> Values:
    """The values of FIELDS of an item that is complete."""
    if item.kind == ACTION:
        rest = [item.given[part] for part in ("output_type", "inputs", "script", "runtime")]
        return {**{part: item.given[part] for part in ("version", "description")}, "content": digest(rest)}
    if item.kind == CONFIGURATION:
        shown = attributes_shown(item.given["attributes"])
        return {"description": item.given["description"], "content": digest(shown), "secrets": []}
    if item.kind == RESOURCE:
        return {**item.given, "content": f"sha256:{resources.digest(item.data)}"}
    if item.kind == WORKFLOW and item.artifact is not None:
        told = item.artifact
        return {"category": item.place, "version": told.version, "content": digest(told.content, layout(told.document))}
    raise ValueError(f"{item.kind} cannot be compared")


def attributes_shown(found: Iterable[Attribute]) -> list[Values]:
    """Attributes in the order of their names, without secrets."""
    return sorted((each.shown() for each in found), key=lambda each: str(each["name"]))


def layout(document: Node | None) -> list[tuple[str, ...]]:
    """Where a workflow's boxes are, which is part of what is kept in git."""
    if document is None:
        return []
    places = ((each.attributes.get("name", ""), each.child("position")) for each in document.walk())
    return sorted(
        (name, *map(_number, (at.attributes.get("x", ""), at.attributes.get("y", "")))) for name, at in places if at
    )


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


# How an item is written


def files(item: Item, name: str | None = None) -> dict[str, bytes]:
    """{path below the folder: content} of a complete item; `name` is its file's where that is not the usual one."""
    file = content_names.file_name(item.name) if name is None else name
    base = "/".join(
        part for part in (item.kind, content_names.path_name(item.place) if item.place else "", file) if part
    )
    if item.kind == ACTION:
        suffix = SCRIPTS[str(item.given["runtime"]).partition(":")[0]]
        return {f"{base}{suffix}": script_bytes(item.given["script"]), f"{base}.yml": _action_yaml(item)}
    if item.kind == CONFIGURATION:
        return {f"{base}.yml": _configuration_yaml(item)}
    if item.kind == RESOURCE:
        about = {part: item.given[part] for part in ("mime_type", "description") if part in item.given}
        return {base: item.data, **({f"{base}.yml": content_names.dump(about)} if about else {})}
    if item.kind == WORKFLOW and item.artifact is not None:
        return {f"{base}.xml": workflow_xml(item.artifact)}
    if item.kind == PACKAGE and item.package is not None:
        return {f"{base}.package": item.package.packed}
    raise ValueError(f"{item.kind} has no file")


def script_bytes(script: str) -> bytes:
    """A script as a file: with a line feed at its end, which means nothing to the server."""
    return f"{script}\n".encode() if script else b""


def workflow_xml(artifact: Artifact) -> bytes:
    """A workflow as a file, without secret values."""
    return artifacts.readable(artifact).encode("utf-8")


def _action_yaml(item: Item) -> bytes:
    given = item.given
    told = {part: given[part] for part in ("version", "description", "output_type", "inputs")}
    return content_names.dump({**told, "runtime": given["runtime"]} if given["runtime"] else told)


def _configuration_yaml(item: Item) -> bytes:
    silent = item.given.get("silent", ())  # attributes of which a file leaves each server its own value
    shown = [each.shown() for each in item.given["attributes"]]
    for each in shown:
        if each["name"] in silent:
            each.pop("value", None)
    return content_names.dump({"description": item.given["description"], "attributes": shown})


def text(item: Item | None) -> str:
    """An item as a diff shows it, without secrets; an empty text for one that is not there."""
    if item is None:
        return ""
    if item.kind == PACKAGE and item.package is not None:
        return package_text(item.package)
    if item.kind == CATEGORY:
        return f"{item.title}\n"
    told = []
    for path, content in sorted(files(item).items(), key=lambda each: not each[0].endswith(".yml")):
        shown = resources.text(content)
        told.append(
            shown if shown is not None else f"{path}: {len(content)} bytes, sha256:{resources.digest(content)}\n"
        )
    return "".join(told)


def package_text(package: Package) -> str:
    """A package's elements, one a line."""
    rows = (f"{each.kind} {each.place or ''}/{each.name} {each.version} {each.mark}\n" for each in package.elements)
    return "".join(sorted(rows))


def marks(found: Iterable[Artifact]) -> list[tuple[str, ...]]:
    """By what the elements of packages are compared: without the values of attributes, which an import leaves alone."""
    return sorted(
        (each.kind, each.id, ".".join(map(str, artifacts.numbers(each.version))), packages.content(each, False))
        for each in found
    )


# What a file says, on top of what is there


def completed(item: Item, present: Item | None) -> Item:
    """An item of a file with what it leaves out, as the server has it or as a new one gets it."""
    if item.kind == ACTION:
        base = {part: definition.default for part, definition in actions.CONTENT.items()}
        return _with(item, {**base, **(present.given if present else {}), **item.given})
    if item.kind == RESOURCE:
        return _with(item, {**(present.given if present else {}), **item.given})
    return item


def _with(item: Item, given: Mapping[str, Any]) -> Item:
    return Item(
        item.kind, item.place, item.name, item.key, item.id, dict(given), item.data, item.artifact, item.package,
        item.source,
    )  # fmt: skip


def keep_secrets(wanted: Artifact, present: Artifact) -> Artifact:
    """A workflow of a file with the secret values that the server has for attributes of the same name and type, because
    a file in git has none and an import replaces all. Raises InputError."""
    if wanted.document is None or present.document is None:
        return wanted
    held = {_identity(each): each.child("value") for each in present.document.named("attrib")}
    changed = False
    children = []
    for node in wanted.document.children:
        value = held.get(_identity(node)) if node.name == "attrib" and _is_secret(node) else None
        if value is not None and node.child("value") is None:
            node, changed = Node(node.name, node.attributes, "", [*node.children, value]), True
        children.append(node)
    if not changed:
        return wanted
    whole = wanted.document
    document = Node(whole.name, whole.attributes, whole.text, children)
    built = Artifact(artifacts.WORKFLOW, wanted.id, wanted.name, document=document)
    content = artifacts.xml(built).encode("utf-8")
    if wanted.packed:  # what else is in the file, such as a form, stays there
        files = {**archives.unpack(wanted.packed), "workflow-content": markup.encode(content.decode("utf-8"))}
        content = archives.pack(files)
    read = artifacts.read(f"workflow {wanted.name}", content)
    if not isinstance(read, Artifact):
        raise InputError(f"workflow {wanted.name} became something else")
    return read


def _identity(node: Node) -> tuple[str, str]:
    return node.attributes.get("name", ""), node.attributes.get("type", "")


def _is_secret(node: Node) -> bool:
    return attributes.holds_secret(node.attributes.get("type", ""))
