"""The module in this process against the simulated vRealize Operations: many instances, some of which fail."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vrops_adapter_instances import AdapterInstances
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "9.1")
newer = operations.fixture("8.18")
KIND = {"adapter_kind": "DockerAdapter", "wait_interval": 0}


def hosts(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many instances."""
    return [{"name": f"docker{number:02d}", "identifiers": {"DOCKER_HOST": f"docker{number:02d}", "DOCKER_PORT": 2375},
             **more} for number in range(count)]  # fmt: skip


def test_forty_that_are_as_they_should_be_are_three_requests(vrops: Any) -> None:
    made = vrops.run(AdapterInstances, **KIND, instances=hosts(40), collector="1")
    assert len(made["outcomes"]) == 40 and all(one["changed"] for one in made["outcomes"])
    assert sum(one.state == "STARTED" for one in vrops.state.instances.values()) == 41
    vrops.control.clear_journal()
    again = vrops.run(AdapterInstances, **KIND, instances=hosts(40), collector="1")
    assert again["changed"] is False
    assert vrops.requests == ["GET adapters", "GET resources", "GET collectors"]


def test_one_that_does_not_answer_keeps_no_other_from_being_made(newer: Any) -> None:
    newer.state.unreachable.add("docker01")
    told = newer.run(AdapterInstances, **KIND, instances=hosts(3))
    assert told["failed"] and "docker01: POST" in told["msg"]
    assert [("error" in one) for one in told["outcomes"]] == [False, True, False]
    assert sorted(one.name for one in newer.state.instances.values()) == ["docker00", "docker02", "vdev-a03-vc01"]
    newer.state.unreachable.clear()
    assert newer.run(AdapterInstances, **KIND, instances=hosts(3))["changed"]


def test_others_of_the_kind_are_removed_only_when_asked_for(vrops: Any) -> None:
    vrops.run(AdapterInstances, **KIND, instances=hosts(3))
    assert vrops.run(AdapterInstances, **KIND, instances=hosts(2))["changed"] is False
    pruned = vrops.run(AdapterInstances, **KIND, instances=hosts(2), prune=True)
    assert [one["name"] for one in pruned["outcomes"]] == ["docker02"]
    assert sorted(one.name for one in vrops.state.instances.values()) == ["docker00", "docker01", "vdev-a03-vc01"]


def test_a_lost_answer_makes_no_second_one(vrops: Any) -> None:
    vrops.control.add_fault("drop_reply", method="POST", path="suite-api/api/adapters?*", times=1)
    assert vrops.run(AdapterInstances, **KIND, instances=hosts(2))["changed"]
    assert all(one.state == "STARTED" for one in vrops.state.instances.values())


def test_a_certificate_that_nobody_accepts_is_told_for_its_instance_alone(newer: Any) -> None:
    mixed = hosts(2)
    mixed[0]["identifiers"] = {**mixed[0]["identifiers"], "USE_TLS": True}
    told = newer.run(AdapterInstances, **KIND, instances=mixed)
    assert told["failed"] and "docker00: its target shows a certificate" in told["outcomes"][0]["error"]
    mixed[0]["accept_thumbprints"] = [newer.state.thumbprint("docker00")]
    assert newer.run(AdapterInstances, **KIND, instances=mixed)["changed"]


def test_what_one_chooses_goes_before_what_the_task_says(vrops: Any) -> None:
    group = "Default collector group"
    mixed = [*hosts(1), {**hosts(2)[1], "collector": "2", "monitoring_interval": 3}]
    vrops.run(AdapterInstances, **KIND, instances=mixed, collector_group=group, monitoring_interval=9)
    found = {one.name: (one.collector, one.group is not None, one.minutes) for one in vrops.state.instances.values()}
    assert found["docker00"] == (None, True, 9) and found["docker01"] == (2, False, 3)
