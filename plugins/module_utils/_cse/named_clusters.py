# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters of CSE 1.2 to 2.6 and of the legacy mode of 3.x: vApps that are named by their calls (contract 3 and 4).

Nothing remembers how a cluster was made: nodes that are added are made as the request for them says, and a server keeps
no lock, so whoever writes looks for what is going on first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .._plan import InputError, Values
from .._vcd import records, tasks
from .._vcd.filters import all_of, equals
from .._wait import TaskFailed
from . import lookup, waiting
from .lookup import Found
from .releases import FIRST
from .ways import Job, Way

_ROLES = {"master_nodes": "control_plane", "nodes": "worker", "nfs_nodes": "nfs"}
_DETAILS = ("status", "cse_version", "os", "docker_version", "kubernetes", "kubernetes_version", "cni", "cni_version")


class NamedWay(Way):
    """The calls of both generations: `/api/cse/<cluster>`, and `/api/cse/cluster/<cluster>`."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.first = self.release.kind == FIRST
        self.oldest = self.release.number < (2,)

    # Reading

    def values(self, found: Found) -> Values:
        wire = found.wire
        values: Values = {
            "name": found.name,
            "vdc": found.vdc,
            "workers": len(wire.get("nodes") or []),
            "nfs_nodes": len(wire.get("nfs_nodes") or []),
            "template": wire.get("template") if self.first else wire.get("template_name"),
        }
        # A server tells no organization: it was asked for the cluster of this one.
        values["org"] = found.org or self.org
        if not self.first:
            revision = str(wire.get("template_revision") or "")
            values["template_revision"] = int(revision) if revision.isdecimal() else None
        return values

    def nodes(self, found: Found) -> list[dict[str, Any]]:
        return [
            {"name": each.get("name"), "role": role, "address": each.get("ipAddress") or None}
            for member, role in _ROLES.items()
            for each in found.wire.get(member) or []
        ]

    def details(self, found: Found) -> dict[str, Any]:
        wire = found.wire
        told = {name: wire.get(name) for name in _DETAILS if wire.get(name)}
        return {"id": found.id, "endpoint": wire.get("leader_endpoint") or None, **told}

    # What is going on

    def running(self) -> str | None:
        """The id of a task of the server that works on this cluster; None where nothing does.

        Up to 2.0 such a task belongs to the cluster, later to the organization, and only its own text names the
        cluster: one request, and then one for each task of the server that is under way.
        """
        api = self.cse.api.acting_for(None)
        where = all_of(equals("status", "running"), equals("orgName", self.org) if api.is_provider else None)
        for record in api.query(records.kind(api, "task"), where):
            if record.get("serviceNamespace") != "vcloud.cse" or record.get("status") != "running":
                continue
            identity = records.identity(record)
            if record.get("objectName") == self.job.name:
                return identity
            if not self.first and _names(tasks.look(api, identity)["operation"], self.job.name):
                return identity
        return None

    def wait_for_others(self) -> bool:
        """Wait for what somebody else has begun with this cluster; True where there was something. Raises HttpError."""
        task = self.running()
        if task is None:
            return False
        what = f"waiting for what is being done to cluster {self.job.name}"
        try:
            waiting.finish(self.cse, task, what, self.job.wait, self.job.tell)
        except TaskFailed as failed:
            if failed.task.get("status") not in ("error", "aborted", "canceled"):
                raise
            self.job.warn(f"{failed}")
        return True

    # Before anything is sent

    def trouble(self, found: Found) -> str | None:
        if found.wire.get("leader_endpoint"):
            return None
        return (
            "its control plane has never come up: its creation failed half-way. Look at it, remove it with state: "
            "absent, and run the task again"
        )

    def is_busy(self, found: Found) -> bool:
        return self.running() is not None

    def refuse(self, found: Found, wishes: Values) -> None:
        present = self.values(found)
        target = self._new_template(present, wishes)
        if target:
            refuse_target(found.name, target, self.cse.get(f"{self._place}/upgrade-plan", **self._where()))
        grows = [
            name for name in ("workers", "nfs_nodes") if wishes.get(name) is not None and wishes[name] > present[name]
        ]
        if not grows:
            return
        if wishes.get("network") is None:
            raise InputError(
                f"{grows[0]} is {wishes[grows[0]]} and cluster {found.name} has {present[grows[0]]}: the new nodes "
                f"need a network, and {self.release} does not tell that of the others. Give network"
            )
        if wishes.get("ssh_key") is None:
            self.job.warn(
                f"The new nodes of {found.name} get no ssh key: {self.release} does not remember that of the others. "
                "Give ssh_key to log in there."
            )
        self.check_places({**present, **wishes})

    # Writing

    @property
    def _place(self) -> str:
        part = quote(self.job.name, safe="")
        return part if self.first else f"cluster/{part}"

    def _where(self) -> dict[str, Any]:
        """The query that says which of several clusters of the name is meant."""
        org = self.params.get("org") or self.params.get("vcd_tenant")
        if self.oldest:
            return {}
        if self.first:
            return {"org": org, "vdc": self.params.get("vdc")}
        return {"org_name": org, "ovdc_name": self.params.get("vdc")}

    def _rollback(self) -> bool:
        return self.params.get("rollback") is not False

    def _making(self, values: Mapping[str, Any], template: str | None, revision: int | None) -> dict[str, Any]:
        """What all requests for nodes say of them. Up to 2.0 every key is there, null where nothing is wished."""
        if self.first:
            return {
                "vdc": values.get("vdc"),
                "cpu": values.get("cpus"),
                "memory": values.get("memory_mb"),
                "network": values.get("network"),
                "storage_profile": values.get("storage_profile"),
                "ssh_key": values.get("ssh_key"),
                "template": template,
                # The server removes what has failed where this is true: its name says the opposite (contract 3.2).
                "disable_rollback": self._rollback(),
            }
        named = {
            "org_name": values.get("org"),
            "ovdc_name": values.get("vdc"),
            "network_name": values.get("network"),
            "num_cpu": values.get("cpus"),
            "mb_memory": values.get("memory_mb"),
            "storage_profile_name": values.get("storage_profile"),
            "ssh_key": values.get("ssh_key"),
            "template_name": template,
            "template_revision": revision,
            "rollback": self._rollback(),
        }
        return {key: value for key, value in named.items() if value is not None}

    def check_new(self, values: Values) -> None:
        """What a new cluster needs, and whether it is there. Raises InputError."""
        self.needed(values, "vdc", "network")
        if not self.first and (values.get("template") is None) != (values.get("template_revision") is None):
            raise InputError(
                "template and template_revision go together: give both, or neither for the server's default"
            )
        if self.oldest and values["org"] != self.job.cse.api.facts["org"]:
            raise InputError(
                f"org is {values['org']!r}, but {self.release} makes clusters in the organization of who asks alone: "
                f"log in as a user of {values['org']}"
            )
        self.check_places(values)
        self.check_template(values)

    def creation(self, values: Values) -> dict[str, Any]:
        """The body of the request for a new cluster."""
        name = self.job.name
        nodes = self._making(values, values.get("template"), values.get("template_revision"))
        nfs = values.get("nfs_nodes", 0) > 0
        if self.oldest:
            return {"name": name, "node_count": values["workers"], **nodes, "enable_nfs": nfs}
        if self.first:
            about = {"cluster_name": name, "org": values["org"], "node_count": values["workers"]}
            return {**about, **nodes, "enable_nfs": nfs}
        return {"cluster_name": name, "num_workers": values["workers"], **nodes, "enable_nfs": nfs}

    def create(self, values: Values) -> None:
        answer = self.cse.request("POST", "" if self.first else "clusters", document=self.creation(values))
        self.creating(answer, self._rollback())
        more = values.get("nfs_nodes", 0) - 1
        if more > 0:
            found = lookup.find(self.job.cse, self.params, self.job.name)
            if found is not None:
                self._add(found, values, more, nfs=True)

    def update(self, found: Found, wishes: Values) -> None:
        present = self.values(found)
        target = self._new_template(present, wishes)
        if target:
            self._upgrade(target)
            found = lookup.find(self.job.cse, self.params, self.job.name) or found
        values = {**wishes, "org": present["org"], "vdc": present["vdc"]}
        for field, member in (("workers", "nodes"), ("nfs_nodes", "nfs_nodes")):
            nodes = found.wire.get(member) or []
            count = wishes.get(field)
            if count is None or count == len(nodes):
                continue
            if count < len(nodes):
                self._drop([str(each["name"]) for each in nodes[count:]], values)
            elif field == "nfs_nodes" or self.first:
                self._add(found, values, count - len(nodes), nfs=field == "nfs_nodes")
            else:
                self._resize(found, values, count)

    def _new_template(self, present: Values, wishes: Values) -> tuple[Any, Any] | None:
        return None if self.first else super()._new_template(present, wishes)

    def _upgrade(self, target: tuple[Any, Any]) -> None:
        where = {key: value for key, value in self._where().items() if value is not None}
        document = {
            "cluster_name": self.job.name, "template_name": target[0], "template_revision": target[1], **where,
        }  # fmt: skip
        answer = self.cse.request("POST", f"{self._place}/action/upgrade", document=document)
        self.finish(answer, f"upgrading cluster {self.job.name}")

    def _own_template(self, found: Found) -> tuple[str | None, int | None]:
        values = self.values(found)
        return values["template"], values.get("template_revision")

    def _resize(self, found: Found, values: Values, count: int) -> None:
        document = {"num_workers": count, **self._making(values, *self._own_template(found))}
        answer = self.cse.request("PUT", self._place, document=document)
        self.finish(answer, f"resizing cluster {self.job.name}")

    def _add(self, found: Found, values: Values, count: int, *, nfs: bool) -> None:
        nodes = self._making(values, *self._own_template(found))
        if self.first:
            kind = "nfsd" if nfs else "node"
            document = {"name": self.job.name, "node_count": count, **nodes, "node_type": kind}
            answer = self.cse.request("POST", f"{self._place}/node", document=document)
        else:
            document = {"cluster_name": self.job.name, "num_workers": count, **nodes, "enable_nfs": nfs}
            answer = self.cse.request("POST", "nodes", document=document)
        self.finish(answer, f"adding nodes to cluster {self.job.name}")

    def _drop(self, names: list[str], values: Values) -> None:
        if self.first:
            document = {"name": self.job.name, "vdc": values["vdc"], "nodes": names, "force": False}
            path = f"{self._place}/node"
        else:
            where = {key: value for key, value in self._where().items() if value is not None}
            document, path = {"cluster_name": self.job.name, "node_names": names, **where}, "nodes"
        answer = self.cse.request("DELETE", path, document=document)
        self.finish(answer, f"removing {', '.join(names)} from cluster {self.job.name}")

    def remove(self, found: Found) -> None:
        answer = self.cse.request("DELETE", self._place, query=self._where())
        self.finish(answer, f"deleting cluster {self.job.name}")


def refuse_target(name: str, target: tuple[Any, Any], plan: Iterable[Mapping[str, Any]] | None) -> None:
    """Refuse an upgrade that the server's plan, as it tells it, does not have. Raises InputError."""
    offers = [(str(row["name"]), int(row["revision"])) for row in plan or []]
    if target not in offers:
        listed = ", ".join(f"{each} revision {revision}" for each, revision in offers)
        remedy = "Give one of those" if offers else "Leave template and template_revision as they are"
        raise InputError(
            f"template is {target[0]!r} revision {target[1]}: cluster {name} cannot be upgraded to that; from where it "
            f"is, the server offers {listed or 'nothing'}. {remedy}. Nothing was changed"
        )


def _names(text: str, name: str) -> bool:
    """Whether a text of the server names a cluster, in one of the ways in which its releases do."""
    return any(mark in text for mark in (f"'{name}'", f" {name}(", f" {name} ("))


__all__ = ["NamedWay", "refuse_target"]
