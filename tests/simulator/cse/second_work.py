"""What CSE 2.6 and the legacy mode of 3.x do in their tasks: create, add, remove nodes, upgrade, delete (4.2 to 4.5).

The texts of tasks are the server's, to the brackets; a failure after the vApp is there is rolled back unless the
request says otherwise.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..machines import Vapp, Vdc
from .calls import Call
from .jobs import Job, Names, node_steps
from .machines import CONTROL_PLANE, NFS, WORKER
from .templates import Template
from .vapp_clusters import CLUSTER_ID, MASTER_IP, SOFTWARE, VERSION, VappClusters, Wanted
from .work import Failed, Step

if TYPE_CHECKING:
    from .extension import Cse

_WRAPPED = {
    "control_plane": "Error adding master node:",
    "workers": "Error creating worker node:",
    "nfs": "Error creating NFS node:",
}
# Of these an upgrade writes new values; `os` stays what it was.
_UPGRADED = ("template_name", "template_revision", "docker_version", "kubernetes_version", "cni", "cni_version")


@dataclass(frozen=True)
class Order(Wanted):
    """A request for nodes."""

    count: int = 0
    nfs: bool = False
    """A creation: one NFS node more; else: the nodes are NFS nodes."""
    rollback: bool = True


def told(step: str, message: str) -> str:
    """The error of a creation that failed in a step."""
    if step in _WRAPPED:
        # An exception with two arguments is written as a pair.
        return str((_WRAPPED[step], message))
    words = {
        "vapp": f"Error while creating vApp: {message}",
        "init": f"Couldn't initialize cluster: {message}",
        "join": f"Couldn't join cluster:\n{message}",
    }
    return words.get(step, message)


def software(template: Template) -> dict[str, str]:
    """What metadata says of a template."""
    return {
        "template_name": template.name,
        "template_revision": str(template.revision),
        "os": template.os,
        "docker_version": template.docker_version or "",
        "kubernetes": template.kubernetes,
        "kubernetes_version": template.kubernetes_version,
        "cni": template.cni,
        "cni_version": template.cni_version,
    }


def version_of(text: str) -> tuple[int, ...]:
    """`1.17.2` as numbers that compare."""
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


class Operations:
    """The works of one server."""

    def __init__(self, cse: Cse, clusters: VappClusters, *, legacy: bool) -> None:
        self.cse = cse
        self.clusters = clusters
        self.master = "control plane" if legacy else "master"
        """What texts of tasks call the first node (section 8.1 for 3.x)."""

    def _job(self, call: Call, text: str) -> Job:
        session = call.session
        owner = {
            "path": f"/api/org/{session.org_id}",
            "id": f"urn:vcloud:org:{session.org_id}",
            "name": session.user.org,
            "type": "application/vnd.vmware.vcloud.org+xml",
        }
        return Job(call, "cluster operation", text, owner)

    def _identity(self, vapp: Vapp) -> str:
        return self.clusters.told(vapp, CLUSTER_ID)

    def _vdc(self, call: Call, org: str, name: str) -> Vdc:
        """The VDC of a creation. Raises Failed: a tenant has his own organization's alone."""
        known = call.is_system or org.lower() == call.org.lower()
        organization = self.cse.vcd.directory.by_name(org) if known else None
        if organization is None:
            raise Failed(f"org '{org}' not found")
        return self.cse.machines.vdc(organization.name, name)

    # Creating

    def create(self, call: Call, name: str, org: str, vdc_name: str, order: Order) -> tuple[Job, str]:
        """Begins a creation; answers its job and the id of the cluster."""
        identity, template = str(uuid.uuid4()), order.template
        shown = f"cluster '{name}' ({identity})"
        text = f"Creating cluster vApp '{name}' ({identity}) from template '{template.name}' "
        job = self._job(call, f"{text}(revision {template.revision})")
        vdcs: list[Vdc] = []
        found: list[Vapp] = []

        def made() -> Vapp:
            if not found:
                raise Failed("There is no vApp.")
            return self.clusters.present(found[0])

        def make_vapp() -> None:
            vdc = vdcs[0]
            self.clusters.network(vdc, order.network)
            metadata = {SOFTWARE[key]: value for key, value in software(template).items()}
            metadata |= {CLUSTER_ID: identity, VERSION: self.cse.release.full}
            user = call.session.user.name
            found.append(self.cse.machines.create_vapp(vdc, name, user, metadata, f"cluster '{name}'"))

        def initialize() -> None:
            nodes = self.clusters.nodes_of(made(), CONTROL_PLANE)
            if not nodes:
                raise Failed("list index out of range")
            self.clusters.tell(made(), {MASTER_IP: self.cse.machines.address(nodes[0])})

        def nodes(key: str, kind: str, count: int, text: str) -> list[Step]:
            return node_steps(key, text, lambda: self.clusters.make_nodes(made(), kind, count, order), [])

        steps = [
            Step("validate", job.task.operation, lambda: vdcs.append(self._vdc(call, org, vdc_name))),
            Step("vapp", f"Creating cluster vApp {name} ({identity})", make_vapp),
            *nodes("control_plane", CONTROL_PLANE, 1, f"Creating {self.master} node for {shown}"),
            Step("init", f"Initializing {shown}", initialize),
            *nodes("workers", WORKER, order.count, f"Creating {order.count} node(s) for {shown}"),
            Step("join", f"Adding {order.count} node(s) to {shown}", lambda: None),
        ]
        if order.nfs:
            steps += nodes("nfs", NFS, 1, f"Creating NFS node for {shown}")

        def fail(step: str, message: str) -> None:
            if not order.rollback or step == "validate":
                job.fail(told(step, message))
                return
            job.task.operation = f"Error creating cluster '{name}'. Deleting cluster (rollback=True)"

            def roll_back() -> None:
                if found:
                    self.cse.machines.remove_vapp(found[0].id)
                job.fail(told(step, message))

            job.later(roll_back)

        job.run(steps, lambda: job.succeed(f"Created {shown}"), fail)
        return job, identity

    # Nodes

    def add(self, call: Call, vapp: Vapp, order: Order) -> Job:
        """Begins to add nodes to a cluster."""
        identity, count, name, template = self._identity(vapp), order.count, vapp.name, order.template
        text = f"Creating {count} node(s) from template '{template.name}' (revision {template.revision})"
        job = self._job(call, f"{text} and adding to cluster '{name}' ({identity})")
        made: Names = []
        kind = NFS if order.nfs else WORKER
        key = "nfs" if order.nfs else "workers"
        steps = node_steps(
            key, job.task.operation, lambda: self.clusters.make_nodes(vapp, kind, count, order), made
        )  # fmt: skip
        if not order.nfs:
            steps.append(Step("join", f"Adding {count} node(s) to cluster {name}({identity})", lambda: None))

        def done() -> None:
            if order.nfs:
                job.succeed(f"Created {count} node(s) for cluster '{name}' ({identity})")
            else:
                job.succeed(f"Added {count} node(s) to cluster {name}({identity})")

        def fail(step: str, message: str) -> None:
            # What has been made and does not join stays: only a failure to make nodes is rolled back.
            if not order.rollback or step == "join":
                job.fail(told(step, message) if step == "join" else message)
                return
            job.task.operation = (
                f"Error adding nodes to cluster '{name}' ({identity}). Deleting nodes: {made} (rollback=True)"
            )

            def roll_back() -> None:
                self.clusters.discard(vapp, made)
                job.fail(message)

            job.later(roll_back)

        return job.run(steps, done, fail)

    def remove(self, call: Call, vapp: Vapp, names: Names) -> Job:
        """Begins to delete nodes of a cluster."""
        count, name = len(names), vapp.name
        text = f"Deleting {count} node(s) from cluster '{name}'({self._identity(vapp)})"
        job = self._job(call, text)
        steps = [
            Step("", text, lambda: None),
            # Whether they could be drained is not looked at.
            Step("", f"Draining {count} node(s) from cluster '{name}': {names}", lambda: None),
            Step(
                "delete",
                f"Deleting {count} node(s) from cluster '{name}': {names}",
                lambda: self.clusters.remove_nodes(vapp, names),
            ),
        ]
        return job.run(
            steps,
            lambda: job.succeed(f"Deleted {count} node(s) to cluster '{name}'"),
            lambda _step, message: job.fail(message),
        )

    def delete(self, call: Call, vapp: Vapp) -> Job:
        """Begins to delete a cluster, whatever state it is in."""
        text = f"Deleting cluster '{vapp.name}' ({self._identity(vapp)})"
        job = self._job(call, text)

        def delete() -> None:
            self.cse.machines.remove_vapp(self.clusters.present(vapp).id)

        return job.run(
            [Step("delete", text, delete)],
            lambda: job.succeed(f"Deleted cluster '{vapp.name}'"),
            lambda _step, message: job.fail(message),
        )

    # Upgrading

    def upgrade(self, call: Call, vapp: Vapp, template: Template) -> Job:
        """Begins to upgrade a cluster in place."""
        present = {key: self.clusters.told(vapp, name) for key, name in SOFTWARE.items()}
        wanted, name = software(template), vapp.name
        kubernetes = f"{present['kubernetes_version']} -> {wanted['kubernetes_version']}"
        docker = f"{present['docker_version']} -> {wanted['docker_version']}"
        head = f"cluster '{name}' software to match template {template.name} (revision {template.revision}): "
        head += f"Kubernetes: {kubernetes}, Docker-CE: {docker}, CNI: "
        first = f"Upgrading {head}{present['cni']} {present['cni_version']} -> {wanted['cni_version']}"
        job = self._job(call, first)

        def still_there() -> None:
            self.clusters.present(vapp)

        def write() -> None:
            self.clusters.tell(vapp, {SOFTWARE[key]: wanted[key] for key in _UPGRADED})

        steps = [Step("validate", first, still_there)]
        steps += [
            Step(key, text, still_there) for key, text in self._upgrade_texts(vapp, present, wanted, kubernetes, docker)
        ]
        steps.append(Step("metadata", f"Updating metadata for cluster '{name}'", write))
        done = f"Successfully upgraded {head}{present['cni_version']} -> {wanted['cni_version']}"
        return job.run(
            steps,
            lambda: job.succeed(done),
            lambda _step, message: job.fail(f"Unexpected error while upgrading cluster '{name}': {message}"),
        )

    def _upgrade_texts(
        self, vapp: Vapp, present: dict[str, str], wanted: dict[str, str], kubernetes: str, docker: str
    ) -> list[tuple[str, str]]:
        """Keys and texts of the steps: node by node for Kubernetes, all at once for the rest, which is done only where
        something is newer."""
        masters = [one.name for one in self.clusters.nodes_of(vapp, CONTROL_PLANE)]
        workers = [one.name for one in self.clusters.nodes_of(vapp, WORKER)]
        every, versions = [*masters, *workers], ("kubernetes_version", "cni_version")
        old, new = ({key: version_of(one[key]) for key in versions} for one in (present, wanted))
        newer_docker = wanted["docker_version"] > present["docker_version"]
        minor = new["kubernetes_version"][:2] > old["kubernetes_version"][:2]
        newer_cni = new["cni_version"] > old["cni_version"] or minor
        found: list[tuple[str, str]] = []
        if new["kubernetes_version"] >= old["kubernetes_version"]:
            found += [
                ("drain", f"Draining {self.master} node {masters}"),
                ("upgrade", f"Upgrading Kubernetes ({kubernetes}) in {self.master} node {masters}"),
                ("upgrade", f"Uncordoning {self.master} node {masters}"),
            ]
            for one in workers:
                found.append(("drain", f"Draining node {one}"))
                found.append(("upgrade", f"Upgrading Kubernetes ({kubernetes}) in node {one}"))
                found.append(("upgrade", f"Uncordoning node {one}"))
        if newer_docker or newer_cni:
            found.append(("drain", f"Draining all nodes {every}"))
        if newer_docker:
            found.append(("upgrade", f"Upgrading Docker-CE ({docker}) in nodes {every}"))
        if newer_cni:
            change = f"{present['cni']} {present['cni_version']} -> {wanted['cni_version']}"
            found.append(("upgrade", f"Applying CNI ({change}) in {self.master} node {masters}"))
        return [*found, ("upgrade", f"Uncordoning all nodes {every}")]
