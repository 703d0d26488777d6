# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that an appliance makes of itself and keeps: support bundles and backups (contract vcav-api.md, 4.3, 4.15).

Their lists are known to tell ids only. When one was made is known from the task that made it, for as long as the
service remembers that; one whose task is forgotten counts as older than all others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .._files import replacing
from .._http import HttpError
from .._moments import moment
from .._plan import Field, InputError, Plan, Values, plan
from .._remedies import remedy
from .._wait import TaskFailed
from .client import Vcav, segment

NEW = "a new one"
_NANO = 1_000_000  # nanoseconds in a millisecond
FIELDS: dict[str, Field] = {"on_appliance": Field(""), "file": Field("")}


@dataclass(frozen=True)
class Archive:
    """One of them. `created` is epoch milliseconds, None where the service has forgotten it."""

    id: str
    created: int | None
    user: str | None

    def read(self) -> Values:
        """In the user's words."""
        return {"id": self.id, "created": moment(self.created), "user": self.user}


@dataclass
class Work:
    """What is to be done: which one is used (None: one is made), whether it is downloaded, which are removed."""

    step: Plan
    chosen: Archive | None
    creates: bool
    downloads: bool
    surplus: list[Archive] = field(default_factory=list)


class Archives:
    """All of one kind on one appliance. `noun` is what people call one, `option` the module's password for it."""

    noun: ClassVar[str]
    path: ClassVar[str]
    resource_type: ClassVar[str | None] = None

    def __init__(self, api: Vcav) -> None:
        """Raises InputError where the release has none."""
        self.api = api

    def document(self, params: Mapping[str, Any]) -> Any:
        """The body that asks for a new one."""
        return None

    def source(self, archive: Archive) -> tuple[str, dict[str, Any]]:
        """(path, query) of the download."""
        return f"{self.path}/{segment(archive.id)}", {}

    def listing(self) -> list[Archive]:
        """Those on the appliance, the newest first."""
        answer = self.api.get(self.path) or []
        rows = answer.get("items") or [] if isinstance(answer, Mapping) else answer
        ids = [str(row.get("id") if isinstance(row, Mapping) else row) for row in rows]
        made = self._makers(set(ids)) if ids else {}
        found = [Archive(one, *made.get(one, (None, None))) for one in ids]
        return sorted(found, key=lambda one: (-(one.created or 0), one.id))

    def _makers(self, ids: set[str]) -> dict[str, tuple[int, str | None]]:
        """(moment, user) of the tasks that made these."""
        made: dict[str, tuple[int, str | None]] = {}
        query = {"resourceType": self.resource_type} if self.resource_type else {}
        for task in self.api.pages("tasks", **query):
            name = str((task.get("workflowInfo") or {}).get("resourceId"))
            ended = int(task.get("endTime") or -1)
            if name in ids and task.get("state") == "SUCCEEDED" and ended >= 0:
                # The first task about it made it; a later one may have done something else with it.
                made[name] = min(made.get(name, (ended, task.get("user"))), (ended, task.get("user")))
        return made

    def plan(self, params: Mapping[str, Any]) -> Work:
        """Compare what is with what the task asks for. Raises InputError for what cannot be."""
        rows = self.listing()
        wanted, keep, dest = params["id"], params["keep"], params.get("dest")
        chosen = next((one for one in rows if one.id == wanted), None)
        if params["state"] == "absent":
            surplus = rows[keep:] if wanted is None else [chosen] if chosen else []
            return self._work(rows, None, False, None, surplus, None)
        if wanted is not None and chosen is None:
            ids = ", ".join(one.id for one in rows) or "none"
            raise InputError(
                f"id is {wanted!r}: the appliance has no such {self.noun}, it has {ids}. Leave id out to have one made."
            )
        if wanted is None and params["max_age"] is not None:
            oldest = (time.time() - params["max_age"] * 3600) * 1000
            chosen = next((one for one in rows if one.created is not None and one.created >= oldest), None)
        creates = chosen is None
        rest = [one for one in rows if one is not chosen]
        surplus = [] if keep is None else rest[keep - 1 :]
        held = None if dest is None or chosen is None else _held(dest, chosen)
        return self._work(rows, chosen, creates, dest, surplus, held)

    @staticmethod
    def _work(
        rows: list[Archive],
        chosen: Archive | None,
        creates: bool,
        dest: str | None,
        surplus: list[Archive],
        held: str | None,
    ) -> Work:
        before: Values = {"on_appliance": [one.id for one in rows]}
        after: Values = {"on_appliance": [one.id for one in rows if one not in surplus]}
        if creates:
            after["on_appliance"].insert(0, NEW)
        if dest is not None:
            before["file"], after["file"] = held, NEW if chosen is None else chosen.id
        return Work(plan(FIELDS, before, after), chosen, creates, dest is not None and held is None, surplus)

    def perform(self, work: Work, params: Mapping[str, Any], wait: Mapping[str, float]) -> Archive | None:
        """Make, download, remove, in this order. Raises HttpError, TaskFailed, InputError; they say what was done."""
        done: list[str] = []
        chosen = work.chosen
        try:
            if work.creates:
                chosen = self.create(params, wait)
                done.append(f"{self.noun} {chosen.id} was made; give its id to go on with it")
            if work.downloads and chosen is not None:
                self.download(chosen, params["dest"])
                done.append(f"{self.noun} {chosen.id} was downloaded to {params['dest']}")
            for one in work.surplus:
                self.api.request("DELETE", f"{self.path}/{segment(one.id)}")
                done.append(f"{self.noun} {one.id} was removed")
        except HttpError as problem:
            if done:
                problem.advice = f"Before that, {', '.join(done)}. {remedy(problem)}".rstrip()
            raise
        except OSError as problem:
            told = f"Nothing is left of it. Before that, {', '.join(done)}." if done else "Nothing is left of it."
            raise InputError(
                f"dest is {params['dest']!r}: it could not be written: {problem.strerror}. {told} "
                "Give a file in a directory with room that this user may write to."
            ) from problem
        return chosen

    def told(self, work: Work, chosen: Archive | None, params: Mapping[str, Any]) -> Values:
        """The module's account: the one that is used, where it lies here, and which were removed."""
        removed = [one.id for one in work.surplus]
        if params["state"] == "absent":
            return {"removed": removed}
        about = chosen.read() if chosen else {"id": None, "created": None, "user": self.api.facts.get("user")}
        return {**about, "dest": params["dest"], "removed": removed}

    def create(self, params: Mapping[str, Any], wait: Mapping[str, float]) -> Archive:
        """Have one made, and wait for it. Raises TaskFailed, HttpError."""
        before = {one.id for one in self.listing()}
        try:
            task = self.api.perform(
                "POST", self.path, f"making a {self.noun} at {self.api.endpoint}", document=self.document(params),
                timeout=wait["timeout"], interval=wait["interval"],
            )  # fmt: skip
        except TaskFailed as problem:
            raise TaskFailed(
                f"making a {self.noun} at {self.api.endpoint}",
                problem.task,
                f"{problem.reason.rstrip('.')}. The appliance holds {len(before)} already; if its disk is full, remove "
                "some with state: absent and keep",
            ) from problem
        about = task.get("workflowInfo") or {}
        new = {one.id: one for one in self.listing() if one.id not in before}
        named = str(about.get("resourceId"))
        if named not in new and len(new) != 1:
            raise TaskFailed(
                f"making a {self.noun} at {self.api.endpoint}",
                task,
                f"the task ended well, but its {self.noun} {named} is not in the appliance's list; run the task again",
            )
        return new.get(named) or next(iter(new.values()))

    def download(self, archive: Archive, dest: str) -> None:
        """Stream one to a file that only its owner may read, whole or not at all. Raises HttpError, OSError."""
        path, query = self.source(archive)
        with replacing(dest, 0o600) as stream:
            self.api.save(path, stream, **query)
        if archive.created is not None:
            # By this the next run knows whose content it is.
            os.utime(dest, ns=(archive.created * _NANO, archive.created * _NANO))


def _held(dest: str, archive: Archive) -> str | None:
    """The id, if the file is a download of this one: it bears the moment when it was made."""
    try:
        status = os.stat(dest)
    except OSError:
        return None
    # To the nanosecond: no file that was written otherwise has just this time.
    return archive.id if archive.created is not None and status.st_mtime_ns == archive.created * _NANO else None


def check(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be before anything is sent. Raises InputError."""
    dest, keep, absent = params["dest"], params["keep"], params["state"] == "absent"
    if keep is not None and keep < (0 if absent else 1):
        raise InputError(f"keep is {keep}: give {0 if absent else 1} or more")
    if params["max_age"] is not None and params["max_age"] < 0:
        raise InputError(f"max_age is {params['max_age']:g}: give a number of hours, 0 or more")
    if absent and (params["id"] is None) == (keep is None):
        raise InputError("state is 'absent': say with id which one goes, or with keep how many of the newest stay")
    if absent and (dest is not None or params["max_age"] is not None):
        raise InputError("state is 'absent': dest and max_age go with state present")
    if params["id"] is not None and params["max_age"] is not None:
        raise InputError("max_age goes without id: an id says already which one is meant")
    if dest is None:
        return
    folder = os.path.dirname(os.path.abspath(dest))
    if os.path.isdir(dest):
        raise InputError(f"dest is {dest!r}: that is a directory; name a file in it")
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"dest is {dest!r}: {folder} is no directory that this user may write to")
