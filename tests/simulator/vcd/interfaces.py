"""Defined interfaces and their behaviors: what types of defined entities have in common (contract section 5.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..wire import Reply
from . import listing, rights
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_json, read_object
from .listing import Document
from .rights import Access
from .routes import Route, Routes

SINCE = (35, 0)
PATH = "/cloudapi/1.0.0/interfaces"
NOOP = "noop"
_WORD = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_FIELDS: dict[str, type] = {"name": str, "vendor": str, "nss": str, "version": str, "id": str, "readonly": bool}
BEHAVIOR_FIELDS: dict[str, type] = {"name": str, "id": str, "ref": str, "description": str, "execution": dict}
_PAGE_FIELDS: dict[str, type] = {
    "resultTotal": int,
    "pageCount": int,
    "page": int,
    "pageSize": int,
    "associations": list,
    "values": list,
}
# Write only: never shown again (published description of behaviors).
_HIDDEN = ("_internal_", "_secure_")


@dataclass
class Behavior:
    """One behavior of an interface, or a type's own version of it."""

    name: str
    id: str
    ref: str
    """The behavior of the interface that it is, or replaces."""
    description: str | None
    execution: dict[str, Any]

    def document(self) -> Document:
        """What is shown."""
        execution = _shown(self.execution)
        inner = execution.get("execution_properties")
        if isinstance(inner, dict):
            execution["execution_properties"] = _shown(inner)
        return {
            "name": self.name,
            "id": self.id,
            "ref": self.ref,
            "description": self.description,
            "execution": execution,
        }


def _shown(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if not name.startswith(_HIDDEN)}


@dataclass
class Interface:
    """One interface."""

    name: str
    vendor: str
    nss: str
    version: str
    read_only: bool = False
    behaviors: dict[str, Behavior] = field(default_factory=dict)
    """By id."""

    @property
    def id(self) -> str:
        """Its URN."""
        return f"urn:vcloud:interface:{self.vendor}:{self.nss}:{self.version}"

    def document(self) -> Document:
        """What is shown."""
        return {
            "name": self.name,
            "id": self.id,
            "version": self.version,
            "vendor": self.vendor,
            "nss": self.nss,
            "readonly": self.read_only,
        }


def check_names(body: Document) -> None:
    """Vendor, nss and version of an interface or a type. Raises Refusal 400.

    Published descriptions say "alphanumeric"; hyphen and underscore are taken too, because existing names have them.
    """
    for name in ("vendor", "nss"):
        if not _WORD.fullmatch(body[name]):
            raise bad_request(f"The field '{name}' must consist of letters, digits, hyphens and underscores.")
    if not _VERSION.fullmatch(body["version"]):
        raise bad_request("The field 'version' must be a semantic version without a pre-release, as in 1.0.0.")


def check_behavior(body: Any, where: str = "") -> Document:
    """A behavior that a client sends. Raises Refusal 400."""
    given = check_object(body, BEHAVIOR_FIELDS, ("name", "execution"), where)
    if not _WORD.fullmatch(given["name"]):
        raise bad_request(f"The field '{where}name' must consist of letters, digits, hyphens and underscores.")
    if not isinstance(given["execution"].get("type"), str):
        raise bad_request(f"The field '{where}execution.type' is required.")
    if given["execution"].get("scope", "dynamic") not in ("dynamic", "static"):
        raise Refusal(400, "RDE_INVALID_BEHAVIOR_SCOPE", "The scope of a behavior is dynamic or static.")
    return given


def behavior_values(exchange: Exchange) -> list[Document]:
    """The behaviors of a PUT that replaces all of them: a page document (`values`)."""
    body = read_object(exchange, _PAGE_FIELDS, ("values",))
    return [check_behavior(one, f"values[{number}].") for number, one in enumerate(body["values"])]


class Interfaces:
    """The interfaces of one vCD."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.all: dict[str, Interface] = {}
        """By URN."""
        self.in_use: Callable[[Interface], bool] = lambda _interface: False
        """Whether there is an entity of a type that has it; set by the entities."""
        self.has_type: Callable[[Interface], bool] = lambda _interface: False
        """Whether a type has it; set by the types."""
        self.clear()

    def clear(self) -> None:
        """Back to what a fresh vCD has: the interface of the product's own Kubernetes clusters, with one behavior."""
        self.all.clear()
        built_in = Interface("Kubernetes", "vmware", "k8s", "1.0.0", read_only=True)
        self.all[built_in.id] = built_in
        self._add_behavior(built_in, {"name": "createKubeConfig", "execution": {"type": "Activity"}})

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add, one, many = routes.add, f"{PATH}/*/behaviors/*", f"{PATH}/*/behaviors"
        add("GET", PATH, Route(self.list_all, since=SINCE))
        add("POST", PATH, Route(self.create, since=SINCE, writes=True))
        add("GET", f"{PATH}/*", Route(self.read, since=SINCE))
        add("PUT", f"{PATH}/*", Route(self.update, since=SINCE, writes=True))
        add("DELETE", f"{PATH}/*", Route(self.delete, since=SINCE, writes=True))
        add("GET", many, Route(self.list_behaviors, since=SINCE))
        add("POST", many, Route(self.add_behavior, since=SINCE, writes=True))
        add("PUT", many, Route(self.replace_behaviors, since=SINCE, writes=True))
        add("GET", one, Route(self.read_behavior, since=SINCE))
        add("PUT", one, Route(self.update_behavior, since=SINCE, writes=True))
        add("DELETE", one, Route(self.delete_behavior, since=SINCE, writes=True))

    # Rules

    def find(self, identity: str) -> Interface:
        """An interface by its URN; everybody may see all of them. Raises Refusal 403 when there is none."""
        interface = self.all.get(identity)
        if interface is None:
            raise forbidden(rights.VIEW_DEFINITIONS, "INTERFACE_VIEW", identity)
        return interface

    def _to_change(self, exchange: Exchange, identity: str, right: str) -> Interface:
        self.access.demand_system(exchange, right, "INTERFACE_EDIT", identity)
        interface = self.find(identity)
        if interface.read_only:
            raise bad_request(f"The interface {interface.id} is read-only.")
        return interface

    def _free(self, interface: Interface) -> None:
        if self.in_use(interface):
            raise bad_request(
                f"The interface {interface.id} is in use: there are entities of a type that implements it."
            )

    def _add_behavior(self, interface: Interface, given: Document) -> Behavior:
        identity = (
            f"urn:vcloud:behavior-interface:{given['name']}:{interface.vendor}:{interface.nss}:{interface.version}"
        )
        if identity in interface.behaviors:
            raise Refusal(400, "RDE_BEHAVIOR_ALREADY_EXISTS", f"There is a behavior '{given['name']}' already.")
        behavior = Behavior(given["name"], identity, identity, given.get("description"), given["execution"])
        interface.behaviors[identity] = behavior
        return behavior

    @staticmethod
    def _behavior(interface: Interface, wanted: str) -> Behavior:
        found = interface.behaviors.get(wanted) or next(
            (one for one in interface.behaviors.values() if one.name == wanted), None
        )
        if found is None:
            raise forbidden(rights.VIEW_DEFINITIONS, "BEHAVIOR_VIEW", wanted)
        return found

    # Calls

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/interfaces`."""
        return listing.answer(exchange, [one.document() for one in self.all.values()], _FIELDS, "DefinedInterfaces")

    def create(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/interfaces`; `readonly` cannot be chosen and is not looked at."""
        self.access.demand_system(exchange, rights.CREATE_DEFINITION, "INTERFACE_CREATE", "interfaces")
        body = read_object(exchange, _FIELDS, ("name", "vendor", "nss", "version"))
        check_names(body)
        made = Interface(body["name"], body["vendor"], body["nss"], body["version"])
        if made.id in self.all:
            raise Refusal(400, "DUPLICATE_NAME", f"The interface {made.id} exists already.")
        self.all[made.id] = made
        address = f"{exchange.base_url}{PATH}/{made.id}"
        return exchange.json(made.document(), 201, [("Content-Location", address)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/interfaces/{urn}`."""
        return exchange.json(self.find(identity).document())

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/interfaces/{urn}`: only the name can change, and only while nothing uses it."""
        interface = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        body = read_object(exchange, _FIELDS, ("name",))
        for name in ("vendor", "nss", "version", "id"):
            if body.get(name) is not None and body[name] != getattr(interface, name):
                raise bad_request(f"The field '{name}' of an interface cannot be changed.")
        if body["name"] != interface.name:
            self._free(interface)
        interface.name = body["name"]
        return exchange.json(interface.document())

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/interfaces/{urn}`: not while a type has it (the stricter reading)."""
        interface = self._to_change(exchange, identity, rights.DELETE_DEFINITION)
        if self.has_type(interface):
            raise bad_request(f"The interface {interface.id} is in use: a type implements it.")
        del self.all[interface.id]
        return exchange.nothing()

    def list_behaviors(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../interfaces/{urn}/behaviors`."""
        self.access.demand(exchange, rights.VIEW_DEFINITIONS, "BEHAVIOR_VIEW", identity)
        return listing.plain(exchange, [one.document() for one in self.find(identity).behaviors.values()], "Behaviors")

    def read_behavior(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`GET .../interfaces/{urn}/behaviors/{id or name}`."""
        self.access.demand(exchange, rights.VIEW_DEFINITIONS, "BEHAVIOR_VIEW", identity)
        return exchange.json(self._behavior(self.find(identity), behavior).document())

    def add_behavior(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../interfaces/{urn}/behaviors`: 200."""
        interface = self._to_change(exchange, identity, rights.CREATE_DEFINITION)
        given = check_behavior(read_json(exchange))
        self._free(interface)
        return exchange.json(self._add_behavior(interface, given).document())

    def replace_behaviors(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT .../interfaces/{urn}/behaviors`: the whole set; of one in use the executions alone may differ."""
        interface = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        given = {one["name"]: one for one in behavior_values(exchange)}
        if set(given) != {one.name for one in interface.behaviors.values()}:
            self._free(interface)
        interface.behaviors.clear()
        for one in given.values():
            self._add_behavior(interface, one)
        return listing.plain(exchange, [one.document() for one in interface.behaviors.values()], "Behaviors")

    def update_behavior(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`PUT .../interfaces/{urn}/behaviors/{id or name}`: execution and description."""
        interface = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        found = self._behavior(interface, behavior)
        given = check_behavior(read_json(exchange))
        if given["name"] != found.name:
            raise bad_request("The name of a behavior cannot be changed.")
        found.execution, found.description = given["execution"], given.get("description")
        return exchange.json(found.document())

    def delete_behavior(self, exchange: Exchange, identity: str, behavior: str) -> Reply:
        """`DELETE .../interfaces/{urn}/behaviors/{id or name}`."""
        interface = self._to_change(exchange, identity, rights.EDIT_DEFINITION)
        self._free(interface)
        del interface.behaviors[self._behavior(interface, behavior).id]
        return exchange.nothing()
