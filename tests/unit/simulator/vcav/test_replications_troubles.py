"""Bad days of replications, bulk, traffic: what the control listener orders and what a report reads (contract 4.13)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulator.changes import change
from tests.simulator.vcav.replication_control import STATES, scale

from .asking import NORTH, SOUTH, problem
from .replicating import HOUR, RPO, Replicating, recovery, recovery_states

GIB = 2**30


@pytest.fixture(name="pair")
def two_sites(version: str) -> Replicating:
    return Replicating(version)


@pytest.fixture(name="newest")
def newest_sites() -> Replicating:
    return Replicating("4.7")


def order(pair: Replicating, what: str, site: str = NORTH, **given: Any) -> Any:
    simulator: Any = SimpleNamespace(sites=pair.sites)
    return change(simulator, {"what": what, "site": site, **given})


def bulk(pair: Replicating, count: int, **given: Any) -> Any:
    return scale({name: group.cloud for name, group in pair.sites.items()}, {"replications": count, **given})


# Troubles


def test_an_error_is_red_and_stops_the_syncs(pair: Replicating) -> None:
    made = pair.protect()
    assert order(pair, "replication-problem", replication="acme-web-north", problem="error", message="disk full") == {
        "problem": "error",
        "vms": 2,
    }
    one = pair.read(made)["vmReplications"][0]
    assert one["destinationState"]["lastError"]["msg"] == "disk full"
    assert (one["overallHealth"], pair.read(made)["overallHealth"]) == ("RED", "RED")
    pair.later(3 * RPO * 60)
    one = pair.read(made)["vmReplications"][0]
    assert len(pair.instances(one)) == 1
    assert 115 <= one["destinationState"]["currentRpoViolation"] <= 125
    assert "in error" in pair.fails(made, "sync")
    order(pair, "replication-clear", replication=made["id"])
    pair.world.advance(10)
    one = pair.read(made)["vmReplications"][0]
    assert (one["overallHealth"], one["destinationState"]["currentRpoViolation"]) == ("GREEN", 0)
    assert len(pair.instances(one)) == 2


def test_an_rpo_violation_is_yellow_and_grows(pair: Replicating) -> None:
    made = pair.protect()
    one = made["vmReplications"][0]
    order(pair, "replication-problem", replication=one["id"], problem="rpo-violation", fields={"minutes": 30})
    seen = pair.read(one)
    assert (seen["destinationState"]["currentRpoViolation"], seen["overallHealth"]) == (30, "YELLOW")
    assert pair.read(made)["overallHealth"] == "YELLOW"
    pair.world.advance(600)
    assert pair.read(one)["destinationState"]["currentRpoViolation"] == 40
    assert pair.read(made["vmReplications"][1])["overallHealth"] == "GREEN"


def test_a_lost_data_connection_is_red(pair: Replicating) -> None:
    made = pair.protect()
    order(pair, "replication-problem", replication=made["id"], problem="disconnected")
    one = pair.read(made)["vmReplications"][0]
    assert (one["dataConnectionState"], one["overallHealth"]) == ("ERROR", "RED")
    assert "in error" in pair.fails(made, "migrate")
    pair.done(made, "failover")
    assert pair.read(made)["overallHealth"] == "GREEN"


def test_a_source_that_is_gone_can_be_failed_over_and_nothing_else(pair: Replicating) -> None:
    made = pair.protect()
    order(pair, "vapp-remove", vapp="acme-web-north")
    one = pair.read(made)["vmReplications"][0]
    assert "does not exist any more" in one["destinationState"]["lastError"]["msg"] and one["overallHealth"] == "RED"
    order(pair, "replication-clear", replication=made["id"])
    assert pair.read(made)["overallHealth"] == "RED"
    for operation in ("sync", "migrate"):
        assert "does not exist any more" in pair.fails(made, operation)
    assert "in error" in pair.fails(made, "failover", recovery(sync=True))
    result = pair.done(made, "failover")
    assert recovery_states(result) == {"COMPLETE"} and result["overallHealth"] == "GREEN"
    assert "does not exist any more" in pair.fails(made, "reverse")
    pair.finish(pair.act(made, "stop"))


def test_a_failover_that_fails_on_its_way_can_be_repeated(pair: Replicating) -> None:
    made = pair.protect()
    pair.world.faults.add("fail_task", path="*/failover", times=1, parameters={"message": "no space"})
    assert pair.fails(made, "failover") == "no space"
    seen = pair.read(made)
    assert recovery_states(seen) == {"NOT_STARTED"} and seen["overallHealth"] == "RED"
    assert seen["vmReplications"][0]["destinationState"]["lastError"]["msg"] == "no space"
    result = pair.done(made, "failover")
    assert result["overallHealth"] == "GREEN"
    assert problem(pair.act(made, "failover"))[0] == 409


def test_a_migration_that_breaks_off_has_powered_the_source_off_and_goes_on(pair: Replicating) -> None:
    made = pair.protect(isMigration=True)
    pair.world.faults.add("fail_task", path="*/migrate", times=1)
    pair.fails(made, "migrate")
    assert not any(vm.powered_on for vm in pair.vapp().vms.values())
    assert recovery_states(pair.read(made)) == {"NOT_STARTED"}
    assert recovery_states(pair.done(made, "migrate")) == {"COMPLETE"}


def test_what_hangs_refuses_everything_until_it_is_let_go_of(pair: Replicating) -> None:
    made = pair.protect()
    pair.world.faults.add("hang_task", path="*/failover", times=1)
    task = pair.act(made, "failover").document()
    pair.later(3 * HOUR)
    assert recovery_states(pair.read(made)) == {"IN_PROGRESS"}
    assert pair.ask("GET", f"/tasks/{task['id']}").document()["state"] == "RUNNING"
    for operation in ("failover", "failover-test", "stop", "pause"):
        assert problem(pair.act(made, operation))[0] == 409
    order(pair, "replication-clear", replication=made["id"])
    assert recovery_states(pair.done(made, "failover")) == {"COMPLETE"}


def test_a_vdc_that_is_gone_takes_no_failover(pair: Replicating) -> None:
    made = pair.protect()
    order(pair, "vdc-remove", site=SOUTH, org="Acme", vdc="Acme South Allocated")
    assert "does not exist any more" in pair.fails(made, "failover")
    order(pair, "vdc-add", site=SOUTH, org="Acme", vdc="Acme South Allocated")
    pair.done(made, "failover")


# Workloads behind everybody's back


def test_workloads_come_and_go(pair: Replicating) -> None:
    made = order(pair, "vapp-add", org="Acme", vapp="shop", vms={"shop-1": 2, "shop-2": [1, 1.5]})
    assert set(made["vms"]) == {"shop-1", "shop-2"}
    order(pair, "vm-add", vapp="shop", vm="shop-3", fields={"gib": 8})
    vapp = pair.vapp("shop")
    assert [vm.size for vm in vapp.vms.values()] == [2 * GIB, 2.5 * GIB, 8 * GIB]
    order(pair, "vm-remove", vm="shop-1")
    assert pair.ask("GET", "/inventory/vms").document()["total"] == 8
    order(pair, "vapp-remove", vapp="shop")
    assert pair.ask("GET", "/inventory/vapps").document()["total"] == 4
    order(pair, "vdc-add", org="Acme", vdc="Acme Reserve")
    answer = pair.ask("GET", "/inventory/vdcs?name=Acme%20Reserve").document()
    assert answer["total"] == 1


@pytest.mark.parametrize(
    "given",
    [
        {"what": "vapp-add", "org": "Nobody", "vapp": "x"}, {"what": "vapp-remove", "vapp": "x"},
        {"what": "vapp-add", "org": "Acme", "vapp": "x", "vms": {"y": 0}}, {"what": "vm-remove", "vm": "x"},
        {"what": "vm-add", "vapp": "x", "vm": "y"},
        {"what": "vdc-add", "org": "Nobody", "vdc": "x"}, {"what": "vdc-remove", "org": "Acme", "vdc": "x"},
        {"what": "vdc-add", "org": "Acme", "vdc": "Acme North Allocated"}, {"what": "vapp-add", "org": "Acme"},
        {"what": "replication-problem", "replication": "x", "problem": "error"},
        {"what": "replication-problem", "replication": "x", "problem": "strange"},
        {"what": "replication-clear", "replication": "x"},
    ],
)  # fmt: skip
def test_changes_that_are_none_are_told(newest: Replicating, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        order(newest, **given)


def test_a_reset_forgets_what_was_replicated(newest: Replicating) -> None:
    newest.protect()
    order(newest, "vapp-remove", vapp="acme-db-north")
    newest.world.reset()
    newest.log_in()
    assert newest.ask("GET", "/vapp-replications").document()["total"] == 0
    assert newest.ask("GET", "/inventory/vapps").document()["total"] == 4


# Bulk


def test_a_bulk_is_made_sure_of(pair: Replicating) -> None:
    assert bulk(pair, 25, vms_per_vapp=4) == {"added": 25, "replications": 25}
    assert bulk(pair, 25, vms_per_vapp=4)["added"] == 0
    assert bulk(pair, 30)["added"] == 5
    answer = pair.ask("GET", "/vapp-replications?sourceOrg=Acme").document()
    assert answer["total"] == 6
    assert pair.ask("GET", "/vapp-replications").document()["total"] == 12
    assert pair.ask("GET", "/vm-replications").document()["total"] == 30
    sizes = [len(one["vmReplications"]) for one in pair.ask("GET", "/vapp-replications").document()["items"]]
    assert sizes == [4, 4, 4, 4, 4, 4, 1, 1, 1, 1, 1, 1]
    one = pair.ask("GET", "/vm-replications").document()["items"][0]
    assert len(pair.instances(one)) == 4 and one["overallHealth"] == "GREEN"
    assert one["vmId"] in pair.service().workloads.vms


def test_a_bulk_may_be_in_any_state(newest: Replicating) -> None:
    bulk(newest, len(STATES), state="mixed", migrations=5)
    items = newest.ask("GET", "/vapp-replications").document()["items"]
    machines = [one["vmReplications"][0] for one in items]
    assert sum(one["isMigration"] for one in items) == 2
    assert sum(one["isPaused"] for one in machines) == 1
    assert sum(one["isReversed"] for one in machines) == 1
    states = [one["destinationState"]["recoveryInfo"]["recoveryState"] for one in machines]
    assert (states.count("TEST"), states.count("COMPLETE")) == (1, 1)
    health = [one["overallHealth"] for one in items]
    assert (health.count("RED"), health.count("YELLOW")) == (3, 1)
    assert [one["destinationState"]["state"] for one in machines].count("fullsync") >= 1


@pytest.mark.parametrize(
    "given",
    [
        {"state": "odd"}, {"site": "East"}, {"destination": NORTH}, {"orgs": ["Nobody"]}, {"vms_per_vapp": 0},
        {"rpo": 1}, {"age_days": -1}, {"color": "red"}, {"replications": -1},
    ],
)  # fmt: skip
def test_a_bulk_that_is_none_is_told(newest: Replicating, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        bulk(newest, **{"count": 1, **given} if "replications" not in given else {"count": given["replications"]})


def test_ten_thousand_are_made_and_read(newest: Replicating) -> None:
    """How long that takes, the benchmark of the report tells."""
    bulk(newest, 10_000, vms_per_vapp=2)
    found: set[str] = set()
    while True:
        answer = newest.ask("GET", f"/vm-replications?offset={len(found)}").document()
        found |= {one["id"] for one in answer["items"]}
        if len(found) >= answer["total"]:
            break
    for key in list(found)[:1000]:
        assert newest.ask("GET", f"/vm-replications/{key}/instances").status == 200
    assert len(found) == 10_000


# Traffic


def test_traffic_is_told_by_pieces_of_time(pair: Replicating) -> None:
    start = pair.world.now_ms() // 1000 * 1000
    made = pair.protect()
    pair.later(3 * HOUR)
    one = made["vmReplications"][0]
    now = pair.world.now_ms()
    path = f"/vm-replications/{one['id']}/traffic"
    product = pair.service().product
    if not product.since("3.5"):
        assert pair.ask("GET", path).status == 404
        return
    if product.is_3:
        assert pair.ask("GET", path).status == 400
        answer = pair.ask("GET", f"{path}?start={start}&end={now}").document()
        assert answer["resolution"] == 300
        one_piece = pair.ask("GET", f"{path}?start={start}&end={now}&resolution=86400").document()
        assert len(one_piece["samples"]) == 1
        assert pair.ask("GET", f"{path}?start={start}&end={now}&resolution=0").status == 400
    else:
        answer = pair.ask("GET", f"{path}?start={start}&end={now}").document()
        assert answer["interval"] == "HOUR"
        assert len(pair.ask("GET", path).document()["samples"]) == 24
        assert len(pair.ask("GET", f"{path}?interval=DAY").document()["samples"]) == 1
        assert pair.ask("GET", f"{path}?interval=WEEK").status == 400
    assert answer["label"] == one["id"]
    instances = pair.instances(one)
    total = sum(sample["bytes"] for sample in answer["samples"])
    deltas = sum(each["transferBytes"] for each in instances if each["sequenceNumber"])
    assert deltas > 0 and abs(total - 4 * GIB - deltas) < 10
    assert pair.ask("GET", f"{path}?start={now}&end={start}").status == 400
    real = pair.ask("GET", f"/vm-replications/{one['id']}/rt-traffic").document()
    assert real["timestamp"] >= now


def test_the_traffic_of_an_owner_outlives_his_replications() -> None:
    pair = Replicating("3.5")
    start = pair.world.now_ms()
    made = pair.protect()
    pair.enter(site=SOUTH)

    def total(owner: str = "Acme%40South") -> int:
        query = f"start={start}&end={pair.world.now_ms()}&resolution=3600"
        answer = pair.ask("GET", f"/owner/{owner}/traffic?{query}", site=SOUTH).document()
        assert answer["label"] == "Acme"
        return sum(sample["bytes"] for sample in answer["samples"])

    before = total()
    assert abs(before - 8 * GIB) < 10
    pair.finish(pair.act(made, "stop", site=SOUTH), site=SOUTH)
    pair.world.advance(600)
    assert total() == before and total("Acme@South") == before
    pair.enter_tenant(site=SOUTH)
    assert total() == before
    for owner in ("Tyrell@South", "Nobody@South", "Acme@East", "Acme"):
        assert pair.ask("GET", f"/owner/{owner}/traffic?start=1&end=2", site=SOUTH).status == 404
