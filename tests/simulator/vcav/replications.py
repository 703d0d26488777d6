"""The replications of one Cloud service: finding them, and the calls about them (contract 4.12).

A replication is listed at its source's site and at its destination's; an organization sees its own. Where the contract
leaves the answer to a refusal open, this is what is chosen: what is wrong with the request itself is 400, what the
state of the replication forbids is 409, and everything that has to be looked up elsewhere (policies, quota, the other
site, the organization VDC) ends the task FAILED.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from ..world import SYSTEM, stable_id
from .errors import ApiError, bad_input, forbidden, not_found
from .paging import page
from .replication_moves import Moves
from .replication_rules import (
    check_disks,
    check_network_part,
    check_settings,
    excluded_disks,
    policy_at,
    reconfiguration,
    recovery_request,
)
from .replication_start import Starter
from .replication_states import VCENTER, VCLOUD, End, VappReplication, View, VmReplication, permit, trouble
from .routing import ADMIN, EVERYONE, Call, check_fields
from .traffic import Traffic

if TYPE_CHECKING:
    from .cloud import CloudService

VAPPS, VMS = "vapp-replications", "vm-replications"
_KINDS = {VAPPS: "vappReplication", VMS: "vmReplication"}
_RESULTS = {VAPPS: "VappReplicationInfo", VMS: "VmReplicationInfo"}

# While these are under way nothing else is.
_EXCLUSIVE = frozenset({"failover-test", "cleanup", "failover", "migrate", "reverse", "stop"})
# These need the source's site beside the destination's.
_NEED_SOURCE = frozenset({"sync", "reconfigure", "disks", "migrate", "reverse"})

Targets = list[VmReplication]
Action = Callable[[], None]


class Replications:
    """What is replicated to and from one site."""

    def __init__(self, cloud: CloudService) -> None:
        self.cloud = cloud
        self.moves = Moves(cloud)
        self.traffic = Traffic(self)
        self._starter = Starter(self)
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
            add("PATCH", f"{base}/{{}}", self._reconfigure(base), EVERYONE)
            add("DELETE", f"{base}/{{}}", self._simple(base, "stop"), EVERYONE)
            if product.since("4.4"):
                add("PATCH", f"{base}/{{}}/disks", self._disks(base), EVERYONE)
            add("POST", f"{base}/{{}}/storage-profile", self._storage_profile(base), EVERYONE)
            add("PATCH", f"{base}/{{}}/chown", self._chown(base), ADMIN)
            add("GET", f"{base}/{{}}/network-settings", self._lookup(base, lambda there: there.networks), EVERYONE)
            # PATCH in 3.x and 4.0, PUT in late 4.x; when it changed is not recorded, so 4.3 takes both.
            if not product.since("4.6"):
                add("PATCH", f"{base}/{{}}/network-settings", self._set_networks(base), EVERYONE)
            if product.since("4.1"):
                add("PUT", f"{base}/{{}}/network-settings", self._set_networks(base), EVERYONE)
            for operation in ("pause", "resume", "sync", "reverse"):
                add("POST", f"{base}/{{}}/{operation}", self._simple(base, operation), EVERYONE)
            for operation in ("failover-test", "failover", "migrate"):
                add("POST", f"{base}/{{}}/{operation}", self._recovery(base, operation), EVERYONE)
            add("DELETE", f"{base}/{{}}/failover-test", self._simple(base, "cleanup"), EVERYONE)
        add("POST", VAPPS, self._starter.start, EVERYONE)
        add("GET", f"{VMS}/{{}}/instances", self._lookup(VMS, lambda there: there.instances), EVERYONE)
        if not product.is_3:
            add("GET", f"{VMS}/{{}}/instances/{{}}", self._lookup(VMS, lambda there: there.instance), EVERYONE)
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

    def _visible(self, base: str, key: str, org: str) -> tuple[VappReplication, Targets]:
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
        """What the status of policies says of organizations that replicate to or from this site (contract 4.10).

        What counts as configured is INFERRED: the incoming VMs, as for the limit; what is against the RPO, the
        instances and the directions of a policy is looked for both ways.
        """
        found: dict[str, dict[str, Any]] = {}
        policies: dict[str, dict[str, Any]] = {}
        split = self.cloud.product.since("4.1")
        for replication in self.by_id.values():
            for end, direction in zip(replication.ends(), ("Outgoing", "Incoming"), strict=True):
                if end.cloud is not self.cloud or end.org is None:
                    continue
                item = found.get(end.org)
                if item is None:
                    item = found[end.org] = {
                        "configuredReplications": 0,
                        "quotaViolation": False,
                        "nonRpoCompliant": [],
                        "nonInstancesCompliant": [],
                    }
                    if split:
                        item |= {"migrationViolation": False, "protectionViolation": False}
                    policies[end.org] = policy_at(self.cloud, end.org)
                _judge(item, policies[end.org], replication, direction, split)
        for org, item in found.items():
            item["quotaViolation"] = 0 <= policies[org]["maxIncoming"] < item["configuredReplications"]
        return found

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

    # Reading

    def listed(self, call: Call, base: str, org: str) -> Reply:
        """One page of them."""
        view = View(self.cloud, self.cloud.world.now_ms())
        if base == VAPPS:
            wanted = _filter(call, org, whole=True)
            vapps = [
                one
                for one in self.by_id.values()
                if (org == SYSTEM or self.sees(one, org)) and (wanted is None or wanted(one, None))
            ]
            answer = page(call.request, vapps)
            answer["items"] = [view.vapp(one) for one in answer["items"]]
        else:
            wanted = _filter(call, org, whole=False)
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
        replication, machines = self._visible(base, call.args[0], org)
        return call.json(self.view(base, replication, machines))

    def view(self, base: str, replication: VappReplication, machines: Targets) -> dict[str, Any]:
        """A replication as the call of its kind shows it."""
        view = View(self.cloud, self.cloud.world.now_ms())
        return view.vapp(replication) if base == VAPPS else view.vm(machines[0])

    def machine(self, call: Call, org: str) -> VmReplication:
        """The VM replication that a path names."""
        return self._visible(VMS, call.args[0], org)[1][0]

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
        replication, machines = self._visible(base, call.args[0], org)
        return call.json(_networks(base, replication, machines))

    # Changing

    def _ask(self, call: Call, base: str, operation: str) -> tuple[Replications, VappReplication, Targets]:
        """What every change begins with: where, on what, who asks, and whether the state permits it."""
        there = self.there(call)
        replication, machines = there._visible(base, call.args[0], self.org_at(call, there.cloud))
        # Owned by the destination: that site takes part in everything.
        self.require(call, replication.destination)
        if operation in _NEED_SOURCE:
            self.require(call, replication.source)
        permit(operation, machines, f"'{replication.name}'")
        return there, replication, machines

    def require(self, call: Call, end: End) -> None:
        """Raises ApiError unless the caller is somebody at this side: 401 not extended, 403 another organization."""
        org = self.org_at(call, end.cloud)
        of_site = end.cloud.customers.sites.get(end.site)
        wanted = end.org if end.org is not None else of_site.org if of_site else None
        if org not in (SYSTEM, wanted):
            raise forbidden()

    def _task(
        self,
        call: Call,
        base: str,
        operation: str,
        where: tuple[Replications, VappReplication, Targets],
        action: Action,
        *,
        check: Action | None = None,
        needs_source: bool = False,
        broken_off: Action | None = None,
    ) -> Reply:
        """Starts the task of an operation. `broken_off`: what is left behind when it was made to fail on its way."""
        there, replication, machines = where
        exclusive = operation in _EXCLUSIVE
        world = self.cloud.world
        if exclusive:
            for one in machines:
                one.running = operation

        def release() -> None:
            for one in machines:
                if one.running == operation:
                    one.running = None

        def work() -> Any:
            try:
                if operation != "stop" or replication.destination.kind == VCLOUD:
                    # A replication to a customer who is gone can still be stopped.
                    there.connect(replication.destination)
                if needs_source or operation in _NEED_SOURCE:
                    there.connect(replication.source)
                if check:
                    check()
                action()
            finally:
                if exclusive:
                    release()
            now = world.now_ms()
            for one in machines:
                one.changed = now
                if not one.blocked:
                    one.error = None
            there.touch(replication)
            return None if operation == "stop" else there.view(base, replication, machines)

        def failed(error: dict[str, Any]) -> None:
            if broken_off:
                broken_off()
            release()
            for one in machines if exclusive else ():
                one.error = error
                one.changed = world.now_ms()

        name = replication.name if base == VAPPS else machines[0].vm_name
        task = self.cloud.tasks.start(
            work,
            type=operation,
            resource=(_KINDS[base], call.args[0], name),
            user=call.session.user,
            site=there.cloud.site_name,
            operation_id=call.request.headers.get("operationid"),
            result_type=None if operation == "stop" else _RESULTS[base],
            fault=world.faults.take_task(self.cloud.name, call.request.method, call.request.target),
            on_failure=failed,
        )
        return call.json(task.view(world.now_ms()), 202)

    def connect(self, end: End) -> None:
        """Raises ApiError when this site cannot reach a side of a replication."""
        if end.cloud is not self.cloud:
            self.cloud.reach(end.cloud.site_name)
        if end.kind == VCENTER and not end.cloud.customers.is_online(end.site):
            raise ApiError(500, "GeneralServerFailure", f"The on-premises site '{end.site}' does not answer.")

    def _simple(self, base: str, operation: str) -> Callable[[Call], Reply]:
        """Operations without a body."""

        def answer(call: Call) -> Reply:
            where = self._ask(call, base, operation)
            _there, replication, machines = where
            if operation == "reverse":
                for end in replication.ends():
                    if end.kind == VCENTER:
                        end.cloud.customers.require_access(end.cloud.customers.need(end.site), call)
                # Source and destination are those of the whole: a part alone cannot change places.
                permit("reverse", list(replication.vms), f"'{replication.name}'")
                machines[:] = replication.vms
            moves = where[0].moves
            actions: dict[str, Action] = {
                "pause": lambda: moves.pause(machines, True),
                "resume": lambda: moves.pause(machines, False),
                "sync": lambda: moves.sync(machines),
                "reverse": lambda: moves.reverse(replication),
                "cleanup": lambda: moves.clean_up(replication, machines),
                "stop": lambda: where[0].remove(machines),
            }
            check = (lambda: moves.check_reverse(replication)) if operation == "reverse" else None
            return self._task(call, base, operation, where, actions[operation], check=check)

        return answer

    def _recovery(self, base: str, operation: str) -> Callable[[Call], Reply]:
        """Test, failover and migration."""

        def answer(call: Call) -> Reply:
            body = call.request.json()
            there = self.there(call)
            replication, machines = there._visible(base, call.args[0], self.org_at(call, there.cloud))
            whole = base == VAPPS
            kind = replication.destination.kind
            asked = recovery_request(self.cloud.product, body, operation, kind, whole)
            if asked.sync:
                self.require(call, replication.source)
            where = self._ask(call, base, operation)
            chosen = there.moves.chosen(replication, machines, asked, whole)
            return self._task(
                call,
                base,
                operation,
                where,
                lambda: there.moves.recover(operation, replication, machines, asked, chosen),
                # What cannot be reached cannot be synchronised first; while paused nothing is (contract 5.2).
                needs_source=asked.sync,
                broken_off=(lambda: there.moves.power_off(machines)) if operation == "migrate" else None,
            )

        return answer

    def _reconfigure(self, base: str) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            settings = reconfiguration(self.cloud.product, call.request.json())
            where = self._ask(call, base, "reconfigure")
            there, replication, machines = where
            if there.cloud is not replication.source.cloud:
                raise bad_input(
                    f"A replication is reconfigured at its source site, '{replication.source.cloud.site_name}'."
                )
            is_tenant = call.session.org != SYSTEM

            def action() -> None:
                check_settings(replication.ends(), settings, is_tenant)
                there.moves.reconfigure(machines, settings, replication.is_migration)
                if base == VAPPS:
                    replication.description = settings.description

            return self._task(call, base, "reconfigure", where, action)

        return answer

    def _disks(self, base: str) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            given = excluded_disks(call.request.json())
            where = self._ask(call, base, "disks")
            there, _replication, machines = where
            by_vm = {one.vm_id: one for one in machines}
            for vm_id, keys in given.items():
                if vm_id not in by_vm:
                    raise bad_input(f"VM '{vm_id}' does not belong to this replication.")
                check_disks(vm_id, by_vm[vm_id].disks, keys)

            def action() -> None:
                for vm_id, keys in given.items():
                    there.moves.exclude(by_vm[vm_id], keys)

            return self._task(call, base, "disks", where, action)

        return answer

    def _storage_profile(self, base: str) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            wanted = call.body({"storageProfileId": str})["storageProfileId"]
            where = self._ask(call, base, "storage-profile")
            there, replication, machines = where
            if replication.destination.kind != VCLOUD:
                raise bad_input("A destination on premises has no storage profile.")
            return self._task(
                call,
                base,
                "storage-profile",
                where,
                lambda: there.moves.storage_profile(replication, machines, wanted),
            )

        return answer

    def _chown(self, base: str) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            owner = call.body({"owner": str})["owner"]
            there, replication, machines = self._ask(call, base, "chown")
            org, _at, site = owner.rpartition("@")
            cloud = next((end.cloud for end in replication.ends() if end.cloud.site_name == site), None)
            if cloud is None or (org != SYSTEM and org not in cloud.site_state.organizations):
                raise bad_input(f"owner must be an organization of one of the replication's sites, not '{owner}'.")
            replication.owner = owner
            for one in machines:
                one.changed = there.cloud.world.now_ms()
            return call.json(there.view(base, replication, machines))

        return answer

    def _set_networks(self, base: str) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            body = call.request.json()
            if not isinstance(body, dict):
                raise bad_input("The body must be a JSON object.")
            check_fields(body, {}, {"failoverSettings": dict, "failoverTestSettings": dict})
            for part in body.values():
                if part is not None:
                    check_fields(part, {}, {"vAppNetworkSettings": dict, "vmNetworkSettings": dict})
                    for name, value in part.items():
                        if value is not None:
                            check_network_part(self.cloud.product, name, value, base == VAPPS)
            _there, replication, machines = self._ask(call, base, "network-settings")
            _store_networks(base, replication, machines, body)
            return call.json(_networks(base, replication, machines))

        return answer


_FAILOVERS = ("failoverSettings", "failoverTestSettings")


def _networks(base: str, replication: VappReplication, machines: Targets) -> dict[str, Any]:
    """`network-settings`: those of the vApp, and those of its VMs by source VM id or of the one VM."""
    answer: dict[str, Any] = {}
    for kind in _FAILOVERS:
        of_vms = {one.vm_id: (one.networks or {}).get(kind) or {} for one in machines}
        answer[kind] = {
            "vAppNetworkSettings": (replication.networks or {}).get(kind)
            or {"bridgeOrgVdcNetworks": [], "bulkConnectVmNics": False},
            "vmNetworkSettings": of_vms if base == VAPPS else next(iter(of_vms.values())),
        }
    return answer


def _store_networks(base: str, replication: VappReplication, machines: Targets, body: dict[str, Any]) -> None:
    """What is left out, or null, stays."""
    if base == VAPPS:
        known = {one.vm_id for one in machines}
        for part in body.values():
            unknown = set((part or {}).get("vmNetworkSettings") or {}) - known
            if unknown:
                raise bad_input(f"VM '{sorted(unknown)[0]}' does not belong to this replication.")
    for kind, part in body.items():
        given: dict[str, Any] = part or {}
        whole, single = given.get("vAppNetworkSettings"), given.get("vmNetworkSettings")
        if whole is not None:
            replication.networks = {**(replication.networks or {}), kind: whole}
        if single is None:
            continue
        for one in machines:
            mine = single.get(one.vm_id) if base == VAPPS else single
            if mine is not None:
                one.networks = {**(one.networks or {}), kind: mine}


def _judge(
    item: dict[str, Any], policy: dict[str, Any], replication: VappReplication, direction: str, split: bool
) -> None:
    """Adds what one replication has against a policy."""
    kind = "Migrations" if replication.is_migration else "Protections"
    if split and not policy[f"allow{direction}{kind}"]:
        item["migrationViolation" if replication.is_migration else "protectionViolation"] = True
    for one in replication.vms:
        if direction == "Incoming":
            item["configuredReplications"] += 1
        if one.settings.rpo < policy["minRpo"] and one.id not in item["nonRpoCompliant"]:
            item["nonRpoCompliant"].append(one.id)
        most = max(1, sum(number for number, _distance in one.settings.rules))
        if most > policy["maxInstances"] and one.id not in item["nonInstancesCompliant"]:
            item["nonInstancesCompliant"].append(one.id)


def _filter(call: Call, org: str, whole: bool) -> Callable[[VappReplication, VmReplication | None], bool] | None:
    """What the query asks for (contract 4.12.1); None for everything. Raises ApiError."""
    first = call.request.first
    checks: list[Callable[[VappReplication, VmReplication | None], bool]] = []

    def by_end(name: str, pick: Callable[[VappReplication], End], attribute: str) -> None:
        value = first(name)
        if value:
            checks.append(lambda one, _vm: getattr(pick(one), attribute) == value)

    for side, pick in (("source", _source_of), ("destination", _destination_of)):
        kind = first(f"{side}SiteType")
        if kind and kind not in (VCLOUD, VCENTER):
            raise bad_input(f"{side}SiteType must be vcloud or vcenter.")
        by_end(f"{side}SiteType", pick, "kind")
        by_end(f"{side}Org", pick, "org")
        by_end(f"{side}VdcId", pick, "vdc_id")
        by_end(f"{side}VdcName", pick, "vdc_name")
    by_end("sourceSite", _source_of, "site")
    owner = first("owner")
    if owner:
        if org != SYSTEM:
            raise forbidden()
        checks.append(lambda one, _vm: one.owner == owner)
    ids = first("ids")
    if ids:
        wanted = set(ids.split(","))
        checks.append(lambda one, vm: (one.id if vm is None else vm.id) in wanted)
    recovered = first("recoveredVappId")
    if recovered:
        checks.append(lambda one, _vm: one.recovered_vapp == recovered)
    checks += _filter_vapps(call) if whole else _filter_vms(call)
    server = first("sourceVimServerUuid")
    if server:
        checks.append(lambda one, _vm: one.source.cloud.replications.vim_location()["vimServerInstanceUuid"] == server)
    profile = first("storageProfile")
    if profile:
        checks.append(lambda one, vm: any(profile in (each.profile or ()) for each in ([vm] if vm else one.vms)))
    if len(checks) < 2:
        return checks[0] if checks else None
    return lambda one, vm: all(check(one, vm) for check in checks)


def _filter_vapps(call: Call) -> Iterable[Callable[[VappReplication, VmReplication | None], bool]]:
    vapp_id, name = call.request.first("vappId"), call.request.first("vappName")
    if vapp_id:
        yield lambda one, _vm: one.source.vapp_id == vapp_id
    if name:
        # "Contains"; whether case matters is not recorded, and a client has to compare again anyway.
        yield lambda one, _vm: name.lower() in one.name.lower()


def _filter_vms(call: Call) -> Iterable[Callable[[VappReplication, VmReplication | None], bool]]:
    vm_id, name = call.request.first("vmId"), call.request.first("vmName")
    if vm_id:
        yield lambda _one, vm: vm is not None and vm.vm_id == vm_id
    if name:
        yield lambda _one, vm: vm is not None and name.lower() in vm.vm_name.lower()


def _source_of(replication: VappReplication) -> End:
    return replication.source


def _destination_of(replication: VappReplication) -> End:
    return replication.destination
