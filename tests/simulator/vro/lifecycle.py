"""Whether an orchestrator is up (contract section 15): restarts over simulated time, stops and starts.

    7.x        its port is closed; then it answers 404 for a while, then 503; then it is there
    8.x, 9.x   what stands in front of it answers 503 until it is there

The control centre tells that the server is running when its process is: in 7.x that is before the REST API is there.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from .exchange import Refusal

if TYPE_CHECKING:
    from .server import Server

SECONDS = 2.0
RUNNING, STOPPED = "RUNNING", "STOPPED"
# After the port is open again each of the two answers lasts for this part of the time that it was closed.
_WARMING = 0.25


class Lifecycle:
    """The process of one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clear()

    def clear(self) -> None:
        """It runs, as at the start."""
        self._stopped = False
        self._initial, self._requested = RUNNING, RUNNING
        self._down_until = self._missing_until = self._busy_until = 0

    @property
    def _modern(self) -> bool:
        return self.server.release.generation >= 8

    def restart(self) -> None:
        """Goes down and comes up again by itself: what waited for it is loaded, what was in memory is gone."""
        self._begin(RUNNING)
        world = self.server.world
        service = world.services[f"{self.server.site.name}/vro"]
        seconds = world.restart_seconds if world.restart_seconds is not None else SECONDS
        world.powered_off.discard(service.name)
        self._down_until = world.now_ms() + int(seconds * 1000)
        if self._modern:
            service.restarted()
            self._missing_until, self._busy_until = 0, self._down_until
            return
        world.restart(service, seconds, refused=True)
        self._missing_until = self._down_until + int(seconds * 1000 * _WARMING)
        self._busy_until = self._missing_until + int(seconds * 1000 * _WARMING)

    def start(self) -> None:
        """Comes up; one that runs stays as it is."""
        if self._stopped:
            self.restart()

    def stop(self) -> None:
        """Goes down and stays there."""
        self._begin(STOPPED)
        self._stopped = True
        if not self._modern:
            world = self.server.world
            world.power(world.services[f"{self.server.site.name}/vro"], on=False)

    def _begin(self, requested: str) -> None:
        self._initial = STOPPED if self._stopped else RUNNING
        self._requested = requested
        self._stopped = False

    def check(self) -> None:
        """Raises Refusal while the REST API is not there."""
        now = self.server.world.now_ms()
        if not self._stopped and now >= self._busy_until:
            return
        if not self._stopped and self._down_until <= now < self._missing_until:
            raise Refusal(404, "The requested resource is not available.", page=True)
        raise Refusal(503, "The service is starting.", page=True)

    @property
    def is_down(self) -> bool:
        """Whether the process is not there."""
        return self._stopped or self.server.world.now_ms() < self._down_until

    def view(self) -> dict[str, Any]:
        """`GET /server/status`. While it restarts its status is null, as a public client of 7.x expects it."""
        finished = self._stopped or not self.is_down
        current = STOPPED if self._stopped else None if self.is_down else RUNNING
        return {
            "initialStatus": self._initial,
            "currentStatus": current,
            "requestedStatus": self._requested,
            "finished": finished,
        }

    def fingerprints(self) -> dict[str, str]:
        """`GET /server/config-version`: another print for what the next restart will load."""
        active = sorted((one.name, one.version, one.build) for one in self.server.store.plugins.values())
        waiting = self.server.installer.pending
        pending = [one for one in active if one[0] not in waiting]
        pending += [(one.name, one.version, one.build) for one in waiting.values()]

        def printed(listed: list[tuple[str, str, str]]) -> str:
            return hashlib.sha256(json.dumps(sorted(listed)).encode()).hexdigest()

        return {
            "activeConfigurationFingerprint": printed(active),
            "pendingConfigurationFingerprint": printed(pending),
        }
