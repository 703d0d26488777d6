# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites, pairing and the trust between them (contract vcav-api.md, 3.7 and 4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._address import read_address
from .._http import HttpError
from .._plan import Field, InputError, Values
from .._wait import TaskFailed
from . import health, versions
from .client import Vcav, segment

REMOVED = (
    "The pairing had been removed on this side to be made anew, and is not there now; once the cause is mended, run "
    "the task again"
)


def normal_url(url: str, option: str = "public_endpoint", default_port: int = 443) -> str:
    """An endpoint in the one spelling in which two are compared: lower case, with port, without trailing slash.

    Raises InputError for an address that is none, by the name of the option that it came from.
    """
    parts = read_address(option, url, "write it as https://<host>[:port]", page=True)
    port = default_port if parts.port is None else parts.port
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"https://{host}:{port}"


def normal_thumbprint(text: str, option: str = "peer_thumbprint") -> str:
    """A SHA-256 thumbprint as the product writes it: "SHA-256:" and upper-case pairs with colons. Raises InputError."""
    digits = text.strip().upper().removeprefix("SHA-256:").replace(":", "")
    if len(digits) != 64 or any(digit not in "0123456789ABCDEF" for digit in digits):
        raise InputError(f"{option} is {text!r}: give the 32 bytes of a SHA-256 in hexadecimal, SHA-256:A1:B2:…")
    return "SHA-256:" + ":".join(digits[i : i + 2] for i in range(0, 64, 2))


FIELDS: dict[str, Field] = {
    "site": Field("site", immutable=True),
    "public_endpoint": Field("apiPublicUrl"),
    "peer_thumbprint": Field("apiThumbprint"),
    "description": Field("description"),
    "connected": Field("state"),
}


def paired(api: Vcav) -> list[dict[str, Any]]:
    """The sites that this one is paired with, sorted by name; the local one is not among them."""
    return sorted(
        (site for site in api.get("sites") or [] if not site.get("isLocal")), key=lambda site: str(site["site"])
    )


def trouble(site: Mapping[str, Any], *directions: str) -> list[str]:
    """What the service says about the connection to a paired site; empty when it is sound.

    `directions` are "incoming" (from there to here) and "outgoing"; both when none is given.
    """
    state = site.get("state") or {}
    faults = [(name, state.get(f"{name}CommError")) for name in directions or ("incoming", "outgoing")]
    return [f"{name}: {fault.get('msg') if isinstance(fault, dict) else fault}" for name, fault in faults if fault]


def read(site: Mapping[str, Any], *directions: str) -> Values:
    """A paired site in the user's words; it counts as connected if these directions (both, if none given) are sound."""
    url = site.get("apiPublicUrl") or site.get("apiUrl")
    return {
        "site": site["site"],
        "public_endpoint": normal_url(url) if url else None,
        "peer_thumbprint": site.get("apiThumbprint"),
        "description": site.get("description") or "",
        "connected": not trouble(site, *directions),
    }


def remote_certificate(api: Vcav, url: str) -> str:
    """The thumbprint of the certificate that this service sees at another endpoint."""
    found = api.get("config/remote-certificate", url=url) or {}
    return str((found.get("certificate") or {}).get("thumbPrint"))


def own_certificate(api: Vcav) -> str:
    """The thumbprint of this service's certificate."""
    found = api.get("config/certificate") or {}
    return str((found.get("certificate") or {}).get("thumbPrint"))


def pair(api: Vcav, values: Values, root_password: str | None, wait: Mapping[str, int]) -> None:
    """Pair with a site and wait until it is done; joins a pairing that is under way. Raises HttpError, TaskFailed."""
    site, what = values["site"], f"pairing with {values['site']}"
    document = _document(values) | {"site": site}
    if root_password and api.has("remote_root_password"):
        document["remoteRootPassword"] = root_password
    begun = api.running("pair", site) if api.has("pairing_task") else None
    if begun is not None and not _outdated(api, begun, wait):
        api.finish(begun, what, **wait)
    else:
        api.perform("POST", "sites", what, document=document, **wait)


def _outdated(api: Vcav, task: Mapping[str, Any], wait: Mapping[str, int]) -> bool:
    """True for a task that began before the service did: nobody works on it any more."""
    try:
        booted = health.read(api, wait).get("serviceBootTimestamp") or 0
    except TaskFailed:
        return False
    return bool(task.get("startTime", 0) < booted)


def repair(api: Vcav, values: Values, root_password: str | None, wait: Mapping[str, int]) -> None:
    """Pair again with a site that is already known. Raises HttpError, TaskFailed.

    From 4.0 on one call mends this side, and proves that the other one can be reached; if it still does not reach
    this one, it has forgotten the pairing, and only pairing anew mends both. Before 4.0 there is no such call.
    """
    site = values["site"]
    if api.has("repair_site"):
        what = f"repairing the pairing with {site}"
        api.perform("PUT", f"sites/{segment(site)}", what, document=_document(values), **wait)
        now = next((each for each in paired(api) if each["site"] == site), None)
        if now is None or not trouble(now, "incoming") or trouble(now, "outgoing"):
            return
    unpair(api, site, wait)
    try:
        pair(api, values, root_password, wait)
    except HttpError as problem:
        problem.advice = f"{REMOVED}."
        raise
    except TaskFailed as problem:
        raise TaskFailed(f"pairing with {site}", problem.task, f"{problem.reason.rstrip('.')}. {REMOVED}") from problem


def unpair(api: Vcav, site: str, wait: Mapping[str, int]) -> None:
    """Forget a paired site and wait until it is done."""
    api.perform("DELETE", f"sites/{segment(site)}", f"unpairing from {site}", **wait)


def _document(values: Values) -> dict[str, Any]:
    return {
        "apiUrl": values["public_endpoint"],
        "apiThumbprint": values["peer_thumbprint"],
        "description": values.get("description") or "",
    }


def local(api: Vcav) -> dict[str, Any]:
    """The configuration of the service's own site (contract 4.1, 4.4, 4.5), unset values as None."""
    config = api.get("config") or {}
    effective = (api.get("config/endpoints") or {}).get("effective") or {}
    address, port = effective.get("apiPublicAddress"), effective.get("apiPublicPort")
    return {
        "name": config.get("localSite"),
        "description": config.get("localSiteDescription"),
        "version": versions.text(api.version),
        "build": api.facts["build"],
        "is_configured": bool((api.get("config/is-configured") or {}).get("isConfigured")),
        "public_endpoint": f"https://{address}:{port or 443}" if address else None,
        "thumbprint": own_certificate(api),
        "lookup_service_url": config.get("lsUrl"),
        "vcd_url": config.get("vcdUrl"),
        "vcd_user": config.get("vcdUsername"),
        "tunnel_url": config.get("tunnelUrl"),
    }
