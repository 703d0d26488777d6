# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be replicated and where to: vApps, VMs, organization VDCs, their storage profiles and networks, and the VMs
of on-premises sites (contract vcav-api.md, 4.9 and 4.11). Names are looked up here; each list is read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._plan import InputError
from .client import Vcav, segment

Row = dict[str, Any]


def bare(identifier: str) -> str:
    """An id as this API writes it: the part of a vCloud Director URN after its last colon."""
    return identifier.rsplit(":", 1)[-1]


def pick(rows: Iterable[Mapping[str, Any]], wanted: str, option: str, kind: str, where: str) -> tuple[str, str]:
    """(id, name) of the one row with this name or id. Raises InputError where there is none, or more than one."""
    rows = list(rows)
    exact = [row for row in rows if row.get("id") == bare(wanted)]
    found = exact or [row for row in rows if row.get("name") == wanted]
    if not found:
        hint = nearest(wanted, [str(row.get("name")) for row in rows])
        raise InputError(f"{option} is {wanted!r}: there is no such {kind} at {where}{hint}")
    if len(found) > 1:
        ids = ", ".join(sorted(str(row["id"]) for row in found))
        raise InputError(
            f"{option} is {wanted!r}: {len(found)} {kind}s at {where} have that name; give one's id: {ids}"
        )
    return str(found[0]["id"]), str(found[0].get("name") or wanted)


def is_id(text: str) -> bool:
    """True for what looks like an id of the product rather than a name."""
    return text.startswith(("C4VAPP-", "C4-", "urn:")) or (len(text) == 36 and text.count("-") == 4)


class Workloads:
    """The inventory of one site, as far as it has been asked for."""

    def __init__(self, api: Vcav, site: str | None) -> None:
        """`site` is the name of a paired site, to which the session is extended, or None for the service's own."""
        self._api, self._site = api, site
        self.where = site or api.site or api.endpoint
        self._lists: dict[str, list[Row]] = {}

    def _read(self, path: str, paged: bool) -> list[Row]:
        if path not in self._lists:
            query = {"site": self._site} if self._site else {}
            found = self._api.pages(path, **query) if paged else self._api.get(path, **query)
            self._lists[path] = list(found or [])
        return self._lists[path]

    def vapp(self, wanted: str, option: str) -> tuple[str, str]:
        """(id, name) of a vApp. Raises InputError, HttpError."""
        return pick(self._read("inventory/vapps", True), wanted, option, "vApp", self.where)

    def vm(self, wanted: str, option: str) -> tuple[str, str]:
        """(id, name) of a VM. Raises InputError, HttpError."""
        return pick(self._read("inventory/vms", True), wanted, option, "VM", self.where)

    def vdc(self, wanted: str, option: str) -> tuple[str, str]:
        """(id, name) of an organization VDC. Raises InputError, HttpError."""
        return pick(self._read("inventory/vdcs", True), wanted, option, "organization VDC", self.where)

    def storage_profile(self, vdc_id: str, wanted: str, option: str) -> tuple[str, str]:
        """(id, name) of a storage profile of an organization VDC. Raises InputError, HttpError."""
        path = f"inventory/vdcs/{segment(vdc_id)}/storage-profiles"
        return pick(self._read(path, False), wanted, option, "storage policy of that VDC", self.where)

    def network(self, vdc_id: str, wanted: str, option: str) -> tuple[str, str]:
        """(id, name) of a network of an organization VDC. Raises InputError, HttpError."""
        path = f"inventory/vdcs/{segment(vdc_id)}/networks"
        return pick(self._read(path, True), wanted, option, "network of that VDC", self.where)


class OnPremises:
    """The on-premises sites that a cloud site knows, and their VMs."""

    def __init__(self, api: Vcav) -> None:
        self._api = api
        self._sites: set[str] | None = None
        self._vms: dict[str, list[Row]] = {}

    def has(self, site: str) -> bool:
        """True for the name of an on-premises site."""
        if self._sites is None:
            self._sites = {str(row.get("site")) for row in self._api.get("vc-sites") or []}
        return site in self._sites

    def vm(self, site: str, wanted: str, option: str) -> tuple[str, str]:
        """(managed object id, name) of a VM there. Raises InputError, and HttpError where its tunnel is down."""
        if site not in self._vms:
            path = f"vc-sites/{segment(site)}"
            vcenters = self._api.get(f"{path}/vcenters") or []
            self._vms[site] = [
                row for each in vcenters for row in self._api.pages(f"{path}/{segment(str(each['vcId']))}/vms")
            ]
        return pick(self._vms[site], wanted, option, "VM", site)
