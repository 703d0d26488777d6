# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The menu entries of a portal: what the user writes, what the server holds, and how two of them compare. Pure.

Contract vcd-api.md, 3.2 and 8: the order of sections, links and separators is the order of the menu, overrides have no
position, and an override without an address is the product's own link, which is the same as none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._names import nearest
from .._plan import InputError, Values

OVERRIDE, SECTION, LINK, SEPARATOR = KINDS = ("override", "section", "link", "separator")
OVERRIDES = ("help", "about", "vmrc")
# What an entry of each kind carries beside its type.
_PARTS = {OVERRIDE: ("name", "url"), SECTION: ("name",), LINK: ("name", "url"), SEPARATOR: ()}

SPEC: dict[str, Any] = {
    "type": {"type": "str", "required": True, "choices": list(KINDS)},
    "name": {"type": "str"},
    "url": {"type": "str"},
}


def in_order(items: Sequence[Values]) -> list[Values]:
    """Overrides first, in the order of `OVERRIDES`, then the menu as it is: equal menus are equal lists."""
    overrides = {item.get("name"): item for item in items if item["type"] == OVERRIDE and item.get("url")}
    known = [overrides.pop(name) for name in OVERRIDES if name in overrides]
    return [*known, *overrides.values(), *(item for item in items if item["type"] != OVERRIDE)]


def read(items: Sequence[Mapping[str, Any]] | None) -> list[Values]:
    """`customLinks` of a server in the user's words."""
    found = []
    for item in items or ():
        kind = str(item.get("menuItemType") or "").lower()
        parts = _PARTS.get(kind, ("name", "url"))
        found.append({"type": kind, **{part: item[part] for part in parts if item.get(part) is not None}})
    return in_order(found)


def write(items: Sequence[Values]) -> list[dict[str, Any]]:
    """The user's entries as `customLinks`."""
    return [{"menuItemType": item["type"], **{part: item[part] for part in item if part != "type"}} for item in items]


def checked(option: str, items: Sequence[Mapping[str, Any]]) -> list[Values]:
    """The entries that the user gave, as `in_order` has them. Raises InputError.

    Addresses are not looked into: the server has rules of its own, which take `mailto:` with a blank in its subject.
    """
    found: list[Values] = []
    for number, item in enumerate(items):
        where, kind = f"{option}[{number}]", item["type"]
        name, url = (str(item[part] or "").strip() for part in ("name", "url"))
        if kind == OVERRIDE and name not in OVERRIDES:
            hint = nearest(name, OVERRIDES)
            raise InputError(f"{where}.name is {name!r}: an override replaces one of {', '.join(OVERRIDES)}{hint}")
        if kind == OVERRIDE and any(each["type"] == OVERRIDE and each["name"] == name for each in found):
            raise InputError(f"{where} overrides {name!r} a second time: leave one of them out")
        if kind in (SECTION, LINK) and not name:
            raise InputError(f"{where}: a {kind} needs a name, the text that people see")
        if kind == LINK and not url:
            raise InputError(f"{where}.url of the link {name!r} is missing: give its address, or leave the entry out")
        for part, value in (("name", name), ("url", url)):
            if value and part not in _PARTS[kind]:
                raise InputError(f"{where}.{part} is {value!r}, but a {kind} has no {part}: leave it out")
        given = {"name": name, "url": url}
        found.append({"type": str(kind), **{part: given[part] for part in _PARTS[kind]}})
    return in_order(found)
