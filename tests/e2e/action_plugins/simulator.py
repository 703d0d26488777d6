"""The task `simulator`: calls the simulator's control listener in the middle of a playbook, and notes what happened.

    simulator: {call: add_fault, arguments: {kind: bad_gateway, times: 2}}    any method of ControlClient
    simulator: {note: name, result: "{{ name | to_json }}", file: path}      a line of JSON: the result of a task, and
                                                                             the requests since the previous note

It runs in the worker, so it costs about what `debug` costs: one playbook can hold many bad days.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from tests.simulator.client import ControlClient


class ActionModule(ActionBase):
    """Reads the variable `simulator_state`, the path of the simulator's state file."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        outcome: dict[str, Any] = super().run(tmp, task_vars)
        given = self._task.args
        control = ControlClient.from_state(Path(str((task_vars or {})["simulator_state"])))
        if "call" in given:
            answer = getattr(control, given["call"])(**given.get("arguments", {}))
            return {**outcome, "changed": False, "answer": answer}
        result = given["result"]
        line = {
            "name": given["note"],
            "result": json.loads(result) if isinstance(result, str) else result,
            "requests": control.journal(),
        }
        control.clear_journal()
        with Path(given["file"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return {**outcome, "changed": False}
