"""CSE 3.1 on API 36 through `/api/cse/3.0`: the life of a native cluster (contract 5, 8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.unit.simulator.cse.asking import ORG, VDC, Estate
from tests.unit.simulator.cse.native import CLUSTERS, T20, T21, change, error_of, href_of, make, payload, told

_FIXED = "Change detected in immutable field(s)"
_NO_POLICY = "Compute policy 'none' not found in organization VDC"


@pytest.fixture(name="there")
def _there() -> Estate:
    return Estate("3.1")


def test_a_cluster_from_creation_to_deletion(there: Estate) -> None:
    tenant = there.tenant
    reply = tenant.call("POST", CLUSTERS, payload(sizing="small", nfs=1))
    document = reply.document()
    assert (reply.status, document["state"], document["externalId"]) == (202, "PRE_CREATED", None)
    assert document["entity"]["status"]["phase"] is None and document["entity"]["apiVersion"] == "cse.vmware.com/v2.1"
    href, identity = href_of(document), document["id"]
    assert identity.startswith("urn:vcloud:entity:cse:nativeCluster:") and identity.count(":") == 5
    seen = set()
    task = tenant.task(href)
    while task["status"] == "running":
        seen.add(task["operation"].partition(" (")[0])
        there.world.advance(0.1)
        now = tenant.get(f"{CLUSTERS}/{identity}").document()
        if now["entity"]["status"]["phase"]:
            assert now["entity"]["status"]["kubernetes"] == "upstream 1.20.6"
        task = tenant.task(href)
    assert {
        "Creating cluster vApp 'k8s1'",
        "Initializing cluster 'k8s1'",
        "Creating 1 NFS nodes for cluster 'k8s1'",
    } <= seen
    assert task["status"] == "success" and task["operation"] == f"Created cluster 'k8s1' ({identity})"
    made = tenant.get(f"{CLUSTERS}/{identity}").document()
    assert (made["state"], made["entity"]["status"]["phase"]) == ("RESOLVED", "CREATE:SUCCEEDED")
    nodes = made["entity"]["status"]["nodes"]
    assert nodes["controlPlane"]["name"].startswith("mstr-") and nodes["controlPlane"]["memory"] == 2048
    assert [one["sizingClass"] for one in nodes["workers"]] == ["small", "small"]
    assert nodes["nfs"][0]["exports"] and made["entity"]["status"]["uid"] == identity
    assert there.vapps()["k8s1"]["status"] == "POWERED_ON"
    assert made["externalId"].rpartition("-")[2] == there.vapps()["k8s1"]["href"].rpartition("-")[2]
    config = tenant.get(f"{CLUSTERS}/{identity}/config").document()["message"]
    assert f"https://{nodes['controlPlane']['ip']}:6443" in config
    reply = tenant.call("DELETE", f"{CLUSTERS}/{identity}/")
    assert reply.status == 202
    there.world.advance(0.4)
    assert tenant.get(f"{CLUSTERS}/{identity}").document()["state"] == "IN_DELETION"
    assert told(tenant.call("DELETE", f"{CLUSTERS}/{identity}"))[0] == 400
    assert tenant.finish(href_of(reply.document()))["status"] == "success"
    status, text = told(tenant.get(f"{CLUSTERS}/{identity}"))
    assert status == 500 and "does not exist" in text
    assert "k8s1" not in there.vapps()


def test_resize_upgrade_and_what_is_refused_in_the_task(there: Estate) -> None:
    tenant = there.tenant
    identity, task = make(tenant, payload(workers=1))
    assert task["status"] == "success"
    assert change(tenant, identity, payload(workers=3))["status"] == "success"
    before = [
        one["name"] for one in tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["nodes"]["workers"]
    ]
    assert change(tenant, identity, payload(workers=2, nfs=1))["status"] == "success"
    nodes = tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["nodes"]
    assert [one["name"] for one in nodes["workers"]] == before[:2], "the tail is removed"
    assert error_of(change(tenant, identity, payload(workers=2, nfs=1))) == (
        "update not supported for the specified input specification"
    )
    assert error_of(change(tenant, identity, payload(workers=2))) == "Scaling down nfs nodes is not supported"
    stored = tenant.get(f"/cloudapi/1.0.0/entities/{identity}").document()["entity"]
    assert stored["spec"]["topology"]["nfs"]["count"] == 0, "the spec shows the wish, the status the truth"
    assert len(stored["status"]["nodes"]["nfs"]) == 1
    plan = tenant.get(f"{CLUSTERS}/{identity}/upgrade-plan").document()
    assert [(one["name"], one["revision"]) for one in plan] == [(T21, "1"), (T21, "2")]
    wrong = change(tenant, identity, payload(workers=2, nfs=1, template="ubuntu-16.04_k8-1.19_weave-2.8.1"))
    assert "is not a valid upgrade target for cluster 'k8s1'." in error_of(wrong)
    phase = tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["phase"]
    assert phase == "UPGRADE:FAILED"
    assert change(tenant, identity, payload(workers=2, nfs=1, template=T21))["status"] == "success"
    status = tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert (status["phase"], status["kubernetes"]) == ("UPGRADE:SUCCEEDED", "upstream 1.21.2")
    assert status["cloudProperties"]["distribution"] == {"templateName": T21, "templateRevision": 1}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"network": "other"}, f"{_FIXED} [settings.ovdcNetwork found : other expected : Tyrell Servers North, ]."),
        ({"workers": 3, "template": T21}, "Cannot resize and upgrade the cluster at the same time"),
        ({"version": "cse.vmware.com/v1.0"}, "Unsupported payload version: cse.vmware.com/v1.0"),
        ({"version": None}, "Unsupported payload version: None"),
        ({"rollback": False}, f"{_FIXED} [settings.rollbackOnFailure found : False expected : True, ]."),
    ],
)  # fmt: skip
def test_updates_that_are_refused_at_once(there: Estate, changes: dict[str, Any], text: str) -> None:
    identity, _task = make(there.tenant, payload())
    reply = there.tenant.call("PUT", f"{CLUSTERS}/{identity}", payload(**{"workers": 2, **changes}))
    assert told(reply) == (400, text)


def test_payloads_that_are_refused_at_once(there: Estate) -> None:
    body = payload()
    del body["metadata"]["orgName"]
    assert told(there.tenant.call("POST", CLUSTERS, body)) == (400, "Failed to parse request body: 'org_name'")
    body = payload(sizing="small")
    body["spec"]["topology"]["workers"]["cpu"] = 2
    text = "Cannot specify both sizing class and cpu/memory for Workers nodes."
    assert told(there.tenant.call("POST", CLUSTERS, body)) == (400, text)
    body = payload()
    body["spec"]["topology"]["workers"]["count"] = -1
    identity, _task = make(there.tenant, payload())
    assert told(there.tenant.call("PUT", f"{CLUSTERS}/{identity}", body))[0] == 500, "the schema of the type"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (payload("1k8s"), "Invalid cluster name '1k8s'"),
        (payload("k" * 26), f"Invalid cluster name '{'k' * 26}'"),
        (payload(template="photon"), "Template 'photon' at revision 1 not found."),
        (payload(template="", revision=0), "Template name and revision both must be specified."),
        (payload(vdc="Elsewhere"), "Vdc 'Elsewhere' not found"),
        (payload("tyrell-web-north"), "Cluster 'tyrell-web-north' already exists."),
        (payload(network="none"), "Error while creating vApp: Org VDC network 'none' does not exist"),
        (payload(profile="none"), "Error creating worker node: Storage profile named 'none' not found"),
        (payload(sizing="none"), f"Error creating worker node: {_NO_POLICY} '{VDC}'."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_creation_is_the_error_of_its_task(there: Estate, body: dict[str, Any], text: str) -> None:
    before = set(there.vapps())
    identity, task = make(there.tenant, body)
    assert error_of(task) == text
    assert told(there.tenant.get(f"{CLUSTERS}/{identity}"))[0] == 500, "rolled back"
    assert set(there.vapps()) == before


def test_a_vdc_that_is_not_enabled() -> None:
    there = Estate("3.1", enabled=False)
    _identity, task = make(there.tenant, payload())
    assert error_of(task).startswith("Error adding control plane node: Compute policy 'cse----native' not found")


@pytest.mark.parametrize("step", ["vapp", "control_plane", "init", "workers", "join", "nfs", "metadata"])
def test_a_creation_that_fails_half_way(there: Estate, step: str) -> None:
    there.cse.add_trouble(Trouble(step, "It broke."))
    identity, task = make(there.tenant, payload(nfs=1))
    assert error_of(task) == "It broke." and "k8s1" not in there.vapps()
    assert told(there.tenant.get(f"{CLUSTERS}/{identity}"))[0] == 500
    there.cse.add_trouble(Trouble(step, "It broke."))
    identity, task = make(there.tenant, payload(nfs=1, rollback=False))
    assert error_of(task) == "It broke."
    kept = there.tenant.get(f"{CLUSTERS}/{identity}").document()
    assert (kept["state"], kept["entity"]["status"]["phase"]) == ("RESOLVED", "CREATE:FAILED")
    assert ("k8s1" in there.vapps()) is (step != "vapp")
    if step != "vapp":
        _other, task = make(there.tenant, payload())
        assert error_of(task) == "Cluster 'k8s1' already exists."
    reply = there.tenant.call("DELETE", f"{CLUSTERS}/{identity}")
    assert there.tenant.finish(href_of(reply.document()))["status"] == "success"
    assert "k8s1" not in there.vapps()


def test_a_resize_that_fails_leaves_the_truth_in_the_status(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=1))
    there.cse.add_trouble(Trouble("join", "It does not join."))
    assert error_of(change(there.tenant, identity, payload(workers=3))) == "It does not join."
    now = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]
    assert now["status"]["phase"] == "UPDATE:FAILED" and now["spec"]["topology"]["workers"]["count"] == 3
    assert len(now["status"]["nodes"]["workers"]) == 1, "the new nodes were rolled back"
    assert change(there.tenant, identity, payload(workers=2))["status"] == "success", "FAILED does not block"


def test_two_at_once_and_a_task_that_hangs(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=1))
    there.cse.add_trouble(Trouble("join", "", hang=True))
    reply = there.tenant.call("PUT", f"{CLUSTERS}/{identity}", payload(workers=2))
    there.world.advance(5)
    assert there.tenant.task(href_of(reply.document()))["status"] == "running"
    busy = change(there.tenant, identity, payload(workers=4))
    assert error_of(busy) == (
        f"Cluster k8s1 with id {identity} is not in a valid state to be resized. Please contact the administrator"
    )
    reply = there.tenant.call("DELETE", f"{CLUSTERS}/{identity}")
    text = f"Cluster k8s1 with id {identity} is not in a valid state to be deleted. Please contact administrator."
    assert error_of(there.tenant.finish(href_of(reply.document()))) == text
    reply = there.tenant.call("POST", f"{CLUSTERS}/{identity}/action/force-delete")
    assert reply.status == 202
    assert there.tenant.finish(href_of(reply.document()))["status"] == "success"
    assert "k8s1" not in there.vapps()


def test_a_server_that_stops_loses_what_it_does(there: Estate) -> None:
    reply = there.tenant.call("POST", CLUSTERS, payload())
    there.world.advance(0.7)
    there.cse.stop()
    there.world.advance(10)
    assert there.tenant.task(href_of(reply.document()))["status"] == "running"
    assert there.tenant.get(CLUSTERS).status == 504


def test_lists_pages_and_filters(there: Estate) -> None:
    for name in ("k8s1", "k8s2", "k8s3"):
        make(there.tenant, payload(name, workers=0))
    found = there.tenant.get(CLUSTERS).document()
    assert [one["name"] for one in found] == ["k8s1", "k8s2", "k8s3"]
    found = there.tenant.get(f"{CLUSTERS}?entity.metadata.name=k8s2&entity.kind=native").document()
    assert [one["name"] for one in found] == ["k8s2"]
    page = there.tenant.get("/api/cse/3.0/nativeclusters?pageSize=2&page=1").document()
    assert (page["resultTotal"], page["pageCount"], len(page["values"])) == (3, 2, 2)
    assert "page=2" in page["nextPageUri"] and "previousPageUri" not in page
    assert there.tenant.get("/api/cse/3.0/nativecluster?page=9").document()["values"] == []
    page = there.tenant.get(f"/api/cse/3.0/nativeclusters?org_name={ORG}&ovdc_name=none").document()
    assert page["resultTotal"] == 0
    provider = there.provider.get(f"/api/cse/3.0/nativeclusters?org_name={ORG}").document()
    assert provider["resultTotal"] == 3


def test_nodes_that_somebody_deletes(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=2))
    workloads = there.provider.service.site_state.workloads
    vapp = workloads.find_vapp("k8s1")
    worker = next(one for one in vapp.vms.values() if one.name.startswith("node-"))
    workloads.remove_vm(worker.id)
    plain = there.tenant.get(f"/cloudapi/1.0.0/entities/{identity}").document()["entity"]["status"]["nodes"]
    assert len(plain["workers"]) == 2, "the plain entity does not know"
    assert len(there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["nodes"]["workers"]) == 1


def test_one_nfs_node_is_deleted(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=1, nfs=2))
    nodes = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]["nodes"]
    gone, worker = nodes["nfs"][0]["name"], nodes["workers"][0]["name"]
    reply = there.tenant.call("DELETE", f"{CLUSTERS}/{identity}/nfs/{gone}")
    assert reply.status == 202
    assert there.tenant.finish(href_of(reply.document()))["status"] == "success"
    now = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]
    assert [one["name"] for one in now["status"]["nodes"]["nfs"]] == [nodes["nfs"][1]["name"]]
    assert now["status"]["phase"] == "UPDATE:SUCCEEDED"
    reply = there.tenant.call("DELETE", f"{CLUSTERS}/{identity}/nfs/{worker}")
    assert worker in error_of(there.tenant.finish(href_of(reply.document())))


def test_the_kubeconfig_waits_for_the_control_plane(there: Estate) -> None:
    reply = there.tenant.call("POST", CLUSTERS, payload())
    identity = reply.document()["id"]
    status, text = told(there.tenant.get(f"{CLUSTERS}/{identity}/config"))
    assert status == 500 and "is not in a valid state for this operation" in text
    there.tenant.finish(href_of(reply.document()))
    there.cse.add_trouble(Trouble("kubeconfig", "Couldn't get cluster configuration"))
    assert told(there.tenant.get(f"{CLUSTERS}/{identity}/config")) == (500, "Couldn't get cluster configuration")
    assert there.tenant.get(f"{CLUSTERS}/{identity}/config").status == 200


def test_paths_verbs_and_versions(there: Estate) -> None:
    tenant = there.tenant
    assert told(tenant.get("/api/cse/nowhere")) == (404, "Invalid url - not found")
    assert told(tenant.get("/api/cse/clusters")) == (404, "Invalid url - not found"), "of the other mode"
    assert told(tenant.call("DELETE", CLUSTERS)) == (405, "Method not allowed")
    status, text = told(tenant.call("POST", f"{CLUSTERS}/x/action/upgrade", {}))
    assert (status, text) == (406, "Invalid api version specified. Expected api version '['35.0']'.")
    status, text = told(tenant.get("/api/cse/3.0/ovdcs"))
    assert (status, text) == (406, "Invalid api version specified. Expected api version '['35.0']'.")
    assert tenant.get("/api/cse/3.0/orgvdc").status == 200


def test_sharing(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=0))
    acl = f"{CLUSTERS}/{identity}/acl"
    assert there.tenant.get(acl).document()["values"] == []
    me = there.tenant.get(f"{CLUSTERS}/{identity}").document()["owner"]["id"]
    entry = {"memberId": me, "username": "admin", "accessLevelId": "urn:vcloud:accessLevel:ReadWrite"}
    reply = there.tenant.call("PUT", acl, {"accessSetting": [entry]})
    assert (reply.status, reply.body) == (204, b"")
    page = there.tenant.get(acl).document()
    assert (page["resultTotal"], page["values"]) == (1, [entry])
    assert there.tenant.call("PUT", acl, {"accessSetting": []}).status == 204
    assert there.tenant.get(acl).document()["resultTotal"] == 0
    entry["memberId"] = "urn:vcloud:user:nobody"
    assert told(there.tenant.call("PUT", acl, {"accessSetting": [entry]}))[0] == 500


def test_templates(there: Estate) -> None:
    found = there.tenant.get("/api/cse/templates").document()
    assert {one["kind"] for one in found} == {"native"} and {one["is_default"] for one in found} == {"No"}
    assert all(isinstance(one["revision"], str) for one in found)
    assert (T20, "1") in [(one["name"], one["revision"]) for one in found]
    tkgm = there.tenant.get("/api/cse/templates/tkgm").document()
    assert all(isinstance(one["revision"], int) and one["name"] == one["catalog_item"] for one in tkgm)
    reply = there.provider.call("POST", "/api/cse/templates/action/reload")
    task = there.provider.finish(reply.document()["task_href"])
    assert task["operation"] == "Finished reloading all templates."
    there.cse.settings.strict = True
    assert told(there.tenant.call("POST", "/api/cse/template/action/reload"))[0] == 401


def test_enabling_a_vdc() -> None:
    there = Estate("3.1", enabled=False)
    path = f"/api/cse/3.0/ovdc/{there.vdc.id}"
    record: dict[str, Any] = {"k8s_runtime": [], "ovdc_name": VDC, "ovdc_id": there.vdc.id, "org_name": None}
    assert there.tenant.get(path).document() == record

    def put(runtimes: list[str], **more: Any) -> dict[str, Any]:
        reply = there.provider.call("PUT", path, {"k8s_runtime": runtimes, "org_name": ORG, **more})
        assert reply.status == 202, reply.body
        return there.provider.finish(reply.document()["task_href"])

    task = put(["native", "TKGm"])
    assert (task["status"], task["operation"]) == ("success", "Operation success")
    assert (task["serviceNamespace"], task["operationName"]) == ("vcloud.cse", "Update OVDC with placement policies")
    assert task["owner"]["name"] == VDC and "progress" not in task
    assert there.tenant.get(path).document()["k8s_runtime"] == ["native", "TKGm"]
    assert told(there.tenant.call("PUT", path, {"k8s_runtime": []}))[0] == 400
    reply = there.provider.call("PUT", path, {"k8s_runtime": ["swarm"]})
    assert told(reply) == (400, "'swarm'")
    reply = there.provider.call("PUT", path, {"k8s_runtime": ["TKG+"]})
    assert told(reply)[1].startswith("TKG+ is not enabled on CSE server.")
    make(there.tenant, payload(workers=0))
    assert "it is in use by VMs" in error_of(put(["TKGm"]))
    assert put([], remove_cp_from_vms_on_disable=True)["status"] == "success"
    page = there.provider.get("/api/cse/3.0/orgvdcs").document()
    assert [one["k8s_runtime"] for one in page["values"]] == [[]]


def test_exposed_and_no_longer(there: Estate) -> None:
    identity, task = make(there.tenant, payload(workers=1, expose=True))
    assert task["status"] == "success"
    status = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert status["cloudProperties"]["exposed"] is True
    assert status["externalIp"] in there.tenant.get(f"{CLUSTERS}/{identity}/config").document()["message"]
    assert change(there.tenant, identity, payload(workers=1))["status"] == "success"
    status = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert (status["cloudProperties"]["exposed"], status["externalIp"]) == (False, None)
    again = change(there.tenant, identity, payload(workers=1, expose=True))
    assert error_of(again).endswith("already has 1 workers and 0 nfs nodes and is already not exposed.")


def test_tkgm(there: Estate) -> None:
    name = "ubuntu-2004-kube-v1.21.2+vmware.1-tkg.2-14542111852555356776"
    body = payload(kind="TKGm", template=name, revision=0, site="https://vcd.example.test", workers=1)
    identity, task = make(there.tenant, body)
    assert task["status"] == "success", task
    status = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert status["private"]["kubeConfig"].startswith("apiVersion: v1") and status["cpi"]["version"]
    assert there.tenant.get(f"{CLUSTERS}/{identity}/config").status == 200
    nothing = change(there.tenant, identity, body)
    assert (nothing["status"], nothing["operation"]) == ("success", "Nothing to Update")
    body["spec"]["topology"]["workers"]["count"] = 2
    assert change(there.tenant, identity, body)["status"] == "success"
    body["spec"]["topology"]["workers"]["count"] = 1
    assert "Scaling down" in error_of(change(there.tenant, identity, body))
    assert (
        told(there.tenant.get(f"{CLUSTERS}/{identity}/acl"))[1] == "This operation is not supported for TKGm clusters"
    )
    wrong = payload("other", kind="TKGm", template=name, site="https://elsewhere.example", workers=1)
    assert "site" in error_of(make(there.tenant, wrong)[1])


def test_a_payload_of_2_0_becomes_one_of_2_1(there: Estate) -> None:
    body = payload(version="cse.vmware.com/v2.0", workers=0)
    body["spec"]["settings"]["network"] |= {"cni": {"name": "weave 2.8.1"}, "pods": {"cidr_blocks": ["100.96.0.0/11"]}}
    identity, task = make(there.tenant, body)
    assert task["status"] == "success"
    now = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]
    assert now["apiVersion"] == "cse.vmware.com/v2.1"
    assert now["spec"]["settings"]["cni"] == {"name": "weave", "version": "2.8.1"}
    assert now["spec"]["settings"]["network"]["cni"] is None


def test_what_cannot_be_exposed_is_made_all_the_same(there: Estate) -> None:
    identity, task = make(there.tenant, payload(workers=0, expose=True, network=there.vdc.networks[1][1]))
    assert task["status"] == "success"
    status = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert (status["externalIp"], status["cloudProperties"]["exposed"]) == (None, False)


def test_keys_that_a_payload_leaves_out_have_the_defaults_of_the_model(there: Estate) -> None:
    identity, _task = make(there.tenant, payload(workers=2))
    body = payload()
    del body["spec"]["topology"]["workers"]["count"]
    assert change(there.tenant, identity, body)["status"] == "success"
    now = there.tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["status"]
    assert now["nodes"]["workers"] == []
