"""Actions and their modules as content (contract section 11). What runs them is elsewhere."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..wire import Reply
from . import element_files
from .content_room import ZIP, ContentRoom, attachment, parameters, texts
from .exchange import Exchange, Refusal, bad_request, conflict, not_found
from .listing import Link, link, listing
from .multipart import upload_of
from .package_import import drop_empty_module
from .routes import EDIT, VIEW, Route, Routes
from .store import MODULE_CATEGORY, Action, Category, new_id

# "7.x late" is all that is known (section 18): 7.6 is the last 7.x, and 7.3 is not late.
_JSON_SINCE = (7, 6)


class Actions(ContentRoom[Action]):
    """`/actions`."""

    family = "actions"
    element = Action
    word = "Action"

    def register(self, routes: Routes) -> None:
        """Adds its calls; what may be changed is asked of the module or the action."""
        add = routes.add
        add("GET", "actions", Route(self.list_all))
        add("POST", "actions", Route(self.create_or_import, writes=True))
        add("GET", "actions/*", Route(self.read))
        add("GET", "actions/*/*", Route(self.read_named))
        add("PUT", "actions/*", Route(self.update, writes=True, since=_JSON_SINCE))
        add("DELETE", "actions/*", Route(self.delete, writes=True))

    # Views

    def fqn(self, action: Action) -> str:
        """`module/name`."""
        return f"{self.server.store.module_of(action)}/{action.name}"

    def link_of(self, exchange: Exchange, action: Action) -> Link:
        """An action in a list, which has no module of its own."""
        return link(
            self.href(exchange, action),
            {
                "id": action.id,
                "name": action.name,
                "description": action.description,
                "fqn": self.fqn(action),
                "version": action.version,
            },
        )

    def view(self, exchange: Exchange, action: Action) -> dict[str, Any]:
        """The document."""
        modern: dict[str, Any] = {
            "bundleHasContent": False,
            "runtimeMemoryLimit": 0,
            "runtimeTimeout": 0,
            **({"runtime": action.runtime} if action.runtime else {}),
        }
        inputs = [{"name": one.name, "type": one.type, "description": one.description} for one in action.inputs]
        return {
            "id": action.id,
            "name": action.name,
            "module": self.server.store.module_of(action),
            "fqn": self.fqn(action),
            "version": action.version,
            "description": action.description or "",
            "script": action.script,
            "output-type": action.output_type,
            "input-parameters": inputs,
            **(modern if self.generation >= 8 else {}),
            "relations": self.relations(exchange, action, "executions", "permissions"),
            "href": self.href(exchange, action),
        }

    # Reading

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /actions`."""
        return listing(exchange, "actions", [self.link_of(exchange, one) for one in self.visible(exchange)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /actions/{id}`: the document, or the artifact."""
        action = self.find(exchange, identity)
        if exchange.accepts(ZIP):
            return exchange.raw(element_files.save_action(action), ZIP, attachment(f"{action.name}.action"))
        return exchange.json(self.view(exchange, action))

    def read_named(self, exchange: Exchange, module: str, name: str) -> Reply:
        """`GET /actions/{module}/{name}`: the document alone; an artifact by this address is a 400 (L8, L9)."""
        if exchange.accepts(ZIP):
            raise bad_request("The request cannot be processed", page=True)
        action = self.server.store.action_named(module, name)
        if action is None:
            raise not_found(f"Action '{module}/{name}' not found")
        self.server.demand(exchange, VIEW, action)
        return exchange.json(self.view(exchange, action))

    # Changing

    def create_or_import(self, exchange: Exchange) -> Reply:
        """`POST /actions`: an upload, or a document where the release knows of it."""
        media = exchange.request.headers.get("content-type", "").lower()
        if media.startswith("multipart/") or self.server.release.number < _JSON_SINCE:
            return self.import_file(exchange)
        return self.create(exchange)

    def _read_body(self, exchange: Exchange, present: Action | None) -> tuple[dict[str, Any], str | None]:
        """What a document says of an action, and its module."""
        body = exchange.body()
        given = texts(body, "name", "module", "version", "description", "script", "output-type", "runtime")
        name = given["name"] if present is None or given["name"] is not None else present.name
        read = {
            "name": self.check_name(name, "action"),
            "description": given["description"],
            "version": given["version"] or (present.version if present else "1.0.0"),
            "script": given["script"] or "",
            "output_type": given["output-type"] or "void",
            "inputs": parameters(body, "input-parameters"),
            "runtime": given["runtime"],
        }
        return read, given["module"]

    def create(self, exchange: Exchange) -> Reply:
        """From a document; the module is made when it is missing."""
        read, module = self._read_body(exchange, None)
        if not module or "/" in module:
            raise bad_request(f"Invalid module name: {module}")
        category = self.server.store.category_at(MODULE_CATEGORY, module)
        if category is None:
            if EDIT not in exchange.person.rights:
                raise Refusal(403, "Access is denied")
        else:
            self.server.demand(exchange, EDIT, category)
            if self.server.store.action_named(module, read["name"]) is not None:
                raise conflict(f"Action '{module}/{read['name']}' already exists")
        category = category or self.server.store.add_category(MODULE_CATEGORY, module)
        action = Action(new_id(), category_id=category.id, **read)
        self.server.store.add(action)
        location = [("location", self.href(exchange, action))]
        return exchange.json(self.view(exchange, action), 201, location)

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /actions/{id}`: replaces, and answers the envelope of a validation. What is left out is cleared; another
        module moves it when that one is there."""
        action = self.find(exchange, identity, EDIT)
        read, module = self._read_body(exchange, action)
        category = self.server.store.categories[action.category_id]
        if module and module != category.name:
            category = self._module(exchange, module)
        twin = self.server.store.action_named(category.name, read["name"])
        if twin is not None and twin is not action:
            raise conflict(f"Action '{category.name}/{read['name']}' already exists")
        old = action.category_id
        self.server.store.add(dataclasses.replace(action, category_id=category.id, **read))
        drop_empty_module(self.server.store, old)
        return exchange.json({"errors": []})

    def _module(self, exchange: Exchange, name: str | None) -> Category:
        category = self.server.store.category_at(MODULE_CATEGORY, name) if name else None
        if category is None:
            raise not_found("Action category name not found")
        self.server.demand(exchange, EDIT, category)
        return category

    def import_file(self, exchange: Exchange) -> Reply:
        """A `.action`, into a module that is there. It replaces the action of its id or of its name there only with
        `overwrite`."""
        upload = upload_of(exchange.request)
        name = upload.option(exchange.request, "categoryName")
        if not name:
            raise bad_request("Required request parameter 'categoryName' is not present")
        category = self._module(exchange, name)
        action = self.opened(element_files.open_action, upload.data, category.id, "Not a valid action file")
        present: Action | None = self.table.get(action.id)
        twin = self.server.store.action_named(category.name, action.name)
        if (present or twin) and not upload.flag(exchange.request, "overwrite"):
            raise conflict(f"Action '{category.name}/{action.name}' already exists")
        for other in filter(None, (present, twin)):
            self.server.demand(exchange, EDIT, other)
        if present is not None:
            # It stays where it is: that an import moves nothing is the stricter reading (UNKNOWN).
            action.category_id = present.category_id
        if twin is not None and twin.id != action.id:
            if present is not None:
                raise conflict(f"Action '{category.name}/{action.name}' already exists")
            self.server.store.remove(twin)
        self.server.store.add(action)
        return self.imported(exchange)

    def called(self, element: Action) -> list[str]:
        """Items say module and name."""
        return [self.fqn(element)]

    def remove(self, element: Action) -> None:
        """With the last of its actions a module is gone (L8; the other releases are INFERRED)."""
        super().remove(element)
        drop_empty_module(self.server.store, element.category_id)
