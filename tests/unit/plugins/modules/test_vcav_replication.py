"""The module in this process against the simulator: many replications in one task, what is refused, what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.plugins.modules.replicating import DB, HERE, ROW, THERE, VDC, WEB, Tenant


@pytest.fixture
def tenant(estate: Any) -> Tenant:
    return Tenant(estate)


def reads(tenant: Tenant) -> list[str]:
    """What was asked beside logging in and out."""
    skipped = ("/sessions", "/diagnostics/about")
    return [one["path"] for one in tenant.control.journal() if not one["path"].startswith(skipped)]


def test_many_are_started_in_one_task_and_a_second_run_needs_one_read(tenant: Tenant) -> None:
    rows = [{"vapp": WEB}, {"vapp": DB, "paused": True, "description": "the books"}]
    predicted = tenant.protect(*rows, check=True)
    assert predicted["changed"] and tenant.estate.writes == []
    result = tenant.protect(*rows)
    assert result == predicted
    assert [row["replication"] for row in result["outcomes"]] == [f"{WEB} to {VDC}", f"{DB} to {VDC}"]
    assert [(row["vapp"], row["paused"]) for row in result["vcav_replication"]] == [(DB, True), (WEB, False)]
    # Both are worked on side by side, so the one may be paused before the other is started.
    assert sorted(tenant.writes) == ["POST /vapp-replications"] * 2 + ["POST /vapp-replications/pause"]
    assert result["diff"][0]["object"]["tenant"] == "Tyrell" and result["diff"][0]["before"] == {}
    tenant.control.clear_journal()
    again = tenant.protect(*rows)
    assert (again["changed"], again["outcomes"]) == (False, [])
    assert len(reads(tenant)) == 1 and tenant.estate.writes == []


def test_what_the_info_module_tells_changes_nothing(tenant: Tenant) -> None:
    tenant.started()
    told = tenant.info(org="Tyrell")["vcav_replication"]
    assert [row["vapp"] for row in told] == [DB, WEB]
    assert tenant.protect(*told, alone=True, common=None)["changed"] is False


def test_only_the_settings_that_differ_are_changed_and_the_others_ride_along(tenant: Tenant) -> None:
    tenant.started({"vapp": WEB, "description": "shop", "quiesced": True})
    rows = [{"vapp": WEB, "rpo": 240, "retention": []}]
    predicted = tenant.protect(*rows, check=True, common=None)
    result = tenant.protect(*rows, common=None)
    assert result == predicted
    assert result["diff"][0]["after"] == {"rpo": 240, "retention": []}
    assert [line.partition("C4VAPP")[0] for line in tenant.estate.writes] == ["PATCH /vapp-replications/"]
    (row,) = tenant.info()["vcav_replication"]
    assert (row["rpo"], row["retention"], row["description"], row["quiesced"]) == (240, [], "shop", True)


def test_vms_that_differ_keep_what_was_not_asked_for(tenant: Tenant) -> None:
    tenant.started({"vapp": WEB})
    assert tenant.protect({"vapp": WEB, "vm": f"{WEB}-01", "description": "one"}, common=None)["changed"]
    told = tenant.info()["vcav_replication"][0]
    assert "description" not in told  # the VMs differ
    assert tenant.protect({"vapp": WEB, "rpo": 120}, common=None)["changed"]
    vms = tenant.info()["replications"][0]["vms"]
    assert [(vm["description"], vm["rpo"]) for vm in vms] == [("one", 120), ("", 120)]
    before = tenant.protect({"vapp": WEB, "description": ""}, common=None)["diff"][0]["before"]
    assert before == {"description": "mixed"}


def test_storage_policy_and_pause_have_calls_of_their_own(tenant: Tenant) -> None:
    tenant.started({"vapp": DB})
    profiles = tenant.info()["vcav_replication"][0]["storage_policy"]
    assert tenant.protect({"vapp": DB, "storage_policy": profiles}, alone=True)["changed"] is False
    result = tenant.protect({"vapp": DB, "storage_policy": "no such"}, alone=True)
    assert "storage_policy is 'no such': there is no such storage policy of that VDC" in result["msg"]
    paused = tenant.protect({"vapp": DB, "paused": True}, alone=True)
    assert paused["changed"] and tenant.writes == ["POST /vapp-replications/pause"]
    assert tenant.protect({"vapp": DB, "paused": True}, alone=True)["changed"] is False
    assert tenant.protect({"vapp": DB, "paused": False}, alone=True)["changed"]


def test_networks_are_named_and_kept_for_failover_and_test(tenant: Tenant) -> None:
    tenant.started({"vapp": WEB})
    network = "Tyrell Servers A03"
    wanted = {
        "vapp": WEB,
        "failover_network": {"network": network},
        "test_network": {"vms": [{"vm": f"{WEB}-01", "nics": [
            {"index": 0, "network": network, "ip_mode": "manual", "ip_address": "192.0.2.10"}]}]},
    }  # fmt: skip
    predicted = tenant.protect(wanted, check=True, alone=True)
    result = tenant.protect(wanted, alone=True)
    assert not result.get("failed"), result["msg"]
    assert result == predicted and result["changed"]
    tenant.control.clear_journal()
    assert tenant.protect(wanted, alone=True)["changed"] is False
    assert len(reads(tenant)) == 2
    told = tenant.info(network_settings=True)["vcav_replication"][0]
    assert told["failover_network"]["network"] == network
    refused = tenant.protect({"vapp": WEB, "failover_network": {"network": "Nowhere"}}, alone=True)
    assert "failover_network is 'Nowhere': there is no such network" in refused["msg"]
    if tenant.release == "3.0":
        mapped = {"mappings": [{"source": "a", "destination": network}]}
        assert "from release 3.5 on" in tenant.protect({"vapp": WEB, "failover_network": mapped}, alone=True)["msg"]


def test_a_new_replication_gets_its_networks_at_once(tenant: Tenant) -> None:
    row = {"vapp": WEB, "test_network": {"network": "Tyrell Servers A03"}}
    result = tenant.protect(row)
    assert not result.get("failed"), result["msg"]
    assert tenant.protect(row)["changed"] is False


def test_absent_stops_and_prune_stops_the_rest_of_the_organization_only(tenant: Tenant) -> None:
    tenant.started()
    assert tenant.protect({"vapp": WEB, "state": "absent"}, check=True, alone=True)["changed"]
    result = tenant.protect({"vapp": WEB, "state": "absent"}, alone=True)
    assert result["changed"] and result["vcav_replication"] == []
    assert tenant.protect({"vapp": WEB, "state": "absent"}, alone=True)["changed"] is False
    assert set(tenant.states()) == {f"{DB}-01"}
    pruned = tenant.protect(prune=True, alone=True)
    assert pruned["outcomes"][0]["replication"] == f"{DB} to {VDC}" and tenant.states() == {}


def test_a_single_vm_is_replicated_and_found_again(tenant: Tenant) -> None:
    row = {"vapp": WEB, "vm": f"{WEB}-02"}
    assert tenant.protect(row)["changed"]
    assert list(tenant.states()) == [f"{WEB}-02"]
    assert tenant.protect(row, alone=True)["changed"] is False
    assert tenant.protect({**row, "state": "absent"}, alone=True)["changed"]
    assert tenant.states() == {}


def test_a_migration_is_no_protection(tenant: Tenant) -> None:
    common = {"destination_vdc": VDC, "rpo": 60}
    assert tenant.protect({"vapp": DB}, kind="migration", common=common)["changed"]
    assert tenant.protect({"vapp": DB}, kind="migration", common=common)["changed"] is False
    result = tenant.protect({"vapp": DB}, common=common)
    assert "is a migration" in result["msg"] and "state: absent and kind: migration" in result["msg"]
    kept = tenant.protect({"vapp": DB, "retention": [{"instances": 2, "distance": 60}]}, kind="migration")
    assert "a migration keeps the latest instance only" in kept["msg"]


@pytest.mark.parametrize(("fields", "row", "words"), [
    ({"minRpo": 240}, {}, "rpo is 60 minutes and the policy 'gold' of Tyrell at HERE allows 240 at the least"),
    ({"maxInstances": 2}, {}, "retention keeps 3 instances and the policy 'gold' of Tyrell at HERE allows 2; keep"),
    ({"maxIncoming": 1}, {}, "2 more replications would be 2 VMs and the policy 'gold' of Tyrell at HERE allows 1"),
])  # fmt: skip
def test_what_a_policy_forbids_is_refused_before_anything_is_sent(
    tenant: Tenant, fields: dict[str, Any], row: dict[str, Any], words: str
) -> None:
    tenant.control.change("policy-set", HERE, policy="gold", fields=fields)
    result = tenant.protect({"vapp": WEB, **row}, {"vapp": DB})
    assert result["failed"] and words.replace("HERE", HERE) in result["msg"], result["msg"]
    assert result["msg"].endswith("Nothing was changed.") and tenant.estate.writes == []


@pytest.mark.parametrize("site", [HERE, THERE])
def test_a_policy_that_forbids_the_direction_is_named_with_its_switch_and_site(tenant: Tenant, site: str) -> None:
    tenant.control.change("policy-set", site, policy="gold", fields=tenant.allowing(False))
    result = tenant.protect({"vapp": WEB})
    way = "incoming" if site == HERE else "outgoing"
    switch = f"allow_{way}_protections" if tenant.release >= "4.1" else f"allow_{way}"
    assert f"the policy 'gold' of Tyrell at {site} forbids it: {switch} is false" in result["msg"]
    assert tenant.estate.writes == []


def test_the_servers_own_refusal_is_told_with_what_to_do(tenant: Tenant) -> None:
    tenant.control.change("policy-set", HERE, policy="gold", fields=tenant.allowing(False))
    # Without an organization no policy can be looked up beforehand.
    result = tenant.protect({"vapp": WEB}, org=None)
    assert "does not allow incoming" in result["msg"] and "vcpp.vcloud.vcav_policy_assignments_info" in result["msg"]
    assert result["outcomes"][0]["changed"] is False


def test_one_that_cannot_be_started_leaves_the_others_started(tenant: Tenant) -> None:
    tenant.control.change("vapp-add", THERE, org="Tyrell", vapp="empty", vms={})
    result = tenant.protect({"vapp": "empty"}, {"vapp": DB})
    assert result["failed"] and result["changed"] and "1 of 2 changes failed, 1 were made" in result["msg"]
    assert "The vApp 'empty' has no VMs" in result["msg"]
    assert list(tenant.states()) == [f"{DB}-01"]


def test_the_other_site_needs_a_session_and_the_message_says_how(tenant: Tenant) -> None:
    result = tenant.protect({"vapp": WEB}, alone=True)
    assert result["failed"] and f"set vcav_remote_site: {THERE}" in result["msg"]
    assert tenant.estate.writes == []


@pytest.mark.parametrize(("rows", "options", "words"), [
    ([{}], {}, "replications[0] names neither vapp nor vm"),
    ([{"vapp": ""}], {}, "replications[0] names neither vapp nor vm"),
    ([{"vapp": WEB}, {"vapp": WEB}], {}, "replications[1]: 'tyrell-web-c00 to Tyrell A03 Allocated' is named twice"),
    ([{"vapp": WEB, "rpo": 4}], {}, "replications[0].rpo is 4: it must lie between 5 and 1440 minutes"),
    ([{"vapp": WEB, "sla_profile": "x"}], {}, "sla_profile decides rpo, retention too"),
    ([{"vapp": WEB, "initial_sync_time": "tonight"}], {}, "initial_sync_time is 'tonight': write a moment in UTC"),
    ([{"vapp": WEB, "retention": [{"instances": 0, "distance": 5}]}], {}, "must be 1 or more"),
    ([], {"prune": True, "org": None}, "prune is true without org"),
    ([], {"source_site": None}, "source_site and destination_site are both left out"),
    ([], {"destination_site": THERE}, "they must differ"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(
    tenant: Tenant, rows: list[dict[str, Any]], options: dict[str, Any], words: str
) -> None:
    result = tenant.protect(*rows, **options)
    assert result["failed"] and words in result["msg"], result["msg"]
    assert tenant.control.count() == 0


@pytest.mark.parametrize(("row", "words"), [
    ({"vapp": "tyrell-wep-c00"}, "vapp is 'tyrell-wep-c00': there is no such vApp at OTHER; did you mean"),
    ({"vapp": WEB, "destination_vdc": "Nowhere"}, "is 'Nowhere': there is no such organization VDC at HERE"),
    ({"vapp": WEB, "storage_policy": "Tape"}, "storage_policy is 'Tape': there is no such storage policy"),
])  # fmt: skip
def test_unknown_names_are_refused_before_any_change(tenant: Tenant, row: dict[str, Any], words: str) -> None:
    result = tenant.protect({"vapp": DB}, row)
    assert words.replace("HERE", HERE).replace("OTHER", THERE) in result["msg"]
    assert tenant.estate.writes == []
    assert tenant.protect({"vapp": DB}, row, check=True)["changed"] is True


def test_a_new_one_needs_an_rpo_and_a_vdc(tenant: Tenant) -> None:
    assert "rpo (minutes) is needed" in tenant.protect({"vapp": DB}, common={"destination_vdc": VDC})["msg"]
    assert "destination_vdc is needed" in tenant.protect({"vapp": DB}, common={"rpo": 60})["msg"]


def test_two_vapps_of_one_name_are_told_apart_by_their_ids(tenant: Tenant) -> None:
    twin = tenant.control.change("vapp-add", THERE, org="Tyrell", vapp=WEB, vms={"twin-01": 4})["id"]
    result = tenant.protect({"vapp": WEB})
    assert "2 vApps at" in result["msg"] and twin in result["msg"]
    assert tenant.protect({"vapp": twin})["changed"]
    assert tenant.protect({"vapp": twin})["changed"] is False
    assert list(tenant.states()) == ["twin-01"]


def test_a_replication_in_test_or_recovery_is_neither_stopped_nor_pruned(tenant: Tenant) -> None:
    tenant.started({"vapp": DB})
    assert tenant.operate("failover_test")["changed"]
    result = tenant.protect({"vapp": DB, "state": "absent"}, alone=True)
    assert "cannot be stopped: its test is still there; clean it up first with operation: cleanup" in result["msg"]
    assert "cannot be stopped" in tenant.protect(prune=True, alone=True)["msg"]


def test_an_answer_that_was_lost_is_looked_up_and_not_sent_again(tenant: Tenant) -> None:
    tenant.control.add_fault("drop_reply", method="POST", path="vapp-replications", times=1)
    result = tenant.protect({"vapp": DB})
    assert not result.get("failed"), result["msg"]
    assert tenant.estate.writes == ["POST /vapp-replications"]


def test_a_task_that_hangs_is_told_with_what_to_do(tenant: Tenant) -> None:
    tenant.control.task_seconds(600)
    result = tenant.protect({"vapp": DB}, wait_timeout=1, wait_interval=0)
    assert "is still RUNNING" in result["msg"] and "Raise wait_timeout and run again" in result["msg"]
    tenant.control.task_seconds(0)
    tenant.control.advance(601)
    assert tenant.protect({"vapp": DB})["changed"] is False
    assert ROW["rpo"] == tenant.info()["vcav_replication"][0]["rpo"]


class OnPremises:
    """The customer's site that is paired with the second cloud site, and the modules there."""

    site = "Tyrell-OnPrem"
    vms = ["tyrell-onprem-vm-1", "tyrell-onprem-vm-2"]

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        simulator = tenant.estate.simulator
        tenant.control.customer_site("pair", self.site)
        self.at = {"vcav_url": simulator.cloud(THERE), "vcav_password": simulator.root_password(THERE)}
        tenant.control.clear_journal()

    def protect(self, *rows: dict[str, Any], check: bool = False, **options: Any) -> Any:
        return self.tenant.protect(*rows, check=check, alone=True, **{**self.at, **options})

    def operate(self, operation: str, **options: Any) -> Any:
        return self.tenant.operate(operation, **{**self.at, **options})


def test_a_vm_comes_from_an_on_premises_site(tenant: Tenant) -> None:
    there = OnPremises(tenant)
    common = {"destination_vdc": "Tyrell C00 Allocated", "rpo": 240}
    options: dict[str, Any] = {"source_site": there.site, "common": common}
    rows = [{"vm": there.vms[0], "vapp": "mail"}, {"vm": there.vms[1]}]
    predicted = there.protect(*rows, check=True, **options)
    result = there.protect(*rows, **options)
    assert not result.get("failed"), result["msg"]
    assert result == predicted and len(result["outcomes"]) == 2
    assert there.protect(*rows, **options)["changed"] is False
    changed = there.protect({**rows[0], "rpo": 300, "paused": True}, **options)
    assert changed["changed"] and not changed.get("failed"), changed
    refused = there.protect({"vapp": "mail2"}, **options)
    assert "is an on-premises site: name a vm" in refused["msg"]
    unknown = there.protect({"vm": "nobody"}, **options)
    assert f"vm is 'nobody': there is no such VM at {there.site}" in unknown["msg"]
    tenant.control.advance(8 * 3600)
    taken = there.operate("failover", vms=[there.vms[1]])
    assert not taken.get("failed") and taken["changed"], taken
    assert there.operate("failover", vms=[there.vms[1]])["changed"] is False
    gone = there.protect(*({**row, "state": "absent"} for row in rows), **options)
    assert gone["changed"] and not gone.get("failed"), gone


def test_a_vapp_goes_to_an_on_premises_site(tenant: Tenant) -> None:
    there = OnPremises(tenant)
    if tenant.release != "3.0":
        fields = {"allowOutgoingOnpremProtections": True}
        tenant.control.change("policy-set", THERE, policy="gold", fields=fields)
    options: dict[str, Any] = {
        "source_site": None, "destination_site": there.site, "org": None, "source_org": "Tyrell",
        "common": {"rpo": 240},
    }  # fmt: skip
    predicted = there.protect({"vapp": DB}, check=True, **options)
    result = there.protect({"vapp": DB}, **options)
    assert not result.get("failed"), result["msg"]
    assert result == predicted and result["vcav_replication"][0]["vapp"] == DB
    assert there.protect({"vapp": DB}, **options)["changed"] is False
    tenant.control.advance(8 * 3600)
    changed = there.protect({"vapp": DB, "rpo": 300, "paused": True}, **options)
    assert not changed.get("failed") and changed["changed"], changed
    wrong = there.protect({"vapp": WEB, "destination_vdc": VDC}, **options)
    assert "is an on-premises site; leave it out there" in wrong["msg"]
    chosen = {"org": None, "source_org": "Tyrell", "destination_site": there.site}
    assert there.operate("resume", **chosen)["changed"]
    taken = there.operate("failover", **chosen)
    assert not taken.get("failed") and taken["changed"], taken
    assert there.protect({"vapp": DB, "state": "absent"}, **options)["changed"]
    assert there.protect(prune=True, **options)["changed"] is False
    assert there.protect({"vapp": DB}, **{**options, "org": "Tyrell"})["changed"]
    pruned = there.protect(prune=True, **{**options, "org": "Tyrell", "source_org": None})
    assert pruned["changed"] and not pruned.get("failed"), pruned


def test_what_the_policy_says_of_on_premises_sites_is_told_beforehand(tenant: Tenant) -> None:
    there = OnPremises(tenant)
    if tenant.release == "3.0":
        fields, switch = tenant.allowing(False), "allow_outgoing"
    else:
        fields, switch = {"allowOutgoingOnpremProtections": False}, "allow_outgoing_onprem_protections"
    tenant.control.change("policy-set", THERE, policy="gold", fields=fields)
    options = {"source_site": None, "destination_site": there.site, "org": None, "source_org": "Tyrell"}
    result = there.protect({"vapp": DB}, common={"rpo": 240}, **options)
    assert f"{switch} is false" in result["msg"] and tenant.estate.writes == []
