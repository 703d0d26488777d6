"""The module in this process against the simulator: what can be recovered from, the oldest first."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_instance_info import Instances
from tests.unit.plugins.modules.replicating import DB, WEB, Tenant


@pytest.fixture
def tenant(estate: Any) -> Tenant:
    found = Tenant(estate)
    found.started()
    return found


def test_the_instances_of_each_vm_are_told_the_oldest_first(tenant: Tenant) -> None:
    rows = tenant.estate.run(Instances, org="Tyrell")["vcav_instance"]
    assert [row["vm"] for row in rows] == [f"{DB}-01", f"{WEB}-01", f"{WEB}-02"]
    for row in rows:
        times = [one["timestamp"] for one in row["instances"]]
        assert times and times == sorted(times)
        assert all(one["key"] and one["transfer_bytes"] >= 0 for one in row["instances"])
        assert row["instances"][0]["pinned"] is False


def test_only_the_vms_that_are_asked_for_are_read(tenant: Tenant) -> None:
    tenant.control.clear_journal()
    rows = tenant.estate.run(Instances, vms=[f"{WEB}-02"])["vcav_instance"]
    assert [row["vm"] for row in rows] == [f"{WEB}-02"]
    assert tenant.control.count(path="vm-replications/*") == 1
    assert tenant.estate.run(Instances, vms=["nobody"])["vcav_instance"] == []
