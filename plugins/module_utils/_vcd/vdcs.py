# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organization VDCs of vCloud Director in the user's words, and where in the estate an object is (contract 4.4, 4.5).

Most records name their VDC by its id only, and no name is unique across organizations: `Places` says whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from .._names import nearest
from .._parallel import side_by_side
from .._plan import InputError
from . import organizations
from .client import SYSTEM, Vcd
from .filters import Filter, all_of, any_of, equals
from .records import (
    MOST_VALUES,
    Columns,
    distinct,
    flag,
    identity,
    kind,
    matcher,
    number,
    one_of,
    only,
    row,
    text,
    unmatched,
    urn,
    word,
    words,
)

# That few organizations are looked for one by one.
MOST_SINGLE = 3

_COLUMNS: Columns = {
    "name": ("name", text),
    "org": ("orgName", text),
    "description": ("description", words),
    "enabled": ("isEnabled", flag),
    "status": ("status", word),
    "busy": ("isBusy", flag),
    "provider_vdc": ("providerVdcName", text),
    "cpu_allocation_mhz": ("cpuAllocationMhz", number),
    "cpu_limit_mhz": ("cpuLimitMhz", number),
    "cpu_reserved_mhz": ("cpuReservedMhz", number),
    "cpu_used_mhz": ("cpuUsedMhz", number),
    "memory_allocation_mb": ("memoryAllocationMB", number),
    "memory_limit_mb": ("memoryLimitMB", number),
    "memory_reserved_mb": ("memoryReservedMB", number),
    "memory_used_mb": ("memoryUsedMB", number),
    "storage_limit_mb": ("storageLimitMB", number),
    "storage_used_mb": ("storageUsedMB", number),
    "vapp_count": ("numberOfVApps", number),
    "vm_count": ("numberOfVMs", number),
    "running_vm_count": ("numberOfRunningVMs", number),
    "disk_count": ("numberOfDisks", number),
    "media_count": ("numberOfMedia", number),
    "storage_profile_count": ("numberOfStorageProfiles", number),
}


@dataclass(frozen=True)
class Place:
    """One VDC: whose it is and what it is called. `org_id` is None for a tenant, who has one organization only."""

    org: str
    vdc: str
    org_id: str | None = None


Places = dict[str, Place]
"""VDCs by their bare UUID."""

OPTIONS = ("org", "vdc")
"""The options that organizations and VDCs are chosen with, as messages name them: those of modules."""


def _places(records: list[Element]) -> Places:
    return {
        identity(record): Place(
            record.get("orgName", ""), record.get("name", ""), identity(record, "org") if record.get("org") else None
        )
        for record in records
    }


def chosen(orgs: Collection[str] | None, names: Collection[str] | None) -> Filter | None:
    """The server's filter for records of these names in these organizations, where records have `orgName`."""
    return all_of(one_of("orgName", orgs), one_of("name", names))


def places(
    api: Vcd,
    orgs: Collection[str] | None = None,
    names: Collection[str] | None = None,
    options: tuple[str, str] = OPTIONS,
) -> Places:
    """The VDCs that the user sees, of these organizations and of these names, both as they are written.

    Raises InputError for an organization or a VDC that does not exist, with the option of `options` that names it and
    the one that may have been meant.
    """
    fields = "name,orgName,org" if api.is_provider else "name,orgName"
    ours, theirs = matcher(orgs), matcher(names)
    found = {
        uuid: place
        for uuid, place in _places(api.query(kind(api, "orgVdc"), chosen(orgs, names), fields)).items()
        if ours(place.org) and theirs(place.vdc)
    }
    check_orgs(api, unmatched(orgs, (place.org for place in found.values())), options[0])
    missing = unmatched(names, (place.vdc for place in found.values()))
    if missing:
        others = sorted(place.vdc for place in places(api, orgs).values())
        where = f" of {', '.join(map(repr, orgs))}" if orgs else ""
        raise InputError(
            f"{options[1]} is {missing[0]!r}: there is no such organization VDC{where}{nearest(missing[0], others)}"
        )
    return found


def check_orgs(api: Vcd, orgs: Collection[str], option: str = OPTIONS[0]) -> None:
    """Refuse organizations that do not exist, or that a tenant does not see. Raises InputError that names the option.

    One that exists is asked for by its name; the list of all is read only where many are to be found, or where one is
    not, to name the one that may have been meant.
    """
    wanted = [org for org in orgs if not (api.is_provider and org.lower() == SYSTEM)]
    if len(wanted) <= MOST_SINGLE and not any("*" in org for org in wanted):
        wanted = [org for org in wanted if not organizations.matching(api, name=org, descriptions=False)]
    if not wanted:
        return
    seen = [values["name"] for values, _details in organizations.matching(api, descriptions=False)]
    for org in unmatched(wanted, seen):
        hint = nearest(org, seen) if api.is_provider else f" that the user sees; {', '.join(map(repr, seen))} is"
        raise InputError(f"{option} is {org!r}: there is no such organization{hint}")


def narrowed(api: Vcd, rows: Iterable[dict[str, Any]], org: str | None, name: str | None) -> list[dict[str, Any]]:
    """Rows with `org`, `name` and `id` that belong to an organization and have a name, by both, each once.

    They come of a list that was filtered by `chosen`. Raises InputError for an organization that does not exist.
    """
    ours, fits = matcher(only(org)), matcher(only(name))
    found = distinct((each for each in rows if ours(each["org"] or "") and fits(each["name"] or "")), ("org", "name"))
    if org and not found:
        check_orgs(api, [org])
    return found


def locate(
    api: Vcd,
    plain: str,
    where: Filter | None,
    fields: str,
    *,
    orgs: Collection[str] | None,
    vdcs: Collection[str] | None,
    options: tuple[str, str] = OPTIONS,
) -> tuple[list[Element], Places]:
    """Records of a type that names its VDC by reference, and the VDCs.

    Where VDCs or organizations are chosen, they are looked up first and the filter goes to the server; else both are
    read side by side. Records of other VDCs than those of the answer are left out, but for a VDC that came into being
    while they were read. Raises InputError, HttpError.
    """
    asked = kind(api, plain)
    if orgs is None and vdcs is None:
        calls: dict[str, Callable[[], Any]] = {
            "records": lambda: api.query(asked, where, fields),
            "places": lambda: places(api),
        }
        answers = side_by_side(lambda name: calls[name](), calls)
        records, found = answers["records"], answers["places"]
        if any(record.get("vdc") and identity(record, "vdc") not in found for record in records):
            found = places(api)
        return records, found
    found = places(api, orgs, vdcs, options)
    if not found:
        return [], found
    records = api.query(asked, all_of(where, _within(api, found, whole=vdcs is None)), fields)
    return [record for record in records if identity(record, "vdc") in found], found


def _within(api: Vcd, found: Places, *, whole: bool) -> Filter | None:
    """The filter for what lies in these VDCs; `whole` when they are all VDCs of their organizations."""
    if len(found) <= MOST_VALUES:
        return any_of(*(equals("vdc", urn("vdc", uuid)) for uuid in sorted(found)))
    owners = sorted({place.org_id for place in found.values() if place.org_id})
    if whole and api.is_provider and len(owners) <= MOST_VALUES:
        return any_of(*(equals("org", urn("org", uuid)) for uuid in owners))
    return None


def matching(
    api: Vcd, *, org: str | None = None, name: str | None = None, enabled: bool | None = None
) -> list[dict[str, Any]]:
    """VDCs in the user's words, by organization and name. Raises InputError for an organization that does not exist."""
    where = all_of(chosen(only(org), only(name)), None if enabled is None else equals("isEnabled", enabled))
    rows = [
        {**row(_COLUMNS, record), "id": urn("vdc", identity(record))}
        for record in api.query(kind(api, "orgVdc"), where)
    ]
    return narrowed(api, [each for each in rows if enabled in (None, each["enabled"])], org, name)
