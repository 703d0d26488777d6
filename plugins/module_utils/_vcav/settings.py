# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts of a first configuration share: addresses in one spelling, pinned certificates, secrets that are sent.

(Contract vcav-api.md, 3.7 and 4.5.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._address import read_address
from .._http import HttpError
from .._plan import InputError
from . import sites, trust
from .client import Vcav


def normal_url(option: str, text: str, path: str) -> str:
    """`https://host[:port]<path>` in the one spelling in which two are compared, from an address or a bare host name.

    Lower case, without port 443 and without a trailing slash; `path` is completed where it is missing. Raises
    InputError for another path and for an address that is none.
    """
    remedy = f"write it as https://<host>{path}, or give the host's name alone"
    address = text.strip()
    address = address if "://" in address else f"https://{address}"
    parts = read_address(option, address, remedy, page=True)
    if parts.path.rstrip("/") not in ("", path) or parts.query or parts.fragment:
        raise InputError(f"{option} is {text!r}: {remedy}")
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    port = "" if parts.port in (None, 443) else f":{parts.port}"
    return f"https://{host}{port}{path}"


def shown_url(text: str | None, path: str) -> str | None:
    """An address as the server tells it, in the same spelling; one of another form is left as it is."""
    if not text:
        return None
    try:
        return normal_url("", text, path)
    except InputError:
        return text


def of_cloud(api: Vcav, what: str) -> None:
    """Refuse a part of the configuration that only the cloud service has. Raises InputError."""
    service = str(api.facts.get("service")).lower()
    if service in ("manager", "replicator", "tunnel"):
        raise InputError(
            f"vcav_url {api.endpoint} leads to a {service} service, and {what} belongs to the cloud service: "
            "give the address of the cloud appliance with port 443"
        )


def pinned(api: Vcav, params: Mapping[str, Any], url: str, present: Mapping[str, Any]) -> str:
    """The thumbprint to be trusted at `url`.

    `present` holds url and peer_thumbprint as they are configured. The service itself is asked what it sees at the
    address (contract 3.7). Raises InputError for a certificate that nobody has vouched for, HttpError where the
    service does not reach the address.
    """
    known = present["peer_thumbprint"] if present["url"] == url else None
    return trust.pinned(url, params, known, lambda: _seen(api, url), "its administrator")


def _seen(api: Vcav, url: str) -> str:
    try:
        return sites.remote_certificate(api, url)
    except HttpError as problem:
        if problem.status == 500:
            problem.advice = (
                f"The service at {api.endpoint} was asked for the certificate of {url}, and does not reach it: check "
                "the host in url, and the name servers and the firewall of the appliance. Nothing was changed."
            )
        raise
