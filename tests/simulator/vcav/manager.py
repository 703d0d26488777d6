"""The Manager service: configuration, license, tunnel, sites and replicators."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .base import ApplianceService
from .health import manager_health
from .lookup_service import view
from .replicators import Replicators
from .routing import Call


class ManagerService(ApplianceService):
    """Lives beside the Cloud service, with a certificate and sessions of its own (contract 1.2)."""

    kind = "manager"

    def add_routes(self) -> None:
        """Its own calls."""
        self.local_replicators = Replicators(self)
        self.local_replicators.add_routes()
        add = self.routes.add
        add("GET", "config", lambda call: call.json(self.configuration()))
        add("GET", "license", lambda call: call.json(self.group.cloud.settings.license.view()))
        add("POST", "license", self._enter_license)
        add("GET", "sites", lambda call: call.json(self.group.cloud.pairing.listed()))
        self.group.tunnels.add_routes(self)

    def _enter_license(self, call: Call) -> Reply:
        return self.group.cloud.settings.enter_license(call)

    def forget(self) -> None:
        """A new deployment knows no replicators."""
        super().forget()
        self.local_replicators.paired.clear()

    @property
    def is_configured(self) -> bool:
        """It has a lookup service and knows its site (INFERRED)."""
        return self.lookup is not None and self.group.local_site is not None

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`. What 3.x shows of the SSO settings is not known, so it shows nothing."""
        return {"id": self.id, "site": self.group.local_site, **view(self.lookup), **self.group.tunnels.fields()}

    def replicators(self) -> list[dict[str, Any]]:
        """Local ones, then those of the paired sites."""
        listed = [one.view() for one in self.local_replicators.paired.values()]
        pairing = self.group.cloud.pairing
        for peer in pairing.peers.values():
            remote, error = pairing.service_of(peer), pairing.outgoing_error(peer)
            paired = remote.group.manager.local_replicators.paired.values()
            listed += [one.view(remote=True, comm_error=error) for one in paired]
        return listed

    def health(self) -> dict[str, Any]:
        """The manager's health object."""
        return manager_health(self)
