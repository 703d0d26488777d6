"""The playbook failover against simulated sites: a tenant goes and comes back by a plan, on good days and on bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import CORES, Play, play
from tests.simulator.running import Running, running_simulator
from tests.unit.plugins.modules.conftest import Estate
from tests.unit.plugins.modules.replicating import DB, HERE, HOUR, THERE, WEB, Tenant

PLAN: dict[str, Any] = {
    "org": "Tyrell",
    "source_site": THERE,
    "destination_site": HERE,
    "batches": [{"name": "databases", "vapps": [DB]}, {"name": "web servers", "vapps": [WEB]}],
}
WEB_1, WEB_2, DB_1 = f"{WEB}-01", f"{WEB}-02", f"{DB}-01"


class Plan:
    """A plan file and the sites; `go` runs the playbook in a mode."""

    def __init__(self, simulator: Running, tenant: Tenant, directory: Path) -> None:
        self.simulator, self.tenant, self.control, self.directory = simulator, tenant, simulator.control, directory
        hosts = {
            name: {"vcav_url": simulator.cloud(site), "vcav_password": simulator.root_password(site), "vcav_site": site}
            for name, site in (("auckland", HERE), ("christchurch", THERE))
        }
        common = {
            "vcav_ca_path": simulator.ca_path,
            "vcav_remote_user": simulator.vcd_user(THERE),
            "vcav_remote_password": simulator.vcd_password(THERE),
        }
        inventory = {"vcav_cloud": {"hosts": hosts, "vars": common}}
        (directory / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
        self.write()

    def write(self, **changes: Any) -> None:
        text = yaml.safe_dump({**PLAN, **changes}, sort_keys=False)
        (self.directory / "plan.yml").write_text(text, encoding="utf-8")

    def go(self, mode: str, *arguments: str, core: str = "newest", **variables: Any) -> Play:
        given = {"vcav_failover_plan_file": "plan.yml", "vcav_failover_mode": mode, **variables}
        inventory = str(self.directory / "inventory.json")
        return play(core, self.directory, "vcpp.vcloud.failover", given, "-i", inventory, *arguments)

    def lose_the_source(self) -> None:
        for name in self.control.state()["sites"][THERE]["appliances"]:
            self.control.appliance("power-off", THERE, name)


@pytest.fixture(scope="module", params=["4.7"])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[Running, str]]:
    with running_simulator(product_version=request.param) as simulator:
        yield simulator, request.param


@pytest.fixture
def plan(running: tuple[Running, str], tmp_path: Path) -> Plan:
    simulator, release = running
    simulator.control.reset()
    simulator.control.task_seconds(0)
    tenant = Tenant(Estate(simulator, release))
    tenant.started()
    return Plan(simulator, tenant, tmp_path)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("running", [pytest.param("3.0", marks=pytest.mark.slow), "4.7"], indirect=True)
def test_there_and_back_again_and_nothing_is_done_twice(plan: Plan) -> None:
    for mode, state, direction in (
        ("test", "test", HERE), ("cleanup", "not_started", HERE), ("failover", "complete", HERE),
        ("reverse", "not_started", THERE), ("back", "not_started", HERE),
    ):  # fmt: skip
        done = plan.go(mode).assert_ok()
        assert done.changed()["auckland"] > 0 and done.changed()["christchurch"] == 0, done.output
        assert set(plan.tenant.states().values()) == {state}
        ends = {one["destination_site"] for one in plan.tenant.info()["replications"]}
        assert ends == {direction}
        plan.control.clear_journal()
        # The others are proved module by module: a run of a playbook takes its time.
        if mode in ("failover", "back"):
            assert plan.go(mode).assert_ok().changed()["auckland"] == 0
            assert plan.tenant.estate.writes == []
        plan.control.advance(4 * HOUR)


def test_a_prediction_tells_the_plan_and_writes_nothing(plan: Plan) -> None:
    done = plan.go("failover", "--check", "--diff").assert_ok()
    assert f"failover to {HERE}, databases: {DB}; on failure stop" in done.output
    assert plan.tenant.estate.writes == [] and set(plan.tenant.states().values()) == {"not_started"}


def test_a_tenant_is_failed_over_when_the_source_is_gone(plan: Plan) -> None:
    plan.lose_the_source()
    done = plan.go("failover", "--limit", "auckland", core="oldest" if exists("oldest") else "newest").assert_ok()
    assert set(plan.tenant.states().values()) == {"complete"}
    assert f"{DB}/{DB_1}: complete" in done.output
    assert plan.go("failover", "--limit", "auckland").assert_ok().changed()["auckland"] == 0
    # The way back needs it.
    assert plan.go("reverse", "--limit", "auckland").code != 0


def exists(core: str) -> bool:
    return (CORES[core] / "bin" / "ansible-playbook").exists()


@pytest.mark.parametrize(("changes", "words"), [
    ({"batches": [{"vapps": [DB, "tyrell-mail"]}]}, "The plan names tyrell-mail, which no replication of Tyrell"),
    ({"batches": [{"vapps": [DB]}, {"vapps": [DB]}]}, "The plan is not sound: it needs at least one vApp, each in one"),
    ({"batches": [{"vapps": [DB], "on_failure": "shrug"}]}, "on_failure"),
    ({"batches": [{"vapps": [DB], "speed": 9}]}, "speed"),
    ({"destination_site": "D00-Dunedin"}, "No host of this play is of the site D00-Dunedin"),
    ({"batches": [{"vapps": [DB]}, {"vapps": [WEB], "network_settings": {"network": "Nowhere"}}]}, "is 'Nowhere'"),
])  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_before_the_first_change(plan: Plan, changes: Any, words: str) -> None:
    plan.write(**changes)
    done = plan.go("failover")
    assert done.code != 0 and words in done.output.replace("\n", " "), done.output
    assert plan.tenant.estate.writes == []


def test_a_state_in_the_way_is_told_with_the_next_step(plan: Plan) -> None:
    plan.tenant.operate("failover_test", vapps=[WEB])
    plan.control.clear_journal()
    done = plan.go("failover")
    assert done.code != 0 and "run with vcav_failover_mode=cleanup first" in done.output.replace("\n", " ")
    assert plan.tenant.estate.writes == []
    back = plan.go("back")
    assert back.code != 0 and "has been failed over but not reversed" in back.output


@pytest.mark.parametrize(("on_failure", "web"), [
    ("stop", "not_started"), ("continue", "complete"), pytest.param("skip_batch", "complete", marks=pytest.mark.slow),
])  # fmt: skip
def test_what_happens_when_one_fails_is_what_the_plan_says(plan: Plan, on_failure: str, web: str) -> None:
    plan.write(on_failure=on_failure)
    plan.control.add_fault("fail_task", method="POST", path="*failover", times=1, message="The datastore is full.")
    done = plan.go("failover")
    assert done.code != 0 and "failover databases: failed" in done.output and "The datastore is full." in done.output
    assert plan.tenant.states() == {DB_1: "not_started", WEB_1: web, WEB_2: web}
    expected = "failover web servers: not begun" if on_failure == "stop" else "failover web servers: done"
    assert expected in done.output and "it goes on where this one ended" in done.output.replace("\n", " ")
    plan.control.clear_journal()
    again = plan.go("failover").assert_ok()
    assert set(plan.tenant.states().values()) == {"complete"}, again.output
    assert len(plan.tenant.estate.writes) == (2 if on_failure == "stop" else 1)


def test_one_that_hangs_is_joined_by_the_next_run(plan: Plan) -> None:
    plan.control.task_seconds(900)
    done = plan.go("failover", vcav_failover_wait_timeout=1, vcav_failover_wait_interval=1)
    assert done.code != 0 and "is still RUNNING" in done.output.replace("\n", " ")
    plan.control.task_seconds(0)
    plan.control.advance(901)
    plan.control.clear_journal()
    plan.go("failover").assert_ok()
    assert set(plan.tenant.states().values()) == {"complete"}
    assert len(plan.tenant.estate.writes) == 1  # the web servers; the databases had been begun
