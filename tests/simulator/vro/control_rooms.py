"""What the control centre can do: the state of the server, plug-ins, trusted certificates (contract section 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..wire import Reply
from .exchange import Exchange, bad_request, not_found
from .multipart import upload_of
from .routes import ADMIN, Route, Routes
from .server import Room, Server
from .store import new_id

_API = "/vco-controlcenter/api"


class ServerState(Room):
    """`/server/status` and `/server/config-version`. That 8.x and 9.x have them too is INFERRED."""

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
        path = f"{_API}/server/status"
        routes.add("GET", path, Route(self.read))
        routes.add("GET", f"{_API}/server/config-version", Route(self.versions, until=(8, 0)))
        for word, action in (("restart", self.restart), ("start", self.start), ("stop", self.stop)):
            routes.add("POST", f"{path}/{word}", Route(action, right=ADMIN, writes=True))

    def clear(self) -> None:
        """It runs."""
        self.server.lifecycle.clear()

    def read(self, exchange: Exchange) -> Reply:
        """`GET /server/status`."""
        return exchange.json(self.server.lifecycle.view())

    def versions(self, exchange: Exchange) -> Reply:
        """`GET /server/config-version`: a public client (o11n-deploy-maven-plugin) waits until the two are equal."""
        return exchange.json(self.server.lifecycle.fingerprints())

    def restart(self, exchange: Exchange) -> Reply:
        """`POST /server/status/restart`. A fault can have it come before the plug-ins are in place."""
        installer = self.server.installer
        if installer.pending and installer.is_interrupted(exchange):
            installer.lose()
        self.server.lifecycle.restart()
        return exchange.json(self.server.lifecycle.view())

    def start(self, exchange: Exchange) -> Reply:
        """`POST /server/status/start`."""
        self.server.lifecycle.start()
        return exchange.json(self.server.lifecycle.view())

    def stop(self, exchange: Exchange) -> Reply:
        """`POST /server/status/stop`."""
        self.server.lifecycle.stop()
        return exchange.json(self.server.lifecycle.view())


class ControlPlugins(Room):
    """`/plugins` of the control centre: an upload that the next restart loads. Only of 7.x is anything known."""

    def register(self, routes: Routes) -> None:
        """Adds its call."""
        routes.add("POST", f"{_API}/plugins", Route(self.upload, right=ADMIN, writes=True, until=(8, 0)))

    def upload(self, exchange: Exchange) -> Reply:
        """`POST /plugins`; what it answers is UNKNOWN: nothing."""
        self.server.installer.bring(exchange, upload_of(exchange.request))
        return exchange.nothing(201)


@dataclass
class Process:
    """A certificate that is about to be trusted."""

    id: str
    url: str


class Trust(Room):
    """`/trust/process`: a certificate is looked at, then trusted."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._waiting: dict[str, Process] = {}
        self.trusted: list[str] = []
        """The addresses whose certificates are trusted."""

    def clear(self) -> None:
        """Nothing is trusted."""
        self._waiting.clear()
        self.trusted.clear()

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
        routes.add("POST", f"{_API}/trust/process", Route(self.begin, right=ADMIN, writes=True))
        routes.add("POST", f"{_API}/trust/process/*/finish", Route(self.finish, right=ADMIN, writes=True))

    @staticmethod
    def _view(process: Process, finished: bool) -> dict[str, Any]:
        """Only `id` is known of it."""
        return {"id": process.id, "url": process.url, "finished": finished}

    def begin(self, exchange: Exchange) -> Reply:
        """`POST /trust/process` with `{"url": ..., "useProxy": ..., "proxyUrl": ..., "proxyPort": ...}` (CC)."""
        url = exchange.body().get("url")
        if not isinstance(url, str) or not url.startswith("https://"):
            raise bad_request("url must be an https address")
        process = Process(new_id(), url)
        self._waiting[process.id] = process
        return exchange.json(self._view(process, finished=False))

    def finish(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /trust/process/{id}/finish`."""
        process = self._waiting.pop(identity, None)
        if process is None:
            raise not_found(f"Trust process with ID '{identity}' not found")
        self.trusted.append(process.url)
        return exchange.json(self._view(process, finished=True))
