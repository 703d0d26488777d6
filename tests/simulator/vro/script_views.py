"""What scripts see of objects: properties, methods and what methods do.

Names are those of the vendor's scripting API. Objects of plug-ins have the attributes that the catalog shows, their
relations (`vapps`, `getVapps()`), and for the vCloud plug-in what its classes have and the simulated vCD knows.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ..machines import STATES, Vapp, Vm
from ..wire import Request
from .execution import COMPLETED, Execution, iso, stamp
from .recurrence import ONCE
from .store import (
    CONFIGURATION_CATEGORY,
    RESOURCE_CATEGORY,
    WORKFLOW_CATEGORY,
    Action,
    Attribute,
    Category,
    Configuration,
    Element,
    Parameter,
    Resource,
    Workflow,
    new_id,
)
from .values import BadValue, Wire, coerce

if TYPE_CHECKING:
    from ..vcd import VcdService
    from .catalog import Item
    from .server import Server

Method = Callable[..., "Wire | None"]
"""Takes values of the wire; the first argument is the user who runs the script."""

_FOLDER_WORDS = {
    WORKFLOW_CATEGORY: "workflows",
    CONFIGURATION_CATEGORY: "configurationElements",
    RESOURCE_CATEGORY: "resourceElements",
}


class NoSuchMember(Exception):
    """An object has no such method, or it refuses; the message is what the script is thrown."""


@dataclass
class View:
    """One object as scripts see it."""

    properties: Mapping[str, Wire | None]
    methods: Mapping[str, Method] = field(default_factory=dict)
    live: bool = False
    """Whether properties change by themselves, so that each look is a new question."""

    def described(self) -> dict[str, Any]:
        """For core.js."""
        return {"properties": self.properties, "methods": list(self.methods), "live": self.live}


# Values


def text(value: object) -> str | None:
    """An attribute of the catalog as conditions look at it."""
    return None if value is None else str(value)


def wire(value: object) -> Wire | None:
    """A plain Python value as a value of the wire."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"boolean": {"value": value}}
    if isinstance(value, (int, float)):
        return {"number": {"value": value}}
    return {"string": {"value": str(value)}}


def reference(kind: str, identity: str | None) -> Wire | None:
    """An object."""
    return None if identity is None else {"sdk-object": {"type": kind, "id": identity}}


def array(elements: Sequence[Wire | None]) -> Wire:
    """An array; what is nothing in it is left out."""
    return {"array": {"elements": [one for one in elements if one is not None]}}


def properties(values: Mapping[str, Wire | None]) -> Wire:
    """A Properties object."""
    pairs = [{"key": key, "value": value} for key, value in values.items() if value is not None]
    return {"properties": {"property": pairs}}


def date(ms: int | None) -> Wire | None:
    """A date from epoch milliseconds."""
    return None if ms is None else {"date": {"value": stamp(ms)}}


def plain(value: Wire | None) -> Any:
    """The text, number or boolean of a value, the id of an object."""
    if not value:
        return None
    key, content = next(iter(value.items()))
    return content.get("id") if key == "sdk-object" else content.get("value")


def _parameters(listed: Sequence[Parameter]) -> Wire:
    return array([properties({"name": wire(one.name), "type": wire(one.type)}) for one in listed])


def _attribute(one: Attribute) -> Wire:
    """core.js makes an Attribute of it. A secret is readable for scripts, as it is in the real thing."""
    shown = {"name": one.name, "attribute_type": one.type, "description": one.description, "value": one.value}
    return {"sdk-object": {"type": "Attribute", "id": one.name, **shown}}


class Views:
    """Looks things up and says what they are to scripts."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._makers: dict[str, Callable[[str], View | None]] = {
            "Workflow": self._workflow,
            "WorkflowToken": self._token,
            "WorkflowExecution": self._token,
            "Action": self._action,
            "ConfigurationElement": self._configuration,
            "ResourceElement": self._resource,
            "LdapUser": self._user,
            "Package": self._package,
            "Task": self._task,
            **dict.fromkeys(_FOLDER_WORDS, self._folder),
        }
        self._asked: dict[str, Method] = {
            "getCurrentLdapUser": lambda user: reference("LdapUser", user),
            "getRunningUser": wire,
            "getWorkflowWithId": self._workflow_with_id,
            "getPackageWithName": lambda _user, name: self._known("Package", plain(name), self.server.store.packages),
            "getWorkflowTokenState": self._token_state,
            "getAllNamesForType": self._names,
            "getWorkflowCategoryWithPath": partial(self._folder_at, WORKFLOW_CATEGORY),
            "getAllWorkflowCategories": partial(self._roots, WORKFLOW_CATEGORY),
            "getConfigurationElementCategoryWithPath": partial(self._folder_at, CONFIGURATION_CATEGORY),
            "getAllConfigurationElementCategories": partial(self._roots, CONFIGURATION_CATEGORY),
            "getResourceElementCategoryWithPath": partial(self._folder_at, RESOURCE_CATEGORY),
            "getAllResourceElementCategories": partial(self._roots, RESOURCE_CATEGORY),
            "createConfigurationElement": self._create_configuration,
            "removeConfigurationElement": self._remove_configuration,
        }

    # The door's side

    def exists(self, kind: str, identity: str) -> bool:
        """Whether there is such an object of a type that the catalog does not have, or has under another name."""
        return kind in self._makers and self._makers[kind](identity) is not None

    def view(self, kind: str, identity: str) -> View | None:
        """What an object is; None when it is not there (any more)."""
        maker = self._makers.get(kind)
        if maker is not None:
            return maker(identity)
        item = self.server.catalog.find(kind, identity)
        return None if item is None else self._plugin_object(item)

    def of_item(self, item: Item) -> View | None:
        """What an object of a plug-in is; None for those of the system, which are asked for one by one."""
        return None if item.type.startswith("System:") else self._plugin_object(item)

    def call(self, user: str, kind: str, identity: str, name: str, args: list[Wire | None]) -> Wire | None:
        """Calls a method. Raises NoSuchMember."""
        view = self.view(kind, identity)
        if view is None:
            raise NoSuchMember(f"{kind} with ID '{identity}' is not there any more")
        if name not in view.methods:
            raise NoSuchMember(f"{kind} has no method {name} in the simulator")
        return view.methods[name](user, *args)

    def server_call(self, user: str, name: str, args: list[Wire | None]) -> Wire | None:
        """A function of `Server`."""
        if name not in self._asked:
            raise NoSuchMember(f"Server.{name} is not there in the simulator")
        return self._asked[name](user, *args)

    # Server

    @staticmethod
    def _known(kind: str, identity: Any, among: Mapping[str, Any]) -> Wire | None:
        return reference(kind, identity) if identity in among else None

    def _workflow_with_id(self, _user: str, identity: Wire | None) -> Wire | None:
        return self._known("Workflow", plain(identity), self.server.store.workflows)

    def _token_state(self, _user: str, identity: Wire | None) -> Wire | None:
        found = self.server.runs.executions.get(str(plain(identity)))
        return wire(found.state) if found else None

    def _names(self, _user: str, kind: Wire | None) -> Wire:
        return array([wire(one.name) for one in self.server.catalog.find_all(str(plain(kind)))])

    def _folder_at(self, kind: str, _user: str, path: Wire | None) -> Wire | None:
        found = self.server.store.category_at(kind, str(plain(path)))
        return reference(kind, found.id) if found else None

    def _roots(self, kind: str, _user: str) -> Wire:
        return array([reference(kind, one.id) for one in self.server.store.children_of(None, kind)])

    def _create_configuration(self, _user: str, category: Wire | None, name: Wire | None) -> Wire | None:
        """By path or folder; the folder is made when it is missing."""
        store, given = self.server.store, plain(category)
        found = store.categories.get(str(given)) or store.ensure_category(CONFIGURATION_CATEGORY, str(given))
        made = Configuration(new_id(), str(plain(name)), found.id)
        store.add(made)
        return reference("ConfigurationElement", made.id)

    def _remove_configuration(self, _user: str, element: Wire | None) -> None:
        found = self.server.store.configurations.get(str(plain(element)))
        if found is not None:
            self.server.store.remove(found)

    # Types of the system

    def _element(self, one: Element) -> dict[str, Wire | None]:
        found = {"id": one.id, "name": one.name, "description": one.description, "version": one.version}
        return {name: wire(value) for name, value in found.items()}

    def _workflow(self, identity: str) -> View | None:
        one = self.server.store.workflows.get(identity)
        if one is None:
            return None
        runs = [run for run in self.server.runs.executions.values() if run.workflow_id == identity]
        shown = self._element(one) | {
            "workflowCategory": reference(WORKFLOW_CATEGORY, one.category_id),
            "inParameters": _parameters(one.inputs),
            "outParameters": _parameters(one.outputs),
            "executions": array([reference("WorkflowToken", run.id) for run in runs]),
        }
        methods: dict[str, Method] = {
            "execute": partial(self._execute, one),
            "schedule": partial(self._schedule, one),
        }
        return View(shown, methods, live=True)

    def _given(self, workflow: Workflow, given: Wire | None) -> dict[str, Wire | None]:
        """The members of a Properties object as inputs of a workflow; names that it does not have are ignored."""
        pairs = given["properties"]["property"] if given and "properties" in given else []
        values = {one["key"]: one["value"] for one in pairs}
        found: dict[str, Wire | None] = {}
        for one in workflow.inputs:
            try:
                found[one.name] = coerce(one.type, _as(one.type, values.get(one.name)), one.name)
            except BadValue as problem:
                raise NoSuchMember(str(problem)) from problem
        return found

    def _execute(self, workflow: Workflow, user: str, given: Wire | None = None, *_credentials: Any) -> Wire | None:
        made = self.server.runs.start(workflow, self._given(workflow, given), user, inner=True)
        return reference("WorkflowToken", made.id)

    def _schedule(
        self, workflow: Workflow, user: str, given: Wire | None = None, at: Wire | None = None, *_credentials: Any
    ) -> Wire | None:
        at_ms = self.server.runs.moment(at)
        scheduler = self.server.runs.scheduler
        made = scheduler.add(workflow, self._given(workflow, given), user, at_ms)
        scheduler.plan(made)
        return reference("Task", made.id)

    def _token(self, identity: str) -> View | None:
        one = self.server.runs.executions.get(identity)
        if one is None:
            return None
        workflow = reference("Workflow", one.workflow_id)
        shown: dict[str, Wire | None] = {
            "id": wire(one.id),
            "name": wire(one.name),
            "state": wire(one.state),
            "exception": wire(one.exception),
            "businessState": wire(one.business_state),
            "currentItemDisplayName": wire(one.current_item),
            "startDate": wire(iso(one.started)),
            "startDateAsDate": date(one.started),
            "endDate": wire(None if one.ended is None else iso(one.ended)),
            "endDateAsDate": date(one.ended),
            "rootWorkflow": workflow,
            "currentWorkflow": workflow,
            "isStillValid": wire(True),
        }
        methods: dict[str, Method] = {
            "getInputParameters": lambda _user: properties({each.name: value for each, value in one.inputs}),
            "getAttributes": lambda _user: properties(one.attributes()),
            "getOutputParameters": lambda _user: properties(one.results if one.state == COMPLETED else {}),
            "cancel": partial(self._cancel, one),
        }
        return View(shown, methods, live=True)

    def _cancel(self, execution: Execution, _user: str) -> None:
        self.server.runs.cancel(execution)

    def _task(self, identity: str) -> View | None:
        one = self.server.runs.scheduler.tasks.get(identity)
        if one is None:
            return None
        shown: dict[str, Wire | None] = {
            "id": wire(one.id),
            "name": wire(one.name),
            "state": wire(one.state),
            "isRecurrent": wire(one.cycle not in ONCE),
            "executionDate": date(one.due),
            "workflow": reference("Workflow", one.workflow_id),
            "executions": array([reference("WorkflowToken", each) for each in one.executions]),
        }
        return View(shown, {"cancel": lambda _user: self.server.runs.scheduler.remove(identity)}, live=True)

    def _action(self, identity: str) -> View | None:
        one = self.server.store.actions.get(identity)
        if one is None:
            return None
        return View(self._element(one) | self._about_action(one))

    def _about_action(self, one: Action) -> dict[str, Wire | None]:
        module = {"name": wire(self.server.store.module_of(one))}
        return {
            "returnType": wire(one.output_type),
            "script": wire(one.script),
            "parameters": _parameters(one.inputs),
            "module": properties(module),
        }

    def _configuration(self, identity: str) -> View | None:
        one = self.server.store.configurations.get(identity)
        if one is None:
            return None
        shown = self._element(one) | {
            "attributes": array([_attribute(each) for each in one.attributes]),
            "configurationElementCategory": reference(CONFIGURATION_CATEGORY, one.category_id),
        }
        methods: dict[str, Method] = {
            "getAttributeWithKey": lambda _user, key: next(
                (_attribute(each) for each in one.attributes if each.name == plain(key)), None
            ),
            "setAttributeWithKey": partial(self._set_attribute, one),
            "removeAttributeWithKey": partial(self._remove_attribute, one),
            "reload": lambda _user: None,
            "saveToVersionRepository": lambda _user: None,
        }
        return View(shown, methods, live=True)

    @staticmethod
    def _set_attribute(
        element: Configuration, _user: str, key: Wire | None, value: Wire | None, hint: Wire | None = None
    ) -> None:
        """Keeps the type of an attribute that is there; a new one has that of the hint, or of the value."""
        name = str(plain(key))
        found = next((one for one in element.attributes if one.name == name), None)
        kind = str(plain(hint) or (found.type if found else _type_of(value)))
        try:
            kept = coerce(kind, _as(kind, value), name)
        except BadValue as problem:
            raise NoSuchMember(str(problem)) from problem
        if found is None:
            element.attributes.append(Attribute(name, kind, None, kept))
        else:
            found.type, found.value = kind, kept

    @staticmethod
    def _remove_attribute(element: Configuration, _user: str, key: Wire | None) -> None:
        element.attributes = [one for one in element.attributes if one.name != plain(key)]

    def _resource(self, identity: str) -> View | None:
        one = self.server.store.resources.get(identity)
        if one is None:
            return None
        shown = self._element(one) | {
            "mimeType": wire(one.mime_type),
            "contentSize": wire(len(one.data)),
            "resourceElementCategory": reference(RESOURCE_CATEGORY, one.category_id),
        }
        methods: dict[str, Method] = {
            "getContentAsMimeAttachment": lambda _user: _attachment(one),
            "setContentFromMimeAttachment": partial(self._set_content, one),
            "getResourceElementCategory": lambda _user: shown["resourceElementCategory"],
            "reload": lambda _user: None,
        }
        return View(shown, methods, live=True)

    @staticmethod
    def _set_content(resource: Resource, _user: str, given: Wire | None) -> None:
        content = given["mime-attachment"] if given and "mime-attachment" in given else None
        if content is None:
            raise NoSuchMember("A MimeAttachment is required")
        resource.data = base64.b64decode(content.get("content") or "")
        resource.mime_type = content.get("mime-type") or resource.mime_type

    def _folder(self, identity: str) -> View | None:
        one = self.server.store.categories.get(identity)
        if one is None or one.type not in _FOLDER_WORDS:
            return None
        word = _FOLDER_WORDS[one.type]
        here = [reference(each.kind, each.id) for each in self.server.store.elements_in(one.id)]
        below = [reference(each.type, each.id) for each in self.server.store.children_of(one.id)]
        shown: dict[str, Wire | None] = {
            "id": wire(one.id),
            "name": wire(one.name),
            "description": wire(one.description),
            "path": wire(self.server.store.path_of(one)),
            "parent": reference(one.type, one.parent_id),
            "subCategories": array(below),
            word: array(here),
            f"all{word[0].upper()}{word[1:]}": array(self._deep(one)),
        }
        return View(shown, live=True)

    def _deep(self, category: Category) -> list[Wire | None]:
        found = [reference(one.kind, one.id) for one in self.server.store.elements_in(category.id)]
        for below in self.server.store.children_of(category.id):
            found += self._deep(below)
        return found

    def _user(self, principal: str) -> View:
        name = principal.rpartition("\\")[2].partition("@")[0]
        shown = {"loginName": name, "commonName": name, "displayName": name, "userPrincipalName": principal, "dn": name}
        return View({key: wire(value) for key, value in shown.items()})

    def _package(self, name: str) -> View | None:
        one = self.server.store.packages.get(name)
        if one is None:
            return None
        kinds = {"workflows": "Workflow", "actions": "Action", "configurationElements": "ConfigurationElement"}
        members = {
            word: array([reference(kind, each) for each in one.members.get(kind, [])]) for word, kind in kinds.items()
        }
        return View({"id": wire(one.id), "name": wire(one.name), "description": wire(one.description), **members})

    # Objects of plug-ins

    def _plugin_object(self, item: Item) -> View:
        shown: dict[str, Wire | None] = {
            "id": wire(item.id),
            "name": wire(item.name),
            **{name: wire(value) for name, value in item.attributes.items() if not name.startswith("@")},
        }
        for relation, children in item.children.items():
            shown[relation] = array([reference(one.type.removeprefix("System:"), one.id) for one in children()])
        methods: dict[str, Method] = {}
        if item.type.startswith("vCloud:") and item.type != "vCloud:Host":
            href = item.id.partition("////")[2]
            shown |= {"dunesId": wire(item.id), "href": wire(href)} | self._about_vcloud(item)
            methods["toXml"] = lambda _user: wire(self._vcd_document(href))
            if isinstance(item.thing, Vm):
                status = STATES[item.thing.status]
                methods["getVmStatusDescription"] = lambda _user: wire(status)
                methods["updateInternalState"] = lambda _user: None
        elif item.type == "VC:VirtualMachine" and isinstance(item.thing, Vm):
            shown |= self._about_vcenter(item.thing)
        return View(shown, methods)

    @staticmethod
    def _about_vcloud(item: Item) -> dict[str, Wire | None]:
        """What the classes of the vCloud plug-in have beside the attributes of the catalog."""
        thing = item.thing
        if isinstance(thing, Vm):
            parent = f"{item.id.partition('/vApp/')[0]}/vApp/vapp-{thing.vapp.id}" if thing.vapp else None
            return {
                "status": wire(thing.status),
                "deployed": wire(thing.deployed),
                "description": wire(thing.description),
                "parent": reference("vCloud:VApp", parent),
            }
        if isinstance(thing, Vapp):
            return {"status": wire(thing.status(partial=True)), "deployed": wire(thing.deployed)}
        return {}

    @staticmethod
    def _about_vcenter(vm: Vm) -> dict[str, Wire | None]:
        nic = vm.primary_nic
        found = {
            "state": "poweredOn" if vm.powered_on else "poweredOff",
            "ipAddress": nic.ip if nic and vm.powered_on else None,
            "cpu": vm.cpus,
            "mem": vm.memory_mb,
            "memory": vm.memory_mb,
            "guestOS": vm.guest.name,
            "isTemplate": False,
            "vmVersion": f"vmx-{vm.hardware}",
        }
        return {name: wire(value) for name, value in found.items()}

    def _vcd_document(self, href: str) -> str:
        """What the site's vCloud Director says of an object: the plug-in's `toXml()` shows the same document."""
        site = self.server.site
        vcd = cast("VcdService", self.server.world.services[f"{site.name}/vcd"])
        name, _at, org = site.spec.vcd_administrator.partition("@")
        user = site.user_to_log_in(name, org or "System")
        if user is None:
            raise NoSuchMember("The connection to the vCloud Director is not possible: its user is not there any more")
        session = vcd.sessions.start(user)
        base, _api, path = href.partition("/api/")
        version = vcd.offers[-1].version
        headers = {
            "host": base.partition("://")[2],
            "accept": f"application/*+xml;version={version}",
            "authorization": f"Bearer {session.access_token}",
            "x-vcloud-authorization": session.token,
        }
        try:
            reply = vcd.handle(Request("GET", f"/api/{path}", headers))
        finally:
            site.end_vcd_session(session)
        if reply.status != 200:
            raise NoSuchMember(f"The vCloud Director answered {reply.status} for {href}")
        return reply.body.decode()


def _attachment(one: Resource) -> Wire:
    content = base64.b64encode(one.data).decode()
    return {"mime-attachment": {"name": one.name, "mime-type": one.mime_type, "content": content}}


def _type_of(value: Wire | None) -> str:
    """The declared type that a value has by itself."""
    words = {"boolean": "boolean", "number": "number", "date": "Date", "array": "Array/Any", "properties": "Properties"}
    key, content = next(iter(value.items())) if value else ("string", {})
    return str(content["type"]) if key == "sdk-object" else words.get(key, "string")


def _as(declared: str, value: Wire | None) -> Wire | None:
    """A text of a script for a declared type that is written under another key: a script knows texts alone."""
    if value is not None and "string" in value:
        key = {"SecureString": "secure-string", "EncryptedString": "encrypted-string"}.get(declared)
        return {key: value["string"]} if key else value
    return value
