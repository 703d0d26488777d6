# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Categories, the orchestrator's folders: found by path, read with what is in them, made (contract vro-api.md, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from .._http import HttpError
from .._parallel import side_by_side
from .._plan import InputError
from . import links
from .client import Vro, segment
from .links import Row

WORKFLOW = "WorkflowCategory"
MODULE = "ScriptModuleCategory"
CONFIGURATION = "ConfigurationElementCategory"
RESOURCE = "ResourceElementCategory"


@dataclass(frozen=True)
class Category:
    """One category. `children` are its sub-categories, `elements` what is in it; each is a row of attributes."""

    id: str
    name: str
    type: str
    path: str
    description: str
    children: tuple[Row, ...] = ()
    elements: tuple[Row, ...] = ()


def normalised(path: str) -> str:
    """A path without slashes at its ends and spaces around its parts."""
    return "/".join(part.strip() for part in path.strip().strip("/").split("/"))


def spelled(address: str) -> str:
    """The path of a category of workflows that an address of the inventory spells; empty for any other address.

    Releases before 8 lead from a workflow to `…/System/Workflows/Library/Mail/`. Such addresses are encoded twice, the
    first time as forms are (contract 1 and 6).
    """
    return normalised(unquote_plus(unquote(urlsplit(address).path.partition("/System/Workflows/")[2])))


def read_path(option: str, path: str) -> str:
    """The normalised path that a user gave in an option. Raises InputError for one with an empty part."""
    found = normalised(path)
    if not found or not all(found.split("/")):
        raise InputError(f"{option} is {path!r}: write the names of the folders with a slash between them, as A/B/C")
    return found


def _category(document: Any) -> Category:
    rows = links.rows(document) if "relations" in document or "link" in document else []
    below = [row for row in rows if row["rel"] == "down"]
    return Category(
        id=str(document["id"]),
        name=str(document["name"]),
        type=str(document.get("type") or ""),
        path=normalised(str(document.get("path") or document["name"])),
        description=str(document.get("description") or ""),
        children=tuple(row for row in below if str(row.get("type") or "").endswith("Category")),
        elements=tuple(row for row in below if not str(row.get("type") or "").endswith("Category")),
    )


def read(api: Vro, identifier: str) -> Category:
    """One category with what is in it. Raises HttpError."""
    path = f"categories/{segment(identifier)}"
    document = api.get(path)
    try:
        return _category(document)
    except (ValueError, KeyError, TypeError) as problem:
        raise api.unexpected("GET", path, 200, f"no category: {problem!r}") from problem


def listed(api: Vro, kind: str) -> list[Row]:
    """Every category of a type, without what is in them, in one read. Raises HttpError."""
    rows = api.rows("categories", categoryType=kind)
    return [row for row in rows if row.get("type") in (kind, None)]


def find(api: Vro, kind: str, path: str, rows: Iterable[Row] | None = None) -> Category | None:
    """The category at a path, None where there is none; `rows` are those of `listed`, when they are known already.

    There is no look-up by path (contract 5). Most lists tell the path; where one does not, the categories of the same
    name are read. Raises HttpError.
    """
    wanted = normalised(path)
    known = listed(api, kind) if rows is None else list(rows)
    name = wanted if kind == MODULE else wanted.rpartition("/")[2]
    same = [row for row in known if row.get("name") == name]
    exact = [row for row in same if normalised(str(row.get("path") or "")) == wanted]
    for row in exact or [row for row in same if not row.get("path")]:
        found = read(api, str(row["id"]))
        if found.path == wanted:
            return found
    return None


def walk(api: Vro, kind: str) -> list[Category]:
    """Every category of a type with what is in it, read side by side, sorted by path: the one complete enumeration of
    a server's elements (contract 4.2). Raises HttpError."""
    found = side_by_side(lambda identifier: read(api, identifier), [str(row["id"]) for row in listed(api, kind)])
    return sorted(found.values(), key=lambda each: each.path)


def ensure(api: Vro, kind: str, path: str) -> str:
    """The id of the category at a path; it and its parents are made where they are missing. Raises HttpError."""
    wanted = normalised(path)
    rows = listed(api, kind)
    present = find(api, kind, wanted, rows)
    if present is not None:
        return present.id
    parts = [wanted] if kind == MODULE else wanted.split("/")
    parent: str | None = None
    for depth in range(1, len(parts) + 1):
        place = "/".join(parts[:depth])
        here = find(api, kind, place, rows) if depth < len(parts) else None
        parent = here.id if here else _made(api, kind, place, parts[depth - 1], parent)
    return str(parent)


def _made(api: Vro, kind: str, path: str, name: str, parent: str | None) -> str:
    """The id of a category that is made now, or that somebody else has made in the same moment. Raises HttpError."""
    try:
        return create(api, kind, name, parent)
    except HttpError as problem:
        found = find(api, kind, path) if problem.status in (400, 409) else None
        if found is None:
            raise
        return found.id


def create(api: Vro, kind: str, name: str, parent: str | None, description: str = "") -> str:
    """Make a category below a parent's id, or at the top; its id. Raises HttpError."""
    path = f"categories/{segment(parent)}" if parent else "categories"
    document = {"name": name, "type": kind, "description": description}
    reply = api.send("POST", path, json=document)
    made = api.parse(reply, "POST", path) or {}
    identifier = made.get("id") or links.identifier(reply.headers.get("Location", ""))
    if not identifier:
        raise api.unexpected("POST", path, reply.status, "it tells no id of the category that it made")
    return str(identifier)
