# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release of the Container Service Extension can do (contract cse-api.md, 3 to 7 and 9). Pure."""

from __future__ import annotations

from typing import Any

from .releases import FIRST, NATIVE, POLLED, SECOND, Release

NATIVE_KIND, TKG_PLUS, TKGM = "native", "TKG+", "TKGm"


def kinds(release: Release) -> list[str]:
    """The kinds of clusters that it makes; whether the provider has switched them on is another matter."""
    if release.kind == POLLED:
        return [TKGM]
    if release.kind != NATIVE:
        return [NATIVE_KIND]
    return [NATIVE_KIND, TKG_PLUS, TKGM] if release.camel else [NATIVE_KIND, TKG_PLUS]


def removable(release: Release) -> list[str]:
    """The roles of nodes that can be removed one by one, by name."""
    return {FIRST: ["worker", "nfs"], SECOND: ["worker", "nfs"], NATIVE: ["nfs"], POLLED: []}[release.kind]


def upgrades(release: Release) -> bool:
    """Whether a cluster can be upgraded to another template."""
    return release.kind in (NATIVE, POLLED) or (release.kind == SECOND and release.number >= (2, 6))


def forces(release: Release) -> bool:
    """Whether there is a call that removes a cluster whatever its state. Older ones and 4.x need none."""
    return release.camel and release.number >= (3, 1, 2)


def table(release: Release) -> dict[str, Any]:
    """All of it, as cse_server_info tells it."""
    return {
        "kinds": kinds(release),
        "upgrade": upgrades(release),
        "nfs_nodes": release.kind != POLLED,
        "removable_nodes": removable(release),
        "sharing": release.kind == POLLED or (release.kind == NATIVE and release.number >= (3, 1)),
        "force_delete": forces(release),
        "templates": release.kind != POLLED,
        "vdc_runtimes": release.kind != POLLED,
        "vdc_compute_policies": release.kind == SECOND,
    }
