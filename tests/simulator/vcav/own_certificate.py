"""A service's own certificate, and those that it looks at for a client (contract 3.7, 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..certificates import BadCertificate, read_pkcs12
from ..wire import Reply
from .appliance import SERVICES_RESTART_SECONDS
from .errors import ApiError, bad_input
from .reach import connect
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService


def add_certificate_routes(service: ApplianceService) -> None:
    """Adds the calls to a service."""
    add = service.routes.add
    add("GET", "config/certificate", lambda call: call.json(service.certificate.info))
    add("POST", "config/certificate", lambda call: _install(service, call), raw=True)
    if not service.product.is_3:
        add("PUT", "config/certificate", lambda call: _renew(service, call))
    add("GET", "config/remote-certificate", lambda call: _remote(service, call))


def _install(service: ApplianceService, call: Call) -> Reply:
    """Raw PKCS#12 with its password in a header. What it answers to what cannot be used is INFERRED: 400."""
    media = (call.request.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if media != "application/octet-stream":
        raise ApiError(415, "UnsupportedMediaType", "A certificate is uploaded as application/octet-stream.")
    secret = call.request.headers.get("secret")
    if secret is None:
        raise bad_input("The header Secret is required.")
    try:
        leaf = read_pkcs12(call.request.body, secret, service.world.now_ms())
    except BadCertificate as problem:
        raise bad_input(str(problem)) from problem
    service.certificate.install(leaf)
    return _restarted(service, call)


def _renew(service: ApplianceService, call: Call) -> Reply:
    service.certificate.renew()
    return _restarted(service, call)


def _restarted(service: ApplianceService, call: Call) -> Reply:
    """The service restarts by itself, and every session of it is lost."""
    reply = call.json(service.certificate.info)
    service.world.restart(service, SERVICES_RESTART_SECONDS)
    service.world.certificate_changed(service)
    return reply


def _remote(service: ApplianceService, call: Call) -> Reply:
    url = call.request.first("url")
    if not url:
        raise bad_input("url is required.")
    via_tunnel = (call.request.first("viaTunnel") or "").lower() == "true"
    if via_tunnel:
        service.group.require_tunnel()
    return call.json(connect(service.world, url).service.certificate.info)
