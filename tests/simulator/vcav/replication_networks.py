"""The network settings of replications (contract 4.12.6)."""

from __future__ import annotations

from typing import Any

from .errors import bad_input
from .replication_states import VappReplication, VmReplication
from .routing import check_fields
from .versions import Product

_NIC: dict[str, type] = {
    "nicIndex": int,
    "isConnected": bool,
    "resetMacAddress": bool,
    "network": object,
    "ipAddress": str,
    "ipAddressAllocationMode": str,
    "externalIpAddress": str,
    "networkAdapterType": str,
    "needsCustomization": bool,
    "macAddress": str,
}


def check_network_settings(product: Product, body: Any, whole: bool) -> None:
    """Raises ApiError 400 for a body that is none."""
    if not isinstance(body, dict):
        raise bad_input("The body must be a JSON object.")
    check_fields(body, {}, {"failoverSettings": dict, "failoverTestSettings": dict})
    for part in body.values():
        if part is not None:
            check_fields(part, {}, {"vAppNetworkSettings": dict, "vmNetworkSettings": dict})
            for name, value in part.items():
                if value is not None:
                    check_network_part(product, name, value, whole)


def check_network_part(product: Product, name: str, given: Any, whole: bool) -> None:
    """Raises ApiError 400 for `vAppNetworkSettings` or `vmNetworkSettings` that are none (contract 4.12.6).

    Fields may be left out; how a network of a NIC is written (name or object) is not known, so both are taken.
    """
    if not isinstance(given, dict):
        raise bad_input(f"{name} must be a JSON object.")
    if name == "vAppNetworkSettings":
        fields: dict[str, type] = {"bridgeOrgVdcNetworks": list, "bulkConnectVmNics": bool}
        if product.since("3.5"):
            fields |= {"networkMappings": list, "copySourceNetworks": bool}
        if product.since("4.7"):
            fields["resolutionType"] = str
        check_fields(given, {}, fields)
        for one in given.get("bridgeOrgVdcNetworks") or []:
            _check_object(one, {"id": str, "name": str})
        for one in given.get("networkMappings") or []:
            mapping: dict[str, type] = {
                "sourceNetworkName": str,
                "sourceOrgVdcNetwork": dict,
                "destinationOrgVdcNetwork": dict,
            }
            _check_object(one, mapping)
        return
    for one in given.values() if whole else (given,):
        machine: dict[str, type] = {
            "primaryNicIndex": int,
            "copySourceNicSettings": bool,
            "computerName": str,
            "enableGuestCustomization": bool,
            "nics": list,
        }
        _check_object(one, machine)
        for nic in one.get("nics") or []:
            _check_object(nic, _NIC)


def _check_object(given: Any, fields: dict[str, type]) -> None:
    if not isinstance(given, dict):
        raise bad_input("Network settings must be JSON objects.")
    check_fields(given, {}, fields)


_FAILOVERS = ("failoverSettings", "failoverTestSettings")


def network_settings(whole: bool, replication: VappReplication, machines: list[VmReplication]) -> dict[str, Any]:
    """`network-settings`: those of the vApp, and those of its VMs by source VM id or of the one VM."""
    answer: dict[str, Any] = {}
    for kind in _FAILOVERS:
        of_vms = {one.vm_id: (one.networks or {}).get(kind) or {} for one in machines}
        answer[kind] = {
            "vAppNetworkSettings": (replication.networks or {}).get(kind)
            or {"bridgeOrgVdcNetworks": [], "bulkConnectVmNics": False},
            "vmNetworkSettings": of_vms if whole else next(iter(of_vms.values())),
        }
    return answer


def store_network_settings(
    whole: bool, replication: VappReplication, machines: list[VmReplication], body: dict[str, Any]
) -> None:
    """What is left out, or null, stays."""
    if whole:
        known = {one.vm_id for one in machines}
        for part in body.values():
            unknown = set((part or {}).get("vmNetworkSettings") or {}) - known
            if unknown:
                raise bad_input(f"VM '{sorted(unknown)[0]}' does not belong to this replication.")
    for kind, part in body.items():
        given: dict[str, Any] = part or {}
        of_vapp, single = given.get("vAppNetworkSettings"), given.get("vmNetworkSettings")
        if of_vapp is not None:
            replication.networks = {**(replication.networks or {}), kind: of_vapp}
        if single is None:
            continue
        for one in machines:
            mine = single.get(one.vm_id) if whole else single
            if mine is not None:
                one.networks = {**(one.networks or {}), kind: mine}
