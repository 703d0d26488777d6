"""The module in this process against the simulated vCD: names and owners of tokens, never their values."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_token import ApiToken
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_token_info import ApiTokens
from tests.unit.plugins.modules import vcds

vcd = vcds.fixture("10.3.1", "10.6")


def test_tokens_are_listed_by_owner_without_their_values_and_can_be_fed_back(vcd: Any) -> None:
    values = [vcd.run(ApiToken, name=name)["api_token"] for name in ("weekly", "nightly")]
    values.append(vcd.run(ApiToken, name="nightly", vcd_user="admin@Tyrell")["api_token"])
    told = vcd.run(ApiTokens)
    assert told["vcd_api_token"] == [
        {"name": "nightly", "owner": "administrator", "org": "System"},
        {"name": "weekly", "owner": "administrator", "org": "System"},
        {"name": "nightly", "owner": "admin", "org": "Tyrell"},
    ]
    assert all(entry["id"].startswith("urn:vcloud:token:") for entry in told["details"])
    assert not [value for value in values if value in str(told)]
    for entry in told["vcd_api_token"]:
        assert vcd.run(ApiToken, **entry)["changed"] is False


def test_filters_are_sent_to_the_server_and_case_counts(vcd: Any) -> None:
    vcd.run(ApiToken, name="nightly")
    vcd.control.clear_journal()
    assert len(vcd.run(ApiTokens, name="nightly", owner="administrator", org="System")["vcd_api_token"]) == 1
    assert "owner.name%3D%3Dadministrator" in vcd.requests[0]
    assert vcd.run(ApiTokens, name="Nightly")["vcd_api_token"] == []
    assert len(vcd.requests) == 2


def test_all_pages_are_read(vcd: Any) -> None:
    service = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"]
    vcd.run(ApiToken, name="token-000")
    (first,) = service.tokens._tokens.values()
    for number in range(1, 300):
        one = type(first)(**{**vars(first), "client_id": f"{number:08d}-0000-4000-8000-000000000000",
                             "name": f"token-{number:03d}"})  # fmt: skip
        service.tokens._tokens[one.client_id] = one
    names = [entry["name"] for entry in vcd.run(ApiTokens)["vcd_api_token"]]
    assert names == [f"token-{number:03d}" for number in range(300)]
