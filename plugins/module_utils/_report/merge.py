# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts the data of several sites into one report: files in, document out.

The shape of a site's data is that of module_utils/_vcav/report.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._plan import InputError

Row = dict[str, Any]
NEEDED = {"site", "generated", "vms", "organizations", "traffic"}


def read(paths: Iterable[str]) -> list[Row]:
    """The sites' data from their files, the only input of this room.

    Raises InputError for a file that is not there, that holds something else, or a site that comes twice.
    """
    found: dict[str, str] = {}
    sites = []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as stream:
                document = json.load(stream)
        except OSError as problem:
            raise InputError(
                f"sources names {path}, which cannot be read: {problem.strerror}. Run vcpp.vcloud.vcav_report first."
            ) from problem
        except ValueError:
            document = None
        if not (isinstance(document, dict) and document.keys() >= NEEDED) or "missing" in document:
            raise InputError(f"sources names {path}, which vcpp.vcloud.vcav_report has not written: give its files")
        if document["site"] in found:
            raise InputError(f"sources names site {document['site']} twice: {found[document['site']]} and {path}")
        found[document["site"]] = path
        sites.append(document)
    return sites


def merge(sites: Iterable[Mapping[str, Any]]) -> Row:
    """One document of all sites.

    Both ends of a replication between two provider sites list it. It is counted once, as its destination tells it,
    because that is where its instances are. Traffic is each site's own, so it is added up by organization and day.
    """
    sites = list(sites)
    vms: dict[str, Row] = {}
    for site in sites:
        for vm in site["vms"]:
            if vm["id"] not in vms or vm["destination_site"] == site["site"]:
                vms[vm["id"]] = dict(vm)
    organizations = [{"site": site["site"], **row} for site in sites for row in site["organizations"]]
    days = sorted({day for site in sites for day in (site["traffic"] or {}).get("days") or []})
    traffic: dict[str, list[int]] = {}
    for site in sites:
        history = site["traffic"] or {"days": [], "bytes": {}}
        for name, amounts in history["bytes"].items():
            total = traffic.setdefault(name, [0] * len(days))
            for day, amount in zip(history["days"], amounts, strict=False):
                total[days.index(day)] += amount
    return {
        "sites": [{"site": site["site"], "generated": site["generated"], "vms": len(site["vms"])} for site in sites],
        "without_traffic": [site["site"] for site in sites if site["traffic"] is None],
        "warnings": [f"{site['site']}: {text}" for site in sites for text in site.get("warnings") or []],
        "vms": sorted(vms.values(), key=lambda row: (str(row["organization"]), str(row["vapp"]), str(row["vm"]))),
        "organizations": sorted(organizations, key=lambda row: (row["organization"], row["site"])),
        "traffic": {"days": days, "bytes": {name: traffic[name] for name in sorted(traffic)}},
    }
