"""Starting a replication (contract 4.12.3), with the whole chain of what must be there first (5.4)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from ..world import SYSTEM
from .customer_sites import CustomerSite
from .errors import failure, not_found
from .replication_moves import profile_of
from .replication_policies import check_directions, check_quota, check_settings, check_sites
from .replication_rules import Start, check_disks, excluded_disks, start_request
from .replication_states import VAPPS, VCENTER, VCLOUD, End, VappReplication, machine_of
from .routing import Call

if TYPE_CHECKING:
    from .cloud import CloudService
    from .replications import Replications

Machine = tuple[str, str, dict[int, int]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a start request turned out to mean."""

    name: str
    source: End
    destination: End
    machines: list[Machine]
    excluded: dict[str, tuple[int, ...]]


class Starter:
    """Starts replications for the callers of one Cloud service."""

    def __init__(self, table: Replications) -> None:
        self._table = table

    def start(self, call: Call) -> Reply:
        """Answers a task. The request alone decides about 400, 401 and 403; everything else fails the task."""
        table = self._table
        cloud = table.cloud
        asked = start_request(cloud.product, call.request.json())
        there = table.there(call).cloud
        source = self._side(call, asked.source, there)
        destination = self._side(call, asked.destination, there)
        as_org = {end.cloud.site_name: table.org_at(call, end.cloud) for end in (source, destination)}
        number = str(uuid.uuid4())

        def work() -> dict[str, Any]:
            for end in (source, destination):
                there.replications.connect(end)
                _need_way_back(there, end)
            found = _find(asked, source, destination, as_org)
            # Before that nobody knows whose vApp and VDC the request names.
            task.source_org, task.destination_org = found.source.org, found.destination.org
            replication = _begin(number, asked, found, call.session.org != SYSTEM)
            there.replications.insert(replication)
            return there.replications.view(VAPPS, replication, replication.vms)

        task = cloud.tasks.start(
            work,
            type="start",
            resource=("vappReplication", f"C4VAPP-{number}", str(asked.source.get("vappName", ""))),
            user=call.session.user,
            site=there.site_name,
            operation_id=call.request.headers.get("operationid"),
            result_type="VappReplicationInfo",
            fault=cloud.world.faults.take_task(cloud.name, call.request.method, call.request.target),
        )
        return call.json(task.view(cloud.world.now_ms()), 202)

    def _side(self, call: Call, given: dict[str, Any], there: CloudService) -> End:
        """The site that a side names. Raises ApiError: 404 unknown, 401 not extended to, 403 closed."""
        table = self._table
        name = given["site"]
        if given["type"] in ("vcVm", "vcvm", "vc"):
            org = table.org_at(call, there)
            site: CustomerSite = there.customers.need(name, org)
            there.customers.require_access(site, call)
            return End(there, name, VCENTER)
        cloud = there if name == there.site_name else there.pairing.service_of(there.pairing.need(name))
        table.org_at(call, cloud)
        return End(cloud, name)


def _need_way_back(there: CloudService, end: End) -> None:
    """Raises ApiError unless the other site reaches this one too: both directions are needed (contract 5.4)."""
    if end.cloud is not there:
        error = there.pairing.incoming_error(there.pairing.need(end.cloud.site_name))
        if error:
            raise failure(str(error["msg"]))


def _find(asked: Start, source: End, destination: End, as_org: dict[str, str]) -> _Found:
    """Looks up what is to be replicated and where to. Raises ApiError."""
    name, source, machines = _find_source(asked.source, source, as_org)
    given = asked.source.get("excludedDisks") or {}
    of_vms = given if isinstance(given, dict) else {machines[0][0]: given}
    excluded = excluded_disks(of_vms)
    disks = {vm_id: disks for vm_id, _name, disks in machines}
    for vm_id, keys in excluded.items():
        if vm_id not in disks:
            raise failure(f"VM '{vm_id}' does not belong to '{name}'.")
        check_disks(vm_id, disks[vm_id], keys)
    if asked.destination["type"] == VCLOUD:
        if source.site == destination.site:
            raise failure(f"Source and destination are the same site, '{source.site}'.")
        vdc = destination.cloud.workloads.vdc(asked.destination["vdc"])
        if vdc is None or as_org[destination.cloud.site_name] not in (SYSTEM, vdc.org):
            raise failure(f"The organization VDC '{asked.destination['vdc']}' was not found.")
        destination = replace(destination, org=vdc.org, vdc_id=vdc.id, vdc_name=vdc.name)
        profile = profile_of(destination, asked.destination["storageProfile"])
        destination = replace(destination, storage_profile=profile[0], storage_profile_name=profile[1])
        if source.kind == VCENTER:
            # A tenant's site replicates for that tenant alone.
            site = source.cloud.customers.need(source.site)
            if site.org != vdc.org:
                raise failure(f"The on-premises site '{source.site}' belongs to another organization than the VDC.")
    else:
        site = destination.cloud.customers.need(destination.site)
        if site.org != source.org:
            raise failure(f"The on-premises site '{destination.site}' belongs to another organization.")
    return _Found(name, source, destination, machines, excluded)


def _find_source(given: dict[str, Any], end: End, as_org: dict[str, str]) -> tuple[str, End, list[Machine]]:
    cloud = end.cloud
    if end.kind == VCENTER:
        there = cloud.customers.need(end.site).vm(given["vmId"])
        if there is None:
            raise not_found(f"VM {given['vmId']}")
        return given["vappName"], replace(end, vapp_name=given["vappName"]), [(there.id, there.name, there.disks)]
    if given["type"] == "vapp":
        vapp = cloud.workloads.vapps.get(given["vappId"])
        machines = list(vapp.vms.values()) if vapp else []
    else:
        vm = cloud.workloads.vms.get(given["vmId"])
        vapp = vm.vapp if vm else None
        machines = [vm] if vm else []
    if vapp is None or as_org[cloud.site_name] not in (SYSTEM, vapp.org):
        raise not_found(f"{'vApp' if given['type'] == 'vapp' else 'VM'} {given.get('vappId') or given.get('vmId')}")
    if not machines:
        raise failure(f"The vApp '{vapp.name}' has no VMs.")
    vdc = cloud.workloads.vdc(vapp.vdc_id)
    found = replace(
        end,
        org=vapp.org,
        vdc_id=vapp.vdc_id,
        vdc_name=vdc.name if vdc else None,
        vapp_id=vapp.id,
        vapp_name=vapp.name,
    )
    # A VM that is protected alone gives its name to the replication (INFERRED).
    name = vapp.name if given["type"] == "vapp" else machines[0].name
    return name, found, [(one.id, one.name, one.disks) for one in machines]


def _begin(number: str, asked: Start, found: _Found, is_tenant: bool) -> VappReplication:
    """Checks the rest of the chain and begins. Raises ApiError."""
    source, destination = found.source, found.destination
    check_sites(source.cloud, destination.cloud)
    check_directions(source, destination, asked.is_migration)
    check_settings((source, destination), asked.settings, is_tenant)
    for vm_id, _name, _disks in found.machines:
        for one in source.cloud.replications.by_source.get(vm_id, ()):
            if one.vapp.source.site == source.site:
                # INFERRED for a vApp, and the stricter reading for the VMs of it: whatever the destination.
                raise failure(f"'{one.vm_name}' is replicated already, by {one.vapp.id}.")
    check_quota(destination, len(found.machines))
    now = source.cloud.world.now_ms()
    org = destination.org or source.org
    replication = VappReplication(
        id=f"C4VAPP-{number}",
        name=found.name,
        description=asked.settings.description,
        owner=f"{org}@{destination.cloud.site_name}",
        source=source,
        destination=destination,
        is_migration=asked.is_migration,
        vms=[],
        created=now,
    )
    begin = max(now, asked.settings.initial_sync)
    for machine in found.machines:
        excluded = found.excluded.get(machine[0], ())
        machine_of(replication, str(uuid.uuid4()), machine, replace(asked.settings), begin, now, excluded)
    return replication
