# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vro_workflow does with one workflow: looks at as much of it as the options are about, and changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._names import nearest
from .._plan import InputError, Values
from . import artifacts, categories, elements, exports, permissions, workflows
from .artifacts import WORKFLOW, Artifact
from .client import Vro

Params = Mapping[str, Any]
# Refuses because of something that does not exist; in check mode it warns and returns.
Missing = Callable[[str], None]


@dataclass
class Found:
    """A workflow as it is; what the options are not about is None."""

    document: dict[str, Any]
    artifact: Artifact | None = None
    place: str | None = None
    rules: list[permissions.Rule] | None = None
    dest: str | None = None

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def version(self) -> str:
        return str(self.document.get("version") or "0.0.0")

    def values(self) -> Values:
        """In the user's words."""
        values = {"id": self.id, "name": self.document["name"], "version": self.version}
        if self.artifact is not None:
            values["content"] = self.artifact.mark
        for name, value in (("category", self.place), ("permissions", self.rules), ("dest", self.dest)):
            if value is not None:
                values[name] = value
        return values


def load(params: Params) -> Artifact | None:
    """The workflow in the file that path names; options checked. Raises InputError."""
    permissions.check(params["permissions"])
    if params["category"]:
        categories.read_path("category", params["category"])
    if params["dest"]:
        exports.check_file("dest", params["dest"], ".workflow", ".xml")
    if not params["path"]:
        return None
    found = artifacts.load("path", params["path"])
    if not isinstance(found, Artifact) or found.kind != WORKFLOW:
        held, module = ("an action", "vro_action") if isinstance(found, Artifact) else ("a package", "vro_package")
        raise InputError(f"path is {params['path']!r}, which holds {held}: use {module}, or name a workflow's file")
    return found


def look(api: Vro, params: Params, file: Artifact | None) -> Found | None:
    """The workflow of the file, the id or the name; None where there is none. Raises InputError, HttpError."""
    if file is not None:
        identifier: str | None = file.id
    else:
        identifier = params["id"] or workflows.identify(api, params["name"], params["category"])
    document = workflows.find(api, identifier) if identifier else None
    if document is None:
        return None
    found = Found(document)
    if params["state"] == "absent":
        return found
    if params["dest"] or (file is not None and params["compare"] == "content"):
        found.artifact = exports.element(api, workflows.KIND, found.id)
    if params["dest"] and found.artifact is not None:
        found.dest = params["dest"] if exports.holds(params["dest"], found.artifact) else ""
    if params["category"]:
        found.place = workflows.place(api, document)
    if params["permissions"] is not None:
        found.rules = permissions.read(api, workflows.KIND, found.id)
    return found


def respelled(now: Found | None, file: Artifact | None) -> str:
    """Take what the server made of an import for what was imported; a warning about that, or an empty text."""
    if now is None or now.artifact is None or file is None or exports.same(now.artifact, file):
        return ""
    if artifacts.compare_versions(now.version, file.version):
        return ""
    now.artifact = replace(now.artifact, content=file.content)
    return f"Workflow {file.name!r}: the server {exports.RESPELLED}"


def wanted(api: Vro, params: Params, file: Artifact | None, found: Found | None, missing: Missing) -> Values:
    """What the options ask for. Raises InputError for what cannot be, HttpError."""
    values: Values = {}
    if file is not None:
        label = f"workflow {file.name!r}"
        if found is not None:
            exports.refuse_downgrade("path", label, file.version, found.version, params["allow_downgrade"])
        values = workflows.values(file)
        if params["compare"] == "version":
            del values["content"]
        if found is None and not params["category"]:
            raise InputError(f"category is not set, and {label} does not exist: name the category to import it into")
    elif found is None:
        missing(_none(api, params))
        values = {name: params[name] for name in ("id", "name") if params[name]}
    if params["category"]:
        values["category"] = categories.normalised(params["category"])
        if found is None or found.place != values["category"]:
            arriving = (file.id, file.name) if file else (found.id, str(found.document["name"])) if found else None
            category_id(api, values["category"], missing, arriving)
    if params["permissions"] is not None:
        values["permissions"] = permissions.aligned(params["permissions"], (found.rules if found else None) or [])
    if params["dest"]:
        values["dest"] = params["dest"]
    return values


def _none(api: Vro, params: Params) -> str:
    """A sentence about a workflow that does not exist, without its full stop."""
    if params["id"]:
        return f"id is {params['id']!r}: there is no such workflow; give path to import it from a file"
    names = {str(row.get("name")) for row in workflows.listed(api)}
    where = f" in category {params['category']!r}" if params["category"] else ""
    if params["name"] in names:
        return f"name is {params['name']!r}: there is no such workflow{where}, but elsewhere; give its id to move it"
    hint = nearest(params["name"], names) or "; give path to import it from a file"
    return f"name is {params['name']!r}: there is no such workflow{where}{hint}"


def category_id(api: Vro, path: str, missing: Missing, arriving: tuple[str, str] | None = None) -> str:
    """The id of a category that has to exist; empty where `missing` lets it pass.

    `arriving` is the id and the name of a workflow that is to come there, where no other may have the name (INFERRED,
    contract 5). Raises InputError, HttpError.
    """
    rows = categories.listed(api, categories.WORKFLOW)
    found = categories.find(api, categories.WORKFLOW, path, rows)
    if found is None:
        paths = [categories.normalised(str(row["path"])) for row in rows if row.get("path")]
        # Some lists tell names only.
        hint = (
            nearest(path, paths) if paths else nearest(path.rpartition("/")[2], [str(row.get("name")) for row in rows])
        )
        hint = hint or "; vcpp.vcloud.vro_category makes one"
        missing(f"category is {path!r}: there is no such category of workflows{hint}")
        return ""
    for row in elements.of(found) if arriving else ():
        if arriving and row.get("name") == arriving[1] and row.get("id") != arriving[0]:
            raise InputError(
                f"category is {path!r}, where another workflow is named {arriving[1]!r} (id {row.get('id')}): rename "
                "or remove it first. Nothing was changed."
            )
    return found.id


def advice(api: Vro, found: Found | None, values: Values) -> str:
    """What a move takes along, empty where nothing is moved. Raises HttpError."""
    if found is None or not values.get("category") or found.place in (None, values["category"]):
        return ""
    lost = workflows.schedules(api, found.id)
    named = f" and its schedules ({', '.join(lost)})" if lost else " and its schedules" if lost is None else ""
    return (
        f"Workflow {found.document['name']!r} is moved from {found.place!r} to {values['category']!r}. Where the "
        f"server has no way to do that, it is removed and imported again: its past runs{named} go, permissions stay."
    )


def create(api: Vro, file: Artifact | None, values: Values, missing: Missing) -> None:
    """Import a workflow that is not there. Raises InputError, HttpError."""
    if file is None:
        raise InputError("the workflow is gone since the task looked at it, and path is not set to import it again")
    workflows.save(api, file, category_id(api, values["category"], missing))
    if "permissions" in values:
        permissions.apply(api, workflows.KIND, file.id, values["permissions"])


def update(api: Vro, params: Params, file: Artifact | None, found: Found, values: Values, missing: Missing) -> None:
    """Give a workflow what it lacks of the values. Raises InputError, HttpError, workflows.Lost."""
    present = found.values()
    differs = any(present.get(part) != values[part] for part in ("name", "version", "content") if part in values)
    new = file if differs else None
    held = str(found.document.get("category-id") or "")
    if "category" in values and found.place != values["category"]:
        artifact = new or found.artifact or exports.element(api, workflows.KIND, found.id)
        held = category_id(api, values["category"], missing)
        workflows.move(api, found.document, artifact, values["category"], held, force=params["force"])
    elif new is not None:
        workflows.save(api, new, held or category_id(api, workflows.place(api, found.document), missing))
    if "permissions" in values and found.rules != values["permissions"]:
        permissions.apply(api, workflows.KIND, found.id, values["permissions"])
    if "dest" in values and not found.dest:
        now = exports.element(api, workflows.KIND, found.id)
        exports.write("dest", values["dest"], exports.as_file(now, values["dest"]))
