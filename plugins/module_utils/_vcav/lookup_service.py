# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vCenter lookup service that each vCloud Availability service works with (contract vcav-api.md, 4.5).

Every service has its own: cloud, manager, each replicator, the tunnel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import Field, InputError, Values, given
from . import settings
from .client import Vcav

PATH = "/lookupservice/sdk"

FIELDS: dict[str, Field] = {
    "url": Field("lsUrl"),
    "peer_thumbprint": Field("lsThumbprint"),
    "sso_user": Field("ssoUser", readable=False),
    "sso_password": Field("ssoPassword", secret=True),
}


def read(config: Mapping[str, Any]) -> Values:
    """The lookup service of a service's `config`, None for what is not set."""
    return {"url": settings.shown_url(config.get("lsUrl"), PATH), "peer_thumbprint": config.get("lsThumbprint")}


def wanted(api: Vcav, params: Mapping[str, Any], present: Values) -> Values:
    """The lookup service that the options describe, with the thumbprint to be trusted. Raises InputError."""
    service = str(api.facts.get("service"))
    if params["sso_user"] and not (service.upper() == "MANAGER" and api.has("lookup_service_sso")):
        raise InputError(
            f"sso_user is {params['sso_user']!r}: only the manager of a vCenter Replication Management Appliance, "
            f"release 4.0 and newer, takes it, and {api.endpoint} is a {service.lower()} service. Leave sso_user and "
            "sso_password out."
        )
    values = given(params, FIELDS) | {"url": settings.normal_url("url", params["url"], PATH)}
    return {**values, "peer_thumbprint": settings.pinned(api, params, values["url"], present)}


def write(api: Vcav, values: Values) -> None:
    """Register the service with a lookup service. Raises HttpError."""
    document: dict[str, Any] = {"url": values["url"], "thumbprint": values["peer_thumbprint"]}
    if values.get("sso_user"):
        api.hide(values["sso_password"])
        document["ssoAdminCredentials"] = {"ssoUser": values["sso_user"], "ssoPassword": values["sso_password"]}
    api.request("POST", "config/lookup-service", document=document)
