"""What happens to packages, plug-ins and values behind everybody's back; changes.py takes these among its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import values
from .packages import remove_package
from .server import Server
from .store import Configuration

Given = Mapping[str, Any]


def _package_remove(server: Server, given: Given) -> dict[str, Any]:
    """A package, with its members or without; nothing counts as in use afterwards."""
    package = server.store.packages.get(str(given["package"]))
    if package is None:
        raise ValueError(f"There is no package {given['package']}.")
    gone = remove_package(server.store, package, with_content=bool(given.get("content", False)))
    return {"removed": package.name, "elements": [one.id for one in gone]}


def _plugin_set(server: Server, given: Given) -> dict[str, Any]:
    """`version`, `build`, `enabled`, `display_name` of a plug-in; an unknown one is new."""
    known = {"version": str, "build": str, "enabled": bool, "display_name": str}
    for name in given["fields"]:
        if name not in known:
            raise ValueError(f"A plug-in has no {name}; there are {', '.join(known)}.")
    changed = {name: known[name](value) for name, value in given["fields"].items()}
    server.installer.set(str(given["plugin"]), **changed)
    return {"plugin": given["plugin"], **changed}


def _plugin_remove(server: Server, given: Given) -> dict[str, Any]:
    """A plug-in, shipped or not."""
    if server.store.plugins.pop(str(given["plugin"]), None) is None:
        raise ValueError(f"There is no plug-in {given['plugin']}.")
    return {"removed": given["plugin"]}


def _attribute_set(server: Server, given: Given) -> dict[str, Any]:
    """Plain values of attributes of a configuration element, by the element's name or id; null takes a value away."""
    wanted = str(given["element"])
    found = [one for one in server.store.configurations.values() if wanted in (one.id, one.name)]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} of {Configuration.kind} {wanted}.")
    by_name = {one.name: one for one in found[0].attributes}
    for name, value in given["fields"].items():
        if name not in by_name:
            raise ValueError(f"{wanted} has no attribute {name}; there are {', '.join(by_name)}.")
        key = values.key_of(by_name[name].type)
        if key in ("array", "composite", "properties", "sdk-object", "mime-attachment"):
            raise ValueError(f"{name} is of type {by_name[name].type}, which has no plain value.")
        wire = None if value is None else {key or "string": {"value": value}}
        try:
            by_name[name].value = values.coerce(by_name[name].type, wire, name)
        except values.BadValue as problem:
            raise ValueError(str(problem)) from problem
    return {"id": found[0].id}


CHANGES: dict[str, Callable[[Server, Given], dict[str, Any]]] = {
    "vro-package-remove": _package_remove,
    "vro-plugin-set": _plugin_set,
    "vro-plugin-remove": _plugin_remove,
    "vro-attribute-set": _attribute_set,
}
