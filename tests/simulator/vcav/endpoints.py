"""The addresses under which a site's Cloud service is known: what was set, and what holds (contract 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import bad_input
from .routing import Call, check_fields

if TYPE_CHECKING:
    from .cloud import CloudService


class Endpoints:
    """`config/endpoints`. What is set holds once the services of the cloud appliance have restarted."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self._fields: dict[str, type] = {}
        for kind in ("mgmt", "api", "tunnel") if not cloud.product.since("3.5") else ("mgmt", "api"):
            for part, type_ in (("Address", str), ("Port", int), ("PublicAddress", str), ("PublicPort", int)):
                self._fields[f"{kind}{part}"] = type_
        self.forget()

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        self._cloud.routes.add("GET", "config/endpoints", lambda call: call.json(self.view()))
        self._cloud.routes.add("POST", "config/endpoints", self._replace)

    def forget(self) -> None:
        """As delivered: nothing is set."""
        self.configured: dict[str, Any] = dict.fromkeys(self._fields)
        self._in_force = self.configured

    def set(self, **fields: Any) -> None:
        """Sets some fields; the others stay."""
        self.configured = {**self.configured, **fields}

    def take_effect(self) -> None:
        """The services have restarted."""
        self._in_force = self.configured

    @property
    def effective(self) -> dict[str, Any]:
        """What holds, defaults included."""
        cloud = self._cloud
        own = f"{cloud.appliance.name}.{cloud.world.estate.dns_domain}"
        defaults: dict[str, Any] = {"mgmtAddress": own, "mgmtPort": 8046, "apiAddress": own, "apiPort": 8443}
        if "tunnelAddress" in self._fields:
            defaults |= {"tunnelAddress": cloud.group.tunnel.appliance.address, "tunnelPort": 8048}
        return {name: defaults.get(name) if value is None else value for name, value in self._in_force.items()}

    @property
    def public_url(self) -> str | None:
        """The public API endpoint that this site tells others; None until it holds one."""
        address, port = self._in_force["apiPublicAddress"], self._in_force["apiPublicPort"]
        return f"https://{address}:{port or 443}" if address else None

    def view(self) -> dict[str, Any]:
        """The answer of `config/endpoints`."""
        return {"configured": self.configured, "effective": self.effective}

    def _replace(self, call: Call) -> Reply:
        body = call.request.json()
        if not isinstance(body, dict):
            raise bad_input("The endpoints must be a JSON object.")
        # Fields that are missing are unset: the whole object is replaced (contract 4.5).
        check_fields(body, {}, self._fields)
        self.check_public_address(body.get("apiPublicAddress"))
        self.configured = {name: body.get(name) for name in self._fields}
        return call.json(self.view())

    def check_public_address(self, address: str | None) -> None:
        """Raises ApiError 400 for the host of vCloud Director."""
        if address == self._cloud.site_state.spec.vcd_host:
            raise bad_input("apiPublicAddress must not be the host of vCloud Director.")
