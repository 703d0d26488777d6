"""Look-ups in the site's vCD through the Cloud service (contract 4.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply, dumps
from ..world import SYSTEM, stable_id
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
        """One page of organization VDCs: every organization has one. `name` is compared exactly (UNKNOWN)."""
        name = call.request.first("name")
        short = self._site.name.partition("-")[0]
        names = list(self._site.organizations)
        if org != SYSTEM:
            names = [org] if org in self._site.organizations else []
        items: list[dict[str, Any]] = [
            {"id": stable_id("vdc", self._site.name, one), "name": f"{one} {short} Allocated"}
            for one in names
            if name is None or name == f"{one} {short} Allocated"
        ]
        return call.json(page(call.request, items))

    def provider_vdcs(self, call: Call, _org: str) -> Reply:
        """Provider VDCs: one per site."""
        short = self._site.name.partition("-")[0]
        return call.json([{"id": stable_id("pvdc", self._site.name), "name": f"{short} Provider VDC"}])
