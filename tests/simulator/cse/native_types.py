"""What CSE 3.x registers at the vCD: interfaces, entity types with schemas, behaviors, hooks, rights (contract 5, 6).

Schemas hold what the contract tells of the published ones: required members, kinds, limits, and which members are
protected or private.
"""

from __future__ import annotations

from typing import Any

from ..vcd.entity_types import EntityType
from ..vcd.interfaces import Behavior, Interface
from ..vcd.service import VcdService
from ..world import ORGANIZATION_ADMINISTRATOR

VENDOR, NSS = "cse", "nativeCluster"
OLD, NEW = "1.0.0", "2.1.0"
CREATE, UPDATE, DELETE, DELETE_NFS = (
    f"urn:vcloud:behavior-interface:{name}:cse:k8s:1.0.0"
    for name in ("createCluster", "updateCluster", "deleteCluster", "deleteNfsNode")
)
KUBECONFIG = "urn:vcloud:behavior-interface:createKubeConfig:vmware:k8s:1.0.0"
_READ, _WRITE, _FULL = (f"urn:vcloud:accessLevel:{one}" for one in ("ReadOnly", "ReadWrite", "FullControl"))
_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
_OBJECT: dict[str, Any] = {"type": ["object", "null"]}


def _pool(snake: bool, least: int, most: int, *, sized: bool = True) -> dict[str, Any]:
    sizing, profile = ("sizing_class", "storage_profile") if snake else ("sizingClass", "storageProfile")
    own = {} if snake or not sized else {"cpu": _NUMBER, "memory": _NUMBER}
    count = {"type": "integer", "minimum": least, "maximum": most}
    return {"type": "object", "properties": {"count": count, sizing: _TEXT, profile: _TEXT, **own}}


SCHEMA_OLD: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema",
    "type": "object",
    "required": ["kind", "metadata", "spec"],
    "properties": {
        "kind": {"enum": ["native", "TKG+"]},
        "api_version": _TEXT,
        "metadata": {
            "type": "object",
            "required": ["cluster_name", "org_name", "ovdc_name"],
            "properties": {name: {"type": "string"} for name in ("cluster_name", "org_name", "ovdc_name")},
        },
        "spec": {
            "type": "object",
            "required": ["settings"],
            "properties": {
                "settings": {"type": "object", "required": ["network"], "properties": {"network": {"type": "string"}}},
                "control_plane": _pool(True, 1, 1),
                "workers": _pool(True, 0, 100),
                "nfs": _pool(True, 0, 100),
            },
        },
        "status": _OBJECT,
    },
}
SCHEMA_NEW: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema",
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"enum": ["native", "TKG+", "TKGm", "TanzuKubernetesCluster"]},
        "metadata": {
            "type": "object",
            "required": ["name", "orgName", "virtualDataCenterName", "site"],
            "properties": {name: {"type": "string"} for name in ("name", "orgName", "virtualDataCenterName", "site")},
        },
        "spec": {
            "type": "object",
            "required": ["settings"],
            "properties": {
                "settings": {
                    "type": "object",
                    "required": ["ovdcNetwork"],
                    "properties": {"ovdcNetwork": {"type": "string"}, "sshKey": _TEXT},
                },
                "topology": {
                    "type": "object",
                    "properties": {
                        "controlPlane": _pool(False, 1, 1),
                        "workers": _pool(False, 0, 200),
                        "nfs": _pool(False, 0, 200, sized=False),
                    },
                },
                "distribution": {
                    "type": "object",
                    "properties": {"templateName": _TEXT, "templateRevision": _NUMBER},
                },
            },
        },
        "status": {
            **_OBJECT,
            "x-vcloud-restricted": "protected",
            "properties": {"private": {**_OBJECT, "x-vcloud-restricted": "private"}},
        },
    },
}


def _behavior(urn: str, description: str) -> Behavior:
    return Behavior(urn.split(":")[3], urn, urn, description, {"type": "MQTT", "id": urn.split(":")[3]})


def register(vcd: VcdService, versions: list[str], *, hooks: bool) -> None:
    """Makes interfaces and types known, and gives their rights to every tenant's administrators.

    A provider publishes the bundle by hand; a simulated one has done so.
    """
    interfaces, types = vcd.entities.interfaces, vcd.entities.types
    own = Interface("CSE", VENDOR, "k8s", "1.0.0")
    if hooks:
        for urn in (CREATE, UPDATE, DELETE, DELETE_NFS):
            own.behaviors[urn] = _behavior(urn, f"{urn.split(':')[3]} of CSE")
    common = Interface("Kubernetes", "vmware", "k8s", "1.0.0", read_only=True)
    common.behaviors[KUBECONFIG] = _behavior(KUBECONFIG, "Creates and returns a kubeconfig")
    for one in (own, common):
        interfaces.all[one.id] = one
    for version in versions:
        modern = version != OLD
        made = EntityType(
            f"nativeClusterEntityType_{version}",
            VENDOR,
            NSS,
            version,
            SCHEMA_NEW if modern else SCHEMA_OLD,
            interfaces=[common.id, own.id] if modern else [common.id],
        )
        if modern:
            made.hooks = {"PostCreate": CREATE, "PostUpdate": UPDATE, "PreDelete": DELETE}
            levels = ((CREATE, _WRITE), (UPDATE, _WRITE), (DELETE, _FULL), (DELETE_NFS, _WRITE), (KUBECONFIG, _READ))
            made.behavior_access = list(levels)
        types.define(made)
    publish(vcd, f"{VENDOR}:{NSS}")


def publish(vcd: VcdService, kind: str) -> None:
    """Gives the rights of a type (`vendor:nss`) to the administrators of all organizations."""
    access = vcd.access
    for bundle in access.bundles.values():
        if bundle.name == f"{kind} Entitlement":
            bundle.publish_all = True
    for role in access.global_roles.values():
        if role.name == ORGANIZATION_ADMINISTRATOR:
            role.rights |= {name for name in access.rights if name.startswith(f"{kind}: ")}
