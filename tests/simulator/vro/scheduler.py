"""Scheduled tasks: they run their workflow when the simulator's clock comes to it (contract section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .execution import Execution
from .recurrence import ONCE, next_run
from .store import Workflow, new_hex_id

if TYPE_CHECKING:
    from .runs import Runs
    from .values import Wire

PENDING, FINISHED, SUSPENDED = "pending", "finished", "suspended"
"""Words for `state`, which only documents name: INFERRED."""


@dataclass
class Task:
    """A task."""

    id: str
    name: str
    workflow_id: str
    workflow_name: str
    inputs: dict[str, Wire | None]
    user: str
    start: int
    """Epoch milliseconds."""
    end: int | None = None
    """After it nothing runs any more."""
    cycle: str = "none"
    pattern: str = ""
    description: str | None = None
    start_mode: str = "normal"
    state: str = PENDING
    due: int | None = None
    """When it runs next."""
    executions: list[str] = field(default_factory=list)
    """Ids of its runs, the oldest first."""


class Scheduler:
    """The tasks of one server."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self.tasks: dict[str, Task] = {}

    def clear(self) -> None:
        """There are none."""
        self.tasks.clear()

    def add(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Wire | None],
        user: str,
        start: int | None,
        name: str | None = None,
    ) -> Task:
        """A task that runs once; `plan` makes more of it. Without a start it runs at once."""
        now = self._runs.now()
        task = Task(new_hex_id(), name or workflow.name, workflow.id, workflow.name, dict(inputs), user, start or now)
        self.tasks[task.id] = task
        return task

    def plan(self, task: Task, after: int | None = None) -> None:
        """Works out when it runs next, and waits for that. `after`: the time of its last run."""
        if task.state == SUSPENDED:
            task.due = None
            return
        begin = self._runs.now() - 1 if after is None else after
        if after is None and task.cycle in ONCE and not task.executions:
            # One whose time is past runs at once: the server makes up for what it has missed.
            begin = min(begin, task.start - 1)
        due = next_run(task.cycle, task.pattern, task.start, begin)
        if due is None or (task.end is not None and due > task.end):
            task.due, task.state = None, FINISHED
            return
        task.due, task.state = due, PENDING
        self._runs.at(due, lambda: self._run(task, due))

    def _run(self, task: Task, due: int) -> None:
        if task.due != due or self.tasks.get(task.id) is not task or task.state != PENDING:
            # It was changed or removed meanwhile.
            return
        workflow = self._runs.server.store.workflows.get(task.workflow_id)
        if workflow is None:
            task.due, task.state = None, FINISHED
            return
        execution = self._runs.start(workflow, task.inputs, task.user)
        task.executions.append(execution.id)
        # Times that went by while the clock was set forward are made up for once, not each of them.
        self.plan(task, max(due, self._runs.now() - 1))

    def remove(self, task_id: str) -> None:
        """It does not run any more; what it has started goes on."""
        self.tasks.pop(task_id, None)

    def executions_of(self, task: Task) -> list[Execution]:
        """Its runs, as far as they are remembered."""
        return [found for one in task.executions if (found := self._runs.executions.get(one)) is not None]
