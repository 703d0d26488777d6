# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scheduled tasks of the orchestrator, found by name and workflow (contract vro-api.md, 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._parallel import side_by_side
from .._plan import Field, InputError, Values, given, refuse_empty
from . import executions, links, objects, recurrence, runnable, values
from .client import Vro, document_of, segment
from .runnable import NoSuchWorkflow, Workflow

FIELDS: dict[str, Field] = {
    "name": Field("name"),
    "workflow_id": Field("workflow", immutable=True),
    "description": Field("description", default=""),
    "recurrence": Field("recurrence-cycle", default=recurrence.ONCE),
    "times": Field("recurrence-pattern"),
    "time_zone": Field("time-zone"),
    "start": Field("recurrence-start-date"),
    "end": Field("recurrence-end-date"),
    "start_mode": Field("start-mode", default="normal"),
    "suspended": Field("state", default=False),
    "parameters": Field("input-parameters"),
    "secure_parameters": Field("input-parameters", readable=False, secret=True),
}
START_MODES = {"normal": "normal", "start_in_the_past": "start-in-the-past"}
SUSPENDED, PENDING = "suspended", "pending"
_UTC = "UTC"


@dataclass(frozen=True)
class Task:
    """A task as the server has it."""

    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def workflow(self) -> Mapping[str, Any]:
        """Id and name of what it runs."""
        return self.document.get("workflow") or {}

    @property
    def inputs(self) -> list[Mapping[str, Any]]:
        """What the workflow is given, with declared types."""
        return list(self.document.get("input-parameters") or [])


# Reading


def listed(api: Vro, name: str | None = None, workflow_id: str | None = None) -> list[Task]:
    """Tasks by name, of all names and workflows where none is given: one read more for each. Raises HttpError."""
    rows = api.rows("tasks")
    ids = list(dict.fromkeys(str(row["id"]) for row in rows if row.get("id") and name in (None, row.get("name"))))
    found = side_by_side(lambda identifier: api.find(f"tasks/{segment(identifier)}"), ids)
    tasks = [Task(document) for document in found.values() if document and name in (None, document.get("name"))]
    chosen = [each for each in tasks if workflow_id in (None, each.workflow.get("id"))]
    return sorted(chosen, key=lambda each: (str(each.document.get("name")).lower(), each.id))


def find(api: Vro, name: str, workflow_id: str) -> Task | None:
    """The task of a name that runs a workflow. Raises InputError where there are several, HttpError."""
    found = listed(api, name, workflow_id)
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise InputError(
            f"name is {name!r}: {len(found)} tasks of this name run this workflow ({ids}); remove what is too many"
        )
    return found[0] if found else None


def read(task: Task) -> Values:
    """A task in the user's words. Values of secret types are left out of its parameters."""
    document = task.document
    cycle = recurrence.word(document.get("recurrence-cycle"))
    times, zone = recurrence.read(cycle, document.get("recurrence-pattern"))
    literal = str(document.get("start-mode") or "normal").lower()
    return {
        "name": str(document.get("name")),
        "workflow_id": str(task.workflow.get("id")),
        "description": str(document.get("description") or ""),
        "recurrence": cycle,
        "times": times,
        "time_zone": zone,
        "start": executions.moment(document.get("recurrence-start-date")),
        "end": executions.moment(document.get("recurrence-end-date")),
        "start_mode": next((ours for ours, theirs in START_MODES.items() if theirs == literal), literal),
        "suspended": str(document.get("state") or "").lower() == SUSPENDED,
        "parameters": open_inputs(task),
    }


def open_inputs(task: Task) -> dict[str, Any]:
    """The inputs that may be shown, as plain YAML."""
    shown = [each for each in task.inputs if not values.is_secret(str(each.get("type") or ""))]
    found = values.outputs(shown)
    return {name: value for name, value in sorted(found.items()) if value is not None}


def details(task: Task) -> Values:
    """What the server knows beside."""
    document = task.document
    return {
        "id": task.id,
        "workflow": task.workflow.get("name"),
        "state": document.get("state"),
        "user": document.get("user"),
        "running": bool(document.get("running-instance-id")),
    }


# What the options mean


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    refuse_empty("name", params["name"], "give the name of the task")
    runnable.check(params)
    cycle, times = params["recurrence"], params["times"]
    if times is not None and cycle is None:
        raise InputError("times is set without recurrence: say what they are times of")
    if times and cycle == recurrence.ONCE:
        raise InputError("times is set, and recurrence is once: give in start when it runs")
    if cycle not in (None, recurrence.ONCE) and not times:
        raise InputError(f"recurrence is {cycle!r}: give in times when it runs")
    for time in times or []:
        recurrence.normal(cycle, time)
    if params["start"] is not None:
        moment("start", params["start"])
    if params["end"]:
        moment("end", params["end"])
    if params["start"] and params["end"] and moment("start", params["start"]) >= moment("end", params["end"]):
        raise InputError(f"end is {params['end']!r}, which is not after start, {params['start']!r}")
    runnable.refuse_twice(params)


def moment(option: str, text: str) -> datetime:
    """A moment that the user wrote, in UTC. Raises InputError."""
    spelled = re.sub(r"[zZ]$", "+00:00", text.strip())
    try:
        found = datetime.fromisoformat(spelled)
    except ValueError:
        raise InputError(f"{option} is {text!r}: write it as 2026-12-24T02:30:00Z, or with another offset") from None
    if found.tzinfo is None:
        raise InputError(
            f"{option} is {text!r}: say of which zone, with a Z for UTC or an offset such as +13:00 at its end"
        )
    return found.astimezone(timezone.utc)


def _spelled(option: str, text: str) -> str:
    return moment(option, text).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wanted(api: Vro, task: Task | None, workflow: Workflow | None, params: Mapping[str, Any]) -> Values:
    """What the user set, compared and shown in the server's spelling.

    Raises InputError for parameters that the workflow does not have and for wrong types; HttpError.
    """
    found = given(params, FIELDS)
    if workflow is not None or task is not None:
        found["workflow_id"] = workflow.id if workflow else str(task.workflow.get("id")) if task else None
    if params["times"] is not None:
        found["times"] = recurrence.in_order(params["recurrence"], params["times"])
    if params["recurrence"] == recurrence.ONCE:
        found["times"] = []
    zone = params["time_zone"]
    if zone is not None and not api.has("schedule_zones"):
        raise InputError("time_zone is set: releases before 8.0 have times in the server's own zone alone")
    if zone is None and task is None and api.has("schedule_zones"):
        found["time_zone"] = _UTC
    for option in ("start", "end"):
        if params[option]:
            found[option] = _spelled(option, params[option])
    if workflow is None:  # nothing of it is needed, or an earlier task of a check run would have made it
        return found
    if params["parameters"] is not None or params["secure_parameters"] is not None:
        _refuse_unknown(workflow, params)
    left = workflow.left_out({**(params["parameters"] or {}), **(params["secure_parameters"] or {})})
    if task is None and left:
        raise InputError(f"workflow {workflow.name!r} needs a value for {left}: give it in parameters")
    if params["parameters"] is not None:
        # As they will be read back: an object found by a search is its id then, a date in the server's spelling.
        shown = values.outputs(encoded(api, workflow, params["parameters"]))
        kept = {**(open_inputs(task) if task else {}), **shown}
        secret = {name for name, kind in workflow.types.items() if values.is_secret(kind)}
        found["parameters"] = {
            name: kept[name] for name in sorted(kept) if kept[name] is not None and name not in secret
        }
    return found


def _refuse_unknown(workflow: Workflow, params: Mapping[str, Any]) -> None:
    for option in ("parameters", "secure_parameters"):
        values.parameters(workflow.inputs, dict.fromkeys(params[option] or {}))


def encoded(api: Vro, workflow: Workflow, plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Parameters on the wire, by the workflow's declared types. Raises InputError, HttpError."""
    return values.parameters(workflow.inputs, plain, objects.resolver(api))


def secrets(workflow: Workflow, params: Mapping[str, Any]) -> list[str]:
    """The texts in the options that no message may show."""
    everything = {**(params["parameters"] or {}), **(params["secure_parameters"] or {})}
    return workflow.secrets(everything)


# Changing


def body(
    api: Vro, workflow: Workflow, task: Task | None, settings: Values, params: Mapping[str, Any]
) -> dict[str, Any]:
    """What a creation or an update sends: everything, because an update replaces (contract 10).

    Raises InputError for a secret input that nobody gave anew and that would be lost; HttpError.
    """
    present = read(task) if task else {}
    whole = {**{name: field.default for name, field in FIELDS.items()}, **present, **settings}
    cycle = whole["recurrence"]
    zone = whole["time_zone"] or (_UTC if api.has("schedule_zones") else None)
    document: dict[str, Any] = {
        "name": whole["name"],
        "description": whole["description"] or "",
        "recurrence-cycle": recurrence.CYCLES.get(cycle, cycle),
        "recurrence-pattern": recurrence.pattern(whole["times"] or [], zone),
        "recurrence-start-date": whole["start"] or _now(),
        "start-mode": START_MODES.get(whole["start_mode"], whole["start_mode"]),
        "workflow": {"id": workflow.id, "name": workflow.name},
        "input-parameters": _inputs(api, workflow, task, params),
    }
    if whole["end"] or present.get("end"):
        document["recurrence-end-date"] = whole["end"] or None
    return document


def _inputs(api: Vro, workflow: Workflow, task: Task | None, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that the task has, with those that are given in their places. Null takes one away."""
    plain = {**(params["parameters"] or {}), **(params["secure_parameters"] or {})}
    new = {each["name"]: each for each in encoded(api, workflow, plain)}
    kept: dict[str, dict[str, Any]] = {}
    for each in task.inputs if task else []:
        name = str(each.get("name"))
        if name in new or name not in workflow.types:
            continue
        if values.is_secret(str(each.get("type") or "")):
            # Whether it has a value is not told either (contract 20.4).
            raise InputError(
                f"the task may have a value for {name}, which is secret and cannot be read, and an update writes all "
                f"of them: give {name} in secure_parameters, null for none"
            )
        kept[name] = {key: each[key] for key in ("name", "type", "scope", "value") if key in each}
    return [each for each in {**kept, **new}.values() if "value" in each]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def create(api: Vro, workflow: Workflow, settings: Values, params: Mapping[str, Any]) -> None:
    """Make a task. A new one is never suspended, so that is a second step. Raises InputError, HttpError."""
    document = body(api, workflow, None, settings, params)
    reply = api.send("POST", "tasks", json=document)
    if settings.get("suspended"):
        told = document_of(reply)
        identifier = str((told or {}).get("id") or links.identifier(reply.headers.get("Location", "")))
        api.send("POST", f"tasks/{segment(identifier)}", json={**document, "state": SUSPENDED})


def update(api: Vro, workflow: Workflow, task: Task, settings: Values, params: Mapping[str, Any]) -> None:
    """Change a task. Raises InputError, HttpError."""
    document = body(api, workflow, task, settings, params)
    suspended = settings.get("suspended")
    if suspended is not None and suspended is not read(task)["suspended"]:
        # A state is taken as a wish to change it: the one that it has already is refused.
        document["state"] = SUSPENDED if suspended else PENDING
    api.send("POST", f"tasks/{segment(task.id)}", json=document)


def remove(api: Vro, task: Task) -> None:
    """Remove a task; what it has started goes on. Raises HttpError."""
    api.send("DELETE", f"tasks/{segment(task.id)}", accept="*/*")


class Work:
    """What vro_schedule does to one task: its workflow is read when it is needed, and once."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self._id: str | None = None
        self._workflow: Workflow | None = None
        self._task: Task | None = None
        self._hide: Callable[[Iterable[str]], None] = lambda texts: None

    def find(self, api: Vro, missing: Callable[[str], None], hide: Callable[[Iterable[str]], None]) -> Task | None:
        """The task, None where there is none. `missing` is told of a workflow that is not there yet, `hide` the secrets
        among the parameters, once the workflow's types have told which they are.

        Raises InputError, HttpError.
        """
        self._hide = hide
        try:
            self._id = self._id or runnable.find(api, self._params)
        except NoSuchWorkflow as problem:
            if self._params["state"] == "present":
                missing(str(problem))
            return None
        self._task = find(api, self._params["name"], self._id)
        return self._task

    def _read(self, api: Vro) -> Workflow:
        if self._workflow is None:
            # A new task has no values yet, so those that the workflow's form asks for have to be given.
            self._workflow = runnable.read(api, str(self._id), form=self._task is None)
            found = secrets(self._workflow, self._params)
            api.hide(*found)
            self._hide(found)
        return self._workflow

    def wanted(self, api: Vro) -> Values:
        """What the user set. Raises InputError, HttpError."""
        given_any = self._params["parameters"] is not None or self._params["secure_parameters"] is not None
        needed = self._id is not None and (given_any or self._task is None)
        return wanted(api, self._task, self._read(api) if needed else None, self._params)

    def create(self, api: Vro, settings: Values) -> None:
        """Make it. Raises InputError, HttpError."""
        create(api, self._read(api), settings, self._params)

    def update(self, api: Vro, settings: Values) -> None:
        """Change it. Raises InputError, HttpError."""
        if self._task is not None:
            update(api, self._read(api), self._task, settings, self._params)
