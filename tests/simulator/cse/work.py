"""What takes time: work in steps, each of which takes the time of one task of the control listener.

A step says what the task's `operation` reads while it runs, and is carried out at its end. The work of a server that
is stopped meanwhile is lost: its task stays running for ever (INFERRED: nothing takes such work up again).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..vcd.tasks import Task

if TYPE_CHECKING:
    from .extension import Cse


class Failed(Exception):
    """A step could not be done; the message becomes the task's error."""


class Step(NamedTuple):
    """One step of a work."""

    key: str
    """What `cse-fail` calls it: vapp, control_plane, init, workers, join, nfs, drain, delete, upgrade, ..."""
    text: str
    """The task's `operation` meanwhile; empty: as before."""
    act: Callable[[], None]
    """Carries it out; may raise Failed."""


STEPS = (
    "validate", "vapp", "control_plane", "init", "workers", "join", "nfs", "expose", "drain", "delete", "upgrade",
    "metadata", "kubeconfig", "policy", "provision", "update",
)  # fmt: skip
"""Every key that a step of some release has."""


@dataclass
class Trouble:
    """What is to go wrong: the next steps of this kind fail, or never end."""

    step: str
    message: str
    hang: bool = False
    times: int = 1


@dataclass
class Work:
    """Steps on the way."""

    cse: Cse
    task: Task
    steps: Sequence[Step]
    done: Callable[[], None]
    """Ends the task when every step is done."""
    fail: Callable[[str], None]
    """Ends the task when one failed, with its message."""
    position: int = 0
    due: int | None = None
    """Epoch milliseconds at which the present step is carried out."""
    generation: int = field(init=False)

    def start(self) -> Task:
        """Begins; the first step's text is there at once."""
        self.generation = self.cse.generation
        self._say()
        self._wait()
        return self.task

    def give_up(self) -> None:
        """Nothing more comes of it: neither its other steps, nor its end."""
        self.generation = -1

    def _say(self) -> None:
        if self.position < len(self.steps) and self.steps[self.position].text:
            self.task.operation = self.steps[self.position].text
        if self.task.held:
            self.task.percent = 5 + 90 * self.position // max(1, len(self.steps))

    def _wait(self) -> None:
        # From when the last step was due, so that a leap of the clock carries out every step that it passes.
        world = self.cse.world
        begun = self.due if self.due is not None else world.now_ms()
        seconds = (begun - world.now_ms()) / 1000 + world.task_seconds
        self.due = world.after(seconds, self._next)

    def _next(self) -> None:
        # Cancelling the task does not stop the work (contract section 2.4).
        over = self.task.ended is not None and not self.task.cancel_requested
        if self.generation != self.cse.generation or over:
            return
        if self.position >= len(self.steps):
            self.done()
            return
        step = self.steps[self.position]
        trouble = self.cse.take_trouble(step.key)
        if trouble is not None and trouble.hang:
            return
        try:
            if trouble is not None:
                raise Failed(trouble.message)
            step.act()
        except (Failed, KeyError, TypeError, ValueError, AttributeError) as problem:
            # What a document that nobody has checked does to a step; the genuine servers die of it the same way.
            self.fail(str(problem))
            return
        self.position += 1
        if self.position >= len(self.steps):
            self.done()
            return
        self._say()
        self._wait()
