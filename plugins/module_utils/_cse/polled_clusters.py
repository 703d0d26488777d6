# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters of CSE 4.x: entities that a server looks at by itself, without calls (contract cse-api.md, 7 and 8.4).

The task of a creation says nothing; the entity's own state does. An update is the whole entity, edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._http import HttpError, is_passing
from .._names import nearest
from .._plan import InputError, Values
from .._vcd import catalogs, cluster_entities, entities, records, tasks
from .._vcd.client import JSON
from .._vcd.documents import bare_id
from .._vcd.entity_types import ENTITIES, TYPES, path
from .._vcd.filters import all_of, equals
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import capi_documents, cluster_fields, lookup, sharing, tanzu_images
from .lookup import Found
from .ways import Way, raise_missing

PROVISIONED, ERROR, DELETING = "provisioned", "error", "deleting"
POOL = "pool-1"  # what the one pool is called where the task names none
TRIES = 6  # of a write that somebody else's write was quicker than (contract 7.5)


class PolledWay(Way):
    """Clusters of Tanzu Kubernetes Grid."""

    # Reading

    def _ke(self, found: Found, part: str) -> Mapping[str, Any]:
        return (found.content.get(part) or {}).get("vcdKe") or {}

    def _state(self, found: Found) -> str:
        return str(self._ke(found, "status").get("state") or "")

    def _capvcd(self, found: Found) -> Mapping[str, Any]:
        return (found.content.get("status") or {}).get("capvcd") or {}

    def _documents(self, found: Found) -> list[dict[str, Any]]:
        return capi_documents.load(str((found.content.get("spec") or {}).get("capiYaml") or ""))

    def values(self, found: Found) -> Values:
        told = capi_documents.read(self._documents(found))
        told.pop("kubernetes_version")
        pools = told["pools"]
        values: Values = {"name": found.name, "org": found.org, **told}
        values["vdc"] = told["vdc"] or found.vdc
        values["workers"] = sum(int(one["workers"]) for one in pools)
        # Of the one pool that most clusters have, options speak without naming it.
        for name in ("sizing_policy", "storage_profile", "disk_gb"):
            values[name] = pools[0][name] if len(pools) == 1 else None
        if self.params.get("access") is not None:
            values["access"] = sharing.of_entity(self.cse, self.org, found)
        return values

    def wanted(self, found: Found | None) -> Values:
        values = super().wanted(found)
        present = self.values(found)["pools"] if found is not None else []
        pools = values.get("pools")
        if pools is None:
            values = self._of_one_pool(values, present, new=found is None)
        else:
            values["pools"] = self._merged(pools, present)
            total = sum(int(one["workers"]) for one in values["pools"])
            if values.setdefault("workers", total) != total:
                raise InputError(f"workers is {values['workers']}, but those of pools are {total}: leave workers out")
            for name in ("sizing_policy", "storage_profile", "disk_gb"):
                if len(values["pools"]) > 1 and name in values:
                    raise InputError(f"{name} is set beside several pools: say it of each of them, in pools")
        return values

    def _merged(self, wishes: list[dict[str, Any]], present: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Pools as they are to be: what a wish leaves out stays. Raises InputError for what no pool can change."""
        known = {one["name"]: one for one in present}
        lost = [name for name in known if name not in {one["name"] for one in wishes}]
        if lost:
            raise InputError(
                f"pools lacks {lost[0]!r}, which cluster {self.job.name} has: {self.release} cannot remove a pool. "
                "Name it too"
            )
        made = []
        for wish in wishes:
            now = known.get(wish["name"], {"disk_gb": 20})
            for name in capi_documents.POOL:
                if wish["name"] in known and wish.get(name) is not None and wish[name] != now.get(name):
                    raise InputError(
                        f"{name} of the pool {wish['name']!r} is {now.get(name)!r}, and {self.release} cannot change "
                        f"it to {wish[name]!r}. Add another pool with it"
                    )
            chosen = {name: now.get(name) if wish.get(name) is None else wish[name] for name in capi_documents.POOL}
            made.append({"name": wish["name"], "workers": wish["workers"], **chosen})
        return sorted(made, key=lambda each: str(each["name"]))

    def _of_one_pool(self, values: Values, present: list[dict[str, Any]], *, new: bool) -> Values:
        """Options that speak of the one pool, as `pools` too."""
        if not new and len(present) != 1:
            if values.get("workers") is not None and values["workers"] != sum(int(one["workers"]) for one in present):
                names = ", ".join(str(one["name"]) for one in present)
                raise InputError(
                    f"workers is set, but cluster {self.job.name} has the pools {names}: say it with pools"
                )
            return values
        one: dict[str, Any] = dict(present[0]) if present else {"name": POOL, "placement_policy": None}
        one.setdefault("workers", 1)
        if values.get("workers") is not None:
            one["workers"] = values["workers"]
        if new:
            one.update({name: values.get(name) for name in ("sizing_policy", "storage_profile")})
            one["disk_gb"] = values.get("disk_gb") or 20
            values["workers"] = one["workers"]
        if new or "workers" in values:
            values["pools"] = [one]
        return values

    def nodes(self, found: Found) -> list[dict[str, Any]]:
        """The VMs of its vApp that are named as nodes are: its entity does not tell them. One request."""
        api = self.cse.api.acting_for(None)
        where = all_of(equals("containerName", found.name), equals("isVAppTemplate", False))
        owner = bare_id(str((found.wire.get("org") or {}).get("id") or ""))
        known = cluster_entities.Cluster(
            found.id, found.name, "", frozenset(), tuple(str(one["name"]) for one in self.values(found)["pools"])
        )
        vapps: dict[str, list[dict[str, Any]]] = {}
        for record in api.query(records.kind(api, "vm"), where):
            role = known.role_of(record.get("name", ""))
            foreign = record.get("org") and owner and records.identity(record, "org") != owner
            if role and not foreign and record.get("containerName") == found.name:
                node = {"name": record.get("name"), "role": role, "address": record.get("ipAddress") or None}
                vapps.setdefault(records.identity(record, "container"), []).append(node)
        # Pools of two clusters may have one name, their control planes may not.
        mine = [rows for rows in vapps.values() if any(row["role"] == cluster_entities.CONTROL_PLANE for row in rows)]
        return sorted(mine[0], key=lambda row: (row["role"], row["name"])) if len(mine) == 1 else []

    def details(self, found: Found) -> dict[str, Any]:
        told, documents = self._capvcd(found), self._documents(found)
        endpoints = (told.get("clusterApiStatus") or {}).get("apiEndpoints") or []
        made: dict[str, Any] = {
            "id": found.id,
            "state": entities.state(found.wire),
            "phase": self._state(found) or None,
            "kubernetes": told.get("kubernetes") or capi_documents.read(documents)["kubernetes_version"],
            "endpoint": endpoints[0].get("host") if endpoints else None,
        }
        problem = self._last_error(found)
        return {**made, "last_error": problem} if problem else made

    def _errors(self, found: Found) -> list[Mapping[str, Any]]:
        """What went wrong, of the server and of Cluster API, oldest first."""
        rows = [*(self._ke(found, "status").get("errorSet") or []), *(self._capvcd(found).get("errorSet") or [])]
        return sorted(rows, key=lambda each: str(each.get("occurredAt") or ""))

    def _last_error(self, found: Found) -> str | None:
        rows = self._errors(found)
        if not rows:
            return None
        told = (rows[-1].get("additionalDetails") or {}).get("Detailed Error")
        return ": ".join(filter(None, (str(rows[-1].get("name") or ""), str(told or ""))))

    # What is going on

    def _is_final(self, found: Found) -> bool:
        state = self._state(found)
        repairs = bool(self._ke(found, "spec").get("autoRepairOnErrors"))
        return state == PROVISIONED or (state == ERROR and not repairs)

    def trouble(self, found: Found) -> str | None:
        state = self._state(found)
        if state == PROVISIONED:
            return None
        return (
            f"its state is {state or 'not begun'} ({self._last_error(found) or 'no error'}), and only one that is "
            f"{PROVISIONED} can be used or changed. Remove it with state: absent, correct the cause, and run again"
        )

    def is_busy(self, found: Found) -> bool:
        return not self._is_final(found)

    def settled(self, found: Found) -> Found | None:
        if self.params.get("state") == "absent" or self._is_final(found):
            return found
        return self._await(found, f"waiting for cluster {found.name}", lambda now: now is None or self._is_final(now))

    def _await(self, found: Found, what: str, done: Callable[[Found | None], bool]) -> Found | None:
        """The entity once `done`. Raises TaskFailed after the time, with what the server said last."""
        said: list[str] = []

        def look() -> Found | None:
            now = lookup.refresh(self.cse, found)
            events = self._ke(now, "status").get("eventSet") or [] if now is not None else []
            step = str(events[-1].get("name") or "") if events else ""
            if step and step not in said[-1:]:
                said.append(step)
                self.job.tell(f"{what}: {step}")
            return now

        wait = self.job.wait
        try:
            return wait_for(
                look, done, timeout=wait["timeout"], interval=wait["interval"], tolerate=is_passing
            )  # fmt: skip
        except WaitTimeout as late:
            last = late.last if isinstance(late.last, Found) else found
            problem = self._last_error(last)
            where = f" (state {self._state(last) or 'not begun'}{', last event ' + said[-1] if said else ''})"
            raise TaskFailed(
                what,
                {"id": found.id, "status": self._state(last)},
                f"it has not ended after {wait['timeout']:g} seconds{where}; the server goes on. Run the task again to "
                "wait for it, with a longer wait_timeout"
                + (f". The last error it tells: {problem}" if problem else "")
                + ("" if self._state(last) else ". Is the CSE server running?"),
            ) from late

    # Before anything is sent

    def refuse(self, found: Found, wishes: Values) -> None:
        present = self.values(found)
        if wishes.get("template") not in (None, present["template"]):
            tanzu_images.refuse_upgrade(str(present["template"]), wishes["template"])
            self.check_image({**present, **wishes})
        if "access" in wishes:
            sharing.members(self.cse, self.org, wishes["access"])

    def check_image(self, values: Mapping[str, Any]) -> None:
        """Look for the image in its catalog. Raises InputError."""
        found = catalogs.matching(self.cse.api.acting_for(None), name=values["catalog"])
        names = {str(item["name"]) for one in found for item in one["contents"] or []}
        if not found:
            every = catalogs.matching(self.cse.api.acting_for(None), contents=False)
            self._exists("catalog", values["catalog"], {str(one["name"]) for one in every}, "what this user sees")
        elif values["template"] not in names:
            near = nearest(values["template"], names)
            raise_missing(f"template is {values['template']!r}: catalog {values['catalog']} has no such image{near}")

    def check_new(self, values: Values) -> None:
        """What a new cluster needs, and whether it is there. Raises InputError."""
        self.needed(values, "vdc", "network", "template", "catalog", "api_token")
        for one in values["pools"]:
            if not cluster_fields.is_tanzu_name(one["name"]):
                raise InputError(f"pools has the name {one['name']!r}: lower case letters, digits and -, 31 at most")
        tanzu_images.software_of(values["template"])
        self.check_places(values)
        self.check_image(values)
        if values.get("access"):
            sharing.members(self.cse, values["org"], values["access"])

    # Writing

    def _profile(self) -> Mapping[str, Any]:
        """The provider's configuration of the server. Raises InputError where it cannot be read."""
        rows = self.cse.api.acting_for(None).gather(f"{ENTITIES}/types/vmware/VCDKEConfig")
        for row in rows:
            profiles = (row.get("entity") or {}).get("profiles") or []
            if profiles:
                return dict(profiles[0])
        raise InputError(
            "the configuration of the CSE server (entity vcdKeConfig) cannot be read, which names the container "
            "registry: the provider shares it with the organization"
        )

    def entity(self, values: Values, software: tanzu_images.Software, profile: Mapping[str, Any]) -> dict[str, Any]:
        """The content of the entity of a new cluster."""
        name = self.job.name
        certificates = (profile.get("K8Config") or {}).get("certificateAuthorities") or []
        documents = capi_documents.make(
            name,
            values,
            software,
            site=self.cse.endpoint,
            registry=str(profile.get("containerRegistryUrl") or ""),
            certificates=list(certificates),
        )
        director: dict[str, Any] = {
            "isVCDKECluster": True,
            "markForDelete": False,
            "forceDelete": False,
            "autoRepairOnErrors": False,
            "secure": {"apiToken": values["api_token"]},
        }
        content: dict[str, Any] = {
            "apiVersion": "capvcd.vmware.com/v1.1",
            "kind": "CAPVCDCluster",
            "name": name,
            "metadata": {
                "name": name,
                "orgName": values["org"],
                "site": self.cse.endpoint,
                "virtualDataCenterName": values["vdc"],
            },
            "spec": {"vcdKe": director, "capiYaml": capi_documents.dump(documents)},
        }
        if self.release.rde >= "1.3.0":
            content["spec"]["projector"] = {"operations": []}
        return content

    def create(self, values: Values) -> None:
        software = tanzu_images.software_of(values["template"])
        content = self.entity(values, software, self._profile())
        kind = f"urn:vcloud:type:vmware:capvcdCluster:{self.release.rde}"
        document = {"entityType": kind, "name": self.job.name, "entity": content}
        what = f"creating cluster {self.job.name}"
        reply = self.cse.api.send("POST", path(TYPES, kind), media=JSON, document=document)
        found = self._made(tasks.of(reply), what)
        self.mine = found.id
        self.job.tell(f"{what}: {found.id}")
        if values.get("access"):
            sharing.change_entity(self.cse, found, sharing.members(self.cse, values["org"], values["access"]))
        ended = self._await(found, what, lambda now: now is None or self._is_final(now))
        if ended is None:
            raise TaskFailed(what, {"id": found.id}, "it is gone again: somebody else has removed it")
        if self._state(ended) != PROVISIONED and not self.give_way(found.id):
            raise TaskFailed(
                what,
                {"id": found.id, "status": self._state(ended)},
                f"the server says {self._last_error(ended) or 'nothing'}. What was made of it stays: correct the "
                "cause, remove it with state: absent, and run the task again",
            )

    def _made(self, task: str | None, what: str) -> Found:
        """The new entity: the task says which it is, and nothing else that is worth to wait for (contract 7.2)."""
        if task is None:
            raise TaskFailed(what, {}, "the server accepted it but names no task; run again to see what became of it")
        told = wait_for(
            lambda: tasks.look(self.cse.api, task),
            lambda now: bool((now["owner"] or {}).get("id")) or now["status"] not in tasks.UNFINISHED,
            timeout=self.job.wait["timeout"],
            interval=self.job.wait["interval"],
            tolerate=is_passing,
        )
        identity = str((told["owner"] or {}).get("id") or "")
        if not identity.startswith("urn:vcloud:entity:"):
            raise TaskFailed(what, told, f"its task {task} ended with {told['status']}: {told['details']}")
        return Found(self.job.name, identity, self.org, None, {"id": identity, "name": self.job.name})

    def _edit(self, found: Found, change: Callable[[dict[str, Any]], None]) -> None:
        """Write the entity as it is at this moment with a change; again where somebody else was quicker."""
        place = path(ENTITIES, found.id)
        for attempt in range(1, TRIES + 1):
            reply = self.cse.api.send("GET", place, media=JSON)
            now = reply.json()
            change(now["entity"])
            tag = reply.headers.get("ETag")
            try:
                held = {"If-Match": tag} if tag else {}
                self.cse.api.send("PUT", place, media=JSON, document=now, headers=held)
                return
            except HttpError as problem:
                stale = problem.status == 412 or "etag" in (problem.server_message or "").lower()
                if not stale or attempt == TRIES:
                    raise

    def update(self, found: Found, wishes: Values) -> None:
        present, what = self.values(found), f"changing cluster {found.name}"
        if "access" in wishes and wishes["access"] != present.get("access"):
            sharing.change_entity(self.cse, found, sharing.members(self.cse, self.org, wishes["access"]))
        names = ("control_planes", "pools", "template")
        changed = [name for name in names if wishes.get(name) is not None and wishes[name] != present[name]]
        if not changed:
            return
        old_errors = len(self._errors(found))

        def change(content: dict[str, Any]) -> None:
            documents = capi_documents.load(content["spec"]["capiYaml"])
            if "template" in changed:
                software = tanzu_images.refuse_upgrade(str(present["template"]), wishes["template"])
                capi_documents.upgrade(documents, wishes["template"], software)
            pools = wishes.get("pools") or []
            capi_documents.resize(
                documents, wishes.get("control_planes"), {str(one["name"]): one["workers"] for one in pools}
            )
            known = {
                capi_documents.name_of(one) for one in capi_documents.of_kind(documents, capi_documents.DEPLOYMENT)
            }
            told = capi_documents.read(documents)
            for one in pools:
                if one["name"] not in known:
                    documents += capi_documents.pool(found.name, told, one, told["kubernetes_version"])
            content["spec"]["capiYaml"] = capi_documents.dump(documents)

        self._edit(found, change)
        ended = self._await(found, what, lambda now: now is None or self._has(now, old_errors))
        if ended is None:
            raise TaskFailed(what, {"id": found.id}, "it is gone: somebody else has removed it meanwhile")
        if len(self._errors(ended)) > old_errors or self._state(ended) != PROVISIONED:
            raise TaskFailed(
                what,
                {"id": found.id, "status": self._state(ended)},
                f"the server says {self._last_error(ended)}",
            )

    def _has(self, found: Found, old_errors: int) -> bool:
        """Whether the machines are what the documents ask for, or the server says that they will not be."""
        if len(self._errors(found)) > old_errors or self._state(found) == ERROR:
            return True
        told, capvcd = capi_documents.read(self._documents(found)), self._capvcd(found)
        rows = {str(one.get("name")): one for one in capvcd.get("nodePool") or []}
        ready = all(
            rows.get(str(one["name"]), {}).get("availableReplicas") == one["workers"] for one in told["pools"]
        )  # fmt: skip
        plane: Mapping[str, Any] = next(
            (row for name, row in rows.items() if name.endswith("-control-plane-node-pool")), {}
        )
        planes = plane.get("availableReplicas") in (None, told["control_planes"])
        version = str(capvcd.get("kubernetes") or "").partition("-")[0]
        return ready and planes and version == str(told["kubernetes_version"]).partition("-")[0]

    def remove(self, found: Found) -> None:
        def change(content: dict[str, Any]) -> None:
            director = content["spec"].setdefault("vcdKe", {})
            director["markForDelete"], director["forceDelete"] = True, True

        if self._state(found) != DELETING:
            self._edit(found, change)
        what = f"deleting cluster {found.name}"
        self._await(found, what, lambda now: now is None)
