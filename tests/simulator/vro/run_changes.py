"""What runs of workflows shall come to, decided behind everybody's back; changes.py takes these among its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .runs import Plan
from .server import Server
from .store import Parameter, Workflow
from .values import BadValue, Wire, coerce, key_of

Given = Mapping[str, Any]
_FIELDS = ("seconds", "logs", "outputs", "exception", "questions", "wait")


def _workflow(server: Server, given: Given) -> Workflow:
    wanted = str(given["workflow"])
    found = [one for one in server.store.workflows.values() if wanted in (one.id, one.name)]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} of Workflow {wanted}.")
    return found[0]


def wire(declared: str, value: Any) -> Wire | None:
    """A plain value as the declared type has it on the wire; the id of an object."""
    if value is None:
        return None
    key = key_of(declared)
    if key == "array":
        kind = declared.partition("/")[2] or "Any"
        return {"array": {"elements": [wire(kind, one) for one in value]}}
    if key == "properties":
        return {"properties": {"property": [{"key": name, "value": wire("Any", one)} for name, one in value.items()]}}
    if key == "sdk-object":
        return {"sdk-object": {"type": declared, "id": str(value)}}
    if key is None:
        kinds: tuple[tuple[type, str], ...] = (
            (bool, "boolean"), (int, "number"), (float, "number"), (list, "Array/Any"), (dict, "Properties"),
        )  # fmt: skip
        return wire(next((name for kind, name in kinds if isinstance(value, kind)), "string"), value)
    return {key: {"value": value}}


def _plan(server: Server, given: Given) -> dict[str, Any]:
    """`seconds`, `logs` (lines), `outputs` (by name), `exception` (a text), `questions` (name to type), `wait`."""
    workflow, fields = _workflow(server, given), given["fields"]
    strange = [name for name in fields if name not in _FIELDS]
    if strange:
        raise ValueError(f"An outcome has no {strange[0]}; there are {', '.join(_FIELDS)}.")
    types = {one.name: one.type for one in workflow.outputs}
    outputs: dict[str, Wire | None] = {}
    for name, value in (fields.get("outputs") or {}).items():
        if name not in types:
            raise ValueError(f"{workflow.name} has no output {name}; there are {', '.join(types)}.")
        try:
            outputs[name] = coerce(types[name], wire(types[name], value), name)
        except (BadValue, AttributeError, TypeError) as problem:
            raise ValueError(f"{name} is of type {types[name]}: {problem}") from problem
    logs = fields.get("logs") or []
    server.runs.plans[workflow.id] = Plan(
        seconds=float(fields["seconds"]) if fields.get("seconds") is not None else None,
        logs=[str(line) for line in (logs if isinstance(logs, list) else [logs])],
        outputs=outputs,
        exception=str(fields["exception"]) if fields.get("exception") is not None else None,
        questions=[Parameter(str(name), str(kind)) for name, kind in (fields.get("questions") or {}).items()],
        wait=bool(fields.get("wait", False)),
    )
    return {"workflow": workflow.id, "planned": sorted(fields)}


def _unplan(server: Server, given: Given) -> dict[str, Any]:
    """Runs do again what the workflow says."""
    workflow = _workflow(server, given)
    return {"workflow": workflow.id, "removed": server.runs.plans.pop(workflow.id, None) is not None}


CHANGES: dict[str, Callable[[Server, Given], dict[str, Any]]] = {"vro-plan": _plan, "vro-unplan": _unplan}
