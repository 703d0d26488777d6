"""The Replicator service: what can be read from it on a running site."""

from __future__ import annotations

from typing import Any

from .base import ApplianceService
from .errors import error_body
from .health import replicator_health


class ReplicatorService(ApplianceService):
    """Registered at the manager under its 8043 URL (contract 4.7)."""

    kind = "replicator"

    def add_routes(self) -> None:
        """Its configuration; everything else is common."""
        self.routes.add("GET", "config", lambda call: call.json(self.configuration()))

    @property
    def url(self) -> str:
        """The URL under which it is registered."""
        spec = self.appliance.spec
        return f"https://{spec.name}.{self.world.estate.dns_domain}:{spec.replicator_port}"

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`: the id is the one under which the manager lists it."""
        return {"id": self.id, **self.group.lookup_service()}

    def health(self) -> dict[str, Any]:
        """One element of `localReplicatorsHealth`."""
        return replicator_health(self)

    def as_listed(self, remote: bool, comm_error: dict[str, Any] | None) -> dict[str, Any]:
        """As a manager lists it: its own, or a paired site's under a synthetic address (contract 1.3, 4.7)."""
        error = comm_error
        if error is None and self.world.is_restarting(self):
            error = error_body("GeneralServerFailure", f"The replicator {self.appliance.name} does not answer.")
        return {
            "id": self.id,
            "owner": "*",
            "site": self.site,
            "description": "",
            "apiUrl": f"https://tn-{self.id}.tnexus.io:8048" if remote else self.url,
            "certThumbprint": self.certificate.thumbprint,
            "pairingCookie": None,
            "state": {"incomingCommError": error, "outgoingCommError": error},
            "isInMaintenanceMode": False,
            "apiVersion": self.product.api,
            "dataAddress": None,
            "buildVersion": self.product.build,
        }
