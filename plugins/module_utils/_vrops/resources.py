# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources of vRealize Operations (contract A6): read in pages, and filtered again: a name may match a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import InputError, Values
from . import instances, kinds
from . import matching as match
from .client import Vrops, segment


def matching(api: Vrops, params: Mapping[str, Any]) -> list[Values]:
    """The resources that the options ask for, by kinds and name. Raises InputError, HttpError."""
    wanted = {
        "name": params["name"],
        "resourceId": params["id"],
        "adapterKind": params["adapter_kind"],
        "resourceKind": params["resource_kind"],
    }
    path, query = "resources", {name: value for name, value in wanted.items() if value is not None}
    if params["adapter_instance"] is not None:
        # This list has no filters.
        path, query = f"adapters/{segment(_instance(api, params['adapter_instance']))}/resources", {}
    found = [read(row) for row in api.pages(path, **query)]
    options = ("name", "id", "adapter_kind", "resource_kind")
    kept = [one for one in found if all(params[option] in (None, one[option]) for option in options)]
    return sorted(
        kept, key=lambda one: tuple(str(one[name]) for name in ("adapter_kind", "resource_kind", "name", "id"))
    )


def _instance(api: Vrops, text: str) -> str:
    """The id of an adapter instance by name or id. Raises InputError, HttpError."""
    known = {str(row["id"]): match.name_of(row) for row in instances.list_of(api, None)}
    found = [key for key, name in known.items() if text in (key, name)]
    if len(found) != 1:
        if found:
            raise InputError(f"adapter_instance is {text!r}: {len(found)} instances have this name; give an id")
        raise InputError(
            f"adapter_instance is {text!r}: there is none of this name or id{kinds.hint(text, known.values())}"
        )
    return found[0]


def read(row: Mapping[str, Any]) -> Values:
    """A resource in the user's words."""
    key = match.key_of(row)
    return {
        "name": key.get("name"),
        "id": row.get("identifier"),
        "adapter_kind": key.get("adapterKindKey"),
        "resource_kind": key.get("resourceKindKey"),
        "identifiers": match.values_of(row),
        "health": row.get("resourceHealth"),
        "states": [
            {
                "adapter_instance_id": each.get("adapterInstanceId"),
                "state": each.get("resourceState"),
                "status": each.get("resourceStatus"),
                "message": each.get("statusMessage") or "",
            }
            for each in row.get("resourceStatusStates") or []
        ],
    }
