"""What the tests of defined entities begin with: the type tyrell:nexus, and short calls of the modules."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity import Entity
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_interface import Interface
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_type import EntityType
from tests.unit.plugins.modules import vcds

NEXUS = {"vendor": "tyrell", "nss": "nexus", "version": "1.0.0"}
URN = "urn:vcloud:type:tyrell:nexus:1.0.0"
REPLICANT = {"vendor": "tyrell", "nss": "replicant", "version": "1.0.0"}
SCHEMA = {
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "lifespan_years": {"type": "integer", "minimum": 1},
        "awake": {"type": "boolean"},
    },
    "required": ["model"],
}
CONTENT = {"model": "Nexus-6", "lifespan_years": 4}


def interface(vcd: Any, **more: Any) -> Any:
    return vcd.run(Interface, **{**REPLICANT, **more})


def entity_type(vcd: Any, **more: Any) -> Any:
    return vcd.run(EntityType, **{**NEXUS, "name": "Nexus", "schema": SCHEMA, **more})


def entity(vcd: Any, check: bool = False, **more: Any) -> Any:
    return vcd.run(Entity, check, **{**NEXUS, "name": "Roy", "content": CONTENT, "wait_interval": 1, **more})


def stored(vcd: Any) -> dict[str, Any]:
    """The entities of the simulator by id."""
    found: dict[str, Any] = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"].entities.all
    return found


def only(vcd: Any) -> Any:
    """The one that is there."""
    (found,) = stored(vcd).values()
    return found
