"""What happens to defined entities and API tokens behind everybody's back: contents drift, entities go, behaviors end.

`CHANGES` joins the changes of changes.py; the verbs for it are in entity_verbs.py, README.md lists them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .entities import DELETING, ERROR, PRE_CREATED, RESOLVED, Entity
from .service import VcdService

if TYPE_CHECKING:
    from ..vcav.site import SiteServices

Given = Mapping[str, Any]
_STATES = (PRE_CREATED, RESOLVED, ERROR, DELETING)


def _vcd(group: SiteServices) -> VcdService:
    vcd = group.world.services[f"{group.site.name}/vcd"]
    if not isinstance(vcd, VcdService):
        raise ValueError(f"{group.site.name} has no vCD.")
    return vcd


def _entity(vcd: VcdService, wanted: str) -> Entity:
    """An entity by its URN, or by its name when there is one of it."""
    found = [one for one in vcd.entities.all.values() if wanted in (one.id, one.name)]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} defined entities '{wanted}'.")
    return found[0]


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    """Sets a member by its dotted name; null takes it away."""
    *way, last = path.split(".")
    for part in way:
        content = content.setdefault(part, {})
        if not isinstance(content, dict):
            raise ValueError(f"'{part}' in '{path}' is no object.")
    if value is None:
        content.pop(last, None)
    else:
        content[last] = value


def _entity_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """Members of the content by dotted names; `name` and `state` are those of the entity. Nothing is validated."""
    entity = _entity(_vcd(group), str(given["entity"]))
    fields = dict(given["fields"])
    state = fields.pop("state", entity.state)
    if state not in _STATES:
        raise ValueError(f"An entity is {', '.join(_STATES)}, not {state}.")
    entity.name, entity.state = str(fields.pop("name", entity.name)), state
    content = json.loads(json.dumps(entity.content))
    for path, value in fields.items():
        _put(content, str(path), value)
    entity.content = content
    entity.changed()
    return {"id": entity.id, "name": entity.name, "state": entity.state, "entity": entity.content}


def _entity_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """An entity is gone, whatever its state, without hooks."""
    vcd = _vcd(group)
    entity = _entity(vcd, str(given["entity"]))
    vcd.entities.remove(entity)
    return {"removed": entity.id}


def _behavior_finish(group: SiteServices, given: Given) -> dict[str, Any]:
    """What runs on an entity outside of the vCD ends: with a `result` (any JSON), or with an `error` (a sentence)."""
    vcd = _vcd(group)
    entity = _entity(vcd, str(given["entity"]))
    waiting = [
        one
        for one in vcd.tasks.all.values()
        if one.held and one.ended is None and one.owner["id"] == entity.id and one.operation_name == "executeBehavior"
    ]
    if not waiting:
        raise ValueError(f"Nothing runs on the defined entity '{given['entity']}'.")
    task, error = waiting[0], given.get("error")
    if error:
        vcd.tasks.conclude(task, "error", str(error))
    else:
        vcd.tasks.conclude(task, result=json.dumps(given.get("result"), separators=(",", ":")))
    return {"task": task.id, "status": task.outcome}


def _token_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """Somebody revoked an API token; sessions that were made from it go on."""
    vcd = _vcd(group)
    removed = vcd.tokens.remove(str(given["token"]))
    if not removed:
        raise ValueError(f"There is no API token '{given['token']}'.")
    return {"removed": removed}


CHANGES: dict[str, Callable[[SiteServices, Given], dict[str, Any]]] = {
    "entity-set": _entity_set,
    "entity-remove": _entity_remove,
    "behavior-finish": _behavior_finish,
    "token-remove": _token_remove,
}
