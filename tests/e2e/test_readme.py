"""The ten lines of the README and the plays of the guides do what their readers are told."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.plays import ROOT, Play, play
from tests.simulator.running import Running, running_simulator

SITE = "A03-Auckland"
GUIDES = ROOT / "docs" / "docsite" / "rst"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(simulator: Running) -> None:
    simulator.control.reset()
    simulator.control.clear_journal()


def ten_lines() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def guide_block(guide: str, containing: str, language: str = "yaml") -> str:
    """The block of a guide that holds a line."""
    text = (GUIDES / f"{guide}.rst").read_text(encoding="utf-8")
    found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:(?:    .*)?\n)+)", text, flags=re.MULTILINE)
    (block,) = [textwrap.dedent(block) for block in found if containing in block]
    return block


def estate(simulator: Running, directory: Path) -> list[str]:
    """The reference inventory, and the overlay that leads to the simulator."""
    overlay = directory / "overlay.yml"
    overlay.write_text(yaml.safe_dump(simulator.control.inventory()), encoding="utf-8")
    return ["-i", str(ROOT / "inventories" / "reference" / "hosts.yml"), "-i", str(overlay)]


def policy_of_tyrell(simulator: Running, site: str) -> set[str]:
    policies = simulator.control.status()["sites"][site]["policies"]
    return {policy["displayName"] for policy in policies if policy["orgs"]}


@pytest.mark.parametrize("core", ["newest", "oldest"])
def test_the_ten_lines_predict_then_change_then_change_nothing(simulator: Running, core: str, tmp_path: Path) -> None:
    path = tmp_path / "tyrell.yml"
    path.write_text(ten_lines(), encoding="utf-8")

    def run(*arguments: str) -> Play:
        return play(
            core, tmp_path, path, {}, *arguments,
            VCAV_URL=simulator.cloud(SITE),
            VCAV_PASSWORD=simulator.root_password(SITE),
            VCAV_CA_PATH=simulator.ca_path,
        ).assert_ok()  # fmt: skip

    predicted = run("--check", "--diff")
    assert predicted.changed() == {"localhost": 2}
    assert '+    "policy": "Silver"' in predicted.output
    assert simulator.control.count(write=True) == 0
    assert run().changed() == {"localhost": 2}
    assert policy_of_tyrell(simulator, SITE) == {"Silver"}
    assert run().changed() == {"localhost": 0}
    assert simulator.control.count(write=True) == 2


def test_the_first_play_of_the_guide_goes_to_every_site(simulator: Running, tmp_path: Path) -> None:
    path = tmp_path / "tyrell.yml"
    path.write_text(guide_block("getting_started", "Tyrell is under policy in every site"), encoding="utf-8")
    inventory = estate(simulator, tmp_path)
    both = {"vdev-a03-vcam", "vdev-c00-vcam"}
    assert play("newest", tmp_path, path, {}, *inventory, "--check", "--diff").assert_ok().changed() == dict.fromkeys(
        both, 2
    )
    assert simulator.control.count(write=True) == 0
    assert play("newest", tmp_path, path, {}, *inventory).assert_ok().changed() == dict.fromkeys(both, 2)
    assert {site: policy_of_tyrell(simulator, site) for site in simulator.sites} == dict.fromkeys(
        simulator.sites, {"Silver"}
    )
    again = play("newest", tmp_path, path, {"vcpp_in_process": False}, *inventory).assert_ok()
    assert again.changed() == dict.fromkeys(both, 0)


def test_what_the_guide_exports_changes_nothing_when_it_is_applied(simulator: Running, tmp_path: Path) -> None:
    simulator.control.change("policy-add", site=SITE, policy="Found", fields={"minRpo": 60})
    simulator.control.change("assign", site=SITE, org="Tyrell", policy="Found")
    simulator.control.clear_journal()
    path = tmp_path / "export.yml"
    path.write_text(guide_block("getting_started", "Write down what the sites have"), encoding="utf-8")
    inventory = estate(simulator, tmp_path)
    play("newest", tmp_path, path, {}, *inventory).assert_ok()
    exported = yaml.safe_load((tmp_path / "vdev-a03-vcam.yml").read_text(encoding="utf-8"))
    assert exported["vcav_policies_assignments"] == [{"org": "Tyrell", "policy": "Found"}]
    # Variables beside the last inventory go before those of the reference estate's groups.
    (tmp_path / "host_vars").mkdir()
    for name in ("vdev-a03-vcam.yml", "vdev-c00-vcam.yml"):
        shutil.move(tmp_path / name, tmp_path / "host_vars" / name)
    applied = play("newest", tmp_path, "vcpp.vcloud.policies", {}, *inventory).assert_ok()
    assert applied.changed() == {"vdev-a03-vcam": 0, "vdev-c00-vcam": 0}
    assert simulator.control.count(write=True) == 0


def test_the_project_that_the_guide_shows_for_awx_looks_and_corrects(simulator: Running, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory"
    (inventory / "group_vars").mkdir(parents=True)
    described = yaml.safe_load(guide_block("awx", "a03_auckland:"))
    names = {SITE: "vcav-a03", "C00-Christchurch": "vcav-c00"}
    groups = {SITE: "a03_auckland", "C00-Christchurch": "c00_christchurch"}
    for site, host in names.items():
        # As on a release before 4.0; thumbprints and addresses are the simulator's.
        variables = described["all"]["children"][groups[site]]["hosts"][host]
        variables["vcav_url"] = simulator.cloud(site)
        (partner,) = variables["vcav_site_pairing_partners"]
        partner |= {"remote_root_password": simulator.root_password(partner["site"])}
    (inventory / "hosts.yml").write_text(yaml.safe_dump(described), encoding="utf-8")
    (inventory / "group_vars" / "vcav_cloud.yml").write_text(
        guide_block("awx", "vcav_policies_assignments:"), encoding="utf-8"
    )
    settings = guide_block("awx", "callbacks_enabled", "ini").replace("/var/lib/vcpp-drift", str(tmp_path / "pages"))
    (tmp_path / "project.cfg").write_text(settings, encoding="utf-8")
    given = {
        "auckland_thumbprint": simulator.thumbprint(SITE),
        "christchurch_thumbprint": simulator.thumbprint("C00-Christchurch"),
    }

    def start(name: str, content: str) -> Play:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return play(
            "newest", tmp_path, tmp_path / name, given, "-i", str(inventory / "hosts.yml"),
            ANSIBLE_CONFIG=str(tmp_path / "project.cfg"),
            VCAV_PASSWORD=simulator.root_password(SITE),
            VCAV_CA_PATH=simulator.ca_path,
        ).assert_ok()  # fmt: skip

    look, correct = (
        guide_block("awx", "import_playbook: vcpp.vcloud.drift"),
        guide_block("awx", "vcpp.vcloud.pair_sites"),
    )
    assert "Drift: " in start("drift.yml", look).output
    assert (tmp_path / "pages" / "drift.html").exists()
    assert simulator.control.count(write=True) == 0
    assert any(start("correct.yml", correct).changed().values())
    assert "Drift: none" in start("drift.yml", look).output
