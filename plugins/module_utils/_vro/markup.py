# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML of the orchestrator's content: decoded, parsed without entities, written for people, compared without layout.

Servers write it as UTF-16 whatever its declaration says: the byte order mark decides (contract vro-api.md, 6). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from . import spellings

# What a canvas needs and a run does not.
_LAYOUT = frozenset({"position"})
_LAYOUT_ATTRIBUTES = frozenset({"x", "y", "w", "h", "color"})
# What servers write by themselves on the outermost element, whatever was imported.
_SERVERS_OWN = frozenset(
    {"object-name", "api-version", "editor-version", "allowed-operations", "xmlns", "schemaLocation"}
)
# Values that are the same as none.
_DEFAULTS = {
    ("restartMode", "1"), ("resumeFromFailedMode", "0"), ("encoded", "false"), ("encoded", "n"), ("end-mode", "0"),
    ("read-only", "false"),
}  # fmt: skip
# Elements whose order means nothing, with the attribute that tells them apart.
_SETS = {"workflow-item": "name", "attrib": "name", "bind": "name", "att": "name", "tag": "name"}
# Below these all order is what people see.
_ORDERED = frozenset({"presentation"})
# An empty one is another value than none.
_KEPT = frozenset({"value"})
_DEEPEST = 200
# Types whose values are shown nowhere.
_SECRET = ("SecureString", "EncryptedString")


@dataclass
class Node:
    """An element: its name without namespace, attributes, text, and children. One with children has no text."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """The first child of a name."""
        return next(self.named(name), None)

    def named(self, name: str) -> Iterator[Node]:
        """All children of a name."""
        return (each for each in self.children if each.name == name)

    def said(self, name: str) -> str:
        """The text of the first child of a name, empty where there is none."""
        found = self.child(name)
        return found.text if found else ""

    def walk(self) -> Iterator[Node]:
        """This element and all below it."""
        yield self
        for each in self.children:
            yield from each.walk()


def decode(content: bytes) -> str:
    """The text of bytes that are UTF-16 or UTF-8, with or without a byte order mark. Raises ValueError."""
    head = content[:2]
    if head in (b"\xfe\xff", b"\xff\xfe"):
        coding = "utf-16"
    elif head[:1] == b"\0" or head[1:] == b"\0":
        coding = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    else:
        coding = "utf-8-sig"
    try:
        return content.decode(coding)
    except UnicodeDecodeError as problem:
        raise ValueError(f"it is no text in UTF-8 or UTF-16 (byte {problem.start})") from problem


def encode(text: str) -> bytes:
    """A text as servers write and want it: UTF-16, big end first, with a byte order mark (contract 6)."""
    return b"\xfe\xff" + text.encode("utf-16-be")


def parse(content: bytes | str) -> Node:
    """The outermost element of a document. Raises ValueError that says where and what is wrong.

    A document type without declarations of its own is passed over, as servers write one before their properties;
    entities are refused, because they can be made to grow without end.
    """
    text = content if isinstance(content, str) else decode(content)
    # The declaration may name an encoding that the text no longer has.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as problem:
        reason = expat.ErrorString(problem.code)
        raise ValueError(f"it is no XML: {reason} in line {problem.lineno}") from problem
    return reader.top.children[0]


class _Reader:
    """Builds nodes. White space between elements is nobody's; in a CDATA section it is content."""

    def __init__(self) -> None:
        self.top = Node("")
        self._open = [self.top]
        self._literal = [False]
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartCdataSectionHandler = self._cdata
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise ValueError(f"it is nested deeper than {_DEEPEST} elements")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items() if not _space(key)})
        self._open[-1].children.append(node)
        self._open.append(node)
        self._literal.append(False)

    def _end(self, name: str) -> None:
        node, literal = self._open.pop(), self._literal.pop()
        if node.children or not (literal or node.text.strip()):
            node.text = ""

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _cdata(self) -> None:
        self._literal[-1] = True

    def _doctype(self, name: str, system: str | None, public: str | None, declares: bool) -> None:
        if declares:
            raise ValueError("it declares entities, which no file of the orchestrator does")

    def _entity(self, *declared: object) -> None:
        raise ValueError("it declares entities, which no file of the orchestrator does")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _space(attribute: str) -> bool:
    """True for the declaration of a namespace, of which these files have one only."""
    return attribute == "xmlns" or attribute.startswith("xmlns:")


def write(node: Node, root: str = "") -> str:
    """A document that people can review: an element a line, attributes sorted, texts as CDATA. Ends with a line feed.

    The same content is the same text, however a server laid it out. `root` are attributes of the outermost element
    that come first, such as its namespaces.
    """
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + "".join(_lines(node, 0, root))


def _lines(node: Node, depth: int, root: str = "") -> Iterator[str]:
    indent = "  " * depth
    told = "".join(f" {key}={quoteattr(value)}" for key, value in sorted(node.attributes.items()))
    opening = f"{indent}<{node.name}{f' {root}' if root else ''}{told}"
    if node.children:
        yield f"{opening}>\n"
        for each in node.children:
            yield from _lines(each, depth + 1)
        yield f"{indent}</{node.name}>\n"
    elif node.text:
        yield f"{opening}>{cdata(node.text)}</{node.name}>\n"
    else:
        yield f"{opening}/>\n"


def cdata(text: str) -> str:
    """A text as CDATA, but for carriage returns, which a parser would otherwise read as line feeds."""
    sections = text.split("\r")
    return "&#13;".join(
        "<![CDATA[" + each.replace("]]>", "]]]]><![CDATA[>") + "]]>" if each else "" for each in sections
    )


def comparable(node: Node) -> str:
    """What a document says, without what a canvas shows and what servers write by themselves: equal for equal content.

    Left out: positions, attributes that servers own or that hold their default, elements without anything in them,
    secret values, which a server does not give back as they were, and the version, which is compared by itself.
    Elements whose order means nothing are sorted.
    """
    node = _one_spelling(without_secrets(node))
    own = {key: value for key, value in node.attributes.items() if key not in _SERVERS_OWN and key != "version"}
    cleaned = _cleaned(Node(node.name, own, node.text, node.children))
    return write(cleaned or Node(node.name))


def _cleaned(node: Node, ordered: bool = False) -> Node | None:
    ordered = ordered or node.name in _ORDERED
    drawn = node.name == "workflow-note"
    attributes = {
        key: value
        for key, value in node.attributes.items()
        if (key, value) not in _DEFAULTS and not (drawn and key in _LAYOUT_ATTRIBUTES)
    }
    inner = [_cleaned(each, ordered) for each in node.children if each.name not in _LAYOUT]
    children = [each for each in inner if each is not None]
    if not ordered:
        children.sort(key=lambda each: (each.name, each.attributes.get(_SETS.get(each.name, ""), "")))
    if not (attributes or children or node.text or node.name in _KEPT):
        return None
    return Node(node.name, attributes, node.text, children)


def _one_spelling(node: Node) -> Node:
    """Values of arrays and composites in one spelling: releases have two."""
    text = node.text
    if node.name == "value" and text:
        text = spellings.common(text)
    return Node(node.name, node.attributes, text, [_one_spelling(each) for each in node.children])


def without_secrets(node: Node) -> Node:
    """The same without the values of secure and encrypted strings."""
    if any(secret in node.attributes.get("type", "") for secret in _SECRET):
        return Node(node.name, node.attributes, "", [each for each in node.children if each.name != "value"])
    return Node(node.name, node.attributes, node.text, [without_secrets(each) for each in node.children])


def without(node: Node, name: str) -> Node:
    """The same without the elements of a name."""
    children = [without(each, name) for each in node.children if each.name != name]
    return Node(node.name, node.attributes, node.text, children)
