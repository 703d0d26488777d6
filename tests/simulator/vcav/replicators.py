"""The replicators that a manager has paired with (contract 4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ..wire import Reply
from .errors import bad_input, error_body, failure, not_found
from .reach import check_root_password, check_thumbprint, connect, is_sso_administrator
from .routing import Call, check_fields

if TYPE_CHECKING:
    from .manager import ManagerService
    from .replicator import ReplicatorService

_DETAILS: dict[str, type] = dict.fromkeys(("apiUrl", "apiThumbprint", "rootPassword", "ssoUser", "ssoPassword"), str)


@dataclass
class Paired:
    """A replicator as the manager has pinned it."""

    service: ReplicatorService
    id: str
    owner: str
    site: str
    description: str
    url: str
    thumbprint: str

    def view(self, remote: bool = False, comm_error: dict[str, Any] | None = None) -> dict[str, Any]:
        """As a manager lists it: its own, or a paired site's under a synthetic address (contract 1.3)."""
        product = self.service.product
        return {
            "id": self.id,
            "owner": self.owner,
            "site": self.site,
            "description": self.description,
            "apiUrl": f"https://tn-{self.id}.tnexus.io:8048" if remote else self.url,
            "certThumbprint": self.thumbprint,
            "pairingCookie": None,
            "state": {
                "incomingCommError": comm_error or self._error(self._incoming_trouble()),
                "outgoingCommError": comm_error or self._error(self._outgoing_trouble()),
            },
            "isInMaintenanceMode": False,
            "apiVersion": product.api,
            "dataAddress": None,
            "buildVersion": self.service.build,
        }

    def _error(self, message: str | None) -> dict[str, Any] | None:
        return error_body("GeneralServerFailure", message) if message else None

    def _away(self) -> str | None:
        if self.service.world.is_restarting(self.service) or self.service.id != self.id:
            return f"The replicator {self.service.appliance.name} does not answer."
        return None

    def _outgoing_trouble(self) -> str | None:
        """Why the manager cannot talk to it."""
        actual = self.service.certificate.thumbprint
        if actual != self.thumbprint:
            return self._away() or f"The certificate of the replicator is not trusted: {actual}."
        return self._away()

    def _incoming_trouble(self) -> str | None:
        """Why it cannot talk to the manager."""
        manager = self.service.group.manager
        pinned = self.service.manager_thumbprint
        if pinned is not None and pinned != manager.certificate.thumbprint:
            return self._away() or f"The replicator does not trust {manager.certificate.thumbprint}."
        return self._away()


class Replicators:
    """The pairings of one manager with the replicators of its own site."""

    def __init__(self, manager: ManagerService) -> None:
        self._manager = manager
        self.paired: dict[str, Paired] = {}
        """By id, in the order of pairing."""

    def add_routes(self) -> None:
        """Adds the calls to the manager."""
        add = self._manager.routes.add
        add("GET", "replicators", lambda call: call.json(self._manager.replicators()))
        add("GET", "replicators/{}", self._one)
        add("POST", "replicators", self._add)
        add("POST", "replicators/{}/reset-cookie", self._repair)
        add("DELETE", "replicators/{}", self._remove)

    def configure(self) -> None:
        """As the estate says: all of them are paired."""
        site = self._manager.group.local_site or self._manager.site
        for one in self._manager.group.replicators:
            self._pin(Paired(one, one.id, "*", site, "", one.url, one.certificate.thumbprint))

    def _pin(self, paired: Paired) -> None:
        paired.service.manager_thumbprint = self._manager.certificate.thumbprint
        self.paired[paired.id] = paired

    def _one(self, call: Call) -> Reply:
        for replicator in self._manager.replicators():
            if replicator["id"] == call.args[0]:
                return call.json(replicator)
        raise not_found(f"Replicator {call.args[0]}")

    def need(self, replicator_id: str) -> Paired:
        """One of the site's own; remote ones cannot be worked on from here (INFERRED, contract 4.7)."""
        paired = self.paired.get(replicator_id)
        if paired is None:
            raise not_found(f"Replicator {replicator_id}")
        return paired

    def _add(self, call: Call) -> Reply:
        body = call.body({"owner": str, "site": str, "description": str, "details": dict}, {"replicatorId": str})
        check_fields(body["details"], _DETAILS, {})
        return call.json(self.add(body["details"], body["description"], body["site"], body["owner"]).view())

    def add_flat(self, call: Call) -> Reply:
        """The same through the Cloud service of 4.x, in its flat form (contract 4.7)."""
        body = call.body({**_DETAILS, "description": str})
        site = self._manager.group.local_site or ""
        return call.json(self.add(body, body["description"], site, "*").view())

    def add(self, details: dict[str, Any], description: str, site: str, owner: str) -> Paired:
        """Pairs with a replicator.

        Raises ApiError: 400 for another site's name, 500 when the replicator is paired already, cannot be reached, or
        a certificate, a password or its lookup service is not as it has to be.
        """
        manager = self._manager
        local = manager.group.local_site
        if local is None:
            raise failure("The site has no name yet.")
        if site != local:
            raise bad_input(f"site must be the local site '{local}'.")
        service = self._verified(details)
        if service.manager_thumbprint is not None or any(one.service is service for one in self.paired.values()):
            # The message is the vendor's; the status is UNKNOWN (contract 3.3).
            raise failure("The replicator is already paired to the manager.")
        url = details["apiUrl"].rstrip("/")
        paired = Paired(service, service.id, owner, local, description, url, details["apiThumbprint"])
        self._pin(paired)
        return paired

    def _verified(self, details: dict[str, Any]) -> ReplicatorService:
        manager, url = self._manager, details["apiUrl"]
        endpoint = connect(manager.world, url)
        # The manager is told the 8043 of the replicator; its front port has the same service, but is not for this.
        if endpoint.service.kind != "replicator" or endpoint.role != "management":
            raise failure(f"No replicator's management port answers at '{url}'.")
        service = cast("ReplicatorService", endpoint.service)
        if service not in manager.group.replicators:
            raise failure(f"The replicator at '{url}' belongs to another site.")
        check_thumbprint(url, service, details["apiThumbprint"])
        check_root_password(service, details["rootPassword"])
        if service.lookup is None:
            raise failure(f"The replicator at '{url}' has no lookup service yet.")
        if not is_sso_administrator(manager.world, details["ssoUser"], details["ssoPassword"]):
            raise failure("The single sign-on refused the user.")
        return service

    def _repair(self, call: Call) -> Reply:
        paired = self.need(call.args[0])
        if self._manager.product.is_3:
            # Which of the two forms is right when is INFERRED: flat in 3.x, nested in 4.x (contract 6, row 7).
            details = call.body(_DETAILS)
        else:
            body = call.body({"details": dict}, {"description": str})
            details = body["details"]
            check_fields(details, _DETAILS, {})
        service = self._verified(details)
        if service is not paired.service or service.id != paired.id:
            raise failure(f"Another replicator answers at '{details['apiUrl']}'.")
        if not self._manager.product.is_3 and body.get("description") is not None:
            paired.description = body["description"]
        paired.url, paired.thumbprint = details["apiUrl"].rstrip("/"), details["apiThumbprint"]
        self._pin(paired)
        return call.json(paired.view())

    def _remove(self, call: Call) -> Reply:
        paired = self.need(call.args[0])
        del self.paired[paired.id]
        if paired.service.id == paired.id:
            paired.service.manager_thumbprint = None
        return Reply.empty()
