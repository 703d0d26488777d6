# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder of content becomes a server's: what differs, what is refused before a write, in which order it is made.

Packages come first, because they bring libraries that single items use, and because an item that lies in the folder by
itself is what counts. Then categories, parents first, and what others use before what uses it: resources, configuration
elements, actions, workflows. What is pruned goes last, the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._names import nearest
from .._plan import CREATE, DELETE, InputError, Plan, Values
from .._wait import TaskFailed
from . import (
    actions,
    artifacts,
    attributes,
    categories,
    configurations,
    content_folder,
    content_items,
    content_names,
    content_state,
    elements,
    exports,
    packages,
    resources,
    workflows,
)
from .attributes import Merge
from .client import Vro
from .content_folder import Contents
from .content_items import ACTION, CATEGORIES, CATEGORY, CONFIGURATION, PACKAGE, RESOURCE, WORKFLOW, Item
from .content_state import State

Secrets = Mapping[str, Mapping[str, Any]]  # category/name of a configuration element -> attribute -> value
_ORDER = (RESOURCE, CONFIGURATION, ACTION, WORKFLOW)


@dataclass(frozen=True)
class Options:
    """How it is done; see the options of vro_content."""

    secrets: Secrets
    update_secrets: str = attributes.ON_CREATE
    prune: bool = False
    allow_downgrade: bool = False
    force: bool = False


def check_secrets(contents: Contents, secrets: Secrets) -> None:
    """Refuse secrets of nothing that the folder has. Raises InputError."""
    there = {item.title: item for item in contents.items.values() if item.kind == CONFIGURATION}
    for title, given in secrets.items():
        item = there.get(str(title))
        if item is None:
            raise InputError(
                f"secrets has {title!r}: the folder has no such configuration element{nearest(str(title), there)}; "
                "write it as category/name"
            )
        if not isinstance(given, Mapping):
            raise InputError(f"secrets, {title}: give a mapping of attributes and their values")
        kinds = {str(each["name"]): str(each["type"]) for each in item.given["attributes"]}
        for name, value in given.items():
            if not attributes.holds_secret(kinds.get(str(name), "")):
                known = [each for each, kind in kinds.items() if attributes.holds_secret(kind)]
                raise InputError(f"secrets, {title} has no secret attribute {name!r}{nearest(str(name), known)}")
            attributes.check([{"name": name, "type": kinds[str(name)], "value": value}], f"secrets, {title}")


class Work:
    """One folder and one server. Made once per task; `look` reads and compares, `apply` does one change."""

    def __init__(self, api: Vro, contents: Contents, options: Options) -> None:
        self._api, self._contents, self._options = api, contents, options
        self._state = State()
        self._wanted: dict[str, Item] = {}
        self._extra: dict[str, Item] = {}
        self._merges: dict[str, Merge] = {}
        self._written: dict[str, tuple[str, ...]] = {}
        self._before: dict[str, Item] = {}
        self._brought: set[tuple[str, ...]] = set()

    # Looking

    def look(self) -> tuple[dict[str, Values], dict[str, Values]]:
        """(what is, what shall be) by key, in the values of content_items.FIELDS; with pruning, what is also has what
        the folder does not know of in the places that it names. Raises InputError, HttpError."""
        items = self._contents.items
        self._state = state = content_state.survey(self._api, self._contents.named)
        found = self._identify(items)
        if self._options.prune:
            members = [each for item in items.values() if item.package for each in item.package.elements]
            named = {kind: self._contents.named[kind] for kind in self._contents.named}
            extra = content_state.extras(state, named, [*items.values(), *map(_of_element, members)])
            self._extra = {key: item for key, (item, _identifier) in extra.items()}
            found.update(extra)
        content_state.read_items(self._api, state, found)
        present, wanted = {}, {}
        # In the order in which it is done, as the result tells it.
        ordered = sorted(items.items(), key=lambda each: (PACKAGE, CATEGORY, *_ORDER).index(each[1].kind))
        missing = {key: {"category": self._wanted[key].title} for key in self._missing_categories()}
        for key, item in ordered:
            if item.kind != PACKAGE:
                wanted.update(missing)
            self._wanted[key] = complete = self._complete(item, state.items.get(key))
            wanted[key] = self._compared(complete)
            if key in state.items:
                present[key] = self._present(state.items[key])
        wanted.update(missing)
        present.update({key: self._present(state.items[key]) for key in self._extra})
        return present, wanted

    def reread(self, keys: Iterable[str]) -> dict[str, Values]:
        """What is, by key, after changes. Raises HttpError."""
        known = {key: self._wanted.get(key) or self._extra[key] for key in keys}
        places: dict[str, set[str]] = {}
        for item in known.values():
            kind, place = (str(item.source), item.title) if item.kind == CATEGORY else (item.kind, item.place)
            places.setdefault(kind, set()).add(place)
        self._state = state = content_state.survey(self._api, places)
        found = self._identify(
            {key: each for key, each in known.items() if key not in self._extra and each.kind != CATEGORY}
        )
        content_state.read_items(self._api, state, found)
        now = {key: self._present(state.items[key]) for key in found}
        for key, item in known.items():
            if item.kind == CATEGORY and item.title in state.ids[str(item.source)]:
                now[key] = {"category": item.title}
            elif key in self._extra and self._is_there(item):
                now[key] = self._present(item)
        return now

    def _identify(self, items: Mapping[str, Item]) -> dict[str, tuple[Item, str]]:
        found = {}
        for key, item in items.items():
            identifier = content_state.element_id(self._state, item)
            if identifier is not None:
                found[key] = (item, identifier)
            elif item.kind != PACKAGE:
                content_state.refuse_another_case(self._state, item)
        return found

    def _is_there(self, item: Item) -> bool:
        rows = self._state.rows.get(item.kind, {}).get(item.place, [])
        return any(row["id"] == item.id for row in rows)

    def _missing_categories(self) -> list[str]:
        """Keys of categories that are not there, parents first; they become wanted items."""
        made: dict[str, Item] = {}
        for kind, places in self._contents.named.items():
            if kind == PACKAGE:
                continue
            # A module goes with its last action, so an empty one would be made anew in every other run.
            filled = {item.place for item in self._contents.items.values() if item.kind == kind}
            for place in places if kind != ACTION else filled:
                parts = [place] if kind == ACTION else place.split("/")
                for path in ("/".join(parts[: depth + 1]) for depth in range(len(parts))):
                    if path not in self._state.ids[kind]:
                        key = f"{CATEGORY}/{kind}/{content_names.path_name(path)}"
                        parent, name = (
                            ("", path) if kind == ACTION else (path.rpartition("/")[0], path.rpartition("/")[2])
                        )
                        made[key] = Item(CATEGORY, parent, name, key, source=kind)
        self._wanted.update(made)
        return sorted(made, key=lambda key: (made[key].title.count("/"), key))

    def _complete(self, item: Item, present: Item | None) -> Item:
        """An item of the folder as it would be on the server. Raises InputError."""
        if item.kind == CONFIGURATION:
            return self._merged(item, present)
        if item.kind == WORKFLOW and item.artifact and present and present.artifact:
            return replace(item, artifact=content_items.keep_secrets(item.artifact, present.artifact))
        if item.kind == RESOURCE and not self._api.has("resource_metadata"):
            # The server takes the type from the name there, and a folder may be for newer ones as well.
            item = replace(item, given={part: each for part, each in item.given.items() if part != "mime_type"})
        return content_items.completed(item, present)

    def _merged(self, item: Item, present: Item | None) -> Item:
        secrets = self._options.secrets.get(item.title, {})
        given = [
            {**each, "value": secrets[each["name"]]} if each["name"] in secrets else each
            for each in item.given["attributes"]
        ]
        held = present.given["attributes"] if present else ()
        try:
            merge = attributes.merged(held, given, purge=self._options.prune, secrets=self._options.update_secrets)
        except InputError as problem:
            raise InputError(f"{item.key}: {problem}") from problem
        configurations.hide(self._api, merge)
        self._merges[item.key] = merge
        description = item.given.get("description", present.given["description"] if present else "")
        return replace(item, given={"description": description, "attributes": merge.attributes})

    def _compared(self, item: Item) -> Values:
        if item.kind == PACKAGE and item.package:
            return {"content": content_items.digest(content_items.marks(item.package.elements))}
        values = content_items.compared(item)
        return {**values, "secrets": list(self._merges[item.key].written)} if item.kind == CONFIGURATION else values

    def _present(self, item: Item) -> Values:
        """What is compared of an item of the server. An import changes the elements of its file and no others."""
        if item.kind == PACKAGE and item.package:
            file = self._wanted.get(item.key) or self._contents.items[item.key]
            inside = {(each.kind, each.id) for each in file.package.elements} if file.package else set()
            held = [each for each in item.package.elements if (each.kind, each.id) in inside]
            return {"content": content_items.digest(content_items.marks(held))}
        values = content_items.compared(item)
        return {**values, "secrets": list(self._written.get(item.key, ()))} if item.kind == CONFIGURATION else values

    # Refusing

    def check(self, changes: Mapping[str, Plan], warn: Callable[[str], None]) -> None:
        """Refuse what cannot be, and tell what a change takes along. Raises InputError, HttpError."""
        self._before = dict(self._state.items)
        old = []
        for key, step in changes.items():
            item = self._wanted.get(key)
            if item is None:
                continue
            old += self._older(item, step)
            if item.kind == CONFIGURATION and step.action != CREATE:
                configurations.refuse_lost(f"{key}: it", self._merges[key])
            if item.kind == RESOURCE:
                resources.refuse_metadata(self._api, self._set_by_file(key, step))
            if item.kind == ACTION and item.given["runtime"] and not self._api.has("action_json"):
                raise InputError(
                    f"{key}: runtime is {item.given['runtime']!r}, and releases before 8 run JavaScript only"
                )
            if item.kind == WORKFLOW and "category" in step.changed and step.before:
                warn(
                    f"{key} is moved from {step.before['category']!r}. Where the server has no way to do that, it is "
                    "removed and imported again, and its past runs and schedules go."
                )
            if item.kind == PACKAGE and item.package:
                for text in packages.origin(self._api, item.package):
                    warn(f"{key}: {text}. What needs it may not work.")
        if old and not self._options.allow_downgrade:
            more = f" and {len(old) - 10} more" if len(old) > 10 else ""
            raise InputError(
                f"the server has newer versions than the folder of {', '.join(old[:10])}{more}: export them first, or "
                "set allow_downgrade to replace them. Nothing was changed."
            )

    def _set_by_file(self, key: str, step: Plan) -> Values:
        given = self._contents.items[key].given
        differs = step.difference()[1]
        return {name: value for name, value in given.items() if name in differs and value}

    def _older(self, item: Item, step: Plan) -> list[str]:
        if item.kind == PACKAGE and item.package:
            known = packages.held(self._api, item.package, {})
            rows = [
                (f"{item.key} ({each.kind} {each.name})", each.version, known[each.kind, each.id])
                for each in item.package.elements
                if (each.kind, each.id) in known
            ]
        elif item.kind in (ACTION, WORKFLOW) and step.before:
            rows = [(item.key, str(step.after["version"]), str(step.before["version"]))]
        else:
            return []
        return [
            f"{name} ({mine}, there {theirs})"
            for name, mine, theirs in rows
            if artifacts.compare_versions(mine, theirs) < 0
        ]

    # Doing

    def turns(self, changes: Mapping[str, Plan]) -> list[dict[str, Plan]]:
        """The changes in groups, each of which may be made side by side."""
        groups: dict[tuple[int, ...], dict[str, Plan]] = {}
        for key, step in changes.items():
            item = self._wanted.get(key) or self._extra[key]
            turn: tuple[int, ...]
            if step.action == DELETE:
                turn = (9, -_ORDER.index(item.kind))
            elif item.kind in (PACKAGE, CATEGORY):
                turn = (0,) if item.kind == PACKAGE else (1, item.title.count("/"))
            else:
                turn = (2, _ORDER.index(item.kind))
            groups.setdefault(turn, {})[key] = step
        return [groups[turn] for turn in sorted(groups)]

    def apply(self, key: str, step: Plan) -> None:
        """Make one change. Raises HttpError, TaskFailed."""
        try:
            if step.action == DELETE:
                item = self._extra[key]
                elements.remove(self._api, f"{item.kind}/{item.id and _segment(item.id)}", force=self._options.force)
            else:
                item = self._wanted[key]
                present = self._state.items.get(key)
                if present is None and content_folder.mark_of(item) in self._brought:
                    present = self._look_again(item)
                _APPLY[item.kind](self, self._wanted[key], present, step)
        except (InputError, workflows.Lost) as problem:
            raise TaskFailed(key, {}, str(problem)) from problem

    def _look_again(self, item: Item) -> Item | None:
        """What a package that was just imported has brought of an item."""
        state = content_state.survey(self._api, {item.kind: {item.place}})
        identifier = content_state.element_id(state, item)
        if identifier is None:
            return None
        content_state.read_items(self._api, state, {item.key: (item, identifier)})
        self._wanted[item.key] = self._complete(self._contents.items[item.key], state.items[item.key])
        return state.items[item.key]

    def _category(self, item: Item, _present: Item | None, _step: Plan) -> None:
        kind = str(item.source)
        found = categories.find(self._api, CATEGORIES[kind], item.title) if self._brought else None
        if found is not None:
            self._state.ids[kind][item.title] = found.id
            return
        parent = self._category_id(kind, item.place, item.key) if item.place else None
        self._state.ids[kind][item.title] = categories.create(self._api, CATEGORIES[kind], item.name, parent)

    def _category_id(self, kind: str, place: str, key: str) -> str:
        known = self._state.ids[kind].get(place)
        if known is None:
            # A package may have brought it, or its answer was lost.
            found = categories.find(self._api, CATEGORIES[kind], place)
            if found is None:
                raise TaskFailed(key, {}, f"its category {place!r} could not be made")
            known = self._state.ids[kind][place] = found.id
        return known

    def _package(self, item: Item, _present: Item | None, _step: Plan) -> None:
        if item.package:
            packages.save(self._api, item.package)
            self._brought |= {content_folder.element_key(each) for each in item.package.elements}

    def _resource(self, item: Item, present: Item | None, step: Plan) -> None:
        values = {"name": item.name, **item.given}
        if present is None:
            resources.create(self._api, self._category_id(RESOURCE, item.place, item.key), item.name, item.data)
            resources.finish(self._api, item.place, values)
            return
        there = resources.Resource(present.id, item.name, present.given["description"], present.given["mime_type"], "")
        if "content" in step.changed:
            resources.replace(self._api, there, item.data)
        if {"description", "mime_type"} & set(step.changed):
            resources.describe(self._api, resources.read(self._api, present.id, False), values)

    def _configuration(self, item: Item, present: Item | None, step: Plan) -> None:
        merge = self._merges[item.key]
        if present is None:
            place = self._category_id(CONFIGURATION, item.place, item.key)
            configurations.create(self._api, place, item.name, item.given["description"], merge)
        else:
            configurations.replace(self._api, present.source, item.given["description"], merge)
        self._written[item.key] = tuple(step.after.get("secrets", ()))

    def _action(self, item: Item, present: Item | None, _step: Plan) -> None:
        if present is None:
            actions.create(self._api, item.place, item.name, item.given)
        else:
            actions.update(self._api, present.source, item.given)

    def _workflow(self, item: Item, present: Item | None, step: Plan) -> None:
        if item.artifact is None:
            raise TypeError("a workflow without its content")
        place = self._category_id(WORKFLOW, item.place, item.key)
        if present is not None and "category" in step.changed:
            document = workflows.find(self._api, item.id) or {"id": item.id}
            workflows.move(self._api, document, item.artifact, item.place, place, force=self._options.force)
            return
        workflows.save(self._api, item.artifact, place)

    # Telling

    def texts(self, key: str, step: Plan) -> tuple[str, str]:
        """An item before and after a change, as a reader of a diff wants it."""
        before = self._before.get(key)
        after = None if step.action == DELETE else self._wanted[key]
        notes = [f"secret {name}: written\n" for name in step.after.get("secrets", [])]
        where = f"category: {step.before['category']}\n" if "category" in step.changed and before else ""
        there = f"category: {step.after['category']}\n" if where and step.after else ""
        return where + content_items.text(before), there + content_items.text(after) + "".join(notes)


_APPLY: dict[str, Callable[[Work, Item, Item | None, Plan], None]] = {
    CATEGORY: Work._category,
    PACKAGE: Work._package,
    RESOURCE: Work._resource,
    CONFIGURATION: Work._configuration,
    ACTION: Work._action,
    WORKFLOW: Work._workflow,
}


def _segment(identifier: str) -> str:
    return exports.path("", identifier).lstrip("/")


def _of_element(element: artifacts.Artifact) -> Item:
    kind, *rest = content_folder.element_key(element)
    place, name = (rest[0], rest[1]) if len(rest) == 2 else (element.place or "", element.name)
    return Item(kind, place, name, "", element.id)
