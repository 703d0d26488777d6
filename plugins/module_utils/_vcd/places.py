# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that choose objects by where they are, what they are called and how they are; documented in
doc_fragments/places.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .machines import POWER_STATES
from .records import check_chosen

_NAMES = ("org", "vdc", "vapp", "name")
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **{name: {"type": "str"} for name in _NAMES},
    "enabled": {"type": "bool"},
    "power_state": {"type": "str", "choices": list(POWER_STATES)},
}


def spec(*options: str) -> dict[str, dict[str, Any]]:
    """The argument spec of some of these options: `org`, `vdc`, `vapp`, `name`, `enabled`, `power_state`."""
    return {option: dict(_OPTIONS[option]) for option in options}


def check(params: Mapping[str, Any]) -> None:
    """Refuse empty names of places, which would choose nothing. Raises InputError."""
    check_chosen(params, *(name for name in _NAMES if name in params))
