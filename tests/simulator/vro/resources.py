"""Resource elements: files in folders (contract section 13.2)."""

from __future__ import annotations

import mimetypes
from typing import Any

from ..wire import Reply
from .content_room import STREAM, ContentRoom, attachment, texts
from .exchange import JSON, Exchange, conflict, not_acceptable
from .listing import Link, link, listing
from .multipart import upload_of
from .routes import EDIT, Route, Routes
from .store import Resource, new_id

_METADATA = "application/vnd.o11n.resource.metadata+json"


class Resources(ContentRoom[Resource]):
    """`/resources`."""

    family = "resources"
    element = Resource
    word = "Resource element"

    def register(self, routes: Routes) -> None:
        """Adds its calls; what may be changed is asked of the folder or the element."""
        add = routes.add
        add("GET", "resources", Route(self.list_all))
        add("POST", "resources", Route(self.create, writes=True))
        add("GET", "resources/*", Route(self.read))
        add("POST", "resources/*", Route(self.replace_content, writes=True))
        add("PUT", "resources/*", Route(self.update, writes=True, since=(8, 0)))
        add("DELETE", "resources/*", Route(self.delete, writes=True))

    # Views

    def link_of(self, exchange: Exchange, element: Resource) -> Link:
        """An element in a list; 7.x tells its type and its folder, too."""
        attributes: dict[str, object] = {
            "description": element.description,
            "id": element.id,
            "name": element.name,
            "version": element.version,
        }
        if self.generation < 8:
            attributes |= {"mime-type": element.mime_type, "categoryId": element.category_id}
        return link(self.href(exchange, element), attributes)

    def view(self, exchange: Exchange, element: Resource) -> dict[str, Any]:
        """The metadata. 8.18 and 9.1 do not say where it is, not even by a relation (L8, L9)."""
        relations = self.relations(exchange, element, "permissions")
        if self.generation >= 8:
            relations["link"] = [one for one in relations["link"] if one["rel"] != "up"]
        return {
            "id": element.id,
            "name": element.name,
            "description": element.description or "",
            "version": element.version,
            "mime-type": element.mime_type,
            **({"category-id": element.category_id} if self.generation < 8 else {}),
            "href": self.href(exchange, element),
            "relations": relations,
        }

    # Reading

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /resources`."""
        return listing(exchange, "resources", [self.link_of(exchange, one) for one in self.visible(exchange)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /resources/{id}`: the metadata for JSON, the bytes for anything that takes them."""
        element = self.find(exchange, identity)
        if exchange.accepts(JSON, _METADATA):
            return exchange.json(self.view(exchange, element))
        if not exchange.accepts(STREAM, "*/*", "application/*", element.mime_type.lower()):
            raise not_acceptable(exchange.accept)
        return exchange.raw(element.data, element.mime_type, attachment(element.name))

    # Changing

    def create(self, exchange: Exchange) -> Reply:
        """`POST /resources`: an upload. There is no overwriting: a second one of a name in a folder is a 409
        (INFERRED). The type is told from the name of the file, because clients call everything an octet stream."""
        upload = upload_of(exchange.request)
        category = self.folder(exchange, upload.option(exchange.request, "categoryId"))
        name = self.check_name(upload.file_name or None, "resource element")
        if any(one.name == name for one in self.server.store.elements_in(category.id)):
            raise conflict(f"Resource element with name '{name}' already exists in the category")
        guessed, _encoding = mimetypes.guess_type(name)
        element = Resource(new_id(), name, category.id, mime_type=guessed or STREAM, data=upload.data)
        self.server.store.add(element)
        return self.imported(exchange)

    def replace_content(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /resources/{id}`: other bytes under the same name and type."""
        element = self.find(exchange, identity, EDIT)
        element.data = upload_of(exchange.request).data
        return exchange.nothing(200)

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /resources/{id}`: the metadata. What is left out is cleared, but for type and version (INFERRED)."""
        element = self.find(exchange, identity, EDIT)
        given = texts(exchange.body(), "name", "description", "version", "mime-type")
        element.name = self.check_name(given["name"], "resource element")
        element.description = given["description"]
        element.version = given["version"] or element.version
        element.mime_type = given["mime-type"] or element.mime_type
        return exchange.json(self.view(exchange, element))
