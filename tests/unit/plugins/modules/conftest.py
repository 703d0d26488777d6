"""One simulator per release for the tests of all vCloud Availability modules, and the way to run a module on it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from tests.unit.plugins.module_utils.running import run_module
from tests.unit.plugins.modules import operations, vcds, vros

HERE, THERE = "A03-Auckland", "C00-Christchurch"
TENANTS = ["Tyrell", "tenant-00001", "tenant-00002", "tenant-00003"]


class Estate:
    """Two sites that are not paired, with the default policy and four tenants; `control` breaks and looks."""

    here, there, tenants = HERE, THERE, TENANTS

    def __init__(self, simulator: Any, release: str) -> None:
        self.simulator, self.control, self.release = simulator, simulator.control, release

    def run(self, module: type[Definition], check: bool = False, **options: Any) -> Any:
        """The result of a module at the first site; an option that is None is not given."""
        given = {
            "vcav_url": self.simulator.cloud(HERE), "ca_path": self.simulator.ca_path,
            "vcav_password": self.simulator.root_password(HERE), **options,
        }  # fmt: skip
        return run_module(module(), {key: value for key, value in given.items() if value is not None}, check)

    def add_policy(self, name: str, *organizations: str) -> None:
        """A policy that is there already, assigned to these."""
        self.control.change("policy-add", HERE, policy=name)
        for org in organizations:
            self.control.change("assign", HERE, policy=name, org=org)

    @property
    def writes(self) -> list[str]:
        """Method and path of every request that would change something. Logins are none."""
        return [f"{entry['method']} {entry['path'].split('?')[0]}" for entry in self.control.journal(write=True)]

    @property
    def sessions(self) -> int:
        """How many are open at the services of the first site."""
        return sum(self.control.status()["sites"][HERE]["open_sessions"].values())


@pytest.fixture(scope="session", params=["3.0", "4.7"])
def _simulator(request: pytest.FixtureRequest) -> Iterator[Any]:
    # The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
    if sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None:
        pytest.skip("the simulator cannot run here")
    from tests.simulator.running import running_simulator

    with running_simulator(product_version=request.param, organizations=len(TENANTS) - 1) as simulator:
        yield Estate(simulator, request.param)


@pytest.fixture(scope="session")
def vcd_simulators() -> Iterator[Any]:
    """A simulated vCloud Director of a release, for tests that take `vcds.fixture`."""
    yield from vcds.simulators()


@pytest.fixture(scope="session")
def vro_simulators() -> Iterator[Any]:
    """A simulated orchestrator of a release, for tests that take `vros.fixture`."""
    yield from vros.simulators()


@pytest.fixture(scope="session")
def vrops_simulators() -> Iterator[Any]:
    """A simulated vRealize Operations of a release, for tests that take `operations.fixture`."""
    yield from operations.simulators()


@pytest.fixture
def estate(_simulator: Estate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    """The estate as it was in the beginning, an empty journal, no faults, tasks that end at once."""
    for table in _options.PRODUCTS.values():
        for option in table:
            monkeypatch.delenv(option.env, raising=False)
    _simulator.control.reset()
    _simulator.control.clear_faults()
    _simulator.control.task_seconds(0)
    _simulator.control.clear_journal()
    yield _simulator
    for session in _http._pools.values():
        session.close()
    _http._pools.clear()


@pytest.fixture
def new_estate(estate: Estate) -> Iterator[Estate]:
    """The same on the day after its appliances were deployed: nothing is configured, the root passwords are changed."""
    estate.control.reset(start="first-boot")
    for site in estate.simulator.simulator.sites.values():
        for appliance in site.appliances.values():
            appliance.change_root_password(appliance.root_password, estate.simulator.root_password(site.site.name))
    estate.control.task_seconds(0)
    estate.control.clear_journal()
    yield estate
    estate.control.reset(start="configured")


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of the modules that run in a test: ansible-core collects those of a whole process, and each once."""
    found: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: found.append(text))
    return found
