"""What a server keeps: credentials, adapter instances with what they collect, and the targets that they speak to."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..identity import stable_id
from .kinds import KINDS, AdapterKind

if TYPE_CHECKING:
    from ..world import Site, World

COLLECTORS = (("1", "collector-1", True), ("2", "collector-remote-2", False))
"""(id, name's beginning, whether it is the node's own)."""
GROUP = "Default collector group"


@dataclass
class Credential:
    """A credential instance."""

    id: str
    name: str
    kind: AdapterKind
    credential_kind: str
    values: dict[str, str]


@dataclass
class Child:
    """An object that an adapter instance has collected."""

    id: str
    name: str
    kind: str


@dataclass
class Instance:
    """An adapter instance."""

    id: str
    name: str
    kind: AdapterKind
    identifiers: dict[str, str]
    description: str = ""
    collector: int | None = None
    group: str | None = None
    credential: str | None = None
    minutes: int = 5
    seconds: int = 0
    datacenter: str | None = None
    state: str = "STOPPED"
    accepted: set[str] = field(default_factory=set)
    """Thumbprints of the certificates that somebody accepted."""
    maintained: bool = False
    maintained_until: int | None = None
    """Epoch milliseconds at which the maintenance ends by itself."""
    last_collected: int = 0
    children: list[Child] = field(default_factory=list)

    @property
    def unique(self) -> tuple[str, ...]:
        """What no other instance of its kind may have: the unique identifiers, hosts in any case."""
        return tuple(self.identifiers.get(one.name, "").strip().lower() for one in self.kind.identifiers if one.unique)


def target_of(kind: AdapterKind, identifiers: dict[str, str]) -> tuple[str, bool]:
    """(host, whether it speaks TLS) that an instance of these identifiers collects from."""
    if kind.key == "VMWARE":
        url = identifiers.get("VCURL", "")
        return url.split("://")[-1].split("/")[0].split(":")[0].lower(), True
    return identifiers.get("DOCKER_HOST", "").strip().lower(), identifiers.get("USE_TLS", "").lower() == "true"


class State:
    """All that a server of one site keeps; `reset` puts it back to the estate."""

    def __init__(self, world: World, site: Site) -> None:
        self._world, self._site = world, site
        self.credentials: dict[str, Credential] = {}
        self.instances: dict[str, Instance] = {}
        self.left: dict[str, tuple[Instance, Child]] = {}
        """Objects whose instance was deleted without them, by id."""
        self.unreachable: set[str] = set()
        """Hosts that do not answer."""
        self.renewed: dict[str, int] = {}
        """How often the certificate of a host was replaced."""
        self._seen: dict[str, tuple[int, int]] = {}
        """What a vCenter's machines were when an instance looked last."""
        self.group_id = stable_id("vrops-group", site.name)
        self.reset()

    def reset(self) -> None:
        """The site's vCenter is monitored; nothing else."""
        for kept in (self.credentials, self.instances, self.left, self.unreachable, self.renewed, self._seen):
            kept.clear()
        host = str(self._site.spec.vcenter.get("host") or f"vcenter.{self._site.name.lower()}")
        kind = KINDS["VMWARE"]
        credential = Credential(
            stable_id("vrops-credential", self._site.name),
            f"{host} reader",
            kind,
            "PRINCIPALCREDENTIAL",
            {"USER": "vrops@vsphere.local", "PASSWORD": self._world.estate.sso_password},
        )
        self.credentials[credential.id] = credential
        identifiers = {one.name: one.default or "" for one in kind.identifiers}
        instance = Instance(
            stable_id("vrops-instance", self._site.name, host),
            host.partition(".")[0],
            kind,
            {**identifiers, "VCURL": f"https://{host}"},
            f"vCenter of {self._site.name}",
            collector=1,
            credential=credential.id,
        )
        instance.accepted.add(self.thumbprint(host))
        self.instances[instance.id] = instance
        self.started(instance)

    # The other end

    def is_reachable(self, host: str) -> bool:
        """Whether a host answers: all do but those that are named so, and names that cannot be (RFC 2606)."""
        return bool(host) and host not in self.unreachable and not host.endswith(".invalid")

    def thumbprint(self, host: str) -> str:
        """SHA-1 of the certificate that a host presents, as the documentation prints it: 40 digits, lower case."""
        return hashlib.sha1(f"{host}/{self.renewed.get(host, 0)}".encode(), usedforsecurity=False).hexdigest()

    def untrusted(self, instance: Instance) -> list[str]:
        """Thumbprints that the target presents and nobody has accepted."""
        host, tls = target_of(instance.kind, instance.identifiers)
        if not tls or not self.is_reachable(host):
            return []
        presented = self.thumbprint(host)
        return [] if presented in instance.accepted else [presented]

    def problem(self, instance: Instance) -> str:
        """Why nothing can be collected; empty when it can."""
        host, _tls = target_of(instance.kind, instance.identifiers)
        if not self.is_reachable(host):
            return f"Unable to establish a connection to {host}."
        if self.untrusted(instance):
            return f"The certificate of {host} is not trusted."
        needs = any(required for kind in instance.kind.credentials for _key, _type, required in kind.fields)
        if needs and instance.kind.key == "VMWARE" and instance.credential is None:
            return "No credential is assigned."
        return ""

    # Life of an instance

    def now(self) -> int:
        """Epoch milliseconds."""
        return self._world.now_ms()

    def start(self, instance: Instance) -> None:
        """It collects once it has started, which takes as long as a task."""
        if instance.state not in ("STARTED", "REMOVING"):
            instance.state = "STARTING"
            self._world.after(self._world.task_seconds, lambda: self._turn(instance, "STARTING", "STARTED"))

    def stop(self, instance: Instance) -> None:
        """It collects no longer."""
        if instance.state not in ("STOPPED", "REMOVING"):
            instance.state = "STOPPING"
            self._world.after(self._world.task_seconds, lambda: self._turn(instance, "STOPPING", "STOPPED"))

    def _turn(self, instance: Instance, before: str, after: str) -> None:
        if instance.state != before:
            return
        instance.state = after
        if after == "STARTED":
            self.started(instance)

    def started(self, instance: Instance) -> None:
        """It runs, and finds what there is where nothing is in its way."""
        instance.state = "STARTED"
        if self.problem(instance):
            return
        instance.last_collected = self.now()
        if not instance.children:
            instance.children = self._found(instance)

    def remove(self, instance: Instance, with_resources: bool) -> None:
        """It is gone after a while, with what it found or without."""
        instance.state = "REMOVING"

        def gone() -> None:
            self.instances.pop(instance.id, None)
            if not with_resources:
                self.left.update({child.id: (instance, child) for child in instance.children})

        self._world.after(self._world.task_seconds, gone)

    def in_maintenance(self, instance: Instance) -> bool:
        """Whether it is in maintenance; one that has a time ends by itself."""
        if instance.maintained and instance.maintained_until is not None and self.now() >= instance.maintained_until:
            instance.maintained, instance.maintained_until = False, None
        return instance.maintained

    def children(self, instance: Instance) -> list[Child]:
        """What it has collected; a vCenter's machines come and go by themselves."""
        if instance.kind.key == "VMWARE" and instance.last_collected:
            mark = self._site.workloads.mark
            if self._seen.get(instance.id) != mark:
                self._seen[instance.id] = mark
                instance.children = self._found(instance)
        return instance.children

    def _found(self, instance: Instance) -> list[Child]:
        host, _tls = target_of(instance.kind, instance.identifiers)
        if instance.kind.key != "VMWARE":
            names = (("DockerHost", host), ("DockerContainer", f"{host}/web"))
            return [Child(stable_id("vrops", instance.id, kind, name), name, kind) for kind, name in names]
        place = self._site.spec.vcenter
        datacenter = str(place.get("datacenter", "Datacenter"))
        found = [Child(stable_id("vrops", self._site.name, datacenter), datacenter, "Datacenter")]
        for number in (1, 2):
            name = f"{self._site.name.lower()}-esx{number:02d}"
            found.append(Child(stable_id("vrops", self._site.name, name), name, "HostSystem"))
        vms = sorted(self._site.workloads.vms_of(None), key=lambda one: (one.name, one.id))
        return [
            *found,
            *(Child(stable_id("vrops", self._site.name, one.id), one.name, "VirtualMachine") for one in vms),
        ]

    # Looking up

    def of_name(self, name: str) -> Instance:
        """The instance of this name. Raises ValueError."""
        found = [one for one in self.instances.values() if one.name == name]
        if len(found) != 1:
            names = ", ".join(sorted(one.name for one in self.instances.values()))
            raise ValueError(f"There is no adapter instance {name}, or more than one; there are {names}.")
        return found[0]

    @staticmethod
    def new_id() -> str:
        """An id for something new."""
        return str(uuid.uuid4())
