"""Metadata of vApps, VMs and templates, for reading: typed values in the general domain.

The contract has no word about them; element names, types and the addresses of single entries are those of the published
schema (`MetadataType` and what it is made of) and of pyvcloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire import Reply
from .exchange import Exchange, forbidden
from .markup import Element
from .routes import Route, Routes
from .stock import Ref, Stock, parts_of, template_ref, vapp_ref, vm_ref

MEDIA = "application/vnd.vmware.vcloud.metadata"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES = {str: "MetadataStringValue", int: "MetadataNumberValue", bool: "MetadataBooleanValue"}
_DOMAIN = "GENERAL"


def entries_of(metadata: Mapping[str, Any], href: str | None = None) -> list[Element]:
    """The `MetadataEntry` elements; `href` is the address of the whole."""
    return [
        Element(
            "MetadataEntry",
            {"href": f"{href}/{key}", "type": f"{MEDIA}.value+xml"} if href else {},
            [
                Element("Domain", {"visibility": "READWRITE"}, text=_DOMAIN),
                Element("Key", text=key),
                _typed(value),
            ],
        )
        for key, value in sorted(metadata.items())
    ]


def _typed(value: Any) -> Element:
    # Written where it is used: records have such children as well, and their root knows nothing of it.
    attributes = {"xmlns:xsi": XSI, "xsi:type": _TYPES[type(value)]}
    return Element("TypedValue", attributes, [Element("Value", text=value)])


class MetadataCalls:
    """`GET .../metadata` and its single entries."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        for root in ("/api/vApp/*", "/api/vAppTemplate/*"):
            routes.add("GET", f"{root}/metadata", Route(self.read))
            routes.add("GET", f"{root}/metadata/*", Route(self.read_value))
            routes.add("GET", f"{root}/metadata/*/*", Route(self.read_of_domain))

    def _found(self, exchange: Exchange, identity: str) -> tuple[Ref, Mapping[str, Any]]:
        """The object of the path and its metadata."""
        of_templates = exchange.parts[1] == "vAppTemplate"
        kinds = ("vm", "vappTemplate") if of_templates else ("vm", "vapp")
        kind, bare = parts_of(identity, kinds, exchange.request.path)
        if kind == "vm":
            vm = self.stock.vm(exchange, bare, of_templates)
            return vm_ref(vm), vm.metadata
        if of_templates:
            template = self.stock.template(exchange, bare)
            return template_ref(template), template.metadata
        vapp = self.stock.vapp(exchange, bare)
        return vapp_ref(vapp), vapp.metadata

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../metadata`."""
        place, metadata = self._found(exchange, identity)
        href = f"{place.href(exchange.base_url)}/metadata"
        up = Element("Link", {"rel": "up", "href": place.href(exchange.base_url)})
        root = Element(
            "Metadata", {"href": href, "type": f"{MEDIA}+xml"}, [up, *entries_of(metadata, href)], many="metadataEntry"
        )
        return exchange.element(root, MEDIA)

    def read_value(self, exchange: Exchange, identity: str, key: str) -> Reply:
        """`GET .../metadata/{key}`."""
        return self.read_of_domain(exchange, identity, _DOMAIN, key)

    def read_of_domain(self, exchange: Exchange, identity: str, domain: str, key: str) -> Reply:
        """`GET .../metadata/{domain}/{key}`: GENERAL or SYSTEM. A missing key is refused as any missing object is."""
        place, metadata = self._found(exchange, identity)
        if domain != _DOMAIN or key not in metadata:
            raise forbidden("vApp: View metadata", "METADATA_VIEW", key)
        href = f"{place.href(exchange.base_url)}/metadata/{key}"
        root = Element(
            "MetadataValue",
            {"href": href, "type": f"{MEDIA}.value+xml"},
            [Element("Domain", {"visibility": "READWRITE"}, text=_DOMAIN), _typed(metadata[key])],
        )
        return exchange.element(root, f"{MEDIA}.value")
