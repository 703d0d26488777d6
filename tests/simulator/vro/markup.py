"""Lists of links as XML: the form that clients get which name XML alone in `Accept` (contract section 3).

The contract gives the namespace and no document. Element names and order are those of the vendor's schema for lists
(INFERRED); whatever is not a list of links has no XML form here and answers 406.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

NAMESPACE = "http://www.vmware.com/vco"
_HEADER = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def link_list(name: str, body: Mapping[str, Any]) -> bytes:
    """A list document of listing.py with the root `name`."""
    root = ElementTree.Element(name, {"xmlns": NAMESPACE})
    inner = body.get("relations", body)
    for key in ("start", "total"):
        if key in inner:
            root.set(key, str(inner[key]))
    for link in inner["link"]:
        made = ElementTree.SubElement(root, "link", {"href": link["href"], "rel": link["rel"]})
        if "attributes" in link:
            attributes = ElementTree.SubElement(made, "attributes")
            for one in link["attributes"]:
                ElementTree.SubElement(attributes, "attribute", {key: str(text) for key, text in one.items()})
    return _HEADER + bytes(ElementTree.tostring(root, encoding="utf-8"))
