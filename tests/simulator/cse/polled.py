"""CSE 4.x: a server that polls entities and has no calls of its own (contract section 7).

It looks at the entities of clusters once in a task time, makes what their documents ask for, and writes what it did
into `status`. What a client breaks stays broken: a PUT without `status` loses the cluster.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Callable
from typing import Any

from ..machines import Vapp, Vdc, Vm
from ..vcd.entities import Entity
from ..vcd.exchange import not_found
from ..vcd.tasks import Task, stamp
from ..wire import Reply
from .calls import Call
from .extension import Cse
from .native_state import POLICIES
from .polled_types import FULL_ENTITY, NSS, VENDOR, register
from .polled_yaml import Cluster, Pool, read, refuse_change
from .work import Failed, Step, Work

PROVISIONING, PROVISIONED, ERROR, DELETING = "provisioning", "provisioned", "error", "deleting"
_LETTERS = string.ascii_lowercase + string.digits
_LEAST_INTERVAL = 0.05
_VERSIONS = {"1.1.0": "1.0.2", "1.2.0": "1.2.0", "1.3.0": "1.3.2"}
"""Of CAPVCD by that of the entity type."""


def _object(part: Any) -> dict[str, Any]:
    """A section of a document that nobody has checked; something else is none."""
    return part if isinstance(part, dict) else {}


class PolledSide:
    """The side of 4.x."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.vcd = cse.vcd
        self._known: dict[str, Cluster] = {}
        """What was made of each entity."""
        self._vapps: dict[str, str] = {}
        self._seen: dict[str, int] = {}
        """Revision of each entity that was looked at."""
        self._working: dict[str, Work] = {}
        """What is being done to which entity."""
        self.broken: set[str] = set()
        """Clusters that somebody has taken the status of."""
        self._config: Entity | None = None

    def clear(self) -> None:
        """Registers the types and begins to poll; nobody has a cluster."""
        for kept in (self._known, self._vapps, self._seen, self._working, self.broken):
            kept.clear()
        self.cse.rde_versions = [self.cse.release.rde]
        self._config = register(self.vcd, self.cse.release.rde, self.cse.release.full)
        self._again()

    def handle(self, call: Call) -> Reply:
        """Nothing leads here."""
        raise not_found(call.exchange.request.path)

    # Polling

    def _again(self) -> None:
        self.cse.world.after(max(_LEAST_INTERVAL, self.cse.world.task_seconds), self._poll)

    def _poll(self) -> None:
        if self.cse.alive:
            self._share()
            for entity in list(self.vcd.entities.living.values()):
                kind = entity.type_id.split(":")[3:5]
                if kind == [VENDOR, NSS] and self._seen.get(entity.id) != entity.revision:
                    self._look(entity)
        self._again()

    def _share(self) -> None:
        """Everybody may read the configuration."""
        if self._config is not None:
            granted = {one.member_id for one in self._config.grants.grants.values()}
            for organization in self.vcd.directory.ordered:
                member = f"urn:vcloud:org:{organization.id}"
                if member not in granted:
                    self._config.grants.add("urn:vcloud:accessLevel:ReadOnly", member, organization.id)

    def _look(self, entity: Entity) -> None:
        """One entity that has changed since it was looked at."""
        wanted, status = (
            _object(_object(entity.content.get("spec")).get("vcdKe")),
            _object(entity.content.get("status")),
        )
        # A forced deletion waits for nothing (contract 7.6 asks for no state): what goes on, or hangs, is broken off.
        forced = wanted.get("markForDelete") is True and wanted.get("forceDelete") is True
        broken_off = forced and self._state(entity) != DELETING
        if (entity.id in self._working and not broken_off) or not wanted.get("isVCDKECluster"):
            return
        self._seen[entity.id] = entity.revision
        if wanted.get("markForDelete"):
            if entity.id in self._working:
                self._working.pop(entity.id).give_up()
            self._delete(entity)
        elif entity.id not in self._known and not status:
            self._create(entity)
        elif entity.id in self._known and not status.get("vcdKe"):
            self.broken.add(entity.id)
        elif entity.id not in self.broken and self._state(entity) == PROVISIONED:
            self._update(entity)

    # What an entity says

    @staticmethod
    def _state(entity: Entity) -> str | None:
        found = _object(_object(entity.content.get("status")).get("vcdKe")).get("state")
        return None if found is None else str(found)

    def _tell(self, entity: Entity, **vcd_ke: Any) -> None:
        """Members of `status.vcdKe`; whoever took the status away has taken this away, too."""
        if entity.id in self.vcd.entities.all:
            status = entity.content["status"] = _object(entity.content.get("status"))
            status["vcdKe"] = {**_object(status.get("vcdKe")), **vcd_ke}
            self._written(entity)

    def _written(self, entity: Entity) -> None:
        entity.changed()
        self._seen[entity.id] = entity.revision

    def _event(self, entity: Entity, name: str, detail: str, *, error: bool = False) -> None:
        """An entry of `eventSet` or `errorSet` (names of events are INFERRED)."""
        kind, key = ("errorSet", "Detailed Error") if error else ("eventSet", "Detailed Event")
        entry = {
            "name": name,
            "occurredAt": stamp(self.cse.world.now_ms()),
            "vcdResourceId": entity.id,
            "vcdResourceName": entity.name,
            "additionalDetails": {key: detail},
        }
        present = _object(_object(entity.content.get("status")).get("vcdKe")).get(kind) or []
        self._tell(entity, **{kind: [*present, entry]})

    # Work. Nobody is shown a task of it; it needs one to carry its texts.

    def _run(self, entity: Entity, steps: list[Step], done: Callable[[], None], fail: Callable[[str], None]) -> None:
        session: Any = None
        task = Task("", "", "", {"id": entity.id}, session, self.cse.world.now_ms(), None, "success", "", lambda: None)
        task.held = True

        def ended(then: Callable[[], None], *, again: bool) -> None:
            self._working.pop(entity.id, None)
            if entity.id in self.vcd.entities.all:
                then()
                if again:
                    # Somebody may have asked for more meanwhile.
                    self._seen.pop(entity.id, None)

        def succeeded() -> None:
            ended(done, again=True)

        def failed(text: str) -> None:
            ended(lambda: fail(text), again=False)

        work = self._working[entity.id] = Work(self.cse, task, steps, succeeded, failed)
        work.start()

    def _create(self, entity: Entity) -> None:
        found: dict[str, Any] = {}

        def begin() -> None:
            self.vcd.entities.judge(entity)
            self._tell(entity, state=PROVISIONING, vcdKeVersion=self.cse.release.full, eventSet=[], errorSet=[])
            self._event(entity, "EphemeralVMCreating", "creating the ephemeral VM")

        def validate() -> None:
            spec = entity.content["spec"]
            if not _object(spec["vcdKe"].get("secure")).get("apiToken"):
                raise Failed("the API token of the cluster's author is missing")
            cluster = found["cluster"] = read(spec["capiYaml"])
            if cluster.name != entity.name:
                raise Failed(f"the cluster '{cluster.name}' of the capi yaml is not '{entity.name}'")
            organization = self.vcd.directory.by_id(entity.org_id)
            if organization is None or cluster.org != organization.name:
                raise Failed(f"organization '{cluster.org}' not found")
            found["vdc"] = self.cse.machines.vdc(cluster.org, cluster.vdc)
            found["network"] = self.cse.machines.network(found["vdc"], cluster.network)

        def make_vapp() -> None:
            vdc: Vdc = found["vdc"]
            metadata = {"CapvcdInfraId": entity.id}
            vapp = found["vapp"] = self.cse.machines.create_vapp(vdc, entity.name, entity.owner[0], metadata)
            self._vapps[entity.id] = vapp.id
            self._event(entity, "InfraVappAvailable", "the vApp is there")

        def control() -> None:
            cluster: Cluster = found["cluster"]
            self._scale(found["vapp"], found["vdc"], cluster, cluster.control)
            self._event(entity, "ControlPlaneReady", "the control plane is there")

        def workers() -> None:
            cluster: Cluster = found["cluster"]
            for pool in cluster.pools:
                self._scale(found["vapp"], found["vdc"], cluster, pool)

        def done() -> None:
            self._known[entity.id] = found["cluster"]
            self._finish(entity, found["cluster"], found["vapp"])
            self._event(entity, "EphemeralVMDeleted", "the cluster is there")
            self._tell(entity, state=PROVISIONED)

        def fail(message: str) -> None:
            self._event(entity, "ScriptExecutionFailed", message, error=True)
            if _object(_object(entity.content.get("spec")).get("vcdKe")).get("autoRepairOnErrors") is True:
                self.cse.machines.remove_vapp(self._vapps.pop(entity.id, None))
                self._create(entity)
            else:
                self._tell(entity, state=ERROR)

        steps = [
            Step("provision", "", begin),
            Step("validate", "", validate),
            Step("vapp", "", make_vapp),
            Step("control_plane", "", control),
            Step("init", "", lambda: None),
            Step("workers", "", workers),
            Step("join", "", lambda: None),
        ]
        if self._state(entity) is not None:
            steps = steps[1:]
        self._run(entity, steps, done, fail)

    def _update(self, entity: Entity) -> None:
        """`capiYaml` asks for something else, perhaps."""
        old = self._known[entity.id]
        try:
            new = read(entity.content["spec"]["capiYaml"])
            refuse_change(old, new)
        except (Failed, KeyError, TypeError, ValueError) as problem:
            self._event(entity, "ClusterUpdateFailed", str(problem), error=True)
            return
        if new == old:
            return
        vapp = self.cse.machines.workloads.vapps.get(self._vapps[entity.id])
        if vapp is None:
            self._event(entity, "ClusterUpdateFailed", "the vApp of the cluster is gone", error=True)
            return

        def act() -> None:
            vdc = self.cse.machines.vdc(new.org, new.vdc)
            for pool in (new.control, *new.pools):
                self._scale(vapp, vdc, new, pool)

        def done() -> None:
            self._known[entity.id] = new
            self._finish(entity, new, vapp)

        def fail(message: str) -> None:
            self._event(entity, "ClusterUpdateFailed", message, error=True)

        # The numbers of `status.capvcd.nodePool` come last: they lag behind what is there.
        steps = [Step("update", "", act), Step("join", "", lambda: None), Step("metadata", "", lambda: None)]
        self._run(entity, steps, done, fail)

    def _delete(self, entity: Entity) -> None:
        def begin() -> None:
            self._tell(entity, state=DELETING)
            self._event(entity, "ClusterDeletion", "deleting the cluster")

        def act() -> None:
            self.cse.machines.remove_vapp(self._vapps.get(entity.id))

        def done() -> None:
            for kept in (self._known, self._vapps, self._seen):
                kept.pop(entity.id, None)
            self.broken.discard(entity.id)
            self.vcd.entities.remove(entity)

        def fail(message: str) -> None:
            self._event(entity, "ClusterDeletionFailed", message, error=True)
            self._tell(entity, state=ERROR)

        self._run(
            entity, [Step("provision", "", begin), Step("drain", "", lambda: None), Step("delete", "", act)], done, fail
        )

    # Machines

    def _machines(self, vapp: Vapp, cluster: Cluster, pool: Pool) -> list[Vm]:
        begin = self._prefix(cluster, pool)
        return [one for one in vapp.vms.values() if one.name.startswith(begin)]

    @staticmethod
    def _prefix(cluster: Cluster, pool: Pool) -> str:
        """What the names of a pool's machines begin with; the hash of a worker pool is its own (8.5, INFERRED)."""
        if pool is cluster.control or pool.name == cluster.control.name:
            return f"{cluster.name}-control-plane-node-pool-"
        return f"{pool.name}-{hashlib.sha256(f'{cluster.name}/{pool.name}'.encode()).hexdigest()[:9]}-"

    def _scale(self, vapp: Vapp, vdc: Vdc, cluster: Cluster, pool: Pool) -> None:
        """As many machines as the pool asks for. Raises Failed."""
        machines, network = self.cse.machines, self.cse.machines.network(vdc, cluster.network)
        size: tuple[int | None, int | None] = (2, 4096)
        if pool.sizing:
            if pool.sizing not in POLICIES:
                raise Failed(f"VM sizing policy '{pool.sizing}' not found in VDC '{vdc.name}'")
            size = POLICIES[pool.sizing]
        profile = None if pool.profile in (None, "*") else machines.profile(vdc, pool.profile)
        present = self._machines(vapp, cluster, pool)
        for vm in present[pool.count :]:
            machines.workloads.remove_vm(vm.id)
        for _number in range(pool.count - len(present)):
            name = self._prefix(cluster, pool) + "".join(secrets.choice(_LETTERS) for _letter in range(5))
            vm = machines.add_node(vapp, "node", network, name=name, cpus=size[0], memory_mb=size[1], profile=profile)
            machines.workloads.change_vm(vm, disks=dict.fromkeys(vm.disks, pool.disk_mib * 2**20))

    # Status

    def _finish(self, entity: Entity, cluster: Cluster, vapp: Vapp) -> None:
        """`status` of a cluster that is there (7.3)."""
        kind, spec = self.cse.release.rde, entity.content["spec"]
        first = self._machines(vapp, cluster, cluster.control)
        host = cluster.endpoint or (self.cse.machines.address(first[0]) if first else "")
        organization = self.vcd.directory.by_id(entity.org_id)
        vdc = self.cse.machines.vdc(cluster.org, cluster.vdc)
        version = cluster.control.version
        pools = [
            {
                "name": one.name,
                "desiredReplicas": one.count,
                "availableReplicas": len(self._machines(vapp, cluster, one)),
                "sizingPolicy": one.sizing or "",
                "placementPolicy": one.placement or "",
                "storageProfile": one.profile or "*",
                "diskSizeMb": one.disk_mib,
            }
            for one in (cluster.control, *cluster.pools)
        ]
        status = entity.content["status"] = _object(entity.content.get("status"))
        before = _object(status.get("capvcd"))
        status["capvcd"] = {
            **before,
            "phase": "Provisioned",
            "kubernetes": version,
            "capvcdVersion": _VERSIONS[kind],
            "uid": entity.id,
            "clusterApiStatus": {"phase": "Provisioned", "apiEndpoints": [{"host": host, "port": 6443}]},
            "nodePool": pools,
            "upgrade": {
                "ready": True,
                "current": {"kubernetesVersion": version, "tkgVersion": cluster.tkg},
            },
            "vcdProperties": {
                "site": self.vcd.site_state.spec.vcd_url,
                "organizations": [
                    {"id": f"urn:vcloud:org:{entity.org_id}", "name": organization.name if organization else ""}
                ],
                "orgVdcs": [{"id": f"urn:vcloud:vdc:{vdc.id}", "name": vdc.name, "ovdcNetworkName": cluster.network}],
            },
            "k8sNetwork": {"pods": {"cidrBlocks": cluster.pods}, "services": {"cidrBlocks": cluster.services}},
            "errorSet": before.get("errorSet") or [],
            "eventSet": before.get("eventSet") or [],
            "private": {"kubeConfig": self.cse.kubeconfig(entity.name, host, entity.id)},
        }
        status["cpi"] = {"name": "cloud-provider-for-cloud-director", "version": "1.6.0"}
        status["csi"] = {"name": "cloud-director-named-disk-csi-driver", "version": "1.6.0"}
        status["projector"] = {"name": "rde-projector", "version": "0.7.1"}
        storage = _object(spec["vcdKe"].get("defaultStorageClassOptions"))
        if storage:
            named = {key: value for key, value in storage.items() if key != "filesystem"}
            shown = {"fileSystem": storage.get("filesystem"), **named}
            status["vcdKe"] = {**(status.get("vcdKe") or {}), "defaultStorageClass": shown}
        self._written(entity)


__all__ = ["FULL_ENTITY", "PolledSide"]
