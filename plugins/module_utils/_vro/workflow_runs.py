# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of vro_workflow_run: one run, or many of one workflow at a time, checked before the first is started.

Each run is started, followed to its end, answered where it asks, and told; what this task has started it cancels when
it is interrupted. How a run that must happen only once is remembered stands in run_ledger.py.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._http import HttpError
from .._interrupts import Watch
from .._parallel import in_flight
from .._plan import InputError, Plan
from .._remedies import remedy
from .._wait import WaitTimeout
from . import execution_lists, executions, interactions, logs, objects, run_ledger, runnable, values
from .client import Vro
from .executions import Document, Run
from .run_ledger import Ledger, Record
from .runnable import Workflow

FAIL, RETURN = "fail", "return"
MOST_ANSWERS = 20  # interactions of one run, so that one that asks the same for ever ends some time
LOOK_FIRST = "Look with vcpp.vcloud.vro_execution_info before running it again."


@dataclass
class Item:
    """One run: what it is given, and what became of it."""

    name: str | None
    given: dict[str, Any]
    key: str | None
    secret: frozenset[str] = frozenset()
    parameters: list[Document] = field(default_factory=list)
    record: Record | None = None
    digest: str = ""
    reason: str = ""
    row: Document = field(default_factory=dict)
    changed: bool = False
    problem: str | None = None

    @property
    def differs(self) -> bool:
        """True where it has run already, and was given something else then."""
        return (
            self.record is not None
            and _done(self.record)
            and not self.changed
            and (self.record.parameters != self.digest)
        )


class _Problem(Exception):
    """Why a run is not what was asked for, as a sentence."""


class Work:
    """All runs of a task."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self._plural = params["runs"] is not None
        rows = params["runs"] if self._plural else [params]
        self.items = [_item(row) for row in rows]

    def check(self) -> None:
        """Refuse options that cannot be, before anything is sent. Raises InputError."""
        params = self._params
        runnable.check(params)
        if self._plural:
            for option in ("parameters", "secure_parameters", "run_once_key"):
                if params[option]:
                    raise InputError(f"{option} is set beside runs: give it in the runs")
        if not 1 <= params["parallel"] <= 50:
            raise InputError(f"parallel is {params['parallel']}: 1 to 50 runs at a time")
        if params["answers"] and not params["wait"]:
            raise InputError("answers are given and wait is false: nobody is there when the workflow asks")
        keys = [each.key for each in self.items if each.key is not None]
        for index, each in enumerate(self.items):
            where = f"runs[{index}]." if self._plural else ""
            row = params["runs"][index] if self._plural else params
            runnable.refuse_twice(row, where)
            if each.key is not None:
                run_ledger.check_key(f"{where}run_once_key", each.key)
                if keys.count(each.key) > 1:
                    raise InputError(f"{where}run_once_key is {each.key!r}, and so is that of another of the runs")

    def secrets(self) -> list[str]:
        """The texts that the workflow's declared types make secret. Called after `find` has read it."""
        return [text for each in self.items for text in self.workflow.secrets(each.given)]

    def find(self, api: Vro) -> None:
        """Find the workflow and what it takes. Raises NoSuchWorkflow, InputError, HttpError."""
        self._api = api
        self.workflow: Workflow = runnable.read(api, runnable.find(api, self._params))

    def prepare(self) -> None:
        """Check and encode all parameters, and look up what has run already. Raises InputError, HttpError."""
        resolve = objects.resolver(self._api)
        for index, each in enumerate(self.items):
            each.parameters = self.workflow.encoded(each.given, resolve, f"runs[{index}]: " if self._plural else "")
            each.digest = run_ledger.digest(self.workflow.types, each.given)
        keyed = [each for each in self.items if each.key is not None]
        self._ledger = Ledger(self._api, self.workflow.id) if keyed else None
        for each in keyed:
            each.record = self._recorded(each)

    def _recorded(self, item: Item) -> Record | None:
        """The record of a key, brought up to date. Raises InputError where nobody knows what became of the run."""
        key = str(item.key)
        record = self._ledger.find(key) if self._ledger else None
        if record is None:
            return None
        left = (
            "Look for it at the server; then remove the configuration element "
            f"{run_ledger.name_of(self.workflow.id, key)!r} in {run_ledger.CATEGORY!r} to let it run, or give another "
            "key."
        )
        if record.state in executions.TERMINAL:
            return record
        if not record.execution_id:
            raise InputError(
                f"run_once_key is {item.key!r}: an earlier run was about to start workflow {self.workflow.name!r}, and "
                f"nobody knows whether it did. {left}"
            )
        document = executions.read(self._api, Run(self.workflow.id, record.execution_id))
        if document is None:
            raise InputError(
                f"run_once_key is {item.key!r}: execution {record.execution_id} of an earlier run was {record.state} "
                f"when it was last seen, and the server has no record of it any more. {left}"
            )
        return _updated(record, document)

    # What would be, and what is done

    def predict(self) -> None:
        """Fill the rows of check mode."""
        for each in self.items:
            each.changed = not _done(each.record) and not _live(each.record)
            each.row = self._remembered(each) if each.record and not each.changed else self._row(each)

    def carry_out(self, watch: Watch) -> None:
        """Do all runs. Raises Interrupted; all else that goes wrong is told in the items."""
        self._watch = watch
        if self._ledger and any(each.key is not None and not _done(each.record) for each in self.items):
            self._ledger.prepare()
        if len(self.items) == 1:
            self._one(self.items[0])
            return
        stop = self._params["fail_fast"]
        width = self._params["parallel"]
        broken = False
        begun = in_flight(self._numbered, range(len(self.items)), width=width, stop=lambda: stop and broken)
        for index, _none, fault in begun:
            if fault is not None:
                raise fault
            broken = broken or self.items[index].problem is not None

    def _numbered(self, index: int) -> None:
        self._one(self.items[index])

    def _one(self, item: Item) -> None:
        self._watch.check()
        item.row = self._row(item)
        try:
            self._run(item)
        except _Problem as problem:
            item.problem = str(problem)
        except HttpError as problem:
            item.problem = f"{str(problem).rstrip('.')}. {remedy(problem)}".rstrip()
            if item.row["id"]:
                item.problem += f" Execution {item.row['id']} may go on. {LOOK_FIRST}"

    def _run(self, item: Item) -> None:
        if item.record is not None and _done(item.record):
            item.row = self._remembered(item)
            return
        joined = item.record is not None and _live(item.record)
        if item.record is not None and joined:
            run = Run(self.workflow.id, item.record.execution_id)
        else:
            run = self._start(item)
        if not self._params["wait"]:
            item.row.update(executions.told(executions.read(self._api, run) or {"state": "running"}, run))
            item.row["workflow"] = self.workflow.name
            return
        try:
            document = self._to_the_end(item, run)
        except WaitTimeout as late:
            raise _Problem(self._too_late(item, run, late)) from None
        except Exception:
            raise
        except BaseException:  # Interrupted, and what ansible-core throws when the task's own `timeout` is over
            if not joined:  # what an earlier task has begun is not this one's to cancel
                self._abandon(item, run)
            raise
        self._finish(item, run, document)

    def _abandon(self, item: Item, run: Run) -> None:
        with contextlib.suppress(HttpError, WaitTimeout):  # the task ends in any case
            executions.cancel(self._api, run)
            self._remember(item, executions.read(self._api, run) or {"state": "canceled"})

    def _start(self, item: Item) -> Run:
        begun = Record(self.workflow.name, run_ledger.STARTING, item.digest)
        if self._ledger and item.key is not None:
            item.record = self._ledger.write(item.key, replace(begun, id=item.record.id if item.record else None))
        try:
            run = executions.start(self._api, self.workflow.id, item.parameters)
        except HttpError as problem:
            if problem.outcome_unknown:
                raise _Problem(
                    f"the answer to the start of workflow {self.workflow.name!r} was lost, so whether it runs is not "
                    f"known ({str(problem).rstrip('.')}). {self._latest()}{LOOK_FIRST}"
                ) from problem
            self._remember(item, {"state": "failed"})
            raise
        item.changed = True
        item.row.update(id=run.id, state="running")
        self._remember(item, {"state": "running"}, run.id)
        return run

    def _latest(self) -> str:
        """A sentence about the most recent execution, for whoever has to find out which one it is."""
        options = {"id": None, "states": None, "since": None, "started_by": None, "limit": 1}
        with contextlib.suppress(HttpError):
            for each in execution_lists.find(self._api, self.workflow.id, options):
                return f"The most recent one is {each['id']}, {each['state']}, begun at {each['started']}. "
            return "There is no execution of it. "
        return ""

    def _to_the_end(self, item: Item, run: Run) -> Document | None:
        """What is seen when it has ended, or waits for somebody. Raises WaitTimeout, Interrupted, HttpError."""
        deadline = time.monotonic() + self._params["wait_timeout"]
        for _turn in range(MOST_ANSWERS):
            document = executions.follow(
                self._api, run,
                timeout=max(0.0, deadline - time.monotonic()),
                interval=self._params["wait_interval"],
                pause=self._watch.pause,
                until=lambda seen: executions.is_over(seen) or executions.state_of(seen) == executions.WAITING,
            )  # fmt: skip
            if executions.state_of(document) != executions.WAITING or not self._answered(item, run):
                return document
        return document

    def _answered(self, item: Item, run: Run) -> bool:
        """Answer what it asks for, where there are answers to all of it. Fills the row's needs_input otherwise."""
        asked = interactions.asked(self._api, run)
        if not asked:  # somebody else was faster
            return True
        try:
            if self._params["answers"] is None:
                raise InputError("answers: none are given")
            resolve = objects.resolver(self._api)
            answers = interactions.encoded(asked, self._params["answers"], resolve, strict=False)
        except InputError as problem:
            item.row["needs_input"] = [each.told() for each in asked]
            item.reason = str(problem)
            return False
        interactions.answer(self._api, run, answers)
        return True

    def _finish(self, item: Item, run: Run, document: Document | None) -> None:
        if document is None:
            raise _Problem(f"the record of execution {run.id} was removed at the server while it was waited for")
        state = executions.state_of(document)
        item.row.update(executions.told(document, run), workflow=self.workflow.name)
        item.row.update(executions.outcome(document))
        if state == executions.WAITING:
            fields = ", ".join(f"{each['name']} ({each['type']})" for each in item.row.get("needs_input") or [])
            if self._params["on_needs_input"] == FAIL:
                raise _Problem(
                    f"execution {run.id} of workflow {self.workflow.name!r} needs input and waits for it: {fields}. "
                    f"{item.reason}. Give answers, or answer it with vcpp.vcloud.vro_interaction."
                )
            return
        self._remember(item, document)
        item.row["error"] = logs.explained(self._api, run, document)
        item.row["log"] = logs.of_ended(self._api, run, document, self._params["logs"], self._watch.pause)
        if state != "completed":
            raise _Problem(failure_of(self.workflow.name, state, item.row["error"]))

    def _too_late(self, item: Item, run: Run, late: WaitTimeout) -> str:
        item.row["state"] = late.last or "running"
        seconds = self._params["wait_timeout"]
        said = f"execution {run.id} of workflow {self.workflow.name!r} was {item.row['state']} after {seconds} seconds"
        if self._params["logs"] != logs.NONE:
            item.row["log"] = logs.read(self._api, run)
        if not self._params["cancel_on_timeout"]:
            return f"{said} and goes on at the server. Raise wait_timeout, or set cancel_on_timeout."
        try:
            item.row["state"] = executions.cancel(self._api, run, self._watch.pause)
        except WaitTimeout as still:
            return f"{said}, and was to be cancelled, but is {still.last} {still.seconds:g} seconds later."
        self._remember(item, {"state": item.row["state"]})
        return f"{said}, and was cancelled because of cancel_on_timeout; it is {item.row['state']} now."

    # Rows

    def _row(self, item: Item) -> Document:
        row: Document = {"name": item.name} if self._plural else {}
        return {
            **row, "id": None, "workflow": self.workflow.name, "workflow_id": self.workflow.id, "state": None,
            "started": None, "ended": None, "duration": None, "started_by": None, "outputs": {}, "error": None,
            "log": [], "needs_input": None, "remembered": False,
        }  # fmt: skip

    def _remembered(self, item: Item) -> Document:
        """The row of a run that an earlier task has made, or that goes on since then."""
        record = item.record or Record("", "", "")
        return {
            **self._row(item), "id": record.execution_id or None, "state": record.state,
            "started": record.started or None, "ended": record.ended or None, "outputs": record.results(),
            "remembered": True,
        }  # fmt: skip

    def _remember(self, item: Item, document: Mapping[str, Any], identifier: str = "") -> None:
        if self._ledger is None or item.key is None or item.record is None:
            return
        record = _updated(item.record, document)
        item.record = self._ledger.write(item.key, replace(record, execution_id=identifier or record.execution_id))

    def unknown(self) -> None:
        """Fill the rows of check mode where the workflow is not there yet."""
        self.workflow = Workflow("", str(self._params["workflow"] or ""), None)
        for each in self.items:
            each.changed, each.row = True, {**self._row(each), "workflow_id": self._params["workflow_id"]}

    # Telling

    def warnings(self) -> list[str]:
        """What the result does not show."""
        keys = [repr(each.key) for each in self.items if each.differs]
        text = "run_once_key {keys}: it has run already, with other parameters than these; it was not run again."
        return [text.format(keys=", ".join(keys))] if keys else []

    def steps(self) -> Iterator[tuple[str, Plan]]:
        """What the diff shows: (name, what was run) of each run that was or would be made."""
        for each in self.items:
            if each.changed:
                shown = runnable.open_values(self.workflow.types, each.given, each.secret)
                yield each.name or self.workflow.name, runnable.begun(shown, workflow=self.workflow.name)

    def result(self, noun: str) -> Document:
        """The module's result."""
        changed = any(each.changed for each in self.items)
        if not self._plural:
            return {"changed": changed, noun: self.items[0].row}
        rows = [
            {**(each.row or self._row(each)), "changed": each.changed, "problem": each.problem or self._idle(each)}
            for each in self.items
        ]
        return {"changed": changed, "runs": rows, "summary": self.summary()}

    @staticmethod
    def _idle(item: Item) -> str | None:
        return None if item.row else "not begun, because fail_fast is set"

    def summary(self) -> dict[str, int]:
        """How many of the runs did what."""
        return {
            "changed": sum(each.changed for each in self.items),
            "already": sum(bool(each.row.get("remembered")) for each in self.items),
            "failed": sum(each.problem is not None for each in self.items),
            "not_begun": sum(not each.row for each in self.items),
        }

    def failure(self) -> str | None:
        """Why the task fails, None where it does not."""
        failed = [each for each in self.items if each.problem]
        if not failed:
            return None
        first = str(failed[0].problem)
        if not self._plural:
            return first
        idle = self.summary()["not_begun"]
        rest = f", {idle} were not begun because of fail_fast" if idle else ""
        index = self.items.index(failed[0])
        name = f"runs[{index}]" + (f" ({failed[0].name})" if failed[0].name else "")
        return (
            f"{len(failed)} of {len(self.items)} runs failed{rest}. First: {name}: {first} The result's runs name each."
        )


def _item(row: Mapping[str, Any]) -> Item:
    given = {**(row.get("parameters") or {}), **(row.get("secure_parameters") or {})}
    return Item(row.get("name"), given, row.get("run_once_key"), frozenset(row.get("secure_parameters") or {}))


def _done(record: Record | None) -> bool:
    """True for a run that needs not be made again: one that failed or was cancelled does."""
    return record is not None and record.state == "completed"


def _live(record: Record | None) -> bool:
    """True for a run that goes on since an earlier task."""
    return record is not None and bool(record.execution_id) and record.state not in executions.TERMINAL


def _updated(record: Record, document: Mapping[str, Any]) -> Record:
    """The record with what an execution is now."""
    given = values.outputs(document.get("output-parameters"))
    return replace(
        record,
        state=executions.state_of(document),
        started=executions.moment(document.get("start-date")) or record.started,
        ended=executions.moment(document.get("end-date")) or "",
        outputs=json.dumps(given, default=str) if given else "",
    )


def failure_of(workflow: str, state: str, error: Mapping[str, Any] | None) -> str:
    """The sentence of a run that did not complete."""
    if error is None:
        return f"workflow {workflow!r} was {state}, not completed."
    line = f", line {error['line']}" if error["line"] else ""
    place = f" in {error['item']!r}{line}" if error["item"] else line
    return f"workflow {workflow!r} {state}{place}: {str(error['message']).rstrip('.')}."
