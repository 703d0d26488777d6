"""The guide about content from git: out of one orchestrator into a folder, out of the folder into another one.

The first site's is developed on, the second one's gets what is merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import play
from tests.e2e.test_readme import guide_block
from tests.simulator.running import Running, running_simulator
from tests.tools import make_vro_content

A03, C00 = "A03-Auckland", "C00-Christchurch"
GUIDE = "orchestrator_content_from_git"
SECRET = "Avamar-S3cret"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(vro_version="8.18") as running:
        yield running


def of_guide(directory: Path, containing: str, simulator: Running) -> Path:
    """A play of the guide as a file, with the first site's address and user for those of the text."""
    own = simulator.vro(A03)
    text = guide_block(GUIDE, containing).replace("https://vdev-a03-vro.vdev.local", own["url"])
    text = text.replace("vro_user: administrator", f"vro_user: {own['user']}")
    path = directory / f"{containing.split()[0].lower()}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def connection(simulator: Running, site: str) -> dict[str, Any]:
    own = simulator.vro(site)
    return {"vro_url": own["url"], "vro_user": own["user"], "vro_password": own["password"]}


def test_what_is_made_on_one_orchestrator_is_exported_and_given_to_another(simulator: Running, tmp_path: Path) -> None:
    make_vro_content.write(tmp_path / "made", make_vro_content.first())
    making = tmp_path / "make.yml"
    options = {**connection(simulator, A03), "path": str(tmp_path / "made"),
               "secrets": {"Kiwi Cloud/Größe/Backup": {"password": SECRET}}}  # fmt: skip
    tasks = [{"name": "Somebody works", "vcpp.vcloud.vro_content": options}]
    making.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    trust = {"VRO_CA_PATH": simulator.ca_path}
    play("newest", tmp_path, making, {}, **trust).assert_ok()
    into = of_guide(tmp_path, "Into the repository", simulator)
    vault = {"vault_vro_password": simulator.vro(A03)["password"]}
    assert play("newest", tmp_path, into, vault, **trust).assert_ok().changed() == {"localhost": 1}
    assert play("newest", tmp_path, into, vault, **trust).assert_ok().changed() == {"localhost": 0}
    folder = tmp_path / "orchestrator"
    held = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert (folder / "workflows/Kiwi Cloud/Größe/Add a tenant.xml") in held
    assert not [path for path, content in held.items() if SECRET.encode() in content]
    inventory = tmp_path / "hosts.json"
    hosts = {"vdev-c00-vro": connection(simulator, C00), "vdev-a03-vro": connection(simulator, A03)}
    inventory.write_text(json.dumps({"vro": {"hosts": hosts}}), encoding="utf-8")
    out = of_guide(tmp_path, "Out of the repository", simulator)
    arguments = ["-i", str(inventory)]
    predicted = play("newest", tmp_path, out, {}, *arguments, "--check", "--diff", **trust).assert_ok()
    # The lines of a script are there to be reviewed.
    assert "+return tenant.name;" in predicted.output
    assert predicted.changed() == {"vdev-c00-vro": 1, "vdev-a03-vro": 0}
    made = play("newest", tmp_path, out, {}, *arguments, **trust).assert_ok()
    assert made.changed() == {"vdev-c00-vro": 1, "vdev-a03-vro": 0}
    again = play("newest", tmp_path, out, {"vcpp_in_process": False}, *arguments, **trust).assert_ok()
    assert again.changed() == {"vdev-c00-vro": 0, "vdev-a03-vro": 0}
    assert SECRET not in predicted.output + made.output


def test_the_project_for_awx_is_a_play_and_an_inventory() -> None:
    (described,) = yaml.safe_load(guide_block(GUIDE, "Content of the orchestrators"))
    hosts = yaml.safe_load(guide_block(GUIDE, "vdev-c00-vro:"))["all"]["children"]
    assert described["hosts"] in hosts
    (awx,) = yaml.safe_load(guide_block(GUIDE, "awx.awx.job_template"))
    assert {task["awx.awx.job_template"]["playbook"] for task in awx["tasks"]} == {"content.yml"}
