"""How the tests make workflows and actions, run them, and wait for what comes of it, without a socket or a loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.simulator.scripting.sessions import pump
from tests.simulator.vro import workflow_model
from tests.simulator.vro.store import Action, Parameter, Workflow, new_id
from tests.simulator.vro.workflow_model import Attribute, Binding, Item
from tests.simulator.vro.workflow_model import Workflow as Model
from tests.simulator.wire import LateReply, Reply
from tests.unit.simulator.vro.asking import Vro


def parameters(*texts: str) -> list[Parameter]:
    """`name:type` each."""
    return [Parameter(*text.split(":", 1)) for text in texts]


def add_workflow(vro: Vro, model: Model) -> str:
    """Puts a workflow into the store as an import would; answers its id."""
    category = vro.store.ensure_category("WorkflowCategory", "Tests")
    inputs = [Parameter(one.name, one.type) for one in model.inputs]
    outputs = [Parameter(one.name, one.type) for one in model.outputs]
    made = Workflow(model.id, model.name, category.id, version="1.0.0", inputs=inputs, outputs=outputs)
    made.content = workflow_model.dump(model)
    vro.store.add(made)
    return made.id


def script_workflow(
    vro: Vro, script: str, inputs: Iterable[str] = (), outputs: Iterable[str] = (), name: str = "Scripted"
) -> str:
    """A workflow of one scriptable task, line 1 of the script being its line 1."""
    given = [workflow_model.Parameter(*text.split(":", 1)) for text in inputs]
    taken = [workflow_model.Parameter(*text.split(":", 1)) for text in outputs]
    return add_workflow(vro, workflow_model.simple(new_id(), name, script, given, taken))


def items_workflow(
    vro: Vro,
    items: Iterable[Item],
    inputs: Iterable[str] = (),
    outputs: Iterable[str] = (),
    attributes: Iterable[str] = (),
    **more: Any,
) -> str:
    """A workflow of these items; the first one is where it begins, and `item0` is its end."""
    listed = [*items, Item("item0", workflow_model.END)]
    return add_workflow(
        vro,
        Model(
            new_id(),
            more.pop("name", "Items"),
            root_name=listed[0].name,
            inputs=tuple(workflow_model.Parameter(*text.split(":", 1)) for text in inputs),
            outputs=tuple(workflow_model.Parameter(*text.split(":", 1)) for text in outputs),
            attributes=tuple(Attribute(*text.split(":", 1)) for text in attributes),
            items={one.name: one for one in listed},
            **more,
        ),
    )


def task(name: str, script: str, to: str = "item0", given: str = "", taken: str = "", **more: Any) -> Item:
    """A scriptable task; `given` and `taken` are names of variables, each bound under its own name."""
    return Item(
        name, workflow_model.TASK, more.pop("display_name", "Scriptable task"), out_name=to, script=script,
        in_bindings=bindings(given), out_bindings=bindings(taken), **more,
    )  # fmt: skip


def bindings(names: str) -> tuple[Binding, ...]:
    """`a b:number` binds a and b under their own names."""
    return tuple(
        Binding(one.partition(":")[0], one.partition(":")[2] or "Any", one.partition(":")[0]) for one in names.split()
    )


def add_action(
    vro: Vro, script: str, inputs: Iterable[str] = (), output: str = "Any", name: str = "act", **more: Any
) -> str:
    """An action of the module `com.example.test`; answers its id."""
    module = vro.store.ensure_category("ScriptModuleCategory", "com.example.test")
    made = Action(new_id(), name, module.id, script=script, output_type=output, inputs=parameters(*inputs), **more)
    vro.store.add(made)
    return made.id


def values(**given: Any) -> dict[str, Any]:
    """The body of a start: plain values by name, or values of the wire."""
    return {"parameters": [{"name": name, "type": "Any", "value": wire(one)} for name, one in given.items()]}


def wire(value: Any) -> Any:
    """A plain value as one of the wire; one that is one already stays."""
    if isinstance(value, dict) or value is None:
        return value
    if isinstance(value, bool):
        return {"boolean": {"value": value}}
    if isinstance(value, (int, float)):
        return {"number": {"value": value}}
    if isinstance(value, list):
        return {"array": {"elements": [wire(one) for one in value]}}
    return {"string": {"value": value}}


def wait(vro: Vro, done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Lets processes and the clock go on until something is so. Fails when that takes too long."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        vro.world.run_due()
        pump(0.005)


def start(vro: Vro, workflow_id: str, body: Any = None) -> str:
    """Starts a run; answers the id of its execution."""
    reply = vro.post(f"workflows/{workflow_id}/executions", body or {})
    assert reply.status == 202, (reply.status, reply.body)
    return str(reply.header("location")).rstrip("/").rpartition("/")[2]


def finished(vro: Vro, workflow_id: str, execution_id: str) -> dict[str, Any]:
    """Waits for its end; answers the execution."""
    execution = vro.server.runs.executions[execution_id]
    wait(vro, lambda: execution.is_over)
    found: dict[str, Any] = vro.get(f"workflows/{workflow_id}/executions/{execution_id}")
    return found


def run(vro: Vro, workflow_id: str, **given: Any) -> dict[str, Any]:
    """Starts a run and waits for its end; answers the execution."""
    return finished(vro, workflow_id, start(vro, workflow_id, values(**given)))


def run_script(vro: Vro, script: str, outputs: Iterable[str] = ("result:Any",), **given: Any) -> dict[str, Any]:
    """Runs a script with these inputs; answers the execution."""
    inputs = [f"{name}:Any" for name in given]
    return run(vro, script_workflow(vro, script, inputs, outputs), **given)


def outputs(execution: dict[str, Any]) -> dict[str, Any]:
    """The outputs of an execution: plain values where they are simple."""
    return {one["name"]: plain(one.get("value")) for one in execution["output-parameters"]}


def plain(value: Any) -> Any:
    """A value of the wire as plain Python; objects of plug-ins stay what they are."""
    if value is None:
        return None
    key, content = next(iter(value.items()))
    if key == "array":
        return [plain(one) for one in content["elements"]]
    if key in ("properties", "composite"):
        return {one.get("key", one.get("id")): plain(one.get("value")) for one in content["property"]}
    return content if key == "sdk-object" else content.get("value")


def log(vro: Vro, workflow_id: str, execution_id: str, query: str = "") -> list[tuple[str, str, str]]:
    """The script log, when all of it is on the disk: (origin, severity, text), without the engine's own lines."""
    vro.world.advance(5)
    found = vro.get(f"workflows/{workflow_id}/executions/{execution_id}/syslogs{query}")["logs"]
    lines = [(one["entry"]["origin"], one["entry"]["severity"], one["entry"]["short-description"]) for one in found]
    return [one for one in lines if not one[2].startswith("__item_stack:/") and "End of execution stack" not in one[2]]


def settled(vro: Vro, reply: Reply) -> Reply:
    """An answer, once it is there."""
    if isinstance(reply, LateReply):
        wait(vro, lambda: reply.ready)
    return reply
