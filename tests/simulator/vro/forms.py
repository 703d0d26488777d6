"""Presentations: forms of a workflow's inputs and of what a user interaction asks for (contract sections 6 and 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..wire import Reply
from . import element_files
from .catalog import Item, ObjectType
from .exchange import Exchange, bad_request, not_found
from .execution import Execution, Question, iso
from .routes import EXECUTE, Route, Routes
from .runs_room import RunsRoom, given_values, shapes_for
from .store import Parameter, new_hex_id
from .values import Wire


def form(
    identity: str,
    name: str,
    href: str,
    parameters: Sequence[Parameter],
    labels: Mapping[str, str],
    mandatory: frozenset[str],
) -> dict[str, Any]:
    """The document of a form: one step with one group of fields, as the editor makes them by itself (T5)."""
    fields = []
    for one in parameters:
        field: dict[str, Any] = {
            "id": one.name,
            "display-name": labels.get(one.name) or one.name,
            "type": one.type,
            "constraints": [{"@type": "mandatory"}] if one.name in mandatory else [],
            "decorators": [],
        }
        fields.append(field)
    described = [{"name": one.name, "type": one.type} for one in parameters]
    steps = [{"step": {"elements": [{"fields": fields}]}}] if fields else []
    return {
        "id": identity,
        "name": name,
        "href": href,
        "input-parameters": described,
        "output-parameters": [],
        "steps": steps,
    }


class Forms(RunsRoom):
    """`…/presentation` of workflows and `…/interaction` of executions."""

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
        add, one = routes.add, "workflows/*/executions/*/interaction"
        add("GET", "workflows/*/presentation", Route(self.read_form))
        add("POST", "workflows/*/presentation/instances", Route(self.fill_form))
        add("PUT", "workflows/*/presentation/instances/*", Route(self.fill_form_again))
        add("GET", "workflows/*/interactions", Route(self.list_questions))
        add("GET", one, Route(self.read_question))
        add("POST", one, Route(self.answer, writes=True))
        add("GET", f"{one}/presentation", Route(self.read_question_form))
        add("POST", f"{one}/presentation/instances", Route(self.fill_question_form))
        kind = ObjectType("System", "UserInteraction", self._items, self.sees_run, self._filtered)
        self.server.catalog.add(kind)

    def clear(self) -> None:
        """Forms have no state of their own."""

    # Of a workflow

    def _form_of(
        self, exchange: Exchange, workflow_id: str
    ) -> tuple[dict[str, Any], Sequence[Parameter], frozenset[str]]:
        workflow = self.workflow(exchange, workflow_id)
        model = element_files.model_of(workflow)
        labels = {one.name: one.label for one in model.fields}
        mandatory = self.server.runs.mandatory(workflow)
        href = self.server.href(exchange, "workflows", workflow.id, "presentation")
        made = form(workflow.id, workflow.name, href, workflow.inputs, labels, mandatory)
        made["output-parameters"] = [{"name": one.name, "type": one.type} for one in workflow.outputs]
        return made, workflow.inputs, mandatory

    def read_form(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`GET …/presentation`: the only place that tells which inputs are mandatory."""
        return exchange.json(self._form_of(exchange, workflow_id)[0])

    def fill_form(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`POST …/presentation/instances`: whether the values would do. Drop-downs are not worked out."""
        return self._instance(exchange, *self._form_of(exchange, workflow_id), status=201)

    def fill_form_again(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`PUT …/instances/{i}`: the same with other values."""
        return self._instance(exchange, *self._form_of(exchange, workflow_id), identity=identity)

    def _instance(
        self,
        exchange: Exchange,
        made: dict[str, Any],
        parameters: Sequence[Parameter],
        mandatory: frozenset[str],
        identity: str | None = None,
        status: int = 200,
    ) -> Reply:
        """A filled form. Of its document only `valid` is known (section 9)."""
        values = given_values(exchange, exchange.body(), parameters, frozenset())
        valid = all(values.get(name) is not None for name in mandatory)
        instance = identity or new_hex_id()
        href = f"{made['href']}instances/{instance}/"
        shapes = shapes_for(self, exchange)
        shown = [shapes.parameter(one, values.get(one.name)) for one in parameters]
        body = {**made, "id": instance, "href": href, "valid": valid, "input-parameters": shown}
        return exchange.json(body, status, [("location", href)])

    # Of an execution that waits

    def _items(self) -> list[Item]:
        """Interactions in the catalog. Only `state` is known of their attributes (section 9)."""
        found = []
        for execution in self.server.runs.executions.values():
            for question in execution.questions:
                shown: dict[str, object] = {
                    "id": question.id,
                    "name": question.title,
                    "type": "UserInteraction",
                    "state": "waiting" if question is execution.question else "terminated",
                    "createDate": iso(question.asked),
                }
                place = {"down": ("workflows", execution.workflow_id, "executions", execution.id)}
                found.append(
                    Item("System:UserInteraction", question.id, question.title, shown, {}, execution, also=place)
                )
        return found

    @staticmethod
    def _filtered(exchange: Exchange, items: Sequence[Item]) -> Sequence[Item]:
        """`status=0`: those that wait. Other numbers are not known: they fit what waits no more (INFERRED)."""
        status = exchange.request.first("status")
        if status is None:
            return items
        return [one for one in items if (one.attributes["state"] == "waiting") is (status == "0")]

    def _asked(self, exchange: Exchange, workflow_id: str, identity: str) -> tuple[Execution, Question]:
        execution = self.execution(exchange, workflow_id, identity, EXECUTE)
        if execution.question is None:
            raise not_found(f"Workflow execution '{identity}' waits for nobody")
        return execution, execution.question

    def list_questions(self, exchange: Exchange, workflow_id: str) -> Reply:
        """`GET /workflows/{id}/interactions`; the shape is that of other relations (INFERRED)."""
        workflow = self.workflow(exchange, workflow_id)
        found = [one for one in self._items() if one.thing.workflow_id == workflow.id]
        links = [self.server.catalog.link_of(exchange, one) for one in found]
        up = {"rel": "up", "href": self.server.href(exchange, "workflows", workflow.id)}
        return exchange.json({"relations": {"total": len(links), "link": [up, *links]}})

    def read_question(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/interaction`: leads to its form."""
        execution, question = self._asked(exchange, workflow_id, identity)
        own = ("workflows", execution.workflow_id, "executions", execution.id, "interaction")
        links = [
            {"rel": "up", "href": self.server.href(exchange, *own[:4])},
            {"rel": "down", "href": self.server.href(exchange, *own, "presentation")},
        ]
        href = self.server.href(exchange, *own)
        return exchange.json(
            {"id": question.id, "name": question.title, "state": "waiting", "href": href, "relations": {"link": links}}
        )

    def _question_form(
        self, exchange: Exchange, workflow_id: str, identity: str
    ) -> tuple[dict[str, Any], Sequence[Parameter], frozenset[str]]:
        execution, question = self._asked(exchange, workflow_id, identity)
        own = ("workflows", execution.workflow_id, "executions", execution.id, "interaction", "presentation")
        href = self.server.href(exchange, *own)
        made = form(question.id, question.title, href, question.parameters, question.labels, question.mandatory)
        return made, question.parameters, question.mandatory

    def read_question_form(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`GET …/interaction/presentation`."""
        return exchange.json(self._question_form(exchange, workflow_id, identity)[0])

    def fill_question_form(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`POST …/interaction/presentation/instances`: validates without answering."""
        return self._instance(exchange, *self._question_form(exchange, workflow_id, identity), status=201)

    def answer(self, exchange: Exchange, workflow_id: str, identity: str) -> Reply:
        """`POST …/interaction`: 204, and the execution goes on (section 9)."""
        _execution, question = self._asked(exchange, workflow_id, identity)
        if question.assignees and not exchange.person.is_administrator:
            if not any(exchange.person.is_called(one) for one in question.assignees):
                raise bad_request("The user is not among those who may answer")
        values: dict[str, Wire | None] = given_values(
            exchange, exchange.body(), question.parameters, question.mandatory
        )
        question.answered(values)
        return exchange.nothing(204)
