"""Who may replicate what: bodies, policies, the chain before a start, sessions, filters (contract 4.10, 4.12)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import NORTH, SOUTH, problem
from .replicating import RPO, Replicating, recovery


@pytest.fixture(name="pair")
def two_sites(version: str) -> Replicating:
    return Replicating(version)


@pytest.fixture(name="newest")
def newest_sites() -> Replicating:
    return Replicating("4.7")


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "description": "", "rpo": 120, "dataConnectionType": "PLAIN", "quiesced": True,
        "retentionPolicy": {"rules": []}, **changes,
    }  # fmt: skip


# Bodies


@pytest.mark.parametrize(
    "change",
    [
        {"rpo": 4}, {"rpo": 1441}, {"rpo": "240"}, {"dataConnectionType": "plain"}, {"targetDiskType": "THICK"},
        {"initialSyncTime": -1}, {"isMigration": 1}, {"quiesced": None}, {"slaProfileId": "gold"}, {"color": "red"},
        {"retentionPolicy": {"rules": [{"numberOfInstances": 3}]}}, {"retentionPolicy": {"rules": ["all"]}},
        {"retentionPolicy": {"rules": [{"numberOfInstances": 0, "distance": 5}]}}, {"source": {"type": "vapp"}},
        {"source": {"type": "disk", "site": NORTH}}, {"destination": {"type": "vcenter", "site": SOUTH}},
    ],
)  # fmt: skip
def test_a_start_that_is_none_is_refused_at_once(newest: Replicating, change: dict[str, Any]) -> None:
    body = newest.body()
    if change == {"source": {"type": "vapp"}}:
        body["source"] = {"type": "vapp", "site": NORTH}
    else:
        body |= change
    assert problem(newest.ask("POST", "/vapp-replications", body)) == (400, "BadUserInput")


@pytest.mark.parametrize("name", ["source", "destination", "description", "rpo", "quiesced", "retentionPolicy"])
def test_a_start_needs_its_fields(newest: Replicating, name: str) -> None:
    body = newest.body()
    del body[name]
    assert problem(newest.ask("POST", "/vapp-replications", body)) == (400, "BadUserInput")


def test_single_vms_are_started_with_the_vapps(newest: Replicating) -> None:
    assert problem(newest.ask("POST", "/vm-replications", newest.body()))[0] == 405


def test_a_reconfiguration_says_everything_and_runs_at_the_source(pair: Replicating) -> None:
    made = pair.protect()
    path = f"/vapp-replications/{made['id']}"
    body = settings()
    if not pair.service().product.since("3.5"):
        body["sourceReconfigure"] = None
    else:
        assert problem(pair.ask("PATCH", path, {**body, "sourceReconfigure": None}))[0] == 400
    for name in settings():
        assert problem(pair.ask("PATCH", path, {one: body[one] for one in body if one != name}))[0] == 400
    assert problem(pair.ask("PATCH", f"{path}?site=South", body))[0] == 400
    pair.enter(site=SOUTH)
    reply = pair.ask("PATCH", f"{path}?site=North", body, site=SOUTH)
    result = pair.finish(reply, site=SOUTH)["result"]
    shown = result["vmReplications"][1]["settings"]
    assert (shown["rpo"], shown["quiesced"], shown["dataConnectionType"]) == (120, True, "PLAIN")


def test_one_vm_is_reconfigured_alone(newest: Replicating) -> None:
    made = newest.protect()
    one = made["vmReplications"][0]["id"]
    newest.finish(newest.ask("PATCH", f"/vm-replications/{one}", settings()))
    assert [each["settings"]["rpo"] for each in newest.read(made)["vmReplications"]] == [120, RPO]


RECOVERIES: list[tuple[dict[str, Any], str]] = [
    ({"type": "vcenter"}, ""), ({"type": None}, ""), ({"snapshotOptions": "DELETE"}, ""), ({"color": "red"}, ""),
    ({"consolidate": True}, "failover"), ({"consolidate": False}, "*"), ({"snapshotOptions": "DO_NOTHING"}, "*"),
    ({"instanceMap": None}, "*"), ({"instanceMap": {"C4-x": "h4replica-1"}}, ""), ({"instanceId": "h4replica-1"}, ""),
    ({"vAppNetworkSettings": {"bulkConnectVmNics": True}}, "*"), ({"vAppNetworkSettings": {"color": 1}}, ""),
    ({"vmNetworkSettings": {}}, "*"), ({"vmNetworkSettings": {"x": {"nics": [{"nicIndex": "0"}]}}}, ""),
    ({"failoverPlacement": {}}, ""),
]  # fmt: skip


@pytest.mark.parametrize("operation", ["failover-test", "failover", "migrate"])
@pytest.mark.parametrize(("change", "good"), RECOVERIES)
def test_failover_settings_are_read_closely(
    newest: Replicating, operation: str, change: dict[str, Any], good: str
) -> None:
    made = newest.protect()
    reply = newest.act(made, operation, recovery(**change))
    if good == "*" or (good and operation != "failover-test"):
        assert newest.finish(reply)["state"] == "SUCCEEDED"
    else:
        assert problem(reply) == (400, "BadUserInput")


def test_failover_settings_differ_by_release(pair: Replicating) -> None:
    made = pair.protect()
    network = pair.vdc().networks[0][0]
    old = {"exposePITsAsSnapshots": True, "preconfiguredNetwork": False, "orgVdcNetworkId": network}
    product = pair.service().product
    if product.is_3:
        assert problem(pair.act(made, "failover-test", recovery(orgVdcNetworkId="nowhere")))[0] == 400
    else:
        for name, value in old.items():
            assert problem(pair.act(made, "failover-test", recovery(**{name: value})))[0] == 400
    new = {"placementPolicy": {}, "copySecurityTags": True}
    if not product.since("4.5"):
        assert problem(pair.act(made, "failover-test", recovery(**new)))[0] == 400
    fitting = recovery(**(old if product.is_3 else {}), **(new if product.since("4.5") else {}))
    pair.done(made, "failover-test", fitting)


def test_the_power_state_of_what_is_recovered_has_two_defaults(pair: Replicating) -> None:
    made = pair.protect()
    pair.done(made, "failover-test", {"type": "vcloud"})
    test = pair.service(site=SOUTH).workloads.find_vapp("acme-web-north-test")
    assert {vm.powered_on for vm in test.vms.values()} == {not pair.service().product.is_3}


def test_an_instance_can_be_chosen(pair: Replicating) -> None:
    made = pair.protect()
    pair.done(made, "sync")
    one = made["vmReplications"][0]
    key = pair.instances(one)[0]["key"]
    pair.done(made, "failover-test", recovery(instanceMap={one["id"]: key}))
    pair.done(made, "cleanup")
    pair.done(one["id"], "failover-test", recovery(instanceId=key, instanceMap=None))
    pair.done(one["id"], "cleanup")
    pair.done(made, "failover-test", recovery(instanceId=None))
    assert problem(pair.act(one["id"], "failover", recovery(instanceMap={})))[0] == 400


# Network settings


def test_network_settings_are_stored_in_the_verb_of_the_release(pair: Replicating) -> None:
    made = pair.protect()
    path = f"/vapp-replications/{made['id']}/network-settings"
    first, second = (one["vmId"] for one in made["vmReplications"])
    empty = {"vAppNetworkSettings": {"bridgeOrgVdcNetworks": [], "bulkConnectVmNics": False}}
    empty["vmNetworkSettings"] = {first: {}, second: {}}
    assert pair.ask("GET", path).document() == {"failoverSettings": empty, "failoverTestSettings": empty}
    product = pair.service().product
    body = {"failoverSettings": {"vmNetworkSettings": {first: {"computerName": "web", "nics": [{"nicIndex": 0}]}}}}
    allowed = {"3.0": {"PATCH"}, "3.5": {"PATCH"}, "4.3": {"PATCH", "PUT"}, "4.7": {"PUT"}}[product.version]
    for method in ("PATCH", "PUT"):
        reply = pair.ask(method, path, body)
        assert reply.status == (200 if method in allowed else 405)
    stored = pair.ask("GET", path).document()
    assert stored["failoverSettings"]["vmNetworkSettings"][first]["computerName"] == "web"
    assert stored["failoverTestSettings"] == empty
    of_vm = pair.ask("GET", f"/vm-replications/{made['vmReplications'][0]['id']}/network-settings").document()
    assert of_vm["failoverSettings"]["vmNetworkSettings"]["nics"] == [{"nicIndex": 0}]
    mapping = {"failoverSettings": {"vAppNetworkSettings": {"networkMappings": []}}}
    assert pair.ask(sorted(allowed)[0], path, mapping).status == (200 if product.since("3.5") else 400)
    typed = {"failoverSettings": {"vAppNetworkSettings": {"resolutionType": "EXPLICIT"}}}
    assert pair.ask(sorted(allowed)[0], path, typed).status == (200 if product.since("4.7") else 400)
    strange = {"failoverSettings": {"vmNetworkSettings": {"nobody": {}}}}
    assert pair.ask(sorted(allowed)[0], path, strange).status == 400


# Disks, storage profiles, owners


def test_disks_are_excluded_later(pair: Replicating) -> None:
    made = pair.protect("acme-db-north")
    one = made["vmReplications"][0]
    path = f"/vapp-replications/{made['id']}/disks"
    reply = pair.ask("PATCH", path, {one["vmId"]: [2001]})
    if not pair.service().product.since("4.4"):
        assert reply.status == 404
        return
    result = pair.finish(reply)["result"]["vmReplications"][0]
    assert result["settings"]["excludedDiskKeys"] == [2001]
    assert result["destinationState"]["spaceRequirement"] == 4 * 2**30
    for wrong in ({one["vmId"]: [1]}, {one["vmId"]: [2000, 2001]}, {"vm-9": []}, {one["vmId"]: "2000"}, []):
        assert problem(pair.ask("PATCH", path, wrong))[0] == 400


def test_another_storage_profile(pair: Replicating) -> None:
    made = pair.protect()
    capacity = pair.vdc().storage_profiles[1][0]
    result = pair.done(made, "storage-profile", {"storageProfileId": capacity})
    assert {one["storageProfileName"] for one in result["vmReplications"]} == {"South VSAN Capacity"}
    assert "no storage profile" in pair.fails(made, "storage-profile", {"storageProfileId": "gold"})


def test_another_owner(pair: Replicating) -> None:
    made = pair.protect()
    reply = pair.act(made, "chown", {"owner": "System@South"}, method="PATCH")
    assert (reply.status, reply.document()["owner"]) == (200, "System@South")
    for owner in ("Nobody@South", "Acme@East", "Acme"):
        assert problem(pair.act(made, "chown", {"owner": owner}, method="PATCH"))[0] == 400
    pair.enter_tenant()
    assert problem(pair.act(made, "chown", {"owner": "Acme@South"}, method="PATCH")) == (403, "Forbidden")


# Policies


def forbid(pair: Replicating, site: str, direction: str, kind: str = "Protections") -> None:
    name = f"allow{direction}{kind}" if pair.service().product.since("4.1") else f"allow{direction}"
    pair.policy(site, **{name: False})


@pytest.mark.parametrize(("site", "direction"), [(NORTH, "Outgoing"), (SOUTH, "Incoming")])
def test_a_policy_forbids_a_direction(pair: Replicating, site: str, direction: str) -> None:
    forbid(pair, site, direction)
    task = pair.start()
    assert task["state"] == "FAILED" and f"does not allow {direction.lower()}" in task["error"]["msg"]
    assert pair.ask("GET", "/vapp-replications").document()["total"] == 0
    migration = pair.start(isMigration=True)
    assert migration["state"] == ("SUCCEEDED" if pair.service().product.since("4.1") else "FAILED")


def test_the_default_policy_forbids_everything(pair: Replicating) -> None:
    pair.service().policies.assign("default", "Acme")
    assert "Default Policy" in pair.start()["error"]["msg"]


def test_what_was_started_goes_on_and_is_told_by_the_status(pair: Replicating) -> None:
    made = pair.protect()
    forbid(pair, SOUTH, "Incoming")
    pair.policy(SOUTH, maxIncoming=1, minRpo=240, maxInstances=2)
    pair.later(2 * RPO * 60)
    assert len(pair.instances(made["vmReplications"][0])) == 3
    policies = pair.service(site=SOUTH).policies
    pair.enter(site=SOUTH)
    status = pair.ask("GET", f"/policies/{policies.find('all')}/status", site=SOUTH).document()[0]
    ids = [one["id"] for one in made["vmReplications"]]
    assert (status["org"], status["configuredReplications"], status["quotaViolation"]) == ("Acme", 2, True)
    assert (status["nonRpoCompliant"], status["nonInstancesCompliant"]) == (ids, ids)
    if pair.service().product.since("4.1"):
        assert not status["migrationViolation"]
        forbid(pair, SOUTH, "Incoming")
        status = pair.ask("GET", f"/policies/{policies.find('all')}/status", site=SOUTH).document()[0]
        assert (status["protectionViolation"], status["migrationViolation"]) == (True, False)
    pair.finish(pair.act(made, "stop", site=SOUTH), site=SOUTH)
    status = pair.ask("GET", f"/policies/{policies.find('all')}/status", site=SOUTH).document()[0]
    assert (status["configuredReplications"], status["nonRpoCompliant"]) == (0, [])


@pytest.mark.parametrize("site", [NORTH, SOUTH])
def test_rpo_and_instances_are_held_to_the_policies_of_both_sides(pair: Replicating, site: str) -> None:
    pair.policy(site, minRpo=120)
    assert "an RPO of 60 minutes: 120 is the least" in pair.start()["error"]["msg"]
    pair.policy(site, minRpo=5, maxInstances=2)
    assert "3 instances: 2 are the most" in pair.start()["error"]["msg"]
    made = pair.protect(retentionPolicy={"rules": [{"numberOfInstances": 2, "distance": 60}]})
    pair.policy(site, minRpo=240)
    body = settings(**({} if pair.service().product.since("3.5") else {"sourceReconfigure": None}))
    task = pair.finish(pair.ask("PATCH", f"/vapp-replications/{made['id']}", body))
    assert task["state"] == "FAILED" and "120 minutes" in task["error"]["msg"]
    assert pair.read(made)["vmReplications"][0]["settings"]["rpo"] == RPO


def test_too_many_vms_are_refused(pair: Replicating) -> None:
    pair.policy(SOUTH, maxIncoming=2)
    pair.protect()
    assert "3 incoming VMs: at most 2" in pair.start("acme-db-north")["error"]["msg"]
    pair.policy(SOUTH, maxIncoming=0)
    assert pair.start("acme-db-north")["state"] == "FAILED"
    pair.policy(SOUTH, maxIncoming=3)
    pair.protect("acme-db-north")


def test_more_than_one_rule_needs_a_permission_of_its_own_from_4_5_on(pair: Replicating) -> None:
    rules = {"rules": [{"numberOfInstances": 2, "distance": 60}, {"numberOfInstances": 2, "distance": 1440}]}
    if pair.service().product.since("4.5"):
        pair.policy(SOUTH, allowAdvancedRetentionRules=False)
        assert "more than one retention rule" in pair.start(retentionPolicy=rules)["error"]["msg"]
        pair.policy(SOUTH)
    pair.protect(retentionPolicy=rules)


def test_a_tenant_needs_permission_for_settings_of_his_own_in_4_x(pair: Replicating) -> None:
    if not pair.service().product.is_3:
        pair.policy(SOUTH, allowCustomSlaSettings=False)
        pair.enter_tenant()
        assert "settings of a tenant's own" in pair.start()["error"]["msg"]
        pair.enter()
    pair.protect()


def test_a_reversal_needs_permission_the_other_way_round(pair: Replicating) -> None:
    made = pair.protect()
    pair.done(made, "failover")
    forbid(pair, NORTH, "Incoming")
    assert "does not allow incoming" in pair.fails(made, "reverse")
    assert not pair.read(made)["vmReplications"][0]["isReversed"]
    pair.policy(NORTH)
    pair.done(made, "reverse")


# The chain before a start (contract 5.4)


def test_what_is_replicated_already_is_not_started_again(pair: Replicating) -> None:
    made = pair.protect()
    assert f"replicated already, by {made['id']}" in pair.start()["error"]["msg"]
    vm = made["vmReplications"][0]["vmId"]
    assert pair.start(source={"type": "vm", "site": NORTH, "vmId": vm})["state"] == "FAILED"


def test_a_start_needs_what_it_names(pair: Replicating) -> None:
    body = pair.body()
    wrong: list[dict[str, Any]] = [
        {"source": {**body["source"], "vappId": "none"}},
        {"source": {"type": "vm", "site": NORTH, "vmId": "none"}},
        {"destination": {**body["destination"], "vdc": "none"}},
        {"destination": {**body["destination"], "storageProfile": "none"}},
        {"destination": {**body["destination"], "site": NORTH}},
    ]
    for change in wrong:
        task = pair.start(**change)
        assert task["state"] == "FAILED" and task["error"]["msg"]
    assert (
        problem(pair.ask("POST", "/vapp-replications", pair.body(source={**body["source"], "site": "East"})))[0] == 404
    )
    assert pair.ask("GET", "/vapp-replications").document()["total"] == 0


def test_a_start_needs_licenses_connections_and_both_directions(pair: Replicating) -> None:
    pair.service(site=SOUTH).settings.license.forget()
    assert "license" in pair.start()["error"]["msg"] or "not configured" in pair.start()["error"]["msg"]
    pair.service(site=SOUTH).settings.configure()
    fault = pair.world.faults.add("tunnel_down", service="South/*/tunnel")
    assert "tunnel" in pair.start()["error"]["msg"]
    pair.world.faults.clear(fault.id)
    pair.service(site=SOUTH).pairing.unpair(NORTH)
    assert "not paired" in pair.start()["error"]["msg"]


def test_a_session_must_have_been_extended(pair: Replicating) -> None:
    made = pair.protect()
    pair.enter(extend=False)
    refused = (401, "RemoteAuthenticationFailure")
    assert problem(pair.ask("POST", "/vapp-replications", pair.body("acme-db-north"))) == refused
    assert problem(pair.ask("GET", "/vapp-replications?site=South")) == refused
    # Owned by the destination, whose site takes part in everything.
    for operation in ("pause", "sync", "failover", "stop"):
        assert problem(pair.act(made, operation)) == refused
    assert pair.read(made)["id"] == made["id"]
    # At the destination only what needs the source asks for more.
    pair.enter(site=SOUTH, extend=False)
    assert problem(pair.act(made, "migrate", site=SOUTH)) == refused
    assert problem(pair.act(made, "failover", recovery(sync=True), site=SOUTH)) == refused
    pair.done(made, "failover", site=SOUTH)


def test_a_failover_needs_the_source_only_to_synchronise(pair: Replicating) -> None:
    made = pair.protect()
    pair.enter(site=SOUTH)
    pair.world.faults.add("tunnel_down", service="North/*/tunnel")
    assert pair.read(made, site=SOUTH)["vmReplications"][0]["dataConnectionState"] == "ERROR"
    assert pair.read(made, site=SOUTH)["overallHealth"] == "RED"
    assert "tunnel" in pair.fails(made, "migrate", site=SOUTH)
    assert "tunnel" in pair.fails(made, "failover", recovery(sync=True), site=SOUTH)
    pair.done(made, "failover", site=SOUTH)
    assert "tunnel" in pair.fails(made, "reverse", site=SOUTH)


def test_nothing_is_recovered_before_the_first_sync(newest: Replicating) -> None:
    made = newest.protect("acme-db-north", synced=False)
    for operation in ("failover-test", "failover", "migrate"):
        assert "no instance yet" in newest.fails(made, operation)


# Who sees what


def test_tenants_see_their_own_replications_only(pair: Replicating) -> None:
    mine = pair.protect()
    for site in (NORTH, SOUTH):
        pair.service(site=site).policies.assign(pair.service(site=site).policies.find("all"), "Tyrell")
    other = pair.protect("tyrell-web-north", destination={**pair.body()["destination"], "vdc": pair.vdc("Tyrell").id})
    pair.enter_tenant()
    assert [one["id"] for one in pair.ask("GET", "/vapp-replications").document()["items"]] == [mine["id"]]
    assert pair.ask("GET", "/vm-replications").document()["total"] == 2
    assert pair.ask("GET", f"/vapp-replications/{other['id']}").status == 404
    assert pair.act(other, "pause").status == 404
    assert problem(pair.ask("GET", "/vapp-replications?owner=Acme@South")) == (403, "Forbidden")
    assert pair.start("tyrell-db-north")["error"]["code"] == "NotFound"
    pair.done(mine, "pause")


def test_lists_are_filtered(pair: Replicating) -> None:
    web = pair.protect()
    db = pair.protect("acme-db-north", isMigration=True)
    pair.done(db, "failover")
    recovered = pair.read(db)["destination"]["recoveredVappId"]
    db_vm = db["vmReplications"][0]
    both, of_web, of_db, none = {web["id"], db["id"]}, {web["id"]}, {db["id"]}, set()
    source, destination = web["source"], web["destination"]
    cases: list[tuple[str, Any]] = [
        ("", both), ("sourceSiteType=vcloud", both), ("sourceSiteType=vcenter", none),
        ("destinationSiteType=vcloud", both), (f"ids={web['id']},{db['id']}", both), (f"ids={db['id']}", of_db),
        ("sourceSite=North", both), ("sourceSite=South", none), ("site=South", both), ("sourceOrg=Acme", both),
        ("destinationOrg=Acme", both), ("sourceOrg=Tyrell", none), (f"sourceVdcId={source['vdcId']}", both),
        ("sourceVdcName=Acme%20North%20Allocated", both), (f"destinationVdcId={destination['vdcId']}", both),
        ("destinationVdcName=nowhere", none), ("owner=Acme%40South", both), ("owner=Acme@North", none),
        (f"vappId={source['vappId']}", of_web), ("vappName=web", of_web), ("vappName=acme", both),
        ("vappName=acme&sourceOrg=Acme", both), (f"recoveredVappId={recovered}", of_db),
        (f"storageProfile={db_vm['storageProfile']}", both), ("storageProfile=none", none),
        (f"sourceVimServerUuid={pair.service().replications.vim_location()['vimServerInstanceUuid']}", both),
    ]  # fmt: skip
    for query, wanted in cases:
        found = pair.ask("GET", f"/vapp-replications?{query}").document()
        assert {one["id"] for one in found["items"]} == wanted, query
        assert found["total"] == len(wanted)
    assert problem(pair.ask("GET", "/vapp-replications?sourceSiteType=cloud"))[0] == 400
    of_vms = [
        (f"vmId={db_vm['vmId']}", 1), ("vmName=acme-db", 1), ("vmName=north", 3), ("vmName=x", 0),
        (f"ids={db_vm['id']}", 1), ("limit=2", 2), ("offset=2", 1), ("destinationOrg=Acme", 3),
    ]  # fmt: skip
    for query, count in of_vms:
        assert len(pair.ask("GET", f"/vm-replications?{query}").document()["items"]) == count, query


def test_a_task_is_found_by_its_operation_id_and_kind(pair: Replicating) -> None:
    made = pair.protect()
    path = f"/vapp-replications/{made['id']}/pause"
    task = pair.ask("POST", path, headers={"operationID": "night-1"}).document()
    assert task["workflowInfo"] == {
        "type": "pause", "resourceType": "vappReplication", "resourceId": made["id"], "resourceName": "acme-web-north",
    }  # fmt: skip
    assert task["state"] == "RUNNING" and task["site"] == NORTH
    found = pair.ask("GET", "/tasks?operationID=night-1&resourceType=vappReplication").document()
    assert [one["id"] for one in found["items"]] == [task["id"]]


def test_tasks_are_found_by_the_organizations_that_they_are_about(pair: Replicating) -> None:
    made = pair.protect()
    pair.done(made, "pause")
    for query, count in {"sourceOrg=Acme": 2, "destinationOrg=Acme": 2, "sourceOrg=Tyrell": 0, "": 2}.items():
        found = pair.ask("GET", f"/tasks?resourceType=vappReplication&{query}").document()
        assert found["total"] == count, query
    assert pair.ask("GET", "/tasks?destinationOrg=Tyrell").document()["items"] == []


def test_a_call_runs_at_the_other_site_when_told_to(pair: Replicating) -> None:
    made = pair.protect()
    reply = pair.ask("POST", f"/vapp-replications/{made['id']}/pause?site=South")
    task = pair.finish(reply)
    assert (task["state"], task["site"]) == ("SUCCEEDED", SOUTH)
    assert problem(pair.ask("POST", f"/vapp-replications/{made['id']}/pause?site=East"))[0] == 404


def test_what_is_not_known_is_not_there(pair: Replicating) -> None:
    made = pair.protect()
    assert pair.ask("GET", "/vapp-replications/summary").status == 404
    assert pair.ask("GET", f"/vm-replications/{made['vmReplications'][0]['id']}/disk-usage").status == 404
