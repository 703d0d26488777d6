# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration elements: read, written as a whole, removed (contract vro-api.md, 13.1). See attributes.py, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from . import attributes, categories, elements, permissions, values
from .attributes import Attribute, Merge
from .client import Vro, segment

KIND = "configurations"
# A server in git says which state of an element was read, and wants to be told it by whoever writes.
_CHANGESET = "x-vro-changeset-sha"
FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "category": Field("category-id", immutable=True),
    "description": Field("description", default=""),
    "attributes": Field("attributes", default=[]),
    "secrets": Field("", unordered=True, default=[]),
    "permissions": permissions.FIELD,
}
ATTRIBUTES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str", "required": True},
        "type": {"type": "str"},
        "value": {"type": "raw"},
        "description": {"type": "str"},
    },
}


@dataclass(frozen=True)
class Configuration:
    """One element as it is. `document` is the server's, without which a change would lose what nobody named."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    document: dict[str, Any] = field(repr=False)
    changeset: str | None = None


def path(identifier: str) -> str:
    """The path of an element."""
    return f"{KIND}/{segment(identifier)}"


def read(api: Vro, identifier: str) -> Configuration:
    """One element. Raises HttpError."""
    where = path(identifier)
    reply = api.send("GET", where)
    document = api.parse(reply, "GET", where)
    try:
        return Configuration(
            str(document["id"]),
            str(document["name"]),
            str(document.get("description") or ""),
            tuple(attributes.read(document)),
            document,
            reply.headers.get(_CHANGESET),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise api.unexpected("GET", where, 200, f"no configuration element: {problem}") from problem


def find(api: Vro, category: str, name: str) -> Configuration | None:
    """The element of a name in the category at a path. Raises InputError where several have it, HttpError."""
    _category, row = elements.find(api, categories.CONFIGURATION, category, name)
    return read(api, str(row["id"])) if row else None


def read_each(api: Vro, identifiers: Iterable[str]) -> dict[str, Configuration]:
    """{id: element}, read side by side. Raises HttpError."""
    return side_by_side(lambda identifier: read(api, identifier), identifiers)


def told(
    present: Iterable[Attribute],
    given: list[Values],
    missing: Callable[[str], None],
    hide: Callable[[Iterable[str]], None],
) -> list[Values]:
    """The given attributes without those whose type nobody tells, where `missing` lets them pass: in check mode an
    earlier task may have made them. What they hold may be a secret, so `hide` is told of it. Raises InputError.
    """
    there = {each.name for each in present}
    untyped = [each for each in given if not each.get("type") and each["name"] not in there]
    if untyped:
        hide(text for each in untyped for text in values.secret_texts("SecureString", each.get("value")))
        missing(
            f"attributes has {untyped[0]['name']!r} without a type, and there is none of this name yet: give its type"
        )
    return [each for each in given if each not in untyped]


def hide(api: Vro, found: Merge) -> list[str]:
    """The secrets that a change sends, kept out of this client's messages from now on."""
    texts = [
        text
        for each in found.attributes
        if each.name not in found.unknown and attributes.holds_secret(each.type) and each.wire
        for text in values.secret_texts(each.type, _clear(each.wire))
    ]
    api.hide(*texts)
    return texts


def _clear(wire: Any) -> Any:
    """A value that is about to be sent, with its secrets in clear."""
    key, body = next(iter(wire.items()))
    if key == "array":
        return [_clear(each) for each in body["elements"]]
    if key == "composite":
        return {each["id"]: _clear(each["value"]) for each in body["property"] if each.get("value")}
    return body.get("value")


def refuse_lost(label: str, found: Merge) -> None:
    """Refuse a change that would lose secrets. Raises InputError."""
    if found.unknown:
        names = ", ".join(repr(name) for name in found.unknown)
        raise InputError(
            f"{label} has the secret {names}, and changing anything of an element writes all of it, while the server "
            "gives back no secret: give its value too, which is then written along, or purge the attribute. Nothing "
            "was changed."
        )


def create(api: Vro, category_id: str, name: str, description: str, found: Merge) -> str:
    """Make an element; its id. Raises HttpError."""
    document = {
        "name": name,
        "category-id": category_id,
        "description": description,
        "attributes": [each.sent() for each in found.attributes],
    }
    made = api.parse(api.send("POST", KIND, json=document), "POST", KIND)
    if not (isinstance(made, dict) and made.get("id")):
        raise api.unexpected("POST", KIND, 200, "it tells no id of the element that it made")
    return str(made["id"])


def replace(api: Vro, present: Configuration, description: str, found: Merge) -> None:
    """Write an element as a whole, which is the only way to change one. Raises HttpError."""
    document: dict[str, Any] = {
        **{key: value for key, value in present.document.items() if key in ("id", "version", "category-id")},
        "name": present.name,
        "description": description,
        "attributes": [each.sent() for each in found.attributes],
    }
    headers = {_CHANGESET: present.changeset} if present.changeset else None
    api.send("PUT", path(present.id), json=document, headers=headers)


def shown(found: Configuration) -> list[Values]:
    """The attributes of an element in the form of the option, without secrets."""
    return [each.shown() for each in found.attributes]


def secrets_in(given: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """The texts among the values of options that must be shown nowhere, as far as the options tell the types."""
    return [
        text
        for each in given or []
        if isinstance(each, Mapping)
        for text in values.secret_texts(str(each.get("type") or ""), each.get("value"))
    ]
