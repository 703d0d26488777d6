"""What a workflow is: parameters, attributes and items, read from its XML and written back (contract section 6).

`parse` reads `workflow-content` (or the `data` of a package's element), `dump` writes it. What runs a workflow follows
`root_name`, then each item's `out_name`: see `Item`. Nothing here knows of HTTP, scripts or executions. What the reader
does not know of (positions, presentation, qualifiers of later editors) is kept in `source` and written back as it came.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .file_markup import BadFile, Node
from .file_markup import dump as dump_node
from .file_markup import parse as parse_node

if TYPE_CHECKING:
    from collections.abc import Iterable

NULL = "__NULL__"
"""How a file writes that an attribute has no value."""

TASK, DECISION, SIMPLE_DECISION, SWITCH = "task", "custom-condition", "condition", "switch"
INPUT, TIMER, LINK, END = "input", "waiting-timer", "link", "end"
"""Types of items as they are written. `task` is a scriptable task or, with `script_module`, a call of an action;
`input` asks a user; `link` runs another workflow and waits for it. Others (`foreach`, ...) keep their word."""

_NAMESPACES = {
    "xmlns": "http://vmware.com/vco/workflow",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": "http://vmware.com/vco/workflow http://vmware.com/vco/workflow/Workflow-v4.xsd",
}


@dataclass(frozen=True)
class Parameter:
    """An input or output parameter."""

    name: str
    type: str
    """As declared: `string`, `Array/string`, `VC:VirtualMachine`, `CompositeType(a:string):Name`, ..."""
    description: str = ""


@dataclass(frozen=True)
class Attribute:
    """A variable of the workflow that is neither input nor output."""

    name: str
    type: str
    description: str = ""
    value: str | None = None
    """The text of the file (`value_text.py` reads it); None when it has no value."""
    read_only: bool = False
    configuration: tuple[str, str] | None = None
    """Id of a configuration element and name of its attribute when the value is taken from there."""


@dataclass(frozen=True)
class Binding:
    """What a script calls `name` is the parameter or attribute `export_name` of the workflow; "": it is not bound."""

    name: str
    type: str
    export_name: str = ""


@dataclass(frozen=True)
class Condition:
    """A case of a switch, or the condition of a simple decision."""

    name: str
    type: str
    comparator: str
    label: str
    """Switch: the item to go on with."""
    text: str
    """What is compared with."""


@dataclass(frozen=True)
class Field:
    """What a presentation says of a parameter."""

    name: str
    label: str
    mandatory: bool = False


@dataclass
class Item:
    """One item of the schema, and where it goes on.

    Every type goes on with `out_name`; a decision does when its script gives a true value, and with `alt_out_name`
    otherwise; a switch goes where its script says (it returns the name of an item). When something is thrown,
    `catch_name` says where to go on, `throw_bind_name` the parameter or attribute that is given the message. `end` with
    `end_mode` 1 fails the run with the text of `throw_bind_name`: it is what the editor calls "throw exception".
    """

    name: str
    type: str
    display_name: str = ""
    description: str = ""
    out_name: str = ""
    alt_out_name: str = ""
    catch_name: str = ""
    throw_bind_name: str = ""
    script: str = ""
    in_bindings: tuple[Binding, ...] = ()
    """A timer's is named `timer.date`; an interaction's `security.group`, `security.assignees`, `timeout.date`, ..."""
    out_bindings: tuple[Binding, ...] = ()
    """An interaction's are what the user is asked for."""
    conditions: tuple[Condition, ...] = ()
    end_mode: int = 0
    business_status: str = ""
    linked_workflow_id: str = ""
    script_module: str = ""
    """`module/action` of an item that calls an action; its script is generated and does call it."""
    fields: tuple[Field, ...] = ()
    """Of an interaction: what its presentation says of the out-bindings."""


@dataclass
class Workflow:
    """A workflow as its file has it."""

    id: str
    name: str
    version: str = "0.0.0"
    description: str = ""
    root_name: str = ""
    """The item that it begins with."""
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    items: dict[str, Item] = field(default_factory=dict)
    """By name."""
    error_handler: str = ""
    """The item that an exception leads to which no `catch_name` takes care of; "" for none."""
    error_binding: str = ""
    """The attribute that is given the message then."""
    fields: tuple[Field, ...] = ()
    """What its presentation says of the inputs."""
    api_version: str = "6.0.0"
    allowed_operations: str = "vef"
    source: Node | None = None
    """What it was read from."""


# Reading


def _parameters(section: Node | None) -> tuple[Parameter, ...]:
    nodes: Iterable[Node] = section.all("param") if section is not None else ()
    return tuple(Parameter(one.get("name"), one.get("type"), one.text_of("description")) for one in nodes)


def _bindings(section: Node | None) -> tuple[Binding, ...]:
    nodes: Iterable[Node] = section.all("bind") if section is not None else ()
    return tuple(Binding(one.get("name"), one.get("type"), one.get("export-name")) for one in nodes)


def _fields(section: Node | None) -> tuple[Field, ...]:
    """The parameters of a presentation, at whatever depth of its steps and groups they are."""
    found: list[Field] = []
    for node in section.children if section is not None else ():
        if node.name == "p-param":
            qualifiers = {one.get("name"): one.text.strip() for one in node.all("p-qual")}
            found.append(
                Field(node.get("name"), node.text_of("desc").strip(), qualifiers.get("mandatory", "").lower() == "true")
            )
        else:
            found += _fields(node)
    return tuple(found)


def _attribute(node: Node) -> Attribute:
    value = node.child("value")
    text = None if value is None or value.text == NULL else value.text
    bound = (node.get("conf-id"), node.get("conf-key"))
    return Attribute(
        node.get("name"),
        node.get("type"),
        node.text_of("description"),
        text,
        node.get("read-only") == "true",
        bound if all(bound) else None,
    )


def _item(node: Node) -> Item:
    conditions = tuple(
        Condition(one.get("name"), one.get("type"), one.get("comparator"), one.get("label"), one.text)
        for one in node.all("condition")
    )
    mode = node.get("end-mode", "0")
    return Item(
        name=node.get("name"),
        type=node.get("type"),
        display_name=node.text_of("display-name").strip(),
        description=node.text_of("description").strip(),
        out_name=node.get("out-name"),
        alt_out_name=node.get("alt-out-name"),
        catch_name=node.get("catch-name"),
        throw_bind_name=node.get("throw-bind-name"),
        script=node.text_of("script"),
        in_bindings=_bindings(node.child("in-binding")),
        out_bindings=_bindings(node.child("out-binding")),
        conditions=conditions,
        end_mode=int(mode) if mode.isdigit() else 0,
        business_status=node.get("business-status"),
        linked_workflow_id=node.get("linked-workflow-id"),
        script_module=node.get("script-module"),
        fields=_fields(node.child("presentation")),
    )


def from_node(root: Node) -> Workflow:
    """The workflow of an element. Raises BadFile when it is none: no name, no id, or items that lead nowhere."""
    name = root.text_of("display-name").strip()
    if root.name != "workflow" or not root.get("id") or not name:
        raise BadFile("The XML is not that of a workflow: there is no workflow with an id and a display-name.")
    items = {item.name: item for item in map(_item, root.all("workflow-item"))}
    for item in items.values():
        for target in filter(None, (item.out_name, item.alt_out_name, item.catch_name)):
            if target not in items:
                raise BadFile(f"The item {item.name} leads to {target}, which is not there.")
    handler = root.child("error-handler")
    return Workflow(
        id=root.get("id"),
        name=name,
        version=root.get("version", "0.0.0"),
        description=root.text_of("description").strip(),
        root_name=root.get("root-name"),
        inputs=_parameters(root.child("input")),
        outputs=_parameters(root.child("output")),
        attributes=tuple(map(_attribute, root.all("attrib"))),
        items=items,
        error_handler=handler.get("name") if handler is not None else "",
        error_binding=handler.get("throw-bind-name") if handler is not None else "",
        fields=_fields(root.child("presentation")),
        api_version=root.get("api-version", "6.0.0"),
        allowed_operations=root.get("allowed-operations", "vef"),
        source=root,
    )


def parse(content: bytes | str) -> Workflow:
    """The workflow of a file's content. Raises BadFile for anything else."""
    return from_node(parse_node(content))


# Writing


def _add_parameters(root: Node, name: str, parameters: Iterable[Parameter]) -> None:
    section = root.add(name)
    for one in parameters:
        node = section.add("param", name=one.name, type=one.type)
        if one.description:
            node.add("description", one.description)


def _add_bindings(node: Node, name: str, bindings: Iterable[Binding]) -> None:
    section = node.add(name)
    for one in bindings:
        section.add(
            "bind", name=one.name, type=one.type, **({"export_name": one.export_name} if one.export_name else {})
        )


def _add_fields(node: Node, fields: Iterable[Field]) -> None:
    section = node.add("presentation")
    for one in fields:
        parameter = section.add("p-param", name=one.name)
        parameter.add("desc", one.label)
        if one.mandatory:
            parameter.add("p-qual", "true", kind="static", name="mandatory", type="boolean")


def _add_item(root: Node, item: Item, place: int) -> None:
    node = root.add("workflow-item", name=item.name)
    for name, value in (
        ("out-name", item.out_name),
        ("type", item.type),
        ("alt-out-name", item.alt_out_name),
        ("catch-name", item.catch_name),
        ("throw-bind-name", item.throw_bind_name),
        ("script-module", item.script_module),
        ("linked-workflow-id", item.linked_workflow_id),
        ("end-mode", str(item.end_mode) if item.type == END else ""),
        ("business-status", item.business_status),
    ):
        if value:
            node.attributes[name] = value
    if item.display_name:
        node.add("display-name", item.display_name)
    if item.script or item.type in (TASK, DECISION):
        node.add("script", item.script, encoded="false")
    _add_bindings(node, "in-binding", item.in_bindings)
    if item.type != END:
        _add_bindings(node, "out-binding", item.out_bindings)
    for one in item.conditions:
        node.add(
            "condition", one.text, name=one.name, type=one.type, comparator=one.comparator,
            **({"label": one.label} if one.label else {}),
        )  # fmt: skip
    if item.type == INPUT:
        _add_fields(node, item.fields)
    if item.description:
        node.add("description", item.description)
    node.add("position", y="60.0", x=f"{60 + place * 130:.1f}")


def to_node(workflow: Workflow) -> Node:
    """The element of a workflow: what it was read from with its present name, version, description; else a new one."""
    source = workflow.source
    if source is not None:
        root = Node(source.name, dict(source.attributes), list(source.children))
        root.attributes.update({"id": workflow.id, "version": workflow.version})
        texts = {"display-name": workflow.name, "description": workflow.description}
        kept = [one for one in root.children if one.name not in texts]
        root.children = [Node(name, {}, [], text) for name, text in texts.items() if text] + kept
    else:
        root = Node("workflow", {"root-name": workflow.root_name, "object-name": "workflow:name=generic"})
        root.attributes.update({"id": workflow.id, "version": workflow.version, "api-version": workflow.api_version})
        root.attributes.update({"allowed-operations": workflow.allowed_operations})
        root.attributes.update({"restartMode": "1", "resumeFromFailedMode": "0"})
        root.add("display-name", workflow.name)
        if workflow.description:
            root.add("description", workflow.description)
        root.add("position", y="50.0", x="100.0")
        _add_parameters(root, "input", workflow.inputs)
        _add_parameters(root, "output", workflow.outputs)
        for one in workflow.attributes:
            node = root.add("attrib", name=one.name, type=one.type, read_only=str(one.read_only).lower())
            if one.configuration:
                node.attributes["conf-id"], node.attributes["conf-key"] = one.configuration
            node.add("value", NULL if one.value is None else one.value, encoded="n")
            if one.description:
                node.add("description", one.description)
        for place, item in enumerate(workflow.items.values(), 1):
            _add_item(root, item, place)
        if workflow.error_handler:
            handler = root.add("error-handler", name=workflow.error_handler, throw_bind_name=workflow.error_binding)
            handler.add("position", y="160.0", x="60.0")
        _add_fields(root, workflow.fields or (Field(one.name, one.name) for one in workflow.inputs))
    root.attributes = {**_NAMESPACES, **{k: v for k, v in root.attributes.items() if k not in _NAMESPACES}}
    return root


def dump(workflow: Workflow) -> str:
    """The XML of a workflow."""
    return dump_node(to_node(workflow))


def simple(
    workflow_id: str,
    name: str,
    script: str,
    inputs: Iterable[Parameter] = (),
    outputs: Iterable[Parameter] = (),
    version: str = "1.0.0",
    description: str = "",
) -> Workflow:
    """A workflow of one scriptable task that is given all inputs and sets all outputs."""
    given, taken = tuple(inputs), tuple(outputs)
    task = Item(
        "item1",
        TASK,
        "Scriptable task",
        out_name="item0",
        script=script,
        in_bindings=tuple(Binding(one.name, one.type, one.name) for one in given),
        out_bindings=tuple(Binding(one.name, one.type, one.name) for one in taken),
    )
    items = {"item0": Item("item0", END), "item1": task}
    return Workflow(workflow_id, name, version, description, "item1", given, taken, items=items)
