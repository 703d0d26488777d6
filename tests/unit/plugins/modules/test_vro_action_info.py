"""The module in this process against the simulated orchestrator: which actions there are, and what is in them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action_info import Actions
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
KEY = {"module": "com.example.tenants", "name": "shortName"}


@pytest.fixture(autouse=True)
def action(vro: Any) -> Any:
    made = vro.run(Action, **KEY, script="return 1;", output_type="number", description="One")
    vro.control.clear_journal()
    return made["vro_action"]


def test_all_actions_are_told_in_one_read(vro: Any) -> None:
    found = vro.run(Actions)
    assert (found["changed"], vro.requests) == (False, ["GET /vco/api/actions"])
    assert len(found["vro_action"]) == len(found["details"]) == len(vro.server.store.actions)
    assert {**KEY, "version": "1.0.0", "description": "One"} in found["vro_action"]
    names = [(each["module"], each["name"]) for each in found["vro_action"]]
    assert names == sorted(names)


def test_actions_are_chosen_by_module_and_name(vro: Any) -> None:
    for chosen in (KEY, {"module": KEY["module"]}, {"name": KEY["name"]}):
        found = vro.run(Actions, **chosen)
        assert [each["name"] for each in found["vro_action"]] == ["shortName"], chosen
        assert found["details"][0]["id"] == vro.server.store.action_named(*KEY.values()).id
    assert vro.run(Actions, name="shortname")["vro_action"] == []
    assert "module is ''" in vro.run(Actions, module="")["msg"]


def test_content_and_rules_fed_back_change_nothing(vro: Any, action: Any) -> None:
    (told,) = vro.run(Actions, **KEY, with_content=True, with_permissions=True)["vro_action"]
    assert told == {**action, "permissions": []}
    if "runtime" not in told:
        assert vro.version < (8,)
    assert vro.run(Action, **told)["changed"] is False
