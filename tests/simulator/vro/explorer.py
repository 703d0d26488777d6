"""The explorer API of 8.x and 9.x: which types, objects and methods plug-ins have (contract section 12.1)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .exchange import Exchange, not_found
from .explorer_objects import DESCRIBED, SERVER, PluginDescription
from .routes import Route, Routes
from .server import Room
from .store import MODULE_CATEGORY, Action, Plugin

_PATH = "server-configuration/api"


class Explorer(Room):
    """`/server-configuration/api`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls. 7.x has no equivalent that anybody knows."""
        routes.add("GET", _PATH, Route(self.plugins, since=(8, 0)))
        routes.add("GET", f"{_PATH}/plugins/*/*/*", Route(self.details, since=(8, 0)))
        routes.add("GET", f"{_PATH}/category/*", Route(self.actions, since=(8, 0)))

    def plugins(self, exchange: Exchange) -> Reply:
        """`GET /server-configuration/api`. What `detailsLink` holds before `/plugins/` is not told: VDT looks for that
        word and takes what follows."""
        found = [
            {
                "name": one.name,
                "version": one.version,
                "build": one.build,
                "description": one.description,
                "detailsLink": f"/vco/api/{_PATH}/plugins/{one.name}/{one.version}/{one.build}",
            }
            for one in self._installed()
        ]
        return exchange.json({"plugins": found})

    def _installed(self) -> list[Plugin]:
        """What the server has loaded, and its own part of the scripting interface first."""
        release, loaded = self.server.release, self.server.store.plugins.values()
        own = Plugin(SERVER, "Server", release.patch, release.build, "What every script has")
        return [own, *sorted((one for one in loaded if one.enabled), key=lambda one: one.name.lower())]

    def details(self, exchange: Exchange, name: str, version: str, build: str) -> Reply:
        """`GET …/plugins/{plugin}/{version}/{build}`; `filter` is for names, which `isStrict=true` wants whole. What
        `scope` does is not known: it is ignored."""
        if not any((one.name, one.version, one.build) == (name, version, build) for one in self._installed()):
            raise not_found(f"Plug-in {name} {version}.{build} not found")
        # What an uploaded plug-in brings, and most of what is shipped, has no scripting objects here.
        plugin = DESCRIBED.get(name, PluginDescription(name))
        return exchange.json(_document(plugin, exchange.request.first("filter") or "", exchange.flag("isStrict")))

    def actions(self, exchange: Exchange, identity: str) -> Reply:
        """`GET …/category/{id}`: the actions of a module with their parameters."""
        store = self.server.store
        modules = {key: one for key, one in store.categories.items() if one.type == MODULE_CATEGORY}
        module = exchange.pick(modules, identity, "Category")
        self.server.demand(exchange, "r", module)
        found = [
            one
            for one in store.elements_in(module.id)
            if isinstance(one, Action) and self.server.can_see(exchange, one)
        ]
        return exchange.json({"id": module.id, "name": module.name, "actions": [_hint(one) for one in found]})


def _hint(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "name": action.name,
        "returnType": action.output_type,
        "description": action.description or "",
        "version": action.version,
        "categoryId": action.category_id,
        "parameters": [{"name": one.name, "type": one.type, "description": one.description} for one in action.inputs],
    }


def _document(plugin: PluginDescription, wanted: str, strict: bool) -> dict[str, Any]:
    def fits(name: str) -> bool:
        return name == wanted if strict and wanted else wanted.lower() in name.lower()

    return {
        "externalUrl": "",
        "enums": [
            {"name": name, "description": description, "values": list(values)}
            for name, description, values in plugin.enums
            if fits(name)
        ],
        "types": [one.as_json() for one in plugin.types if fits(one.name)],
        "objects": [one.as_json() for one in plugin.objects if fits(one.name)],
    }
