"""The editor's document of a workflow: its XML as JSON (contract section 6, `GET` and `PUT .../content` of 8.x).

Its form is that of the documents in terraform-provider-aria, which was tried with live servers: attributes and children
of the XML are members, what can be repeated is an array, a script is `value` beside `encoded`, and the value of an
attribute is a value of the wire. That a text beside other attributes is `value` too is INFERRED.
"""

from __future__ import annotations

from typing import Any

from . import value_text, values
from .file_markup import Node
from .workflow_model import NULL

_LISTS = frozenset({"param", "attrib", "workflow-item", "bind", "condition", "p-param", "p-qual", "p-step", "p-group"})
_ATTRIBUTES = frozenset(
    {"name", "type", "export-name", "out-name", "alt-out-name", "catch-name", "throw-bind-name", "script-module", "id",
     "linked-workflow-id", "end-mode", "business-status", "read-only", "conf-id", "conf-key", "comparator", "label",
     "encoded", "x", "y", "kind", "root-name", "object-name", "version", "api-version", "allowed-operations",
     "restartMode", "resumeFromFailedMode", "editor-version", "launched-workflow-id", "prototype-id", "content-mode"}
)  # fmt: skip
_NUMBERS = frozenset({"restartMode", "resumeFromFailedMode", "comparator", "x", "y"})
_FLAGS = frozenset({"read-only", "encoded"})
_EMPTY = frozenset({"input", "output", "in-binding", "out-binding", "presentation"})


def _attribute(name: str, text: str) -> Any:
    """The value of an attribute: some are numbers or booleans in JSON."""
    if name in _NUMBERS:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text == "true" if name in _FLAGS else text


def document(node: Node) -> Any:
    """The JSON of an element: a text for one that has nothing else."""
    made: dict[str, Any] = {
        name: _attribute(name, value)
        for name, value in node.attributes.items()
        if not name.startswith(("xmlns", "xsi:"))
    }
    for one in node.children:
        if node.name == "attrib" and one.name == "value":
            value = _wire(made.get("type", ""), one.text)
            made |= {} if value is None else {"value": value}
        elif one.name in _LISTS:
            made.setdefault(one.name, []).append(document(one))
        else:
            made[one.name] = document(one)
    if not made and node.name not in _EMPTY:
        return node.text
    if node.name in ("input", "output"):
        made.setdefault("param", [])
    if node.name == "workflow-item":
        made.setdefault("comparator", 0)
    if node.text or node.name == "script":
        made["value"] = node.text
    return made


def _wire(declared: str, text: str) -> values.Wire | None:
    """The value of an attribute; one that cannot be read, and a secret, is not told."""
    try:
        value = value_text.read(declared, text)
    except values.BadValue:
        return None
    return None if value is None or values.is_secret(declared) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def node(name: str, made: Any) -> Node:
    """The element of a document. Raises ValueError for what cannot be one."""
    if not isinstance(made, dict):
        if isinstance(made, list):
            raise ValueError(f"{name} must not be an array")
        return Node(name, {}, [], "" if made is None else _text(made))
    built = Node(name)
    for key, value in made.items():
        if name == "attrib" and key == "value":
            built.children.append(_value(str(made.get("type", "")), value, str(made.get("name", ""))))
        elif key in _ATTRIBUTES and not isinstance(value, (dict, list)):
            built.attributes[key] = "" if value is None else _text(value)
        elif key == "value" and not isinstance(value, (dict, list)):
            built.text = "" if value is None else _text(value)
        elif key in _LISTS:
            built.children += [node(key, one) for one in (value if isinstance(value, list) else [value])]
        elif value is not None:
            built.children.append(node(key, value))
    return built


def _value(declared: str, value: Any, name: str) -> Node:
    """The value of an attribute as the XML has it."""
    try:
        wire = values.coerce(declared, value, name)
    except values.BadValue as problem:
        raise ValueError(str(problem)) from problem
    text = NULL if wire is None else value_text.write(wire, 8)
    return Node("value", {"encoded": "n"}, [], text)
