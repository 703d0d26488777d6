# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the servers of an inventory source, side by side, with the clients of the modules.

What comes out are plain rows that a cache can keep: one for each VM or appliance, without secrets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..module_utils._http import HttpError
from ..module_utils._parallel import in_flight
from ..module_utils._plan import InputError
from ..module_utils._remedies import remedy
from ..module_utils._vcav import client as vcav_client
from ..module_utils._vcav import replicators, sites, tunnels, versions
from ..module_utils._vcav.client import Vcav
from ..module_utils._vcd import client as vcd_client
from ..module_utils._vcd import cluster_entities, cluster_vapps, details, machines
from ..module_utils._vcd.client import Vcd
from ._inventory_options import EVERY_KEY, Address, Endpoint, Settings

Row = dict[str, Any]


class Unreadable(Exception):
    """A server of the source was not read; `away` is True where it did not answer, which is not the file's fault."""

    def __init__(self, message: str, away: bool) -> None:
        self.away = away
        super().__init__(message)


@dataclass(frozen=True)
class Found:
    """The rows of all servers in the order of the file, and a sentence for each server that was away, by its site."""

    rows: list[Row]
    missing: dict[str, str]


def read(settings: Settings) -> Found:
    """Read every server, each with one login that is closed at the end.

    Raises Unreadable for the first server in the file's order that could not be read. With `on_unreachable: warn` those
    that are away are left out instead, unless all of them are.
    """
    # Entries for one server and user share its login, so they follow one another.
    together: dict[str, list[Endpoint]] = {}
    for endpoint in settings.endpoints:
        together.setdefault(repr((endpoint.product, sorted(endpoint.params.items()))), []).append(endpoint)
    rows: dict[int, list[Row]] = {}
    faults: dict[int, Unreadable] = {}
    place = {id(endpoint): number for number, endpoint in enumerate(settings.endpoints)}
    for group, answer, fault in in_flight(lambda key: _read_group(together[key], settings), together):
        for number, endpoint in enumerate(together[group]):
            if fault is None and answer is not None:
                rows[place[id(endpoint)]] = answer[number]
            elif fault is not None:
                faults[place[id(endpoint)]] = _explained(endpoint, fault)
    fatal = [
        faults[number] for number in sorted(faults) if settings.on_unreachable == "fail" or not faults[number].away
    ]
    if fatal:
        raise fatal[0]
    if faults and not rows:
        raise faults[min(faults)]
    missing = {_name(settings.endpoints[number]): str(fault) for number, fault in sorted(faults.items())}
    return Found([row for number in sorted(rows) for row in rows[number]], missing)


def _name(endpoint: Endpoint) -> str:
    """The site of a server as far as the file tells it, else its host."""
    return endpoint.site or str(urlsplit(endpoint.url).hostname)


def _explained(endpoint: Endpoint, fault: Exception) -> Unreadable:
    """A failure in the words of the modules. Anything that is no failure of a server passes through."""
    where = f"{endpoint.site}: " if endpoint.site else ""
    if isinstance(fault, InputError):
        return Unreadable(f"{where}{fault}", False)
    if isinstance(fault, HttpError):
        text, advice = str(fault).rstrip("."), remedy(fault)
        away = fault.is_transient or fault.kind == "dns"
        return Unreadable(where + (f"{text}. {advice}" if advice else text), away)
    raise fault


def _read_group(endpoints: list[Endpoint], settings: Settings) -> list[list[Row]]:
    """The rows of entries that share a login."""
    first = endpoints[0]
    if first.product == "vcd":
        with vcd_client.connect(first.params) as director:
            return [machines_of(director, endpoint, settings) for endpoint in endpoints]
    with vcav_client.connect(first.params) as service:
        return [appliances_of(service, endpoint) for endpoint in endpoints]


# vCloud Director


def machines_of(api: Vcd, endpoint: Endpoint, settings: Settings) -> list[Row]:
    """The VMs that the entry chooses, with NICs and metadata where the file asks for what only they tell."""
    # What a query answers while a provider acts for an organization is not known (contract 2.5): the filter says it.
    acting_for = endpoint.params.get("vcd_tenant")
    orgs = endpoint.selection.get("orgs")
    found = machines.read(
        api,
        orgs=orgs or ([acting_for] if acting_for else None),
        vdcs=endpoint.selection.get("vdcs"),
        vapps=endpoint.selection.get("vapps"),
        names=endpoint.selection.get("vms"),
        power_states=endpoint.selection.get("power_states"),
        metadata=None if settings.metadata == EVERY_KEY else settings.metadata,
        options=("orgs" if orgs else "vcd_tenant", "vdcs"),
    )
    site = endpoint.site or api.site
    for row in found:
        row["kind"], row["site"] = "vm", site
    # A provider's records carry no address at all, a tenant's that of the primary NIC, empty where it has none.
    told = not api.is_provider
    asking = [row["id"] for row in found if needs_nics(row, settings.address_from, told)]
    nics = details.of_each(details.nics, api, asking) if asking else {}
    if settings.metadata == EVERY_KEY:
        data = details.of_each(details.metadata, api, [row["id"] for row in found])
        for row in found:
            row["metadata"] = data.get(row["id"], {})
    for row in found:
        if row["id"] in nics:
            row["nics"] = nics[row["id"]]
            primary = (nic["ip_address"] for nic in row["nics"] if nic["primary"])
            row["ip_address"] = row["ip_address"] or next(primary, None)
    _tell_clusters(api, found)
    return found


def _tell_clusters(api: Vcd, rows: list[Row]) -> None:
    """Which cluster each VM is a node of, and its part there; null for others. Asks only where a name is a node's."""
    names = [row["name"] for row in rows]
    marked = cluster_vapps.identities(api) if cluster_vapps.any_node(names) else {}
    clusters = cluster_entities.read(api) if cluster_entities.any_control_plane(names) else []
    nodes = cluster_entities.nodes(clusters, rows) if clusters else {}
    for row in rows:
        role = cluster_vapps.role_of(row["name"]) if marked else None
        identity = marked.get(row["vapp_id"]) if role else None
        row["cluster"], row["cluster_id"] = (row["vapp"], identity) if identity else (None, None)
        row["cluster_role"] = role if identity else None
        if row["id"] in nodes:
            cluster, row["cluster_role"] = nodes[row["id"]]
            row["cluster"], row["cluster_id"] = cluster.name, cluster.id


def needs_nics(row: Row, ways: Iterable[Address], told: bool) -> bool:
    """True if the address of a VM is only in its NICs. `told`: the record names the primary address if there is one."""
    for way in ways:
        if way.kind == "primary" and told:
            if row["ip_address"]:
                return False
        elif way.kind == "network" and told and row["network"] == way.value and row["ip_address"]:
            return False
        else:
            return True
    return False


# vCloud Availability


def appliances_of(api: Vcav, endpoint: Endpoint) -> list[Row]:
    """The appliances that a service knows of: a cloud service itself, its tunnel and the sites that it is paired with;
    a manager service itself and its replicators; any other service itself.
    """
    role = str(api.facts.get("service") or "service").lower()
    site = endpoint.site or api.site
    found = [_appliance(api.endpoint, role, site, release=versions.text(api.version))]
    if role == "cloud":
        found += [_appliance(each["url"], "tunnel", site) for each in tunnels.registered(api) if each.get("url")]
        for other in map(sites.read, sites.paired(api)):
            if other["public_endpoint"]:
                found.append(_appliance(other["public_endpoint"], "paired_site", other["site"]))
    elif role == "manager":
        site = endpoint.site or (api.get("config") or {}).get("site") or site
        found[0]["site"] = site
        found += [_appliance(str(each["apiUrl"]), "replicator", site) for each in replicators.every(api)]
    return found


def _appliance(url: str, role: str, site: str | None, release: str | None = None) -> Row:
    """An appliance; its name is its host's."""
    parts = urlsplit(url)
    return {
        "kind": "appliance",
        "name": str(parts.hostname),
        "port": parts.port or 443,
        "url": url.rstrip("/"),
        "role": role,
        "site": site,
        "release": release,
    }
