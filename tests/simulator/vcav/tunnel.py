"""The Tunnel service: its configuration and health."""

from __future__ import annotations

from typing import Any

from .base import ApplianceService
from .health import checks, identity
from .lookup_service import view


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

    @property
    def is_configured(self) -> bool:
        """It has a lookup service (INFERRED)."""
        return self.lookup is not None

    def configuration(self) -> dict[str, Any]:
        """The answer of `config` (INFERRED, contract 4.1)."""
        return {"id": self.id, **view(self.lookup)}

    def health(self) -> dict[str, Any]:
        """Its own part, in the manner of the others (INFERRED)."""
        return {**identity(self), **checks(self, "ls", "ntp")}
