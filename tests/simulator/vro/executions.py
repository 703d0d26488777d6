"""Executions of workflows: start, read, list, logs, cancel and remove (contract section 8)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .catalog import Item, ObjectType
from .exchange import Exchange, Refusal, bad_request, conflict
from .execution import (
    SEVERITIES,
    Event,
    Execution,
    LogLine,
    attributes,
    document,
    iso,
    stamp,
)
from .listing import conditions_of, link, number, select
from .routes import EXECUTE, Route, Routes
from .runs_room import RunsRoom, given_values, shapes_for

_ABOVE = {"warn": "warning"}


class Executions(RunsRoom):
    """`/workflows/{id}/executions`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls, and executions to the catalog. `POST .../syslogs` was there in 7.4 and 7.5 alone, which are
        not simulated; below them the script log cannot be reached."""
        add, one = routes.add, "workflows/*/executions/*"
        add("POST", "workflows/*/executions", Route(self.start, writes=True))
        add("GET", "workflows/*/executions", Route(self.list_all))
        add("GET", one, Route(self.read))
        add("DELETE", one, Route(self.remove, writes=True))
        add("GET", f"{one}/state", Route(self.read_state))
        add("DELETE", f"{one}/state", Route(self.cancel, writes=True, since=(8, 0)))
        add("GET", f"{one}/logs", Route(self.read_events))
        add("GET", f"{one}/syslogs", Route(self.read_log, since=(7, 6)))
        self.server.catalog.add(ObjectType("System", "WorkflowExecution", self._items, self.sees_run))

    def clear(self) -> None:
        """Nothing runs, and nothing has run."""
        self.server.runs.clear()

    def _items(self) -> list[Item]:
        return [self._item(one) for one in self.server.runs.executions.values()]

    @staticmethod
    def _item(one: Execution) -> Item:
        shown = {**attributes(one), "workflowId": one.workflow_id, "type": "WorkflowExecution"}
        place = {"down": ("workflows", one.workflow_id, "executions", one.id)}
        return Item("System:WorkflowExecution", one.id, one.name, shown, {}, one, also=place)

    # Calls

    def start(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`POST …/executions`: 202 with an address; from 8.x on also with the execution (section 8.1)."""
        workflow = self.workflow(exchange, workflow_id, EXECUTE)
        body = exchange.body()
        runs = self.server.runs
        values = given_values(exchange, body, workflow.inputs, runs.mandatory(workflow))
        identity = body.get("executionId") if self.server.release.generation >= 8 else None
        if identity is not None and (not isinstance(identity, str) or not identity.strip() or "/" in identity):
            raise bad_request("executionId must be an id")
        if identity in runs.executions:
            # What a second use of an id gets is UNKNOWN.
            raise conflict(f"Workflow execution with ID '{identity}' already exists")
        execution = runs.start(workflow, values, exchange.person.principal, identity)
        href = self.server.href(exchange, "workflows", workflow.id, "executions", execution.id)
        if self.server.release.generation < 8:
            return exchange.nothing(202, [("location", href)])
        return exchange.json(document(execution, shapes_for(self, exchange)), 202, [("location", href)])

    def list_all(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`GET …/executions`, the newest first (INFERRED: no source says it, and clients sort)."""
        workflow = self.workflow(exchange, workflow_id)
        base = self.server.href(exchange, "workflows", workflow.id, "executions")
        found = [one for one in self.server.runs.executions.values() if one.workflow_id == workflow.id]
        rows = [link(f"{base}{one.id}/", attributes(one)) for one in reversed(found)]
        body = select(exchange, "executions", rows)
        above = [link(self.server.href(exchange, "workflows", workflow.id), rel="up"), link(base, rel="add")]
        return exchange.json({"relations": {"total": body["total"], "link": [*above, *body["link"]]}})

    def read(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/executions/{t}`."""
        return exchange.json(document(self.execution(exchange, workflow_id, identity), shapes_for(self, exchange)))

    def read_state(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/state`."""
        return exchange.json({"value": self.execution(exchange, workflow_id, identity).state})

    def cancel(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`DELETE …/state`, 8.x. That one which has ended already is no error is INFERRED: both were on their way."""
        self.server.runs.cancel(self.execution(exchange, workflow_id, identity, EXECUTE))
        return exchange.nothing(204)

    def remove(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`DELETE …/executions/{t}`: cancels a live one, removes the record of one that has ended (20.2)."""
        execution = self.execution(exchange, workflow_id, identity, EXECUTE)
        if execution.is_over:
            del self.server.runs.executions[execution.id]
        else:
            self.server.runs.cancel(execution)
        return exchange.nothing(204)

    # Logs

    def read_events(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/logs`: events, the newest first (T5). `System.log` is not here."""
        execution = self.execution(exchange, workflow_id, identity)
        found = [one for one in reversed(execution.events) if _fits(exchange, one.severity, one.ms)]
        most = number(exchange, "maxResult", "maxResults")
        generation = self.server.release.generation
        return exchange.json({"logs": [{"entry": _event(one, generation)} for one in found[:most]]})

    def read_log(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/syslogs`: the script log as far as it has reached the disk, the oldest line first."""
        execution = self.execution(exchange, workflow_id, identity)
        lines = [one for one in self.server.runs.written(execution) if _fits(exchange, one.severity, one.ms)]
        most = number(exchange, "maxResult", "maxResults")
        # Which ones a limit leaves is not known; the newest say how it ended.
        shown = lines[-most:] if most else lines
        return exchange.json({"logs": [{"entry": _line(one)} for one in shown]})


def _fits(exchange: Exchange, severity: str, ms: int) -> bool:
    """Conditions `severity=info` (and what is worse) and `timestamp>…` (section 8.4)."""
    for one in conditions_of(exchange):
        if one.field == "severity":
            wanted = _ABOVE.get(one.value.lower(), one.value.lower())
            if wanted not in SEVERITIES:
                raise Refusal(400, f"Unknown severity '{one.value}'")
            if SEVERITIES.index(severity) < SEVERITIES.index(wanted):
                return False
        elif one.field == "timestamp":
            if not one.value.isdecimal():
                raise Refusal(400, f"'{one.value}' is not a time stamp")
            if ms <= int(one.value) if one.operator == ">" else ms >= int(one.value):
                return False
    return True


def _event(one: Event, generation: int) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "time-stamp": one.ms if generation < 8 else iso(one.ms),
        "user": one.user,
        "short-description": one.text,
        "long-description": one.details,
    }


def _line(one: LogLine) -> dict[str, Any]:
    return {
        "origin": one.origin,
        "severity": one.severity,
        "time-stamp": stamp(one.ms),
        "time-stamp-val": one.ms,
        "short-description": one.text,
        "long-description": one.details,
    }
