"""What happens to tenants' workloads behind everybody's back: vApps, VMs, VDCs and catalogs come, change and go.

`CHANGES` joins the changes of changes.py; README.md lists them. None of it asks for a login, none is in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .machines import (
    GIB,
    GUESTS,
    OFF,
    ON,
    STATE_NUMBERS,
    SUSPENDED,
    Guest,
    Nic,
    UnknownWorkload,
    Vapp,
    Vm,
    disks_of,
)
from .workloads import Workloads, merged

if TYPE_CHECKING:
    from .vcav.site import SiteServices

Given = Mapping[str, Any]
_SHORT = {"on": ON, "off": OFF, "suspended": SUSPENDED}
_VM_FIELDS = frozenset(
    {
        "gib", "os", "cpus", "cores_per_socket", "memory_mb", "hardware", "tools", "networks", "nics", "primary",
        "power", "metadata", "description", "name", "storage_profile",
    }
)  # fmt: skip
_PLAIN = {"cpus": int, "cores_per_socket": int, "memory_mb": int, "hardware": int, "tools": int, "description": str}


def _vapp_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A tenant's new vApp. `vms`: VM name -> sizes of its disks in GiB (one number, or a list) or what `vm-add` takes;
    `vdc`: name of its VDC, else the organization's first; `description`, `metadata`."""
    workloads, org = group.site.workloads, str(given["org"])
    vdcs = [one for one in workloads.vdcs_of(org) if given.get("vdc") in (None, one.name)]
    if not vdcs:
        raise ValueError(f"Organization {org} has no VDC {given.get('vdc') or ''} at {group.site.name}.")
    machines = dict(given.get("vms") or given.get("fields") or {})
    wanted = {name: one if isinstance(one, Mapping) else {"gib": one} for name, one in machines.items()}
    for fields in wanted.values():
        _check(fields)
    vapp = workloads.add_vapp(org, str(given["vapp"]), vdcs[0].id)
    vapp.description = str(given.get("description", ""))
    vapp.metadata = dict(given.get("metadata") or {})
    for name, fields in wanted.items():
        _add_vm(workloads, vapp, str(name), fields)
    return {"id": vapp.id, "vms": {vm.name: vm.id for vm in vapp.vms.values()}}


def _vapp_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """`name`, `description`, `owner` or `metadata` of a vApp; the last is merged (null removes a key)."""
    workloads = group.site.workloads
    vapp = workloads.find_vapp(str(given["vapp"]), given.get("org"))
    fields = dict(given.get("fields") or {})
    if not fields or set(fields) - {"name", "description", "owner", "metadata"}:
        raise ValueError("Of a vApp, name, description, owner and metadata can be set.")
    if "metadata" in fields:
        fields["metadata"] = merged(vapp.metadata, fields["metadata"])
    for name, value in fields.items():
        setattr(vapp, name, value)
    workloads.touch()
    return {"id": vapp.id}


def _vapp_power(group: SiteServices, given: Given) -> dict[str, Any]:
    """`state`: all VMs of a vApp are on, off or suspended, or it is in a state that does not follow from theirs."""
    workloads = group.site.workloads
    vapp = workloads.find_vapp(str(given["vapp"]), given.get("org"))
    state = _asked_state(given)
    if state in (ON, OFF, SUSPENDED) and vapp.vms:
        vapp.forced = None
        for vm in vapp.vms.values():
            vm.status = state
    else:
        vapp.forced = state
    workloads.touch()
    return {"id": vapp.id, "state": state}


def _vapp_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A vApp is deleted with its VMs."""
    vapp = group.site.workloads.find_vapp(str(given["vapp"]), given.get("org"))
    group.site.workloads.remove_vapp(vapp.id)
    return {"removed": vapp.id}


def _vm_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A vApp gets another VM: `gib` (sizes of its disks, one number or a list; default 4) and what `vm-set` takes."""
    workloads = group.site.workloads
    fields = {name: value for name, value in given.items() if name in _VM_FIELDS} | dict(given.get("fields") or {})
    vapp = workloads.find_vapp(str(given["vapp"]), given.get("org"))
    _check(fields)
    return {"id": _add_vm(workloads, vapp, str(given["vm"]), fields).id}


def _vm_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """Fields of a VM: `name`, `description`, `os` (vSphere's identifier or the name), `cpus`, `cores_per_socket`,
    `memory_mb`, `hardware`, `tools` (0: not installed), `power`, `metadata` (merged; null removes a key), `gib`,
    `storage_profile` (name), `networks` (names, one adapter each), `nics` (whole adapters), `primary` (index)."""
    workloads = group.site.workloads
    fields = dict(given.get("fields") or {})
    _check(fields)
    vm = workloads.find_vm(str(given["vm"]), given.get("org"))
    _set(workloads, vm, fields)
    return {"id": vm.id}


def _vm_power(group: SiteServices, given: Given) -> dict[str, Any]:
    """`state`: a VM is on, off, suspended, or in any state of the vCD by its word."""
    workloads = group.site.workloads
    vm = workloads.find_vm(str(given["vm"]), given.get("org"))
    workloads.change_vm(vm, status=_asked_state(given))
    return {"id": vm.id, "state": vm.status}


def _vm_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A VM is deleted; whatever replicates it has lost its source."""
    vm = group.site.workloads.find_vm(str(given["vm"]), given.get("org"))
    group.site.workloads.remove_vm(vm.id)
    return {"removed": vm.id}


def _vdc_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """An organization gets another VDC; `allocation` is one of the allocation models, default AllocationPool."""
    allocation = str(given.get("allocation") or (given.get("fields") or {}).get("allocation") or "AllocationPool")
    return {"id": group.site.workloads.add_vdc(str(given["org"]), str(given["vdc"]), allocation).id}


def _vdc_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """`enabled` of a VDC, the one field that can be set."""
    fields = dict(given.get("fields") or {})
    if set(fields) != {"enabled"} or not isinstance(fields["enabled"], bool):
        raise ValueError("Of a VDC, enabled can be set, to true or false.")
    return {"id": group.site.workloads.enable_vdc(str(given["org"]), str(given["vdc"]), fields["enabled"]).id}


def _vdc_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A VDC is deleted, with the vApps in it."""
    return {"removed": group.site.workloads.remove_vdc(str(given["org"]), str(given["vdc"])).id}


def _catalog_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """An organization gets a catalog."""
    return {"id": group.site.workloads.add_catalog(str(given["org"]), str(given["catalog"])).id}


def _catalog_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A catalog is deleted, with the templates in it."""
    workloads = group.site.workloads
    catalog = workloads.find_catalog(str(given["catalog"]), given.get("org"))
    workloads.remove_catalog(catalog)
    return {"removed": catalog.id}


def _template_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A catalog gets a template of one VM; it is stored in the organization's first VDC."""
    workloads = group.site.workloads
    catalog = workloads.find_catalog(str(given["catalog"]), given.get("org"))
    vdcs = workloads.vdcs_of(catalog.org)
    if not vdcs:
        raise ValueError(f"Organization {catalog.org} has no VDC at {group.site.name}.")
    fields = dict(given.get("fields") or {})
    guest = _guest(fields["os"]) if "os" in fields else GUESTS[0]
    template = workloads.add_template(catalog, str(given["template"]), vdcs[0], guest)
    return {"id": template.id, "item": template.item.id}


# Parts


def _state(word: Any) -> int:
    state = _SHORT.get(str(word).lower(), STATE_NUMBERS.get(str(word).upper()))
    if state is None:
        raise ValueError(f"'{word}' is no state; on, off, suspended and {', '.join(STATE_NUMBERS)} are.")
    return state


def _asked_state(given: Given) -> int:
    # On the command line `state` is the state file.
    return _state(given["power"] if "power" in given else given["state"])


def _guest(wanted: Any) -> Guest:
    """A known guest by either of its names; another one is taken by its name."""
    text = str(wanted)
    return next((one for one in GUESTS if text in one), Guest("otherGuest64", text))


def _check(fields: Given) -> None:
    """Raises ValueError for what cannot be set of a VM, before anything is made."""
    unknown = set(fields) - _VM_FIELDS
    if unknown:
        raise ValueError(f"A VM has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(_VM_FIELDS))}.")
    _disks(fields.get("gib") if fields.get("gib") is not None else 4)
    if "power" in fields:
        _state(fields["power"])


def _add_vm(workloads: Workloads, vapp: Vapp, name: str, fields: Given) -> Vm:
    disks = _disks(fields["gib"] if fields.get("gib") is not None else 4)
    vm = workloads.add_vm(vapp, name, disks)
    _set(workloads, vm, {key: value for key, value in fields.items() if key != "gib"})
    return vm


def _set(workloads: Workloads, vm: Vm, fields: Given) -> None:
    changed: dict[str, Any] = {name: kind(fields[name]) for name, kind in _PLAIN.items() if name in fields}
    if "name" in fields:
        changed["name"] = str(fields["name"])
    if "gib" in fields:
        changed["disks"] = _disks(fields["gib"])
    if "os" in fields:
        changed["guest"] = _guest(fields["os"])
    if "power" in fields:
        changed["status"] = _state(fields["power"])
    if "metadata" in fields:
        changed["metadata"] = merged(vm.metadata, fields["metadata"])
    if "storage_profile" in fields:
        vdc = workloads.vdc(vm.vapp.vdc_id) if vm.vapp else None
        profiles = {name: (identity, name) for identity, name in vdc.storage_profiles} if vdc else {}
        if fields["storage_profile"] not in profiles:
            raise ValueError(
                f"There is no storage profile {fields['storage_profile']}; there are {', '.join(profiles)}."
            )
        changed["profile"] = profiles[fields["storage_profile"]]
    if "networks" in fields:
        wanted = fields["networks"]
        names = [one.strip() for one in wanted.split(",") if one.strip()] if isinstance(wanted, str) else list(wanted)
        changed["nics"] = _nics(workloads, vm, [{"network": one} for one in names])
    if "nics" in fields:
        changed["nics"] = _nics(workloads, vm, fields["nics"])
    if "primary" in fields:
        changed["primary"] = int(fields["primary"])
    workloads.change_vm(vm, **changed)


def _nics(workloads: Workloads, vm: Vm, wanted: list[Given]) -> tuple[Nic, ...]:
    """Adapters from `{"network", "ip", "mac", "connected", "mode", "adapter", "number"}`, each with defaults."""
    vdc = workloads.vdc(vm.vapp.vdc_id) if vm.vapp else None
    networks = {one.name: one for one in vdc.network_details()} if vdc else {}
    made = []
    for position, given in enumerate(wanted):
        network = networks.get(str(given.get("network") or "none"))
        if network is None and given.get("network") not in (None, "none"):
            raise UnknownWorkload(f"There is no network {given['network']}; there are {', '.join(networks)}.")
        number = int(given.get("number", position))
        if network is None:
            nic = Nic(number, "none", None, None, workloads.new_mac(), False, "NONE")
        else:
            nic = workloads.nic(network, number)
        known = {name: given[name] for name in ("ip", "mac", "connected", "mode", "adapter") if name in given}
        made.append(nic._replace(**known))
    return tuple(made)


def _disks(sizes: Any) -> dict[int, int]:
    amounts = [sizes] if isinstance(sizes, (int, float)) else list(sizes)
    if not amounts or not all(isinstance(one, (int, float)) and 0 < one <= 65_536 for one in amounts):
        raise ValueError("Sizes of disks are numbers of GiB.")
    return disks_of(int(one * GIB) for one in amounts)


CHANGES: dict[str, Callable[[SiteServices, Given], dict[str, Any]]] = {
    "vapp-add": _vapp_add,
    "vapp-set": _vapp_set,
    "vapp-power": _vapp_power,
    "vapp-remove": _vapp_remove,
    "vm-add": _vm_add,
    "vm-set": _vm_set,
    "vm-power": _vm_power,
    "vm-remove": _vm_remove,
    "vdc-add": _vdc_add,
    "vdc-set": _vdc_set,
    "vdc-remove": _vdc_remove,
    "catalog-add": _catalog_add,
    "catalog-remove": _catalog_remove,
    "template-add": _template_add,
}
