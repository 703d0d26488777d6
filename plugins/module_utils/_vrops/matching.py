# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which adapter instance is meant: the one with the unique identifiers, else that of the name (contract A8). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._plan import InputError
from .kinds import SECRET, Identifier, read_identifier

Row = Mapping[str, Any]


def key_of(row: Row) -> Mapping[str, Any]:
    """The `resourceKey` of an instance."""
    return row.get("resourceKey") or {}


def name_of(row: Row) -> str:
    """Its name, which lives in the resource's key."""
    return str(key_of(row).get("name") or "")


def described(row: Row) -> dict[str, Identifier]:
    """The identifiers that an instance can have, by name: it tells every one of its kind."""
    found = [read_identifier(each.get("identifierType") or {}) for each in key_of(row).get("resourceIdentifiers") or []]
    return {each.name: each for each in found}


def values_of(row: Row) -> dict[str, str]:
    """The values of its identifiers, those without one and those that are passwords left out."""
    found = {}
    for each in key_of(row).get("resourceIdentifiers") or []:
        one = read_identifier(each.get("identifierType") or {})
        if one.type != SECRET:
            found[one.name] = each.get("value")
    return {name: str(value) for name, value in sorted(found.items()) if value not in (None, "")}


def same(one: str | None, other: str | None) -> bool:
    """Whether two values say the same of a uniqueness: hosts have no case, and nobody means spaces at the ends."""
    return (one or "").strip().lower() == (other or "").strip().lower()


def _fits(row: Row, wanted: Mapping[str, str]) -> bool | None:
    """Whether an instance has the unique identifiers that are given; None where none of them is unique."""
    unique = {name for name, each in described(row).items() if each.unique}
    asked = unique & set(wanted)
    present = values_of(row)
    return all(same(present.get(name), wanted[name]) for name in asked) if asked else None


def choose(rows: Sequence[Row], name: str, wanted: Mapping[str, str], *, recreate: bool, gone: bool) -> Row | None:
    """The instance that a task means, None when there is none.

    wanted    identifiers that the task gives, as texts
    recreate  one of this name with other unique identifiers is the one, to be made anew
    gone      it is to be removed

    Raises InputError where two could be meant, or the one of this name is another one.
    """
    fitting = [row for row in rows if _fits(row, wanted)]
    named = [row for row in rows if name_of(row) == name]
    if len(fitting) > 1:
        both = [row for row in fitting if name_of(row) == name]
        if len(both) != 1:
            raise InputError(
                f"identifiers: {_listed(fitting)} all have {_told(wanted)}; give every identifier that is part of the "
                "uniqueness"
            )
        return both[0]
    if fitting:
        others = [row for row in named if row is not fitting[0]]
        if others:
            raise InputError(
                f"name is {name!r}, but the identifiers are those of {name_of(fitting[0])!r}: which of them is meant? "
                "Give name and identifiers of one and the same"
            )
        return fitting[0]
    if not named:
        return None
    if len(named) > 1:
        raise InputError(f"name is {name!r}: {len(named)} instances have it; give their identifiers as well")
    if _fits(named[0], wanted) is None or (recreate and not gone):
        return named[0]
    other = _told({key: value for key, value in values_of(named[0]).items() if key in wanted})
    if gone:
        raise InputError(
            f"name is {name!r}: that instance has other identifiers ({other}); to remove it leave identifiers out"
        )
    raise InputError(
        f"identifiers: {name!r} has {other}, and what is part of the uniqueness cannot be changed. Give recreate: true "
        "to remove the instance and make it anew, or give the new one another name"
    )


def _told(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(values.items())) or "none"


def _listed(rows: Sequence[Row]) -> str:
    return ", ".join(sorted(name_of(row) for row in rows))
