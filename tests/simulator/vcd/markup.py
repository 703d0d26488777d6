"""One neutral tree for the documents of `/api`, written out as XML or in the JSON variant (contract 1.1 and 4.6)."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

VCLOUD_NAMESPACE = "http://www.vmware.com/vcloud/v1.5"
_CAPITALS = string.ascii_uppercase
_XML_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot carry, not even as a reference."""
# A bare carriage return would be read back as a line feed.
_TEXT_ENTITIES = {"\r": "&#13;"}
_ATTRIBUTE_ENTITIES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
# Elements that the schema lets occur many times: the JSON variant makes arrays of them even when there is one.
_REPEATED = frozenset({"Link", "Location"})

_TO_ESCAPE = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
"""What cannot stand in an attribute as it is: few values have any of it, and thousands are written at a time."""
_NAMESPACED = re.compile(r"xmlns(:|$)")

Value = str | int | bool


@dataclass(slots=True)
class Element:
    """An element with typed attributes; those with None are left out.

    `many` names children that form an array under this name in JSON; `section` is the schema's type of an OVF section,
    which JSON puts into the array `section` of its parent, with this name as `_type`. Of a section's children, `many`
    means those of this very name.
    """

    tag: str
    attributes: Mapping[str, Value | None] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: Value | None = None
    many: str | None = None
    section: str | None = None


def _plain(value: Value) -> str:
    if value is True:
        return "true"
    # An error message may quote the path of a request, which may hold what no XML document can.
    return "false" if value is False else NOT_IN_XML.sub("\ufffd", str(value))


def _attribute(value: Value) -> str:
    if isinstance(value, str):
        return value if not _TO_ESCAPE.search(value) else escape(_plain(value), _ATTRIBUTE_ENTITIES)
    # Numbers and booleans have nothing to escape.
    return "true" if value is True else "false" if value is False else str(value)


def _write(element: Element, out: list[str], namespace: str | None) -> None:
    out.append("<" + element.tag)
    if namespace is not None:
        out.append(f' xmlns="{namespace}"')
    for name, value in element.attributes.items():
        if value is not None:
            out.append(f' {name}="{_attribute(value)}"')
    if element.text is None and not element.children:
        out.append("/>")
        return
    out.append(">")
    if element.text is not None:
        out.append(escape(_plain(element.text), _TEXT_ENTITIES))
    for child in element.children:
        _write(child, out, None)
    out.append(f"</{element.tag}>")


def document(root: Element, namespace: str = VCLOUD_NAMESPACE) -> bytes:
    """The XML document with this root, UTF-8, the namespace as the default one."""
    out = [_XML_HEADER]
    _write(root, out, namespace)
    return "".join(out).encode()


def _small(name: str) -> str:
    """`ovf:Info` is `info`, `MACAddress` is `macAddress`, `VCpuInMhz2` is `vCpuInMhz2`: the last capital of a run
    begins a word."""
    name = name.rpartition(":")[2]
    capitals = len(name) - len(name.lstrip(_CAPITALS))
    small = max(1, capitals - 1) if capitals < len(name) else capitals
    return name[:small].lower() + name[small:]


def as_json(element: Element) -> Any:
    """The JSON variant: the same names, first letter small; attributes and children side by side."""
    if element.text is not None and not element.attributes and not element.children:
        return element.text
    result: dict[str, Any] = {"otherAttributes": {}, "link": []}
    for key, value in element.attributes.items():
        if value is not None and not _NAMESPACED.match(key):
            result[key.rpartition(":")[2]] = value
    if element.section is not None:
        result["_type"] = element.section
    if element.many is not None:
        result[element.many] = []
    for child in element.children:
        name = _small(child.tag)
        if child.section is not None:
            result.setdefault("section", []).append(as_json(child))
        elif child.tag in _REPEATED:
            result.setdefault(name, []).append(as_json(child))
        elif element.many is not None and (element.section is None or element.many == name):
            result[element.many].append(as_json(child))
        else:
            empty = not (child.attributes or child.children or child.many) and child.text is None
            result[name] = "" if empty else as_json(child)
    return result


def json_document(root: Element, nulls: Iterable[str] = ()) -> bytes:
    """The JSON variant as bytes; `nulls` are members that are written as null when the document has no such child."""
    body = as_json(root)
    for name in nulls:
        body.setdefault(name, None)
    return json.dumps(body, separators=(",", ":")).encode()
