"""What the rooms of runs have in common: who may do what with whose runs, and how values come in and go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .catalog import Item
from .exchange import Exchange, bad_request, not_found
from .execution import Execution, Shapes
from .routes import VIEW
from .server import Room
from .store import Parameter, Workflow
from .values import BadValue, Wire, coerce


def shapes_for(room: Room, exchange: Exchange) -> Shapes:
    """How values are written for a request."""
    server = room.server

    def name_of(kind: str, identity: str) -> str | None:
        found = server.catalog.find(kind, identity)
        return found.name if found else None

    return Shapes(server.release.generation, lambda *parts: server.href(exchange, *parts), name_of)


def given_values(
    exchange: Exchange, body: dict[str, Any], declared: Sequence[Parameter], mandatory: frozenset[str]
) -> dict[str, Wire | None]:
    """The values of `parameters` by name, coerced to what is declared. Raises Refusal 400: with a page for a value that
    is encoded wrongly (L9), else in the words of the release."""
    listed = body.get("parameters") or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise bad_request("parameters must be a list of parameters", page=True)
    types = {one.name: one.type for one in declared}
    found: dict[str, Wire | None] = {}
    for one in listed:
        name = one.get("name")
        if name not in types:
            # Old servers ignore it (INFERRED); for newer ones nobody has said anything, and refusing is stricter.
            if exchange.server.release.generation < 8:
                continue
            raise bad_request(f"Unknown parameter '{name}'")
        try:
            # The type beside the value is not looked at: an old client writes `Array` for every array (section 7).
            found[name] = coerce(types[name], one.get("value"), str(name))
        except BadValue as problem:
            raise bad_request(str(problem), page=True) from problem
    missing = [one.name for one in declared if one.name in mandatory and found.get(one.name) is None]
    if missing:
        raise bad_request(f"Mandatory parameter '{missing[0]}' is not set")
    return found


class RunsRoom(Room):
    """A room that finds workflows and executions."""

    def workflow(self, exchange: Exchange, identity: str, letter: str = VIEW) -> Workflow:
        """The workflow, when the caller may do with it what the letter says. Raises Refusal 404 or 403."""
        found: Workflow = exchange.pick(self.server.store.workflows, identity, "Workflow")
        self.server.demand(exchange, letter, found)
        return found

    def execution(self, exchange: Exchange, workflow_id: str, identity: str, letter: str = VIEW) -> Execution:
        """An execution of a workflow. Raises Refusal 404 or 403."""
        workflow = self.workflow(exchange, workflow_id, letter)
        found = self.server.runs.executions.get(identity)
        if found is None or found.workflow_id != workflow.id:
            raise not_found(f"Workflow execution with ID '{identity}' not found")
        return found

    def sees_run(self, exchange: Exchange, item: Item) -> bool:
        """Whether the caller may see an object that belongs to a run or task: whoever may see its workflow."""
        workflow = self.server.store.workflows.get(item.thing.workflow_id)
        return exchange.person.is_administrator if workflow is None else self.server.can_see(exchange, workflow)
