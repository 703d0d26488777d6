"""Plug-ins of the portal: their metadata, their file, and for which organizations they are (contract section 5.4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..wire import Reply
from ..world import Organization
from .directory import REFERENCE, Directory, urn
from .exchange import Exchange, Refusal, bad_request
from .json_body import check_object, read_json, read_object
from .listing import answer
from .routes import Route, Routes
from .themes import only_provider
from .transfer import Transfers, UploadSpec
from .versions import ApiNumber

URN = "urn:vcloud:uiPlugin:"
_PATH = "/cloudapi/extensions/ui"
_SINCE: ApiNumber = (30, 0)
_POINTS_SINCE: ApiNumber = (32, 0)
_PAGES_SINCE: ApiNumber = (35, 0)
_TEXTS = ("pluginName", "vendor", "version", "license", "link")
_FLAGS = ("tenant_scoped", "provider_scoped", "enabled")
_KEY = ("pluginName", "vendor", "version")
_METADATA: dict[str, type] = {
    **dict.fromkeys((*_TEXTS, "description"), str),
    **dict.fromkeys(_FLAGS, bool),
    # Read-only; a client that sends back what it was given is not refused.
    **dict.fromkeys(("id", "plugin_status", "resourcePath"), str),
}
_POINT: dict[str, type] = {"extensionPointId": str, "pluginId": str, "name": str, "enabled": bool}


@dataclass
class UiPlugin:
    """One plug-in."""

    id: str
    """Bare UUID."""
    metadata: dict[str, Any]
    content: bytes | None = None
    tenants: dict[str, Organization] = field(default_factory=dict)
    """The organizations that it is published to, by bare id."""

    def view(self) -> dict[str, Any]:
        """The document. How a resource path looks is not published."""
        ready = self.content is not None
        return {
            **self.metadata,
            "id": f"{URN}{self.id}",
            "plugin_status": "ready" if ready else "unavailable",
            "resourcePath": self.id if ready else None,
        }


class UiPlugins:
    """The plug-ins of one vCD."""

    def __init__(self, directory: Directory, transfers: Transfers) -> None:
        self.directory = directory
        self.transfers = transfers
        self.plugins: dict[str, UiPlugin] = {}
        """By bare UUID."""
        self._points: dict[str, list[dict[str, Any]]] = {}

    def clear(self) -> None:
        """Forgets all of them."""
        self.plugins.clear()
        self._points.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add, one = routes.add, f"{_PATH}/*"
        add("GET", _PATH, Route(self.read_all, since=_SINCE))
        add("POST", _PATH, Route(self.create, since=_SINCE, writes=True))
        add("GET", f"{_PATH}/extensionPoints", Route(self.read_points, since=_POINTS_SINCE))
        add("PUT", f"{_PATH}/extensionPoints", Route(self.replace_points, since=_POINTS_SINCE, writes=True))
        add("GET", one, Route(self.read, since=_SINCE))
        add("PUT", one, Route(self.replace, since=_SINCE, writes=True))
        add("DELETE", one, Route(self.delete, since=_SINCE, writes=True))
        add("POST", f"{one}/plugin", Route(self.upload, since=_SINCE, writes=True))
        add("DELETE", f"{one}/plugin", Route(self.delete_content, since=_SINCE, writes=True))
        add("GET", f"{one}/tenants", Route(self.read_tenants, since=_SINCE))
        for name, action in (
            ("publish", self._publish),
            ("unpublish", self._unpublish),
            ("publishAll", self._publish_all),
            ("unpublishAll", self._unpublish_all),
        ):

            def change(
                exchange: Exchange, identity: str, action: Callable[[Exchange, UiPlugin], None] = action
            ) -> Reply:
                plugin = self._to_change(exchange, identity)
                action(exchange, plugin)
                return self._tenants(exchange, plugin)

            add("POST", f"{one}/tenants/{name}", Route(change, since=_SINCE, writes=True))

    # Rules

    def _sees(self, exchange: Exchange, plugin: UiPlugin) -> bool:
        """A tenant sees what its portal would load (INFERRED); System sees everything."""
        session = exchange.user
        if session.is_provider:
            return True
        published = session.org_id in self._published(plugin)
        return bool(published and plugin.metadata["enabled"] and plugin.metadata["tenant_scoped"])

    def _find(self, exchange: Exchange, identity: str) -> UiPlugin:
        plugin = self.plugins.get(identity.removeprefix(URN))
        if plugin is None or not self._sees(exchange, plugin):
            # A null pointer of the real server, not a 403 or 404 (section 2.7).
            raise Refusal(500, "INTERNAL_SERVER_ERROR", "java.lang.NullPointerException")
        return plugin

    def _to_change(self, exchange: Exchange, identity: str) -> UiPlugin:
        only_provider(exchange, "UI_PLUGIN_EDIT")
        return self._find(exchange, identity)

    def _metadata(self, exchange: Exchange, instead_of: UiPlugin | None = None) -> dict[str, Any]:
        """The metadata of a request: what is left out becomes null, or false. Raises Refusal 400."""
        body = read_object(exchange, _METADATA, _TEXTS)
        for name in _KEY:
            if not body[name].strip():
                raise bad_request(f"The field '{name}' must not be empty.")
        wanted = {name: body.get(name) for name in (*_TEXTS, "description")}
        wanted.update({name: body.get(name) or False for name in _FLAGS})
        self.check_unique(wanted, instead_of)
        return wanted

    def check_unique(self, metadata: dict[str, Any], instead_of: UiPlugin | None = None) -> None:
        """Raises Refusal 400 (INFERRED) when there is another plug-in of this name, vendor and version."""
        for other in self.plugins.values():
            if other is not instead_of and all(other.metadata[name] == metadata[name] for name in _KEY):
                title = "/".join(metadata[name] for name in _KEY)
                raise Refusal(400, "DUPLICATE_NAME", f"There is a plug-in {title} already.")

    def add(self, metadata: dict[str, Any]) -> UiPlugin:
        """A new plug-in without a file; `metadata` is complete."""
        plugin = UiPlugin(str(uuid.uuid4()), metadata)
        self.plugins[plugin.id] = plugin
        return plugin

    def remove(self, plugin: UiPlugin) -> None:
        """Removes a plug-in and its places in the portal."""
        del self.plugins[plugin.id]
        for point, entries in list(self._points.items()):
            self._points[point] = [one for one in entries if one["pluginId"] != f"{URN}{plugin.id}"]

    # Metadata and file

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /extensions/ui`: a plain array."""
        return exchange.json([one.view() for one in self.plugins.values() if self._sees(exchange, one)])

    def create(self, exchange: Exchange) -> Reply:
        """`POST /extensions/ui`."""
        only_provider(exchange, "UI_PLUGIN_CREATE")
        plugin = self.add(self._metadata(exchange))
        address = f"{exchange.base_url}{_PATH}/{URN}{plugin.id}"
        return exchange.json(plugin.view(), 201, [("Content-Location", address)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /extensions/ui/{id}`."""
        return exchange.json(self._find(exchange, identity).view())

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /extensions/ui/{id}`: all metadata; file and publication stay."""
        plugin = self._to_change(exchange, identity)
        plugin.metadata = self._metadata(exchange, plugin)
        return exchange.json(plugin.view())

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /extensions/ui/{id}`, enabled and published or not."""
        self.remove(self._to_change(exchange, identity))
        return exchange.nothing()

    def upload(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /extensions/ui/{id}/plugin`: where to put the archive, which the server does not look into.

        One that is there already has to be deleted first: the stricter reading of "delete its file + upload".
        """
        plugin = self._to_change(exchange, identity)
        spec = UploadSpec.read(exchange, ".zip")
        if plugin.content is not None:
            raise bad_request("The plug-in has a file already; delete it first.")

        def arrived(content: bytes) -> None:
            if self.plugins.get(plugin.id) is not plugin:
                raise Refusal(404, "NOT_FOUND", "The plug-in is gone.")
            plugin.content = content

        return exchange.nothing(headers=self.transfers.announce(exchange, spec, arrived))

    def delete_content(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /extensions/ui/{id}/plugin`."""
        self._to_change(exchange, identity).content = None
        return exchange.nothing()

    # Publication

    def _published(self, plugin: UiPlugin) -> dict[str, Organization]:
        """The organizations that it is published to and that are still there."""
        return {key: one for key, one in plugin.tenants.items() if self.directory.by_id(key) is one}

    def _tenants(self, exchange: Exchange, plugin: UiPlugin) -> Reply:
        """Their references: a page from API 35.0 on, a plain array before; after a change the same (INFERRED)."""
        found = sorted(self._published(plugin).values(), key=lambda one: one.name.lower())
        references = [{"name": one.name, "id": urn(one)} for one in found]
        if exchange.version < _PAGES_SINCE:
            return exchange.json(references)
        return answer(exchange, references, REFERENCE, "EntityReferences")

    def read_tenants(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /extensions/ui/{id}/tenants`."""
        only_provider(exchange, "UI_PLUGIN_VIEW")
        return self._tenants(exchange, self._find(exchange, identity))

    def _named(self, exchange: Exchange) -> list[Organization]:
        """The organizations of a request: by id, by name where there is no id. Raises Refusal 400 for unknown ones."""
        body = read_json(exchange)
        if not isinstance(body, list):
            raise bad_request("The body must be an array.")
        found = []
        for given in body:
            organization = self.directory.referenced(given)
            if organization is self.directory.system:
                raise bad_request(f"There is no organization {organization.name} to publish to.")
            found.append(organization)
        return found

    def _publish(self, exchange: Exchange, plugin: UiPlugin) -> None:
        plugin.tenants.update({one.id: one for one in self._named(exchange)})

    def _unpublish(self, exchange: Exchange, plugin: UiPlugin) -> None:
        for one in self._named(exchange):
            plugin.tenants.pop(one.id, None)

    def _publish_all(self, _exchange: Exchange, plugin: UiPlugin) -> None:
        # The list is of explicit publications, so organizations that come later are not in it (INFERRED).
        plugin.tenants = {one.id: one for one in self.directory.ordered}

    def _unpublish_all(self, _exchange: Exchange, plugin: UiPlugin) -> None:
        plugin.tenants.clear()

    # Places in the portal

    def read_points(self, exchange: Exchange) -> Reply:
        """`GET /extensions/ui/extensionPoints`. Archives are not looked into, so only what was PUT is there."""
        return exchange.json({"extensionPointRegistrations": self._points})

    def replace_points(self, exchange: Exchange) -> Reply:
        """`PUT /extensions/ui/extensionPoints`: order and switches of the entries of plug-ins that are there."""
        only_provider(exchange, "UI_PLUGIN_EDIT")
        body = read_object(exchange, {"extensionPointRegistrations": dict}, ("extensionPointRegistrations",))
        wanted: dict[str, list[dict[str, Any]]] = {}
        for point, entries in body["extensionPointRegistrations"].items():
            if not isinstance(entries, list):
                raise bad_request(f"The entries of '{point}' must be an array.")
            for given in entries:
                entry = check_object(given, _POINT, ("extensionPointId", "pluginId", "enabled"), f"{point}.")
                if entry["pluginId"].removeprefix(URN) not in self.plugins:
                    raise bad_request(f"There is no plug-in {entry['pluginId']}.")
                wanted.setdefault(point, []).append({"name": None, **entry})
        self._points = wanted
        return self.read_points(exchange)
