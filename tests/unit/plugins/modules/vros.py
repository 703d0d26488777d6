"""A simulated orchestrator for the tests of vRO modules (benches.py).

A test module takes it by `vro = vros.fixture("7.3", "8.18", "9.1")`.
"""

from __future__ import annotations

from typing import Any

from tests.unit.plugins.modules import benches
from tests.unit.plugins.modules.benches import HERE


class Vro(benches.Bench):
    """The orchestrator of the first site."""

    release_option = "vro_version"

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers of its release."""
        return tuple(map(int, self.release.split(".")))

    @property
    def server(self) -> Any:
        """The simulated server: its `store` is what it holds."""
        return self.simulator.simulator.vros[HERE].server

    @property
    def options(self) -> dict[str, Any]:
        """The connection options of a task."""
        own = self.simulator.vro(HERE)
        return {"vro_url": own["url"], "vro_user": own["user"], "vro_password": own["password"],
                "ca_path": self.simulator.ca_path}  # fmt: skip

    def asked(self, write: bool | None = None) -> list[str]:
        """The requests of the API: neither those of the login services, nor those of the control centre."""
        return [each for each in super().asked(write) if " /vco/api/" in each]

    @property
    def requests(self) -> list[str]:
        """Method and path with query of every request of the API beside logging in and out."""
        return [each for each in self.asked() if each.split("?")[0] not in ("GET /vco/api/about", "GET /vco/api/users")]


def fixture(*releases: str) -> Any:
    """The fixture `vro` of a test module."""
    return benches.fixture(Vro, *releases)
