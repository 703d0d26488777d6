"""One simulated orchestrator per release for the tests of vRO modules, and the way to run a module on it.

A test module says which releases it is about, and its tests take the fixture `vro`:

    vro = vros.fixture("7.3", "8.18", "9.1")
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


class Vro:
    """The orchestrator of the reference estate's first site; `control` breaks and looks, `simulator` is the thing."""

    def __init__(self, simulator: Any, release: str) -> None:
        self.simulator, self.control, self.release = simulator, simulator.control, release
        self.version = tuple(map(int, release.split(".")))

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

    def run(self, module: type[Definition], /, check: bool = False, **options: Any) -> Any:
        """The result of a module; an option that is None is not given."""
        given = {key: value for key, value in {**self.options, **options}.items() if value is not None}
        return run_module(module(), given, check)

    @property
    def requests(self) -> list[str]:
        """Method and path with query of every request of the API beside logging in and out."""
        asked = [f"{entry['method']} {entry['path']}" for entry in self.control.journal()]
        own = [each for each in asked if " /vco/api/" in each]
        return [each for each in own if each.split("?")[0] not in ("GET /vco/api/about", "GET /vco/api/users")]

    @property
    def writes(self) -> list[str]:
        """Those that would change something."""
        asked = [f"{entry['method']} {entry['path']}" for entry in self.control.journal(write=True)]
        return [each for each in asked if " /vco/api/" in each]


def fixture(*releases: str) -> Any:
    """The fixture `vro` of a test module, one after the other with each of these releases.

    It is the estate as it was in the beginning, with an empty journal and no faults.
    """

    @pytest.fixture(params=releases)
    def vro(request: pytest.FixtureRequest, vro_simulators: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vro]:
        for table in _options.PRODUCTS.values():
            for option in table:
                monkeypatch.delenv(option.env, raising=False)
        found = vro_simulators(request.param)
        found.control.reset()
        found.control.clear_faults()
        found.control.task_seconds(0)
        found.control.clear_journal()
        yield found
        for session in _http._pools.values():
            session.close()
        _http._pools.clear()

    return vro


def simulators() -> Iterator[Any]:
    """What the fixture `vro_simulators` gives: a release's simulator, which starts when it is first asked for."""
    # The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
    if sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None:
        pytest.skip("the simulator cannot run here")
    from tests.simulator.running import running_simulator

    with contextlib.ExitStack() as running:
        started: dict[str, Vro] = {}

        def of(release: str) -> Vro:
            if release not in started:
                started[release] = Vro(running.enter_context(running_simulator(vro_version=release)), release)
            return started[release]

        yield of
