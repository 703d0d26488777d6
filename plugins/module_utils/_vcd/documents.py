# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents of vCloud Director: XML of `/api` and error bodies of both families. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .._http import Reply, generic_error


class _Builder(ElementTree.TreeBuilder):
    """Refuses a document type before anything of it is read: no entities, neither external nor endless ones.

    The product sends none.
    """

    def doctype(self, name: str, public_id: str | None, system_id: str | None) -> None:
        raise ValueError("it has a document type declaration")


def parse(body: bytes) -> Element:
    """The root of an XML document. Raises ValueError for anything else."""
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(body)
        root: Any = parser.close()
    except (ElementTree.ParseError, LookupError) as problem:
        raise ValueError(f"it is not XML ({problem})") from problem
    if not isinstance(root, Element):
        raise ValueError("it is empty")
    return root


def local(element: Element) -> str:
    """An element's name without its namespace, which differs between the kinds of documents."""
    return element.tag.rpartition("}")[2]


def named(root: Element, name: str) -> Iterator[Element]:
    """All elements of a document with this name, at any depth."""
    return (element for element in root.iter() if local(element) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child with this name; None when there is none."""
    return next((each for each in element if local(each) == name), None)


def child_text(element: Element, name: str) -> str | None:
    """The text of the first child with this name; None when there is no such child, an empty text when it is empty."""
    found = child(element, name)
    return None if found is None else (found.text or "").strip()


def is_true(value: str | None) -> bool:
    """An XML boolean."""
    return (value or "").strip().lower() in ("true", "1")


def bare_id(reference: str) -> str:
    """The UUID at the end of a URN or of an address, in lower case; the text itself when it ends in none."""
    found = re.search(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", reference.rstrip("/"))
    return found.group(0).lower() if found else reference


def read_error(reply: Reply) -> tuple[str | None, str]:
    """(code, message) of an error body, XML or JSON (contract 2.7).

    An empty body has neither. The message keeps the request id with which it begins: the provider finds the cause in
    the server's log by it.
    """
    body = reply.body.strip()
    if body.startswith(b"<"):
        try:
            root = parse(body)
        except ValueError:
            return generic_error(reply)
        if local(root) == "Error":
            return root.get("minorErrorCode") or root.get("majorErrorCode"), root.get("message") or ""
        return generic_error(reply)
    try:
        document = reply.json()
    except ValueError:
        return generic_error(reply)
    if isinstance(document, dict):
        code = document.get("minorErrorCode") or document.get("error")
        message = document.get("message") or document.get("error_description")
        if isinstance(message, dict):
            # The Container Service Extension, whose answers come through here (contract cse-api.md, 2.3). The stack
            # trace of its older releases is not for users.
            code = message.get("minor error code") if message.get("minor error code") != -1 else None
            message = message.get("error description") or message.get("description") or message.get("reason")
        if code or message:
            return (str(code) if code else None), str(message or "")
    return generic_error(reply)
