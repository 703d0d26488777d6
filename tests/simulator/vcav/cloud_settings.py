"""Configuration of a running site that the Cloud service shows, and the little of it that is changed on day 2."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import ApiError, bad_input, failure
from .routing import Call, check_fields

if TYPE_CHECKING:
    from .cloud import CloudService

_LICENSE = re.compile(r"^\S{5}(-\S{5}){4}$")
_LAB_LICENSE = "LAB00-LAB00-LAB00-LAB00-LAB00"
EVERYWHERE = "0.0.0.0/0,::0/0"


class Settings:
    """License, telemetry, access of administrators, endpoints, provider VDC filter (contract 4.5)."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        product = cloud.product
        # The simulated 3.0 is 3.0.0; the setting came with 3.0.2.
        self.has_admin_allow_from = product.since("3.5")
        self._endpoint_fields: dict[str, type] = {}
        for kind in ("mgmt", "api", "tunnel") if not product.since("3.5") else ("mgmt", "api"):
            for part, type_ in (("Address", str), ("Port", int), ("PublicAddress", str), ("PublicPort", int)):
                self._endpoint_fields[f"{kind}{part}"] = type_
        self.reset()

    def reset(self) -> None:
        """As the estate is configured: licensed, and open for administrators of the other sites."""
        spec = self._cloud.site_state.spec
        self.license_key = _LAB_LICENSE
        self.telemetry: dict[str, Any] = {"enabled": False, "environment": None}
        self.admin_allow_from = EVERYWHERE
        self.pvdc_filter: list[str] = []
        self.endpoints: dict[str, Any] = dict.fromkeys(self._endpoint_fields)
        self.endpoints |= {"apiPublicAddress": spec.public_address, "apiPublicPort": spec.public_port}

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        add = self._cloud.routes.add
        product = self._cloud.product
        add("GET", "config", lambda call: call.json(self.configuration()))
        add("GET", "license", lambda call: call.json(self.license()))
        add("POST", "license", self._set_license)
        add("GET", "config/telemetry", lambda call: call.json(self.telemetry))
        add("POST", "config/telemetry", self._set_telemetry)
        add("GET", "config/endpoints", lambda call: call.json(self.both_endpoints()))
        add("POST", "config/endpoints", self._set_endpoints)
        if self.has_admin_allow_from:
            add("GET", "config/admin-allow-from", lambda call: call.json({"adminAllowFrom": self.admin_allow_from}))
            add("POST", "config/admin-allow-from", self._set_admin_allow_from)
        if product.since("3.5"):
            add("GET", "config/pvdc-filter", lambda call: call.json(self.pvdc_filter))
            add("POST", "config/pvdc-filter", self._set_pvdc_filter)
        if not product.is_3:
            add("GET", "config/tunnels", lambda call: call.json(self._tunnels()))
            add("POST", "config/check-vcloud", self._check_vcloud, write=False)
            add("POST", "config/check-lookup-service", self._check_lookup_service, write=False)

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`."""
        cloud = self._cloud
        spec = cloud.site_state.spec
        tunnel = cloud.group.tunnel
        vcd = cloud.world.services.get(f"{cloud.site}/vcd")
        return {
            "id": cloud.id,
            **cloud.group.lookup_service(),
            "localSite": cloud.site,
            "localSiteDescription": spec.description,
            "vcdUrl": f"{spec.vcd_url}/api",
            "vcdThumbprint": vcd.certificate.thumbprint if vcd else None,
            "vcdUsername": spec.vcd_administrator,
            "tunnelUrl": tunnel.url,
            "tunnelCertificate": tunnel.certificate.encoded,
            "isCombined": False,
        }

    def license(self) -> dict[str, Any]:
        """The answer of `license`; 0 is never (INFERRED)."""
        return {"key": self.license_key, "isLicensed": True, "expirationDate": 0}

    def _set_license(self, call: Call) -> Reply:
        key = call.body({"key": str})["key"]
        if not _LICENSE.match(key):
            raise ApiError(400, "BadUserInput", "The license key is not valid.")
        self.license_key = key
        return call.json(self.license())

    def _set_telemetry(self, call: Call) -> Reply:
        body = call.body({"enabled": bool}, {"environment": str})
        self.telemetry = {"enabled": body["enabled"], "environment": body.get("environment")}
        return call.json(self.telemetry)

    def _set_admin_allow_from(self, call: Call) -> Reply:
        allowed = call.body({"adminAllowFrom": str})["adminAllowFrom"]
        for part in filter(None, allowed.split(",")):
            try:
                ip_network(part.strip(), strict=False)
            except ValueError:
                raise bad_input(f"'{part}' is not a network.") from None
        self.admin_allow_from = allowed
        return call.json({"adminAllowFrom": allowed})

    def _set_pvdc_filter(self, call: Call) -> Reply:
        ids = call.request.json()
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise bad_input("The filter must be a list of provider VDC ids.")
        self.pvdc_filter = ids
        return call.json(ids)

    def both_endpoints(self) -> dict[str, Any]:
        """The answer of `config/endpoints`: what was set, and what holds."""
        cloud = self._cloud
        own = f"{cloud.appliance.name}.{cloud.world.estate.dns_domain}"
        defaults: dict[str, Any] = {"mgmtAddress": own, "mgmtPort": 8046, "apiAddress": own, "apiPort": 8443}
        if "tunnelAddress" in self._endpoint_fields:
            defaults |= {"tunnelAddress": cloud.group.tunnel.appliance.spec.address, "tunnelPort": 8048}
        effective = {name: defaults.get(name) if value is None else value for name, value in self.endpoints.items()}
        return {"configured": self.endpoints, "effective": effective}

    def _set_endpoints(self, call: Call) -> Reply:
        body = call.request.json()
        if not isinstance(body, dict):
            raise bad_input("The endpoints must be a JSON object.")
        # Fields that are missing are unset: the whole object is replaced (contract 4.5).
        check_fields(body, {}, self._endpoint_fields)
        if body.get("apiPublicAddress") == self._cloud.site_state.spec.vcd_host:
            raise bad_input("apiPublicAddress must not be the host of vCloud Director.")
        self.endpoints = {name: body.get(name) for name in self._endpoint_fields}
        return call.json(self.both_endpoints())

    def _check_vcloud(self, call: Call) -> Reply:
        """204 when vCloud Director can be used like this; any other outcome is INFERRED to be a 500 that says why."""
        body = call.body(dict.fromkeys(("vcdUrl", "vcdUsername", "vcdPassword", "vcdThumbprint"), str))
        url, world = body["vcdUrl"], self._cloud.world
        if not url.startswith("https://") or not url.rstrip("/").endswith("/api"):
            raise bad_input("vcdUrl must be an https URL that ends in /api.")
        endpoint = world.names.find(url)
        if endpoint is None or endpoint.service.kind != "vcd" or world.is_restarting(endpoint.service):
            raise failure(f"Cannot connect to '{url}': no vCloud Director answers there.")
        _check_thumbprint(url, endpoint.service.certificate.thumbprint, body["vcdThumbprint"])
        name, _at, org = body["vcdUsername"].rpartition("@")
        user = world.sites[endpoint.service.site].authenticate(name, org, body["vcdPassword"])
        if user is None or not user.is_system:
            raise failure(f"vCloud Director at '{url}' refused the user.")
        return Reply.empty()

    def _check_lookup_service(self, call: Call) -> Reply:
        """The same for a lookup service; the estate's are the only ones there are."""
        body = call.body({"url": str, "thumbprint": str})
        for group in self._cloud.other_sites.values():
            known = group.lookup_service()
            if known["lsUrl"].rstrip("/") == body["url"].rstrip("/"):
                _check_thumbprint(body["url"], known["lsThumbprint"], body["thumbprint"])
                return Reply.empty()
        raise failure(f"Cannot connect to '{body['url']}': no lookup service answers there.")

    def _tunnels(self) -> dict[str, Any]:
        return {"tunnels": [self._cloud.group.tunnel.as_registered()]}


def _check_thumbprint(url: str, actual: str, given: str) -> None:
    if given != actual:
        raise failure(f"The certificate of '{url}' has the thumbprint {actual}, not {given}.")
