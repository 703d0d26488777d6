# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflows as content: found, listed, exported, imported, moved, removed (contract vro-api.md, 4.2, 6 and 21).

listed(api)                                  all of them in one read: rows of id, name, version, description …
find(api, id)                                one as the server tells it, None where there is none
exports.element(api, KIND, id)               one as an Artifact, which is what can be compared
save(api, artifact, category id)             import it, also in place of one that is there
move(api, document, artifact, …)             have it in another category
elements.remove(api, path, force=…)          remove one
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._http import HttpError
from .._plan import Field, InputError, Values
from . import artifacts, categories, elements, exports, links, permissions
from .artifacts import Artifact
from .client import Vro
from .links import Row

KIND = "workflows"
FIELDS: dict[str, Field] = {
    "id": Field("id", immutable=True),
    "name": Field("name"),
    "category": Field("category"),
    "version": Field("version"),
    "content": Field("content"),
    "permissions": permissions.FIELD,
    "dest": Field("dest"),
}


def listed(api: Vro, name: str | None = None) -> list[Row]:
    """All workflows that the user sees, or those of a name, in one read: rows of id, name, version, description.

    From release 8 on a row has `categoryId`. Some releases look at the name and some do not (contract 4.2), so it is
    looked at here in any case. Raises HttpError.
    """
    rows = api.rows(KIND, conditions=f"name={name}") if name else api.rows(KIND)
    unique = {str(row["id"]): row for row in rows if row.get("id") and (name is None or row.get("name") == name)}
    return [unique[identifier] for identifier in sorted(unique)]


def find(api: Vro, identifier: str) -> dict[str, Any] | None:
    """One workflow as the server tells it; None where there is none, or the user may not see it. Raises HttpError."""
    found = api.find(exports.path(KIND, identifier))
    if found is not None and not (isinstance(found, dict) and found.get("id") and found.get("name")):
        raise api.unexpected("GET", exports.path(KIND, identifier), 200, "no workflow")
    return found


def identify(api: Vro, name: str, category: str | None) -> str | None:
    """The id of the workflow of a name, in a category where one is given; None where there is none.

    Raises InputError where several are meant, HttpError.
    """
    if category:
        folder = categories.find(api, categories.WORKFLOW, category)
        rows: Iterable[Row] = folder.elements if folder else ()
        same = [row for row in rows if row.get("name") == name and str(row.get("type") or "Workflow") == "Workflow"]
    else:
        same = listed(api, name)
    if len(same) > 1:
        # The name is not unique (contract 6).
        told = ", ".join(f"{row['id']} in {row.get('categoryName') or category}" for row in same[:10])
        raise InputError(f"name is {name!r}, which {len(same)} workflows have ({told}): give category, or id")
    return str(same[0]["id"]) if same else None


def place(api: Vro, document: Mapping[str, Any]) -> str:
    """The path of a workflow's category. Raises HttpError.

    From release 8 on a workflow names its category; before, a link leads up to it, or spells the path as the inventory
    has it (contract 6).
    """
    if document.get("category-id"):
        return categories.read(api, str(document["category-id"])).path
    for link in links.links(document) if document.get("relations") else ():
        where = str(link.get("href") or "") if link.get("rel") == "up" else ""
        if "/categories/" in where:
            return categories.read(api, links.identifier(where)).path
        if categories.spelled(where):
            return categories.spelled(where)
    for category in categories.walk(api, categories.WORKFLOW):
        if any(row.get("id") == document["id"] for row in category.elements):
            return category.path
    raise api.unexpected("GET", exports.path(KIND, str(document["id"])), 200, "it tells no category of the workflow")


def save(api: Vro, artifact: Artifact, category_id: str) -> None:
    """Import a workflow into a category, in place of the one of its id where there is one. Raises HttpError."""
    api.send(
        "POST",
        KIND,
        query={"categoryId": category_id, "overwrite": "true"},
        file=(artifacts.file_name(artifact), artifacts.pack(artifact)),
    )


def move(api: Vro, present: Mapping[str, Any], artifact: Artifact, path: str, category_id: str, *, force: bool) -> None:
    """Have a workflow in another category with the content of `artifact`, which may be a new one.

    From release 8 on, a workflow's document names its category, so that is changed first (INFERRED, contract 6).
    Whether an import moves is told nowhere; it comes next, and shows that the server takes the file. Only where the
    workflow stays where it was, it is removed and imported again; its permissions stay. Raises HttpError, and Lost
    where it is removed and cannot be imported.
    """
    if _moved_by_document(api, present, category_id):
        if not exports.same(exports.element(api, KIND, artifact.id), artifact):
            save(api, artifact, category_id)
        return
    rules = _rules(api, artifact.id)
    save(api, artifact, category_id)
    there = find(api, artifact.id)
    if there is not None and place(api, there) == path:
        return
    elements.remove(api, exports.path(KIND, artifact.id), force=force)
    try:
        try:
            save(api, artifact, category_id)
        except HttpError as problem:
            if not (problem.is_transient or problem.outcome_unknown):
                raise
            save(api, artifact, category_id)
    except HttpError as problem:
        raise Lost(artifact, path, problem) from problem
    if rules:
        permissions.apply(api, KIND, artifact.id, rules)


def _moved_by_document(api: Vro, present: Mapping[str, Any], category_id: str) -> bool:
    if not present.get("category-id"):
        return False
    # What is left out would be cleared.
    document = {name: present.get(name) for name in ("id", "name", "description", "version")}
    where = exports.path(KIND, str(present["id"]))
    try:
        api.send("PUT", where, json={**document, "category-id": category_id})
    except HttpError as problem:
        if problem.status not in (400, 404, 405, 415, 501):
            raise
        return False
    return bool((api.get(where) or {}).get("category-id") == category_id)


def _rules(api: Vro, identifier: str) -> list[permissions.Rule]:
    """A workflow's rules, none where a release knows roles only (contract 14)."""
    try:
        return permissions.read(api, KIND, identifier)
    except HttpError as problem:
        if problem.status in (404, 405):
            return []
        raise


class Lost(Exception):
    """A workflow was removed to be moved and could not be imported again; `artifact` is what it was."""

    def __init__(self, artifact: Artifact, path: str, problem: HttpError) -> None:
        self.artifact = artifact
        super().__init__(
            f"workflow {artifact.name!r} was removed to be moved to {path!r} and could not be imported there: "
            f"{str(problem).rstrip('.')}. The result's xml is the workflow: save it as a file, and import that by path."
        )


def schedules(api: Vro, identifier: str) -> list[str] | None:
    """Names of a workflow's schedules, which go with it; None for a user who may not see them. Raises HttpError."""
    try:
        rows = api.rows(f"{exports.path(KIND, identifier)}/tasks")
    except HttpError as problem:
        if problem.status in (403, 404, 405):
            return None
        raise
    return sorted(str(row.get("name")) for row in rows)


def values(artifact: Artifact) -> Values:
    """What an artifact says, in the user's words."""
    return {"id": artifact.id, "name": artifact.name, "version": artifact.version, "content": artifact.mark}
