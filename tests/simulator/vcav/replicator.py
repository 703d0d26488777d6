"""The Replicator service: its configuration and health."""

from __future__ import annotations

from typing import Any

from .base import ApplianceService
from .health import replicator_health
from .lookup_service import view


class ReplicatorService(ApplianceService):
    """Registered at the manager under its 8043 URL (contract 4.7)."""

    kind = "replicator"
    manager_thumbprint: str | None = None
    """Of the manager that it is paired with, as it was then; None: with none."""

    def add_routes(self) -> None:
        """Its configuration; everything else is common."""
        self.routes.add("GET", "config", lambda call: call.json(self.configuration()))

    def forget(self) -> None:
        """A new deployment knows no manager."""
        super().forget()
        self.manager_thumbprint = None

    @property
    def url(self) -> str:
        """The URL under which it is registered."""
        spec = self.appliance.spec
        return f"https://{spec.name}.{self.world.estate.dns_domain}:{spec.replicator_port}"

    @property
    def is_configured(self) -> bool:
        """It has a lookup service (INFERRED)."""
        return self.lookup is not None

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`: the id is the one under which the manager lists it."""
        return {"id": self.id, **view(self.lookup)}

    def health(self) -> dict[str, Any]:
        """One element of `localReplicatorsHealth`."""
        return replicator_health(self)
