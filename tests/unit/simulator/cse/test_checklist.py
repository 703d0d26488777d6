"""The simulator checklist of the contract (section 11), point by point, for every server that answers `/api/cse`.

What one side alone has is in its own tests; here is what they share, asked of each of them the way its clients do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.simulator.wire import Reply, Request
from tests.unit.simulator.cse.asking import NETWORK, ORG, VDC, Asker, asker
from tests.unit.simulator.vcd.asking import basic


@dataclass(frozen=True)
class Server:
    """One release with state in vApps, and where its calls are."""

    version: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> bool:
        """1.2 or 2.0."""
        return self.version in ("1.2", "2.0")

    def start(self, user: str = "admin@Tyrell") -> Asker:
        """It runs, and somebody is logged in."""
        return asker(self.version, user=user, **self.more)

    @property
    def clusters(self) -> str:
        """The path of all clusters."""
        return "/api/cse" if self.first else "/api/cse/clusters"

    def one(self, name: str = "k8s1") -> str:
        """The path of one cluster with its nodes."""
        return f"/api/cse/{name}/info" if self.first else f"/api/cse/cluster/{name}"

    def kubeconfig(self, name: str = "k8s1") -> str:
        """The path of its kubeconfig."""
        return f"/api/cse/{name}/config" if self.first else f"/api/cse/cluster/{name}/config"

    def gone(self, name: str = "k8s1") -> str:
        """The path by which it is deleted."""
        return f"/api/cse/{name}" if self.first else f"/api/cse/cluster/{name}"

    def body(self, at: Asker, **more: Any) -> dict[str, Any]:
        """A creation."""
        if self.first:
            name = "name" if self.version == "1.2" else "cluster_name"
            given: dict[str, Any] = {name: "k8s1", "vdc": VDC, "org": ORG, "node_count": 1, "network": NETWORK}
            given |= {"storage_profile": None, "enable_nfs": True, "disable_rollback": True}
            return {**given, **more}
        template = at.cse.templates[0]
        given = {"cluster_name": "k8s1", "org_name": ORG, "ovdc_name": VDC, "num_workers": 1, "network_name": NETWORK}
        given |= {"template_name": template.name, "template_revision": template.revision, "enable_nfs": True}
        return {**given, **more}

    def create(self, at: Asker, **more: Any) -> Reply:
        """Asks for a cluster."""
        reply = at.call("POST", self.clusters, self.body(at, **more))
        assert reply.status == 202, reply.body
        return reply

    def remove_nodes(self, at: Asker, *names: str) -> Reply:
        """Asks for nodes to go: a DELETE with a body."""
        if self.first:
            body = {"name": "k8s1", "vdc": VDC, "nodes": list(names), "force": False}
            return at.call("DELETE", "/api/cse/k8s1/node", body)
        return at.call("DELETE", "/api/cse/nodes", {"cluster_name": "k8s1", "node_names": list(names)})

    def text(self, reply: Reply) -> str:
        """The text of an error, in the envelope of the release."""
        assert reply.status == 500, reply.body
        key = "description" if self.first else "error description"
        return str(reply.document()["message"][key])


LEGACY = {"vcd_version": "10.1", "api": "34.0"}
SERVERS = [
    Server("1.2"),
    Server("2.0"),
    Server("2.6"),
    Server("3.0", LEGACY),
    Server("3.1", {**LEGACY, "legacy_mode": True}),
]


@pytest.fixture(params=SERVERS, ids=lambda one: one.version)
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.param
    return found


def ready(server: Server, user: str = "admin@Tyrell") -> tuple[Asker, dict[str, Any]]:
    """A server with one cluster, and the document of that."""
    at = server.start(user)
    assert at.finish(server.create(at).document()["task_href"])["status"] == "success"
    return at, dict(at.call("GET", server.one()).document())


def test_point_1_a_mode_answers_alone_and_a_process_that_is_down_is_a_504(server: Server) -> None:
    at = server.start()
    other = "/api/cse/clusters" if server.first else "/api/cse/3.0/clusters"
    assert at.call("GET", other).status == (500 if server.first else 404)
    at.cse.stop()
    reply = at.ask("GET", "/api/cse/system", accept=f"application/*+xml;version={at.version}")
    assert reply.status == 504 and b'minorErrorCode="GATEWAY_TIMEOUT"' in reply.body
    assert b"External service 'cse' failed to respond in the specified timeout (10 SECONDS)" in reply.body
    at.cse.start()
    assert at.call("GET", "/api/cse/system").status == 200


def test_point_2_both_tokens_are_taken_and_nobody_gets_in_without(server: Server) -> None:
    at = server.start()
    accept = f"application/*+json;version={at.version}"
    login = at.ask("POST", "/api/sessions", accept=accept, authorization=basic("admin@Tyrell"))
    short, jwt = login.header("x-vcloud-authorization"), login.header("X-VMWARE-VCLOUD-ACCESS-TOKEN")

    def status(**headers: str) -> int:
        request = Request("GET", f"https://vcd.example.test:8443{server.clusters}", {"accept": accept, **headers})
        return at.service.handle(request).status

    assert short and jwt
    # What a server does not know reaches it all the same: the vCD has let it pass (section 1.3).
    only_short, only_jwt = status(**{"x-vcloud-authorization": short}), status(authorization=f"Bearer {jwt}")
    assert (only_short, only_jwt) == {
        "1.2": (200, 500), "2.0": (200, 500), "2.6": (200, 200), "3.0": (200, 200), "3.1": (500, 200)
    }[server.version]  # fmt: skip
    assert status(**{"x-vcloud-authorization": short, "authorization": f"Bearer {jwt}"}) == 200
    assert status() == status(authorization="Bearer nobody") == 401


def test_point_3_tasks_are_of_the_vcd_and_change_while_they_run(server: Server) -> None:
    at = server.start()
    href = server.create(at).document()["task_href"]
    path = f"/api/task/{href.rpartition('/')[2]}"
    xml = at.ask("GET", path, accept=f"application/*+xml;version={at.version}")
    assert b'serviceNamespace="vcloud.cse"' in xml.body and b'status="running"' in xml.body
    seen = set()
    while (task := at.task(href))["status"] == "running":
        seen.add(task["operation"])
        at.world.advance(at.world.task_seconds / 2)
    assert task["status"] == "success" and len(seen) >= 5


def test_points_4_and_5_clusters_are_vapps_with_nodes_on_the_network(server: Server) -> None:
    at, found = ready(server)
    query = at.ask("GET", "/api/query?type=vApp&filter=metadata:cse.cluster.id==STRING:*&fields=name")
    assert b"k8s1" in query.body
    machines = at.service.site_state.workloads.find_vapp("k8s1").vms.values()
    network = at.service.site_state.workloads.vdcs_of(ORG)[0].network_details()[0]
    pool = {network.address(number) for number in range(200)}
    for vm in machines:
        assert vm.nics[0].network == NETWORK and vm.nics[0].ip in pool
    shown = [*found["master_nodes"], *found["nodes"], *found["nfs_nodes"]]
    assert {one["name"]: one["ipAddress"] for one in shown} == {vm.name: vm.nics[0].ip for vm in machines}


def test_point_6_what_is_missing_or_there_is_a_500(server: Server) -> None:
    at = server.start()
    assert "not found" in server.text(at.call("GET", server.one()))
    assert server.text(at.call("POST", server.clusters, _renamed(server, at, "-bad-"))) == (
        "Invalid cluster name '-bad-'"
    )  # fmt: skip


def _renamed(server: Server, at: Asker, name: str) -> dict[str, Any]:
    body = server.body(at)
    body["name" if server.version == "1.2" else "cluster_name"] = name
    return body


@pytest.mark.parametrize("step", ["control_plane", "init", "workers", "join", "nfs"])
def test_point_10_a_creation_fails_and_is_rolled_back(server: Server, step: str) -> None:
    at = server.start()
    at.cse.add_trouble(Trouble(step, "boom"))
    task = at.finish(server.create(at).document()["task_href"])
    assert task["status"] == "error" and "boom" in task["error"]["message"]
    for _step in range(3):
        at.world.advance(at.world.task_seconds)
    assert at.call("GET", server.clusters).document() == []
    # What is wrong once is not wrong twice.
    assert at.finish(server.create(at).document()["task_href"])["status"] == "success"


def test_point_10_a_task_hangs_and_a_kubeconfig_cannot_be_had(server: Server) -> None:
    at = server.start()
    at.cse.add_trouble(Trouble("init", "", hang=True))
    href = server.create(at).document()["task_href"]
    assert at.finish(href)["status"] == "running"
    assert server.text(at.call("GET", server.kubeconfig())) == "Couldn't get cluster configuration"
    gone = at.call("DELETE", server.gone()).document()["task_href"]
    assert at.finish(gone)["status"] == "success"
    at, found = ready(server)
    for vm in at.service.site_state.workloads.find_vapp("k8s1").vms.values():
        vm.powered_on = False
    assert at.call("GET", server.one()).document()["status"] == "POWERED_OFF"
    assert server.text(at.call("GET", server.kubeconfig())) == "Couldn't get cluster configuration"


def test_point_11_a_delete_has_a_body(server: Server) -> None:
    at, found = ready(server)
    worker = found["nodes"][0]["name"]
    assert at.finish(server.remove_nodes(at, worker).document()["task_href"])["status"] == "success"
    assert at.call("GET", server.one()).document()["nodes"] == []


def test_point_12_a_slash_at_the_end(server: Server) -> None:
    at = server.start()
    assert at.call("GET", f"{server.clusters}/").document() == []


def test_nodes_that_somebody_deletes_are_simply_fewer(server: Server) -> None:
    """Section 12, 28."""
    at, found = ready(server)
    workloads = at.service.site_state.workloads
    workloads.remove_vm(workloads.find_vm(found["nodes"][0]["name"]).id)
    left = at.call("GET", server.one()).document()
    assert left["nodes"] == [] and left["number_of_vms"] == "2"
    lost = server.remove_nodes(at, found["nodes"][0]["name"]).document()["task_href"]
    assert at.finish(lost)["status"] == "error"


def test_a_disabled_server_answers_for_its_switch_alone(server: Server) -> None:
    at = server.start("administrator@system")
    switch = {"enabled": False} if server.first else {"server_action": "disable"}
    assert at.call("PUT", "/api/cse/system", switch).status == 200
    reply = at.call("GET", server.clusters)
    assert reply.status == (500 if server.first else 400)
    assert "CSE service is disabled. Contact the System Administrator." in json.dumps(reply.document())
    assert at.call("GET", "/api/cse/system").document()["status"] == "Disabled"
