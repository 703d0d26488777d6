"""Tasks of one vCloud Availability service (contract 3.6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..faults import Fault
from ..world import World
from .errors import ApiError, failure


@dataclass
class Task:
    """One piece of work that takes time."""

    type: str
    resource_type: str
    resource_id: str
    resource_name: str
    user: str
    site: str | None
    operation_id: str | None
    started: int
    """Epoch ms, as all times here."""
    due: int | None
    """None: it hangs."""
    result_type: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ended: int = -1
    result: Any = None
    error: dict[str, Any] | None = None
    source_org: str | None = None
    """Of what it works on, when that is a replication; lists can be asked for it (contract 3.6)."""
    destination_org: str | None = None

    @property
    def state(self) -> str:
        """RUNNING from the first moment: clients of the real thing take QUEUED for finished (contract 3.6)."""
        if self.ended < 0:
            return "RUNNING"
        return "FAILED" if self.error else "SUCCEEDED"

    def view(self, now: int) -> dict[str, Any]:
        """As the API shows it."""
        state = self.state
        if state == "SUCCEEDED":
            progress = 100
        elif self.due is None or self.due <= self.started:
            progress = 0
        else:
            progress = min(99, max(0, (now - self.started) * 100 // (self.due - self.started)))
        return {
            "id": self.id,
            "user": self.user,
            "workflowInfo": {
                "type": self.type,
                "resourceType": self.resource_type,
                "resourceId": self.resource_id,
                "resourceName": self.resource_name,
            },
            "progress": progress,
            "state": state,
            "lastUpdated": now if self.ended < 0 else self.ended,
            "startTime": self.started,
            "endTime": self.ended,
            "resultType": self.result_type if state == "SUCCEEDED" else None,
            "result": self.result if state == "SUCCEEDED" else None,
            "error": self.error,
            "warnings": [],
            "site": self.site,
        }


class Tasks:
    """All tasks of one service; finished ones stay listed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: dict[str, Task] = {}

    def start(
        self,
        work: Callable[[], Any],
        *,
        type: str,
        resource: tuple[str, str, str],
        user: str,
        site: str | None,
        operation_id: str | None,
        result_type: str | None = None,
        fault: Fault | None = None,
        on_failure: Callable[[dict[str, Any]], None] | None = None,
    ) -> Task:
        """Starts a task. `work` runs when it is due: its value is the result, its ApiError the error.

        resource  type, id and name of what it works on
        fault     makes it fail or hang instead
        on_failure  told the error when a fault has made it fail, so that `work` has not run
        """
        now = self._world.now_ms()
        hangs = fault is not None and fault.kind == "hang_task"
        due = None if hangs else now + int(self._world.task_seconds * 1000)
        task = Task(type, *resource, user, site, operation_id, now, due, result_type)
        self._tasks[task.id] = task

        def finish() -> None:
            try:
                if fault is not None:
                    raise failure(str(fault.parameters.get("message", "The task was made to fail by the simulator.")))
                task.result = work()
            except ApiError as problem:
                task.error = problem.as_dict()
                if fault is not None and on_failure is not None:
                    on_failure(task.error)
            task.ended = self._world.now_ms()

        if not hangs:
            self._world.after(self._world.task_seconds, finish)
        return task

    def find(self, task_id: str) -> Task | None:
        """One task."""
        return self._tasks.get(task_id)

    def newest_first(self) -> Iterable[Task]:
        """All of them."""
        return reversed(self._tasks.values())

    def clear(self) -> None:
        """Forgets them all."""
        self._tasks.clear()
