"""CSE 1.2 and 2.0: routes, creation, reading, nodes, VDCs (contract section 3, traps of section 12)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.unit.simulator.cse.asking import NETWORK, ORG, VDC, Asker, asker

BODY = {
    "node_count": 2,
    "vdc": VDC,
    "org": ORG,
    "cpu": 4,
    "memory": 6144,
    "network": NETWORK,
    "storage_profile": "North VSAN Capacity",
    "ssh_key": "ssh-rsa AAAAB3NzaC1yc2E admin",
    "template": "ubuntu-16.04",
    "enable_nfs": False,
    "disable_rollback": True,
}
FIRST = ("1.2", "2.0")


def wanted(version: str, name: str = "k8sceph", **more: Any) -> dict[str, Any]:
    """A body of a creation with every key."""
    return {**BODY, "name" if version == "1.2" else "cluster_name": name, **more}


def create(at: Asker, name: str = "k8sceph", **more: Any) -> dict[str, Any]:
    """A cluster; answers its task at the end."""
    reply = at.call("POST", "/api/cse", wanted(at.cse.release.name, name, **more))
    assert reply.status == 202, reply.body
    assert set(reply.document()) == {"name", "cluster_id", "task_href"}
    return at.finish(reply.document()["task_href"])


def wait(at: Asker, steps: int) -> None:
    """Lets so many steps of a work pass."""
    for _step in range(steps):
        at.world.advance(at.world.task_seconds)


def info(at: Asker, name: str = "k8sceph") -> dict[str, Any]:
    """The cluster with its nodes."""
    reply = at.call("GET", f"/api/cse/{name}/info")
    assert reply.status == 200, reply.body
    return dict(reply.document())


def refusal(at: Asker, method: str, path: str, body: Any = None) -> str:
    """The text of an error of a handler, whose form is checked."""
    reply = at.call(method, path, body)
    assert reply.status == 500, reply.body
    message = reply.document()["message"]
    assert set(message) == {"reason", "description", "stacktrace"}
    assert message["reason"] == message["description"].split(",")[0] and isinstance(message["stacktrace"], list)
    return str(message["description"])


def texts(at: Asker, href: str) -> list[str]:
    """What `operation` of a task reads, one after the other."""
    found: list[str] = []
    for _poll in range(60):
        task = at.task(href)
        if not found or found[-1] != task["operation"]:
            found.append(task["operation"])
        if task["status"] != "running":
            break
        at.world.advance(at.world.task_seconds / 2)
    return found


@pytest.mark.parametrize("version", FIRST)
def test_a_cluster_is_a_vapp_with_metadata_and_nodes(version: str) -> None:
    at = asker(version)
    task = create(at)
    assert task["status"] == "success" and task["operationName"] == "create_cluster"
    assert task["serviceNamespace"] == "vcloud.cse" and "progress" not in task
    found = info(at)
    assert task["owner"] == {
        "otherAttributes": {},
        "link": [],
        "href": f"urn:cse:cluster:{found['cluster_id']}",
        "id": f"urn:cse:cluster:{found['cluster_id']}",
        "name": "k8sceph",
        "type": "application/vcloud.cse.cluster+xml",
    }
    assert found["cse_version"] == at.cse.release.full and found["template"] == "ubuntu-16.04"
    assert found["number_of_vms"] == "3" and found["status"] == "POWERED_ON"
    assert [one["ipAddress"] for one in found["master_nodes"]] == [found["leader_endpoint"]]
    assert len(found["nodes"]) == 2 and found["nfs_nodes"] == []
    names = [one["name"] for one in (*found["master_nodes"], *found["nodes"])]
    assert all(re.fullmatch("(mstr|node)-[a-z0-9]{4}", one) for one in names)
    # The vCD shows it among the vApps, in the VDC, with its metadata.
    rows = at.get("/api/query?type=vApp&filter=name==k8sceph&fields=name,metadata:cse.cluster.id").body.decode()
    assert found["cluster_id"] in rows
    assert "k8sceph" in at.get(f"/api/vdc/{found['vdc_href'].rpartition('/')[2]}").body.decode()
    metadata = at.get(f"/api/vApp/vapp-{found['vapp_id']}/metadata").body.decode()
    keys = {"cse.cluster.id", "cse.version", "cse.template", "cse.master.ip"}
    assert set(re.findall(r'"key": ?"([^"]*)"', metadata)) == keys


@pytest.mark.parametrize("version", FIRST)
def test_nodes_are_what_the_request_says(version: str) -> None:
    at = asker(version)
    create(at, enable_nfs=True)
    found = info(at)
    (nfs,), worker = found["nfs_nodes"], found["nodes"][0]["name"]
    assert at.call("GET", f"/api/cse/k8sceph/{worker}/info").document() == {
        "name": worker,
        "numberOfCpus": "4",
        "memoryMB": "6144",
        "status": "POWERED_ON",
        "ipAddress": found["nodes"][0]["ipAddress"],
        "node_type": "node",
    }
    exporting = at.call("GET", f"/api/cse/k8sceph/{nfs['name']}/info").document()
    assert exporting["node_type"] == "nfsd" and "/home" in exporting["exports"]
    master = at.call("GET", f"/api/cse/k8sceph/{found['master_nodes'][0]['name']}/info").document()
    assert master["node_type"] == "master"
    for vm in at.service.site_state.workloads.find_vapp("k8sceph").vms.values():
        assert vm.profile is not None and vm.profile[1] == "North VSAN Capacity"
        assert vm.nics[0].network == NETWORK and vm.nics[0].mode == "POOL"
        shown = at.get(f"/api/vApp/vm-{vm.id}/guestCustomizationSection").body.decode()
        assert "ssh-rsa AAAAB3NzaC1yc2E admin" in shown
    gone = refusal(at, "GET", "/api/cse/k8sceph/node-zzzz/info")
    assert gone == "Node 'node-zzzz' not found in cluster 'k8sceph'"


def test_a_key_of_puttygen_goes_in_as_it_is_and_lets_nobody_in() -> None:
    at = asker("1.2")
    key = '---- BEGIN SSH2 PUBLIC KEY ----\nComment: "rsa-key"\nAAAAB3NzaC1yc2E\n---- END SSH2 PUBLIC KEY ----\n'
    assert create(at, ssh_key=key)["status"] == "success"
    for vm in at.service.site_state.workloads.find_vapp("k8sceph").vms.values():
        assert f"echo '{key}' >> /root/.ssh/authorized_keys" in vm.script
        assert not re.search("^ssh-rsa ", vm.script, re.MULTILINE)


def test_texts_of_a_creation() -> None:
    at = asker("1.2")
    reply = at.call("POST", "/api/cse", wanted("1.2", enable_nfs=True)).document()
    shown = f"k8sceph({reply['cluster_id']})"
    assert texts(at, reply["task_href"]) == [
        f"Creating cluster {shown}",
        f"Creating cluster vApp {shown}",
        f"Creating master node for {shown}",
        f"Initializing cluster {shown}",
        f"Creating 2 node(s) for {shown}",
        f"Adding 2 node(s) to {shown}",
        f"Creating NFS node for {shown}",
        f"Created cluster {shown}",
    ]


def test_a_cluster_comes_into_sight_with_its_metadata_and_has_no_leader_until_it_is_initialised() -> None:
    at = asker("1.2")
    at.call("POST", "/api/cse", wanted("1.2"))
    assert at.call("GET", "/api/cse").document() == []
    wait(at, 2)
    (found,) = at.call("GET", "/api/cse").document()
    assert found["name"] == "k8sceph" and found["leader_endpoint"] == ""
    assert refusal(at, "GET", "/api/cse/k8sceph/config") == "Couldn't get cluster configuration"
    wait(at, 20)
    (found,) = at.call("GET", "/api/cse").document()
    assert found["leader_endpoint"] and (found["master_nodes"], found["nodes"]) == ([], [])


def test_the_kubeconfig_is_a_json_string_whatever_the_content_type_says() -> None:
    at = asker("1.2")
    create(at)
    at.version = "31.0"
    reply = at.call("GET", "/api/cse/k8sceph/config", accept="text/x-yaml;version=31.0")
    assert reply.header("content-type") == "text/x-yaml;version=31.0"
    assert reply.document().startswith("apiVersion: v1\n") and info(at)["leader_endpoint"] in reply.document()
    assert refusal(at, "GET", "/api/cse/other/config") == "Cluster 'other' not found"


@pytest.mark.parametrize("name", ["", "a" * 26, "-a", "a-", "a_b", "a..b", "ä"])
def test_names_are_checked_before_the_task(name: str) -> None:
    at = asker("1.2")
    text = refusal(at, "POST", "/api/cse", wanted("1.2", name))
    assert text == (f"Invalid cluster name '{name}'" if name else "string index out of range")


@pytest.mark.parametrize("name", ["a" * 25, "a.b", "K8s-1", "1", "a."])
def test_good_names(name: str) -> None:
    assert create(asker("1.2"), name, node_count=0)["status"] == "success"


def test_whatever_else_is_wrong_is_an_error_of_the_task() -> None:
    at = asker("1.2")
    assert create(at)["status"] == "success"
    for more, said in (
        ({"name": "k8sceph"}, "Cluster k8sceph already exists."),
        ({"vdc": "None"}, "VDC initialization failed as arguments are either invalid or None"),
        ({"template": "windows"}, "Template windows not found"),
        ({"network": "lost"}, "Network 'lost' not found in the Virtual Datacenter."),
        ({"storage_profile": "lost"}, "Storage Profile named 'lost' not found"),
    ):
        task = create(at, **{"name": "other", **more})
        assert task["status"] == "error" and said in task["error"]["message"], task["error"]
        assert task["operation"] == "create cluster" and not task["error"]["message"].startswith("[")
        wait(at, 2)
        assert [one["name"] for one in at.call("GET", "/api/cse").document()] == ["k8sceph"]


@pytest.mark.parametrize("key", ["name", "vdc", "node_count", "storage_profile"])
def test_a_missing_key_is_its_name(key: str) -> None:
    body = {name: value for name, value in wanted("1.2").items() if name != key}
    assert refusal(asker("1.2"), "POST", "/api/cse", body) == f"'{key}'"


def test_no_network_kills_the_thread_and_no_enable_nfs_fails_at_the_end() -> None:
    at = asker("1.2")
    body = wanted("1.2")
    del body["network"]
    task = at.finish(at.call("POST", "/api/cse", body).document()["task_href"])
    assert task["status"] == "running"
    body = wanted("1.2")
    del body["enable_nfs"]
    task = at.finish(at.call("POST", "/api/cse", body).document()["task_href"])
    assert task["status"] == "error" and task["error"]["message"] == "'enable_nfs'"
    wait(at, 2)
    # Nobody foresaw that, so nothing is rolled back.
    assert len(info(at)["nodes"]) == 2


@pytest.mark.parametrize("version", FIRST)
@pytest.mark.parametrize("step", ["control_plane", "init", "workers", "join"])
def test_disable_rollback_rolls_back_when_it_is_true(version: str, step: str) -> None:
    at = asker(version)
    for flag in (True, False):
        at.cse.add_trouble(Trouble(step, "boom"))
        task = create(at, disable_rollback=flag)
        assert task["status"] == "error" and "boom" in task["error"]["message"]
        wait(at, 2)
        left = [one["name"] for one in at.call("GET", "/api/cse").document()]
        assert left == ([] if flag else ["k8sceph"])
    assert info(at)["master_nodes"]


@pytest.mark.parametrize("version", FIRST)
def test_nodes_are_added_by_what_their_own_request_says(version: str) -> None:
    at = asker(version)
    create(at)
    before = {one["name"] for one in info(at)["nodes"]}
    body = {**BODY, "name": "k8sceph", "node_count": 1, "node_type": "node", "template": None, "ssh_key": None}
    reply = at.call("POST", "/api/cse/k8sceph/node", {**body, "cpu": None, "memory": None})
    assert reply.status == 202 and set(reply.document()) == {"cluster_name", "task_href"}
    first = at.task(reply.document()["task_href"])
    assert first["operation"] == "Adding 1 node(s) to cluster {self.cluster_name}({self.cluster_id})"
    done = at.finish(reply.document()["task_href"])
    assert done["operation"] == f"Added 1 node(s) to cluster k8sceph({info(at)['cluster_id']})"
    (added,) = {one["name"] for one in info(at)["nodes"]} - before
    vm = next(one for one in at.service.site_state.workloads.vms.values() if one.name == added)
    default = next(one for one in at.cse.templates if one.is_default)
    assert (vm.cpus, vm.memory_mb, vm.script) == (default.cpu, default.memory_mb, "")
    reply = at.call("POST", "/api/cse/k8sceph/node", {**body, "node_type": "nfsd"})
    assert "Created 1 node(s) for" in at.finish(reply.document()["task_href"])["operation"]
    assert len(info(at)["nfs_nodes"]) == 1


def test_nodes_that_fail_are_rolled_back_when_asked_and_what_does_not_join_stays() -> None:
    at = asker("1.2")
    create(at)
    body = {**BODY, "name": "k8sceph", "node_count": 2, "node_type": "node"}
    for step, flag, left in (("workers", True, 2), ("workers", False, 4), ("join", True, 6)):
        at.cse.add_trouble(Trouble(step, "boom"))
        reply = at.call("POST", "/api/cse/k8sceph/node", {**body, "disable_rollback": flag})
        task = at.finish(reply.document()["task_href"])
        assert task["status"] == "error" and task["operation"] == "create nodes in cluster"
        wait(at, 2)
        assert len(info(at)["nodes"]) == left


@pytest.mark.parametrize("version", FIRST)
def test_nodes_are_deleted_by_name_and_a_master_never(version: str) -> None:
    at = asker(version)
    create(at)
    found = info(at)
    path, master = "/api/cse/k8sceph/node", found["master_nodes"][0]["name"]
    body: dict[str, Any] = {"name": "k8sceph", "vdc": VDC, "nodes": [], "force": False}
    assert refusal(at, "DELETE", path, body) == "Invalid list of nodes: []."
    assert refusal(at, "DELETE", path, {**body, "nodes": [master]}) == f"Can't delete a master node: '{master}'."
    assert refusal(at, "DELETE", path, {**body, "name": "x", "nodes": ["node-a"]}) == "Cluster 'x' not found."
    worker = found["nodes"][0]["name"]
    task = at.finish(at.call("DELETE", path, {**body, "nodes": [worker, "node-lost"]}).document()["task_href"])
    assert task["status"] == "error" and task["error"]["message"] == "Can't find VM 'node-lost'"
    assert len(info(at)["nodes"]) == 2
    task = at.finish(at.call("DELETE", path, {**body, "nodes": [worker]}).document()["task_href"])
    assert task["status"] == "success" and task["operation"].startswith("Deleted 1 node(s) to cluster k8sceph(")
    assert [one["name"] for one in info(at)["nodes"]] == [found["nodes"][1]["name"]]


@pytest.mark.parametrize("version", FIRST)
def test_a_cluster_is_deleted_with_force(version: str) -> None:
    at = asker(version)
    create(at)
    reply = at.call("DELETE", "/api/cse/k8sceph")
    assert reply.status == 202 and at.finish(reply.document()["task_href"])["status"] == "success"
    assert at.call("GET", "/api/cse").document() == []
    first = "Cluster k8sceph not found." if version == "1.2" else "Cluster k8sceph not found either in vCD or PKS"
    assert refusal(at, "DELETE", "/api/cse/k8sceph") == first
    second = "Cluster 'k8sceph' not found." if version == "1.2" else first
    assert refusal(at, "GET", "/api/cse/k8sceph/info") == second


def test_templates() -> None:
    found = asker("1.2").call("GET", "/api/cse/template").document()
    assert {one["name"]: one["is_default"] for one in found} == {"photon-v2": True, "ubuntu-16.04": False}
    assert all(set(one) == {"name", "is_default", "catalog", "catalog_item", "description"} for one in found)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/cse/k8s"), ("PUT", "/api/cse/k8s"), ("POST", "/api/cse/template"), ("GET", "/api/cse/a/b/c/d"),
     ("GET", "/api/cse/ovdc"), ("DELETE", "/api/cse")],
)  # fmt: skip
def test_an_unknown_combination_is_a_plain_message(method: str, path: str) -> None:
    reply = asker("1.2").call(method, path)
    assert (reply.status, reply.document()) == (500, {"message": "'status_code'"})


def test_a_slash_at_the_end_and_a_copy_of_accept() -> None:
    at = asker("1.2")
    reply = at.call("GET", "/api/cse/", accept="application/*+json;version=31.0")
    assert reply.document() == [] and reply.header("content-type") == "application/*+json;version=31.0"


def test_the_description_has_paths_that_there_are_not() -> None:
    at = asker("1.2")
    assert "/cluster" in at.call("GET", "/api/cse/swagger.json").document()["paths"]
    assert at.call("GET", "/api/cse/swagger.yaml").status == 500
    assert refusal(at, "GET", "/api/cse/cluster/info") == "Cluster 'cluster' not found."


def test_providers_of_vdcs_are_for_system_administrators() -> None:
    tenant, at = asker("1.2"), asker("1.2", user="administrator@system")
    vdc = at.service.site_state.workloads.vdcs_of(ORG)[0].id
    path = f"/api/cse/ovdc/{vdc}/info"
    assert refusal(tenant, "GET", path) == refusal(tenant, "PUT", path, {}) == "Unauthorized Operation"
    assert at.call("GET", path).document() == {"container_provider": None}
    body = {"ovdc_id": vdc, "ovdc_name": VDC, "container_provider": "vcd", "pks_plans": "", "org_name": ORG}
    reply = at.call("PUT", path, {**body, "enable": True})
    assert reply.status == 202 and reply.document()["ovdc_name"] == VDC
    assert at.finish(reply.document()["task_href"])["status"] == "success"
    assert at.call("GET", path).document() == {"container_provider": "vcd"}
    assert refusal(at, "PUT", path, {"ovdc_id": vdc}) == "'ovdc_name'"


def test_2_0_lists_vdcs_and_checks_before_the_task() -> None:
    at = asker("2.0")
    assert at.call("GET", "/api/cse/ovdc", {"list_pks_plans": False}).document() == [
        {"name": VDC, "org": ORG, "k8s_provider": "none"}
    ]
    assert refusal(at, "GET", "/api/cse/ovdc", {"list_pks_plans": True}).startswith("Operation Denied")
    create(at)
    assert refusal(at, "POST", "/api/cse", wanted("2.0")) == "Cluster k8sceph already exists."
    said = "Cluster cannot be created. Please provide a valid value for org vDC network param."
    assert refusal(at, "POST", "/api/cse", wanted("2.0", "other", network=None)) == said
    assert refusal(at, "POST", "/api/cse", wanted("2.0", "-")) == "Invalid cluster name '-'"
    short = {"name": "k8sceph", "vdc": VDC, "status": "POWERED_ON", "org_name": ORG, "k8s_provider": "native"}
    assert at.call("GET", "/api/cse").document() == [short]
    (full,) = at.call("GET", "/api/cse?vdc=any").document()
    assert full["VMs"] == "3" and full["IP master"] == info(at)["leader_endpoint"]
    admin = asker("2.0", user="administrator@system")
    body = {"pks_plans": "", "pks_cluster_domain": "", "ovdc_id": admin.service.site_state.workloads.vdcs_of(ORG)[0].id}
    path = f"/api/cse/ovdc/{body['ovdc_id']}/info"
    assert refusal(admin, "PUT", path, {**body, "k8s_provider": "ent-pks"}) == "PKS config file does not exist"
    reply = admin.call("PUT", path, {**body, "k8s_provider": "native"})
    assert set(reply.document()) == {"task_href"} and admin.finish(reply.document()["task_href"])
    assert admin.call("GET", path).document() == {"k8s_provider": "native"}


def test_2_0_resizes_up_only() -> None:
    at = asker("2.0")
    create(at)
    body = {"name": "k8sceph", "node_type": "node", "vdc": VDC, "network": NETWORK, "disable_rollback": True}
    path = "/api/cse/k8sceph"
    assert refusal(at, "PUT", path, {**body, "node_count": 2}) == "Cluster - k8sceph is already at the size of 2."
    assert refusal(at, "PUT", path, {**body, "node_count": 1}).startswith("Automatic scale down is not supported")
    reply = at.call("PUT", path, {**body, "node_count": 4})
    assert reply.status == 202 and at.finish(reply.document()["task_href"])["status"] == "success"
    assert len(info(at)["nodes"]) == 4


def test_rights_are_looked_at_when_the_server_is_told_to() -> None:
    at = asker("1.2")
    at.cse.settings.enforce_authorization = True
    assert refusal(at, "POST", "/api/cse", wanted("1.2")) == "Access Forbidden. Missing required rights."
    assert at.call("GET", "/api/cse").status == 200


def test_cancelling_the_task_does_not_stop_the_work() -> None:
    at = asker("1.2")
    href = at.call("POST", "/api/cse", wanted("1.2")).document()["task_href"]
    wait(at, 1)
    assert at.call("POST", f"/api/task/{href.rpartition('/')[2]}/action/cancel").status == 204
    assert at.finish(href)["status"] == "canceled"
    wait(at, 20)
    assert len(info(at)["nodes"]) == 2


def test_faults_of_tasks_meet_the_middle_and_what_hangs_hangs() -> None:
    at = asker("1.2")
    at.world.faults.add("hang_task", times=1)
    assert create(at)["status"] == "running"
    at.world.faults.add("fail_task", times=1, parameters={"message": "no more disks"})
    task = create(at)
    assert task["status"] == "error" and "no more disks" in task["error"]["message"]
    wait(at, 2)
    assert at.call("GET", "/api/cse").document() == []
    create(at)
    wait(at, 20)
    # The vApp goes while it is being deleted by somebody else.
    href = at.call("DELETE", "/api/cse/k8sceph").document()["task_href"]
    at.service.site_state.workloads.remove_vapp(at.service.site_state.workloads.find_vapp("k8sceph").id)
    assert "No access to entity" in at.finish(href)["error"]["message"]


def test_addresses_run_out_in_the_task() -> None:
    at = asker("1.2")
    task = create(at, network="Tyrell DMZ North", node_count=250)
    assert task["status"] == "error" and "static pool of network 'Tyrell DMZ North'" in task["error"]["message"]
    wait(at, 2)
    assert at.call("GET", "/api/cse").document() == []
