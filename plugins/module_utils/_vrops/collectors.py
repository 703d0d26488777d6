# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collectors and collector groups, by name or id (contract A6).

A collector's id is a text where collectors are listed and where instances are made, and a number where they are read
(A5): here it is a text everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import InputError
from . import kinds
from .client import Vrops

COLLECTOR, GROUP = "collector", "collector_group"
_LISTS = {COLLECTOR: ("collectors", "collector"), GROUP: ("collectorgroups", "collectorGroups")}


def names(api: Vrops, option: str) -> dict[str, str]:
    """{id: name} of all collectors or groups. Raises HttpError."""
    path, member = _LISTS[option]
    return {str(row.get("id")): str(row.get("name")) for row in api.rows(path, member)}


def resolve(option: str, given: str, known: Mapping[str, str]) -> str:
    """The id of what somebody named by name or id. Raises InputError."""
    if given in known:
        return given
    found = [key for key, name in known.items() if name == given]
    if len(found) != 1:
        what = option.replace("_", " ")
        if found:
            raise InputError(f"{option} is {given!r}: there are {len(found)} of this name; give the id, {found[0]} say")
        listed = ", ".join(f"{name} ({key})" for key, name in sorted(known.items())) or "none"
        raise InputError(
            f"{option} is {given!r}: this server has no {what} of this name or id"
            f"{kinds.hint(given, known.values())} It has {listed}."
        )
    return found[0]


def shown(given: str | None, key: Any, known: Mapping[str, str]) -> str | None:
    """How an id is shown: in the spelling in which it was asked for, else by its name where that is known."""
    if key is None:
        return None
    text = str(key)
    return text if given == text else known.get(text, text)
