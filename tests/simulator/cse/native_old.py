"""The calls of CSE 3.0 and 3.1 on API 35: RDE 1.0, checked before the answer, tasks that the server opens itself
(contract 5.3, 5.5 to 5.7)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ..vcd.entities import RESOLVED, Entity
from ..vcd.entities_access import FULL_CONTROL, READ_WRITE, GrantList
from ..vcd.rights import acting_org
from ..wire import Reply
from .calls import Call, Problem, failed
from .native_model import Content, Missing, differences, from_old, reference, refuse_update, to_old
from .native_state import busy
from .native_tasks import open_task
from .native_types import NSS, OLD, VENDOR
from .work import Failed

if TYPE_CHECKING:
    from .native import NativeSide

_KNOWN = {"kind", "api_version", "metadata", "spec", "status"}


class OldCalls:
    """The writes of API 35; reads are shared with API 36."""

    def __init__(self, side: NativeSide) -> None:
        self.side = side
        self.cse = side.cse

    @property
    def _first(self) -> bool:
        """3.0."""
        return self.cse.release.name == "3.0"

    def _payload(self, call: Call) -> Content:
        """A payload of RDE 1.0 in the form that is worked on. Raises Problem 400."""
        body = call.body()
        if isinstance(body, dict) and body.get("apiVersion"):
            raise Problem(400, f"Unsupported payload version: {body['apiVersion']}")
        unknown = sorted(set(body) - _KNOWN) if isinstance(body, dict) else []
        if unknown and self._first:
            raise Problem(400, f"__init__() got an unexpected keyword argument '{unknown[0]}'")
        try:
            content = from_old({**body, "status": {}} if isinstance(body, dict) else body)
        except Missing as problem:
            raise Problem(400, str(problem)) from problem
        if content["kind"] == "TKG+" and not self.cse.settings.tkg_plus:
            text = "TKG+ is not enabled on CSE server. Please enable TKG+ in the server and try again."
            raise failed(text)
        return content

    def _defaults(self, content: Content) -> None:
        """3.0 takes the server's default template; 3.1 has none."""
        wanted = content["spec"]["distribution"]
        named, numbered = bool(wanted["templateName"]), bool(wanted["templateRevision"])
        if named and numbered:
            return
        if not self._first:
            raise Problem(400, "Template name and revision both must be specified.")
        if named != numbered:
            text = "If template revision is specified, then template name must also be specified (and vice versa)."
            raise failed(text)
        default = next(one for one in self.cse.templates if one.is_default)
        wanted["templateName"], wanted["templateRevision"] = default.name, default.revision

    def create(self, call: Call) -> Reply:
        """POST `/clusters`."""
        self.cse.demand_deploy_right(call)
        content, vcd = self._payload(call), self.cse.vcd
        entity_type = vcd.entities.types.all[f"urn:vcloud:type:{VENDOR}:{NSS}:{OLD}"]
        if vcd.entities.types.capability(call.session, entity_type) < READ_WRITE:
            raise failed("Access Forbidden. Missing required rights.")
        org_id = acting_org(call.exchange)
        if call.is_system:
            org_id = self.side.context(call, content["metadata"]["orgName"])["x_vmware_vcloud_tenant_context"]
        organization = vcd.directory.by_id(org_id)
        self._defaults(content)
        checked = self.side.clusters.check_new(organization.name if organization else "", content)
        name = content["metadata"]["name"]
        versioned = f":{OLD}" if vcd.offers[-1].number < (36, 0) else ""
        identity = f"urn:vcloud:entity:{VENDOR}:{NSS}{versioned}:{uuid.uuid4()}"
        owner = call.session.user.name, f"urn:vcloud:user:{call.session.user_id}"
        entity = Entity(identity, entity_type.id, name, to_old(content), None, owner, org_id, state=RESOLVED)
        entity.grants = GrantList(identity)
        vcd.entities.all[identity] = entity
        template = checked[1]
        task = open_task(
            call, f"Creating cluster '{name}' from template '{template.name}' (revision {template.revision})"
        )
        href = vcd.tasks.href(call.exchange, task)
        self.side.clusters.first_status(entity, content, template, href)
        self.side.clusters.create(entity, task, href, call.exchange.base_url, checked)
        return call.reply(self.side.document(call, identity, href), 202)

    def _idle(self, entity: Entity, content: Content, verb: str, who: str) -> None:
        if entity.state != RESOLVED or busy(content):
            text = (
                f"Cluster {entity.name} with id {entity.id} is not in a valid state to be {verb}. Please contact {who}"
            )
            raise failed(text)

    def update(self, call: Call, identity: str) -> Reply:
        """PUT `/cluster/<id>`: counts and expose only."""
        self.cse.demand_deploy_right(call)
        wanted = self._payload(call)["spec"]
        entity = self.side.entity(call, identity, READ_WRITE)
        clusters = self.side.clusters
        content = clusters.content(entity)
        if self._first:
            self._strict(wanted, content["spec"])
        else:
            refuse_update(wanted, reference(content), snake=True)
        if any(key.startswith("distribution.") for key in differences(wanted, reference(content))):
            raise Problem(400, "Cannot resize and upgrade the cluster at the same time")
        counts = {pool: wanted["topology"][pool]["count"] for pool in ("workers", "nfs")}
        if any(not isinstance(one, int) for one in counts.values()):
            raise Problem(400, "'<' not supported between instances of 'str' and 'int'")
        try:
            kind = clusters.kind_of_update(entity, content, wanted)
        except Failed as problem:
            raise failed(str(problem).replace("to be resized. ", "to be updated. ")) from problem
        if kind != "resize":
            raise failed("update not supported for the specified input specification")
        task = open_task(call, "")
        href = self.cse.vcd.tasks.href(call.exchange, task)
        content["spec"]["topology"], content["spec"]["settings"]["network"] = (
            wanted["topology"],
            {
                **content["spec"]["settings"]["network"],
                "expose": wanted["settings"]["network"]["expose"],
            },
        )
        clusters.save(entity, content)
        clusters.resize(entity, task, href, wanted, modern=False)
        return call.reply(self.side.document(call, identity, href), 202)

    @staticmethod
    def _strict(wanted: Content, present: Content) -> None:
        """3.0 compares with the stored spec, nulls included. Raises Problem 400."""

        def flat(part: Any, path: str = "") -> dict[str, Any]:
            if isinstance(part, dict) and part:
                return {key: one for name, value in part.items() for key, one in flat(value, f"{path}{name}.").items()}
            return {path.rstrip("."): part}

        shown = [
            to_old({"kind": "", "metadata": _NOBODY, "spec": one, "status": _NO_STATUS})["spec"]
            for one in (wanted, present)
        ]
        given, known = flat(shown[0]), flat(shown[1])
        free = {"workers.count", "nfs.count", "expose"}
        bad = [key for key in given if key not in free and given[key] != known.get(key)]
        if bad:
            raise Problem(400, f"Invalid input values found in {sorted(bad)}")

    def upgrade(self, call: Call, identity: str) -> Reply:
        """POST `/cluster/<id>/action/upgrade`: the distribution only."""
        self.cse.demand_deploy_right(call)
        wanted = self._payload(call)["spec"]
        entity = self.side.entity(call, identity, READ_WRITE)
        clusters = self.side.clusters
        content = clusters.content(entity)
        if not self._first:
            refuse_update(wanted, reference(content), snake=True)
        task = open_task(call, "")
        href = self.cse.vcd.tasks.href(call.exchange, task)
        try:
            clusters.upgrade(entity, task, href, wanted, modern=False)
        except Failed as problem:
            del self.cse.vcd.tasks.all[task.id]
            raise failed(str(problem)) from problem
        return call.reply(self.side.document(call, identity, href), 202)

    def delete(self, call: Call, identity: str) -> Reply:
        """DELETE `/cluster/<id>`."""
        self.cse.demand_deploy_right(call)
        entity = self.side.entity(call, identity, FULL_CONTROL)
        if entity.state != RESOLVED:
            raise Problem(400, f"RDE_ENTITY_NOT_RESOLVED: The entity {identity} is not resolved.")
        clusters, name = self.side.clusters, entity.name
        try:
            clusters.refuse_deletion(entity)
        except Failed as problem:
            raise failed(str(problem)) from problem
        task = open_task(call, f"Deleting cluster '{name}' ({identity})")
        href = self.cse.vcd.tasks.href(call.exchange, task)
        clusters.tell(entity, phase="DELETE:IN_PROGRESS", taskHref=href)
        document = self.side.document(call, identity, href)
        clusters.delete(entity, task, href, lambda: self.cse.vcd.entities.remove(entity), checked=True)
        return call.reply(document, 202)

    def delete_nfs(self, call: Call, identity: str, name: str) -> Reply:
        """DELETE `/cluster/<id>/nfs/<node>`."""
        self.cse.demand_deploy_right(call)
        entity = self.side.entity(call, identity, READ_WRITE)
        clusters = self.side.clusters
        self._idle(entity, clusters.content(entity), "updated", "the administrator")
        task = open_task(call, f"Deleting {name} node(s) from cluster '{entity.name}' ({identity})")
        href = self.cse.vcd.tasks.href(call.exchange, task)
        clusters.tell(entity, phase="UPDATE:IN_PROGRESS", taskHref=href)
        clusters.delete_nfs(entity, task, href, name, checked=True)
        return call.reply(self.side.document(call, identity, href), 202)


_NOBODY = {"name": "", "orgName": "", "virtualDataCenterName": ""}
_NO_STATUS: Content = {"cloudProperties": {"exposed": False}}
