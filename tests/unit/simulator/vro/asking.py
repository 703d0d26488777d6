"""How the tests ask an orchestrator: in this process, without any socket."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.simulator.estate import parse_estate
from tests.simulator.front import dispatch
from tests.simulator.vro import VroService
from tests.simulator.wire import Reply, Request
from tests.simulator.world import World
from tests.unit.simulator.vcd.asking import estate

PASSWORD = "Lab-Only-Passw0rd!"
VERSIONS = ("7.3", "7.6", "8.18", "9.1")
MODERN = ("8.18", "9.1")
HOST = "vro.example.test"


def basic(name: str, password: str = PASSWORD) -> str:
    """A Basic header."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def attributes(link: dict[str, Any]) -> dict[str, str | None]:
    """The attributes of a link as a dict."""
    return {one["name"]: one.get("value") for one in link.get("attributes", [])}


class Vro:
    """An orchestrator and one caller of it."""

    def __init__(self, version: str = "8.18", user: str | None = None, vro: dict[str, Any] | None = None) -> None:
        document = estate(tenants=("Tyrell", "Wallace"))
        document["sites"][0]["vcenter"] = {"host": "vc.example.test"}
        if vro:
            document["sites"][0]["vro"] = vro
        self.world = World(parse_estate(document).with_vro(version))
        self.service = VroService(self.world, self.world.sites["North"])
        for one in self.service.listening:
            self.world.add_service(one)
        self.server = self.service.server
        self.store = self.server.store
        self.headers: dict[str, str] = {}
        self.log_in(user or self.server.account.user)

    def log_in(self, user: str, password: str = PASSWORD) -> Reply | None:
        """Logs in the way of the release, and keeps what the following requests carry."""
        self.headers = {}
        if self.server.login == "basic":
            self.headers = {"authorization": basic(user, password)}
            return None
        if self.server.login == "aria":
            name, _at, domain = user.partition("@")
            body = {"username": name, "password": password, **({"domain": domain} if domain else {})}
            reply = self.post("/csp/gateway/am/api/login?access_token", body)
            assert reply.status == 200, reply.body
            reply = self.post("/iaas/api/login", {"refreshToken": reply.document()["refresh_token"]})
            token = reply.document()["token"]
        else:
            user = user if "@" in user else f"{user}@System"
            provider = "/provider" if user.lower().endswith("@system") else ""
            reply = self.ask(
                "POST",
                f"/cloudapi/1.0.0/sessions{provider}",
                authorization=basic(user, password),
                accept="application/json;version=9.1.0",
            )
            assert reply.status == 200, reply.body
            token = str(reply.header("x-vmware-vcloud-access-token"))
        self.headers = {"authorization": f"Bearer {token}"}
        return reply

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
        """One request; a target without a leading slash is below `/vco/api`. Header names are written with `_`."""
        self.world.run_due()
        target = target if target.startswith(("/", "https://")) else f"/vco/api/{target}"
        sent = {"accept": "application/json", **self.headers}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.service.handle(Request(method, target, {"host": HOST, **sent}, body))

    def get(self, target: str, **headers: str) -> Any:
        """The document of a GET that succeeds."""
        reply = self.ask("GET", target, b"", **headers)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.document()

    def rows(self, target: str) -> list[dict[str, str | None]]:
        """The attributes of the rows of a list."""
        document = self.get(target)
        return [attributes(one) for one in document.get("relations", document)["link"] if "attributes" in one]

    def post(self, target: str, body: Any = None, method: str = "POST") -> Reply:
        """A JSON body."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.ask(method, target, data, content_type="application/json")

    def journaled(self, method: str, target: str, body: Any = None) -> Any:
        """The journal entry of a request that goes through the front."""
        sent = {"host": HOST, "content-type": "application/json", **self.headers}
        data = b"" if body is None else json.dumps(body).encode()
        dispatch(self.world, self.service, Request(method, f"/vco/api/{target}", sent, data))
        return list(self.world.journal.find())[-1]
