# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a cluster, of the commands that tell it (contract 4.1): health with remedies, daemons, pools, room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._parallel import side_by_side
from .._plan import Values
from .client import Cluster
from .remedies import remedy

_ASKED = (("health", "detail"), ("mon", "dump"), ("mgr", "stat"), ("versions",), ("osd", "tree"), ("df",),
          ("osd", "pool", "ls", "detail"))  # fmt: skip


def read(cluster: Cluster) -> Values:
    """All of it. Eight commands, the first alone: where no monitor answers, it is told once and in time."""
    status = cluster.ask("status")
    health, mons, mgr, versions, tree, df, pools = side_by_side(lambda what: cluster.ask(*what), _ASKED).values()
    groups = status["pgmap"]
    return {
        "fsid": status["fsid"],
        "health": {"status": health["status"], "checks": checks(health)},
        "quorum": sorted(status["quorum_names"]),
        "monitors": [monitor(mon, status["quorum_names"]) for mon in mons["mons"]],
        "manager": {
            "available": mgr["available"],
            "active": mgr["active_name"],
            "standbys": mgr.get("num_standby", status["mgrmap"]["num_standbys"]),
        },
        "osds": osds(status["osdmap"], tree),
        "pools": pool_rows(pools, df),
        "releases": releases(versions),
        "capacity": {
            "total_bytes": df["stats"]["total_bytes"],
            "used_bytes": df["stats"]["total_used_raw_bytes"],
            "available_bytes": df["stats"]["total_avail_bytes"],
        },
        "placement_groups": {
            "total": groups["num_pgs"],
            "states": {row["state_name"]: row["count"] for row in groups["pgs_by_state"]},
        },
    }


def checks(health: Mapping[str, Any]) -> list[Values]:
    """What `ceph health detail` complains of, errors first."""
    rows = [
        {
            "check": name,
            "severity": check["severity"],
            "summary": check["summary"]["message"],
            "details": [one["message"] for one in check.get("detail", [])],
            "muted": bool(check.get("muted", False)),
            "remedy": remedy(name),
        }
        for name, check in health["checks"].items()
    ]
    return sorted(rows, key=lambda row: (row["severity"] != "HEALTH_ERR", str(row["check"])))


def monitor(mon: Mapping[str, Any], quorum: list[str]) -> Values:
    """One monitor with its addresses, messenger v2 first."""
    return {
        "name": mon["name"],
        "addresses": [f"{one['type']}:{one['addr']}" for one in mon["public_addrs"]["addrvec"]],
        "in_quorum": mon["name"] in quorum,
    }


def osds(counted: Mapping[str, Any], tree: Mapping[str, Any]) -> Values:
    """How many OSDs there are, and each with its host."""
    hosts = {child: node["name"] for node in tree["nodes"] if node["type"] == "host" for child in node["children"]}
    rows = [
        {
            "id": node["id"],
            "host": hosts.get(node["id"], ""),
            "up": node["status"] == "up",
            # Who is out has no weight.
            "in": node["reweight"] > 0,
            "device_class": node.get("device_class", ""),
        }
        for node in [*tree["nodes"], *tree.get("stray", [])]
        if node["type"] == "osd"
    ]
    return {
        "total": counted["num_osds"],
        "up": counted["num_up_osds"],
        "in": counted["num_in_osds"],
        "each": sorted(rows, key=lambda row: int(row["id"])),
    }


def pool_rows(pools: list[Mapping[str, Any]], df: Mapping[str, Any]) -> list[Values]:
    """Every pool, how full it is, and whether it takes writes."""
    stats = {row["name"]: row["stats"] for row in df["pools"]}
    rows = []
    for pool in pools:
        counted, flags = stats.get(pool["pool_name"], {}), str(pool["flags_names"]).split(",")
        rows.append(
            {
                "name": pool["pool_name"],
                "applications": sorted(pool.get("application_metadata", {})),
                "size": pool["size"],
                "pg_num": pool.get("pg_num_target", pool["pg_num"]),
                "stored_bytes": counted.get("stored", 0),
                "available_bytes": counted.get("max_avail", 0),
                "objects": counted.get("objects", 0),
                "full": "full" in flags or "full_quota" in flags,
            }
        )
    return sorted(rows, key=lambda row: str(row["name"]))


def releases(versions: Mapping[str, Any]) -> dict[str, int]:
    """How many daemons run each release: `{"16.2.15": 5}`; more than one release is an update that is not over."""
    found: dict[str, int] = {}
    for text, count in versions.get("overall", {}).items():
        words = str(text).split()
        name = words[2] if len(words) > 2 else str(text)
        found[name] = found.get(name, 0) + int(count)
    return found
