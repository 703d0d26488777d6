# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cloud service's own site: its name, its description, its endpoints (contract vcav-api.md, 4.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .._http import HttpError
from .._plan import Field, InputError, Values, given
from .._remedies import remedy
from . import settings
from .client import Vcav

_NAME = re.compile(r"[a-zA-Z0-9-]+")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*|[0-9A-Fa-f:]+")

ENDPOINTS: dict[str, Field] = {
    f"{kind}_{option}": Field(f"{kind}{wire}")
    for kind in ("api", "mgmt")
    for option, wire in (
        ("address", "Address"),
        ("port", "Port"),
        ("public_address", "PublicAddress"),
        ("public_port", "PublicPort"),
    )
}
FIELDS: dict[str, Field] = {
    "name": Field("localSite"),
    "description": Field("localSiteDescription"),
    **ENDPOINTS,
    "manager_sso_user": Field("ssoUsername", readable=False),
    "manager_sso_password": Field("ssoPassword", secret=True),
    "manager_sso_updated": Field(""),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse what no release takes. Raises InputError."""
    name = params["name"]
    if name is not None and not _NAME.fullmatch(name):
        raise InputError(
            f"name is {name!r}: a site's name has letters, digits and hyphens only, no blanks; for example A03-Auckland"
        )
    for option in ENDPOINTS:
        value = params[option]
        if isinstance(value, str) and value and not _HOST.fullmatch(value):
            port = option.replace("address", "port")
            raise InputError(f"{option} is {value!r}: give the bare host name or IP address; the port is {port}")
        if isinstance(value, int) and not 0 <= value <= 65535:
            raise InputError(f"{option} is {value}: give a port from 1 to 65535, or 0 for none")


def fetch(api: Vcav) -> dict[str, Any]:
    """What the service holds: `config` and `endpoints`. Raises InputError for a service that is not the cloud's."""
    settings.of_cloud(api, "the local site")
    return {"config": api.get("config") or {}, "endpoints": api.get("config/endpoints") or {}}


def read(found: Mapping[str, Any]) -> Values:
    """The site in the user's words; endpoints as they were configured, None for what was not."""
    configured = found["endpoints"].get("configured") or {}
    return {
        "name": found["config"].get("localSite"),
        "description": found["config"].get("localSiteDescription") or "",
        **{option: configured.get(definition.wire) for option, definition in ENDPOINTS.items()},
    }


def effective(found: Mapping[str, Any]) -> Values:
    """The endpoints that hold now, after defaults."""
    holding = found["endpoints"].get("effective") or {}
    return {option: holding.get(definition.wire) for option, definition in ENDPOINTS.items()}


def restart_pending(found: Mapping[str, Any]) -> bool:
    """True while endpoints are configured that do not hold yet, because the services have not been restarted."""
    holding = found["endpoints"].get("effective") or {}
    configured = found["endpoints"].get("configured") or {}
    return any(value is not None and holding.get(name) != value for name, value in configured.items())


def wanted(api: Vcav, params: Mapping[str, Any], found: Mapping[str, Any]) -> Values:
    """The site that the options describe. Raises InputError for what this site cannot become."""
    values = given(params, FIELDS)
    # An empty text and port 0 clear: the product's word for that is null.
    values.update({option: values[option] or None for option in ENDPOINTS if option in values})
    name = found["config"].get("localSite")
    if name and values.get("name", name) != name:
        raise InputError(
            f"name is {values['name']!r}, but this site is called {name!r}, and the product cannot rename a site: give "
            f"{name!r} or leave name out. Another name needs another deployment. Nothing was changed."
        )
    if not name and "description" in values and "name" not in values:
        raise InputError("description is given, but this site has no name yet: give name too. Nothing was changed.")
    _refuse_vcd_host(values.get("api_public_address"), found["config"].get("vcdUrl"))
    _refuse_loop(values, read(found))
    return values


def _refuse_vcd_host(address: str | None, vcd_url: str | None) -> None:
    host = urlsplit(vcd_url or "").hostname
    if address and host and address.lower() == host:
        raise InputError(
            f"api_public_address is {address!r}: that is the host of vCloud Director, and the public endpoint must "
            "have a name of its own. Nothing was changed."
        )


def _refuse_loop(values: Values, present: Values) -> None:
    """Refuse to bring about the trap of contract 4.2; one that is there already is vcav_tunnel's to mend."""
    address, public = values.get("mgmt_address"), {**present, **values}["api_public_address"]
    if address and public and address.lower() == public.lower() and address != present["mgmt_address"]:
        raise InputError(
            f"mgmt_address is {address!r}: that is the public endpoint, and the tunnel would send the site's own "
            "management traffic back to itself, so that no site could be paired. Give a name or an address that leads "
            "to the cloud appliance inside the site, or leave it out. Nothing was changed."
        )


def credentials_due(api: Vcav, params: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if the manager's credentials are to be written: at the first configuration, or whenever that is asked.

    Only release 3.0 has them, and it never returns them (contract 1.4, 4.5).
    """
    if not (params["manager_sso_user"] and api.has("manager_sso")):
        return False
    first = not found["config"].get("localSite") and params["name"] is not None
    return first or params["update_password"] == "always"


def write(api: Vcav, found: Mapping[str, Any], values: Values, send_credentials: bool) -> bool:
    """Write what differs; true if the credentials of the manager were among it. Raises HttpError.

    They go first: while a site has no name, its first configuration is unfinished, and they are sent again. A failure
    says what had been written before it.
    """
    present = read(found)
    done: list[str] = []
    try:
        if send_credentials:
            credentials = {FIELDS[key].wire: values[key] for key in ("manager_sso_user", "manager_sso_password")}
            api.hide(values["manager_sso_password"])
            # The manager on the same appliance is meant by an empty address (contract 4.5).
            _introduce(api, {"managerUrl": "", "managerCertificate": "", **credentials})
            done.append("the credentials of the manager")
        about = {key: values.get(key, present[key]) for key in ("name", "description")}
        if any(present[key] != value for key, value in about.items()):
            site = {"localSite": about["name"], "localSiteDescription": about["description"]}
            api.request("POST", "config/site", document=site)
            done.append("name and description")
        configured = found["endpoints"].get("configured") or {}
        merged = {**configured, **{ENDPOINTS[key].wire: values[key] for key in ENDPOINTS if key in values}}
        if merged != configured:
            # Whatever is missing would be unset: the whole object goes, with the fields that are no options here.
            api.request("POST", "config/endpoints", document=merged)
    except HttpError as problem:
        if done:
            before = f"Before that, {' and '.join(done)} had been written. Run the task again: it looks first."
            problem.advice = f"{before} {remedy(problem)}".rstrip()
        raise
    return send_credentials


def _introduce(api: Vcav, document: Mapping[str, Any]) -> None:
    try:
        api.request("POST", "config/manager", document=document)
    except HttpError as problem:
        if problem.status in (400, 500) and not problem.outcome_unknown:
            problem.advice = (
                "The manager's lookup service must be set before (vcav_lookup_service at port 8441), and "
                f"manager_sso_user {document['ssoUsername']} must be an administrator of its single sign-on, with that "
                "password. Nothing was changed."
            )
        raise
