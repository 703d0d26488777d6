"""A simulated vRealize Operations for the tests of vROps modules (benches.py).

A test module takes it by `vrops = operations.fixture("6.7", "8.18", "9.1")`.
"""

from __future__ import annotations

from typing import Any

from tests.unit.plugins.modules import benches
from tests.unit.plugins.modules.benches import HERE


class Vrops(benches.Bench):
    """The server of the first site."""

    release_option = "vrops_version"

    @property
    def state(self) -> Any:
        """What the simulated server keeps: `credentials`, `instances`, `unreachable` targets."""
        return self.simulator.simulator.vrops[HERE].state

    @property
    def options(self) -> dict[str, Any]:
        """The connection options of a task."""
        own = self.simulator.vrops(HERE)
        return {"vrops_url": own["url"], "vrops_user": own["user"], "vrops_password": own["password"],
                "ca_path": self.simulator.ca_path}  # fmt: skip

    def asked(self, write: bool | None = None) -> list[str]:
        """As for every product, but without query, and with paths that start below the API's root."""
        return [each.split("?")[0].replace("/suite-api/api/", "") for each in super().asked(write)]

    @property
    def requests(self) -> list[str]:
        """Method and path of every request beside logging in and out."""
        return [each for each in self.asked() if not each.split()[1].startswith("auth/token/")]


def fixture(*releases: str) -> Any:
    """The fixture `vrops` of a test module."""
    return benches.fixture(Vrops, *releases)
