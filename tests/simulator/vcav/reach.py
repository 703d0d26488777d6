"""How one service finds and trusts another one that it is told about: address, certificate, password (contract 3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..naming import Endpoint
from ..service import Presenter
from ..world import World
from .errors import failure

if TYPE_CHECKING:
    from .base import ApplianceService

_SSO_ADMINISTRATOR = "administrator@vsphere.local"


def connect(world: World, url: str) -> Endpoint:
    """Who answers at a URL. Raises ApiError 500 when nobody does (INFERRED, contract 3.7, 9)."""
    endpoint = world.names.find(url)
    if endpoint is None:
        raise failure(f"Cannot connect to '{url}': the name cannot be resolved or nothing listens there.")
    if world.is_restarting(endpoint.service):
        raise failure(f"Cannot connect to '{url}': connection refused.")
    return endpoint


def check_thumbprint(url: str, presenter: Presenter, given: str) -> None:
    """Raises ApiError 500 when the certificate at a URL is not the one that the client has seen."""
    actual = presenter.certificate.thumbprint
    if given != actual:
        raise failure(f"The certificate of '{url}' has the thumbprint {actual}, not {given}.")


def other_service(world: World, url: str, kind: str) -> ApplianceService:
    """The service of that kind at a URL. Raises ApiError 500 when it is something else."""
    found = connect(world, url).service
    if found.kind != kind:
        raise failure(f"No {kind} service answers at '{url}'.")
    return cast("ApplianceService", found)


def check_root_password(service: ApplianceService, password: str) -> None:
    """Raises ApiError 500 for a wrong root password, and for one that must be changed first (contract 4.7)."""
    if password != service.appliance.root_password:
        raise failure(f"The root password of '{service.appliance.name}' is not correct.")
    if service.appliance.root_password_expired:
        raise failure(f"The root password of '{service.appliance.name}' has expired and must be changed first.")


def is_sso_administrator(world: World, user: str, password: str) -> bool:
    """Whether the vSphere single sign-on knows this administrator; there is one, and one password for all sites."""
    return user.lower() == _SSO_ADMINISTRATOR and password == world.estate.sso_password
