"""What the bodies of a replication's calls may look like (contract 4.12.3 - 4.12.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import bad_input
from .replication_networks import check_network_part
from .replication_states import VCENTER, VCLOUD, Settings
from .routing import check_fields
from .versions import Product

_CONNECTIONS = ("PLAIN", "ENCRYPTED", "ENCRYPTED_COMPRESSED")
_DISK_TYPES = ("THIN", "PREALLOCATED", "PREALLOCATED_ZEROS")
_SETTINGS: dict[str, type] = {"description": str, "rpo": int, "dataConnectionType": str, "quiesced": bool}


@dataclass(frozen=True, slots=True)
class Start:
    """A start request that is well formed; whether it can be met is found out by its task."""

    source: dict[str, Any]
    destination: dict[str, Any]
    settings: Settings
    is_migration: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a failover, test or migration was told."""

    power_on: bool
    sync: bool
    instances: dict[str, str]
    """VM replication -> instance key; the latest for those that are not in it."""
    network: str | None


def start_request(product: Product, body: Any) -> Start:
    """Reads the body of a start. Raises ApiError 400."""
    if not isinstance(body, dict):
        raise bad_input("The body must be a JSON object.")
    if "slaProfileId" in body and not product.is_3:
        # What a profile holds is not known, and without it neither is the replication.
        raise bad_input("The simulator has no SLA profiles: send rpo, quiesced and retentionPolicy.")
    required: dict[str, type] = {"source": dict, "destination": dict, **_SETTINGS}
    optional: dict[str, type] = {
        "retentionPolicy": dict,
        "targetDiskType": str,
        "initialSyncTime": int,
        "isMigration": bool,
    }
    check_fields(body, required, optional)
    if "retentionPolicy" not in body:
        raise bad_input("retentionPolicy is required.")
    if (body.get("targetDiskType") or "THIN") not in _DISK_TYPES:
        raise bad_input(f"targetDiskType must be one of {', '.join(_DISK_TYPES)}.")
    if (body.get("initialSyncTime") or 0) < 0:
        raise bad_input("initialSyncTime must not be negative.")
    is_migration = bool(body.get("isMigration"))
    settings = settings_from(body, body.get("initialSyncTime") or 0)
    if is_migration:
        # INFERRED (contract 4.12.3): a migration keeps no instances beside the latest.
        settings.rules = ()
    source, destination = body["source"], body["destination"]
    _check_source(source)
    _check_destination(destination)
    if source["type"].lower() == "vcvm" and destination["type"] != VCLOUD:
        raise bad_input("An on-premises VM is replicated to a destination of the type vcloud.")
    return Start(source, destination, settings, is_migration)


def _check_source(source: dict[str, Any]) -> None:
    kind = source.get("type")
    if kind == "vapp":
        # INFERRED: `excludedDisks` of a vApp is the map that PATCH disks takes (contract 4.12.1).
        check_fields(source, {"type": str, "site": str, "vappId": str}, {"excludedDisks": dict})
        excluded_disks(source.get("excludedDisks") or {})
    elif kind == "vm":
        check_fields(source, {"type": str, "site": str, "vmId": str}, {"excludedDisks": list})
        excluded_disks({"": source.get("excludedDisks") or []})
    elif kind in ("vcVm", "vcvm"):
        # Both spellings are on record. The list of VMs of later versions has no known shape.
        required: dict[str, type] = {"type": str, "site": str, "vmId": str, "vappName": str}
        check_fields(source, required, {"vmStartupInfo": dict, "excludedDisks": list})
        excluded_disks({"": source.get("excludedDisks") or []})
    else:
        raise bad_input("source.type must be one of vapp, vm, vcVm.")


def _check_destination(destination: dict[str, Any]) -> None:
    kind = destination.get("type")
    if kind == VCLOUD:
        check_fields(destination, {"type": str, "site": str, "vdc": str, "storageProfile": str}, {})
    elif kind == "vc":
        # The names of placement fields are not known, so the placement of the on-premises appliance holds.
        check_fields(destination, {"type": str, "site": str}, {})
    else:
        raise bad_input("destination.type must be vcloud or vc.")


def settings_from(body: Mapping[str, Any], initial_sync: int) -> Settings:
    """The settings of a start or a reconfiguration, whose types have been checked. Raises ApiError 400."""
    if not 5 <= body["rpo"] <= 1440:
        raise bad_input("rpo must be between 5 and 1440 minutes.")
    if body["dataConnectionType"] not in _CONNECTIONS:
        raise bad_input(f"dataConnectionType must be one of {', '.join(_CONNECTIONS)}.")
    rules = _rules(body.get("retentionPolicy"))
    return Settings(body["description"], body["rpo"], body["dataConnectionType"], body["quiesced"], rules, initial_sync)


def _rules(policy: Any) -> tuple[tuple[int, int], ...]:
    if policy is None:
        return ()
    check_fields(policy, {}, {"rules": list})
    found = []
    for rule in policy.get("rules") or []:
        if not isinstance(rule, dict):
            raise bad_input("A retention rule must be a JSON object.")
        check_fields(rule, {"numberOfInstances": int, "distance": int}, {})
        if rule["numberOfInstances"] < 1 or rule["distance"] < 1:
            raise bad_input("numberOfInstances and distance of a retention rule must be at least 1.")
        if rule["numberOfInstances"] > 1000 or rule["distance"] > 10_000_000:
            raise bad_input("A retention rule is out of range.")
        found.append((rule["numberOfInstances"], rule["distance"]))
    return tuple(found)


def reconfiguration(product: Product, body: Any) -> Settings:
    """Reads the body of a reconfiguration: all five fields, always (contract 4.12.4). Raises ApiError 400."""
    if not isinstance(body, dict):
        raise bad_input("The body must be a JSON object.")
    optional: dict[str, type] = {"retentionPolicy": dict}
    if not product.since("3.5"):
        optional["sourceReconfigure"] = dict
        if body.get("sourceReconfigure") is not None:
            raise bad_input("sourceReconfigure must be null.")
    check_fields(body, _SETTINGS, optional)
    if "retentionPolicy" not in body:
        raise bad_input("retentionPolicy is required.")
    return settings_from(body, 0)


def excluded_disks(given: Any) -> dict[str, tuple[int, ...]]:
    """A map VM id -> keys of excluded disks. Raises ApiError 400."""
    if not isinstance(given, dict):
        raise bad_input("The body must be a map of VM ids to lists of disk keys.")
    for vm_id, keys in given.items():
        if not isinstance(keys, list) or any(not isinstance(key, int) or isinstance(key, bool) for key in keys):
            raise bad_input(f"The disk keys of VM '{vm_id}' must be a list of numbers.")
    return {vm_id: tuple(keys) for vm_id, keys in given.items()}


def check_disks(vm_id: str, disks: Mapping[int, int], excluded: tuple[int, ...]) -> None:
    """Raises ApiError 400 for keys that the VM does not have, and when nothing would be left (INFERRED)."""
    unknown = [key for key in excluded if key not in disks]
    if unknown:
        raise bad_input(f"VM '{vm_id}' has no disk {unknown[0]}.")
    if not set(disks) - set(excluded):
        raise bad_input(f"All disks of VM '{vm_id}' are excluded.")


def recovery_request(product: Product, body: Any, operation: str, kind: str, whole: bool) -> Recovery:
    """Reads failover settings (contract 4.12.5). `kind`: of the destination; `whole`: of a vApp. Raises ApiError 400.

    A field of another release is refused like an unknown one.
    """
    if not isinstance(body, dict):
        raise bad_input("The body must be a JSON object.")
    optional: dict[str, type] = {
        "consolidate": bool,
        "powerOn": bool,
        "sync": bool,
        "snapshotOptions": str,
        "vAppNetworkSettings": dict,
        "vmNetworkSettings": dict,
        "instanceMap": dict,
        "instanceId": str,
    }
    if product.is_3:
        optional |= {"exposePITsAsSnapshots": bool, "preconfiguredNetwork": bool, "orgVdcNetworkId": str}
    if product.since("4.5"):
        optional |= {"placementPolicy": dict, "sizingPolicy": dict, "copySecurityTags": bool}
    check_fields(body, {"type": str}, optional)
    foreign = "instanceId" if whole else "instanceMap"
    if body.get(foreign) is not None:
        # As null it says nothing, and a client of 3.x sends the map as null for single VMs too.
        raise bad_input(f'Unrecognized field "{foreign}".')
    if body["type"] not in (VCLOUD, VCENTER):
        raise bad_input("type must be vcloud or vcenter.")
    if body["type"] != kind:
        raise bad_input(f"The type of a recovery to this destination is {kind}.")
    if operation == "failover-test" and body.get("consolidate"):
        raise bad_input("A test cannot consolidate.")
    if (body.get("snapshotOptions") or "DO_NOTHING") != "DO_NOTHING":
        raise bad_input("snapshotOptions must be DO_NOTHING.")
    for name in ("vAppNetworkSettings", "vmNetworkSettings"):
        if body.get(name) is not None:
            check_network_part(product, name, body[name], whole)
    instances = body.get("instanceMap") or {}
    if any(not isinstance(key, str) for key in instances.values()):
        raise bad_input("instanceMap must be a map of VM replications to instance keys.")
    if not whole:
        instances = {"": body["instanceId"]} if body.get("instanceId") else {}
    # Two defaults are on record: false by a client of 3.x, true by the documentation of 4.4.
    power_on = body.get("powerOn")
    power_on = not product.is_3 if power_on is None else bool(power_on)
    return Recovery(power_on, bool(body.get("sync")), instances, body.get("orgVdcNetworkId"))
