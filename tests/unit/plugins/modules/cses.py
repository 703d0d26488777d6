"""Simulated vCloud Directors with a Container Service Extension, for the tests of CSE modules (benches.py).

A test module takes them by `cse = cses.fixture("1.2", "3.1", "4.2")`; releases are those of the CSE, each with the vCD
that fits it best.
"""

from __future__ import annotations

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

    def polled_cluster(self, name: str = "k8s1", workers: int = 2) -> str:
        """A cluster of 4.x, made in the way of its clients; the URN of its entity."""
        from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import client, tasks

        kind = f"urn:vcloud:type:vmware:capvcdCluster:{self.server.release.rde}"
        defaults = {"validate_certs": True, "thumbprint": None, "timeout": 60}
        with client.connect({**defaults, **self.tenant}) as api:
            document = {"entityType": kind, "name": name, "entity": polled_entity(name, workers)}
            reply = api.send("POST", f"cloudapi/1.0.0/entityTypes/{kind}", media=client.JSON, document=document)
            made = str(tasks.look(api, str(tasks.of(reply)))["owner"]["id"])
        self.control.task_seconds(0.1)
        for _step in range(20):
            self.control.advance(0.1)
        self.control.task_seconds(0)
        return made


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
