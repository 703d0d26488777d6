"""The payload of a native cluster: RDE 2.x as the one form that is worked on, RDE 1.0 turned into it and back.

`full` fills what is not there with the defaults of the server's model, and drops what the model does not know, as the
server does when it reads a payload (contract 5.3, 5.4). `refuse_update` is the comparison of 5.6.
"""

from __future__ import annotations

import copy
from typing import Any

from .calls import Problem
from .native_types import OLD

Content = dict[str, Any]
PAYLOADS = {"cse.vmware.com/v2.0": (2, 0), "cse.vmware.com/v2.1": (2, 1)}
NEWEST_PAYLOAD = "cse.vmware.com/v2.1"
MUTABLE = (
    "topology.workers.count",
    "topology.nfs.count",
    "distribution.templateName",
    "distribution.templateRevision",
    "settings.network.expose",
)
_POOLS = {"controlPlane": "control_plane", "workers": "workers", "nfs": "nfs"}
_STATUS = {
    "phase": "phase", "cni": "cni", "kubernetes": "kubernetes", "dockerVersion": "docker_version", "os": "os",
    "taskHref": "task_href",
}  # fmt: skip


class Missing(Exception):
    """A key that the model needs; its text is the model's own name in quotes, as Python prints a KeyError."""

    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}'")


def _part(content: Any, name: str, inner: str | None = None) -> Content:
    """A section that must be there. Raises Missing."""
    found = content.get(name) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        raise Missing(inner or name)
    return found


def _optional(content: Content, name: str) -> Content:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _text(content: Content, name: str, inner: str) -> Any:
    if name not in content:
        raise Missing(inner)
    return content[name]


def empty_status() -> Content:
    """`status` of the model before anything is known."""
    return {
        "phase": None, "cni": None, "taskHref": None, "kubernetes": None, "dockerVersion": None, "os": None,
        "externalIp": None, "nodes": None, "uid": None,
        "cloudProperties": {
            "site": None, "orgName": None, "virtualDataCenterName": None, "ovdcNetworkName": None,
            "distribution": {"templateName": "", "templateRevision": 0},
            "sshKey": None, "rollbackOnFailure": True, "exposed": False,
        },
        "persistentVolumes": None, "virtualIPs": None, "private": None, "csi": None,
        "cpi": {"name": None, "version": None},
        "tkgCorePackages": {"kappController": None, "metricsServer": None},
    }  # fmt: skip


def full(content: Any) -> Content:
    """A 2.x payload with every key of the model. Raises Missing."""
    metadata, spec = _part(content, "metadata"), _part(content, "spec")
    _text(content, "apiVersion", "api_version")
    settings = _part(spec, "settings")
    topology, distribution = _optional(spec, "topology"), _optional(spec, "distribution")
    network = _optional(settings, "network")
    names = (("name", "name"), ("orgName", "org_name"), ("virtualDataCenterName", "virtual_data_center_name"))
    pools: Content = {}
    for name in _POOLS:
        given = _optional(topology, name)
        pools[name] = {key: given.get(key) for key in ("sizingClass", "storageProfile")}
        pools[name]["count"] = given.get("count", 1 if name == "controlPlane" else 0)
        if name != "nfs":
            pools[name] |= {key: given.get(key) for key in ("cpu", "memory")}
    cni = _optional(settings, "cni")
    old_cni = network.get("cni")
    if isinstance(old_cni, dict) and old_cni.get("name") and not cni.get("name"):
        # 2.0 names it there; the server moves it.
        name, _blank, version = str(old_cni["name"]).partition(" ")
        cni = {"name": name, "version": version}
    made: Content = {
        "apiVersion": NEWEST_PAYLOAD,
        "kind": content.get("kind", "native"),
        "metadata": {key: _text(metadata, key, inner) for key, inner in (*names, ("site", "site"))},
        "spec": {
            "topology": pools,
            "settings": {
                "ovdcNetwork": _text(settings, "ovdcNetwork", "ovdc_network"),
                "sshKey": settings.get("sshKey"),
                "rollbackOnFailure": settings.get("rollbackOnFailure", True),
                "network": {
                    "cni": None,
                    "pods": network.get("pods"),
                    "services": network.get("services"),
                    "expose": network.get("expose", False),
                },
                "csi": settings.get("csi"),
                "cni": {key: cni.get(key) for key in ("name", "version")},
                "cpi": {key: _optional(settings, "cpi").get(key) for key in ("name", "version")},
            },
            "distribution": {
                "templateName": distribution.get("templateName", ""),
                # TKGm's templates have one revision; 0 is accepted as unset (5.12).
                "templateRevision": distribution.get("templateRevision", 0) or int(content.get("kind") == "TKGm"),
            },
        },
        "status": copy.deepcopy({**empty_status(), **_optional(content, "status")}),
    }
    return made


# RDE 1.0


def from_old(content: Any) -> Content:
    """A 1.0 payload as a 2.x one; its own defaults (one worker). Raises Missing."""
    metadata, spec = _part(content, "metadata"), _part(content, "spec")
    settings = _part(spec, "settings")
    pools: Content = {}
    for name, old in _POOLS.items():
        given = _optional(spec, old)
        pools[name] = {"sizingClass": given.get("sizing_class"), "storageProfile": given.get("storage_profile")}
        pools[name]["count"] = given.get("count", 0 if name == "nfs" else 1)
    distribution, status = _optional(spec, "k8_distribution"), _optional(content, "status")
    wanted = {
        "templateName": distribution.get("template_name") or "",
        "templateRevision": distribution.get("template_revision") or 0,
    }
    made = full(
        {
            "apiVersion": NEWEST_PAYLOAD,
            "kind": content.get("kind", "native"),
            "metadata": {
                "name": _text(metadata, "cluster_name", "cluster_name"),
                "orgName": _text(metadata, "org_name", "org_name"),
                "virtualDataCenterName": _text(metadata, "ovdc_name", "ovdc_name"),
                "site": "",
            },
            "spec": {
                "topology": pools,
                "settings": {
                    "ovdcNetwork": _text(settings, "network", "network"),
                    "sshKey": settings.get("ssh_key"),
                    "rollbackOnFailure": settings.get("rollback_on_failure", True),
                    "network": {"expose": spec.get("expose", False)},
                },
                "distribution": wanted,
            },
        }
    )
    told = made["status"]
    for new, old in _STATUS.items():
        told[new] = status.get(old)
    nodes = status.get("nodes")
    if isinstance(nodes, dict):
        profile = {key: pools[key]["storageProfile"] for key in pools}
        first = nodes.get("control_plane")
        told["nodes"] = {
            "controlPlane": _new_node(first, profile["controlPlane"]) if first else None,
            "workers": [_new_node(one, profile["workers"]) for one in nodes.get("workers") or ()],
            "nfs": [_new_node(one, profile["nfs"]) for one in nodes.get("nfs") or ()],
        }
    told["cloudProperties"] |= {
        "orgName": made["metadata"]["orgName"],
        "virtualDataCenterName": made["metadata"]["virtualDataCenterName"],
        "ovdcNetworkName": made["spec"]["settings"]["ovdcNetwork"],
        "distribution": dict(wanted),
        "sshKey": settings.get("ssh_key"),
        "rollbackOnFailure": settings.get("rollback_on_failure", True),
        "exposed": bool(status.get("exposed")),
    }
    return made


def _new_node(node: Content, profile: str | None) -> Content:
    return {
        "name": node.get("name"), "ip": node.get("ip"), "sizingClass": node.get("sizing_class"),
        "storageProfile": profile, "cpu": None, "memory": None,
    }  # fmt: skip


def to_old(content: Content) -> Content:
    """The 1.0 form of a worked-on payload; `exports` becomes the text that Python prints of a list."""
    spec, status, metadata = content["spec"], content["status"], content["metadata"]
    settings, nodes = spec["settings"], status.get("nodes")

    def node(one: Content, *, exports: bool = False) -> Content:
        found = {"name": one["name"], "ip": one["ip"], "sizing_class": one.get("sizingClass")}
        return {**found, "exports": str(one.get("exports") or [])} if exports else found

    return {
        "kind": content["kind"],
        "api_version": "",
        "metadata": {
            "cluster_name": metadata["name"],
            "org_name": metadata["orgName"],
            "ovdc_name": metadata["virtualDataCenterName"],
        },
        "spec": {
            "settings": {
                "network": settings["ovdcNetwork"],
                "ssh_key": settings["sshKey"],
                "rollback_on_failure": settings["rollbackOnFailure"],
            },
            **{
                old: {
                    "count": spec["topology"][new]["count"],
                    "sizing_class": spec["topology"][new]["sizingClass"],
                    "storage_profile": spec["topology"][new]["storageProfile"],
                }
                for new, old in _POOLS.items()
            },
            "k8_distribution": {
                "template_name": spec["distribution"]["templateName"],
                "template_revision": spec["distribution"]["templateRevision"],
            },
            "expose": settings["network"]["expose"],
        },
        "status": {
            **{old: status.get(new) for new, old in _STATUS.items()},
            "exposed": status["cloudProperties"]["exposed"],
            "nodes": {
                "control_plane": node(nodes["controlPlane"]) if nodes["controlPlane"] else None,
                "workers": [node(one) for one in nodes["workers"]],
                "nfs": [node(one, exports=True) for one in nodes["nfs"]],
            }
            if nodes
            else None,
        },
    }


def load(type_id: str, content: Content) -> Content:
    """An entity's content in the form that is worked on. Raises Missing."""
    return from_old(content) if type_id.endswith(f":{OLD}") else full(content)


def store(type_id: str, content: Content) -> Content:
    """The way back."""
    return to_old(content) if type_id.endswith(f":{OLD}") else content


# Updates


def _flat(part: Any, path: str = "") -> dict[str, Any]:
    if isinstance(part, dict) and part:
        return {key: value for name, one in part.items() for key, value in _flat(one, f"{path}{name}.").items()}
    return {path.rstrip("."): part}


def reference(content: Content) -> Content:
    """The spec that a status amounts to (5.6). Raises Problem where the status does not tell."""
    status = content["status"]
    cloud, nodes = status.get("cloudProperties"), status.get("nodes") or {}
    if not cloud or not cloud.get("ovdcNetworkName"):
        raise Problem(500, "'NoneType' object has no attribute 'template_name'")
    pools: Content = {"controlPlane": {"count": 1}}
    for name in ("workers", "nfs"):
        pools[name] = {"count": len(nodes.get(name) or ())}
    firsts = {
        "controlPlane": nodes.get("controlPlane"),
        "workers": next(iter(nodes.get("workers") or ()), None),
        "nfs": next(iter(nodes.get("nfs") or ()), None),
    }
    for name, first in firsts.items():
        keys = ("sizingClass", "storageProfile", *(() if name == "nfs" else ("cpu", "memory")))
        pools[name] |= {key: (first or {}).get(key) for key in keys}
        if name != "nfs" and pools[name]["sizingClass"]:
            pools[name] |= {"cpu": None, "memory": None}
    cni, _blank, version = str(status.get("cni") or "").partition(" ")
    return {
        "topology": pools,
        "settings": {
            "ovdcNetwork": cloud["ovdcNetworkName"],
            "sshKey": cloud["sshKey"],
            "rollbackOnFailure": cloud["rollbackOnFailure"],
            "network": {"expose": cloud["exposed"]},
            "csi": status.get("csi"),
            "cni": {"name": cni or None, "version": version},
            "cpi": status.get("cpi"),
        },
        "distribution": dict(cloud["distribution"]),
    }


def differences(wanted: Content, present: Content) -> dict[str, tuple[Any, Any]]:
    """Fields of a spec that differ from a reference: wanted and present value; null and CIDRs never do."""
    given, known = _flat(wanted), _flat(present)
    left_out = {"settings.network.pods.cidrBlocks", "settings.network.services.cidrBlocks"}
    for pool in ("workers", "nfs"):
        if not present["topology"][pool]["count"]:
            left_out |= {f"topology.{pool}.{key}" for key in ("sizingClass", "storageProfile", "cpu", "memory")}
    return {
        key: (value, known.get(key))
        for key, value in given.items()
        if value is not None and key not in left_out and value != known.get(key)
    }


def refuse_update(wanted: Content, present: Content, *, snake: bool = False) -> None:
    """The synchronous checks of an update: 400 for immutable fields and for two kinds of change at once."""
    found = differences(wanted, present)
    fixed = sorted(key for key in found if key not in MUTABLE)
    if fixed:
        told = "".join(f"{_named(key, snake)} found : {found[key][0]} expected : {found[key][1]}, " for key in fixed)
        raise Problem(400, f"Change detected in immutable field(s) [{told}].")
    counts = any(key.endswith(".count") for key in found)
    if counts and any(key.startswith("distribution.") for key in found):
        raise Problem(400, "Cannot resize and upgrade the cluster at the same time")


def _named(key: str, snake: bool) -> str:
    """A field in the words of the payload that was sent."""
    if not snake:
        return key
    for new, old in (
        ("topology.controlPlane.", "control_plane."), ("topology.", ""), ("settings.ovdcNetwork", "settings.network"),
        ("sshKey", "ssh_key"), ("rollbackOnFailure", "rollback_on_failure"), ("sizingClass", "sizing_class"),
        ("storageProfile", "storage_profile"), ("distribution.", "k8_distribution."),
    ):  # fmt: skip
        key = key.replace(new, old)
    return key
