"""The Tunnel service: what can be read from it on a running site."""

from __future__ import annotations

from typing import Any

from .base import ApplianceService
from .health import checks, identity


class TunnelService(ApplianceService):
    """Registered at the cloud service under its management URL (contract 4.6)."""

    kind = "tunnel"

    def add_routes(self) -> None:
        """Its configuration; everything else is common."""
        self.routes.add("GET", "config", lambda call: call.json(self.configuration()))

    @property
    def url(self) -> str:
        """The URL under which it is registered."""
        return f"https://{self.appliance.name}.{self.world.estate.dns_domain}:8047"

    def as_registered(self) -> dict[str, Any]:
        """One element of `config/tunnels`."""
        return {"id": self.id, "url": self.url, "certificate": self.certificate.encoded}

    def configuration(self) -> dict[str, Any]:
        """The answer of `config` (INFERRED, contract 4.1)."""
        return {"id": self.id, **self.group.lookup_service()}

    def health(self) -> dict[str, Any]:
        """Its own part, in the manner of the others (INFERRED)."""
        return {**identity(self), **checks(self, "ls", "ntp")}
