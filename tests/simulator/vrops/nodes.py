"""The node itself: its release, its status, its collectors and their groups (contract A6)."""

from __future__ import annotations

from ..identity import stable_id
from ..wire import Reply
from . import releases
from .exchange import Exchange, not_found
from .state import COLLECTORS, GROUP, State


class Nodes:
    """The calls about the node."""

    def __init__(self, state: State, release: str, host: str) -> None:
        self._state, self._release, self._host = state, release, host

    def version(self, exchange: Exchange) -> Reply:
        """`GET /api/versions/current`."""
        major, minor = releases.number(self._release)
        name, build = releases.NAMES[self._release]
        document = {
            "releaseName": name,
            "major": major,
            "minor": minor,
            "minorMinor": 0,
            "buildNumber": build,
            "releasedDate": 1_721_000_000_000,
            "humanlyReadableReleaseDate": "Sunday, July 14, 2024 11:33:20 PM UTC",
            "description": name,
        }
        return exchange.answer(document, root="version")

    def status(self, exchange: Exchange) -> Reply:
        """`GET /api/deployment/node/status`: an outage is the framework's 503."""
        return exchange.answer({"status": "ONLINE", "systemTime": self._state.now()}, root="node-status")

    def collectors(self, exchange: Exchange) -> Reply:
        """`GET /api/collectors`."""
        wanted = exchange.request.first("host")
        told = [
            {
                "id": key,
                "uuId": stable_id("vrops-collector", self._host, key),
                "name": f"vRealize Operations Manager Collector-{name}",
                "hostName": self._host if local else f"{name}.{self._host.partition('.')[2]}",
                "state": "UP",
                "local": local,
                "type": "INTERNAL" if local else "REMOTE",
                "adapterInstanceIds": [one.id for one in self._state.instances.values() if str(one.collector) == key],
                "nodeIdentifier": f"node-{key}",
            }
            for key, name, local in COLLECTORS
        ]
        return exchange.answer(
            {"collector": [one for one in told if wanted in (None, one["hostName"])]}, root="collectors"
        )

    def groups(self, exchange: Exchange) -> Reply:
        """`GET /api/collectorgroups`."""
        ids = [int(key) for key, _name, _local in COLLECTORS]
        group = {"id": self._state.group_id, "name": GROUP, "collectorId": ids, "systemDefined": True}
        return exchange.answer({"collectorGroups": [group]}, root="collector-groups")

    def task(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/tasks/{id}`: nothing that is simulated makes one."""
        raise not_found("task", key)
