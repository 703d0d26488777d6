"""Reading nodes, beside what test_cse_node.py reads with the writing sibling: who and where they are."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.cse_node_info import Nodes
from tests.unit.plugins.modules import cses

cse = cses.fixture("1.2", "2.6", "3.0", "3.1")


def test_nodes_have_names_roles_and_addresses(cse: Any) -> None:
    cse.cluster(workers=2, nfs=1)
    told = cse.run(Nodes, **cse.tenant, cluster="k8s1")["cse_node"]
    assert [one["role"] for one in told] == ["control_plane", "worker", "worker", "nfs"]
    addresses = {vm.name: vm.nics[0].ip for vm in cse.site.workloads.find_vapp("k8s1").vms.values()}
    assert {one["name"]: one["address"] for one in told} == addresses
    assert cse.run(Nodes, **cse.tenant, cluster="k8s2")["cse_node"] == []
