"""Every message in the table of the guide about runs is one that a reader can meet: each is provoked here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_run import WorkflowRun
from tests.unit.plugins.modules import vro_runs, vros

vro = vros.fixture("8.18")
GUIDE = Path(__file__).parents[4] / "docs" / "docsite" / "rst" / "run_a_workflow.rst"
FOLDER = {"type": "workflow", "path": "Kiwi Cloud/South"}
HOST = {"workflow": "Add a REST host", "parameters": {"name": "avamar", "url": "https://avamar.vdev.local"}}


def promised() -> list[list[str]]:
    """The messages of the table, each as the pieces between its ellipses."""
    table = GUIDE.read_text(encoding="utf-8").split("docsite.vro_messages:")[1]
    found = re.findall(r"^   \* - ``(.+?)``$", table, flags=re.MULTILINE)
    return [[piece.strip() for piece in each.split("…")] for each in found]


def met(vro: Any) -> list[str]:
    """What the modules say on a bad day."""
    auditor = vro.options["vro_user"].replace("admin@", "auditor@")
    for place in ("North", "South"):
        vro_runs.add(vro, "Greet", category=f"Kiwi Cloud/{place}")
    slow = vro_runs.add(vro, "Slow")
    vro_runs.plan(vro, slow, seconds=60)
    results = [
        vro.run(CategoryOfType, **FOLDER, vro_url=vro.simulator.vcd(vros.HERE)),
        vro.run(CategoryOfType, **FOLDER, vro_login="basic", vro_password="Wr0ng-Passw0rd"),
        vro.run(CategoryOfType, type="workflow", path="Kiwi Cloud/West", vro_user=auditor),
        vro.run(WorkflowRun, workflow="Add a REST hst"),
        vro.run(WorkflowRun, workflow="Greet"),
        vro.run(WorkflowRun, workflow="Add a REST host"),
        vro.run(WorkflowRun, workflow_id=slow, wait_timeout=0),
        vro.run(Action, module="com.kiwi", name="greet", script_file="files/greet.js"),
    ]
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="*executions*", times=1)
    return [str(each["msg"]) for each in [*results, vro.run(WorkflowRun, **HOST)]]


def test_every_message_of_the_table_is_met(vro: Any) -> None:
    messages = met(vro)
    for pieces in promised():
        pattern = ".*".join(map(re.escape, pieces))
        assert any(re.search(pattern, each, flags=re.DOTALL) for each in messages), (pieces, messages)
    assert len(promised()) == len(messages)
