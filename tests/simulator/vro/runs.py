"""The engine of an orchestrator: all executions, the processes of their scripts, the clock that drives them.

A room reaches it as `server.runs`; the control verbs do, too (`plans`). How long things take: a token is made in a
tenth of the simulator's task time, a workflow of the library takes one task time, scripts take as long as they take,
and what they say reaches the disk, where the log calls read it, five task times later (1.5 s where nothing was changed,
section 8.4).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ..scripting.sessions import Session, open_session
from . import element_files, natives
from .execution import (
    CANCELED,
    COMPLETED,
    FAILED,
    INITIALIZING,
    RUNNING,
    Execution,
    LogLine,
    Question,
    epoch_ms,
)
from .file_markup import BadFile
from .running import Failure, Run
from .scheduler import Scheduler
from .script_door import ScriptDoor
from .store import Parameter, Workflow, new_hex_id, new_id
from .values import BadValue, Wire, coerce
from .workflow_model import Workflow as Model

if TYPE_CHECKING:
    from ..scripting.sessions import Door
    from .action_runs import ActionRun
    from .server import Server

MOST_AT_ONCE = 100
"""More wait in `initializing`; the real server has 300 threads for them."""
MOST_KEPT = 5_000
"""Finished executions that are remembered; the oldest are forgotten first, as the server's own cleaning does."""
CPU_SECONDS = 30
"""Processor time of the scripts of one execution. The real server has no bound; one that shares its machine has."""


@dataclass
class Plan:
    """What runs of a workflow shall come to, whatever its schema says: for tests."""

    seconds: float | None = None
    """How long a run takes; None: one task time."""
    logs: list[str] = field(default_factory=list)
    """Lines of its script log, spread over that time."""
    outputs: dict[str, Wire | None] = field(default_factory=dict)
    exception: str | None = None
    """With a text the run fails."""
    questions: list[Parameter] = field(default_factory=list)
    """With some the run waits for a user, who is asked for these, after its time; then it ends."""
    wait: bool = False
    """Whether the run waits for a user even when there is nothing to ask for."""


def _nothing() -> None:
    """What there is to abort of an execution that has ended."""


class Runs:
    """Executions of workflows, and what drives them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.world = server.world
        self.door = ScriptDoor(server)
        self.scheduler = Scheduler(self)
        self.executions: dict[str, Execution] = {}
        self.action_runs: dict[str, ActionRun] = {}
        self.plans: dict[str, Plan] = {}
        """By id of the workflow."""
        self._sessions: set[Session] = set()
        self._running: set[str] = set()
        self._waiting: list[tuple[Execution, Callable[[], None]]] = []

    def clear(self) -> None:
        """Nothing runs and nothing has run."""
        self._waiting.clear()
        for session in self._sessions:
            session.close()
        self._sessions.clear()
        self._running.clear()
        self.executions.clear()
        self.action_runs.clear()
        self.plans.clear()
        self.scheduler.clear()

    # Time

    def now(self) -> int:
        """Epoch milliseconds of the simulator's clock."""
        return self.world.now_ms()

    def at(self, ms: int, action: Callable[[], None]) -> None:
        """Does something at a time of that clock, also when nobody sends a request by then."""
        seconds = max(0, ms - self.now()) / 1000
        self.world.after(seconds, action)
        with contextlib.suppress(RuntimeError):
            # Somebody must look at the clock then: a script that sleeps would else sleep until the next request.
            asyncio.get_running_loop().call_later(seconds + 0.001, self.world.run_due)

    @property
    def disk_delay_ms(self) -> int:
        """How long a line is on its way to the disk."""
        return int(self.world.task_seconds * 5000)

    def written(self, execution: Execution) -> list[LogLine]:
        """The lines that have reached the disk, the oldest first."""
        limit = self.now() - self.disk_delay_ms
        return [one for one in execution.lines if one.ms <= limit]

    # Starting

    def start(
        self,
        workflow: Workflow,
        given: Mapping[str, Wire | None],
        started_by: str,
        execution_id: str | None = None,
        inner: bool = False,
    ) -> Execution:
        """A new execution. `given`: coerced values by name of the input; `inner`: a script starts it and may wait for
        it, so it does not wait itself."""
        modern = self.server.release.generation >= 8
        execution = Execution(
            execution_id or (new_id() if modern else new_hex_id()),
            workflow.id,
            workflow.name,
            started_by,
            self.now(),
            [(one, given.get(one.name)) for one in workflow.inputs],
            list(workflow.outputs),
        )
        self.executions[execution.id] = execution
        self._forget()
        begin = partial(self._begin, execution, workflow)
        if inner or len(self._running) < MOST_AT_ONCE:
            self._schedule(execution, begin)
        else:
            self._waiting.append((execution, begin))
        return execution

    def _schedule(self, execution: Execution, begin: Callable[[], None]) -> None:
        self._running.add(execution.id)
        self.at(self.now() + int(self.world.task_seconds * 100), begin)

    def _begin(self, execution: Execution, workflow: Workflow) -> None:
        if execution.state != INITIALIZING:
            return
        execution.event(self.now(), f"Workflow '{execution.name}' has started")
        plan = self.plans.get(workflow.id)
        if plan is not None:
            _Planned(self, execution, plan).start()
            return
        run = Run(self, execution)
        try:
            model = element_files.model_of(workflow)
        except BadFile as problem:
            execution.exception = str(problem)
            run.finish(FAILED)
            return
        run.start(model, {one.name: value for one, value in execution.inputs})

    def cancel(self, execution: Execution) -> None:
        """Ends an execution that is under way, in the middle of whatever it does."""
        if execution.state == INITIALIZING:
            execution.event(self.now(), f"Workflow '{execution.name}' has started")
        self.finish(execution, CANCELED)

    def finish(self, execution: Execution, state: str) -> None:
        """An execution is over, and the next one that waits begins."""
        if execution.is_over:
            return
        execution.state, execution.ended = state, self.now()
        execution.question = None
        execution.abort()
        # Whoever ran it is needed no more, and thousands of executions are remembered.
        execution.abort, execution.attributes = _nothing, dict
        word = {COMPLETED: "completed", FAILED: "failed", CANCELED: "been canceled"}[state]
        severity = "error" if state == FAILED else "info"
        execution.event(execution.ended, f"Workflow '{execution.name}' has {word}", severity=severity)
        self._running.discard(execution.id)
        while self._waiting and len(self._running) < MOST_AT_ONCE:
            following, begin = self._waiting.pop(0)
            if not following.is_over:
                self._schedule(following, begin)

    def _forget(self) -> None:
        while len(self.executions) > MOST_KEPT:
            oldest = next((one for one in self.executions.values() if one.is_over), None)
            if oldest is None:
                return
            del self.executions[oldest.id]

    # What runs need

    def session(self, door: Door) -> Session:
        """A process for scripts."""
        self._sessions = {one for one in self._sessions if one.is_open}
        session = open_session(door, CPU_SECONDS)
        self._sessions.add(session)
        return session

    def model(self, workflow_id: str) -> Model | None:
        """The schema of a workflow by id; None when there is none of that id."""
        workflow = self.server.store.workflows.get(workflow_id)
        return None if workflow is None else element_files.model_of(workflow)

    def mandatory(self, workflow: Workflow) -> frozenset[str]:
        """Names of the inputs that must have a value: those of the library, and those that the presentation says."""
        if not workflow.content:
            return frozenset(workflow.mandatory)
        return frozenset(one.name for one in element_files.model_of(workflow).fields if one.mandatory)

    def native(self, workflow_id: str) -> natives.Native | None:
        """What a workflow of the library does; None for others."""
        workflow = self.server.store.workflows.get(workflow_id)
        return natives.native(workflow) if workflow is not None else None

    def configured(self, element_id: str, name: str) -> Wire | None:
        """The value of an attribute of a configuration element, for attributes of workflows that are bound to one."""
        element = self.server.store.configurations.get(element_id)
        found = next((one for one in element.attributes if one.name == name), None) if element else None
        return found.value if found else None

    @staticmethod
    def moment(value: Wire | None) -> int | None:
        """Epoch milliseconds of a date; None when there is none."""
        text = value["date"].get("value") if value and "date" in value else None
        return epoch_ms(text) if text else None


class _Planned(Run):
    """A run that comes to what somebody has planned for it."""

    def __init__(self, runs: Runs, execution: Execution, plan: Plan) -> None:
        super().__init__(runs, execution)
        self._plan = plan

    def start(self) -> None:  # type: ignore[override]
        """Spreads the log over its time, then ends or asks."""
        plan, now = self._plan, self.runs.now()
        self.execution.state = RUNNING
        total = int((self.runs.world.task_seconds if plan.seconds is None else plan.seconds) * 1000)
        for number, line in enumerate(plan.logs):
            at = now + total * (number + 1) // (len(plan.logs) + 1)
            self.at(at, partial(self.note, "log", ["info", line]))
        self.at(now + total, self._end)

    def _end(self) -> None:
        plan = self._plan
        if plan.wait or plan.questions:
            names = frozenset(one.name for one in plan.questions)
            labels = {one.name: one.description or one.name for one in plan.questions}
            self.ask_user(Question(new_hex_id(), "User interaction", plan.questions, names, labels, self._answered))
            return
        self._finish({})

    def _answered(self, answers: dict[str, Wire | None]) -> None:
        self.resume()
        self._finish(answers)

    def _finish(self, answers: dict[str, Wire | None]) -> None:
        plan, execution = self._plan, self.execution
        if plan.exception is not None:
            failure = Failure(plan.exception)
            self.log_failure(failure)
            self.fail(failure)
            return
        for one in execution.outputs:
            given = plan.outputs.get(one.name, answers.get(one.name))
            with contextlib.suppress(BadValue):
                execution.results[one.name] = coerce(one.type, given, one.name)
        self.finish(COMPLETED)
