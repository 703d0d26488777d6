"""The module in this process against simulated CSEs: NFS nodes come by number, single nodes go by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.cse_node import Node
from ansible_collections.vcpp.vcloud.plugins.modules.cse_node_info import Nodes
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.cses import HERE, NETWORK

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1")
named = cses.fixture("1.2", "2.6")
native = cses.fixture("3.0", "3.1")
polled = cses.fixture("4.2")


def node(bench: Any, check: bool = False, **options: Any) -> Any:
    given = {**bench.tenant, "cluster": "k8s1", "wait_interval": 1, **options}
    return bench.run(Node, check, **given)


def network(bench: Any) -> dict[str, Any]:
    """What new nodes need of the user: a network, where the server does not remember it."""
    return {} if bench.release.startswith("3") else {"network": NETWORK}


def names(bench: Any, role: str) -> list[str]:
    return [one["name"] for one in bench.run(Nodes, **bench.tenant, cluster="k8s1", role=role)["cse_node"]]


def test_nfs_nodes_come_by_number_and_go_by_name(cse: Any) -> None:
    cse.cluster()
    predicted = node(cse, True, nfs_nodes=2, **network(cse))
    assert cse.writes == [] and predicted["changed"] is True, predicted
    made = node(cse, nfs_nodes=2, **network(cse))
    assert made == predicted and made["cse_node"] == {"cluster": "k8s1", "nfs_nodes": 2}
    cse.control.clear_journal()
    assert node(cse, nfs_nodes=2)["changed"] is False
    assert cse.writes == [] and len(cse.requests) <= 3
    first, second = names(cse, "nfs")
    assert sorted(cse.nodes()["nfsd"]) == [first, second] and len(cse.nodes()["node"]) == 1
    gone = node(cse, node=first, state="absent")
    assert gone["changed"] is True and names(cse, "nfs") == [second]
    assert node(cse, node=first, state="absent")["changed"] is False
    assert node(cse, node=second, state="absent", cluster="k8s2")["changed"] is False, "there is no such cluster"


def test_a_worker_goes_by_name_where_the_release_can(named: Any) -> None:
    named.cluster(workers=2)
    first, second = names(named, "worker")
    assert node(named, True, node=first, state="absent")["changed"] is True
    assert node(named, node=first, state="absent")["changed"] is True and names(named, "worker") == [second]


def test_a_worker_of_3_does_not(native: Any) -> None:
    native.cluster(workers=1)
    (worker,) = names(native, "worker")
    for check in (True, False):
        failed = node(native, check, node=worker, state="absent")
        assert f"node is '{worker}', a worker of k8s1" in failed["msg"] and "removes only nfs nodes" in failed["msg"]
    assert native.writes == []
    assert "cpus is set, but CSE 3" in node(native, nfs_nodes=1, cpus=4)["msg"]


def test_the_control_plane_stays(cse: Any) -> None:
    cse.cluster()
    (plane,) = names(cse, "control_plane")
    failed = node(cse, node=plane, state="absent")
    assert "which is a control plane: it stays as long as its cluster" in failed["msg"] and cse.writes == []


def test_what_cannot_be_is_refused_by_the_name_of_the_option(named: Any) -> None:
    named.cluster(nfs=1)
    assert "nfs_nodes is 0, but cluster k8s1 has 1" in node(named, nfs_nodes=0)["msg"]
    assert "the new ones need a network" in node(named, nfs_nodes=2)["msg"]
    assert "state is absent but all of the following are missing: node" in node(named, state="absent")["msg"]
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRETSECRET\n-----END OPENSSH PRIVATE KEY-----"
    failed = node(named, nfs_nodes=2, network=NETWORK, ssh_key=key)
    assert failed["failed"] and "SECRETSECRET" not in repr(failed)
    failed = node(named, nfs_nodes=1, cluster="k8s2")
    assert "did you mean 'k8s1'?" in failed["msg"] and named.writes == []


def test_the_servers_words_about_a_task_that_fails(named: Any) -> None:
    named.cluster()
    named.control.change("cse-fail", HERE, step="nfs", message="no capacity")
    failed = node(named, nfs_nodes=1, network=NETWORK)
    assert "adding 1 NFS node(s) to cluster k8s1" in failed["msg"] and "no capacity" in failed["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nfs_nodes": 1}, "nfs_nodes is 1: CSE 4.2 has no NFS nodes"),
        ({"node": "pool-1-abc-x2f7q", "state": "absent"}, "node is 'pool-1-abc-x2f7q': CSE 4.2 has no NFS nodes"),
    ],
)
def test_4_has_none(polled: Any, options: dict[str, Any], words: str) -> None:
    assert words in node(polled, **options)["msg"]
    assert "tells no single nodes" in polled.run(Nodes, **polled.tenant, cluster="k8s1")["msg"]
