"""Packages (contract sections 13.3 and 13.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..wire import Reply
from . import element_files, package_import
from .content_room import STREAM, ZIP, attachment, texts
from .exchange import Exchange, bad_request, conflict, not_acceptable, not_found
from .file_markup import BadFile, encode
from .listing import Link, link, listing
from .multipart import upload_of
from .package_files import PackageFile, PackedElement, Signer, certificate_info, save_package, word_of
from .package_import import Options
from .routes import EDIT, VIEW, Route, Routes
from .server import Room, Server
from .store import (
    MODULE_CATEGORY,
    Action,
    Category,
    Configuration,
    Element,
    Package,
    PolicyTemplate,
    Resource,
    Store,
    Workflow,
    new_hex_id,
)
from .workflow_model import parse

HELD_SECONDS = 2.0
_TAG_MODES = ("DoNotImport", "ImportAndOverwriteExistingValue", "ImportButPreserveExistingValue")
_OPTIONS = ("deletePackage", "deletePackageWithContent", "deletePackageKeepingShared")
_KINDS: dict[str, type[Element]] = {
    "workflows": Workflow,
    "actions": Action,
    "configurations": Configuration,
    "resources": Resource,
}
# What wraps a member in the document, and its relation (captured: that of an action is `actions`).
_WRAPPERS = {
    "workflows": ("workflow", "workflow"),
    "actions": ("actions", "action"),
    "configurations": ("configuration", "configuration"),
    "resources": ("resource", "resource"),
}


class Packages(Room):
    """`/packages` and `/content/packages`."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._trusted: set[str] = set()
        self._tags: dict[str, list[str]] = {}
        self._files: dict[str, dict[str, bytes]] = {}
        """Tags and further files of elements, as packages brought them."""

    def clear(self) -> None:
        """Nobody is trusted but the server itself."""
        self._trusted.clear()
        self._tags.clear()
        self._files.clear()

    def register(self, routes: Routes) -> None:
        """Adds its calls. Importing and making one takes the right to change things at all; the rest is asked of it."""
        add = routes.add
        add("GET", "packages", Route(self.list_all))
        add("POST", "packages", Route(self.import_file, right=EDIT, writes=True))
        add("POST", "content/packages", Route(self.import_file, right=EDIT, writes=True))
        add("POST", "packages/import-details", Route(self.import_details, since=(8, 0)))
        add("GET", "packages/*", Route(self.read))
        add("GET", "content/packages/*", Route(self.export))
        add("PUT", "packages/*", Route(self.create, right=EDIT, writes=True))
        add("PATCH", "packages/*", Route(self.change, writes=True))
        add("DELETE", "packages/*", Route(self.delete, writes=True))
        add("POST", "packages/*/rebuild", Route(self.rebuild, writes=True))
        for word, family in (("workflow", "workflows"), ("configuration", "configurations"), ("resource", "resources")):

            def add_one(exchange: Exchange, name: str, identity: str, family: str = family) -> Reply:
                return self._join(exchange, name, family, self._named(exchange, family, [identity]))

            def take_one(exchange: Exchange, name: str, identity: str, family: str = family) -> Reply:
                return self._leave(exchange, name, family, identity)

            add("POST", f"packages/*/{word}/*", Route(add_one, writes=True))
            add("DELETE", f"packages/*/{word}/*", Route(take_one, writes=True))
        add("POST", "packages/*/action/*", Route(self.add_module, writes=True))
        add("POST", "packages/*/action/*/*", Route(self.add_action, writes=True))
        add("DELETE", "packages/*/action/*/*", Route(self.take_action, writes=True))
        add("POST", "packages/*/workflow_category/*", Route(self.add_workflow_category, writes=True))
        add("POST", "packages/*/configuration_category/*", Route(self.add_configuration_category, writes=True))
        add("POST", "packages/*/resource_category/*", Route(self.add_resource_category, writes=True))

    # Finding

    def _find(self, exchange: Exchange, name: str, letter: str = VIEW) -> Package:
        package = exchange.pick(self.server.store.packages, name, "Package")
        self.server.demand(exchange, letter, package)
        return package

    def _members(self, package: Package, kind: type[Element]) -> list[Any]:
        """The members of a kind that are there."""
        table = self.server.store.of_kind(kind.kind)
        return [table[one] for one in package.members.get(kind.kind, ()) if one in table]

    # Views

    def _member(self, exchange: Exchange, family: str, element: Element) -> dict[str, Any]:
        wrapper, rel = _WRAPPERS[family]
        attributes: dict[str, object] = {
            "id": element.id,
            "name": element.name,
            "description": element.description or "",
        }
        if isinstance(element, Action):
            module = self.server.store.module_of(element)
            attributes |= {"fqn": f"{module}/{element.name}", "version": element.version}
            attributes |= {"result-type": element.output_type, "module": module}
        else:
            attributes["version"] = element.version
        if isinstance(element, Resource):
            attributes["mimeType"] = element.mime_type
        return {wrapper: link(self.server.href(exchange, family, element.id), attributes, rel)}

    def view(self, exchange: Exchange, package: Package) -> dict[str, Any]:
        """The document. 9.1 leaves out kinds of which there is nothing, the others tell empty arrays (section 13.3)."""
        lists: dict[str, Any] = {
            family: [self._member(exchange, family, one) for one in self._members(package, kind)]
            for family, kind in _KINDS.items()
        }
        lists["policyTemplates"] = []
        if self.server.release.generation >= 9:
            lists = {family: listed for family, listed in lists.items() if listed}
        return {
            "id": package.id,
            "name": package.name,
            "description": package.description,
            "href": self.server.href(exchange, "packages", package.name),
            **lists,
            "usedPlugins": [
                {**one, "server-version": self._plugin_version(one["name"])} for one in package.used_plugins
            ],
        }

    def _plugin_version(self, name: str) -> str:
        plugin = self.server.store.plugins.get(name)
        return plugin.version if plugin is not None else ""

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /packages`."""
        seen = [one for one in self.server.store.packages.values() if self.server.can_see(exchange, one)]
        rows: list[Link] = [
            link(
                self.server.href(exchange, "packages", one.name),
                {"name": one.name, "id": one.id, "description": one.description or None},
            )
            for one in sorted(seen, key=lambda one: one.name.lower())
        ]
        return listing(exchange, "packages", rows)

    def read(self, exchange: Exchange, name: str) -> Reply:
        """`GET /packages/{name}`: the document, or the file for whoever names an archive or a stream."""
        if exchange.accepts(ZIP, STREAM):
            return self.export(exchange, name)
        return exchange.json(self.view(exchange, self._find(exchange, name)))

    # Export

    @property
    def signer(self) -> Signer:
        """Who signs what this server exports."""
        return Signer.of(f"vRO {self.server.host}")

    def export(self, exchange: Exchange, name: str) -> Reply:
        """The file of a package. Values of attributes are in it unless they are not wanted, secrets when they are."""
        package = self._find(exchange, name)
        if not exchange.accepts(ZIP, STREAM, "*/*", "application/*"):
            raise not_acceptable(exchange.accept)

        def wanted(option: str, default: bool) -> bool:
            given = exchange.request.first(option)
            return default if given is None else given.lower() == "true"

        values = wanted("exportConfigurationAttributeValues", True)
        modern = self.server.release.generation >= 8
        # 7.x has no option for secrets (section 18): they are values like others there.
        secrets = wanted("exportConfigSecureStringAttributeValues", False) if modern else values
        elements = [
            self._packed(one, values, secrets)
            for kind in (*_KINDS.values(), PolicyTemplate)
            for one in self._members(package, kind)
        ]
        release = self.server.release
        file = PackageFile(
            exchange.request.first("packageName") or package.name,
            package.id,
            package.description,
            elements,
            package.used_plugins,
            f"{release.patch}.{release.build}",
        )
        tags, history = wanted("exportGlobalTags", True), wanted("exportVersionHistory", True)
        content = save_package(file, self.signer, tags, history)
        return exchange.raw(content, ZIP, attachment(f"{file.name}.package"))

    def _packed(self, element: Element, values: bool, secrets: bool) -> PackedElement:
        store, form = self.server.store, None
        category = store.categories[element.category_id]
        path = [category.name] if category.type == MODULE_CATEGORY else [one.name for one in store.line_of(category)]
        if isinstance(element, Workflow):
            # A package keeps the form that a native export drops (L9).
            data, form = element_files.workflow_data(element), element.form
        elif isinstance(element, Action):
            data = encode(element_files.write_action(element))
        elif isinstance(element, Configuration):
            generation = self.server.release.generation
            data = encode(element_files.write_configuration(element, generation, values, secrets))
        elif isinstance(element, Resource):
            data = element_files.write_resource(element)
        else:
            data = b""
        tags, files = self._tags.get(element.id, []), self._files.get(element.id, {})
        return PackedElement(element.id, word_of(element.kind), data, path, list(tags), form, dict(files))

    # Import

    def _is_trusted(self, fingerprint: str) -> bool:
        own = certificate_info(self.signer.certificate)["fingerprintSHA1"]
        return fingerprint == own or fingerprint in self._trusted

    def import_details(self, exchange: Exchange) -> Reply:
        """`POST /packages/import-details`: what an import would meet; nothing is changed."""
        package = package_import.read(upload_of(exchange.request).data)
        return exchange.json(package_import.details(self.server.store, package, self._is_trusted))

    def import_file(self, exchange: Exchange) -> Reply:
        """`POST /packages`: an upload. The names of the queries are those of section 13.3; others mean nothing."""
        package = package_import.read(upload_of(exchange.request).data)
        mode = exchange.request.first("tagImportMode")
        if mode and mode not in _TAG_MODES:
            raise bad_request(f"No enum constant for tagImportMode '{mode}'; there are {', '.join(_TAG_MODES)}")
        values = exchange.flag("importConfigurationAttributeValues")
        modern = self.server.release.generation >= 8
        secrets = exchange.flag("importConfigSecureStringAttributeValues") if modern else values
        options = Options(exchange.flag("overwrite"), values, secrets)
        present = self.server.store.packages.get(package.name)
        if present is not None:
            self.server.demand(exchange, EDIT, present)
        package_import.apply(
            self.server.store, package, options, lambda one: self.server.demand(exchange, EDIT, one)
        )  # fmt: skip
        for one in package.elements:
            self._files[one.id] = dict(one.files)
            if mode == _TAG_MODES[1] or (mode == _TAG_MODES[2] and one.id not in self._tags):
                self._tags[one.id] = list(one.tags)
        if package.certificate is not None:
            # Whose package was taken once is known from then on (INFERRED).
            self._trusted.add(certificate_info(package.certificate)["fingerprintSHA1"])
        return exchange.nothing(202)

    # Members

    def _named(self, exchange: Exchange, family: str, ids: Iterable[Any]) -> list[Element]:
        """The elements of these ids. Raises Refusal 404."""
        table = self.server.store.of_kind(_KINDS[family].kind)
        found = []
        for identity in ids:
            element: Element = exchange.pick(table, str(identity), _KINDS[family].kind)
            self.server.demand(exchange, VIEW, element)
            found.append(element)
        return found

    def _items(self, exchange: Exchange, body: dict[str, Any], name: str) -> dict[str, list[str]] | None:
        """`items` of a body: ids by kind; None when there are none. Raises Refusal 400, 404."""
        given = body.get(name)
        if given is None:
            return None
        if not isinstance(given, dict) or not all(isinstance(one, list) or one is None for one in given.values()):
            raise bad_request(f"{name} must be an object of arrays")
        found: dict[str, list[str]] = {}
        for family, ids in given.items():
            if family not in _KINDS:
                raise bad_request(f"Unknown kind of elements '{family}'")
            found[_KINDS[family].kind] = [one.id for one in self._named(exchange, family, ids or ())]
        return found

    def create(self, exchange: Exchange, name: str) -> Reply:
        """`PUT /packages/{name}`: an empty package, or one of elements that are there; 409 when there is one."""
        body = exchange.body()
        if name in self.server.store.packages:
            raise conflict(f"Package with name '{name}' already exists")
        members = self._items(exchange, body, "items") or {}
        description = texts(body, "description")["description"] or ""
        package = Package(new_hex_id(), name, description, members)
        self.server.store.packages[name] = package
        location = self.server.href(exchange, "packages", name)
        return exchange.json(self.view(exchange, package), 201, [("location", location)])

    def change(self, exchange: Exchange, name: str) -> Reply:
        """`PATCH /packages/{name}`: other members, another name."""
        package = self._find(exchange, name, EDIT)
        body = exchange.body()
        listed = self._items(exchange, body, "items")
        more = self._items(exchange, body, "add-items") or {}
        less = self._items(exchange, body, "delete-items") or {}
        new_name = texts(body, "name")["name"] or package.name
        if new_name != package.name and new_name in self.server.store.packages:
            raise conflict(f"Package with name '{new_name}' already exists")
        members = package.members if listed is None else listed
        for kind, ids in more.items():
            members.setdefault(kind, []).extend(one for one in ids if one not in members[kind])
        for kind, ids in less.items():
            members[kind] = [one for one in members.get(kind, []) if one not in ids]
        package.members = members
        if new_name != package.name:
            del self.server.store.packages[package.name]
            package.name = new_name
            self.server.store.packages[new_name] = package
        return exchange.nothing()

    def _join(self, exchange: Exchange, name: str, family: str, elements: Iterable[Element]) -> Reply:
        package = self._find(exchange, name, EDIT)
        listed = package.members.setdefault(_KINDS[family].kind, [])
        listed.extend(one.id for one in elements if one.id not in listed)
        return exchange.json(self.view(exchange, package), 201 if self.server.release.generation >= 9 else 200)

    def _leave(self, exchange: Exchange, name: str, family: str, identity: str) -> Reply:
        package = self._find(exchange, name, EDIT)
        listed = package.members.get(_KINDS[family].kind, [])
        if identity not in listed:
            raise not_found(f"Package '{name}' has no element with ID '{identity}'")
        listed.remove(identity)
        return exchange.nothing(200 if self.server.release.generation < 8 else 204)

    def _module(self, name: str) -> Category:
        category = self.server.store.category_at(MODULE_CATEGORY, name)
        if category is None:
            raise not_found("Action category name not found")
        return category

    def _action(self, module: str, name: str) -> Action:
        action = self.server.store.action_named(module, name)
        if action is None:
            raise not_found(f"Action '{module}/{name}' not found")
        return action

    def add_module(self, exchange: Exchange, name: str, module: str) -> Reply:
        """`POST …/action/{module}/`: every action of a module."""
        return self._join(exchange, name, "actions", self.server.store.elements_in(self._module(module).id))

    def add_action(self, exchange: Exchange, name: str, module: str, action: str) -> Reply:
        """`POST …/action/{module}/{name}`."""
        return self._join(exchange, name, "actions", [self._action(module, action)])

    def take_action(self, exchange: Exchange, name: str, module: str, action: str) -> Reply:
        """`DELETE …/action/{module}/{name}`."""
        return self._leave(exchange, name, "actions", self._action(module, action).id)

    def _below(self, category: Category) -> list[Element]:
        store = self.server.store
        found = list(store.elements_in(category.id))
        for child in store.children_of(category.id):
            found += self._below(child)
        return found

    def add_workflow_category(self, exchange: Exchange, name: str, identity: str) -> Reply:
        """`POST …/workflow_category/{id}`: every workflow in a folder and below."""
        category = exchange.pick(self.server.store.categories, identity, "Category")
        if category.type != Workflow.category_type:
            raise not_found(f"Category with ID '{identity}' not found")
        return self._join(exchange, name, "workflows", self._below(category))

    def _dotted(self, category_type: str, path: str) -> Category:
        """A folder by its path with dots for slashes; names may have dots themselves."""
        store = self.server.store
        for one in store.categories.values():
            if one.type == category_type and store.path_of(one).replace("/", ".") == path:
                return one
        raise not_found(f"Category '{path}' not found")

    def add_configuration_category(self, exchange: Exchange, name: str, path: str) -> Reply:
        """`POST …/configuration_category/{dotted.path}/`: the configuration elements in a folder, not those below it: a
        public client (JS) names every folder for itself."""
        category = self._dotted(Configuration.category_type, path)
        return self._join(exchange, name, "configurations", self.server.store.elements_in(category.id))

    def add_resource_category(self, exchange: Exchange, name: str, path: str) -> Reply:
        """`POST …/resource_category/{dotted.path}/`: the same for resource elements (JS)."""
        category = self._dotted(Resource.category_type, path)
        return self._join(exchange, name, "resources", self.server.store.elements_in(category.id))

    def rebuild(self, exchange: Exchange, name: str) -> Reply:
        """`POST …/rebuild`: what its workflows call and read becomes a member, too."""
        package = self._find(exchange, name, EDIT)
        waiting = list(self._members(package, Workflow))
        while waiting:
            for element in self._needed(waiting.pop()):
                listed = package.members.setdefault(element.kind, [])
                if element.id not in listed:
                    listed.append(element.id)
                    waiting += [element] if isinstance(element, Workflow) else []
        return exchange.nothing(200 if self.server.release.generation < 8 else 204)

    def _needed(self, workflow: Workflow) -> list[Element]:
        """Workflows that it links to, actions that it calls by an item, configuration elements that it is bound to."""
        store = self.server.store
        try:
            model = parse(workflow.content)
        except BadFile:
            return []
        found: list[Element | None] = []
        for item in model.items.values():
            found.append(store.workflows.get(item.linked_workflow_id))
            module, slash, name = item.script_module.partition("/")
            found.append(store.action_named(module, name) if slash else None)
        for attribute in model.attributes:
            found.append(store.configurations.get(attribute.configuration[0]) if attribute.configuration else None)
        return [one for one in found if one is not None]

    # Deleting

    def delete(self, exchange: Exchange, name: str) -> Reply:
        """`DELETE /packages/{name}[?option=…]`: alone, with its members, or with those that no other package has.
        Members that stay count as in use for another two seconds (L9)."""
        package = self._find(exchange, name, EDIT)
        option = exchange.request.first("option") or _OPTIONS[0]
        if option not in _OPTIONS:
            raise bad_request(f"Unknown option '{option}'; there are {', '.join(_OPTIONS)}")
        store = self.server.store
        members = _members(store, package)
        gone: list[Element] = []
        if option != _OPTIONS[0]:
            others = [one for one in store.packages.values() if one is not package]
            shared = {identity for one in others for ids in one.members.values() for identity in ids}
            gone = [one for one in members if option == _OPTIONS[1] or one.id not in shared]
            for element in gone:
                self.server.demand(exchange, EDIT, element)
        _take(store, package, gone)
        store.hold([one.id for one in members if one not in gone], HELD_SECONDS)
        return exchange.nothing(200 if self.server.release.generation < 8 else 204)


def _members(store: Store, package: Package) -> list[Element]:
    """The members of a package that are there."""
    kinds: tuple[type[Element], ...] = (*_KINDS.values(), PolicyTemplate)
    tables = [store.of_kind(kind.kind) for kind in kinds]
    listed = [one for ids in package.members.values() for one in ids]
    return [table[one] for table in tables for one in listed if one in table]


def _take(store: Store, package: Package, gone: Iterable[Element]) -> None:
    """A package and these of its members leave the server."""
    del store.packages[package.name]
    store.rules.pop(("Package", package.name), None)
    for element in gone:
        store.remove(element)
        package_import.drop_empty_module(store, element.category_id)


def remove_package(store: Store, package: Package, with_content: bool) -> list[Element]:
    """The same behind everybody's back; answers what went with it."""
    gone = _members(store, package) if with_content else []
    _take(store, package, gone)
    return gone
