"""Clusters whose state is kept in the metadata of their vApps: those of 1.2 to 2.6 and of legacy mode.

What these servers know of a cluster is what a query for vApps with `cse.cluster.id` tells (contract 3.3, 4.3 and 8.3):
no phase, no lock, nothing about network, storage profile, size or ssh key of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..machines import STATES, Network, Vapp, Vdc, Vm
from .calls import Call, Problem, failed
from .machines import CONTROL_PLANE, EXPORTS, NFS, WORKER
from .templates import Template
from .work import Failed

if TYPE_CHECKING:
    from .extension import Cse

CLUSTER_ID, VERSION, MASTER_IP, OLD_TEMPLATE = "cse.cluster.id", "cse.version", "cse.master.ip", "cse.template"
SOFTWARE = {
    "template_name": "cse.template.name",
    "template_revision": "cse.template.revision",
    "os": "cse.os",
    "docker_version": "cse.docker.version",
    "kubernetes": "cse.kubernetes",
    "kubernetes_version": "cse.kubernetes.version",
    "cni": "cse.cni",
    "cni_version": "cse.cni.version",
}
"""What 2.5 and later show of a cluster's software, and the metadata it is kept in."""
LONGEST_NAME = 25
_LABEL = re.compile(r"(?!-)[A-Z\d-]{1,63}(?<!-)", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What one request says about the nodes that it makes; nothing of it is taken from the cluster (contract 3.4)."""

    template: Template
    network: str | None
    profile: str | None = None
    cpus: int | None = None
    memory_mb: int | None = None
    ssh_key: str | None = None

    def script(self) -> str:
        """The guest customization that appends the key, verbatim and unchecked, to root's `authorized_keys` (section
        10); none without a key."""
        if self.ssh_key is None:
            return ""
        return (
            '#!/usr/bin/env bash\nif [ x$1=x"postcustomization" ];\nthen\nmkdir -p /root/.ssh\n'
            f"echo '{self.ssh_key}' >> /root/.ssh/authorized_keys\nchmod -R go-rwx /root/.ssh\nfi"
        )


def check_name(name: Any) -> str:
    """A name of a cluster by the rule of section 3.2. Raises Problem 500, in Python's words for what is none at all."""
    if not isinstance(name, str):
        raise failed(f"object of type '{type(name).__name__}' has no len()")
    if not name:
        raise failed("string index out of range")
    labels = name.removesuffix(".").split(".")
    if len(name) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise failed(f"Invalid cluster name '{name}'")
    return name


class VappClusters:
    """Finds such clusters at one site, and makes the documents and the nodes of them."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.workloads = cse.vcd.site_state.workloads

    # Finding

    def visible(
        self, call: Call, name: str | None = None, org: str | None = None, vdc_name: str | None = None
    ) -> list[Vapp]:
        """The clusters that a caller sees: System all of them, or those of `org`; a tenant always his own
        organization's. Those that are in a VDC of the name, when one is given."""
        own = org if call.is_system else call.org
        return [
            one
            for one in self.workloads.vapps_of(own)
            if CLUSTER_ID in one.metadata
            and name in (None, one.name)
            and (vdc_name is None or self.vdc(one).name == vdc_name)
        ]

    def vdc(self, vapp: Vapp) -> Vdc:
        """The VDC of a cluster. Raises Failed when somebody has just removed it."""
        found = self.workloads.vdc(vapp.vdc_id)
        if found is None:
            raise Failed(f"The organization VDC of {vapp.name} is gone.")
        return found

    def present(self, vapp: Vapp) -> Vapp:
        """The vApp, when it is still there: nothing keeps others from deleting it meanwhile (section 8.3)."""
        if vapp.id not in self.workloads.vapps:
            raise Failed(f'No access to entity "com.vmware.vcloud.entity.vapp:{vapp.id}".')
        return vapp

    # Documents

    def facts(self, call: Call, vapp: Vapp) -> dict[str, Any]:
        """What every release tells of a cluster, without its nodes."""
        base, vdc = call.exchange.base_url, self.vdc(vapp)
        partial = self.cse.vcd.stock.partial_states
        return {
            "name": vapp.name,
            "vapp_id": vapp.id,
            "vapp_href": f"{base}/api/vApp/vapp-{vapp.id}",
            "vdc_name": vdc.name,
            "vdc_href": f"{base}/api/vdc/{vdc.id}",
            "leader_endpoint": self.told(vapp, MASTER_IP),
            "master_nodes": [],
            "nodes": [],
            "nfs_nodes": [],
            "number_of_vms": str(len(vapp.vms)),
            "cse_version": self.told(vapp, VERSION),
            "cluster_id": self.told(vapp, CLUSTER_ID),
            "status": STATES[vapp.status(partial=partial)],
        }

    @staticmethod
    def told(vapp: Vapp, key: str) -> str:
        """A value of a cluster's metadata; "" when it has none."""
        return str(vapp.metadata.get(key, ""))

    def nodes_of(self, vapp: Vapp, kind: str) -> list[Vm]:
        """Those of one kind, in the order of the vApp."""
        return self.cse.machines.nodes(vapp, kind)

    def add_nodes_to(self, document: dict[str, Any], vapp: Vapp) -> None:
        """Fills the arrays of nodes."""
        for key, kind in (("master_nodes", CONTROL_PLANE), ("nodes", WORKER), ("nfs_nodes", NFS)):
            document[key] = [
                {"name": one.name, "ipAddress": self.cse.machines.address(one)} for one in self.nodes_of(vapp, kind)
            ]

    def node(self, vapp: Vapp, name: str, words: Mapping[str, str]) -> dict[str, Any]:
        """One node; `words`: what the release calls each kind. Raises Problem 500."""
        vm = next((one for one in vapp.vms.values() if one.name == name), None)
        if vm is None:
            raise failed(f"Node '{name}' not found in cluster '{vapp.name}'")
        told: dict[str, Any] = {
            "name": vm.name,
            "numberOfCpus": str(vm.cpus),
            "memoryMB": str(vm.memory_mb),
            "status": STATES[vm.status],
            "ipAddress": self.cse.machines.address(vm),
        }
        kind = vm.name[:4]
        if kind in words:
            told["node_type"] = words[kind]
        if kind == NFS:
            told["exports"] = list(EXPORTS)
        return told

    def kubeconfig(self, vapp: Vapp) -> str:
        """Read from the first control plane node, which must run and be initialised. Raises Problem 500."""
        nodes = self.nodes_of(vapp, CONTROL_PLANE)
        address = self.told(vapp, MASTER_IP)
        if not nodes or not nodes[0].powered_on or not address:
            raise failed("Couldn't get cluster configuration")
        return self.cse.kubeconfig(vapp.name, address, self.told(vapp, CLUSTER_ID))

    # Making and removing

    def network(self, vdc: Vdc, name: str | None) -> Network:
        """A network of a VDC. Raises Failed in pyvcloud's words, which these servers pass on."""
        for one in vdc.network_details():
            if one.name == name:
                return one
        raise Failed(f"Network '{name}' not found in the Virtual Datacenter.")

    def make_nodes(self, vapp: Vapp, kind: str, count: int, wanted: Wanted) -> list[str]:
        """So many nodes, all of them or none; answers their names. Raises Failed."""
        vdc = self.vdc(self.present(vapp))
        try:
            profile = self.cse.machines.profile(vdc, wanted.profile)
        except Failed as problem:
            raise Failed(nodes_failed([], f"Storage Profile named '{wanted.profile}' not found")) from problem
        made: list[str] = []
        for _number in range(count):
            try:
                vm = self.cse.machines.add_node(
                    vapp,
                    kind,
                    self.network(vdc, wanted.network),
                    wanted.template,
                    cpus=wanted.cpus,
                    memory_mb=wanted.memory_mb,
                    profile=profile,
                )
            except Failed as problem:
                # One request of the server's makes them all.
                self.cse.machines.remove_nodes(vapp, made)
                raise Failed(nodes_failed(made, str(problem))) from problem
            vm.script = wanted.script()
            made.append(vm.name)
        return made

    def check_nodes(self, vapp: Vapp, names: list[str]) -> None:
        """Switches nodes off. Raises Failed for one that is not there; those before it are off by then."""
        by_name = {one.name: one for one in self.present(vapp).vms.values()}
        for name in names:
            if name not in by_name:
                raise Failed(f"Can't find VM '{name}'")
            by_name[name].powered_on = False

    def remove_nodes(self, vapp: Vapp, names: list[str]) -> None:
        """Switches nodes off, then deletes them. Raises Failed for one that is not there: none is deleted then."""
        self.check_nodes(vapp, names)
        self.discard(vapp, names)

    def discard(self, vapp: Vapp, names: list[str]) -> None:
        """Deletes the nodes of these names that are there."""
        for vm in [one for one in vapp.vms.values() if one.name in names]:
            self.workloads.remove_vm(vm.id)

    def tell(self, vapp: Vapp, values: Mapping[str, str]) -> None:
        """Sets metadata of a cluster."""
        vapp.metadata = {**self.present(vapp).metadata, **values}
        self.workloads.touch()


def nodes_failed(names: list[str], text: str) -> str:
    """How these servers say that nodes could not be made."""
    return f"failure on creating nodes {names}\nError:{text}"


def whole(value: Any, status: int) -> int:
    """A number of a request. Raises Problem with this status and Python's words for what cannot be compared to one."""
    if isinstance(value, bool) or not isinstance(value, int):
        kind = type(value).__name__
        raise Problem(status, f"'<' not supported between instances of '{kind}' and 'int'")
    return value
