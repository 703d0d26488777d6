"""The on-premises appliances of tenants: an image of their own, in a vCenter of their own (contract vCAV 2.4, 4.9).

What is known of their API is what all appliances have: root password, network, clock, lookup service, certificate,
health. The calls of the wizard that pairs one with the cloud are UNKNOWN, so there are none: `pair` and `unpair` stand
for the clicks of the customer, and check what the wizard would.

The estate has neither addresses nor names for them. Where it does not give an `address`, they are 192.0.2.10,
192.0.2.11 ... of the range that is kept for documentation; appliance and vCenter are named after the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from ..estate import ApplianceSpec, SiteSpec
from ..world import CONFIGURED, Site, World
from .appliance import Appliance
from .base import ApplianceService
from .errors import ApiError
from .health import checks, identity
from .lookup_service import LookupService, Trust, trouble, view
from .reach import connect

if TYPE_CHECKING:
    from .cloud import CloudService
    from .site import SiteServices

KIND = "onprem"
_FIRST_ADDRESS = 10
_NETWORK = {"gateway": "192.0.2.1", "netmask": "255.255.255.0"}


class _OnPremAppliance(Appliance):
    """Tells its customer's site when its power changes: the cloud notices that its tunnel is up or down."""

    on_power: Callable[[], None] = staticmethod(lambda: None)

    def power_on(self, properties: Mapping[str, Any] | None = None) -> None:
        """As Appliance."""
        super().power_on(properties)
        self.on_power()

    def power_off(self) -> None:
        """As Appliance."""
        super().power_off()
        self.on_power()


class OnPremService(ApplianceService):
    """What answers on port 443: manager, replicator and tunnel in one, as far as they can be told apart (INFERRED)."""

    kind = KIND

    def add_routes(self) -> None:
        """Its configuration, as that of replicators and tunnels (INFERRED); everything else is common."""
        self.routes.add("GET", "config", lambda call: call.json({"id": self.id, **view(self.lookup)}))

    @property
    def is_configured(self) -> bool:
        """It has a lookup service (INFERRED)."""
        return self.lookup is not None

    def health(self) -> dict[str, Any]:
        """Its own part, in the manner of the others (INFERRED)."""
        return {**identity(self), **checks(self, "ls", "ntp")}


class _NoTunnels:
    """It has a tunnel of its own, outwards, of which nothing is registered anywhere."""

    registration = None

    def restarted(self, service: ApplianceService) -> None:
        """Nobody waits for it."""


class _NoCloud:
    local_site = None


class CustomerPremises:
    """A customer's site. To its service it is what SiteServices is to those of a provider's site."""

    tunnels = _NoTunnels()
    cloud = _NoCloud()

    def __init__(
        self, world: World, given: Mapping[str, Any], number: int, providers: Mapping[str, SiteServices]
    ) -> None:
        self.world = world
        self.given = given
        self.name = str(given["name"])
        self._providers = providers
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        self.vcenter_host = f"{slug}-vc01.{world.estate.dns_domain}"
        address = str(given.get("address") or f"192.0.2.{_FIRST_ADDRESS + number}")
        network = dict(given.get("network") or _NETWORK)
        spec = SiteSpec(
            name=self.name,
            description=str(given.get("description", "")),
            # UNKNOWN which versions may differ; the customer's appliance is as new as the cloud.
            product_version=next(iter(providers.values())).site.spec.product_version,
            lookup_service=f"https://{self.vcenter_host}/lookupservice/sdk",
            vcd_url="",
            vcd_administrator="",
            vcd_password="",
            vcd_version=None,
            public_address="",
            public_port=0,
            appliances=(ApplianceSpec(slug, KIND, address),),
            network=network,
        )
        self.site = Site(spec)
        self.lookup = LookupService(world, self.name, spec.lookup_service)
        self.appliance = _OnPremAppliance(world, self.site, spec.appliances[0])
        self.service = OnPremService(world, self.site, self.appliance, cast("SiteServices", self))
        self.appliance.on_power = self._tell_cloud
        for host in (slug, f"{slug}.{world.estate.dns_domain}", address):
            world.names.add(host, 443, self.service, "front")
        world.after_reset.append(self.begin)
        self.begin()

    def begin(self) -> None:
        """The state that the run starts in: with working sites, its vCenter is known to it; it is never paired."""
        self.appliance.begin(self.world.start)
        if self.world.start == CONFIGURED:
            self.service.lookup = Trust.of(self.lookup)

    # As SiteServices

    def settled(self) -> None:
        """Nothing follows from a configuration."""

    def tunnel_error(self) -> dict[str, Any] | None:
        """Its tunnel is up when it is."""
        return None

    def require_tunnel(self) -> None:
        """Nothing to require."""

    # The customer's clicks

    def pair(
        self, user: str | None = None, password: str | None = None, allow_access: bool | None = None
    ) -> dict[str, Any]:
        """The wizard to its end. `user`: of the organization, `admin` by default, with the password of the estate.

        Raises ValueError for whatever the wizard would complain of.
        """
        self._require_appliance()
        cloud = self._cloud()
        org = str(self.given["org"])
        site = cloud.site_state
        name, _at, named = (user or "admin").partition("@")
        if named and named.lower() != org.lower():
            raise ValueError(f"{user} is not of the organization {org}.")
        known = site.authenticate(name, org, site.spec.vcd_password if password is None else password)
        if known is None:
            raise ValueError(
                f"The login of {name}@{org} at {cloud.site} failed: unknown, disabled, or a wrong password."
            )
        allowed = bool(self.given.get("allow_access_from_cloud", False)) if allow_access is None else allow_access
        cloud.customers.add(self.name, org, str(self.given.get("description", "")), allow_access=allowed)
        return self.view()

    def unpair(self) -> dict[str, Any]:
        """The wizard's other button. Raises ValueError when it is not paired, or still used."""
        self._require_appliance()
        cloud = self._paired_with()
        if cloud is None:
            raise ValueError(f"{self.name} is not paired.")
        used = cloud.replications.count_of(self.name)
        if used:
            # As from the other side: UNKNOWN, and leaving replications without one of their ends would be looser.
            raise ValueError(f"{self.name} has {used} replications: stop them first.")
        cloud.customers.remove(self.name)
        return self.view()

    def view(self) -> dict[str, Any]:
        """For the status."""
        cloud = self._paired_with()
        return {
            "appliance": self.appliance.state,
            "lookup_service": self.service.lookup.url if self.service.lookup else None,
            "paired_with": cloud.site if cloud else None,
        }

    def _require_appliance(self) -> None:
        if self.world.is_restarting(self.service):
            raise ValueError(f"The on-premises appliance of {self.name} does not answer: it is {self.appliance.state}.")
        if self.appliance.root_password_expired:
            raise ValueError(f"The root password of the on-premises appliance of {self.name} must be changed first.")
        problem = trouble(self.service)
        if problem:
            raise ValueError(f"The on-premises appliance of {self.name} has no vCenter: {problem}")

    def _cloud(self) -> CloudService:
        """The Cloud service behind the endpoint that the customer was given."""
        url = str(self.given["cloud_endpoint"])
        try:
            endpoint = connect(self.world, url)
        except ApiError as problem:
            raise ValueError(problem.message) from problem
        for group in self._providers.values():
            if endpoint.service is group.cloud and endpoint.role == "public":
                down = group.tunnels.trouble()
                if down:
                    raise ValueError(f"Cannot connect to '{url}': {down}")
                if group.local_site is None:
                    raise ValueError(f"Cannot connect to '{url}': the site behind it has not been configured.")
                return group.cloud
        # The wizard wants the public API endpoint of the cloud, not its vCD's address (contract 4.9).
        raise ValueError(f"'{url}' is not the public endpoint of a cloud site.")

    def _paired_with(self) -> CloudService | None:
        return next((one.cloud for one in self._providers.values() if self.name in one.cloud.customers.sites), None)

    def _tell_cloud(self) -> None:
        cloud = self._paired_with()
        if cloud is not None:
            cloud.customers.sites[self.name].online = self.appliance.is_on


def build_customers(world: World, providers: Mapping[str, SiteServices]) -> dict[str, CustomerPremises]:
    """The customers' sites of the estate, by name."""
    return {
        str(one["name"]): CustomerPremises(world, one, number, providers)
        for number, one in enumerate(world.estate.customer_sites)
    }
