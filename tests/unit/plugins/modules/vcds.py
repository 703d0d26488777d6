"""A simulated vCloud Director for the tests of vCD modules (benches.py).

A test module takes it by `vcd = vcds.fixture("9.0", "9.7", "10.6")`.
"""

from __future__ import annotations

from typing import Any

from tests.unit.plugins.modules import benches
from tests.unit.plugins.modules.benches import HERE

# API numbers of the releases that tests choose from (contract 1.2).
API = {
    "9.0": (29, 0), "9.1": (30, 0), "9.7": (32, 0), "10.0": (33, 0), "10.2": (35, 0), "10.3": (36, 0),
    "10.3.1": (36, 1), "10.4": (37, 0), "10.6": (39, 0),
}  # fmt: skip


class Vcd(benches.Bench):
    """The vCD of the first site."""

    release_option = "vcd_version"

    @property
    def version(self) -> tuple[int, int]:
        """The newest number of its API."""
        return API[self.release]

    @property
    def site(self) -> Any:
        """What the vCD holds: its organizations and users."""
        return self.simulator.simulator.world.sites[HERE]

    @property
    def options(self) -> dict[str, Any]:
        """The connection options of a task."""
        return {
            "vcd_url": self.simulator.vcd(HERE), "ca_path": self.simulator.ca_path,
            "vcd_user": self.simulator.vcd_user(HERE), "vcd_password": self.simulator.vcd_password(HERE),
        }  # fmt: skip

    @property
    def requests(self) -> list[str]:
        """Method and path with query of every request beside asking for versions, logging in and out."""
        return [each for each in self.asked() if "/api/versions" not in each and "/session" not in each]


def fixture(*releases: str) -> Any:
    """The fixture `vcd` of a test module."""
    return benches.fixture(Vcd, *releases)
