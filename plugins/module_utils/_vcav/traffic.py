# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the _info modules of replications read: replications, instances and traffic (contract vcav-api.md, 4.12, 4.13).

Sizes are bytes, moments UTC texts, recovery point objectives minutes, resolutions seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._moments import moment, read_moment
from .._parallel import side_by_side
from .._plan import InputError, Values
from . import recovery_networks, replications, versions
from .client import Vcav, segment
from .replication_rows import NETWORKS
from .replication_work import instances
from .replications import Replication
from .workloads import is_id

RESOLUTION = 300


def check_chosen(params: Mapping[str, Any], *names: str) -> None:
    """Refuse empty entries in lists of names. Raises InputError."""
    for name in names:
        if any(not text.strip() for text in params.get(name) or []):
            raise InputError(f"{name} has an empty entry: name one, or leave it out")


def matching(api: Vcav, params: Mapping[str, Any]) -> list[Replication]:
    """The replications that the options of an _info module ask for; the server filters what it can."""
    vapps, ids = params.get("vapps") or [], params.get("ids") or []
    whole = [each for each in ids if each.startswith("C4VAPP-")]
    filters = {
        "destinationOrg": params.get("org"),
        "sourceOrg": params.get("source_org"),
        "sourceSite": params.get("source_site"),
        "ids": ",".join(whole) if whole and whole == ids else None,
        "vappName": vapps[0] if len(vapps) == 1 and not is_id(vapps[0]) else None,
    }
    fits = replications.between(params.get("source_site"), params.get("destination_site"))
    found = []
    for one in replications.listing(api, params.get("site"), **filters):
        if not fits(one) or params.get("kind") not in (None, one.kind):
            continue
        if vapps and not any(replications.is_vapp(one, each) for each in vapps):
            continue
        vms = tuple(vm for vm in one.vms if _asked(vm, one, params))
        if vms:
            found.append(one if len(vms) == len(one.vms) else Replication(one.wire, vms, False))
    return found


def _asked(vm: Mapping[str, Any], one: Replication, params: Mapping[str, Any]) -> bool:
    vms, ids = params.get("vms") or [], params.get("ids") or []
    return (not vms or any(replications.is_vm(vm, each) for each in vms)) and (
        not ids or vm["id"] in ids or one.wire["id"] in ids
    )


def rows(found: Iterable[Replication], networks: Mapping[str, Values]) -> list[Values]:
    """Replications as rows that vcav_replication takes; what is mixed or unknown is left out of them.

    `networks` are their network settings by id, where those have been read.
    """
    found = list(found)
    names = [(one.vapp, one.destination.get("vdcName")) for one in found]
    listed = []
    for one, name in zip(found, names, strict=True):
        for part in [one] if one.whole else [one.of(vm) for vm in one.vms]:
            row = {
                key: value for key, value in replications.read(part).items() if value not in (None, replications.MIXED)
            }
            if names.count(name) > 1:
                row["vapp"] = one.source.get("vappId") or one.wire["id"]
            listed.append({**row, **{key: value for key, value in networks.get(part.id, {}).items() if value}})
    return listed


def network_settings(api: Vcav, found: Iterable[Replication]) -> dict[str, Values]:
    """The stored network settings of replications, as the product writes them, by replication id."""
    chosen = {one.id: one for one in found if one.whole}

    def read(key: str) -> Any:
        one = chosen[key]
        site = replications.home(api, one)
        return api.get(f"{one.path}/network-settings", **({"site": site} if site else {}))

    held: dict[str, Values] = {}
    for key, answer in side_by_side(read, chosen).items():
        names = {str(vm.get("vmId")): str(vm.get("vmName")) for vm in chosen[key].vms}
        held[key] = {
            name: recovery_networks.describe((answer or {}).get(part), names) for name, part in NETWORKS.items()
        }
    return held


def read_instances(api: Vcav, params: Mapping[str, Any]) -> list[Values]:
    """The instances of every VM replication that is asked for, the oldest first."""
    pairs = {str(vm["id"]): (one, vm) for one in matching(api, params) for vm in one.vms}

    def read(key: str) -> list[dict[str, Any]]:
        return instances(api, key, replications.remote(api, params.get("site")))

    listed = []
    for key, found in side_by_side(read, pairs).items():
        one, vm = pairs[key]
        listed.append(
            {
                "id": key,
                "vapp": one.vapp,
                "vm": vm.get("vmName"),
                "org": one.destination.get("org") or one.source.get("org"),
                "instances": [replications.describe_instance(each) for each in found],
            }
        )
    return sorted(listed, key=lambda row: (row["vapp"], str(row["vm"]), row["id"]))


def check_traffic(params: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other. Raises InputError."""
    check_chosen(params, "vms", "vapps", "ids")
    if not any(params[name] for name in ("org", "vapps", "vms", "ids")):
        raise InputError("nothing is chosen: give org for its whole traffic, or vapps, vms or ids")
    moments = {name: read_moment(params[name], name) for name in ("start", "end") if params[name] is not None}
    if len(moments) == 2 and moments["start"] >= moments["end"]:
        raise InputError(f"start is {params['start']!r} and end {params['end']!r}: start must come before end")
    if params["resolution"] is not None and params["resolution"] < 1:
        raise InputError(f"resolution is {params['resolution']}: give a number of seconds, 1 or more")


def _query(api: Vcav, params: Mapping[str, Any]) -> dict[str, Any]:
    """The query of a traffic request as this release writes it. Raises InputError for what it does not have."""
    here = f"this site runs {versions.text(api.version)}"
    if not api.has("traffic"):
        raise InputError(f"traffic is told from release {versions.since('traffic')} on and {here}")
    query = {name: read_moment(params[name], name) for name in ("start", "end") if params[name] is not None}
    if api.has("traffic_by_interval"):
        if params["resolution"] is not None:
            raise InputError(
                f"resolution exists before release {versions.since('traffic_by_interval')} and {here}; use interval"
            )
        if params["interval"]:
            query["interval"] = params["interval"].upper()
        return query
    if params["interval"]:
        raise InputError(
            f"interval exists from release {versions.since('traffic_by_interval')} on and {here}; use resolution"
        )
    query["resolution"] = params["resolution"] or RESOLUTION
    return query


def read_traffic(api: Vcav, params: Mapping[str, Any]) -> list[Values]:
    """The traffic of an organization, or of each VM replication that is asked for."""
    query = _query(api, params)
    if not (params["vapps"] or params["vms"] or params["ids"]):
        site = params["site"] or api.site
        found = api.get(f"owner/{segment(params['org'])}%40{segment(str(site))}/traffic", **query)
        return [_traffic({"org": params["org"]}, found)]
    there = replications.remote(api, params["site"])
    if there:
        query["site"] = there
    pairs = {str(vm["id"]): (one, vm) for one in matching(api, params) for vm in one.vms}
    listed = []
    told = side_by_side(lambda each: api.get(f"vm-replications/{segment(each)}/traffic", **query), pairs)
    for key, found in told.items():
        one, vm = pairs[key]
        org = one.destination.get("org") or one.source.get("org")
        listed.append(_traffic({"org": org, "id": key, "vapp": one.vapp, "vm": vm.get("vmName")}, found))
    return sorted(listed, key=lambda row: (row["vapp"], str(row["vm"]), row["id"]))


def _traffic(subject: Values, found: Any) -> Values:
    found = found or {}
    samples = [
        {"timestamp": moment(each.get("timestamp")), "bytes": each.get("bytes") or 0}
        for each in found.get("samples") or []
    ]
    return {
        **subject,
        "start": moment(found.get("start")),
        "end": moment(found.get("end")),
        "resolution": found.get("resolution"),
        "samples": samples,
        "total_bytes": sum(each["bytes"] for each in samples),
    }
