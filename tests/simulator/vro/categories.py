"""Folders (contract section 5), and where an element shows that it is in one."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request, conflict
from .listing import Link, link, listing
from .routes import EDIT, VIEW, Route, Routes
from .server import Room
from .store import (
    CATEGORY_TYPES,
    MODULE_CATEGORY,
    POLICY_CATEGORY,
    Action,
    Category,
    Clash,
    Configuration,
    Element,
    Resource,
    Workflow,
)

# Accepted as a type, and nothing is ever of it (section 5; UNKNOWN for 7.x, where it is accepted as well).
_EMPTY_TYPE = "ActionCategory"
_PATHS = {
    Workflow.kind: "workflows",
    Action.kind: "actions",
    Configuration.kind: "configurations",
    Resource.kind: "resources",
}


class Categories(Room):
    """`/categories`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls. What may be changed is asked of the folder itself: permissions can allow it to somebody who
        may not change anything else."""
        routes.add("GET", "categories", Route(self.list_all))
        routes.add("POST", "categories", Route(self.create_root, right=EDIT, writes=True))
        routes.add("GET", "categories/*", Route(self.read))
        routes.add("POST", "categories/*", Route(self.create_child, writes=True))
        routes.add("PUT", "categories/*", Route(self.update, writes=True))
        routes.add("DELETE", "categories/*", Route(self.delete, writes=True))

    @property
    def _types(self) -> tuple[str, ...]:
        """Policy templates have folders from 8.x on."""
        modern = self.server.release.generation >= 8
        return tuple(one for one in CATEGORY_TYPES if modern or one != POLICY_CATEGORY)

    def _find(self, exchange: Exchange, identity: str, letter: str = VIEW) -> Category:
        category = exchange.pick(self.server.store.categories, identity, "Category")
        self.server.demand(exchange, letter, category)
        return category

    # Views

    def path_of(self, category: Category) -> str:
        """`A/B/C`; in 8.x and 9.x with a leading slash, which clients have to take off (section 5)."""
        path = self.server.store.path_of(category)
        return f"/{path}" if self.server.release.generation >= 8 else path

    def link_of(self, exchange: Exchange, category: Category, rel: str = "down") -> Link:
        """A folder in a list."""
        attributes: dict[str, object] = {
            "id": category.id,
            "name": category.name,
            "type": category.type,
            "description": category.description,
        }
        # Lists may have it or not (section 5): 7.x has not, so nobody can do without the walk from the roots.
        if rel == "down" and category.type != MODULE_CATEGORY and self.server.release.generation >= 8:
            attributes["path"] = self.path_of(category)
        return link(self.server.href(exchange, "categories", category.id), attributes, rel)

    def element_link(self, exchange: Exchange, element: Element) -> Link:
        """An element in the relations of its folder."""
        attributes = {"id": element.id, "name": element.name, "type": element.kind, "description": element.description}
        parts = (_PATHS.get(element.kind, "policy-templates"), element.id)
        return link(self.server.href(exchange, *parts), attributes)

    def view(self, exchange: Exchange, category: Category) -> dict[str, Any]:
        """The whole document. What the caller may not see is not among the relations."""
        store, server = self.server.store, self.server
        line = store.line_of(category)
        href = server.href(exchange, "categories", category.id)
        relations: list[Link] = []
        if category.parent_id is not None:
            relations.append(self.link_of(exchange, store.categories[category.parent_id], "up"))
        else:
            relations.append(link(server.href(exchange, "categories"), rel="up"))
        relations.append(link(href, rel="add"))
        below = [one for one in store.children_of(category.id) if server.can_see(exchange, one)]
        relations += [self.link_of(exchange, one) for one in below]
        elements = [one for one in store.elements_in(category.id) if server.can_see(exchange, one)]
        relations += [self.element_link(exchange, one) for one in elements]
        relations.append(link(server.href(exchange, "categories", category.id, "permissions"), rel="permissions"))
        return {
            "id": category.id,
            "name": category.name,
            "type": category.type,
            "path": self.path_of(category),
            "path-ids": [one.id for one in line],
            "href": href,
            # A null is left out, as it is in the attributes of a link.
            **({} if category.description is None else {"description": category.description}),
            "relations": {"link": relations},
        }

    # Calls

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /categories`: all of them, or of a type, or the roots; conditions are not looked at."""
        wanted = exchange.request.first("categoryType")
        if wanted and wanted not in (*self._types, _EMPTY_TYPE):
            raise bad_request(f"Unknown category type: {wanted}")
        roots = exchange.flag("isRoot")
        rows = [
            self.link_of(exchange, one)
            for one in sorted(self.server.store.categories.values(), key=self.server.store.path_of)
            if wanted in (None, "", one.type)
            and not (roots and one.parent_id is not None)
            and self.server.can_see(exchange, one)
        ]
        return listing(exchange, "categories", rows)

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /categories/{id}`."""
        return exchange.json(self.view(exchange, self._find(exchange, identity)))

    def create_root(self, exchange: Exchange) -> Reply:
        """`POST /categories`; in 9.x the body may name the parent."""
        body = exchange.body()
        parent_id = body.get("parent-category-id") if self.server.release.generation >= 9 else None
        parent = self._find(exchange, str(parent_id), EDIT) if parent_id else None
        return self._create(exchange, body, parent)

    def create_child(self, exchange: Exchange, parent_id: str) -> Reply:
        """`POST /categories/{parent}`."""
        body = exchange.body()
        return self._create(exchange, body, self._find(exchange, parent_id, EDIT))

    def _create(self, exchange: Exchange, body: dict[str, Any], parent: Category | None) -> Reply:
        name = self._name(body)
        given = body.get("type")
        if given is None and self.server.release.generation >= 9:
            given = body.get("categoryType")
        if given not in self._types:
            raise bad_request(f"Unknown category type: {given}")
        if parent is not None and (parent.type != given or given == MODULE_CATEGORY):
            # Folders hold folders of their own type, and modules hold none (INFERRED).
            raise bad_request(f"A category of type {given} cannot be created in '{parent.name}'")
        try:
            category = self.server.store.add_category(given, name, parent, self._description(body))
        except Clash as problem:
            raise conflict(str(problem)) from problem
        href = self.server.href(exchange, "categories", category.id)
        return exchange.json(self.view(exchange, category), 201, [("location", href)])

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /categories/{id}`: name, description, and place. It replaces: no description clears it (INFERRED), no
        parent leaves it where it is, because a folder that moved to the roots by an omission would be no use."""
        store, body = self.server.store, exchange.body()
        category = self._find(exchange, identity, EDIT)
        name = self._name(body)
        if body.get("type", category.type) != category.type:
            raise bad_request("The type of a category cannot be changed")
        parent_id = category.parent_id
        if body.get("parent-category-id"):
            parent = self._find(exchange, str(body["parent-category-id"]), EDIT)
            if parent.type != category.type or category.type == MODULE_CATEGORY:
                raise bad_request(f"'{category.name}' cannot be moved to '{parent.name}'")
            parent_id = parent.id
        description = self._description(body)
        if (name, parent_id) != (category.name, category.parent_id):
            try:
                store.move_category(category, name, parent_id)
            except Clash as problem:
                raise conflict(str(problem)) from problem
        category.description = description
        return exchange.json(self.view(exchange, category))

    @staticmethod
    def _name(body: dict[str, Any]) -> str:
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise bad_request("The category name must not be empty")
        if "/" in name or "\\" in name:
            raise bad_request(f"The category name contains invalid characters (\\, /).Name: {name}")
        return name

    @staticmethod
    def _description(body: dict[str, Any]) -> str | None:
        description = body.get("description")
        if description is not None and not isinstance(description, str):
            raise bad_request("description must be a string")
        return description

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /categories/{id}`; with `deleteNonEmptyContent=true` also with what is in it."""
        store = self.server.store
        category = self._find(exchange, identity, EDIT)
        if store.children_of(category.id) or store.elements_in(category.id):
            if not exchange.flag("deleteNonEmptyContent"):
                # The status is not told (section 5); a conflict with what is there.
                raise Refusal(409, f"Folder '{category.name}' is not empty")
        store.remove_category(category)
        return exchange.nothing(200 if self.server.release.generation < 8 else 204)
