"""The module in this process against the simulated orchestrator: what waits, with its fields."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_interaction_info import InteractionInfo
from tests.unit.plugins.modules import vros
from tests.unit.plugins.modules.test_vro_interaction import waiting

vro = vros.fixture("7.3", "9.1")


def read(vro: Any, **options: Any) -> Any:
    result = vro.run(InteractionInfo, **options)
    assert not result.get("failed"), result["msg"]
    assert not result["changed"] and vro.writes == []
    return result["vro_interaction"]


def test_what_waits_is_listed_with_its_fields(vro: Any) -> None:
    assert read(vro) == []
    first, second = waiting(vro, approved="boolean"), waiting(vro, count="number", names="Array/string")
    found = read(vro)
    assert [each["execution_id"] for each in found] == [first["execution_id"], second["execution_id"]]
    assert [[(field["name"], field["type"]) for field in each["fields"]] for each in found] == [
        [("approved", "boolean")], [("count", "number"), ("names", "Array/string")],
    ]  # fmt: skip
    assert all(each["state"] == "waiting" and each["id"] and each["name"] for each in found)
    assert read(vro, execution_id=second["execution_id"]) == found[1:]
    assert read(vro, workflow_id=first["workflow_id"]) == found[:1]
    assert read(vro, execution_id="nobody") == []
