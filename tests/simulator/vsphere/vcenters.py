"""All vCenters of the estate: what their virtual machines mean to the rest of the simulator.

A machine with our OVF properties that is switched on is the appliance of the estate with its address, if it was
deployed with that appliance's deployment option. Then the appliance's services come up, with what the properties say.
Any other one reports its address, and nothing answers there; the status says why.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..certificates import Certificate
from ..vcav.appliance import Appliance
from ..world import NOTHING, World
from .building import VcenterSpec, build, clear_place, destroy_machines, import_machine
from .descriptor import descriptor
from .guest import ONPREM, Boot, boot, is_appliance
from .process import USER, NoVcenter, VcenterProcess
from .watching import GUEST_KEYS, GUEST_SECONDS, Guest, Watcher, show

T = TypeVar("T")
_CALL_SECONDS = 30.0
# Where the DHCP server of each network begins.
_FIRST_LEASE = 200


@dataclass
class Machine:
    """A virtual machine that has our OVF properties."""

    name: str
    on: bool = True
    address: str | None = None
    appliance: Appliance | None = None
    reason: str | None = None
    """Why there is no service behind it."""
    leases: int = 0

    def view(self) -> dict[str, Any]:
        """For the status."""
        return {
            "name": self.name,
            "power": "on" if self.on else "off",
            "address": self.address,
            "appliance": self.appliance.name if self.appliance else None,
            "reason": self.reason,
        }


@dataclass
class Vcenter:
    """One vCenter. Only the simulator's own loop calls it; Asking is the door for its watcher."""

    spec: VcenterSpec
    appliances: Sequence[Appliance]
    network: Mapping[str, Any]
    """gateway, netmask, ntp: of the network that the appliances are in."""
    certificate: Certificate
    process: VcenterProcess | None = None
    machines: dict[str, Machine] = field(default_factory=dict)
    """By managed object id."""
    gone: set[str] = field(default_factory=set)
    """Machines that a reset took away; their watcher may not know yet."""
    leases: int = 0

    # What becomes of machines

    def powered_on(self, moid: str, name: str, values: Mapping[str, str], memory_mb: int) -> Guest | None:
        """As Minds (watching.py)."""
        if moid in self.gone or not is_appliance(values):
            return None
        known = self.machines.get(moid)
        if known is not None and known.on:
            # One that the run began with: it has reported long ago.
            return None
        machine = self.machines[moid] = known or Machine(name)
        machine.on, machine.name = True, name
        started = boot(values, memory_mb)
        if started.problem:
            machine.address, machine.reason = None, f"no network: {started.problem}"
            return None
        machine.address = started.address or self._lease(machine)
        found, machine.reason = self._meant(machine, started)
        if found is None:
            return Guest(machine.address, name)
        if machine.appliance is not found:
            self._detach(machine)
            # Whatever was there before: this is a machine that has never run.
            found.remove()
            machine.appliance = found
        found.power_on(started.properties)
        quick = found.world.restart_seconds
        return Guest(machine.address, found.hostname, GUEST_SECONDS if quick is None else min(quick, GUEST_SECONDS))

    def _meant(self, machine: Machine, started: Boot) -> tuple[Appliance | None, str | None]:
        """The appliance of the estate that a machine is, or why it is none."""
        if started.address is None:
            return None, "its address is one of the DHCP server's, where the estate has no appliance"
        found = next((one for one in self.appliances if one.spec.address == started.address), None)
        if found is None:
            return None, f"the estate has no appliance with the address {started.address} at {self.spec.site}"
        if started.role is None:
            return None, "neither its role nor its memory tells its deployment option"
        option = found.spec.deployment_option
        if started.role != option:
            return (
                None,
                f"it was deployed as {started.role}, but {found.name} at {started.address} is a {option} appliance",
            )
        for other in self.machines.values():
            if other is not machine and other.appliance is found:
                if found.is_on:
                    return None, f"its address {started.address} is in use by {other.name}"
                other.appliance, other.reason = None, f"{machine.name} has taken its place"
        return found, None

    def _lease(self, machine: Machine) -> str:
        if not machine.leases:
            self.leases += 1
            machine.leases = _FIRST_LEASE + self.leases - 1
        network = f"{self.network.get('gateway', '192.0.2.1')}/{self.network.get('netmask', '255.255.255.0')}"
        return str(ipaddress.IPv4Network(network, strict=False).network_address + machine.leases)

    def _detach(self, machine: Machine) -> None:
        """It is no longer the appliance that it was."""
        if machine.appliance is not None:
            machine.appliance.remove()
            machine.appliance = None

    def powered_off(self, moid: str) -> None:
        """As Minds."""
        machine = self.machines.get(moid)
        if machine is None:
            return
        machine.on, machine.address, machine.reason = False, None, None
        if machine.appliance is not None and machine.appliance.exists:
            machine.appliance.power_off()

    def removed(self, moid: str) -> None:
        """As Minds."""
        machine = self.machines.pop(moid, None)
        if machine is not None:
            self._detach(machine)

    def published(self) -> dict[str, dict[str, str]]:
        """As Minds: certificates, so that whoever trusts the vCenter can trust them (contract vCAV 2.6)."""
        return {
            moid: _certificates(machine.appliance)
            for moid, machine in self.machines.items()
            if machine.appliance is not None and machine.appliance.is_on
        }

    # The estate's own machines

    def furnish(self, instance: Any, world: World) -> dict[str, Machine]:
        """A machine for every appliance that runs when the run begins; answers them by id."""
        made = {}
        for appliance in self.appliances:
            if not appliance.is_on:
                continue
            option = "" if appliance.spec.deployment_option == ONPREM else appliance.spec.deployment_option
            release = appliance.site.spec.product_version if option else ONPREM
            document = descriptor(release, f"{appliance.name}-disk1.vmdk", 6656)
            clear_place(instance, self.spec, appliance.name)
            machine = import_machine(
                instance,
                self.spec,
                appliance.name,
                option,
                document,
                _values(appliance, self.network, world),
                resolved=True,
            )
            guest = dict(zip(GUEST_KEYS, (appliance.address, appliance.hostname), strict=True))
            # The watcher would bring the certificates too, but later than whoever is told that all is ready may look.
            show(machine, guest | _certificates(appliance))
            made[str(machine._moId)] = Machine(appliance.name, address=appliance.address, appliance=appliance)
        return made


def _certificates(appliance: Appliance) -> dict[str, str]:
    """What a running appliance writes into its machine's extraConfig (contract vCAV 2.6)."""
    values = {f"guestinfo.{one.kind}.certificate": one.certificate.encoded for one in appliance.services}
    for one in appliance.services:
        if one.kind == "replicator":
            values["guestinfo.replicator.thumbprint"] = one.certificate.thumbprint
    return values


def _values(appliance: Appliance, network: Mapping[str, Any], world: World) -> dict[str, str]:
    """The OVF properties with which the estate's machine was deployed."""
    estate, address = world.estate, appliance.spec.address
    gateway, netmask = str(network.get("gateway", "")), str(network.get("netmask", "255.255.255.0"))
    servers = ",".join(estate.dns_servers)
    values = {
        "guestinfo.cis.appliance.root.password": estate.initial_root_password,
        "guestinfo.cis.appliance.net.ntp": str(network.get("ntp", "")),
    }
    if appliance.site.spec.product_version.startswith("3") or appliance.spec.deployment_option == ONPREM:
        own = {
            "ip0": address,
            "netmask0": netmask,
            "gateway": gateway,
            "DNS": servers,
            "domain": estate.dns_domain,
            "searchpath": estate.dns_domain,
        }
        return values | {f"vami.{key}.VMware_vCloud_Availability": value for key, value in own.items()}
    own = {
        "hostname": f"{appliance.name}.{estate.dns_domain}",
        "address": f"{address}/{ipaddress.IPv4Network(f'0.0.0.0/{netmask}').prefixlen}",
        "gateway": gateway,
        "dnsServers": servers,
        "searchDomains": estate.dns_domain,
    }
    return values | {f"net.{key}": value for key, value in own.items()}


class Asking:
    """Minds for a watcher: hands its calls over to the simulator's loop and waits for the answers."""

    def __init__(self, vcenter: Vcenter, loop: asyncio.AbstractEventLoop) -> None:
        self._vcenter = vcenter
        self._loop = loop

    def _ask(self, action: Callable[[], T]) -> T:
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def answered() -> None:
            try:
                answer.set_result(action())
            except BaseException as problem:
                answer.set_exception(problem)

        self._loop.call_soon_threadsafe(answered)
        return answer.result(_CALL_SECONDS)

    def powered_on(self, moid: str, name: str, values: Mapping[str, str], memory_mb: int) -> Guest | None:
        """As Minds."""
        return self._ask(lambda: self._vcenter.powered_on(moid, name, values, memory_mb))

    def powered_off(self, moid: str) -> None:
        """As Minds."""
        self._ask(lambda: self._vcenter.powered_off(moid))

    def removed(self, moid: str) -> None:
        """As Minds."""
        self._ask(lambda: self._vcenter.removed(moid))

    def published(self) -> dict[str, dict[str, str]]:
        """As Minds."""
        return self._ask(self._vcenter.published)


class Vcenters:
    """Starts them, ends them, puts them back."""

    def __init__(self, world: World, vcenters: Sequence[Vcenter]) -> None:
        self._world = world
        self.by_site = {one.spec.site: one for one in vcenters}
        self._instances: dict[str, Any] = {}

    async def start(self) -> None:
        """Starts all of them side by side and builds what is in them. Raises NoVcenter."""
        loop = asyncio.get_running_loop()
        vcenters = list(self.by_site.values())
        with ThreadPoolExecutor(max(1, len(vcenters))) as pool:
            begun = await asyncio.gather(
                *(loop.run_in_executor(pool, self._begin, one) for one in vcenters), return_exceptions=True
            )
        problem = next((one for one in begun if isinstance(one, BaseException)), None)
        if problem is not None:
            self.stop()
            raise problem
        for vcenter in vcenters:
            assert vcenter.process is not None
            Watcher(vcenter.process, Asking(vcenter, loop)).start()

    def _begin(self, vcenter: Vcenter) -> None:
        process = vcenter.process = VcenterProcess(vcenter.certificate, self._world.estate.sso_password)
        try:
            instance = self._instances[vcenter.spec.site] = process.connect()
            build(instance, vcenter.spec)
            if self._world.start != NOTHING:
                vcenter.machines = vcenter.furnish(instance, self._world)
        except BaseException:
            process.stop()
            raise

    def stop(self) -> None:
        """Ends all of them."""
        for vcenter in self.by_site.values():
            if vcenter.process is not None:
                vcenter.process.stop()

    def reset(self) -> None:
        """No machines but those that the run begins with. Appliances have been reset before.

        It keeps everybody waiting for some tenths of a second: whoever is told that it is done finds it done.
        """
        for site, vcenter in self.by_site.items():
            vcenter.machines.clear()
            vcenter.leases = 0
            instance = self._instances[site]
            vcenter.gone.update(destroy_machines(instance))
            if self._world.start != NOTHING:
                vcenter.machines = vcenter.furnish(instance, self._world)

    def port(self, site: str) -> int:
        """Where a site's vCenter listens on this machine. Raises NoVcenter before it was started."""
        process = self.by_site[site].process
        if process is None:
            raise NoVcenter(f"The vCenter of {site} has not been started.")
        return process.port

    def state(self, site: str, ca_path: str) -> dict[str, Any]:
        """What the state file says of a site's vCenter."""
        vcenter, port = self.by_site[site], self.port(site)
        spec = vcenter.spec
        assert vcenter.process is not None
        return {
            "url": f"https://127.0.0.1:{port}/sdk",
            "hostname": "127.0.0.1",
            "port": port,
            "estate_host": spec.host,
            "user": USER,
            "password": vcenter.process.password,
            "thumbprint": vcenter.certificate.thumbprint,
            "ca_path": ca_path,
            "pid": vcenter.process.pid,
            "datacenter": spec.datacenter,
            "cluster": spec.cluster,
            "datastore": spec.datastore,
            "network": spec.network,
            "folder": spec.folder,
        }

    def status(self, site: str) -> list[dict[str, Any]]:
        """The machines of a site's vCenter."""
        return [one.view() for one in self.by_site[site].machines.values()]
