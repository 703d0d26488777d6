"""Look-ups in the site's vCD through the Cloud service (contract 4.11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..identity import stable_id
from ..machines import Vdc
from ..wire import Reply, dumps
from ..world import SYSTEM
from .errors import not_found
from .paging import page, window
from .routing import Call

if TYPE_CHECKING:
    from .cloud import CloudService


class Inventory:
    """What one site's vCD has."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self._site = cloud.site_state
        self._revision = -1
        self._organizations: list[bytes] = []

    def organizations(self, call: Call, org: str) -> Reply:
        """One page of organizations; somebody of an organization sees that one only.

        `org` is whom the caller is at this site. Fields beyond `id` and `name` are not known.
        """
        if org != SYSTEM:
            found = self._site.organizations.get(org)
            return call.json(page(call.request, [{"id": found.id, "name": found.name}] if found else []))
        if self._revision != self._site.revision:
            self._revision = self._site.revision
            self._organizations = [dumps({"id": one.id, "name": one.name}) for one in self._site.organizations.values()]
        offset, limit = window(call.request)
        items = b",".join(self._organizations[offset : offset + limit])
        tail = b'],"total":%d,"offset":%d,"limit":%d}' % (len(self._organizations), offset, limit)
        return call.raw_json(b'{"items":[' + items + tail)

    def vdcs(self, call: Call, org: str) -> Reply:
        """One page of organization VDCs. `name` is compared exactly (UNKNOWN)."""
        name = call.request.first("name")
        workloads = self._cloud.workloads
        found = workloads.vdcs() if org == SYSTEM else workloads.vdcs_of(org)
        items: list[dict[str, Any]] = [
            {"id": one.id, "name": one.name} for one in found if name is None or name == one.name
        ]
        return call.json(page(call.request, items))

    def networks(self, call: Call, org: str) -> Reply:
        """One page of the networks of an organization VDC."""
        return call.json(page(call.request, _named(self._vdc(call, org).networks)))

    def storage_profiles(self, call: Call, org: str) -> Reply:
        """The storage profiles of an organization VDC."""
        return call.json(_named(self._vdc(call, org).storage_profiles))

    def _vdc(self, call: Call, org: str) -> Vdc:
        """The VDC of the path; ApiError 404 for those of others, which an organization does not even know of."""
        vdc = self._cloud.workloads.vdc(call.args[0])
        if vdc is None or org not in (SYSTEM, vdc.org):
            raise not_found(f"Organization VDC {call.args[0]}")
        return vdc

    def vapps(self, call: Call, org: str) -> Reply:
        """One page of vApps. Fields beyond `id` and `name` are not known (contract 4.11), so there are none."""
        found = self._cloud.workloads.vapps_of(None if org == SYSTEM else org)
        answer = page(call.request, found)
        answer["items"] = [{"id": one.id, "name": one.name} for one in answer["items"]]
        return call.json(answer)

    def vms(self, call: Call, org: str) -> Reply:
        """One page of VMs, in the same way."""
        found = self._cloud.workloads.vms_of(None if org == SYSTEM else org)
        answer = page(call.request, found)
        answer["items"] = [{"id": one.id, "name": one.name} for one in answer["items"]]
        return call.json(answer)

    def datastores(self, call: Call, _org: str) -> Reply:
        """Datastores of the site's vCenter: one."""
        short = self._site.name.partition("-")[0]
        return call.json([{"id": stable_id("datastore", self._site.name), "name": f"{short} VSAN"}])

    def all_provider_vdcs(self) -> list[dict[str, str]]:
        """Provider VDCs: one per site."""
        short = self._site.name.partition("-")[0]
        return [{"id": stable_id("pvdc", self._site.name), "name": f"{short} Provider VDC"}]

    def provider_vdcs(self, call: Call, _org: str) -> Reply:
        """The same as an answer."""
        return call.json(self.all_provider_vdcs())


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"id": one, "name": name} for one, name in pairs]
