"""The vCloud Availability services of one site, and how they find one another."""

from __future__ import annotations

from typing import Any

from ..certificates import thumbprint_of
from ..estate import SiteSpec
from ..world import Site, World
from .appliance import Appliance
from .cloud import CloudService
from .errors import error_body, failure
from .manager import ManagerService
from .replicator import ReplicatorService
from .tunnel import TunnelService


class SiteServices:
    """All appliances of a site, deployed and configured: the day-2 state of the estate, not yet paired."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        spec: SiteSpec = site.spec
        self.appliances = {one.name: Appliance(world, site, one) for one in spec.appliances}
        cloud = self.appliances[spec.appliances_of("cloud")[0].name]
        tunnel = self.appliances[spec.appliances_of("tunnel")[0].name]
        self.tunnel = TunnelService(world, site, tunnel, self)
        self.replicators = [
            ReplicatorService(world, site, self.appliances[one.name], self) for one in spec.appliances_of("replicator")
        ]
        self.manager = ManagerService(world, site, cloud, self)
        self.cloud = CloudService(world, site, cloud, self)

    def lookup_service(self) -> dict[str, Any]:
        """The lookup service that every service of the site is registered with."""
        url = self.site.spec.lookup_service
        # The vCenter is not simulated here, so the thumbprint is one that nobody can present.
        return {"lsUrl": url, "lsThumbprint": thumbprint_of(url.encode())}

    def tunnel_error(self) -> dict[str, Any] | None:
        """Why nothing passes through the site's tunnel; None when it works."""
        holding = self.world.faults.holding
        if holding("tunnel_down", self.tunnel.name) or holding("tunnel_down", self.cloud.name):
            return error_body("GeneralServerFailure", f"The tunnel of site '{self.site.name}' is down.")
        if self.world.is_restarting(self.tunnel):
            return error_body("GeneralServerFailure", f"The tunnel of site '{self.site.name}' does not answer.")
        return None

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
        spec = service.appliance.spec
        for host in (spec.name, f"{spec.name}.{domain}", spec.address):
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
    tunnel = group.tunnel.appliance.spec
    for host in (tunnel.name, f"{tunnel.name}.{domain}", tunnel.address):
        world.names.add(host, 8048, group.cloud, "public")
    spec = group.site.spec
    world.names.add(spec.public_address, spec.public_port, group.cloud, "public")
    world.names.add(f"tn-{group.cloud.id}.tnexus.io", 8048, group.cloud, "tunnelled")
