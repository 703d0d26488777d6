# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases of the orchestrator and what differs between them (contract vro-api.md, 16 and 18). Pure."""

from __future__ import annotations

import re

Version = tuple[int, ...]

# feature: first release that has it
_FEATURES: dict[str, Version] = {
    "script_log": (7, 4),
    "script_log_by_get": (7, 6),
    "action_json": (8, 0),
    "action_run": (8, 0),
    "workflow_json": (8, 0),
    "import_details": (8, 0),
    "secure_values_in_packages": (8, 0),
    "plugin_installations": (8, 0),
    "plugin_types": (8, 0),
    "cancel_by_state": (8, 0),
    "schedule_zones": (8, 0),
    "resource_metadata": (8, 0),
}


def parse(text: str, build: str = "") -> Version:
    """`7.6.0.12345678` as numbers, without the build number that may end it (contract 16). Raises ValueError."""
    release = text.strip().removesuffix(f".{build.strip()}") if build.strip() else text.strip()
    found = re.match(r"\d+(?:\.\d+)*", release)
    if not found or "." not in found.group():
        raise ValueError(f"{text!r} is not a release of the orchestrator")
    # A fourth number is the build where the server does not name it by itself.
    return tuple(int(part) for part in found.group().split(".")[:3])


def text(version: Version) -> str:
    """A release as people write it."""
    return ".".join(map(str, version))


def has(version: Version, feature: str) -> bool:
    """True if a release has a feature of the table above."""
    return version >= _FEATURES[feature]
