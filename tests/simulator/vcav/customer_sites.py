"""On-premises sites of tenants, as the provider's Cloud service sees them (contract 4.9).

Their appliances are simulated elsewhere; pairing one with a Cloud service adds an entry here, through `add`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..identity import stable_id
from ..machines import GIB, disks_of
from ..wire import Reply
from ..world import SYSTEM
from .errors import ApiError, failure, not_found
from .paging import page
from .routing import EVERYONE, Call

if TYPE_CHECKING:
    from .cloud import CloudService


@dataclass(slots=True)
class CustomerVm:
    """A VM of a tenant's vCenter."""

    id: str
    """Managed object id, `vm-101`."""
    name: str
    disks: dict[int, int]
    powered_on: bool = True


@dataclass(slots=True)
class CustomerSite:
    """A tenant's site."""

    name: str
    org: str
    description: str
    vcenters: dict[str, dict[str, CustomerVm]]
    """vCenter id -> its VMs by managed object id."""
    allow_access: bool
    online: bool = True
    """Whether its tunnel is up."""
    cloud_serial: int = 0
    """Which certificate of the Cloud service it was paired with (contract 4.4)."""
    tokens: set[str] = field(default_factory=set)
    """Logins at its own portal that are alive: what the header `On-Prem-Auth` carries."""
    next_vm: itertools.count[int] = field(default_factory=lambda: itertools.count(1001))

    def vm(self, vm_id: str) -> CustomerVm | None:
        """One of its VMs."""
        return next((vms[vm_id] for vms in self.vcenters.values() if vm_id in vms), None)


class CustomerSites:
    """The customer sites that are paired with one Cloud service."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self.sites: dict[str, CustomerSite] = {}

    def reset(self) -> None:
        """None is paired."""
        self.sites.clear()

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        add = self._cloud.routes.add
        add("GET", "vc-sites", lambda call: call.json(self.listed(call.session.org)), EVERYONE)
        add("GET", "vc-sites/{}/vcenters", self._vcenters, EVERYONE)
        add("GET", "vc-sites/{}/{}/vms", self._vms, EVERYONE)
        add("DELETE", "vc-sites/{}", self._remove)

    # For whoever simulates the appliance there, and for the control listener

    def add(
        self,
        name: str,
        org: str,
        description: str = "",
        vms: Mapping[str, Mapping[str, int | list[int]]] | None = None,
        allow_access: bool = True,
    ) -> CustomerSite:
        """Pairs a tenant's site, or pairs it anew.

        vms  vCenter id -> VM name -> size of its disk, or of its disks, in bytes; None: one vCenter with two small VMs

        Raises ValueError for an unknown organization and for a name that is a provider site's.
        """
        if org not in self._cloud.site_state.organizations:
            raise ValueError(f"There is no organization {org} at site {self._cloud.site_name}.")
        if name in (self._cloud.site_name, *self._cloud.pairing.peers):
            raise ValueError(f"{name} is the name of a provider site.")
        if vms is None:
            vms = {stable_id("customer-vcenter", name): {f"{name.lower()}-vm-{number}": 4 * GIB for number in (1, 2)}}
        site = CustomerSite(name, org, description, {vc_id: {} for vc_id in vms}, allow_access)
        site.cloud_serial = self._cloud.certificate.serial
        self.sites[name] = site
        for vc_id, machines in vms.items():
            for vm_name, sizes in machines.items():
                self.add_vm(name, vm_name, disks_of([sizes] if isinstance(sizes, int) else sizes), vc_id=vc_id)
        return site

    def remove(self, name: str) -> None:
        """Unpairs a site; ApiError 404 when it is not there."""
        self.need(name)
        del self.sites[name]

    def need(self, name: str, org: str = SYSTEM) -> CustomerSite:
        """A site, if this organization may know of it; ApiError 404 otherwise."""
        site = self.sites.get(name)
        if site is None or org not in (SYSTEM, site.org):
            raise not_found(f"On-premises site {name}")
        return site

    def is_online(self, name: str) -> bool:
        """Whether it is paired, its tunnel is up, and it trusts the certificate that the Cloud service has now."""
        site = self.sites.get(name)
        return site is not None and site.online and site.cloud_serial == self._cloud.certificate.serial

    def add_vm(self, name: str, vm_name: str, disks: dict[int, int], on: bool = True, vc_id: str | None = None) -> str:
        """A new VM there; answers its id."""
        site = self.need(name)
        vm = CustomerVm(f"vm-{next(site.next_vm)}", vm_name, disks, on)
        site.vcenters[vc_id or next(iter(site.vcenters))][vm.id] = vm
        return vm.id

    def remove_vm(self, name: str, vm_id: str) -> None:
        """Deletes a VM there; one that is gone already stays gone."""
        site = self.sites.get(name)
        if site is None:
            return
        gone = [vms.pop(vm_id) for vms in site.vcenters.values() if vm_id in vms]
        if gone:
            self._cloud.replications.source_removed(vm_id, name)

    def require_access(self, site: CustomerSite, call: Call) -> None:
        """Raises ApiError 403 when the site does not let the cloud in.

        With access allowed, the provider and the organization act from the cloud. Without it only who is logged in
        there may: in 4.x the header `On-Prem-Auth` proves that (contract 3.1, 4.9).
        """
        token = call.request.headers.get("on-prem-auth")
        if site.allow_access or (not self._cloud.product.is_3 and token in site.tokens):
            return
        raise _closed(site)

    # Calls

    def listed(self, org: str) -> list[dict[str, Any]]:
        """The sites that an organization, or the provider, sees. The form of `owner` is INFERRED."""
        return [
            {"site": one.name, "owner": f"{one.org}@{self._cloud.site_name}", "description": one.description}
            for one in self.sites.values()
            if org in (SYSTEM, one.org)
        ]

    def _browsed(self, call: Call) -> CustomerSite:
        site = self.need(call.args[0], call.session.org)
        if not self.is_online(site.name):
            raise failure(f"The tunnel to the on-premises site '{site.name}' is down.")
        if not site.allow_access:
            # A login there does not help here: its header is documented for starting and reversing alone.
            raise _closed(site)
        return site

    def _vcenters(self, call: Call) -> Reply:
        return call.json([{"vcId": vc_id} for vc_id in self._browsed(call).vcenters])

    def _vms(self, call: Call) -> Reply:
        site = self._browsed(call)
        machines = site.vcenters.get(call.args[1])
        if machines is None:
            raise not_found(f"vCenter {call.args[1]}")
        return call.json(page(call.request, [{"id": one.id, "name": one.name} for one in machines.values()]))

    def _remove(self, call: Call) -> Reply:
        name = call.args[0]
        self.need(name)

        def work() -> None:
            used = self._cloud.replications.count_of(name)
            if used:
                # UNKNOWN; leaving replications without one of their ends would be the looser reading.
                raise failure(f"The on-premises site '{name}' has {used} replications: stop them first.")
            self.remove(name)

        cloud = self._cloud
        task = cloud.tasks.start(
            work,
            type="unpair",
            resource=("site", name, name),
            user=call.session.user,
            site=cloud.site_name,
            operation_id=call.request.headers.get("operationid"),
            fault=cloud.world.faults.take_task(cloud.name, call.request.method, call.request.target),
        )
        return call.json(task.view(cloud.world.now_ms()), 202)


def _closed(site: CustomerSite) -> ApiError:
    return ApiError(403, "Forbidden", f"The on-premises site '{site.name}' does not allow access from the cloud.")
