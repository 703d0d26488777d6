"""XML documents that a client sends to `/api`: read once, without anything that a document could do to its reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from .exchange import Exchange, bad_request
from .json_body import media_type, unsupported
from .markup import VCLOUD_NAMESPACE

EXTENSION_NAMESPACE = "http://www.vmware.com/vcloud/extension/v1.5"
V, VMEXT = f"{{{VCLOUD_NAMESPACE}}}", f"{{{EXTENSION_NAMESPACE}}}"
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")


def read_xml(exchange: Exchange, tag: str, media: str | None) -> ElementTree.Element:
    """The root of the body, which must be `tag` (in Clark notation).

    media  the content type that the call takes; None when a request without one is taken as well as any

    Raises Refusal 415 for another content type, 400 for what is no such document. Document types and encodings in which
    they could hide are refused.
    """
    sent, body = media_type(exchange), exchange.request.body
    if media is not None and sent != media.lower():
        raise unsupported(sent)
    encoding = _ENCODING.match(body)
    if b"\0" in body or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise bad_request("The body must be UTF-8.")
    if b"<!DOCTYPE" in body:
        raise bad_request("A document type declaration is not allowed.")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as problem:
        raise bad_request(f"The body is not XML: {problem}.") from problem
    if root.tag != tag:
        raise bad_request(f"Expected the element {tag}, found {root.tag}.")
    return root


def in_order(root: ElementTree.Element, tags: Sequence[str], required: Sequence[str] = ()) -> dict[str, str]:
    """The texts of a document's children by local name, blanks around them cut off.

    tags      all children that may occur, in the order of the schema, each once at the most
    required  those that must have a text, local names

    Raises Refusal 400 for others, another order, and missing ones. `Link` may occur anywhere: clients send back what
    they were given.
    """
    found: dict[str, str] = {}
    position = 0
    for child in root:
        if child.tag == f"{V}Link":
            continue
        if child.tag not in tags[position:]:
            raise bad_request(f"The element {child.tag} is not expected here.")
        position = tags.index(child.tag) + 1
        found[child.tag.rpartition("}")[2]] = (child.text or "").strip()
    for name in required:
        if not found.get(name):
            raise bad_request(f"The element {name} is required.")
    return found


def boolean(texts: dict[str, str], name: str, default: bool = False) -> bool:
    """A boolean of XML Schema. Raises Refusal 400 for another text."""
    text = texts.get(name, "").lower()
    if text not in ("", "true", "false", "1", "0"):
        raise bad_request(f"'{text}' is not a boolean value.")
    return text in ("true", "1") if text else default


def whole_number(texts: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number in its limits. Raises Refusal 400 for another text."""
    text = texts.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise bad_request(f"The element {name} must be a whole number from {least} to {most}.")
    return int(text)
