# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the Container Service Extension of a vCloud Director, also where there is none or it does not answer
(contract cse-api.md, 1.1 and 1.2).
"""

from __future__ import annotations

from typing import Any

from .._http import HttpError
from .._plan import Values
from .._vcd import entity_types, versions
from .._vcd.client import Vcd
from .._vcd.filters import any_of, equals
from . import capabilities, errors
from .client import Cse, NoCse
from .releases import POLLED

_NOTHING: Values = dict.fromkeys(
    ("version", "status", "enabled", "legacy_mode", "api_version", "entity_type", "description")
)
RUNNING = "Running"


def tell(api: Vcd) -> Values:
    """One server in the user's words. What nobody tells is None. Raises HttpError for what is no answer about it."""
    types = entity_types_of(api)
    common: Values = {**_NOTHING, "api_versions": [], "entity_types": types, "capabilities": None}
    try:
        cse = Cse(api)
    except NoCse as problem:
        return {**common, "installed": False, "running": False, "message": f"{problem}."}
    except HttpError as problem:
        if problem.status != 504:
            raise
        return {**common, "installed": True, "running": False, "message": errors.DOWN}
    release, told = cse.release, cse.system
    status = told.get("status")
    spoken = release.api or api.version
    return {
        **common,
        "installed": True,
        # Nothing of a server of 4.x can be asked: what it writes into entities is all that shows that it runs.
        "running": None if release.kind == POLLED else True,
        "version": release.version,
        "status": status,
        # Only a System administrator is told.
        "enabled": None if status is None else status == RUNNING,
        "legacy_mode": release.legacy,
        "api_version": versions.text(spoken),
        "api_versions": told.get("cse_server_supported_api_versions") or [versions.text(spoken)],
        "entity_type": _written_type(release.kind, release.rde),
        "description": told.get("description"),
        "capabilities": capabilities.table(release),
        "message": _message(release.kind, status),
    }


def _written_type(kind: str, version: str) -> str | None:
    if not version:
        return None
    return (
        f"urn:vcloud:type:vmware:capvcdCluster:{version}"
        if kind == POLLED
        else f"urn:vcloud:type:cse:nativeCluster:{version}"
    )


def _message(kind: str, status: Any) -> str:
    if kind == POLLED:
        return (
            "CSE 4 has no calls: the types of its clusters are registered, and whether a server looks at them shows in "
            "a cluster that is made."
        )
    if status not in (None, RUNNING):
        return f"The server answers and is {status}: it refuses everything until vcd cse system enable."
    return "The server answers."


def entity_types_of(api: Vcd) -> list[dict[str, Any]]:
    """The types of clusters that are registered and that the user sees, by id; none before API 35.0."""
    if not api.has("defined_entities"):
        return []
    where = any_of(equals("nss", "nativeCluster"), equals("nss", "capvcdCluster"))
    found = api.acting_for(None).gather(entity_types.TYPES, where)
    kinds = {("cse", "nativeCluster"), ("vmware", "capvcdCluster")}
    rows = [one for one in found if (one.get("vendor"), one.get("nss")) in kinds]
    return sorted(
        ({name: str(one[name]) for name in ("id", "vendor", "nss", "version")} for one in rows),
        key=lambda one: one["id"],
    )
