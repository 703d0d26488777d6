"""Elements of the extensions' own XML namespace, and links (contract section 5.1)."""

from __future__ import annotations

from .markup import Element, Value
from .xml_body import EXTENSION_NAMESPACE

ADMIN = "application/vnd.vmware.admin"
"""What the media types of administrators' documents begin with."""


def vmext(tag: str, attributes: dict[str, Value], children: list[Element]) -> Element:
    """The root of a document in the extensions' namespace; its children write `vmext:` before their own tags."""
    return Element(f"vmext:{tag}", {"xmlns:vmext": EXTENSION_NAMESPACE, **attributes}, children)


def link(rel: str, href: str, media: str | None = None) -> Element:
    """A link; `media` is without its suffix."""
    return Element("Link", {"rel": rel, "href": href, **({"type": f"{media}+xml"} if media else {})})
