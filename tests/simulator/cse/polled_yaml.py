"""The `capiYaml` of a cluster of CSE 4.x: what its documents ask for, and what is wrong with them (contract 7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from .work import Failed

_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?")
_OVA = re.compile(
    r"(?:ubuntu|photon)-[0-9.]+-kube-v(?P<kubernetes>[0-9]+\.[0-9]+\.[0-9]+)\+(?P<vendor>vmware\.[0-9]+)-.+"
)
_SIZE = re.compile(r"([0-9]+)(Mi|Gi)")
_LEAST_DISK_MIB = 20 * 1024
_MINIMUM = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"


@dataclass
class Pool:
    """The control plane or a worker pool."""

    name: str
    count: int
    template: str
    sizing: str | None
    placement: str | None
    profile: str | None
    disk_mib: int
    version: str
    """Kubernetes version of its machines."""

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What cannot be changed."""
        return self.sizing, self.placement, self.profile, self.disk_mib


@dataclass
class Cluster:
    """What the documents of a cluster ask for."""

    name: str
    org: str
    vdc: str
    network: str
    control: Pool
    pools: list[Pool] = field(default_factory=list)
    pods: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    endpoint: str | None = None
    tkg: str = ""

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What cannot be changed, but for the pools."""
        return self.name, self.org, self.vdc, self.network, self.pods, self.services, self.endpoint


def _at(part: Any, *path: str) -> Any:
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    return part


def read(text: Any) -> Cluster:
    """Reads and checks the documents. Raises Failed with what is wrong."""
    try:
        documents = [one for one in yaml.safe_load_all(str(text or "")) if isinstance(one, dict)]
    except yaml.YAMLError as problem:
        raise Failed(f"error unmarshalling the capi yaml: {problem}") from problem

    def of(kind: str) -> Iterator[dict[str, Any]]:
        return (one for one in documents if one.get("kind") == kind)

    def only(kind: str) -> dict[str, Any]:
        found = list(of(kind))
        if len(found) != 1:
            raise Failed(f"the capi yaml has {len(found)} documents of the kind {kind}, one is needed")
        return found[0]

    machines = {str(_at(one, "metadata", "name")): _at(one, "spec", "template", "spec") or {} for one in of(_MACHINES)}
    cluster, vcd, plane = only("Cluster"), only("VCDCluster"), only("KubeadmControlPlane")
    name = str(_at(cluster, "metadata", "name"))
    annotations = _at(cluster, "metadata", "annotations") or {}
    pools = []
    for one in of("MachineDeployment"):
        replicas = _at(one, "spec", "replicas")
        if replicas is None:
            replicas = (_at(one, "metadata", "annotations") or {}).get(_MINIMUM)
        version = _at(one, "spec", "template", "spec", "version")
        pools.append(_pool(str(_at(one, "metadata", "name")), replicas, machines, version))
    plane_name = str(_at(plane, "metadata", "name"))
    made = Cluster(
        name,
        str(_at(vcd, "spec", "org")),
        str(_at(vcd, "spec", "ovdc")),
        str(_at(vcd, "spec", "ovdcNetwork")),
        _pool(plane_name, _at(plane, "spec", "replicas"), machines, _at(plane, "spec", "version")),
        pools,
        list(_at(cluster, "spec", "clusterNetwork", "pods", "cidrBlocks") or []),
        list(_at(cluster, "spec", "clusterNetwork", "services", "cidrBlocks") or []),
        _at(vcd, "spec", "controlPlaneEndpoint", "host"),
        str(annotations.get("TKGVERSION", "")),
    )
    _check(made)
    return made


_MACHINES = "VCDMachineTemplate"


def _pool(name: str, replicas: Any, machines: dict[str, dict[str, Any]], version: Any) -> Pool:
    machine = machines.get(name)
    if machine is None:
        raise Failed(f"VCDMachineTemplate '{name}' is missing in the capi yaml")
    try:
        count = int(replicas)
    except (TypeError, ValueError) as problem:
        raise Failed(f"replicas of '{name}' are not a number: {replicas}") from problem
    size = _SIZE.fullmatch(str(machine.get("diskSize") or "20Gi"))
    if size is None:
        raise Failed(f"disk size '{machine.get('diskSize')}' of '{name}' is not a quantity")
    mib = int(size[1]) * (1024 if size[2] == "Gi" else 1)
    if mib < _LEAST_DISK_MIB:
        raise Failed(f"disk size of '{name}' must be at least 20Gi")
    if machine.get("placementPolicy") and machine.get("enableNvidiaGPU"):
        raise Failed(f"'{name}' has a placement policy and a vGPU policy")
    template = str(machine.get("template") or "")
    ova = _OVA.fullmatch(template)
    if ova is None:
        raise Failed(f"template '{template}' of '{name}' not found in catalog '{machine.get('catalog')}'")
    wanted = f"v{ova['kubernetes']}+{ova['vendor']}"
    if str(version).partition("-")[0] != wanted:
        raise Failed(f"version {version} of '{name}' does not fit template '{template}'")
    sizing, placement, profile = (
        machine.get(key) or None for key in ("sizingPolicy", "placementPolicy", "storageProfile")
    )
    return Pool(name, count, template, sizing, placement, profile, mib, wanted)


def _check(made: Cluster) -> None:
    """Raises Failed for what breaks a rule of 7.2."""
    for name in (made.name, *(one.name for one in made.pools)):
        if not _NAME.fullmatch(name):
            raise Failed(f"name '{name}' must contain only lowercase alphanumeric characters or '-', at most 31")
    if made.control.count < 1 or made.control.count % 2 == 0:
        raise Failed(f"number of control plane nodes must be odd and higher than 0, but it was '{made.control.count}'")
    if not made.pools:
        raise Failed("there must be at least one worker pool")
    if len({one.name for one in made.pools}) != len(made.pools):
        raise Failed("the names of the worker pools must be unique")


def refuse_change(old: Cluster, new: Cluster) -> None:
    """Raises Failed for what cannot be changed (7.5)."""
    if old.fixed != new.fixed:
        raise Failed("network, VDC, CIDR and control plane endpoint of a cluster cannot be changed")
    before = {one.name: one for one in (old.control, *old.pools)}
    after = {one.name: one for one in (new.control, *new.pools)}
    for name, one in before.items():
        if name not in after:
            raise Failed(f"worker pool '{name}' cannot be removed")
        if one.fixed != after[name].fixed:
            raise Failed(f"size, policies, storage profile and disk of pool '{name}' cannot be changed")
    versions = {one.version for one in after.values()}
    if len(versions) != 1:
        raise Failed(f"the pools ask for different versions of Kubernetes: {', '.join(sorted(versions))}")
    was, wanted = _number(old.control.version), _number(new.control.version)
    if wanted < was or wanted[0] != was[0] or wanted[1] > was[1] + 1:
        raise Failed(f"cannot upgrade from {old.control.version} to {new.control.version}")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").partition("+")[0].split("."))
