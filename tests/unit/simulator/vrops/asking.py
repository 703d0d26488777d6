"""How the tests ask a vRealize Operations: in this process, without any socket."""

from __future__ import annotations

import json
from typing import Any

from tests.simulator.estate import parse_estate
from tests.simulator.vrops import VropsService
from tests.simulator.wire import Reply, Request
from tests.simulator.world import World
from tests.unit.simulator.vcd.asking import PASSWORD, estate

JSON = {"Accept": "application/json"}
HOST = {"name": "DOCKER_HOST", "value": "docker01"}
TLS = {"name": "USE_TLS", "value": "true"}


class Server:
    """A server of a release and one caller of it."""

    def __init__(self, release: str) -> None:
        self.world = World(parse_estate(estate()).with_vrops(release))
        self.world.task_seconds = 0
        self.service = VropsService(self.world, self.world.sites["North"])
        self.headers = dict(JSON)

    def log_in(self) -> Server:
        """With a token of the administrator."""
        body = {"username": "admin", "password": PASSWORD}
        token = self.ask("POST", "auth/token/acquire", body).document()["token"]
        self.headers["Authorization"] = f"vRealizeOpsToken {token}"
        return self

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request; what is due is done before it."""
        self.world.run_due()
        content = json.dumps(body).encode() if body is not None else b""
        sent = {**({"Content-Type": "application/json"} if content else {}), **self.headers, **headers}
        return self.service.handle(Request(method, f"/suite-api/api/{path}", sent, content))

    def get(self, path: str) -> Any:
        """The document of a successful GET."""
        reply = self.ask("GET", path)
        assert reply.status == 200, reply.body
        return reply.document()

    def make(self, *identifiers: dict[str, str], name: str = "docker01", **more: Any) -> Reply:
        """A Docker adapter instance."""
        body = {"name": name, "adapterKindKey": "DockerAdapter", "resourceIdentifiers": list(identifiers), **more}
        return self.ask("POST", "adapters", body)
