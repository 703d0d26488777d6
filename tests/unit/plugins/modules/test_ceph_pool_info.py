"""Pools of a recorded cluster are told in the options of ceph_pool."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.ceph_pool import Pool
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_pool_info import Pools
from tests.unit.plugins.modules.cephs import Ceph, ceph

__all__ = ["ceph"]


def test_pools_are_told_by_name_and_can_be_given_back(ceph: Ceph) -> None:
    told = ceph.run(Pools)
    assert [pool["name"] for pool in told["ceph_pool"]] == ["archive", "kube"]
    assert told["ceph_pool"][0]["quota_size"] == "5GiB" and told["ceph_pool"][0]["bulk"] is True
    for pool in told["ceph_pool"]:
        assert ceph.run(Pool, **pool)["changed"] is False


def test_one_that_takes_no_more_writes_is_told(ceph: Ceph) -> None:
    ceph.pool("kube")["flags_names"] += ",full,full_quota"
    told = ceph.run(Pools, name="kube")
    assert [row["full"] for row in told["details"]] == [True]
    assert ceph.run(Pools, name="none")["ceph_pool"] == []
