# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters of every release of CSE behind one door: `way_of` gives the way of the release that is there."""

from __future__ import annotations

from typing import Any

from .._http import HttpError
from . import errors, lookup
from .client import Cse
from .lookup import Found
from .named_clusters import NamedWay
from .native_clusters import NativeWay
from .polled_clusters import PolledWay
from .releases import FIRST, NATIVE, POLLED, SECOND
from .ways import Job, Way

_WAYS: dict[str, type[Way]] = {FIRST: NamedWay, SECOND: NamedWay, NATIVE: NativeWay, POLLED: PolledWay}


def way_of(job: Job) -> Way:
    """How the clusters of this server are read and changed."""
    return _WAYS[job.cse.release.kind](job)


def job_of(context: Any) -> Job:
    """The job of a module's context."""
    return Job(context.api, context.params, context.check_mode, context.wait, context.tell, context.warn)


def nodes(way: Way, found: Found | None, before: set[str] | None = None) -> list[dict[str, Any]]:
    """The nodes of a cluster; `new` says which of them were not there `before` (None: nobody asked)."""
    rows = way.nodes(found) if found is not None else []
    return [{**row, "new": before is not None and row["name"] not in before} for row in rows]


def all_of(cse: Cse, way: Way, name: str | None, vdc: str | None) -> list[Found]:
    """The clusters that a user sees, by name, in an organization; each as it is, without waiting. Raises HttpError.

    Up to 2.6 the list tells less than each cluster by itself, so every one is read.
    """
    if cse.release.kind in (NATIVE, POLLED):
        found = lookup.all_entities(cse, way.params)
        return [one for one in found if name in (None, one.name) and vdc in (None, one.vdc)]
    rows = way.cse.get("" if cse.release.kind == FIRST else "clusters")
    chosen = {
        (str(row["name"]), row.get("vdc_name") or row.get("vdc"), row.get("org_name"))
        for row in rows or []
        if name in (None, row["name"]) and vdc in (None, row.get("vdc_name") or row.get("vdc"))
    }
    wanted = way.params.get("org") or way.params.get("vcd_tenant")
    made = []
    for each, place, org in sorted(chosen, key=lambda row: tuple(map(str, row))):
        if wanted not in (None, org) and org is not None:
            continue
        try:
            one = lookup.find(cse, {**way.params, "vdc": place, "org": org if cse.api.is_provider else None}, each)
        except HttpError as problem:
            if not errors.is_missing(problem):
                raise
            continue
        if one is not None:
            made.append(one)
    return made
