# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of executions: those of a workflow, or of all, chosen by state, moment and user (contract vro-api.md, 8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._moments import read_moment
from .._parallel import side_by_side
from .._plan import InputError
from . import executions, forms, logs, values
from .client import Vro, segment
from .executions import Document, Run
from .links import Row

CATALOG = "catalog/System/WorkflowExecution"
MOST = 1000


def check(params: Mapping[str, Any]) -> None:
    """Refuse options that cannot be. Raises InputError."""
    if params["workflow_id"] and (params["workflow"] or params["category"]):
        raise InputError("workflow_id is set beside workflow or category: the id alone says which workflow is meant")
    if params["category"] and not params["workflow"]:
        raise InputError("category is set without workflow: name the workflow, too")
    if not 1 <= params["limit"] <= MOST:
        raise InputError(f"limit is {params['limit']}: 1 to {MOST} executions")
    if params["since"]:
        read_moment(params["since"], "since")


def find(api: Vro, workflow_id: str | None, params: Mapping[str, Any]) -> list[Document]:
    """The executions that the options choose, most recent first, as executions.told. Raises HttpError."""
    if params["id"]:
        return _one(api, workflow_id, str(params["id"]))
    place = f"workflows/{segment(workflow_id)}/executions" if workflow_id else CATALOG
    query: dict[str, Any] = {"sortOrders": "-startDate"}
    states = params["states"] or []
    if len(states) == 1:
        query["conditions"] = f"state~{states[0]}"
    # Filters may be ignored, and the bound would then cut off what was looked for (contract 4.2, 20.8).
    if not (states or params["since"] or params["started_by"]):
        query["maxResult"] = params["limit"]
    chosen = [row for row in api.rows(place, **query) if _fits(row, params)]
    chosen.sort(key=lambda row: (executions.milliseconds(row.get("startDate")) or 0, str(row.get("id"))), reverse=True)
    return [_told(row, workflow_id) for row in chosen[: params["limit"]]]


def _one(api: Vro, workflow_id: str | None, identifier: str) -> list[Document]:
    run = Run(workflow_id, identifier) if workflow_id else run_of(api, identifier)
    document = executions.read(api, run) if run else None
    return [executions.told(document, run)] if run and document else []


def run_of(api: Vro, identifier: str) -> Run | None:
    """An execution of which nobody knows the workflow; None where there is none. Raises HttpError."""
    return executions.behind(api, CATALOG, identifier)


def _fits(row: Row, params: Mapping[str, Any]) -> bool:
    if params["states"] and str(row.get("state") or "").lower() not in params["states"]:
        return False
    if params["started_by"] and str(row.get("startedBy") or "").lower() != params["started_by"].lower():
        return False
    if params["since"]:
        begun = executions.milliseconds(row.get("startDate"))
        return begun is not None and begun >= read_moment(params["since"], "since")
    return True


def _told(row: Row, workflow_id: str | None) -> Document:
    """A row in the words of executions.told."""
    known = executions.addressed(str(row.get("href") or ""))
    workflow = workflow_id or row.get("workflowId") or (known.workflow_id if known else "")
    named = {"start-date": "startDate", "end-date": "endDate", "started-by": "startedBy", "state": "state",
             "name": "name"}  # fmt: skip
    document = {key: row.get(attribute) for key, attribute in named.items()}
    told = executions.told(document, Run(str(workflow or ""), str(row.get("id"))))
    return {**told, "workflow_id": told["workflow_id"] or None}


def detailed(api: Vro, found: Iterable[Document], *, with_log: bool) -> list[Document]:
    """The same with `parameters`, `outputs`, `error`, `needs_input` and, if asked for, `log`; read side by side.

    Raises HttpError.
    """
    rows = {str(row["id"]): row for row in found}
    more = side_by_side(lambda identifier: _details(api, rows[identifier], with_log), list(rows))
    return [{**row, **more[identifier]} for identifier, row in rows.items()]


def _details(api: Vro, row: Document, with_log: bool) -> Document:
    known = Run(str(row["workflow_id"]), str(row["id"])) if row["workflow_id"] else run_of(api, str(row["id"]))
    document = executions.read(api, known) if known else None
    if known is None or document is None:  # removed meanwhile
        empty: Document = {"parameters": {}, "outputs": {}, "error": None, "needs_input": None}
        return {**empty, **({"log": []} if with_log else {})}
    waits = executions.state_of(document) == executions.WAITING
    return {
        "workflow_id": known.workflow_id,
        "parameters": values.outputs(document.get("input-parameters")),
        **executions.outcome(document),
        "error": logs.explained(api, known, document),
        "needs_input": [each.told() for each in forms.asked(api, known.path)] if waits else None,
        **({"log": logs.read(api, known)} if with_log else {}),
    }
