# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role vro_docker_host: the orchestrator's workflow runs containers on a genuine Docker engine.

The orchestrator is the simulator, whose scripts run and send their requests for real; the engine is Debian's, started
by the test with an image that was made from scratch (tests/tools/docker_engine.py). The engine itself is the witness.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import ROOT, Play, not_run, play
from tests.e2e.test_examples import yaml_blocks
from tests.simulator.running import Running, running_simulator
from tests.tools.docker_engine import IMAGE, PAGE, SERVE, Engine, NoEngine, docker_engine, free_port

SITE, HOST = "A03-Auckland", "docker01"
REFUSED = [
    {"name": "unknown", "image": "registry.invalid/nobody/nothing:1"},
    {"name": "missing", "image": "nothing:1", "pull": False},
    {"name": "wrong", "image": IMAGE, "ports": ["http:80"]},
    {"name": "broken", "image": IMAGE, "command": ["/nothing"], "network_mode": "none"},
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    try:
        with docker_engine() as found:
            yield found
    except NoEngine as problem:
        not_run(str(problem))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(vro_version="8.18") as found:
        yield found


class DockerHost:
    """One host of an inventory, whose engine is reached by the orchestrator of Auckland."""

    def __init__(self, engine: Engine, simulator: Running, directory: Path) -> None:
        self.engine, self.directory = engine, directory
        vro = simulator.vro(SITE)
        self.variables = {
            "vro_url": vro["url"], "vro_user": vro["user"], "vro_password": vro["password"],
            "vro_ca_path": simulator.ca_path, "vro_docker_host_wait_interval": 1,
            "vro_docker_host_endpoint": engine.url,
        }  # fmt: skip
        inventory = {"docker_hosts": {"hosts": {HOST: {"ansible_connection": "local"}}}}
        self.inventory = directory / "hosts.yml"
        self.inventory.write_text(yaml.safe_dump(inventory), encoding="utf-8")

    def run(self, containers: list[dict[str, Any]], *arguments: str, entry: str = "main", **more: Any) -> Play:
        """One play with the role."""
        task = {"ansible.builtin.include_role": {"name": "vcpp.vcloud.vro_docker_host", "tasks_from": entry}}
        head = {"name": "Containers", "hosts": "docker_hosts", "gather_facts": False}
        playbook = self.directory / "play.yml"
        playbook.write_text(yaml.safe_dump([{**head, "tasks": [{"name": "Run it", **task}]}]), encoding="utf-8")
        variables = {**self.variables, **more, "vro_docker_host_containers": containers}
        return play("newest", self.directory, playbook, variables, "-i", str(self.inventory), "--diff", *arguments)

    def inspect(self, name: str) -> Any:
        """What the engine says of a container, None where there is none."""
        status, document = self.engine.ask("GET", f"/containers/{name}/json")
        return document if status == 200 else None


@pytest.fixture
def host(engine: Engine, simulator: Running, tmp_path: Path) -> DockerHost:
    return DockerHost(engine, simulator, tmp_path)


def page(url: str) -> str:
    """What a container serves, as soon as it does."""
    for _turn in range(50):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def test_a_container_is_run_kept_so_and_removed(host: DockerHost, tmp_path: Path) -> None:
    """The first to use the orchestrator, because it predicts what is not there yet."""
    port = free_port()
    web = {
        "name": "web", "image": host.engine.image, "command": SERVE, "environment": {"STAGE": "test", "N": 1},
        "labels": {"managed-by": "ansible"}, "volumes": [f"{tmp_path}:/data:ro"], "restart_policy": "unless-stopped",
        **({"ports": [f"127.0.0.1:{port}:80"]} if host.engine.publishes else {"network_mode": "none"}),
    }  # fmt: skip
    looks = {"vro_docker_host_look_in_check_mode": True}

    # Nothing is there yet: what can be predicted is, nothing is written.
    predicted = host.run([web], "--check").assert_ok()
    assert predicted.changed() == {HOST: 2} and "is not predicted" in predicted.output
    assert host.inspect("web") is None

    # A genuine process in a genuine container, with all that was given.
    assert host.run([web]).assert_ok().changed() == {HOST: 3}
    first = host.inspect("web")
    assert first["State"]["Running"] and {"STAGE=test", "N=1"} <= set(first["Config"]["Env"])
    assert first["HostConfig"]["Binds"] == [f"{tmp_path}:/data:ro"] and first["Config"]["Labels"] == web["labels"]
    if host.engine.publishes:
        assert page(f"http://127.0.0.1:{port}/") == PAGE

    # Again: the workflow looks, and leaves it alone.
    assert host.run([web]).assert_ok().changed() == {HOST: 0}
    assert host.inspect("web")["Id"] == first["Id"]

    # Stopped behind everybody's back: seen in check mode, mended by the next run. The policy changes in place.
    host.engine.ask("POST", "/containers/web/stop?t=0")
    assert host.run([web], "--check", **looks).assert_ok().changed() == {HOST: 1}
    assert not host.inspect("web")["State"]["Running"]
    always = {**web, "restart_policy": "on-failure:3"}
    assert host.run([always]).assert_ok().changed() == {HOST: 1}
    now = host.inspect("web")
    assert now["State"]["Running"] and now["Id"] == first["Id"]
    assert now["HostConfig"]["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}

    # What only a new container can have is named, and so is what the engine refuses, in its own words.
    other = {**always, "environment": {"STAGE": "production"}}
    refused = host.run([other, *REFUSED])
    assert refused.code and "differs in environment" in refused.output
    for said in ("registry.invalid", "the host does not have it, and pullImage is false", "write it as 8080:80",
                 "no such file or directory"):  # fmt: skip
        assert said in refused.output

    # It is made anew where that is asked for.
    assert host.run([{**other, "recreate": True}]).assert_ok().changed() == {HOST: 1}
    now = host.inspect("web")
    assert now["Id"] != first["Id"] and "STAGE=production" in now["Config"]["Env"] and now["State"]["Running"]

    # Undone, and again.
    everything = [web, *({"name": one["name"]} for one in REFUSED)]
    assert host.run(everything, entry="absent").assert_ok().changed() == {HOST: 2}
    assert host.engine.ask("GET", "/containers/json?all=1") == (200, [])
    assert host.run(everything, entry="absent", vro_docker_host_remove_workflow=True).assert_ok().changed() == {HOST: 1}


def test_the_play_in_the_roles_readme_runs_as_it_is_printed(host: DockerHost, tmp_path: Path) -> None:
    """But for the orchestrator's address and user, the port and the folder, which are the reader's."""
    assert host.engine.ask("POST", "/images/vcpp-test:1/tag?repo=nginx&tag=1.25")[0] == 201
    (printed,) = yaml_blocks(ROOT / "roles" / "vro_docker_host" / "README.md")
    here = {"https://vdev-a03-vro.vdev.local": str(host.variables["vro_url"]), "/srv/web": str(tmp_path)}
    here |= {"8080:80": f"127.0.0.1:{free_port()}:80", "administrator": str(host.variables["vro_user"])}
    for theirs, ours in here.items():
        assert theirs in printed
        printed = printed.replace(theirs, ours)
    playbook = tmp_path / "readme.yml"
    playbook.write_text(printed, encoding="utf-8")
    given = {key: host.variables[key] for key in ("vro_ca_path", "vro_docker_host_endpoint")}
    given["vault_vro_password"] = host.variables["vro_password"]
    play("newest", tmp_path, playbook, given, "-i", str(host.inventory)).assert_ok()
    assert host.inspect("web")["State"]["Running"] and "STAGE=production" in host.inspect("web")["Config"]["Env"]
    host.engine.ask("DELETE", "/containers/web?force=1")
