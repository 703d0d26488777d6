# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes of configuration elements: what is there merged with what is wanted (vro-api.md, 7 and 13.1). Pure.

A server replaces all attributes at once and gives secrets back to nobody, so whoever changes one has to know the
others: `merged` says what would be there, what has to be sent for it, and which secrets nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from .._plan import InputError, Values
from . import values
from .values import Wire

# As a value in `merged`: no value at all, where None leaves it as it is.
CLEAR: Any = type("Clear", (), {"__repr__": lambda _self: "no value"})()
ALWAYS, ON_CREATE = "always", "on_create"
# What people write for a simple type, which would pass for the name of an object's type.
_MEANT = {
    "str": "string", "bool": "boolean", "int": "number", "integer": "number", "float": "number", "double": "number",
    "datetime": "Date", "password": "SecureString", "secret": "SecureString", "dict": "Properties", "map": "Properties",
}  # fmt: skip
_SIMPLE = (
    "string", "number", "boolean", "Date", "SecureString", "EncryptedString", "MimeAttachment", "Regexp", "Properties",
    "Any", "Text", "Path",
)  # fmt: skip
_TEXTS = frozenset({"string", "Text", "Path", "Regexp", "SecureString", "EncryptedString", "Any"})


@dataclass(frozen=True)
class Attribute:
    """One attribute: `wire` is its value as it is sent, None for none. Of a secret it says nothing that is of use."""

    name: str
    type: str
    description: str = ""
    wire: Wire | None = field(default=None, repr=False)

    @property
    def plain(self) -> Any:
        """The value as plain YAML, in the one form in which two of them compare; secret parts are left out."""
        return visible(self.type, normal(self.type, values.decode(self.wire)))

    def shown(self) -> Values:
        """In the form of the option; without a value where all of it is secret."""
        told = {"name": self.name, "type": self.type, "description": self.description}
        return told if values.is_secret(self.type) else {**told, "value": self.plain}

    def sent(self) -> Wire:
        """As it is sent: one without a value has none (contract 7)."""
        told: Wire = {"name": self.name, "type": self.type, "description": self.description}
        return told if self.wire is None else {**told, "value": self.wire}


@dataclass(frozen=True)
class Merge:
    """`attributes` as they would be, secrets that are known included. `written` names the secrets whose value has to be
    written, `unknown` those that a change of anything would lose, because nobody knows their value."""

    attributes: tuple[Attribute, ...]
    written: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def shown(self) -> list[Values]:
        return [each.shown() for each in self.attributes]


def read(document: Mapping[str, Any]) -> list[Attribute]:
    """The attributes of an element's document. Raises ValueError for what is none."""
    try:
        return [
            Attribute(
                str(each["name"]), str(each["type"]), str(each.get("description") or ""), each.get("value") or None
            )
            for each in document.get("attributes") or []
        ]
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"no attributes: {problem!r}") from problem


# Types


def check_type(where: str, declared: str) -> None:
    """Refuse a type that is written wrong. Raises InputError."""
    element = declared
    while element.startswith("Array/"):
        element = element.removeprefix("Array/")
    spelled = {each.lower(): each for each in _SIMPLE} | _MEANT
    meant = spelled.get(element.lower())
    if meant is None and ":" not in element:  # a typing error would pass for the name of an object's type, too
        meant = next((spelled[each] for each in get_close_matches(element.lower(), spelled, n=1, cutoff=0.85)), None)
    if not element or (meant is not None and meant != element):
        right = declared.removesuffix(element) + (meant or "string")
        raise InputError(f"{where}.type is {declared!r}; did you mean {right!r}?")
    if element.startswith("CompositeType("):
        try:
            fields = values.composite_fields(element)
        except ValueError as problem:
            raise InputError(f"{where}.type: {problem}; write it as CompositeType(a:string,b:number):Name") from problem
        for kind in fields.values():
            check_type(where, kind)


def holds_secret(declared: str) -> bool:
    """True for a type that has a secret in it."""
    element = _element(declared)
    if element.startswith("CompositeType("):
        return any(map(holds_secret, values.composite_fields(element).values()))
    return values.is_secret(element)


def _element(declared: str) -> str:
    while declared.startswith("Array/"):
        declared = declared.removeprefix("Array/")
    return declared


def visible(declared: str, plain: Any) -> Any:
    """A plain value without what is secret in it; None for a secret."""
    if not holds_secret(declared):
        return plain
    if declared.startswith("Array/") and isinstance(plain, list) and not values.is_secret(declared):
        return [visible(declared.removeprefix("Array/"), each) for each in plain]
    if declared.startswith("CompositeType(") and isinstance(plain, Mapping):
        kinds = values.composite_fields(declared)
        return {key: visible(kinds[key], each) for key, each in plain.items() if not values.is_secret(kinds[key])}
    return None


def is_complete(declared: str, plain: Any) -> bool:
    """True for a value with all the secrets that its type has; a part of them would take the place of the whole."""
    if plain is None or plain is CLEAR:
        return False
    if declared.startswith("Array/") and isinstance(plain, (list, tuple)):
        return all(is_complete(declared.removeprefix("Array/"), each) for each in plain)
    if declared.startswith("CompositeType(") and isinstance(plain, Mapping):
        kinds = values.composite_fields(declared)
        return all(is_complete(kind, plain.get(name)) for name, kind in kinds.items() if holds_secret(kind))
    return True


def normal(declared: str, plain: Any) -> Any:
    """A decoded value in the form that an equal one of a user gets; as it is where the server broke its own rules."""
    try:
        return values.decode(values.encode(declared, plain, "value"))
    except InputError:
        return plain


def converted(name: str, before: Attribute, declared: str) -> Wire | None:
    """The value of an attribute whose type changes, in the new one. Raises InputError where that cannot be done."""
    remedy = f"{name} is of type {before.type} and shall be {declared}: give its value"
    if holds_secret(before.type):
        raise InputError(f"{remedy}, because the server does not give back a secret")
    plain = before.plain
    if plain is None:
        return None
    if declared in _TEXTS and isinstance(plain, (bool, int, float)):
        plain = str(plain).lower() if isinstance(plain, bool) else str(plain)
    elif declared == f"Array/{before.type}":
        plain = [plain]
    elif before.type == f"Array/{declared}" and isinstance(plain, list) and len(plain) < 2:
        plain = plain[0] if plain else None
    elif declared == "number" and isinstance(plain, bool):
        plain = int(plain)
    try:
        return values.encode(declared, plain, name)
    except InputError as problem:
        raise InputError(f"{remedy}, because the present one does not fit") from problem


# Merging


def check(given: Iterable[Mapping[str, Any]] | None, where: str = "attributes") -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    seen: set[str] = set()
    for index, each in enumerate(given or []):
        name = str(each.get("name") or "")
        if not name.strip():
            raise InputError(f"{where}[{index}] has no name")
        if name in seen:
            raise InputError(f"{where} has {name!r} twice: give each name once")
        seen.add(name)
        if each.get("type") is not None:
            check_type(f"{where}, {name}", str(each["type"]))
            _encoded(str(each["type"]), each.get("value"), f"{where}, {name}")


def _encoded(declared: str, plain: Any, name: str) -> Wire | None:
    """A given value; an empty text clears what is no text."""
    if plain is None or plain is CLEAR or (plain == "" and declared not in _TEXTS):
        return None
    return values.encode(declared, plain, name)


def merged(
    present: Iterable[Attribute], given: Iterable[Mapping[str, Any]], *, purge: bool = False, secrets: str = ON_CREATE
) -> Merge:
    """What is there with what is wanted: {name, type, value, description}, each but the name left as it is where it is
    None. Attributes that are not named stay, unless `purge`. A secret that is there is written only where `secrets` is
    "always". Raises InputError.
    """
    left = {each.name: each for each in present}
    wanted = {str(each["name"]): each for each in given}
    attributes: list[Attribute] = []
    written: list[str] = []
    unknown: list[str] = []
    for name in [
        *(name for name in left if name in wanted or not purge),
        *(name for name in wanted if name not in left),
    ]:
        before, wish = left.get(name), wanted.get(name, {})
        after = _one(name, before, wish)
        attributes.append(after)
        if not holds_secret(after.type):
            continue
        known = is_complete(after.type, wish.get("value"))
        if before is None or before.type != after.type or before.plain != after.plain or secrets == ALWAYS:
            written += [name] * known
        if not known and before is not None and before.type == after.type:
            unknown.append(name)
    return Merge(tuple(attributes), tuple(written), tuple(unknown))


def type_differs(present: Iterable[Attribute], given: Iterable[Mapping[str, Any]]) -> Iterator[bool]:
    """For each given attribute that is there, whether it is of another type: then it says more than what is there."""
    kinds = {each.name: each.type for each in present}
    return (kinds[str(each["name"])] != each.get("type") for each in given if each["name"] in kinds)


def _one(name: str, before: Attribute | None, wish: Mapping[str, Any]) -> Attribute:
    declared = str(wish.get("type") or (before.type if before else ""))
    if not declared:
        raise InputError(f"attributes has {name!r} without a type, and there is none of this name yet: give its type")
    told = wish.get("description")
    description = str(told) if told is not None else (before.description if before else "")
    value = None if wish.get("value") is CLEAR and holds_secret(declared) else wish.get("value")
    if value is not None:
        wire = _encoded(declared, value, f"attribute {name}")
    elif before is None or before.type == declared:
        wire = before.wire if before else None
    else:
        wire = converted(f"attribute {name}", before, declared)
    return Attribute(name, declared, description, wire)
