"""Configuration elements (contract section 13.1)."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..wire import Reply
from . import element_files, value_text, values
from .content_room import ContentRoom, changeset, texts
from .exchange import Exchange, Refusal, bad_request, conflict
from .file_markup import BadFile
from .listing import Link, link, listing
from .multipart import upload_of
from .routes import EDIT, Route, Routes
from .store import Attribute, Configuration, new_id

_VSOCONF = "application/vcoobject+xml"


class Configurations(ContentRoom[Configuration]):
    """`/configurations`."""

    family = "configurations"
    element = Configuration
    word = "Configuration element"

    def register(self, routes: Routes) -> None:
        """Adds its calls; what may be changed is asked of the folder or the element."""
        add = routes.add
        add("GET", "configurations", Route(self.list_all))
        add("POST", "configurations", Route(self.create_or_import, writes=True))
        add("GET", "configurations/*", Route(self.read))
        add("PUT", "configurations/*", Route(self.replace, writes=True))
        add("DELETE", "configurations/*", Route(self.delete, writes=True))

    # Views

    def link_of(self, exchange: Exchange, element: Configuration) -> Link:
        """An element in a list. That its folder is not told is the stricter reading of `[,categoryId]`."""
        attributes = {
            "id": element.id,
            "name": element.name,
            "description": element.description,
            "version": element.version,
        }
        return link(self.href(exchange, element), attributes)

    def _attribute(self, attribute: Attribute) -> dict[str, Any]:
        """An attribute in a document; one without a value has no `value`.

        A secret is never told: 8.18 tells what it was encrypted to and says so, the others nothing (20.4). Whoever
        sends back what he was told stores the encrypted text.
        """
        made: dict[str, Any] = {"name": attribute.name, "type": attribute.type}
        if attribute.description:
            made["description"] = attribute.description
        if attribute.value is None:
            return made
        if not values.is_secret(attribute.type):
            return {**made, "value": values.shown(attribute.value, self.generation)}
        key = values.key_of(attribute.type)
        if self.generation == 8 and key in attribute.value and key != "array":
            concealed = value_text.conceal(attribute.value[key]["value"])
            made["value"] = {key: {"value": concealed, "isPlainText": False}}
        return made

    def view(self, exchange: Exchange, element: Configuration) -> dict[str, Any]:
        """The document."""
        return {
            "id": element.id,
            "name": element.name,
            "description": element.description or "",
            "version": element.version,
            **({"category-id": element.category_id} if self.generation >= 8 else {}),
            "href": self.href(exchange, element),
            "attributes": [self._attribute(one) for one in element.attributes],
            "relations": self.relations(exchange, element, "permissions"),
        }

    # Reading

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /configurations`."""
        return listing(exchange, "configurations", [self.link_of(exchange, one) for one in self.visible(exchange)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /configurations/{id}`. 7.x gives its file for `application/vcoobject+xml`; no release gives an archive,
        and that 8.x and 9.x do not give the XML either is the stricter reading."""
        element = self.find(exchange, identity)
        if self.generation < 8 and exchange.accepts(_VSOCONF):
            text = element_files.write_configuration(element, self.generation, secrets=True)
            return exchange.raw(text.encode(), f"{_VSOCONF};charset=UTF-8")
        document = self.view(exchange, element)
        return exchange.json(document, headers=changeset(document) if self.generation >= 8 else None)

    # Changing

    def _attributes(self, body: dict[str, Any]) -> list[Attribute]:
        """The attributes of a body; none when it has none. Raises Refusal 400, for wrong keys as a page."""
        if "attribute" in body:
            # 8.18 says so (L8); the other releases are not known to take it.
            raise bad_request("Unrecognized field \"attribute\"; known are 'attributes'")
        given = body.get("attributes")
        if given is not None and not isinstance(given, list):
            raise bad_request("attributes must be an array")
        made: list[Attribute] = []
        for one in given or []:
            name = one.get("name") if isinstance(one, dict) else None
            declared = one.get("type") if isinstance(one, dict) else None
            if not isinstance(name, str) or not name or not isinstance(declared, str) or not declared:
                raise bad_request("Each attribute must have a name and a type")
            if any(other.name == name for other in made):
                raise bad_request(f"There are two attributes '{name}'")
            try:
                value = values.coerce(declared, one.get("value"), name)
            except values.BadValue as problem:
                raise bad_request(str(problem), page=True) from problem
            made.append(Attribute(name, declared, texts(one, "description")["description"], value))
        return made

    def create_or_import(self, exchange: Exchange) -> Reply:
        """`POST /configurations`: a document; in 7.x also an upload. Nobody could import anything into 8.18 and 9.1,
        because nothing exports such a file there: it is refused."""
        media = exchange.request.headers.get("content-type", "").lower()
        if media.startswith("multipart/"):
            if self.generation >= 8:
                raise Refusal(415, f"Content type '{media}' not supported", whole=True)
            return self.import_file(exchange)
        return self.create(exchange)

    def create(self, exchange: Exchange) -> Reply:
        """From a document. A second element of one name in a folder is no error without `uniqueName=true`."""
        body = exchange.body()
        given = texts(body, "name", "category-id", "description", "version")
        name = self.check_name(given["name"], "configuration element")
        attributes = self._attributes(body)
        category = self.folder(exchange, given["category-id"] or exchange.request.first("categoryId"), "category-id")
        if exchange.flag("uniqueName"):
            self._free(category.id, name)
        version = given["version"] or "0.0.0"
        element = Configuration(new_id(), name, category.id, given["description"], version, attributes)
        self.server.store.add(element)
        location = [("location", self.href(exchange, element))]
        return exchange.json(self.view(exchange, element), 201, location)

    def _free(self, category_id: str, name: str) -> None:
        if any(one.name == name for one in self.server.store.elements_in(category_id)):
            raise conflict(f"Configuration element with name '{name}' already exists in the category")

    def import_file(self, exchange: Exchange) -> Reply:
        """A `.vsoconf`; there is no overwriting (409, INFERRED)."""
        upload = upload_of(exchange.request)
        category = self.folder(exchange, upload.option(exchange.request, "categoryId"))
        try:
            element = element_files.read_configuration(upload.data, category.id)
        except BadFile as problem:
            raise bad_request("Not a valid configuration file") from problem
        if element.id in self.table:
            raise conflict(f"Configuration element with ID '{element.id}' already exists")
        self.server.store.add(element)
        return self.imported(exchange)

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /configurations/{id}`: everything, so that what is left out is gone: the description, every attribute.
        Without a name it is refused. `category-id` moves it from 8.x on (INFERRED, as for workflows)."""
        element = self.find(exchange, identity, EDIT)
        body = exchange.body()
        given = texts(body, "name", "category-id", "description", "version")
        changed = dataclasses.replace(
            element,
            name=self.check_name(given["name"], "configuration element"),
            description=given["description"],
            version=given["version"] or element.version,
            attributes=self._attributes(body),
        )
        if self.generation >= 8 and given["category-id"]:
            changed.category_id = self.folder(exchange, given["category-id"], "category-id").id
        self.server.store.add(changed)
        if self.generation >= 8:
            # 204 and nothing else is what terraform-provider-aria insists on, which is tried with live servers.
            return exchange.nothing(headers=changeset(self.view(exchange, changed)))
        return exchange.json(self.view(exchange, changed))
