"""What happens to an orchestrator behind everybody's back: settings, folders, elements, REST hosts.

`CHANGES` joins the changes of changes.py; the verbs for it are in vro_verbs.py, README.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .content_changes import CHANGES as CONTENT_CHANGES
from .run_changes import CHANGES as RUN_CHANGES
from .server import Server
from .service import VroService
from .store import CATEGORY_TYPES, KINDS, Action, Element, RestHost

if TYPE_CHECKING:
    from ..vcav.site import SiteServices

Given = Mapping[str, Any]


def _server(group: SiteServices) -> Server:
    service = group.world.services[f"{group.site.name}/vro"]
    if not isinstance(service, VroService):
        raise ValueError(f"{group.site.name} has no orchestrator.")
    return service.server


def _setting(group: SiteServices, given: Given) -> dict[str, Any]:
    """`internal_hrefs` (addresses carry the server's own name), `external_organizations` (names with commas)."""
    changed: dict[str, Any] = {}
    settings = _server(group).settings
    if "internal_hrefs" in given:
        settings.internal_hrefs = changed["internal_hrefs"] = bool(given["internal_hrefs"])
    if "external_organizations" in given:
        names = {one.strip().lower() for one in str(given["external_organizations"]).split(",") if one.strip()}
        settings.external_organizations = names
        changed["external_organizations"] = sorted(names)
    if not changed:
        raise KeyError("internal_hrefs or external_organizations")
    return changed


def _category_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A folder, with what is missing above it."""
    kind = _one_of("type", str(given["type"]), CATEGORY_TYPES)
    category = _server(group).store.ensure_category(kind, str(given["path"]))
    category.description = given.get("description", category.description)
    return {"id": category.id, "name": category.name, "type": kind}


def _category_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A folder with everything in it."""
    store = _server(group).store
    kind, path = _one_of("type", str(given["type"]), CATEGORY_TYPES), str(given["path"])
    category = store.category_at(kind, path)
    if category is None:
        raise ValueError(f"There is no {kind} {path}.")
    store.remove_category(category)
    return {"removed": category.id}


def _one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}, not {value}.")
    return value


def _element(group: SiteServices, given: Given) -> Element:
    """The element of a kind with a name (of an action `module/name`) or an id."""
    store = _server(group).store
    kind, name = _one_of("kind", str(given["kind"]), tuple(KINDS)), str(given["element"])
    found: list[Element] = [
        one
        for one in store.of_kind(kind).values()
        if name in (one.id, one.name) or (isinstance(one, Action) and name == f"{store.module_of(one)}/{one.name}")
    ]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} of {kind} {name}.")
    return found[0]


def _element_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """`name`, `description`, `version`; of an action also `script` and `output_type`. Nothing is validated."""
    element, changed = _element(group, given), {}
    known = ["name", "description", "version", *(("script", "output_type") if isinstance(element, Action) else ())]
    for name, value in given["fields"].items():
        if name not in known:
            raise ValueError(f"A {element.kind} has no {name}; there are {', '.join(known)}.")
        changed[name] = str(value)
        setattr(element, name, str(value))
    return {"id": element.id, **changed}


def _element_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """An element is gone, whatever uses it."""
    element = _element(group, given)
    _server(group).store.remove(element)
    return {"removed": element.id}


def _rest_host(group: SiteServices, given: Given) -> RestHost:
    hosts = _server(group).store.rest_hosts
    found = next((one for one in hosts.values() if given["host"] in (one.name, one.id)), None)
    if found is None:
        raise ValueError(f"There is no REST host {given['host']}.")
    return found


def _rest_host_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A REST host; `operations` are lists of name, method and template."""
    store = _server(group).store
    host = store.add_rest_host(str(given["host"]), str(given["url"]), str(given.get("authentication", "NONE")))
    for name, method, template in given.get("operations", ()):
        store.add_rest_operation(host, str(name), str(method), str(template))
    return {"id": host.id, "operations": list(host.operations)}


def _rest_host_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """`name` or `url`."""
    host, fields = _rest_host(group, given), given["fields"]
    if set(fields) - {"name", "url"}:
        raise ValueError("Of a REST host name and url can be set.")
    for name, value in fields.items():
        setattr(host, name, str(value))
    return {"id": host.id, **fields}


def _rest_host_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A REST host with its operations."""
    host = _rest_host(group, given)
    del _server(group).store.rest_hosts[host.id]
    return {"removed": host.id}


def _of_server(change: Callable[[Server, Given], dict[str, Any]]) -> Callable[[SiteServices, Given], dict[str, Any]]:
    return lambda group, given: change(_server(group), given)


CHANGES: dict[str, Callable[[SiteServices, Given], dict[str, Any]]] = {
    **{name: _of_server(change) for name, change in {**CONTENT_CHANGES, **RUN_CHANGES}.items()},
    "vro-setting": _setting,
    "vro-category-add": _category_add,
    "vro-category-remove": _category_remove,
    "vro-element-set": _element_set,
    "vro-element-remove": _element_remove,
    "vro-rest-host-add": _rest_host_add,
    "vro-rest-host-set": _rest_host_set,
    "vro-rest-host-remove": _rest_host_remove,
}
