"""The tunnel that a site's cloud service has registered, and whether anything passes through it (contract 4.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import bad_input, failure, not_found
from .reach import check_root_password, connect
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService
    from .site import SiteServices
    from .tunnel import TunnelService

_FIELDS: dict[str, type] = {"url": str, "certificate": str, "rootPassword": str}
_URL = re.compile(r"https://[^/]+:\d+/?")


@dataclass
class Registration:
    """A tunnel as the cloud service has pinned it."""

    id: str
    url: str
    certificate: str
    """Base64 of the DER form."""
    cloud_serial: int
    """Which certificate of the cloud service the tunnel was told of."""
    management: str | None = None
    """The management address that the tunnel was told, when it is another than the cloud appliance's own."""
    waiting: set[str] = field(default_factory=set)
    """Names of services that have not restarted since."""

    def view(self) -> dict[str, Any]:
        """One element of `config/tunnels`."""
        return {"id": self.id, "url": self.url, "certificate": self.certificate}


class Tunnels:
    """The registration of one site: there is one at most, since a site of an estate has one tunnel."""

    def __init__(self, group: SiteServices) -> None:
        self._group = group
        self.registration: Registration | None = None

    def configure(self, tunnel: TunnelService) -> None:
        """As the estate says: registered, and everything has restarted since."""
        serial = self._group.cloud.certificate.serial
        self.registration = Registration(tunnel.id, tunnel.url, tunnel.certificate.encoded, serial)

    def add_routes(self, service: ApplianceService) -> None:
        """The calls of the cloud and the manager service."""
        add, product = service.routes.add, service.product
        if not product.is_3:
            add("GET", "config/tunnels", lambda call: call.json(self.view()))
            add("POST", "config/tunnels", self._register)
        if service.kind != "cloud":
            return
        if not product.is_3:
            add("PUT", "config/tunnels/{}", self._repair)
        if not product.since("4.6"):
            # Seen up to about 4.4, beside the list (contract 1.4, 4.6).
            add("POST", "config/tunnel-service", self._register)

    def view(self) -> dict[str, Any]:
        """The answer of `config/tunnels`."""
        return {"tunnels": [self.registration.view()] if self.registration else []}

    def fields(self) -> dict[str, Any]:
        """The two fields of `config`."""
        registered = self.registration
        return {
            "tunnelUrl": registered.url if registered else None,
            "tunnelCertificate": registered.certificate if registered else None,
        }

    def _register(self, call: Call) -> Reply:
        # A second POST replaces the first one; whether it would add is UNKNOWN (contract 4.6).
        return call.json(self.register(call.body(_FIELDS)).view())

    def _repair(self, call: Call) -> Reply:
        if self.registration is None or self.registration.id != call.args[0]:
            raise not_found(f"Tunnel {call.args[0]}")
        return call.json(self.register(call.body(_FIELDS)).view())

    def register(self, body: dict[str, Any]) -> Registration:
        """Registers the site's tunnel.

        Raises ApiError: 400 for a URL that is none; 500 when the tunnel cannot be reached there, has another
        certificate or root password, or belongs to another site.
        """
        group, url = self._group, body["url"]
        if not _URL.fullmatch(url):
            raise bad_input("url must have the form https://<host>:8047.")
        endpoint = connect(group.world, url)
        tunnel = group.tunnel
        if endpoint.service.kind != "tunnel" or endpoint.role != "management":
            raise failure(f"No tunnel service's management port answers at '{url}'.")
        if endpoint.service is not tunnel:
            raise failure(f"The tunnel at '{url}' belongs to another site.")
        if body["certificate"] != tunnel.certificate.encoded:
            raise failure(f"The tunnel at '{url}' has another certificate: {tunnel.certificate.thumbprint}.")
        check_root_password(tunnel, body["rootPassword"])
        before, serial = self.registration, group.cloud.certificate.serial
        management = group.cloud.settings.endpoints.configured["mgmtAddress"]
        made = Registration(tunnel.id, url.rstrip("/"), body["certificate"], serial, management)
        if before is not None and before.view() == made.view():
            # The same tunnel; it has only been told address and certificate of the cloud service anew.
            before.cloud_serial, before.management = serial, management
            return before
        # After a change the services of the cloud appliance and of every replicator must restart (contract 4.6).
        made.waiting = {group.cloud.name, *(one.name for one in group.replicators if one.appliance.exists)}
        self.registration = made
        return made

    def loop(self) -> str | None:
        """The trap of contract 4.2: the management address has turned into the public name, which leads to the tunnel.

        Nothing shows it but that pairing fails. The address has to be set back and the tunnel registered again.
        """
        registered, public = self.registration, self._group.site.spec.public_address
        addresses = {self._group.cloud.settings.endpoints.effective["mgmtAddress"]}
        if registered is not None:
            addresses.add(registered.management)
        if public not in addresses:
            return None
        return f"The tunnel of site '{self._group.site.name}' redirects management traffic to itself: '{public}'."

    def require_no_loop(self) -> None:
        """Raises ApiError 500 in that case."""
        message = self.loop()
        if message:
            raise failure(message)

    def restarted(self, service: ApplianceService) -> None:
        """A service has come up again, and knows the tunnel now."""
        if self.registration is not None:
            self.registration.waiting.discard(service.name)

    def trouble(self) -> str | None:
        """Why nothing passes through; None when it does."""
        group, registered = self._group, self.registration
        tunnel, site = group.tunnel, group.site.name
        if registered is None:
            return "Missing Tunnel settings."
        holding = group.world.faults.holding
        if holding("tunnel_down", tunnel.name) or holding("tunnel_down", group.cloud.name):
            return f"The tunnel of site '{site}' is down."
        if group.world.is_restarting(tunnel):
            return f"The tunnel of site '{site}' does not answer."
        if registered.certificate != tunnel.certificate.encoded:
            return f"The certificate of the tunnel is not trusted: {tunnel.certificate.thumbprint}."
        if registered.cloud_serial != group.cloud.certificate.serial:
            return "The tunnel does not know the certificate of the Cloud service: enter its root password again."
        if registered.waiting:
            return f"The tunnel has changed: restart the services of {', '.join(sorted(registered.waiting))}."
        return None
