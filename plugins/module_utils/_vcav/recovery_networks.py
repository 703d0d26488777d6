# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network settings of a recovered vApp and the NICs of its VMs (contract vcav-api.md, 4.12.6). Pure but for looking up.

The user names networks; on the wire they carry id and name. A user's dict has the keys of `SPEC`; what it leaves out is
left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._plan import InputError, Values
from . import versions
from .workloads import bare

Lookup = Callable[[str, str], tuple[str, str]]
"""(name or id, option) -> (id, name) of a network of the destination's organization VDC."""

NIC = {"index": "nicIndex", "network": "network", "connected": "isConnected", "ip_address": "ipAddress",
       "ip_mode": "ipAddressAllocationMode", "reset_mac": "resetMacAddress"}  # fmt: skip
VM = {
    "computer_name": "computerName",
    "guest_customization": "enableGuestCustomization",
    "primary_nic": "primaryNicIndex",
}

SPEC: dict[str, Any] = {
    "network": {"type": "str"},
    "mappings": {
        "type": "list",
        "elements": "dict",
        "options": {
            "source": {"type": "str", "required": True},
            "destination": {"type": "str", "required": True},
        },
    },
    "copy_source_networks": {"type": "bool"},
    "vms": {
        "type": "list",
        "elements": "dict",
        "options": {
            "vm": {"type": "str", "required": True},
            "computer_name": {"type": "str"},
            "guest_customization": {"type": "bool"},
            "primary_nic": {"type": "int"},
            "nics": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "index": {"type": "int", "required": True},
                    "network": {"type": "str"},
                    "connected": {"type": "bool"},
                    # These four are vCloud Director's own words.
                    "ip_mode": {"type": "str", "choices": ["dhcp", "pool", "manual", "none"]},
                    "ip_address": {"type": "str"},
                    "reset_mac": {"type": "bool"},
                },
            },
        },
    },
}


def given(value: Any) -> Any:
    """A dict of the user without what was left out, at any depth."""
    if isinstance(value, Mapping):
        return {key: given(item) for key, item in value.items() if item is not None}
    return [given(item) for item in value] if isinstance(value, list) else value


def check(settings: Mapping[str, Any], option: str, version: versions.Version) -> None:
    """Refuse what a release does not have, and what contradicts itself. Raises InputError."""
    for key in ("mappings", "copy_source_networks"):
        if key in settings and not versions.has(version, "network_mappings"):
            raise InputError(
                f"{option}.{key} exists from release {versions.since('network_mappings')} on and this site runs "
                f"{versions.text(version)}; use {option}.network, one network for all"
            )
    for vm in settings.get("vms") or []:
        for nic in vm.get("nics") or []:
            if nic.get("ip_mode") == "manual" and not nic.get("ip_address"):
                raise InputError(
                    f"{option}: NIC {nic['index']} of {vm['vm']!r} has ip_mode manual: give its ip_address"
                )


def project(wire: Mapping[str, Any] | None, wanted: Mapping[str, Any], vms: Mapping[str, str], whole: bool) -> Values:
    """What the server holds, in the user's words and reduced to what the user set.

    `vms` are the names of the VMs by their id at the source. `whole` is True for the settings of a vApp.
    """
    vapp = (wire or {}).get("vAppNetworkSettings") or {}
    held: Values = {}
    if "network" in wanted:
        bridges = vapp.get("bridgeOrgVdcNetworks") or []
        held["network"] = (
            _called(bridges[0], wanted["network"]) if len(bridges) == 1 and vapp.get("bulkConnectVmNics") else None
        )
    if "mappings" in wanted:
        held["mappings"] = _mappings(vapp.get("networkMappings") or [], wanted["mappings"])
    if "copy_source_networks" in wanted:
        held["copy_source_networks"] = bool(vapp.get("copySourceNetworks"))
    if "vms" in wanted:
        every = (wire or {}).get("vmNetworkSettings") or {}
        held["vms"] = [
            _project_vm(every.get(_vm_id(row["vm"], vms) or "") if whole else every, row) for row in wanted["vms"]
        ]
    return held


def _called(network: Mapping[str, Any], wanted: str | None) -> str | None:
    """A network in the spelling in which the user names it, id or name."""
    return wanted if wanted is not None and bare(wanted) == network.get("id") else network.get("name")


def _mappings(rows: list[Mapping[str, Any]], wanted: list[Mapping[str, Any]]) -> list[Values]:
    asked = {row["source"]: row["destination"] for row in wanted}
    found = {
        str(row.get("sourceNetworkName")): _called(
            row.get("destinationOrgVdcNetwork") or {}, asked.get(str(row.get("sourceNetworkName")))
        )
        for row in rows
    }
    # In the order of the user's list, so that order alone is no difference; what is mapped beside it comes after.
    ordered = [name for name in asked if name in found] + sorted(found.keys() - asked.keys())
    return [{"source": name, "destination": found[name]} for name in ordered]


def _vm_id(name: str, vms: Mapping[str, str]) -> str | None:
    return next((vm_id for vm_id, vm_name in vms.items() if name in (vm_id, vm_name)), None)


def _project_vm(held: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Values:
    held = held or {}
    row: Values = {"vm": wanted["vm"]}
    row.update({name: held.get(VM[name]) for name in VM if name in wanted})
    if "nics" in wanted:
        nics = {nic.get("nicIndex"): nic for nic in held.get("nics") or []}
        row["nics"] = [
            {
                name: _read(name, nics.get(nic["index"], {}).get(NIC[name])) if name != "index" else nic["index"]
                for name in nic
            }
            for nic in wanted["nics"]
        ]
    return row


def _read(name: str, value: Any) -> Any:
    return value.lower() if name == "ip_mode" and isinstance(value, str) else value


def merge(
    wire: Mapping[str, Any] | None,
    wanted: Mapping[str, Any],
    vms: Mapping[str, str],
    whole: bool,
    lookup: Lookup,
    option: str,
    version: versions.Version,
) -> dict[str, Any]:
    """What to send: the server's document with what the user set in it. Raises InputError for an unknown name."""
    wire = wire or {}
    vapp = dict(wire.get("vAppNetworkSettings") or {})
    if "network" in wanted:
        vapp["bridgeOrgVdcNetworks"] = (
            [_network(lookup, wanted["network"], f"{option}.network")] if wanted["network"] else []
        )
        vapp["bulkConnectVmNics"] = bool(wanted["network"])
    if "mappings" in wanted:
        vapp["networkMappings"] = [
            {
                "sourceNetworkName": row["source"],
                "destinationOrgVdcNetwork": _network(lookup, row["destination"], f"{option}.mappings"),
                **({"resolutionType": "EXPLICIT"} if version >= (4, 7) else {}),
            }
            for row in wanted["mappings"]
        ]
    if "copy_source_networks" in wanted:
        vapp["copySourceNetworks"] = wanted["copy_source_networks"]
    every = dict(wire.get("vmNetworkSettings") or {})
    for row in wanted.get("vms") or []:
        vm_id = _vm_id(row["vm"], vms)
        if vm_id is None:
            names = ", ".join(sorted(vms.values()))
            raise InputError(f"{option}.vms names {row['vm']!r}: the replication has no such VM; it has {names}")
        if whole:
            every[vm_id] = _merge_vm(every.get(vm_id), row)
        else:
            every = _merge_vm(every, row)
    return {"vAppNetworkSettings": vapp, "vmNetworkSettings": every}


def _network(lookup: Lookup, wanted: str, option: str) -> dict[str, str]:
    found, name = lookup(wanted, option)
    return {"id": found, "name": name}


def _merge_vm(held: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(held or {})
    merged.update({VM[name]: wanted[name] for name in VM if name in wanted})
    nics = {nic.get("nicIndex"): dict(nic) for nic in merged.get("nics") or []}
    for nic in wanted.get("nics") or []:
        values = {NIC[name]: value.upper() if name == "ip_mode" else value for name, value in nic.items()}
        nics[nic["index"]] = {**nics.get(nic["index"], {}), **values}
    if nics:
        merged["nics"] = [nics[index] for index in sorted(nics)]
    return merged


def networks_of(wanted: Mapping[str, Any]) -> list[str]:
    """The networks that a user's dict names, to be looked up before anything is sent."""
    named = [wanted.get("network"), *(row["destination"] for row in wanted.get("mappings") or [])]
    return [name for name in named if name]


def describe(wire: Mapping[str, Any] | None, vms: Mapping[str, str]) -> Values:
    """The settings of a vApp as they can be given to vcav_replication; what is not set is left out."""
    vapp = (wire or {}).get("vAppNetworkSettings") or {}
    every = (wire or {}).get("vmNetworkSettings") or {}
    bridges = vapp.get("bridgeOrgVdcNetworks") or []
    told: Values = {}
    if len(bridges) == 1 and vapp.get("bulkConnectVmNics"):
        told["network"] = bridges[0].get("name")
    if vapp.get("networkMappings"):
        told["mappings"] = _mappings(vapp["networkMappings"], [])
    if vapp.get("copySourceNetworks") is not None:
        told["copy_source_networks"] = vapp["copySourceNetworks"]
    rows = []
    for vm_id, held in sorted(every.items()):
        row = {name: held[wire_name] for name, wire_name in VM.items() if held.get(wire_name) is not None}
        nics = [
            {name: _read(name, nic[wire_name]) for name, wire_name in NIC.items() if nic.get(wire_name) is not None}
            for nic in held.get("nics") or []
        ]
        rows.append({"vm": vms.get(vm_id, vm_id), **row, **({"nics": nics} if nics else {})})
    return {**told, **({"vms": rows} if rows else {})}
