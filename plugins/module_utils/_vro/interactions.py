# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What executions ask a person: which wait, what they ask for, and the answer (contract vro-api.md, 9 and 6).

The forms of an interaction and of a start are the same kind of document, `presentation`; forms.py reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import HttpError
from .._names import nearest
from .._parallel import side_by_side
from .._plan import InputError
from . import execution_lists, executions, forms, runnable, values
from .client import Vro
from .executions import Document, Run
from .links import Row
from .values import Resolve

CATALOG = "catalog/System/UserInteraction"


@dataclass(frozen=True)
class Asked:
    """An execution, whether it waits for somebody, and what it asks for then."""

    run: Run
    workflow: str | None
    state: str
    fields: tuple[forms.Field, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether there is something to answer."""
        return self.state == executions.WAITING

    def open_answers(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What may be shown of answers: without those of secret types."""
        return runnable.open_values({each.name: each.type for each in self.fields}, answers)

    def told(self) -> Document:
        """In the user's words."""
        return {
            "execution_id": self.run.id, "workflow_id": self.run.workflow_id, "workflow": self.workflow,
            "state": self.state, "fields": [each.told() for each in self.fields],
        }  # fmt: skip


def waiting(api: Vro) -> list[Document]:
    """Every interaction that waits: {id, name, state, workflow_id, execution_id, created}, in a stable order.

    Raises HttpError.
    """
    rows = [row for row in api.rows(CATALOG, status="0") if str(row.get("state") or "waiting") == "waiting"]
    ids = [str(row.get("id") or row.get("dunesId")) for row in rows]
    runs = side_by_side(lambda identifier: run_of(api, identifier), list(dict.fromkeys(ids)))
    found = [_told(row, identifier, runs[identifier]) for row, identifier in zip(rows, ids, strict=True)]
    return sorted(found, key=lambda each: (str(each["created"] or ""), each["id"]))


def _told(row: Row, identifier: str, run: Run | None) -> Document:
    return {
        "id": identifier,
        "name": row.get("displayName") or row.get("name"),
        "state": "waiting",
        "workflow_id": run.workflow_id if run else None,
        "execution_id": run.id if run else None,
        "created": executions.moment(row.get("createDate") or row.get("created") or row.get("startDate")),
    }


def run_of(api: Vro, identifier: str) -> Run | None:
    """The execution that an interaction belongs to; None for an interaction that is not there. Raises HttpError."""
    return executions.behind(api, CATALOG, identifier)


def asked(api: Vro, run: Run) -> list[forms.Field]:
    """What a waiting execution asks for; nothing where it does not wait. Raises HttpError."""
    return forms.asked(api, run.path)


def encoded(
    fields: Iterable[forms.Field], answers: Mapping[str, Any], resolve: Resolve | None = None, *, strict: bool = True
) -> list[values.Wire]:
    """The answers as parameters of their fields' types; `strict` refuses one that nobody asked for.

    Raises InputError that names field and right type, and the mandatory fields that no answer is given for.
    """
    known = {each.name: each for each in fields}
    for name in answers:
        if strict and name not in known:
            raise InputError(
                f"answers: the interaction does not ask for {name!r}, it asks for {', '.join(known) or 'nothing'}"
                f"{nearest(str(name), known)}"
            )
    left = [each for each in fields if each.mandatory and answers.get(each.name) is None]
    if left:
        raise InputError(f"answers: nothing is given for {', '.join(f'{each.name} ({each.type})' for each in left)}")
    given = {name: value for name, value in answers.items() if name in known}
    return values.parameters([{"name": each.name, "type": each.type} for each in fields], given, resolve)


def answer(api: Vro, run: Run, parameters: list[values.Wire]) -> bool:
    """Answer; False where nothing waits (any more). Raises HttpError."""
    try:
        api.send("POST", f"{run.path}/interaction", json={"parameters": parameters})
    except HttpError as problem:
        if problem.status != 404:
            raise
        return False
    return True


def find(api: Vro, params: Mapping[str, Any]) -> Asked | None:
    """What the options `id`, or `execution_id` with or without `workflow_id`, name; None where it is not there.

    Raises HttpError.
    """
    if params["id"]:
        run = run_of(api, str(params["id"]))
    elif params["workflow_id"]:
        run = Run(str(params["workflow_id"]), str(params["execution_id"]))
    else:
        run = execution_lists.run_of(api, str(params["execution_id"]))
    document = executions.read(api, run) if run else None
    if run is None or document is None:
        return None
    state = executions.state_of(document)
    fields = asked(api, run) if state == executions.WAITING else []
    return Asked(run, document.get("name"), state, tuple(fields))


def secrets(fields: Iterable[forms.Field], answers: Mapping[str, Any]) -> list[str]:
    """The texts among answers that the form's types make secret."""
    return [text for each in fields for text in values.secret_texts(each.type, answers.get(each.name))]


def with_fields(api: Vro, found: Iterable[Document]) -> list[Document]:
    """The interactions of `waiting` with the fields that they ask for, read side by side. Raises HttpError."""
    rows = {str(row["id"]): row for row in found}
    runs = {
        identifier: Run(str(row["workflow_id"]), str(row["execution_id"]))
        for identifier, row in rows.items()
        if row["execution_id"]
    }
    fields = side_by_side(lambda identifier: asked(api, runs[identifier]), list(runs))
    return [{**row, "fields": [each.told() for each in fields.get(key, [])]} for key, row in rows.items()]
