"""The module in this process against the simulator: operations, their end states, and bad days."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.unit.plugins.modules.replicating import DB, HERE, HOUR, THERE, WEB, Tenant

WEB_VMS = [f"{WEB}-01", f"{WEB}-02"]


@pytest.fixture
def tenant(estate: Any) -> Tenant:
    found = Tenant(estate)
    found.started()
    return found


def summary(**counts: int) -> dict[str, int]:
    return {**dict.fromkeys(("changed", "already", "failed", "refused", "not_begun"), 0), **counts}


@pytest.mark.parametrize(("operations", "end"), [
    (["failover_test"], "test"),
    (["failover_test", "cleanup"], "not_started"),
    (["failover"], "complete"),
])  # fmt: skip
def test_an_operation_ends_where_it_says_and_a_second_run_writes_nothing(
    tenant: Tenant, operations: list[str], end: str
) -> None:
    for operation in operations:
        tenant.control.clear_journal()
        predicted = tenant.operate(operation, check=True)
        assert tenant.estate.writes == []
        result = tenant.operate(operation)
        assert result == predicted and result["summary"] == summary(changed=3)
        assert len(tenant.writes) == 2  # one for each vApp
        tenant.control.clear_journal()
        again = tenant.operate(operation)
        assert (again["changed"], again["summary"]) == (False, summary(already=3))
        assert tenant.control.count(path="vapp-replications*") == 1 and tenant.estate.writes == []
    assert set(tenant.states().values()) == {end}
    assert {row["recovery_state"] for row in result["vcav_replication_operation"]} == {end}


def test_a_synchronisation_is_an_action_each_time(tenant: Tenant) -> None:
    for _time in range(2):
        result = tenant.operate("sync", alone=False, vapps=[DB])
        assert result["changed"] and result["diff"][0]["after"] == {"synchronized": True}


def test_pause_and_resume_leave_alone_what_is_so_already(tenant: Tenant) -> None:
    assert tenant.operate("pause", vapps=[DB])["summary"] == summary(changed=1)
    assert tenant.operate("pause")["summary"] == summary(changed=2, already=1)
    assert tenant.operate("resume")["summary"] == summary(changed=3)


def test_a_migration_powers_off_the_source_and_is_done_once(tenant: Tenant) -> None:
    result = tenant.operate("migrate", alone=False)
    assert not result.get("failed"), result["msg"]
    assert set(tenant.states().values()) == {"complete"}
    assert tenant.operate("migrate")["changed"] is False


def test_there_and_back_again(tenant: Tenant) -> None:
    assert tenant.operate("failover")["changed"]
    predicted = tenant.operate("reverse", check=True, alone=False)
    result = tenant.operate("reverse", alone=False)
    assert result == predicted and not result.get("failed"), result
    assert {row["destination_site"] for row in result["vcav_replication_operation"]} == {THERE}
    again = tenant.operate("reverse", alone=False)
    assert (again["changed"], again["summary"]) == (False, summary(already=3))
    # The same failover once more does not fail them back: they go to the other site now.
    once_more = tenant.operate("failover", vapps=[DB])
    assert f"nothing of that name is replicated to {HERE}" in once_more["msg"]
    tenant.control.advance(4 * HOUR)
    back = tenant.operate("failover", alone=False, destination_site=THERE)
    assert not back.get("failed") and back["changed"], back
    home = tenant.operate("reverse", alone=False, destination_site=THERE)
    assert not home.get("failed"), home
    assert {row["destination_site"] for row in home["vcav_replication_operation"]} == {HERE}


@pytest.mark.parametrize(("before", "operation", "words"), [
    ("failover_test", "failover", "is test and failover is not permitted: its test is still there; clean it up first"),
    ("failover_test", "migrate", "clean it up first with operation: cleanup"),
    ("failover", "failover_test", "is complete and failover_test is not permitted: it has been failed over; pro"),
    ("failover", "sync", "it has been failed over; protect it again with operation: reverse"),
    ("pause", "sync", "is not_started and paused and sync is not permitted: it is paused; resume it first"),
    ("sync", "reverse", "it has not been failed over; only then can it be reversed"),
])  # fmt: skip
def test_what_a_state_forbids_is_refused_before_anything_is_sent(
    tenant: Tenant, before: str, operation: str, words: str
) -> None:
    tenant.operate(before, alone=False)
    tenant.control.clear_journal()
    result = tenant.operate(operation, alone=False)
    assert result["failed"] and words in result["msg"] and "Nothing was sent" in result["msg"], result["msg"]
    assert tenant.estate.writes == []


def test_vms_of_one_vapp_that_are_not_equally_far_are_handled_one_by_one(tenant: Tenant) -> None:
    assert tenant.operate("failover", vms=WEB_VMS[:1])["summary"] == summary(changed=1)
    assert tenant.states() == {f"{DB}-01": "not_started", WEB_VMS[0]: "complete", WEB_VMS[1]: "not_started"}
    tenant.control.clear_journal()
    turned = tenant.operate("reverse", alone=False, vapps=[WEB])
    assert turned["failed"] and "it has not been failed over" in turned["msg"] and tenant.estate.writes == []
    tenant.control.clear_journal()
    result = tenant.operate("failover", vapps=[WEB])
    assert result["summary"] == summary(changed=1, already=1)
    assert [line.split("/")[1] for line in tenant.estate.writes] == ["vm-replications"]


def test_the_others_are_done_where_it_is_asked_for_and_the_task_fails_in_the_end(tenant: Tenant) -> None:
    tenant.operate("failover_test", vapps=[DB])
    result = tenant.operate("failover", on_refused="continue")
    assert result["failed"] and result["changed"] and result["summary"] == summary(changed=2, refused=1)
    (row,) = [row for row in result["vcav_replication_operation"] if "error" in row]
    assert row["vapp"] == DB and row["recovery_state"] == "test"
    assert "running the task again goes on with the rest" in result["msg"]


def test_a_vm_whose_source_is_gone_is_recovered_from_what_is_here(tenant: Tenant) -> None:
    tenant.control.change("vapp-remove", THERE, vapp=DB)
    migrated = tenant.operate("migrate", alone=False, vapps=[DB])
    assert migrated["failed"] and "use operation: failover with synchronize: false" in migrated["msg"], migrated["msg"]
    result = tenant.operate("failover", vapps=[DB])
    assert not result.get("failed") and result["summary"] == summary(changed=1), result


def test_a_failover_needs_the_destination_only(tenant: Tenant) -> None:
    for name in tenant.control.state()["sites"][THERE]["appliances"]:
        tenant.control.appliance("power-off", THERE, name)
    result = tenant.operate("failover")
    assert not result.get("failed") and result["summary"] == summary(changed=3), result
    assert tenant.operate("failover")["changed"] is False


def test_a_failover_that_cannot_synchronise_says_how_to_do_without(tenant: Tenant) -> None:
    for name in tenant.control.state()["sites"][THERE]["appliances"]:
        tenant.control.appliance("power-off", THERE, name)
    result = tenant.operate("failover", vapps=[DB], synchronize=True)
    assert result["failed"], result
    assert "synchronize: false" in result["msg"] or "vcav_remote_site" in result["msg"], result["msg"]


def test_one_that_fails_is_named_and_a_second_run_does_the_rest(tenant: Tenant) -> None:
    tenant.control.add_fault("fail_task", method="POST", path="*failover", times=1, message="The datastore is full.")
    result = tenant.operate("failover", batch=1)
    assert result["failed"] and result["changed"] and "The datastore is full." in result["msg"]
    assert result["summary"]["failed"] + result["summary"]["changed"] == 3
    again = tenant.operate("failover")
    assert not again.get("failed"), again
    assert set(tenant.states().values()) == {"complete"}


def test_fail_fast_begins_no_other(tenant: Tenant) -> None:
    tenant.control.add_fault("fail_task", method="POST", path="*failover", times=1, message="The datastore is full.")
    result = tenant.operate("failover", batch=1, fail_fast=True)
    assert result["summary"]["not_begun"] > 0 and result["summary"]["changed"] == 0
    assert "were not begun because of fail_fast" in result["msg"]


def test_a_lost_answer_is_found_again_and_nothing_is_sent_twice(tenant: Tenant) -> None:
    tenant.control.add_fault("drop_reply", method="POST", path="*failover", times=1)
    result = tenant.operate("failover", vapps=[DB])
    assert not result.get("failed") and result["changed"], result
    assert len(tenant.estate.writes) == 1


def test_a_migration_that_was_interrupted_is_joined_and_not_begun_again(tenant: Tenant) -> None:
    tenant.control.task_seconds(600)
    hung = tenant.operate("migrate", alone=False, vapps=[DB], wait_timeout=1)
    assert hung["failed"] and "is still RUNNING" in hung["msg"] and "Raise wait_timeout and run again" in hung["msg"]
    assert len(tenant.estate.writes) == 1
    tenant.control.task_seconds(0)
    tenant.control.advance(601)
    result = tenant.operate("migrate", alone=False, vapps=[DB])
    assert not result.get("failed"), result
    assert len(tenant.estate.writes) == 1 and tenant.states()[f"{DB}-01"] == "complete"


def test_one_that_still_runs_is_waited_for(tenant: Tenant) -> None:
    tenant.control.task_seconds(600)
    hung = tenant.operate("failover", vapps=[DB], wait_timeout=0)
    assert hung["failed"]
    later = threading.Timer(0.3, tenant.control.advance, [600])
    later.start()
    result = tenant.operate("failover", vapps=[DB], wait_timeout=60)
    later.join()
    assert not result.get("failed") and result["summary"] == summary(changed=1), result
    assert len(tenant.estate.writes) == 1


def test_a_list_that_cannot_be_read_afterwards_does_not_undo_what_the_tasks_told(tenant: Tenant) -> None:
    tenant.control.add_fault("refuse_role", method="GET", path="vapp-replications?ids=*")
    result = tenant.operate("failover")
    assert not result.get("failed") and result["summary"] == summary(changed=3), result
    tenant.control.clear_faults()
    assert set(tenant.states().values()) == {"complete"}


def test_an_instance_is_chosen_by_its_moment_vm_by_vm(tenant: Tenant) -> None:
    from ansible_collections.vcpp.vcloud.plugins.modules.vcav_instance_info import Instances

    kept = tenant.estate.run(Instances, org="Tyrell", vapps=[WEB])["vcav_instance"]
    assert len(kept) == 2 and all(len(row["instances"]) >= 2 for row in kept)
    moment = kept[0]["instances"][-1]["timestamp"]
    assert tenant.operate("failover_test", vapps=[WEB], instance=moment)["changed"]
    assert tenant.operate("cleanup", vapps=[WEB])["changed"]
    key = kept[0]["instances"][0]["key"]
    assert tenant.operate("failover_test", vms=[kept[0]["vm"]], instance=key)["changed"]
    tenant.control.clear_journal()
    old = tenant.operate("failover_test", vapps=[DB], instance="2019-01-01T00:00:00Z")
    assert "has none so old; the oldest instance is of" in old["msg"]
    strange = tenant.operate("failover_test", vapps=[DB], instance="h4replica-0")
    assert "has no such instance; its latest are" in strange["msg"]
    both = tenant.operate("failover", instance=key, vapps=[DB, WEB], on_refused="continue")
    assert "which is of one VM, and 2 are chosen" in both["msg"]
    assert tenant.estate.writes == []


def test_networks_are_looked_up_before_anything_is_sent(tenant: Tenant) -> None:
    result = tenant.operate("failover_test", vapps=[DB], network_settings={"network": "Nowhere"})
    assert "network_settings.network is 'Nowhere': there is no such network of that VDC" in result["msg"]
    strange = {"vms": [{"vm": "nobody", "computer_name": "x"}]}
    refused = tenant.operate("failover", network_settings=strange)
    assert "names 'nobody', which is not among the chosen VMs" in refused["msg"]
    assert tenant.estate.writes == []
    settings = {"network": "Tyrell Servers A03", "vms": [{"vm": f"{DB}-01", "computer_name": "books"}]}
    result = tenant.operate("failover_test", network_settings=settings)
    assert not result.get("failed"), result
    assert tenant.operate("cleanup")["changed"]
    result = tenant.operate("failover_test", network_settings={"network": "Tyrell Servers A03"})
    assert not result.get("failed"), result
    off = tenant.operate("failover_test", network_settings={"network": ""})
    assert off["changed"] is False if tenant.release == "3.0" else "releases from 4.0 on" in off["msg"]


@pytest.mark.parametrize(("options", "words"), [
    ({"vapps": ["tyrell-wep-c00"]}, "is replicated to A03-Auckland; did you mean 'tyrell-web-c00'?"),
    ({"vms": ["nobody"]}, "vms names 'nobody'"),
    ({"ids": ["C4-0"]}, "ids names 'C4-0'"),
    ({"org": "tyrel"}, "nothing of 'tyrel' is replicated to A03-Auckland: is the name right?"),
])  # fmt: skip
def test_unknown_names_are_refused(tenant: Tenant, options: dict[str, Any], words: str) -> None:
    result = tenant.operate("failover", **options)
    assert words in result["msg"] and "nothing was sent" in result["msg"]
    assert tenant.estate.writes == []


def test_replications_are_chosen_by_their_own_ids_too(tenant: Tenant) -> None:
    found = {one["vapp"]: one for one in tenant.info()["replications"]}
    ids = [found[DB]["id"], found[WEB]["vms"][0]["id"]]
    assert tenant.operate("failover_test", ids=ids, org=None)["summary"] == summary(changed=2)


@pytest.mark.parametrize(("options", "words"), [
    ({"org": None}, "nothing is chosen: give vapps, vms, ids, org or source_org"),
    ({"vapps": [""]}, "vapps has an empty entry"),
    ({"batch": 0}, "batch is 0"),
    ({"operation": "failover_test", "consolidate": True}, "a test is never consolidated"),
    ({"operation": "sync", "synchronize": True}, "synchronize is for failover_test, failover and migrate"),
    ({"operation": "migrate", "instance": "h4"}, "instance is 'h4': migrate works on the latest"),
    ({"instance": "h4", "synchronize": True}, "instance is 'h4' and synchronize is true"),
    ({"instance": "2026-13-01T00:00:00Z"}, "write a moment in UTC"),
])  # fmt: skip
def test_options_that_contradict_each_other_are_refused_before_a_request(
    tenant: Tenant, options: dict[str, Any], words: str
) -> None:
    result = tenant.operate(**{"operation": "failover", **options})
    assert words in result["msg"] and tenant.control.count() == 0


def test_before_the_first_instance_there_is_nothing_to_recover(tenant: Tenant) -> None:
    tenant.control.change("vapp-add", THERE, org="Tyrell", vapp="young", vms={"young-01": 4000})
    assert tenant.protect({"vapp": "young"})["changed"]
    tenant.control.clear_journal()
    result = tenant.operate("failover", vapps=["young"])
    assert "young-01 has no instance yet; wait until its first synchronization has ended" in result["msg"]
    assert tenant.estate.writes == []


def test_a_replication_without_an_answer_at_the_other_site_tells_how_to_extend(tenant: Tenant) -> None:
    result = tenant.operate("migrate", vapps=[DB])
    assert result["failed"] and "vcav_remote_site" in result["msg"], result["msg"]
