"""How a Cloud service is set up: what belongs to one noun alone is in a file of its own, the rest is here."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .endpoints import Endpoints
from .errors import bad_input
from .license import LAB_LICENSE, License
from .local_site import LocalSite
from .lookup_service import view
from .routing import Call
from .vcloud import Vcloud

if TYPE_CHECKING:
    from .cloud import CloudService

EVERYWHERE = "0.0.0.0/0,::0/0"


class Settings:
    """Name, vCD, license, endpoints, telemetry, access of administrators, provider VDC filter (contract 4.5)."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        # The simulated 3.0 is 3.0.0; the setting came with 3.0.2.
        self.has_admin_allow_from = cloud.product.since("3.5")
        self.license = License(cloud.world.now_ms)
        self.endpoints = Endpoints(cloud)
        self.local_site = LocalSite(cloud)
        self.vcloud = Vcloud(cloud)
        self.forget()

    def forget(self) -> None:
        """As delivered: nothing is set, and no administrator comes in through the tunnel."""
        self.license.forget()
        self.endpoints.forget()
        self.local_site.forget()
        self.vcloud.trust = None
        self.telemetry: dict[str, Any] = {"enabled": False, "environment": None}
        self.admin_allow_from = ""
        self.pvdc_filter: list[str] = []
        self.data_engine: dict[str, bool] | None = None

    def configure(self) -> None:
        """As the estate is configured: licensed, and open for administrators of the other sites."""
        spec = self._cloud.site_state.spec
        self.license.enter(LAB_LICENSE)
        self.vcloud.configure()
        self.local_site.configure()
        self.endpoints.set(apiPublicAddress=spec.public_address, apiPublicPort=spec.public_port)
        self.endpoints.take_effect()
        self.admin_allow_from = EVERYWHERE

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        add = self._cloud.routes.add
        product = self._cloud.product
        add("GET", "config", lambda call: call.json(self.configuration()))
        add("GET", "license", lambda call: call.json(self.license.view()))
        add("POST", "license", self.enter_license)
        add("GET", "config/telemetry", lambda call: call.json(self.telemetry))
        add("POST", "config/telemetry", self._set_telemetry)
        if self.has_admin_allow_from:
            add("GET", "config/admin-allow-from", lambda call: call.json({"adminAllowFrom": self.admin_allow_from}))
            add("POST", "config/admin-allow-from", self._set_admin_allow_from)
        if product.since("3.5"):
            add("GET", "config/pvdc-filter", lambda call: call.json(self.pvdc_filter))
            add("POST", "config/pvdc-filter", self._set_pvdc_filter)
        if not product.is_3:
            add("POST", "config/data-engine", self._set_data_engine)
        self.endpoints.add_routes()
        self.local_site.add_routes()
        self.vcloud.add_routes()

    def configuration(self) -> dict[str, Any]:
        """The answer of `config`: all null but the id before the set-up."""
        cloud = self._cloud
        return {
            "id": cloud.id,
            **view(cloud.lookup),
            "localSite": self.local_site.name,
            "localSiteDescription": self.local_site.description,
            **self.vcloud.view(),
            **cloud.group.tunnels.fields(),
            "isCombined": False,
        }

    def enter_license(self, call: Call) -> Reply:
        """`POST license`, here and at the manager."""
        self.license.enter(call.body({"key": str})["key"])
        self._cloud.group.settled()
        return call.json(self.license.view())

    def _set_telemetry(self, call: Call) -> Reply:
        body = call.body({"enabled": bool}, {"environment": str})
        self.telemetry = {"enabled": body["enabled"], "environment": body.get("environment")}
        return call.json(self.telemetry)

    def _set_admin_allow_from(self, call: Call) -> Reply:
        allowed = call.body({"adminAllowFrom": str})["adminAllowFrom"]
        for part in filter(None, allowed.split(",")):
            try:
                ip_network(part.strip(), strict=False)
            except ValueError:
                raise bad_input(f"'{part}' is not a network.") from None
        self.admin_allow_from = allowed
        return call.json({"adminAllowFrom": allowed})

    def _set_pvdc_filter(self, call: Call) -> Reply:
        ids = call.request.json()
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise bad_input("The filter must be a list of provider VDC ids.")
        self.vcloud.require()
        unknown = set(ids) - {one["id"] for one in self._cloud.inventory.all_provider_vdcs()}
        if unknown:
            raise bad_input(f"There is no provider VDC {', '.join(sorted(unknown))}.")
        self.pvdc_filter = ids
        return call.json(ids)

    def _set_data_engine(self, call: Call) -> Reply:
        engines = call.body({"hbrsrv": bool, "h4dm": bool})
        if not any(engines.values()):
            raise bad_input("At least one data engine is needed.")
        # No call reads it back.
        self.data_engine = engines
        return Reply.empty()
