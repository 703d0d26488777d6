"""How the tests ask a CSE server: through its vCD, in this process, without any socket."""

from __future__ import annotations

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
