# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many adapter instances of one kind in one task: one list of them, one of their states, changes side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._plan import CREATE, DELETE, InputError, Plan, Values
from .._wait import TaskFailed
from . import instances, matching
from .client import Vrops
from .instances import Instance
from .work import Reading, Work

# What each entry may say; what it leaves out the task may say for all.
OWN = ("name", "description", "identifiers")
SHARED = (
    "credential", "collector", "collector_group", "monitoring_interval", "running", "maintenance",
    "maintenance_minutes", "accept_thumbprints",
)  # fmt: skip
SWITCHES = {"test_connection": True, "accept_any_certificate": False, "recreate": False, "delete_resources": False}

Params = Mapping[str, Any]


def each(params: Params) -> dict[str, dict[str, Any]]:
    """The options of each instance by its name, those of the task filled in. Raises InputError."""
    found: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(params["instances"]):
        own = {name: entry[name] for name in OWN}
        shared = {name: params[name] if entry[name] is None else entry[name] for name in SHARED}
        if shared["collector"] and shared["collector_group"]:
            # An entry that chooses one does not want what the task says for the others.
            shared["collector" if entry["collector"] is None else "collector_group"] = None
        one = {**own, **shared, **{name: params[name] for name in SWITCHES}}
        one |= {"adapter_kind": params["adapter_kind"], "state": "present"}
        where = f"instances[{number}]"
        try:
            instances.check(one)
        except InputError as problem:
            raise InputError(f"{where}: {problem}") from problem
        if entry["collector"] is not None and entry["collector_group"] is not None:
            raise InputError(f"{where}: give collector or collector_group, not both")
        if one["name"] in found:
            raise InputError(f"{where}: {one['name']!r} is named twice; give each instance once")
        found[one["name"]] = one
    return found


class Many:
    """The works of one task, one for each instance. The functions are those of `Work`."""

    def __init__(
        self,
        api: Vrops,
        params: Params,
        missing: Callable[[str], None],
        warn: Callable[[str], None],
        hide: Callable[[Iterable[str]], None],
    ) -> None:
        self._api, self._params, self._options = api, params, each(params)
        self._told = (missing, warn, hide)
        self._works: dict[str, Work] = {}
        self._there: dict[str, Instance | None] = {}
        self._tried: set[str] = set()

    def present(self, wanted: Mapping[str, Values], everything: bool) -> dict[str, Values]:
        """What there is of `wanted`, by name, and with `everything` of all others of the kind. Raises InputError.

        The first time it also says what is wanted, in the server's spelling.
        """
        reading = Reading(self._api, self._params["adapter_kind"], many=True)
        first, found = not self._works, {}
        for name in wanted:
            if name not in self._options:
                continue  # one that was pruned
            work = Work(self._api, self._options[name], reading, *self._told)
            try:
                there = work.find()
                values = work.wanted(there) if first else {}
            except InputError as problem:
                raise InputError(f"{name}: {problem}") from problem
            if first:
                self._works[name], self._there[name] = work, there
                dict(wanted)[name].clear()
                dict(wanted)[name].update(values)
            if there is not None:
                found[name] = work.read(there)
        taken = {one.id for one in self._there.values() if one is not None}
        for row in reading.rows:
            key = self._key(row, found)
            if str(row["id"]) not in taken and (everything or key in wanted) and key not in self._options:
                there = reading.look(row)
                self._there.setdefault(key, there)
                found[key] = instances.read(there, reading.names, {})
        return found

    @staticmethod
    def _key(row: Mapping[str, Any], found: Mapping[str, Values]) -> str:
        name = matching.name_of(row)
        return f"{name} ({row['id']})" if name in found else name

    def apply(self, name: str, step: Plan, wait: Mapping[str, int]) -> None:
        """Carry out one change. Raises HttpError, TaskFailed."""
        again = name in self._tried
        self._tried.add(name)
        there = self._there.get(name)
        if step.action == DELETE:
            if there is not None:
                instances.delete(self._api, there.id, self._params["delete_resources"], **wait)
            return
        work = self._works[name]
        try:
            if again:
                # An answer was lost: whether the instance has been made meanwhile is looked up, not guessed.
                reading = Reading(self._api, self._params["adapter_kind"])
                work = Work(self._api, self._options[name], reading, *self._told)
                there = work.find()
                work.wanted(there)
            work.prepare(step, there)
            if step.action == CREATE or there is None:
                work.create(step.values, wait)
            else:
                work.update(there, wait)
        except InputError as problem:
            raise TaskFailed(name, {}, str(problem)) from problem
