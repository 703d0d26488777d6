# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role vrops_docker_monitoring: one adapter instance for every Docker host of an inventory, and one credential.

The keys of the kind of adapters are the simulator's inventions: the role knows none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import Play, play
from tests.simulator.running import Running, running_simulator

SITE, HOSTS = "A03-Auckland", [f"docker{number:02d}" for number in range(1, 6)]
SECRET = "a-secret-of-docker"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(vrops_version="8.18") as found:
        yield found


class Monitoring:
    """An inventory of Docker hosts, which Auckland's vRealize Operations monitors."""

    def __init__(self, simulator: Running, directory: Path) -> None:
        self.simulator, self.directory = simulator, directory
        vrops, prefix = simulator.vrops(SITE), "vrops_docker_monitoring"
        self.variables = {
            "vrops_url": vrops["url"], "vrops_user": vrops["user"], "vrops_password": vrops["password"],
            "vrops_ca_path": simulator.ca_path,
            f"{prefix}_adapter_kind": "DockerAdapter", f"{prefix}_wait_interval": 0,
            f"{prefix}_credential": "Docker hosts", f"{prefix}_credential_kind": "DOCKER_USER",
            f"{prefix}_credential_fields": {"USER": "monitor"}, f"{prefix}_credential_secrets": {"PASSWORD": SECRET},
        }  # fmt: skip
        own = {f"{prefix}_identifiers": {"DOCKER_HOST": "{{ inventory_hostname }}.vdev.local", "DOCKER_PORT": 2375}}
        hosts = {name: {"ansible_connection": "local", **own} for name in HOSTS}
        self.inventory = directory / "hosts.yml"
        self.inventory.write_text(yaml.safe_dump({"docker_hosts": {"hosts": hosts}}), encoding="utf-8")

    def run(self, *arguments: str, entry: str = "main", **more: Any) -> Play:
        """One play with the role, with an empty journal before it."""
        self.simulator.control.clear_journal()
        task = {"ansible.builtin.include_role": {"name": "vcpp.vcloud.vrops_docker_monitoring", "tasks_from": entry}}
        head = {"name": "Monitoring", "hosts": "docker_hosts", "gather_facts": False}
        playbook = self.directory / "play.yml"
        playbook.write_text(yaml.safe_dump([{**head, "tasks": [{"name": "Run it", **task}]}]), encoding="utf-8")
        variables = {**self.variables, **more}
        return play("newest", self.directory, playbook, variables, "-i", str(self.inventory), "--diff", *arguments)

    @property
    def instances(self) -> list[Any]:
        """Those of the simulator, without the vCenter's."""
        state = self.simulator.simulator.vrops[SITE].state
        return [one for one in state.instances.values() if one.kind.key == "DockerAdapter"]

    def calls(self, method: str, path: str) -> int:
        """How many requests the last play sent to one address."""
        found = [one["path"].partition("?")[0] for one in self.simulator.control.journal(method=method)]
        return found.count(f"/suite-api/api/{path}")


def test_every_host_is_monitored_with_one_list_and_one_credential(simulator: Running, tmp_path: Path) -> None:
    simulator.control.reset()
    simulator.control.task_seconds(0)
    monitoring = Monitoring(simulator, tmp_path)

    predicted = monitoring.run("--check").assert_ok()
    assert monitoring.instances == [] and simulator.control.count(write=True) == 0
    applied = monitoring.run().assert_ok()
    assert predicted.changed() == applied.changed() and sum(applied.changed().values()) == 2
    assert sorted(one.name for one in monitoring.instances) == HOSTS
    assert len({one.credential for one in monitoring.instances}) == 1
    assert all(one.state == "STARTED" and one.last_collected for one in monitoring.instances)
    assert SECRET not in applied.output and [
        monitoring.calls("POST", f"auth/token/{what}") for what in ("acquire", "release")
    ] == [1, 1]

    # Nothing to do: as few requests for five hosts as for one.
    assert sum(monitoring.run().assert_ok().changed().values()) == 0
    assert monitoring.calls("GET", "adapters") == 1
    assert len(simulator.control.journal()) <= 8

    # One was stopped and one removed by hand; a host that does not answer keeps nobody from being mended.
    simulator.control.change("adapter-set", SITE, instance="docker01", fields={"state": "STOPPED"})
    simulator.control.change("adapter-remove", SITE, instance="docker02")
    simulator.control.change("adapter-remove", SITE, instance="docker03")
    simulator.control.change("adapter-target", SITE, host="docker03.vdev.local", does="silence")
    broken = monitoring.run()
    assert broken.code and "docker03: POST" in broken.output
    assert sorted(one.name for one in monitoring.instances) == [one for one in HOSTS if one != "docker03"]
    assert all(one.state == "STARTED" for one in monitoring.instances)

    # Whoever is left out of the play is not to be taken for gone.
    limited = monitoring.run("--limit", "docker01", vrops_docker_monitoring_prune=True)
    assert (
        limited.code and "left out by --limit" in limited.output.replace("\n", " ") and len(monitoring.instances) == 4
    )

    gone = monitoring.run(entry="absent", vrops_docker_monitoring_remove_credential=True).assert_ok()
    assert monitoring.instances == [] and sum(gone.changed().values()) == 5
    credentials = simulator.simulator.vrops[SITE].state.credentials
    assert [one.kind.key for one in credentials.values()] == ["VMWARE"]
