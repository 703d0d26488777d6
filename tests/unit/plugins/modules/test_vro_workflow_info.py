"""The module in this process against the simulated orchestrator: which workflows there are, where, what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts
from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow import Workflow
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_info import Workflows
from tests.unit.plugins.module_utils._vro.making import GREETING, workflow
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
PLACE = "Tenants/Greetings"


@pytest.fixture(autouse=True)
def greeting(vro: Any, tmp_path: Path) -> None:
    path = tmp_path / "greet.workflow"
    path.write_bytes(artifacts.pack(workflow()))
    vro.run(CategoryOfType, type="workflow", path=PLACE)
    vro.run(Workflow, path=str(path), category=PLACE)
    vro.control.clear_journal()


def test_all_workflows_are_told_with_their_categories(vro: Any) -> None:
    found = vro.run(Workflows)
    assert found["changed"] is False and vro.writes == []
    assert len(found["vro_workflow"]) == len(found["details"]) == len(vro.server.store.workflows)
    assert {"id": GREETING, "category": PLACE} in found["vro_workflow"]
    assert found == vro.run(Workflows, True)


def test_workflows_are_chosen_by_name_category_and_id(vro: Any) -> None:
    one = [{"id": GREETING, "category": PLACE}]
    both = {"name": "Greet", "category": PLACE}
    for chosen in ({"name": "Greet"}, {"category": "/Tenants/"}, both, {"id": GREETING}):
        found = vro.run(Workflows, **chosen)
        assert (found["vro_workflow"], found["details"][0]["name"]) == (one, "Greet"), chosen
    for chosen in ({"name": "greet"}, {"category": "Tenant"}, {"id": "nothing"}):
        assert vro.run(Workflows, **chosen)["vro_workflow"] == [], chosen
    assert vro.run(Workflows, id=GREETING, name="Greet")["failed"]
    assert "name is ''" in vro.run(Workflows, name="")["msg"]


def test_inputs_outputs_and_rules_are_told_where_they_are_asked_for(vro: Any) -> None:
    found = vro.run(Workflows, id=GREETING, with_parameters=True, with_permissions=True)
    assert found["vro_workflow"] == [{"id": GREETING, "category": PLACE, "permissions": []}]
    assert found["details"][0]["version"] == "1.0.0"
    assert [(each["name"], each["type"]) for each in found["details"][0]["inputs"]] == [("who", "string")]
    assert [(each["name"], each["type"]) for each in found["details"][0]["outputs"]] == [("said", "string")]
