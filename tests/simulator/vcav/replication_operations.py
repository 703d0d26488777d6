"""The calls that change a replication (contract 4.12.1): who may, what the state permits, and their tasks.

Where the contract leaves the answer to a refusal open, this is what is chosen: what is wrong with the request itself
is 400, what the state of the replication forbids is 409, and everything that has to be looked up elsewhere (policies,
quota, the other site, the organization VDC) ends the task FAILED.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from ..world import SYSTEM
from .errors import bad_input
from .replication_networks import check_network_settings, network_settings, store_network_settings
from .replication_policies import check_settings
from .replication_rules import check_disks, excluded_disks, reconfiguration, recovery_request
from .replication_states import VAPPS, VCENTER, VCLOUD, VMS, VappReplication, VmReplication, permit
from .routing import ADMIN, EVERYONE, Call

if TYPE_CHECKING:
    from .replications import Replications

_KINDS = {VAPPS: "vappReplication", VMS: "vmReplication"}
_RESULTS = {VAPPS: "VappReplicationInfo", VMS: "VmReplicationInfo"}

# While these are under way nothing else is.
_EXCLUSIVE = frozenset({"failover-test", "cleanup", "failover", "migrate", "reverse", "stop"})
# These need the source's site beside the destination's.
_NEED_SOURCE = frozenset({"sync", "reconfigure", "disks", "migrate", "reverse"})

Targets = list[VmReplication]
Action = Callable[[], None]
Where = tuple["Replications", VappReplication, Targets]
"""The table of the site where an operation runs, the replication, and those of its VMs that are meant."""


class Operations:
    """Answers them for the callers of one Cloud service."""

    def __init__(self, table: Replications) -> None:
        self._table = table
        self._cloud = table.cloud

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        add = self._cloud.routes.add
        product = self._cloud.product
        for base in (VAPPS, VMS):
            add("PATCH", f"{base}/{{}}", self._reconfigure(base), EVERYONE)
            add("DELETE", f"{base}/{{}}", self._simple(base, "stop"), EVERYONE)
            if product.since("4.4"):
                add("PATCH", f"{base}/{{}}/disks", self._disks(base), EVERYONE)
            add("POST", f"{base}/{{}}/storage-profile", self._storage_profile(base), EVERYONE)
            add("PATCH", f"{base}/{{}}/chown", self._chown(base), ADMIN)
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

    def _ask(self, call: Call, base: str, operation: str) -> Where:
        """What every change begins with: where, on what, who asks, and whether the state permits it."""
        there = self._table.there(call)
        replication, machines = there.visible(base, call.args[0], self._table.org_at(call, there.cloud))
        # Owned by the destination: that site takes part in everything.
        self._table.require(call, replication.destination)
        if operation in _NEED_SOURCE:
            self._table.require(call, replication.source)
        permit(operation, machines, f"'{replication.name}'")
        return there, replication, machines

    def _task(
        self,
        call: Call,
        base: str,
        operation: str,
        where: Where,
        action: Action,
        *,
        check: Action | None = None,
        needs_source: bool = False,
        broken_off: Action | None = None,
    ) -> Reply:
        """Starts the task of an operation. `broken_off`: what is left behind when it was made to fail on its way."""
        there, replication, machines = where
        exclusive = operation in _EXCLUSIVE
        world = self._cloud.world
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
        task = self._cloud.tasks.start(
            work,
            type=operation,
            resource=(_KINDS[base], call.args[0], name),
            user=call.session.user,
            site=there.cloud.site_name,
            operation_id=call.request.headers.get("operationid"),
            result_type=None if operation == "stop" else _RESULTS[base],
            fault=world.faults.take_task(self._cloud.name, call.request.method, call.request.target),
            on_failure=failed,
        )
        task.source_org, task.destination_org = (end.org for end in replication.ends())
        return call.json(task.view(world.now_ms()), 202)

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
            there = self._table.there(call)
            replication, machines = there.visible(base, call.args[0], self._table.org_at(call, there.cloud))
            whole = base == VAPPS
            kind = replication.destination.kind
            asked = recovery_request(self._cloud.product, body, operation, kind, whole)
            if asked.sync:
                self._table.require(call, replication.source)
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
            settings = reconfiguration(self._cloud.product, call.request.json())
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
            check_network_settings(self._cloud.product, body, base == VAPPS)
            _there, replication, machines = self._ask(call, base, "network-settings")
            store_network_settings(base == VAPPS, replication, machines, body)
            return call.json(network_settings(base == VAPPS, replication, machines))

        return answer
