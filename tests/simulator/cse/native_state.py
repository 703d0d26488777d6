"""What CSE 3.x knows of its clusters: their documents, nodes and templates, and what is checked first (contract 5, 8).

The state is the entity's content in the form of RDE 2.x (native_model.py); the nodes are VMs of the site.
"""

from __future__ import annotations

import re
from typing import Any

from ..machines import Network, Vapp, Vdc, Vm
from ..vcd.entities import Entity
from .extension import Cse
from .machines import CONTROL_PLANE, EXPORTS, NFS, WORKER
from .native_model import Content, Missing, load, store
from .native_types import NSS
from .templates import Template
from .work import Failed

_NAME = re.compile(r"[a-zA-Z][A-Za-z0-9-]*")
LONGEST_NAME = 25
IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"
POLICIES: dict[str, tuple[int, int]] = {
    "small": (2, 2048), "medium": (2, 4096), "large": (4, 8192), "TKG small": (2, 4096), "TKG medium": (2, 8192),
    "TKG large": (4, 16384), "TKG extra-large": (8, 32768),
}  # fmt: skip
"""VM sizing policies that every VDC of a simulated site has: processors and MiB."""
_KINDS = {"controlPlane": CONTROL_PLANE, "workers": WORKER, "nfs": NFS}


def busy(content: Content) -> bool:
    """Whether something runs on a cluster."""
    return str(content["status"].get("phase") or "").endswith(f":{IN_PROGRESS}")


class ClusterState:
    """The clusters of one server, as they stand."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.vcd = cse.vcd
        self.machines = cse.machines
        self.runtimes: dict[str, list[str]] = {}
        """What each VDC (by id) was enabled for."""
        self._sizing: dict[str, str] = {}
        """Sizing policy of a VM by its id; a vCD shows it, the workloads here do not."""

    def clear(self) -> None:
        """Forgets everything."""
        self.runtimes.clear()
        self._sizing.clear()

    # State

    def content(self, entity: Entity) -> Content:
        """What an entity says. Raises Failed when it is not the document of a cluster."""
        try:
            return load(entity.type_id, entity.content)
        except Missing as problem:
            raise Failed(str(problem)) from problem

    def save(self, entity: Entity, content: Content) -> None:
        """Writes it, without hooks."""
        entity.content = store(entity.type_id, content)
        entity.changed()

    def tell(self, entity: Entity, **status: Any) -> None:
        """Sets members of the status."""
        if entity.id in self.vcd.entities.all:
            content = self.content(entity)
            content["status"] |= status
            self.save(entity, content)

    def vapp(self, entity: Entity) -> Vapp | None:
        """The vApp of a cluster."""
        identity = (entity.external_id or "").rpartition("/vapp-")[2]
        return self.machines.workloads.vapps.get(identity)

    def node(self, vm: Vm) -> Content:
        """A node as `status` shows it: what a sizing policy gives is not told again."""
        sizing = self._sizing.get(vm.id)
        return {
            "name": vm.name,
            "ip": self.machines.address(vm),
            "sizingClass": sizing,
            "storageProfile": vm.profile[1] if vm.profile else None,
            "cpu": None if sizing else vm.cpus,
            "memory": None if sizing else vm.memory_mb,
        }

    def nodes(self, vapp: Vapp | None) -> Content | None:
        """`status.nodes` as the vApp has it; None without a control plane."""
        first = self.machines.nodes(vapp, CONTROL_PLANE)
        if not first:
            return None
        return {
            "controlPlane": self.node(first[0]),
            "workers": [self.node(one) for one in self.machines.nodes(vapp, WORKER)],
            "nfs": [{**self.node(one), "exports": list(EXPORTS)} for one in self.machines.nodes(vapp, NFS)],
        }

    def synchronise(self, entity: Entity) -> None:
        """What a read of the one cluster does first: VMs that somebody removed are no nodes any more."""
        content, vapp = self.content(entity), self.vapp(entity)
        if not busy(content) and vapp is not None and content["status"].get("nodes"):
            found = self.nodes(vapp)
            if found != content["status"]["nodes"]:
                self.tell(entity, nodes=found)

    def template(self, name: str, revision: Any, kind: str = "native") -> Template:
        """A template by both of its names. Raises Failed."""
        if not name or (not revision and kind != "TKGm"):
            raise Failed("Template name and revision both must be specified.")
        for one in self.cse.templates:
            fits = str(one.revision) == str(revision) or (kind == "TKGm" and not revision)
            if one.name == name and fits and (one.kind == "TKGm") is (kind == "TKGm"):
                return one
        raise Failed(f"Template '{name}' at revision {revision} not found.")

    def upgrades(self, content: Content) -> list[Template]:
        """The upgrade plan: those that can follow the cluster's template (4.3)."""
        present = content["status"]["cloudProperties"]["distribution"]
        name, revision = present["templateName"], int(present["templateRevision"] or 0)
        return [
            one
            for one in self.cse.templates
            if name in one.upgrade_from and (one.name != name or one.revision > revision)
        ]

    def check_new(self, entity_org: str, content: Content) -> tuple[Vdc, Template]:
        """What is checked before anything is made: name, VDC, that there is none of the name, template."""
        name, metadata = content["metadata"]["name"], content["metadata"]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise Failed(f"Invalid cluster name '{name}'")
        org = metadata["orgName"]
        if org.lower() != entity_org.lower():
            raise Failed(f"Org '{org}' not found")
        vdc = self.machines.vdc(entity_org, metadata["virtualDataCenterName"])
        if self.machines.vapp_named(entity_org, name, vdc) is not None:
            raise Failed(f"Cluster '{name}' already exists.")
        wanted = content["spec"]["distribution"]
        if content["kind"] == "TKGm":
            self._check_tkgm(content)
        return vdc, self.template(wanted["templateName"], wanted["templateRevision"], content["kind"])

    def _check_tkgm(self, content: Content) -> None:
        """TKGm: at least one worker, no NFS, and the address of this very site (5.12)."""
        topology, site = content["spec"]["topology"], content["metadata"]["site"] or ""
        host = self.vcd.site_state.spec.vcd_host
        if not site.startswith("https://"):
            raise Failed("'metadata.site' should be of the format https://<fqdn>")
        if site.removeprefix("https://").partition("/")[0].partition(":")[0] not in (host, "127.0.0.1", "localhost"):
            raise Failed("Invalid site: it is not the host of the server")
        if topology["workers"]["count"] < 1:
            raise Failed("Worker count must be >= 1 for TKGm clusters")
        if topology["nfs"]["count"]:
            raise Failed("NFS nodes are not supported for TKGm clusters")

    def first_status(self, entity: Entity, content: Content, template: Template, task_href: str) -> None:
        """What a status says as soon as the creation runs."""
        wanted, metadata = content["spec"], content["metadata"]
        content["status"] |= {
            "phase": f"CREATE:{IN_PROGRESS}",
            "kubernetes": f"{template.kubernetes} {template.kubernetes_version}",
            "cni": f"{template.cni} {template.cni_version}",
            "dockerVersion": template.docker_version,
            "os": template.os,
            "uid": entity.id,
            "taskHref": task_href,
            "cloudProperties": {
                "site": metadata["site"],
                "orgName": metadata["orgName"],
                "virtualDataCenterName": metadata["virtualDataCenterName"],
                "ovdcNetworkName": wanted["settings"]["ovdcNetwork"],
                "distribution": {"templateName": template.name, "templateRevision": template.revision},
                "sshKey": wanted["settings"]["sshKey"],
                "rollbackOnFailure": wanted["settings"]["rollbackOnFailure"],
                "exposed": False,
            },
        }
        if content["kind"] == "TKGm":
            content["status"]["cpi"] = {"name": "cloud-provider-for-cloud-director", "version": "1.1.1"}
            content["status"]["tkgCorePackages"] = {"kappController": "v0.23.0", "metricsServer": "v0.4.0"}
        self.save(entity, content)

    # Nodes

    def add_nodes(
        self, vapp: Vapp, vdc: Vdc, pool: str, count: int, wanted: Content, network: Network, template: Template,
        runtime: str,
    ) -> list[Vm]:  # fmt: skip
        """So many nodes of a pool. Raises Failed; what was made before stays."""
        if runtime not in self.runtimes.get(vdc.id, ()):
            policy = {"native": "native", "TKG+": "tkgplus", "TKGm": "tkgm"}.get(runtime, runtime)
            raise Failed(f"Compute policy 'cse----{policy}' not found in organization VDC '{vdc.name}'.")
        size = (wanted.get("cpu"), wanted.get("memory"))
        sizing = wanted["sizingClass"]
        if sizing:
            if sizing not in POLICIES:
                raise Failed(f"Compute policy '{sizing}' not found in organization VDC '{vdc.name}'.")
            size = POLICIES[sizing]
        profile = self.machines.profile(vdc, wanted["storageProfile"])
        made = []
        for _number in range(count):
            vm = self.machines.add_node(
                vapp, _KINDS[pool], network, template, cpus=size[0], memory_mb=size[1], profile=profile
            )
            if sizing:
                self._sizing[vm.id] = sizing
            made.append(vm)
        return made

    def in_use(self, vdc_id: str, runtime: str) -> bool:
        """Whether nodes of a kind of clusters are in a VDC: their VMs have its placement policy."""
        for entity in self.vcd.entities.living.values():
            if entity.type_id.split(":")[4] == NSS and entity.content.get("kind") == runtime:
                vapp = self.vapp(entity)
                if vapp is not None and vapp.vdc_id == vdc_id and vapp.vms:
                    return True
        return False
