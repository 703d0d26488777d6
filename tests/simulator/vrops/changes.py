"""Changes of a vRealize Operations behind everybody's back: instances, and the targets that they collect from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .state import Instance, State

if TYPE_CHECKING:
    from ..vcav.site import SiteServices


def _state(group: SiteServices) -> State:
    service = group.world.services[f"{group.site.name}/vrops"]
    state: State = service.state  # type: ignore[attr-defined]
    return state


def _set(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an adapter instance: name, description, minutes, state, or an identifier by its name."""
    state = _state(group)
    instance: Instance = state.of_name(str(given["instance"]))
    for name, value in given["fields"].items():
        if name == "minutes":
            instance.minutes = int(value)
        elif name in ("name", "description", "state"):
            setattr(instance, name, str(value))
        elif instance.kind.identifier(name):
            instance.identifiers[name] = str(value)
        else:
            raise ValueError(f"An adapter instance has no {name}: name, description, minutes, state or an identifier.")
    return {"instance": instance.name, "state": instance.state}


def _remove(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """An adapter instance is gone, with what it found."""
    state = _state(group)
    instance = state.of_name(str(given["instance"]))
    del state.instances[instance.id]
    return {"removed": instance.name}


def _target(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A host that is monitored does or does not answer, or presents a new certificate; answers its thumbprint."""
    state, host = _state(group), str(given["host"]).lower()
    does = str(given["does"])
    if does == "answer":
        state.unreachable.discard(host)
    elif does == "silence":
        state.unreachable.add(host)
    elif does == "new-certificate":
        state.renewed[host] = state.renewed.get(host, 0) + 1
    else:
        raise ValueError(f"A target can answer, silence or new-certificate, not {does}.")
    return {"host": host, "thumbprint": state.thumbprint(host)}


CHANGES: dict[str, Callable[[SiteServices, Mapping[str, Any]], dict[str, Any]]] = {
    "adapter-set": _set,
    "adapter-remove": _remove,
    "adapter-target": _target,
}
