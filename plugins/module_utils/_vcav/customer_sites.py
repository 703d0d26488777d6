# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises (customer) sites as the cloud service sees them (contract vcav-api.md, 4.9).

They pair themselves from the customer's side, in a wizard whose API is not known; from here they can be waited for,
read and removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._http import HttpError, is_passing
from .._parallel import in_flight
from .._plan import Field, InputError, Values
from .._wait import WaitTimeout, wait_for
from . import settings
from .client import Vcav, segment

FIELDS: dict[str, Field] = {
    "site": Field("site", immutable=True),
    "owner": Field("owner"),
    "description": Field("description"),
}


def every(api: Vcav) -> list[dict[str, Any]]:
    """All customer sites, sorted by name. Raises InputError for a service that is not the cloud's."""
    settings.of_cloud(api, "the list of customer sites")
    return sorted(api.get("vc-sites") or [], key=lambda site: str(site["site"]))


def pick(found: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """The site of a name, None if it has not paired."""
    return next((site for site in found if site["site"] == name), None)


def read(site: Mapping[str, Any]) -> Values:
    """A customer site in the user's words."""
    return {"site": site["site"], "owner": site.get("owner"), "description": site.get("description") or ""}


def check_owner(site: Mapping[str, Any], org: str | None) -> None:
    """Refuse a site that another organization has paired. Raises InputError."""
    # The owner is org@site or the organization alone (INFERRED, contract 4.9).
    owner = str(site.get("owner"))
    if org is not None and owner != org and owner.rpartition("@")[0] != org:
        raise InputError(
            f"org is {org!r}, but the customer site {site['site']!r} was paired by {owner!r}: its appliance was given "
            "the login of another organization. Unpair it there and pair it anew, or correct org. Nothing was changed."
        )


def arrive(api: Vcav, name: str, org: str | None, wait: Mapping[str, int]) -> Mapping[str, Any]:
    """Wait until the customer's appliance has paired, and return the site.

    `wait` has timeout and interval in seconds. Raises InputError, with what the customer enters, when it does not.
    """
    try:
        found = wait_for(
            lambda: pick(every(api), name),
            lambda site: site is not None,
            timeout=wait["timeout"],
            interval=wait["interval"],
            tolerate=is_passing,
        )
    except WaitTimeout as late:
        if late.fault is not None:
            raise late.fault from late
        raise InputError(
            f"the customer site {name!r} has not paired with {api.site} within {late.seconds:g} seconds. "
            f"{instructions(api, name, org)} Then run the task again; it only waits and changes nothing."
        ) from late
    if found is None:
        raise AssertionError("unreachable: the wait ends with a site, or by an exception")
    return found


def instructions(api: Vcav, name: str, org: str | None) -> str:
    """What the customer enters in the wizard of the on-premises appliance, in the wizard's order."""
    effective = (api.get("config/endpoints") or {}).get("effective") or {}
    address, port = effective.get("apiPublicAddress"), effective.get("apiPublicPort") or 443
    endpoint = f"https://{address}:{port}" if address else "this site's public API endpoint (none is configured yet)"
    return (
        "In the wizard of the on-premises appliance (https://<appliance>/ui/admin, as root) the customer enters: "
        f"(1) the site name {name} and a description; "
        "(2) the address of the own vCenter's lookup service, with an SSO administrator and password; "
        f"(3) the public API endpoint {endpoint}, not the address of vCloud Director; "
        f"(4) an administrator of the organization, <user>@{org or '<organization>'}, and the password; "
        "(5) whether to allow access from the cloud, without which replications can only be started on-premises; "
        "(6) whether to join the customer experience programme; "
        "(7) the local placement: VM folder, compute resource, network and datastore. "
        "The appliance needs nothing but outbound 443 to that endpoint."
    )


def with_vcenters(api: Vcav, found: Iterable[Mapping[str, Any]]) -> list[Values]:
    """The sites with their vCenters, or with what keeps the on-premises appliance from telling them, in order."""
    rows = {str(site["site"]): {**read(site), "vcenters": [], "error": None} for site in found}

    def ask(name: str) -> list[str]:
        return [str(each["vcId"]) for each in api.get(f"vc-sites/{segment(name)}/vcenters") or []]

    for name, vcenters, fault in in_flight(ask, rows):
        if isinstance(fault, HttpError):
            rows[name]["error"] = str(fault)
        elif fault is not None:
            raise fault
        else:
            rows[name]["vcenters"] = sorted(vcenters or [])
    return list(rows.values())


def remove(api: Vcav, name: str, wait: Mapping[str, int]) -> None:
    """Forget a customer site and wait until it is done. Raises HttpError, TaskFailed."""
    what = f"removing the customer site {name}"
    path = f"vc-sites/{segment(name)}"
    api.perform("DELETE", path, what, timeout=wait["timeout"], interval=wait["interval"])
