"""The plays of the guide "A cluster for a tenant" do what its reader is told, on 3.1 and on 4.2."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import CORES, Play, environment, play
from tests.e2e.test_readme import guide_block
from tests.unit.plugins.modules import benches, cses

GUIDE = "a_cluster_for_a_tenant"
# What PuTTYgen saves.
KEY = """---- BEGIN SSH2 PUBLIC KEY ----
Comment: "roy@tyrell"
AAAAC3NzaC1lZDI1NTE5AAAAIFCoOMRJUmlvPGMUNdeeV5cYClgDWNIVMCJ8/vYL
Dt7y
---- END SSH2 PUBLIC KEY ----
"""


@pytest.fixture(scope="module")
def simulators() -> Iterator[Any]:
    """The bench of a kind and a release, as unit tests have it."""
    yield from benches.simulators()


def follow(cse: cses.Cse, directory: Path, containing: str) -> Play:
    """One play of the guide, as printed but for the address of the vCloud Director."""
    path = directory / "play.yml"
    path.write_text(guide_block(GUIDE, containing).replace("https://vcd.example.com", cse.options["vcd_url"]))
    given = {"vault_vcd_password": cse.options["vcd_password"], "vault_tyrell_api_token": "an-api-t0ken"}
    return play("newest", directory, path, given, VCD_CA_PATH=cse.options["ca_path"]).assert_ok()


def begin(simulators: Any, release: str, directory: Path) -> cses.Cse:
    cse: cses.Cse = simulators(cses.kind_of(release), release)
    cse.control.reset()
    cse.control.task_seconds(0)
    (directory / "k8sceph.pub").write_text(KEY)
    return cse


def test_from_nothing_to_a_kubeconfig_and_on(simulators: Any, tmp_path: Path) -> None:
    cse = begin(simulators, "3.1", tmp_path)
    assert follow(cse, tmp_path, "The VDC is enabled").changed() == {"localhost": 1}
    made = follow(cse, tmp_path, "The cluster is there")
    assert made.changed() == {"localhost": 2} and "mstr-" in made.output
    assert follow(cse, tmp_path, "The VDC is enabled").changed() == {"localhost": 0}
    assert follow(cse, tmp_path, "The cluster is there").changed() == {"localhost": 0}
    written = tmp_path / "k8sceph.kubeconfig"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert yaml.safe_load(written.read_text())["kind"] == "Config"
    assert follow(cse, tmp_path, "Three workers").changed() == {"localhost": 1}
    assert len(cse.nodes("k8sceph")["node"]) == 3
    assert follow(cse, tmp_path, "Three workers").changed() == {"localhost": 0}


def test_its_nodes_are_hosts_in_the_groups_that_the_guide_names(simulators: Any, tmp_path: Path) -> None:
    cse = begin(simulators, "3.1", tmp_path)
    follow(cse, tmp_path, "The VDC is enabled")
    follow(cse, tmp_path, "The cluster is there")
    source = guide_block(GUIDE, "plugin: vcpp.vcloud.vcloud").replace("https://vcd.example.com", cse.options["vcd_url"])
    (tmp_path / "k8sceph.vcloud.yml").write_text(source)
    told = subprocess.run(
        [str(CORES["newest"] / "bin" / "ansible-inventory"), "-i", str(tmp_path / "k8sceph.vcloud.yml"), "--list"],
        env=environment(
            "newest", tmp_path, VCD_PASSWORD=cse.options["vcd_password"], VCD_CA_PATH=cse.options["ca_path"]
        ),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    groups = json.loads(told.stdout)
    workers = groups["cluster_Tyrell_Tyrell_A03_Allocated_k8sceph_worker"]["hosts"]
    assert workers == groups["cluster_role_worker"]["hosts"] and len(workers) == 2


def test_a_cluster_of_4_x(simulators: Any, tmp_path: Path) -> None:
    cse = begin(simulators, "4.2", tmp_path)
    cse.control.advance(5)
    cse.control.change("catalog-add", benches.HERE, org=cses.ORG, catalog="tkg")
    cse.control.change("template-add", benches.HERE, catalog="tkg", template=cses.OVA)
    made = follow(cse, tmp_path, "catalog: tkg")
    assert made.changed() == {"localhost": 1} and "an-api-t0ken" not in made.output
    assert follow(cse, tmp_path, "catalog: tkg").changed() == {"localhost": 0}
