"""Clusters of CSE 4.x as the inventory sees them: which VMs are their nodes, and what part each has."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import client
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import cluster_entities as clusters
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_options as options
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_read as reader
from tests.unit.plugins.modules import cses

cse = cses.fixture("4.0", "4.2")
FIRST = clusters.Cluster("urn:1", "k8s1", "Tyrell", frozenset({"vdc1"}), ("k8s1-control-plane-node-pool", "pool-1"))


def machine(name: str, vapp: str = "v1", org: str = "Tyrell", vdc: str = "vdc1") -> dict[str, Any]:
    return {"id": f"{vapp}/{name}", "name": name, "vapp_id": vapp, "org": org, "vdc": vdc}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("k8s1-control-plane-node-pool-x4nb2", "control_plane"),
        ("other-control-plane-node-pool-x4nb2", None),
        ("pool-1-69d48ddbf9-x2f7q", "worker"),
        ("pool-1-x2f7q", "worker"),
        ("pool-1-69d48ddbf9", None),
        ("EPHEMERAL-TEMP-VM", None),
        ("my-pool-1-69d48ddbf9-x2f7q", None),
    ],
)
def test_the_part_of_a_node_is_in_its_name(name: str, role: str | None) -> None:
    assert FIRST.role_of(name) == role
    assert clusters.any_control_plane(["web", name]) is name.endswith("-control-plane-node-pool-x4nb2")


def test_the_vapp_with_the_control_plane_decides_whose_pool_it_is() -> None:
    second = clusters.Cluster("urn:2", "k8s2", "Tyrell", frozenset({"vdc1"}), FIRST.pools)
    rows = [
        machine("k8s1-control-plane-node-pool-x4nb2"), machine("pool-1-69d48ddbf9-x2f7q"), machine("jump"),
        machine("k8s2-control-plane-node-pool-y1y1y", "v2"), machine("pool-1-69d48ddbf9-aaaaa", "v2"),
        machine("pool-1-69d48ddbf9-bbbbb", "v3"),
    ]  # fmt: skip
    found = clusters.nodes([FIRST, second], rows)
    assert {key: (one.id, role) for key, (one, role) in found.items()} == {
        "v1/k8s1-control-plane-node-pool-x4nb2": ("urn:1", "control_plane"),
        "v1/pool-1-69d48ddbf9-x2f7q": ("urn:1", "worker"),
        "v2/k8s2-control-plane-node-pool-y1y1y": ("urn:2", "control_plane"),
        "v2/pool-1-69d48ddbf9-aaaaa": ("urn:2", "worker"),
    }


@pytest.mark.parametrize("place", [{"org": "Wallace"}, {"vdc": "vdc2"}])
def test_a_name_elsewhere_is_another_cluster(place: dict[str, str]) -> None:
    assert clusters.nodes([FIRST], [machine("k8s1-control-plane-node-pool-x4nb2", **place)]) == {}


def test_two_of_one_name_in_one_vdc_are_not_guessed_apart() -> None:
    twin = clusters.Cluster("urn:3", "k8s1", "Tyrell", frozenset({"vdc1"}), FIRST.pools)
    assert clusters.nodes([FIRST, twin], [machine("k8s1-control-plane-node-pool-x4nb2")]) == {}


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_no_such_type_is_no_clusters_and_everything_else_is_told(status: int) -> None:
    class Api:
        def has(self, feature: str) -> bool:
            return True

        def gather(self, path: str) -> Any:
            raise HttpError("status", "GET", "https://vcd", path, status=status, message="no", sent=True)

    if status == 500:
        with pytest.raises(HttpError):
            clusters.read(Api())  # type: ignore[arg-type]
    else:
        assert clusters.read(Api()) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["administrator@system", "admin@Tyrell"])
def test_the_inventory_tells_the_nodes_of_a_cluster(cse: Any, who: str) -> None:
    identity = cse.polled_cluster(workers=2)
    config = {"plugin": "vcpp.vcloud.vcloud", "address_from": [], "endpoints": [{**cse.options, "vcd_user": who}]}
    found = options.read(config, ["plugin", *options.names()])
    with client.connect(found.endpoints[0].params) as api:
        cse.control.clear_journal()
        rows = reader.machines_of(api, found.endpoints[0], found)
    nodes = [row for row in rows if row["cluster"]]
    assert {row["cluster_id"] for row in nodes} == {identity} and {row["cluster"] for row in nodes} == {"k8s1"}
    assert sorted(row["cluster_role"] for row in nodes) == ["control_plane", "worker", "worker"]
    assert len(rows) > 3 and all(row["cluster_role"] is None for row in rows if row not in nodes)
    assert sum("capvcdCluster" in each for each in cse.requests) == 1
