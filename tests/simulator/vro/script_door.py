"""What scripts of an orchestrator reach of it: modules, elements, runs, REST hosts, and objects of plug-ins.

Everything that core.js and rest.js ask arrives here, between two requests, and is answered with values of the wire.
What an object of a type has is a `View`; views of the system's own types are in script_views.py, those of plug-ins are
made of what the catalog shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from . import script_views
from .catalog import PluginFailure
from .execution import stamp
from .listing import Condition
from .script_views import text
from .store import MODULE_CATEGORY, Clash, RestHost, new_id

if TYPE_CHECKING:
    from .catalog import Item
    from .server import Server
    from .values import Wire

Answer = Callable[[dict[str, Any]], None]

# java.text.SimpleDateFormat -> strptime, for the letters that dates are read with most.
_LETTERS = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "dd": "%d", "HH": "%H", "hh": "%I", "mm": "%M",
    "ss": "%S", "SSS": "%f", "a": "%p", "Z": "%z", "EEE": "%a", "EEEE": "%A",
}  # fmt: skip


class NotThere(Exception):
    """What a script asked for cannot be done; the message is what it is thrown."""


class ScriptDoor:
    """The door of all scripts of one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._views = script_views.Views(server)
        self._calls: dict[str, Callable[..., Any]] = {
            "module": self._module,
            "modules": self._modules,
            "action": self._action,
            "uuid": new_id,
            "parse date": self._parse_date,
            "where": self._where,
            "find": self._find,
            "find all": self._find_all,
            "describe": self._describe,
            "rest host": self._rest_host,
            "rest host of": self._rest_host_of,
            "rest hosts": lambda: list(self.server.store.rest_hosts),
            "rest add host": self._add_rest_host,
            "rest update host": self._update_rest_host,
            "rest remove host": lambda identity: self.server.store.rest_hosts.pop(identity, None) and None,
            "rest add operation": self._add_rest_operation,
            "rest remove operation": self._remove_rest_operation,
        }

    def ask(self, user: str, name: str, args: list[Any], answer: Answer) -> None:
        """A question of a script that somebody started; answered at once, but for `sleep`."""
        if name == "sleep":
            until = self.server.world.now_ms() + int(args[0])
            self.server.runs.at(until, lambda: answer({"value": None, "now": self.server.world.now_ms()}))
            return
        try:
            if name == "call":
                value = self._views.call(user, *args)
            elif name.startswith("Server."):
                value = self._views.server_call(user, name.partition(".")[2], args)
            elif name in self._calls:
                value = self._calls[name](*args)
            else:
                raise NotThere(f"The simulator does not know {name}")
        except (NotThere, script_views.NoSuchMember, Clash, PluginFailure) as problem:
            answer({"error": str(problem)})
        except (TypeError, KeyError, ValueError, AttributeError):
            # Arguments of other types or numbers than the call takes.
            answer({"error": f"Wrong arguments for {_asked(name, args)}"})
        else:
            answer({"value": value})

    # Modules and actions

    def _module(self, name: str) -> dict[str, Any] | None:
        store = self.server.store
        category = store.category_at(MODULE_CATEGORY, name)
        if category is None:
            return None
        found = [{"name": one.name, "id": one.id} for one in store.elements_in(category.id) if one.kind == "Action"]
        return {"name": category.name, "description": category.description, "actions": found}

    def _modules(self) -> list[dict[str, Any] | None]:
        return [self._module(one.name) for one in self.server.store.children_of(None, MODULE_CATEGORY)]

    def _action(self, module: str, name: str) -> dict[str, Any]:
        action = self.server.store.action_named(module, name)
        if action is None:
            raise NotThere(f"Action {module}/{name} not found")
        if action.runtime:
            return {"refusal": f"The simulator runs JavaScript; {name} is written for {action.runtime}"}
        return {"script": action.script, "parameters": [one.name for one in action.inputs]}

    # Objects

    def _item(self, kind: str, identity: str) -> Item | None:
        return self.server.catalog.find(kind, identity)

    def _find(self, kind: str, identity: str) -> Wire | None:
        found = self._views.exists(kind, identity) or self._item(kind, identity) is not None
        return {"sdk-object": {"type": kind, "id": identity}} if found else None

    def _find_all(self, kind: str, query: str | None) -> list[Wire]:
        """All of a type that fit. Query languages of plug-ins differ and are hardly known: `name=X`, `name~X`, a bare
        text as a part of the name, and three forms of XPath are understood."""
        items = self.server.catalog.find_all(kind)
        if query:
            fits = _query(query)
            items = [one for one in items if fits(one)]
        views = {one.id: self._views.of_item(one) for one in items}
        return [
            # What is found comes with what it is, so that a script that looks at all of them does not ask for each.
            {"sdk-object": {"type": kind, "id": key, **({} if view is None else {"view": view.described()})}}
            for key, view in views.items()
        ]

    def _describe(self, kind: str, identity: str) -> dict[str, Any] | None:
        view = self._views.view(kind, identity)
        return None if view is None else view.described()

    @staticmethod
    def _parse_date(value: str, pattern: str) -> Wire:
        """`System.getDateFromFormat`; the server's zone is UTC."""
        form, place = "", 0
        while place < len(pattern):
            end = place
            while end < len(pattern) and pattern[end] == pattern[place]:
                end += 1
            form += _LETTERS.get(pattern[place:end], pattern[place:end].replace("'", ""))
            place = end
        try:
            moment = datetime.strptime(value, form)
        except ValueError as problem:
            raise NotThere(f'Unparseable date: "{value}"') from problem
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return {"date": {"value": stamp(round(zoned.timestamp() * 1000))}}

    # REST hosts

    def _where(self, url: str) -> list[str | int] | None:
        """The actual address of a service that a script reaches by a name of the estate; None for any other URL."""
        names = self.server.world.names
        found = names.find(url)
        if found is None:
            return None
        same = [one for one in names.of(found.service) if one.role == found.role and one.host == "127.0.0.1"]
        return [same[0].host, same[0].port] if same else None

    def _rest_host(self, identity: str) -> dict[str, Any] | None:
        host = self.server.store.rest_hosts.get(identity)
        if host is None:
            return None
        given = host.settings
        properties = [
            given.get("sessionMode") or "Shared Session",
            given.get("authUserName"),
            given.get("authPassword"),
        ]
        return {
            "id": host.id,
            "name": host.name,
            "url": host.url,
            "connectionTimeout": given.get("connectionTimeout") or 30,
            "operationTimeout": given.get("operationTimeout") or 60,
            "hostVerification": given.get("hostVerification") is not False,
            "proxyHost": given.get("proxyHost") if given.get("useProxy") is not False else None,
            "proxyPort": given.get("proxyPort") or 0,
            "authentication": {"type": host.authentication, "properties": properties},
            "operations": [
                {
                    "id": one.id,
                    "name": one.name,
                    "method": one.method,
                    "urlTemplate": one.url_template,
                    "defaultContentType": one.content_type or None,
                }
                for one in host.operations.values()
            ],
        }

    def _rest_host_of(self, operation_id: str) -> str | None:
        hosts = self.server.store.rest_hosts.values()
        return next((one.id for one in hosts if operation_id in one.operations), None)

    def _host(self, identity: str) -> RestHost:
        found = self.server.store.rest_hosts.get(identity)
        if found is None:
            raise NotThere(f"REST host with ID '{identity}' not found")
        return found

    def _add_rest_host(self, name: Any, url: Any, kind: Any, properties: Any, settings: dict[str, Any]) -> str:
        if not name or not url:
            raise NotThere("A REST host needs a name and a URL")
        host = self.server.store.add_rest_host(str(name), str(url), str(kind or "NONE"), **settings)
        self._credentials(host, properties)
        return host.id

    def _update_rest_host(
        self, identity: str, name: Any, url: Any, kind: Any, properties: Any, settings: dict[str, Any]
    ) -> None:
        host = self._host(identity)
        host.name, host.url, host.authentication = str(name), str(url), str(kind or "NONE")
        host.settings |= settings
        self._credentials(host, properties)

    @staticmethod
    def _credentials(host: RestHost, properties: Any) -> None:
        for key, value in zip(("sessionMode", "authUserName", "authPassword"), properties or (), strict=False):
            host.settings[key] = value

    def _add_rest_operation(self, host_id: str, name: Any, method: Any, template: Any, content_type: Any) -> str:
        host = self._host(host_id)
        texts = (str(name), str(method), str(template or ""))
        return self.server.store.add_rest_operation(host, *texts, str(content_type or "")).id

    def _remove_rest_operation(self, host_id: str, identity: str) -> None:
        self._host(host_id).operations.pop(identity, None)


def _asked(name: str, args: list[Any]) -> str:
    """What a script called, in its own words."""
    return f"{args[0]}.{args[2]}" if name == "call" and len(args) > 2 else name


def _query(query: str) -> Callable[[Item], bool]:
    """What a query of a script asks of an object. Raises NotThere for one that cannot be read."""
    if query.startswith("xpath:"):
        path = re.fullmatch(r"""xpath:\s*name\s*=\s*(['"])(?P<text>.*)\1\s*""", query)
        if path:
            wanted = path["text"]
            return lambda item: item.name == wanted
        path = re.fullmatch(
            r"""xpath:\s*(?P<how>contains|matches)\(\s*name\s*,\s*(['"])(?P<text>.*)\2\s*\)\s*""", query
        )
        if path is None:
            raise NotThere(f"The simulator does not understand the query {query}")
        pattern = re.compile(path["text"] if path["how"] == "matches" else re.escape(path["text"]))
        return lambda item: pattern.search(item.name) is not None
    found = re.fullmatch(r"(?P<field>[\w@.]+)(?P<sign>[=~])(?P<text>.*)", query)
    condition = Condition(found["field"], found["sign"], found["text"]) if found else Condition("name", "~", query)
    return lambda item: condition.fits({"name": item.name, **_texts(item)}, True)


def _texts(item: Item) -> dict[str, str | None]:
    return {name: text(value) for name, value in item.attributes.items()}
