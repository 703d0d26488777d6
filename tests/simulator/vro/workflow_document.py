"""The editor's document of a workflow: its XML as JSON (contract section 6, `GET` and `PUT …/content` of 8.x).

Clients know it as attributes and children of the XML that are members, with arrays for what can be repeated (BT, and
terraform-provider-aria, which is tried with live servers). That a text beside attributes is `value` is INFERRED.
"""

from __future__ import annotations

from typing import Any

from .file_markup import Node

_LISTS = frozenset({"param", "attrib", "workflow-item", "bind", "condition", "p-param", "p-qual", "p-step", "p-group"})
_ATTRIBUTES = frozenset(
    {"name", "type", "export-name", "out-name", "alt-out-name", "catch-name", "throw-bind-name", "script-module", "id",
     "linked-workflow-id", "end-mode", "business-status", "read-only", "conf-id", "conf-key", "comparator", "label",
     "encoded", "x", "y", "kind", "root-name", "object-name", "version", "api-version", "allowed-operations",
     "restartMode", "resumeFromFailedMode", "editor-version", "launched-workflow-id"}
)  # fmt: skip
_NUMBERS = frozenset({"restartMode", "resumeFromFailedMode", "end-mode", "comparator"})
_FLAGS = frozenset({"read-only", "encoded"})
_EMPTY = frozenset({"input", "output", "in-binding", "out-binding", "presentation"})


def _attribute(name: str, text: str) -> Any:
    """The value of an attribute: some are numbers or booleans in JSON."""
    try:
        if name in _NUMBERS:
            return int(text)
        if name in ("x", "y"):
            return float(text)
    except ValueError:
        return text
    return text == "true" if name in _FLAGS else text


def document(node: Node) -> Any:
    """The JSON of an element: a text for one that has nothing else."""
    made: dict[str, Any] = {
        name: _attribute(name, value)
        for name, value in node.attributes.items()
        if not name.startswith(("xmlns", "xsi:"))
    }
    for one in node.children:
        if one.name in _LISTS:
            made.setdefault(one.name, []).append(document(one))
        else:
            made[one.name] = document(one)
    if not made and node.name not in _EMPTY:
        return node.text
    if node.name in ("input", "output"):
        made.setdefault("param", [])
    if node.text:
        made["value"] = node.text
    return made


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
        if key in _ATTRIBUTES and not isinstance(value, (dict, list)):
            built.attributes[key] = "" if value is None else _text(value)
        elif key == "value" and not isinstance(value, (dict, list)):
            built.text = "" if value is None else _text(value)
        elif key in _LISTS:
            built.children += [node(key, one) for one in (value if isinstance(value, list) else [value])]
        elif value is not None:
            built.children.append(node(key, value))
    return built
