"""The XML inside of an orchestrator's files: read with an eye for CDATA, written as its editor writes it.

Contract sections 6, 11 and 13.3. Texts are UTF-16 with a byte order mark, whatever their XML declaration says: the mark
decides. Namespaces are left out of names when a file is read; whoever writes one adds its declarations as attributes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_LARGEST = 32 * 1024 * 1024


class BadFile(Exception):
    """A file that cannot be what it is said to be; the message says why."""


@dataclass
class Node:
    """One element: its name without a namespace, its attributes, what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""
    """The content of its CDATA sections when it has any, otherwise its text without the space around it."""

    def get(self, name: str, default: str = "") -> str:
        """An attribute."""
        return self.attributes.get(name, default)

    def child(self, name: str) -> Node | None:
        """The first child of this name."""
        return next((one for one in self.children if one.name == name), None)

    def all(self, name: str) -> Iterator[Node]:
        """The children of this name."""
        return (one for one in self.children if one.name == name)

    def text_of(self, name: str) -> str:
        """The text of the first child of this name; "" when there is none."""
        found = self.child(name)
        return found.text if found is not None else ""

    def add(self, kind: str, text: str = "", /, **attributes: str) -> Node:
        """A new last child; `_` in names of attributes stands for `-`."""
        node = Node(kind, {key.replace("_", "-"): value for key, value in attributes.items()}, [], text)
        self.children.append(node)
        return node


def decode(content: bytes) -> str:
    """The text of a file by its byte order mark; without one it is UTF-8. Raises BadFile for bytes that are no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            content, chosen = content[len(mark) :], encoding
            break
    else:
        chosen = "utf-8"
    try:
        return content.decode(chosen)
    except UnicodeDecodeError as problem:
        raise BadFile(f"The text is not {chosen.upper()}: {problem}") from problem


def encode(text: str) -> bytes:
    """A text as the orchestrator writes it: UTF-16BE with its mark (`categories` as well, whatever 13.3 says: the files
    of PowervRO and of the vendor's own build tools begin with FE FF)."""
    return codecs.BOM_UTF16_BE + text.encode("utf-16-be")


class _Builder:
    """Makes a tree out of the parser's events."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[tuple[Node, list[str], list[str]]] = []
        self._in_cdata = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(
            name.rpartition(":")[2], {key: value for key, value in attributes.items() if not key.startswith("xmlns")}
        )
        if self._open:
            self._open[-1][0].children.append(node)
        else:
            self.root = node
        self._open.append((node, [], []))

    def end(self, _name: str) -> None:
        node, plain, cdata = self._open.pop()
        node.text = "".join(cdata) if cdata else "".join(plain).strip()

    def text(self, text: str) -> None:
        if self._open:
            _node, plain, cdata = self._open[-1]
            (cdata if self._in_cdata else plain).append(text)

    def start_cdata(self) -> None:
        self._in_cdata = True
        self._open[-1][2].append("")

    def end_cdata(self) -> None:
        self._in_cdata = False


def parse(content: bytes | str) -> Node:
    """The root element of an XML file. Raises BadFile for anything else, and for files that declare entities."""
    text = content if isinstance(content, str) else decode(content)
    if len(text) > _LARGEST:
        raise BadFile("The XML is too large.")
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartCdataSectionHandler = builder.start_cdata
    parser.EndCdataSectionHandler = builder.end_cdata

    def refuse(*_arguments: object) -> None:
        raise BadFile("The XML declares entities.")

    parser.EntityDeclHandler = refuse
    try:
        # The declaration may name any encoding; what the parser is given is UTF-8 always.
        parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, UnicodeEncodeError) as problem:
        raise BadFile(f"The XML is not well-formed: {problem}") from problem
    if builder.root is None:
        raise BadFile("There is no XML.")
    return builder.root


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _write(node: Node, indent: str, lines: list[str]) -> None:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    opening = f"{indent}<{node.name}{attributes}"
    if node.children:
        lines.append(f"{opening}>")
        for one in node.children:
            _write(one, f"{indent}  ", lines)
        lines.append(f"{indent}</{node.name}>")
    elif node.text:
        lines.append(f"{opening}>{_cdata(node.text)}</{node.name}>")
    else:
        lines.append(f"{opening}/>")


def dump(root: Node) -> str:
    """The text of a tree, every text in CDATA as the editor writes it."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>"]
    _write(root, "", lines)
    return "\n".join(lines) + "\n"


def properties(entries: dict[str, str], comment: str = "UTF-16") -> bytes:
    """A Java properties file in its XML form, as `dunes-meta-inf` and `info` are (UTF-8)."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">',
        "<properties>",
        f"<comment>{escape(comment)}</comment>",
        *(f"<entry key={quoteattr(key)}>{escape(value)}</entry>" for key, value in entries.items()),
        "</properties>",
        "",
    ]
    return "\n".join(lines).encode()


def read_properties(content: bytes) -> dict[str, str]:
    """Such a file. Raises BadFile when it is something else."""
    root = parse(content)
    if root.name != "properties":
        raise BadFile(f"There is a {root.name} where properties belong.")
    return {one.get("key"): one.text for one in root.all("entry")}
