"""One simulated vCloud Director per release for the tests of vCD modules, and the way to run a module on it.

A test module says which releases it is about, and its tests take the fixture `vcd`:

    vcd = vcds.fixture("9.0", "9.7", "10.6")
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from tests.unit.plugins.module_utils.running import run_module

HERE = "A03-Auckland"
# API numbers of the releases that tests choose from (contract 1.2).
API = {
    "9.0": (29, 0), "9.1": (30, 0), "9.7": (32, 0), "10.0": (33, 0), "10.2": (35, 0), "10.3": (36, 0),
    "10.3.1": (36, 1), "10.4": (37, 0), "10.6": (39, 0),
}  # fmt: skip


class Vcd:
    """The vCD of the reference estate's first site; `control` breaks and looks, `simulator` is the thing itself."""

    def __init__(self, simulator: Any, release: str) -> None:
        self.simulator, self.control, self.release, self.version = simulator, simulator.control, release, API[release]

    @property
    def site(self) -> Any:
        """What the vCD holds: its organizations and users."""
        return self.simulator.simulator.world.sites[HERE]

    def run(self, module: type[Definition], check: bool = False, **options: Any) -> Any:
        """The result of a module; an option that is None is not given."""
        given = {
            "vcd_url": self.simulator.vcd(HERE), "ca_path": self.simulator.ca_path,
            "vcd_user": self.simulator.vcd_user(HERE), "vcd_password": self.simulator.vcd_password(HERE), **options,
        }  # fmt: skip
        return run_module(module(), {key: value for key, value in given.items() if value is not None}, check)

    @property
    def requests(self) -> list[str]:
        """Method and path with query of every request beside asking for versions, logging in and out."""
        asked = [f"{entry['method']} {entry['path']}" for entry in self.control.journal()]
        return [each for each in asked if "/api/versions" not in each and "/session" not in each]

    @property
    def writes(self) -> list[str]:
        """Those that would change something."""
        return [f"{entry['method']} {entry['path']}" for entry in self.control.journal(write=True)]


def fixture(*releases: str) -> Any:
    """The fixture `vcd` of a test module, one after the other with each of these releases.

    It is the estate as it was in the beginning, with an empty journal, no faults, and tasks that end at once.
    """

    @pytest.fixture(params=releases)
    def vcd(request: pytest.FixtureRequest, vcd_simulators: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vcd]:
        for table in _options.PRODUCTS.values():
            for option in table:
                monkeypatch.delenv(option.env, raising=False)
        found = vcd_simulators(request.param)
        found.control.reset()
        found.control.clear_faults()
        found.control.task_seconds(0)
        found.control.clear_journal()
        yield found
        for session in _http._pools.values():
            session.close()
        _http._pools.clear()

    return vcd


def simulators() -> Iterator[Any]:
    """What the fixture `vcd_simulators` gives: a release's simulator, which starts when it is first asked for."""
    # The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
    if sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None:
        pytest.skip("the simulator cannot run here")
    from tests.simulator.running import running_simulator

    with contextlib.ExitStack() as running:
        started: dict[str, Vcd] = {}

        def of(release: str) -> Vcd:
            if release not in started:
                started[release] = Vcd(running.enter_context(running_simulator(vcd_version=release)), release)
            return started[release]

        yield of
