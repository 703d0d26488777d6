"""The module in this process against the simulated vRealize Operations."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vrops_credential_info import Credentials
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "9.1")


def test_all_are_read_with_one_request_and_without_secrets(vrops: Any) -> None:
    told = vrops.run(Credentials)
    assert [one["name"] for one in told["vrops_credential"]] == ["vdev-a03-vc01.vdev.local reader"]
    assert told["vrops_credential"][0]["fields"] == {"USER": "vrops@vsphere.local"}
    assert told["details"][0]["id"] in vrops.state.credentials
    assert vrops.requests == ["GET credentials"]


def test_a_kind_without_credentials_is_an_empty_list(vrops: Any) -> None:
    assert vrops.run(Credentials, adapter_kind="DockerAdapter")["vrops_credential"] == []


def test_who_may_not_come_in_is_told_where_he_was_looked_for(vrops: Any) -> None:
    refused = vrops.run(Credentials, vrops_password="wrong-password", vrops_auth_source="corp")
    assert refused["failed"] and "the source 'corp'" in refused["msg"] and "wrong-password" not in str(refused)


def test_a_token_is_enough_and_stays_open(vrops: Any) -> None:
    service = vrops.simulator.simulator.vrops[operations.HERE]
    assert vrops.run(Credentials, vrops_user=None, vrops_password=None)["failed"]
    service.tokens._last_used["given"] = service.world.now_ms()
    told = vrops.run(Credentials, vrops_user=None, vrops_password=None, vrops_token="given")
    assert told["vrops_credential"] and "given" in service.tokens._last_used
