"""Plug-ins: which there are, and the ways in which another one is installed (contract section 15).

In 7.x an upload waits for a restart: until then the server runs, and lists, what it has loaded (INFERRED). From 8.x on
an upload is an installation that waits for somebody to accept its license, and is forgotten when nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..faults import TASK_KINDS
from ..wire import NoAnswer, Reply
from .content_room import STREAM, attachment
from .exchange import JSON, Exchange, Refusal, bad_request, conflict, not_acceptable, not_found
from .file_markup import BadFile
from .listing import link, listing
from .multipart import Upload, upload_of
from .package_import import version_key
from .plugin_files import DAR, VMOAPP, Bundle, PluginFile, open_upload, save_dar
from .routes import ADMIN, Route, Routes
from .server import Room, Server
from .store import Plugin, new_id

EXPIRES_SECONDS = 600
INTERRUPTED = "interrupt_install"
# Names and display names are the product's own; versions follow its releases in form only.
_SHIPPED = (
    ("AD", "Active Directory"),
    ("AMQP", "AMQP"),
    ("Configurator", "Configuration"),
    ("DynamicTypes", "Dynamic Types"),
    ("Enums", "Common enumerated types"),
    ("Library", "vRO Library"),
    ("Mail", "Mail"),
    ("Net", "Net"),
    ("PowerShell", "PowerShell"),
    ("REST", "HTTP-REST"),
    ("SNMP", "SNMP"),
    ("SOAP", "SOAP"),
    ("SQL", "SQL"),
    ("SSH", "SSH"),
    ("VC", "vCenter Server"),
    ("vCloud", "vCloud Director"),
    ("XML", "XML"),
)


def shipped(server: Server) -> dict[str, Plugin]:
    """What a server of this release comes with."""
    release = server.release
    return {
        name: Plugin(name, display, release.patch, release.build, f"{display} plug-in") for name, display in _SHIPPED
    }


@dataclass
class Installation:
    """An upload of 8.x or 9.x that waits for its license to be accepted."""

    id: str
    file_name: str
    bundle: Bundle
    until: int
    """Epoch milliseconds."""


class Plugins(Room):
    """`/plugins`."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.pending: dict[str, Plugin] = {}
        """By name: what the next restart loads."""
        self._installations: dict[str, Installation] = {}
        server.installer = self
        self.clear()

    def clear(self) -> None:
        """What was shipped."""
        self.pending.clear()
        self._installations.clear()
        self.server.store.plugins = shipped(self.server)

    def restarted(self) -> None:
        """Loads what waits; installations that nobody accepted were only in memory (INFERRED)."""
        self.server.store.plugins.update(self.pending)
        self.pending.clear()
        self._installations.clear()

    def register(self, routes: Routes) -> None:
        """Adds its calls; changing plug-ins is for administrators."""
        add = routes.add
        add("GET", "plugins", Route(self.list_all))
        add("GET", "plugins/*", Route(self.export))
        old: dict[str, Any] = {"right": ADMIN, "writes": True, "until": (8, 0)}
        new: dict[str, Any] = {"right": ADMIN, "writes": True, "since": (8, 0)}
        add("POST", "plugins", Route(self.upload, **old))
        add("POST", "plugins/installPluginDynamically", Route(self.install_now, **old))
        add("PUT", "plugins/*/state", Route(self.set_state, **old))
        add("POST", "plugins/installations", Route(self.stage, **new))
        add("GET", "plugins/installations/*", Route(self.read_installation, right=ADMIN, since=(8, 0)))
        add("DELETE", "plugins/installations/*", Route(self.drop_installation, **new))
        add("PATCH", "plugins/installations/*", Route(self.accept, **new))
        add("DELETE", "plugins/*", Route(self.delete, **new))

    # Views

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /plugins`: each generation has a shape of its own."""
        loaded = sorted(self.server.store.plugins.values(), key=lambda one: one.name.lower())
        generation = self.server.release.generation
        if generation < 8:
            return exchange.json({"plugin": [self._old_view(exchange, one) for one in loaded]})
        if generation == 8:
            return exchange.json({"plugins": [self._view(one) for one in loaded], "total": len(loaded)})
        rows = [
            link(
                self.server.href(exchange, "plugins", one.name),
                {
                    "name": one.name,
                    "display-name": one.display_name,
                    "version": one.version,
                    "description": one.description or None,
                },
            )
            for one in loaded
        ]
        return listing(exchange, "plugins", rows)

    def _old_view(self, exchange: Exchange, plugin: Plugin) -> dict[str, Any]:
        return {
            "moduleName": plugin.name,
            "displayName": plugin.display_name,
            "enabled": plugin.enabled,
            "url": self.server.href(exchange, "plugins", plugin.name),
            "version": plugin.version,
            "buildNumber": plugin.build,
            "infoText": plugin.description,
            "hasValidation": False,
            "configurable": False,
            "hasInstallActions": plugin.file is not None,
        }

    @staticmethod
    def _view(plugin: Plugin) -> dict[str, Any]:
        return {
            "id": plugin.name,
            "moduleName": plugin.name,
            "version": plugin.version,
            "description": plugin.description,
            "enabled": plugin.enabled,
            "buildNumber": plugin.build,
            "fileName": plugin.file_name,
            "logLevel": plugin.log_level,
        }

    def _find(self, exchange: Exchange, name: str) -> Plugin:
        return exchange.pick(self.server.store.plugins, name, "Plug-in")

    def export(self, exchange: Exchange, name: str) -> Reply:
        """`GET /plugins/{name}`: its archive. A client that asks for JSON and reads the archive exists (PowervRO): it
        gets one."""
        plugin = self._find(exchange, name)
        if not exchange.accepts("application/dar", STREAM, "*/*", "application/*", JSON):
            raise not_acceptable(exchange.accept)
        content = plugin.file or save_dar(
            plugin.name, plugin.version, plugin.build, plugin.display_name, plugin.description
        )
        return exchange.raw(content, "application/dar", attachment(plugin.file_name))

    # 7.x

    def set_state(self, exchange: Exchange, name: str) -> Reply:
        """`PUT /plugins/{name}/state`."""
        plugin = self._find(exchange, name)
        enabled = exchange.body().get("enabled")
        if not isinstance(enabled, bool):
            raise bad_request("enabled must be true or false")
        plugin.enabled = enabled
        return exchange.nothing()

    def _bundle(self, upload: Upload, kind: str | None) -> Bundle:
        try:
            return open_upload(upload.data, kind)
        except BadFile as problem:
            raise bad_request(f"Not a valid plug-in file: {problem}") from problem

    def bring(self, exchange: Exchange, upload: Upload) -> Bundle:
        """The plug-ins of an upload of 7.x, which are loaded by the next restart. `format` and `overwrite` come as a
        query or as fields of the form. Raises Refusal 400, or 409 for one that is there without `overwrite`."""
        kind = upload.option(exchange.request, "format")
        if kind not in (None, DAR, VMOAPP):
            raise bad_request(f"Unknown format '{kind}'; there are {DAR} and {VMOAPP}")
        bundle = self._bundle(upload, kind)
        if not upload.flag(exchange.request, "overwrite"):
            known = {**self.server.store.plugins, **self.pending}
            for one in bundle.plugins:
                if one.name in known:
                    raise conflict(f"Plug-in '{one.name}' already exists and overwrite is not set")
        self.pending.update({one.name: self._made(one) for one in bundle.plugins})
        return bundle

    def _made(self, file: PluginFile) -> Plugin:
        return Plugin(file.name, file.display_name, file.version, file.build, file.description, file=file.content)

    def upload(self, exchange: Exchange) -> Reply:
        """`POST /plugins`: it runs after the next restart."""
        self.bring(exchange, upload_of(exchange.request))
        return exchange.nothing(201)

    def install_now(self, exchange: Exchange) -> Reply:
        """`POST /plugins/installPluginDynamically`: a `.dar` or `.vmoapp` that runs at once."""
        for one in self._bundle(upload_of(exchange.request), None).plugins:
            self.server.store.plugins[one.name] = self._made(one)
        return exchange.nothing()

    # From 8.x on

    def stage(self, exchange: Exchange) -> Reply:
        """`POST /plugins/installations`: looked at, not installed. A plug-in that is there in this or a newer version
        is no reason to refuse it here (INFERRED)."""
        upload = upload_of(exchange.request)
        bundle = self._bundle(upload, None)
        until = self.server.world.now_ms() + EXPIRES_SECONDS * 1000
        installation = Installation(new_id(), upload.file_name, bundle, until)
        self._installations[installation.id] = installation
        location = [("location", self.server.href(exchange, "plugins", "installations", installation.id))]
        return exchange.json(self._staged(installation), 201, location)

    def _staged(self, installation: Installation) -> dict[str, Any]:
        return {
            "id": installation.id,
            "fileName": installation.file_name,
            "eula": installation.bundle.eula,
            "expiresInMillis": installation.until - self.server.world.now_ms(),
            "plugins": [
                {
                    "moduleName": one.name,
                    "description": one.description,
                    "version": one.version,
                    "buildNumber": one.build,
                    "fileName": one.file_name,
                }
                for one in installation.bundle.plugins
            ],
        }

    def _installation(self, identity: str) -> Installation:
        found = self._installations.get(identity)
        if found is None or found.until <= self.server.world.now_ms():
            self._installations.pop(identity, None)
            raise not_found(f"Plug-in installation with ID '{identity}' not found")
        return found

    def read_installation(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /plugins/installations/{id}`: 404 once it is installed, dropped or expired."""
        return exchange.json(self._staged(self._installation(identity)))

    def drop_installation(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /plugins/installations/{id}`."""
        self._installation(identity)
        del self._installations[identity]
        return exchange.nothing()

    def accept(self, exchange: Exchange, identity: str) -> Reply:
        """`PATCH /plugins/installations/{id}`: the license is accepted and the plug-ins are installed. An older version
        than the one that is there is refused (INFERRED: 409 is "exists / in use / older version")."""
        installation = self._installation(identity)
        present = self.server.store.plugins
        for one in installation.bundle.plugins:
            known = present.get(one.name)
            if known is not None and version_key(known.version) > version_key(one.version):
                raise conflict(f"Plug-in '{one.name}' is installed in the newer version {known.version}")
        del self._installations[identity]
        if self.is_interrupted(exchange):
            # The server went down in the middle: nothing is installed, and nobody is told.
            self.server.lifecycle.restart()
            raise NoAnswer
        for one in installation.bundle.plugins:
            present[one.name] = self._made(one)
        return exchange.nothing()

    def delete(self, exchange: Exchange, name: str) -> Reply:
        """`DELETE /plugins/{name}`; what was shipped stays (INFERRED)."""
        plugin = self._find(exchange, name)
        if plugin.file is None:
            raise Refusal(403, f"Plug-in '{plugin.name}' is part of the product", whole=True)
        del self.server.store.plugins[plugin.name]
        return exchange.nothing()

    # Bad days

    def is_interrupted(self, exchange: Exchange) -> bool:
        """Whether a fault `interrupt_install` is waiting for this request."""
        world, request = self.server.world, exchange.request
        kinds = {INTERRUPTED: TASK_KINDS.get(INTERRUPTED, "")}
        for name in (f"{self.server.site.name}/vro", f"{self.server.site.name}/vro-control"):
            if world.faults.take(kinds, name, request.method, request.target):
                return True
        return False

    def lose(self) -> None:
        """The restart came before the plug-ins were in place: what waited is gone, or was there before."""
        self.pending = {}

    def set(self, name: str, **changes: Any) -> None:
        """Behind everybody's back: another version, another state; an unknown name is a new plug-in."""
        plugins = self.server.store.plugins
        plugins[name] = replace(plugins.get(name) or Plugin(name, name, "1.0.0", file=b""), **changes)
