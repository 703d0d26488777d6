"""Which sites a site is paired with, and the rules of pairing (contract 4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from ..naming import authority_of
from .errors import bad_input, error_body, failure, not_found
from .health import complaints

if TYPE_CHECKING:
    from .cloud import CloudService


@dataclass
class Peer:
    """A site as the other one has pinned it."""

    site: str
    description: str
    public_url: str
    thumbprint: str
    estate_site: str = ""
    """Which site of the estate it is, whatever name it goes by; known once it was found."""
    tunnel_serial: int = 0
    """Which certificate the other site's tunnel had (contract 4.4)."""


def admits(allowed: str, address: str) -> bool:
    """Whether a comma list of networks (`0.0.0.0/0,::0/0`; empty: nobody) has this address in it."""
    try:
        source = ip_address(address)
        networks = [ip_network(part.strip(), strict=False) for part in allowed.split(",") if part.strip()]
    except ValueError:
        return False
    return any(source in network for network in networks if network.version == source.version)


class Pairing:
    """The pairings of one site, as its Cloud service sees them."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self.peers: dict[str, Peer] = {}

    # Reading

    def service_of(self, peer: Peer) -> CloudService:
        """The Cloud service behind a pairing: sites of the estate never go away."""
        return self._cloud.other_sites[peer.estate_site].cloud

    def listed(self) -> list[dict[str, Any]]:
        """All sites, the local one first, when it has a name."""
        local = [self.local()] if self._cloud.local_site else []
        return [*local, *(self.view(peer) for peer in self.peers.values())]

    def local(self) -> dict[str, Any]:
        """The local site."""
        cloud = self._cloud
        return {
            "site": cloud.local_site,
            "description": cloud.settings.local_site.description,
            "apiUrl": cloud.management_url,
            "apiPublicUrl": cloud.public_url,
            "apiThumbprint": cloud.certificate.thumbprint,
            "isLocal": True,
            "state": {"incomingCommError": None, "outgoingCommError": None},
            "apiVersion": cloud.product.api,
            "buildVersion": cloud.build,
        }

    def view(self, peer: Peer) -> dict[str, Any]:
        """A remote site; its internal address is the synthetic one of contract 1.3."""
        remote = self.service_of(peer)
        return {
            "site": peer.site,
            "description": peer.description,
            "apiUrl": f"https://tn-{remote.id}.tnexus.io:8048",
            "apiPublicUrl": peer.public_url,
            "apiThumbprint": peer.thumbprint,
            "isLocal": False,
            "state": {"incomingCommError": self.incoming_error(peer), "outgoingCommError": self.outgoing_error(peer)},
            "apiVersion": remote.product.api,
            "buildVersion": remote.build,
        }

    def outgoing_error(self, peer: Peer) -> dict[str, Any] | None:
        """Why this site cannot reach the other one; None when it can."""
        return _connection_error(self._cloud, self.service_of(peer), peer)

    def incoming_error(self, peer: Peer) -> dict[str, Any] | None:
        """Why the other site cannot reach this one; None when it can."""
        remote = self.service_of(peer)
        back = remote.pairing.peers.get(self._cloud.local_site or "")
        if back is None or back.estate_site != self._cloud.site:
            return error_body("GeneralServerFailure", f"Site '{peer.site}' is not paired with this site.")
        return _connection_error(remote, self._cloud, back)

    def need(self, site: str) -> Peer:
        """The pairing with a site; ApiError 404 when there is none."""
        peer = self.peers.get(site)
        if peer is None:
            raise not_found(f"Site {site}")
        return peer

    # Writing

    def check_name(self, site: str) -> None:
        """Refuses what cannot be paired whatever the network says: itself, and a name that is there already.

        That this is a 400 at once, not a failed task, is INFERRED.
        """
        if site == self._cloud.local_site:
            raise bad_input(f"'{site}' is the local site.")
        if site in self.peers:
            raise bad_input(f"Site '{site}' is already paired.")

    def pair(self, wanted: Peer, remote_root_password: str | None, both: bool) -> None:
        """Pairs with a site; `both`: that site with this one as well.

        Raises ApiError 500 with a telling message when a rule of contract 4.8 is broken.
        """
        remote = self._verify(wanted)
        if wanted.site in self.peers:
            raise failure(f"Site '{wanted.site}' is already paired.")
        if remote_root_password is not None and remote_root_password != remote.appliance.root_password:
            raise failure(f"Site '{wanted.site}' refused the root password.")
        if both:
            cloud, local = self._cloud, self._cloud.settings.local_site
            url = cloud.settings.endpoints.public_url
            if url is None or local.name is None:
                raise failure("This site has no public API endpoint that it could tell the other one.")
            thumbprint = cloud.certificate.thumbprint
            remote.pairing.peers[local.name] = _found(Peer(local.name, local.description or "", url, thumbprint), cloud)
        self.peers[wanted.site] = _found(wanted, remote)

    def repair(self, wanted: Peer) -> None:
        """Pins URL, thumbprint and description anew. This side only: that a repair mends both is not recorded."""
        remote = self._verify(wanted)
        self.peers[wanted.site] = _found(wanted, remote)

    def unpair(self, site: str) -> None:
        """Forgets a site on this side; the other side shows errors until it does the same (contract 4.8, 7)."""
        self.need(site)
        del self.peers[site]
        self._cloud.sessions.forget_site(site)

    def _verify(self, wanted: Peer) -> CloudService:
        cloud = self._cloud
        if cloud.local_site is None:
            raise failure("This site has no name yet.")
        cloud.group.require_tunnel()
        cloud.group.tunnels.require_no_loop()
        _require_green(cloud)
        endpoint = cloud.world.names.find(wanted.public_url)
        if endpoint is None:
            raise failure(f"Cannot connect to '{wanted.public_url}': the name cannot be resolved or nothing listens.")
        remote = next((one.cloud for one in cloud.other_sites.values() if one.cloud is endpoint.service), None)
        if remote is None or endpoint.role != "public":
            # No internal short cut is possible: everything goes from tunnel to tunnel (contract 1.3).
            raise failure(f"'{wanted.public_url}' is not the public API endpoint of a site.")
        remote.group.require_tunnel()
        remote.group.tunnels.require_no_loop()
        if cloud.world.is_restarting(remote):
            raise failure(f"Cannot connect to '{wanted.public_url}': the service does not answer.")
        if remote.certificate.thumbprint != wanted.thumbprint:
            raise failure(
                f"The certificate of '{wanted.public_url}' has the thumbprint {remote.certificate.thumbprint}, "
                f"not {wanted.thumbprint}."
            )
        if remote.certificate.thumbprint == cloud.certificate.thumbprint:
            raise failure(f"Both sites have the same certificate, thumbprint {wanted.thumbprint}.")
        if remote.local_site != wanted.site:
            raise failure(f"The site at '{wanted.public_url}' is not named '{wanted.site}'.")
        _require_green(remote)
        if not remote.admits_administrator(cloud.group.tunnel.appliance.address):
            raise failure(f"Site '{wanted.site}' does not admit administrators through its tunnel.")
        return remote


def _found(peer: Peer, remote: CloudService) -> Peer:
    """With what is known once the other site was found."""
    return replace(peer, estate_site=remote.site, tunnel_serial=remote.group.tunnel.certificate.serial)


def _require_green(cloud: CloudService) -> None:
    # Replicators of sites that are paired already are left out: a broken pairing must not forbid its own repair.
    health = cloud.health()
    manager = health["managerHealth"]
    for kind in ("onlineReplicators", "offlineReplicators"):
        manager[kind] = [one for one in manager[kind] if one["site"] == cloud.local_site]
    wrong = complaints(health)
    if wrong:
        raise failure(f"Site '{cloud.local_site}' is not healthy: {', '.join(wrong)}.")


def _connection_error(source: CloudService, target: CloudService, pinned: Peer) -> dict[str, Any] | None:
    error = source.group.tunnel_error() or target.group.tunnel_error()
    if error:
        return error
    loop = source.group.tunnels.loop() or target.group.tunnels.loop()
    if loop:
        return error_body("GeneralServerFailure", loop)
    if target.world.is_restarting(target):
        return error_body("GeneralServerFailure", f"Site '{pinned.site}' does not answer.")
    if pinned.thumbprint != target.certificate.thumbprint:
        message = f"The certificate of site '{pinned.site}' is not trusted: {target.certificate.thumbprint}."
        return error_body("GeneralServerFailure", message)
    if pinned.tunnel_serial != target.group.tunnel.certificate.serial:
        message = f"The certificate of the tunnel of site '{pinned.site}' is not trusted."
        return error_body("GeneralServerFailure", message)
    return None


def peer_from(site: str, body: Mapping[str, Any]) -> Peer:
    """A pairing from the body of POST or PUT. Raises ApiError 400 for an address that is none."""
    if "://" not in body["apiUrl"] or authority_of(body["apiUrl"]) is None:
        raise bad_input("apiUrl must be an https URL.")
    return Peer(site, body.get("description") or "", body["apiUrl"], body["apiThumbprint"])
