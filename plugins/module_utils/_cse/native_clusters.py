# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters of CSE 3.x on API 35 and 36: entities whose `status` is the truth, behind `/api/cse/3.0` (contract 5, 8).

Two spellings of one payload: RDE 1.0 in snake case (API 35), RDE 2.x in camel case (API 36).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._http import HttpError, is_passing
from .._plan import InputError, Values
from .._vcd import entities
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import capabilities, errors, lookup, ovdcs, sharing, waiting
from .lookup import Found
from .named_clusters import refuse_target
from .ways import Way

_BUSY = ":IN_PROGRESS"
_BUSY_WORDS = "is not in a valid state to be"  # what a server says of a cluster that it is working on


class NativeWay(Way):
    """Native and TKGm clusters."""

    # Reading

    def _status(self, found: Found) -> Mapping[str, Any]:
        return found.content.get("status") or {}

    def _phase(self, found: Found) -> str:
        return str(self._status(found).get("phase") or "")

    def _nodes_of(self, found: Found, part: str) -> list[dict[str, Any]]:
        nodes = self._status(found).get("nodes") or {}
        first = nodes.get("controlPlane") or nodes.get("control_plane")
        return [first] if part == "control_plane" and first else list(nodes.get(part) or [])

    def values(self, found: Found) -> Values:
        spec, status = found.content.get("spec") or {}, self._status(found)
        made = self._camel(spec, status) if self.release.camel else self._snake(spec, status)
        values: Values = {
            "name": found.name,
            "org": found.org,
            "vdc": found.vdc,
            "kind": found.content.get("kind") or "native",
            **made,
        }
        making = self._phase(found) in ("", f"CREATE{_BUSY}")
        if not making:
            # While it is being made, what it is going to be is all that is known.
            values["workers"] = len(self._nodes_of(found, "workers"))
            values["nfs_nodes"] = len(self._nodes_of(found, "nfs"))
        if self.params.get("access") is not None and self.release.number >= (3, 1):
            values["access"] = sharing.of_acl(self.cse, found)
        return values

    def _snake(self, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Values:
        settings, distribution = spec.get("settings") or {}, spec.get("k8_distribution") or {}
        workers, plane = spec.get("workers") or {}, spec.get("control_plane") or {}
        failed = status.get("phase") == "UPGRADE:FAILED"  # the template is the one that was wished then
        return {
            "network": settings.get("network"),
            "workers": workers.get("count"),
            "nfs_nodes": (spec.get("nfs") or {}).get("count"),
            "template": None if failed else distribution.get("template_name"),
            "template_revision": None if failed else _whole(distribution.get("template_revision")),
            "sizing_policy": workers.get("sizing_class"),
            "control_plane_sizing_policy": plane.get("sizing_class"),
            "storage_profile": workers.get("storage_profile"),
            "ssh_key": (settings.get("ssh_key") or "").strip() or None,
            "expose": bool(status.get("exposed")),
        }

    def _camel(self, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Values:
        settings, topology = spec.get("settings") or {}, spec.get("topology") or {}
        workers, plane = topology.get("workers") or {}, topology.get("controlPlane") or {}
        cloud, network = status.get("cloudProperties") or {}, settings.get("network") or {}
        distribution = cloud.get("distribution") or {}
        if not distribution.get("templateName"):
            distribution = spec.get("distribution") or {}
        return {
            "network": cloud.get("ovdcNetworkName") or settings.get("ovdcNetwork"),
            "workers": workers.get("count"),
            "nfs_nodes": (topology.get("nfs") or {}).get("count"),
            "template": distribution.get("templateName"),
            "template_revision": _whole(distribution.get("templateRevision")),
            "cpus": workers.get("cpu"),
            "memory_mb": workers.get("memory"),
            "sizing_policy": workers.get("sizingClass"),
            "control_plane_sizing_policy": plane.get("sizingClass"),
            "storage_profile": workers.get("storageProfile"),
            "ssh_key": (cloud.get("sshKey") or settings.get("sshKey") or "").strip() or None,
            "pod_cidr": _cidr(network.get("pods")),
            "service_cidr": _cidr(network.get("services")),
            "expose": bool(cloud.get("exposed")) if status.get("phase") else bool(network.get("expose")),
        }

    def nodes(self, found: Found) -> list[dict[str, Any]]:
        return [
            {"name": each.get("name"), "role": role, "address": each.get("ip") or None}
            for part, role in (("control_plane", "control_plane"), ("workers", "worker"), ("nfs", "nfs"))
            for each in self._nodes_of(found, part)
        ]

    def details(self, found: Found) -> dict[str, Any]:
        status = self._status(found)
        docker = status.get("dockerVersion") or status.get("docker_version")
        told = {name: status.get(name) for name in ("phase", "kubernetes", "cni", "os") if status.get(name)}
        plane = self._nodes_of(found, "control_plane")
        endpoint = status.get("externalIp") or (plane[0].get("ip") if plane else None)
        state = entities.state(found.wire)
        docker_told = {"docker_version": docker} if docker else {}
        return {"id": found.id, "state": state, "endpoint": endpoint or None, **told, **docker_told}

    # What is going on

    def trouble(self, found: Found) -> str | None:
        if entities.state(found.wire) == entities.ERROR:
            forced = " with force: true" if self._forces else ", as far as the server does"
            return (
                f"its state is {entities.ERROR}: vCloud Director does not take what the server wrote for a cluster. "
                f"Remove it with state: absent{forced}, and run the task again"
            )
        if self._phase(found) == "CREATE:FAILED" or self.is_busy(found):
            return "its creation failed half-way. Look at it, remove it with state: absent, and run the task again"
        return None

    def is_busy(self, found: Found) -> bool:
        return self._phase(found).endswith(_BUSY) or entities.state(found.wire) in (
            entities.PRE_CREATED, entities.DELETING,
        )  # fmt: skip

    @property
    def _forces(self) -> bool:
        return capabilities.forces(self.release)

    def settled(self, found: Found) -> Found | None:
        forced = self.params.get("state") == "absent" and self.params.get("force")
        if forced or not self.is_busy(found):
            return found
        what = f"waiting for what is being done to cluster {found.name} ({self._phase(found) or 'being made'})"
        task = waiting.task_of(found.wire)
        try:
            if task is not None:
                waiting.finish(self.cse, task, what, self.job.wait, self.job.tell)
        except TaskFailed as failed:
            if failed.task.get("status") not in ("error", "aborted", "canceled"):
                raise TaskFailed(what, failed.task, f"{failed.reason}{self._if_lost()}") from failed
            self.job.warn(str(failed))
        except HttpError as problem:
            # A task of somebody else that this user may not see: the entity tells the end of it too.
            if problem.status not in (403, 404):
                raise
        return self._until(found, what)

    def _until(self, found: Found, what: str) -> Found | None:
        """The entity once it is not busy. Raises TaskFailed after the time."""
        try:
            return wait_for(
                lambda: lookup.refresh(self.cse, found),
                lambda now: now is None or not self.is_busy(now),
                timeout=self.job.wait["timeout"],
                interval=self.job.wait["interval"],
                tolerate=is_passing,
            )
        except WaitTimeout as late:
            raise TaskFailed(
                what,
                {"id": found.id},
                f"it has not ended after {late.seconds:g} seconds, and goes on at the server. Run the task again to "
                f"wait for it{self._if_lost()}",
            ) from late

    def _if_lost(self) -> str:
        """What to do about work that the server has forgotten, or that hangs."""
        return "; if the server has lost it, state: absent with force: true removes it" if self._forces else ""

    # Before anything is sent

    def refuse(self, found: Found, wishes: Values) -> None:
        if self.job.check_mode and self.is_busy(found):
            return
        present = self.values(found)
        if wishes.get("expose") and not present["expose"]:
            raise InputError(
                f"expose is true, but cluster {found.name} is not exposed: that can be had at its creation only. Leave "
                "expose out, or remove the cluster and make it again"
            )
        tkgm = present["kind"] == "TKGm"
        if tkgm and self._new_template(present, wishes):
            raise InputError(f"template: {self.release} cannot upgrade TKGm clusters. Leave template as it is")
        if tkgm and (wishes.get("workers") or present["workers"]) < present["workers"]:
            raise InputError(
                f"workers is {wishes['workers']}, but {self.release} cannot take nodes from the TKGm cluster "
                f"{found.name}, which has {present['workers']}"
            )
        if tkgm and wishes.get("access"):
            raise InputError(f"access: TKGm clusters of {self.release} cannot be shared. Leave it out")
        if "access" in wishes:
            sharing.members(self.cse, self.org, wishes["access"])
        target = self._new_template(present, wishes)
        if target:
            plan = self.cse.get(f"3.0/cluster/{found.id}/upgrade-plan")
            refuse_target(found.name, target, plan)

    # Writing

    def check_new(self, values: Values) -> None:
        """What a new cluster needs, and whether it is there. Raises InputError."""
        self.needed(values, "vdc", "network")
        named = values.get("template") is not None
        numbered = values.get("template_revision") is not None
        if self.release.number >= (3, 1):
            self.needed(values, "template")
            if values["kind"] != "TKGm":
                self.needed(values, "template_revision")
        elif named != numbered:
            raise InputError(
                "template and template_revision go together: give both, or neither for the server's default"
            )
        if values["kind"] == "TKGm" and (values["workers"] < 1 or values.get("nfs_nodes")):
            raise InputError("kind is TKGm, which needs at least one of workers, and has no nfs_nodes")
        self.check_places(values)
        closed = ovdcs.closed(self.cse, values)
        if closed and not self.job.check_mode:
            raise InputError(closed)
        if closed:
            self.job.warn(f"{closed}. Predicted as if an earlier task of this run did.")
        self.check_template(values)
        if values.get("access"):
            sharing.members(self.cse, values["org"], values["access"])

    def payload(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The whole payload of a new cluster, in the spelling of the API that is spoken."""
        plane = values.get("control_plane_sizing_policy") or values.get("sizing_policy")
        profile, size = values.get("storage_profile"), values.get("sizing_policy")
        workers, nfs = values["workers"], values.get("nfs_nodes") or 0
        rollback = values.get("rollback") is not False
        revision = values.get("template_revision")
        if not self.release.camel:
            return {
                "kind": values["kind"],
                "api_version": "",
                "metadata": {"cluster_name": values["name"], "org_name": values["org"], "ovdc_name": values["vdc"]},
                "spec": {
                    "settings": {
                        "network": values["network"],
                        "ssh_key": values.get("ssh_key"),
                        "rollback_on_failure": rollback,
                    },
                    "control_plane": {"count": 1, "sizing_class": plane, "storage_profile": profile},
                    "workers": {"count": workers, "sizing_class": size, "storage_profile": profile},
                    "nfs": {"count": nfs, "sizing_class": size, "storage_profile": profile},
                    "k8_distribution": {"template_name": values.get("template"), "template_revision": revision},
                    "expose": bool(values.get("expose")),
                },
            }
        cpu, memory = values.get("cpus"), values.get("memory_mb")
        ranges = {"pods": values.get("pod_cidr"), "services": values.get("service_cidr")}
        network: dict[str, Any] = {"expose": bool(values.get("expose"))}
        network.update({name: {"cidrBlocks": [cidr]} for name, cidr in ranges.items() if cidr})
        hardware = {"cpu": cpu, "memory": memory}
        return {
            "apiVersion": "cse.vmware.com/v2.0" if self.release.rde == "2.0.0" else "cse.vmware.com/v2.1",
            "kind": values["kind"],
            "metadata": {
                "name": values["name"],
                "orgName": values["org"],
                "virtualDataCenterName": values["vdc"],
                "site": self.cse.endpoint,
            },
            "spec": {
                "topology": {
                    "controlPlane": {"count": 1, "sizingClass": plane, "storageProfile": profile, **hardware},
                    "workers": {"count": workers, "sizingClass": size, "storageProfile": profile, **hardware},
                    "nfs": {"count": nfs, "sizingClass": size, "storageProfile": profile},
                },
                "settings": {
                    "ovdcNetwork": values["network"],
                    "sshKey": values.get("ssh_key"),
                    "rollbackOnFailure": rollback,
                    "network": network,
                },
                "distribution": {
                    "templateName": values["template"],
                    "templateRevision": 1 if revision is None else revision,
                },
            },
        }

    def create(self, values: Values) -> None:
        document = self.payload({**values, "name": self.job.name})
        answer = self.cse.request("POST", "3.0/clusters", document=document)
        self.mine = str(answer["id"]) if isinstance(answer, dict) and answer.get("id") else None
        self.creating(answer, values.get("rollback") is not False)
        if values.get("access") or values.get("expose"):
            found = self.find()
            if found is not None and values.get("expose") and not self.values(found)["expose"]:
                raise TaskFailed(
                    f"creating cluster {found.name}",
                    {},
                    "it is there, but the server has not exposed it, as expose: true asks. Network "
                    f"{values['network']} must be a routed one of NSX-T, and its edge gateway needs a free external "
                    "address. Leave expose out and run again, or remove it with state: absent and make it new",
                )
            if found is not None and values.get("access"):
                sharing.replace_acl(self.cse, found, sharing.members(self.cse, values["org"], values["access"]))

    def update(self, found: Found, wishes: Values) -> None:
        try:
            self._update(found, wishes)
        except (TaskFailed, HttpError) as problem:
            if _BUSY_WORDS not in str(problem):
                raise
            self.job.warn(f"Somebody else was changing cluster {found.name} at the same time; this task waited for it.")
            now = self.find()
            if now is None:
                raise InputError(f"cluster {found.name} is gone: somebody else has removed it meanwhile") from problem
            # What they have done already is not asked for again.
            self._update(now, wishes)

    def _update(self, found: Found, wishes: Values) -> None:
        present = self.values(found)
        target = self._new_template(present, wishes)
        if target:
            self._upgrade(found, target)
            found = self._again(found)
        gone = self._nodes_of(found, "nfs")
        if wishes.get("nfs_nodes") is not None:
            gone = gone[wishes["nfs_nodes"] :]
            for node in gone:
                part = quote(str(node["name"]), safe="")
                answer = self.cse.request("DELETE", f"3.0/cluster/{found.id}/nfs/{part}")
                self.finish(answer, f"removing {node['name']} from cluster {found.name}")
            found = self._again(found) if gone else found
        present = self.values(found)
        changed = {
            name: wishes[name]
            for name in ("workers", "nfs_nodes", "expose")
            if wishes.get(name) is not None and wishes[name] != present[name]
        }
        if changed:
            document = self._document(found, {**present, **changed})
            answer = self.cse.request("PUT", f"3.0/cluster/{found.id}", document=document)
            self.finish(answer, f"changing {', '.join(changed)} of cluster {found.name}")
        if "access" in wishes and wishes["access"] != present.get("access"):
            sharing.replace_acl(self.cse, found, sharing.members(self.cse, self.org, wishes["access"]))

    def _again(self, found: Found) -> Found:
        now = lookup.refresh(self.cse, found)
        if now is None:
            raise InputError(f"cluster {found.name} is gone: somebody else has removed it meanwhile")
        return now

    def _document(self, found: Found, values: Values) -> dict[str, Any]:
        """The payload of an update: what is stored, with the truth of the status, and the values that change.

        A failed update leaves its wish in `spec`, which must not be sent again (contract 5.6).
        """
        content = copy.deepcopy({name: part for name, part in found.content.items() if name != "status"})
        spec = content["spec"]
        if not self.release.camel:
            spec["workers"]["count"], spec["nfs"]["count"] = values["workers"], values["nfs_nodes"]
            spec["expose"] = values["expose"]
            if values["template"] is not None:
                spec["k8_distribution"] = {
                    "template_name": values["template"],
                    "template_revision": values["template_revision"],
                }
            return content
        cloud = self._status(found).get("cloudProperties") or {}
        settings, topology = spec["settings"], spec["topology"]
        topology["workers"]["count"], topology["nfs"]["count"] = values["workers"], values["nfs_nodes"]
        settings["ovdcNetwork"], settings["sshKey"] = values["network"], cloud.get("sshKey")
        settings["rollbackOnFailure"] = cloud.get("rollbackOnFailure", settings.get("rollbackOnFailure"))
        settings["network"] = {**(settings.get("network") or {}), "expose": values["expose"]}
        spec["distribution"] = {
            "templateName": values["template"],
            "templateRevision": values["template_revision"],
        }
        return content

    def _upgrade(self, found: Found, target: tuple[Any, Any]) -> None:
        present = self.values(found)
        document = self._document(found, {**present, "template": target[0], "template_revision": target[1]})
        if self.release.camel:
            answer = self.cse.request("PUT", f"3.0/cluster/{found.id}", document=document)
        else:
            answer = self.cse.request("POST", f"3.0/cluster/{found.id}/action/upgrade", document=document)
        self.finish(answer, f"upgrading cluster {found.name}")

    def refuse_removal(self, found: Found) -> None:
        can = self._forces
        if self.params.get("force"):
            if not can:
                raise InputError(
                    f"force is true, but {self.release} removes nothing by force; CSE 3.1.2 and newer do, on API 36. "
                    "Leave it out"
                )
        elif self.job.check_mode and self.is_busy(found):
            self.tell_of_waiting(found)
        elif entities.state(found.wire) != entities.RESOLVED:
            remedy = (
                "Give force: true to remove what there is"
                if can
                else "The provider removes its entity and its vApp in vCloud Director"
            )
            raise InputError(
                f"cluster {found.name} is {entities.state(found.wire)}: its creation has not come to an end, and the "
                f"server removes nothing before that. {remedy}"
            )

    def discard(self, found: Found) -> None:
        if self.params.get("rollback") is False:
            self.remove(found)
        else:
            # Its task has ended a moment before its entity goes.
            self._until_gone(found)

    def remove(self, found: Found) -> None:
        what = f"deleting cluster {found.name}"
        if self.params.get("force"):
            answer = self.cse.request("POST", f"3.0/cluster/{found.id}/action/force-delete")
        else:
            answer = self.cse.request("DELETE", f"3.0/cluster/{found.id}")
        try:
            self.finish(answer, what)
        except HttpError as problem:
            if not errors.is_missing(problem):
                raise
        if self._until_gone(found) is not None:
            raise TaskFailed(
                what, {"id": found.id}, "its task ended well, but the cluster is still there; run it again"
            )

    def _until_gone(self, found: Found) -> Found | None:
        """None as soon as the entity cannot be read any more, which is a moment after its task has ended."""
        try:
            return wait_for(
                lambda: lookup.refresh(self.cse, found),
                lambda now: now is None,
                timeout=min(60, self.job.wait["timeout"]),
                interval=self.job.wait["interval"],
                tolerate=is_passing,
            )
        except WaitTimeout:
            return found


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _cidr(part: Any) -> str | None:
    blocks = (part or {}).get("cidrBlocks") or (part or {}).get("cidr_blocks") or []
    return str(blocks[0]) if blocks else None
