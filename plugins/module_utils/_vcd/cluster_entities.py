# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubernetes clusters of the Container Service Extension 4.x and their nodes, as vCloud Director tells them.

Their vApps have no mark. A cluster is an entity, which names its organization, its VDCs and its pools; the VMs of a
pool are named after it, those of the control plane after the cluster (contract cse-api.md, 7.3 and 8.5). What follows
the pool's name is inferred there, so that only the five characters at the end are held to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http import HttpError
from .client import Vcd
from .entity_types import ENTITIES

CONTROL_PLANE, WORKER = "control_plane", "worker"
_CONTROL = re.compile(r"(.+)-control-plane-node-pool-[a-z0-9]{5}")


@dataclass(frozen=True)
class Cluster:
    """One cluster: where its machines are, and what their names begin with."""

    id: str
    name: str
    org: str
    vdcs: frozenset[str]
    pools: tuple[str, ...]

    def role_of(self, machine: str) -> str | None:
        """The part that a VM of its vApp has, by its name; None for one that is no node."""
        found = _CONTROL.fullmatch(machine)
        if found and found[1] == self.name:
            return CONTROL_PLANE
        worker = any(re.fullmatch(rf"{re.escape(pool)}-(.+-)?[a-z0-9]{{5}}", machine) for pool in self.pools)
        return WORKER if worker else None


def any_control_plane(names: Iterable[str]) -> bool:
    """Whether one of the names is that of a control plane: only then is it worth asking for clusters."""
    return any(_CONTROL.fullmatch(name) for name in names)


def read(api: Vcd) -> list[Cluster]:
    """The clusters that the user sees, by id: one paged list; none where there is no such type. Raises HttpError."""
    if not api.has("entities_of_all_versions"):
        return []  # 4.x needs a newer vCloud Director than this one
    try:
        found = api.gather(f"{ENTITIES}/types/vmware/capvcdCluster")
    except HttpError as problem:
        # The type is not there, or the user has no right to look.
        if problem.status not in (400, 403, 404):
            raise
        return []
    clusters = (_cluster(one) for one in found)
    return sorted((one for one in clusters if one is not None), key=lambda one: one.id)


def _cluster(wire: Mapping[str, Any]) -> Cluster | None:
    """One entity; None for one that has no status yet, because its machines cannot be told then."""
    told = ((wire.get("entity") or {}).get("status") or {}).get("capvcd") or {}
    places = told.get("vcdProperties") or {}
    if not told:
        return None
    return Cluster(
        id=str(wire["id"]),
        name=str(wire["name"]),
        org=str((wire.get("org") or {}).get("name") or _names(places.get("organizations"), "")[0]),
        vdcs=frozenset(_names(places.get("orgVdcs"))),
        pools=tuple(_names(told.get("nodePool"))),
    )


def _names(found: Any, *otherwise: str) -> list[str]:
    return [str(one["name"]) for one in found or [] if isinstance(one, dict) and one.get("name")] or list(otherwise)


def nodes(clusters: Sequence[Cluster], machines: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Cluster, str]]:
    """Cluster and role of each VM that is a node, by its `id`.

    `machines` have id, name, org, vdc and vapp_id. The vApp of a cluster is the one that holds its control plane: pools
    of two clusters may have one name. Two clusters of one name in one VDC cannot be told apart, so their nodes are
    neither's.
    """
    rows = list(machines)
    owners: dict[str, Cluster] = {}
    for row in rows:
        found = _CONTROL.fullmatch(row["name"])
        fits = [
            one
            for one in clusters
            if found and one.name == found[1] and one.org == row["org"] and row["vdc"] in one.vdcs
        ]
        if len(fits) == 1:
            owners[str(row["vapp_id"])] = fits[0]
    made = {}
    for row in rows:
        owner = owners.get(str(row["vapp_id"]))
        role = owner.role_of(row["name"]) if owner else None
        if owner and role:
            made[str(row["id"])] = (owner, role)
    return made
