"""The module in this process against the simulated vRealize Operations."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vrops_adapter_instance import AdapterInstance
from ansible_collections.vcpp.vcloud.plugins.modules.vrops_adapter_instance_info import AdapterInstances
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "9.1")
PLAIN = {"adapter_kind": "DockerAdapter", "wait_interval": 0}


def test_a_hundred_are_as_many_lists_as_one(vrops: Any) -> None:
    for number in range(3):
        identifiers = {"DOCKER_HOST": f"docker{number}", "DOCKER_PORT": 2375}
        vrops.run(AdapterInstance, **PLAIN, name=f"docker{number}", identifiers=identifiers)
    vrops.control.clear_journal()
    told = vrops.run(AdapterInstances, adapter_kind="DockerAdapter")
    assert [one["name"] for one in told["vrops_adapter_instance"]] == ["docker0", "docker1", "docker2"]
    assert all(one["running"] and one["collector"] for one in told["vrops_adapter_instance"])
    assert sorted(vrops.requests) == ["GET adapters", "GET collectors", "GET resources"]


def test_what_the_server_says_of_one_in_trouble_is_told(vrops: Any) -> None:
    vrops.state.unreachable.add("vdev-a03-vc01.vdev.local")
    (details,) = vrops.run(AdapterInstances)["details"]
    assert (details["status"], details["state"]) == ("ERROR", "STARTED") and "vdev-a03-vc01" in details["message"]
    assert details["unique_identifiers"] == ["VCURL"]


def test_a_kind_without_instances_is_an_empty_list(vrops: Any) -> None:
    assert vrops.run(AdapterInstances, adapter_kind="DockerAdapter")["vrops_adapter_instance"] == []
