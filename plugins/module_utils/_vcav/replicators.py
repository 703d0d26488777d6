# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The replicators of a site, as its manager service has registered them (contract vcav-api.md, 4.7).

The call that enters or leaves maintenance mode is not known, so here it is only read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http import HttpError
from .._plan import Field, InputError, Values
from . import client, sites
from .client import Vcav, segment

PORT = 8043
# What a registration and a repair are sent with; the product never gives it back.
CREDENTIALS = ("replicator_root_password", "sso_user", "sso_password")
_TUNNELLED = ".tnexus.io"

FIELDS: dict[str, Field] = {
    "api_url": Field("apiUrl"),
    "description": Field("description", immutable=True, default=""),
    "owner": Field("owner", immutable=True, default="*"),
    "peer_thumbprint": Field("certThumbprint"),
    "connected": Field("state"),
    "in_maintenance": Field("isInMaintenanceMode"),
    "repair_due": Field("repairDue"),
}


def normal_url(url: str) -> str:
    """A replicator's address in one spelling; port 8043 where none is given.

    Raises InputError, also for the synthetic address under which a replicator of another site is shown.
    """
    found = sites.normal_url(url, "api_url", PORT)
    if is_remote(found):
        raise InputError(
            f"api_url is {url!r}: that is how a replicator of a paired site is shown here. It is registered and "
            "repaired at the manager service of its own site. Nothing was changed."
        )
    return found


def is_remote(url: str) -> bool:
    """True for the synthetic address of another site's replicator (contract 1.3)."""
    return f"{_TUNNELLED}:" in f"{url}:".lower()


def need_manager(api: Vcav) -> None:
    """Refuse every service but the manager service. Raises InputError."""
    service = str(api.facts.get("service"))
    if service.upper() != "MANAGER":
        raise InputError(
            f"vcav_url is {api.endpoint}: that is a {service.lower()} service. Replicators are registered at the "
            "manager service, port 8441 of the cloud appliance. Nothing was changed."
        )


def every(api: Vcav) -> list[dict[str, Any]]:
    """The site's own replicators, sorted by address; those of paired sites are not among them."""
    found = [each for each in api.get("replicators") or [] if not is_remote(str(each.get("apiUrl")))]
    return sorted(found, key=lambda each: str(each.get("apiUrl")))


def trouble(wire: Mapping[str, Any]) -> list[str]:
    """What the manager says about its connection with a replicator; empty when it is sound."""
    return sites.trouble(wire)


def read(wire: Mapping[str, Any]) -> Values:
    """A replicator in the user's words."""
    return {
        "api_url": normal_url(str(wire["apiUrl"])),
        "description": wire.get("description") or "",
        "owner": wire.get("owner"),
        "peer_thumbprint": wire.get("certThumbprint"),
        "connected": not trouble(wire),
        "in_maintenance": bool(wire.get("isInMaintenanceMode")),
    }


def need_credentials(params: Mapping[str, Any], what: str) -> None:
    """Refuse a write that lacks what the manager logs in to the replicator with. Raises InputError."""
    missing = [name for name in CREDENTIALS if not params[name]]
    if missing:
        raise InputError(
            f"{what} needs {', '.join(missing)}: the manager logs in at the replicator and registers it with the "
            "vCenter's single sign-on. Nothing was changed."
        )


def need_lookup_service(params: Mapping[str, Any], thumbprint: str) -> None:
    """Ask the replicator itself whether its lookup service is set, which registering it presupposes.

    It is trusted by the thumbprint that it is going to be registered with. Raises InputError, HttpError.
    """
    login = {
        name: None if name.startswith("vcav_") else value for name, value in params.items() if name not in CREDENTIALS
    }
    own = {
        "vcav_url": params["service_url"], "vcav_login": "local", "vcav_user": "root",
        "vcav_password": params["replicator_root_password"], "thumbprint": thumbprint,
    }  # fmt: skip
    with client.connect({**login, **own}) as replicator:
        if not (replicator.get("config") or {}).get("lsUrl"):
            raise InputError(
                f"the replicator {params['api_url']} has no lookup service yet, and cannot be registered without one: "
                f"run vcpp.vcloud.vcav_lookup_service with vcav_url: {params['service_url']} first. Nothing was "
                "changed."
            )


def register(api: Vcav, values: Values, params: Mapping[str, Any]) -> None:
    """Register a replicator at the manager of its site. Raises HttpError, InputError for a site without a name."""
    site = (api.get("config") or {}).get("site")
    if not site:
        raise InputError(
            f"the manager {api.endpoint} does not know the name of its site yet: name the site at the cloud service "
            "first, with vcpp.vcloud.vcav_local_site. Nothing was changed."
        )
    document = {
        "owner": values["owner"],
        "site": site,
        "description": values["description"],
        "details": _details(api, values, params),
    }
    try:
        api.request("POST", "replicators", document=document)
    except HttpError as problem:
        # The product's words, because no code of its is known (contract 3.3); they only choose the advice.
        if "already paired" in problem.server_message.lower():
            problem.advice = (
                f"{values['api_url']} is not in this manager's list, so it belongs to another manager. Remove it there "
                "with vcpp.vcloud.vcav_replicator and state: absent, then run this task again."
            )
        elif problem.kind == "status" and problem.status not in (401, 403, 429, 503):
            problem.advice = (
                "Is the replicator's own lookup service set (vcpp.vcloud.vcav_lookup_service at the replicator), is "
                "its initial root password changed, and are replicator_root_password, sso_user and sso_password right? "
                "service_url lets this task look at the first of these before."
            )
        raise


def repair(api: Vcav, wire: Mapping[str, Any], values: Values, params: Mapping[str, Any]) -> None:
    """Let the manager log in anew at a registered replicator (reset-cookie). Raises HttpError."""
    details = _details(api, {**read(wire), **values}, params)
    nested = {"description": wire.get("description") or "", "details": details}
    # CONFLICT in the sources (contract 6): flat in 3.x, nested in 4.x.
    document = nested if api.has("nested_replicator_repair") else details
    api.request("POST", f"replicators/{segment(str(wire['id']))}/reset-cookie", document=document)


def remove(api: Vcav, wire: Mapping[str, Any]) -> None:
    """Take a replicator out of the manager's list. Raises HttpError."""
    api.request("DELETE", f"replicators/{segment(str(wire['id']))}")


def _details(api: Vcav, values: Values, params: Mapping[str, Any]) -> dict[str, Any]:
    api.hide(params["replicator_root_password"], params["sso_password"])
    return {
        "apiUrl": values["api_url"],
        "apiThumbprint": values["peer_thumbprint"],
        "rootPassword": params["replicator_root_password"],
        "ssoUser": params["sso_user"],
        "ssoPassword": params["sso_password"],
    }
