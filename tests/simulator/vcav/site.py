"""The vCloud Availability services of one site, and how they find one another."""

from __future__ import annotations

from typing import Any

from ..estate import SiteSpec
from ..world import CONFIGURED, Site, World
from .appliance import Appliance
from .cloud import CloudService
from .errors import error_body, failure
from .lookup_service import LookupService, Trust, view
from .manager import ManagerService
from .replicator import ReplicatorService
from .tunnel import TunnelService
from .tunnels import Tunnels


class SiteServices:
    """All appliances of a site."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        spec: SiteSpec = site.spec
        self.lookup = LookupService(world, site.name, spec.lookup_service)
        self.tunnels = Tunnels(self)
        self.appliances = {one.name: Appliance(world, site, one) for one in spec.appliances}
        cloud = self.appliances[spec.appliances_of("cloud")[0].name]
        tunnel = self.appliances[spec.appliances_of("tunnel")[0].name]
        self.tunnel = TunnelService(world, site, tunnel, self)
        self.replicators = [
            ReplicatorService(world, site, self.appliances[one.name], self) for one in spec.appliances_of("replicator")
        ]
        self.manager = ManagerService(world, site, cloud, self)
        self.cloud = CloudService(world, site, cloud, self)
        for appliance in self.appliances.values():
            appliance.on_deployed = lambda: register_names(world, self)
        world.after_reset.append(self.begin)
        self.begin()

    def begin(self) -> None:
        """The state that the run starts in (world.py), once all services are as delivered."""
        self.tunnels.registration = None
        for appliance in self.appliances.values():
            appliance.begin(self.world.start)
        if self.world.start == CONFIGURED:
            for service in (self.cloud, self.manager, *self.replicators, self.tunnel):
                service.lookup = Trust.of(self.lookup)
            self.cloud.settings.configure()
            self.tunnels.configure(self.tunnel)
            self.manager.local_replicators.configure()

    @property
    def local_site(self) -> str | None:
        """The name that the site has been given; None before that. In 3.0 the manager must be known too."""
        named = self.cloud.settings.local_site
        return named.name if named.manager_known else None

    def settled(self) -> None:
        """Something was configured."""
        self.cloud.settings.local_site.settled()

    def lookup_service(self) -> dict[str, Any]:
        """The lookup service of the site, in the form of `config`."""
        return view(Trust.of(self.lookup))

    def tunnel_error(self) -> dict[str, Any] | None:
        """Why nothing passes through the site's tunnel; None when it works."""
        message = self.tunnels.trouble()
        return error_body("GeneralServerFailure", message) if message else None

    def require_tunnel(self) -> None:
        """Raises ApiError 500 when nothing passes through the tunnel."""
        error = self.tunnel_error()
        if error:
            raise failure(str(error["msg"]))


def build_vcav(world: World) -> dict[str, SiteServices]:
    """The services of every site of the estate, by site name; they find one another through the internal DNS."""
    built = {name: SiteServices(world, site) for name, site in world.sites.items()}
    for group in built.values():
        register_names(world, group)
        group.cloud.other_sites = built
    return built


def register_names(world: World, group: SiteServices) -> None:
    """The estate's names and ports (contract 1.2) of a site's services."""
    domain = world.estate.dns_domain

    def named(service: Any, port: int, role: str) -> None:
        appliance = service.appliance
        for host in (appliance.name, f"{appliance.name}.{domain}", appliance.address):
            world.names.add(host, port, service, role)

    named(group.cloud, 443, "front")
    named(group.cloud, 8046, "management")
    named(group.cloud, 8443, "api")
    named(group.manager, 8441, "front")
    named(group.manager, 8044, "management")
    for replicator in group.replicators:
        named(replicator, 443, "front")
        named(replicator, replicator.appliance.spec.replicator_port, "management")
        world.names.add(f"tn-{replicator.id}.tnexus.io", 8048, replicator, "tunnelled")
    named(group.tunnel, 443, "front")
    named(group.tunnel, 8047, "management")
    # INFERRED: the tunnel's 8048 carries the Cloud service through unopened, so its certificate is what is seen there.
    tunnel = group.tunnel.appliance
    for host in (tunnel.name, f"{tunnel.name}.{domain}", tunnel.address):
        world.names.add(host, 8048, group.cloud, "public")
    spec = group.site.spec
    world.names.add(spec.public_address, spec.public_port, group.cloud, "public")
    world.names.add(f"tn-{group.cloud.id}.tnexus.io", 8048, group.cloud, "tunnelled")
