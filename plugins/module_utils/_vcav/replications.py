# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replications as the product lists them, in the user's words, and finding the ones that are meant (contract
vcav-api.md, 4.12 and 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._moments import moment
from .._plan import Field, Values, to_user
from . import replication_states as states
from .client import Vcav, segment
from .workloads import bare, is_id

MIXED = "mixed"
"""Stands for a setting in which the VMs of a vApp differ."""

LATEST_ONLY: list[Values] = []


def read_rules(policy: Any) -> list[Values]:
    """A retention policy as a list of {instances, distance (minutes)}; empty where only the latest is kept."""
    rules = (policy or {}).get("rules") or []
    return [{"instances": rule["numberOfInstances"], "distance": rule["distance"]} for rule in rules]


def write_rules(rules: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The list as the product's retention policy."""
    return {"rules": [{"numberOfInstances": rule["instances"], "distance": rule["distance"]} for rule in rules]}


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


# The five settings that are always sent together (contract 4.12.4).
SETTINGS: dict[str, Field] = {
    "description": Field("description"),
    "rpo": Field("rpo"),
    "data_connection": Field("dataConnectionType", read=_lower, write=_upper),
    "quiesced": Field("quiesced"),
    "retention": Field("retentionPolicy", read=read_rules, write=write_rules),
}
# A row of vcav_replication: what it is about, the settings, and what has calls of its own. What only a start takes is
# not given back by the product.
FIELDS: dict[str, Field] = {
    "vapp": Field("vapp", immutable=True),
    "vm": Field("vm", immutable=True),
    "destination_vdc": Field("vdc", immutable=True),
    **SETTINGS,
    "storage_policy": Field("storageProfileId"),
    "paused": Field("isPaused"),
    "failover_network": Field("failoverSettings"),
    "test_network": Field("failoverTestSettings"),
    "target_disk_type": Field("targetDiskType", readable=False, write=_upper),
    "initial_sync_time": Field("initialSyncTime", readable=False),
    "sla_profile": Field("slaProfileId", readable=False),
}


@dataclass(frozen=True)
class Replication:
    """One vApp replication, or some of the VM replications in it, as the server lists them.

    `whole` is True where it stands for the vApp with all of its VMs, so that requests go to the vApp's path.
    """

    wire: Mapping[str, Any]
    vms: tuple[Mapping[str, Any], ...]
    whole: bool = True

    @property
    def id(self) -> str:
        """The id that requests name."""
        return str(self.wire["id"] if self.whole else self.vms[0]["id"])

    @property
    def path(self) -> str:
        """The path of the requests about it."""
        return f"{'vapp' if self.whole else 'vm'}-replications/{segment(self.id)}"

    @property
    def vapp(self) -> str:
        """Name of the source vApp."""
        return str((self.wire.get("descriptor") or {}).get("name") or "")

    @property
    def source(self) -> Mapping[str, Any]:
        """Where it comes from: site, org, vdcId, vdcName, vappId."""
        return self.wire.get("source") or {}

    @property
    def destination(self) -> Mapping[str, Any]:
        """Where it goes: site, org, vdcId, vdcName, recoveredVappId."""
        return self.wire.get("destination") or {}

    @property
    def kind(self) -> str:
        """protection or migration."""
        return "migration" if self.wire.get("isMigration") else "protection"

    @property
    def states(self) -> dict[str, states.State]:
        """The state of each of its VM replications, by id."""
        sites = (self.source.get("site"), self.destination.get("site"))
        return {str(vm["id"]): states.read(vm, *sites) for vm in self.vms}

    @property
    def is_complete(self) -> bool:
        """True if all of it has been failed over."""
        return bool(self.vms) and all(state.recovery == states.COMPLETE for state in self.states.values())

    def of(self, vm: Mapping[str, Any]) -> Replication:
        """The same for one of its VMs alone."""
        return Replication(self.wire, (vm,), False)

    def label(self) -> str:
        """How messages call it."""
        names = ", ".join(str(vm.get("vmName")) for vm in self.vms)
        return self.vapp if self.whole else f"{self.vapp}/{names}"


def common(values: Sequence[Any]) -> Any:
    """What all of them have; MIXED where they differ, None where there are none."""
    if not values:
        return None
    return values[0] if all(value == values[0] for value in values) else MIXED


def settings(vm: Mapping[str, Any]) -> Values:
    """The five settings of a VM replication in the user's words."""
    held = vm.get("settings") or {}
    return to_user(SETTINGS, {field.wire: held.get(field.wire) for field in SETTINGS.values()})


def read(replication: Replication) -> Values:
    """A replication as a row of vcav_replication, network settings aside; MIXED where its VMs differ."""
    held = [settings(vm) for vm in replication.vms]
    row: Values = {"vapp": replication.vapp}
    if not replication.whole:
        row["vm"] = replication.vms[0].get("vmName")
    if replication.destination.get("vdcName"):
        row["destination_vdc"] = replication.destination["vdcName"]
    row.update({name: common([each[name] for each in held]) for name in SETTINGS})
    row["description"] = row["description"] or ""
    row["retention"] = [] if row["retention"] is None else row["retention"]
    row["quiesced"] = MIXED if row["quiesced"] == MIXED else bool(row["quiesced"])
    profile = common([vm.get("storageProfileName") for vm in replication.vms])
    if profile is not None:  # on premises there is none
        row["storage_policy"] = profile
    row["paused"] = common([bool(vm.get("isPaused")) for vm in replication.vms])
    return row


def _recovery(wire: Mapping[str, Any]) -> Mapping[str, Any]:
    return (wire.get("destinationState") or {}).get("recoveryInfo") or {}


def describe_vm(vm: Mapping[str, Any]) -> Values:
    """A VM replication in the user's words, all of it that is known (contract 4.12.2)."""
    there = vm.get("destinationState") or {}
    here = vm.get("sourceState") or {}
    latest = there.get("latestInstance")
    trouble = there.get("lastError")
    return {
        "id": vm["id"],
        "vm": vm.get("vmName"),
        "vm_id": vm.get("vmId"),
        "recovery_state": states.read(vm).recovery,
        "paused": bool(vm.get("isPaused")),
        "reversed": bool(vm.get("isReversed")),
        "health": _lower(vm.get("overallHealth")),
        "data_connection_state": _lower(vm.get("dataConnectionState")),
        "source_state": here.get("state"),
        "destination_state": there.get("state"),
        "rpo_violation": there.get("currentRpoViolation") or 0,
        "last_error": None if not trouble else trouble.get("msg") if isinstance(trouble, dict) else str(trouble),
        "space_required": there.get("spaceRequirement"),
        "storage_policy": vm.get("storageProfileName"),
        "recovered_vm_id": _recovery(vm).get("vcdVmId"),
        "latest_instance": None if not latest else describe_instance(latest),
        **settings(vm),
    }


def describe_instance(instance: Mapping[str, Any]) -> Values:
    """A recovery point (instance) in the user's words."""
    return {
        "key": instance.get("key"),
        "sequence": instance.get("sequenceNumber"),
        "timestamp": moment(instance.get("timestamp")),
        "transfer_bytes": instance.get("transferBytes"),
        "transfer_seconds": instance.get("transferSeconds"),
        "quiesced_type": instance.get("quiescedType"),
        "pinned": bool(instance.get("isPinned")),
    }


def describe(replication: Replication) -> Values:
    """A vApp replication in the user's words, with its VMs."""
    source, destination = replication.source, replication.destination
    return {
        "id": str(replication.wire["id"]),
        "kind": replication.kind,
        "owner": replication.wire.get("owner"),
        "vapp": replication.vapp,
        "vapp_id": source.get("vappId"),
        "source_site": source.get("site"),
        "source_org": source.get("org"),
        "source_vdc": source.get("vdcName"),
        "destination_site": destination.get("site"),
        "destination_org": destination.get("org"),
        "destination_vdc": destination.get("vdcName"),
        "recovered_vapp_id": destination.get("recoveredVappId"),
        "recovery_state": common([state.recovery for state in replication.states.values()]),
        "health": _lower(replication.wire.get("overallHealth")),
        "vms": [describe_vm(vm) for vm in replication.vms],
    }


def listing(api: Vcav, at: str | None = None, **filters: Any) -> list[Replication]:
    """All vApp replications that pass the server's filters, sorted by name and id.

    `at` is the site that is asked, where that is not the service's own; the session must be extended to it. Filters
    that are None are not sent.
    """
    query = {name: value for name, value in filters.items() if value is not None}
    if remote(api, at):
        query["site"] = at
    found = [
        Replication(wire, tuple(wire.get("vmReplications") or ())) for wire in api.gather("vapp-replications", **query)
    ]
    return sorted(found, key=lambda one: (one.vapp, one.id))


def remote(api: Vcav, site: str | None) -> str | None:
    """A site's name where it is not the service's own, else None: the `site` of a request's query."""
    return None if site is None or site == api.site else site


def home(api: Vcav, replication: Replication) -> str | None:
    """The site that runs operations on a replication, None for the service's own: its destination, which owns it.

    An on-premises site runs none of them; the cloud site at the other end does.
    """
    destination, source = replication.destination, replication.source
    return remote(api, destination.get("site") if destination.get("vdcId") else source.get("site"))


def is_vapp(replication: Replication, wanted: str) -> bool:
    """True for a replication of the vApp of this name or id, or with this id of its own."""
    return wanted in (replication.vapp, replication.wire["id"]) or bare(wanted) == replication.source.get("vappId")


def is_vm(vm: Mapping[str, Any], wanted: str) -> bool:
    """True for a VM replication of the VM of this name or id, or with this id of its own."""
    return wanted in (vm.get("vmName"), vm["id"]) or bare(wanted) == vm.get("vmId")


def is_vdc(replication: Replication, wanted: str | None) -> bool:
    """True for a replication into the organization VDC of this name or id; None stands for any."""
    vdc = replication.destination
    return wanted is None or wanted == vdc.get("vdcName") or bare(wanted) == vdc.get("vdcId")


def between(source_site: str | None, destination_site: str | None) -> Callable[[Replication], bool]:
    """A test for the direction of a replication; None stands for any site."""

    def fits(one: Replication) -> bool:
        return source_site in (None, one.source.get("site")) and destination_site in (None, one.destination.get("site"))

    return fits


class Index:
    """Replications by every name and id under which one may be meant, so that thousands can be looked up."""

    def __init__(self, found: Iterable[Replication]) -> None:
        self.every = list(found)
        self._vapps: dict[Any, list[Replication]] = {}
        self._vms: dict[Any, list[Replication]] = {}
        for one in self.every:
            for name in dict.fromkeys((one.vapp, one.wire["id"], one.source.get("vappId"))):
                self._vapps.setdefault(name, []).append(one)
            for name in {vm.get(key) for vm in one.vms for key in ("vmName", "id", "vmId")}:
                self._vms.setdefault(name, []).append(one)

    def named(self, vapp: str | None, vm: str | None) -> list[Replication]:
        """The replications of a vApp, or of one VM (of that vApp, or of any); see `within`."""
        table, name = (self._vapps, vapp) if vm is None else (self._vms, vm)
        narrow = table.get(name, []) + (table.get(bare(name), []) if name and bare(name) != name else [])
        return list(within(narrow, vapp, vm))


def within(found: Iterable[Replication], vapp: str | None, vm: str | None) -> Iterator[Replication]:
    """The replications of a vApp, or of one VM (of that vApp, or of any)."""
    for one in found:
        # A VM that is replicated alone may give its name to the replication (INFERRED).
        is_alone = vm is not None and len(one.vms) == 1 and one.vapp == one.vms[0].get("vmName")
        if vapp is not None and not (is_vapp(one, vapp) or (is_alone and not is_id(vapp))):
            continue
        if vm is None:
            yield one
        else:
            yield from (one.of(each) for each in one.vms if is_vm(each, vm))
