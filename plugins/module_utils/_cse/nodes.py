# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single nodes of a cluster: reading them, adding NFS nodes, and removing one by its name (contract cse-api.md, 3.4,
4.5, 5.6 and 5.7).

Names of nodes are the server's, so that what is added is a number of NFS nodes; the control plane is never removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from .._names import nearest
from .._plan import DELETE, Field, InputError, Plan, Values, refuse_empty
from .._vcd import entities
from .._wait import TaskFailed
from . import capabilities, lookup, named, ssh_key, waiting
from .client import Cse
from .lookup import Found
from .releases import FIRST, NATIVE, POLLED, SECOND

CONTROL_PLANE, WORKER, NFS = "control_plane", "worker", "nfs"
_OF_VAPPS = {"master_nodes": CONTROL_PLANE, "nodes": WORKER, "nfs_nodes": NFS}
_OF_ENTITIES = {"controlPlane": CONTROL_PLANE, "control_plane": CONTROL_PLANE, "workers": WORKER, "nfs": NFS}
# Names that the server gives begin so: a control plane is known by its name even where the cluster does not tell it.
_MASTER = "mstr"

FIELDS: dict[str, Field] = {
    "cluster": Field("cluster"),
    "nfs_nodes": Field("nfs_nodes"),
    "node": Field("node"),
}


def rows(found: Found) -> list[Values]:
    """The nodes of a cluster up to 3.1, by role and name; an address is None while it is not known."""
    told = found.wire
    if "entity" in told:
        nodes, roles = ((found.content.get("status") or {}).get("nodes") or {}), _OF_ENTITIES
    else:
        nodes, roles = told, _OF_VAPPS
    made = []
    for member, role in roles.items():
        here = nodes.get(member) or []
        for one in [here] if isinstance(here, Mapping) else here:
            made.append(
                {"name": str(one["name"]), "role": role, "address": one.get("ipAddress") or one.get("ip") or None}
            )
    order = (CONTROL_PLANE, WORKER, NFS)
    return sorted(made, key=lambda row: (order.index(row["role"]), row["name"]))


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what no release takes. Raises InputError."""
    for option in ("node", "network", "storage_profile"):
        refuse_empty(option, params[option], "give a name, or leave it out")
    for option, least in (("nfs_nodes", 0), ("cpus", 1), ("memory_mb", 1)):
        if params[option] is not None and params[option] < least:
            raise InputError(f"{option} is {params[option]}: {least} is the least")
    if params["ssh_key"] is not None:
        ssh_key.one_line(params["ssh_key"])


def secrets(params: Mapping[str, Any]) -> list[str]:
    """What was given by mistake and must not be shown: a private key in place of the public one."""
    key = str(params.get("ssh_key") or "")
    return [key] if ssh_key.is_private(key) else []


def refuse_polled_list(cse: Cse) -> None:
    """Raises InputError for 4.x, which tells pools and no nodes."""
    if cse.release.kind == POLLED:
        raise InputError(
            f"{cse.release} tells no single nodes: read pools with vcpp.vcloud.cse_cluster_info, machines with the "
            "inventory plugin vcpp.vcloud.vcloud"
        )


def cluster(cse: Cse, params: Mapping[str, Any], missing: Callable[[str], None]) -> Found | None:
    """The cluster of the options; None where state is absent, or check mode predicts it. Raises InputError."""
    refuse_foreign(cse, params)
    found = lookup.find(cse, params, params["cluster"])
    if found is None and params["state"] == "present":
        missing(named.missing(cse, params))
    return found


def state(cse: Cse, params: Mapping[str, Any], found: Found | None) -> Values | None:
    """What there is of what the task is about: the number of NFS nodes, or the node; None for no such node."""
    if params["state"] == "present":
        count = sum(row["role"] == NFS for row in rows(found)) if found else 0
        return {"cluster": params["cluster"], "nfs_nodes": count}
    here = {row["name"] for row in rows(found)} if found else set()
    return {"cluster": params["cluster"], "node": params["node"]} if params["node"] in here else None


def refuse(context: Any, found: Found, step: Plan) -> None:
    """Refuse a change that cannot be, before it is sent, in check mode too. Raises InputError."""
    cse, params = context.api, context.params
    if step.action == DELETE:
        refuse_role(cse, found, next(row for row in rows(found) if row["name"] == params["node"]))
        refuse_busy(found, f"node {params['node']} cannot go")
        return
    refuse_sizes(cse, params)
    refuse_fewer(found, step.before["nfs_nodes"], step.after["nfs_nodes"], params["network"])
    refuse_busy(found, "NFS nodes cannot be added")
    if cse.release.kind != NATIVE and params["ssh_key"] is None:
        context.warn(f"The new NFS nodes of {found.name} get no ssh key. Give ssh_key to log in there.")


def refuse_sizes(cse: Cse, params: Mapping[str, Any]) -> None:
    """3.x makes new nodes as the cluster's own: what says otherwise is refused by its name. Raises InputError."""
    for option in ("network", "storage_profile", "cpus", "memory_mb", "ssh_key"):
        if cse.release.kind == NATIVE and params[option] is not None:
            raise InputError(
                f"{option} is set, but {cse.release} makes new NFS nodes as the cluster was made. Leave it out"
            )


def refuse_foreign(cse: Cse, params: Mapping[str, Any]) -> None:
    """Refuse what the release has nothing for. Raises InputError that names the option."""
    release = cse.release
    option = "node" if params.get("node") else "nfs_nodes"
    if release.kind == POLLED:
        raise InputError(
            f"{option} is {params[option]!r}: {release} has no NFS nodes, and removes none by name, because Cluster "
            "API replaces it. Change pools with vcpp.vcloud.cse_cluster"
        )
    if params.get("node") and params["node"].startswith(f"{_MASTER}-"):
        raise InputError(f"node is {params['node']!r}, which is a control plane: it stays as long as its cluster")


def refuse_role(cse: Cse, found: Found, row: Mapping[str, Any]) -> None:
    """Refuse to remove a node of a role that cannot be removed by name. Raises InputError."""
    if row["role"] == CONTROL_PLANE:
        raise InputError(f"node is {row['name']!r}, the control plane of {found.name}: it stays as long as its cluster")
    roles = capabilities.removable(cse.release)
    if row["role"] not in roles:
        raise InputError(
            f"node is {row['name']!r}, a {row['role']} of {found.name}: {cse.release} removes only "
            f"{' and '.join(roles)} nodes by name. Lower workers of vcpp.vcloud.cse_cluster, and the server chooses"
        )


def refuse_busy(found: Found, doing: str) -> None:
    """3.x refuses while something is done to a cluster. Raises InputError."""
    status = found.content.get("status") or {}
    phase = str(status.get("phase") or "")
    if "entity" in found.wire and (phase.endswith("IN_PROGRESS") or entities.state(found.wire) != entities.RESOLVED):
        raise InputError(
            f"{doing}: something is being done to cluster {found.name} (state {entities.state(found.wire)}, phase "
            f"{phase or 'none'}). Run the task again when that has ended"
        )


def refuse_fewer(found: Found, present: int, wanted: int, network: str | None) -> None:
    """A number of NFS nodes only grows: which of them may go nobody but the user knows. Raises InputError."""
    if wanted < present:
        raise InputError(
            f"nfs_nodes is {wanted}, but cluster {found.name} has {present}, and which of them may go only you know: "
            "name one with node and state: absent"
        )
    if wanted > present and "entity" not in found.wire and not network:
        raise InputError(
            f"nfs_nodes is {wanted} and cluster {found.name} has {present}: the new ones need a network, which its "
            "server does not remember. Give network"
        )
    if (found.content.get("kind") or "native") == "TKGm":
        raise InputError(f"nfs_nodes is {wanted}, but cluster {found.name} is of TKGm, which has no NFS nodes")


def near(found: Found, name: str) -> str:
    """The hint about a name that no node of a cluster has."""
    return nearest(name, [row["name"] for row in rows(found)])


def remove(cse: Cse, params: Mapping[str, Any], found: Found, wait: waiting.Wait, tell: waiting.Tell) -> None:
    """Remove one node and wait until it is gone. Raises HttpError, TaskFailed."""
    kind, name = cse.release.kind, params["node"]
    acting, _org = lookup.place_of(cse, params)
    if kind == FIRST:
        path = f"{quote(found.name, safe='')}/node"
        document: Values | None = {"name": found.name, "vdc": found.vdc, "nodes": [name], "force": False}
    elif kind == SECOND:
        path, document = "nodes", {"cluster_name": found.name, "node_names": [name], **_place(params, found)}
    else:
        path, document = f"3.0/cluster/{found.id}/nfs/{quote(name, safe='')}", None
    answer = acting.request("DELETE", path, document=document)
    _follow(acting, answer, f"removing node {name} of cluster {found.name}", wait, tell)


def _place(params: Mapping[str, Any], found: Found) -> Values:
    place = {"org_name": params["org"] or params.get("vcd_tenant"), "ovdc_name": found.vdc}
    return {name: value for name, value in place.items() if value is not None}


def add(cse: Cse, params: Mapping[str, Any], found: Found, count: int, wait: waiting.Wait, tell: waiting.Tell) -> None:
    """Add NFS nodes, `count` of them, and wait for them. Raises HttpError, TaskFailed."""
    acting, _org = lookup.place_of(cse, params)
    wire, kind = found.wire, cse.release.kind
    key = None if params["ssh_key"] is None else ssh_key.one_line(params["ssh_key"])
    if kind == NATIVE:
        answer = acting.request("PUT", f"3.0/cluster/{found.id}", document=_with_more(found, count))
    elif kind == FIRST:
        # Nothing is remembered of the others: every key is there, null where the server is to choose.
        document: Values = {
            "name": found.name, "node_count": count, "vdc": found.vdc, "cpu": params["cpus"],
            "memory": params["memory_mb"], "network": params["network"], "storage_profile": params["storage_profile"],
            "ssh_key": key, "template": wire.get("template") or None, "node_type": "nfsd",
            "disable_rollback": True,
        }  # fmt: skip
        answer = acting.request("POST", f"{quote(found.name, safe='')}/node", document=document)
    else:
        wishes = {
            "num_cpu": params["cpus"], "mb_memory": params["memory_mb"], "ssh_key": key,
            "storage_profile_name": params["storage_profile"], "template_name": wire.get("template_name") or None,
            "template_revision": wire.get("template_revision") or None,
        }  # fmt: skip
        document = {"cluster_name": found.name, "network_name": params["network"], "num_workers": count}
        document |= {"enable_nfs": True, "rollback": True, **_place(params, found)}
        document |= {name: value for name, value in wishes.items() if value is not None}
        answer = acting.request("POST", "nodes", document=document)
    _follow(acting, answer, f"adding {count} NFS node(s) to cluster {found.name}", wait, tell)


def _with_more(found: Found, count: int) -> Values:
    """The payload of 3.x that asks for more NFS nodes, and for all else as it is: counts by what the status tells."""
    content = found.content
    spec = {**(content.get("spec") or {})}
    workers, present = (sum(row["role"] == role for row in rows(found)) for role in (WORKER, NFS))
    pools = {**(spec.get("topology") or spec)}
    for pool, number in (("workers", workers), ("nfs", present + count)):
        pools[pool] = {**(pools.get(pool) or {}), "count": number}
    spec = {**spec, "topology": pools} if "topology" in spec else pools
    kept = ("apiVersion", "api_version", "kind", "metadata")
    return {**{name: content[name] for name in kept if name in content}, "spec": spec}


def _follow(cse: Cse, answer: Any, what: str, wait: waiting.Wait, tell: waiting.Tell) -> None:
    task = waiting.task_of(answer)
    if task is None:
        raise TaskFailed(what, {}, "the server accepted it but names no task; run again to see what became of it")
    waiting.finish(cse, task, what, wait, tell)
