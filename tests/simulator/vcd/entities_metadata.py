"""Metadata of defined entities, from API 37.0: entries of domain, namespace, key and typed value (contract 5.5).

Entries that are files need an upload that the contract does not describe: only values are here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..wire import Reply
from . import listing
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_object
from .listing import Document
from .routes import Route, Routes
from .tasks import Tasks

SINCE = (37, 0)
_ENTRY: dict[str, type] = {"id": str, "persistent": bool, "readOnly": bool, "keyValue": dict}
_KEY_VALUE: dict[str, type] = {"domain": str, "namespace": str, "key": str, "value": dict}
_TYPES: dict[str, type | tuple[type, ...]] = {"StringEntry": str, "NumberEntry": (int, float), "BoolEntry": bool}
_WORD = re.compile(r"[^|]+")
_FILTERS: dict[str, type] = {"id": str, "keyValue.key": str, "keyValue.namespace": str, "keyValue.domain": str}
_DOMAINS = ("TENANT", "PROVIDER")


@dataclass
class Entry:
    """One entry."""

    id: str
    domain: str
    namespace: str
    key: str
    kind: str
    value: Any
    persistent: bool
    read_only: bool

    def document(self) -> Document:
        """What is shown."""
        return {
            "id": self.id,
            "persistent": self.persistent,
            "readOnly": self.read_only,
            "keyValue": {
                "domain": self.domain,
                "namespace": self.namespace,
                "key": self.key,
                "value": {"type": self.kind, "value": self.value},
            },
        }


class EntityMetadata:
    """The metadata of all entities of one vCD."""

    def __init__(self, tasks: Tasks, check: Callable[[Exchange, str, bool], dict[str, str]]) -> None:
        """`check` raises Refusal when a session may not read (False) or write (True) an entity of this URN, and answers
        the entity as the owner of a task."""
        self.tasks = tasks
        self.check = check
        self._entries: dict[str, dict[str, Entry]] = {}

    def clear(self) -> None:
        """Forgets all entries."""
        self._entries.clear()

    def forget(self, entity: str) -> None:
        """An entity is gone."""
        self._entries.pop(entity, None)

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        path = "/cloudapi/1.0.0/entities/*/metadata"
        routes.add("GET", path, Route(self.list_all, since=SINCE))
        routes.add("POST", path, Route(self.create, since=SINCE, writes=True))
        routes.add("GET", f"{path}/*", Route(self.read, since=SINCE))
        routes.add("PUT", f"{path}/*", Route(self.update, since=SINCE, writes=True))
        routes.add("DELETE", f"{path}/*", Route(self.delete, since=SINCE, writes=True))

    def _visible(self, exchange: Exchange, entity: str) -> list[Entry]:
        """What a provider keeps for himself is not shown to tenants."""
        found = self._entries.get(entity, {}).values()
        return [one for one in found if one.domain == "TENANT" or exchange.user.is_provider]

    def _find(self, exchange: Exchange, entity: str, identity: str) -> Entry:
        for one in self._visible(exchange, entity):
            if one.id == identity:
                return one
        raise forbidden("Full Access", "METADATA_VIEW", identity)

    def _wanted(self, exchange: Exchange, identity: str) -> Entry:
        body = read_object(exchange, _ENTRY, ("keyValue",))
        given = check_object(body["keyValue"], _KEY_VALUE, ("key", "value"), "keyValue.")
        typed = check_object(given["value"], {"type": str, "value": object}, ("type", "value"), "keyValue.value.")
        kind, value = typed["type"], typed["value"]
        wanted = _TYPES.get(kind)
        if wanted is None or not isinstance(value, wanted) or (kind == "NumberEntry" and isinstance(value, bool)):
            raise bad_request("The value must be of its type: StringEntry, NumberEntry or BoolEntry.")
        domain, namespace = given.get("domain") or "TENANT", given.get("namespace") or ""
        if domain not in _DOMAINS:
            raise bad_request(f"The field 'keyValue.domain' must be one of {', '.join(_DOMAINS)}.")
        if domain != "TENANT" and not exchange.user.is_provider:
            raise forbidden("General: Administrator Control", "METADATA_EDIT", given["key"])
        if not _WORD.fullmatch(given["key"]) or (namespace and not _WORD.fullmatch(namespace)):
            raise bad_request("Keys and namespaces are not empty and have no '|'.")
        flags = bool(body.get("persistent")), bool(body.get("readOnly"))
        return Entry(identity, domain, namespace, given["key"], kind, value, *flags)

    def list_all(self, exchange: Exchange, entity: str) -> Reply:
        """`GET .../entities/{urn}/metadata`."""
        self.check(exchange, entity, False)
        documents = [one.document() for one in self._visible(exchange, entity)]
        return listing.answer(exchange, documents, _FILTERS, "MetadataEntries", order="keyValue.key")

    def create(self, exchange: Exchange, entity: str) -> Reply:
        """`POST .../entities/{urn}/metadata`: 201. A key is there once in its domain and namespace."""
        self.check(exchange, entity, True)
        made = self._wanted(exchange, f"urn:vcloud:metadata:{uuid.uuid4()}")
        present = self._entries.setdefault(entity, {})
        key = (made.domain, made.namespace, made.key)
        if any((one.domain, one.namespace, one.key) == key for one in present.values()):
            raise Refusal(400, "DUPLICATE_NAME", f"There is an entry '{made.key}' already.")
        present[made.id] = made
        return exchange.json(made.document(), 201)

    def read(self, exchange: Exchange, entity: str, identity: str) -> Reply:
        """`GET .../entities/{urn}/metadata/{urn}`."""
        self.check(exchange, entity, False)
        return exchange.json(self._find(exchange, entity, identity).document())

    def _to_change(self, exchange: Exchange, entity: str, identity: str) -> Entry:
        found = self._find(exchange, entity, identity)
        if found.read_only and not exchange.user.is_provider:
            raise forbidden("General: Administrator Control", "METADATA_EDIT", identity)
        return found

    def update(self, exchange: Exchange, entity: str, identity: str) -> Reply:
        """`PUT .../entities/{urn}/metadata/{urn}`: another value of the same type and key."""
        self.check(exchange, entity, True)
        old = self._to_change(exchange, entity, identity)
        new = self._wanted(exchange, identity)
        if (new.domain, new.namespace, new.key, new.kind) != (old.domain, old.namespace, old.key, old.kind):
            raise bad_request("Only the value of an entry can be changed.")
        self._entries[entity][identity] = new
        return exchange.json(new.document())

    def delete(self, exchange: Exchange, entity: str, identity: str) -> Reply:
        """`DELETE .../entities/{urn}/metadata/{urn}`: 202 with a task."""
        owner = self.check(exchange, entity, True)
        gone = self._to_change(exchange, entity, identity)

        def remove() -> None:
            self._entries.get(entity, {}).pop(identity, None)

        task = self.tasks.start(exchange, f"Deleting metadata {gone.key}({identity})", "metadataDelete", owner, remove)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])
