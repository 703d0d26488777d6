"""How the tests ask a CSE server: through its vCD, in this process, without any socket."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.simulator.cse import Cse
from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import PASSWORD, Vcd

VCD_OF = {
    "1.2": "9.7",
    "2.0": "9.7",
    "2.6": "10.1",
    "3.0": "10.2",
    "3.1": "10.3",
    "4.0": "10.4",
    "4.1": "10.5",
    "4.2": "10.6",
}
"""The vCD that stands beside a release of CSE unless a test says otherwise."""
ORG, VDC, NETWORK = "Tyrell", "Tyrell North Allocated", "Tyrell Servers North"


class Asker(Vcd):
    """A vCD with a CSE server, and one caller of it."""

    def __init__(
        self, version: str, vcd_version: str | None = None, *, legacy_mode: bool = False, api: str = "", **more: Any
    ) -> None:
        super().__init__(vcd_version or VCD_OF[version], **more)
        self.cse = Cse(self.service, version, legacy_mode)
        if api:
            self.version = api

    def log_in(self, name: str = "administrator@system", password: str = PASSWORD) -> Reply:
        """Logs in and keeps both tokens, where there are two: some servers know one kind alone."""
        reply = super().log_in(name, password)
        short = reply.header("x-vcloud-authorization")
        if short:
            self.headers["x-vcloud-authorization"] = short
        return reply

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request; `body` as JSON."""
        raw = b"" if body is None else json.dumps(body).encode()
        return self.ask(method, path, raw, content_type="application/json", **headers)

    def task(self, href: str) -> dict[str, Any]:
        """A task as JSON."""
        reply = self.get(f"/api/task/{href.rpartition('/')[2]}")
        assert reply.status == 200, reply.body
        return dict(reply.document())

    def finish(self, href: str, seconds: float = 60) -> dict[str, Any]:
        """Lets time pass until a task has ended."""
        passed = 0.0
        while passed < seconds:
            found = self.task(href)
            if found["status"] not in ("queued", "preRunning", "running"):
                return found
            self.world.advance(self.world.task_seconds / 2)
            passed += self.world.task_seconds / 2
        return self.task(href)


def asker(version: str, vcd_version: str | None = None, user: str = "admin@Tyrell", **more: Any) -> Asker:
    """A server with somebody logged in."""
    made = Asker(version, vcd_version, **more)
    reply = made.log_in(user, PASSWORD)
    assert reply.status == 200
    return made


class Estate:
    """One server and the people at it: the provider and tenants, who share everything but their sessions."""

    def __init__(self, version: str, vcd_version: str | None = None, *, enabled: bool = True, **more: Any) -> None:
        self.provider = asker(version, vcd_version, user="administrator@system", **more)
        self.tenant = self.other("admin@Tyrell")
        self.cse = self.provider.cse
        self.world = self.provider.world
        self.vdc = self.provider.service.site_state.workloads.vdcs_of(ORG)[0]
        if enabled and hasattr(self.cse.side, "clusters"):
            self.cse.side.clusters.runtimes[self.vdc.id] = ["native", "TKGm"]

    def other(self, user: str, api: str = "") -> Asker:
        """Somebody else at the same server, or the same one on another API version."""
        made = copy.copy(self.provider)
        made.headers = {}
        reply = made.log_in(user, PASSWORD)
        assert reply.status == 200, reply.body
        made.version = api or made.version
        return made

    def vapps(self) -> dict[str, Any]:
        """vApps of the tenant by name, as the query service shows them."""
        records = self.tenant.get("/api/query?type=vApp&format=records&pageSize=128").document()["record"]
        return {one["name"]: one for one in records}
