"""Runtime defined entities: JSON documents of a type, with states, versions of themselves and owners (contract 5.5).

The rooms beside this one: interfaces.py, entity_types.py, entity_schemas.py (does a content fit its type?),
entities_access.py (who was given what), entities_behaviors.py (what can be run on an entity) and entities_metadata.py.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..wire import Headers, Reply
from . import listing
from .directory import Directory
from .entities_access import FULL_CONTROL, READ_ONLY, READ_WRITE, GrantDesk, GrantList
from .entities_behaviors import Behaviors
from .entities_metadata import EntityMetadata
from .entity_schemas import content_problem, shown, written
from .entity_types import PATH as TYPES
from .entity_types import EntityType, EntityTypes
from .exchange import Exchange, Refusal, bad_request, forbidden
from .interfaces import NOOP, SINCE, Interfaces
from .interfaces import PATH as INTERFACES
from .json_body import read_object
from .listing import Document
from .organizations import flag
from .rights import Access, acting_org
from .routes import Route, Routes
from .sessions import Session
from .tasks import Task, Tasks
from .versions import ApiNumber

PATH = "/cloudapi/1.0.0/entities"
PRE_CREATED, RESOLVED, ERROR, DELETING = "PRE_CREATED", "RESOLVED", "RESOLUTION_ERROR", "IN_DELETION"
# "in the newest": the published schema of 37.2 says since when `entityState` stands beside `state`.
_ENTITY_STATE_SINCE = (37, 1)
_IF_MATCH_SINCE = (36, 0)
_FIELDS: dict[str, type] = {
    "id": str,
    "entityType": str,
    "name": str,
    "externalId": str,
    "entity": dict,
    "state": str,
    "entityState": str,
    "owner": dict,
    "org": dict,
}


class _Filters(dict[str, type]):
    """What a list can be filtered by: the first-level fields, and whatever may be inside of `entity`."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and name.startswith("entity."))

    def __missing__(self, name: str) -> type:
        return str


_ID_WITHOUT_VERSION: ApiNumber = (36, 0)
_FILTERS = _Filters(
    {
        "id": str,
        "name": str,
        "externalId": str,
        "entityType": str,
        "state": str,
        "entityState": str,
        "owner.id": str,
        "owner.name": str,
        "org.id": str,
        "org.name": str,
    }
)


@dataclass
class Entity:
    """One entity."""

    id: str
    type_id: str
    name: str
    content: dict[str, Any]
    external_id: str | None
    owner: tuple[str, str]
    """Name and URN of a user."""
    org_id: str
    state: str = PRE_CREATED
    revision: int = 1
    created_by: Task | None = None
    grants: GrantList = field(default_factory=lambda: GrantList(""))

    def changed(self) -> None:
        """After every write, so that nobody overwrites what he has not seen."""
        self.revision += 1

    @property
    def etag(self) -> str:
        """Another one after every write."""
        return f'"{hashlib.sha256(f"{self.id}/{self.revision}".encode()).hexdigest()[:32]}"'


class Entities:
    """The entities of one vCD, and the door to all rooms of defined entities."""

    def __init__(self, access: Access, directory: Directory, tasks: Tasks, newest: ApiNumber) -> None:
        self.access = access
        # Two contracts differ: vcd-api.md 5.5 has the version in every id, cse-api.md 5 and 7 until API 35 only. The
        # latter was read off entities that live, and it lets them move to another version of their type.
        self._versioned_ids = newest < _ID_WITHOUT_VERSION
        self.directory = directory
        self.tasks = tasks
        self.all: dict[str, Entity] = {}
        """By URN."""
        self.interfaces = Interfaces(access)
        self.desk = GrantDesk(access, directory)
        self.types = EntityTypes(access, self.interfaces, self.desk)
        self.behaviors = Behaviors(tasks)
        self.metadata = EntityMetadata(tasks, self._for_metadata)
        self.types.has_entity = lambda entity_type: any(one.type_id == entity_type.id for one in self.living.values())
        self._revision = -1

    @property
    def addresses(self) -> dict[str, Callable[[Exchange, str], str]]:
        """Where the resolver finds what is here (section 4.1)."""
        return {
            "entity": lambda exchange, urn: f"{PATH}/{self.find(exchange, urn).id}",
            "type": lambda exchange, urn: f"{TYPES}/{self.types.find(exchange, urn).id}",
            "interface": lambda _exchange, urn: f"{INTERFACES}/{self.interfaces.find(urn).id}",
        }

    @property
    def living(self) -> dict[str, Entity]:
        """The entities by URN, without those of organizations that are gone."""
        if self._revision != self.directory.site.revision:
            for entity in list(self.all.values()):
                if self.directory.by_id(entity.org_id) is None:
                    self.remove(entity)
            self._revision = self.directory.site.revision
        return self.all

    def clear(self) -> None:
        """Forgets everything; called before the rights forget theirs."""
        self.all.clear()
        self.metadata.clear()
        self.types.clear()
        self.interfaces.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls of all rooms of defined entities."""
        self.interfaces.register(routes)
        self.types.register(routes)
        self.metadata.register(routes)
        add = routes.add
        add("POST", "/cloudapi/1.0.0/entityTypes/*", Route(self.create, since=SINCE, writes=True))
        add("GET", f"{PATH}/*", Route(self.read, since=SINCE))
        add("PUT", f"{PATH}/*", Route(self.update, since=SINCE, writes=True))
        add("DELETE", f"{PATH}/*", Route(self.delete, since=SINCE, writes=True))
        add("POST", f"{PATH}/*/resolve", Route(self.resolve, since=SINCE, writes=True))
        add("POST", f"{PATH}/*/behaviors/*/invocations", Route(self.invoke, since=SINCE, writes=True))
        add("GET", f"{PATH}/types/*/*/*", Route(self.list_by_type, since=SINCE))
        add("GET", f"{PATH}/types/*/*", Route(self.list_by_type, since=(37, 0)))
        add("GET", f"{PATH}/interfaces/*/*/*", Route(self.list_by_interface, since=SINCE))
        add("GET", f"{PATH}/*/accessControls", Route(self.list_grants, since=SINCE))
        add("POST", f"{PATH}/*/accessControls", Route(self.create_grant, since=SINCE, writes=True))
        add("GET", f"{PATH}/*/accessControls/*", Route(self.read_grant, since=SINCE))
        add("PUT", f"{PATH}/*/accessControls/*", Route(self.update_grant, since=SINCE, writes=True))
        add("DELETE", f"{PATH}/*/accessControls/*", Route(self.delete_grant, since=SINCE, writes=True))

    # Rules

    def level(self, session: Session, entity: Entity) -> int:
        """What a session may do with an entity: 0 nothing, 1 read, 2 change, 3 everything.

        Either its rights say so for all entities of the type in its organization (a provider's: in all), or the rights
        and the entity's access control list allow it both; the owner has full control by the list.
        """
        entity_type = self.types.all[entity.type_id]
        level = 0
        if session.is_provider or session.org_id == entity.org_id:
            level = self.types.administrator(session, entity_type)
        if entity.owner[1] == f"urn:vcloud:user:{session.user_id}":
            given = FULL_CONTROL
        else:
            given = entity.grants.level_of(self.desk.members_of(session))
        return max(level, min(given, self.types.capability(session, entity_type)))

    def find(self, exchange: Exchange, identity: str, needed: int = READ_ONLY) -> Entity:
        """An entity by its URN. Raises Refusal 403 when it is missing or the session may not do that much with it."""
        entity = self.living.get(identity)
        if entity is None or self.level(exchange.user, entity) < needed:
            refusal = forbidden("Full Access", "ENTITY_VIEW" if needed == READ_ONLY else "ENTITY_EDIT", identity)
            # Clients of clusters (cse-api.md 6) know a missing entity by these words; others by the status (1.1). They
            # are the same for one that the session may not see.
            raise Refusal(refusal.status, refusal.code, f"{refusal.message} RDE {identity} does not exist.")
        return entity

    def _for_metadata(self, exchange: Exchange, identity: str, writes: bool) -> dict[str, str]:
        return _owner(self.find(exchange, identity, READ_WRITE if writes else READ_ONLY))

    def _matches(self, exchange: Exchange, entity: Entity) -> None:
        """`If-Match`, from API 36.0. Raises Refusal 412; without it a request is not held to anything, unless its type
        asks for that."""
        wanted = exchange.request.headers.get("if-match")
        if wanted is None and exchange.request.method == "PUT" and self.types.all[entity.type_id].needs_etag:
            raise Refusal(412, "PRECONDITION_FAILED", f"The entity {entity.id} is changed with its etag in If-Match.")
        if wanted is None or exchange.version < _IF_MATCH_SINCE:
            return
        tags = [one.strip().removeprefix("W/").strip('"') for one in wanted.split(",")]
        if "*" not in tags and entity.etag.strip('"') not in tags:
            raise Refusal(412, "PRECONDITION_FAILED", f"The entity {entity.id} has been changed: another etag.")

    def _hooks_wanted(self, exchange: Exchange, entity_type: EntityType) -> bool:
        """`invokeHooks`, true by default; only who has full control of all entities of the type may send it."""
        if exchange.request.first("invokeHooks") is None:
            return True
        if self.types.administrator(exchange.user, entity_type) < FULL_CONTROL:
            raise forbidden(entity_type.right("Administrator Full access"), "ENTITY_HOOKS", entity_type.id)
        return flag(exchange, "invokeHooks")

    def _document(self, entity: Entity, exchange: Exchange) -> Document:
        organization = self.directory.by_id(entity.org_id)
        document = {
            "id": entity.id,
            "entityType": entity.type_id,
            "name": entity.name,
            "externalId": entity.external_id,
            "entity": self._content(entity, exchange),
            "state": entity.state,
            "owner": {"name": entity.owner[0], "id": entity.owner[1]},
            "org": {
                "name": organization.name if organization else "",
                "id": f"urn:vcloud:org:{entity.org_id}",
            },
        }
        if exchange.version >= _ENTITY_STATE_SINCE:
            document["entityState"] = entity.state
        return document

    def _content(self, entity: Entity, exchange: Exchange) -> Document:
        """The content without what the session may not see."""
        schema = self.types.all[entity.type_id].schema
        full = self.level(exchange.user, entity) >= FULL_CONTROL
        found: Document = shown(schema, entity.content, full=full)
        return found

    def _shown(self, exchange: Exchange, entity: Entity, headers: Headers | None = None) -> Reply:
        return exchange.json(self._document(entity, exchange), headers=[("ETag", entity.etag), *(headers or ())])

    def judge(self, entity: Entity) -> str | None:
        """Holds an entity against its type: RESOLVED, or RESOLUTION_ERROR and why."""
        problem = content_problem(self.types.all[entity.type_id].schema, entity.content)
        entity.state = ERROR if problem else RESOLVED
        entity.changed()
        if not problem and entity.created_by is not None:
            self.tasks.conclude(entity.created_by)
        return problem

    def remove(self, entity: Entity) -> None:
        """An entity is gone; what waited for it to be resolved waits no longer."""
        self.all.pop(entity.id, None)
        self.metadata.forget(entity.id)
        if entity.created_by is not None:
            self.tasks.conclude(entity.created_by, "aborted", f"The entity {entity.id} was deleted.")

    # Calls

    def create(self, exchange: Exchange, type_id: str) -> Reply:
        """`POST /cloudapi/1.0.0/entityTypes/{urn}`: 202; the task runs until the entity is resolved."""
        entity_type = self.types.find(exchange, type_id)
        session = exchange.user
        if self.types.capability(session, entity_type) < READ_WRITE:
            raise forbidden(entity_type.right("Modify"), "ENTITY_CREATE", type_id)
        hooks, resolve = self._hooks_wanted(exchange, entity_type), flag(exchange, "resolveEntity")
        body = read_object(exchange, _FIELDS, ("name", "entity"))
        if body.get("entityType") not in (None, entity_type.id):
            raise bad_request("The field 'entityType' names another type than the address.")
        named = [entity_type.vendor, entity_type.nss, *([entity_type.version] if self._versioned_ids else [])]
        identity = f"urn:vcloud:entity:{':'.join(named)}:{uuid.uuid4()}"
        owner = session.user.name, f"urn:vcloud:user:{session.user_id}"
        entity = Entity(
            identity, entity_type.id, body["name"], body["entity"], body.get("externalId"), owner, acting_org(exchange)
        )
        entity.grants = GrantList(identity)
        self.all[identity] = entity
        hook = (entity_type.hooks or {}).get("PostCreate") if hooks else None
        if hook is not None:
            task = self._hook(exchange, entity, hook, lambda: self._after_create(entity), lambda: self._fail(entity))
        else:
            task = entity.created_by = self.tasks.hold(
                exchange, f"Creating Defined Entity {entity.name}({identity})", "createDefinedEntity", _owner(entity)
            )
            if resolve:
                self.judge(entity)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    def _after_create(self, entity: Entity) -> None:
        if entity.id in self.all:
            self.judge(entity)

    @staticmethod
    def _fail(entity: Entity) -> None:
        entity.state = ERROR
        entity.changed()

    def _hook(self, exchange: Exchange, entity: Entity, behavior: str, then: Any, otherwise: Any) -> Task:
        entity_type = self.types.all[entity.type_id]
        found = self.types.behavior(entity_type, behavior)
        return self.behaviors.run(
            exchange, found, _owner(entity), self._argument(entity, {}), then=then, otherwise=otherwise
        )

    @staticmethod
    def _argument(entity: Entity, given: Document) -> Document:
        return {
            "arguments": given.get("arguments") or {},
            "metadata": given.get("metadata") or {},
            "entityId": entity.id,
            "typeId": entity.type_id,
            "entity": entity.content,
        }

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/entities/{urn}` with its ETag."""
        return self._shown(exchange, self.find(exchange, identity))

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/entities/{urn}`: the whole content is replaced.

        What is RESOLVED must stay valid: 400, as the published schema says (a guide lets it become RESOLUTION_ERROR).
        RESOLUTION_ERROR stays until the next resolve.
        """
        entity = self.find(exchange, identity, READ_WRITE)
        entity_type = self.types.all[entity.type_id]
        hooks = self._hooks_wanted(exchange, entity_type)
        body = read_object(exchange, _FIELDS, ("name", "entity"))
        self._matches(exchange, entity)
        if entity.state == DELETING:
            raise Refusal(400, "BUSY_ENTITY", f"The entity {identity} is being deleted.")
        if body.get("id") not in (None, identity):
            raise bad_request("The field 'id' names another entity than the address.")
        wanted_type = self._wanted_type(exchange, entity, body.get("entityType"))
        owner = self._wanted_owner(exchange, entity, body.get("owner"))
        if entity.state == RESOLVED:
            problem = content_problem(wanted_type.schema, body["entity"])
            if problem:
                raise bad_request(f"The entity does not fit the schema of {wanted_type.id}: {problem}.")
        full = self.level(exchange.user, entity) >= FULL_CONTROL
        content = written(wanted_type.schema, entity.content, body["entity"], full=full)
        entity.name, entity.content, entity.external_id = body["name"], content, body.get("externalId")
        entity.type_id, entity.owner = wanted_type.id, owner
        entity.changed()
        headers: Headers = []
        hook = (wanted_type.hooks or {}).get("PostUpdate") if hooks else None
        if hook is not None:
            task = self._hook(exchange, entity, hook, None, None)
            headers.append(("X-VMWARE-VCLOUD-TASK-LOCATION", self.tasks.href(exchange, task)))
        return self._shown(exchange, entity, headers)

    def _wanted_type(self, exchange: Exchange, entity: Entity, wanted: str | None) -> EntityType:
        """The type that an update asks for: the same, or another version of it, which takes full control."""
        present = self.types.all[entity.type_id]
        if wanted in (None, present.id):
            return present
        other = self.types.all.get(str(wanted))
        if other is None or (other.vendor, other.nss) != (present.vendor, present.nss):
            raise bad_request("The field 'entityType' can name another version of the entity's own type only.")
        self.find(exchange, entity.id, FULL_CONTROL)
        return other

    def _wanted_owner(self, exchange: Exchange, entity: Entity, wanted: Document | None) -> tuple[str, str]:
        """The owner that an update asks for; another one takes full control and must be a user."""
        identity = (wanted or {}).get("id")
        if identity in (None, entity.owner[1]):
            return entity.owner
        self.find(exchange, entity.id, FULL_CONTROL)
        for (org, _name), user in self.directory.site.users.items():
            organization = self.directory.by_name(org)
            if organization and identity == f"urn:vcloud:user:{Session.id_of(user, organization.id)}":
                return user.name, str(identity)
        raise bad_request(f"There is no user '{identity}'.")

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/entities/{urn}`: 204, or 202 when a hook has a word in it."""
        entity = self.find(exchange, identity, FULL_CONTROL)
        entity_type = self.types.all[entity.type_id]
        hooks = (entity_type.hooks or {}) if self._hooks_wanted(exchange, entity_type) else {}
        self._matches(exchange, entity)
        if entity.state == PRE_CREATED:
            message = f"The entity {identity} has not been resolved and cannot be deleted."
            raise Refusal(400, "RDE_ENTITY_NOT_RESOLVED", message)
        before, after = hooks.get("PreDelete"), hooks.get("PostDelete")
        if before is None and after is None:
            self.remove(entity)
            return exchange.nothing()
        if entity.state == DELETING:
            raise Refusal(400, "BUSY_ENTITY", f"The entity {identity} is being deleted.")
        task = self._stages(exchange, entity, before, after)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    def _stages(self, exchange: Exchange, entity: Entity, before: str | None, after: str | None) -> Task:
        """PreDelete decides whether it may go; while PostDelete runs, and when that fails, it is IN_DELETION."""

        def clean_up() -> Task | None:
            if after is None:
                self.remove(entity)
                return None
            entity.state = DELETING
            entity.changed()
            return self._hook(exchange, entity, after, lambda: self.remove(entity), None)

        if before is not None:
            return self._hook(exchange, entity, before, clean_up, None)
        task = clean_up()
        assert task is not None
        return task

    def resolve(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /cloudapi/1.0.0/entities/{urn}/resolve`: 200 whether it fits or not; `message` tells why."""
        entity = self.find(exchange, identity, READ_WRITE)
        if entity.state == DELETING:
            raise Refusal(400, "BUSY_ENTITY", f"The entity {identity} is being deleted.")
        problem = self.judge(entity)
        content = self._content(entity, exchange)
        document = {"id": entity.id, "entity": content, "state": entity.state, "message": problem}
        if exchange.version >= _ENTITY_STATE_SINCE:
            document["entityState"] = entity.state
        return exchange.json(document, headers=[("ETag", entity.etag)])

    def invoke(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`POST .../entities/{urn}/behaviors/{id}/invocations`: 202; the task's result is what it returned."""
        entity = self.find(exchange, identity)
        entity_type = self.types.all[entity.type_id]
        found = self.types.behavior(entity_type, behavior)
        needed = entity_type.level_to_invoke(found)
        full = self.types.administrator(exchange.user, entity_type) >= FULL_CONTROL
        if not full and (needed is None or self.level(exchange.user, entity) < needed):
            raise forbidden(entity_type.right("Full Access"), "BEHAVIOR_INVOKE", behavior)
        given = read_object(exchange, {"arguments": dict, "metadata": dict})
        if entity.state != RESOLVED:
            raise Refusal(400, "RDE_ENTITY_NOT_RESOLVED", f"The entity {identity} is not resolved.")
        task = self.behaviors.run(exchange, found, _owner(entity), self._argument(entity, given))
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    def only_reads(self, identity: str, behavior: str) -> bool:
        """Whether a run of a behavior changes nothing: the vCD itself gives back what is there (type noop)."""
        entity = self.all.get(identity)
        if entity is None:
            return False
        try:
            found = self.types.behavior(self.types.all[entity.type_id], behavior)
        except Refusal:
            return False
        return bool(found.execution["type"] == NOOP) and found.ref not in self.behaviors.runners

    # Lists

    def _of_types(self, exchange: Exchange, chosen: Iterator[EntityType]) -> Reply:
        wanted = {one.id for one in chosen}
        context = acting_org(exchange) if "x-vmware-vcloud-tenant-context" in exchange.request.headers else None
        documents = [
            self._document(one, exchange)
            for one in self.living.values()
            if one.type_id in wanted and context in (None, one.org_id) and self.level(exchange.user, one) >= READ_ONLY
        ]
        filters = _FILTERS
        if exchange.version < _ENTITY_STATE_SINCE:
            filters = _Filters({name: kind for name, kind in _FILTERS.items() if name != "entityState"})
        return listing.answer(exchange, documents, filters, "DefinedEntities", frozenset({"owner.id", "org.id"}))

    def list_by_type(self, exchange: Exchange, vendor: str, nss: str, version: str = "") -> Reply:
        """`GET .../entities/types/{vendor}/{nss}/{version}`; `1` and `1.0` stand for all versions that begin so. A type
        that is not there has no entities (the contract tells no error)."""
        return self._of_types(
            exchange,
            (
                one
                for one in self.types.all.values()
                if (one.vendor, one.nss) == (vendor, nss) and _begins(one.version, version)
            ),
        )

    def list_by_interface(self, exchange: Exchange, vendor: str, nss: str, version: str) -> Reply:
        """`GET .../entities/interfaces/{vendor}/{nss}/{version}`."""
        names = {
            one.id
            for one in self.interfaces.all.values()
            if (one.vendor, one.nss) == (vendor, nss) and _begins(one.version, version)
        }
        return self._of_types(exchange, (one for one in self.types.all.values() if names & set(one.interfaces)))

    # Access

    def list_grants(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../entities/{urn}/accessControls`."""
        return self.desk.list_all(exchange, self.find(exchange, identity).grants)

    def create_grant(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../entities/{urn}/accessControls`."""
        entity = self.find(exchange, identity, READ_WRITE)
        return self.desk.create(exchange, entity.grants, self.level(exchange.user, entity))

    def read_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`GET .../entities/{urn}/accessControls/{id}`."""
        return self.desk.read(exchange, self.find(exchange, identity).grants, grant)

    def update_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`PUT .../entities/{urn}/accessControls/{id}`."""
        entity = self.find(exchange, identity, READ_WRITE)
        return self.desk.update(exchange, entity.grants, grant, self.level(exchange.user, entity))

    def delete_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`DELETE .../entities/{urn}/accessControls/{id}`."""
        entity = self.find(exchange, identity, READ_WRITE)
        return self.desk.delete(exchange, entity.grants, grant, self.level(exchange.user, entity))


def _begins(version: str, prefix: str) -> bool:
    return not prefix or version == prefix or version.startswith(f"{prefix}.")


def _owner(entity: Entity) -> dict[str, str]:
    """An entity as the owner of a task; it has no address in `/api`."""
    return {"path": "", "id": entity.id, "name": entity.name, "type": "application/json"}
