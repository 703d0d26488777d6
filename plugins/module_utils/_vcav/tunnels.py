# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tunnel of a site, as its cloud service has registered it (contract vcav-api.md, 4.6), and the trap of 4.2.

The product has no call that forgets a tunnel, so nothing here removes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._http import HttpError
from .._plan import Field, InputError, Values
from . import certificates, sites
from .certificates import thumbprint_of_encoded as thumbprint_of
from .client import Vcav, segment

PORT = 8047

FIELDS: dict[str, Field] = {
    "url": Field("url"),
    "peer_thumbprint": Field("certificate"),
    "management_address": Field("mgmtAddress"),
    "repair_due": Field("repairDue"),
}


def normal_url(url: str) -> str:
    """A tunnel's management address in one spelling; port 8047 where none is given. Raises InputError."""
    return sites.normal_url(url, "url", PORT)


def need_cloud(api: Vcav) -> None:
    """Refuse every service but the cloud service, where tunnels are registered. Raises InputError."""
    service = str(api.facts.get("service"))
    if service.upper() != "CLOUD":
        raise InputError(
            f"vcav_url is {api.endpoint}: that is a {service.lower()} service. A tunnel is registered at the cloud "
            "service, port 443 of the cloud appliance. Nothing was changed."
        )


def registered(api: Vcav) -> list[dict[str, Any]]:
    """The registered tunnels, each with `id` (None before 4.0), `url` and `certificate` (DER in base 64).

    Releases 4.0 to 4.4 were seen with either way; where the list is not known, the configuration tells (contract 6).
    """
    if api.has("tunnel_list"):
        try:
            return list((api.get("config/tunnels") or {}).get("tunnels") or [])
        except HttpError as problem:
            if problem.status != 404:
                raise
    config = api.get("config") or {}
    if not config.get("tunnelUrl"):
        return []
    return [{"id": None, "url": config["tunnelUrl"], "certificate": config.get("tunnelCertificate")}]


def pick(found: list[dict[str, Any]], url: str, api: Vcav) -> dict[str, Any] | None:
    """The tunnel of an address; before 4.0 there is one, whatever its address, and registering replaces it."""
    for each in found:
        if each.get("url") and normal_url(each["url"]) == url:
            return each
    return found[0] if found and found[0]["id"] is None else None


def endpoints(api: Vcav) -> dict[str, dict[str, Any]]:
    """`configured` and `effective` endpoints of the cloud service (contract 4.5)."""
    answer = api.get("config/endpoints") or {}
    return {"configured": answer.get("configured") or {}, "effective": answer.get("effective") or {}}


def trapped(found: Mapping[str, Mapping[str, Any]], which: str = "configured") -> bool:
    """True if the management address is the public name.

    Then the tunnel sends the traffic of the site's own management back to itself, and no site can be paired.
    """
    address = _host(found[which].get("mgmtAddress"))
    public = {_host(found[each].get("apiPublicAddress")) for each in ("configured", "effective")}
    return address is not None and address in public


def _host(address: Any) -> str | None:
    """A bare host name, also where the whole public URL has turned up."""
    if not address:
        return None
    host = str(address).lower().removeprefix("https://").split("/")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def needs_restart(changed: Iterable[str]) -> bool:
    """True if the services must be restarted after a change of these fields (contract 4.6); a mere login needs none."""
    return any(name != "repair_due" for name in changed)


def pending(found: Mapping[str, Mapping[str, Any]]) -> bool:
    """True if the management address that is in effect is not the one that is configured: a restart brings it."""
    configured, effective = (found[which].get("mgmtAddress") for which in ("configured", "effective"))
    if configured is None:
        return trapped(found, "effective")
    return bool(configured != effective)


def read(wire: Mapping[str, Any] | None, found: Mapping[str, Mapping[str, Any]], repair_due: bool) -> Values:
    """A registered tunnel in the user's words."""
    values: Values = {"management_address": found["configured"].get("mgmtAddress") or ""}
    if wire is not None:
        values["url"] = normal_url(wire["url"])
        values["peer_thumbprint"] = thumbprint_of(wire.get("certificate"))
        values["repair_due"] = repair_due
    return values


def warnings(
    every: list[dict[str, Any]], present: Mapping[str, Any] | None, found: Mapping[str, Mapping[str, Any]], url: str
) -> list[str]:
    """What a task about the tunnel `url` should say beside its plan."""
    said = []
    others = [str(each["url"]) for each in every if each is not present]
    if present is None and others:
        said.append(
            f"{', '.join(others)} is registered at this site already. What the product does with another tunnel is not "
            "documented: look at vcpp.vcloud.vcav_tunnel_info afterwards, and at the health of the site."
        )
    if not trapped(found) and trapped(found, "effective"):
        said.append(
            "The management address in effect is still the public name, although another is configured: restart the "
            "services of the cloud appliance."
        )
    return said


def troubles(api: Vcav, url: str, wire: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with a registered tunnel, as far as it can be read without asking for the site's health."""
    said = []
    try:
        seen = certificates.remote(api, url).thumbprint
    except HttpError as problem:
        if problem.status is None or problem.status in (401, 403):
            raise
        said.append(f"the cloud service cannot reach it: {problem.server_message}")
    else:
        if seen != thumbprint_of(wire.get("certificate")):
            said.append(f"it shows another certificate than the trusted one: {seen}")
    if trapped(found):
        said.append(
            f"the management address of the cloud appliance is its public name, {found['configured']['mgmtAddress']}"
        )
    return said


def trusted(wire: Mapping[str, Any] | None, thumbprint: str, look: Callable[[], certificates.Shown]) -> str:
    """The certificate of a thumbprint, in base 64: the registered one, else what is shown now. Raises InputError."""
    registered_one = None if wire is None else wire.get("certificate")
    if thumbprint_of(registered_one) == thumbprint:
        return str(registered_one)
    seen = look()
    if seen.thumbprint != thumbprint or not seen.encoded:
        raise InputError(
            f"the tunnel shows {seen.thumbprint} now, not {thumbprint}: its certificate was replaced in the meantime. "
            "Run the task again."
        )
    return seen.encoded


def set_management_address(api: Vcav, found: Mapping[str, Mapping[str, Any]], address: str) -> None:
    """Write the whole endpoints with another management address; an empty one is the appliance's own name."""
    api.request("POST", "config/endpoints", document={**found["configured"], "mgmtAddress": address or None})


def register(api: Vcav, wire: Mapping[str, Any] | None, url: str, encoded: str, root_password: str) -> None:
    """Register a tunnel, or log in to a registered one anew: with PUT where it has an id, else with POST.

    `encoded` is the certificate that is trusted, DER in base 64. Raises HttpError.
    """
    api.hide(root_password)
    document = {"url": url, "certificate": encoded, "rootPassword": root_password}
    attempts = [("POST", "config/tunnels"), ("POST", "config/tunnel-service")]
    if not api.has("tunnel_list") or (wire is not None and wire["id"] is None):
        attempts = attempts[1:]
    elif wire is not None:
        attempts = [("PUT", f"config/tunnels/{segment(str(wire['id']))}"), *attempts]
    for number, (method, path) in enumerate(attempts, 1):
        try:
            api.request(method, path, document=document)
            return
        except HttpError as problem:
            # A path or a method that this release does not have; a tunnel that it does not know is no reason.
            if problem.status not in (404, 405) or number == len(attempts):
                raise
