"""Networks of organization VDCs in both API families, for reading (contract section 4.4)."""

from __future__ import annotations

from typing import Any

from ..machines import Network
from ..wire import Reply
from . import listing
from .exchange import Exchange
from .markup import Element, Value
from .paging import Page, whole_number
from .records import edge_name
from .routes import Route, Routes
from .stock import Stock, entity, network_ref

NETWORK_MEDIA = "application/vnd.vmware.vcloud.orgVdcNetwork"
_V = "application/vnd.vmware.vcloud"
_DEFAULT_SIZE, _SHOWN, _ASKED = 16, 32, 128
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "networkType": str,
    "status": str,
    "shared": bool,
    "ownerRef.id": str,
    "ownerRef.name": str,
    "orgVdc.id": str,
    "orgVdc.name": str,
    "orgRef.id": str,
    "orgRef.name": str,
    "connection.routerRef.id": str,
}
_IDS = frozenset(name for name in _FIELDS if name == "id" or name.endswith(".id"))
# Of OrgVdcNetwork: 1 is ready, as of a VDC (INFERRED: the schema says "creation status" alone).
_READY = 1


class NetworkCalls:
    """The documents of networks."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", "/api/network/*", Route(self.read))
        routes.add("GET", "/api/admin/network/*", Route(self.read_admin))
        routes.add("GET", "/cloudapi/1.0.0/orgVdcNetworks", Route(self.list_json, since=(32, 0)))
        routes.add("GET", "/cloudapi/1.0.0/orgVdcNetworks/*", Route(self.read_json, since=(32, 0)))

    # /api

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/network/{uuid}`."""
        return self._show(exchange, self.stock.network(exchange, identity), admin=False)

    def read_admin(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/network/{uuid}`: the same under the administrator's address."""
        return self._show(exchange, self.stock.network(exchange, identity), admin=True)

    def _show(self, exchange: Exchange, network: Network, *, admin: bool) -> Reply:
        base, place = exchange.base_url, network_ref(network, admin)
        # The administrator's view of a VDC is not for tenants.
        provider = admin and exchange.user.is_provider
        vdc = self.stock.vdc_ref(network.vdc_id, provider)
        media = f"application/vnd.vmware.{'admin' if provider else 'vcloud'}.vdc+xml"
        up: dict[str, Value | None] = {"rel": "up", "href": vdc.href(base), "name": vdc.name, "type": media}
        scope = [Element("IsInherited", text=False), Element("Gateway", text=network.gateway)]
        scope.append(Element("Netmask", text=network.netmask))
        for tag, value in (("Dns1", network.dns1), ("Dns2", network.dns2), ("DnsSuffix", network.suffix)):
            if value:
                scope.append(Element(tag, text=value))
        ends = [Element("StartAddress", text=network.first), Element("EndAddress", text=network.last)]
        scope.append(Element("IsEnabled", text=True))
        scope.append(Element("IpRanges", {}, [Element("IpRange", {}, ends)], many="ipRange"))
        configuration = [
            Element("BackwardCompatibilityMode", text=False),
            Element("IpScopes", {}, [Element("IpScope", {}, scope)], many="ipScope"),
            Element("FenceMode", text="natRouted" if network.routed else "isolated"),
            Element("RetainNetInfoAcrossDeployments", text=False),
        ]
        root: dict[str, Value | None] = {
            "status": _READY,
            "name": network.name,
            "id": place.urn,
            "href": place.href(base),
            "type": f"{NETWORK_MEDIA}+xml",
        }
        children = [
            Element("Link", up),
            Element("Description"),
            Element("Configuration", {}, configuration),
            Element("IsShared", text=False),
        ]
        return exchange.element(Element("OrgVdcNetwork", root, children), NETWORK_MEDIA)

    # /cloudapi

    def _document(self, network: Network) -> dict[str, Any]:
        used = self.stock.facts.by_network.get(network.id, 0)
        vdc, org = self.stock.vdc_ref(network.vdc_id), self.stock.org_ref(network.org)
        owner = entity(vdc)
        subnet = {
            "gateway": network.gateway,
            "prefixLength": network.prefix,
            "dnsSuffix": network.suffix or None,
            "dnsServer1": network.dns1,
            "dnsServer2": network.dns2,
            "ipRanges": {"values": [{"startAddress": network.first, "endAddress": network.last}]},
            "enabled": True,
            "totalIpCount": network.total,
            "usedIpCount": used,
        }
        connection = None
        if network.routed:
            gateway = self.stock.gateway_ref(network.vdc_id, edge_name(network))
            connection = {
                "routerRef": entity(gateway),
                "connectionType": "INTERNAL",
                "connectionTypeValue": "INTERNAL",
                "connected": True,
            }
        return {
            "id": network_ref(network).urn,
            "name": network.name,
            "description": "",
            "subnets": {"values": [subnet]},
            "networkType": "NAT_ROUTED" if network.routed else "ISOLATED",
            "ownerRef": owner,
            "orgVdc": owner,
            "orgRef": entity(org),
            "connection": connection,
            "shared": False,
            "status": "REALIZED",
            "totalIpCount": network.total,
            "usedIpCount": used,
        }

    def list_json(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/orgVdcNetworks`.

        The schema gives 16 as the usual and 32 as the largest page, and go-vcloud-director asks for 128 and gets all of
        its networks. So more than 32 is not refused; that it is cut to 32 is the stricter reading (UNKNOWN).
        """
        org = self.stock.scope(exchange)

        def documents() -> list[dict[str, Any]]:
            networks = self.stock.workloads.networks().values()
            found = [self._document(one) for one in networks if org in (None, one.org)]
            return sorted(found, key=lambda one: (one["name"].lower(), one["id"]))

        number = Page.of(exchange).number
        size = min(whole_number(exchange, "pageSize", _DEFAULT_SIZE, _ASKED), _SHOWN)
        kept = self.stock.kept(("networks", org), documents)
        return listing.answer(exchange, kept, _FIELDS, "VdcNetworks", _IDS, order=None, page=Page(number, size))

    def read_json(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/orgVdcNetworks/{urn}`."""
        network = self.stock.network(exchange, identity.removeprefix("urn:vcloud:network:"))
        return exchange.json(self._document(network))
