"""The Manager service: configuration, license, tunnels, sites and replicators of a running site."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .base import ApplianceService
from .errors import not_found
from .health import manager_health
from .routing import Call


class ManagerService(ApplianceService):
    """Lives beside the Cloud service, with a certificate and sessions of its own (contract 1.2)."""

    kind = "manager"

    def add_routes(self) -> None:
        """Its own calls."""
        add = self.routes.add
        add("GET", "config", lambda call: call.json(self.configuration()))
        add("GET", "license", lambda call: call.json(self.group.cloud.settings.license()))
        add("GET", "sites", lambda call: call.json(self.group.cloud.pairing.listed()))
        add("GET", "replicators", lambda call: call.json(self.replicators()))
        add("GET", "replicators/{}", self._replicator)
        if not self.product.is_3:
            add("GET", "config/tunnels", lambda call: call.json({"tunnels": [self.group.tunnel.as_registered()]}))

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`. What 3.x shows of the SSO settings is not known, so it shows nothing."""
        tunnel = self.group.tunnel
        return {
            "id": self.id,
            "site": self.site,
            **self.group.lookup_service(),
            "tunnelUrl": tunnel.url,
            "tunnelCertificate": tunnel.certificate.encoded,
        }

    def replicators(self) -> list[dict[str, Any]]:
        """Local ones, then those of the paired sites."""
        listed = [one.as_listed(remote=False, comm_error=None) for one in self.group.replicators]
        for peer in self.group.cloud.pairing.peers.values():
            remote = self.group.cloud.pairing.service_of(peer)
            error = self.group.cloud.pairing.outgoing_error(peer)
            listed += [one.as_listed(remote=True, comm_error=error) for one in remote.group.replicators]
        return listed

    def _replicator(self, call: Call) -> Reply:
        for replicator in self.replicators():
            if replicator["id"] == call.args[0]:
                return call.json(replicator)
        raise not_found(f"Replicator {call.args[0]}")

    def health(self) -> dict[str, Any]:
        """The manager's health object."""
        return manager_health(self)
