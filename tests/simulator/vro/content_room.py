"""What the rooms of workflows, actions, configuration elements and resource elements have in common."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ..wire import Headers, Reply, dumps
from .exchange import Exchange, Refusal, bad_request, conflict, not_found
from .file_markup import BadFile
from .listing import Link, link
from .routes import EDIT, VIEW
from .server import Room
from .store import Category, Element, Parameter, Workflow
from .workflow_model import parse

Kind = TypeVar("Kind", bound=Element)
ZIP = "application/zip"
STREAM = "application/octet-stream"


def picture(width: int, height: int) -> bytes:
    """A grey PNG."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + b"\xdd" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def attachment(name: str) -> Headers:
    """The header that names an exported file: without quotes, because a client cuts it at its `=` (PowervRO)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("\r", "_").replace("\n", "_")
    return [("content-disposition", f"attachment; filename={plain}")]


def changeset(document: Any) -> Headers:
    """The header that names a state of an element, 40 hexadecimal digits: another one for every other document."""
    return [("x-vro-changeset-sha", hashlib.sha1(dumps(document)).hexdigest())]


def texts(body: dict[str, Any], *names: str) -> dict[str, str | None]:
    """Members of a body that are texts, or null, or missing. Raises Refusal 400 for anything else."""
    found: dict[str, str | None] = {}
    for name in names:
        value = body.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request(f"{name} must be a string")
        found[name] = value
    return found


def parameters(body: dict[str, Any], name: str) -> list[Parameter]:
    """The parameters of a body. Raises Refusal 400 for those without name or type, and for two of one name."""
    given = body.get(name)
    made: list[Parameter] = []
    for one in given if isinstance(given, list) else []:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or not isinstance(one.get("type"), str):
            raise bad_request(f"Each of {name} must have a name and a type")
        if any(other.name == one["name"] for other in made):
            raise bad_request(f"There are two parameters '{one['name']}'")
        made.append(Parameter(one["name"], one["type"], str(one.get("description") or "")))
    if given is not None and not isinstance(given, list):
        raise bad_request(f"{name} must be an array")
    return made


def parameter_views(listed: list[Parameter]) -> list[dict[str, str]]:
    """Parameters in a document; an empty description is not told."""
    return [
        {"name": one.name, "type": one.type, **({"description": one.description} if one.description else {})}
        for one in listed
    ]


class ContentRoom(Room, Generic[Kind]):
    """The calls of one kind of elements. A subclass says which kind and writes its documents."""

    family = ""
    """The first part of its paths."""
    element: type[Kind]
    word = ""
    """What messages call it."""

    @property
    def table(self) -> dict[str, Any]:
        """The elements by id."""
        return self.server.store.of_kind(self.element.kind)

    @property
    def generation(self) -> int:
        """7, 8 or 9."""
        return self.server.release.generation

    # Finding

    def find(self, exchange: Exchange, identity: str, letter: str = VIEW) -> Kind:
        """The element of a path. Raises Refusal 404, or 403 where the caller may look but not do this."""
        found: Kind = exchange.pick(self.table, identity, self.word)
        self.server.demand(exchange, letter, found)
        return found

    def visible(self, exchange: Exchange) -> list[Kind]:
        """All that the caller may see, by name."""
        seen = [one for one in self.table.values() if self.server.can_see(exchange, one)]
        return sorted(seen, key=lambda one: (one.name.lower(), one.id))

    def folder(self, exchange: Exchange, identity: str | None, name: str = "categoryId") -> Category:
        """The folder that something is to be put into. Raises Refusal 400 without one, 404 for one that is not there
        or holds something else (INFERRED)."""
        if not identity:
            raise bad_request(f"Required request parameter '{name}' is not present")
        category = self.server.store.categories.get(identity)
        if category is None or category.type != self.element.category_type:
            raise not_found(f"Category with ID '{identity}' not found")
        self.server.demand(exchange, EDIT, category)
        return category

    def href(self, exchange: Exchange, element: Element) -> str:
        """The address of an element."""
        return self.server.href(exchange, self.family, element.id)

    def relations(self, exchange: Exchange, element: Element, *names: str) -> dict[str, list[Link]]:
        """The relations of a document: its folder, itself to change and remove, and what is below it."""
        own = self.href(exchange, element)
        links = [link(self.server.href(exchange, "categories", element.category_id), rel="up")]
        links += [link(own, rel="remove")]
        links += [link(f"{own}{name}/", rel=name) for name in names]
        return {"link": links}

    # Rules

    @staticmethod
    def check_name(name: object, word: str) -> str:
        """Raises Refusal 400, in the words of section 13.1, for no name and for one with a slash of either kind."""
        if not isinstance(name, str) or not name.strip() or "/" in name or "\\" in name:
            given = "null" if name is None else name
            raise bad_request(f"The {word} name contains invalid characters (\\, /).Name: {given}")
        return name

    def is_in_use(self, element: Kind) -> bool:
        """Whether a package has it, or had it until a moment ago, or an item of a workflow calls it (INFERRED; that
        elements keep one another from being deleted is what terraform-provider-aria retries for)."""
        store = self.server.store
        if store.is_held(element.id):
            return True
        if any(element.id in one.members.get(element.kind, ()) for one in store.packages.values()):
            return True
        return any(
            word in other.content and _calls(other, word)
            for word in self.called(element)
            for other in store.workflows.values()
            if other is not element
        )

    def called(self, element: Kind) -> list[str]:
        """How items of workflows that call an element write it."""
        return [element.id] if isinstance(element, Workflow) else []

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE …/{id}[?force=true]`: 200 in 7.x, 204 from 8.x on; 409 for what is in use."""
        element = self.find(exchange, identity, EDIT)
        if not exchange.flag("force") and self.is_in_use(element):
            raise conflict(
                f"{self.word} '{element.name}' is in use. Specify '?force=true' parameter to delete it."
            )  # fmt: skip
        self.remove(element)
        return exchange.nothing(200 if self.generation < 8 else 204)

    def remove(self, element: Kind) -> None:
        """Takes it off the server."""
        self.server.store.remove(element)

    def imported(self, exchange: Exchange) -> Reply:
        """The answer to an import. Which 2xx is not known for certain (20.10): each generation has another one. None
        of them has a body that a client could rely on."""
        return exchange.nothing({7: 202, 8: 200, 9: 201}[self.generation])

    def opened(self, read: Callable[[bytes, str], Kind], content: bytes, category_id: str, message: str) -> Kind:
        """The element of an uploaded file. Raises Refusal 400 with this message for a file that is none."""
        try:
            return read(content, category_id)
        except BadFile as problem:
            raise Refusal(400, message) from problem


def _calls(workflow: Workflow, word: str) -> bool:
    try:
        model = parse(workflow.content)
    except BadFile:
        return False
    return any(word in (one.linked_workflow_id, one.script_module) for one in model.items.values())
