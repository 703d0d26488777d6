"""Two look-ups across kinds: what a URN stands for, and who may use a VDC or a catalog.

The resolver is the contract's (section 4.1); which of the two addresses of an object it leads to is UNKNOWN: the older
one, which exists in every version. Access lists are the published schema's (`ControlAccessParamsType`) as pyvcloud
reads them; nothing is shared, so each is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..wire import Reply
from .exchange import Exchange, bad_request, forbidden
from .markup import Element
from .routes import Route, Routes
from .stock import (
    ACCESS_MEDIA,
    Ref,
    Stock,
    catalog_ref,
    item_ref,
    network_ref,
    profile_ref,
    template_ref,
    vapp_ref,
    vm_ref,
)

_MEDIA = "application/vnd.vmware.vcloud.entity"


class Resolver:
    """The look-ups."""

    def __init__(self, stock: Stock, elsewhere: Mapping[str, Callable[[Exchange, str], str]] | None = None) -> None:
        """`elsewhere`: kind -> what checks a URN for a session and answers its path, for what is not in stock."""
        self.stock = stock
        self._elsewhere = elsewhere or {}
        self._kinds: Mapping[str, Callable[[Exchange, str], Ref]] = {
            "org": self._org,
            "vdc": lambda exchange, one: stock.vdc_ref(stock.vdc(exchange, one).id),
            "network": lambda exchange, one: network_ref(stock.network(exchange, one)),
            "vdcstorageprofile": lambda exchange, one: profile_ref(stock.profile(exchange, one)),
            "catalog": lambda exchange, one: catalog_ref(stock.catalog(exchange, one)),
            "catalogitem": lambda exchange, one: item_ref(stock.item(exchange, one)),
            "vapptemplate": lambda exchange, one: template_ref(stock.template(exchange, one)),
            "vapp": lambda exchange, one: vapp_ref(stock.vapp(exchange, one)),
            "vm": self._vm,
        }

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", "/cloudapi/1.0.0/entity/*", Route(self.resolve))
        routes.add("GET", "/api/entity/*", Route(self.alternate))
        # Of vApps: vapps.py.
        routes.add("GET", "/api/vdc/*/controlAccess", Route(self.access_of_vdc))
        routes.add("GET", "/api/org/*/catalog/*/controlAccess", Route(self.access_of_catalog))

    def _org(self, exchange: Exchange, identity: str) -> Ref:
        organization = self.stock.directory.by_id(identity)
        if organization is None or not (exchange.user.is_provider or organization.id == exchange.user.org_id):
            raise forbidden("Organization: View", "ORG_VIEW", identity)
        return Ref("org", "/api/org/", organization.id, organization.name)

    def _vm(self, exchange: Exchange, identity: str) -> Ref:
        of_templates = identity.lower() in self.stock.workloads.template_vms
        return vm_ref(self.stock.vm(exchange, identity, of_templates))

    def resolve(self, exchange: Exchange, urn: str) -> Reply:
        """`GET /cloudapi/1.0.0/entity/{urn}`: 303 to the object, 400 for what is no URN of a known kind."""
        path = self._elsewhere.get(urn.split(":")[2].lower() if urn.startswith("urn:vcloud:") else "")
        if path is not None:
            return exchange.nothing(303, [("Location", f"{exchange.base_url}{path(exchange, urn)}")])
        return exchange.nothing(303, [("Location", self._place(exchange, urn).href(exchange.base_url))])

    def alternate(self, exchange: Exchange, urn: str) -> Reply:
        """`GET /api/entity/{urn}`, to which a session leads with `rel="entityResolver"`: an `Entity` of the schema,
        with a link to the object."""
        base, place = exchange.base_url, self._place(exchange, urn)
        link = Element("Link", {"rel": "alternate", "href": place.href(base)})
        root = Element(
            "Entity", {"id": place.urn, "href": f"{base}/api/entity/{place.urn}", "type": f"{_MEDIA}+xml"}, [link]
        )
        return exchange.element(root, _MEDIA)

    def _place(self, exchange: Exchange, urn: str) -> Ref:
        scheme, *rest = urn.split(":")
        kind = self._kinds.get(rest[1].lower()) if scheme == "urn" and len(rest) == 3 and rest[0] == "vcloud" else None
        if kind is None:
            raise bad_request(f"'{urn}' is not the URN of anything that can be resolved.")
        return kind(exchange, rest[2])

    # Access lists

    def access_of_vdc(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vdc/{uuid}/controlAccess/`."""
        self.stock.vdc(exchange, identity)
        return self._nobody_else(exchange)

    def access_of_catalog(self, exchange: Exchange, org: str, identity: str) -> Reply:
        """`GET /api/org/{uuid}/catalog/{uuid}/controlAccess/`."""
        catalog = self.stock.catalog(exchange, identity)
        if self.stock.org_ref(catalog.org).id != org.lower():
            raise forbidden("Catalog: View Private and Shared Catalogs", "CATALOG_VIEW", identity)
        return self._nobody_else(exchange)

    @staticmethod
    def _nobody_else(exchange: Exchange) -> Reply:
        root = Element("ControlAccessParams", {}, [Element("IsSharedToEveryone", text=False)])
        return exchange.element(root, ACCESS_MEDIA)
