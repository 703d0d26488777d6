"""CSE 3.0 and 3.1: `/api/cse/3.0`, and the behaviors of native clusters at the vCD (contract sections 5 and 6).

What the server does at the vCD in the caller's name it does by requests of its own (`ask_vcd`), so that rights and
states of entities are judged in one place. The rooms: native_model, native_state, native_work, native_ovdc.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ..vcd.entities import RESOLVED, Entity
from ..vcd.entities_access import FULL_CONTROL, READ_WRITE
from ..vcd.exchange import Exchange
from ..vcd.interfaces import Behavior
from ..vcd.tasks import Task
from ..wire import Reply, Request, dumps
from .calls import Call, Problem, failed
from .extension import Cse
from .native_access import Access
from .native_model import PAYLOADS, Content, Missing, full, reference, refuse_update
from .native_old import OldCalls
from .native_ovdc import OrgVdcs
from .native_pages import paged
from .native_tasks import open_task, run
from .native_types import CREATE, DELETE, DELETE_NFS, KUBECONFIG, NEW, NSS, OLD, UPDATE, VENDOR, register
from .native_work import Clusters
from .templates import CATALOG, Template
from .work import Failed

Handler = Callable[..., Reply]
_PAIRS = {"cluster": "clusters", "ovdc": "ovdcs", "orgvdc": "orgvdcs", "nativecluster": "nativeclusters"}
_SINGULAR = {**_PAIRS, "template": "templates", "node": "nodes"}
A35, A36 = "35.0", "36.0"


class NativeSide:
    """The side of 3.x on API 35 and 36."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.clusters = Clusters(cse)
        self.ovdcs = OrgVdcs(cse, self.clusters)
        self.access = Access(self)
        self.old = OldCalls(self)
        self._table = self._routes()

    def clear(self) -> None:
        """Registers types, as the installation of a server does; nobody has a cluster."""
        cse, vcd = self.cse, self.cse.vcd
        self.clusters.clear()
        modern = cse.release.name == "3.1" and A36 in cse.api_versions
        cse.rde_versions = [OLD, NEW] if modern else [OLD]
        register(vcd, cse.rde_versions, hooks=modern)
        runners = vcd.entities.behaviors.runners
        runners[CREATE], runners[UPDATE], runners[DELETE] = self._created, self._updated, self._deleted
        runners[DELETE_NFS], runners[KUBECONFIG] = self._nfs_deleted, self._config_wanted

    # The routes (5.1)

    def _routes(self) -> list[tuple[str, tuple[str, ...], dict[str, Handler]]]:
        """Method, path (`*` for one part) and the handler by API version."""
        old, new = self.old, self
        both = {A35: self.access.read, A36: self.access.read}
        first = self.cse.release.name == "3.0"
        found: list[tuple[str, tuple[str, ...], dict[str, Handler]]] = [
            ("GET", ("3.0", "clusters"), {A35: self.list_clusters, A36: self.list_clusters}),
            ("POST", ("3.0", "clusters"), {A35: old.create, A36: new.create}),
            ("GET", ("3.0", "clusters", "*"), {A35: self.read, A36: self.read}),
            ("PUT", ("3.0", "clusters", "*"), {A35: old.update, A36: new.update}),
            ("DELETE", ("3.0", "clusters", "*"), {A35: old.delete, A36: new.delete}),
            ("GET", ("3.0", "clusters", "*", "config"), {A35: self.config, A36: self.config}),
            ("GET", ("3.0", "clusters", "*", "upgrade-plan"), {A35: self.plan, A36: self.plan}),
            ("POST", ("3.0", "clusters", "*", "action", "upgrade"), {A35: old.upgrade}),
            ("DELETE", ("3.0", "clusters", "*", "nfs", "*"), {A35: old.delete_nfs, A36: new.delete_nfs}),
            ("GET", ("3.0", "orgvdcs"), {A35: self.ovdcs.page, A36: self.ovdcs.page}),
            ("GET", ("3.0", "ovdcs", "*"), {A35: self.ovdcs.read, A36: self.ovdcs.read}),
            ("PUT", ("3.0", "ovdcs", "*"), {A35: self.ovdcs.replace, A36: self.ovdcs.replace}),
            ("GET", ("3.0", "ovdcs"), {A35: self.ovdcs.list_all}),
            ("GET", ("templates",), {"*": self.templates}),
        ]
        listed: dict[str, Handler] = {A35: self.page} if first else {A36: self.page}
        found.append(("GET", ("3.0", "nativeclusters"), listed))
        if not first:
            found += [
                ("POST", ("3.0", "clusters", "*", "action", "force-delete"), {A36: self.force_delete}),
                ("GET", ("3.0", "clusters", "*", "acl"), both),
                ("PUT", ("3.0", "clusters", "*", "acl"), {A35: self.access.replace, A36: self.access.replace}),
                ("GET", ("templates", "tkgm"), {A36: self.tkgm_templates}),
                ("POST", ("templates", "action", "reload"), {A36: self.reload}),
            ]
        return found

    def handle(self, call: Call) -> Reply:
        """Finds the handler: 404 for paths, 405 for verbs, 406 for API versions that a path does not serve."""
        parts = tuple(_SINGULAR.get(one.lower(), one) for one in call.parts)
        fitting = [
            (method, path, versions)
            for method, path, versions in self._table
            if len(path) == len(parts)
            and all(a in ("*", b) or a == b.lower() for a, b in zip(path, parts, strict=True))
        ]
        if not fitting:
            raise Problem(404, "Invalid url - not found")
        chosen = next(((path, versions) for method, path, versions in fitting if method == call.method), None)
        if chosen is None:
            raise Problem(405, "Method not allowed")
        path, versions = chosen
        version = self.version(call)
        handler = versions.get(version) if version in self.cse.api_versions else None
        handler = handler or versions.get("*")
        if handler is None:
            text = f"Invalid api version specified. Expected api version '{list(versions)}'."
            raise Problem(406, text)
        try:
            return handler(call, *(part for want, part in zip(path, parts, strict=True) if want == "*"))
        except (Failed, Missing) as problem:
            raise failed(str(problem)) from problem
        except (KeyError, TypeError, ValueError) as problem:
            # What a payload of a strange form does to a handler (section 2.3).
            raise Problem(400, str(problem)) from problem
        except AttributeError as problem:
            raise failed(str(problem)) from problem

    @staticmethod
    def version(call: Call) -> str:
        """The API version of the call: 35.2 is handled as what it is, and no handler is there for it."""
        return f"{call.exchange.version[0]}.{call.exchange.version[1]}"

    # The vCD in the caller's name

    def ask_vcd(self, call: Call, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """A request of the server to its vCD with the caller's rights. Raises Problem with what the vCD refuses."""
        sent = {
            name: value
            for name, value in call.exchange.request.headers.items()
            if name in ("authorization", "x-vcloud-authorization", "cookie", "host")
        }
        sent |= {"accept": f"application/json;version={self.version(call)}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else dumps(body)
        reply = self.cse.vcd.handle(Request(method, path, sent, raw))
        if reply.status >= 400:
            told = json.loads(reply.body) if reply.body else {}
            code, text = str(told.get("minorErrorCode") or ""), str(told.get("message") or reply.status)
            status = 400 if code == "RDE_ENTITY_NOT_RESOLVED" else 500
            raise Problem(status, f"{code}: {text}" if code else text)
        return reply

    def entity(self, call: Call, identity: str, needed: int | None = None) -> Entity:
        """An entity that the caller sees (and may do that much with). Raises Problem 500 with the vCD's refusal."""
        self.ask_vcd(call, "GET", f"/cloudapi/1.0.0/entities/{identity}")
        entity = self.cse.vcd.entities.all[identity]
        if entity.type_id.split(":")[3:5] != [VENDOR, NSS]:
            raise failed(f"The entity {identity} is not a native cluster.")
        if needed is not None and self.cse.vcd.entities.level(call.session, entity) < needed:
            raise failed(f"The user has no sufficient access to {identity}.")
        return entity

    def document(self, call: Call, identity: str, task_href: str | None = None) -> Content:
        """The entity as every call returns it (5.2), with the task of this call."""
        found: Content = json.loads(self.ask_vcd(call, "GET", f"/cloudapi/1.0.0/entities/{identity}").body)
        return self.shape(found, task_href)

    @staticmethod
    def shape(found: Content, task_href: str | None = None) -> Content:
        """The document of the vCD in the server's order; every key of the model is there."""
        content = found["entity"]
        old = str(found["entityType"]).endswith(f":{OLD}")
        if not old:
            # What is no document of a cluster is shown as it is.
            with suppress(Missing):
                content = full(content)
        if task_href is not None:
            content["status"] = {**(content.get("status") or {}), "task_href" if old else "taskHref": task_href}
        keys = ("name", "id", "entityType", "externalId", "state", "owner", "org")
        return {**{key: found.get(key) for key in keys}, "entity": content}

    # Reading

    def _visible(self, call: Call, filters: dict[str, str]) -> list[Content]:
        version = NEW if self.version(call) == A36 else OLD
        found: list[Content] = []
        wanted = ";".join(f"{name}=={value}" for name, value in filters.items())
        number = 0
        while True:
            number += 1
            query = f"page={number}&pageSize=128&sortAsc=name" + (f"&filter={wanted}" if wanted else "")
            path = f"/cloudapi/1.0.0/entities/types/{VENDOR}/{NSS}/{version}?{query}"
            values = json.loads(self.ask_vcd(call, "GET", path).body)["values"]
            if not values:
                return found
            found += [self.shape(one) for one in values]

    def list_clusters(self, call: Call) -> Reply:
        """GET `/clusters`: all of them in one array; query keys are paths of the entity."""
        return call.reply(self._visible(call, call.query))

    def page(self, call: Call) -> Reply:
        """GET `/nativeclusters`."""
        filters = {name: value for name, value in call.query.items() if name not in ("page", "pageSize")}
        new = self.version(call) == A36
        words = {
            "org_name": "entity.metadata.orgName" if new else "entity.metadata.org_name",
            "ovdc_name": "entity.metadata.virtualDataCenterName" if new else "entity.metadata.ovdc_name",
        }
        found = self._visible(call, {words.get(name, name): value for name, value in filters.items()})
        return call.reply(paged(call, found))

    def read(self, call: Call, identity: str) -> Reply:
        """GET `/cluster/<id>`: synchronised with the vApp first."""
        self.clusters.synchronise(self.entity(call, identity))
        return call.reply(self.document(call, identity))

    def config(self, call: Call, identity: str) -> Reply:
        """GET `/cluster/<id>/config`."""
        return call.reply({"message": self.clusters.config(self.entity(call, identity))})

    def plan(self, call: Call, identity: str) -> Reply:
        """GET `/cluster/<id>/upgrade-plan`."""
        content = self.clusters.content(self.entity(call, identity))
        if content["kind"] == "TKGm":
            raise failed("Upgrades not supported for TKGm in this version of CSE")
        return call.reply([one.record() for one in self.clusters.upgrades(content)])

    # Writing, API 36

    def checked(self, body: Any) -> Content:
        """A payload of API 36. Raises Problem 400 for versions and shapes (5.5)."""
        version = body.get("apiVersion") if isinstance(body, dict) else None
        if version not in PAYLOADS:
            raise Problem(400, f"Unsupported payload version: {version}")
        try:
            content = full(body)
        except Missing as problem:
            raise Problem(400, f"Failed to parse request body: {problem}") from problem
        topology = content["spec"]["topology"]
        told = ""
        for pool, words in (("workers", "Workers nodes"), ("controlPlane", "Control Plane nodes")):
            given = topology[pool]
            if given["sizingClass"] and (given["cpu"] or given["memory"]):
                told = f"Cannot specify both sizing class and cpu/memory for {words}."
        if told:
            raise Problem(400, told)
        return content

    def context(self, call: Call, org: Any) -> dict[str, str]:
        """The tenant context of a system administrator. Raises Problem 500."""
        if not call.is_system:
            return {}
        organization = self.cse.vcd.directory.by_name(str(org))
        if organization is None:
            raise failed(f"Org '{org}' not found")
        return {"x_vmware_vcloud_tenant_context": organization.id}

    def create(self, call: Call) -> Reply:
        """POST `/clusters`: the entity is made through the vCD, whose hook begins the work."""
        content = self.checked(call.body())
        content.pop("status")
        body = {
            "entityType": f"urn:vcloud:type:{VENDOR}:{NSS}:{NEW}",
            "name": content["metadata"]["name"],
            "externalId": None,
            "entity": content,
        }
        context = self.context(call, content["metadata"]["orgName"])
        reply = self.ask_vcd(call, "POST", f"/cloudapi/1.0.0/entityTypes/{body['entityType']}", body, **context)
        href = reply.header("Location") or ""
        task = self.cse.vcd.tasks.all[href.rpartition("/")[2]]
        return call.reply(self.document(call, task.owner["id"], href), 202)

    def update(self, call: Call, identity: str) -> Reply:
        """PUT `/cluster/<id>`: checked against the status, stored, then done by the hook."""
        body = call.body()
        wanted = self.checked(body)
        if "kind" not in body:
            raise Problem(400, "'kind'")
        entity = self.entity(call, identity, READ_WRITE)
        present = self.clusters.content(entity)
        refuse_update(wanted["spec"], reference(present))
        present["spec"] = wanted["spec"]
        path = f"/cloudapi/1.0.0/entities/{identity}"
        told = {"entityType": entity.type_id, "name": entity.name, "externalId": entity.external_id, "entity": present}
        reply = self.ask_vcd(call, "PUT", path, told, if_match=entity.etag)
        return call.reply(self.document(call, identity, reply.header("X-VMWARE-VCLOUD-TASK-LOCATION")), 202)

    def delete(self, call: Call, identity: str) -> Reply:
        """DELETE `/cluster/<id>`."""
        entity = self.entity(call, identity)
        if entity.state != RESOLVED:
            raise Problem(400, f"RDE_ENTITY_NOT_RESOLVED: The entity {identity} is not resolved.")
        before = self.document(call, identity)
        reply = self.ask_vcd(call, "DELETE", f"/cloudapi/1.0.0/entities/{identity}")
        return call.reply(self.shape(before, reply.header("Location")), 202)

    def force_delete(self, call: Call, identity: str) -> Reply:
        """POST `/action/force-delete`: entity and vApp go, whatever the state."""
        entity = self.entity(call, identity, FULL_CONTROL)
        document = self.document(call, identity)
        vapp = self.clusters.vapp(entity)
        task = open_task(call, f"Deleting cluster '{entity.name}' ({identity})")

        def act() -> None:
            self.cse.machines.remove_vapp(vapp.id if vapp else None)
            if identity in self.cse.vcd.entities.all:
                self.cse.vcd.entities.remove(entity)
            task.operation = f"Deleted cluster '{entity.name}' ({identity})"

        return call.reply(self.shape(document, run(call, task, act)), 202)

    def delete_nfs(self, call: Call, identity: str, name: str) -> Reply:
        """DELETE `/cluster/<id>/nfs/<node>`: the behavior deleteNfsNode."""
        self.entity(call, identity, READ_WRITE)
        path = f"/cloudapi/1.0.0/entities/{identity}/behaviors/{DELETE_NFS}/invocations"
        reply = self.ask_vcd(call, "POST", path, {"arguments": {"node_name": name}})
        return call.reply(self.document(call, identity, reply.header("Location")), 202)

    # Behaviors

    def _prepare(self, exchange: Exchange, argument: Content, task: Task) -> tuple[Entity, str]:
        """The entity of a run, and the address of its task; the server has accepted it: 5 %."""
        task.percent, task.error_codes = 5, (400, "BAD_REQUEST")
        return self.cse.vcd.entities.all[argument["entityId"]], self.cse.vcd.tasks.href(exchange, task)

    def _listens(self) -> bool:
        """A run that nobody takes stays with the vCD, as it does while the server is down."""
        return self.cse.alive

    def _created(self, exchange: Exchange, _behavior: Behavior, argument: Content, task: Task) -> None:
        if self._listens():
            entity, href = self._prepare(exchange, argument, task)
            try:
                self.clusters.create(entity, task, href, exchange.base_url)
            except Failed as problem:
                self.cse.world.after(0, partial(self.cse.vcd.tasks.conclude, task, "error", str(problem)))

    def _updated(self, exchange: Exchange, _behavior: Behavior, argument: Content, task: Task) -> None:
        if self._listens():
            entity, href = self._prepare(exchange, argument, task)
            try:
                wanted = self.clusters.content(entity)["spec"]
                self.clusters.update(entity, task, href, wanted)
            except Failed as problem:
                self.cse.world.after(0, partial(self.cse.vcd.tasks.conclude, task, "error", str(problem)))

    def _deleted(self, exchange: Exchange, _behavior: Behavior, argument: Content, task: Task) -> None:
        if self._listens():
            entity, href = self._prepare(exchange, argument, task)
            self.clusters.delete(entity, task, href)

    def _nfs_deleted(self, exchange: Exchange, _behavior: Behavior, argument: Content, task: Task) -> None:
        if self._listens():
            entity, href = self._prepare(exchange, argument, task)
            name = argument["arguments"].get("node_name")
            self.clusters.delete_nfs(entity, task, href, str(name))

    def _config_wanted(self, exchange: Exchange, _behavior: Behavior, argument: Content, task: Task) -> None:
        if not self._listens():
            return
        entity, _href = self._prepare(exchange, argument, task)
        task.operation = f"Download kubeconfig ({entity.id})"

        def act() -> None:
            try:
                text = self.clusters.config(entity)
            except Failed as problem:
                self.cse.vcd.tasks.conclude(task, "error", str(problem))
                return
            self.cse.vcd.tasks.conclude(task, result=text)

        self.cse.world.after(self.cse.world.task_seconds, act)

    # Templates (5.11)

    def _shown(self, one: Template, *, first: bool) -> Content:
        found: Content = {
            "catalog": CATALOG,
            "catalog_item": one.catalog_item,
            "cni": one.cni,
            "cni_version": one.cni_version,
            "deprecated": str(one.deprecated),
            "description": one.description,
            "docker_version": one.docker_version,
            "is_default": "Yes" if first and one.is_default else "No",
            "kind": one.kind,
            "kubernetes": one.kubernetes,
            "kubernetes_version": one.kubernetes_version,
            "name": one.name,
            "os": one.os,
            "revision": str(one.revision),
        }
        return found

    def templates(self, call: Call) -> Reply:
        """GET `/api/cse/templates`."""
        first = self.cse.release.name == "3.0"
        found = [self._shown(one, first=first) for one in self.cse.templates if one.kind != "TKGm"]
        return call.reply(sorted(found, key=lambda one: (one["name"], one["revision"]), reverse=True))

    def tkgm_templates(self, call: Call) -> Reply:
        """GET `/api/cse/templates/tkgm`."""
        found = []
        for one in self.cse.templates:
            if one.kind == "TKGm":
                shown = self._shown(one, first=False)
                shown |= {"cse_version": self.cse.release.full, "container_runtime": "containerd"}
                shown |= {"container_runtime_version": "1.4.6", "is_default": False, "revision": one.revision}
                shown |= {"deprecated": None, "description": None, "docker_version": None}
                found.append(shown)
        return call.reply(sorted(found, key=lambda one: (one["name"], one["revision"]), reverse=True))

    def reload(self, call: Call) -> Reply:
        """POST `/api/cse/templates/action/reload`."""
        if not call.is_system and self.cse.settings.strict:
            raise Problem(401, "Unauthorized to reload CSE native and TKG templates.")
        task = open_task(call, "Reloading native templates.", "template operation")

        def act() -> None:
            task.operation = "Finished reloading all templates."

        return call.reply({"task_href": run(call, task, act)}, 202)
