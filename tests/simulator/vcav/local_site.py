"""The name of the local site, the manager's credentials of 3.0, and whether a site is configured (contract 4.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..naming import authority_of
from ..wire import Reply
from .errors import bad_input, failure
from .reach import is_sso_administrator, other_service
from .routing import Call

if TYPE_CHECKING:
    from .cloud import CloudService

_MANAGER: dict[str, type] = dict.fromkeys(("managerUrl", "managerCertificate", "ssoUsername", "ssoPassword"), str)
_NAME = re.compile(r"[a-zA-Z0-9-]+")
# How long `isConfigured` lags behind the last call that was missing, simulated seconds; that it does is seen, not how
# long.
_LAG_MS = 500


class LocalSite:
    """Who a site says it is."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self.forget()

    def forget(self) -> None:
        """As delivered: it has no name."""
        self.name: str | None = None
        self.description: str | None = None
        self.manager_known = self._cloud.product.since("3.5")
        """3.0 alone has to be told the single sign-on credentials for its manager."""
        self._complete_since: int | None = None

    def configure(self) -> None:
        """As the estate says."""
        spec = self._cloud.site_state.spec
        self.name, self.description = spec.name, spec.description
        self.manager_known = True
        self._complete_since = 0

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        self._cloud.routes.add("POST", "config/site", self._set)
        if not self._cloud.product.since("3.5"):
            self._cloud.routes.add("POST", "config/manager", self._set_manager)

    def settled(self) -> None:
        """Something was configured: notes when the last of what a site needs is there (INFERRED: license included)."""
        cloud = self._cloud
        complete = self.name and cloud.lookup and cloud.settings.vcloud.trust and cloud.settings.license.key
        if not complete:
            self._complete_since = None
        elif self._complete_since is None:
            self._complete_since = cloud.world.now_ms()

    @property
    def is_configured(self) -> bool:
        """The answer of `config/is-configured` on the Cloud service."""
        since = self._complete_since
        return since is not None and self._cloud.world.now_ms() - since >= _LAG_MS

    def _set(self, call: Call) -> Reply:
        body = call.body({"localSite": str}, {"localSiteDescription": str, "apiUrl": str})
        name, cloud = body["localSite"], self._cloud
        if not _NAME.fullmatch(name):
            raise bad_input("localSite may have letters, digits and hyphens only.")
        if self.name is not None and name != self.name:
            raise bad_input(f"The name of the site is '{self.name}' and cannot be changed.")
        if body.get("apiUrl"):
            # INFERRED: the public endpoint, which the wizard asks for on the page of the site's name.
            address = authority_of(body["apiUrl"])
            if address is None:
                raise bad_input("apiUrl must be an https URL.")
            cloud.settings.endpoints.check_public_address(address[0])
            cloud.settings.endpoints.set(apiPublicAddress=address[0], apiPublicPort=address[1])
        self.name = name
        if body.get("localSiteDescription") is not None:
            self.description = body["localSiteDescription"]
        cloud.group.settled()
        return call.json(cloud.settings.configuration())

    def _set_manager(self, call: Call) -> Reply:
        """3.0: the credentials that the Cloud service uses towards its manager. An empty URL is the local one."""
        body, cloud = call.body(_MANAGER), self._cloud
        if body["managerUrl"]:
            manager = other_service(cloud.world, body["managerUrl"], "manager")
            if manager is not cloud.group.manager:
                raise failure(f"The manager at '{body['managerUrl']}' belongs to another site.")
            if body["managerCertificate"] not in ("", manager.certificate.encoded):
                raise failure(f"The manager has another certificate: {manager.certificate.thumbprint}.")
        if cloud.group.manager.lookup is None and cloud.lookup is None:
            raise failure("There is no lookup service yet that could tell where the single sign-on is.")
        if not is_sso_administrator(cloud.world, body["ssoUsername"], body["ssoPassword"]):
            raise failure("The single sign-on refused the user.")
        self.manager_known = True
        return call.json(cloud.settings.configuration())
