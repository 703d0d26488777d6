"""The replications of one site: which there are, who sees them, and what is read of them (contract 4.12).

A replication is listed at its source's site and at its destination's; an organization sees its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..identity import stable_id
from ..wire import Reply
from ..world import SYSTEM
from .errors import failure, forbidden, not_found
from .paging import page
from .replication_filters import wanted_by
from .replication_moves import Moves
from .replication_networks import network_settings
from .replication_operations import Operations, Targets
from .replication_policies import violations
from .replication_start import Starter
from .replication_states import VAPPS, VCENTER, VMS, End, VappReplication, View, VmReplication, trouble
from .routing import EVERYONE, Call
from .traffic import Traffic

if TYPE_CHECKING:
    from .cloud import CloudService


class Replications:
    """What is replicated to and from one site."""

    def __init__(self, cloud: CloudService) -> None:
        self.cloud = cloud
        self.moves = Moves(cloud)
        self.traffic = Traffic(self)
        self._starter = Starter(self)
        self._operations = Operations(self)
        self.reset()

    def reset(self) -> None:
        """Nothing is."""
        self.by_id: dict[str, VappReplication] = {}
        self.vms: dict[str, VmReplication] = {}
        self.by_source: dict[str, list[VmReplication]] = {}
        """By the id of the VM that is replicated."""
        self.revision = 0
        """Grows with everything that the status of policies shows."""
        self.traffic.reset()

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        add = self.cloud.routes.add
        product = self.cloud.product
        for base in (VAPPS, VMS):
            add("GET", base, self._lookup(base, lambda there: there.listed), EVERYONE)
            add("GET", f"{base}/{{}}", self._lookup(base, lambda there: there.shown), EVERYONE)
            add("GET", f"{base}/{{}}/network-settings", self._lookup(base, lambda there: there.networks), EVERYONE)
        add("POST", VAPPS, self._starter.start, EVERYONE)
        add("GET", f"{VMS}/{{}}/instances", self._lookup(VMS, lambda there: there.instances), EVERYONE)
        if not product.is_3:
            add("GET", f"{VMS}/{{}}/instances/{{}}", self._lookup(VMS, lambda there: there.instance), EVERYONE)
        self._operations.add_routes()
        self.traffic.add_routes()

    # The table

    def vim_location(self) -> dict[str, Any]:
        """Where this site keeps replicas."""
        site = self.cloud.site
        return {
            "vimServer": stable_id("vim-server", site),
            "vimServerInstanceUuid": stable_id("vim-server-instance", site),
            "datastore": stable_id("datastore", site),
            "datastoreMoref": "datastore-31",
        }

    def tables(self, replication: VappReplication) -> list[Replications]:
        """Those of its source's site and of its destination's."""
        found = {end.cloud.site: end.cloud.replications for end in replication.ends()}
        return list(found.values())

    def insert(self, replication: VappReplication) -> None:
        """Makes a replication known at both of its sites."""
        for table in self.tables(replication):
            table.by_id[replication.id] = replication
            for one in replication.vms:
                table.vms[one.id] = one
                table.by_source.setdefault(one.vm_id, []).append(one)
            table.revision += 1

    def remove(self, machines: Targets) -> None:
        """Forgets VM replications, and vApp replications that have none left."""
        for one in machines:
            replication = one.vapp
            replication.vms.remove(one)
            for table in self.tables(replication):
                if table.vms.pop(one.id, None) is not None:
                    table.by_source[one.vm_id].remove(one)
                if not replication.vms:
                    table.by_id.pop(replication.id, None)
                table.revision += 1
            replication.destination.cloud.replications.traffic.retire(one)

    def rename(self, one: VmReplication, vm_id: str) -> None:
        """Another VM is the source of a replication now."""
        for table in self.tables(one.vapp):
            if one.id in table.vms:
                table.by_source[one.vm_id].remove(one)
                table.by_source.setdefault(vm_id, []).append(one)
        one.vm_id = vm_id

    def touch(self, replication: VappReplication) -> None:
        """Says that something has changed which policies look at."""
        for table in self.tables(replication):
            table.revision += 1

    def incoming(self, org: str) -> int:
        """How many VMs are replicated to an organization of this site."""
        cloud = self.cloud
        return sum(
            len(one.vms) for one in self.by_id.values() if one.destination.cloud is cloud and one.destination.org == org
        )

    def count_of(self, site: str) -> int:
        """How many replications go to or come from an on-premises site."""
        return sum(site in (one.source.site, one.destination.site) for one in self.by_id.values())

    def source_removed(self, vm_id: str, site: str | None = None) -> None:
        """A VM of this site, or of an on-premises one, is gone: what replicates it has lost its source."""
        now = self.cloud.world.now_ms()
        for one in self.by_source.get(vm_id, ()):
            if one.vapp.source.site == (site or self.cloud.site_name):
                one.source_gone = True
                one.blocked = True
                one.error = trouble(f"The source virtual machine '{one.vm_name}' does not exist any more.")
                one.changed = now
                one.hold(now)

    def sees(self, replication: VappReplication, org: str) -> bool:
        """Whether an organization of this site has anything to do with a replication."""
        if org == SYSTEM:
            return True
        cloud = self.cloud
        if any(end.cloud is cloud and end.org == org for end in replication.ends()):
            return True
        return replication.owner == f"{org}@{cloud.site_name}"

    def visible(self, base: str, key: str, org: str) -> tuple[VappReplication, Targets]:
        """A replication and those of its VMs that a call means; ApiError 404 for those of others."""
        if base == VAPPS:
            replication = self.by_id.get(key)
            if replication is not None and self.sees(replication, org):
                return replication, list(replication.vms)
        else:
            machine = self.vms.get(key)
            if machine is not None and self.sees(machine.vapp, org):
                return machine.vapp, [machine]
        raise not_found(f"Replication {key}")

    def violations(self) -> dict[str, dict[str, Any]]:
        """What the status of policies says of organizations that replicate to or from this site (contract 4.10)."""
        return violations(self.cloud, self.by_id.values())

    # Who asks, and where

    def org_at(self, call: Call, cloud: CloudService) -> str:
        """The organization of the caller at a site; ApiError 401 where his session has not been extended to."""
        if cloud is self.cloud:
            return call.session.org
        return self.cloud.require_extension(call.session, cloud.site_name)

    def there(self, call: Call) -> Replications:
        """The table of the site at which a call is to run. ApiError: 404 not paired, 401 not extended, 500 down."""
        self.cloud.settings.vcloud.require()
        site = call.request.first("site")
        if not site or site == self.cloud.local_site:
            return self
        self.cloud.pairing.need(site)
        self.cloud.require_extension(call.session, site)
        return self.cloud.reach(site).replications

    def _lookup(
        self, base: str, pick: Callable[[Replications], Callable[[Call, str, str], Reply]]
    ) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            there = self.there(call)
            return pick(there)(call, base, self.org_at(call, there.cloud))

        return answer

    def require(self, call: Call, end: End) -> None:
        """Raises ApiError unless the caller is somebody at this side: 401 not extended, 403 another organization."""
        org = self.org_at(call, end.cloud)
        of_site = end.cloud.customers.sites.get(end.site)
        wanted = end.org if end.org is not None else of_site.org if of_site else None
        if org not in (SYSTEM, wanted):
            raise forbidden()

    def connect(self, end: End) -> None:
        """Raises ApiError when this site cannot reach a side of a replication."""
        if end.cloud is not self.cloud:
            self.cloud.reach(end.cloud.site_name)
        if end.kind == VCENTER and not end.cloud.customers.is_online(end.site):
            raise failure(f"The on-premises site '{end.site}' does not answer.")

    # Reading

    def listed(self, call: Call, base: str, org: str) -> Reply:
        """One page of them."""
        view = View(self.cloud, self.cloud.world.now_ms())
        if base == VAPPS:
            wanted = wanted_by(call, org, whole=True)
            vapps = [
                one
                for one in self.by_id.values()
                if (org == SYSTEM or self.sees(one, org)) and (wanted is None or wanted(one, None))
            ]
            answer = page(call.request, vapps)
            answer["items"] = [view.vapp(one) for one in answer["items"]]
        else:
            wanted = wanted_by(call, org, whole=False)
            machines = [
                one
                for one in self.vms.values()
                if (org == SYSTEM or self.sees(one.vapp, org)) and (wanted is None or wanted(one.vapp, one))
            ]
            answer = page(call.request, machines)
            answer["items"] = [view.vm(one) for one in answer["items"]]
        return call.json(answer)

    def shown(self, call: Call, base: str, org: str) -> Reply:
        """One replication."""
        replication, machines = self.visible(base, call.args[0], org)
        return call.json(self.view(base, replication, machines))

    def view(self, base: str, replication: VappReplication, machines: Targets) -> dict[str, Any]:
        """A replication as the call of its kind shows it."""
        view = View(self.cloud, self.cloud.world.now_ms())
        return view.vapp(replication) if base == VAPPS else view.vm(machines[0])

    def machine(self, call: Call, org: str) -> VmReplication:
        """The VM replication that a path names."""
        return self.visible(VMS, call.args[0], org)[1][0]

    def instances(self, call: Call, _base: str, org: str) -> Reply:
        """The instances of a VM, the oldest first."""
        one = self.machine(call, org)
        now = self.cloud.world.now_ms()
        view = View(self.cloud, now)
        return call.json([view.instance(one, instance) for instance in one.schedule.instances(now)])

    def instance(self, call: Call, _base: str, org: str) -> Reply:
        """One instance, with its disks."""
        one = self.machine(call, org)
        now = self.cloud.world.now_ms()
        instance = one.instance(call.args[1], now)
        if instance is None:
            raise not_found(f"Instance {call.args[1]}")
        return call.json(View(self.cloud, now).whole_instance(one, instance))

    def networks(self, call: Call, base: str, org: str) -> Reply:
        """The stored network settings."""
        replication, machines = self.visible(base, call.args[0], org)
        return call.json(network_settings(base == VAPPS, replication, machines))
