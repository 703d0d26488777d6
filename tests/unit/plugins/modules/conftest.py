"""The simulated estate of the tests of all vCloud Availability modules (benches.py), and the warnings of any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from ansible.module_utils.basic import AnsibleModule

from tests.unit.plugins.modules import benches
from tests.unit.plugins.modules.benches import HERE

THERE = "C00-Christchurch"
TENANTS = ["Tyrell", "tenant-00001", "tenant-00002", "tenant-00003"]


class Estate(benches.Bench):
    """Two sites that are not paired, with the default policy and four tenants; modules run at the first one."""

    here, there, tenants = HERE, THERE, TENANTS
    release_option = "product_version"
    more: ClassVar[dict[str, Any]] = {"organizations": len(TENANTS) - 1}

    @property
    def options(self) -> dict[str, Any]:
        """The connection options of a task."""
        return {
            "vcav_url": self.simulator.cloud(HERE), "ca_path": self.simulator.ca_path,
            "vcav_password": self.simulator.root_password(HERE),
        }  # fmt: skip

    def add_policy(self, name: str, *organizations: str) -> None:
        """A policy that is there already, assigned to these."""
        self.control.change("policy-add", HERE, policy=name)
        for org in organizations:
            self.control.change("assign", HERE, policy=name, org=org)

    @property
    def writes(self) -> list[str]:
        """Method and path without query of every request that would change something."""
        return [each.split("?")[0] for each in super().writes]

    @property
    def sessions(self) -> int:
        """How many are open at the services of the first site."""
        return sum(self.control.status()["sites"][HERE]["open_sessions"].values())


estate = benches.fixture(Estate, "3.0", "4.7")


@pytest.fixture
def new_estate(estate: Estate) -> Iterator[Estate]:
    """The same on the day after its appliances were deployed: nothing is configured, the root passwords are changed."""
    estate.control.reset(start="first-boot")
    for site in estate.simulator.simulator.sites.values():
        for appliance in site.appliances.values():
            appliance.change_root_password(appliance.root_password, estate.simulator.root_password(site.site.name))
    estate.control.task_seconds(0)
    estate.control.restart_seconds(0.2)
    estate.control.clear_journal()
    yield estate
    estate.control.reset(start="configured")


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of the modules that run in a test: ansible-core collects those of a whole process, and each once."""
    found: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: found.append(text))
    return found
