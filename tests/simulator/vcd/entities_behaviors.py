"""Running behaviors of defined entities: as tasks, with what they return as the task's result (contract 5.5).

`noop` returns what it was given. All other executions belong to somebody outside of the vCD (an extension at the
message broker, a web hook, an Orchestrator): whoever simulates one registers it in `performers`; without one the task
waits until it is canceled or somebody concludes it (change `behavior-finish`). What takes longer than one task, tells
its progress or fails registers in `runners` instead and concludes the task itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .exchange import Exchange
from .interfaces import NOOP, Behavior
from .listing import Document
from .tasks import Task, Tasks

Performer = Callable[[Behavior, Document], Any]
"""Takes the behavior and `{arguments, metadata, entityId, typeId, entity}`; what it answers becomes the result."""


Runner = Callable[[Exchange, Behavior, Document, Task], None]
"""Takes the request, what a performer takes, and the task, which it ends by `Tasks.conclude` in its own time."""


class Behaviors:
    """Runs behaviors."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self.performers: dict[str, Performer] = {}
        """By type of execution, or by the `ref` of one behavior, which goes first."""
        self.runners: dict[str, Runner] = {}
        """By the `ref` of a behavior; before all performers."""

    def run(
        self,
        exchange: Exchange,
        behavior: Behavior,
        owner: dict[str, str],
        argument: Document,
        then: Callable[[], object] | None = None,
        otherwise: Callable[[], object] | None = None,
    ) -> Task:
        """Begins one run. `then` is done when it succeeds, `otherwise` when it ends in any other way."""
        operation = f"Invoked {behavior.name} {owner['name']}({owner['id']})"
        runner = self.runners.get(behavior.ref)
        performer = self.performers.get(behavior.ref) or self.performers.get(behavior.execution["type"])
        if runner is not None:
            performer = None
        if behavior.execution["type"] == NOOP and runner is None:
            performer = performer or (lambda _behavior, given: given)
        task: Task

        def succeed() -> None:
            if performer is not None:
                task.result = json.dumps(performer(behavior, argument), separators=(",", ":"))
            if then is not None:
                then()

        def fail() -> None:
            if otherwise is not None:
                otherwise()

        if performer is None:
            task = self.tasks.hold(exchange, operation, "executeBehavior", owner)
            task.action = succeed
        else:
            task = self.tasks.start(exchange, operation, "executeBehavior", owner, succeed)
        task.otherwise = fail
        if runner is not None:
            runner(exchange, behavior, argument, task)
        return task
