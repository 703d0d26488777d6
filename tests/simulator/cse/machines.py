"""Clusters as workloads of the site: vApps with metadata, VMs that are nodes, addresses of a network's static pool.

They are the workloads that the vCD lists and vCloud Availability replicates: a VM that somebody removes is no node any
more, and a failed creation without rollback leaves what was made.
"""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Mapping
from typing import Any

from ..machines import GIB, GUESTS, Network, Vapp, Vdc, Vm, disks_of
from ..workloads import Workloads
from .templates import Template
from .work import Failed

CONTROL_PLANE, WORKER, NFS = "mstr", "node", "nfsd"
"""What names of nodes begin with."""
_LETTERS = string.ascii_lowercase + string.digits
KINDS = (CONTROL_PLANE, WORKER, NFS)
EXPORTS = ("/home", "/data")


class Machines:
    """Makes and finds vApps and VMs of clusters at one site."""

    def __init__(self, workloads: Workloads) -> None:
        self.workloads = workloads

    # What a request names

    def vdc(self, org: str, name: str) -> Vdc:
        """An organization VDC by its name. Raises Failed."""
        found = [one for one in self.workloads.vdcs_of(org) if one.name == name]
        if not found:
            raise Failed(f"Vdc '{name}' not found")
        if not found[0].enabled:
            raise Failed(f"The organization VDC '{name}' is disabled.")
        return found[0]

    @staticmethod
    def network(vdc: Vdc, name: str) -> Network:
        """A network of a VDC by its name. Raises Failed."""
        for one in vdc.network_details():
            if one.name == name:
                return one
        raise Failed(f"Org VDC network '{name}' does not exist")

    @staticmethod
    def profile(vdc: Vdc, name: str | None) -> tuple[str, str]:
        """Id and name of a storage profile; that of the VDC where none is asked for. Raises Failed."""
        if name is None:
            return vdc.storage_profiles[0]
        for identity, known in vdc.storage_profiles:
            if known == name:
                return identity, known
        raise Failed(f"Storage profile named '{name}' not found")

    # Making

    def create_vapp(
        self, vdc: Vdc, name: str, owner: str, metadata: Mapping[str, str | int | bool], description: str = ""
    ) -> Vapp:
        """The empty vApp of a cluster. A vCD takes a name once in a VDC. Raises Failed."""
        if self.vapp_named(vdc.org, name, vdc) is not None:
            raise Failed(f'There is already a vApp named "{name}".')
        vapp = self.workloads.add_vapp(vdc.org, name, vdc.id)
        vapp.owner, vapp.metadata, vapp.description = owner, dict(metadata), description
        self.workloads.touch()
        return vapp

    def add_node(
        self,
        vapp: Vapp,
        kind: str,
        network: Network,
        template: Template | None = None,
        *,
        name: str | None = None,
        cpus: int | None = None,
        memory_mb: int | None = None,
        profile: tuple[str, str] | None = None,
        on: bool = True,
    ) -> Vm:
        """A node: a VM on the network with an address of its static pool, named `mstr-x4nb` unless told otherwise.

        Raises Failed when the pool is used up.
        """
        vm = self.workloads.add_vm(vapp, name or self._new_name(vapp, kind), disks_of([16 * GIB]), on=on)
        # It has an adapter on the first network of its VDC already.
        own = vm.nics[0] if vm.nics else None
        nic = own if own is not None and own.network_id == network.id else self.workloads.nic(network, 0)
        if nic.mode != "POOL":
            self.workloads.remove_vm(vm.id)
            raise Failed(f"Not enough addresses are available in the static pool of network '{network.name}'.")
        guest = next((one for one in GUESTS if template and template.os.split("-")[0] in one.name.lower()), GUESTS[0])
        self.workloads.change_vm(
            vm,
            guest=guest,
            nics=(nic,),
            cpus=int(cpus or (template.cpu if template else 2)),
            memory_mb=int(memory_mb or (template.memory_mb if template else 2048)),
            profile=profile or vm.profile,
            metadata={},
        )
        return vm

    @staticmethod
    def _new_name(vapp: Vapp, kind: str) -> str:
        taken = {one.name for one in vapp.vms.values()}
        while True:
            name = f"{kind}-{''.join(secrets.choice(_LETTERS) for _number in range(4))}"
            if name not in taken:
                return name

    # Finding and removing

    def vapp_named(self, org: str, name: str, vdc: Vdc | None = None) -> Vapp | None:
        """Any vApp of this name in an organization (or one of its VDCs), cluster or not."""
        for one in self.workloads.vapps_of(org):
            if one.name == name and (vdc is None or one.vdc_id == vdc.id):
                return one
        return None

    @staticmethod
    def nodes(vapp: Vapp | None, kind: str) -> list[Vm]:
        """The nodes of one kind, in the order of the vApp."""
        return [one for one in (vapp.vms.values() if vapp else ()) if one.name.startswith(f"{kind}-")]

    @staticmethod
    def address(vm: Vm) -> str:
        """The address of a node; "" while it is not known."""
        nic = vm.primary_nic
        return (nic.ip or "") if nic else ""

    def remove_nodes(self, vapp: Vapp, names: list[str]) -> None:
        """Deletes VMs by their names. Raises Failed for one that is not there."""
        by_name = {one.name: one for one in vapp.vms.values()}
        for name in names:
            if name not in by_name:
                raise Failed(f"Can't find VM with name '{name}'")
        for name in names:
            self.workloads.remove_vm(by_name[name].id)

    def remove_vapp(self, vapp_id: str | None) -> None:
        """Deletes a vApp with what is in it; one that is gone stays gone."""
        if vapp_id:
            self.workloads.remove_vapp(vapp_id)


def kubeconfig(cluster: str, address: str, identity: str) -> str:
    """A kubeconfig as kubeadm writes it; certificates are text that says what it is."""

    def secret(what: str) -> str:
        text = f"-----BEGIN {what}-----\nsimulated {cluster} {identity}\n-----END {what}-----\n"
        return base64.b64encode(text.encode()).decode()

    return (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        f"    certificate-authority-data: {secret('CERTIFICATE')}\n"
        f"    server: https://{address}:6443\n"
        "  name: kubernetes\n"
        "contexts:\n"
        "- context:\n"
        "    cluster: kubernetes\n"
        "    user: kubernetes-admin\n"
        "  name: kubernetes-admin@kubernetes\n"
        "current-context: kubernetes-admin@kubernetes\n"
        "kind: Config\n"
        "preferences: {}\n"
        "users:\n"
        "- name: kubernetes-admin\n"
        "  user:\n"
        f"    client-certificate-data: {secret('CERTIFICATE')}\n"
        f"    client-key-data: {secret('RSA PRIVATE KEY')}\n"
    )


def texts(values: Mapping[str, Any]) -> dict[str, str | int | bool]:
    """Metadata values as texts, without those that are null."""
    return {name: str(value) for name, value in values.items() if value is not None}
