# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one site's replications look like in a report: VMs, organizations, traffic per day (contract vcav-api.md, 8).

Sizes are bytes, recovery point objectives and their violations minutes, moments UTC texts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .._http import HttpError
from .._moments import at, moment, written
from .._parallel import in_flight
from . import health
from .client import Vcav, segment

Row = dict[str, Any]

CLOUD_TO_CLOUD, ONPREM_TO_CLOUD, CLOUD_TO_ONPREM = "cloud to cloud", "on-premises to cloud", "cloud to on-premises"
DIRECTIONS = {CLOUD_TO_CLOUD: "c2c", ONPREM_TO_CLOUD: "v2c", CLOUD_TO_ONPREM: "c2v"}
KINDS = ("protections", "migrations")
ENDS = ("source", "destination")
DAY = 24 * 3600
MINUTES_A_DAY = 1440


def direction(source: Mapping[str, Any], destination: Mapping[str, Any], customer_sites: Collection[Any]) -> str:
    """Which way a replication goes, told by whether an end is an on-premises site."""
    if source.get("site") in customer_sites:
        return ONPREM_TO_CLOUD
    return CLOUD_TO_ONPREM if destination.get("site") in customer_sites else CLOUD_TO_CLOUD


def average_transfer(instances: Iterable[Mapping[str, Any]], rpo: Any) -> int | None:
    """Bytes a day: the mean of the instances kept, times how many a recovery point objective makes a day.

    None where there is no instance yet. Too high on the first day, because the first instance is the whole disk.
    """
    sizes = [int(one.get("transferBytes") or 0) for one in instances]
    if not sizes or not rpo:
        return None
    return round(sum(sizes) / len(sizes) * MINUTES_A_DAY / int(rpo))


def vm_row(replication: Mapping[str, Any], way: str, instances: list[Mapping[str, Any]] | None) -> Row:
    """One VM of the report, from an item of `vm-replications`; `instances` None: they were not read."""
    source, destination = replication.get("source") or {}, replication.get("destination") or {}
    settings, state = replication.get("settings") or {}, replication.get("destinationState") or {}
    last = state.get("latestInstance") or {}
    average = None if instances is None else average_transfer(instances, settings.get("rpo"))
    return {
        "id": replication["id"],
        "organization": destination.get("org") or source.get("org"),
        "source_organization": source.get("org"),
        "vdc": destination.get("vdcName"),
        "storage_policy": replication.get("storageProfileName"),
        "vapp": source.get("vAppName"),
        "vapp_replication": replication.get("vappReplicationId"),
        "vm": replication.get("vmName"),
        "source_site": source.get("site"),
        "destination_site": destination.get("site"),
        "direction": way,
        "migration": bool(replication.get("isMigration")),
        "rpo_minutes": settings.get("rpo"),
        "rpo_violation_minutes": state.get("currentRpoViolation") or 0,
        "paused": bool(replication.get("isPaused")),
        "quiesced": bool(settings.get("quiesced")),
        "recovery_state": (state.get("recoveryInfo") or {}).get("recoveryState"),
        "last_instance": moment(last.get("timestamp")),
        "last_transfer_bytes": last.get("transferBytes"),
        "last_transfer_seconds": last.get("transferSeconds"),
        "data_connection": replication.get("dataConnectionState"),
        "health": replication.get("overallHealth"),
        "instances": None if instances is None else len(instances),
        "average_transfer_bytes_per_day": average,
        "space_required_bytes": state.get("spaceRequirement"),
    }


def organization_rows(
    organizations: Iterable[str], vapps: Iterable[Mapping[str, Any]], customer_sites: Iterable[str]
) -> list[Row]:
    """The summary: per organization the vApps and VMs of each direction, protected and being migrated, and totals.

    A replication whose two ends belong to different organizations is counted for both, as it takes room and traffic
    of both. Organizations without a replication are in it too, with zeroes.
    """
    columns = [f"{way}_{kind}_{what}" for way in DIRECTIONS.values() for kind in KINDS for what in ("vapps", "vms")]
    rows: dict[Any, Row] = {
        name: {"organization": name, **dict.fromkeys([*columns, "vapps", "vms"], 0)} for name in organizations
    }
    customers = set(customer_sites)
    for vapp in vapps:
        source, destination = vapp.get("source") or {}, vapp.get("destination") or {}
        way = DIRECTIONS[direction(source, destination, customers)]
        kind = KINDS[bool(vapp.get("isMigration"))]
        number = len(vapp.get("vmReplications") or [])
        more = {f"{way}_{kind}_vapps": 1, f"{way}_{kind}_vms": number, "vapps": 1, "vms": number}
        for name in {source.get("org"), destination.get("org")} & rows.keys():
            for column, amount in more.items():
                rows[name][column] += amount
    return [rows[name] for name in sorted(rows)]


def totals(rows: Iterable[Mapping[str, Any]]) -> Row:
    """The figures of VMs that stand above a list of them."""
    rows = list(rows)
    return {
        "vms": len(rows),
        "protections": sum(not row["migration"] for row in rows),
        "migrations": sum(row["migration"] for row in rows),
        "rpo_violations": sum(row["rpo_violation_minutes"] > 0 for row in rows),
        "paused": sum(row["paused"] for row in rows),
        "unhealthy": sum(row["health"] == "RED" for row in rows),
        "space_required_bytes": sum(row["space_required_bytes"] or 0 for row in rows),
        "average_transfer_bytes_per_day": sum(row["average_transfer_bytes_per_day"] or 0 for row in rows),
    }


def collect(api: Vcav, *, org: str | None, days: int, instances: bool, now: datetime, wait: Mapping[str, int]) -> Row:
    """The site's data, with what is to be known about them in `warnings`.

    Lists are read page beside page, instances and traffic with several calls in flight.

    `org` chooses the replications of one organization; `days` is how far back the traffic goes, 0 for none; `wait` has
    timeout and interval of the health's task in seconds. Raises HttpError, TaskFailed.
    """
    asked = health.ask(api)
    warnings: list[str] = []
    customers = {str(each.get("site")) for each in api.get("vc-sites") or []}
    names = [str(each["name"]) for each in api.gather("inventory/orgs")]
    vapps = _unique(api.gather("vapp-replications"))
    vms = _unique(api.gather("vm-replications"))
    if org:
        names = [name for name in names if name == org]
        vapps, vms = [_of(org, rows) for rows in (vapps, vms)]
    kept, lost = _instances(api, [str(vm["id"]) for vm in vms]) if instances else ({}, 0)
    if lost:
        warnings.append(
            f"The instances of {lost} of {len(vms)} VMs could not be read, so their number and the average transfer "
            "are empty. They may have been removed while the report was made."
        )
    rows = [
        vm_row(vm, direction(vm.get("source") or {}, vm.get("destination") or {}, customers), kept.get(str(vm["id"])))
        for vm in vms
    ]
    rows.sort(key=lambda row: (str(row["organization"]), str(row["vapp"]), str(row["vm"]), row["id"]))
    busy = sorted({str(row["organization"]) for row in rows if row["organization"]})
    traffic, reasons = _traffic(api, busy, days, now) if days else (None, [])
    warnings += [*reasons, *_offline(api, health.conclude(api, asked, wait))]
    return {
        "site": api.site,
        "generated": written(now),
        "organization": org,
        "totals": totals(rows),
        "organizations": organization_rows(names, vapps, customers),
        "vms": rows,
        "traffic": traffic,
        "warnings": warnings,
    }


def to_text(figures: Mapping[str, Any]) -> str:
    """The data as they are written to a file: JSON."""
    return json.dumps(figures, separators=(",", ":")) + "\n"


def _offline(api: Vcav, document: Mapping[str, Any]) -> list[str]:
    """A warning when replicators are away, because what they replicate then looks older than it is."""
    checks = health.replicators(document.get("managerHealth") or {}, api.site)
    texts = [row["message"] for row in checks if not row["green"]]
    return [f"The figures may be old: {'; '.join(texts)}. Look at vcpp.vcloud.vcav_health."] if texts else []


def _unique(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each replication once: one that moves from page to page while they are read comes twice."""
    return list({str(row["id"]): row for row in rows}.values())


def _of(organization: str, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if any((row.get(end) or {}).get("org") == organization for end in ENDS)]


def _instances(api: Vcav, ids: Iterable[str]) -> tuple[dict[str, list[Mapping[str, Any]]], int]:
    """(instances by VM replication, how many could not be read because they are gone)."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    lost = 0
    calls = in_flight(lambda key: api.get(f"vm-replications/{segment(key)}/instances"), ids)
    for key, answer, fault in calls:
        if isinstance(fault, HttpError) and fault.status == 404:
            lost += 1
        elif fault is not None:
            raise fault
        else:
            found[key] = answer or []
    return found, lost


def _traffic(api: Vcav, organizations: list[str], days: int, now: datetime) -> tuple[Row | None, list[str]]:
    """({days: [date], bytes: {organization: [bytes of each day]}}, warnings); None where a release has no history."""
    if not api.has("traffic"):
        return None, ["Release 3.0 keeps no traffic history; the average transfer of the instances is all there is."]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=days - 1)
    start, end = int(first.timestamp() * 1000), int(now.timestamp() * 1000)
    resolution = {"interval": "DAY"} if api.has("traffic_by_interval") else {"resolution": DAY}
    bytes_of: dict[str, list[int]] = {}

    def read(organization: str) -> Any:
        owner = f"{segment(organization)}%40{segment(str(api.site))}"
        return api.get(f"owner/{owner}/traffic", start=start, end=end, **resolution)

    warnings = []
    for organization, answer, fault in in_flight(read, organizations):
        if isinstance(fault, HttpError) and fault.status in (400, 404):
            warnings.append(f"The traffic of {organization} could not be read: {fault}")
            continue
        if fault is not None:
            raise fault
        amounts = [0] * days
        for sample in (answer or {}).get("samples") or []:
            taken = at(sample["timestamp"])
            number = (taken - first).days
            if 0 <= number < days:
                amounts[number] += int(sample.get("bytes") or 0)
        bytes_of[organization] = amounts
    dates = [(first + timedelta(days=number)).strftime("%Y-%m-%d") for number in range(days)]
    return {"days": dates, "bytes": {name: bytes_of[name] for name in sorted(bytes_of)}}, sorted(warnings)
