# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read becomes hosts: names, addresses, variables and groups. Pure.

Nothing here may put hosts of two tenants together that their server keeps apart. So names of VDCs, vApps and networks
are qualified by their organization in the names of groups, two names that would become one group stay two, and a host
name that fits several VMs is given to none of them as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..module_utils._plan import InputError
from ._inventory_options import Address, Settings

Row = Mapping[str, Any]
# A group before it has a name that Ansible takes: its prefix and the names that it is made of.
Raw = tuple[str, ...]
Namer = Callable[[Mapping[str, Any]], str]

SHOWN = 5  # names in a warning, before it says how many more there are


@dataclass
class Host:
    """One host of the inventory. `key` tells it from every other, also of another source."""

    name: str
    key: str
    variables: dict[str, Any]
    groups: list[str]


@dataclass(frozen=True)
class Estate:
    """Hosts in the order of the rows; groups, each after the one that it lies in; and what somebody should be told."""

    hosts: list[Host]
    groups: dict[str, str | None]
    warnings: list[str]


def build(
    rows: Iterable[Row],
    settings: Settings,
    mark: Callable[[Any], Any] = dict,
    name_of: Namer | None = None,
    taken: Mapping[str, str] | None = None,
) -> Estate:
    """The hosts of all rows.

    `mark` makes variables, a dictionary, of what came from a server. `name_of` makes a host's name from its variables,
    an empty one where it cannot; without it the server's name is taken. `taken` are names that other sources of this
    collection have given, with the key of whoever has it. Raises InputError for two hosts of a name where that is to be
    a failure.
    """
    chosen = [
        (row, way)
        for row, way in ((row, address(row, settings.address_from)) for row in merged(rows))
        if way is not None or not settings.require_address
    ]
    paths = [lines(row, settings.group_by) for row, _way in chosen]
    named = _group_names({raw for path in paths for line in path for raw in line})
    hosts: list[Host] = []
    groups: dict[str, str | None] = {}
    innermost: dict[tuple[Raw, ...], str] = {}
    prefix = settings.hostvars_prefix
    for (row, way), path in zip(chosen, paths, strict=True):
        told = {prefix + field: value for field, value in row.items()}
        if way is not None:
            told["ansible_host"] = way
        if row["kind"] == "appliance":
            told["vcav_site"] = row["site"]
            if row["role"] != "paired_site":
                told["vcav_url"] = row["url"]
        variables = mark(told)
        for line in path:
            if line not in innermost:
                outer = None
                for raw in line:
                    groups[named.names[raw]] = outer
                    outer = named.names[raw]
                innermost[line] = named.names[line[-1]]
        key = key_of(row)
        name = (name_of(variables) if name_of else "") or row["name"] or key
        # A tenant names its machines, and before ansible-core 2.19 whoever writes inventory_hostname evaluates it.
        name = name.replace("{", "_").replace("}", "_")
        hosts.append(Host(name, key, variables, [innermost[line] for line in path]))
    warnings = [*named.warnings, *_distinguish(hosts, settings, taken or {})]
    return Estate(hosts, groups, warnings)


def key_of(row: Row) -> str:
    """What tells a host from every other one."""
    return str(row["id"] if row["kind"] == "vm" else row["url"])


def merged(rows: Iterable[Row]) -> list[Row]:
    """Every VM and every appliance once, however many servers tell of it.

    A manager service on the appliance of a cloud service is no appliance of its own, and a paired site whose own cloud
    service is in the file is that one.
    """
    rows = list(rows)
    clouds = {(row["name"], row["site"]): row for row in rows if row["kind"] == "appliance" and row["role"] == "cloud"}
    known_sites = {site for _name, site in clouds}
    found: dict[str, Row] = {}
    for row in rows:
        if row["kind"] == "appliance":
            if row["role"] == "paired_site" and row["site"] in known_sites:
                continue
            if row["role"] == "manager" and (row["name"], row["site"]) in clouds:
                cloud = clouds[row["name"], row["site"]]
                found[key_of(cloud)] = {**cloud, "manager_url": row["url"]}
                continue
        found.setdefault(key_of(row), row)
    return list(found.values())


# Addresses


def address(row: Row, ways: Iterable[Address]) -> str | None:
    """The first address that one of the ways leads to; None where none does. An appliance has that of its URL."""
    if row["kind"] == "appliance":
        return str(row["name"])
    nics = row.get("nics")
    for way in ways:
        if way.kind == "primary":
            found = row["ip_address"] or _of(nics, "primary", True)
        elif way.kind == "external":
            found = _of(nics, "primary", True, "external_address")
        elif way.kind == "nic":
            found = _of(nics, "index", int(way.value))
        elif row["network"] == way.value and row["ip_address"]:
            found = row["ip_address"]
        else:
            found = _of(nics, "network", way.value)
        if found:
            return str(found)
    return None


def _of(nics: Collection[Row] | None, key: str, value: Any, field: str = "ip_address") -> str | None:
    """The address of the first NIC with this value that has one."""
    return next((nic[field] for nic in nics or () if nic[key] == value and nic[field]), None)


# Groups


def lines(row: Row, group_by: Collection[str]) -> list[tuple[Raw, ...]]:
    """The groups of a row: each a line from the outermost to the one that holds it."""
    site: list[tuple[Raw, ...]] = [(("site", row["site"]),)] if "site" in group_by and row["site"] else []
    found: list[tuple[Raw, ...]] = []
    if row["kind"] == "appliance":
        found.append((("vcav",), (f"vcav_{row['role']}",)))
        if row.get("manager_url"):
            found.append((("vcav",), ("vcav_manager",)))
        return found + site
    org, vdc = row["org"], row["vdc"]
    place: list[Raw] = []
    if "org" in group_by and org:
        place.append(("org", org))
    if "vdc" in group_by and vdc:
        place.append(("vdc", org, vdc))
    if "vapp" in group_by and row["vapp"]:
        place.append(("vapp", org, vdc, row["vapp"]))
    if place:
        found.append(tuple(place))
    if "network" in group_by:
        networks = {nic["network"] for nic in row.get("nics") or () if nic["network"]} | {row["network"]}
        found += [(("network", org, network),) for network in sorted(filter(None, networks))]
    if "os" in group_by and row["guest_os"]:
        found.append((("os", row["guest_os"]),))
    if "power_state" in group_by and row["power_state"]:
        found.append((("power_state", row["power_state"]),))
    cluster, role = row.get("cluster"), row.get("cluster_role")
    if "cluster" in group_by and cluster:
        whole = ("cluster", org, vdc, cluster)
        found.append((whole, (*whole, role)))
    if "cluster_role" in group_by and role:
        found.append((("cluster_role", role),))
    if "metadata" in group_by:
        found += [(("metadata", key, str(value)),) for key, value in (row.get("metadata") or {}).items()]
    return found + site


@dataclass(frozen=True)
class _Names:
    names: dict[Raw, str]
    warnings: list[str]


def _group_names(groups: Collection[Raw]) -> _Names:
    """A name that Ansible takes for each group; those that would share one are told apart by a digest."""
    alike: dict[str, list[Raw]] = {}
    for raw in groups:
        alike.setdefault(re.sub(r"\W", "_", "_".join(filter(None, raw))), []).append(raw)
    names, warnings = {}, []
    for name, raws in sorted(alike.items()):
        if len(raws) == 1:
            names[raws[0]] = name
            continue
        for raw in sorted(raws):
            names[raw] = f"{name}_{hashlib.sha256(repr(raw).encode()).hexdigest()[:6]}"
        shown = ", ".join(f"{' / '.join(raw[1:])!r} is {names[raw]}" for raw in sorted(raws)[:SHOWN])
        warnings.append(f"Several names would make one group {name}, so each has its own: {shown}")
    return _Names(names, warnings)


# Names


def _distinguish(hosts: list[Host], settings: Settings, taken: Mapping[str, str]) -> list[str]:
    """Give every host a name of its own; a warning where several had the same. Raises InputError."""
    alike: dict[str, list[Host]] = {}
    for host in hosts:
        alike.setdefault(host.name, []).append(host)
    twice = {name: same for name, same in alike.items() if len(same) > 1 or taken.get(name, same[0].key) != same[0].key}
    if not twice:
        return []
    shown = ", ".join(f"{name!r} ({len(same)})" for name, same in sorted(twice.items())[:SHOWN])
    more = f" and {len(twice) - SHOWN} more" if len(twice) > SHOWN else ""
    what = f"Host names that several machines have: {shown}{more}"
    if settings.duplicate_hostnames == "fail":
        raise InputError(
            f"duplicate_hostnames is fail. {what}. Let hostnames make names that differ, such as "
            f"{settings.hostvars_prefix}name ~ '.' ~ {settings.hostvars_prefix}org"
        )
    for same in twice.values():
        for host in same:
            host.name = f"{host.name}-{_mark(host.key)}"
    return [f"{what}. None of them has this name now, but one that ends with a dash and a mark of its id"]


def _mark(key: str) -> str:
    """A short mark that stays the same: the beginning of a VM's UUID, or the port of an appliance's address."""
    if re.fullmatch(r"[0-9a-f]{8}-.*", key):
        return key[:8]
    found = re.search(r":(\d+)$", key)
    return found[1] if found else hashlib.sha256(key.encode()).hexdigest()[:8]
