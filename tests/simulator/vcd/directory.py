"""The organizations of a vCD as the API sees them: in order, by name without regard to case, by id, and as documents.

The organizations belong to the world (vCloud Availability reads them too); here are only indexes over them. They are
kept up to date by our own writes and made anew when somebody else changed the organizations (`Site.revision`).
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..world import Organization, Site, World
from .exchange import bad_request
from .json_body import check_object
from .sessions import SYSTEM_ID

FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "displayName": str,
    "description": str,
    "isEnabled": bool,
    "orgVdcCount": int,
    "catalogCount": int,
    "vappCount": int,
    "runningVMCount": int,
    "userCount": int,
    "diskCount": int,
    "canPublish": bool,
}
"""The fields of an organization in `/cloudapi` with their types (contract section 4.2)."""
REFERENCE: dict[str, type] = {"name": str, "id": str}
"""The fields of a reference to an object in `/cloudapi`."""


def urn(organization: Organization) -> str:
    """The URN of an organization."""
    return f"urn:vcloud:org:{organization.id}"


def _key(organization: Organization) -> tuple[str, str]:
    return organization.name.lower(), organization.name


class Directory:
    """Indexes over the organizations of one site."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        self.can_publish: set[str] = set()
        """Ids of organizations that may publish catalogs; the world does not keep this flag."""
        self.quotas: dict[str, tuple[int, int]] = {}
        """Most VMs that an organization may have running and stored, by its id; 0 for any number."""
        self._revision = -1
        self._ordered: list[Organization] = []
        self._by_name: dict[str, Organization] = {}
        self._by_id: dict[str, Organization] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        self._users: Counter[str] = Counter()
        self._users_counted = -1
        self._counted = -1
        self._held: dict[str, tuple[int, int, int]] = {}
        """vApps, running VMs and catalogs by organization."""
        # System is an organization too, but none that the world keeps: nobody can change it.
        self.system = Organization("System", SYSTEM_ID, "System", "", True, 0)

    def _refresh(self) -> None:
        if self._revision != self.site.revision:
            self._ordered = sorted(self.site.organizations.values(), key=_key)
            self._by_name = {one.name.lower(): one for one in self._ordered}
            self._by_id = {one.id: one for one in self._ordered}
            self._documents.clear()
            self._users_counted = -1
            self._revision = self.site.revision

    # Reading

    @property
    def ordered(self) -> Sequence[Organization]:
        """All organizations by name, without System."""
        self._refresh()
        return self._ordered

    def by_name(self, name: str) -> Organization | None:
        """The organization of this name, whatever its case; System included."""
        self._refresh()
        return self.system if name.lower() == "system" else self._by_name.get(name.lower())

    def by_id(self, identity: str) -> Organization | None:
        """The organization of this bare UUID; System included."""
        self._refresh()
        return self.system if identity.lower() == SYSTEM_ID else self._by_id.get(identity.lower())

    def referenced(self, given: Any) -> Organization:
        """The organization of a reference in a body: by id, by name where there is no id; System included.

        Raises Refusal 400 for no such reference, and where there is no such organization.
        """
        reference = check_object(given, REFERENCE)
        identity, name = reference.get("id"), reference.get("name")
        if identity:
            organization = self.by_id(identity.removeprefix("urn:vcloud:org:"))
        else:
            organization = self.by_name(name or "")
        if organization is None:
            raise bad_request(f"There is no organization {identity or name}.")
        return organization

    def counts(self, organization: Organization) -> dict[str, int]:
        """How much of everything an organization has."""
        workloads = self.site.workloads
        vapps, running, catalogs = self._held.get(organization.name, (0, 0, 0))
        return {
            "orgVdcCount": len(workloads.vdcs_of(organization.name)),
            "catalogCount": catalogs,
            "vappCount": vapps,
            "runningVMCount": running,
        }

    def _count(self) -> None:
        """Counts vApps, running VMs and catalogs when workloads have changed, and not with every organization."""
        workloads = self.site.workloads
        workloads.forget_lost_organizations()
        if self._counted == workloads.revision:
            return
        self._counted = workloads.revision
        self._documents.clear()
        found: dict[str, list[int]] = {}
        for vapp in workloads.vapps.values():
            sums = found.setdefault(vapp.org, [0, 0, 0])
            sums[0] += 1
            sums[1] += sum(vm.powered_on for vm in vapp.vms.values())
        for catalog in workloads.catalogs.values():
            found.setdefault(catalog.org, [0, 0, 0])[2] += 1
        self._held = {org: (sums[0], sums[1], sums[2]) for org, sums in found.items()}

    def document(self, organization: Organization) -> dict[str, Any]:
        """The `/cloudapi` document. Callers must not change it: it is kept."""
        self._refresh()
        self._count()
        if self._users_counted != len(self.site.users):
            self._users = Counter(org for org, _user in self.site.users)
            self._users_counted = len(self.site.users)
            self._documents.clear()
        known = self._documents.get(organization.id)
        if known is None:
            known = {
                "id": urn(organization),
                "name": organization.name,
                "displayName": organization.full_name,
                "description": organization.description,
                "isEnabled": organization.enabled,
                **self.counts(organization),
                "userCount": self._users[organization.name.lower()],
                "diskCount": 0,
                "canPublish": organization.id in self.can_publish,
            }
            self._documents[organization.id] = known
        return known

    # Writing

    def add(self, organization: Organization) -> None:
        """Adds an organization, with its administrator, to the world and to the indexes."""
        self._refresh()
        self.site.add_organization(organization, self.site.spec.vcd_password)
        bisect.insort(self._ordered, organization, key=_key)
        self._by_name[organization.name.lower()] = organization
        self._by_id[organization.id] = organization
        self._revision = self.site.revision

    def changed(self, organization: Organization) -> None:
        """Tells everybody that something but the name of an organization changed."""
        self._refresh()
        self.site.revision += 1
        self._documents.pop(organization.id, None)
        self._revision = self.site.revision

    def remove(self, organization: Organization) -> None:
        """Removes an organization, with its users and their sessions; nothing when it is gone already."""
        self._refresh()
        if self._by_id.get(organization.id) is not organization:
            return
        self.site.remove_organization(organization.name)
        self._ordered.pop(bisect.bisect_left(self._ordered, _key(organization), key=_key))
        del self._by_name[organization.name.lower()], self._by_id[organization.id]
        self._documents.pop(organization.id, None)
        self.can_publish.discard(organization.id)
        self.quotas.pop(organization.id, None)
        self._revision = self.site.revision
