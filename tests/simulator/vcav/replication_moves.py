"""What operations do to a replication and to the inventories of its sites (contract 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import bad_input, failure
from .replication_policies import check_directions, check_sites
from .replication_rules import Recovery, check_disks
from .replication_states import (
    COMPLETE,
    NOT_STARTED,
    TEST,
    VCENTER,
    VCLOUD,
    End,
    Settings,
    VappReplication,
    VmReplication,
)

if TYPE_CHECKING:
    from .cloud import CloudService

Targets = list[VmReplication]


class Moves:
    """The operations, run when their tasks are due. Those that fail raise ApiError and change nothing."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud

    @property
    def _now(self) -> int:
        return self._cloud.world.now_ms()

    # Settings and syncs

    def pause(self, machines: Targets, on: bool) -> None:
        """Pauses or resumes; VMs that are so already stay as they are."""
        for one in machines:
            one.paused = on
            one.hold(self._now)

    def sync(self, machines: Targets) -> None:
        """A new instance of each VM."""
        _need_sources(machines)
        for one in machines:
            if one.blocked or one.disconnected:
                raise failure(f"The VM '{one.vm_name}' cannot be synchronised: the replication is in error.")
            # The first sync is under way or waits for its time; another one beside it there is none.
            if one.schedule.is_complete(self._now):
                one.schedule.sync(self._now)

    def reconfigure(self, machines: Targets, settings: Settings, is_migration: bool) -> None:
        """Other settings."""
        for one in machines:
            mine = replace(
                settings,
                initial_sync=one.settings.initial_sync,
                rules=() if is_migration else settings.rules,
            )
            one.settings = mine
            one.schedule.reconfigure(self._now, mine.rpo, mine.rules, mine.quiesced)

    def exclude(self, one: VmReplication, keys: tuple[int, ...]) -> None:
        """Other excluded disks."""
        check_disks(one.vm_id, one.disks, keys)
        one.excluded = keys
        one.size = sum(size for key, size in one.disks.items() if key not in keys)
        one.schedule.resize(self._now, one.size)

    def storage_profile(self, replication: VappReplication, machines: Targets, wanted: str) -> None:
        """Another storage profile of the destination's VDC."""
        profile = profile_of(replication.destination, wanted)
        for one in machines:
            one.profile = profile
        if len(machines) == len(replication.vms):
            replication.destination = replace(
                replication.destination, storage_profile=profile[0], storage_profile_name=profile[1]
            )

    # Recovery

    def chosen(
        self, replication: VappReplication, machines: Targets, asked: Recovery, whole: bool
    ) -> Mapping[str, int]:
        """The instance of every VM for which one was asked, by VM replication.

        Raises ApiError 400 for VM replications, instances and networks that are not there.
        """
        found = {}
        for vm_id, key in asked.instances.items():
            one = next((each for each in machines if each.id == vm_id), None) if whole else machines[0]
            if one is None:
                raise bad_input(f"'{vm_id}' is no VM replication of '{replication.name}'.")
            instance = one.instance(key, self._now)
            if instance is None:
                raise bad_input(f"VM replication '{one.id}' has no instance '{key}'.")
            found[one.id] = instance.sequence
        if asked.network is not None:
            end = replication.destination
            vdc = end.cloud.workloads.vdc(end.vdc_id) if end.kind == VCLOUD and end.vdc_id else None
            if vdc is None or all(network_id != asked.network for network_id, _name in vdc.networks):
                raise bad_input(f"The destination has no network '{asked.network}'.")
        return found

    def recover(
        self,
        operation: str,
        replication: VappReplication,
        machines: Targets,
        asked: Recovery,
        chosen: Mapping[str, int],
    ) -> None:
        """Test, failover or migration of some VMs."""
        now = self._now
        for one in machines:
            instances = {instance.sequence for instance in one.schedule.instances(now)}
            if not instances:
                raise failure(f"The VM '{one.vm_name}' has no instance yet: its first sync is not through.")
            if one.id in chosen and chosen[one.id] not in instances:
                raise failure(f"The instance that was asked for of VM '{one.vm_name}' is not kept any more.")
        if operation == "migrate":
            _need_sources(machines)
        if (asked.sync or operation == "migrate") and any(one.blocked or one.disconnected for one in machines):
            raise failure(f"'{replication.name}' cannot be synchronised: the replication is in error.")
        end = replication.destination
        if end.kind == VCLOUD and (end.vdc_id is None or end.cloud.workloads.vdc(end.vdc_id) is None):
            raise failure(f"The organization VDC '{end.vdc_name}' does not exist any more at site '{end.site}'.")
        for one in machines:
            # A migration synchronises first of all, and so do the others when told to; a paused VM only to migrate.
            if operation == "migrate" or (asked.sync and not one.paused):
                one.schedule.resume(now)
                one.schedule.sync(now)
        if operation == "migrate":
            self.clean_up(replication, [one for one in machines if one.recovery == TEST])
            self.power_off(machines)
        if operation == "failover-test":
            self._build(replication, machines, f"{replication.name}-test", None, asked.power_on)
            for one in machines:
                one.recovery = TEST
            return
        replication.recovered_vapp = self._build(
            replication, machines, replication.name, replication.recovered_vapp, asked.power_on
        )
        for one in machines:
            one.recovery = COMPLETE
            one.paused = False
            # Whatever was wrong with the syncs is of no interest any more; a source that is gone stays gone.
            one.error = one.violation = None
            one.disconnected = False
            one.blocked = one.source_gone
            one.hold(now)

    def _build(
        self, replication: VappReplication, machines: Targets, name: str, present: str | None, on: bool
    ) -> str | None:
        """Makes the recovered VMs at the destination; answers the vApp that they are in."""
        end = replication.destination
        if end.kind == VCENTER:
            for one in machines:
                one.recovered_vm = end.cloud.customers.add_vm(end.site, one.vm_name, _disks(one), on)
            return None
        workloads = end.cloud.workloads
        vapp = workloads.vapps.get(present) if present else None
        if vapp is None:
            vapp = workloads.add_vapp(end.org or "", name, end.vdc_id or "")
        for one in machines:
            one.recovered_vapp = vapp.id
            origin = one.vapp.source
            like = None if origin.kind == VCENTER else origin.cloud.workloads.vms.get(one.vm_id)
            one.recovered_vm = workloads.add_vm(vapp, one.vm_name, _disks(one), on=on, like=like).id
        return vapp.id

    def clean_up(self, replication: VappReplication, machines: Targets) -> None:
        """Deletes what a test has made; where there is no test nothing happens."""
        end = replication.destination
        for one in machines:
            if one.recovery != TEST:
                continue
            if end.kind == VCENTER:
                end.cloud.customers.remove_vm(end.site, one.recovered_vm or "")
            else:
                end.cloud.workloads.remove_vm(one.recovered_vm or "")
                vapp = end.cloud.workloads.vapps.get(one.recovered_vapp or "")
                if vapp is not None and not vapp.vms:
                    end.cloud.workloads.remove_vapp(vapp.id)
            one.recovered_vapp = one.recovered_vm = None
            one.recovery = NOT_STARTED

    def power_off(self, machines: Targets) -> None:
        """Switches the sources off."""
        for one in machines:
            source = one.vapp.source
            if source.kind == VCENTER:
                site = source.cloud.customers.sites.get(source.site)
                there = site.vm(one.vm_id) if site else None
                if there is not None:
                    there.powered_on = False
            elif one.vm_id in source.cloud.workloads.vms:
                source.cloud.workloads.vms[one.vm_id].powered_on = False

    def check_reverse(self, replication: VappReplication) -> None:
        """INFERRED: what license and policies forbid one way is not done the other way round. Raises ApiError."""
        old, new = replication.ends()
        check_sites(old.cloud, new.cloud)
        check_directions(new, old, replication.is_migration)

    def reverse(self, replication: VappReplication) -> None:
        """Source and destination change places; the recovered VMs are the source now.

        The disks of the old source are the seeds, and its VMs are gone afterwards; its vApp is left, without them.
        """
        machines = replication.vms
        _need_sources(machines)
        missing = next((one for one in machines if not _recovered_exists(one)), None)
        if missing is not None:
            raise failure(f"The recovered VM of '{missing.vm_name}' does not exist any more.")
        old, new = replication.ends()
        now = self._now
        replication.reverse()
        before = [one.vm_id for one in machines]
        end = replication.destination
        profile = profile_of(end, "*") if end.kind == VCLOUD else None
        replication.destination = replace(
            end,
            storage_profile=profile[0] if profile else None,
            storage_profile_name=profile[1] if profile else None,
        )
        for one in machines:
            end.cloud.replications.rename(one, one.recovered_vm or one.vm_id)
            one.recovered_vapp = one.recovered_vm = None
            one.recovery = NOT_STARTED
            one.reversed = not one.reversed
            one.profile = profile
            one.schedule.reverse(now)
        for vm_id in before:
            if old.kind == VCENTER:
                old.cloud.customers.remove_vm(old.site, vm_id)
            else:
                old.cloud.workloads.remove_vm(vm_id)
        owner = end.org or new.org
        replication.owner = f"{owner}@{end.cloud.site_name}" if owner else replication.owner


def profile_of(end: End, wanted: str) -> tuple[str, str]:
    """Id and name of a storage profile of a destination; `*`: any, which is its first. Raises ApiError."""
    vdc = end.cloud.workloads.vdc(end.vdc_id or "")
    if vdc is None:
        raise failure(f"The organization VDC '{end.vdc_name or end.vdc_id}' does not exist at site '{end.site}'.")
    for profile in vdc.storage_profiles:
        if wanted in ("*", profile[0]):
            return profile
    raise failure(f"The organization VDC '{vdc.name}' has no storage profile '{wanted}'.")


def _disks(one: VmReplication) -> dict[int, int]:
    return {key: size for key, size in one.disks.items() if key not in one.excluded}


def _need_sources(machines: Targets) -> None:
    gone = next((one for one in machines if one.source_gone), None)
    if gone is not None:
        raise failure(f"The source virtual machine '{gone.vm_name}' does not exist any more.")


def _recovered_exists(one: VmReplication) -> bool:
    end = one.vapp.destination
    if end.kind == VCENTER:
        site = end.cloud.customers.sites.get(end.site)
        return site is not None and site.vm(one.recovered_vm or "") is not None
    return one.recovered_vm in end.cloud.workloads.vms
