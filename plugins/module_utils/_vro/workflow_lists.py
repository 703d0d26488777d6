# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflows with their categories, as vro_workflow_info tells them (contract vro-api.md, 4.2, 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._parallel import side_by_side
from .._plan import Values, refuse_empty
from . import categories, elements, folders, permissions, workflows
from .client import Vro

Entry = tuple[Values, Values]  # options of vro_workflow, and what there is beside them


def check(params: Mapping[str, Any]) -> None:
    """Refuse empty names. Raises InputError."""
    for option in ("id", "name"):
        refuse_empty(option, params[option], "leave it out to read all workflows")
    if params["category"]:
        categories.read_path("category", params["category"])


def chosen(api: Vro, params: Mapping[str, Any]) -> list[Entry]:
    """The workflows that the options choose, by category, name and id. Raises HttpError."""
    found = _one(api, params["id"]) if params["id"] else _below(api, params["category"] or "")
    found = [entry for entry in found if params["name"] in (None, entry[1]["name"])]
    identifiers = [str(options["id"]) for options, _details in found]
    if params["with_permissions"]:
        rules = permissions.read_each(api, workflows.KIND, identifiers)
        for options, _details in found:
            options["permissions"] = rules[str(options["id"])]
    if params["with_parameters"]:
        documents = side_by_side(lambda identifier: workflows.find(api, identifier), identifiers)
        for options, details in found:
            details.update(_parameters(documents[str(options["id"])] or {}))
    return sorted(found, key=lambda entry: (entry[0]["category"], entry[1]["name"], entry[0]["id"]))


def _one(api: Vro, identifier: str) -> list[Entry]:
    document = workflows.find(api, identifier)
    if document is None:
        return []
    return [_entry(document, workflows.place(api, document))]


def _below(api: Vro, path: str) -> list[Entry]:
    """Those in a category and all below it; in all of them without a path."""
    found = folders.matching(api, ["workflow"], categories.normalised(path) or None)
    return [_entry(row, category.path) for category in found for row in elements.of(category)]


def _entry(told: Mapping[str, Any], path: str) -> Entry:
    details = {name: str(told.get(name) or "") for name in ("name", "description")}
    # A category tells an element's version on some releases only.
    version = {"version": str(told["version"])} if told.get("version") else {}
    return {"id": str(told["id"]), "category": path}, {**details, **version}


def _parameters(document: Mapping[str, Any]) -> Values:
    sides = {"inputs": "input-parameters", "outputs": "output-parameters"}
    return {
        side: [
            {name: str(each.get(name) or "") for name in ("name", "type", "description")}
            for each in document.get(wire) or []
        ]
        for side, wire in sides.items()
    }
