"""What a replication is, what it shows, and which operation its state permits (contract 4.12.2, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..machines import FIRST_DISK
from .errors import ApiError, error_body
from .instances import MINUTE_MS, Instance, Schedule

if TYPE_CHECKING:
    from .cloud import CloudService

NOT_STARTED, IN_PROGRESS, TEST, COMPLETE = "NOT_STARTED", "IN_PROGRESS", "TEST", "COMPLETE"
VCLOUD, VCENTER = "vcloud", "vcenter"
# The two collections.
VAPPS, VMS = "vapp-replications", "vm-replications"

# Which recovery states permit an operation (contract 5.2). What it calls refused by inference is refused; a state in
# which an operation does nothing is permitted, and nothing happens. Whatever is not here is refused while a failover,
# test, clean-up, migration, reverse or stop is under way.
_PERMITTED: dict[str, tuple[str, ...]] = {
    "pause": (NOT_STARTED, TEST),
    "resume": (NOT_STARTED, TEST),
    "sync": (NOT_STARTED, TEST),
    "reconfigure": (NOT_STARTED, TEST, COMPLETE),
    "disks": (NOT_STARTED, TEST, COMPLETE),
    "storage-profile": (NOT_STARTED, TEST, COMPLETE),
    "network-settings": (NOT_STARTED, TEST, COMPLETE),
    "chown": (NOT_STARTED, TEST, COMPLETE),
    "failover-test": (NOT_STARTED,),
    "cleanup": (NOT_STARTED, TEST, COMPLETE),
    "failover": (NOT_STARTED,),
    # From a test too: a client is on record that does not forbid it.
    "migrate": (NOT_STARTED, TEST),
    "reverse": (COMPLETE,),
    # In a test UNKNOWN; the stricter reading wants the test cleaned up first.
    "stop": (NOT_STARTED, COMPLETE),
}


@dataclass(frozen=True, slots=True)
class End:
    """One side of a replication."""

    cloud: CloudService
    """The provider site that it belongs to; for an on-premises site the one that it is paired with."""
    site: str
    kind: str = VCLOUD
    """`vcloud` or `vcenter`, as the list's filters have it."""
    org: str | None = None
    """None on premises."""
    vdc_id: str | None = None
    vdc_name: str | None = None
    vapp_id: str | None = None
    vapp_name: str | None = None
    storage_profile: str | None = None
    storage_profile_name: str | None = None


@dataclass(slots=True)
class Settings:
    """What a tenant chooses for a VM; VMs of a bulk share one until it is changed."""

    description: str
    rpo: int
    connection: str
    quiesced: bool
    rules: tuple[tuple[int, int], ...]
    initial_sync: int

    def as_shown(self, excluded: tuple[int, ...] | None) -> dict[str, Any]:
        """`settings`; `excluded` only where the release shows it (4.x)."""
        shown: dict[str, Any] = {
            "description": self.description,
            "rpo": self.rpo,
            "dataConnectionType": self.connection,
            "quiesced": self.quiesced,
            "retentionPolicy": {"rules": [{"numberOfInstances": n, "distance": d} for n, d in self.rules]},
            "initialSyncTime": self.initial_sync,
        }
        if excluded is not None:
            shown["excludedDiskKeys"] = list(excluded)
        return shown


@dataclass(slots=True, eq=False)
class VmReplication:
    """One VM of a vApp replication."""

    id: str
    vapp: VappReplication
    vm_id: str
    vm_name: str
    size: int
    disks: dict[int, int]
    settings: Settings
    schedule: Schedule
    created: int
    excluded: tuple[int, ...] = ()
    profile: tuple[str, str] | None = None
    """Id and name of the storage profile at the destination."""
    networks: dict[str, Any] | None = None
    """`vmNetworkSettings` by kind of failover."""
    paused: bool = False
    recovery: str = NOT_STARTED
    running: str | None = None
    """The operation that is under way."""
    recovered_vapp: str | None = None
    recovered_vm: str | None = None
    reversed: bool = False
    error: dict[str, Any] | None = None
    blocked: bool = False
    """Syncs fail: by a trouble that was ordered, or because the source is gone."""
    disconnected: bool = False
    source_gone: bool = False
    violation: tuple[int, int] | None = None
    """An ordered RPO violation: minutes, and since when."""
    changed: int = 0

    @property
    def uuid(self) -> str:
        """Without its prefix."""
        return self.id.removeprefix("C4-")

    def key_of(self, instance: Instance) -> str:
        """The key of an instance."""
        return f"h4replica-{self.uuid[:24]}{instance.sequence:012x}"

    def instance(self, key: str, now: int) -> Instance | None:
        """The instance of a key, while it is kept."""
        return next((one for one in self.schedule.instances(now) if self.key_of(one) == key), None)

    def rpo_violation(self, latest: Instance | None, now: int) -> int:
        """Minutes beyond the RPO; none before the first sync, while paused, and after a failover (INFERRED)."""
        if self.paused or latest is None or self.recovery == COMPLETE:
            return 0
        late = max(0, (now - latest.timestamp) // MINUTE_MS - self.settings.rpo)
        if self.violation is not None:
            minutes, since = self.violation
            late = max(late, minutes + (now - since) // MINUTE_MS)
        # A sync that is under way is not late.
        return late if late and (self.blocked or self.schedule.state(now)[0] != "lwd") else 0

    def hold(self, now: int) -> None:
        """Stops or goes on with the syncs, whichever its state asks for."""
        if self.paused or self.blocked or self.recovery == COMPLETE:
            self.schedule.stop(now)
        else:
            self.schedule.resume(now)

    def shown_recovery(self) -> str:
        """`recoveryState`."""
        return IN_PROGRESS if self.running in ("failover", "failover-test", "migrate", "cleanup") else self.recovery


@dataclass(slots=True, eq=False)
class VappReplication:
    """A replication as a tenant sees it: a vApp, or a VM, with its VMs."""

    id: str
    name: str
    description: str
    owner: str
    source: End
    destination: End
    is_migration: bool
    vms: list[VmReplication]
    created: int
    recovered_vapp: str | None = None
    networks: dict[str, Any] | None = None
    """`vAppNetworkSettings` by kind of failover."""
    bulk: bool = False
    """Made by `scale`."""

    def ends(self) -> tuple[End, End]:
        """Source and destination."""
        return self.source, self.destination

    def reverse(self) -> None:
        """Source and destination change places; what was recovered is the source now."""
        source = replace(
            self.destination, vapp_id=self.recovered_vapp, vapp_name=self.name if self.recovered_vapp else None
        )
        self.source, self.destination = source, replace(self.source, vapp_id=None)
        self.recovered_vapp = None


class View:
    """Shows replications of one release at one moment."""

    def __init__(self, cloud: CloudService, now: int) -> None:
        self._four = not cloud.product.is_3
        self._now = now
        self._links: dict[tuple[str, str], bool] = {}
        self._locations: dict[str, dict[str, Any]] = {}

    def _connected(self, replication: VappReplication) -> bool:
        """Whether data can go from one site to the other; looked at once per pair of sites."""
        source, destination = replication.ends()
        found = self._links.get((source.site, destination.site))
        if found is None:
            found = self._links[source.site, destination.site] = connected(replication)
        return found

    def _location(self, cloud: CloudService) -> dict[str, Any]:
        found = self._locations.get(cloud.site)
        if found is None:
            found = self._locations[cloud.site] = cloud.replications.vim_location()
        return found

    def vapp(self, replication: VappReplication) -> dict[str, Any]:
        """A vApp replication."""
        machines = [self._machine(one) for one in replication.vms]
        healths = {one["overallHealth"] for one in machines}
        return {
            "id": replication.id,
            "owner": replication.owner,
            "source": _source(replication.source, vapp_name=False),
            "destination": _destination(replication),
            "descriptor": {"name": replication.name, "description": replication.description, "metadata": None},
            "vmReplications": machines,
            "lastUpdated": max((one["lastUpdated"] for one in machines), default=replication.created),
            "isMigration": replication.is_migration,
            "overallHealth": next((one for one in ("RED", "YELLOW") if one in healths), "GREEN"),
        }

    def vm(self, one: VmReplication) -> dict[str, Any]:
        """A VM replication as an item of its own list."""
        return {
            **self._machine(one),
            "owner": one.vapp.owner,
            "source": _source(one.vapp.source, vapp_name=True),
            "destination": _destination(one.vapp),
            "vappReplicationId": one.vapp.id,
        }

    def _machine(self, one: VmReplication) -> dict[str, Any]:
        now = self._now
        schedule = one.schedule
        latest = schedule.latest(now)
        state, since = schedule.state(now)
        moving = state in ("fullsync", "lwd")
        if one.paused:
            state, moving = "paused", False
        elif one.blocked or one.recovery == COMPLETE:
            state, moving = "idle", False
        since = max(since, one.changed)
        violation = one.rpo_violation(latest, now)
        broken = one.disconnected or not self._connected(one.vapp)
        profile = one.profile or (None, None)
        return {
            "id": one.id,
            "vmId": one.vm_id,
            "vmName": one.vm_name,
            "isPaused": one.paused,
            "settings": one.settings.as_shown(one.excluded if self._four else None),
            "startupInfo": {
                "order": 0,
                "startAction": "powerOn",
                "startDelay": 0,
                "stopAction": "powerOff",
                "stopDelay": 0,
            },
            "metadata": None,
            # No other value of the source's state is known.
            "sourceState": {"state": "idle", "progress": schedule.progress(now), "stateAge": max(0, now - since)},
            "destinationState": {
                "currentRpoViolation": violation,
                "latestInstance": None if latest is None else self.instance(one, latest),
                "state": state,
                "recoveryInfo": {
                    "recoveryState": one.shown_recovery(),
                    "vAppId": one.recovered_vapp,
                    "vcdVmId": one.recovered_vm,
                },
                "lastError": one.error,
                "stateAge": max(0, now - since),
                "spaceRequirement": one.size,
                "isMovingReplica": False,
            },
            # INFERRED: that a lost connection is called ERROR; only OK and SYNCING were seen.
            "dataConnectionState": "ERROR" if broken else "SYNCING" if moving else "OK",
            "overallHealth": "RED" if one.error or broken else "YELLOW" if violation else "GREEN",
            "lastUpdated": max(one.changed, one.created, latest.timestamp if latest else 0),
            "isReversed": one.reversed,
            "storageProfile": profile[0],
            "storageProfileName": profile[1],
            "vimLocation": self._location(one.vapp.destination.cloud),
            "computerName": one.vm_name,
            "vmDescription": "",
            "isMigration": one.vapp.is_migration,
        }

    def instance(self, one: VmReplication, instance: Instance) -> dict[str, Any]:
        """An instance as lists show it."""
        shown: dict[str, Any] = {
            "key": one.key_of(instance),
            "sequenceNumber": instance.sequence,
            "timestamp": instance.timestamp,
            "transferBytes": instance.transferred,
            "transferSeconds": instance.seconds,
            "quiescedType": "fileSystemQuiesced" if instance.quiesced else "none",
        }
        if self._four:
            # No call is known that pins one.
            shown["isPinned"] = False
        return shown

    def whole_instance(self, one: VmReplication, instance: Instance) -> dict[str, Any]:
        """The same asked for alone. Of a disk only the key has a name in the contract (4.16)."""
        kept = [key for key in one.disks if key not in one.excluded]
        return {**self.instance(one, instance), "disksInfo": [{"diskKey": key} for key in kept]}


def _source(end: End, vapp_name: bool) -> dict[str, Any]:
    shown = {
        "site": end.site,
        "org": end.org,
        "vdcId": end.vdc_id,
        "vdcName": end.vdc_name,
        "vappId": end.vapp_id,
    }
    if vapp_name:
        shown["vAppName"] = end.vapp_name
    return shown


def _destination(replication: VappReplication) -> dict[str, Any]:
    end = replication.destination
    return {
        "site": end.site,
        "org": end.org,
        "vdcId": end.vdc_id,
        "vdcName": end.vdc_name,
        "recoveredVappId": replication.recovered_vapp,
    }


def connected(replication: VappReplication) -> bool:
    """Whether data can go from the source's site to the destination's."""
    source, destination = replication.ends()
    if source.cloud is not destination.cloud:
        peer = source.cloud.pairing.peers.get(destination.cloud.site_name)
        return peer is not None and source.cloud.pairing.outgoing_error(peer) is None
    end = source if source.kind == VCENTER else destination
    return end.kind == VCLOUD or end.cloud.customers.is_online(end.site)


def permit(operation: str, machines: list[VmReplication], what: str) -> None:
    """Raises ApiError 409 unless the state of every VM permits an operation.

    That the server answers 409 is this simulator's choice: that it refuses is the contract's (5.2), its status unknown.
    """
    states = [one.shown_recovery() for one in machines]
    busy = next((one.running for one in machines if one.running), None)
    if busy is not None:
        raise conflict(f"{operation} of {what} is not possible while {busy} is under way.")
    if operation == "reverse":
        wrong = [state for state in states if state != COMPLETE]
    else:
        wrong = [state for state in states if state not in _PERMITTED[operation]]
    if wrong:
        raise conflict(f"{operation} of {what} is not possible in the recovery state {wrong[0]}.")
    if operation == "sync" and any(one.paused for one in machines):
        # No-op or refused: refused is the stricter reading.
        raise conflict(f"sync of {what} is not possible while it is paused.")


def conflict(message: str) -> ApiError:
    """409; the code is INFERRED."""
    return ApiError(409, "InvalidReplicationState", message)


def trouble(message: str) -> dict[str, Any]:
    """A `lastError`."""
    return error_body("GeneralServerFailure", message)


def machine_of(
    replication: VappReplication,
    uuid: str,
    vm: tuple[str, str, dict[int, int]],
    settings: Settings,
    start: int,
    now: int,
    excluded: tuple[int, ...] = (),
) -> VmReplication:
    """A new VM replication. `vm`: id, name and disks; `start`: epoch ms at which its full sync begins."""
    vm_id, name, disks = vm
    size = sum(size for key, size in disks.items() if key not in excluded)
    seed = int(uuid[24:], 16)
    schedule = Schedule(size, settings.rpo, settings.rules, settings.quiesced, start, seed)
    end = replication.destination
    profile = (end.storage_profile, end.storage_profile_name) if end.storage_profile else None
    one = VmReplication(
        id=f"C4-{uuid}",
        vapp=replication,
        vm_id=vm_id,
        vm_name=name,
        size=size,
        disks=disks or {FIRST_DISK: 0},
        settings=settings,
        schedule=schedule,
        created=now,
        excluded=excluded,
        profile=(profile[0], profile[1] or "") if profile else None,
    )
    replication.vms.append(one)
    return one
