"""What CSE 3.x does with a native or TKGm cluster: make, resize, upgrade and delete it, step by step (contract 5, 8.1).

Every work is given the task that it ends: one of the vCD's own that a behavior runs under (API 36), or one that CSE has
opened itself (API 35). The state is the entity's content in the form of RDE 2.x (native_model.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..machines import Vapp, Vdc, Vm
from ..vcd.entities import DELETING, RESOLVED, Entity
from ..vcd.tasks import Task
from .calls import Problem
from .machines import CONTROL_PLANE, NFS, WORKER, texts
from .native_model import Content, reference, refuse_update
from .native_state import FAILED, IN_PROGRESS, SUCCEEDED, ClusterState, busy
from .templates import Template
from .work import Failed, Step, Work


class Clusters(ClusterState):
    """What is done with them."""

    # Creation

    def create(
        self,
        entity: Entity,
        task: Task,
        task_href: str,
        base_url: str,
        checked: tuple[Vdc, Template] | None = None,
    ) -> None:
        """Makes a cluster. `checked`: API 35 has checked already, and the status is there."""
        directory, content = self.vcd.directory, self.content(entity)
        organization = directory.by_id(entity.org_id)
        org = organization.name if organization else ""
        metadata, spec = content["metadata"], content["spec"]
        name, settings, topology = metadata["name"], spec["settings"], spec["topology"]
        workers, nfs, about = (
            topology["workers"]["count"],
            topology["nfs"]["count"],
            f"'{metadata['name']}' ({entity.id})",
        )
        found: dict[str, Any] = {"checked": checked}

        def validate() -> None:
            found["checked"] = self.check_new(org, content)
            template: Template = found["checked"][1]
            task.operation = f"Creating cluster '{name}' from template '{template.name}' (revision {template.revision})"
            self.first_status(entity, content, template, task_href)

        def make_vapp() -> None:
            vdc, template = found["checked"]
            try:
                found["network"] = self.machines.network(vdc, settings["ovdcNetwork"])
            except Failed as problem:
                raise Failed(f"Error while creating vApp: {problem}") from problem
            tags = texts(
                {
                    "cse.cluster.id": entity.id,
                    "cse.version": self.cse.release.full,
                    "cse.template.name": template.name,
                    "cse.template.revision": template.revision,
                    "cse.os": template.os,
                    "cse.docker.version": template.docker_version,
                    "cse.kubernetes": template.kubernetes,
                    "cse.kubernetes.version": template.kubernetes_version,
                    "cse.cni": template.cni,
                    "cse.cni.version": template.cni_version,
                }
            )
            try:
                vapp = self.machines.create_vapp(vdc, name, entity.owner[0], tags, f"cluster '{name}'")
            except Failed as problem:
                raise Failed(f"Error while creating vApp: {problem}") from problem
            found["vapp"] = vapp
            entity.external_id = f"{base_url}/api/vApp/vapp-{vapp.id}"
            entity.changed()

        def add(pool: str, count: int, words: str) -> Callable[[], None]:
            def act() -> None:
                vdc, template = found["checked"]
                try:
                    self.add_nodes(
                        found["vapp"], vdc, pool, count, topology[pool], found["network"], template, content["kind"]
                    )
                except Failed as problem:
                    raise Failed(f"Error {words}: {problem}") from problem

            return act

        def initialise() -> None:
            vapp: Vapp = found["vapp"]
            (first,) = self.machines.nodes(vapp, CONTROL_PLANE)
            address = self.machines.address(first)
            # What cannot be exposed (an isolated network, or trouble) is made all the same, and not exposed.
            routed = settings["network"]["expose"] and found["network"].routed
            if routed and self.cse.take_trouble("expose") is None:
                address = found["external"] = self._external(entity)
            vapp.metadata = {**vapp.metadata, "cse.master.ip": address}

        def finish() -> None:
            status: Content = {"phase": f"CREATE:{SUCCEEDED}", "nodes": self.nodes(found["vapp"])}
            if found.get("external"):
                status["externalIp"] = found["external"]
                cloud = self.content(entity)["status"]["cloudProperties"]
                status["cloudProperties"] = {**cloud, "exposed": True}
            if content["kind"] == "TKGm":
                status["private"] = {
                    "kubeConfig": self._kubeconfig(entity, status["nodes"]),
                    "kubeToken": None,
                    "certificates": None,
                }
            self.tell(entity, **status)

        steps = [] if checked else [Step("validate", "", validate)]
        steps += [
            Step("vapp", f"Creating cluster vApp {about}", make_vapp),
            Step(
                "control_plane",
                f"Creating control plane node for cluster {about}",
                add("controlPlane", 1, "adding control plane node"),
            ),
            Step("init", f"Initializing cluster {about}", initialise),
            Step(
                "workers",
                f"Creating {workers} node(s) for cluster {about}",
                add("workers", workers, "creating worker node"),
            ),
            Step("join", f"Adding {workers} node(s) to cluster {about}", lambda: None),
        ]
        if nfs:
            text = f"Creating {nfs} NFS nodes for cluster {about}"
            steps.append(Step("nfs", text, add("nfs", nfs, "creating NFS node")))
        steps.append(Step("metadata", f"Updating cluster `{name}` ({entity.id}) defined entity", finish))

        def done() -> None:
            task.operation = f"Created cluster {about}"
            self._end(entity, task)

        def fail(message: str) -> None:
            vapp: Vapp | None = found.get("vapp")
            if settings["rollbackOnFailure"]:
                task.operation = f"Error creating cluster '{name}'. Deleting cluster (rollback=True)"
                self.machines.remove_vapp(vapp.id if vapp else None)
                self.vcd.tasks.conclude(task, "error", message)
                if entity.id in self.vcd.entities.all:
                    self.vcd.entities.remove(entity)
                return
            task.operation = f"Error creating cluster '{name}'"
            self.tell(entity, phase=f"CREATE:{FAILED}", nodes=self.nodes(vapp))
            self._end(entity, task, message)

        Work(self.cse, task, steps, done, fail).start()

    def _external(self, entity: Entity) -> str:
        """The address that a cluster is exposed at: one of the documentation range, the same for each cluster."""
        return f"203.0.113.{1 + int(entity.id.rpartition(':')[2][:8], 16) % 254}"

    def _end(self, entity: Entity, task: Task, problem: str | None = None) -> None:
        """Ends a task; the entity is resolved whatever came of it (8.1)."""
        if problem is None:
            self.vcd.tasks.conclude(task)
        else:
            self.vcd.tasks.conclude(task, "error", problem)
        if entity.id in self.vcd.entities.all:
            self.vcd.entities.judge(entity)

    # Updates

    def update(self, entity: Entity, task: Task, task_href: str, wanted: Content, *, modern: bool = True) -> None:
        """Resizes, unexposes or upgrades, whichever `wanted` (a spec) asks for; every refusal ends the task."""

        def refuse(message: str) -> None:
            self.vcd.tasks.conclude(task, "error", message)

        started: list[str] = []

        def validate() -> None:
            content = self.content(entity)
            started.append(self.kind_of_update(entity, content, wanted))
            if started[0] == "upgrade":
                self.upgrade(entity, task, task_href, wanted, modern=modern)
            elif started[0] == "resize":
                self.resize(entity, task, task_href, wanted, modern=modern)
            else:
                task.operation = "Nothing to Update"
                self.vcd.tasks.conclude(task, result="Nothing to Update")

        Work(self.cse, task, [Step("validate", "", validate)], lambda: None, refuse).start()

    def kind_of_update(self, entity: Entity, content: Content, wanted: Content) -> str:
        """resize, upgrade or nothing (TKGm). Raises Failed with the refusals of 5.6."""
        try:
            present = reference(content)
            refuse_update(wanted, present)
        except Problem as problem:
            raise Failed(problem.text) from problem
        name, tkgm = entity.name, content["kind"] == "TKGm"
        workers, nfs = (wanted["topology"][pool]["count"] for pool in ("workers", "nfs"))
        had_workers, had_nfs = (present["topology"][pool]["count"] for pool in ("workers", "nfs"))
        exposed, expose = present["settings"]["network"]["expose"], wanted["settings"]["network"]["expose"]
        idle = entity.state == RESOLVED and not busy(content)
        if (workers, nfs, exposed) != (had_workers, had_nfs, expose):
            if workers < 0:
                raise Failed(f"Worker count must be >= 0 (received {workers})")
            if tkgm and workers < had_workers:
                raise Failed("Scaling down TKGm cluster is not supported")
            if nfs < had_nfs:
                raise Failed("Scaling down nfs nodes is not supported")
            if (workers, nfs) == (had_workers, had_nfs) and not (exposed and not expose):
                raise Failed(
                    f"Cluster '{name}' already has {workers} workers and {nfs} nfs nodes and is already not exposed."
                )
            if not idle:
                raise Failed(
                    f"Cluster {name} with id {entity.id} is not in a valid state to be resized. "
                    "Please contact the administrator"
                )
            return "resize"
        if wanted["distribution"] != present["distribution"]:
            if tkgm and (wanted["distribution"]["templateName"] == present["distribution"]["templateName"]):
                return "nothing"
            if tkgm:
                raise Failed("Upgrades not supported for TKGm in this version of CSE")
            return "upgrade"
        if tkgm:
            return "nothing"
        raise Failed("update not supported for the specified input specification")

    def resize(self, entity: Entity, task: Task, task_href: str, wanted: Content, *, modern: bool) -> None:
        """To other counts, or no longer exposed; what `kind_of_update` has allowed."""
        content, vapp = self.content(entity), self.vapp(entity)
        present = reference(content)
        name, topology = entity.name, wanted["topology"]
        workers, nfs = topology["workers"]["count"], topology["nfs"]["count"]
        more, more_nfs = workers - present["topology"]["workers"]["count"], nfs - present["topology"]["nfs"]["count"]
        unexpose = present["settings"]["network"]["expose"] and not wanted["settings"]["network"]["expose"]
        distribution = content["status"]["cloudProperties"]["distribution"]
        template_name, revision = distribution["templateName"], distribution["templateRevision"]
        goal = f"the desired worker count {workers} and nfs count {nfs}"
        verb = "Resizing" if modern else "Updating"
        task.operation = f"{verb} the cluster '{name}' ({entity.id}) to {goal}"
        if unexpose:
            task.operation += " and unexposing the cluster"
        self.tell(entity, phase=f"UPDATE:{IN_PROGRESS}", taskHref=task_href)
        made: list[Vm] = []
        gone = [one["name"] for one in (content["status"].get("nodes") or {}).get("workers") or ()][workers:]

        def add(pool: str, count: int) -> Callable[[], None]:
            def act() -> None:
                if vapp is None:
                    raise Failed(f"vApp of cluster '{name}' not found")
                vdc = self.machines.vdc(vapp.org, content["metadata"]["virtualDataCenterName"])
                network = self.machines.network(vdc, content["status"]["cloudProperties"]["ovdcNetworkName"])
                template = self.template(template_name, revision, content["kind"])
                made.extend(self.add_nodes(vapp, vdc, pool, count, topology[pool], network, template, content["kind"]))

            return act

        def remove() -> None:
            if vapp is None:
                raise Failed(f"vApp of cluster '{name}' not found")
            present_names = {one.name for one in vapp.vms.values()}
            self.machines.remove_nodes(vapp, [one for one in gone if one in present_names])

        def finish() -> None:
            status: Content = {"phase": f"UPDATE:{SUCCEEDED}", "nodes": self.nodes(vapp)}
            if unexpose:
                cloud = self.content(entity)["status"]["cloudProperties"]
                status |= {"cloudProperties": {**cloud, "exposed": False}, "externalIp": None}
            self.tell(entity, **status)

        from_template = f"from template '{template_name}' (revision {revision}) and adding to cluster '{name}'"
        steps: list[Step] = []
        if more > 0:
            steps.append(
                Step("workers", f"Creating {more} workers {from_template} ({entity.id})", add("workers", more))
            )
            steps.append(Step("join", f"Adding {more} node(s) to cluster '{name}' ({entity.id})", lambda: None))
        if more_nfs > 0:
            steps.append(
                Step("nfs", f"Creating {more_nfs} nfs nodes {from_template} ({entity.id})", add("nfs", more_nfs))
            )
        if more < 0:
            listed = str(gone)
            steps.append(Step("drain", f"Draining {len(gone)} node(s) from cluster '{name}': {listed}", lambda: None))
            steps.append(Step("delete", f"Deleting {len(gone)} node(s) from cluster '{name}': {listed}", remove))
        if unexpose:
            steps.append(Step("expose", f"Unexposing cluster '{name}' ({entity.id})", lambda: None))
        steps.append(Step("metadata", "", finish))

        def done() -> None:
            task.operation = f"{verb.replace('ing', 'ed')} the cluster '{name}' ({entity.id}) to {goal}"
            self._end(entity, task)

        def fail(message: str) -> None:
            if content["status"]["cloudProperties"]["rollbackOnFailure"]:
                for vm in made:
                    self.machines.workloads.remove_vm(vm.id)
            self.tell(entity, phase=f"UPDATE:{FAILED}", nodes=self.nodes(vapp))
            self._end(entity, task, message)

        Work(self.cse, task, steps, done, fail).start()

    def upgrade(self, entity: Entity, task: Task, task_href: str, wanted: Content, *, modern: bool) -> None:
        """To another template of the plan. Raises Failed for a target that is not in it, or while something runs."""
        content, vapp = self.content(entity), self.vapp(entity)
        name, target, status = entity.name, wanted["distribution"], content["status"]
        if entity.state != RESOLVED or busy(content):
            raise Failed(
                f"Cluster {name} with id {entity.id} is not in a valid state to be upgraded. "
                "Please contact administrator."
            )
        template = next(
            (
                one
                for one in self.upgrades(content)
                if (one.name, str(one.revision)) == (target["templateName"], str(target["templateRevision"]))
            ),
            None,
        )
        if template is None:
            if modern:
                self.tell(entity, phase=f"UPGRADE:{FAILED}")
            raise Failed(
                f"Specified template/revision ({target['templateName']} revision {target['templateRevision']}) is not "
                f"a valid upgrade target for cluster '{name}'."
            )
        chosen = template
        match = f"software to match template {chosen.name} (revision {chosen.revision})"
        versions = (
            f"Kubernetes: {status['kubernetes']} -> {chosen.kubernetes_version}, "
            f"Docker-CE: {status['dockerVersion']} -> {chosen.docker_version}, "
            f"CNI: {status['cni']} -> {chosen.cni_version}"
        )
        task.operation = f"Upgrading cluster '{name}' {match}: {versions}"
        self.tell(entity, phase=f"UPGRADE:{IN_PROGRESS}", taskHref=task_href)
        change = f"Kubernetes ({str(status['kubernetes']).rpartition(' ')[2]} -> {chosen.kubernetes_version})"
        first = [one.name for one in self.machines.nodes(vapp, CONTROL_PLANE)]
        steps = [
            Step("drain", f"Draining control plane node {first}", lambda: None),
            Step("upgrade", f"Upgrading {change} in control plane node {first}", lambda: None),
        ]
        for one in self.machines.nodes(vapp, WORKER):
            steps.append(Step("upgrade", f"Upgrading {change} in node {one.name}", lambda: None))

        def finish() -> None:
            if vapp is not None:
                more = {
                    "cse.template.name": chosen.name,
                    "cse.template.revision": chosen.revision,
                    "cse.docker.version": chosen.docker_version,
                    "cse.kubernetes.version": chosen.kubernetes_version,
                    "cse.cni": chosen.cni,
                    "cse.cni.version": chosen.cni_version,
                }
                vapp.metadata = {**vapp.metadata, **texts(more)}
            present = self.content(entity)
            cloud = present["status"]["cloudProperties"]
            chosen_names = {"templateName": chosen.name, "templateRevision": chosen.revision}
            present["spec"]["distribution"] = dict(chosen_names)
            present["status"] |= {
                "phase": f"UPGRADE:{SUCCEEDED}",
                "kubernetes": f"{chosen.kubernetes} {chosen.kubernetes_version}",
                "cni": f"{chosen.cni} {chosen.cni_version}",
                "dockerVersion": chosen.docker_version,
                "cloudProperties": {**cloud, "distribution": chosen_names},
            }
            self.save(entity, present)

        steps.append(Step("metadata", f"Updating metadata for cluster '{name}'", finish))

        def done() -> None:
            task.operation = f"Successfully upgraded cluster '{name}' {match}"
            self._end(entity, task)

        def fail(message: str) -> None:
            self.tell(entity, phase=f"UPGRADE:{FAILED}")
            self._end(entity, task, message)

        Work(self.cse, task, steps, done, fail).start()

    # Deletion

    def refuse_deletion(self, entity: Entity) -> None:
        """Raises Failed while something runs."""
        if busy(self.content(entity)):
            raise Failed(
                f"Cluster {entity.name} with id {entity.id} is not in a valid state to be deleted. "
                "Please contact administrator."
            )

    def delete(
        self,
        entity: Entity,
        task: Task,
        task_href: str,
        remove: Callable[[], None] | None = None,
        *,
        checked: bool = False,
    ) -> None:
        """Deletes a cluster. `remove` takes the entity away where the vCD does not (API 35, which has checked)."""
        about = f"'{entity.name}' ({entity.id})"

        def validate() -> None:
            if entity.state == DELETING:
                return
            self.refuse_deletion(entity)
            task.operation = f"Deleting cluster {about}"
            entity.state = DELETING
            self.tell(entity, phase=f"DELETE:{IN_PROGRESS}", taskHref=task_href)

        def act() -> None:
            vapp = self.vapp(entity)
            self.machines.remove_vapp(vapp.id if vapp else None)

        def done() -> None:
            task.operation = f"Deleted cluster {about}"
            if remove is not None:
                remove()
            self.vcd.tasks.conclude(task)

        def fail(message: str) -> None:
            if checked or entity.state == DELETING:
                entity.state = RESOLVED
                self.tell(entity, phase=f"DELETE:{FAILED}")
            self.vcd.tasks.conclude(task, "error", message)

        steps = [Step("delete", "", act)] if checked else [Step("validate", "", validate), Step("delete", "", act)]
        Work(self.cse, task, steps, done, fail).start()

    def delete_nfs(self, entity: Entity, task: Task, task_href: str, name: str, *, checked: bool = False) -> None:
        """Deletes one NFS node; no other node can be deleted by its name."""

        def validate() -> None:
            content = self.content(entity)
            if entity.state != RESOLVED or busy(content):
                raise Failed(
                    f"Cluster {entity.name} with id {entity.id} is not in a valid state to be updated. "
                    "Please contact the administrator"
                )
            task.operation = f"Deleting {name} node(s) from cluster '{entity.name}' ({entity.id})"
            self.tell(entity, phase=f"UPDATE:{IN_PROGRESS}", taskHref=task_href)

        def act() -> None:
            vapp = self.vapp(entity)
            if vapp is None or name not in {one.name for one in self.machines.nodes(vapp, NFS)}:
                raise Failed(f"Can't find VM with name '{name}'")
            self.machines.remove_nodes(vapp, [name])
            content = self.content(entity)
            nodes = self.nodes(vapp)
            content["spec"]["topology"]["nfs"]["count"] = len(nodes["nfs"]) if nodes else 0
            content["status"] |= {"phase": f"UPDATE:{SUCCEEDED}", "nodes": nodes}
            self.save(entity, content)

        def done() -> None:
            task.operation = f"Deleted {name} node(s) from cluster '{entity.name}' ({entity.id})"
            self.vcd.tasks.conclude(task)

        def fail(message: str) -> None:
            if busy(self.content(entity)) and self.content(entity)["status"]["taskHref"] == task_href:
                self.tell(entity, phase=f"UPDATE:{FAILED}")
            self.vcd.tasks.conclude(task, "error", message)

        steps = [Step("delete", "", act)] if checked else [Step("validate", "", validate), Step("delete", "", act)]
        Work(self.cse, task, steps, done, fail).start()

    # Kubeconfig

    def config(self, entity: Entity) -> str:
        """The kubeconfig. Raises Failed: not RESOLVED, no control plane yet, or not reachable."""
        content = self.content(entity)
        if entity.state != RESOLVED:
            raise Failed(
                f"Cluster {entity.name} with id {entity.id} is not in a valid state for this operation. "
                "Please contact the administrator"
            )
        trouble = self.cse.take_trouble("kubeconfig")
        if trouble is not None:
            raise Failed(trouble.message)
        if content["kind"] == "TKGm":
            kept = (content["status"].get("private") or {}).get("kubeConfig")
            if not kept:
                raise Failed("'NoneType' object has no attribute 'kube_config'")
            return str(kept)
        first = self.machines.nodes(self.vapp(entity), CONTROL_PLANE)
        if not first:
            raise Failed("list index out of range")
        if not first[0].powered_on:
            raise Failed("Couldn't get cluster configuration")
        return self._kubeconfig(entity, {"controlPlane": {"ip": self.machines.address(first[0])}})

    def _kubeconfig(self, entity: Entity, nodes: Content | None) -> str:
        external = self.content(entity)["status"].get("externalIp")
        first = (nodes or {}).get("controlPlane") or {}
        return self.cse.kubeconfig(entity.name, str(external or first.get("ip") or ""), entity.id)
