"""The provider VDC of a vCD, for System alone: there is one, which holds everything (contract section 4.4)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from . import listing
from .exchange import Exchange, forbidden
from .markup import Element, Value
from .records import hardware_versions
from .routes import Route, Routes
from .stock import HARDWARE, Stock, entity, named

MEDIA = "application/vnd.vmware.admin.providervdc"
_ADMIN = "application/vnd.vmware.admin"
_PROFILE = f"{_ADMIN}.pvdcStorageProfile"
_READY = 1
# What it has, MHz and MiB; nothing asks whether it is enough.
_TOTAL_MHZ, _TOTAL_MIB = 4_000_000, 16_777_216
_FIELDS: dict[str, type] = {"id": str, "name": str, "isEnabled": bool}


class ProviderVdcs:
    """The documents of the provider VDC."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        path = "/cloudapi/1.0.0/providerVdcs"
        routes.add("GET", "/api/admin/providervdc/*", Route(self.read_xml))
        routes.add("GET", "/api/admin/pvdcStorageProfile/*", Route(self.read_profile))
        routes.add("GET", path, Route(self.list_all, since=(33, 0)))
        routes.add("GET", f"{path}/*", Route(self.read, since=(33, 0)))

    def _check(self, exchange: Exchange, identity: str) -> None:
        """Raises Refusal 403 for everybody but System, and for another id."""
        self.stock.only_provider(exchange, "PROVIDER_VDC_VIEW")
        if identity.rpartition(":")[2].lower() != self.stock.provider_vdc:
            raise forbidden("Provider vDC: View", "PROVIDER_VDC_VIEW", identity)

    def read_xml(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/providervdc/{uuid}`: elements and order are those of the schema (`ProviderVdcType`)."""
        self._check(exchange, identity)
        stock, base, provider = self.stock, exchange.base_url, self.stock.provider_vdc_ref()
        sums = list(stock.facts.by_vdc.values())

        def part(tag: str, units: str, total: int, used: int) -> Element:
            pairs = (("Units", units), ("Allocation", used), ("Reserved", 0), ("Total", total), ("Used", used))
            return Element(tag, {}, [Element(name, text=value) for name, value in pairs])

        profiles = [
            named("ProviderVdcStorageProfile", stock.pvdc_profile_ref(name), base, f"{_ADMIN}.pvdcStorageProfile+xml")
            for name in stock.profile_names()
        ]
        vdcs = [
            named("Vdc", stock.vdc_ref(one.id, admin=True), base, f"{_ADMIN}.vdc+xml")
            for one in stock.facts.vdcs.values()
        ]
        root: dict[str, Value | None] = {
            "status": _READY,
            "name": provider.name,
            "id": provider.urn,
            "href": provider.href(base),
            "type": f"{MEDIA}+xml",
        }
        children = [
            Element("Description"),
            Element(
                "ComputeCapacity",
                {},
                [
                    part("Cpu", "MHz", _TOTAL_MHZ, sum(one.cpu_mhz for one in sums)),
                    part("Memory", "MB", _TOTAL_MIB, sum(one.memory_mb for one in sums)),
                    Element("IsElastic", text=True),
                    Element("IsHA", text=True),
                ],
            ),
            Element("AvailableNetworks"),
            Element("StorageProfiles", {}, profiles, many="providerVdcStorageProfile"),
            Element("Capabilities", {}, [hardware_versions()]),
            Element("Vdcs", {}, vdcs, many="vdc"),
            Element("IsEnabled", text=True),
        ]
        return exchange.element(Element("ProviderVdc", root, children), MEDIA)

    def read_profile(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/pvdcStorageProfile/{uuid}`: as the schema has it (`ProviderVdcStorageProfileType`)."""
        self.stock.only_provider(exchange, "PROVIDER_VDC_STORAGE_PROFILE_VIEW")
        places = {one.id: one for one in map(self.stock.pvdc_profile_ref, self.stock.profile_names())}
        place = places.get(identity.lower())
        if place is None:
            raise forbidden("Provider vDC: View", "PROVIDER_VDC_STORAGE_PROFILE_VIEW", identity)
        facts = self.stock.facts
        profiles = self.stock.workloads.storage_profiles().values()
        used = sum(facts.by_profile.get(one.id, 0) for one in profiles if one.name == place.name)
        root: dict[str, Value | None] = {
            "name": place.name,
            "id": place.urn,
            "href": place.href(exchange.base_url),
            "type": f"{_PROFILE}+xml",
        }
        children = [
            Element("Description"),
            Element("Enabled", text=True),
            Element("Units", text="MB"),
            Element("CapacityTotal", text=_TOTAL_MIB),
            Element("CapacityUsed", text=used),
        ]
        return exchange.element(Element("ProviderVdcStorageProfile", root, children), _PROFILE)

    def _document(self) -> dict[str, Any]:
        provider = self.stock.provider_vdc_ref()
        return {
            "id": provider.urn,
            "name": provider.name,
            "description": "",
            "isEnabled": True,
            "maxSupportedHwVersion": f"vmx-{HARDWARE:02d}",
            "creationStatus": "READY",
            "nsxTManager": None,
            "vimServer": entity(self.stock.vcenter_ref()),
        }

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/providerVdcs`."""
        self.stock.only_provider(exchange, "PROVIDER_VDC_VIEW")
        return listing.answer(exchange, [self._document()], _FIELDS, "ProviderVdcs")

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/providerVdcs/{urn}`."""
        self._check(exchange, identity)
        return exchange.json(self._document())
