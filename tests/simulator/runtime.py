"""Puts a simulator together: the world, its services, their listeners, the control listener, the state file."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import secrets
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from .control import Control
from .cse import Cse
from .estate import Estate
from .front import Outcome, dispatch
from .inventory import inventory
from .server import Listener
from .service import Service
from .vcav.appliance import Appliance
from .vcav.onprem import CustomerPremises, build_customers
from .vcav.site import SiteServices, build_vcav
from .vcd import VcdService
from .vro import VroService
from .vrops import VropsService
from .vsphere.building import VcenterSpec
from .vsphere.process import require_program
from .vsphere.vcenters import Vcenter, Vcenters
from .wire import LateReply, Request
from .world import CONFIGURED, World

_HOST = "127.0.0.1"
_CUT_SECONDS = 0.05


class Simulator:
    """One run. Its sockets are bound when it is built, so every URL is known; `serve` answers until it is stopped."""

    def __init__(
        self,
        estate: Estate,
        organizations: int = 0,
        base_port: int | None = None,
        start: str = CONFIGURED,
        vsphere: bool = False,
        vms: int = 0,
    ) -> None:
        """`organizations`: so many tenants are added in every site, and so many `vms` (bulk.py); `base_port` None: free
        ports; `start`: world.py; `vsphere`: every site has a vCenter, too.

        Raises OSError when a port is taken, NoVcenter when `vsphere` cannot be had.
        """
        if vsphere:
            require_program()
        self.world = World(estate, start)
        self.world.scale(organizations)
        self.world.scale_vms(vms)
        self.token = secrets.token_hex(16)
        self._organizations = organizations
        self._vms = vms
        self.vcds = {name: VcdService(self.world, site) for name, site in self.world.sites.items()}
        for vcd in self.vcds.values():
            self.world.add_service(vcd)
        self.cses = {
            name: Cse(vcd, vcd.site_state.spec.cse.version, vcd.site_state.spec.cse.legacy_mode)
            for name, vcd in self.vcds.items()
            if vcd.site_state.spec.cse is not None
        }
        """The CSE servers of the sites that have one."""
        self.world.after_reset.extend(cse.reset for cse in self.cses.values())
        self.vrops = {name: VropsService(self.world, site) for name, site in self.world.sites.items()}
        for vrops in self.vrops.values():
            self.world.add_service(vrops)
        self.vros = {name: VroService(self.world, site) for name, site in self.world.sites.items()}
        for vro in self.vros.values():
            for service in vro.listening:
                self.world.add_service(service)
        self.sites = build_vcav(self.world)
        self.customers = build_customers(self.world, self.sites)
        self._ports = itertools.count(base_port) if base_port else itertools.repeat(0)
        self._listeners: dict[str, dict[str, Listener]] = {}
        """Service name -> role -> listener."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.control = Control(self)
        self._control_listener = Listener(self._answer_control, "control", _HOST, next(self._ports), None)
        try:
            for group in self.sites.values():
                self._listen_for(group)
            for customer in self.customers.values():
                self._listen(customer.service, "front")
        except OSError:
            self._close()
            raise
        self.world.on_outage = self._outage
        self.world.on_new_certificate = self._cut_soon
        self.vcenters = self._vcenters() if vsphere else None
        self._images: dict[str, str] = {}
        """Release, or onprem, to the file of the image that is to be deployed."""

    # Listeners

    @property
    def _all_listeners(self) -> list[Listener]:
        return [*(one for roles in self._listeners.values() for one in roles.values()), self._control_listener]

    def _close(self) -> None:
        for listener in self._all_listeners:
            listener.release()

    def _listen_for(self, group: SiteServices) -> None:
        spec = group.site.spec
        for role in ("front", "management", "api", "public"):
            self._listen(group.cloud, role)
        self.world.names.add(spec.public_address, spec.public_port, group.cloud, "public")
        for service in (group.manager, *group.replicators, group.tunnel):
            for role in ("front", "management"):
                self._listen(service, role)
        vcd = self.vcds[group.site.name]
        self._listen(vcd, "vcd")
        self.world.names.add(spec.vcd_host, 443, vcd, "vcd")
        vrops = self.vrops[group.site.name]
        self._listen(vrops, "vrops")
        self.world.names.add(vrops.host, 443, vrops, "vrops")
        vro = self.vros[group.site.name]
        for part in vro.listening:
            self._listen(part, part.kind)
        self.world.names.add(vro.host, vro.port, vro, "vro")

    def _listen(self, service: Service, role: str) -> None:
        answer = partial(dispatch, self.world, service)
        listener = Listener(answer, role, _HOST, next(self._ports), service.certificate.context)
        self._listeners.setdefault(service.name, {})[role] = listener
        self.world.names.add(_HOST, listener.port, service, role)

    @property
    def _all_groups(self) -> list[SiteServices | CustomerPremises]:
        return [*self.sites.values(), *self.customers.values()]

    def _vcenters(self) -> Vcenters:
        found = []
        for group in self.sites.values():
            spec = VcenterSpec.of_site(group.site.spec)
            # The lookup service is the vCenter's own, unless the estate says otherwise.
            own = spec.host == group.lookup.host
            certificate = group.lookup.certificate if own else self.world.issue_certificate([spec.host])
            appliances = list(group.appliances.values())
            found.append(Vcenter(spec, appliances, group.site.spec.network, certificate))
        for customer in self.customers.values():
            spec = VcenterSpec.of_customer(customer.given, customer.vcenter_host)
            network = customer.site.spec.network
            found.append(Vcenter(spec, [customer.appliance], network, customer.lookup.certificate))
        return Vcenters(self.world, found)

    def _outage(self, service: Service, down: bool) -> None:
        if self._loop is None:
            return
        for listener in self._listeners[service.name].values():
            # One that is on its way looks at its end whether it is still wanted.
            if listener.is_open is not down:
                continue
            task = self._loop.create_task(self._shut(service, listener) if down else self._open(service, listener))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _shut(self, service: Service, listener: Listener) -> None:
        """Closes a port once the answer to the request that closes it is out."""
        await asyncio.sleep(_CUT_SECONDS)
        if self.world.is_closed(service):
            listener.close()

    async def _open(self, service: Service, listener: Listener) -> None:
        """Opens a port, unless its service has gone away again meanwhile."""
        if self.world.is_closed(service):
            return
        await listener.open()
        if self.world.is_closed(service):
            listener.close()

    def _cut_soon(self, service: Service) -> None:
        """At once: whoever is answered must find the new certificate, and his next connection must not be cut."""
        if self._loop is None:
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._loop.call_soon_threadsafe(self.cut_connections, [service])
        else:
            self.cut_connections([service])

    def cut_connections(self, services: list[Service]) -> None:
        """Closes open connections, so that clients meet a changed certificate; an answer on its way arrives first."""
        for service in services:
            for listener in self._listeners[service.name].values():
                listener.end_connections()

    def _answer_control(self, request: Request) -> Outcome:
        reply = self.control.handle(request)
        if not self._tasks:
            return Outcome(reply)
        # Whoever is told that it is done should find the ports open, or closed.
        late = LateReply()
        asyncio.gather(*self._tasks, return_exceptions=True).add_done_callback(lambda _done: late.settle(reply))
        return Outcome(late)

    async def serve(self, state_path: Path | None = None) -> None:
        """Answers until `stop`. The state file is written once everything listens, and removed at the end."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        with tempfile.TemporaryDirectory(prefix="vcpp-simulator-") as directory:
            self.ca_path = Path(directory) / "ca.pem"
            self.world.authority.write(self.ca_path)
            if self.vcenters:
                # Imported here: it is made of what the simulated guests are made of.
                from tests.tools.make_ova import make_ova

                for release in (*{group.site.spec.product_version for group in self.sites.values()}, "onprem"):
                    self._images[release] = str(make_ova(Path(directory) / f"appliance-{release}.ova", release))
                try:
                    await self.vcenters.start()
                except BaseException:
                    self._close()
                    raise
                for name, lookup in {one.site.name: one.lookup for one in self._all_groups}.items():
                    self.world.names.add(_HOST, self.vcenters.port(name), lookup, "lookup")
            for name, roles in self._listeners.items():
                for listener in roles.values():
                    await self._open(self.world.services[name], listener)
            await self._control_listener.open()
            ticker = asyncio.create_task(self._tick())
            if state_path:
                write_state(state_path, self.state())
            try:
                await self._stopped.wait()
                # The answer to the stop request is still on its way.
                await asyncio.sleep(0.05)
            finally:
                ticker.cancel()
                self._close()
                if self.vcenters:
                    self.vcenters.stop()
                if state_path:
                    state_path.unlink(missing_ok=True)

    async def _tick(self) -> None:
        """Closed ports must open again although no request can come in to notice that they are due."""
        while True:
            await asyncio.sleep(0.1)
            self.world.run_due()

    def stop(self) -> None:
        """Ends `serve`; safe from other threads."""
        if self._loop is not None and self._stopped is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)

    def reset(self, start: str | None = None) -> None:
        """Back to the estate, with as many organizations and VMs as it was started with; `start` as `World.reset`."""
        services = list(self.world.services.values())
        before = {service.name: service.certificate.thumbprint for service in services}
        self.world.reset(start)
        self.world.scale(self._organizations)
        self.world.scale_vms(self._vms)
        if self.vcenters:
            self.vcenters.reset()
        # Whoever keeps a connection open should not be cut for nothing.
        self.cut_connections([one for one in services if one.certificate.thumbprint != before[one.name]])

    # What others need to know

    def url(self, service: Service, role: str) -> str:
        """The actual address of a service."""
        return self._listeners[service.name][role].url

    def state(self) -> dict[str, Any]:
        """The content of the state file."""
        return {
            "pid": os.getpid(),
            "ca_path": str(self.ca_path),
            "control": {"url": self._control_listener.url, "token": self.token},
            "sites": {name: self._site_state(group) for name, group in self.sites.items()},
            "images": self._images,
            "customer_sites": {name: self._customer_state(one) for name, one in self.customers.items()},
        }

    def inventory(self) -> dict[str, Any]:
        """The Ansible inventory overlay. An initial root password is none to work with: the estate's is to come."""
        appliances = [one for group in self.sites.values() for one in group.appliances.values()]
        appliances += [one.appliance for one in self.customers.values()]
        intended = self.world.estate.root_password
        passwords = {one.name: intended if one.root_password_expired else one.root_password for one in appliances}
        return inventory(self.state(), passwords)

    def _site_state(self, group: SiteServices) -> dict[str, Any]:
        spec = group.site.spec
        vcd = self.vcds[spec.name]
        return {
            "version": spec.product_version,
            "vcd": {
                "url": self.url(vcd, "vcd"),
                "estate_url": spec.vcd_url,
                "user": spec.vcd_administrator,
                "password": spec.vcd_password,
                "thumbprint": vcd.certificate.thumbprint,
                "version": vcd.release,
            },
            **({"cse": self.cses[spec.name].identity} if spec.name in self.cses else {}),
            "vrops": self._vrops_state(self.vrops[spec.name]),
            "vro": self._vro_state(self.vros[spec.name]),
            "appliances": {
                name: {
                    "deployment_option": appliance.spec.deployment_option,
                    "services": self._service_states(appliance),
                    "root_password": appliance.root_password,
                }
                for name, appliance in group.appliances.items()
            },
            "public_endpoint": {
                "url": group.cloud.public_url,
                "actual_url": self.url(group.cloud, "public"),
                "thumbprint": group.cloud.certificate.thumbprint,
            },
            **({"vcenter": self.vcenters.state(spec.name, str(self.ca_path))} if self.vcenters else {}),
        }

    def _vrops_state(self, vrops: VropsService) -> dict[str, Any]:
        return {
            "url": self.url(vrops, "vrops"),
            "estate_url": f"https://{vrops.host}",
            "user": vrops.user,
            "password": vrops.password,
            "auth_source": vrops.source,
            "thumbprint": vrops.certificate.thumbprint,
            "version": vrops.release,
        }

    def _vro_state(self, vro: VroService) -> dict[str, Any]:
        # The control centre is the last of them: in 8.x and 9.x it is behind the orchestrator's own port.
        urls = [vro.addressed(self.url(service, service.kind)) for service in vro.listening]
        account = vro.server.account
        return {
            "url": urls[0],
            "control_center_url": urls[-1],
            "estate_url": f"https://{vro.server.host}",
            "user": account.user,
            "password": account.password,
            "thumbprint": vro.certificate.thumbprint,
            "version": vro.server.release.name,
        }

    def _customer_state(self, customer: CustomerPremises) -> dict[str, Any]:
        appliance = customer.appliance
        return {
            "cloud_endpoint": str(customer.given.get("cloud_endpoint", "")),
            "lookup_service": customer.lookup.url,
            "appliance": {
                "name": appliance.name,
                "address": appliance.spec.address,
                "services": self._service_states(appliance),
                "root_password": appliance.root_password,
            },
            **({"vcenter": self.vcenters.state(customer.name, str(self.ca_path))} if self.vcenters else {}),
        }

    def _service_states(self, appliance: Appliance) -> dict[str, Any]:
        return {
            service.kind: {
                "name": service.name,
                "url": self.url(service, "front"),
                "urls": {
                    role: listener.url for role, listener in self._listeners[service.name].items() if role != "public"
                },
                "thumbprint": service.certificate.thumbprint,
            }
            for service in sorted(appliance.services, key=lambda one: one.kind)
        }


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".state-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(state, file, indent=2)
    Path(name).replace(path)
