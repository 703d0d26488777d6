"""What the tenants of one site run: organization VDCs with their networks and catalogs, vApps and VMs.

They belong to the site, because two products show the very same ones: its vCD lists them (contract vcd-api 4.4) and
vCloud Availability replicates them (contract vcav-api 4.11). Every organization of the estate has one VDC, the estate's
tenants a small set of vApps and a catalog that are the same in every run; more comes through the control listener,
through `scale` (bulk.py), and through failovers. An organization made through the vCD's API begins with nothing.
"""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .identity import stable_id
from .machines import (
    ALLOCATION_MODELS,
    GIB,
    GUESTS,
    Catalog,
    CatalogItem,
    Guest,
    Metadata,
    Network,
    Nic,
    StorageProfile,
    Template,
    UnknownWorkload,
    Vapp,
    Vdc,
    Vm,
    disks_of,
)

if TYPE_CHECKING:
    from .world import Site

# The VMs of an estate's tenant: vApp, then for each of its VMs the disks in GiB, guest, processors, memory in MiB.
_STABLE: tuple[tuple[str, tuple[tuple[tuple[int, ...], Guest, int, int], ...]], ...] = (
    ("web", (((4,), GUESTS[0], 2, 4096), ((4,), GUESTS[0], 2, 4096))),
    ("db", (((4, 8), GUESTS[1], 4, 16384),)),
)
_TEMPLATES = (("photon-5.0", GUESTS[3]), ("ubuntu-22.04", GUESTS[0]))


class Workloads:
    """The workloads of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.short = site.name.partition("-")[0]
        self.clock: Callable[[], int] = lambda: int(time.time() * 1000)
        """Epoch milliseconds; the world puts its own clock here."""
        self.on_vm_removed: Callable[[str], None] = lambda _vm_id: None
        """Told when a VM is deleted behind everybody's back: its replications have lost their source."""
        self.revision = 0
        """Grows with every change, also of a VM's state: whoever keeps a prepared answer compares `mark`."""
        self.reset(())

    @property
    def mark(self) -> tuple[int, int]:
        """Another one after every change of workloads or organizations."""
        return self._site.revision, self.revision

    def touch(self) -> None:
        """Something has changed."""
        self.revision += 1

    def reset(self, tenants: Iterable[str]) -> None:
        """These tenants with their stable set; everybody else with an empty VDC."""
        self.touch()
        self.vapps: dict[str, Vapp] = {}
        self.vms: dict[str, Vm] = {}
        self.catalogs: dict[str, Catalog] = {}
        self.items: dict[str, CatalogItem] = {}
        self.templates: dict[str, Template] = {}
        self.template_vms: dict[str, Vm] = {}
        self.without_vdc: set[str] = set()
        """Ids of organizations that nobody has given a VDC."""
        self.disabled_vdcs: set[str] = set()
        """Ids of VDCs that somebody has disabled."""
        self._organizations_seen = -1
        self._vdc_revision = -1
        self._vdcs: dict[str, Vdc] = {}
        self._networks: dict[str, Network] = {}
        self._profiles: dict[str, StorageProfile] = {}
        self._details_of: dict[str, Vdc] | None = None
        self._removed_vdcs: set[str] = set()
        self._added_vdcs: list[tuple[str, str, str]] = []
        self._addresses: dict[str, int] = {}
        self._macs = 0
        for org in tenants:
            if self.vdcs_of(org):
                self._stable_set(org)

    def _stable_set(self, org: str) -> None:
        vdc, site = self.vdcs_of(org)[0], self._site.name
        for name, machines in _STABLE:
            full = f"{org}-{name}-{self.short}".lower()
            vapp = self.add_vapp(org, full, vdc.id, stable_id("vapp", site, full))
            vapp.description = f"The {name} servers of {org}"
            vapp.metadata = {"tier": name}
            for number, (sizes, guest, cpus, memory_mb) in enumerate(machines, 1):
                vm_name = f"{full}-{number:02d}"
                vm = self.add_vm(vapp, vm_name, disks_of(size * GIB for size in sizes), stable_id("vm", site, vm_name))
                vm.guest, vm.cpus, vm.memory_mb = guest, cpus, memory_mb
                vm.metadata = {"tier": name, "environment": "production"}
                if name == "db":
                    # A second leg, and the first one is not the primary.
                    vm.nics, vm.primary = self.nics_of(vdc, 2), 1
        catalog = self.add_catalog(org, f"{org} Templates", stable_id("catalog", site, org))
        for name, guest in _TEMPLATES:
            self.add_template(catalog, name, vdc, guest, stable_id("template", site, org, name))

    # Organization VDCs

    def vdcs(self) -> list[Vdc]:
        """Those of all organizations."""
        return list(self._table().values())

    def vdcs_of(self, org: str) -> list[Vdc]:
        """Those of one organization. With thousands of them the table of all is not made for this."""
        organization = self._site.organizations.get(org)
        if organization is None:
            return []
        found = []
        if organization.id not in self.without_vdc:
            # The id of the first VDC depends on the organization alone, as it always did.
            found.append(Vdc(stable_id("vdc", self._site.name, org), f"{org} {self.short} Allocated", org, self.short))
        for owner, name, allocation in self._added_vdcs:
            if owner == org:
                found.append(Vdc(stable_id("vdc", self._site.name, org, name), name, org, self.short, allocation))
        return [
            replace(one, enabled=False) if one.id in self.disabled_vdcs else one
            for one in found
            if one.id not in self._removed_vdcs
        ]

    def vdc(self, vdc_id: str) -> Vdc | None:
        """One of them."""
        return self._table().get(vdc_id)

    def _table(self) -> dict[str, Vdc]:
        if self._vdc_revision != self._site.revision:
            self._vdc_revision = self._site.revision
            self._vdcs = {one.id: one for org in self._site.organizations for one in self.vdcs_of(org)}
        return self._vdcs

    def networks(self) -> dict[str, Network]:
        """The networks of all VDCs by id."""
        self._details()
        return self._networks

    def storage_profiles(self) -> dict[str, StorageProfile]:
        """The storage profiles of all VDCs by id."""
        self._details()
        return self._profiles

    def _details(self) -> None:
        table = self._table()
        if self._details_of is not table:
            self._details_of = table
            self._networks = {one.id: one for vdc in table.values() for one in vdc.network_details()}
            self._profiles = {one.id: one for vdc in table.values() for one in vdc.profile_details()}

    def all_networks(self) -> Iterable[Network]:
        """Of all VDCs."""
        return self.networks().values()

    def all_storage_profiles(self) -> Iterable[StorageProfile]:
        """Of all VDCs."""
        return self.storage_profiles().values()

    def add_vdc(self, org: str, name: str, allocation: str = "AllocationPool") -> Vdc:
        """Another VDC of an organization; ValueError when it has one of that name."""
        organization = self._site.organizations.get(org)
        if organization is None:
            raise UnknownWorkload(f"There is no organization {org}.")
        if allocation not in ALLOCATION_MODELS:
            raise ValueError(f"The allocation model must be one of {', '.join(ALLOCATION_MODELS)}.")
        present = next((one for one in self.vdcs_of(org) if one.name == name), None)
        if present is not None:
            raise ValueError(f"Organization {org} has a VDC named {name}.")
        if name == f"{org} {self.short} Allocated" and organization.id not in self.without_vdc:
            self._removed_vdcs.discard(stable_id("vdc", self._site.name, org))
        else:
            self._removed_vdcs.discard(stable_id("vdc", self._site.name, org, name))
            self._added_vdcs.append((org, name, allocation))
        self._vdc_revision = -1
        self.touch()
        return next(one for one in self.vdcs_of(org) if one.name == name)

    def find_vdc(self, org: str, name: str) -> Vdc:
        """A VDC by name; UnknownWorkload when there is none."""
        vdc = next((one for one in self.vdcs_of(org) if one.name == name), None)
        if vdc is None:
            raise UnknownWorkload(f"Organization {org} has no VDC named {name}.")
        return vdc

    def enable_vdc(self, org: str, name: str, enabled: bool) -> Vdc:
        """Enables or disables a VDC."""
        vdc = self.find_vdc(org, name)
        if enabled:
            self.disabled_vdcs.discard(vdc.id)
        else:
            self.disabled_vdcs.add(vdc.id)
        self._vdc_revision = -1
        self.touch()
        return vdc

    def remove_vdc(self, org: str, name: str) -> Vdc:
        """Takes a VDC away, with the vApps and templates in it."""
        vdc = self.find_vdc(org, name)
        self._removed_vdcs.add(vdc.id)
        self.disabled_vdcs.discard(vdc.id)
        self._added_vdcs = [one for one in self._added_vdcs if one[:2] != (org, name)]
        self._vdc_revision = -1
        for vapp in [one for one in self.vapps.values() if one.vdc_id == vdc.id]:
            self.remove_vapp(vapp.id)
        for template in [one for one in self.templates.values() if one.vdc_id == vdc.id]:
            self.remove_template(template)
        self.touch()
        return vdc

    # vApps and VMs

    def vapps_of(self, org: str | None) -> list[Vapp]:
        """The vApps of an organization, or of all (None)."""
        self.forget_lost_organizations()
        return [vapp for vapp in self.vapps.values() if org is None or vapp.org == org]

    def vms_of(self, org: str | None) -> list[Vm]:
        """The VMs of an organization's vApps, or of all (None)."""
        self.forget_lost_organizations()
        return [vm for vm in self.vms.values() if org is None or (vm.vapp is not None and vm.vapp.org == org)]

    def forget_lost_organizations(self) -> None:
        """What belongs to organizations that are gone is gone, too."""
        if self._organizations_seen == self._site.revision:
            return
        self._organizations_seen = self._site.revision
        present = self._site.organizations.keys()
        for vapp in [one for one in self.vapps.values() if one.org not in present]:
            self.remove_vapp(vapp.id)
        for catalog in [one for one in self.catalogs.values() if one.org not in present]:
            self.remove_catalog(catalog)

    def find_vapp(self, name_or_id: str, org: str | None = None) -> Vapp:
        """A vApp by id or name (for the control listener)."""
        for vapp in self.vapps_of(org):
            if name_or_id in (vapp.id, vapp.name):
                return vapp
        raise UnknownWorkload(f"There is no vApp {name_or_id}.")

    def find_vm(self, name_or_id: str, org: str | None = None) -> Vm:
        """A VM by id or name (for the control listener)."""
        for vm in self.vms_of(org):
            if name_or_id in (vm.id, vm.name):
                return vm
        raise UnknownWorkload(f"There is no VM {name_or_id}.")

    def add_vapp(self, org: str, name: str, vdc_id: str, vapp_id: str | None = None) -> Vapp:
        """A new, empty vApp."""
        vapp = Vapp(vapp_id or str(uuid.uuid4()), name, org, vdc_id, created=self.clock(), touched=self.touch)
        self.vapps[vapp.id] = vapp
        self.touch()
        return vapp

    def add_vm(
        self,
        vapp: Vapp,
        name: str,
        disks: dict[int, int],
        vm_id: str | None = None,
        on: bool = True,
        like: Vm | None = None,
    ) -> Vm:
        """A new VM in a vApp, with one adapter on the first network of its VDC; with the hardware of `like`, if any."""
        vm = vapp.add(Vm(vm_id or str(uuid.uuid4()), name, disks, created=self.clock()))
        vm.powered_on = on
        vdc = self.vdc(vapp.vdc_id)
        if vdc is not None:
            vm.nics = self.nics_of(vdc)
            vm.profile = vdc.storage_profiles[0]
        if like is None:
            vm.guest = GUESTS[zlib.crc32(name.encode()) % len(GUESTS)]
        else:
            vm.description, vm.guest, vm.metadata = like.description, like.guest, like.metadata
            vm.cpus, vm.cores_per_socket, vm.memory_mb = like.cpus, like.cores_per_socket, like.memory_mb
            vm.hardware, vm.tools = like.hardware, like.tools
        self.vms[vm.id] = vm
        self.touch()
        return vm

    def nics_of(self, vdc: Vdc, count: int = 1) -> tuple[Nic, ...]:
        """Adapters on the first `count` networks of a VDC, with addresses of their pools, or by DHCP when a pool is
        used up."""
        return tuple(self.nic(network, index) for index, network in enumerate(vdc.network_details()[:count]))

    def nic(self, network: Network, index: int, mode: str = "POOL", connected: bool = True) -> Nic:
        """One adapter on a network, with the next free address of its range."""
        number = self._addresses.get(network.id, 0)
        address = network.address(number)
        self._addresses[network.id] = number + 1
        if mode == "POOL" and address is None:
            mode = "DHCP"
        return Nic(index, network.name, network.id, address, self.new_mac(), connected, mode)

    def new_mac(self) -> str:
        """The next hardware address, of the range that vCenters give out."""
        number = self._macs = self._macs + 1
        return f"00:50:56:{number >> 16 & 0x3F:02x}:{number >> 8 & 0xFF:02x}:{number & 0xFF:02x}"

    def remove_vm(self, vm_id: str) -> None:
        """Deletes a VM; one that is gone already stays gone."""
        vm = self.vms.pop(vm_id, None)
        if vm is None:
            return
        if vm.vapp is not None:
            vm.vapp.vms.pop(vm_id, None)
        self.touch()
        self.on_vm_removed(vm_id)

    def remove_vapp(self, vapp_id: str) -> None:
        """Deletes a vApp with its VMs; one that is gone already stays gone."""
        vapp = self.vapps.get(vapp_id)
        if vapp is None:
            return
        for vm_id in list(vapp.vms):
            self.remove_vm(vm_id)
        del self.vapps[vapp_id]
        self.touch()

    def change_vm(self, vm: Vm, **fields: Any) -> None:
        """Sets fields of a VM by name, `metadata` replaced as a whole."""
        for name, value in fields.items():
            setattr(vm, name, value)
        self.touch()

    def all_vapps(self) -> Iterable[Vapp]:
        """Of everybody."""
        return self.vapps.values()

    # Catalogs

    def all_catalogs(self) -> Iterable[Catalog]:
        """Of everybody."""
        return self.catalogs.values()

    def all_items(self) -> Iterable[CatalogItem]:
        """Of all catalogs."""
        return self.items.values()

    def all_templates(self) -> Iterable[Template]:
        """Of all catalogs."""
        return self.templates.values()

    def add_catalog(self, org: str, name: str, catalog_id: str | None = None) -> Catalog:
        """A new, empty catalog; ValueError when the organization has one of that name."""
        if org not in self._site.organizations:
            raise UnknownWorkload(f"There is no organization {org}.")
        if any(one.org == org and one.name == name for one in self.catalogs.values()):
            raise ValueError(f"Organization {org} has a catalog named {name}.")
        catalog = Catalog(catalog_id or str(uuid.uuid4()), name, org, created=self.clock())
        self.catalogs[catalog.id] = catalog
        self.touch()
        return catalog

    def find_catalog(self, name_or_id: str, org: str | None = None) -> Catalog:
        """A catalog by id or name (for the control listener)."""
        self.forget_lost_organizations()
        for catalog in self.catalogs.values():
            if name_or_id in (catalog.id, catalog.name) and org in (None, catalog.org):
                return catalog
        raise UnknownWorkload(f"There is no catalog {name_or_id}.")

    def add_template(
        self, catalog: Catalog, name: str, vdc: Vdc, guest: Guest = GUESTS[0], template_id: str | None = None
    ) -> Template:
        """A template of one VM, with the catalog item that leads to it."""
        identity = template_id or str(uuid.uuid4())
        now = self.clock()
        item = CatalogItem(stable_id("catalog-item", identity), name, catalog, created=now)
        template = Template(identity, name, catalog.org, vdc.id, item, created=now)
        item.template = template
        vm = Vm(stable_id("template-vm", identity), name, disks_of([16 * GIB]), 8, template=template, guest=guest)
        vm.created, vm.profile = now, vdc.storage_profiles[0]
        vm.nics = (Nic(0, "none", None, None, self.new_mac(), False, "NONE"),)
        template.vms[vm.id] = vm
        catalog.items[item.id] = item
        catalog.version += 1
        self.items[item.id], self.templates[identity], self.template_vms[vm.id] = item, template, vm
        self.touch()
        return template

    def remove_template(self, template: Template) -> None:
        """Deletes a template, its VMs and its catalog item."""
        self.templates.pop(template.id, None)
        for vm_id in template.vms:
            self.template_vms.pop(vm_id, None)
        self.items.pop(template.item.id, None)
        template.item.catalog.items.pop(template.item.id, None)
        self.touch()

    def remove_catalog(self, catalog: Catalog) -> None:
        """Deletes a catalog with everything in it."""
        for item in list(catalog.items.values()):
            if item.template is not None:
                self.remove_template(item.template)
        self.catalogs.pop(catalog.id, None)
        self.touch()


def merged(metadata: Metadata, more: Metadata) -> Metadata:
    """Metadata with some keys set; a value of None in `more` removes its key."""
    return {key: value for key, value in {**metadata, **more}.items() if value is not None}
