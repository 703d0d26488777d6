# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents of a cluster of CSE 4.x, `capiYaml`: making them, reading settings from them, changing those (contract
cse-api.md, 7.2 and 7.5). Pure.

What is changed is changed in place: documents and keys that nobody here knows stay as they are.
"""

from __future__ import annotations

import base64
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._http import MissingLibrary
from .._plan import InputError
from .tanzu_images import Software

try:
    import yaml
except ImportError:
    _MISSING: str | None = traceback.format_exc()
else:
    _MISSING = None

Document = dict[str, Any]
MACHINES, DEPLOYMENT, PLANE = "VCDMachineTemplate", "MachineDeployment", "KubeadmControlPlane"
_CLUSTER, _VCD, _NODES = "Cluster", "VCDCluster", "KubeadmConfigTemplate"
_VERSIONS = {
    _CLUSTER: "cluster.x-k8s.io/v1beta1",
    DEPLOYMENT: "cluster.x-k8s.io/v1beta1",
    _VCD: "infrastructure.cluster.x-k8s.io/v1beta2",
    MACHINES: "infrastructure.cluster.x-k8s.io/v1beta2",
    PLANE: "controlplane.cluster.x-k8s.io/v1beta1",
    _NODES: "bootstrap.cluster.x-k8s.io/v1beta1",
}
_MIN = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
_MAX = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"
_CERTIFICATES = "/usr/local/share/ca-certificates"
POOL = ("sizing_policy", "placement_policy", "storage_profile", "disk_gb")


class MissingYaml(MissingLibrary):
    """Clusters of CSE 4.x are YAML."""

    library = "PyYAML"


def load(text: str) -> list[Document]:
    """The documents. Raises MissingYaml, InputError for a text that holds none."""
    if _MISSING:
        raise MissingYaml(_MISSING)
    try:
        return [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]
    except yaml.YAMLError as problem:
        raise InputError(f"the capiYaml of the cluster cannot be read: {problem}") from problem


def dump(documents: Sequence[Document]) -> str:
    """The text again."""
    if _MISSING:
        raise MissingYaml(_MISSING)
    return str(yaml.safe_dump_all(documents, sort_keys=False, default_flow_style=False))


def of_kind(documents: Sequence[Document], kind: str) -> Iterator[Document]:
    """The documents of a kind, in their order."""
    return (one for one in documents if one.get("kind") == kind)


def name_of(document: Mapping[str, Any]) -> str:
    """What an object is called."""
    return str((document.get("metadata") or {}).get("name"))


def _at(part: Any, *path: str) -> Any:
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    return part


def _machine(documents: Sequence[Document], name: str) -> Document:
    """What the machines of a pool are made of; empty where nothing says it."""
    found = next((one for one in of_kind(documents, MACHINES) if name_of(one) == name), {})
    return _at(found, "spec", "template", "spec") or {}


def _gigabytes(size: Any) -> int | None:
    found = re.fullmatch(r"(\d+)(Mi|Gi)", str(size or ""))
    return None if not found else int(found[1]) if found[2] == "Gi" else int(found[1]) // 1024


def _of_machine(machine: Mapping[str, Any]) -> dict[str, Any]:
    profile = machine.get("storageProfile")
    return {
        "sizing_policy": machine.get("sizingPolicy") or None,
        "placement_policy": machine.get("placementPolicy") or None,
        "storage_profile": None if profile in (None, "", "*") else profile,
        "disk_gb": _gigabytes(machine.get("diskSize")),
    }


def read(documents: Sequence[Document]) -> dict[str, Any]:
    """The settings of a cluster, by the names of options; `pools` with name, workers and what POOL names."""
    cluster = next(of_kind(documents, _CLUSTER), {})
    vcd, plane = next(of_kind(documents, _VCD), {}), next(of_kind(documents, PLANE), {})
    machine = _machine(documents, name_of(plane))
    pools = []
    for one in of_kind(documents, DEPLOYMENT):
        replicas = _at(one, "spec", "replicas")
        if replicas is None:  # the autoscaler decides
            replicas = int((_at(one, "metadata", "annotations") or {}).get(_MIN) or 0)
        pools.append({"name": name_of(one), "workers": replicas, **_of_machine(_machine(documents, name_of(one)))})
    keys = [
        key
        for user in _at(plane, "spec", "kubeadmConfigSpec", "users") or []
        if user.get("name") == "root"
        for key in user.get("sshAuthorizedKeys") or []
    ]
    network = _at(cluster, "spec", "clusterNetwork") or {}
    return {
        "vdc": _at(vcd, "spec", "ovdc"),
        "network": _at(vcd, "spec", "ovdcNetwork"),
        "control_planes": _at(plane, "spec", "replicas"),
        "pools": sorted(pools, key=lambda each: str(each["name"])),
        "template": machine.get("template"),
        "catalog": machine.get("catalog"),
        "control_plane_sizing_policy": machine.get("sizingPolicy") or None,
        "ssh_key": (str(keys[0]).strip() or None) if keys else None,
        "pod_cidr": next(iter(_at(network, "pods", "cidrBlocks") or []), None),
        "service_cidr": next(iter(_at(network, "services", "cidrBlocks") or []), None),
        "kubernetes_version": _at(plane, "spec", "version"),
    }


# Making


def _object(kind: str, name: str, cluster: str, spec: Document, **metadata: Any) -> Document:
    about = {"name": name, "namespace": f"{cluster}-ns", **metadata}
    return {"apiVersion": _VERSIONS[kind], "kind": kind, "metadata": about, "spec": spec}


def _reference(kind: str, name: str, cluster: str) -> Document:
    return {"apiVersion": _VERSIONS[kind], "kind": kind, "name": name, "namespace": f"{cluster}-ns"}


def _machines(cluster: str, name: str, values: Mapping[str, Any], machine: Mapping[str, Any]) -> Document:
    spec = {
        "catalog": values["catalog"],
        "template": values["template"],
        "sizingPolicy": machine.get("sizing_policy") or "",
        "placementPolicy": machine.get("placement_policy") or "",
        "storageProfile": machine.get("storage_profile") or "",
        "diskSize": f"{machine.get('disk_gb') or 20}Gi",
    }
    return _object(MACHINES, name, cluster, {"template": {"spec": spec}})


def pool(cluster: str, values: Mapping[str, Any], one: Mapping[str, Any], kubernetes: str) -> list[Document]:
    """The documents of one worker pool. `values` has catalog and template."""
    name = str(one["name"])
    template = {
        "bootstrap": {"configRef": _reference(_NODES, f"{cluster}-kct", cluster)},
        "clusterName": cluster,
        "infrastructureRef": _reference(MACHINES, name, cluster),
        "version": kubernetes,
    }
    spec = {
        "clusterName": cluster,
        "replicas": one["workers"],
        "selector": {"matchLabels": None},
        "template": {"spec": template},
    }
    return [_machines(cluster, name, values, one), _object(DEPLOYMENT, name, cluster, spec)]


def _joining() -> Document:
    unlimited = "nodefs.available<0%,nodefs.inodesFree<0%,imagefs.available<0%"
    arguments = {"eviction-hard": unlimited, "cloud-provider": "external"}
    return {
        "nodeRegistration": {"criSocket": "/run/containerd/containerd.sock", "kubeletExtraArgs": arguments},
    }  # fmt: skip


def _guest(values: Mapping[str, Any], certificates: Sequence[str]) -> Document:
    """What every machine is told: who may log in, which further authorities it trusts."""
    keys = [values["ssh_key"]] if values.get("ssh_key") else [""]
    made: Document = {"users": [{"name": "root", "sshAuthorizedKeys": keys}]}
    made["preKubeadmCommands"] = [
        f"mv /etc/ssl/certs/custom_certificate_*.crt {_CERTIFICATES} && update-ca-certificates"
    ]
    if certificates:
        made["files"] = [
            {
                "encoding": "base64",
                "content": base64.b64encode(one.encode()).decode(),
                "owner": "root",
                "permissions": "0644",
                "path": f"/etc/ssl/certs/custom_certificate_{number}.crt",
            }
            for number, one in enumerate(certificates)
        ]
    return made


def make(
    cluster: str,
    values: Mapping[str, Any],
    software: Software,
    *,
    site: str,
    registry: str,
    certificates: Sequence[str] = (),
) -> list[Document]:
    """The documents of a new cluster, in the order of the reference clients. `values` are options, all that are needed
    (pools too); `site` is the address of the vCD, `registry` that of the provider's container registry."""
    plane_name, images = f"{cluster}-control-plane-node-pool", f"{registry.rstrip('/')}/tkg"
    pools = [one for each in values["pools"] for one in pool(cluster, values, each, software.kubernetes)]
    machine = {**values, "sizing_policy": values.get("control_plane_sizing_policy") or values.get("sizing_policy")}
    labels = {
        "cluster-role.tkg.tanzu.vmware.com/management": "",
        "tanzuKubernetesRelease": software.tkr,
        "tkg.tanzu.vmware.com/cluster-name": cluster,
    }
    network = {
        "pods": {"cidrBlocks": [values["pod_cidr"]]},
        "serviceDomain": "cluster.local",
        "services": {"cidrBlocks": [values["service_cidr"]]},
    }
    head = {
        "clusterNetwork": network,
        "controlPlaneRef": _reference(PLANE, plane_name, cluster),
        "infrastructureRef": _reference(_VCD, cluster, cluster),
    }
    vcd = {
        "site": site,
        "org": values["org"],
        "ovdc": values["vdc"],
        "ovdcNetwork": values["network"],
        "useAsManagementCluster": False,
        "userContext": {"secretRef": {"name": "capi-user-credentials", "namespace": f"{cluster}-ns"}},
    }
    settings = {
        "apiServer": {"certSANs": ["localhost", "127.0.0.1"]},
        "controllerManager": {"extraArgs": {"enable-hostpath-provisioner": "true"}},
        "dns": {"imageRepository": images, "imageTag": software.dns},
        "etcd": {"local": {"imageRepository": images, "imageTag": software.etcd}},
        "imageRepository": images,
    }
    guest = _guest(values, certificates)
    plane = {
        "kubeadmConfigSpec": {
            **guest,
            "clusterConfiguration": settings,
            "initConfiguration": _joining(),
            "joinConfiguration": _joining(),
        },
        "machineTemplate": {"infrastructureRef": _reference(MACHINES, plane_name, cluster)},
        "replicas": values["control_planes"],
        "version": software.kubernetes,
    }
    nodes = {"template": {"spec": {**guest, "useExperimentalRetryJoin": True, "joinConfiguration": _joining()}}}
    notes = {"osInfo": "ubuntu,20.04,amd64", "TKGVERSION": software.tkg}
    return [
        *pools,
        _object(_CLUSTER, cluster, cluster, head, labels=labels, annotations=notes),
        _object(_VCD, cluster, cluster, vcd),
        _machines(cluster, plane_name, values, machine),
        _object(PLANE, plane_name, cluster, plane),
        _object(_NODES, f"{cluster}-kct", cluster, nodes),
    ]


# Changing


def resize(documents: Sequence[Document], control_planes: int | None, workers: Mapping[str, int]) -> None:
    """Other numbers of machines; a pool whose number the autoscaler decides becomes one of a fixed number."""
    for one in of_kind(documents, PLANE):
        if control_planes is not None:
            one["spec"]["replicas"] = control_planes
    for one in of_kind(documents, DEPLOYMENT):
        if name_of(one) in workers:
            one["spec"]["replicas"] = workers[name_of(one)]
            notes = _at(one, "metadata", "annotations") or {}
            for note in (_MIN, _MAX):
                notes.pop(note, None)


def upgrade(documents: Sequence[Document], template: str, software: Software) -> None:
    """Another image, with everything that depends on it; the autoscaler's image follows the minor version."""
    for one in of_kind(documents, MACHINES):
        one["spec"]["template"]["spec"]["template"] = template
    for one in of_kind(documents, PLANE):
        one["spec"]["version"] = software.kubernetes
        settings = one["spec"].setdefault("kubeadmConfigSpec", {}).setdefault("clusterConfiguration", {})
        settings.setdefault("dns", {})["imageTag"] = software.dns
        settings.setdefault("etcd", {}).setdefault("local", {})["imageTag"] = software.etcd
    for one in of_kind(documents, DEPLOYMENT):
        one["spec"]["template"]["spec"]["version"] = software.kubernetes
    for one in of_kind(documents, _CLUSTER):
        about = one["metadata"]
        about["annotations"] = {**(about.get("annotations") or {}), "TKGVERSION": software.tkg}
        about["labels"] = {**(about.get("labels") or {}), "tanzuKubernetesRelease": software.tkr}
