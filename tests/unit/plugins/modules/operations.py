"""One simulated vRealize Operations per release for the tests of vROps modules, and the way to run a module on it.

A test module says which releases it is about, and its tests take the fixture `vrops`:

    vrops = operations.fixture("6.7", "8.18", "9.1")
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


class Vrops:
    """The server of the reference estate's first site; `control` breaks and looks, `simulator` is the thing itself."""

    def __init__(self, simulator: Any, release: str) -> None:
        self.simulator, self.control, self.release = simulator, simulator.control, release

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

    def run(self, module: type[Definition], /, check: bool = False, **options: Any) -> Any:
        """The result of a module; an option that is None is not given."""
        given = {key: value for key, value in {**self.options, **options}.items() if value is not None}
        return run_module(module(), given, check)

    @property
    def requests(self) -> list[str]:
        """Method and path without query of every request beside logging in and out."""
        asked = [f"{entry['method']} {entry['path'].split('?')[0]}" for entry in self.control.journal()]
        return [each.replace("/suite-api/api/", "") for each in asked if "/auth/token/" not in each]

    @property
    def writes(self) -> list[str]:
        """Those that would change something."""
        asked = [f"{entry['method']} {entry['path'].split('?')[0]}" for entry in self.control.journal(write=True)]
        return [each.replace("/suite-api/api/", "") for each in asked]


def fixture(*releases: str) -> Any:
    """The fixture `vrops` of a test module, one after the other with each of these releases.

    It is the estate as it was in the beginning, with an empty journal and no faults.
    """

    @pytest.fixture(params=releases)
    def vrops(
        request: pytest.FixtureRequest, vrops_simulators: Any, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Vrops]:
        for table in _options.PRODUCTS.values():
            for option in table:
                monkeypatch.delenv(option.env, raising=False)
        found = vrops_simulators(request.param)
        found.control.reset()
        found.control.clear_faults()
        found.control.task_seconds(0)
        found.control.clear_journal()
        yield found
        for session in _http._pools.values():
            session.close()
        _http._pools.clear()

    return vrops


def simulators() -> Iterator[Any]:
    """What the fixture `vrops_simulators` gives: a release's simulator, which starts when it is first asked for."""
    # The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
    if sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None:
        pytest.skip("the simulator cannot run here")
    from tests.simulator.running import running_simulator

    with contextlib.ExitStack() as running:
        started: dict[str, Vrops] = {}

        def of(release: str) -> Vrops:
            if release not in started:
                started[release] = Vrops(running.enter_context(running_simulator(vrops_version=release)), release)
            return started[release]

        yield of
