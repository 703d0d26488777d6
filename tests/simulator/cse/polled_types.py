"""What CSE 4.x registers at the vCD: the type of its clusters and that of its own configuration (contract 7.1)."""

from __future__ import annotations

import uuid
from typing import Any

from ..vcd.entities import RESOLVED, Entity
from ..vcd.entities_access import GrantList
from ..vcd.entity_types import EntityType
from ..vcd.interfaces import NOOP, Behavior, Interface
from ..vcd.service import VcdService
from ..vcd.sessions import SYSTEM_ID
from .native_types import publish

VENDOR, NSS, CONFIG_NSS = "vmware", "capvcdCluster", "VCDKEConfig"
FULL_ENTITY = "urn:vcloud:behavior-interface:getFullEntity:cse:capvcd:1.0.0"
_OBJECT: dict[str, Any] = {"type": "object"}
_KEPT = "x-vcloud-restricted"


def _schema(version: str) -> dict[str, Any]:
    """Required members as the contract's example has them; the kubeconfig is hidden from who has no full control in
    1.1.0 and from everybody later."""
    private = {**_OBJECT, _KEPT: "private"} if version == "1.1.0" else {**_OBJECT, _KEPT: "secure"}
    secure = {**_OBJECT, _KEPT: "secure"}
    vcd_ke = {
        **_OBJECT,
        "properties": {
            "isVCDKECluster": {"type": "boolean"},
            "markForDelete": {"type": "boolean"},
            "forceDelete": {"type": "boolean"},
            "autoRepairOnErrors": {"type": "boolean"},
            "secure": secure,
        },
    }
    capi = {"type": "string"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema",
        "type": "object",
        "required": ["kind", "metadata", "apiVersion", "spec"],
        "properties": {
            "kind": {"type": "string"},
            "apiVersion": {"type": "string"},
            "metadata": {**_OBJECT, "required": ["name", "orgName", "virtualDataCenterName", "site"]},
            "spec": {**_OBJECT, "required": ["capiYaml"], "properties": {"vcdKe": vcd_ke, "capiYaml": capi}},
            "status": {**_OBJECT, "properties": {"capvcd": {**_OBJECT, "properties": {"private": private}}}},
        },
    }


def _configuration(version: str) -> dict[str, Any]:
    """`vcdKeConfig` as an installation leaves it."""
    conditions = [{"type": "Ready", "status": status, "timeout": "900s"} for status in ("Unknown", "False")]
    return {
        "profiles": [
            {
                "name": "production",
                "active": True,
                "containerRegistryUrl": "projects.registry.vmware.com",
                "githubConfig": {"githubPersonalAccessToken": ""},
                "K8Config": {
                    "certificateAuthorities": [],
                    "cni": {"name": "antrea", "version": ""},
                    "cpi": {"name": "cpi for cloud director", "version": "1.6.0"},
                    "csi": [{"name": "csi for cloud director", "version": "1.6.0"}],
                    "mhc": {
                        "maxUnhealthyNodes": 100,
                        "nodeStartupTimeout": "900",
                        "nodeNotReadyTimeout": "300",
                        "nodeUnknownTimeout": "200",
                        "unhealthyConditions": conditions,
                    },
                    "rdeProjectorVersion": "0.7.1",
                },
                "serverConfig": {"rdePollIntervalInMin": 1, "heartbeatWatcherTimeoutInMin": 10},
                "vcdConfig": {"sysLogger": {"host": "", "port": ""}},
                "vcdKeInstances": [{"name": "vcd-container-service-extension", "version": version}],
            }
        ]
    }


def register(vcd: VcdService, version: str, full_version: str) -> Entity:
    """Makes types, behavior and rights known; answers the entity of the configuration, which the provider owns."""
    interfaces, types = vcd.entities.interfaces, vcd.entities.types
    capvcd = Interface("CAPVCD", "cse", "capvcd", "1.0.0")
    description = "Returns the entity with what is hidden"
    capvcd.behaviors[FULL_ENTITY] = Behavior(
        "getFullEntity", FULL_ENTITY, FULL_ENTITY, description, {"type": NOOP, "id": NOOP}
    )
    interfaces.all[capvcd.id] = capvcd
    made = EntityType("CAPVCD Cluster", VENDOR, NSS, version, _schema(version), interfaces=[capvcd.id], needs_etag=True)
    made.behavior_access = [(FULL_ENTITY, "urn:vcloud:accessLevel:FullControl")]
    types.define(made)
    own = "1.0.0" if version == "1.1.0" else "1.1.0"
    config = EntityType("VCD-KE RDE Schema", VENDOR, CONFIG_NSS, own, {"type": "object"})
    types.define(config)
    for nss in (NSS, CONFIG_NSS):
        publish(vcd, f"{VENDOR}:{nss}")
    identity = f"urn:vcloud:entity:{VENDOR}:{CONFIG_NSS}:{uuid.uuid4()}"
    name = vcd.site_state.spec.vcd_administrator.partition("@")[0]
    owner = (name, f"urn:vcloud:user:{identity}")
    entity = Entity(identity, config.id, "vcdKeConfig", _configuration(full_version), None, owner, SYSTEM_ID, RESOLVED)
    entity.grants = GrantList(identity)
    vcd.entities.all[identity] = entity
    return entity
