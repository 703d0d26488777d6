"""From appliances that were just deployed to healthy sites: the playbook `configure` on the reference estate.

The simulator's journal says in which order the seven steps were done, and its state what came of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_playbooks import A03, C00, Estate
from tests.simulator.running import Running, running_simulator

SITES = {A03: "a03", C00: "c00"}
NEW_PASSWORDS = [
    {
        "name": "Change the first passwords",
        "hosts": "vcav",
        "connection": "local",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Change it",
                "vcpp.vcloud.vcav_root_password": {
                    "vcav_url": "{{ vcav_url }}",
                    "vcav_password": "{{ vcav_password }}",
                    "ca_path": "{{ ca_path }}",
                    "current_password": "{{ initial_root_password }}",
                },
            }
        ],
    }
]


class NewEstate(Estate):
    """Appliances that were just deployed and have their root passwords; all certificates are accepted."""

    def configure(self, *arguments: str, fails: bool = False, **more: Any) -> Any:
        """The playbook, with certificates accepted unless that is said otherwise."""
        return self.run("configure", *arguments, fails=fails, **{"estate_accept_certificates": True, **more})

    def steps(self, site: str) -> list[str]:
        """What was written at a site's services, in order: `<kind> <method> <path>`."""
        entries = self.control.journal(write=True, service=f"{site}/*")
        return [f"{one['service'].rsplit('/')[-1]} {one['method']} {one['path'].lstrip('/')}" for one in entries]

    def green(self, site: str) -> bool:
        """Whether the health of a site has nothing to complain of."""
        from tests.simulator.vcav.health import complaints

        return complaints(self.simulator.simulator.sites[site].cloud.health()) == []


@pytest.fixture(scope="module")
def releases() -> Iterator[dict[str, Running]]:
    """A simulator of the oldest and one of the newest release of the product."""
    with (
        running_simulator(product_version="3.0", start="first-boot") as oldest,
        running_simulator(product_version="4.7", start="first-boot") as newest,
    ):
        yield {"3.0": oldest, "4.7": newest}


def fresh(simulator: Running, directory: Path) -> NewEstate:
    """The estate on its first day."""
    simulator.control.clear_faults()
    simulator.control.reset()
    simulator.control.task_seconds(0)
    estate = NewEstate(simulator, directory)
    estate.run(NEW_PASSWORDS)
    simulator.control.clear_journal()
    return estate


@pytest.fixture(params=[pytest.param("3.0", marks=pytest.mark.slow), "4.7"])
def estates(request: pytest.FixtureRequest, releases: dict[str, Running], tmp_path: Path) -> NewEstate:
    """The estate of either release."""
    return fresh(releases[request.param], tmp_path)


@pytest.fixture
def estate(releases: dict[str, Running], tmp_path: Path) -> NewEstate:
    """That of the newest release, for what does not depend on it."""
    return fresh(releases["4.7"], tmp_path)


def test_a_new_estate_is_configured_in_seven_steps_and_then_left_alone(estates: NewEstate) -> None:
    old = estates.simulator.simulator.sites[A03].cloud.product.is_3
    estates.prove("configure", estate_accept_certificates=True)
    assert all(estates.green(site) for site in SITES)
    expected = [
        "manager POST config/lookup-service",
        *(["cloud POST config/manager"] if old else []),
        "cloud POST config/site",
        "cloud POST config/endpoints",
        "cloud POST config/lookup-service",
        "cloud POST config/vcloud",
        "cloud POST license",
        "replicator POST config/lookup-service",
        "manager POST replicators",
        "tunnel POST config/lookup-service",
        "cloud POST config/tunnel-service" if old else "cloud POST config/tunnels",
        "replicator POST os/reboot-services",
        "cloud POST os/reboot-services",
        *([] if old else ["cloud POST config/admin-allow-from"]),
    ]
    for site in SITES:
        assert estates.steps(site) == expected
    estates.run("pair_sites", estate_accept_certificates=True)
    assert estates.paired() == {A03: [C00], C00: [A03]}


def test_what_is_changed_later_costs_no_more_than_its_own_restart(estate: NewEstate) -> None:
    estate.configure()
    estate.control.clear_journal()
    done = estate.configure("--limit", "a03_auckland", vcav_site_public_port=8443)
    assert estate.steps(A03) == ["cloud POST config/endpoints", "cloud POST os/reboot-services"]
    assert estate.steps(C00) == []
    assert done.changed()["vdev-a03-vcar01"] == 0


def test_certificates_are_not_trusted_silently(estate: NewEstate) -> None:
    done = estate.configure(fails=True, estate_accept_certificates=False)
    for site in SITES:
        thumbprint = estate.simulator.simulator.sites[site].lookup.certificate.thumbprint
        assert thumbprint in done.output
    assert estate.control.count(write=True) == 0


def test_a_variable_that_is_missing_is_named_before_anything_is_changed(estate: NewEstate) -> None:
    done = estate.run([
        {
            "name": "Without a name",
            "hosts": "vdev-a03-vcam",
            "connection": "local",
            "gather_facts": False,
            "vars": {"vcav_site_part": "replicator"},
            "tasks": [{"name": "Run", "ansible.builtin.include_role": {"name": "vcpp.vcloud.vcav_site"}}],
        }
    ], fails=True)  # fmt: skip
    assert "is a replicator appliance and lacks vcav_site_replicator_url" in done.output
    assert estate.control.count() == 0


@pytest.mark.parametrize(("path", "service"), [
    ("replicators", "*/vdev-a03-vcam/manager"),
    pytest.param("os/reboot-services", "*/vdev-a03-vcar01/replicator", marks=pytest.mark.slow),
    pytest.param("os/reboot-services", "*/vdev-a03-vcam/cloud", marks=pytest.mark.slow),
])  # fmt: skip
def test_an_interrupted_run_is_taken_up_by_the_next(estate: NewEstate, path: str, service: str) -> None:
    estate.control.add_fault("refuse_role", service=service, method="POST", path=path, times=1)
    done = estate.configure("--limit", "a03_auckland", fails=True)
    assert "Permission denied" in done.output
    assert not estate.green(A03)
    estate.configure("--limit", "a03_auckland")
    assert estate.green(A03)
    assert not any(estate.configure("--limit", "a03_auckland").changed().values())


def test_a_site_that_does_not_become_healthy_is_told_with_the_check(estate: NewEstate) -> None:
    estate.control.add_fault("component_error", service="*/vdev-a03-vcam/cloud", component="ntp")
    done = estate.configure("--limit", "a03_auckland", fails=True, vcav_site_wait_timeout=10)
    assert "time" in done.output and "The check ntp failed" in done.output


def test_a_replicator_can_be_taken_out_again(estate: NewEstate) -> None:
    estate.configure()
    undo = [
        {
            "name": "Undo",
            "hosts": "vcav",
            "connection": "local",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Undo what can be undone",
                    "ansible.builtin.include_role": {"name": "vcpp.vcloud.vcav_site", "tasks_from": "absent"},
                }
            ],
        }
    ]
    estate.prove(undo)
    assert estate.simulator.simulator.sites[A03].manager.replicators() == []
