"""Runs a workflow item by item: its scripts for real, its timers, questions, sub-workflows and exceptions (section 8).

A `Frame` is one workflow that is under way: that of the execution itself, or one that an item of type `link` runs
inside of it. Nothing waits: whatever takes time calls back (a script's process, the clock, who answers a question).
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from . import value_text
from .execution import (
    COMPLETED,
    FAILED,
    RUNNING,
    SERVER_ORIGIN,
    SYSTEM_ORIGIN,
    WAITING,
    WAITING_SIGNAL,
    Execution,
    Question,
)
from .store import Parameter, new_hex_id
from .values import BadValue, Wire, coerce, is_secret
from .workflow_model import DECISION, END, INPUT, LINK, SIMPLE_DECISION, SWITCH, TASK, TIMER, Item, Workflow

if TYPE_CHECKING:
    from ..scripting.sessions import Result
    from .runs import Runs

# Bindings of an interaction that say who may answer and how long, not what is asked.
_ABOUT = ("security.", "timeout.", "external.", "relative.")
_MOST_ITEMS = 10_000
"""So many items in one run: a schema that goes round in circles without waiting must not hold the simulator."""


@dataclass(eq=False)
class Failure(Exception):
    """Something was thrown: the text for `content-exception`, and for the script log where it was."""

    text: str
    label: str = ""
    line: int = 0
    logged: bool = False

    def __str__(self) -> str:
        """`TypeError: ... (Workflow:Create edge / Scriptable task (item1)#57)`."""
        return f"{self.text} ({self.place})" if self.label else self.text

    @property
    def place(self) -> str:
        """Where in which script."""
        return f"{self.label}#{self.line}"


@dataclass
class Frame:
    """One workflow under way."""

    run: Run
    model: Workflow
    done: Callable[[dict[str, Wire | None]], None]
    failed: Callable[[Failure], None]
    types: dict[str, str] = field(default_factory=dict)
    values: dict[str, Wire | None] = field(default_factory=dict)
    item: Item | None = None
    _handled: bool = False
    _next: str | None = None
    _moving: bool = False

    # Variables

    def begin(self, given: Mapping[str, Wire | None]) -> None:
        """Fills the variables and goes to the first item."""
        for one in (*self.model.outputs, *self.model.inputs):
            self.types[one.name] = one.type
            self.values[one.name] = given.get(one.name)
        try:
            for attribute in self.model.attributes:
                self.types[attribute.name] = attribute.type
                bound = attribute.configuration
                self.values[attribute.name] = (
                    self.run.runs.configured(*bound) if bound else value_text.read(attribute.type, attribute.value)
                )
        except BadValue as problem:
            self.failed(Failure(str(problem)))
            return
        self.go_on(self.model.root_name)

    def _set(self, name: str, value: Wire | None) -> None:
        if name in self.types:
            self.values[name] = coerce(self.types[name], value, name)

    def _bound(self, item: Item, name: str) -> Wire | None:
        """The value of an in-binding."""
        source = next((one.export_name for one in item.in_bindings if one.name == name), "")
        return self.values.get(source)

    def results(self) -> dict[str, Wire | None]:
        """The outputs as they are now."""
        return {one.name: self.values.get(one.name) for one in self.model.outputs}

    # Going on

    def go_on(self, name: str) -> None:
        """To the item of this name; without one the workflow is over."""
        self._next = name
        if self._moving:
            # One item led to the next without waiting: the loop below takes it, however many there are.
            return
        self._moving = True
        try:
            while self._next is not None:
                name, self._next = self._next, None
                self._enter(name)
        finally:
            self._moving = False

    def _enter(self, name: str) -> None:
        item = self.model.items.get(name)
        if item is None:
            # A schema whose last arrow is missing ends there.
            self.done(self.results())
            return
        self.item = item
        try:
            self.run.enter(self, item)
            self._do(item)
        except Failure as failure:
            self.fail(failure)
        except BadValue as problem:
            self.fail(Failure(str(problem), self.label(item)))

    def _do(self, item: Item) -> None:
        doing: dict[str, Callable[[Item], None]] = {
            TASK: self._task,
            DECISION: self._decision,
            SIMPLE_DECISION: self._decision,
            SWITCH: self._switch,
            TIMER: self._timer,
            INPUT: self._ask,
            LINK: self._link,
            END: self._end,
        }
        if item.type not in doing:
            raise Failure(f"The simulator cannot run items of type '{item.type}'", self.label(item))
        doing[item.type](item)

    def label(self, item: Item) -> str:
        """What the script of an item is called in errors."""
        return f"Workflow:{self.model.name} / {item.display_name or item.name} ({item.name})"

    def fail(self, failure: Failure) -> None:
        """Something was thrown at the present item: `catch_name` takes it, then the error handler, then whoever runs
        this workflow."""
        item = self.item
        self.run.log_failure(failure)
        catch, binding = (item.catch_name, item.throw_bind_name) if item and item.type != END else ("", "")
        if not catch and self.model.error_handler and not self._handled:
            # Once: what the handler itself throws is not handled again.
            self._handled = True
            catch, binding = self.model.error_handler, self.model.error_binding
        if catch:
            if binding:
                self.values[binding] = {"string": {"value": str(failure)}}
            self.go_on(catch)
            return
        self.failed(failure)

    # Items with a script

    def _job(self, item: Item, returns: str) -> dict[str, Any]:
        inputs = [{"name": one.name, "value": self.values.get(one.export_name)} for one in item.in_bindings]
        outputs = [{"name": one.name, "type": self.types.get(one.export_name, one.type)} for one in item.out_bindings]
        return {
            "label": self.label(item),
            "script": item.script,
            "inputs": inputs,
            "outputs": outputs,
            "returns": returns,
        }

    def _script(self, item: Item, returns: str, then: Callable[[Result], None]) -> None:
        def finished(result: Result) -> None:
            failure = result.get("failure")
            try:
                if failure is not None:
                    raise Failure(failure["text"], failure["label"] or self.label(item), failure["line"])
                then(result)
            except Failure as problem:
                self.fail(problem)
            except BadValue as problem:
                self.fail(Failure(str(problem), self.label(item)))
            except Exception as problem:
                # A fault of the simulator itself: told to whoever watches its terminal, and by the run.
                traceback.print_exc(file=sys.stderr)
                self.run.fail(Failure(f"The simulator failed: {problem!r}"))

        self.run.script(self._job(item, returns), finished)

    def _task(self, item: Item) -> None:
        def then(result: Result) -> None:
            for one in item.out_bindings:
                if one.export_name:
                    self._set(one.export_name, result["outputs"].get(one.name))
            self.go_on(item.out_name)

        if item.script.strip():
            self._script(item, "Any", then)
        else:
            self.go_on(item.out_name)

    def _decision(self, item: Item) -> None:
        def then(result: Result) -> None:
            value = result["value"] or {"boolean": {"value": False}}
            self.go_on(item.out_name if value["boolean"]["value"] else item.alt_out_name)

        self._script(item, "boolean", then)

    def _switch(self, item: Item) -> None:
        def then(result: Result) -> None:
            value = result["value"] or {"string": {"value": item.out_name}}
            self.go_on(value["string"]["value"])

        self._script(item, "string", then)

    # Items without

    def _timer(self, item: Item) -> None:
        value = self._bound(item, "timer.date")
        until = self.run.runs.moment(value)
        if until is None or until <= self.run.runs.now():
            self.go_on(item.out_name)
            return
        self.run.pause(WAITING_SIGNAL)
        self.run.at(until, lambda: self._resumed(item))

    def _resumed(self, item: Item) -> None:
        self.run.resume()
        self.go_on(item.out_name)

    def _ask(self, item: Item) -> None:
        asked = [one for one in item.out_bindings if one.name and not one.name.startswith(_ABOUT)]
        deadline = self.run.runs.moment(self._bound(item, "timeout.date"))
        question = Question(
            id=new_hex_id(),
            title=item.display_name or item.name,
            parameters=[Parameter(one.name, self.types.get(one.export_name, one.type)) for one in asked],
            mandatory=frozenset(one.name for one in item.fields if one.mandatory),
            labels={one.name: one.label for one in item.fields},
            assignees=self._assignees(item),
            answered=partial(self._answered, item),
        )
        self.run.ask_user(question)
        if deadline is not None:
            self.run.at(max(deadline, self.run.runs.now()), lambda: self._timed_out(item, question))

    def _assignees(self, item: Item) -> list[str]:
        """Ids of the users that `security.assignees` names. Groups are not known to the simulator."""
        value = self._bound(item, "security.assignees")
        listed = value["array"]["elements"] if value and "array" in value else []
        return [one["sdk-object"]["id"] for one in listed if "sdk-object" in one]

    def _answered(self, item: Item, answers: dict[str, Wire | None]) -> None:
        for one in item.out_bindings:
            if one.export_name and one.name in answers:
                self._set(one.export_name, answers[one.name])
        self._resumed(item)

    def _timed_out(self, item: Item, question: Question) -> None:
        if self.run.execution.question is question:
            self.run.resume()
            self.fail(Failure("The user interaction has timed out", self.label(item)))

    def _link(self, item: Item) -> None:
        model = self.run.runs.model(item.linked_workflow_id)
        if model is None:
            raise Failure(f"Workflow with ID '{item.linked_workflow_id}' not found", self.label(item))

        def done(results: dict[str, Wire | None]) -> None:
            for one in item.out_bindings:
                if one.export_name:
                    self._set(one.export_name, results.get(one.name))
            self.go_on(item.out_name)

        given = {one.name: self.values.get(one.export_name) for one in item.in_bindings}
        self.run.nested(item.linked_workflow_id, model, given, done, self.fail)

    def _end(self, item: Item) -> None:
        if item.business_status:
            self.run.execution.business_state = item.business_status
        if item.end_mode == 1:
            thrown = self.values.get(item.throw_bind_name)
            text = next(iter(thrown.values())).get("value", "") if thrown else ""
            raise Failure(str(text))
        self.done(self.results())


class Run:
    """One execution that is under way; it is also what its scripts see of the server (`door`)."""

    def __init__(self, runs: Runs, execution: Execution) -> None:
        self.runs = runs
        self.execution = execution
        self.frames: list[Frame] = []
        self._items = 0
        self._session: Any = None
        execution.abort = self.abort
        execution.attributes = self._attributes

    def _attributes(self) -> dict[str, Wire | None]:
        frame = self.frames[0] if self.frames else None
        return {one.name: frame.values.get(one.name) for one in frame.model.attributes} if frame else {}

    # Beginning and end

    def start(self, model: Workflow, given: Mapping[str, Wire | None]) -> None:
        """From the first item on."""
        self.execution.state = RUNNING
        self.nested(self.execution.workflow_id, model, given, self._completed, self.fail)

    def nested(
        self,
        workflow_id: str,
        model: Workflow,
        given: Mapping[str, Wire | None],
        done: Callable[[dict[str, Wire | None]], None],
        failed: Callable[[Failure], None],
    ) -> None:
        """A workflow inside of this execution: one with a schema, or one of the library."""

        def leave(then: Callable[[Any], None], result: Any) -> None:
            self.frames.pop()
            then(result)

        frame = Frame(self, model, partial(leave, done), partial(leave, failed))
        self.frames.append(frame)
        native = self.runs.native(workflow_id)
        if native is None:
            frame.begin(given)
            return
        inputs = dict(given)

        def finish() -> None:
            try:
                results = native(self.runs.server, inputs)
            except Failure as problem:
                self.log_failure(problem)
                frame.failed(problem)
            else:
                frame.done(results)

        self.at(self.runs.now() + int(self.runs.world.task_seconds * 1000), finish)

    def _completed(self, results: dict[str, Wire | None]) -> None:
        self.execution.results = results
        self.finish(COMPLETED)

    def fail(self, failure: Failure) -> None:
        """It ends here, whatever it is at."""
        self.execution.exception = str(failure)
        self.finish(FAILED)

    def finish(self, state: str) -> None:
        """It is over."""
        self.runs.finish(self.execution, state)

    def abort(self) -> None:
        """Ends the process of its scripts."""
        if self._session is not None:
            self._session.close()

    # What happens on the way

    def enter(self, frame: Frame, item: Item) -> None:
        """The next item. The engine leaves a mark in the script log that clients skip (VDT, BT)."""
        self._items += 1
        if self._items > _MOST_ITEMS:
            raise Failure(f"The workflow went through more than {_MOST_ITEMS} items", frame.label(item))
        self.execution.current_item = item.display_name or item.name
        self.execution.log(self.runs.now(), SERVER_ORIGIN, "debug", f"__item_stack:/{item.name}")

    def script(self, job: dict[str, Any], done: Callable[[Result], None]) -> None:
        """Runs a script of the execution."""
        if self._session is None or not self._session.is_open:
            self._session = self.runs.session(self)
        self._session.run(
            {**job, "token": self.execution.id, "now": self.runs.now(), "ca": self.runs.world.authority.pem}, done
        )

    def at(self, ms: int, action: Callable[[], None]) -> None:
        """Does something at a time of the simulator's clock, unless the execution is over by then."""
        self.runs.at(ms, lambda: None if self.execution.is_over else action())

    def pause(self, state: str) -> None:
        """It waits for a timer or a user."""
        self.execution.state = state
        name = self.execution.name
        what = "signal" if state == WAITING_SIGNAL else "user interaction"
        self.execution.event(
            self.runs.now(), "Workflow is paused", f"Workflow '{name}' has paused while waiting on {what}"
        )

    def resume(self) -> None:
        """It waits no more."""
        self.execution.question = None
        self.execution.state = RUNNING
        self.execution.event(self.runs.now(), f"Workflow '{self.execution.name}' has resumed")

    def ask_user(self, question: Question) -> None:
        """It waits for a user."""
        question.asked = self.runs.now()
        self.execution.questions.append(question)
        self.execution.question = question
        self.pause(WAITING)

    def log_failure(self, failure: Failure) -> None:
        """What the script log has of something that was thrown: the error, and the engine's execution stack, which
        clients leave out (VDT, BT)."""
        if failure.logged:
            return
        failure.logged = True
        execution, now = self.execution, self.runs.now()
        where = f"Error in ({failure.place}) " if failure.label else ""
        execution.log(now, SYSTEM_ORIGIN, "error", f"{where}{failure.text}")
        lines = ["Workflow execution stack:", "***"]
        for frame in reversed(self.frames):
            item = frame.item.name if frame.item else ""
            lines.append(f"item: '{frame.model.name}/{item}', state: 'failed', exception: '{failure}'")
            lines.append(f"workflow: '{frame.model.name}' ({frame.model.id})")
            lines += [
                f"|  'input': name={one.name} type={one.type} value={_told(one.type, frame.values.get(one.name))}"
                for one in frame.model.inputs
            ]
        lines.append("*** End of execution stack.")
        execution.log(now, SERVER_ORIGIN, "error", "\n".join(lines))

    # The door of its scripts

    def ask(self, name: str, args: list[Any], answer: Callable[[dict[str, Any]], None]) -> None:
        """What its own scripts ask: about the execution, or about the server."""
        if name in ("context", "context names"):
            given: dict[str, Wire | None] = {one.name: value for one, value in self.execution.inputs}
            given |= self.frames[-1].values if self.frames else {}
            answer({"value": list(given) if name == "context names" else given.get(str(args[0]))})
        else:
            self.runs.door.ask(self.execution.started_by, name, args, answer)

    def note(self, name: str, args: list[Any]) -> None:
        """What its own scripts say."""
        if name == "log":
            self.execution.log(self.runs.now(), SYSTEM_ORIGIN, *args)
        elif name == "event":
            severity, text, details = args
            self.execution.event(self.runs.now(), text, details or None, severity)
            self.execution.log(self.runs.now(), SERVER_ORIGIN, severity, text, details)


def _told(declared: str, value: Wire | None) -> str:
    """A value for the execution stack; secrets are not told."""
    if value is None:
        return "null"
    if is_secret(declared):
        return "*****"
    return str(next(iter(value.values())).get("value", "..."))
