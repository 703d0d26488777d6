"""Which call answers which path: a small tree of paths, the same for every service whose calls are plain paths."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Call = TypeVar("Call")
"""What a service knows of one call: its own kind of route."""


@dataclass
class _Node(Generic[Call]):
    children: dict[str, _Node[Call]] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)


class PathTable(Generic[Call]):
    """All calls of a service. Fixed parts of a path win over `*`."""

    def __init__(self) -> None:
        self._root: _Node[Call] = _Node()

    def add(self, method: str, path: str, route: Call) -> None:
        """Adds a call; each `*` of the path stands for one part."""
        node = self._root
        for part in path.strip("/").split("/"):
            node = node.children.setdefault(part, _Node())
        node.calls[method] = route

    def find(self, method: str, parts: tuple[str, ...]) -> tuple[Call | None, list[str], bool]:
        """The call, its variable parts, and whether the path exists at all (with another method perhaps)."""
        node, variables = self._root, []
        for part in parts:
            child = node.children.get(part)
            if child is None:
                child = node.children.get("*")
                if child is None:
                    return None, [], False
                variables.append(part)
            node = child
        return node.calls.get(method), variables, bool(node.calls)
