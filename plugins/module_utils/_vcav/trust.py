# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before a service is told of another: which certificate is trusted, and what pairing anew could not mend.

Contract 3.7, 4.6 to 4.8.

Everything here only reads. What cannot be done is refused before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._plan import InputError, Values
from . import sites
from .client import Vcav

# What a pairing is made with: a difference is mended by pairing anew.
PINNED = ("public_endpoint", "peer_thumbprint")


def directions(api: Vcav, params: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that a task at this site can mend; before 4.0 the other side's is its own matter without a password."""
    both = not api.has("remote_root_password") or params["remote_root_password"]
    return ("incoming", "outgoing") if both else ("outgoing",)


def wanted(api: Vcav, params: Mapping[str, Any], present: Values | None) -> Values:
    """The pairing that the options describe, with the thumbprint that is to be trusted. Raises InputError.

    `present` is the pairing as it is, None if there is none. Without peer_thumbprint and accept_certificate the
    thumbprint of an existing pairing is not looked at, and a new pairing is refused.
    """
    url = sites.normal_url(params["public_endpoint"])
    values: Values = {"site": params["site"], "public_endpoint": url, "connected": True}
    if params["description"] is not None:
        values["description"] = params["description"]
    if params["site"] == api.site:
        raise InputError(f"site is {params['site']!r}: that is this site itself; name the other one")
    if params["peer_thumbprint"]:
        values["peer_thumbprint"] = sites.normal_thumbprint(params["peer_thumbprint"])
        if present != {**(present or {}), **values}:
            _compare(values, sites.remote_certificate(api, url))
    elif params["accept_certificate"]:
        values["peer_thumbprint"] = sites.remote_certificate(api, url)
    elif present is None:
        raise InputError(
            f"peer_thumbprint is not set, and {url} is not trusted silently. It shows "
            f"{sites.remote_certificate(api, url)} now: compare that with the other site's administrator and give it, "
            "or set accept_certificate: true"
        )
    if present is None and values["peer_thumbprint"] == sites.own_certificate(api):
        raise InputError(
            f"public_endpoint {url} shows the same certificate as this site ({values['peer_thumbprint']}): two "
            "sites cannot be paired with one (wildcard) certificate; give one of them its own"
        )
    return values


def pinned(
    url: str,
    params: Mapping[str, Any],
    known: str | None,
    look: Callable[[], str],
    witness: str = "that appliance's console",
) -> str:
    """The thumbprint to be trusted at another appliance or product. Raises InputError where that is not decided.

    `params` has peer_thumbprint and accept_certificate, `known` is what is trusted so far (None: nothing), and `look`
    tells what is shown now. Nobody looks where what is known is what is asked for. `witness` is who can vouch for a
    thumbprint.
    """
    if params["peer_thumbprint"]:
        wanted = sites.normal_thumbprint(params["peer_thumbprint"])
        seen = known if wanted == known else look()
        if seen != wanted:
            raise InputError(
                f"peer_thumbprint is {wanted}, but {url} shows {seen} now. Was the certificate replaced? Compare with "
                f"{witness}, then give the new one or set accept_certificate: true. Nothing was changed."
            )
        return wanted
    if params["accept_certificate"]:
        return look()
    if known is None:
        raise InputError(
            f"peer_thumbprint is not set, and {url} is not trusted silently. It shows {look()} now: compare that with "
            f"{witness} and give it, or set accept_certificate: true. Nothing was changed."
        )
    return known


def _compare(values: Values, seen: str) -> None:
    """Refuse what the other site's certificate cannot fulfil."""
    if seen != values["peer_thumbprint"]:
        raise InputError(
            f"peer_thumbprint is {values['peer_thumbprint']}, but {values['public_endpoint']} shows {seen} now. "
            "Was the certificate replaced? Compare with the other site's administrator, then give the new one or "
            "set accept_certificate: true. Nothing was changed."
        )


def judge(
    api: Vcav, params: Mapping[str, Any], found: Mapping[str, Any], present: Values, values: Values
) -> str | None:
    """What pairing anew cannot mend is left alone, where pairing anew begins with unpairing (before 4.0).

    `found` is the site object. Returns a warning about what stays broken, None where nothing does. Raises InputError.
    """
    if api.has("repair_site"):
        return None
    site = values["site"]
    outgoing, incoming = (sites.trouble(found, way) for way in ("outgoing", "incoming"))
    if outgoing and all(present[name] == values.get(name, present[name]) for name in PINNED):
        raise InputError(
            f"site {site!r} is paired, but {outgoing[0].rstrip('.')}. Pairing anew does not mend that, so nothing was "
            "changed. Mend the connection, or give the peer_thumbprint of a certificate that was replaced, and run "
            "again."
        )
    if incoming and not params["remote_root_password"]:
        advice = "Pair it from its own side too, or give remote_root_password."
        return f"site {site!r}: {incoming[0].rstrip('.')}. {advice}"
    return None
