"""The life of a replication: start, first sync, instances, operations and their states (contract 4.12, 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import NORTH, SOUTH, problem
from .replicating import HOUR, RPO, Replicating, recovery, recovery_states


@pytest.fixture(name="pair")
def two_sites(version: str) -> Replicating:
    return Replicating(version)


@pytest.fixture(name="newest")
def newest_sites() -> Replicating:
    return Replicating("4.7")


def names(items: Any) -> list[str]:
    return [item["name"] for item in items]


# Inventory


def test_what_tenants_run_is_looked_up(pair: Replicating) -> None:
    ask = pair.ask
    assert names(ask("GET", "/inventory/vapps").document()["items"]) == [
        "acme-web-north", "acme-db-north", "tyrell-web-north", "tyrell-db-north",
    ]  # fmt: skip
    assert ask("GET", "/inventory/vms?limit=2").document()["total"] == 6
    assert names(ask("GET", "/inventory/vapps?site=South").document()["items"])[0] == "acme-web-south"
    vdc = pair.vdc(site=NORTH).id
    assert names(ask("GET", f"/inventory/vdcs/{vdc}/networks").document()["items"]) == [
        "Acme Servers North", "Acme DMZ North",
    ]  # fmt: skip
    profiles = ask("GET", f"/inventory/vdcs/{vdc}/storage-profiles").document()
    assert names(profiles) == ["North VSAN Performance", "North VSAN Capacity"]
    assert names(ask("GET", "/inventory/datastores").document()) == ["North VSAN"]


def test_tenants_look_up_their_own_only(pair: Replicating) -> None:
    pair.enter_tenant(extend=False)
    assert names(pair.ask("GET", "/inventory/vapps").document()["items"]) == ["acme-web-north", "acme-db-north"]
    assert pair.ask("GET", "/inventory/vms").document()["total"] == 3
    assert pair.ask("GET", "/inventory/datastores").status == 403
    assert problem(pair.ask("GET", "/inventory/vapps?site=South"))[1] == "RemoteAuthenticationFailure"
    other = pair.vdc("Tyrell", NORTH).id
    assert pair.ask("GET", f"/inventory/vdcs/{other}/networks").status == 404
    assert pair.ask("GET", f"/inventory/vdcs/{other}/storage-profiles").status == 404


# Starting and the first sync


def test_a_started_replication_is_seen_at_both_sites(pair: Replicating) -> None:
    made = pair.protect(synced=False)
    assert made["id"].startswith("C4VAPP-") and made["owner"] == "Acme@South"
    assert made["descriptor"]["name"] == "acme-web-north" and not made["isMigration"]
    vapp, vdc = pair.vapp(), pair.vdc()
    assert made["source"] == {
        "site": NORTH, "org": "Acme", "vdcId": vapp.vdc_id, "vdcName": "Acme North Allocated", "vappId": vapp.id,
    }  # fmt: skip
    assert made["destination"] == {
        "site": SOUTH, "org": "Acme", "vdcId": vdc.id, "vdcName": vdc.name, "recoveredVappId": None,
    }  # fmt: skip
    assert [one["vmId"] for one in made["vmReplications"]] == list(vapp.vms)
    pair.enter(site=SOUTH)
    for site in (NORTH, SOUTH):
        assert [one["id"] for one in pair.ask("GET", "/vapp-replications", site=site).document()["items"]] == [
            made["id"]
        ]
        assert pair.ask("GET", "/vm-replications", site=site).document()["total"] == 2
    assert pair.ask("GET", "/vapp-replications?site=South").document()["total"] == 1


def test_a_vm_replication_has_every_field_of_the_contract(pair: Replicating) -> None:
    made = pair.protect()
    one = made["vmReplications"][0]
    listed = pair.ask("GET", "/vm-replications").document()["items"][0]
    assert set(listed) - set(one) == {"owner", "source", "destination", "vappReplicationId"}
    assert listed["source"]["vAppName"] == "acme-web-north" and listed["vappReplicationId"] == made["id"]
    assert set(one) == {
        "id", "vmId", "vmName", "isPaused", "settings", "startupInfo", "metadata", "sourceState", "destinationState",
        "dataConnectionState", "overallHealth", "lastUpdated", "isReversed", "storageProfile", "storageProfileName",
        "vimLocation", "computerName", "vmDescription", "isMigration",
    }  # fmt: skip
    assert one["storageProfileName"] == "South VSAN Performance"
    assert ("excludedDiskKeys" in one["settings"]) is not pair.service().product.is_3
    latest = listed["destinationState"]["latestInstance"]
    assert ("isPinned" in latest) is not pair.service().product.is_3
    assert latest["transferBytes"] == 4 * 2**30 == listed["destinationState"]["spaceRequirement"]
    assert latest["key"].startswith("h4replica-") and latest["quiescedType"] == "none"


def test_the_first_sync_takes_its_time(newest: Replicating) -> None:
    made = newest.protect("acme-db-north", synced=False)
    seen = []
    for _unused in range(4):
        one = newest.read(made)["vmReplications"][0]
        seen.append(one["sourceState"]["progress"])
        assert one["destinationState"]["state"] == "fullsync" and one["dataConnectionState"] == "SYNCING"
        assert one["destinationState"]["latestInstance"] is None
        assert newest.instances(one) == []
        newest.world.advance(10)
    assert seen == sorted(seen) and seen[-1] > 50
    newest.world.advance(20)
    one = newest.read(made)["vmReplications"][0]
    assert one["destinationState"]["state"] == "idle" and one["sourceState"]["progress"] is None
    assert one["overallHealth"] == "GREEN" and len(newest.instances(one)) == 1


def test_a_first_sync_may_wait_for_its_time(newest: Replicating) -> None:
    later = newest.world.now_ms() + 2 * HOUR * 1000
    made = newest.protect(initialSyncTime=later)
    one = newest.read(made)["vmReplications"][0]
    assert one["destinationState"]["state"] == "passive" and one["settings"]["initialSyncTime"] == later
    newest.later(2 * HOUR)
    assert len(newest.instances(one)) == 1


def test_a_single_vm_is_a_replication_of_its_own(newest: Replicating) -> None:
    vm = newest.service().workloads.find_vm("acme-web-north-02")
    source = {"type": "vm", "site": NORTH, "vmId": vm.id}
    made = newest.protect(source=source)
    assert [one["vmId"] for one in made["vmReplications"]] == [vm.id]
    assert made["source"]["vappId"] == newest.vapp().id


def test_excluded_disks_are_not_copied(newest: Replicating) -> None:
    vapp = newest.vapp("acme-db-north")
    (vm_id,) = vapp.vms
    source = {"type": "vapp", "site": NORTH, "vappId": vapp.id, "excludedDisks": {vm_id: [2001]}}
    one = newest.protect(source=source)["vmReplications"][0]
    assert one["settings"]["excludedDiskKeys"] == [2001]
    assert one["destinationState"]["spaceRequirement"] == 4 * 2**30


# Instances


def test_a_sync_every_rpo_makes_an_instance_and_old_ones_go(pair: Replicating) -> None:
    made = pair.protect()
    one = made["vmReplications"][0]
    counts = []
    for _unused in range(6):
        counts.append(len(pair.instances(one)))
        pair.later(RPO * 60)
    assert counts == [1, 2, 3, 3, 3, 3]
    found = pair.instances(one)
    assert [each["timestamp"] for each in found] == sorted(each["timestamp"] for each in found)
    assert found[-1]["sequenceNumber"] == 6
    latest = pair.read(one["id"])["destinationState"]["latestInstance"]
    assert latest == found[-1]


def test_without_rules_the_latest_alone_is_kept(newest: Replicating) -> None:
    made = newest.protect(retentionPolicy=None)
    newest.later(10 * HOUR)
    assert len(newest.instances(made["vmReplications"][0])) == 1


def test_an_instance_can_be_asked_for_alone(pair: Replicating) -> None:
    one = pair.protect()["vmReplications"][0]
    key = pair.instances(one)[0]["key"]
    reply = pair.ask("GET", f"/vm-replications/{one['id']}/instances/{key}")
    if pair.service().product.is_3:
        assert reply.status == 404
    else:
        assert reply.document()["disksInfo"] == [{"diskKey": 2000}]
        assert pair.ask("GET", f"/vm-replications/{one['id']}/instances/h4replica-x").status == 404


# Operations and what they do


def test_pause_and_resume(pair: Replicating) -> None:
    made = pair.protect()
    paused = pair.done(made, "pause")
    assert {(one["isPaused"], one["destinationState"]["state"]) for one in paused["vmReplications"]} == {
        (True, "paused")
    }
    pair.later(5 * HOUR)
    one = pair.read(made)["vmReplications"][0]
    assert len(pair.instances(one)) == 1 and one["destinationState"]["currentRpoViolation"] == 0
    # Once more changes nothing.
    assert pair.done(made, "pause")["vmReplications"][0]["isPaused"]
    assert problem(pair.act(made, "sync"))[0] == 409
    resumed = pair.done(made, "resume")
    assert not resumed["vmReplications"][0]["isPaused"]
    pair.world.advance(10)
    assert len(pair.instances(one)) == 2


def test_a_first_sync_goes_on_after_a_pause_where_it_was(newest: Replicating) -> None:
    made = newest.protect("acme-db-north", synced=False)
    newest.world.advance(20)
    before = newest.read(made)["vmReplications"][0]["sourceState"]["progress"]
    newest.done(made, "pause")
    newest.later(HOUR)
    newest.done(made, "resume")
    after = newest.read(made)["vmReplications"][0]["sourceState"]["progress"]
    assert before <= after < 100 and before > 30
    newest.world.advance(40)
    assert newest.read(made)["vmReplications"][0]["destinationState"]["latestInstance"]


def test_a_sync_by_hand_makes_an_instance(pair: Replicating) -> None:
    made = pair.protect()
    one = made["vmReplications"][0]
    synced = pair.done(made, "sync")
    latest = synced["vmReplications"][0]["destinationState"]["latestInstance"]
    assert latest["sequenceNumber"] == 1 and pair.world.now_ms() - latest["timestamp"] < 5000
    # Both lie in one piece of time or in two; either way there are two.
    assert len(pair.instances(one)) == 2


def test_a_test_makes_a_vapp_that_its_clean_up_takes_away(pair: Replicating) -> None:
    made = pair.protect()
    tested = pair.done(made, "failover-test")
    assert recovery_states(tested) == {"TEST"} and tested["destination"]["recoveredVappId"] is None
    south = pair.service(site=SOUTH).workloads
    test = south.find_vapp("acme-web-north-test")
    info = tested["vmReplications"][0]["destinationState"]["recoveryInfo"]
    assert info["vAppId"] == test.id and info["vcdVmId"] in test.vms
    assert all(vm.powered_on for vm in test.vms.values())
    pair.later(2 * HOUR)
    assert len(pair.instances(made["vmReplications"][0])) == 3
    cleaned = pair.done(made, "cleanup")
    assert recovery_states(cleaned) == {"NOT_STARTED"}
    assert cleaned["vmReplications"][0]["destinationState"]["recoveryInfo"]["vAppId"] is None
    assert "acme-web-north-test" not in [one.name for one in south.vapps.values()]
    assert recovery_states(pair.done(made, "cleanup")) == {"NOT_STARTED"}


def test_a_failover_recovers_at_the_destination_and_leaves_the_source(pair: Replicating) -> None:
    made = pair.protect()
    reply = pair.act(made, "failover", recovery(powerOn=False))
    assert recovery_states(pair.read(made)) == {"IN_PROGRESS"}
    result = pair.finish(reply)["result"]
    assert recovery_states(result) == {"COMPLETE"}
    vapp = pair.service(site=SOUTH).workloads.vapps[result["destination"]["recoveredVappId"]]
    assert (vapp.name, vapp.org, vapp.vdc_id) == ("acme-web-north", "Acme", pair.vdc().id)
    assert [vm.name for vm in vapp.vms.values()] == ["acme-web-north-01", "acme-web-north-02"]
    assert not any(vm.powered_on for vm in vapp.vms.values())
    assert all(vm.powered_on for vm in pair.vapp().vms.values())
    one = result["vmReplications"][0]
    count = len(pair.instances(one))
    pair.later(5 * HOUR)
    assert len(pair.instances(one)) == count
    assert pair.read(made)["overallHealth"] == "GREEN"


def test_a_migration_synchronises_and_powers_the_source_off(pair: Replicating) -> None:
    made = pair.protect(isMigration=True)
    assert made["isMigration"] and made["vmReplications"][0]["settings"]["retentionPolicy"] == {"rules": []}
    result = pair.done(made, "migrate")
    assert recovery_states(result) == {"COMPLETE"}
    assert not any(vm.powered_on for vm in pair.vapp().vms.values())
    latest = result["vmReplications"][0]["destinationState"]["latestInstance"]
    assert latest["sequenceNumber"] == 1


def test_a_reversal_changes_the_sides(pair: Replicating) -> None:
    made = pair.protect()
    failed_over = pair.done(made, "failover")
    recovered = failed_over["destination"]["recoveredVappId"]
    old = list(pair.vapp().vms)
    result = pair.done(made, "reverse")
    assert result["id"] == made["id"] and recovery_states(result) == {"NOT_STARTED"}
    assert (result["source"]["site"], result["source"]["vappId"]) == (SOUTH, recovered)
    assert (result["destination"]["site"], result["destination"]["vdcId"]) == (NORTH, made["source"]["vdcId"])
    assert result["owner"] == "Acme@North" and result["destination"]["recoveredVappId"] is None
    assert all(one["isReversed"] for one in result["vmReplications"])
    assert not set(old) & set(pair.service().workloads.vms) and pair.vapp().vms == {}
    recovered_vms = set(pair.service(site=SOUTH).workloads.vapps[recovered].vms)
    assert {one["vmId"] for one in result["vmReplications"]} == recovered_vms
    assert result["vmReplications"][0]["storageProfileName"] == "North VSAN Performance"
    # The seeds are there, so that the first sync is short; then the way back.
    pair.world.advance(10)
    back = pair.done(made, "migrate")
    assert back["destination"]["site"] == NORTH and recovery_states(back) == {"COMPLETE"}
    again = pair.done(made, "reverse")
    assert again["source"]["site"] == NORTH and not again["vmReplications"][0]["isReversed"]


def test_stopping_forgets_the_replication_and_leaves_the_vms(pair: Replicating) -> None:
    made = pair.protect()
    recovered = pair.done(made, "failover")["destination"]["recoveredVappId"]
    task = pair.finish(pair.act(made, "stop"))
    assert (task["state"], task["result"], task["resultType"]) == ("SUCCEEDED", None, None)
    for kind, key in (("vapp", made["id"]), ("vm", made["vmReplications"][0]["id"])):
        assert pair.ask("GET", f"/{kind}-replications/{key}").status == 404
        assert pair.ask("GET", f"/{kind}-replications").document()["total"] == 0
    assert recovered in pair.service(site=SOUTH).workloads.vapps
    # What was stopped may be started again.
    pair.protect()


def test_one_vm_of_a_vapp_goes_its_own_way(newest: Replicating) -> None:
    made = newest.protect()
    first, second = made["vmReplications"]
    result = newest.done(first["id"], "failover")
    assert result["destinationState"]["recoveryInfo"]["recoveryState"] == "COMPLETE"
    assert recovery_states(newest.read(made)) == {"COMPLETE", "NOT_STARTED"}
    assert problem(newest.act(made, "failover"))[0] == 409
    assert problem(newest.act(first["id"], "reverse"))[0] == 409
    newest.done(second["id"], "failover")
    vapp = newest.read(made)["destination"]["recoveredVappId"]
    assert len(newest.service(site=SOUTH).workloads.vapps[vapp].vms) == 2
    assert newest.done(second["id"], "reverse")["isReversed"]
    newest.done(first["id"], "stop")
    assert len(newest.read(made)["vmReplications"]) == 1


STATES = ("NOT_STARTED", "PAUSED", "TEST", "COMPLETE", "IN_PROGRESS")
# Contract 5.2, read strictly: y permitted, n refused.
TABLE = {
    "pause": "yyynn", "resume": "yyynn", "sync": "ynynn", "failover-test": "yynnn", "cleanup": "yyyyn",
    "failover": "yynnn", "migrate": "yyynn", "reverse": "nnnyn", "stop": "yynyn", "storage-profile": "yyyyn",
    "chown": "yyyyn", "network-settings": "yyyyn", "reconfigure": "yyyyn",
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", TABLE)
def test_the_state_permits_or_refuses(newest: Replicating, operation: str, state: str) -> None:
    made = newest.protect()
    before = {"PAUSED": "pause", "TEST": "failover-test", "COMPLETE": "failover"}.get(state)
    if before:
        newest.done(made, before)
    if state == "IN_PROGRESS":
        newest.world.faults.add("hang_task", path="*/failover")
        newest.act(made, "failover")
        newest.world.advance(100)
        assert recovery_states(newest.read(made)) == {"IN_PROGRESS"}
    if operation == "storage-profile":
        reply = newest.act(made, operation, {"storageProfileId": newest.vdc().storage_profiles[1][0]})
    elif operation == "chown":
        reply = newest.act(made, operation, {"owner": "System@South"}, method="PATCH")
    elif operation == "network-settings":
        reply = newest.act(made, operation, {}, method="PUT")
    elif operation == "reconfigure":
        reply = newest.ask("PATCH", f"/vapp-replications/{made['id']}", settings())
    else:
        reply = newest.act(made, operation)
    if TABLE[operation][STATES.index(state)] == "n":
        assert problem(reply) == (409, "InvalidReplicationState")
    elif reply.status == 202:
        assert newest.finish(reply)["state"] == "SUCCEEDED"
    else:
        assert reply.status == 200


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "description": "",
        "rpo": 120,
        "dataConnectionType": "PLAIN",
        "quiesced": True,
        "retentionPolicy": {"rules": []},
        **changes,
    }
