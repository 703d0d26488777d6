"""Types of defined entities: schema, interfaces, hooks, behaviors of their own, rights and access (contract 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..wire import Reply
from . import listing, rights
from .entities_access import FULL_CONTROL, LEVELS, READ_ONLY, GrantDesk, GrantList
from .entity_schemas import schema_problem
from .exchange import Exchange, Refusal, bad_request, forbidden
from .interfaces import SINCE, Behavior, Interfaces, check_behavior, check_names
from .json_body import check_object, read_json, read_object
from .listing import Document
from .rights import Access
from .routes import Route, Routes
from .sessions import Session

PATH = "/cloudapi/1.0.0/entityTypes"
HOOKS = ("PostCreate", "PostUpdate", "PreDelete", "PostDelete")
# From this API number on a tenant sees all types, whatever its rights.
_TENANTS_SEE_ALL = (39, 0)
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "nss": str,
    "version": str,
    "inheritedVersion": str,
    "externalId": str,
    "schema": dict,
    "vendor": str,
    "interfaces": list,
    "hooks": dict,
    "readonly": bool,
    "maxImplicitRight": str,
}
_FILTERS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "nss": str,
    "version": str,
    "inheritedVersion": str,
    "externalId": str,
    "vendor": str,
    "readonly": bool,
    "maxImplicitRight": str,
}
_ACCESS_FIELDS: dict[str, type] = {"behaviorId": str, "accessLevelId": str}
VIEW, MODIFY, FULL = "View", "Modify", "Full Access"
ADMIN_VIEW, ADMIN_FULL = "Administrator View", "Administrator Full access"
# The rights of a type, each with those that come with it (INFERRED).
_RIGHTS: dict[str, tuple[str, ...]] = {
    VIEW: (),
    MODIFY: (VIEW,),
    FULL: (MODIFY, VIEW),
    ADMIN_VIEW: (VIEW,),
    ADMIN_FULL: (ADMIN_VIEW, FULL, MODIFY, VIEW),
}


@dataclass
class EntityType:
    """One version of a type."""

    name: str
    vendor: str
    nss: str
    version: str
    schema: dict[str, Any]
    description: str | None = None
    external_id: str | None = None
    inherited_version: str | None = None
    interfaces: list[str] = field(default_factory=list)
    hooks: dict[str, str] | None = None
    max_implicit_right: str | None = None
    needs_etag: bool = False
    """Whether entities are changed with `If-Match` only."""
    overrides: dict[str, Behavior] = field(default_factory=dict)
    """Behaviors of the type itself, by the `ref` that they replace."""
    behavior_access: list[tuple[str, str]] = field(default_factory=list)
    """Behavior and access level that one must have on the entity to invoke it."""

    @property
    def id(self) -> str:
        """Its URN."""
        return f"urn:vcloud:type:{self.vendor}:{self.nss}:{self.version}"

    def right(self, kind: str) -> str:
        """The name of one of the type's five rights; all versions share them."""
        return f"{self.vendor}:{self.nss}: {kind}"

    def level_to_invoke(self, behavior: Behavior) -> int | None:
        """The lowest level on an entity with which a behavior may be invoked; None when nobody was let in."""
        found = [LEVELS[level] for one, level in self.behavior_access if one in (behavior.id, behavior.ref)]
        return min(found, default=None)

    def document(self) -> Document:
        """What is shown."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "nss": self.nss,
            "version": self.version,
            "inheritedVersion": self.inherited_version,
            "externalId": self.external_id,
            "schema": self.schema,
            "vendor": self.vendor,
            "interfaces": self.interfaces,
            "hooks": self.hooks,
            "readonly": False,
            "maxImplicitRight": self.max_implicit_right,
        }


class EntityTypes:
    """The types of one vCD."""

    def __init__(self, access: Access, interfaces: Interfaces, desk: GrantDesk) -> None:
        self.access = access
        self.interfaces = interfaces
        self.desk = desk
        self.all: dict[str, EntityType] = {}
        """By URN."""
        self._grants: dict[str, GrantList] = {}
        self.has_entity: Callable[[EntityType], bool] = lambda _type: False
        """Whether there is an entity of a type; set by the entities."""
        interfaces.has_type = lambda interface: any(interface.id in one.interfaces for one in self.all.values())
        interfaces.in_use = lambda interface: any(
            interface.id in one.interfaces and self.has_entity(one) for one in self.all.values()
        )

    def clear(self) -> None:
        """Forgets all types; their rights go with the rights."""
        self.all.clear()
        self._grants.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls, but for the one that makes an entity."""
        add = routes.add
        add("GET", PATH, Route(self.list_all, since=SINCE))
        add("POST", PATH, Route(self.create, since=SINCE, writes=True))
        add("GET", f"{PATH}/*", Route(self.read, since=SINCE))
        add("PUT", f"{PATH}/*", Route(self.update, since=SINCE, writes=True))
        add("DELETE", f"{PATH}/*", Route(self.delete, since=SINCE, writes=True))
        add("GET", f"{PATH}/*/behaviors", Route(self.list_behaviors, since=SINCE))
        add("GET", f"{PATH}/*/behaviors/*", Route(self.read_behavior, since=SINCE))
        add("PUT", f"{PATH}/*/behaviors/*", Route(self.override, since=SINCE, writes=True))
        add("DELETE", f"{PATH}/*/behaviors/*", Route(self.drop_override, since=SINCE, writes=True))
        add("GET", f"{PATH}/*/behaviorAccessControls", Route(self.list_access, since=SINCE))
        add("POST", f"{PATH}/*/behaviorAccessControls", Route(self.add_access, since=SINCE, writes=True))
        add("PUT", f"{PATH}/*/behaviorAccessControls", Route(self.replace_access, since=SINCE, writes=True))
        since = (35, 2)
        add("GET", f"{PATH}/*/accessControls", Route(self.list_grants, since=since))
        add("POST", f"{PATH}/*/accessControls", Route(self.create_grant, since=since, writes=True))
        add("GET", f"{PATH}/*/accessControls/*", Route(self.read_grant, since=since))
        add("PUT", f"{PATH}/*/accessControls/*", Route(self.update_grant, since=since, writes=True))
        add("DELETE", f"{PATH}/*/accessControls/*", Route(self.delete_grant, since=since, writes=True))

    # Who may see and do what

    def granted(self, session: Session, entity_type: EntityType) -> int:
        """The level that a session was given on the type itself."""
        listed = self._grants.get(entity_type.id)
        return listed.level_of(self.desk.members_of(session)) if listed else 0

    def capability(self, session: Session, entity_type: EntityType) -> int:
        """The highest level on an entity that the session's rights allow when the entity's list allows it too."""
        has = self.access.has
        level = next(
            (
                level
                for level, kind in ((FULL_CONTROL, FULL), (2, MODIFY), (READ_ONLY, VIEW))
                if has(session, entity_type.right(kind))
            ),
            0,
        )
        if entity_type.max_implicit_right is not None:
            implied = min(LEVELS[entity_type.max_implicit_right], self.granted(session, entity_type))
            level = max(level, implied)
        return level

    def administrator(self, session: Session, entity_type: EntityType) -> int:
        """The level on all entities of the type that the session's rights give."""
        if self.access.has(session, entity_type.right(ADMIN_FULL)):
            return FULL_CONTROL
        return READ_ONLY if self.access.has(session, entity_type.right(ADMIN_VIEW)) else 0

    def _sees(self, exchange: Exchange, entity_type: EntityType) -> bool:
        session = exchange.user
        return (
            session.is_provider
            or exchange.version >= _TENANTS_SEE_ALL
            or self.granted(session, entity_type) > 0
            or self.capability(session, entity_type) > 0
            or self.administrator(session, entity_type) > 0
        )

    def find(self, exchange: Exchange, identity: str) -> EntityType:
        """A type by its URN. Raises Refusal 403 when there is none that the session sees."""
        entity_type = self.all.get(identity)
        if entity_type is None or not self._sees(exchange, entity_type):
            raise forbidden(rights.VIEW_DEFINITIONS, "ENTITY_TYPE_VIEW", identity)
        return entity_type

    def _to_change(self, exchange: Exchange, identity: str, right: str) -> EntityType:
        self.access.demand_system(exchange, right, "ENTITY_TYPE_EDIT", identity)
        return self.find(exchange, identity)

    # The types

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/entityTypes`."""
        documents = [one.document() for one in self.all.values() if self._sees(exchange, one)]
        return listing.answer(exchange, documents, _FILTERS, "DefinedEntityTypes", frozenset())

    def create(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/entityTypes`: a type, its five rights, and a rights bundle that nobody has yet."""
        self.access.demand_system(exchange, rights.CREATE_DEFINITION, "ENTITY_TYPE_CREATE", "entityTypes")
        body = read_object(exchange, _FIELDS, ("name", "vendor", "nss", "version", "schema"))
        check_names(body)
        made = self._made(body)
        if made.id in self.all:
            raise Refusal(400, "DUPLICATE_NAME", f"The entity type {made.id} exists already.")
        self._inherit(made)
        self.define(made)
        address = f"{exchange.base_url}{PATH}/{made.id}"
        return exchange.json(made.document(), 201, [("Content-Location", address)])

    def define(self, made: EntityType) -> None:
        """A new type is there, with its rights and their bundle when it is the first of its kind."""
        self.all[made.id] = made
        if made.right(VIEW) not in self.access.rights:
            for kind, implied in _RIGHTS.items():
                names = tuple(made.right(one) for one in implied)
                self.access.add_right(made.right(kind), "Custom Entity", implied=names)
            bundle = f"{made.vendor}:{made.nss} Entitlement"
            description = f"Rights of the defined entity type {made.vendor}:{made.nss}"
            self.access.add_bundle(bundle, description, (made.right(kind) for kind in _RIGHTS))

    def _made(self, body: Document) -> EntityType:
        """A type from a checked body. Raises Refusal 400 when schema, interfaces or hooks cannot be used."""
        problem = schema_problem(body["schema"])
        if problem is not None:
            raise bad_request(f"The schema is not valid: {problem}.")
        wanted = body.get("interfaces") or []
        for identity in wanted:
            if not isinstance(identity, str) or identity not in self.interfaces.all:
                raise bad_request(f"There is no interface '{identity}'.")
        known = {key for identity in wanted for key in self.interfaces.all[identity].behaviors}
        hooks: dict[str, str] = body.get("hooks") or {}
        for event, behavior in hooks.items():
            if event not in HOOKS:
                raise bad_request(f"There is no hook '{event}'; there are {', '.join(HOOKS)}.")
            if behavior not in known:
                raise bad_request(f"The hook {event} names a behavior that no interface of the type has: '{behavior}'.")
        implicit = body.get("maxImplicitRight")
        if implicit is not None and implicit not in LEVELS:
            raise bad_request(f"There is no access level '{implicit}'.")
        return EntityType(
            body["name"],
            body["vendor"],
            body["nss"],
            body["version"],
            body["schema"],
            body.get("description"),
            body.get("externalId"),
            body.get("inheritedVersion"),
            list(wanted),
            dict(hooks) or None,
            implicit,
        )

    def _inherit(self, made: EntityType) -> None:
        """Access to a new version as to the one it is made from."""
        if made.inherited_version is None:
            return
        old = self.all.get(f"urn:vcloud:type:{made.vendor}:{made.nss}:{made.inherited_version}")
        if old is None:
            raise bad_request(f"There is no version '{made.inherited_version}' of this type to inherit from.")
        made.behavior_access = list(old.behavior_access)
        listed = GrantList(made.id)
        for grant in self._grants.get(old.id, GrantList(old.id)).grants.values():
            listed.add(grant.level_id, grant.member_id, grant.org_id)
        self._grants[made.id] = listed

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/entityTypes/{urn}`."""
        return exchange.json(self.find(exchange, identity).document())

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/entityTypes/{urn}`: what identifies it is fixed, its schema once there are entities."""
        old = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        body = read_object(exchange, _FIELDS, ("name", "schema"))
        for name in ("vendor", "nss", "version", "id"):
            if body.get(name) is not None and body[name] != getattr(old, name):
                raise Refusal(400, "RDE_INVALID_TYPE_UPDATE", f"The field '{name}' of a type cannot be changed.")
        made = self._made({**body, "vendor": old.vendor, "nss": old.nss, "version": old.version})
        fixed = (made.schema, made.interfaces, made.hooks) != (old.schema, old.interfaces, old.hooks)
        if fixed and self.has_entity(old):
            message = f"The type {old.id} has entities: its schema, interfaces and hooks cannot be changed."
            raise Refusal(400, "RDE_INVALID_TYPE_UPDATE", message)
        made = replace(
            made,
            inherited_version=old.inherited_version,
            overrides=old.overrides,
            behavior_access=old.behavior_access,
        )
        self.all[old.id] = made
        return exchange.json(made.document())

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/entityTypes/{urn}`: not while there are entities of it."""
        gone = self._to_change(exchange, identity, rights.DELETE_DEFINITION)
        if self.has_entity(gone):
            raise bad_request(f"The type {gone.id} has entities and cannot be deleted.")
        del self.all[gone.id]
        self._grants.pop(gone.id, None)
        if not any((one.vendor, one.nss) == (gone.vendor, gone.nss) for one in self.all.values()):
            for kind in _RIGHTS:
                self.access.remove_right(gone.right(kind))
            self.access.remove_bundle(f"{gone.vendor}:{gone.nss} Entitlement")
        return exchange.nothing()

    # Behaviors

    def behaviors(self, entity_type: EntityType) -> dict[str, Behavior]:
        """The behaviors of a type by their `ref`: those of its interfaces, or its own in their place."""
        found: dict[str, Behavior] = {}
        for identity in entity_type.interfaces:
            interface = self.interfaces.all.get(identity)
            found.update(interface.behaviors if interface else {})
        return {ref: entity_type.overrides.get(ref, one) for ref, one in found.items()}

    def behavior(self, entity_type: EntityType, identity: str) -> Behavior:
        """A behavior of a type by its own id or by that of its interface. Raises Refusal 403."""
        for ref, one in self.behaviors(entity_type).items():
            if identity in (ref, one.id):
                return one
        raise forbidden(rights.VIEW_DEFINITIONS, "BEHAVIOR_VIEW", identity)

    def list_behaviors(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../entityTypes/{urn}/behaviors`."""
        found = self.behaviors(self.find(exchange, identity))
        return listing.plain(exchange, [one.document() for one in found.values()], "Behaviors")

    def read_behavior(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`GET .../entityTypes/{urn}/behaviors/{id}`."""
        return exchange.json(self.behavior(self.find(exchange, identity), behavior).document())

    def override(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`PUT .../entityTypes/{urn}/behaviors/{id}`: the type does it in its own way."""
        entity_type = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        old = self.behavior(entity_type, behavior)
        given = check_behavior(read_json(exchange))
        if given["name"] != old.name:
            raise bad_request("The name of a behavior cannot be changed.")
        place = old.ref.removeprefix(f"urn:vcloud:behavior-interface:{old.name}:")
        own = f"urn:vcloud:behavior-type:{old.name}:{entity_type.id.removeprefix('urn:vcloud:type:')}:{place}"
        made = Behavior(old.name, own, old.ref, given.get("description"), given["execution"])
        entity_type.overrides[old.ref] = made
        return exchange.json(made.document())

    def drop_override(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`DELETE .../entityTypes/{urn}/behaviors/{id}`: back to what the interface does."""
        entity_type = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        entity_type.overrides.pop(self.behavior(entity_type, behavior).ref, None)
        return exchange.nothing()

    @staticmethod
    def _access_documents(entity_type: EntityType) -> list[Document]:
        return [{"behaviorId": one, "accessLevelId": level} for one, level in entity_type.behavior_access]

    def _wanted_access(self, entity_type: EntityType, body: Any) -> tuple[str, str]:
        given = check_object(body, _ACCESS_FIELDS, ("behaviorId", "accessLevelId"))
        if given["accessLevelId"] not in LEVELS:
            raise bad_request(f"There is no access level '{given['accessLevelId']}'.")
        known = self.behaviors(entity_type)
        if not any(given["behaviorId"] in (ref, one.id) for ref, one in known.items()):
            raise bad_request(f"The type has no behavior '{given['behaviorId']}'.")
        return given["behaviorId"], given["accessLevelId"]

    def list_access(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../entityTypes/{urn}/behaviorAccessControls`."""
        return listing.plain(exchange, self._access_documents(self.find(exchange, identity)), "BehaviorAccesses")

    def add_access(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../entityTypes/{urn}/behaviorAccessControls`: 200."""
        entity_type = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        wanted = self._wanted_access(entity_type, read_json(exchange))
        if wanted not in entity_type.behavior_access:
            entity_type.behavior_access.append(wanted)
        return exchange.json({"behaviorId": wanted[0], "accessLevelId": wanted[1]})

    def replace_access(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT .../entityTypes/{urn}/behaviorAccessControls`: a page document whose `values` are the whole set."""
        entity_type = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        body = read_json(exchange)
        values = body.get("values") if isinstance(body, dict) else None
        if not isinstance(values, list):
            raise bad_request("The field 'values' is required.")
        entity_type.behavior_access = [self._wanted_access(entity_type, one) for one in values]
        return listing.plain(exchange, self._access_documents(entity_type), "BehaviorAccesses")

    # Access to the type itself

    def _grant_list(self, exchange: Exchange, identity: str) -> GrantList:
        """The list of a type, for whoever has full control of it."""
        entity_type = self.find(exchange, identity)
        session = exchange.user
        any_of_them = session.is_provider and self.access.has(session, rights.MANAGE_ANY_DEFINITION)
        full = self.granted(session, entity_type) >= FULL_CONTROL
        if not (any_of_them or full or self.administrator(session, entity_type) >= FULL_CONTROL):
            raise forbidden(rights.MANAGE_ANY_DEFINITION, "ENTITY_TYPE_ACCESS", identity)
        return self._grants.setdefault(entity_type.id, GrantList(entity_type.id))

    def list_grants(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../entityTypes/{urn}/accessControls`."""
        return self.desk.list_all(exchange, self._grant_list(exchange, identity))

    def create_grant(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../entityTypes/{urn}/accessControls`."""
        return self.desk.create(exchange, self._grant_list(exchange, identity), FULL_CONTROL)

    def read_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`GET .../entityTypes/{urn}/accessControls/{id}`."""
        return self.desk.read(exchange, self._grant_list(exchange, identity), grant)

    def update_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`PUT .../entityTypes/{urn}/accessControls/{id}`."""
        return self.desk.update(exchange, self._grant_list(exchange, identity), grant, FULL_CONTROL)

    def delete_grant(self, exchange: Exchange, identity: str, grant: str) -> Reply:
        """`DELETE .../entityTypes/{urn}/accessControls/{id}`."""
        return self.desk.delete(exchange, self._grant_list(exchange, identity), grant, FULL_CONTROL)
