"""The lookup service with which every service is registered for itself, and the calls that do it (contract 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..naming import authority_of
from ..wire import Reply
from ..world import World
from .errors import ApiError, bad_input, failure
from .reach import check_root_password, check_thumbprint, connect, other_service
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService

_PATH = "/lookupservice/sdk"


class LookupService:
    """A vCenter's name and certificate: services are told of it and look at it, no client of the simulator logs in."""

    kind = "lookup"

    def __init__(self, world: World, site: str, url: str) -> None:
        self.name = f"{site}/lookup"
        self.site = site
        self.url = url
        self.host, self.port = authority_of(url) or (url, 443)
        self.certificate = world.issue_certificate([self.host])
        world.names.add(self.host, self.port, self, "lookup")


@dataclass(frozen=True)
class Trust:
    """A lookup service as a service has pinned it."""

    url: str
    thumbprint: str

    @classmethod
    def of(cls, lookup: LookupService) -> Trust:
        """As it presents itself now."""
        return cls(lookup.url, lookup.certificate.thumbprint)

    def is_same_place(self, other: Trust) -> bool:
        """Whether both lead to one lookup service: a trailing slash and the port 443 may be written or left out."""
        return authority_of(self.url) == authority_of(other.url)


def view(trust: Trust | None) -> dict[str, Any]:
    """The two fields of `config`, and the answer of `config/lookup-service`."""
    return {"lsUrl": trust.url if trust else None, "lsThumbprint": trust.thumbprint if trust else None}


def verified(world: World, url: str, thumbprint: str) -> Trust:
    """A lookup service that answers with this certificate. Raises ApiError 500 when it does not."""
    if not url.startswith("https://"):
        raise bad_input("The lookup service must be an https URL.")
    endpoint = connect(world, url)
    # The normal form is the only one that any client writes; a trailing slash means the same (contract 3.7).
    if endpoint.role != "lookup" or urlsplit(url).path.rstrip("/") != _PATH:
        raise failure(f"Cannot connect to '{url}': no lookup service answers there.")
    check_thumbprint(url, endpoint.service, thumbprint)
    return Trust(url, thumbprint)


def trouble(service: ApplianceService) -> str | None:
    """What is wrong with a service's lookup service; None when it can be used."""
    if service.lookup is None:
        return "No lookup service is configured."
    try:
        verified(service.world, service.lookup.url, service.lookup.thumbprint)
    except ApiError as problem:
        return problem.message
    return None


def add_lookup_routes(service: ApplianceService) -> None:
    """The calls of every service, and those by which the cloud and manager services set it on others (4.x)."""
    add, product, kind = service.routes.add, service.product, service.kind
    add("POST", "config/lookup-service", lambda call: _set(service, service, call))
    if kind == "manager" and product.since("4.6"):
        add("DELETE", "config/lookup-service", lambda call: _unset(service))
    if product.is_3:
        return
    if kind == "cloud":
        add("POST", "config/check-lookup-service", lambda call: _check(service, call), write=False)
        add("POST", "config/manager/lookup-service", lambda call: _set(service, service.group.manager, call))
        add("POST", "config/tunnels/lookup-service", lambda call: _set_elsewhere(service, "tunnel", call))
    if kind in ("cloud", "manager"):
        add("POST", "config/replicators/lookup-service", lambda call: _set_elsewhere(service, "replicator", call))


def _set(service: ApplianceService, target: ApplianceService, call: Call) -> Reply:
    body = call.body({"url": str, "thumbprint": str})
    target.lookup = verified(service.world, body["url"], body["thumbprint"])
    service.group.settled()
    return call.json(view(target.lookup))


def _unset(service: ApplianceService) -> Reply:
    # What it answers is UNKNOWN; nothing promises nothing.
    service.lookup = None
    return Reply.empty()


def _check(service: ApplianceService, call: Call) -> Reply:
    body = call.body({"url": str, "thumbprint": str})
    verified(service.world, body["url"], body["thumbprint"])
    return Reply.empty()


def _set_elsewhere(service: ApplianceService, kind: str, call: Call) -> Reply:
    body = call.body(dict.fromkeys(("lsUrl", "lsThumbprint", "apiUrl", "apiThumbprint", "rootPassword"), str))
    target = other_service(service.world, body["apiUrl"], kind)
    check_thumbprint(body["apiUrl"], target, body["apiThumbprint"])
    check_root_password(target, body["rootPassword"])
    target.lookup = verified(service.world, body["lsUrl"], body["lsThumbprint"])
    return call.json(view(target.lookup))
