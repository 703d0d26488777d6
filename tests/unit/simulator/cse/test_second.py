"""CSE 2.6 and the legacy mode of 3.x: routes, creation, reading, nodes, upgrades, VDCs (contract section 4)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.simulator.wire import Reply
from tests.unit.simulator.cse.asking import NETWORK, ORG, VDC, Asker, asker

SERVERS: dict[str, dict[str, Any]] = {
    "2.6": {},
    "3.0": {"vcd_version": "10.1", "api": "34.0"},
    "3.1": {"vcd_version": "10.1", "api": "34.0", "legacy_mode": True},
}
"""What answers by section 4."""
OLD, OLDER = "ubuntu-16.04_k8-1.17_weave-2.6.0", "ubuntu-16.04_k8-1.16_weave-2.6.0"
NEW = "ubuntu-16.04_k8-1.18_weave-2.6.5"
CLUSTERS, NODES = "/api/cse/clusters", "/api/cse/nodes"


def server(version: str = "2.6", user: str = "admin@Tyrell") -> Asker:
    """One of SERVERS."""
    return asker(version, user=user, **SERVERS[version])


def body(at: Asker, **more: Any) -> dict[str, Any]:
    """A creation with everything that is required, and a template."""
    template = at.cse.templates[0]
    return {
        "cluster_name": "k8s1",
        "org_name": ORG,
        "ovdc_name": VDC,
        "network_name": NETWORK,
        "template_name": template.name,
        "template_revision": template.revision,
        **more,
    }


def create(at: Asker, **more: Any) -> dict[str, Any]:
    """A cluster; answers its task at the end."""
    reply = at.call("POST", CLUSTERS, body(at, **more))
    assert reply.status == 202, reply.body
    assert set(reply.document()) == {"name", "cluster_id", "task_href"}
    return at.finish(reply.document()["task_href"])


def info(at: Asker, name: str = "k8s1", query: str = "") -> dict[str, Any]:
    """The cluster with its nodes."""
    reply = at.call("GET", f"/api/cse/cluster/{name}{query}")
    assert reply.status == 200, reply.body
    return dict(reply.document())


def said(reply: Reply) -> tuple[int, int, str]:
    """Status, minor code and text of an error."""
    message = reply.document()["message"]
    assert set(message) == {"minor error code", "error description"}
    return reply.status, message["minor error code"], message["error description"]


def wait(at: Asker, steps: int) -> None:
    """Lets so many steps of a work pass."""
    for _step in range(steps):
        at.world.advance(at.world.task_seconds)


def texts(at: Asker, href: str) -> list[str]:
    """What `operation` of a task reads, one after the other."""
    found: list[str] = []
    for _poll in range(100):
        task = at.task(href)
        if not found or found[-1] != task["operation"]:
            found.append(task["operation"])
        if task["status"] != "running":
            break
        at.world.advance(at.world.task_seconds / 2)
    return found


@pytest.mark.parametrize("version", SERVERS)
def test_a_cluster_of_every_server(version: str) -> None:
    at = server(version)
    task = create(at, enable_nfs=True, num_cpu=4, mb_memory=8192, storage_profile_name="North VSAN Capacity")
    assert task["status"] == "success" and task["operationName"] == "cluster operation"
    assert task["serviceNamespace"] == "vcloud.cse" and "progress" not in task
    assert task["owner"]["name"] == ORG and "/api/org/" in task["owner"]["href"]
    found, template = info(at), at.cse.templates[0]
    assert found["template_name"] == template.name and found["template_revision"] == str(template.revision)
    assert (found["kubernetes"], found["kubernetes_version"]) == ("upstream", template.kubernetes_version)
    assert (found["cni"], found["cni_version"]) == ("weave", template.cni_version)
    assert found["docker_version"] == template.docker_version and found["os"] == "ubuntu-16.04"
    assert found["k8s_provider"] == "native" and found["cse_version"] == at.cse.release.full
    assert found["number_of_vms"] == "4" and found["vdc_id"] == found["vdc_href"].rpartition("/")[2]
    (master,) = found["master_nodes"]
    assert found["leader_endpoint"] == master["ipAddress"] and len(found["nodes"]) == 2
    every = [*found["master_nodes"], *found["nodes"], *found["nfs_nodes"]]
    assert len({one["ipAddress"] for one in every}) == 4
    assert all(re.fullmatch("(mstr|node|nfsd)-[a-z0-9]{4}", one["name"]) for one in every)
    extended = {"numberOfCpus", "memoryMB", "exports"} if version == "3.1" else set()
    assert set(master) == {"name", "ipAddress"} | extended
    row = {"name": "k8s1", "vdc": VDC, "status": "POWERED_ON", "org_name": ORG, "k8s_provider": "native"}
    row["k8s_version"] = template.kubernetes_version
    row |= {"k8s_type": "upstream"} if version == "2.6" else {"owner_name": "admin"}
    assert at.call("GET", CLUSTERS).document() == [row]
    assert not {"network", "storage_profile", "ssh_key"} & set(found)
    for vm in at.service.site_state.workloads.find_vapp("k8s1").vms.values():
        assert (vm.cpus, vm.memory_mb, vm.profile and vm.profile[1]) == (4, 8192, "North VSAN Capacity")


def test_what_metadata_a_vapp_has() -> None:
    at = server()
    create(at)
    metadata = at.get(f"/api/vApp/vapp-{info(at)['vapp_id']}/metadata").body.decode()
    assert set(re.findall(r'"key": ?"([^"]*)"', metadata)) == {
        "cse.cluster.id", "cse.version", "cse.template.name", "cse.template.revision", "cse.os", "cse.docker.version",
        "cse.kubernetes", "cse.kubernetes.version", "cse.cni", "cse.cni.version", "cse.master.ip",
    }  # fmt: skip


def test_texts_of_a_creation() -> None:
    at = server()
    reply = at.call("POST", CLUSTERS, body(at, enable_nfs=True, num_workers=1)).document()
    one, template = f"'k8s1' ({reply['cluster_id']})", at.cse.templates[0]
    assert texts(at, reply["task_href"]) == [
        f"Creating cluster vApp {one} from template '{template.name}' (revision {template.revision})",
        f"Creating cluster vApp k8s1 ({reply['cluster_id']})",
        f"Creating master node for cluster {one}",
        f"Initializing cluster {one}",
        f"Creating 1 node(s) for cluster {one}",
        f"Adding 1 node(s) to cluster {one}",
        f"Creating NFS node for cluster {one}",
        f"Created cluster {one}",
    ]


def test_defaults_and_null() -> None:
    at = server()
    reply = at.call("POST", CLUSTERS, {**body(at, template_name=None, template_revision=None), "ssh_key": None})
    assert at.finish(reply.document()["task_href"])["status"] == "success"
    found, default = info(at), next(one for one in at.cse.templates if one.is_default)
    assert len(found["nodes"]) == 2 and found["nfs_nodes"] == []
    assert (found["template_name"], found["template_revision"]) == (default.name, str(default.revision))
    assert all(vm.script == "" for vm in at.service.site_state.workloads.find_vapp("k8s1").vms.values())


def test_the_order_of_the_checks() -> None:
    at = server()

    def asked(**given: Any) -> tuple[int, int, str]:
        return said(at.call("POST", CLUSTERS, given))

    missing = "Missing required keys in request payload: "
    assert asked() == (400, 4000, missing + "['cluster_name']")
    assert asked(cluster_name="-") == (500, -1, "'org_name'")
    assert asked(cluster_name="-", org_name=ORG) == (500, -1, "'ovdc_name'")
    known: dict[str, Any] = {"org_name": ORG, "ovdc_name": VDC}
    assert asked(cluster_name="-", **known) == (500, -1, "Invalid cluster name '-'")
    known["cluster_name"] = "k8s1"
    pair = "If template revision is specified, then template name must also be specified (and vice versa)."
    assert asked(**known, template_name=OLD) == asked(**known, template_revision=1) == (500, -1, pair)
    lost = f"Template '{OLD}' at revision 7 not found."
    assert asked(**known, template_name=OLD, template_revision=7) == (500, -1, lost)
    assert asked(**known) == (400, 4008, missing + "['network_name']")
    known["network_name"] = NETWORK
    assert asked(**known, num_workers=-1) == (500, -1, "Worker node count must be >= 0 (received -1).")
    assert asked(**known, num_workers="2")[:2] == (500, -1)
    create(at)
    assert asked(cluster_name="k8s1") == (500, -1, "Cluster k8s1 already exists.")


def test_a_legacy_server_says_400_for_what_python_trips_over() -> None:
    at = server("3.1")
    assert said(at.call("POST", CLUSTERS, {"cluster_name": "a"})) == (400, -1, "'org_name'")
    given = body(at)
    del given["template_revision"]
    assert said(at.call("POST", CLUSTERS, given))[0] == 400
    given = body(at, template_name=None, template_revision=None)
    assert said(at.call("POST", CLUSTERS, given)) == (
        400, -1, "Template name and revision both must be specified."
    )  # fmt: skip
    assert said(at.call("POST", CLUSTERS, body(at, template_revision=77)))[0] == 500


def test_vdc_network_and_profile_are_errors_of_the_task() -> None:
    at = server()
    for more, text in (
        ({"ovdc_name": "lost"}, "Vdc 'lost' not found"),
        ({"org_name": "Wallace"}, "org 'Wallace' not found"),
        ({"network_name": "lost"}, "Error while creating vApp: Network 'lost' not found in the Virtual Datacenter."),
        ({"storage_profile_name": "lost"}, "Storage Profile named 'lost' not found"),
    ):
        task = create(at, **more)
        assert task["status"] == "error" and text in task["error"]["message"]
        assert at.call("GET", CLUSTERS).document() == []


@pytest.mark.parametrize("step", ["control_plane", "init", "workers", "join", "nfs"])
def test_a_failure_half_way_is_rolled_back_unless_told_otherwise(step: str) -> None:
    at = server()
    at.cse.add_trouble(Trouble(step, "boom"))
    href = at.call("POST", CLUSTERS, body(at, enable_nfs=True)).document()["task_href"]
    assert texts(at, href)[-1] == "Error creating cluster 'k8s1'. Deleting cluster (rollback=True)"
    task = at.task(href)
    assert task["status"] == "error" and "boom" in task["error"]["message"]
    assert at.call("GET", CLUSTERS).document() == []
    at.cse.add_trouble(Trouble(step, "boom"))
    assert create(at, enable_nfs=True, rollback=False)["status"] == "error"
    found = info(at)
    assert found["master_nodes"] and (found["leader_endpoint"] == "") is (step in ("control_plane", "init"))
    again = said(at.call("POST", CLUSTERS, body(at)))
    assert again == (500, -1, "Cluster k8s1 already exists.")


def test_the_key_of_a_request_is_in_its_nodes_alone() -> None:
    at = server()
    create(at, ssh_key="ssh-ed25519 AAAA admin's")
    template = {"template_name": OLDER, "template_revision": "1"}
    reply = at.call(
        "POST", NODES, {"cluster_name": "k8s1", "network_name": NETWORK, "ssh_key": "ssh-rsa B", **template}
    )
    assert at.finish(reply.document()["task_href"])["status"] == "success"
    scripts = [vm.script for vm in at.service.site_state.workloads.find_vapp("k8s1").vms.values()]
    # A quotation mark ends the text of the shell: nobody looks at it.
    assert sum("echo 'ssh-ed25519 AAAA admin's' >>" in one for one in scripts) == 3
    assert sum("echo 'ssh-rsa B' >>" in one for one in scripts) == 1


def test_names_that_are_there_twice() -> None:
    at = server(user="administrator@system")
    workloads = at.service.site_state.workloads
    create(at)
    other = workloads.add_vdc(ORG, "second")
    copy = workloads.add_vapp(ORG, "k8s1", other.id)
    copy.metadata = {"cse.cluster.id": "1"}
    assert said(at.call("GET", "/api/cse/cluster/k8s1")) == (500, -1, "Found multiple clusters named 'k8s1'.")
    assert info(at, query=f"?ovdc_name={VDC.replace(' ', '%20')}")["number_of_vms"] == "3"
    assert info(at, query="?ovdc_name=second&org_name=Tyrell")["number_of_vms"] == "0"
    assert said(at.call("GET", "/api/cse/cluster/k8s1?org_name=lost"))[2] == "org 'lost' not found"
    assert len(at.call("GET", f"{CLUSTERS}?org_name=System").document()) == 2


def test_a_missing_cluster_is_a_500() -> None:
    at = server()
    text = (500, -1, "Cluster 'k8s9' not found.")
    for method, path, given in (
        ("GET", "/api/cse/cluster/k8s9", None),
        ("PUT", "/api/cse/cluster/k8s9", {}),
        ("DELETE", "/api/cse/cluster/k8s9", None),
        ("GET", "/api/cse/cluster/k8s9/config", None),
        ("GET", "/api/cse/cluster/k8s9/upgrade-plan", None),
        ("POST", "/api/cse/cluster/k8s9/action/upgrade", {}),
        ("GET", "/api/cse/node/node-a?cluster_name=k8s9", None),
        ("POST", NODES, {"cluster_name": "k8s9"}),
        ("DELETE", NODES, {"cluster_name": "k8s9"}),
    ):
        assert said(at.call(method, path, given)) == text, (method, path)


def test_resizing() -> None:
    at = server()
    create(at)
    path = "/api/cse/cluster/k8s1"

    def asked(**given: Any) -> tuple[int, int, str]:
        return said(at.call("PUT", path, given))

    assert asked(network_name=NETWORK)[:2] == (400, 4014)
    assert asked(num_workers=3)[:2] == (400, 4008)
    assert asked(num_workers=0, network_name=NETWORK)[2] == "Worker node count must be > 0 (received 0)."
    assert asked(num_workers=2, network_name=NETWORK)[2] == "Cluster 'k8s1' already has 2 worker nodes."
    assert asked(num_workers=1, network_name=NETWORK)[2].startswith("Automatic scale down is not supported for vCD")
    reply = at.call("PUT", path, {"num_workers": 4, "network_name": NETWORK})
    assert reply.status == 202 and set(reply.document()) == {"cluster_name", "task_href"}
    assert at.finish(reply.document()["task_href"])["operation"].startswith("Added 2 node(s) to cluster k8s1(")
    assert len(info(at)["nodes"]) == 4


def test_nodes() -> None:
    at = server()
    create(at)
    template = {"template_name": OLD, "template_revision": 2}
    add = {"cluster_name": "k8s1", "network_name": NETWORK, **template}
    assert said(at.call("POST", NODES, {"cluster_name": "k8s1"}))[:2] == (400, 4008)
    assert said(at.call("POST", NODES, {**add, "num_workers": 0}))[2] == "Worker node count must be > 0 (received 0)."
    href = at.call("POST", NODES, {**add, "enable_nfs": True}).document()["task_href"]
    identity = info(at)["cluster_id"]
    assert texts(at, href) == [
        f"Creating 1 node(s) from template '{OLD}' (revision 2) and adding to cluster 'k8s1' ({identity})",
        f"Created 1 node(s) for cluster 'k8s1' ({identity})",
    ]
    nfs = info(at)["nfs_nodes"][0]["name"]
    shown = at.call("GET", f"/api/cse/node/{nfs}?cluster_name=k8s1").document()
    assert shown["node_type"] == "nfs" and "/home" in shown["exports"]
    assert said(at.call("GET", f"/api/cse/node/{nfs}"))[:2] == (400, 4000)
    assert said(at.call("GET", "/api/cse/node/x?cluster_name=k8s1"))[2] == "Node 'x' not found in cluster 'k8s1'"
    found = info(at)
    master, worker = found["master_nodes"][0]["name"], found["nodes"][0]["name"]
    shown = at.call("GET", f"/api/cse/node/{master}?cluster_name=k8s1").document()
    assert shown["node_type"] == "master" and shown["numberOfCpus"] == "2"
    assert at.call("GET", f"/api/cse/node/{worker}?cluster_name=k8s1").document()["node_type"] == "worker"
    gone = {"cluster_name": "k8s1"}
    assert said(at.call("DELETE", NODES, gone))[:2] == (400, 4012)
    nobody = at.call("DELETE", NODES, {**gone, "node_names": []})
    assert (nobody.status, nobody.document()) == (202, {"body": {}})
    refused = said(at.call("DELETE", NODES, {**gone, "node_names": [worker, master]}))
    assert refused == (500, -1, f"Can't delete a master node: '{master}'.")
    lost = at.call("DELETE", NODES, {**gone, "node_names": ["node-lost"]}).document()["task_href"]
    assert at.finish(lost)["error"]["message"] == "Can't find VM 'node-lost'"
    href = at.call("DELETE", NODES, {**gone, "node_names": [worker, nfs]}).document()["task_href"]
    assert texts(at, href) == [
        f"Deleting 2 node(s) from cluster 'k8s1'({identity})",
        f"Draining 2 node(s) from cluster 'k8s1': ['{worker}', '{nfs}']",
        f"Deleting 2 node(s) from cluster 'k8s1': ['{worker}', '{nfs}']",
        "Deleted 2 node(s) to cluster 'k8s1'",
    ]
    assert len(info(at)["nodes"]) == 1 and info(at)["nfs_nodes"] == []


def test_nodes_that_fail() -> None:
    at = server()
    create(at)
    add = {"cluster_name": "k8s1", "network_name": NETWORK, "num_workers": 2}
    for step, rollback, left in (("workers", True, 2), ("workers", False, 4), ("join", True, 6)):
        at.cse.add_trouble(Trouble(step, "boom"))
        href = at.call("POST", NODES, {**add, "rollback": rollback}).document()["task_href"]
        task = at.finish(href)
        assert task["status"] == "error" and "boom" in task["error"]["message"]
        assert ("rollback=True" in task["operation"]) is (step == "workers" and rollback)
        assert len(info(at)["nodes"]) == left


def test_upgrading() -> None:
    at = server()
    create(at, template_name=OLDER, template_revision="1")
    plan = at.call("GET", "/api/cse/cluster/k8s1/upgrade-plan").document()
    assert [(one["name"], one["revision"]) for one in plan] == [(OLD, "1"), (OLD, "2")]
    path = "/api/cse/cluster/k8s1/action/upgrade"
    assert said(at.call("POST", path, {"template_name": OLD}))[:2] == (400, -1)
    refused = said(at.call("POST", path, {"template_name": NEW, "template_revision": 2}))
    text = f"Specified template/revision ({NEW} revision 2) is not a valid upgrade target for cluster 'k8s1'."
    assert refused == (500, -1, text)
    found = info(at)
    master, workers = found["master_nodes"][0]["name"], [one["name"] for one in found["nodes"]]
    href = at.call("POST", path, {"template_name": OLD, "template_revision": 2}).document()["task_href"]
    seen = texts(at, href)
    assert seen[0] == (
        f"Upgrading cluster 'k8s1' software to match template {OLD} (revision 2): Kubernetes: 1.16.6 -> 1.17.2, "
        "Docker-CE: 18.09.7 -> 18.09.7, CNI: weave 2.6.0 -> 2.6.0"
    )
    assert seen[1:4] == [
        f"Draining master node ['{master}']",
        f"Upgrading Kubernetes (1.16.6 -> 1.17.2) in master node ['{master}']",
        f"Uncordoning master node ['{master}']",
    ]
    assert f"Draining node {workers[1]}" in seen and "Updating metadata for cluster 'k8s1'" in seen
    assert seen[-1].startswith(f"Successfully upgraded cluster 'k8s1' software to match template {OLD}")
    after = info(at)
    assert (after["template_name"], after["template_revision"], after["kubernetes_version"]) == (OLD, "2", "1.17.2")
    assert after["os"] == "ubuntu-16.04"
    # Its own template counts with a higher revision alone.
    plan = at.call("GET", "/api/cse/cluster/k8s1/upgrade-plan").document()
    assert [(one["name"], one["revision"]) for one in plan] == [(NEW, "2")]
    at.cse.add_trouble(Trouble("upgrade", "boom"))
    href = at.call("POST", path, {"template_name": NEW, "template_revision": "2"}).document()["task_href"]
    task = at.finish(href)
    assert task["error"]["message"] == "Unexpected error while upgrading cluster 'k8s1': boom"
    assert info(at)["template_name"] == OLD


def test_a_missing_key_of_an_upgrade_is_named() -> None:
    at = server()
    create(at)
    reply = at.call("POST", "/api/cse/cluster/k8s1/action/upgrade", {"template_revision": 2})
    assert said(reply)[2] == "Missing required keys in request payload: ['template_name']"


def test_deleting_and_the_kubeconfig() -> None:
    at = server()
    at.call("POST", CLUSTERS, body(at))
    wait(at, 4)
    assert said(at.call("GET", "/api/cse/cluster/k8s1/config"))[2] == "Couldn't get cluster configuration"
    wait(at, 10)
    found = at.call("GET", "/api/cse/cluster/k8s1/config").document()
    assert set(found) == {"message"} and f"https://{info(at)['leader_endpoint']}:6443" in found["message"]
    href = at.call("DELETE", "/api/cse/cluster/k8s1").document()["task_href"]
    assert at.finish(href)["operation"] == "Deleted cluster 'k8s1'"
    assert at.call("GET", CLUSTERS).document() == []


def test_nothing_keeps_a_second_operation_away() -> None:
    at = server()
    create(at)
    add = {"cluster_name": "k8s1", "network_name": NETWORK}
    hrefs = [at.call("POST", NODES, add).document()["task_href"] for _number in range(2)]
    assert {at.task(one)["status"] for one in hrefs} == {"running"}
    assert {at.finish(one)["status"] for one in hrefs} == {"success"}
    assert len(info(at)["nodes"]) == 4


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/cse/other", 404),
        ("GET", "/api/cse", 404),
        ("GET", "/api/cse/3.0/clusters", 404),
        ("GET", "/api/cse/cluster/a/b", 404),
        ("PUT", "/api/cse/clusters", 405),
        ("DELETE", "/api/cse/templates", 405),
        ("GET", "/api/cse/nativeclusters", 404),
    ],
)
def test_unknown_paths_and_wrong_verbs(method: str, path: str, status: int) -> None:
    text = "Invalid url - not found" if status == 404 else "Method not allowed"
    assert said(server().call(method, path)) == (status, -1, text)


@pytest.mark.parametrize("path", ["/api/cse/cluster", "/api/cse/clusters/", "/api/cse/CLUSTERS"])
def test_singular_plural_and_a_slash_at_the_end(path: str) -> None:
    reply = server().call("GET", path)
    assert reply.document() == [] and str(reply.header("content-type")).startswith("application/json")


def test_legacy_serves_two_versions_and_has_pages() -> None:
    at = server("3.1")
    refused = said(at.call("GET", CLUSTERS, accept="application/json;version=32.0"))
    assert refused == (406, -1, "Invalid api version specified. Expected api version '['33.0', '34.0']'.")
    for name in ("a", "b", "c"):
        create(at, cluster_name=name, num_workers=0)
    page = at.call("GET", "/api/cse/nativeclusters?pageSize=2").document()
    assert (page["resultTotal"], page["pageCount"], page["page"], page["pageSize"]) == (3, 2, 1, 2)
    assert "previousPageUri" not in page and page["nextPageUri"].endswith("/api/cse/nativeclusters?page=2&pageSize=2")
    second = at.call("GET", "/api/cse/nativeclusters?page=2&pageSize=2").document()
    assert len(second["values"]) == 1 and "nextPageUri" not in second and "page=1&" in second["previousPageUri"]
    assert at.call("GET", "/api/cse/nativecluster?page=9").document()["values"] == []
    assert said(at.call("GET", "/api/cse/nativeclusters?page=x"))[0] == 400
    vdcs = at.call("GET", "/api/cse/orgvdcs").document()
    assert vdcs["values"] == [{"name": VDC, "org": ORG, "k8s provider": "none"}] and vdcs["pageSize"] == 25
    kinds = [at.call("GET", f"/api/cse/node/{one['name']}?cluster_name=a").document()["node_type"]
             for one in info(at, "a")["master_nodes"]]  # fmt: skip
    assert kinds == ["control_plane"]


def test_templates_are_sorted_and_speak_of_revisions_as_texts() -> None:
    found = server().call("GET", "/api/cse/templates").document()
    assert [(one["name"], one["revision"], one["is_default"]) for one in found] == [
        (NEW, "2", "No"), (OLD, "2", "Yes"), (OLD, "1", "No"), (OLDER, "1", "No"),
    ]  # fmt: skip
    assert set(found[0]) == {"name", "revision", "is_default", "catalog", "catalog_item", "description"}
    legacy = server("3.1").call("GET", "/api/cse/templates").document()
    assert {one["is_default"] for one in legacy} == {"No"} and {one["kind"] for one in legacy} == {"native"}


def test_org_vdcs_and_their_policies() -> None:
    at, tenant = server(user="administrator@system"), server()
    vdc = at.service.site_state.workloads.vdcs_of(ORG)[0].id
    path = f"/api/cse/ovdc/{vdc}"
    assert tenant.call("GET", path).document() == {"k8s_provider": "none"}
    assert said(tenant.call("PUT", path, {})) == (401, -1, "Unauthorized to update CSE")
    assert said(tenant.call("GET", "/api/cse/ovdcs?list_pks_plans=true"))[0] == 401
    given = {"ovdc_name": VDC, "org_name": ORG, "k8s_provider": "native"}
    assert said(at.call("PUT", path, {**given, "k8s_provider": None}))[:2] == (400, 4006)
    assert said(at.call("PUT", path, {**given, "k8s_provider": "ent-pks"}))[0] == 500
    reply = at.call("PUT", path, given)
    assert reply.status == 202 and at.finish(reply.document()["task_href"])["status"] == "success"
    assert at.call("GET", path).document() == {"k8s_provider": "native"}
    assert at.call("GET", "/api/cse/ovdcs").document() == [{"name": VDC, "org": ORG, "k8s provider": "native"}]
    policies = f"{path}/compute-policies"
    assert [one["name"] for one in at.call("GET", policies).document()] == ["System Default"]
    assert said(at.call("PUT", policies, {"compute_policy_name": "small"}))[:2] == (400, 4002)
    assert said(at.call("PUT", policies, {"action": "add"}))[:2] == (400, 4004)
    lost = said(at.call("PUT", policies, {"action": "add", "compute_policy_name": "huge"}))
    assert lost == (400, -1, "Compute policy 'huge' not found.")
    odd = said(at.call("PUT", policies, {"action": "set", "compute_policy_name": "small"}))
    assert odd == (400, -1, "Unsupported compute policy action")
    added = at.call("PUT", policies, {"action": "add", "compute_policy_name": "small"})
    small = at.call("GET", policies).document()[1]
    assert added.document() == {"message": f"Added compute policy 'small' ({small['id']}) to ovdc ({vdc})"}
    for expected in ("success", "error"):
        removed = at.call("PUT", policies, {"action": "remove", "compute_policy_name": "small"})
        assert removed.status == 200 and at.finish(removed.document()["task_href"])["status"] == expected
    assert len(at.call("GET", policies).document()) == 1


def test_tenants_see_their_own_clusters_alone() -> None:
    at = server()
    create(at)
    at.log_in()
    assert len(at.call("GET", CLUSTERS).document()) == 1
    assert info(at)["name"] == "k8s1"
    workloads = at.service.site_state.workloads
    vapp = workloads.find_vapp("k8s1")
    vapp.org = "Wallace"
    at.log_in("admin@Tyrell")
    assert at.call("GET", CLUSTERS).document() == []


def test_a_server_that_is_reset_or_stopped_forgets_its_work() -> None:
    at = server(user="administrator@system")
    href = at.call("POST", CLUSTERS, body(at)).document()["task_href"]
    wait(at, 3)
    at.cse.stop()
    at.cse.start()
    wait(at, 20)
    assert at.task(href)["status"] == "running"
    # What was made is left, as on a server that died.
    assert info(at)["leader_endpoint"] == ""
