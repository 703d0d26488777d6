"""Reading clusters of every release: what stands there, narrowed by name and VDC, and nothing else."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.cse_cluster_info import Clusters
from tests.unit.plugins.modules import cses

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1", "4.2")


def read(cse: cses.Cse, **options: Any) -> Any:
    return cse.run(Clusters, **{**cse.tenant, **options})


def test_nothing_is_an_empty_list(cse: cses.Cse) -> None:
    found = read(cse)
    assert (found["cse_cluster"], found["nodes"], found["details"]) == ([], [], [])


def test_clusters_are_told_with_their_nodes(cse: cses.Cse) -> None:
    cse.cluster("k8s1", workers=2)
    cse.cluster("k8s2")
    cse.control.clear_journal()
    found = read(cse)
    assert [row["name"] for row in found["cse_cluster"]] == ["k8s1", "k8s2"]
    assert [row["workers"] for row in found["cse_cluster"]] == [2, 1]
    assert {row["vdc"] for row in found["cse_cluster"]} == {cses.VDC}
    workers = [node for node in found["nodes"] if node["role"] == "worker" and node["cluster"] == "k8s1"]
    assert len(workers) == 2 and all(node["address"] for node in workers)
    assert all(each["id"] and each["endpoint"] for each in found["details"])
    assert cse.writes == []
    assert read(cse, name="k8s2")["cse_cluster"] == found["cse_cluster"][1:]
    assert read(cse, vdc="another")["cse_cluster"] == []


def test_an_empty_name_is_refused(cse: cses.Cse) -> None:
    assert "name is ''" in read(cse, name="")["msg"]
