"""What the tenants of this vCD have, as a session may see it: objects by id, whole lists, and sums over them.

The objects belong to the site (workloads.py), so that vCloud Availability shows the same ones. Lists and sums are made
once and kept until something changes (`Workloads.mark`): an answer about ten thousand machines may cost no more than
one about ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar, cast

from ..identity import stable_id
from ..machines import MIB, Catalog, CatalogItem, Network, StorageProfile, Template, Vapp, Vdc, Vm
from ..world import SYSTEM, Site, User
from .directory import Directory
from .exchange import Exchange, Refusal, forbidden
from .markup import Element

Found = TypeVar("Found")
MHZ_PER_CPU = 1000
"""What a virtual processor counts for in a VDC."""
ACCESS_MEDIA = "application/vnd.vmware.vcloud.controlAccess"
_VIEW_CATALOGS = "Catalog: View Private and Shared Catalogs"
HARDWARE = 19
"""The newest virtual hardware that the provider VDC offers."""


class Ref(NamedTuple):
    """Where an object is: its kind in URNs, what stands before its id in an address, its id and its name."""

    kind: str
    path: str
    id: str
    name: str = ""

    def __str__(self) -> str:
        return self.id

    @property
    def urn(self) -> str:
        """`urn:vcloud:vm:...`"""
        return f"urn:vcloud:{self.kind}:{self.id}"

    def href(self, base: str) -> str:
        """The address below `https://host:port`."""
        return f"{base}{self.path}{self.id}"


@dataclass(slots=True)
class Sums:
    """What a VDC or an organization holds."""

    vapps: int = 0
    deployed_vapps: int = 0
    vms: int = 0
    running: int = 0
    cpu_mhz: int = 0
    memory_mb: int = 0
    storage_mb: int = 0
    templates: int = 0
    catalogs: int = 0
    vdcs: int = 0


@dataclass
class Facts:
    """Sums and look-ups of one moment."""

    vdcs: dict[str, Vdc] = field(default_factory=dict)
    by_vdc: dict[str, Sums] = field(default_factory=dict)
    by_org: dict[str, Sums] = field(default_factory=dict)
    by_profile: dict[str, int] = field(default_factory=dict)
    """Storage used, MiB, by id of the storage profile."""
    by_network: dict[str, int] = field(default_factory=dict)
    """Addresses in use by id of the network."""


class Stock:
    """The inventory of one vCD."""

    def __init__(self, site: Site, directory: Directory, number: tuple[int, int]) -> None:
        """`number`: the newest API number, which tells the release."""
        self.site = site
        self.workloads = site.workloads
        self.directory = directory
        self.partial_states = number >= (36, 0)
        """PARTIALLY_POWERED_OFF and its sister exist from 10.3 on (contract 4.4)."""
        self.provider_vdc = stable_id("pvdc", site.name)
        self.vcenter = stable_id("vcenter", site.name)
        self.full_name: Callable[[User], str] = lambda _user: ""
        """What is known of a user beyond his login; whoever keeps that puts it here."""
        self._kept: dict[Any, Any] = {}
        self._kept_of: tuple[int, int] | None = None
        self._counts_of = -1
        self._vapps: Counter[str] = Counter()
        self._catalogs: Counter[str] = Counter()

    # Keeping

    def kept(self, key: Any, make: Callable[[], Found]) -> Found:
        """What `make` makes, made once until something changes."""
        self.workloads.forget_lost_organizations()
        if self._kept_of != self.workloads.mark:
            self._kept.clear()
            self._kept_of = self.workloads.mark
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) > 200:
                # Filters without number; what is kept for them is worth little.
                self._kept.clear()
            found = self._kept[key] = make()
        return cast(Found, found)

    @property
    def facts(self) -> Facts:
        """The sums of now."""
        return self.kept("facts", self._count)

    def _count(self) -> Facts:
        workloads = self.workloads
        facts = Facts({one.id: one for one in workloads.vdcs()})
        for vdc in facts.vdcs.values():
            facts.by_vdc[vdc.id] = Sums()
            facts.by_org.setdefault(vdc.org, Sums()).vdcs += 1
        for vapp in workloads.vapps.values():
            of_org = facts.by_org.setdefault(vapp.org, Sums())
            of_vdc = facts.by_vdc.setdefault(vapp.vdc_id, Sums())
            for sums in (of_org, of_vdc):
                sums.vapps += 1
                sums.deployed_vapps += vapp.deployed
            for vm in vapp.vms.values():
                self._count_vm(facts, vm, of_org, of_vdc)
        for template in workloads.templates.values():
            facts.by_vdc.setdefault(template.vdc_id, Sums()).templates += 1
            for vm in template.vms.values():
                if vm.profile:
                    used = facts.by_profile.get(vm.profile[0], 0)
                    facts.by_profile[vm.profile[0]] = used + vm.size // MIB
        for catalog in workloads.catalogs.values():
            facts.by_org.setdefault(catalog.org, Sums()).catalogs += 1
        return facts

    @staticmethod
    def _count_vm(facts: Facts, vm: Vm, of_org: Sums, of_vdc: Sums) -> None:
        size = vm.size // MIB
        on = vm.powered_on
        for sums in (of_org, of_vdc):
            sums.vms += 1
            sums.running += on
            sums.storage_mb += size
            if on:
                sums.cpu_mhz += vm.cpus * MHZ_PER_CPU
                sums.memory_mb += vm.memory_mb
        if vm.profile:
            facts.by_profile[vm.profile[0]] = facts.by_profile.get(vm.profile[0], 0) + size
        for nic in vm.nics:
            if nic.network_id and nic.ip:
                facts.by_network[nic.network_id] = facts.by_network.get(nic.network_id, 0) + 1

    def org_counts(self, org: str) -> tuple[int, int, int]:
        """VDCs, vApps and catalogs of one organization. With thousands of organizations that come and go, the sums of
        all are not made for this."""
        self.workloads.forget_lost_organizations()
        if self._counts_of != self.workloads.revision:
            self._counts_of = self.workloads.revision
            self._vapps = Counter(one.org for one in self.workloads.vapps.values())
            self._catalogs = Counter(one.org for one in self.workloads.catalogs.values())
        return len(self.workloads.vdcs_of(org)), self._vapps[org], self._catalogs[org]

    # Who sees what

    def scope(self, exchange: Exchange) -> str | None:
        """The organization whose objects a request is about; None: all of them (System, for nobody in particular)."""
        if not exchange.user.is_provider:
            return exchange.user.user.org
        context = exchange.request.headers.get("x-vmware-vcloud-tenant-context")
        organization = self.directory.by_id(context) if context else None
        return organization.name if organization is not None and organization is not self.directory.system else None

    def _seen(self, exchange: Exchange, org: str) -> bool:
        return exchange.user.is_provider or exchange.user.user.org == org

    def _found(
        self, exchange: Exchange, table: Mapping[str, Found], identity: str, right: str, operation: str
    ) -> Found:
        """An object by bare UUID. Raises Refusal 403 when it is missing or another tenant's: one answer for both."""
        self.workloads.forget_lost_organizations()
        found: Any = table.get(identity.lower())
        if found is None or not self._seen(exchange, found.org):
            raise forbidden(right, operation, identity)
        return found  # type: ignore[no-any-return]

    def vdc(self, exchange: Exchange, identity: str) -> Vdc:
        """An organization VDC."""
        return self._found(exchange, self.facts.vdcs, identity, "Organization vDC: View", "VDC_VIEW")

    def network(self, exchange: Exchange, identity: str) -> Network:
        """A network of an organization VDC."""
        table = self.workloads.networks()
        return self._found(exchange, table, identity, "Organization vDC Network: View Properties", "ORG_NETWORK_VIEW")

    def profile(self, exchange: Exchange, identity: str) -> StorageProfile:
        """A storage profile of an organization VDC."""
        table = self.workloads.storage_profiles()
        return self._found(exchange, table, identity, "Organization vDC: View", "VDC_STORAGE_PROFILE_VIEW")

    def catalog(self, exchange: Exchange, identity: str) -> Catalog:
        """A catalog."""
        return self._found(exchange, self.workloads.catalogs, identity, _VIEW_CATALOGS, "CATALOG_VIEW")

    def item(self, exchange: Exchange, identity: str) -> CatalogItem:
        """A catalog item."""
        item = self.workloads.items.get(identity.lower())
        if item is None or not self._seen(exchange, item.catalog.org):
            raise forbidden(_VIEW_CATALOGS, "CATALOG_ITEM_VIEW", identity)
        return item

    def vapp(self, exchange: Exchange, identity: str) -> Vapp:
        """A vApp."""
        return self._found(exchange, self.workloads.vapps, identity, "Base", "VAPP_VIEW")

    def template(self, exchange: Exchange, identity: str) -> Template:
        """A vApp template."""
        return self._found(exchange, self.workloads.templates, identity, _VIEW_CATALOGS, "VAPP_TEMPLATE_VIEW")

    def vm(self, exchange: Exchange, identity: str, of_templates: bool = False) -> Vm:
        """A VM of a vApp, or of a template."""
        self.workloads.forget_lost_organizations()
        vm = (self.workloads.template_vms if of_templates else self.workloads.vms).get(identity.lower())
        if vm is None or not self._seen(exchange, org_of(vm)):
            raise forbidden("Base", "VAPP_VM_VIEW", identity)
        return vm

    def only_provider(self, exchange: Exchange, operation: str) -> None:
        """Raises Refusal 403 for everybody but System."""
        if not exchange.user.is_provider:
            raise forbidden("System Operations", operation, exchange.user.user.org)

    # References

    def org_ref(self, org: str, admin: bool = False) -> Ref:
        """An organization by name."""
        organization = self.directory.by_name(org)
        path = "/api/admin/org/" if admin else "/api/org/"
        return Ref("org", path, organization.id if organization else "", org)

    def vdc_ref(self, vdc_id: str, admin: bool = False) -> Ref:
        """A VDC by id."""
        vdc = self.facts.vdcs.get(vdc_id)
        return Ref("vdc", "/api/admin/vdc/" if admin else "/api/vdc/", vdc_id, vdc.name if vdc else "")

    def user_ref(self, org: str, name: str) -> Ref:
        """A user of an organization."""
        return Ref("user", "/api/admin/user/", stable_id("user", self.org_ref(org).id, name), name)

    def provider_vdc_ref(self) -> Ref:
        """The provider VDC: there is one, and it is the one that vCloud Availability shows."""
        return Ref("providervdc", "/api/admin/providervdc/", self.provider_vdc, f"{self.workloads.short} Provider VDC")

    def vcenter_ref(self) -> Ref:
        """The vCenter below the provider VDC."""
        host = str(self.site.spec.vcenter.get("host") or f"{self.workloads.short} vCenter")
        return Ref("vimserver", "/api/admin/extension/vimServer/", self.vcenter, host)

    def gateway_ref(self, vdc_id: str, name: str) -> Ref:
        """The edge gateway of a VDC, by name: it is referred to, and not simulated."""
        return Ref("gateway", "/api/edgeGateway/", stable_id("edge-gateway", vdc_id), name)

    def pvdc_profile_ref(self, name: str) -> Ref:
        """The provider's storage profile of a name."""
        identity = stable_id("pvdc-storage-profile", self.site.name, name)
        return Ref("providervdcstorageprofile", "/api/admin/pvdcStorageProfile/", identity, name)

    def profile_names(self) -> list[str]:
        """The storage profiles that the provider VDC has, by name."""
        return sorted({one.name for one in self.workloads.storage_profiles().values()})

    def moref(self, vm: Vm) -> str:
        """The vCenter's name for a VM: made of its id, as nothing else keeps one."""
        return f"vm-{int(vm.id[:6], 16)}"


def org_of(vm: Vm) -> str:
    """The organization that a VM belongs to."""
    holder = vm.vapp or vm.template
    return holder.org if holder is not None else SYSTEM


def vdc_of(vm: Vm) -> str:
    """The id of the VDC that a VM is in."""
    holder = vm.vapp or vm.template
    return holder.vdc_id if holder is not None else ""


def vapp_ref(vapp: Vapp) -> Ref:
    """A vApp."""
    return Ref("vapp", "/api/vApp/vapp-", vapp.id, vapp.name)


def template_ref(template: Template) -> Ref:
    """A vApp template."""
    return Ref("vapptemplate", "/api/vAppTemplate/vappTemplate-", template.id, template.name)


def vm_ref(vm: Vm) -> Ref:
    """A VM: those of templates have addresses of their own."""
    return Ref("vm", "/api/vAppTemplate/vm-" if vm.template is not None else "/api/vApp/vm-", vm.id, vm.name)


def holder_ref(vm: Vm) -> Ref | None:
    """The vApp or template that a VM is in."""
    if vm.vapp is not None:
        return vapp_ref(vm.vapp)
    return template_ref(vm.template) if vm.template is not None else None


def network_ref(network: Network, admin: bool = False) -> Ref:
    """A network of an organization VDC."""
    return Ref("network", "/api/admin/network/" if admin else "/api/network/", network.id, network.name)


def profile_ref(profile: StorageProfile | tuple[str, str], admin: bool = False) -> Ref:
    """A storage profile of an organization VDC."""
    identity, name = profile if isinstance(profile, tuple) else (profile.id, profile.name)
    path = "/api/admin/vdcStorageProfile/" if admin else "/api/vdcStorageProfile/"
    return Ref("vdcstorageProfile", path, identity, name)


def catalog_ref(catalog: Catalog, admin: bool = False) -> Ref:
    """A catalog."""
    return Ref("catalog", "/api/admin/catalog/" if admin else "/api/catalog/", catalog.id, catalog.name)


def item_ref(item: CatalogItem) -> Ref:
    """A catalog item."""
    return Ref("catalogitem", "/api/catalogItem/", item.id, item.name)


def named(tag: str, place: Ref, base: str, media: str) -> Element:
    """A `ReferenceType` of `/api`."""
    return Element(tag, {"href": place.href(base), "id": place.urn, "name": place.name, "type": media})


def entity(place: Ref) -> dict[str, str]:
    """An `EntityReference` of `/cloudapi`."""
    return {"name": place.name, "id": place.urn}


def parts_of(identity: str, kinds: Sequence[str], path: str) -> tuple[str, str]:
    """`vm-1234...` as (`vm`, `1234...`). Raises Refusal 404 for another beginning: no such address exists."""
    kind, _dash, bare = identity.partition("-")
    if kind not in kinds:
        raise Refusal(404, "NOT_FOUND", f"There is no resource at {path}.")
    return kind, bare
