"""The checklist of the contract (cse-api.md 11) for clusters that are entities: CSE 3.x and 4.x.

 1 one mode per site: test_extension.py               7 entities, filters, pages, ETags, hooks, ACL: test_direct.py
 2 tokens: here                                       8 spec first, then the work; the status is the reference: here
 3 tasks of the vCD, as XML and JSON: here            9 4.x: here, test_polled.py
 4 vApps and VMs of the site, its pools: here        10 faults: here, test_native.py
 5 what is kept per node: here                       11 a DELETE with a body, 12 slashes and plurals: here
 6 errors of 3.x: test_native.py, test_native_old.py  whole simulator: here

Those with clusters in vApps (1.2, 2.x, legacy mode) are in test_checklist.py.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.simulator.client import ControlError
from tests.simulator.cse.work import Trouble
from tests.simulator.front import dispatch
from tests.simulator.running import running_simulator
from tests.simulator.wire import Request
from tests.unit.simulator.cse import polled
from tests.unit.simulator.cse.asking import NETWORK, Estate
from tests.unit.simulator.cse.native import CLUSTERS, change, error_of, href_of, make, payload, told
from tests.unit.simulator.vcd.asking import HOST, V

V1 = "/cloudapi/1.0.0"


@pytest.fixture(name="there")
def _there() -> Estate:
    return Estate("3.1")


def test_point_2_both_tokens_are_taken(there: Estate) -> None:
    session = next(iter(there.provider.service.site_state.vcd_sessions.values()))
    for headers in ({"authorization": f"Bearer {session.access_token}"}, {"x_vcloud_authorization": session.token}):
        there.tenant.headers = {}
        assert there.tenant.get(CLUSTERS, **headers).status == 200, "over MQTT the vCD authenticates"
    assert there.tenant.get(CLUSTERS).status == 401
    assert there.tenant.get(CLUSTERS, authorization="Bearer wrong").status == 401


def test_point_3_a_task_in_both_notations(there: Estate) -> None:
    reply = there.tenant.call("POST", CLUSTERS, payload(workers=0))
    identity = href_of(reply.document()).rpartition("/")[2]
    there.world.advance(0.4)
    status, root = there.tenant.xml(f"/api/task/{identity}")
    assert status == 200 and root.get("status") == "running"
    assert "Creating cluster vApp" in str(root.get("operation"))
    assert int(root.findtext(f"{V}Progress", "0")) > 5
    owner = root.find(f"{V}Owner")
    assert owner is not None and owner.get("id") == reply.document()["id"]
    assert there.tenant.task(identity)["status"] == "running"


def test_points_4_and_5_nodes_are_machines_of_the_site(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=1, sizing="medium", profile="North VSAN Capacity"))
    records = there.tenant.get("/api/query?type=vm&filter=containerName==k8s1").document()["record"]
    assert {one["networkName"] for one in records} == {NETWORK}
    by_kind = {one["name"].partition("-")[0]: one for one in records}
    assert (by_kind["node"]["memoryMB"], by_kind["node"]["storageProfileName"]) == (4096, "North VSAN Capacity")
    assert by_kind["mstr"]["storageProfileName"] == "North VSAN Performance"
    nodes = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["nodes"]
    assert nodes["workers"][0]["ip"] == by_kind["node"]["ipAddress"]
    vapp = there.vapps()["k8s1"]["href"].rpartition("/api/")[2]
    _status, root = there.tenant.xml(f"/api/{vapp}/metadata")
    text = ElementTree.tostring(root, encoding="unicode")
    assert "cse.cluster.id" in text and "cse.master.ip" in text


def test_point_4_a_pool_that_is_used_up_is_the_error_of_the_task(there: Estate) -> None:
    dmz = there.vdc.networks[1][1]
    _identity, task = make(there.tenant, payload("large", workers=200, network=dmz))
    assert task["status"] == "success"
    _identity, task = make(there.tenant, payload("larger", workers=100, network=dmz))
    assert "static pool of network" in error_of(task)


def test_point_8_the_spec_is_stored_first_and_the_status_is_the_reference(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=1))
    there.cse.add_trouble(Trouble("workers", "no capacity"))
    reply = there.tenant.call("PUT", f"{CLUSTERS}/{identity}", payload(workers=5))
    assert reply.document()["entity"]["spec"]["topology"]["workers"]["count"] == 5, "before anything is done"
    assert error_of(there.tenant.finish(href_of(reply.document()))) == "no capacity"
    again = change(there.tenant, identity, payload(workers=5))
    assert again["status"] == "success", "five is a change: one is there"


def test_point_10_busy_servers_and_faults_of_the_control_listener(there: Estate) -> None:
    there.cse.settings.busy = True
    assert there.tenant.get(CLUSTERS).status == 429
    there.cse.settings.busy = False
    there.world.faults.add("fail_task", service="North/vcd", path="*/entityTypes/*", times=1)
    _identity, task = make(there.tenant, payload())
    assert task["status"] == "error" and "k8s1" not in there.vapps()
    identity, _task = make(there.tenant, payload(workers=0))
    entity = there.provider.service.entities.all[identity]
    entity.state = "RESOLUTION_ERROR"
    assert told(there.tenant.call("DELETE", f"{CLUSTERS}/{identity}"))[0] == 400
    assert told(there.tenant.get(f"{CLUSTERS}/{identity}/config"))[0] == 500
    assert there.tenant.call("POST", f"{V1}/entities/{identity}/resolve").document()["state"] == "RESOLVED"
    assert there.tenant.get(f"{CLUSTERS}/{identity}/config").status == 200


def test_points_11_and_12_bodies_slashes_and_plurals(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=0))
    assert there.tenant.get(f"/api/cse/3.0/cluster/{identity}/").status == 200
    reply = there.tenant.call("DELETE", f"/api/cse/3.0/clusters/{identity}", {"ignored": True})
    assert there.tenant.finish(href_of(reply.document()))["status"] == "success"


def test_every_write_is_a_write_of_the_journal(there: Estate) -> None:
    def send(method: str, path: str) -> int:
        headers = {"host": HOST, "accept": "application/json;version=36.0", **there.tenant.headers}
        outcome = dispatch(there.world, there.provider.service, Request(method, path, headers))
        assert outcome.reply is not None
        return outcome.reply.status

    there.world.refuse_writes = True
    assert send("POST", CLUSTERS) == 403 and send("DELETE", f"{CLUSTERS}/x") == 403
    assert send("GET", CLUSTERS) == 200
    assert [entry.write for entry in there.world.journal.find(path="*/cse/*")] == [True, True, False]


def test_tenants_do_not_see_one_another() -> None:
    there = Estate("3.1", tenants=("Tyrell", "Wallace"))
    identity, _task = make(there.tenant, payload(workers=0))
    other = there.other("admin@Wallace")
    assert other.get(CLUSTERS).document() == []
    assert told(other.get(f"{CLUSTERS}/{identity}"))[0] == 500
    assert told(other.call("DELETE", f"{CLUSTERS}/{identity}"))[0] == 500
    assert len(there.provider.get(CLUSTERS).document()) == 1
    assert there.provider.get(f"{CLUSTERS}/{identity}/config").status == 200


def test_point_9_two_clusters_of_one_name_in_one_organization() -> None:
    there = Estate("4.1")
    body = polled.content(polled.text(polled.documents()))
    first, _href = polled.create(there, body)
    # Of two that a look of the server finds, either may be the first.
    polled.pass_time(there, first, 0.3)
    second, _href = polled.create(there, body)
    assert polled.pass_time(there, first)[-1] == "provisioned"
    assert polled.pass_time(there, second)[-1] == "error", "there is a vApp of its name"
    path = f"{V1}/entities/types/vmware/capvcdCluster/1.2.0?filter=name==k8s1"
    assert {one["id"] for one in there.tenant.get(path).document()["values"]} == {first, second}


def test_the_whole_simulator_has_a_cse_forgets_its_clusters_and_shows_nodes_to_vcav() -> None:
    with running_simulator(vcd_version="10.3", cse_version="3.1", product_version="4.3") as running:
        assert running.simulator is not None
        assert running.cse("A03-Auckland") == {"version": "3.1", "full_version": "3.1.4", "legacy_mode": False}
        site = running.simulator.world.sites["A03-Auckland"]
        cse = running.simulator.cses["A03-Auckland"]
        vapp = cse.machines.create_vapp(site.workloads.vdcs_of("Tyrell")[0], "k8s1", "admin", {})
        assert vapp.id in site.workloads.vapps, "what vCloud Availability replicates is read from there"
        running.control.change("cse-process", "A03-Auckland", does="stop")
        assert running.control.status()["sites"]["A03-Auckland"]["cse"]["process"] == "down"
        running.control.change("cse-fail", "A03-Auckland", step="init", message="no")
        running.control.reset()
        assert cse.alive and not cse.troubles and "k8s1" not in {one.name for one in site.workloads.vapps.values()}
        types = list(running.simulator.vcds["A03-Auckland"].entities.types.all)
        assert types == ["urn:vcloud:type:cse:nativeCluster:1.0.0", "urn:vcloud:type:cse:nativeCluster:2.1.0"]
        assert running.control.change("cse-recover", "A03-Auckland") == {"cleared": 0}
        vdc = "Tyrell A03 Allocated"
        running.control.change("cse-ovdc", "A03-Auckland", org="Tyrell", vdc=vdc, runtimes=["native"])
        assert list(cse.side.clusters.runtimes.values()) == [["native"]]  # type: ignore[attr-defined]
        with pytest.raises(ControlError, match="native, TKG\\+, TKGm"):
            running.control.change("cse-ovdc", "A03-Auckland", org="Tyrell", vdc=vdc, runtimes=["swarm"])
