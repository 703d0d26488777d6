"""Organization VDCs and their storage profiles in both API families (contract section 4.4)."""

from __future__ import annotations

from typing import Any

from ..machines import StorageProfile, Vdc
from ..wire import Reply
from . import listing
from .exchange import Exchange
from .markup import Element, Value
from .records import allocated, hardware_versions
from .routes import Route, Routes
from .stock import (
    ACCESS_MEDIA,
    MHZ_PER_CPU,
    Stock,
    entity,
    named,
    network_ref,
    profile_ref,
    template_ref,
    vapp_ref,
)

VDC_MEDIA = "application/vnd.vmware.vcloud.vdc"
ADMIN_VDC_MEDIA = "application/vnd.vmware.admin.vdc"
PROFILE_MEDIA = "application/vnd.vmware.vcloud.vdcStorageProfile"
ADMIN_PROFILE_MEDIA = "application/vnd.vmware.admin.vdcStorageProfile"
_V = "application/vnd.vmware.vcloud"
_READY = 1
_ALLOCATION_TYPES = {
    "AllocationVApp": "ALLOCATION_VAPP",
    "AllocationPool": "ALLOCATION_POOL",
    "ReservationPool": "RESERVATION_POOL",
    "Flex": "FLEX",
}
_VDC_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "allocationType": str,
    "org.name": str,
    "org.id": str,
}
_VDC_REFERENCES = frozenset({"id", "org.id"})
_POLICY_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "isEnabled": bool,
    "isDefaultStoragePolicy": bool,
    "storageLimitMb": int,
    "orgVdcRef.id": str,
    "orgVdcRef.name": str,
}


class Vdcs:
    """The documents of VDCs and of what they store on."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        v1 = "/cloudapi/1.0.0"
        routes.add("GET", "/api/vdc/*", Route(self.read))
        routes.add("GET", "/api/admin/vdc/*", Route(self.read_admin))
        routes.add("GET", "/api/vdcStorageProfile/*", Route(self.read_profile))
        routes.add("GET", "/api/admin/vdcStorageProfile/*", Route(self.read_admin_profile))
        routes.add("GET", f"{v1}/vdcs", Route(self.list_json, since=(35, 0)))
        routes.add("GET", f"{v1}/vdcs/*", Route(self.read_json, since=(35, 0)))
        routes.add("GET", f"{v1}/orgVdcStoragePolicies", Route(self.list_policies, since=(35, 2)))
        routes.add("GET", f"{v1}/orgVdcStoragePolicies/*", Route(self.read_policy, since=(35, 2)))

    # /api

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vdc/{uuid}`."""
        vdc = self.stock.vdc(exchange, identity)
        return exchange.element(self._vdc(exchange, vdc, admin=False), VDC_MEDIA)

    def read_admin(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/vdc/{uuid}`: for System; an organization has no say in its VDCs (the stricter reading)."""
        self.stock.only_provider(exchange, "VDC_VIEW")
        vdc = self.stock.vdc(exchange, identity)
        return exchange.element(self._vdc(exchange, vdc, admin=True), ADMIN_VDC_MEDIA)

    def _vdc(self, exchange: Exchange, vdc: Vdc, *, admin: bool) -> Element:
        """The elements in the order of the contract; the administrator's view has more of them behind."""
        stock, base = self.stock, exchange.base_url
        href = stock.vdc_ref(vdc.id, admin).href(base)
        org, media = stock.org_ref(vdc.org, admin), ADMIN_VDC_MEDIA if admin else VDC_MEDIA
        org_media = "application/vnd.vmware.admin.organization+xml" if admin else f"{_V}.org+xml"
        links: list[dict[str, Value | None]] = [
            {"rel": "up", "href": org.href(base), "name": org.name, "type": org_media}
        ]
        if not admin:
            links.append({"rel": "down", "href": f"{href}/controlAccess/", "type": f"{ACCESS_MEDIA}+xml"})
        if exchange.user.is_provider:
            other = stock.vdc_ref(vdc.id, not admin).href(base)
            other_media = VDC_MEDIA if admin else ADMIN_VDC_MEDIA
            links.append({"rel": "alternate", "href": other, "type": f"{other_media}+xml"})
        root: dict[str, Value | None] = {
            "status": _READY,
            "name": vdc.name,
            "id": f"urn:vcloud:vdc:{vdc.id}",
            "href": href,
            "type": f"{media}+xml",
        }
        networks = [named("Network", network_ref(one), base, f"{_V}.network+xml") for one in vdc.network_details()]
        profiles = [
            named("VdcStorageProfile", profile_ref(one, admin), base, f"{PROFILE_MEDIA}+xml")
            for one in vdc.profile_details()
        ]
        children = [
            *(Element("Link", one) for one in links),
            Element("Description"),
            Element("AllocationModel", text=vdc.allocation),
            self._capacity(vdc),
            Element("ResourceEntities", {}, self._entities(vdc, base), many="resourceEntity"),
            Element("AvailableNetworks", {}, networks, many="network"),
            Element("Capabilities", {}, [hardware_versions()]),
            Element("NicQuota", text=0),
            Element("NetworkQuota", text=20),
            Element("UsedNetworkCount", text=len(networks)),
            Element("VmQuota", text=0),
            Element("IsEnabled", text=vdc.enabled),
            Element("VdcStorageProfiles", {}, profiles, many="vdcStorageProfile"),
            Element("VCpuInMhz2", text=MHZ_PER_CPU),
        ]
        if admin:
            provider = stock.provider_vdc_ref()
            reference = named("ProviderVdcReference", provider, base, "application/vnd.vmware.admin.providervdc+xml")
            share = 1.0 if vdc.allocation == "ReservationPool" else 0.5
            children += [
                Element("ResourceGuaranteedMemory", text=str(share)),
                Element("ResourceGuaranteedCpu", text=str(share)),
                Element("VCpuInMhz", text=MHZ_PER_CPU),
                Element("IsThinProvision", text=True),
                reference,
                Element("UsesFastProvisioning", text=False),
            ]
        return Element("AdminVdc" if admin else "Vdc", root, children)

    def _capacity(self, vdc: Vdc) -> Element:
        mhz, mib, reserved_mhz, reserved_mib = allocated(self.stock, vdc)
        sums = self.stock.facts.by_vdc[vdc.id]

        def part(tag: str, units: str, limit: int, reserved: int, used: int) -> Element:
            pairs = (
                ("Units", units),
                ("Allocated", limit),
                ("Limit", limit),
                ("Reserved", reserved),
                ("Used", used),
            )
            return Element(tag, {}, [Element(name, text=value) for name, value in pairs])

        return Element(
            "ComputeCapacity",
            {},
            [
                part("Cpu", "MHz", mhz, reserved_mhz, sums.cpu_mhz),
                part("Memory", "MB", mib, reserved_mib, sums.memory_mb),
            ],
        )

    def _entities(self, vdc: Vdc, base: str) -> list[Element]:
        workloads = self.stock.workloads
        found = [
            named("ResourceEntity", template_ref(one), base, f"{_V}.vAppTemplate+xml")
            for one in workloads.templates.values()
            if one.vdc_id == vdc.id
        ]
        found += [
            named("ResourceEntity", vapp_ref(one), base, f"{_V}.vApp+xml")
            for one in workloads.vapps.values()
            if one.vdc_id == vdc.id
        ]
        return found

    def read_profile(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vdcStorageProfile/{uuid}`."""
        profile = self.stock.profile(exchange, identity)
        return exchange.element(self._profile(exchange, profile, admin=False), PROFILE_MEDIA)

    def read_admin_profile(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/vdcStorageProfile/{uuid}`: for System."""
        self.stock.only_provider(exchange, "VDC_STORAGE_PROFILE_VIEW")
        profile = self.stock.profile(exchange, identity)
        return exchange.element(self._profile(exchange, profile, admin=True), ADMIN_PROFILE_MEDIA)

    def _profile(self, exchange: Exchange, profile: StorageProfile, *, admin: bool) -> Element:
        base = exchange.base_url
        place, vdc = profile_ref(profile, admin), self.stock.vdc_ref(profile.vdc_id, admin)
        media = ADMIN_PROFILE_MEDIA if admin else PROFILE_MEDIA
        vdc_media = ADMIN_VDC_MEDIA if admin else VDC_MEDIA
        up: dict[str, Value | None] = {"rel": "up", "href": vdc.href(base), "type": f"{vdc_media}+xml"}
        children = [
            Element("Link", up),
            Element("Description"),
            Element("Enabled", text=True),
            Element("Units", text="MB"),
            Element("Limit", text=profile.limit_mb),
            Element("Default", text=profile.default),
            Element("StorageUsedMB", text=self.stock.facts.by_profile.get(profile.id, 0)),
        ]
        if admin:
            parent = self.stock.pvdc_profile_ref(profile.name)
            kind = "application/vnd.vmware.admin.pvdcStorageProfile+xml"
            children.append(named("ProviderVdcStorageProfile", parent, base, kind))
        root: dict[str, Value | None] = {
            "name": profile.name,
            "id": place.urn,
            "href": place.href(base),
            "type": f"{media}+xml",
        }
        return Element("AdminVdcStorageProfile" if admin else "VdcStorageProfile", root, children)

    # /cloudapi

    def _vdc_document(self, vdc: Vdc) -> dict[str, Any]:
        org = self.stock.org_ref(vdc.org)
        return {
            "id": f"urn:vcloud:vdc:{vdc.id}",
            "name": vdc.name,
            "description": "",
            "allocationType": _ALLOCATION_TYPES[vdc.allocation],
            "org": entity(org),
        }

    def list_json(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/vdcs`."""
        org = self.stock.scope(exchange)

        def documents() -> list[dict[str, Any]]:
            vdcs = self.stock.facts.vdcs.values()
            found = [self._vdc_document(one) for one in vdcs if org in (None, one.org)]
            return sorted(found, key=lambda one: (one["name"].lower(), one["id"]))

        kept = self.stock.kept(("vdcs", org), documents)
        return listing.answer(exchange, kept, _VDC_FIELDS, "OrgVdcs", _VDC_REFERENCES, order=None)

    def read_json(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/vdcs/{urn}`."""
        vdc = self.stock.vdc(exchange, identity.removeprefix("urn:vcloud:vdc:"))
        return exchange.json(self._vdc_document(vdc))

    def _policy_document(self, profile: StorageProfile) -> dict[str, Any]:
        vdc, parent = self.stock.vdc_ref(profile.vdc_id), self.stock.pvdc_profile_ref(profile.name)
        return {
            "id": profile_ref(profile).urn,
            "name": profile.name,
            "isEnabled": True,
            "isDefaultStoragePolicy": profile.default,
            "storageLimitMb": profile.limit_mb,
            "orgVdcRef": entity(vdc),
            "pvdcStoragePolicyRef": entity(parent),
        }

    def list_policies(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/orgVdcStoragePolicies`."""
        org = self.stock.scope(exchange)

        def documents() -> list[dict[str, Any]]:
            profiles = self.stock.workloads.storage_profiles().values()
            found = [self._policy_document(one) for one in profiles if org in (None, one.org)]
            return sorted(found, key=lambda one: (one["name"].lower(), one["id"]))

        kept = self.stock.kept(("policies", org), documents)
        references = frozenset({"id", "orgVdcRef.id"})
        return listing.answer(exchange, kept, _POLICY_FIELDS, "OrgVdcStoragePolicies", references, order=None)

    def read_policy(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/orgVdcStoragePolicies/{urn}`."""
        profile = self.stock.profile(exchange, identity.rpartition(":")[2])
        return exchange.json(self._policy_document(profile))
