# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server's content becomes a folder for git: which items, in which files, and which files stay as they are.

A file that already says what the server has is left as it is, however somebody has written it, so that git shows what
has changed and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import _files
from .._names import nearest
from .._plan import InputError, Values
from . import artifacts, attributes, content_folder, content_items, content_names, content_state, elements
from .client import Vro
from .content_folder import Contents
from .content_items import ACTION, CATEGORIES, CONFIGURATION, KINDS, PACKAGE, RESOURCE, WORKFLOW, Item
from .content_state import State


@dataclass(frozen=True)
class Change:
    """One item whose files differ: `files` are written (None: removed); `before` and `after` are for a diff."""

    key: str
    files: dict[str, bytes | None] = field(repr=False)
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """What is exported: {kind: places or names}; without any, all but packages, whose content comes by itself.
    `exclude` are categories and modules that are left out. What is below a place goes with it."""

    kinds: Mapping[str, list[str]]
    exclude: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict[str, list[str] | None]:
        """{kind: what of it}, None for all of it."""
        given = {kind: names for kind, names in self.kinds.items() if names is not None}
        everything: dict[str, list[str] | None] = {kind: None for kind in KINDS if kind != PACKAGE}
        return {kind: given[kind] for kind in KINDS if kind in given} if given else everything


def present_folder(option: str, folder: str) -> Contents:
    """The content that is in the folder already; none where there is no folder yet. Raises InputError, MissingYaml."""
    content_names.need_yaml()
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InputError(f"{option} is {folder!r}, which is a file: name a folder")
    if not any(os.path.isdir(os.path.join(folder, kind)) for kind in KINDS):
        return Contents(folder)
    return content_folder.read(option, folder)


def compare(
    api: Vro,
    choice: Choice,
    present: Contents,
    prune: bool,
    missing: Callable[[str], None],
    warn: Callable[[str], None],
) -> tuple[list[Change], int]:
    """(what has to be written, how many items there are).

    `missing` is told of a chosen place that is not there, `warn` of one that is left out and is not there either.
    Raises InputError, HttpError.
    """
    chosen = choice.chosen
    state = content_state.listed(api, chosen)
    there = {kind: _there(state, kind) for kind in chosen}
    for name in choice.exclude:
        if not any(_covers(kind, name, each) for kind, places in there.items() for each in places):
            hint = nearest(name, [each for places in there.values() for each in places])
            warn(f"exclude has {name!r}, and nothing of what is exported lies there{hint or '.'}")
    places = {kind: _places(there[kind], kind, names, choice.exclude, missing) for kind, names in chosen.items()}
    content_state.look_into(api, state, places)
    found = {key: item for kind in chosen for key, item in _items(state, kind, places[kind]).items()}
    content_state.read_items(api, state, {key: (item, item.id) for key, item in found.items()})
    _refuse_bundles(state.items.values())
    names = _file_names(state.items)
    changes = [change for key in sorted(state.items) if (change := _written(state.items[key], names[key], present))]
    if prune:
        changes += _pruned(present, state, places)
    return sorted(changes, key=lambda change: change.key), len(state.items)


def _there(state: State, kind: str) -> list[str]:
    """All places of a kind."""
    if kind == PACKAGE:
        return [str(row["name"]) for row in state.lists[PACKAGE]]
    return sorted({*state.ids[kind], *(state.rows.get(ACTION, {}) if kind == ACTION else ())})


def _places(
    there: list[str], kind: str, names: list[str] | None, exclude: Iterable[str], missing: Callable[[str], None]
) -> list[str]:
    """The places of a kind at and below the chosen ones. `missing` is told of one that is not there."""
    for name in names or []:
        if not any(_covers(kind, name, each) for each in there):
            what = "package" if kind == PACKAGE else "module" if kind == ACTION else "category"
            missing(f"{kind} has {name!r}: the server has no such {what}{nearest(name, there)}")
    wanted = [each for each in there if names is None or any(_covers(kind, name, each) for name in names)]
    return [each for each in wanted if not any(_covers(kind, name, each) for name in exclude)]


def _covers(kind: str, name: str, place: str) -> bool:
    plain = name.strip().strip("/")
    return place == plain or (kind != PACKAGE and place.startswith(plain + ("." if kind == ACTION else "/")))


def _items(state: State, kind: str, places: Iterable[str]) -> dict[str, Item]:
    """The items of a kind, by key. Raises InputError for two that would be one file."""
    found: dict[str, Item] = {}
    for place in places:
        if kind == PACKAGE:
            key = content_items.key(kind, "", place)
            found[key] = Item(kind, "", place, key, place)
            continue
        rows = state.rows.get(kind, {}).get(place, [])
        for row in rows:
            name = str(row.get("name"))
            key = content_items.key(kind, place, name)
            if kind == WORKFLOW:
                key = f"{key}~{str(row['id'])[:8]}" if key in found else key
            else:
                elements.only(rows, CATEGORIES[kind], place, name)
            found[key] = Item(kind, place, name, key, str(row["id"]))
    return found


def _refuse_bundles(items: Iterable[Item]) -> None:
    for item in items:
        if item.kind == ACTION and item.source.get("bundleHasContent"):
            raise InputError(
                f"{item.key} is an action of a bundle, a ZIP of many files, which this API does not give: leave its "
                "module out with exclude, and keep the bundle itself in git"
            )


def _file_names(items: Mapping[str, Item]) -> dict[str, str]:
    """{key: name of the file without suffix}, distinct in each folder also where case means nothing."""
    folders: dict[tuple[str, str], dict[str, str]] = {}
    for key, item in items.items():
        marked = key.rpartition("/")[2]
        name = content_names.name_of(marked, key) if item.kind == WORKFLOW else item.name
        folders.setdefault((item.kind, item.place), {})[name] = key
    made: dict[str, str] = {}
    for (kind, _place), names in folders.items():
        for name, file in content_names.distinct(names).items():
            # Beside a file of the name without it, .yml would be taken for what is said of that.
            twin = kind == RESOURCE and name.endswith(".yml") and name.removesuffix(".yml") in names
            made[names[name]] = f"{file.removesuffix('.yml')}%2Eyml" if twin else file
    return made


def _written(item: Item, name: str, present: Contents) -> Change | None:
    """The change of one item's files; None where they say what the server has."""
    old = present.items.get(item.key)
    if item.kind == WORKFLOW:
        old = next((each for each in present.items.values() if each.kind == WORKFLOW and each.id == item.id), old)
    origins = present.origins[old.key] if old else []
    if old is not None and old.place == item.place and _same(old, item):
        return None
    wanted: dict[str, bytes | None] = dict(_form(item, old, origins, name))
    wanted.update({path: None for path in origins if path not in wanted})
    before = content_items.text(_shown(old, item)) if old else ""
    return Change(item.key, wanted, before, content_items.text(item))


def _shown(old: Item, item: Item) -> Item:
    """What a file says in full, for a diff against what the server has."""
    if item.kind == CONFIGURATION:
        merge = attributes.merged(item.given["attributes"], old.given["attributes"], purge=True)
        description = old.given.get("description", item.given["description"])
        return replace(old, given={"description": description, "attributes": merge.attributes})
    return content_items.completed(old, item)


def _same(old: Item, item: Item) -> bool:
    """True if a file says what the server has, or nothing about it."""
    if item.kind == PACKAGE and old.package and item.package:
        return content_items.marks(old.package.elements) == content_items.marks(item.package.elements)
    if item.kind == CONFIGURATION and any(attributes.type_differs(item.given["attributes"], old.given["attributes"])):
        return False
    return content_items.compared(_shown(old, item)) == content_items.compared(item)


def _form(item: Item, old: Item | None, origins: list[str], name: str) -> dict[str, bytes]:
    """The files of an item, in the form that its present ones have where there are two."""
    if item.kind == WORKFLOW and item.artifact and origins and origins[0].endswith(".workflow"):
        (path, xml), *_none = content_items.files(item, name).items()
        return {f"{path.removesuffix('.xml')}.workflow": artifacts.wrap(artifacts.WORKFLOW, xml.decode("utf-8"))}
    if item.kind == CONFIGURATION and old:
        silent = {str(each["name"]) for each in old.given["attributes"] if "value" not in each}
        return content_items.files(replace(item, given={**item.given, "silent": silent}), name)
    return content_items.files(item, name)


def _pruned(present: Contents, state: State, places: Mapping[str, Iterable[str]]) -> list[Change]:
    """Files of items that the server does not have, in the places that were exported."""
    there = {item.id for item in state.items.values() if item.kind == WORKFLOW}
    gone = []
    for key, item in present.items.items():
        covered = item.kind in places and (item.kind == PACKAGE or item.place in places[item.kind])
        if covered and key not in state.items and not (item.kind == WORKFLOW and item.id in there):
            whole = (
                item
                if item.kind != CONFIGURATION
                else _shown(item, replace(item, given={"attributes": (), "description": ""}))
            )
            text = content_items.text(content_items.completed(whole, None))
            gone.append(Change(key, dict.fromkeys(present.origins[key]), text, ""))
    return gone


def write(folder: str, changes: Iterable[Change]) -> None:
    """Write and remove files. Raises InputError that names the first that could not be."""
    for change in changes:
        for path, content in change.files.items():
            whole = os.path.join(folder, *path.split("/"))
            try:
                if content is None:
                    os.unlink(whole)
                else:
                    os.makedirs(os.path.dirname(whole), exist_ok=True)
                    _files.replace(whole, content)
            except OSError as problem:
                raise InputError(
                    f"{whole} could not be written: {problem.strerror}. Files of items before it are written; name a "
                    "folder with room that this user may write to, and run the task again."
                ) from problem


def told(folder: str, changes: Iterable[Change], count: int) -> Values:
    """What the export is, for the result."""
    paths = {path: content for change in changes for path, content in change.files.items()}
    return {
        "dest": folder,
        "item_count": count,
        "written": sorted(path for path, content in paths.items() if content is not None),
        "removed": sorted(path for path, content in paths.items() if content is None),
    }


def outcome(change: Change) -> dict[str, Any]:
    """One entry of the result's outcomes."""
    return {"item": change.key, "files": sorted(change.files), "changed": True}
