"""Workflows to run for the tests of runs: made of a script, and put into the simulated orchestrator by its own API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils import _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts, categories, workflow_files
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from tests.unit.plugins.modules.vros import Vro

EVERY_TYPE = {
    "text": "string", "count": "number", "on": "boolean", "at": "Date", "secret": "SecureString",
    "names": "Array/string", "pairs": "Properties", "point": "CompositeType(x:number,label:string):Point",
    "rows": "Array/Properties", "host": "REST:RESTHost",
}  # fmt: skip
ECHO = "; ".join(f"{name}Out = {name}" for name in EVERY_TYPE)


def connection(vro: Vro) -> dict[str, Any]:
    """All connection options of a client."""
    return {option.name: option.default for option in _options.PRODUCTS["vro"]} | vro.options


def add(
    vro: Vro,
    name: str,
    script: str = "",
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    category: str = "Kiwi Cloud",
) -> str:
    """The id of a workflow of one scriptable task, which is there now."""
    built = workflow_files.script_workflow(
        name, script,
        inputs=[{"name": key, "type": kind} for key, kind in (inputs or {}).items()],
        outputs=[{"name": key, "type": kind} for key, kind in (outputs or {}).items()],
    )  # fmt: skip
    with connect(connection(vro)) as api:
        place = categories.ensure(api, categories.WORKFLOW, category)
        api.send("POST", "workflows", query={"categoryId": place}, file=("w.workflow", artifacts.pack(built)))
    vro.control.clear_journal()
    return built.id


def plan(vro: Vro, workflow_id: str, **what: Any) -> None:
    """What runs of it shall come to, whatever its script says: seconds, logs, outputs, exception, questions."""
    from tests.simulator.vro.runs import Plan

    vro.server.runs.plans[workflow_id] = Plan(**what)


def question(name: str, kind: str) -> Any:
    """A field that a planned run asks for."""
    from tests.simulator.vro.store import Parameter

    return Parameter(name, kind)


def polls(vro: Vro) -> int:
    """How often an execution was looked at."""
    return sum("/executions/" in each and each.startswith("GET") and "logs" not in each for each in vro.requests)


def executions(vro: Vro) -> dict[str, Any]:
    """What the server has run, by id."""
    found: dict[str, Any] = vro.server.runs.executions
    return found
