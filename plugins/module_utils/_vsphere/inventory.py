# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding things in a vCenter's inventory by the names that people use, and saying what there is when a name is wrong.

A VM is found by its inventory path, not by its name alone (contract vsphere-ovf.md, 6). Networks and datastores are
those that the chosen cluster or host reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._plan import InputError
from .client import Vsphere, kind_of
from .properties import listed, nearest

GIB = 1024**3


@dataclass
class Placement:
    """Where an appliance goes; everything but names is a reference."""

    folder: Any
    pool: Any
    host: Any
    datastore: Any
    networks: dict[str, Any] = field(default_factory=dict)


def _escaped(name: str) -> str:
    """A name as it stands in an inventory path, where these three are written by their number."""
    return name.replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")


def shown(name: str) -> str:
    """A name of the inventory as people write it."""
    return name.replace("%2f", "/").replace("%2F", "/").replace("%5c", "\\").replace("%5C", "\\").replace("%25", "%")


def path_of(datacenter: str, branch: str, *parts: str | None) -> str:
    """An inventory path; the parts may be paths themselves."""
    inner = [piece for part in parts if part for piece in part.strip("/").split("/") if piece]
    return "/".join([datacenter.strip("/"), branch, *inner])


def vm_path(params: Mapping[str, Any]) -> str:
    """The inventory path of the VM that a task names."""
    return path_of(params["datacenter"], "vm", params.get("folder")) + "/" + _escaped(params["name"])


def by_path(api: Vsphere, path: str) -> Any:
    """What is at an inventory path, None where nothing is."""
    return api.call(api.manager("searchIndex"), "FindByInventoryPath", path, about=path)


def names_of(api: Vsphere, things: Iterable[Any]) -> list[tuple[Any, str]]:
    """Things of the inventory with their names, in one request for each kind of thing."""
    kinds: dict[type, list[Any]] = {}
    for thing in things:
        kinds.setdefault(type(thing), []).append(thing)
    rows = [row for each in kinds.values() for row in api.properties(each, ["name"])]
    return [(thing, shown(found["name"])) for thing, found in rows if "name" in found]


def children(api: Vsphere, folder: Any) -> list[str]:
    """The names of what is in a folder."""
    return [name for _thing, name in names_of(api, api.one(folder, "childEntity").get("childEntity") or [])]


def find_vm(api: Vsphere, params: Mapping[str, Any]) -> Any:
    """The VM that a task names, None where there is none. Raises InputError for an unknown datacenter."""
    path = vm_path(params)
    found = by_path(api, path)
    if found is not None:
        if not isinstance(found, api.vim.VirtualMachine):
            raise InputError(
                f"name is {params['name']!r}: {path} is no VM but a {kind_of(found)}. Give another name or folder."
            )
        return found
    find_datacenter(api, params["datacenter"])
    return None


def find_datacenter(api: Vsphere, name: str) -> Any:
    """The datacenter of that name. Raises InputError."""
    found = by_path(api, name.strip("/"))
    if not isinstance(found, api.vim.Datacenter):
        names = children(api, api.manager("rootFolder"))
        raise InputError(
            f"datacenter is {name!r}: there is none at {api.site}.{nearest(name, names)} It has: {listed(names)}. One "
            "in "
            "a folder is written with it, as folder/datacenter."
        )
    return found


def find_folder(api: Vsphere, params: Mapping[str, Any]) -> Any:
    """The folder of VMs that a task names. Raises InputError."""
    path = path_of(params["datacenter"], "vm", params.get("folder"))
    found = by_path(api, path)
    if found is None:
        find_datacenter(api, params["datacenter"])
        top = by_path(api, path_of(params["datacenter"], "vm"))
        inside = api.one(top, "childEntity").get("childEntity") or []
        names = [name for _each, name in names_of(api, [each for each in inside if isinstance(each, api.vim.Folder)])]
        raise InputError(
            f"folder is {params.get('folder')!r}: {path} does not exist.{nearest(str(params.get('folder')), names)} "
            f"At the top of the datacenter there are: {listed(names)}"
        )
    if not isinstance(found, api.vim.Folder):
        raise InputError(f"folder is {params.get('folder')!r}: {path} is no folder but a {kind_of(found)}")
    return found


def _compute(api: Vsphere, params: Mapping[str, Any]) -> tuple[Any, Any]:
    """(cluster or single host as a compute resource, host or None). Raises InputError."""
    datacenter, cluster, host = params["datacenter"], params.get("cluster"), params.get("host")
    if cluster:
        path = path_of(datacenter, "host", cluster)
        found = by_path(api, path)
        if not isinstance(found, api.vim.ComputeResource):
            names = children(api, by_path(api, path_of(datacenter, "host")))
            raise InputError(
                f"cluster is {cluster!r}: there is none at {path}.{nearest(cluster, names)} The datacenter has: "
                f"{listed(names)}"
            )
        if not host:
            return found, None
        hosts = names_of(api, api.one(found, "host").get("host") or [])
        machine = next((each for each, name in hosts if name == host), None)
        if machine is None:
            names = [name for _each, name in hosts]
            raise InputError(
                f"host is {host!r}: cluster {cluster!r} has no such host.{nearest(host, names)} It has: {listed(names)}"
            )
        return found, machine
    machine = by_path(api, path_of(datacenter, "host", str(host).replace("/", "%2f"), str(host).rpartition("/")[2]))
    if not isinstance(machine, api.vim.HostSystem):
        found = by_path(api, path_of(datacenter, "host", host))
        hosts = names_of(api, api.one(found, "host").get("host") or []) if found is not None else []
        machine = hosts[0][0] if len(hosts) == 1 and isinstance(found, api.vim.ComputeResource) else None
    if machine is None:
        raise InputError(
            f"host is {host!r}: the datacenter has no single host of that name. For a host of a cluster give cluster "
            "too."
        )
    return api.one(machine, "parent")["parent"], machine


def _pool(api: Vsphere, params: Mapping[str, Any], root: Any) -> Any:
    """The resource pool that a task names below that of its cluster or host. Raises InputError."""
    pool = root
    for part in [each for each in str(params.get("resource_pool") or "").split("/") if each]:
        below = names_of(api, api.one(pool, "resourcePool").get("resourcePool") or [])
        pool = next((each for each, name in below if name == part), None)
        if pool is None:
            names = [name for _each, name in below]
            raise InputError(
                f"resource_pool is {params['resource_pool']!r}: there is no pool {part!r} there.{nearest(part, names)} "
                f"There are: {listed(names)}"
            )
    return pool


def _named(option: str, wanted: str, found: list[tuple[Any, str]], where: str) -> Any:
    """The one thing of that name. Raises InputError."""
    fitting = [thing for thing, name in found if name == wanted]
    if len(fitting) == 1:
        return fitting[0]
    names = {name for _thing, name in found}
    if fitting:
        raise InputError(
            f"{option} is {wanted!r}: {where} reaches {len(fitting)} of that name. Give them different names in "
            "vCenter."
        )
    raise InputError(
        f"{option} is {wanted!r}: {where} reaches none of that name.{nearest(wanted, names)} It reaches: "
        f"{listed(names)}"
    )


def _networks(
    given: Mapping[str, str], sources: Iterable[str], reached: list[tuple[Any, str]], where: str
) -> dict[str, Any]:
    """The target of every network of the package. Raises InputError.

    What is not mapped would be put where the server likes: so it must have a namesake.
    """
    sources = list(sources)
    for source in given:
        if source not in sources:
            raise InputError(
                f"networks: the package has no network {source!r}.{nearest(source, sources)} It has: {listed(sources)}"
            )
    names = {name for _network, name in reached}
    unmapped = [source for source in sources if source not in given and source not in names]
    if unmapped:
        raise InputError(
            f"networks: {unmapped[0]!r} of the package is not mapped, and {where} reaches no network of that name. "
            "Write "
            f"networks: {{{unmapped[0]!r}: <one of {listed(names)}>}}"
        )
    return {source: _named(f"networks[{source!r}]", given.get(source, source), reached, where) for source in sources}


def _datastore(api: Vsphere, wanted: str, stores: Iterable[Any], where: str, needed: int) -> Any:
    """The datastore, which must be in use and have room for at least `needed` bytes. Raises InputError."""
    rows = api.properties(list(stores), ["name", "summary"])
    found = _named("datastore", wanted, [(store, shown(each["name"])) for store, each in rows], where)
    summary = next(each["summary"] for store, each in rows if store == found)
    usable = {shown(each["name"]): each["summary"].freeSpace // GIB for _store, each in rows}
    if not summary.accessible or (summary.maintenanceMode or "normal") != "normal":
        state = "not accessible" if not summary.accessible else f"in maintenance ({summary.maintenanceMode})"
        raise InputError(f"datastore is {wanted!r}: it is {state}. Take another one: {listed(usable)}")
    if summary.freeSpace < needed:
        rooms = ", ".join(f"{name} {free} GiB" for name, free in sorted(usable.items()))
        raise InputError(
            f"datastore is {wanted!r}: it has {summary.freeSpace / GIB:.1f} GiB left, and the appliance needs at least "
            f"{needed / GIB:.1f} GiB. Free some, take disk_mode thin, or another datastore: {rooms}. Nothing was "
            "imported."
        )
    return found


def place(api: Vsphere, params: Mapping[str, Any], sources: Iterable[str], needed: int) -> Placement:
    """Where an appliance with these networks, that needs that many bytes, goes. Raises InputError, HttpError."""
    folder = find_folder(api, params)
    compute, host = _compute(api, params)
    where = f"cluster {params['cluster']!r}" if params.get("cluster") else f"host {params.get('host')!r}"
    resource = api.one(compute, "resourcePool", "datastore", "network")
    return Placement(
        folder=folder,
        pool=_pool(api, params, resource.get("resourcePool")),
        host=host,
        datastore=_datastore(api, params["datastore"], resource.get("datastore") or [], where, needed),
        networks=_networks(params.get("networks") or {}, sources, names_of(api, resource.get("network") or []), where),
    )


def below(
    api: Vsphere, folder: Any, names: Iterable[str]
) -> tuple[list[tuple[Any, dict[str, Any]]], dict[Any, tuple[str, Any]]]:
    """(VMs in and below a folder with properties and parent, folders as {folder: (name, parent)}), in one request."""
    query = api.vmodl.query.PropertyCollector
    down = query.TraversalSpec(
        name="down", type=api.vim.Folder, path="childEntity", skip=False, selectSet=[query.SelectionSpec(name="down")]
    )
    spec = query.FilterSpec(
        propSet=[
            query.PropertySpec(type=api.vim.VirtualMachine, pathSet=[*names, "parent"], all=False),
            query.PropertySpec(type=api.vim.Folder, pathSet=["name", "parent"], all=False),
        ],
        objectSet=[query.ObjectSpec(obj=folder, skip=False, selectSet=[down])],
    )
    answer = api.call(api.manager("propertyCollector"), "RetrieveContents", [spec]) or []
    rows = [(each.obj, {prop.name: prop.val for prop in each.propSet}) for each in answer]
    machines = [(thing, found) for thing, found in rows if isinstance(thing, api.vim.VirtualMachine)]
    folders = {
        thing: (shown(str(found.get("name", ""))), found.get("parent"))
        for thing, found in rows
        if not isinstance(thing, api.vim.VirtualMachine)
    }
    return machines, folders


def namesakes(api: Vsphere, params: Mapping[str, Any]) -> list[str]:
    """Where else in the datacenter a VM of that name is: some servers refuse a second one in any folder."""
    top = by_path(api, path_of(params["datacenter"], "vm"))
    machines, folders = below(api, top, ["name"])
    parents = [found["parent"] for _vm, found in machines if shown(str(found.get("name"))) == params["name"]]
    return sorted(folders[parent][0] for parent in parents if parent in folders)
