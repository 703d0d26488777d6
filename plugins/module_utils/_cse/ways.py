# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the ways to make and change a cluster have in common, and what is looked up before anything is sent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._names import nearest
from .._plan import Field, InputError, Values
from .._vcd import tasks as vcd_tasks
from .._vcd import vdc_contents
from .._wait import TaskFailed
from . import cluster_fields, lookup, ssh_key, waiting
from .client import Cse
from .lookup import Found
from .releases import NATIVE, SECOND

# What servers and the vCD below them say of a cluster or a vApp that is there already.
_TWICE = ("already exists", "already a vApp named", "DUPLICATE_NAME")


@dataclass
class Job:
    """One task of Ansible about one cluster: the options, how to wait, whom to tell, and whether it only predicts."""

    cse: Cse
    params: Mapping[str, Any]
    check_mode: bool
    wait: Mapping[str, float]
    tell: Callable[[str], None]
    warn: Callable[[str], None]

    @property
    def name(self) -> str:
        """The cluster's."""
        return str(self.params["name"])


def raise_missing(text: str) -> None:
    """Refuse what names something that is not there; nothing here makes these, so check mode refuses too."""
    raise InputError(f"{text}{'' if text.endswith('?') else '.'} Nothing was changed.")


class Way(ABC):
    """How clusters of a release are read and changed. `found` is the cluster as it was last seen."""

    def __init__(self, job: Job) -> None:
        self.job, self.params = job, job.params
        self.cse, self.org = lookup.place_of(job.cse, job.params)
        self.release = job.cse.release
        self.fields: Mapping[str, Field] = cluster_fields.fields_of(self.release)
        self.found: Found | None = None
        self.present: Values = {}  # what `values` said of it last
        # The entity that this task has made: it is found by this from then on, not by its name.
        self.mine: str | None = None

    # What a way has to say

    @abstractmethod
    def values(self, found: Found) -> Values:
        """A cluster in the user's words."""

    @abstractmethod
    def nodes(self, found: Found) -> list[dict[str, Any]]:
        """Its nodes: name, role (control_plane, worker, nfs), address (None while it is not known)."""

    @abstractmethod
    def details(self, found: Found) -> dict[str, Any]:
        """What only the server decides."""

    def settled(self, found: Found) -> Found | None:
        """A cluster once nothing is being done to it any more; None when it is gone by then."""
        return found

    def trouble(self, found: Found) -> str | None:
        """What is wrong with a cluster that never came up, with what to do about it; None for a sound one."""
        return None

    def is_busy(self, found: Found) -> bool:
        """Whether something is being done to it; asked of one that is not sound."""
        return False

    def refuse_broken(self, found: Found) -> None:
        """Refuse to take what never came up for a cluster, also where nothing else differs. Raises InputError."""
        trouble = self.trouble(found)
        if trouble is not None and self.job.check_mode and self.is_busy(found):
            self.tell_of_waiting(found)
        elif trouble is not None:
            raise InputError(f"cluster {found.name} is there ({self.listed(found)}), but {trouble}")

    def tell_of_waiting(self, found: Found) -> None:
        """In check mode: what a run waits for first."""
        told = self.details(found)
        state = told.get("phase") or told.get("state") or told.get("status") or "not begun"
        self.job.warn(f"Something is being done to cluster {found.name} ({state}); a run waits for it.")

    def listed(self, found: Found) -> str:
        """Some of its nodes by name, and how many more there are."""
        names = [str(each["name"]) for each in self.nodes(found)]
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        return ", ".join(names[:6]) + more if names else "no node"

    @abstractmethod
    def refuse(self, found: Found, wishes: Values) -> None:
        """Refuse changes that this cluster cannot have, before the first one. Raises InputError."""

    @abstractmethod
    def check_new(self, values: Values) -> None:
        """Refuse a new cluster that cannot be, before anything is sent. Raises InputError."""

    @abstractmethod
    def create(self, values: Values) -> None:
        """Make it and wait for it."""

    @abstractmethod
    def update(self, found: Found, wishes: Values) -> None:
        """Change it, one thing after the other, and wait for each."""

    def refuse_removal(self, found: Found) -> None:
        """Refuse to remove a cluster that cannot be removed so, in check mode too. Raises InputError."""
        return

    @abstractmethod
    def remove(self, found: Found) -> None:
        """Remove it and wait until it is gone."""

    # What all of them do

    def find(self) -> Found | None:
        """The cluster, as it is once nothing is being done to it; in check mode as it is."""
        if self.mine is None:
            found = lookup.find(self.job.cse, self.params, self.job.name)
        else:
            found = lookup.by_id(self.cse, self.job.name, self.mine)
        if found is not None and not self.job.check_mode:
            found = self.settled(found)
        self.found = found
        return found

    def wanted(self, found: Found | None) -> Values:
        """What the user set. Raises InputError for what this release cannot have."""
        values = cluster_fields.wanted(self.release, self.params)
        if "org" not in values:
            values["org"] = self.org if found is None or found.org is None else found.org
        if found is None:
            cluster_fields.check_name(self.release, self.job.name)
        elif "ssh_key" in values:
            present = self.present.get("ssh_key")
            if present and ssh_key.is_same(present, values["ssh_key"]):
                values["ssh_key"] = present
        return values

    def finish(self, answer: Any, what: str) -> None:
        """Wait for the task that a write answered. Raises TaskFailed."""
        task = waiting.task_of(answer)
        if task is None:
            raise TaskFailed(what, {}, "the server accepted it but names no task; run again to see what became of it")
        waiting.finish(self.cse, task, what, self.job.wait, self.job.tell)

    def _new_template(self, present: Values, wishes: Values) -> tuple[Any, Any] | None:
        """Template and revision to upgrade to; None where they stay."""
        now = present["template"], present.get("template_revision")
        name, revision = wishes.get("template"), wishes.get("template_revision")
        target = now[0] if name is None else name, now[1] if revision is None else revision
        return None if target == now else target

    def creating(self, answer: Any, rollback: bool) -> None:
        """Wait for a creation; where it fails, say what is left behind. Raises TaskFailed.

        It does not fail where somebody else was making a cluster of the name at the same time.
        """
        what = f"creating cluster {self.job.name}"
        try:
            self.finish(answer, what)
        except TaskFailed as failed:
            if failed.task.get("status") in vcd_tasks.UNFINISHED:
                raise
            if self.give_way(self.mine) if self.mine else self.was_second(failed.reason):
                return
            raise TaskFailed(what, failed.task, f"{failed.reason} {self.left(rollback)}") from failed

    def give_way(self, mine: str) -> bool:
        """After a creation that failed: whether a cluster of the name is there that somebody else has made meanwhile.

        Then what this task has made is of no use, and is taken away; the task goes on with theirs. Raises HttpError.
        """
        everyone = lookup.namesakes(self.job.cse, self.params, self.job.name)
        self.mine = None
        if not any(one.id != mine and one.vdc == self.params["vdc"] for one in everyone):
            return False
        for one in everyone:
            if one.id == mine:
                self.discard(one)
        self._tell_of_another()
        return True

    def _tell_of_another(self) -> None:
        self.job.warn(
            f"Somebody else was making cluster {self.job.name} at the same time, and was first: nothing is left of "
            "what this task made, and it goes on with theirs."
        )

    def was_second(self, told: str) -> bool:
        """Whether a server has refused a creation, in these words, for a cluster that somebody has begun since."""
        if not any(words in told for words in _TWICE) or lookup.find(self.job.cse, self.params, self.job.name) is None:
            return False
        self._tell_of_another()
        self.wait_for_others()
        return True

    def wait_for_others(self) -> bool:
        """Wait for what somebody else has begun with the cluster, where finding it does not; True where there was."""
        return False

    def discard(self, found: Found) -> None:
        """Take away what this task has made in vain."""
        self.remove(found)

    def left(self, rollback: bool) -> str:
        """What is left of a creation that failed."""
        found = lookup.find(self.job.cse, self.params, self.job.name, fresh=False)
        if found is None:
            return "Nothing is left of it: correct the cause and run the task again."
        if rollback:
            return "The server is removing what was made of it: correct the cause and run the task again."
        return (
            f"What was made of it stays, because rollback is false: {self.listed(found)}. Look at it, then remove it "
            "with state: absent and run the task again."
        )

    def needed(self, values: Mapping[str, Any], *names: str) -> None:
        """Refuse a creation without what no server has a default for. Raises InputError."""
        for name in names:
            if values.get(name) is None:
                raise InputError(
                    f"{name} is not set, and there is no cluster {self.job.name!r} yet: a new one needs it"
                )

    # Names that must exist

    def check_places(self, values: Mapping[str, Any]) -> None:
        """Look for the VDC, the network and the storage profile of new nodes. Raises InputError."""
        vdc = values.get("vdc")
        asked = {"org": values.get("org"), "vdc": vdc, "name": None, "vcd_tenant": None}
        api = self.cse.api.acting_for(None)
        # Reading these says, too, whether the VDC is there.
        profiles = vdc_contents.read(api, vdc_contents.STORAGE_PROFILES, asked)
        profile = values.get("storage_profile")
        if profile not in (None, "", "*"):
            names = {each["name"] for each in profiles if each["enabled"] is not False}
            self._exists("storage_profile", profile, names, f"organization VDC {vdc}")
        if values.get("network") is not None:
            # Networks of another VDC may be shared with this one.
            networks = vdc_contents.read(api, vdc_contents.NETWORKS, {**asked, "vdc": None})
            near = {each["name"]: each for each in networks if each["vdc"] == vdc or each["shared"] or vdc is None}
            self._exists("network", values["network"], near, f"organization VDC {vdc}")
            if values.get("expose") and near[values["network"]]["type"] == "isolated":
                raise InputError(
                    f"expose is true, but network {values['network']} is isolated: nothing outside of it reaches its "
                    "nodes. Give a routed network of NSX-T, or leave expose out"
                )

    def _exists(self, option: str, value: str, names: Iterable[str], where: str) -> None:
        known = sorted(filter(None, names))
        if value not in known:
            listed = f"; there is {', '.join(known)}" if known and len(known) < 8 else ""
            raise_missing(f"{option} is {value!r}: {where} has none of this name{nearest(value, known) or listed}")

    def check_template(self, values: Mapping[str, Any]) -> None:
        """Look for the template, and its revision where it has some, among those of the server. Raises InputError."""
        name, revision = values.get("template"), values.get("template_revision")
        if name is None:
            return
        rows = self.templates(values.get("kind") or "native")
        known = {str(row["name"]) for row in rows}
        if name not in known:
            self._exists("template", name, known, str(self.release))
            return
        revisions = sorted({int(row["revision"]) for row in rows if row["name"] == name and row.get("revision")})
        if revision is not None and revisions and revision not in revisions:
            listed = ", ".join(map(str, revisions))
            raise_missing(f"template_revision is {revision}: {name} has revision {listed}")

    def templates(self, kind: str) -> list[dict[str, Any]]:
        """The templates of the server, with name and (from 2.5 on) revision. Raises HttpError."""
        if self.release.kind in (SECOND, NATIVE):
            path = "templates/tkgm" if kind == "TKGm" else "templates"
        else:
            path = "template"
        return list(self.cse.get(path) or [])
