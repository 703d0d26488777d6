# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vCloud Director that a cloud service works with (contract vcav-api.md, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .._http import HttpError
from .._plan import Field, InputError, Plan, Values, given
from .._remedies import remedy
from . import settings
from .client import Vcav

PATH = "/api"

FIELDS: dict[str, Field] = {
    "url": Field("vcdUrl"),
    "user": Field("vcdUsername"),
    "peer_thumbprint": Field("vcdThumbprint"),
    "password": Field("vcdPassword", secret=True),
    "password_updated": Field(""),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse what no release takes. Raises InputError."""
    settings.normal_url("url", params["url"], PATH)
    name, _at, org = params["user"].rpartition("@")
    if not name or org.lower() != "system":
        raise InputError(
            f"user is {params['user']!r}: write it as <name>@System, because only a System administrator of vCloud "
            "Director can serve the site"
        )


def fetch(api: Vcav) -> dict[str, Any]:
    """The service's `config`. Raises InputError for a service that is not the cloud's."""
    settings.of_cloud(api, "vCloud Director")
    return dict(api.get("config") or {})


def read(config: Mapping[str, Any]) -> Values:
    """The endpoint in the user's words, None for what is not set."""
    return {
        "url": settings.shown_url(config.get("vcdUrl"), PATH),
        "user": config.get("vcdUsername"),
        "peer_thumbprint": config.get("vcdThumbprint"),
    }


def wanted(api: Vcav, params: Mapping[str, Any], present: Values) -> Values:
    """The endpoint that the options describe, with the thumbprint to be trusted. Raises InputError."""
    values = given(params, FIELDS) | {"url": settings.normal_url("url", params["url"], PATH)}
    return {**values, "peer_thumbprint": settings.pinned(api, params, values["url"], present)}


def prove(api: Vcav, step: Plan, check_mode: bool) -> None:
    """Refuse a change that cannot succeed, before it is made. Raises InputError, HttpError."""
    values = step.after
    if not step.values.get("password"):
        raise InputError(
            f"password is not given, and the product wants it with every change of this configuration (here: "
            f"{', '.join(step.changed)}): give the password of {values['user']}. Nothing was changed."
        )
    effective = (api.get("config/endpoints") or {}).get("effective") or {}
    public, host = effective.get("apiPublicAddress"), urlsplit(values["url"]).hostname
    if public and str(public).lower() == host:
        raise InputError(
            f"url is {values['url']!r}: its host is the public endpoint of this site, and vCloud Director must have a "
            "name of its own. Nothing was changed."
        )
    if check_mode and api.has("check_vcloud"):
        _send(api, "config/check-vcloud", {**values, **step.values}, repeatable=True)


def write(api: Vcav, values: Values) -> None:
    """Connect the site with a vCloud Director. Raises HttpError."""
    _send(api, "config/vcloud", values)


def _send(api: Vcav, path: str, values: Values, repeatable: bool = False) -> None:
    api.hide(values["password"])
    document = {FIELDS[name].wire: values[name] for name in ("url", "user", "password", "peer_thumbprint")}
    try:
        api.request("POST", path, document=document, repeatable=repeatable)
    except HttpError as problem:
        if problem.status in (400, 500) and not problem.outcome_unknown:
            problem.advice = (
                f"The service tried {values['url']} as {values['user']}: check that this user is an enabled System "
                "administrator there, its password, and the thumbprint. Nothing was changed."
            )
        else:
            problem.advice = remedy(problem)
        raise
