"""One operation of a server of 1.2 to 2.6: a task of the vCD that the server itself makes and updates (contract 2.4).

Steps of the kind `workers:vms` make VMs; the step `workers` behind it configures them, and is where `cse-fail` meets
them: so a failure half-way leaves VMs behind, or lets them be rolled back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from ..vcd.tasks import Task
from ..wire import Reply
from .calls import Call
from .work import Failed, Step, Work

NAMESPACE = "vcloud.cse"
VMS = ":vms"
Names = list[str]


def nothing() -> None:
    """What a step does that other steps have done already."""


def node_steps(key: str, text: str, make: Callable[[], Names], made: Names) -> list[Step]:
    """Two steps with one text: VMs are made (their names go into `made`), then configured."""

    def act() -> None:
        made.extend(make())

    return [Step(f"{key}{VMS}", text, act), Step(key, "", nothing)]


class Job:
    """A task and the steps behind it."""

    def __init__(self, call: Call, name: str, text: str, owner: dict[str, str]) -> None:
        """Opens the task, with `name` as its `operationName`; `owner` as for every task of the vCD."""
        self.call = call
        self.cse = call.cse
        vcd = self.cse.vcd
        self.task = Task(
            str(uuid.uuid4()),
            text,
            name,
            owner,
            call.session,
            vcd.world.now_ms(),
            None,
            "success",
            "",
            nothing,
            held=True,
            namespace=NAMESPACE,
            tells_progress=False,
        )
        vcd.tasks.all[self.task.id] = self.task

    @property
    def href(self) -> str:
        """What the answer calls `task_href`."""
        return self.cse.vcd.tasks.href(self.call.exchange, self.task)

    def later(self, action: Callable[[], None]) -> None:
        """Does something one task time later, unless the process has gone meanwhile."""
        generation = self.cse.generation

        def act() -> None:
            if generation == self.cse.generation:
                action()

        self.cse.world.after(self.cse.world.task_seconds, act)

    def succeed(self, text: str) -> None:
        """It is done."""
        self.task.operation = text
        self.cse.vcd.tasks.conclude(self.task)

    def fail(self, message: str, text: str | None = None) -> None:
        """It has failed; `text` is what the server says in `operation` then, nothing new without it."""
        if text is not None:
            self.task.operation = text
        self.cse.vcd.tasks.conclude(self.task, "error", message)

    def run(self, steps: Sequence[Step], done: Callable[[], None], failed: Callable[[str, str], None]) -> Job:
        """Begins. `failed` is told the key of the step, without `:vms`, and what went wrong.

        The faults `fail_task` and `hang_task` that fit the request meet the step in the middle.
        """
        request, world = self.call.exchange.request, self.cse.world
        fault = world.faults.take_task(self.cse.vcd.name, request.method, request.target)
        if fault is not None:
            middle = len(steps) // 2
            message = str(fault.parameters.get("message", "The operation failed because of an internal error."))

            def refuse() -> None:
                raise Failed(message)

            if fault.kind == "hang_task":
                return self
            steps = [*steps[:middle], steps[middle]._replace(act=refuse), *steps[middle + 1 :]]

        def fail(message: str) -> None:
            failed(steps[work.position].key.removesuffix(VMS), message)

        work = Work(self.cse, self.task, steps, done, fail)
        work.start()
        return self


def hang(call: Call, name: str, text: str, owner: dict[str, str]) -> Job:
    """A task that stays running for ever: the thread behind it has died."""
    return Job(call, name, text, owner)


def accepted(call: Call, job: Job, **more: str) -> Reply:
    """202 with the task."""
    return call.reply({**more, "task_href": job.href}, 202)
