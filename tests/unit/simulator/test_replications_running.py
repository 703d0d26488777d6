"""Replications of a running simulator: ordered by its command line and its control client, read over TLS."""

from __future__ import annotations

import json

import pytest
import requests

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.running import Running, running_simulator


@pytest.fixture(name="simulator", scope="module")
def with_a_simulator() -> Running:
    with running_simulator(product_version="4.7") as simulator:
        yield simulator


def ask(simulator: Running, path: str) -> requests.Response:
    site = simulator.sites[0]
    base = simulator.cloud(site)
    with requests.Session() as http:
        http.trust_env = False
        login = {"type": "localUser", "localUser": "root", "localPassword": simulator.root_password(site)}
        token = http.post(f"{base}/sessions", json=login, verify=simulator.ca_path, timeout=10).headers["X-VCAV-Auth"]
        headers = {"X-VCAV-Auth": token}
        return http.get(f"{base}/{path}", headers=headers, verify=simulator.ca_path, timeout=10)


def run(simulator: Running, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--state", str(simulator.state_path)]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_bulk_is_ordered_on_the_command_line(simulator: Running, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(
        simulator, capsys, "scale", "--replications", "7", "--vms-per-vapp", "3", "--set", "state=paused",
        "--set", 'orgs=["Tyrell"]',
    )  # fmt: skip
    assert answer == {"added": 7, "replications": 7}
    assert simulator.control.scale_replications(7, vms_per_vapp=3)["added"] == 0
    listed = ask(simulator, "vm-replications?sourceOrg=Tyrell").json()
    assert listed["total"] == 7 and all(one["isPaused"] for one in listed["items"])
    with pytest.raises(ControlError, match="state must be"):
        simulator.control.scale_replications(8, state="odd")


def test_troubles_and_workloads_are_ordered_too(simulator: Running, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.control.scale_replications(9)
    site = simulator.sites[0]
    name = ask(simulator, "vm-replications?offset=8").json()["items"][0]["vmName"]
    assert run(simulator, capsys, "replication-problem", site, name, "error", "message=full")["vms"] == 1
    broken = ask(simulator, f"vm-replications?vmName={name}").json()["items"][0]
    assert broken["destinationState"]["lastError"]["msg"] == "full"
    run(simulator, capsys, "replication-clear", site, name)
    mended = ask(simulator, f"vm-replications?vmName={name}").json()["items"][0]
    assert mended["destinationState"]["lastError"] is None
    # The sites of this run are not paired, so nothing gets through.
    assert (mended["dataConnectionState"], mended["overallHealth"]) == ("ERROR", "RED")
    run(simulator, capsys, "vapp-add", site, "Tyrell", "shop", "shop-1=2")
    run(simulator, capsys, "vm-add", site, "shop", "shop-2", "gib=8")
    run(simulator, capsys, "vm-remove", site, "shop-1")
    assert "shop-2" in ask(simulator, "inventory/vms").text and "shop-1" not in ask(simulator, "inventory/vms").text
    run(simulator, capsys, "vapp-remove", site, "shop")
    run(simulator, capsys, "vdc-add", site, "Tyrell", "Reserve")
    assert ask(simulator, "inventory/vdcs?name=Reserve").json()["total"] == 1
    run(simulator, capsys, "vdc-remove", site, "Tyrell", "Reserve")
    simulator.control.reset()
    assert ask(simulator, "vapp-replications").json()["total"] == 0
