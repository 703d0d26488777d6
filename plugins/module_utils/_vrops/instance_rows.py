# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adapter instances as a list, with names and states: a bounded number of lists, however many instances there are."""

from __future__ import annotations

from .._plan import Values
from . import instances
from . import matching as match
from .client import Vrops
from .collectors import COLLECTOR, GROUP
from .instances import Names

_IDS = {"credential": "credentialInstanceId", COLLECTOR: "collectorId", GROUP: "collectorGroupId"}


def matching(api: Vrops, kind: str | None, name: str | None) -> list[tuple[Values, Values]]:
    """(what a task can manage, what the server knows beside) of each instance, by kind and name. Raises HttpError."""
    rows = [row for row in instances.list_of(api, kind) if name in (None, match.name_of(row))]
    names = Names(api, kind)
    states = instances.states(api, rows)
    pairs = []
    for row in rows:
        instance = instances.with_state(row, states.get(str(row.get("id"))))
        # Asking for each by its name makes the same words of it that a task is given.
        asked = {
            option: names.of(option).get(str(row[wire]), str(row[wire]))
            for option, wire in _IDS.items()
            if row.get(wire) is not None and not (option == COLLECTOR and row.get(_IDS[GROUP]))
        }
        values = instances.read(instance, names, asked)
        details: Values = {
            "name": values["name"],
            "id": instance.id,
            "unique_identifiers": sorted(one.name for one in match.described(row).values() if one.unique),
            "state": instance.state,
            "status": instance.status,
            "message": instance.message or str(row.get("messageFromAdapterInstance") or ""),
            "resource_count": row.get("numberOfResourcesCollected"),
            "last_collected": row.get("lastCollected"),
        }
        pairs.append((values, details))
    return sorted(pairs, key=lambda pair: (str(pair[0]["adapter_kind"]), str(pair[0]["name"]), pair[1]["id"]))
