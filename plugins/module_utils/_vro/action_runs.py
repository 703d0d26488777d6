# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running actions: by their own address from release 8 on, before by a temporary workflow that calls them (contract
vro-api.md, 11, 17 and 18).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._interrupts import Watch
from .._names import nearest
from .._plan import InputError, Plan
from .._wait import WaitTimeout
from . import runnable, script_text, scripts, values
from .client import Vro, segment
from .executions import FIRST_PAUSE, Document, is_over
from .values import Resolve, Wire
from .workflow_files import IDENTIFIER


class NoSuchAction(InputError):
    """There is none; an earlier task may make it."""


@dataclass(frozen=True)
class Action:
    """An action that can be run: `inputs` as it declares them, in order."""

    id: str
    module: str
    name: str
    inputs: tuple[Mapping[str, Any], ...]
    output_type: str
    script: str

    @property
    def fqn(self) -> str:
        """`module/name`, as the product writes it."""
        return f"{self.module}/{self.name}"

    @property
    def types(self) -> dict[str, str]:
        """{name: declared type} of its inputs."""
        return runnable.types_of(self.inputs)

    def encoded(self, given: Mapping[str, Any], resolve: Resolve | None) -> list[Wire]:
        """The parameters of a run, checked. Raises InputError that names parameter and right type."""
        try:
            return values.parameters(self.inputs, given, resolve)
        except InputError as problem:
            raise InputError(f"action {self.fqn}: {runnable.ended(problem)} It was not run.") from problem

    def secrets(self, given: Mapping[str, Any]) -> list[str]:
        """The texts among the values that its declared types make secret."""
        return runnable.secrets_of(self.types, given)


class ActionProblem(Exception):
    """An action that did not end well; the text is the sentence, `row` what is known."""

    def __init__(self, text: str, row: Document) -> None:
        self.row = row
        super().__init__(text)


def check(params: Mapping[str, Any]) -> None:
    """Refuse options that cannot be. Raises InputError."""
    runnable.refuse_twice(params)
    if "/" in params["module"] or "/" in params["name"]:
        raise InputError(f"module is {params['module']!r}, name is {params['name']!r}: give each without a slash")


def find(api: Vro, module: str, name: str) -> Action:
    """The action. Raises NoSuchAction with what may have been meant, HttpError."""
    path = f"actions/{segment(module)}/{segment(name)}"
    found = api.find(path)
    if found is None:
        known = [str(row.get("fqn")) for row in api.rows("actions") if row.get("fqn")]
        hint = nearest(f"{module}/{name}", known)
        raise NoSuchAction(f"module is {module!r}, name is {name!r}: there is no such action{hint}")
    return Action(
        str(found["id"]),
        str(found.get("module") or module),
        str(found.get("name") or name),
        tuple(found.get("input-parameters") or []),
        str(found.get("output-type") or "Any"),
        str(found.get("script") or ""),
    )


def unknown(module: str, name: str) -> Action:
    """An action that is not there yet, for check mode."""
    return Action("", module, name, (), "Any", "")


def empty(action: Action) -> Document:
    """What is told of an action that did not run."""
    return {
        "action": action.fqn, "type": action.output_type, "result": None, "state": None, "error": None, "log": [],
        "execution_id": None,
    }  # fmt: skip


def step(action: Action, params: Mapping[str, Any]) -> Plan:
    """What the diff shows: the action and its values, but for secrets."""
    return runnable.begun(runnable.open_values(action.types, params["parameters"] or {}), action=action.fqn)


def run(api: Vro, action: Action, parameters: list[Wire], watch: Watch, params: Mapping[str, Any]) -> Document:
    """Run it: see `empty` for what is told. Raises ActionProblem, HttpError, InputError, Interrupted."""
    if not api.has("action_run"):
        return _by_workflow(api, action, parameters, watch, params)
    path = f"actions/{segment(action.id)}/executions"
    later = bool(params["asynchronous"]) or not params["wait"]
    reply = api.send("POST", path, json={"parameters": parameters, "async-execution": later})
    told = api.parse(reply, "POST", path)
    if not isinstance(told, dict):
        raise api.unexpected("POST", path, reply.status, "it tells nothing of the run")
    if later and params["wait"]:
        told = _followed(api, action, told, watch, params)
    return _told(action, told)


def _followed(api: Vro, action: Action, told: Document, watch: Watch, params: Mapping[str, Any]) -> Document:
    """The run in its end, looked for at the address of asynchronous runs."""
    identifier = told.get("execution-id")
    paused = 0.0
    while not _ended(told):
        if not identifier:
            raise ActionProblem(f"action {action.fqn} goes on, and the server gives no id to ask for it", empty(action))
        if paused >= params["wait_timeout"]:
            late = WaitTimeout(params["wait_timeout"], told.get("state"), None)
            row = {**empty(action), "state": "running", "execution_id": identifier}
            raise ActionProblem(f"action {action.fqn} goes on at the server: {late}. Raise wait_timeout.", row)
        pause = min(max(FIRST_PAUSE, 0.2 * paused), params["wait_interval"])
        watch.pause(pause)
        paused += pause
        told = api.get(f"actions/runs/{segment(str(identifier))}")
    return told


def _ended(told: Mapping[str, Any]) -> bool:
    return is_over(told) or bool(_message(told)) or told.get("value") is not None


def _message(told: Mapping[str, Any]) -> str:
    """What went wrong: a script that throws is answered 200 all the same (contract 11, 20.9)."""
    return str(told.get("error") or told.get("errorMessage") or "")


def _told(action: Action, told: Mapping[str, Any]) -> Document:
    row = {
        **empty(action),
        "type": told.get("type") or action.output_type,
        "state": str(told.get("state") or "completed").lower(),
        "execution_id": told.get("execution-id"),
    }
    words = _message(told)
    if words or row["state"] == "failed":
        line = told.get("errorLineNumber")
        row["error"] = _error(action, words or "the server does not tell why", line)
        row["state"] = "failed"
        raise ActionProblem(failure_of(action, row["error"]), row)
    row["result"] = values.decode(told.get("value"))
    return row


def _error(action: Action, words: str, line: Any) -> Document:
    lines = action.script.splitlines()
    number = line if isinstance(line, int) and 0 < line <= len(lines) else None
    return {"message": words, "line": number, "code": lines[number - 1].strip() if number else None}


def failure_of(action: Action, error: Mapping[str, Any]) -> str:
    """The sentence of an action that failed, with its line."""
    place = f" in line {error['line']}" if error["line"] else ""
    code = f" The line is: {error['code']}" if error["code"] else ""
    return f"action {action.fqn} failed{place}: {str(error['message']).rstrip('.')}.{code}"


def _by_workflow(api: Vro, action: Action, parameters: list[Wire], watch: Watch, params: Mapping[str, Any]) -> Document:
    """The same before release 8. Values that are not given are null, as in a call that leaves them out."""
    if not params["wait"]:
        raise InputError("wait is false: before release 8 an action is run by a workflow that is removed afterwards")
    if not IDENTIFIER.fullmatch(action.name):
        raise InputError(f"name is {action.name!r}, which no script can call")
    names = [f"a{index}" for index in range(len(action.inputs))]
    types = list(action.types.items())
    call = f"return System.getModule({json.dumps(action.module)}).{action.name}({', '.join(names)});"
    inputs = {name: (kind, None) for name, (_own, kind) in zip(names, types, strict=False)}
    renamed = {own: name for name, (own, _kind) in zip(names, types, strict=False)}
    sent = [{**each, "name": renamed[each["name"]]} for each in parameters]
    # Any is no type of a workflow's output that all releases take: the result comes as text of JSON then.
    output_type = None if action.output_type in ("Any", "void", "") else action.output_type
    script = scripts.Script(call, inputs, output_type)
    try:
        row = scripts.run(
            api, script, sent, watch, timeout=params["wait_timeout"], interval=params["wait_interval"]
        )  # fmt: skip
    except scripts.ScriptProblem as problem:
        error = problem.row["error"]
        if error is None:
            raise ActionProblem(f"action {action.fqn}: {problem}", {**empty(action), "state": "canceled"}) from problem
        # The line is that of the call; which one of the action it was stands in the words, where the server says it.
        error = _error(action, str(error["message"]), script_text.line_beside(action.name, str(error["message"])))
        row = {**empty(action), "log": problem.row["log"], "state": "failed", "error": error}
        raise ActionProblem(failure_of(action, error), row) from problem
    told = {key: row[key] for key in ("result", "log", "execution_id")}
    return {**empty(action), **told, "state": "completed"}
