# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server has of some content: lists first, then the categories in question, then each item, side by side.

No list can be trusted to be filtered (contract vro-api.md, 4.2), so whole lists are read once and looked through here,
and categories tell what is in them (5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._parallel import side_by_side
from .._plan import InputError
from . import (
    actions,
    categories,
    configurations,
    content_items,
    elements,
    exports,
    links,
    packages,
    resources,
    workflows,
)
from .categories import Category
from .client import Vro
from .content_items import ACTION, CATEGORIES, CONFIGURATION, PACKAGE, RESOURCE, WORKFLOW, Item
from .links import Row

# What an export of a package is compared by: without the values of attributes, which an import leaves alone as well.
_COMPARED = packages.export_query(values=False, tags=False, history=False)


@dataclass
class State:
    """What is there. `ids` are the categories by kind and path; `rows` the elements by kind and place, those of a place
    only that was asked for; `items` what was read in full, by key."""

    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    read: dict[str, Category] = field(default_factory=dict, repr=False)
    workflows: dict[str, str | None] = field(default_factory=dict, repr=False)
    """The place of every workflow by its id, None where it is not known yet."""


def survey(api: Vro, places: Mapping[str, Iterable[str]]) -> State:
    """Which categories and elements there are, of the kinds in `places`; elements in these places. Raises HttpError."""
    state = listed(api, places, {kind: set(places[kind]) for kind in places})
    look_into(api, state, places)
    return state


def listed(api: Vro, kinds: Iterable[str], places: Mapping[str, set[str]] | None = None) -> State:
    """Which categories there are of some kinds, and what is in lists. With `places` only categories that may be these,
    or above them, have to be known. Raises HttpError."""
    state, kinds = State(), list(kinds)
    found = side_by_side(lambda name: _LISTS[name](api), _needed(kinds))
    for kind, wire in CATEGORIES.items():
        if kind in kinds:
            state.ids[kind] = _paths(api, state, kind, found[wire], None if places is None else places.get(kind, set()))
    state.lists = {kind: found[kind] for kind in (ACTION, RESOURCE, WORKFLOW, PACKAGE) if kind in kinds}
    for row in state.lists.get(ACTION, []):
        state.rows.setdefault(ACTION, {}).setdefault(row["module"], []).append(row)
    known = {identifier: path for path, identifier in state.ids.get(WORKFLOW, {}).items()}
    for row in state.lists.get(WORKFLOW, []):
        category = row.get("categoryId") or links.identifier(str(row.get("categoryHref") or ""))
        state.workflows[str(row["id"])] = known.get(str(category))
    return state


def look_into(api: Vro, state: State, places: Mapping[str, Iterable[str]]) -> None:
    """Read the categories at these places into the state. Raises HttpError."""
    inside = [
        (kind, place)
        for kind in (CONFIGURATION, RESOURCE, WORKFLOW)
        for place in sorted(set(places.get(kind, ())))
        if place in state.ids.get(kind, {})
    ]
    ids = {state.ids[kind][place] for kind, place in inside}
    state.read.update(side_by_side(lambda one: categories.read(api, one), sorted(ids - state.read.keys())))
    for kind, place in inside:
        rows = state.rows.setdefault(kind, {})[place] = elements.of(state.read[state.ids[kind][place]])
        if kind == WORKFLOW:
            state.workflows.update({str(row["id"]): place for row in rows})


_LISTS: dict[str, Callable[[Vro], list[Row]]] = {
    ACTION: actions.listed,
    RESOURCE: lambda api: api.rows(resources.KIND),
    WORKFLOW: workflows.listed,
    PACKAGE: packages.listed,
    categories.MODULE: lambda api: categories.listed(api, categories.MODULE),
    categories.CONFIGURATION: lambda api: categories.listed(api, categories.CONFIGURATION),
    categories.RESOURCE: lambda api: categories.listed(api, categories.RESOURCE),
    categories.WORKFLOW: lambda api: categories.listed(api, categories.WORKFLOW),
}


def _needed(kinds: Iterable[str]) -> list[str]:
    return [name for kind in kinds for name in (kind, CATEGORIES.get(kind, "")) if name in _LISTS]


def _paths(api: Vro, state: State, kind: str, rows: list[Row], places: set[str] | None) -> dict[str, str]:
    """{path: id}. Releases before 8 tell no paths in lists: then categories are read that have a name asked for."""
    if kind == ACTION:
        return {str(row["name"]): str(row["id"]) for row in rows}
    paths = {str(row["id"]): str(row.get("path") or "") for row in rows}
    names = {part.lower() for place in places or () for part in place.split("/")}
    unknown = [
        str(row["id"]) for row in rows
        if not row.get("path") and (places is None or str(row.get("name")).lower() in names)
    ]  # fmt: skip
    state.read.update(side_by_side(lambda one: categories.read(api, one), unknown))
    paths.update({identifier: state.read[identifier].path for identifier in unknown})
    return {categories.normalised(path): identifier for identifier, path in paths.items() if path}


# Finding


def element_id(state: State, item: Item) -> str | None:
    """The id of what an item of a file is on the server; None where it is not there. Raises InputError where several
    elements are meant, and where a workflow of another id stands in its place."""
    if item.kind == PACKAGE:
        return next((item.name for row in state.lists[PACKAGE] if row["name"] == item.name), None)
    rows = state.rows.get(item.kind, {}).get(item.place, [])
    if item.kind != WORKFLOW:
        row = elements.only(rows, CATEGORIES[item.kind], item.place, item.name)
        return str(row["id"]) if row else None
    if item.id in state.workflows:
        return item.id
    other = next((row for row in rows if row.get("name") == item.name), None)
    if other is not None:
        raise InputError(
            f"{item.place!r} has another workflow named {item.name!r}, whose id is {other['id']}, and the file says "
            f"{item.id}: remove one of them, or give the file the server's id"
        )
    return None


def refuse_another_case(state: State, item: Item) -> None:
    """Refuse what differs from something on the server in upper and lower case only, in its name or its category:
    it would be a second one that nobody meant. Raises InputError."""
    paths = {path.lower(): path for path in state.ids.get(item.kind, {})}
    if item.place and item.place not in state.ids.get(item.kind, {}) and item.place.lower() in paths:
        raise InputError(
            f"{item.kind} lie in {item.place!r}, and the server has {paths[item.place.lower()]!r}: rename the folder, "
            "or the category"
        )
    names = {str(row.get("name")).lower(): row for row in state.rows.get(item.kind, {}).get(item.place, [])}
    other = names.get(item.name.lower())
    if other is not None and other.get("name") != item.name and other.get("id") != item.id:
        raise InputError(
            f"{item.kind} in {item.place!r} have the name {item.name!r}, and the server has {other.get('name')!r}: "
            "rename the file, or the element"
        )


# Reading


def read_items(api: Vro, state: State, wanted: Mapping[str, tuple[Item, str]]) -> None:
    """Read items in full into the state; `wanted` is key -> (item, its id). Raises HttpError."""
    described = {str(row["id"]): str(row.get("description") or "") for row in state.lists.get(RESOURCE, [])}

    def read(key: str) -> Item:
        item, identifier = wanted[key]
        return _READERS[item.kind](api, state, item, identifier, described)

    state.items.update(side_by_side(read, wanted))


def _action(api: Vro, _state: State, item: Item, identifier: str, _described: Any) -> Item:
    document = api.get(exports.path(actions.KIND, identifier))
    if not (isinstance(document, dict) and document.get("id")):
        raise api.unexpected("GET", exports.path(actions.KIND, identifier), 200, "no action")
    given = {part: value for part, value in actions.read(document).items() if part in actions.CONTENT}
    return Item(item.kind, item.place, item.name, item.key, identifier, given, source=document)


def _configuration(api: Vro, _state: State, item: Item, identifier: str, _described: Any) -> Item:
    found = configurations.read(api, identifier)
    given = {"description": found.description, "attributes": found.attributes}
    return Item(item.kind, item.place, item.name, item.key, identifier, given, source=found)


def _resource(api: Vro, _state: State, item: Item, identifier: str, described: Mapping[str, str]) -> Item:
    data, mime = resources.download(api, identifier)
    given = {"mime_type": mime, "description": described.get(identifier, "")}
    return Item(item.kind, item.place, item.name, item.key, identifier, given, data)


def _workflow(api: Vro, state: State, item: Item, identifier: str, _described: Any) -> Item:
    found = exports.element(api, workflows.KIND, identifier)
    return Item(item.kind, place_of(api, state, identifier), found.name, item.key, identifier, artifact=found)


def _package(api: Vro, _state: State, item: Item, identifier: str, _described: Any) -> Item:
    return Item(item.kind, "", item.name, item.key, identifier, package=packages.exported(api, identifier, _COMPARED))


_READERS: dict[str, Callable[[Vro, State, Item, str, Any], Item]] = {
    ACTION: _action,
    CONFIGURATION: _configuration,
    RESOURCE: _resource,
    WORKFLOW: _workflow,
    PACKAGE: _package,
}


def place_of(api: Vro, state: State, identifier: str) -> str:
    """The path of a workflow's category, without a request where the lists tell it. Raises HttpError."""
    known = state.workflows.get(identifier)
    return known or workflows.place(api, workflows.find(api, identifier) or {"id": identifier})


def extras(state: State, named: Mapping[str, Iterable[str]], items: Iterable[Item]) -> dict[str, tuple[Item, str]]:
    """What is in the named places without being one of the items: key -> (item, id)."""
    known = {(item.kind, item.place, item.name) for item in items}
    ids = {item.id for item in items if item.id}
    found: dict[str, tuple[Item, str]] = {}
    for kind, places in named.items():
        for place in sorted(places) if kind != PACKAGE else ():
            for row in state.rows.get(kind, {}).get(place, []):
                identifier, name = str(row["id"]), str(row.get("name"))
                if (kind, place, name) not in known and identifier not in ids:
                    key = content_items.key(kind, place, name)
                    key = f"{key}~{identifier[:8]}" if key in found else key
                    found[key] = (Item(kind, place, name, key, identifier), identifier)
    return found
