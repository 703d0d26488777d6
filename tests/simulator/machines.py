"""What workloads are made of: organization VDCs, networks, storage profiles, catalogs, templates, vApps and VMs.

Plain values without a product's words: the vCD shows them in its documents, vCloud Availability replicates them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .identity import stable_id

GIB = 2**30
MIB = 2**20
FIRST_DISK = 2000
"""The key of a VM's first disk, as vSphere counts them."""

# States of vApps and VMs (contract vcd-api 4.4): number in documents, word in query records.
STATES: dict[int, str] = {
    -1: "FAILED_CREATION",
    0: "UNRESOLVED",
    1: "RESOLVED",
    2: "DEPLOYED",
    3: "SUSPENDED",
    4: "POWERED_ON",
    5: "WAITING_FOR_INPUT",
    6: "UNKNOWN",
    7: "UNRECOGNIZED",
    8: "POWERED_OFF",
    9: "INCONSISTENT_STATE",
    10: "MIXED",
    11: "DESCRIPTOR_PENDING",
    12: "COPYING_CONTENTS",
    13: "DISK_CONTENTS_PENDING",
    14: "QUARANTINED",
    15: "QUARANTINE_EXPIRED",
    16: "REJECTED",
    17: "TRANSFER_TIMEOUT",
    18: "VAPP_UNDEPLOYED",
    19: "VAPP_PARTIALLY_DEPLOYED",
    20: "PARTIALLY_POWERED_OFF",
    21: "PARTIALLY_SUSPENDED",
}
STATE_NUMBERS = {word: number for number, word in STATES.items()}
RESOLVED, SUSPENDED, ON, OFF, MIXED, PARTLY_OFF, PARTLY_SUSPENDED = 1, 3, 4, 8, 10, 20, 21
DEPLOYED = frozenset({2, SUSPENDED, ON, 5})
"""States in which a machine holds resources of its VDC."""

Metadata = Mapping[str, str | int | bool]
ALLOCATION_MODELS = ("AllocationVApp", "AllocationPool", "ReservationPool", "Flex")
"""As the XML documents spell them."""


class UnknownWorkload(ValueError):
    """A VDC, vApp or VM that is not there; the message names it."""


class Guest(NamedTuple):
    """A guest operating system."""

    os_type: str
    """vSphere's identifier."""
    name: str


GUESTS = (
    Guest("ubuntu64Guest", "Ubuntu Linux (64-bit)"),
    Guest("windows2019srv_64Guest", "Microsoft Windows Server 2019 (64-bit)"),
    Guest("rhel8_64Guest", "Red Hat Enterprise Linux 8 (64-bit)"),
    Guest("vmwarePhoton64Guest", "VMware Photon OS (64-bit)"),
    Guest("windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)"),
    Guest("debian10_64Guest", "Debian GNU/Linux 10 (64-bit)"),
    Guest("centos7_64Guest", "CentOS 7 (64-bit)"),
)


class Nic(NamedTuple):
    """A network adapter of a VM."""

    number: int
    """The index within the VM, from 0."""
    network: str
    """Name of the network; `none` where it is connected to nothing."""
    network_id: str | None
    ip: str | None
    mac: str
    connected: bool = True
    mode: str = "POOL"
    """POOL, DHCP, MANUAL or NONE."""
    adapter: str = "VMXNET3"


def _number(address: str) -> int:
    """An IPv4 address as a number; the standard library's way takes ten times as long."""
    one, two, three, four = address.split(".")
    return int(one) << 24 | int(two) << 16 | int(three) << 8 | int(four)


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass(frozen=True, slots=True)
class Network:
    """A network of an organization VDC."""

    id: str
    name: str
    vdc_id: str
    org: str
    routed: bool
    """Connected to the edge gateway; else isolated."""
    gateway: str
    prefix: int
    first: str
    last: str
    """Static range for VMs."""
    dns1: str
    dns2: str
    suffix: str

    @property
    def netmask(self) -> str:
        """In dotted notation."""
        return _dotted(0xFFFFFFFF << (32 - self.prefix) & 0xFFFFFFFF)

    @property
    def total(self) -> int:
        """Addresses of the static range."""
        return _number(self.last) - _number(self.first) + 1

    def address(self, number: int) -> str | None:
        """The so many-th address of the static range, counted from 0; None beyond it."""
        first, last = _number(self.first), _number(self.last)
        return _dotted(first + number) if number <= last - first else None


@dataclass(frozen=True, slots=True)
class StorageProfile:
    """A storage profile (policy) of an organization VDC."""

    id: str
    name: str
    vdc_id: str
    org: str
    limit_mb: int
    """0: unlimited."""
    default: bool


@dataclass(frozen=True, slots=True)
class Vdc:
    """An organization VDC."""

    id: str
    name: str
    org: str
    short: str
    """What its site is called in names."""
    allocation: str = "AllocationPool"
    """One of ALLOCATION_MODELS."""
    enabled: bool = True

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

    def network_details(self) -> tuple[Network, Network]:
        """The same networks with addresses: a routed one for servers, an isolated one for the DMZ."""
        seed = int(self.id[:8], 16)
        (servers, servers_name), (dmz, dmz_name) = self.networks
        wide, narrow = f"10.{16 + seed % 200}", f"192.168.{seed % 250}"
        suffix = f"{self.org}.example".lower()
        return (
            Network(
                servers, servers_name, self.id, self.org, True,
                f"{wide}.0.1", 16, f"{wide}.0.10", f"{wide}.255.250", f"{wide}.0.2", f"{wide}.0.3", suffix,
            ),
            Network(
                dmz, dmz_name, self.id, self.org, False,
                f"{narrow}.1", 24, f"{narrow}.10", f"{narrow}.250", "", "", "",
            ),
        )  # fmt: skip

    def profile_details(self) -> tuple[StorageProfile, StorageProfile]:
        """The same storage profiles with their limits: the first one is the default."""
        (fast, fast_name), (large, large_name) = self.storage_profiles
        return (
            StorageProfile(fast, fast_name, self.id, self.org, 1_048_576, True),
            StorageProfile(large, large_name, self.id, self.org, 0, False),
        )


@dataclass(slots=True)
class Vm:
    """A virtual machine of a vApp or of a template."""

    id: str
    name: str
    disks: dict[int, int]
    """Disk key -> bytes."""
    status: int = ON
    """One of STATES."""
    vapp: Vapp | None = None
    template: Template | None = None
    description: str = ""
    guest: Guest = GUESTS[0]
    cpus: int = 2
    cores_per_socket: int = 1
    memory_mb: int = 4096
    hardware: int = 14
    """Virtual hardware version: 14 is vmx-14."""
    tools: int = 11333
    """Version of VMware Tools as vSphere counts; 0: not installed."""
    nics: tuple[Nic, ...] = ()
    primary: int = 0
    """Index of the primary adapter."""
    profile: tuple[str, str] | None = None
    """Id and name of its storage profile."""
    metadata: Metadata = field(default_factory=dict)
    """Shared between machines: it is replaced, never changed."""
    created: int = 0
    """Epoch milliseconds."""
    script: str = ""
    """Guest customization script; "": none."""

    @property
    def size(self) -> int:
        """Of all disks, bytes."""
        return sum(self.disks.values())

    @property
    def powered_on(self) -> bool:
        """Whether it runs."""
        return self.status == ON

    @powered_on.setter
    def powered_on(self, on: bool) -> None:
        self.status = ON if on else OFF
        if self.vapp is not None:
            self.vapp.touched()

    @property
    def deployed(self) -> bool:
        """Whether it holds resources."""
        return self.status in DEPLOYED

    @property
    def primary_nic(self) -> Nic | None:
        """The adapter that stands for the VM in lists."""
        return next((one for one in self.nics if one.number == self.primary), None)


def _nobody() -> None:
    """Told of a change, and not interested."""


@dataclass(slots=True)
class Vapp:
    """A vApp: what a tenant protects as a whole."""

    id: str
    name: str
    org: str
    vdc_id: str
    vms: dict[str, Vm] = field(default_factory=dict)
    description: str = ""
    owner: str = "admin"
    metadata: Metadata = field(default_factory=dict)
    created: int = 0
    bulk: bool = False
    """Made by `scale`."""
    forced: int | None = None
    """A state that does not follow from its VMs (FAILED_CREATION and the like)."""
    touched: Callable[[], None] = _nobody
    """Called after a change: whoever keeps prepared answers listens."""

    def add(self, vm: Vm) -> Vm:
        """Puts a VM into it."""
        vm.vapp = self
        self.vms[vm.id] = vm
        return vm

    def status(self, *, partial: bool) -> int:
        """Its state, one of STATES; `partial`: the release knows PARTIALLY_POWERED_OFF and PARTIALLY_SUSPENDED.

        What a vApp is in whose VMs are not all in one state is INFERRED from the names of the states.
        """
        if self.forced is not None:
            return self.forced
        found = {vm.status for vm in self.vms.values()}
        if not found:
            return RESOLVED
        if len(found) == 1:
            return found.pop()
        if partial and found == {ON, OFF}:
            return PARTLY_OFF
        if partial and found == {ON, SUSPENDED}:
            return PARTLY_SUSPENDED
        return MIXED

    @property
    def deployed(self) -> bool:
        """Whether any of its VMs holds resources."""
        return any(vm.deployed for vm in self.vms.values())


@dataclass(slots=True)
class Template:
    """A vApp template in a catalog."""

    id: str
    name: str
    org: str
    vdc_id: str
    item: CatalogItem
    vms: dict[str, Vm] = field(default_factory=dict)
    description: str = ""
    owner: str = "admin"
    created: int = 0
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class CatalogItem:
    """An entry of a catalog: it leads to a template."""

    id: str
    name: str
    catalog: Catalog
    description: str = ""
    created: int = 0
    template: Template | None = None


@dataclass(slots=True)
class Catalog:
    """A catalog of an organization."""

    id: str
    name: str
    org: str
    description: str = ""
    owner: str = "admin"
    published: bool = False
    shared: bool = False
    created: int = 0
    version: int = 1
    items: dict[str, CatalogItem] = field(default_factory=dict)


def disks_of(sizes: Iterable[int]) -> dict[int, int]:
    """Disks by key, from sizes in bytes."""
    return {FIRST_DISK + number: size for number, size in enumerate(sizes)}
