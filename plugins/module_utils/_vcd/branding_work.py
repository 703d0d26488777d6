# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of vcd_branding on one server: what is there, what must not be, one change, and what became of it.

Deciding is in branding.py. Every change replaces a whole document, so it is made of the one that was read (contract
vcd-api.md, 3.2), and the answer to it is what the server holds now.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from .. import _parallel
from .._http import HttpError
from .._names import nearest
from .._plan import InputError, Plan, Values
from . import images
from .branding import (
    FIELDS,
    LOOK,
    SYSTEM,
    Shown,
    Wishes,
    every_org,
    inherits,
    merged,
    read_images,
    read_one,
    read_portal,
    read_shown,
    refuse_strangers,
    second_generation,
    system_after,
    targets,
    without_own_colour,
)
from .client import Vcd
from .images import path_of
from .themes import every

Refuse = Callable[[str], None]
SUPERSEDED = (
    "branding themes of the second generation are on at this server (VMware Cloud Director 10.4.1 and later): "
    "organizations that have one assigned show that instead of what is written here. See vcd_branding_theme."
)


class Work:
    """One task's work. `apply` may be called from several threads."""

    def __init__(self, api: Vcd, wishes: Wishes) -> None:
        self.api, self.wishes = api, wishes
        self._answers: dict[str, Shown] = {}
        self._theme_types: dict[str, str] = {}
        self._written: set[tuple[str, str]] = set()
        self.missing: list[str] = []

    def look(self, everything: bool, refuse: Refuse) -> tuple[dict[str, Values], dict[str, Values]]:
        """(what is, what is wanted) by organization, `everything` for all that the server has.

        `refuse` gets the sentence about organizations that do not exist; where it lets them pass, they are in
        `missing`, and what is of them is the system's. Raises HttpError, InputError.
        """
        others = self._others() if everything else []
        self.portal = read_portal(self.api, self.wishes, others)
        # One that shows something else than the system has a branding, so it exists.
        doubtful = [org for org in self.wishes.orgs if inherits(self.portal.tenants[org], self.portal.system)]
        self.missing = refuse_strangers(self.api, doubtful, refuse) if doubtful else []
        return targets(self.portal, self.wishes)

    def _others(self) -> list[str]:
        """The organizations that no wish is about. Raises HttpError, InputError.

        The server takes another spelling of a name, so one organization would be branded and cleared by one task.
        """
        every = every_org(self.api)
        spelled = {org.lower(): org for org in every}
        for org in self.wishes.orgs:
            twin = spelled.get(org.lower(), org)
            if twin != org:
                raise InputError(f"tenants: {org!r} is the organization {twin!r}: write it so")
        return [org for org in every if org not in self.wishes.looks]

    def inherited(self) -> Values:
        """What an organization shows that has nothing of its own."""
        return {name: value for name, value in system_after(self.portal.system, self.wishes).items() if name in FIELDS}

    def check(self, changes: Mapping[str, Plan], refuse: Refuse, warn: Refuse) -> None:
        """Refuse what cannot be written: before the first write. Raises InputError, HttpError."""
        if not changes:
            return
        if not self.api.is_provider:
            raise InputError(
                "branding: only a System administrator can change it, the own organization's too; the user is of "
                f"{self.api.facts.get('org')!r}. Give vcd_user as administrator@system"
            )
        wanted = {
            step.after["theme"]: org
            for org, step in changes.items()
            if "theme" in step.changed and not self.wishes.inherits(org)
        }
        if wanted:
            self._theme_types = every(self.api)
            missing = sorted(name for name in wanted if name not in self._theme_types)
            if missing:
                org = wanted[missing[0]]
                where = "system" if org == SYSTEM else f"tenants: {org}"
                hint = nearest(missing[0], self._theme_types)
                refuse(
                    f"{where}: theme {missing[0]!r} does not exist at {self.api.site or self.api.endpoint}"
                    f"{hint or '; make it with vcd_theme first'}"
                )
        if second_generation(self.api):
            warn(SUPERSEDED)

    # Changing

    def apply(self, org: str, step: Plan) -> None:
        """Carry out one organization's change, or the system's, in up to three writes. Raises HttpError."""
        done: list[str] = []
        self._answers.pop(org, None)
        try:
            look = [name for name in LOOK if name in step.changed]
            if look:
                self._write_look(org, step)
                done += look
            for kind in images.KINDS:
                if kind in step.changed:
                    self._write_image(org, kind, step)
                    done.append(kind)
        except HttpError as problem:
            if done:
                said = problem.server_message or "no explanation"
                problem.server_message = f"{said.rstrip('.')}. Changed before that: {', '.join(done)}"
            raise

    def _write_look(self, org: str, step: Plan) -> None:
        path = path_of(None if org == SYSTEM else org)
        if self.wishes.inherits(org):
            self.api.request("DELETE", path)
            return
        document = merged(self._base(org), step.values, self._theme_types)
        answer = self.api.request("PUT", path, document=document)
        with contextlib.suppress(ValueError):  # without a document in the answer it is read
            self._answers[org] = read_shown(answer, self.api.version)

    def _write_image(self, org: str, kind: str, step: Plan) -> None:
        target = None if org == SYSTEM else org
        self._written.add((org, kind))
        if self.wishes.inherits(org) or not self.wishes.looks[org][kind]:
            images.remove(self.api, target, kind)
        else:
            images.put(self.api, target, kind, self.wishes.images[step.after[kind]])

    def _base(self, org: str) -> dict[str, Any]:
        """The document that a change is made of; of one that inherits everything, the system's as it will be."""
        document, system = self.portal.documents[org], self.portal.documents[SYSTEM]
        if org == SYSTEM or not inherits(self.portal.tenants[org], self.portal.system):
            return document
        return merged(system, self.wishes.looks.get(SYSTEM, {}), self._theme_types)

    # Reading back

    def reread(self, after: Mapping[str, Values]) -> dict[str, Values]:
        """What is there now of those that were changed: at the first look by the answers to the changes.

        Raises HttpError.
        """
        answered = {org: self._answers.pop(org) for org in after if org in self._answers}
        unknown = [org for org in after if org not in answered]
        shown = {
            **answered,
            **_parallel.side_by_side(lambda org: read_one(self.api, None if org == SYSTEM else org), unknown),
        }
        written = [each for each in self._written if each[0] in after]
        # Nobody knows the product's own image, which takes the place of one that the system had.
        gone = {(org, kind) for org, kind in written if after[org].get(kind) == ""}
        found = read_images(self.api, (each for each in written if each not in gone))
        system = system_after(self.portal.system, self.wishes)
        now = {}
        for org, wanted in after.items():
            before = self.portal.values(org)
            marks = {kind: before[kind] for kind in images.KINDS if kind in before}
            marks.update({kind: "" for kind in images.KINDS if (org, kind) in gone})
            marks.update({kind: found[org, kind].mark for kind in images.KINDS if (org, kind) in found})
            values = {**shown[org].values, **marks}
            if org != SYSTEM:
                values = without_own_colour(values, wanted, values.get("portal_color"), system)
            now[org] = values
        return now
