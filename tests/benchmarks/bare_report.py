"""The bare script that the playbook `report` is measured against: page, join, write.

Run as `python -m tests.benchmarks.bare_report FILE`; FILE is a JSON document with url, ca_path, password, site, dest,
days and instances. One `requests` session with keep-alive reads one page after the other: organizations, vApp
replications, VM replications, traffic of each organization, health. With `instances` it reads those of each VM too,
with eight connections. It writes what the report writes but the page: the VMs as CSV, all of it as JSON, with the same
columns.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
import requests.adapters

CONNECTIONS = 8
PAGE = 100
DAY_MS = 24 * 3600 * 1000


class Site:
    """The cloud service, logged in."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.url, self.ca_path = task["url"], task["ca_path"]
        self.session = requests.Session()
        self.session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
        self.session.headers["Accept"] = "application/vnd.vmware.h4-v4.7+json;charset=UTF-8"
        login = {"type": "localUser", "localUser": "root", "localPassword": task["password"]}
        answer = self.session.post(f"{self.url}/sessions", json=login, verify=self.ca_path, timeout=60)
        answer.raise_for_status()
        self.session.headers["X-VCAV-Auth"] = answer.headers["X-VCAV-Auth"]

    def get(self, path: str, **query: Any) -> Any:
        """One read."""
        answer = self.session.get(f"{self.url}/{path}", params=query, verify=self.ca_path, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a list, page after page."""
        offset, total = 0, 1
        while offset < total:
            page = self.get(path, offset=offset, limit=PAGE)
            yield from page["items"]
            offset, total = offset + len(page["items"]), page["total"]

    def close(self) -> None:
        """Log out."""
        self.session.delete(f"{self.url}/sessions", verify=self.ca_path, timeout=60)


def row(vm: dict[str, Any], instances: list[dict[str, Any]] | None) -> dict[str, Any]:
    """One VM, with the columns of the report."""
    source, destination, settings, state = vm["source"], vm["destination"], vm["settings"], vm["destinationState"]
    last = state.get("latestInstance") or {}
    sizes = [one["transferBytes"] for one in instances or []]
    average = round(sum(sizes) / len(sizes) * 1440 / settings["rpo"]) if sizes else None
    return {
        "id": vm["id"],
        "organization": destination.get("org") or source.get("org"),
        "source_organization": source.get("org"),
        "vdc": destination.get("vdcName"),
        "storage_policy": vm.get("storageProfileName"),
        "vapp": source.get("vAppName"),
        "vapp_replication": vm.get("vappReplicationId"),
        "vm": vm.get("vmName"),
        "source_site": source.get("site"),
        "destination_site": destination.get("site"),
        "migration": vm.get("isMigration"),
        "rpo_minutes": settings.get("rpo"),
        "rpo_violation_minutes": state.get("currentRpoViolation"),
        "paused": vm.get("isPaused"),
        "quiesced": settings.get("quiesced"),
        "recovery_state": (state.get("recoveryInfo") or {}).get("recoveryState"),
        "last_instance": last.get("timestamp"),
        "last_transfer_bytes": last.get("transferBytes"),
        "last_transfer_seconds": last.get("transferSeconds"),
        "data_connection": vm.get("dataConnectionState"),
        "health": vm.get("overallHealth"),
        "instances": None if instances is None else len(instances),
        "average_transfer_bytes_per_day": average,
        "space_required_bytes": state.get("spaceRequirement"),
    }


def main() -> None:
    """Read, write; prints the number of VMs."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    site = Site(task)
    health = site.session.post(f"{site.url}/diagnostics/health", verify=site.ca_path, timeout=60).json()
    site.get("vc-sites")
    names = [one["name"] for one in site.pages("inventory/orgs")]
    vapps, vms = list(site.pages("vapp-replications")), list(site.pages("vm-replications"))
    kept: dict[str, Any] = {}
    if task["instances"]:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            ids = [vm["id"] for vm in vms]
            kept = dict(zip(ids, pool.map(lambda key: site.get(f"vm-replications/{key}/instances"), ids), strict=True))
    rows = [row(vm, kept.get(vm["id"])) for vm in vms]
    counts = Counter(end.get("org") for vapp in vapps for end in (vapp["source"], vapp["destination"]))
    now = int(time.time() * 1000)
    traffic = {
        name: site.get(f"owner/{quote(name)}%40{site_name(task)}/traffic", start=now - task["days"] * DAY_MS, end=now,
                       interval="DAY")["samples"]
        for name in sorted({one["organization"] for one in rows})
    }  # fmt: skip
    while health["state"] in ("QUEUED", "RUNNING"):
        health = site.get(f"tasks/{health['id']}")
    site.close()
    dest = Path(task["dest"])
    with (dest / "vms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    totals = {"vms": len(rows), "vapps": len(vapps), "organizations": {name: counts[name] for name in names}}
    (dest / "report.json").write_text(json.dumps({"totals": totals, "vms": rows, "traffic": traffic}), encoding="utf-8")
    print(len(rows))


def site_name(task: dict[str, Any]) -> str:
    """The site as it stands in an address."""
    return quote(task["site"], safe="")


if __name__ == "__main__":
    main()
