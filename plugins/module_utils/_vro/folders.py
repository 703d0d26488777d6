# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Categories as the modules about them see them: described, renamed, moved and removed (contract vro-api.md, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from . import categories, permissions
from .categories import Category
from .client import Vro, segment

# The four types in the user's words.
TYPES = {
    "workflow": categories.WORKFLOW,
    "action": categories.MODULE,
    "configuration": categories.CONFIGURATION,
    "resource": categories.RESOURCE,
}
PLAIN = {wire: word for word, wire in TYPES.items()}
FIELDS: dict[str, Field] = {
    "type": Field("type", immutable=True),
    "path": Field("path"),
    "description": Field("description", default=""),
    "permissions": permissions.FIELD,
}


def read_path(option: str, kind: str, path: str) -> str:
    """The path of an option, normalised. Raises InputError for an empty part, and for a module's with a slash."""
    found = categories.read_path(option, path)
    if kind == "action" and "/" in found:
        raise InputError(
            f"{option} is {path!r}: a module's name has dots and no slashes, as in {found.replace('/', '.')}"
        )
    if kind == "action" and not all(found.split(".")):
        raise InputError(f"{option} is {path!r}: write names with dots between them, such as com.example.tenants")
    if "\\" in found:
        raise InputError(
            f"{option} is {path!r}: the product takes no backslash in a name; write a slash between folders"
        )
    return found


def split(kind: str, path: str) -> tuple[str, str]:
    """(path of the parent, empty for one at the top; name)."""
    parent, _slash, name = ("", "", path) if kind == "action" else path.rpartition("/")
    return parent, name


def check(params: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a task, normalised: `path`, and `moved_from` where it is set. Raises InputError."""
    kind = params["type"]
    paths = {"path": read_path("path", kind, params["path"])}
    if params["moved_from"] is None:
        return paths
    before, after = read_path("moved_from", kind, params["moved_from"]), paths["path"]
    if before == after:
        raise InputError("moved_from is the same as path: leave it out")
    if after.startswith(f"{before}/") and kind != "action":
        raise InputError(f"path is {after!r}, which lies in {before!r}: a category cannot move into itself")
    if split(kind, before)[0] and not split(kind, after)[0]:
        raise InputError(
            f"moved_from is {before!r} and path {after!r}: the API names no way to move a category to the top"
        )
    return {**paths, "moved_from": before}


def locate(api: Vro, kind: str, paths: Mapping[str, str]) -> Category | None:
    """The category at `path`, else the one at `moved_from`. Raises InputError where both are there, HttpError."""
    wire = TYPES[kind]
    rows = categories.listed(api, wire)
    here = categories.find(api, wire, paths["path"], rows)
    there = categories.find(api, wire, paths["moved_from"], rows) if "moved_from" in paths else None
    if here and there:
        raise InputError(
            f"there are categories both at path {here.path!r} and at moved_from {there.path!r}: move what is in one of "
            "them to the other by hand, or leave moved_from out"
        )
    return here or there


def make(api: Vro, kind: str, path: str, description: str) -> str:
    """Make a category and the parents that are missing; its id. Raises HttpError."""
    parent, name = split(kind, path)
    above = categories.ensure(api, TYPES[kind], parent) if parent else None
    return categories.create(api, TYPES[kind], name, above, description)


def change(api: Vro, found: Category, path: str, description: str) -> None:
    """Rename, move and describe a category, whose new parents are made where they are missing. Raises HttpError."""
    kind = PLAIN[found.type]
    parent, name = split(kind, path)
    above = categories.ensure(api, found.type, parent) if parent else None
    document = {"name": name, "type": found.type, "description": description}
    # Also where it stays: whether one that is not named means the top is not told.
    api.send(
        "PUT", f"categories/{segment(found.id)}", json={**document, **({"parent-category-id": above} if above else {})}
    )


def remove(api: Vro, found: Category, force: bool) -> None:
    """Remove a category, with all that is in it if `force`. Raises HttpError."""
    api.send("DELETE", f"categories/{segment(found.id)}", query={"deleteNonEmptyContent": "true"} if force else None)


def refuse_filled(found: Category) -> None:
    """Refuse to remove what is not empty. Raises InputError."""
    held = []
    for rows, one, many in ((found.children, "category", "categories"), (found.elements, "element", "elements")):
        if rows:
            names = ", ".join(sorted(str(row.get("name")) for row in rows)[:3])
            held.append(f"{len(rows)} {one if len(rows) == 1 else many} ({names}{', …' if len(rows) > 3 else ''})")
    if held:
        raise InputError(
            f"category {found.path!r} is not empty: it has {' and '.join(held)}. Remove these first, or set force to "
            "remove them with it. Nothing was changed."
        )


def values(found: Category) -> Values:
    """A category in the user's words."""
    return {"type": PLAIN[found.type], "path": found.path, "description": found.description}


def matching(api: Vro, kinds: Iterable[str], path: str | None) -> list[Category]:
    """The categories of some types, those at and below a path only where one is given, by type and path; with what is
    in them. Raises HttpError."""
    found: list[Category] = []
    for kind in kinds:
        if path is None:
            found += categories.walk(api, TYPES[kind])
            continue
        # Most lists tell paths; a row without one may be anywhere.
        rows = categories.listed(api, TYPES[kind])
        known = [(str(row["id"]), categories.normalised(str(row.get("path") or path))) for row in rows]
        ids = [identifier for identifier, where in known if _below(where, path)]
        read = side_by_side(lambda identifier: categories.read(api, identifier), ids)
        found += sorted((each for each in read.values() if _below(each.path, path)), key=lambda each: each.path)
    return found


def _below(where: str, path: str) -> bool:
    return where == path or where.startswith(f"{path}/")
