"""The module in this process against the simulated vRealize Operations: kinds, fields, secrets, and who uses one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vrops_credential import Credential
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "8.18", "9.1")
SECRET = "a-secret-of-docker"
GIVEN = {
    "name": "Docker hosts", "adapter_kind": "DockerAdapter", "credential_kind": "DOCKER_USER",
    "fields": {"USER": "monitor"}, "secrets": {"PASSWORD": SECRET},
}  # fmt: skip


def only(vrops: Any) -> Any:
    """The credential of the simulator beside the vCenter's."""
    (found,) = [one for one in vrops.state.credentials.values() if one.kind.key == "DockerAdapter"]
    return found


def test_one_is_made_with_its_secret_which_nothing_shows(vrops: Any) -> None:
    made = vrops.run(Credential, **GIVEN)
    assert made["changed"] and SECRET not in str(made)
    assert only(vrops).values == {"USER": "monitor", "PASSWORD": SECRET}
    assert made["vrops_credential"] == {
        key: GIVEN[key] for key in ("name", "adapter_kind", "credential_kind", "fields")
    }


def test_a_secret_is_not_compared_and_written_on_demand(vrops: Any) -> None:
    vrops.run(Credential, **GIVEN)
    other = {**GIVEN, "secrets": {"PASSWORD": "another-secret"}}
    assert vrops.run(Credential, **other)["changed"] is False
    assert only(vrops).values["PASSWORD"] == SECRET
    written = vrops.run(Credential, **other, update_secrets="always")
    assert written["changed"] and written["vrops_credential"]["secrets_updated"] and "another" not in str(written)
    assert only(vrops).values == {"USER": "monitor", "PASSWORD": "another-secret"}


def test_a_change_without_the_secret_keeps_it_where_the_release_can(vrops: Any) -> None:
    vrops.run(Credential, **GIVEN)
    changed = {**GIVEN, "fields": {"USER": "auditor"}, "secrets": None}
    if vrops.release == "6.7":
        refused = vrops.run(Credential, **changed)
        assert refused["failed"] and "secrets.PASSWORD" in refused["msg"]
        assert only(vrops).values["USER"] == "monitor"
    else:
        assert vrops.run(Credential, **changed)["changed"]
        assert only(vrops).values == {"USER": "auditor", "PASSWORD": SECRET}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secrets": None}, "there is no such credential, and a new one needs secrets.PASSWORD"),
        ({"fields": {"USER": "monitor", "PASWORD": "x"}}, "did you mean 'PASSWORD'"),
        ({"credential_kind": "DOCKER_USERS"}, "did you mean 'DOCKER_USER'"),
        ({"adapter_kind": "Docker"}, "It has DockerAdapter, VMWARE"),
        ({"fields": {"USER": ["monitor"]}}, "give a text"),
        ({"fields": {"USER": "monitor", "PASSWORD": SECRET}}, "give it once"),
        ({"name": " "}, "name is ' '"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(vrops: Any, wrong: Any, said: str) -> None:
    refused = vrops.run(Credential, **{**GIVEN, **wrong})
    assert refused["failed"] and said in refused["msg"] and SECRET not in refused["msg"]
    assert vrops.writes == []


def test_in_check_mode_an_earlier_task_may_have_made_it(vrops: Any, warnings: list[str]) -> None:
    assert vrops.run(Credential, True, **{**GIVEN, "fields": None})["changed"]
    assert "needs fields.USER" in warnings[-1] and vrops.writes == []


def test_one_in_use_is_not_removed_and_one_that_is_not_there_is_gone(vrops: Any) -> None:
    refused = vrops.run(Credential, name="vdev-a03-vc01.vdev.local reader", adapter_kind="VMWARE", state="absent")
    assert refused["failed"] and "vdev-a03-vc01:" in refused["msg"] and vrops.writes == []
    assert vrops.run(Credential, name="none", adapter_kind="VMWARE", state="absent")["changed"] is False


def test_the_kind_cannot_be_changed(vrops: Any) -> None:
    vrops.run(Credential, **GIVEN)
    other = {**GIVEN, "credential_kind": "DOCKER_CLIENT_CERTIFICATE", "fields": {"CERTIFICATE": "c"},
             "secrets": {"KEY": SECRET}}  # fmt: skip
    refused = vrops.run(Credential, **other)
    assert refused["failed"] and "credential_kind" in refused["msg"]


def test_a_lost_answer_is_looked_up(vrops: Any) -> None:
    vrops.control.add_fault("drop_reply", method="POST", path="suite-api/api/credentials*", times=1)
    assert vrops.run(Credential, **GIVEN)["changed"]
    assert only(vrops).name == "Docker hosts"
