"""Runs of actions: at once or later, and what a script that throws looks like (contract section 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..wire import LateReply, Reply
from .exchange import Exchange, bad_request, not_found
from .execution import COMPLETED, FAILED, RUNNING
from .routes import EXECUTE, Route, Routes
from .runs_room import RunsRoom, given_values, shapes_for
from .store import Action, Parameter, new_id
from .values import BadValue, Wire, coerce

if TYPE_CHECKING:
    from ..scripting.sessions import Result
    from .runs import Runs

MOST_KEPT = 1_000
# "7.x late" is all that is known (section 18): the last one is late enough, 7.3 is not.
_SINCE = (7, 6)


@dataclass
class ActionRun:
    """One run of an action, and what its script sees of the server. What it says to `System.log` is not to be read."""

    runs: Runs
    id: str
    action: Action
    user: str
    given: dict[str, Wire | None]
    state: str = RUNNING
    value: Wire | None = None
    error: str | None = None
    line: int = 0

    def start(self, ended: Callable[[], None]) -> None:
        """Runs the script; `ended` is called when it is over."""
        action = self.action
        if action.runtime:
            self.state = FAILED
            self.error = f"The simulator runs JavaScript, and this action is written for {action.runtime}"
            ended()
            return
        session = self.runs.session(self)

        def done(result: Result) -> None:
            session.close()
            self._take(result)
            ended()

        inputs = [{"name": one.name, "value": self.given.get(one.name)} for one in action.inputs]
        job = {
            "label": f"Dynamic Script Module name : {action.name}",
            "script": action.script,
            "inputs": inputs,
            "outputs": [],
            "returns": "Any" if action.output_type == "void" else action.output_type,
            "now": self.runs.now(),
            "ca": self.runs.world.authority.pem,
        }
        session.run(job, done)

    def _take(self, result: Result) -> None:
        failure = result.get("failure")
        try:
            if failure is None:
                self.value = coerce(self.action.output_type, result["value"], "result")
                if self.action.output_type == "void":
                    self.value = None
        except BadValue as problem:
            failure = {"text": str(problem), "label": "", "line": 0}
        self.state = COMPLETED
        if failure is not None:
            self.state, self.line = FAILED, failure["line"]
            place = f" ({failure['label']}#{failure['line']})" if failure["label"] else ""
            self.error = f"{failure['text']}{place}"

    # The door of its script

    def ask(self, name: str, args: list[Any], answer: Callable[[dict[str, Any]], None]) -> None:
        """What the script asks."""
        if name in ("context", "context names"):
            answer({"value": list(self.given) if name == "context names" else self.given.get(str(args[0]))})
        else:
            self.runs.door.ask(self.user, name, args, answer)

    def note(self, name: str, args: list[Any]) -> None:
        """What the script says: into the server's own log, which no call shows."""


class ActionRuns(RunsRoom):
    """`POST /actions/…/executions` and `GET /actions/runs/{id}`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
        routes.add("POST", "actions/*/executions", Route(self.start, writes=True, since=_SINCE))
        routes.add("POST", "actions/*/*/executions", Route(self.start_named, writes=True, since=_SINCE))
        routes.add("GET", "actions/runs/*", Route(self.read, since=_SINCE))

    def clear(self) -> None:
        """The engine has forgotten them."""

    def start(self, exchange: Exchange, identity: str) -> Reply:
        """By id."""
        return self._start(exchange, exchange.pick(self.server.store.actions, identity, "Action"))

    def start_named(self, exchange: Exchange, module: str, name: str) -> Reply:
        """By module and name."""
        action = self.server.store.action_named(module, name)
        if action is None:
            raise not_found(f"Action '{module}/{name}' not found")
        return self._start(exchange, action)

    def _start(self, exchange: Exchange, action: Action) -> Reply:
        self.server.demand(exchange, EXECUTE, action)
        body = exchange.body()
        later = body.get("async-execution", False)
        if not isinstance(later, bool):
            raise bad_request("async-execution must be true or false")
        values = given_values(exchange, body, action.inputs, frozenset())
        run = ActionRun(self.server.runs, new_id(), action, exchange.person.principal, values)
        self._keep(run)
        if later:
            run.start(lambda: None)
            return self._answer(exchange, run)
        # Whether the answer can be written at all is found out before anything runs.
        self._answer(exchange, run)
        reply = LateReply()
        run.start(lambda: reply.settle(self._answer(exchange, run)))
        return reply

    def _keep(self, run: ActionRun) -> None:
        kept = self.server.runs.action_runs
        kept[run.id] = run
        while len(kept) > MOST_KEPT:
            del kept[next(iter(kept))]

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /actions/runs/{id}`: the result of a run that was started as asynchronous, and of others."""
        run = self.server.runs.action_runs.get(identity)
        if run is None or not (exchange.person.is_administrator or run.user == exchange.person.principal):
            raise not_found(f"Action execution with ID '{identity}' not found")
        return self._answer(exchange, run)

    def _answer(self, exchange: Exchange, run: ActionRun) -> Reply:
        """Success in every case: a script that has thrown is told by its fields (section 11, 20.9). 9.x has shown
        `error`; for releases before it there is the documents' `errorMessage` alone."""
        shapes = shapes_for(self, exchange)
        kind = run.action.output_type
        shown = {**shapes.parameter(Parameter("result", kind), run.value), "state": run.state, "execution-id": run.id}
        if run.error is not None:
            word = "error" if self.server.release.generation >= 9 else "errorMessage"
            shown |= {word: run.error, "errorLineNumber": run.line}
        return exchange.json(shown)
