"""What the tests of modules have in common: a simulator of one release, and the way to run a module on it.

`vcds`, `vros` and `operations` say what is different about their products. A test module says which releases it is
about, and its tests take the fixture that it names so:

    vcd = vcds.fixture("9.0", "9.7", "10.6")

The simulators themselves come from the fixture `simulators` of plugins/conftest.py: each starts when it is first asked
for, and runs until the tests are over.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import executions
from tests.unit.plugins.module_utils.running import run_module

HERE = "A03-Auckland"


class Bench:
    """A product of the reference estate's first site; `control` breaks and looks, `simulator` is the thing itself."""

    # What `running_simulator` is given beside the release, and under which name it is given that.
    release_option: ClassVar[str]
    more: ClassVar[dict[str, Any]] = {}

    def __init__(self, simulator: Any, release: str) -> None:
        self.simulator, self.control, self.release = simulator, simulator.control, release

    @property
    def options(self) -> dict[str, Any]:
        """The connection options of a task."""
        raise NotImplementedError

    def run(self, module: type[Definition], /, check: bool = False, **options: Any) -> Any:
        """The result of a module; an option that is None is not given."""
        given = {key: value for key, value in {**self.options, **options}.items() if value is not None}
        return run_module(module(), given, check)

    def asked(self, write: bool | None = None) -> list[str]:
        """Method and path with query of every request, or of those that would change something. Logins change none."""
        return [f"{entry['method']} {entry['path']}" for entry in self.control.journal(write=write)]

    @property
    def writes(self) -> list[str]:
        """Method and path with query of every request that would change something."""
        return self.asked(write=True)


def simulators() -> Iterator[Any]:
    """What the fixture `simulators` gives: the bench of a kind and a release; it starts when it is first asked for."""
    with contextlib.ExitStack() as running:
        started: dict[tuple[type[Bench], str], Bench] = {}

        def of(kind: type[Bench], release: str) -> Bench:
            # The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
            if sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None:
                pytest.skip("the simulator cannot run here")
            from tests.simulator.running import running_simulator

            if (kind, release) not in started:
                simulator = running.enter_context(running_simulator(**{kind.release_option: release}, **kind.more))
                started[kind, release] = kind(simulator, release)
            return started[kind, release]

        yield of


def begin(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The estate as it was in the beginning, an empty journal, no faults, tasks that end at once, restarts that take no
    time to speak of, a client that tries again and looks again soon, no environment."""
    for table in _options.PRODUCTS.values():
        for option in table:
            monkeypatch.delenv(option.env, raising=False)
    bench.control.reset()
    bench.control.clear_faults()
    bench.control.task_seconds(0)
    bench.control.restart_seconds(0.2)
    monkeypatch.setattr(_http, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(executions, "FIRST_PAUSE", 0.02)
    bench.control.clear_journal()


def end() -> None:
    """No connection that the next test could find."""
    for session in _http._pools.values():
        session.close()
    _http._pools.clear()


def fixture(kind: type[Bench], *releases: str) -> Any:
    """A fixture that is a bench of this kind as it was in the beginning, one after the other with each release."""

    @pytest.fixture(params=releases)
    def bench(request: pytest.FixtureRequest, simulators: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
        found = simulators(kind, request.param)
        begin(found, monkeypatch)
        yield found
        end()

    return bench
