# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a script: in a temporary workflow that is imported, run, and removed whatever happens (contract
vro-api.md, 17).

No address of the API evaluates a script. A workflow of one scriptable task can do it on every release, takes inputs and
gives results of every type, and has a log; a temporary action could do it from 8 on, and would have no log.

The workflow is in a category of its own and named after the moment until which it may live. Where a process was killed
so hard that it could not clean up, the next script that runs finds what it left by that name and removes it.
"""

from __future__ import annotations

import contextlib
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import HttpError, is_passing
from .._interrupts import Watch
from .._wait import WaitTimeout, wait_for
from . import artifacts, categories, executions, logs, script_text, values, workflow_files
from .client import Vro, segment
from .executions import Document, Run

CATEGORY = "vcpp.vcloud temporary"
_NAME = re.compile(r"script until (\d+) [0-9a-f]+")
MARGIN = 3600  # seconds by which clocks of control nodes may differ before one removes what another still uses
REMOVAL = 20.0  # seconds that a removal is tried again: a workflow is in use for a moment after its run


class ScriptProblem(Exception):
    """A script that did not end well; the text is the sentence, `row` what is known."""

    def __init__(self, text: str, row: Document) -> None:
        self.row = row
        super().__init__(text)


@dataclass(frozen=True)
class Script:
    """What is run: its text, its inputs as {name: (type, value)}, and the type of its result (None: whatever it is)."""

    text: str
    inputs: Mapping[str, tuple[str, Any]]
    output_type: str | None = None


def empty() -> Document:
    """What is told of a script that did not run."""
    return {"result": None, "log": [], "error": None, "execution_id": None, "duration": None}


def run(
    api: Vro,
    script: Script,
    parameters: list[values.Wire],
    watch: Watch,
    *,
    timeout: float,
    interval: float,
    complete: bool = False,
) -> Document:
    """Run it: {result, log, error, execution_id, duration}. `parameters` are its inputs, encoded.

    With `complete` the log is the server's, with what called actions have logged, where the release has one. Raises
    ScriptProblem, HttpError, InputError, Interrupted; the workflow is removed in any case.
    """
    catches = not api.has("script_log")
    with _temporary(api, script, catches, timeout) as workflow_id:
        watch.check()
        execution = _started(api, workflow_id, parameters)
        row = {**empty(), "execution_id": execution.id}
        over = False
        try:
            document = executions.follow(api, execution, timeout=timeout, interval=interval, pause=watch.pause)
            over = True
        except WaitTimeout:
            text = f"the script did not end within {timeout:g} seconds and was cancelled. Raise wait_timeout."
            raise ScriptProblem(text, row) from None
        finally:
            if not over:
                with contextlib.suppress(HttpError, WaitTimeout):  # what went wrong before says more
                    executions.cancel(api, execution)
        return _told(api, script, execution, document, row, watch, catches, complete)


def _started(api: Vro, workflow_id: str, parameters: list[values.Wire]) -> Run:
    """Start it. Nobody else runs this workflow, so where the answer was lost the execution is looked for."""
    try:
        return executions.start(api, workflow_id, parameters)
    except HttpError as lost:
        if not lost.outcome_unknown:
            raise
        found = api.rows(f"workflows/{segment(workflow_id)}/executions")
        return Run(workflow_id, str(found[0]["id"])) if found else executions.start(api, workflow_id, parameters)


def _told(
    api: Vro,
    script: Script,
    execution: Run,
    document: Document | None,
    row: Document,
    watch: Watch,
    catches: bool,
    complete: bool,
) -> Document:
    if document is None:
        raise ScriptProblem("the record of its execution was removed at the server while it was waited for", row)
    row["duration"] = executions.duration(document)
    outputs = values.outputs(document.get("output-parameters"))
    row["log"] = script_text.log(outputs)
    state = executions.state_of(document)
    if state == "completed":
        row["error"] = script_text.caught(outputs, script.text) if catches else None
        if row["error"] is None:
            row["result"] = script_text.result(outputs, script.output_type)
            if complete and not catches:
                row["log"] = _scripts_lines(logs.of_ended(api, execution, document, logs.COMPLETE, watch.pause))
            return row
    else:
        said = logs.explained(api, execution, document)
        words = str(said["message"]) if said else f"its execution was {state}, not completed"
        row["error"] = script_text.uncaught(words, script.text)
        if not catches:
            row["log"] = _scripts_lines(logs.of_ended(api, execution, document, logs.COMPLETE, watch.pause))
    raise ScriptProblem(failure_of(row["error"]), row)


def _scripts_lines(lines: list[Document]) -> list[Document]:
    """What scripts logged, without the events of the engine."""
    return [line for line in lines if line["origin"] == "system"]


def failure_of(error: Mapping[str, Any]) -> str:
    """The sentence of a script that failed, with its line."""
    words = str(error["message"]).rstrip(".")
    if error["line"] is None:
        return f"the script failed: {words}."
    return f"the script failed in line {error['line']}: {words}. The line is: {error['code']}"


# The temporary workflow


@contextlib.contextmanager
def _temporary(api: Vro, script: Script, catches: bool, timeout: float) -> Iterator[str]:
    """The id of a workflow that does it, imported, and removed in the end."""
    until = int(time.time() + timeout)
    built = workflow_files.script_workflow(
        f"script until {until} {uuid.uuid4().hex[:12]}",
        script_text.task(script.text, script.inputs, catches=catches, output_type=script.output_type),
        inputs=[{"name": name, "type": kind} for name, (kind, _value) in script.inputs.items()],
        outputs=script_text.declared_outputs(catches, script.output_type),
        description="Made by vcpp.vcloud.vro_script for one run, and removed after it.",
    )
    category = _category(api)
    file = (artifacts.file_name(built), artifacts.pack(built))
    try:
        # The same file again is the same workflow: a lost answer does no harm.
        query = {"categoryId": category, "overwrite": "true"}
        api.send("POST", "workflows", query=query, file=file, repeatable=True)
        yield built.id
    finally:
        remove(api, built.id)


def _category(api: Vro) -> str:
    """The id of the category, which is made where it is missing; leftovers in it are removed."""
    found = categories.find(api, categories.WORKFLOW, CATEGORY)
    if found is None:
        return categories.ensure(api, categories.WORKFLOW, CATEGORY)
    for row in found.elements:
        named = _NAME.fullmatch(str(row.get("name") or ""))
        if named and int(named[1]) + MARGIN < time.time():
            with contextlib.suppress(HttpError):  # the next script tries again
                remove(api, str(row["id"]), patience=0)
    return found.id


def remove(api: Vro, workflow_id: str, patience: float = REMOVAL) -> None:
    """Remove a workflow, also while it is still in use for a moment; nothing where it is gone. Raises HttpError."""

    def gone() -> bool:
        try:
            api.send("DELETE", f"workflows/{segment(workflow_id)}", query={"force": "true"})
        except HttpError as problem:
            if problem.status != 404:
                raise
        return True

    def passing(fault: Exception) -> bool:
        return is_passing(fault) or (isinstance(fault, HttpError) and fault.status == 409)

    try:
        wait_for(gone, bool, timeout=patience, interval=2, tolerate=passing)
    except WaitTimeout as late:
        if isinstance(late.fault, HttpError):
            raise late.fault from None
        raise
