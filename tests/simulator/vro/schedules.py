"""`/tasks`: workflows that run at a time, or over and over again (contract section 10)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .catalog import Item, ObjectType
from .exchange import Exchange, bad_request, conflict, not_found
from .execution import attributes, epoch_ms, iso
from .listing import Link, link, select
from .recurrence import ONCE, ONE_TIME, BadPattern, check
from .routes import EXECUTE, Route, Routes
from .runs_room import RunsRoom, given_values, shapes_for
from .scheduler import PENDING, SUSPENDED, Task
from .store import Workflow


class Schedules(RunsRoom):
    """Tasks, and those of one workflow."""

    def register(self, routes: Routes) -> None:
        """Adds its calls, and tasks to the catalog."""
        add = routes.add
        add("GET", "tasks", Route(self.list_tasks))
        add("POST", "tasks", Route(self.create, writes=True))
        add("GET", "tasks/*", Route(self.read_task))
        add("POST", "tasks/*", Route(self.update, writes=True))
        add("PUT", "tasks/*", Route(self.update, writes=True))
        add("DELETE", "tasks/*", Route(self.delete, writes=True))
        add("GET", "tasks/*/executions", Route(self.list_runs))
        add("GET", "workflows/*/tasks", Route(self.list_of_workflow))
        self.server.catalog.add(ObjectType("System", "Task", self._task_items, self.sees_run))

    def clear(self) -> None:
        """The engine has forgotten them."""

    # Views

    def _task_items(self) -> list[Item]:
        return [
            Item("System:Task", one.id, one.name, {**self._attributes(one), "type": "Task"}, {}, one)
            for one in self.server.runs.scheduler.tasks.values()
        ]

    @staticmethod
    def _attributes(task: Task) -> dict[str, object]:
        return {
            "id": task.id,
            "name": task.name,
            "description": task.description,
            "state": task.state,
            "recurrenceCycle": task.cycle,
            "startDate": iso(task.start),
            "workflowId": task.workflow_id,
        }

    def _row(self, exchange: Exchange, task: Task) -> Link:
        return link(self.server.href(exchange, "tasks", task.id), self._attributes(task))

    def _view(self, exchange: Exchange, task: Task) -> dict[str, Any]:
        shapes = shapes_for(self, exchange)
        workflow = self.server.store.workflows.get(task.workflow_id)
        inputs = workflow.inputs if workflow else []
        place = self.server.href(exchange, "workflows", task.workflow_id)
        href = self.server.href(exchange, "tasks", task.id)
        optional = {
            "description": task.description,
            "recurrence-pattern": task.pattern or None,
            "recurrence-end-date": None if task.end is None else iso(task.end),
        }
        return {
            "id": task.id,
            "name": task.name,
            "href": href,
            "recurrence-cycle": ONE_TIME if task.cycle in ONCE else task.cycle,
            "recurrence-start-date": iso(task.start),
            "start-mode": task.start_mode,
            "state": task.state,
            "user": task.user,
            "workflow": {"id": task.workflow_id, "name": task.workflow_name, "href": place},
            "input-parameters": [shapes.parameter(one, task.inputs.get(one.name)) for one in inputs],
            **{name: value for name, value in optional.items() if value is not None},
            "relations": {
                "link": [
                    {"rel": "up", "href": self.server.href(exchange, "tasks")},
                    {"rel": "workflow", "href": place},
                    {"rel": "executions", "href": f"{href}executions/"},
                ]
            },
        }

    # Finding

    def _task(self, exchange: Exchange, identity: str, letter: str = "r") -> Task:
        """A task whose workflow the caller may see (or run). Raises Refusal 404 or 403."""
        found: Task = exchange.pick(self.server.runs.scheduler.tasks, identity, "Task")
        workflow = self.server.store.workflows.get(found.workflow_id)
        if workflow is not None:
            self.server.demand(exchange, letter, workflow)
        elif not exchange.person.is_administrator:
            raise not_found(f"Task with ID '{identity}' not found")
        return found

    def _visible(self, exchange: Exchange) -> list[Task]:
        return [one.thing for one in self._task_items() if self.sees_run(exchange, one)]

    # Calls

    def list_tasks(self, exchange: Exchange) -> Reply:
        """`GET /tasks`."""
        rows = [self._row(exchange, one) for one in self._visible(exchange)]
        return exchange.links("tasks", select(exchange, "tasks", rows))

    def list_of_workflow(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`GET /workflows/{id}/tasks`."""
        workflow = self.workflow(exchange, workflow_id)
        rows = [self._row(exchange, one) for one in self._visible(exchange) if one.workflow_id == workflow.id]
        body = select(exchange, "tasks", rows)
        up = link(self.server.href(exchange, "workflows", workflow.id), rel="up")
        return exchange.json({"relations": {"total": body["total"], "link": [up, *body["link"]]}})

    def read_task(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /tasks/{id}`."""
        return exchange.json(self._view(exchange, self._task(exchange, identity)))

    def create(self, exchange: Exchange) -> Reply:
        """`POST /tasks`: 202 without a body; from 8.x on 202 with the task, as a public client of 8.x demands it."""
        body = exchange.body()
        given = body.get("workflow")
        workflow = self.workflow(exchange, str(given.get("id")) if isinstance(given, dict) else "", EXECUTE)
        fields = self._fields(exchange, body, workflow, None)
        scheduler = self.server.runs.scheduler
        task = scheduler.add(workflow, fields.pop("inputs"), exchange.person.principal, fields.pop("start"))
        self._apply(task, fields)
        href = self.server.href(exchange, "tasks", task.id)
        if self.server.release.generation < 8:
            return exchange.nothing(202, [("location", href)])
        return exchange.json(self._view(exchange, task), 202, [("location", href)])

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`POST` or `PUT /tasks/{id}`. What is left out stays (INFERRED); the workflow cannot be another one."""
        task = self._task(exchange, identity, EXECUTE)
        body = exchange.body()
        given = body.get("workflow")
        if isinstance(given, dict) and given.get("id") not in (None, task.workflow_id):
            raise bad_request("The workflow of a task cannot be changed")
        workflow = self.workflow(exchange, task.workflow_id, EXECUTE)
        self._apply(task, self._fields(exchange, body, workflow, task))
        return exchange.json(self._view(exchange, task))

    def _apply(self, task: Task, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(task, name, value)
        self.server.runs.scheduler.plan(task)

    def _fields(
        self, exchange: Exchange, body: dict[str, Any], workflow: Workflow, task: Task | None
    ) -> dict[str, Any]:
        """What a body says, in the words of `Task`. Raises Refusal 400."""
        fields: dict[str, Any] = {}
        name = body.get("name", task.name if task else None)
        if not isinstance(name, str) or not name.strip():
            raise bad_request("name is required")
        fields["name"] = name
        fields |= self._state(body.get("state"), task)
        cycle = str(body.get("recurrence-cycle", task.cycle if task else "none") or "none")
        pattern = str(body.get("recurrence-pattern", task.pattern if task else "") or "")
        try:
            check(cycle, pattern)
            for key, field in (("recurrence-start-date", "start"), ("recurrence-end-date", "end")):
                if key in body or (task is None and field == "start"):
                    fields[field] = epoch_ms(str(body[key])) if body.get(key) else None
        except (BadPattern, ValueError) as problem:
            raise bad_request(str(problem)) from problem
        if task is not None and fields.get("start", 0) is None:
            raise bad_request("recurrence-start-date is required")
        fields |= {"cycle": cycle, "pattern": pattern}
        for key, field in (("description", "description"), ("start-mode", "start_mode")):
            if key in body:
                fields[field] = body[key]
        if task is None or "input-parameters" in body:
            given = {"parameters": body.get("input-parameters")}
            fields["inputs"] = given_values(exchange, given, workflow.inputs, self.server.runs.mandatory(workflow))
        return fields

    @staticmethod
    def _state(wanted: object, task: Task | None) -> dict[str, str]:
        """A state is a wish to change it. The client of recurrence.py has seen this: a new task is `pending` whatever
        is asked for, `scheduled` is no state that can be, and one that it has already is refused."""
        if wanted is None:
            return {}
        if wanted not in (PENDING, SUSPENDED):
            raise bad_request(f"Unknown state '{wanted}'")
        if task is None:
            return {"state": PENDING}
        if (task.state == SUSPENDED) == (wanted == SUSPENDED):
            raise conflict("Cannot resume task" if wanted == PENDING else "Cannot suspend task")
        return {"state": str(wanted)}

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /tasks/{id}`."""
        self.server.runs.scheduler.remove(self._task(exchange, identity, EXECUTE).id)
        return exchange.nothing(200 if self.server.release.generation < 8 else 204)

    def list_runs(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /tasks/{id}/executions`, the newest first."""
        task = self._task(exchange, identity)
        found = self.server.runs.scheduler.executions_of(task)
        rows = [
            link(self.server.href(exchange, "workflows", one.workflow_id, "executions", one.id), attributes(one))
            for one in reversed(found)
        ]
        body = select(exchange, "executions", rows)
        up = link(self.server.href(exchange, "tasks", task.id), rel="up")
        return exchange.json({"relations": {"total": body["total"], "link": [up, *body["link"]]}})
