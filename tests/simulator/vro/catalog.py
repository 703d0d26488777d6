"""The catalog and the inventory tree: objects of plug-ins and of the system by type (contract section 12).

A room makes a type known by `server.catalog.add(ObjectType(...))`. Scripts find the same objects by `find` and
`find_all`, which is what `Server.findForType` and `Server.findAllForType` do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from ..wire import Reply
from .exchange import Exchange, Refusal, not_found
from .listing import Link, link, only_keys, select
from .routes import Route, Routes

if TYPE_CHECKING:
    from .server import Server

# A picture of one pixel: what an icon shows is nobody's business.
_ICON = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class PluginFailure(Exception):
    """A plug-in cannot reach what it is connected to: a 500 of the catalog (section 12), an exception in a script."""


@dataclass(frozen=True)
class Item:
    """One object."""

    type: str
    """`vCloud:VM`; `System:Workflow` for types of the system."""
    id: str
    """The dunesId: opaque to clients."""
    name: str
    attributes: Mapping[str, object]
    """What a list shows of it, names as the plug-in has them; a value None is no value."""
    children: Mapping[str, Callable[[], Sequence[Item]]] = field(default_factory=dict)
    """Relation to the objects behind it."""
    thing: Any = None
    """What it stands for in the simulator: a VM, a workflow ..."""
    is_root: bool = True
    """Whether nothing of its own type is above it."""
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Links of its document that lead out of the catalog: relation to the parts of the address below `/vco/api`."""


@dataclass(frozen=True)
class ObjectType:
    """One type of objects."""

    namespace: str
    name: str
    items: Callable[[], Sequence[Item]]
    """All of them, in a stable order."""
    seen_by: Callable[[Exchange, Item], bool] | None = None
    """Whether the caller may see one; None: whoever may look sees all."""
    filtered: Callable[[Exchange, Sequence[Item]], Sequence[Item]] | None = None
    """What further queries of the type do (`status` of a UserInteraction)."""
    one: Callable[[str], Item | None] | None = None
    """One of them by its id, where that is quicker than to make all of them."""
    root: bool = False
    """Whether the inventory tree of its namespace begins with its objects."""

    def find(self, identity: str) -> Item | None:
        """The object with this id."""
        if self.one is not None:
            return self.one(identity)
        return next((item for item in self.items() if item.id == identity), None)

    @property
    def full_name(self) -> str:
        """`vCloud:VM`."""
        return f"{self.namespace}:{self.name}"


class Catalog:
    """`/catalog` and `/inventory`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._types: dict[tuple[str, str], ObjectType] = {}
        self.wrapped: frozenset[str] = frozenset()
        """Namespaces whose lists are below `relations` (some of 9.x)."""

    def add(self, kind: ObjectType) -> None:
        """Makes a type known."""
        self._types[kind.namespace, kind.name] = kind

    # For scripts

    def type_named(self, name: str) -> ObjectType | None:
        """A type by `vCloud:VM`, or by the bare name of a type of the system."""
        namespace, colon, bare = name.partition(":")
        return self._types.get((namespace, bare) if colon else ("System", name))

    def find_all(self, name: str) -> list[Item]:
        """All objects of a type; none for an unknown one."""
        kind = self.type_named(name)
        return list(kind.items()) if kind else []

    def find(self, name: str, identity: str) -> Item | None:
        """One object by type and dunesId."""
        kind = self.type_named(name)
        return kind.find(identity) if kind else None

    # Calls

    def register(self, routes: Routes) -> None:
        """Adds its calls."""

        def add(path: str, handler: Callable[..., Reply]) -> None:
            def guarded(exchange: Exchange, *parts: str) -> Reply:
                try:
                    return handler(exchange, *parts)
                except PluginFailure as problem:
                    raise Refusal(500, str(problem), whole=True) from problem

            routes.add("GET", path, Route(guarded))

        add("catalog", self.namespaces)
        add("catalog/*", self.roots)
        add("catalog/*/*", self.list_all)
        add("catalog/*/*/*", self.read)
        add("catalog/*/*/*/*", self.related)
        add("inventory", self.tree)
        add("inventory/*", self.tree_roots)
        add("inventory/*/*/*", self.tree_item)

    def _kind(self, namespace: str, name: str) -> ObjectType:
        kind = self._types.get((namespace, name))
        if kind is None:
            raise not_found(f"There is no type {namespace}:{name}")
        return kind

    def _item(self, exchange: Exchange, kind: ObjectType, identity: str) -> Item:
        """Ids come encoded once or twice (section 12)."""
        item = kind.find(identity) or kind.find(unquote_plus(identity))
        if item is not None and self._sees(exchange, item):
            return item
        raise not_found(f"Object {kind.full_name} with ID '{identity}' not found")

    def _parts(self, item: Item) -> tuple[str, str, str]:
        namespace, _colon, name = item.type.partition(":")
        return namespace, name, item.id

    def link_of(self, exchange: Exchange, item: Item, family: str = "catalog", rel: str = "down") -> Link:
        """An object in a list."""
        return link(self.server.href(exchange, family, *self._parts(item)), item.attributes, rel)

    def namespaces(self, exchange: Exchange) -> Reply:
        """`GET /catalog`."""
        names = dict.fromkeys(namespace for namespace, _name in self._types)
        rows = [
            link(self.server.href(exchange, "catalog", name), {"name": name, "id": name, "type": "Namespace"})
            for name in names
        ]
        return exchange.links("inventory-items", {"link": rows, "start": 0, "total": len(rows)})

    def roots(self, exchange: Exchange, namespace: str) -> Reply:
        """`GET /catalog/{ns}`: its types."""
        kinds = [kind for kind in self._types.values() if kind.namespace == namespace]
        if not kinds:
            raise not_found(f"There is no namespace {namespace}")
        rows = [
            link(
                self.server.href(exchange, "catalog", namespace, kind.name),
                {"name": kind.name, "id": kind.full_name, "type": kind.full_name},
            )
            for kind in kinds
        ]
        return self._answer(exchange, namespace, rows)

    def list_all(self, exchange: Exchange, namespace: str, name: str) -> Reply:
        """`GET /catalog/{ns}/{type}`."""
        kind = self._kind(namespace, name)
        items: Sequence[Item] = [one for one in kind.items() if kind.seen_by is None or kind.seen_by(exchange, one)]
        if kind.filtered is not None:
            items = kind.filtered(exchange, items)
        return self._answer(exchange, namespace, [self.link_of(exchange, one) for one in items])

    def _answer(self, exchange: Exchange, namespace: str, rows: list[Link]) -> Reply:
        body = select(exchange, "catalog", rows)
        keys = [
            part.strip() for one in exchange.request.query.get("keys", ()) for part in one.split(",") if part.strip()
        ]
        if keys:
            body["link"] = only_keys(body["link"], keys)
        if namespace in self.wrapped:
            total = body.pop("total")
            body = {"relations": {"link": body["link"], "total": total}}
        return exchange.links("inventory-items", body)

    def read(self, exchange: Exchange, namespace: str, name: str, identity: str) -> Reply:
        """`GET /catalog/{ns}/{type}/{id}`, and the links to what hangs on it."""
        item = self._item(exchange, self._kind(namespace, name), identity)
        row = self.link_of(exchange, item)
        href = self.server.href(exchange, "catalog", namespace, name)
        relations = [link(href, rel="up")]
        relations += [
            link(
                self.server.href(exchange, "catalog", *self._parts(item), relation),
                {"name": relation, "type": "Relation"},
            )
            for relation in item.children
        ]
        relations += [link(self.server.href(exchange, *parts), rel=rel) for rel, parts in item.also.items()]
        return exchange.json({**row, "relations": {"link": relations}})

    def related(self, exchange: Exchange, namespace: str, name: str, identity: str, relation: str) -> Reply:
        """`GET /catalog/{ns}/{parentType}/{parentId}/{relation}`; below `metadata` stands the icon of a type."""
        kind = self._kind(namespace, name)
        if identity == "metadata" and relation == "icon":
            return exchange.raw(_ICON, "image/png")
        item = self._item(exchange, kind, identity)
        children = item.children.get(relation)
        if children is None:
            raise not_found(f"{kind.full_name} has no relation '{relation}'")
        seen = [one for one in children() if self._sees(exchange, one)]
        return self._answer(exchange, kind.namespace, [self.link_of(exchange, one) for one in seen])

    def _sees(self, exchange: Exchange, item: Item) -> bool:
        kind = self.type_named(item.type)
        return kind is None or kind.seen_by is None or kind.seen_by(exchange, item)

    # The same as a tree

    def _tree(self, exchange: Exchange, rows: Sequence[Link], *parts: str) -> Reply:
        """A node of the tree is a document whose `relations` hold what is below it."""
        relations = {"link": list(rows), "total": len(rows)}
        return exchange.links(
            "inventory-items", {"href": self.server.href(exchange, "inventory", *parts), "relations": relations}
        )

    def tree(self, exchange: Exchange) -> Reply:
        """`GET /inventory`: a node for each namespace."""
        names = dict.fromkeys(namespace for namespace, _name in self._types)
        return self._tree(
            exchange,
            [
                link(
                    self.server.href(exchange, "inventory", name),
                    {"id": name, "displayName": name, "@type": "Namespace"},
                )
                for name in names
            ],
        )

    def tree_roots(self, exchange: Exchange, namespace: str) -> Reply:
        """`GET /inventory/{ns}`: the objects that nothing is above of."""
        kinds = [kind for kind in self._types.values() if kind.namespace == namespace]
        if not kinds:
            raise not_found(f"There is no namespace {namespace}")
        found = [
            one for kind in kinds if kind.root for one in kind.items() if self._sees(exchange, one) and one.is_root
        ]
        return self._tree(exchange, [self.link_of(exchange, one, "inventory") for one in found], namespace)

    def tree_item(self, exchange: Exchange, namespace: str, name: str, identity: str) -> Reply:
        """`GET /inventory/{ns}/{type}/{id}`: everything that hangs on an object, whatever the relation."""
        item = self._item(exchange, self._kind(namespace, name), identity)
        below = [one for children in item.children.values() for one in children() if self._sees(exchange, one)]
        return self._tree(exchange, [self.link_of(exchange, one, "inventory") for one in below], *self._parts(item))
