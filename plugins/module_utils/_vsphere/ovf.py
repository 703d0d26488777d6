# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The descriptor of an OVF package: what it holds, asks for and offers. Pure.

Contract vsphere-ovf.md, 2 and 4. vCenter could parse it too (ParseDescriptor), but not every server can, and the values
of a task have to be checked before anything is uploaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .._plan import InputError

GUEST_INFO = "com.vmware.guestInfo"


@dataclass(frozen=True)
class Property:
    """A property of a ProductSection. `key` is the whole one: `[class "."] id ["." instance]` (contract 2.3)."""

    class_id: str
    id: str
    instance_id: str
    type: str = "string"
    qualifiers: str = ""
    password: bool = False

    @property
    def key(self) -> str:
        return ".".join(part for part in (self.class_id, self.id, self.instance_id) if part)


@dataclass(frozen=True)
class File:
    """A file of the package: its name in it, its size where the descriptor tells, compression and chunk size."""

    href: str
    size: int | None = None
    compression: str = ""
    chunk_size: int | None = None


@dataclass(frozen=True)
class Descriptor:
    """What a package is. `digest` is the SHA-256 of the text; `configurations` are pairs of id and label."""

    digest: str
    name: str = ""
    product: str = ""
    version: str = ""
    eulas: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    configurations: tuple[tuple[str, str], ...] = ()
    default_configuration: str = ""
    properties: tuple[Property, ...] = ()
    files: tuple[File, ...] = ()
    disks: int = 0
    capacity: int = 0
    transports: tuple[str, ...] = ()

    def by_key(self) -> dict[str, Property]:
        return {each.key: each for each in self.properties}


class _Builder(ElementTree.TreeBuilder):
    """Refuses a document type before anything of it is read: no entities, neither external nor endless ones."""

    def doctype(self, name: str, public_id: str | None, system_id: str | None) -> None:
        raise ValueError("it has a document type declaration, which no OVF descriptor needs")


def _root(text: bytes) -> Element:
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(text)
        root: object = parser.close()
    except (ElementTree.ParseError, LookupError) as problem:
        raise ValueError(f"it is not XML ({problem})") from problem
    if not isinstance(root, Element) or _local(root) != "Envelope":
        raise ValueError("it is no OVF envelope")
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """An attribute by its local name: descriptors of version 1 and 2 differ in the namespace."""
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == name), "").strip()


def _children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if _local(child) in names)


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "1")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _messages(root: Element) -> dict[str, str]:
    """Texts that the descriptor names by an id."""
    return {
        _attribute(entry, "msgid"): (entry.text or "").strip()
        for strings in _children(root, "Strings")
        for entry in _children(strings, "Msg")
    }


def _text(parent: Element, name: str, messages: dict[str, str]) -> str:
    """The text of a child, looked up where it is named by an id."""
    for child in _children(parent, name):
        return messages.get(_attribute(child, "msgid"), "") or (child.text or "").strip()
    return ""


def _properties(section: Element) -> Iterator[Property]:
    class_id, instance_id = _attribute(section, "class"), _attribute(section, "instance")
    for entry in _children(section, "Property"):
        kind = _attribute(entry, "type") or "string"
        yield Property(
            class_id,
            _attribute(entry, "key"),
            instance_id,
            type=kind,
            qualifiers=_attribute(entry, "qualifiers"),
            password=_is_true(_attribute(entry, "password")) or kind.lower().startswith("password"),
        )


def _capacity(disk: Element) -> int:
    """The size of a disk in bytes; its unit is written as `byte * 2^30`."""
    amount = _number(_attribute(disk, "capacity")) or 0
    power = re.search(r"2\s*\^\s*(\d+)", _attribute(disk, "capacityAllocationUnits"))
    return amount << (int(power.group(1)) if power else 0)


def parse(text: bytes, where: str) -> Descriptor:
    """Read a descriptor; `where` names it in messages. Raises InputError, also for a vApp of several VMs."""
    try:
        root = _root(text)
    except ValueError as problem:
        raise InputError(f"source: {where} cannot be read: {problem}. Is the package complete?") from problem
    if next(_all(root, "VirtualSystemCollection"), None) is not None:
        count = len(list(_all(root, "VirtualSystem")))
        raise InputError(
            f"source: {where} describes a vApp of {count} VM{'s' * (count != 1)}: this module deploys appliances of "
            "one "
            "VM. Deploy it with vCenter, or take the package of the single appliance."
        )
    systems = list(_children(root, "VirtualSystem"))
    if len(systems) != 1:
        raise InputError(f"source: {where} describes {len(systems)} VMs, not one. Is it the right package?")
    system, messages = systems[0], _messages(root)
    sections = [*_children(root, "ProductSection"), *_children(system, "ProductSection")]
    named = [section for section in sections if _text(section, "Product", messages)]
    options = [each for section in _children(root, "DeploymentOptionSection") for each in section]
    options = [each for each in options if _local(each) == "Configuration"]
    chosen = next((each for each in options if _is_true(_attribute(each, "default"))), options[0] if options else None)
    disks = [disk for section in _children(root, "DiskSection") for disk in _children(section, "Disk")]
    eulas = [
        _text(section, "License", messages) for part in (root, system) for section in _children(part, "EulaSection")
    ]
    hardware = list(_children(system, "VirtualHardwareSection"))
    return Descriptor(
        digest=hashlib.sha256(text).hexdigest(),
        name=_attribute(system, "id"),
        product=_text(named[0], "Product", messages) if named else "",
        version=_text(named[0], "FullVersion", messages) or _text(named[0], "Version", messages) if named else "",
        eulas=tuple(each for each in eulas if each),
        networks=tuple(
            _attribute(network, "name")
            for section in _children(root, "NetworkSection")
            for network in _children(section, "Network")
        ),
        configurations=tuple((_attribute(each, "id"), _text(each, "Label", messages)) for each in options),
        default_configuration=_attribute(chosen, "id") if chosen is not None else "",
        properties=tuple(each for section in sections for each in _properties(section)),
        files=tuple(
            File(
                _attribute(file, "href"),
                _number(_attribute(file, "size")),
                _attribute(file, "compression"),
                _number(_attribute(file, "chunkSize")),
            )
            for section in _children(root, "References")
            for file in _children(section, "File")
        ),
        disks=len(disks),
        capacity=sum(map(_capacity, disks)),
        transports=tuple(name for section in hardware for name in _attribute(section, "transport").split()),
    )
