"""What the tenants of one site run: organization VDCs with their networks and storage profiles, vApps and VMs.

They belong to the site's vCD; vCloud Availability looks them up (contract 4.11) and replicates them. Every organization
has one VDC, the estate's tenants a small set of vApps that is the same in every run; more comes through the control
listener, and through failovers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..world import stable_id

if TYPE_CHECKING:
    from .cloud import CloudService

GIB = 2**30
# The key of a VM's first disk, as vSphere counts them.
FIRST_DISK = 2000
# The VMs of an estate's tenant: vApp, then the disks of each of its VMs in GiB.
_STABLE = (("web", ((4,), (4,))), ("db", ((4, 8),)))


class UnknownWorkload(ValueError):
    """A VDC, vApp or VM that is not there; the message names it."""


@dataclass(frozen=True, slots=True)
class Vdc:
    """An organization VDC."""

    id: str
    name: str
    org: str
    short: str
    """What its site is called in names."""

    @property
    def networks(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of each."""
        kinds = ("Servers", "DMZ")
        return tuple((stable_id("network", self.id, kind), f"{self.org} {kind} {self.short}") for kind in kinds)

    @property
    def storage_profiles(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of each."""
        kinds = ("Performance", "Capacity")
        return tuple((stable_id("storage-profile", self.id, kind), f"{self.short} VSAN {kind}") for kind in kinds)


@dataclass(slots=True)
class Vm:
    """A virtual machine of a vApp."""

    id: str
    name: str
    disks: dict[int, int]
    """Disk key -> bytes."""
    powered_on: bool = True
    vapp: Vapp | None = None

    @property
    def size(self) -> int:
        """Of all disks, bytes."""
        return sum(self.disks.values())


@dataclass(slots=True)
class Vapp:
    """A vApp: what a tenant protects as a whole."""

    id: str
    name: str
    org: str
    vdc_id: str
    vms: dict[str, Vm] = field(default_factory=dict)

    def add(self, vm: Vm) -> Vm:
        """Puts a VM into it."""
        vm.vapp = self
        self.vms[vm.id] = vm
        return vm


def disks_of(sizes: Iterable[int]) -> dict[int, int]:
    """Disks by key, from sizes in bytes."""
    return {FIRST_DISK + number: size for number, size in enumerate(sizes)}


class Workloads:
    """The workloads of one site."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self._site = cloud.site_state
        self._short = self._site.name.partition("-")[0]
        self.on_vm_removed: Callable[[str], None] = lambda _vm_id: None
        """Told when a VM is deleted behind everybody's back: its replications have lost their source."""
        self.reset()

    def reset(self) -> None:
        """The estate's tenants with their stable set; everybody else with an empty VDC."""
        self.vapps: dict[str, Vapp] = {}
        self.vms: dict[str, Vm] = {}
        self._vdc_revision = -1
        self._vdcs: dict[str, Vdc] = {}
        self._removed_vdcs: set[str] = set()
        self._added_vdcs: list[tuple[str, str]] = []
        for org in self._cloud.world.estate.tenants:
            if self.vdcs_of(org):
                self._stable_set(org)

    def _stable_set(self, org: str) -> None:
        vdc = self.vdcs_of(org)[0]
        for name, machines in _STABLE:
            full = f"{org}-{name}-{self._short}".lower()
            vapp = self.add_vapp(org, full, vdc.id, stable_id("vapp", self._site.name, full))
            for number, sizes in enumerate(machines, 1):
                vm_name = f"{full}-{number:02d}"
                disks = disks_of(size * GIB for size in sizes)
                self.add_vm(vapp, vm_name, disks, stable_id("vm", self._site.name, vm_name))

    # Organization VDCs

    def vdcs(self) -> list[Vdc]:
        """Those of all organizations."""
        return list(self._table().values())

    def vdcs_of(self, org: str) -> list[Vdc]:
        """Those of one organization. With thousands of them the table of all is not made for this."""
        if org not in self._site.organizations:
            return []
        # The id of the first VDC depends on the organization alone, as it always did.
        found = [Vdc(stable_id("vdc", self._site.name, org), f"{org} {self._short} Allocated", org, self._short)]
        for owner, name in self._added_vdcs:
            if owner == org:
                found.append(Vdc(stable_id("vdc", self._site.name, org, name), name, org, self._short))
        return [one for one in found if one.id not in self._removed_vdcs]

    def vdc(self, vdc_id: str) -> Vdc | None:
        """One of them."""
        return self._table().get(vdc_id)

    def _table(self) -> dict[str, Vdc]:
        if self._vdc_revision != self._site.revision:
            self._vdc_revision = self._site.revision
            self._vdcs = {one.id: one for org in self._site.organizations for one in self.vdcs_of(org)}
        return self._vdcs

    def add_vdc(self, org: str, name: str) -> Vdc:
        """Another VDC of an organization; ValueError when it has one of that name."""
        if org not in self._site.organizations:
            raise UnknownWorkload(f"There is no organization {org}.")
        present = next((one for one in self.vdcs_of(org) if one.name == name), None)
        if present is not None:
            raise ValueError(f"Organization {org} has a VDC named {name}.")
        if name == f"{org} {self._short} Allocated":
            self._removed_vdcs.discard(stable_id("vdc", self._site.name, org))
        else:
            self._removed_vdcs.discard(stable_id("vdc", self._site.name, org, name))
            self._added_vdcs.append((org, name))
        self._vdc_revision = -1
        return next(one for one in self.vdcs_of(org) if one.name == name)

    def remove_vdc(self, org: str, name: str) -> Vdc:
        """Takes a VDC away, with the vApps in it."""
        vdc = next((one for one in self.vdcs_of(org) if one.name == name), None)
        if vdc is None:
            raise UnknownWorkload(f"Organization {org} has no VDC named {name}.")
        self._removed_vdcs.add(vdc.id)
        self._added_vdcs = [one for one in self._added_vdcs if one != (org, name)]
        self._vdc_revision = -1
        for vapp in [one for one in self.vapps.values() if one.vdc_id == vdc.id]:
            self.remove_vapp(vapp.id)
        return vdc

    # vApps and VMs

    def vapps_of(self, org: str | None) -> list[Vapp]:
        """The vApps of an organization, or of all (None)."""
        self._forget_lost_organizations()
        return [vapp for vapp in self.vapps.values() if org is None or vapp.org == org]

    def vms_of(self, org: str | None) -> list[Vm]:
        """The VMs of an organization, or of all (None)."""
        self._forget_lost_organizations()
        return [vm for vm in self.vms.values() if org is None or (vm.vapp is not None and vm.vapp.org == org)]

    def _forget_lost_organizations(self) -> None:
        lost = {vapp.org for vapp in self.vapps.values()} - self._site.organizations.keys()
        if lost:
            for vapp in [one for one in self.vapps.values() if one.org in lost]:
                self.remove_vapp(vapp.id)

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
        vapp = Vapp(vapp_id or str(uuid.uuid4()), name, org, vdc_id)
        self.vapps[vapp.id] = vapp
        return vapp

    def add_vm(self, vapp: Vapp, name: str, disks: dict[int, int], vm_id: str | None = None, on: bool = True) -> Vm:
        """A new VM in a vApp."""
        vm = vapp.add(Vm(vm_id or str(uuid.uuid4()), name, disks, on))
        self.vms[vm.id] = vm
        return vm

    def remove_vm(self, vm_id: str) -> None:
        """Deletes a VM; one that is gone already stays gone."""
        vm = self.vms.pop(vm_id, None)
        if vm is None:
            return
        if vm.vapp is not None:
            vm.vapp.vms.pop(vm_id, None)
        self.on_vm_removed(vm_id)

    def remove_vapp(self, vapp_id: str) -> None:
        """Deletes a vApp with its VMs; one that is gone already stays gone."""
        vapp = self.vapps.get(vapp_id)
        if vapp is None:
            return
        for vm_id in list(vapp.vms):
            self.remove_vm(vm_id)
        del self.vapps[vapp_id]
