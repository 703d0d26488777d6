"""The EXAMPLES of the modules of vSphere, and the README of the role on top of them, run as printed, from nothing.

VMware's own simulator is the vCenter; what it powers on, the simulator brings up.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import ROOT, play
from tests.simulator.running import Running, running_simulator
from tests.simulator.vsphere import process
from tests.tools.make_ova import make_ova

C00 = "C00-Christchurch"
pytestmark = pytest.mark.skipif(not process.PROGRAM.exists(), reason="not run: no vCenter simulator (make vcsim)")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(product_version="3.0", start="nothing", vsphere=True) as running:
        yield running


def examples(module: str) -> list[dict[str, Any]]:
    for node in ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return list(yaml.safe_load(str(ast.literal_eval(node.value))))
    raise AssertionError(f"{module} has no EXAMPLES")


def run(simulator: Running, directory: Path, tasks: list[dict[str, Any]], core: str) -> str:
    """Run tasks on the vCenter that stands for vcenter.example.com; the output."""
    vcenter = simulator.vcenter(C00)
    image = make_ova(directory / "a.ova", "3.0")
    text = yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], sort_keys=False)
    text = text.replace("vcenter.example.com", vcenter["hostname"])
    text = text.replace("/srv/images/VMware-vCloud-Availability.ova", str(image))
    path = directory / "examples.yml"
    path.write_text(text, encoding="utf-8")
    secrets = {
        "vault_vsphere_password": vcenter["password"],
        "vault_ovf_password": simulator.simulator.world.estate.initial_root_password,
    }
    trust = {"VSPHERE_CA_PATH": vcenter["ca_path"], "VSPHERE_PORT": str(vcenter["port"])}
    return play(core, directory, path, secrets, "-v", **trust).assert_ok().output


@pytest.mark.parametrize("core", ["newest", "oldest"])
def test_the_examples_run_as_they_are_printed(simulator: Running, tmp_path: Path, core: str) -> None:
    """All of the writing module, and the reading one's between its first and its second task."""
    first, *others = examples("vsphere_appliance")
    output = run(simulator, tmp_path, [first, *examples("vsphere_appliance_info"), *others], core)
    for task in (first, *others, *examples("vsphere_appliance_info")):
        assert f"TASK [{task['name']}]" in output
    assert "skipping:" not in output
    assert "'vdev-c00-vcam': '10.200.0.44'" in output.replace('"', "'"), "the guest's address is told"
    assert "% of" in output and "MiB/s" in output, "the progress is shown with -v"
    assert simulator.simulator.world.estate.initial_root_password not in output


def test_the_plays_in_the_readme_of_the_role_run_as_they_are_printed(tmp_path: Path) -> None:
    """The first block is a play with the role, the second a task that undoes it."""
    text = (ROOT / "roles" / "vcav_appliance" / "README.md").read_text(encoding="utf-8")
    first, undo = re.findall(r"^```yaml\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    (deploy,) = yaml.safe_load(first)
    removal = {**{key: deploy[key] for key in ("hosts", "connection", "gather_facts")},
               "vars": deploy["roles"][0]["vars"], "tasks": yaml.safe_load(undo)}  # fmt: skip
    with running_simulator(product_version="4.7", start="nothing", vsphere=True) as simulator:
        vcenter = simulator.vcenter(C00)
        plays = yaml.safe_dump([deploy, removal], sort_keys=False)
        plays = plays.replace("vcenter.example.com", vcenter["hostname"])
        plays = plays.replace("/srv/images/VMware-vCloud-Availability.ova", str(make_ova(tmp_path / "a.ova", "4.x")))
        plays = plays.replace("https://{{ inventory_hostname }}", simulator.cloud(C00))
        (tmp_path / "readme.yml").write_text(plays, encoding="utf-8")
        hosts = {"c00_christchurch": {"hosts": {"vdev-c00-vcam": None}}}
        (tmp_path / "inventory.json").write_text(json.dumps(hosts), encoding="utf-8")
        estate = simulator.simulator.world.estate
        secrets = {
            "vault_vsphere_password": vcenter["password"],
            "vault_initial_password": estate.initial_root_password,
            "vault_vcav_password": estate.root_password,
        }
        trust = {"VSPHERE_CA_PATH": vcenter["ca_path"], "VSPHERE_PORT": str(vcenter["port"]),
                 "VCAV_CA_PATH": simulator.ca_path}  # fmt: skip
        done = play(
            "newest", tmp_path, tmp_path / "readme.yml", secrets, "-i", str(tmp_path / "inventory.json"), **trust
        ).assert_ok()
        # Deployed, given its password and its settings; then deleted.
        assert done.changed()["vdev-c00-vcam"] >= 3, done.output
        assert estate.initial_root_password not in done.output and estate.root_password not in done.output
