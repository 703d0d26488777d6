"""The calls that every vCloud Availability service answers (contract 4.1 - 4.3, 3.6), whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import bad_input, not_found
from .health import about, start_health
from .paging import page
from .routing import EVERYONE, Call
from .tasks import Task

if TYPE_CHECKING:
    from .base import ApplianceService

_LEVELS = ("ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF")


def add_common_routes(service: ApplianceService) -> None:
    """Adds them to a service."""
    add = service.routes.add
    product = service.product
    appliance = service.appliance

    add("GET", "config/is-configured", lambda call: call.json({"isConfigured": service.is_configured}), EVERYONE)
    add("GET", "config/network", lambda call: call.json(appliance.network()))
    add("POST", "config/network/dns", lambda call: _dns(service, call))
    add("POST", "config/network/hostname", lambda call: _hostname(service, call))
    if product.since("3.5"):
        add("GET", "os/ntp", lambda call: call.json({"ntpServers": appliance.ntp_servers}))
        add("POST", "os/ntp", lambda call: _ntp(service, call))
        add("GET", "os/sshd", lambda call: call.json(_sshd(service)))
        add("POST", "os/sshd", lambda call: _set_sshd(service, call))
    add("GET", "diagnostics/loglevels", lambda call: call.json(service.log_levels))
    add("PUT", "diagnostics/loglevels", lambda call: _log_level(service, call))
    add("POST", "os/reboot-services", lambda call: _reboot(service, call, services_only=True), expired=True)
    add("POST", "os/reboot", lambda call: _reboot(service, call, services_only=False), expired=True)

    add("GET", "diagnostics/about", lambda call: call.json(about(service)), EVERYONE)
    # Asking for health is a read even where it is a POST (contract 7).
    add(product.health_method, "diagnostics/health", lambda call: start_health(service, call), write=False)

    add("GET", "tasks", lambda call: _list_tasks(service, call), EVERYONE)
    add("GET", "tasks/{}", lambda call: _get_task(service, call), EVERYONE)


def _dns(service: ApplianceService, call: Call) -> Reply:
    body = call.body({"dns1": str, "dns2": str, "dnsSearchDomains": list})
    service.appliance.dns_servers = [server for server in (body["dns1"], body["dns2"]) if server]
    service.appliance.search_domains = _strings(body["dnsSearchDomains"], "dnsSearchDomains")
    return call.json(service.appliance.network())


def _hostname(service: ApplianceService, call: Call) -> Reply:
    service.appliance.hostname = call.body({"hostname": str})["hostname"]
    return call.json(service.appliance.network())


def _ntp(service: ApplianceService, call: Call) -> Reply:
    service.appliance.ntp_servers = _strings(call.body({"ntpServers": list})["ntpServers"], "ntpServers")
    return call.json({"ntpServers": service.appliance.ntp_servers})


def _sshd(service: ApplianceService) -> dict[str, Any]:
    enabled = service.appliance.sshd_enabled
    return {"enabled": enabled, "status": "active" if enabled else "inactive"}


def _set_sshd(service: ApplianceService, call: Call) -> Reply:
    service.appliance.sshd_enabled = call.body({"enable": bool})["enable"]
    return call.json(_sshd(service))


def _log_level(service: ApplianceService, call: Call) -> Reply:
    body = call.body({"logger": str, "level": str})
    if body["level"] not in _LEVELS:
        raise bad_input(f"level must be one of {', '.join(_LEVELS)}.")
    service.log_levels[body["logger"]] = body["level"]
    return call.json(service.log_levels)


def _reboot(service: ApplianceService, call: Call, services_only: bool) -> Reply:
    # The shape of the answer is UNKNOWN; an empty object promises nothing.
    if services_only:
        service.appliance.restart_services()
    else:
        service.appliance.reboot()
    return call.json({})


def _visible(service: ApplianceService, call: Call) -> list[Task]:
    session = call.session
    tasks = service.tasks.newest_first()
    return [task for task in tasks if session.is_admin or task.user == session.user]


def _list_tasks(service: ApplianceService, call: Call) -> Reply:
    request = call.request
    tasks = _visible(service, call)
    site, user, state = request.first("site"), request.first("user"), request.first("state")
    operation = request.first("operationID")
    source, destination = request.first("sourceOrg"), request.first("destinationOrg")
    types = request.first("resourceType")
    wanted_types = set(types.split(",")) if types else None
    after, before = _time(call, "startTimeAfter"), _time(call, "startTimeBefore")
    found = [
        task
        for task in tasks
        if (not site or task.site == site)
        and (not user or task.user == user)
        and (not state or task.state == state)
        and (not operation or task.operation_id == operation)
        and (not source or task.source_org == source)
        and (not destination or task.destination_org == destination)
        and (wanted_types is None or task.resource_type in wanted_types)
        and (after is None or task.started > after)
        and (before is None or task.started < before)
    ]
    answer = page(request, found)
    now = service.world.now_ms()
    answer["items"] = [task.view(now) for task in answer["items"]]
    return call.json(answer)


def _get_task(service: ApplianceService, call: Call) -> Reply:
    task = service.tasks.find(call.args[0])
    if task is None or not (call.session.is_admin or task.user == call.session.user):
        raise not_found(f"Task {call.args[0]}")
    return call.json(task.view(service.world.now_ms()))


def _time(call: Call, name: str) -> int | None:
    text = call.request.first(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise bad_input(f"{name} must be a time in milliseconds.") from None


def _strings(values: list[Any], name: str) -> list[str]:
    if not all(isinstance(value, str) for value in values):
        raise bad_input(f"{name} must be a list of strings.")
    return values
