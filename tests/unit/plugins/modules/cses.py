"""Simulated vCloud Directors with a Container Service Extension, for the tests of CSE modules (benches.py).

A test module takes them by `cse = cses.fixture("1.2", "3.1", "4.2")`; releases are those of the CSE, each with the vCD
that fits it best.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.unit.plugins.modules import benches, vcds
from tests.unit.plugins.modules.benches import HERE

VCD_OF = {
    "1.2": "9.7", "2.0": "9.7", "2.6": "10.1", "3.0": "10.2", "3.1": "10.3", "4.0": "10.4", "4.1": "10.5",
    "4.2": "10.6",
}  # fmt: skip
ORG, VDC, NETWORK = "Tyrell", "Tyrell A03 Allocated", "Tyrell Servers A03"
OVA, KUBERNETES = "ubuntu-2004-kube-v1.25.7+vmware.2-tkg.1-8a74b9f12e488c54605b3537acb683bc", "v1.25.7+vmware.2"


class Cse(vcds.Vcd):
    """The vCD of the first site and the CSE beside it."""

    release_option = "cse_version"

    @property
    def server(self) -> Any:
        """The CSE itself."""
        return self.simulator.simulator.cses[HERE]

    @property
    def tenant(self) -> dict[str, Any]:
        """The connection options of the tenant's administrator."""
        return {**self.options, "vcd_user": f"admin@{ORG}"}

    @contextlib.contextmanager
    def speaking(self) -> Iterator[Any]:
        """The CSE client of the tenant's administrator, to make a scene with."""
        from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import client

        defaults = {"validate_certs": True, "thumbprint": None, "timeout": 60}
        with client.connect({**defaults, **self.tenant}) as api:
            yield api

    def cluster(self, name: str = "k8s1", workers: int = 1, nfs: int = 0) -> str:
        """A cluster, made in the way of the release's clients; its id."""
        from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import releases, waiting

        with self.speaking() as api:
            kind = api.release.kind
            if kind == releases.POLLED:
                return self.polled_cluster(name, workers)
            path, document = "clusters", first_document(name, workers, nfs)
            if kind == releases.FIRST:
                path = ""
            elif kind == releases.SECOND:
                document = second_document(name, workers, nfs)
            else:
                self.control.change("cse-ovdc", HERE, org=ORG, vdc=VDC, runtimes=["native"])
                make = camel_document if api.release.camel else snake_document
                path, document = "3.0/clusters", make(name, workers, nfs)
            answer = api.request("POST", path, document=document)
            wait = {"timeout": 20, "interval": 0.05}
            waiting.finish(api, str(waiting.task_of(answer)), f"making {name}", wait)
            self.control.clear_journal()
            return str(answer.get("cluster_id") or answer.get("id"))

    def nodes(self, name: str = "k8s1") -> dict[str, list[str]]:
        """Names of the VMs of a cluster up to 3.x by the part that is in their names: mstr, node, nfsd."""
        found: dict[str, list[str]] = {}
        for vm in self.site.workloads.find_vapp(name).vms.values():
            found.setdefault(vm.name.partition("-")[0], []).append(vm.name)
        return found

    def polled_cluster(self, name: str = "k8s1", workers: int = 2, ready: bool = True) -> str:
        """A cluster of 4.x, made in the way of its clients; the URN of its entity."""
        from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import client, tasks

        kind = f"urn:vcloud:type:vmware:capvcdCluster:{self.server.release.rde}"
        with self.speaking() as cse:
            api = cse.api
            document = {"entityType": kind, "name": name, "entity": polled_entity(name, workers)}
            reply = api.send("POST", f"cloudapi/1.0.0/entityTypes/{kind}", media=client.JSON, document=document)
            made = str(tasks.look(api, str(tasks.of(reply)))["owner"]["id"])
        if ready:
            self.pass_time()
        self.control.clear_journal()
        return made

    def pass_time(self) -> None:
        """A server of 4.x looks at its entities, and does what they ask for."""
        self.control.task_seconds(0.1)
        for _step in range(20):
            self.control.advance(0.1)
        self.control.task_seconds(0)


def first_document(name: str, workers: int, nfs: int) -> dict[str, Any]:
    """A creation of 1.2 and 2.0 (contract 3.2 and 3.6)."""
    return {
        "name": name, "cluster_name": name, "org": ORG, "node_count": workers, "vdc": VDC, "cpu": None, "memory": None,
        "network": NETWORK, "storage_profile": None, "ssh_key": None, "template": "ubuntu-16.04",
        "enable_nfs": bool(nfs), "disable_rollback": True,
    }  # fmt: skip


def second_document(name: str, workers: int, nfs: int) -> dict[str, Any]:
    """A creation of 2.6 (contract 4.2)."""
    template = {"template_name": "ubuntu-16.04_k8-1.17_weave-2.6.0", "template_revision": 1}
    place = {"cluster_name": name, "org_name": ORG, "ovdc_name": VDC, "network_name": NETWORK}
    return {**place, **template, "num_workers": workers, "enable_nfs": bool(nfs)}


def snake_document(name: str, workers: int, nfs: int) -> dict[str, Any]:
    """A creation of 3.0 (contract 5.3)."""
    pools = {
        pool: {"count": count, "sizing_class": None, "storage_profile": None}
        for pool, count in (("control_plane", 1), ("workers", workers), ("nfs", nfs))
    }
    template = {"template_name": "ubuntu-16.04_k8-1.18_weave-2.6.5", "template_revision": 1}
    settings = {"network": NETWORK, "ssh_key": None, "rollback_on_failure": True}
    return {
        "kind": "native",
        "api_version": "",
        "metadata": {"cluster_name": name, "org_name": ORG, "ovdc_name": VDC},
        "spec": {"settings": settings, **pools, "k8_distribution": template, "expose": False},
    }


def camel_document(name: str, workers: int, nfs: int) -> dict[str, Any]:
    """A creation of 3.1 on API 36 (contract 5.4)."""
    pools = {pool: {"count": count} for pool, count in (("controlPlane", 1), ("workers", workers), ("nfs", nfs))}
    template = {"templateName": "ubuntu-16.04_k8-1.20_weave-2.8.1", "templateRevision": 1}
    settings = {"ovdcNetwork": NETWORK, "sshKey": None, "rollbackOnFailure": True, "network": {"expose": False}}
    return {
        "apiVersion": "cse.vmware.com/v2.1",
        "kind": "native",
        "metadata": {"name": name, "orgName": ORG, "virtualDataCenterName": VDC, "site": ""},
        "spec": {"topology": pools, "settings": settings, "distribution": template},
    }


def polled_entity(name: str, workers: int) -> dict[str, Any]:
    """The entity of a cluster of 4.x with the pool pool-1 (contract 7.2)."""
    plane = f"{name}-control-plane-node-pool"

    def machines(pool: str) -> dict[str, Any]:
        spec = {"catalog": "tkg", "template": OVA, "diskSize": "20Gi"}
        return {"kind": "VCDMachineTemplate", "metadata": {"name": pool}, "spec": {"template": {"spec": spec}}}

    network = {"pods": {"cidrBlocks": ["100.96.0.0/11"]}, "services": {"cidrBlocks": ["100.64.0.0/13"]}}
    vcd = {"site": "https://vcd.example.com", "org": ORG, "ovdc": VDC, "ovdcNetwork": NETWORK}
    deployment = {"replicas": workers, "template": {"spec": {"version": KUBERNETES}}}
    documents = [
        machines("pool-1"),
        {"kind": "MachineDeployment", "metadata": {"name": "pool-1"}, "spec": deployment},
        {"kind": "Cluster", "metadata": {"name": name}, "spec": {"clusterNetwork": network}},
        {"kind": "VCDCluster", "metadata": {"name": name}, "spec": vcd},
        machines(plane),
        {"kind": "KubeadmControlPlane", "metadata": {"name": plane}, "spec": {"replicas": 1, "version": KUBERNETES}},
    ]
    director = {"isVCDKECluster": True, "markForDelete": False, "forceDelete": False, "secure": {"apiToken": "token"}}
    return {
        "apiVersion": "capvcd.vmware.com/v1.1",
        "kind": "CAPVCDCluster",
        "name": name,
        "metadata": {"name": name, "orgName": ORG, "site": vcd["site"], "virtualDataCenterName": VDC},
        "spec": {"vcdKe": director, "capiYaml": yaml.safe_dump_all(documents, sort_keys=False)},
    }


_kinds: dict[str, type[Cse]] = {}


def kind_of(release: str) -> type[Cse]:
    """The bench of one release, with its vCD beside it."""
    if release not in _kinds:
        _kinds[release] = type("Cse", (Cse,), {"more": {"vcd_version": VCD_OF[release]}})
    return _kinds[release]


def fixture(*releases: str) -> Any:
    """The fixture `cse` of a test module."""

    @pytest.fixture(params=releases)
    def cse(request: pytest.FixtureRequest, simulators: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cse]:
        found = simulators(kind_of(request.param), request.param)
        benches.begin(found, monkeypatch)
        yield found
        benches.end()

    return cse
