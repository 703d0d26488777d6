# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflows that an orchestrator is shipped with, run to configure it (contract vro-api.md, 22).

What they take grew over the releases, so a workflow is read first and is given only what it declares.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from .._http import HttpError
from .._interrupts import Watch, watching
from .._plan import InputError
from .._wait import TaskFailed, WaitTimeout
from . import executions, runnable, values
from .client import Vro, segment
from .executions import Run
from .runnable import NoSuchWorkflow, Workflow


def find(api: Vro, name: str, category: str, identifier: str | None = None) -> Workflow | None:
    """A workflow of the library: by its id where that is the same everywhere, else by name and category.

    None where the server has none. Raises HttpError.
    """
    named = {"workflow_id": None, "workflow": name, "category": category}
    for option in ([{"workflow_id": identifier}] if identifier else []) + [named]:
        try:
            return runnable.read(api, runnable.find(api, option), form=False)
        except NoSuchWorkflow:
            continue
    return None


def demand(api: Vro, name: str, category: str, identifier: str | None = None) -> Workflow:
    """The same; refused where there is none. Raises InputError, HttpError."""
    found = find(api, name, category, identifier)
    if found is None:
        raise InputError(
            f"the server has no workflow {name!r} in {category}, with which this is done, or this user may not see it. "
            "Install the plug-in that brings it. Nothing was changed"
        )
    return found


def input_of(workflow: Workflow, kind: str) -> str:
    """The name of the input that takes an object of a type. Raises InputError where there is none."""
    for name, declared in workflow.types.items():
        if declared == kind:
            return name
    raise InputError(f"workflow {workflow.name!r} has no input of type {kind}, it has {', '.join(workflow.types)}")


def refuse_undeclared(workflow: Workflow, asked: Mapping[str, str]) -> None:
    """Refuse options that the workflow has no input for; `asked` is {option: input}. Raises InputError."""
    for option, name in asked.items():
        if name not in workflow.types:
            raise InputError(
                f"{option} is set, and workflow {workflow.name!r} of this server has no input {name!r}: leave it out"
            )


def run(api: Vro, workflow: Workflow, given: Mapping[str, Any], wait: Mapping[str, Any]) -> dict[str, Any]:
    """Run a workflow with those of the values that it declares, and wait for it; its outputs as plain YAML.

    `wait` holds timeout and interval in seconds. A task that is told to stop cancels it. Raises InputError, HttpError,
    Interrupted, TaskFailed with the server's reason.
    """
    declared = {name: value for name, value in given.items() if name in workflow.types and value is not None}
    api.hide(*workflow.secrets(declared))
    with watching() as watch:
        try:
            started = executions.start(api, workflow.id, workflow.encoded(declared, None))
        except HttpError as lost:
            if lost.outcome_unknown:
                # It may be running: whoever looks for what it makes has to look after it has ended.
                _await_live(api, workflow, wait, watch)
            raise
        return _followed(api, workflow, started, wait, watch)


def _followed(api: Vro, workflow: Workflow, started: Run, wait: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
    what = f"workflow {workflow.name!r}"
    try:
        document = executions.follow(api, started, **wait, pause=watch.pause)
    except WaitTimeout as late:
        state = {"id": started.id, "state": late.last}
        reason = f"it is {late.last or 'not seen'} after {late.seconds:g} seconds and goes on; run the task again later"
        raise TaskFailed(what, state, reason) from late
    except Exception:
        raise
    except BaseException:  # Interrupted, and what ansible-core throws when the task's own `timeout` is over
        with contextlib.suppress(HttpError, WaitTimeout):  # the task ends in any case
            executions.cancel(api, started)
        raise
    if document is None:
        raise TaskFailed(what, {"id": started.id}, "its record was removed while it ran")
    if executions.state_of(document) != "completed":
        error = executions.error_of(document) or {}
        reason = str(error.get("message") or f"it is {executions.state_of(document)}")
        raise TaskFailed(what, {**executions.told(document, started), "error": error}, reason)
    return values.outputs(document.get("output-parameters"))


def _await_live(api: Vro, workflow: Workflow, wait: Mapping[str, Any], watch: Watch) -> None:
    """Wait for the executions of a workflow that have not ended. Raises HttpError, Interrupted."""
    for row in api.rows(f"workflows/{segment(workflow.id)}/executions"):
        if str(row.get("state") or "").lower() not in executions.TERMINAL and row.get("id"):
            try:
                executions.follow(api, Run(workflow.id, str(row["id"])), **wait, pause=watch.pause)
            except WaitTimeout:
                return
