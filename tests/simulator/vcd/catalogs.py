"""Catalogs and their items, for reading (contract section 4.4): `/api/catalog/...`, `/api/catalogItem/...`."""

from __future__ import annotations

from ..machines import Catalog
from ..wire import Reply
from .exchange import Exchange
from .markup import Element, Value
from .records import moment
from .routes import Route, Routes
from .stock import ACCESS_MEDIA, Stock, catalog_ref, item_ref, template_ref

_V = "application/vnd.vmware.vcloud"
CATALOG_MEDIA = f"{_V}.catalog"
ADMIN_CATALOG_MEDIA = "application/vnd.vmware.admin.catalog"
ITEM_MEDIA = f"{_V}.catalogItem"


class Catalogs:
    """The documents of catalogs and catalog items."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", "/api/catalog/*", Route(self.read))
        routes.add("GET", "/api/admin/catalog/*", Route(self.read_admin))
        routes.add("GET", "/api/catalogItem/*", Route(self.read_item))

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/catalog/{uuid}`."""
        catalog = self.stock.catalog(exchange, identity)
        return exchange.element(self._catalog(exchange, catalog, admin=False), CATALOG_MEDIA)

    def read_admin(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/catalog/{uuid}`: for whoever may see the catalog; its organization manages it itself."""
        catalog = self.stock.catalog(exchange, identity)
        return exchange.element(self._catalog(exchange, catalog, admin=True), ADMIN_CATALOG_MEDIA)

    def _catalog(self, exchange: Exchange, catalog: Catalog, *, admin: bool) -> Element:
        base, place = exchange.base_url, catalog_ref(catalog, admin)
        org = self.stock.org_ref(catalog.org, admin)
        kind = "application/vnd.vmware.admin.organization+xml" if admin else f"{_V}.org+xml"
        links: list[dict[str, Value | None]] = [
            {"rel": "up", "href": org.href(base), "name": org.name, "type": kind},
            {
                "rel": "alternate",
                "href": catalog_ref(catalog, not admin).href(base),
                "type": f"{CATALOG_MEDIA if admin else ADMIN_CATALOG_MEDIA}+xml",
            },
        ]
        shared = f"{self.stock.org_ref(catalog.org).href(base)}/catalog/{catalog.id}/controlAccess/"
        links.append({"rel": "down", "href": shared, "type": f"{ACCESS_MEDIA}+xml"})
        user = self.stock.user_ref(catalog.org, catalog.owner)
        owner = Element(
            "User",
            {
                "href": user.href(base),
                "id": user.urn,
                "name": user.name,
                "type": "application/vnd.vmware.admin.user+xml",
            },
        )
        items = []
        for item in catalog.items.values():
            found = item_ref(item)
            items.append(
                Element(
                    "CatalogItem",
                    {"href": found.href(base), "id": found.urn, "name": found.name, "type": f"{ITEM_MEDIA}+xml"},
                )
            )
        root: dict[str, Value | None] = {
            "name": catalog.name,
            "id": place.urn,
            "href": place.href(base),
            "type": f"{ADMIN_CATALOG_MEDIA if admin else CATALOG_MEDIA}+xml",
        }
        children = [
            *(Element("Link", one) for one in links),
            Element("Description", text=catalog.description or None),
            Element("Owner", {"type": f"{_V}.owner+xml"}, [owner]),
            Element("CatalogItems", {}, items, many="catalogItem"),
            Element("IsPublished", text=catalog.published),
            Element("DateCreated", text=moment(catalog.created)),
            Element("VersionNumber", text=catalog.version),
        ]
        return Element("AdminCatalog" if admin else "Catalog", root, children)

    def read_item(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/catalogItem/{uuid}`."""
        item = self.stock.item(exchange, identity)
        base, place, catalog = exchange.base_url, item_ref(item), catalog_ref(item.catalog)
        up: dict[str, Value | None] = {"rel": "up", "href": catalog.href(base), "type": f"{CATALOG_MEDIA}+xml"}
        children = [Element("Link", up), Element("Description", text=item.description or None)]
        if item.template is not None:
            entity = template_ref(item.template)
            media = f"{_V}.vAppTemplate+xml"
            children.append(
                Element("Entity", {"href": entity.href(base), "id": entity.urn, "name": entity.name, "type": media})
            )
        children.append(Element("DateCreated", text=moment(item.created)))
        children.append(Element("VersionNumber", text=1))
        size = sum(vm.size for vm in item.template.vms.values()) if item.template is not None else 0
        root: dict[str, Value | None] = {
            "size": size,
            "name": item.name,
            "id": place.urn,
            "href": place.href(base),
            "type": f"{ITEM_MEDIA}+xml",
        }
        return exchange.element(Element("CatalogItem", root, children), ITEM_MEDIA)
