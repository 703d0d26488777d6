"""The EXAMPLES of the modules of vSphere run as printed, on the reference estate's vCenter, from nothing.

VMware's own simulator is the vCenter; what it powers on, the simulator brings up.
"""

from __future__ import annotations

import ast
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
