"""The module in this process against the simulator: every replication once, few requests, files that are whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import client
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_report import Report


@pytest.fixture
def busy(estate: Any) -> Any:
    """250 VMs in fifty vApps, every fifth a migration, in all states in turn."""
    estate.control.scale_replications(250, vms_per_vapp=5, migrations=5, state="mixed", instances=3)
    estate.control.clear_journal()
    return estate


def data(path: Path) -> Any:
    return json.loads(path.read_text())


def data_of(estate: Any, directory: Path) -> Any:
    estate.run(Report, dest=str(directory / "first.json"), instances=False)
    return data(directory / "first.json")


def paths(estate: Any) -> list[str]:
    return [entry["path"] for entry in estate.control.journal()]


def test_every_vm_is_in_it_once_and_the_totals_are_theirs(busy: Any, tmp_path: Path) -> None:
    result = busy.run(Report, dest=str(tmp_path / "new" / "auckland.json"))
    written = data(tmp_path / "new" / "auckland.json")
    assert result["changed"] is True and busy.writes == []
    assert len({vm["id"] for vm in written["vms"]}) == len(written["vms"]) == 250
    assert result["vcav_report"]["totals"] == written["totals"]
    assert written["totals"]["vms"] == 250
    assert written["totals"]["migrations"] == sum(vm["migration"] for vm in written["vms"]) == 50
    assert written["totals"]["rpo_violations"] == sum(vm["rpo_violation_minutes"] > 0 for vm in written["vms"]) > 0
    organizations = {row["organization"]: row for row in written["organizations"]}
    assert set(busy.tenants) <= organizations.keys()
    assert sum(row["vapps"] for row in organizations.values()) == 50
    assert sum(row["c2c_migrations_vms"] for row in organizations.values()) == 50
    assert "vms" not in result["vcav_report"]


def test_instances_cost_a_request_for_each_vm_and_can_be_left_out(busy: Any, tmp_path: Path) -> None:
    busy.run(Report, dest=str(tmp_path / "whole.json"))
    assert sum("/instances" in path for path in paths(busy)) == 250
    busy.control.clear_journal()
    busy.run(Report, dest=str(tmp_path / "quick.json"), instances=False)
    assert not [path for path in paths(busy) if "/instances" in path]
    vm = data(tmp_path / "quick.json")["vms"][0]
    assert (vm["instances"], vm["average_transfer_bytes_per_day"]) == (None, None)


def test_one_organization_s_report_is_what_it_has_of_the_whole_one(busy: Any, tmp_path: Path) -> None:
    for name, organization in (("all", None), ("one", "Tyrell")):
        busy.run(Report, dest=str(tmp_path / f"{name}.json"), org=organization)
    everything, one = data(tmp_path / "all.json"), data(tmp_path / "one.json")
    ours = [vm["id"] for vm in everything["vms"] if vm["organization"] == "Tyrell"]
    assert [vm["id"] for vm in one["vms"]] == ours != []
    assert [row["organization"] for row in one["organizations"]] == ["Tyrell"]


def test_traffic_is_told_by_organization_and_day_where_the_release_has_a_history(busy: Any, tmp_path: Path) -> None:
    result = busy.run(Report, dest=str(tmp_path / "a.json"), days=3)
    traffic = data(tmp_path / "a.json")["traffic"]
    if busy.release == "3.0":
        assert traffic is None
        assert "keeps no traffic history" in result["vcav_report"]["warnings"][0]
        return
    assert len(traffic["days"]) == 3
    assert all(len(amounts) == 3 for amounts in traffic["bytes"].values())
    asked = [path for path in paths(busy) if path.startswith("/owner/")]
    assert len(asked) == len(traffic["bytes"])
    assert busy.run(Report, dest=str(tmp_path / "b.json"), days=0)["vcav_report"]["warnings"] == []
    assert data(tmp_path / "b.json")["traffic"] is None


def test_check_mode_reads_and_writes_no_file(busy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock stands still, or an instance more could be there when the second one looks.
    now = busy.simulator.simulator.world.now_ms()
    monkeypatch.setattr(busy.simulator.simulator.world, "now_ms", lambda: now)
    predicted = busy.run(Report, check=True, dest=str(tmp_path / "a.json"))
    assert not (tmp_path / "a.json").exists()
    made = busy.run(Report, dest=str(tmp_path / "a.json"))
    for result in (predicted, made):
        del result["vcav_report"]["generated"]
    assert predicted == made


def test_a_page_that_comes_short_loses_nobody(busy: Any, tmp_path: Path) -> None:
    busy.control.add_fault("short_page", path="vm-replications*", times=1)
    busy.run(Report, dest=str(tmp_path / "a.json"), instances=False)
    assert data(tmp_path / "a.json")["totals"]["vms"] == 250


def test_a_failing_page_fails_the_task_and_leaves_the_earlier_file(busy: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("yesterday")
    busy.control.add_fault("bad_gateway", path="vm-replications*")
    result = busy.run(Report, dest=str(tmp_path / "a.json"))
    assert result["failed"] is True and "/vm-replications" in result["msg"]
    assert (tmp_path / "a.json").read_text() == "yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_instances_that_are_gone_meanwhile_are_told_and_do_not_fail_the_report(
    busy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vm = data_of(busy, tmp_path)["vms"][7]["id"]
    get = client.Vcav.get

    def without_one(api: Any, path: str, **query: Any) -> Any:
        return get(api, path.replace(vm, "C4-gone"), **query)

    monkeypatch.setattr(client.Vcav, "get", without_one)
    result = busy.run(Report, dest=str(tmp_path / "a.json"))
    assert "The instances of 1 of 250 VMs could not be read" in result["vcav_report"]["warnings"][0]
    assert [each["id"] for each in data(tmp_path / "a.json")["vms"] if each["instances"] is None] == [vm]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dest": ""}, "dest is ''"),
        ({"dest": "/tmp"}, "dest is '/tmp', a directory"),
        ({"days": 367}, "days is 367: it must lie between 0 and 366"),
        ({"days": -1}, "days is -1"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    result = estate.run(Report, **{"dest": "/tmp/never.json", **options})
    assert words in result["msg"]
    assert paths(estate) == []


def test_a_place_that_cannot_be_written_to_is_named(estate: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = estate.run(Report, dest=str(tmp_path / "file" / "a.json"))
    assert f"{tmp_path}/file/a.json could not be written" in result["msg"] and "Nothing was written." in result["msg"]


def test_pages_read_side_by_side_are_the_list_in_its_order(busy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    params = {"vcav_url": busy.simulator.cloud(busy.here), "vcav_password": busy.simulator.root_password(busy.here),
              "validate_certs": True, "ca_path": busy.simulator.ca_path, "thumbprint": None, "timeout": 30}  # fmt: skip
    with client.connect(params) as api:
        whole = list(api.pages("vm-replications"))
        assert [row["id"] for row in api.gather("vm-replications")] == [row["id"] for row in whole]
        assert list(api.gather("inventory/orgs")) == list(api.pages("inventory/orgs"))
