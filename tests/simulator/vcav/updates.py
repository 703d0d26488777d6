"""Updates of an appliance: where they come from, what there is, and taking it (contract 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..wire import Reply
from .errors import bad_input, failure
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService

_EULA = "VMware End User License Agreement (simulated): the text that an administrator accepts before an update."
_CDROM = "cdrom://"


class Repository:
    """Where an appliance looks for updates."""

    def __init__(self) -> None:
        self.url = ""
        """"" is the vendor's."""
        self.user: str | None = None

    def view(self, build: str) -> dict[str, Any]:
        """The answer of `update/repository-url`; the vendor's is shown with its address (contract 4.2)."""
        release = ".".join(build.split(".")[:3])
        vendor = (
            f"https://updates.example.com/vai-catalog/valm/vmw/6f1b3f0e-5c0f-4b39-8f57-0c7f4a1b2c3d/{release}.latest"
        )
        return {"repositoryUrl": self.url or vendor, "username": self.user}


def add_update_routes(service: ApplianceService) -> None:
    """Adds the calls to a service; all services of an appliance are updated together."""
    add, appliance = service.routes.add, service.appliance
    add("GET", "update/repository-url", lambda call: call.json(appliance.repository.view(service.build)))
    add("POST", "update/repository-url", lambda call: _set_repository(service, call))
    # Questions that are answered with a task are no writes.
    add("GET", "update", lambda call: _task(service, call, lambda: _available(service)))
    add("GET", "update/eula", lambda call: _task(service, call, lambda: _eula(service)))
    add("POST", "update", lambda call: _task(service, call, lambda: _apply(service)))


def _task(service: ApplianceService, call: Call, work: Any) -> Reply:
    return service.start_task(call, "update", ("appliance", service.appliance.id, service.appliance.name), work)


def _set_repository(service: ApplianceService, call: Call) -> Reply:
    body = call.body({"repositoryUrl": str}, {"username": str, "password": str})
    url, user = body["repositoryUrl"], body.get("username")
    if url not in ("", _CDROM) and urlsplit(url).scheme not in ("http", "https"):
        raise bad_input("repositoryUrl must be empty, cdrom:// or an http or https URL.")
    if body.get("password") and not user:
        raise bad_input("A password needs a username.")

    def work() -> None:
        service.appliance.repository.url, service.appliance.repository.user = url, user

    return _task(service, call, work)


def _look(service: ApplianceService) -> str | None:
    """The newer build that the repository has; None when the appliance is up to date."""
    appliance = service.appliance
    if appliance.repository.url == _CDROM:
        raise failure("No update was found: there is no disc in the CD-ROM drive.")
    newer = service.product.newer_build
    return newer if newer != service.build else None


def _available(service: ApplianceService) -> dict[str, Any] | None:
    # What a result looks like is UNKNOWN; it has no more than it must.
    newer = _look(service)
    return {"version": newer} if newer else None


def _eula(service: ApplianceService) -> dict[str, Any]:
    if _look(service) is None:
        raise failure("There is no update.")
    return {"eula": _EULA}


def _apply(service: ApplianceService) -> None:
    newer = _look(service)
    if newer is None:
        raise failure("There is no update.")
    service.require_disk()
    service.appliance.build = newer
    # The whole machine comes up again with the new release (contract 5.1); the task stays listed.
    service.appliance.reboot()
