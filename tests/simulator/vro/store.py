"""What one orchestrator holds and several rooms look at: folders, elements, packages, permissions, REST hosts.

A room that alone cares for something (executions, tasks, plug-ins, sessions) keeps it for itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

Value = dict[str, Any]
"""A value in its wire form: one key such as `string`, and what stands below it (contract section 7)."""

WORKFLOW_CATEGORY = "WorkflowCategory"
MODULE_CATEGORY = "ScriptModuleCategory"
CONFIGURATION_CATEGORY = "ConfigurationElementCategory"
RESOURCE_CATEGORY = "ResourceElementCategory"
POLICY_CATEGORY = "PolicyTemplateCategory"
CATEGORY_TYPES = (WORKFLOW_CATEGORY, MODULE_CATEGORY, CONFIGURATION_CATEGORY, RESOURCE_CATEGORY, POLICY_CATEGORY)


class Clash(Exception):
    """Two siblings of one name, or a folder below itself; the message says which."""


@dataclass
class Category:
    """A folder. The modules of actions are folders, too: flat ones, whose names have dots."""

    id: str
    name: str
    type: str
    parent_id: str | None = None
    description: str | None = None


@dataclass
class Parameter:
    """An input or output of a workflow, or an input of an action."""

    name: str
    type: str
    """As declared: `string`, `Array/string`, `VC:VirtualMachine` ..."""
    description: str = ""


@dataclass
class Attribute:
    """One attribute of a configuration element."""

    name: str
    type: str
    description: str | None = None
    value: Value | None = None
    """None: it has none."""


@dataclass
class Element:
    """What every content element has."""

    kind: ClassVar[str] = ""
    """The type as relations and the catalog write it."""
    category_type: ClassVar[str] = ""
    """What kind of folder holds it."""
    id: str
    name: str
    category_id: str
    description: str | None = None
    version: str = "0.0.0"


@dataclass
class Workflow(Element):
    """A workflow. What it does stands in `content`, or in the simulator where it is a library workflow."""

    kind = "Workflow"
    category_type = WORKFLOW_CATEGORY
    inputs: list[Parameter] = field(default_factory=list)
    outputs: list[Parameter] = field(default_factory=list)
    content: str = ""
    """The decoded `workflow-content` of its artifact (XML); empty for an empty shell and for library workflows."""
    form: str | None = None
    """The decoded `input_form_` of its artifact."""
    library: bool = False
    """Whether it was shipped: then its id says what it does (library.py)."""
    mandatory: tuple[str, ...] = ()
    """Names of the inputs that must have a value; only the presentation tells (section 6)."""


@dataclass
class Action(Element):
    """An action; its folder is its module."""

    kind = "Action"
    category_type = MODULE_CATEGORY
    script: str = ""
    output_type: str = "void"
    inputs: list[Parameter] = field(default_factory=list)
    runtime: str | None = None
    """`python:3.11` for example; None: JavaScript."""


@dataclass
class Configuration(Element):
    """A configuration element."""

    kind = "ConfigurationElement"
    category_type = CONFIGURATION_CATEGORY
    attributes: list[Attribute] = field(default_factory=list)


@dataclass
class Resource(Element):
    """A resource element: a file."""

    kind = "ResourceElement"
    category_type = RESOURCE_CATEGORY
    mime_type: str = "application/octet-stream"
    data: bytes = b""


@dataclass
class PolicyTemplate(Element):
    """A policy template: only its place in a folder and in a package is known."""

    kind = "PolicyTemplate"
    category_type = POLICY_CATEGORY


KINDS: dict[str, type[Element]] = {one.kind: one for one in (Workflow, Action, Configuration, Resource, PolicyTemplate)}


@dataclass
class Package:
    """A package: a name and its members, which are elements of the server."""

    id: str
    name: str
    description: str = ""
    members: dict[str, list[str]] = field(default_factory=dict)
    """Kind to ids of elements, in order."""
    used_plugins: list[dict[str, str]] = field(default_factory=list)
    """`name` and `version` of each plug-in that its members need."""


@dataclass
class Rule:
    """One permission of an object."""

    id: str
    principal: str
    rights: str
    """Letters of section 14."""


@dataclass
class RestOperation:
    """An operation of a REST host."""

    id: str
    name: str
    method: str
    url_template: str
    content_type: str = ""


@dataclass
class RestHost:
    """A REST host: what the workflow "Add a REST host" makes."""

    id: str
    name: str
    url: str
    authentication: str = "NONE"
    settings: dict[str, Any] = field(default_factory=dict)
    """The other inputs of the workflow, secrets included: no answer shows them."""
    operations: dict[str, RestOperation] = field(default_factory=dict)
    """By id."""


@dataclass
class SdkConnection:
    """A vCenter that the plug-in VC is connected to."""

    host: str
    port: int = 443
    path: str = "/sdk"
    user: str = ""
    enabled: bool = True

    @property
    def id(self) -> str:
        """The dunesId is the host's name."""
        return self.host

    @property
    def url(self) -> str:
        """As the plug-in shows it."""
        return f"https://{self.host}:{self.port}{self.path}"


@dataclass
class Plugin:
    """A plug-in that the server has loaded (plugins.py)."""

    name: str
    """The module name, which is its key."""
    display_name: str
    version: str
    build: str = "1"
    description: str = ""
    enabled: bool = True
    log_level: str = "DEFAULT"
    file: bytes | None = None
    """Its `.dar`; None for a shipped one."""

    @property
    def file_name(self) -> str:
        """The name of its archive."""
        return f"o11nplugin-{self.name.lower()}-{self.version}.dar"


def new_id() -> str:
    """A GUID, the id of most elements."""
    return str(uuid.uuid4())


def new_hex_id() -> str:
    """32 hexadecimal digits, the id of folders, packages and executions."""
    return uuid.uuid4().hex


class Store:
    """The state of one server."""

    def __init__(self, now: Callable[[], int]) -> None:
        """`now`: epoch milliseconds of the simulator's clock."""
        self._now = now
        self.clear()

    def clear(self) -> None:
        """Nothing at all, not even the library."""
        self.categories: dict[str, Category] = {}
        self.workflows: dict[str, Workflow] = {}
        self.actions: dict[str, Action] = {}
        self.configurations: dict[str, Configuration] = {}
        self.resources: dict[str, Resource] = {}
        self.policies: dict[str, PolicyTemplate] = {}
        self.packages: dict[str, Package] = {}
        """By name, which is their key (section 13.3)."""
        self.rules: dict[tuple[str, str], list[Rule]] = {}
        """By kind and id of the object: Workflow, Package (its name), WorkflowCategory ..."""
        self.rest_hosts: dict[str, RestHost] = {}
        self.sdk_connections: dict[str, SdkConnection] = {}
        self.plugins: dict[str, Plugin] = {}
        """By module name."""
        self._held_until: dict[str, int] = {}

    # Elements

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The elements of one kind by id: Workflow, Action, ConfigurationElement, ResourceElement, PolicyTemplate."""
        tables: dict[str, dict[str, Any]] = {
            Workflow.kind: self.workflows,
            Action.kind: self.actions,
            Configuration.kind: self.configurations,
            Resource.kind: self.resources,
            PolicyTemplate.kind: self.policies,
        }
        return tables[kind]

    def elements(self) -> Iterator[Element]:
        """All of all kinds."""
        for kind in KINDS:
            yield from self.of_kind(kind).values()

    def add(self, element: Element) -> None:
        """Adds an element, or replaces the one with its id."""
        self.of_kind(element.kind)[element.id] = element

    def remove(self, element: Element) -> None:
        """Removes an element from the server, from its packages, and what was allowed on it."""
        self.of_kind(element.kind).pop(element.id, None)
        self.rules.pop((element.kind, element.id), None)
        for package in self.packages.values():
            members = package.members.get(element.kind, [])
            if element.id in members:
                members.remove(element.id)

    def module_of(self, action: Action) -> str:
        """The name of an action's module."""
        return self.categories[action.category_id].name

    def action_named(self, module: str, name: str) -> Action | None:
        """An action by module and name."""
        category = self.category_at(MODULE_CATEGORY, module)
        found = self.elements_in(category.id) if category else []
        return next((one for one in found if isinstance(one, Action) and one.name == name), None)

    def hold(self, ids: Iterable[str], seconds: float) -> None:
        """For so long these elements count as in use, although the package that held them is gone (section 6)."""
        until = self._now() + int(seconds * 1000)
        self._held_until.update(dict.fromkeys(ids, until))

    def is_held(self, element_id: str) -> bool:
        """Whether an element is still held by a package that was deleted a moment ago."""
        return self._held_until.get(element_id, 0) > self._now()

    # Folders

    def children_of(self, parent_id: str | None, category_type: str | None = None) -> list[Category]:
        """The folders directly below a folder, or the roots (None), by name."""
        found = [
            one for one in self.categories.values() if one.parent_id == parent_id and category_type in (None, one.type)
        ]
        return sorted(found, key=lambda one: one.name.lower())

    def elements_in(self, category_id: str) -> list[Element]:
        """The elements directly in a folder, by name."""
        found = [one for one in self.elements() if one.category_id == category_id]
        return sorted(found, key=lambda one: one.name.lower())

    def line_of(self, category: Category) -> list[Category]:
        """A folder and what it is in, from the root to itself."""
        line = [category]
        while line[0].parent_id is not None:
            line.insert(0, self.categories[line[0].parent_id])
        return line

    def path_of(self, category: Category) -> str:
        """`A/B/C`, without a leading slash."""
        return "/".join(one.name for one in self.line_of(category))

    def category_at(self, category_type: str, path: str) -> Category | None:
        """The folder of a type at a path; a module has no slash in its name, and its dots mean nothing here."""
        found: Category | None = None
        for name in path.strip("/").split("/"):
            below = self.children_of(found.id if found else None, category_type)
            found = next((one for one in below if one.name == name), None)
            if found is None:
                return None
        return found

    def add_category(
        self,
        category_type: str,
        name: str,
        parent: Category | None = None,
        description: str | None = None,
        category_id: str | None = None,
    ) -> Category:
        """A new folder. Raises Clash when a sibling has that name (INFERRED in section 5)."""
        self._free(category_type, name, parent.id if parent else None)
        category = Category(
            category_id or new_hex_id(), name, category_type, parent.id if parent else None, description
        )
        self.categories[category.id] = category
        return category

    def ensure_category(self, category_type: str, path: str) -> Category:
        """The folder at a path, made with everything above it where it is missing."""
        found: Category | None = None
        for name in path.strip("/").split("/"):
            below = self.children_of(found.id if found else None, category_type)
            known = next((one for one in below if one.name == name), None)
            found = known or self.add_category(category_type, name, found)
        assert found is not None
        return found

    def move_category(self, category: Category, name: str, parent_id: str | None) -> None:
        """Another name or another place. Raises Clash for a name that a sibling has, and for a place below itself."""
        above = self.categories[parent_id] if parent_id else None
        if above is not None and category in self.line_of(above):
            raise Clash(f"Folder '{category.name}' cannot be moved below itself")
        self._free(category.type, name, parent_id, but=category)
        category.name, category.parent_id = name, parent_id

    def _free(self, category_type: str, name: str, parent_id: str | None, but: Category | None = None) -> None:
        if any(one.name == name and one is not but for one in self.children_of(parent_id, category_type)):
            raise Clash(f"Folder with name '{name}' already exists")

    def remove_category(self, category: Category) -> None:
        """Removes a folder with everything in it."""
        for child in self.children_of(category.id):
            self.remove_category(child)
        for element in self.elements_in(category.id):
            self.remove(element)
        del self.categories[category.id]
        self.rules.pop((category.type, category.id), None)

    # What workflows of the library make

    def add_rest_host(self, name: str, url: str, authentication: str = "NONE", **settings: Any) -> RestHost:
        """A REST host, at once in the catalog. Raises Clash when one has that name: then the run fails (section 22)."""
        if any(one.name == name for one in self.rest_hosts.values()):
            raise Clash(f"REST host with name '{name}' already exists")
        host = RestHost(new_id(), name, url, authentication, settings)
        self.rest_hosts[host.id] = host
        return host

    def add_rest_operation(
        self, host: RestHost, name: str, method: str, url_template: str, content_type: str = ""
    ) -> RestOperation:
        """An operation of a REST host. Raises Clash when the host has one of that name."""
        if any(one.name == name for one in host.operations.values()):
            raise Clash(f"REST operation with name '{name}' already exists")
        operation = RestOperation(new_id(), name, method.upper(), url_template, content_type)
        host.operations[operation.id] = operation
        return operation
