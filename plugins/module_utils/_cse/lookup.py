# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding one Kubernetes cluster by its name, in every release (contract cse-api.md, 9).

Up to 2.6 a cluster is named by its calls, later its entity is looked up by name and organization and named by its URN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .._http import HttpError
from .._plan import InputError
from .._vcd import entities
from . import errors
from .client import Cse
from .releases import FIRST, NATIVE, POLLED, SECOND


@dataclass(frozen=True)
class Found:
    """One cluster. `id` is the UUID of 1.2 to 2.6 and of legacy mode, later the URN of its entity; `org` and `vdc` are
    None where nothing told them. `wire` is its document: of `info`, or the whole entity with `entity`, `state`, ..."""

    name: str
    id: str
    org: str | None
    vdc: str | None
    wire: Mapping[str, Any] = field(repr=False)

    @property
    def content(self) -> Mapping[str, Any]:
        """The content of its entity; nothing before 3.x."""
        return self.wire.get("entity") or {}


def place_of(cse: Cse, params: Mapping[str, Any]) -> tuple[Cse, str]:
    """(client that makes its requests for the organization of the options `org` or `vcd_tenant`, its name).

    Without either it is the user's own. Raises InputError for another one than a tenant's own.
    """
    api, org = entities.at_home(cse.api, params)
    return cse.acting_with(api), org


def find(cse: Cse, params: Mapping[str, Any], name: str, *, fresh: bool = True) -> Found | None:
    """The cluster of a name; `params` has `org`, `vdc` (both may be None or missing) and `vcd_tenant`. None: none.

    `fresh` has a server of 3.x look at the machines first, which its entity alone does not tell; it costs a request.
    Raises InputError where several have the name, HttpError.
    """
    acting, org = place_of(cse, params)
    vdc = params.get("vdc")
    kind = cse.release.kind
    if kind in (FIRST, SECOND):
        given = params.get("org") or params.get("vcd_tenant")
        return _by_name(acting, name, given, vdc)
    found = namesakes(cse, params, name)
    if len(found) > 1:
        listed = ", ".join(f"{one.id} in {one.vdc}" for one in found)
        raise InputError(
            f"name is {name!r}: {len(found)} clusters of {org} have this name ({listed}), and nothing else tells them "
            f"apart{'' if vdc else '; give vdc'}. Remove or rename all but one"
        )
    if not found or not fresh or kind == POLLED:
        return found[0] if found else None
    return refresh(acting, found[0])


def namesakes(cse: Cse, params: Mapping[str, Any], name: str) -> list[Found]:
    """All clusters of 3.x or 4.x of a name in an organization; of several, those of the VDC where there are some."""
    acting, org = place_of(cse, params)
    found = [_entity(cse, wire) for wire in _entities(acting, org, name)]
    if len(found) > 1 and params.get("vdc"):
        found = [one for one in found if one.vdc == params["vdc"]] or found
    return found


def by_id(cse: Cse, name: str, identity: str) -> Found | None:
    """The cluster of 3.x or 4.x with this URN as it is now; None when it is gone. Raises HttpError."""
    return refresh(cse, Found(name, identity, None, None, {"id": identity, "name": name}))


def refresh(cse: Cse, found: Found) -> Found | None:
    """A cluster of 3.x or 4.x as it is now, of 3.x after a look at its machines; None when it is gone."""
    try:
        if cse.release.kind == NATIVE:
            return _entity(cse, cse.get(f"3.0/cluster/{found.id}"))
        return _entity(cse, cse.api.get(f"cloudapi/1.0.0/entities/{quote(found.id, safe='')}"))
    except HttpError as problem:
        if errors.is_missing(problem):
            return None
        raise


def type_of(cse: Cse) -> dict[str, str]:
    """Vendor and nss of the entities that are clusters, with their version where it is needed to list them."""
    release = cse.release
    if release.kind == POLLED:
        return {"vendor": "vmware", "nss": "capvcdCluster", "version": release.rde}
    return {"vendor": "cse", "nss": "nativeCluster", "version": release.rde}


def _entities(cse: Cse, org: str, name: str | None) -> list[dict[str, Any]]:
    kind = type_of(cse)
    # Where the vCD lists all versions of a type, those of an older release of CSE are clusters too.
    version = None if cse.api.has("entities_of_all_versions") else kind["version"]
    found = entities.matching(cse.api, org, vendor=kind["vendor"], nss=kind["nss"], version=version, name=name)
    return [one for one in found if cse.release.kind != POLLED or _is_of_server(one)]


def _is_of_server(wire: Mapping[str, Any]) -> bool:
    """Clusters that CSE 4 did not make have the same type; only its own have this mark."""
    return bool((((wire.get("entity") or {}).get("spec") or {}).get("vcdKe") or {}).get("isVCDKECluster", True))


def all_entities(cse: Cse, params: Mapping[str, Any]) -> list[Found]:
    """All clusters of 3.x or 4.x of an organization, by name, as their entities tell them: one paged list."""
    acting, org = place_of(cse, params)
    return [_entity(cse, wire) for wire in _entities(acting, org, None)]


def _entity(cse: Cse, wire: Mapping[str, Any]) -> Found:
    content = wire.get("entity") or {}
    about = content.get("metadata") or {}
    org = (wire.get("org") or {}).get("name") or about.get("orgName") or about.get("org_name")
    vdc = about.get("virtualDataCenterName") or about.get("ovdc_name")
    return Found(str(wire["name"]), str(wire["id"]), org, vdc, wire)


def _by_name(cse: Cse, name: str, org: str | None, vdc: str | None) -> Found | None:
    """Up to 2.6 and in legacy mode: asked by name, with org and VDC where the release has them."""
    release = cse.release
    part = quote(name, safe="")
    try:
        if release.kind == SECOND:
            wire = cse.get(f"cluster/{part}", org_name=org, ovdc_name=vdc)
        elif release.number >= (2,):
            wire = cse.get(f"{part}/info", org=org, vdc=vdc)
        else:
            wire = cse.get(f"{part}/info")
    except HttpError as problem:
        if errors.is_missing(problem):
            return None
        raise
    found = Found(str(wire["name"]), str(wire["cluster_id"]), org, wire.get("vdc_name"), wire)
    if release.kind == FIRST and vdc and found.vdc != vdc:
        return _elsewhere(cse, found, vdc)
    return found


def _elsewhere(cse: Cse, found: Found, vdc: str) -> Found | None:
    """1.2 and 2.0 name clusters without their VDC. Raises InputError where there is one of the name in each of two."""
    rows = cse.get("") if cse.release.number < (2,) else cse.get("", vdc=vdc)
    twins = [row for row in rows if row.get("name") == found.name]
    if any((row.get("vdc_name") or row.get("vdc")) == vdc for row in twins):
        raise InputError(
            f"name is {found.name!r}: clusters in {found.vdc} and in {vdc} have this name, and {cse.release} cannot "
            "tell them apart. Remove one of them with vCloud Director first"
        )
    return found
