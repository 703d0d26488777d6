"""The calls about root passwords: one's own, and in 4.x those of replicators and tunnels (contract 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .appliance import Appliance
from .errors import failure
from .reach import check_thumbprint, other_service
from .routing import Call
from .versions import Product

if TYPE_CHECKING:
    from .base import ApplianceService


def add_root_password_routes(service: ApplianceService) -> None:
    """Adds them to a service."""
    add, product = service.routes.add, service.product
    for path in product.root_expiry_paths:
        add("GET", path, lambda call: call.json(_expiry(product, service.appliance)))
    add("POST", "config/root-password", lambda call: _change(service.appliance, call), expired=True)
    if product.is_3:
        add("POST", "config/check-root-password", lambda call: _check(service, call), write=False)
        return
    kinds = {"cloud": ("replicator", "tunnel"), "manager": ("replicator",)}.get(service.kind, ())
    for kind in kinds:
        _add_helpers(service, kind)


def _add_helpers(service: ApplianceService, kind: str) -> None:
    path = f"config/{kind}s/root-password"
    service.routes.add("POST", f"{path}-expired", lambda call: _expiry_elsewhere(service, kind, call), write=False)
    service.routes.add("POST", path, lambda call: _change_elsewhere(service, kind, call))


def _expiry(product: Product, appliance: Appliance) -> dict[str, Any]:
    expired, seconds = appliance.password_expiry()
    answer: dict[str, Any] = {"rootPasswordExpired": expired}
    if not product.is_3:
        # On 3.x only the first field is proven (contract 4.1).
        answer["secondsUntilExpiration"] = seconds
    return answer


def _change(appliance: Appliance, call: Call) -> Reply:
    new = call.body({"rootPassword": str})["rootPassword"]
    appliance.change_root_password(call.request.headers.get("config-secret"), new)
    return Reply.empty()


def _check(service: ApplianceService, call: Call) -> Reply:
    password = call.body({"password": str})["password"]
    return call.json({"valid": password == service.appliance.root_password})


def _target(service: ApplianceService, kind: str, call: Call) -> tuple[Appliance, str]:
    body = call.body({"apiUrl": str, "apiThumbprint": str, "rootPassword": str})
    target = other_service(service.world, body["apiUrl"], kind)
    check_thumbprint(body["apiUrl"], target, body["apiThumbprint"])
    return target.appliance, body["rootPassword"]


def _expiry_elsewhere(service: ApplianceService, kind: str, call: Call) -> Reply:
    appliance, current = _target(service, kind, call)
    if current != appliance.root_password:
        raise failure(f"The root password of '{appliance.name}' is not correct.")
    return call.json(_expiry(service.product, appliance))


def _change_elsewhere(service: ApplianceService, kind: str, call: Call) -> Reply:
    appliance, new = _target(service, kind, call)
    appliance.change_root_password(call.request.headers.get("config-secret"), new)
    # 200, not the 204 of one's own password; what is in it is UNKNOWN (contract 4.1).
    return call.json({})
