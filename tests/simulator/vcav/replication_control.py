"""What the control listener does to replications: bulk, troubles, work behind everybody's back.

None of it asks for a login, a policy or a pairing. `CHANGES` joins the changes of changes.py; README.md lists them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..machines import GIB, Vapp, disks_of
from .instances import MINUTE_MS
from .replication_rules import Recovery
from .replication_states import (
    VCENTER,
    End,
    Settings,
    VappReplication,
    VmReplication,
    machine_of,
    trouble,
)

if TYPE_CHECKING:
    from .cloud import CloudService
    from .site import SiteServices

# What a bulk of replications can be in.
STATES = (
    "idle", "initial", "paused", "test", "complete", "reversed", "error", "violation", "disconnected", "source-gone",
)  # fmt: skip
_BULK_FIELDS = {
    "replications", "vms_per_vapp", "site", "destination", "orgs", "state", "rpo", "instances", "age_days", "vm_gib",
    "migrations",
}  # fmt: skip
PROBLEMS = ("error", "rpo-violation", "disconnected", "source-gone")


def scale(clouds: Mapping[str, CloudService], given: Mapping[str, Any]) -> dict[str, Any]:
    """Makes sure that so many VM replications were made in bulk from one site to another; answers how many are new.

    replications  VM replications altogether
    vms_per_vapp  VMs of one vApp replication, default 1
    site          source, default the first site of the estate
    destination   default the next one
    orgs          names that take turns, default all organizations of both sites
    state         of those that are added: one of STATES, or `mixed` for all of them in turn; default idle
    rpo           minutes, default 240
    instances     kept of each VM, default 4
    age_days      how long ago they were started, default 3
    vm_gib        size of each VM, default 4
    migrations    every so many-th vApp replication is a migration, default 0: none

    Raises ValueError.
    """
    unknown = set(given) - _BULK_FIELDS
    if unknown:
        raise ValueError(f"scale of replications has no {', '.join(sorted(unknown))}.")
    names = list(clouds)
    source = _cloud(clouds, given.get("site") or names[0])
    others = [name for name in names if clouds[name] is not source]
    if not others:
        raise ValueError("Replications need two sites.")
    destination = _cloud(clouds, given.get("destination") or others[0])
    if source is destination:
        raise ValueError("Source and destination are the same site.")
    state = str(given.get("state") or "idle")
    if state not in (*STATES, "mixed"):
        raise ValueError(f"state must be one of {', '.join(STATES)}, mixed.")
    orgs = given.get("orgs") or [
        org
        for org in source.site_state.organizations
        if source.workloads.vdcs_of(org) and destination.workloads.vdcs_of(org)
    ]
    lost = [org for org in orgs if not (source.workloads.vdcs_of(org) and destination.workloads.vdcs_of(org))]
    if lost or not orgs:
        raise ValueError(f"Organization {lost[0]} has no VDC at both sites." if lost else "There is no organization.")
    size, per_vapp = _whole(given, "vm_gib", 4, 1), _whole(given, "vms_per_vapp", 1, 1)
    wanted = _whole(given, "replications", 0, 0)
    every = _whole(given, "migrations", 0, 0)
    bulk = _Bulk(source, destination, _whole(given, "rpo", 240, 5), _whole(given, "instances", 4, 1), size * GIB)
    age = float(given.get("age_days", 3))
    if not 0 <= age <= 3650:
        raise ValueError("age_days must be between 0 and 3650.")
    present = [one for one in destination.replications.by_id.values() if one.bulk and source in _clouds_of(one)]
    have = sum(len(one.vms) for one in present)
    number, added = len(present), 0
    while have + added < wanted:
        count = min(per_vapp, wanted - have - added)
        number += 1
        mood = STATES[number % len(STATES)] if state == "mixed" else state
        bulk.add(str(orgs[number % len(orgs)]), number, count, mood, age, bool(every and number % every == 0))
        added += count
    return {"added": added, "replications": have + added}


def _clouds_of(replication: VappReplication) -> tuple[CloudService, CloudService]:
    return replication.source.cloud, replication.destination.cloud


class _Bulk:
    """Makes replications by the thousand."""

    def __init__(self, source: CloudService, destination: CloudService, rpo: int, instances: int, size: int) -> None:
        self._source = source
        self._destination = destination
        self._size = size
        rules = ((instances, rpo),) if instances > 1 else ()
        self._settings = Settings("", rpo, "ENCRYPTED_COMPRESSED", False, rules, 0)
        self._ends: dict[str, tuple[End, End]] = {}

    def _ends_of(self, org: str) -> tuple[End, End]:
        found = self._ends.get(org)
        if found is None:
            old, new = self._source.workloads.vdcs_of(org)[0], self._destination.workloads.vdcs_of(org)[0]
            source = End(self._source, self._source.site_name, org=org, vdc_id=old.id, vdc_name=old.name)
            profile = new.storage_profiles[0]
            destination = End(
                self._destination,
                self._destination.site_name,
                org=org,
                vdc_id=new.id,
                vdc_name=new.name,
                storage_profile=profile[0],
                storage_profile_name=profile[1],
            )
            found = self._ends[org] = source, destination
        return found

    def add(self, org: str, number: int, count: int, state: str, age_days: float, is_migration: bool) -> None:
        """One vApp with its VMs, and its replication."""
        source, destination = self._ends_of(org)
        workloads = self._source.workloads
        vapp = workloads.add_vapp(org, f"{org.lower()}-bulk-{number:05d}", source.vdc_id or "")
        now = self._source.world.now_ms()
        # Not all at the same moment of their RPO.
        spread = number * 7919 % (self._settings.rpo * MINUTE_MS)
        begun = now if state == "initial" else now - int(age_days * 86_400_000) + spread * (age_days >= 1)
        replication = VappReplication(
            id=f"C4VAPP-{uuid.uuid4()}",
            name=vapp.name,
            description="",
            owner=f"{org}@{self._destination.site_name}",
            source=_with_vapp(source, vapp),
            destination=destination,
            is_migration=is_migration,
            vms=[],
            created=begun,
            bulk=True,
        )
        for position in range(1, count + 1):
            vm = workloads.add_vm(vapp, f"{vapp.name}-{position:02d}", disks_of([self._size]))
            machine_of(replication, str(uuid.uuid4()), (vm.id, vm.name, vm.disks), self._settings, begun, begun)
        self._destination.replications.insert(replication)
        _bring(replication, state)


def _with_vapp(end: End, vapp: Vapp) -> End:
    return End(
        end.cloud,
        end.site,
        org=end.org,
        vdc_id=end.vdc_id,
        vdc_name=end.vdc_name,
        vapp_id=vapp.id,
        vapp_name=vapp.name,
    )


def _bring(replication: VappReplication, state: str) -> None:
    """Brings a replication into a state of STATES, as far as its instances allow."""
    moves = replication.destination.cloud.replications.moves
    machines = replication.vms
    if state in ("test", "complete", "reversed"):
        operation = "failover-test" if state == "test" else "failover"
        moves.recover(operation, replication, machines, Recovery(True, False, {}, None), {})
        if state != "test":
            moves.power_off(machines)
        if state == "reversed":
            moves.reverse(replication)
    elif state == "paused":
        moves.pause(machines, True)
    elif state == "source-gone":
        for one in list(machines):
            replication.source.cloud.workloads.remove_vm(one.vm_id)
    elif state in ("error", "violation", "disconnected"):
        for one in machines:
            _trouble(one, "rpo-violation" if state == "violation" else state, {})


def _trouble(one: VmReplication, problem: str, given: Mapping[str, Any]) -> None:
    now = one.vapp.destination.cloud.world.now_ms()
    if problem == "source-gone":
        source = one.vapp.source
        if source.kind == VCENTER:
            source.cloud.customers.remove_vm(source.site, one.vm_id)
        else:
            source.cloud.workloads.remove_vm(one.vm_id)
        return
    one.blocked = True
    if problem == "error":
        one.error = trouble(str(given.get("message") or "The replica disk is not reachable."))
    elif problem == "rpo-violation":
        one.violation = (_whole(given, "minutes", 60, 1), now)
    else:
        one.disconnected = True
    one.changed = now
    one.hold(now)


def clear_trouble(one: VmReplication) -> None:
    """Takes an ordered trouble away, and lets go of an operation that hangs. A source that is gone stays gone."""
    now = one.vapp.destination.cloud.world.now_ms()
    one.running = None
    one.disconnected = False
    one.violation = None
    if not one.source_gone:
        one.error = None
        one.blocked = False
    one.changed = now
    one.hold(now)


# Changes behind everybody's back


def _replication_problem(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A replication has a trouble: `problem` is one of PROBLEMS; `message` of an error, `minutes` of a violation."""
    given = {**given, **given.get("fields", {})}
    problem = str(given["problem"])
    if problem not in PROBLEMS:
        raise ValueError(f"problem must be one of {', '.join(PROBLEMS)}.")
    machines = _machines(group, given)
    for one in machines:
        _trouble(one, problem, given)
    return {"problem": problem, "vms": len(machines)}


def _replication_clear(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A replication's troubles are over, and what hangs is let go of."""
    machines = _machines(group, given)
    for one in machines:
        clear_trouble(one)
    return {"cleared": len(machines)}


def _machines(group: SiteServices, given: Mapping[str, Any]) -> list[VmReplication]:
    """Those that `replication` names: an id of either kind, or the name of a vApp or VM that is replicated."""
    wanted, table = str(given["replication"]), group.cloud.replications
    found = [
        one
        for one in table.vms.values()
        if wanted in (one.id, one.vm_name, one.vapp.id, one.vapp.name, one.vm_id, one.vapp.source.vapp_id)
    ]
    if not found:
        raise ValueError(f"Nothing named {wanted} is replicated from or to {group.cloud.site_name}.")
    return found


def _whole(given: Mapping[str, Any], name: str, default: int, least: int) -> int:
    value = given.get(name)
    number = default if value is None else int(value)
    if not least <= number <= 1_000_000:
        raise ValueError(f"{name} must be between {least} and 1000000.")
    return number


def _cloud(clouds: Mapping[str, CloudService], name: Any) -> CloudService:
    if name not in clouds:
        raise ValueError(f"There is no site {name}; there are {', '.join(clouds)}.")
    return clouds[name]


CHANGES: dict[str, Callable[[SiteServices, Mapping[str, Any]], dict[str, Any]]] = {
    "replication-problem": _replication_problem,
    "replication-clear": _replication_clear,
}
