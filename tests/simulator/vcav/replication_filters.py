"""What the query of a list of replications asks for (contract 4.12.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..world import SYSTEM
from .errors import bad_input, forbidden
from .replication_states import VCENTER, VCLOUD, End, VappReplication, VmReplication
from .routing import Call

Check = Callable[[VappReplication, VmReplication | None], bool]
"""Of a vApp replication and, in the list of VMs, of the VM."""


def wanted_by(call: Call, org: str, whole: bool) -> Check | None:
    """What the query asks for (contract 4.12.1); None for everything. Raises ApiError."""
    first = call.request.first
    checks: list[Check] = []

    def by_end(name: str, pick: Callable[[VappReplication], End], attribute: str) -> None:
        value = first(name)
        if value:
            checks.append(lambda one, _vm: getattr(pick(one), attribute) == value)

    for side, pick in (("source", _source_of), ("destination", _destination_of)):
        kind = first(f"{side}SiteType")
        if kind and kind not in (VCLOUD, VCENTER):
            raise bad_input(f"{side}SiteType must be vcloud or vcenter.")
        by_end(f"{side}SiteType", pick, "kind")
        by_end(f"{side}Org", pick, "org")
        by_end(f"{side}VdcId", pick, "vdc_id")
        by_end(f"{side}VdcName", pick, "vdc_name")
    by_end("sourceSite", _source_of, "site")
    owner = first("owner")
    if owner:
        if org != SYSTEM:
            raise forbidden()
        checks.append(lambda one, _vm: one.owner == owner)
    ids = first("ids")
    if ids:
        wanted = set(ids.split(","))
        checks.append(lambda one, vm: (one.id if vm is None else vm.id) in wanted)
    recovered = first("recoveredVappId")
    if recovered:
        checks.append(lambda one, _vm: one.recovered_vapp == recovered)
    checks += _filter_vapps(call) if whole else _filter_vms(call)
    server = first("sourceVimServerUuid")
    if server:
        checks.append(lambda one, _vm: one.source.cloud.replications.vim_location()["vimServerInstanceUuid"] == server)
    profile = first("storageProfile")
    if profile:
        checks.append(lambda one, vm: any(profile in (each.profile or ()) for each in ([vm] if vm else one.vms)))
    if len(checks) < 2:
        return checks[0] if checks else None
    return lambda one, vm: all(check(one, vm) for check in checks)


def _filter_vapps(call: Call) -> Iterable[Check]:
    vapp_id, name = call.request.first("vappId"), call.request.first("vappName")
    if vapp_id:
        yield lambda one, _vm: one.source.vapp_id == vapp_id
    if name:
        # "Contains"; whether case matters is not recorded, and a client has to compare again anyway.
        yield lambda one, _vm: name.lower() in one.name.lower()


def _filter_vms(call: Call) -> Iterable[Check]:
    vm_id, name = call.request.first("vmId"), call.request.first("vmName")
    if vm_id:
        yield lambda _one, vm: vm is not None and vm.vm_id == vm_id
    if name:
        yield lambda _one, vm: vm is not None and name.lower() in vm.vm_name.lower()


def _source_of(replication: VappReplication) -> End:
    return replication.source


def _destination_of(replication: VappReplication) -> End:
    return replication.destination
