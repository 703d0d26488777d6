# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deciding: pure functions that compare what is with what is wanted. No input, no output, no clock.

All values here are in the user's words (option names and option values), never in a product's wire names.
Semantics, the same for every noun: an option left out leaves alone, an empty one clears, lists that mean sets
compare as sets, an immutable difference is an error that names the field, and secrets are in neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Values = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)

CREATE, UPDATE, DELETE, NONE = "create", "update", "delete", "none"


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Field:
    """How one option of a noun maps to the wire and how it is compared.

    `wire` is the name in the product's JSON; `read` turns a wire value into the user's, `write` the other way.
    `default` fills the field when an object is created without it. `unordered` marks a list that means a set.
    `secret` values are sent but shown nowhere. `readable=False` marks what the product never gives back: such a
    value cannot be compared, so it makes no change by itself and rides along when something else does.
    `since` is the first and `until` the first no longer supporting product version, as (major, minor).
    """

    wire: str
    immutable: bool = False
    unordered: bool = False
    secret: bool = False
    readable: bool = True
    default: Any = None
    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same
    since: tuple[int, int] | None = None
    until: tuple[int, int] | None = None

    def available(self, version: tuple[int, ...]) -> bool:
        """True if a product of this version has the field."""
        return (self.since is None or version >= self.since) and (self.until is None or version < self.until)


@dataclass(frozen=True)
class Plan:
    """What would be done. `before` and `after` are whole states without secrets; `changed` names what differs.

    `values` is what a create or update has to send (secrets included), so it is kept out of every representation.
    """

    action: str
    before: Values
    after: Values
    changed: tuple[str, ...] = ()
    values: Values = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_change(self) -> bool:
        return self.action != NONE

    def difference(self) -> tuple[Values, Values]:
        """(before, after), reduced to the managed fields that differ, sorted by name."""
        return (
            {name: self.before[name] for name in self.changed if name in self.before},
            {name: self.after[name] for name in self.changed if name in self.after},
        )


class InputError(Exception):
    """What the user asks for cannot be; the text names option, value and remedy. Nothing has been changed."""


class ImmutableDifference(InputError):
    """A field that cannot be changed differs; carries `name`, `present`, `wanted`."""

    def __init__(self, name: str, present: Any, wanted: Any) -> None:
        self.name, self.present, self.wanted = name, present, wanted
        unset = present is None
        super().__init__(
            f"{name} is {'not set' if unset else repr(present)} and the product cannot change it to {wanted!r}. "
            f"Leave {name} out{'' if unset else f' or give {present!r}'}; to have {wanted!r}, remove the object and "
            "create it again."
        )


def _comparable(definition: Field | None, value: Any) -> Any:
    """A value in the form in which two of them are compared. Unset and empty are one for lists and texts."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if definition is not None and definition.unordered and isinstance(value, (list, tuple, set, frozenset)):
        return sorted(repr(item) for item in set(map(_hashable, value)))
    return value


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((key, _hashable(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_hashable(item) for item in value)
    return value


def refuse_empty(option: str, value: str | None, remedy: str) -> None:
    """Refuse an empty name, which no server takes. Raises InputError."""
    if value is not None and not value.strip():
        raise InputError(f"{option} is {value!r}: {remedy}")


def given(params: Mapping[str, Any], names: Mapping[str, Field]) -> Values:
    """The fields that the user set: everything that is not None."""
    return {name: params[name] for name in names if params.get(name) is not None}


def plan(fields: Mapping[str, Field], present: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> Plan:
    """Compare one object. `present` None: it does not exist. `wanted` None: it shall not exist.

    `wanted` holds only what the caller set. Raises ImmutableDifference.
    """
    shown = [name for name, definition in fields.items() if definition.readable and not definition.secret]
    if wanted is None:
        if present is None:
            return Plan(NONE, {}, {})
        before = {name: present[name] for name in sorted(shown) if name in present}
        return Plan(DELETE, before, {}, tuple(before))
    if present is None:
        values = {name: wanted.get(name, definition.default) for name, definition in fields.items()}
        values = {name: value for name, value in values.items() if value is not None}
        after = {name: values[name] for name in sorted(shown) if name in values}
        return Plan(CREATE, {}, after, tuple(after), values)
    before = {name: present.get(name) for name in sorted(shown) if name in present or name in wanted}
    after = dict(before)
    changed = []
    for name in before:
        if name not in wanted:
            continue
        definition = fields[name]
        if _comparable(definition, present.get(name)) == _comparable(definition, wanted[name]):
            continue
        if definition.immutable:
            raise ImmutableDifference(name, present.get(name), wanted[name])
        after[name] = wanted[name]
        changed.append(name)
    if not changed:
        return Plan(NONE, before, before)
    return Plan(UPDATE, before, after, tuple(changed), {name: wanted[name] for name in fields if name in wanted})


def plan_many(
    fields: Mapping[str, Field],
    present: Mapping[Key, Mapping[str, Any]],
    wanted: Mapping[Key, Mapping[str, Any] | None],
) -> dict[Key, Plan]:
    """Compare many objects by key, in the order of `wanted`; None as the wanted value means that it shall not exist.

    Objects that hold exactly what is wanted, nearly all on most days, share the plan of the first of their kind.
    """
    plans: dict[Key, Plan] = {}
    sound: list[tuple[Mapping[str, Any], Plan]] = []
    for key, values in wanted.items():
        found = present.get(key)
        known = next((step for state, step in sound if state == found == values), None) if values is not None else None
        plans[key] = known or plan(fields, found, values)
        if known is None and values is not None and found == values and len(sound) < 64:
            sound.append((values, plans[key]))
    return plans


def to_user(fields: Mapping[str, Field], wire: Mapping[str, Any]) -> Values:
    """A product's JSON object in the user's words; fields that it does not carry are left out."""
    return {
        name: definition.read(wire[definition.wire])
        for name, definition in fields.items()
        if definition.readable and not definition.secret and definition.wire in wire
    }


def to_wire(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Values:
    """The user's values as the product wants them."""
    return {fields[name].wire: fields[name].write(value) for name, value in values.items() if name in fields}
