# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provider VDCs that a site offers for replication (contract vcav-api.md, 4.5). Release 3.5 and newer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._plan import Field, InputError, Values
from . import settings, versions
from .client import Vcav

FIELDS: dict[str, Field] = {"provider_vdcs": Field("", unordered=True)}


def fetch(api: Vcav) -> dict[str, Any]:
    """The filter (ids) and what it can name. Raises InputError where the release has none."""
    settings.of_cloud(api, "the provider VDC filter")
    if not api.has("provider_vdc_filter"):
        raise InputError(
            f"provider_vdcs: the filter exists from release {versions.since('provider_vdc_filter')} on and this site "
            f"runs {versions.text(api.version)}; leave the task out for this site. Nothing was changed."
        )
    filtered = [str(each) for each in api.get("config/pvdc-filter") or []]
    return {"filter": filtered, "inventory": list(api.get("inventory/provider-vdcs") or [])}


def _labels(inventory: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """{id: what it is called here}: its name, or the id where two have the same name or it has none."""
    names = {str(each["id"]): str(each.get("name") or each["id"]) for each in inventory}
    often = Counter(names.values())
    return {key: name if often[name] == 1 else key for key, name in names.items()}


def read(found: Mapping[str, Any]) -> Values:
    """The provider VDCs of the filter, by name; one that is gone by its id. Empty for all."""
    labels = _labels(found["inventory"])
    return {"provider_vdcs": sorted(labels.get(each, each) for each in found["filter"])}


def available(found: Mapping[str, Any]) -> list[Values]:
    """The provider VDCs that the filter can name, by name."""
    rows = [{"id": str(each["id"]), "name": each.get("name")} for each in found["inventory"]]
    return sorted(rows, key=lambda row: (str(row["name"]), row["id"]))


def wanted(given: Iterable[str], found: Mapping[str, Any]) -> Values:
    """The filter that names or ids describe, as `read` writes it. Raises InputError for what does not exist."""
    labels = _labels(found["inventory"])
    by_name: dict[str, list[str]] = {}
    for each in found["inventory"]:
        by_name.setdefault(str(each.get("name")), []).append(str(each["id"]))
    chosen = set()
    for entry in given:
        # An id that the filter has may have gone from the inventory; it can be kept.
        ids = [entry] if entry in labels or entry in found["filter"] else by_name.get(entry, [])
        if not ids:
            hint = nearest(entry, [*by_name]) or f"; there are {', '.join(sorted(by_name)) or 'none'}"
            raise InputError(
                f"provider_vdcs names {entry!r}: this site sees no provider VDC of that name or id{hint}. "
                "Nothing was changed."
            )
        if len(ids) > 1:
            raise InputError(
                f"provider_vdcs names {entry!r}: {len(ids)} provider VDCs are called so; give the id instead, one of "
                f"{', '.join(sorted(ids))}. Nothing was changed."
            )
        chosen.add(labels.get(ids[0], ids[0]))
    return {"provider_vdcs": sorted(chosen)}


def write(api: Vcav, values: Values, found: Mapping[str, Any]) -> None:
    """Set the filter; an empty one lets all provider VDCs pass. Raises HttpError."""
    ids = {label: key for key, label in _labels(found["inventory"]).items()}
    api.request("POST", "config/pvdc-filter", document=[ids.get(label, label) for label in values["provider_vdcs"]])
