"""The module in this process against the simulated vRealize Operations: its lifecycle, and what may come in its way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vrops_adapter_instance import AdapterInstance
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "8.18", "9.1")
newer = operations.fixture("8.18", "9.1")
older = operations.fixture("6.7")
PLAIN = {"DOCKER_HOST": "docker01.vdev.local", "DOCKER_PORT": 2375}
TLS = {**PLAIN, "DOCKER_PORT": 2376, "USE_TLS": True}
KIND = {"name": "docker01", "adapter_kind": "DockerAdapter", "wait_interval": 0}


def only(vrops: Any) -> Any:
    """The instance of the simulator beside the vCenter's."""
    (found,) = [one for one in vrops.state.instances.values() if one.kind.key == "DockerAdapter"]
    return found


def test_one_is_tested_made_and_started_in_this_order(newer: Any) -> None:
    assert newer.run(AdapterInstance, **KIND, identifiers=PLAIN)["changed"]
    asked = newer.requests
    key = only(newer).id
    order = ["POST adapters/testConnection", "POST adapters", f"PUT adapters/{key}/monitoringstate/start"]
    assert [each for each in asked if not each.startswith("GET ")] == order
    assert (only(newer).state, only(newer).identifiers["DOCKER_PORT"]) == ("STARTED", "2375")


def test_a_certificate_that_nobody_accepts_stops_it_before_it_is_made(newer: Any) -> None:
    thumbprint = newer.state.thumbprint("docker01.vdev.local")
    refused = newer.run(AdapterInstance, **KIND, identifiers=TLS)
    assert refused["failed"] and newer.writes == []
    shown = refused["msg"].split("the thumbprint ")[1].split(".")[0]
    assert shown.replace(":", "").lower() == thumbprint
    assert newer.run(AdapterInstance, **KIND, identifiers=TLS, accept_thumbprints=[shown])["changed"]
    assert only(newer).accepted == {thumbprint} and newer.state.problem(only(newer)) == ""


def test_a_release_that_cannot_test_leaves_nothing_behind_that_nobody_accepts(older: Any, warnings: list[str]) -> None:
    refused = older.run(AdapterInstance, **KIND, identifiers=TLS)
    assert refused["failed"] and "It was removed again" in refused["msg"]
    assert "not tested" in warnings[0]
    older.control.status()  # what is due is done before the next request
    assert all(one.kind.key != "DockerAdapter" for one in older.state.instances.values())


def test_a_target_that_does_not_answer_stops_it_unless_asked_otherwise(newer: Any, warnings: list[str]) -> None:
    newer.state.unreachable.add("docker01.vdev.local")
    for check in (True, False):
        refused = newer.run(AdapterInstance, check, **KIND, identifiers=PLAIN)
        assert refused["failed"] and "test_connection: false" in refused["msg"] and newer.writes == []
    assert newer.run(AdapterInstance, **KIND, identifiers=PLAIN, test_connection=False)["changed"]
    assert only(newer).state == "STARTED" and "collects nothing" in warnings[0]


def test_a_new_certificate_of_the_target_is_accepted_later(newer: Any) -> None:
    given = {**KIND, "identifiers": TLS, "accept_any_certificate": True}
    newer.run(AdapterInstance, **given)
    newer.state.renewed["docker01.vdev.local"] = 1
    assert newer.state.problem(only(newer))
    # A task that accepts none leaves it alone, one that accepts another one says so.
    assert newer.run(AdapterInstance, **KIND)["changed"] is False
    assert newer.run(AdapterInstance, **KIND, accept_thumbprints=["A1" * 20])["failed"]
    changed = newer.run(AdapterInstance, **given)
    assert list(changed["diff"][0]["after"]) == ["accepted_certificates"]
    assert newer.state.problem(only(newer)) == ""
    assert newer.run(AdapterInstance, **given)["changed"] is False


def test_unique_identifiers_stay_or_it_is_made_anew(vrops: Any) -> None:
    vrops.run(AdapterInstance, **KIND, identifiers=PLAIN, description="kept", monitoring_interval=7)
    first = only(vrops).id
    moved = {**PLAIN, "DOCKER_PORT": 4243}
    refused = vrops.run(AdapterInstance, **KIND, identifiers=moved)
    assert refused["failed"] and "recreate" in refused["msg"] and only(vrops).id == first
    changed = vrops.run(AdapterInstance, **KIND, identifiers=moved, recreate=True)
    assert changed["changed"] and list(changed["diff"][0]["after"]) == ["identifiers"]
    assert only(vrops).id != first and only(vrops).identifiers["DOCKER_PORT"] == "4243"
    assert (only(vrops).description, only(vrops).minutes, only(vrops).state) == ("kept", 7, "STARTED")
    assert vrops.run(AdapterInstance, **KIND, identifiers=moved, recreate=True)["changed"] is False


def test_it_is_found_by_its_identifiers_and_renamed(vrops: Any) -> None:
    vrops.run(AdapterInstance, **KIND, identifiers=PLAIN)
    changed = vrops.run(AdapterInstance, **{**KIND, "name": "docker-a"}, identifiers=PLAIN)
    assert changed["diff"][0]["before"] == {"name": "docker01"} and only(vrops).name == "docker-a"
    vrops.run(AdapterInstance, **KIND, identifiers={**PLAIN, "DOCKER_PORT": 1})
    refused = vrops.run(AdapterInstance, **{**KIND, "name": "docker01"}, identifiers=PLAIN)
    assert refused["failed"] and "which of them is meant" in refused["msg"]


def test_a_collector_by_its_name_and_a_credential_that_is_to_come(vrops: Any, warnings: list[str]) -> None:
    name = "vRealize Operations Manager Collector-collector-remote-2"
    assert vrops.run(AdapterInstance, **KIND, identifiers=PLAIN, collector=name)["vrops_adapter_instance"][
        "collector"] == name  # fmt: skip
    assert only(vrops).collector == 2
    assert vrops.run(AdapterInstance, **KIND, collector="2")["changed"] is False
    refused = vrops.run(AdapterInstance, **KIND, collector="collector-3")
    assert refused["failed"] and "(1)" in refused["msg"]
    assert vrops.run(AdapterInstance, **KIND, credential="Docker")["failed"]
    predicted = vrops.run(AdapterInstance, True, **KIND, credential="Docker")
    assert predicted["changed"] and "no credential of this name" in warnings[-1]


def test_in_check_mode_an_earlier_task_may_have_made_it(vrops: Any, warnings: list[str]) -> None:
    assert vrops.run(AdapterInstance, True, **KIND, running=False)["changed"]
    assert "a new one needs identifiers.DOCKER_HOST" in warnings[0] and vrops.writes == []


def test_maintenance_begins_and_ends(vrops: Any) -> None:
    vrops.run(AdapterInstance, **KIND, identifiers=PLAIN)
    assert vrops.run(AdapterInstance, **KIND, maintenance=True, maintenance_minutes=90)["changed"]
    assert only(vrops).maintained_until is not None
    assert vrops.run(AdapterInstance, **KIND, maintenance=True, running=True)["changed"] is False
    assert vrops.run(AdapterInstance, **KIND, maintenance=False)["changed"]
    assert not only(vrops).maintained and only(vrops).state == "STARTED"


def test_removing_waits_until_it_is_gone_and_keeps_or_takes_what_it_found(vrops: Any) -> None:
    for keep in (True, False):
        vrops.control.task_seconds(0)
        vrops.run(AdapterInstance, **KIND, identifiers=PLAIN)
        vrops.control.task_seconds(0.2)
        assert vrops.run(AdapterInstance, **KIND, state="absent", delete_resources=not keep)["changed"]
        assert all(one.kind.key != "DockerAdapter" for one in vrops.state.instances.values())
        assert bool(vrops.state.left) is keep
        vrops.state.left.clear()


def test_an_expired_token_is_acquired_again(vrops: Any) -> None:
    vrops.control.add_fault("expire_tokens", path="suite-api/api/adapters", method="POST", times=1)
    assert vrops.run(AdapterInstance, **KIND, identifiers=PLAIN)["changed"]


def test_a_lost_answer_makes_no_second_one(vrops: Any) -> None:
    vrops.control.add_fault("drop_reply", method="POST", path="suite-api/api/adapters?*", times=1)
    assert vrops.run(AdapterInstance, **KIND, identifiers=PLAIN)["changed"]
    assert only(vrops).state == "STARTED"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"identifiers": {"DOCKER_HOST": "docker01"}},
            "there is no such instance, and a new one needs identifiers.DOCKER_PORT",
        ),
        ({"identifiers": {**PLAIN, "USE_TLS": "perhaps"}}, "give true or false"),
        ({"identifiers": {**PLAIN, "DOCKER_PORT": [1]}}, "give a text"),
        ({"accept_thumbprints": ["A1:B2"]}, "accept_thumbprints"),
        ({"maintenance_minutes": 5}, "maintenance: true"),
        ({"adapter_kind": "VMWAER"}, "did you mean 'VMWARE'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(newer: Any, wrong: Any, said: str) -> None:
    refused = newer.run(AdapterInstance, **{**KIND, "identifiers": PLAIN, **wrong})
    assert refused["failed"] and said in refused["msg"]
    assert newer.writes == []
