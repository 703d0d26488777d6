"""VMs by the thousand, with the variety of a real estate and the same in every run: `scale --vms N`.

Nothing is random: what a machine looks like follows from its number, in shares that a hundred machines show in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from .identity import stable_id
from .machines import FIRST_DISK, GIB, GUESTS, OFF, ON, SUSPENDED, Metadata, Network, Nic, Vapp, Vdc, Vm
from .workloads import Workloads

VMS_PER_VAPP = 4
_APPLICATIONS = ("web", "app", "db", "batch", "mail", "files", "build")
_ENVIRONMENTS = ("production", "production", "production", "staging", "test")
_SIZES = ((1, 1024), (2, 2048), (2, 4096), (2, 4096), (4, 8192), (4, 16384), (8, 32768))
# Of a hundred machines so many are in each state; the rest runs.
_STATES: Sequence[tuple[int, int]] = ((17, OFF), (5, SUSPENDED), (1, 9), (1, 0), (1, 6))


def grow(workloads: Workloads, organizations: Sequence[str], wanted: int) -> int:
    """Makes sure of `wanted` bulk VMs in one site, four to a vApp, in turn in every organization that has a VDC.

    Answers how many were added. Raises ValueError when there is no VDC.
    """
    workloads.forget_lost_organizations()
    present = [one for one in workloads.vapps.values() if one.bulk]
    have = sum(len(one.vms) for one in present)
    if have >= wanted:
        return 0
    vdcs = [_Place(found[0]) for found in (workloads.vdcs_of(org) for org in organizations) if found]
    if not vdcs:
        raise ValueError("No organization has a VDC.")
    number, added = len(present), 0
    while have + added < wanted:
        count = min(VMS_PER_VAPP, wanted - have - added)
        _vapp(workloads, vdcs[number % len(vdcs)], number, count)
        number += 1
        added += count
    workloads.touch()
    return added


class _Place:
    """A VDC with what is looked up again and again, looked up once."""

    def __init__(self, vdc: Vdc) -> None:
        self.vdc = vdc

    @cached_property
    def networks(self) -> tuple[Network, Network]:
        return self.vdc.network_details()

    @cached_property
    def profiles(self) -> tuple[tuple[str, str], ...]:
        return self.vdc.storage_profiles


def _vapp(workloads: Workloads, place: _Place, number: int, count: int) -> None:
    vdc = place.vdc
    application = _APPLICATIONS[number % len(_APPLICATIONS)]
    # The number makes the name, but the shares must not follow from the organization, which the number chooses, too.
    name = f"{vdc.org}-{application}-{number + 1:05d}".lower()
    vapp = Vapp(
        stable_id("bulk-vapp", vdc.id, str(number)), name, vdc.org, vdc.id, created=workloads.clock(), bulk=True
    )
    vapp.touched = workloads.touch
    vapp.metadata = metadata_of(number)
    workloads.vapps[vapp.id] = vapp
    for position in range(count):
        vm = _vm(workloads, vapp, place, number, position)
        vapp.add(vm)
        workloads.vms[vm.id] = vm


def _state(share: int) -> int:
    for part, state in _STATES:
        if share < part:
            return state
        share -= part
    return ON


def _vm(workloads: Workloads, vapp: Vapp, place: _Place, number: int, position: int) -> Vm:
    serial = number * VMS_PER_VAPP + position
    # A multiplier without a common factor with 100 spreads the shares over neighbours.
    share = serial * 37 % 100
    guest = GUESTS[number % len(GUESTS)]
    cpus, memory_mb = _SIZES[serial % len(_SIZES)]
    disks = {FIRST_DISK: (16 + 16 * (serial % 3)) * GIB}
    if serial % 6 == 0:
        disks[FIRST_DISK + 1] = 100 * GIB
    vm = Vm(stable_id("bulk-vm", vapp.id, str(position)), f"{vapp.name}-{position + 1:02d}", disks)
    vm.status = _state(share)
    vm.guest, vm.cpus, vm.memory_mb, vm.created = guest, cpus, memory_mb, vapp.created
    vm.cores_per_socket = 2 if cpus >= 4 else 1
    vm.hardware = 11 + serial % 9
    vm.tools = 0 if share >= 96 else 11333 + serial % 3
    vm.profile = place.profiles[0 if serial % 4 else 1]
    vm.metadata = metadata_of(number)
    vm.nics, vm.primary = _nics(workloads, place, serial)
    return vm


def _nics(workloads: Workloads, place: _Place, serial: int) -> tuple[tuple[Nic, ...], int]:
    """Adapters and the index of the primary one: most machines have one, some two, a few none or a loose one."""
    servers, dmz = place.networks
    share = serial * 61 % 100
    if share < 2:
        return (), 0
    if share < 4:
        return (Nic(0, "none", None, None, workloads.new_mac(), False, "NONE", "E1000"),), 0
    if share < 20:
        return (workloads.nic(servers, 0), workloads.nic(dmz, 1)), share % 2
    mode = "DHCP" if share < 32 else "MANUAL" if share < 40 else "POOL"
    return (workloads.nic(servers, 0, mode, connected=share != 50),), 0


# One mapping for all machines with the same values, instead of one for each.
_KNOWN: dict[int, Metadata] = {}


def metadata_of(number: int) -> Metadata:
    """What bulk vApps are labelled with; every eighth of them with nothing."""
    if number % 8 == 7:
        return {}
    known = _KNOWN.get(number % 280)
    if known is None:
        fields: Mapping[str, str | int | bool] = {
            "application": _APPLICATIONS[number % len(_APPLICATIONS)],
            "environment": _ENVIRONMENTS[number % len(_ENVIRONMENTS)],
            "costcenter": 1000 + number % 4,
            "backup": number % 2 == 0,
        }
        known = _KNOWN[number % 280] = fields
    return known
