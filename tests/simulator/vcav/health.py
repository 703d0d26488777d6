"""`diagnostics/about` and `diagnostics/health` in the shapes of each version (contract 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import error_body
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService
    from .cloud import CloudService
    from .manager import ManagerService
    from .replicator import ReplicatorService

_NAMES = {
    "cloud": "vApp Replication Manager",
    "manager": "Replication Manager",
    "replicator": "Replicator",
    "tunnel": "Tunnel",
    # The name is the vendor's, the field UNKNOWN for this one (contract 1.1).
    "onprem": "On-Premises",
}
_RESULT_TYPES = {"cloud": "CloudHealthInfo", "manager": "ManagerHealthInfo"}


def product_name(service: ApplianceService) -> str:
    """`productName`: it tells the services of an appliance apart."""
    return f"{service.product.family} {_NAMES[service.kind]}"


def about(service: ApplianceService) -> dict[str, Any]:
    """The answer of `diagnostics/about`."""
    # Which type the on-premises appliance says to be is UNKNOWN (contract 1.1).
    kind = {} if service.kind == "onprem" else {"serviceType": service.kind.upper()}
    return {
        **kind,
        "productName": product_name(service),
        "buildVersion": service.build,
        "buildDate": service.product.build_date,
    }


def start_health(service: ApplianceService, call: Call) -> Reply:
    """The health object at once (3.x), or a task that ends with it (4.x)."""
    if service.product.is_3:
        return call.json(service.health())
    kind = service.kind.upper()
    task = service.tasks.start(
        service.health,
        type="health",
        resource=(kind, service.id, service.name.split("/")[1]),
        user=call.session.user,
        site=service.local_site_of_sessions,
        operation_id=call.request.headers.get("operationid"),
        result_type=_RESULT_TYPES.get(service.kind, f"{service.kind.capitalize()}HealthInfo"),
        fault=service.world.faults.take_task(service.name, call.request.method, call.request.target),
    )
    return call.json(task.view(service.world.now_ms()), 202)


def checks(service: ApplianceService, *components: str) -> dict[str, Any]:
    """The named checks under the field names of the version: `lsConnectivity` {value} in 3.x, `lsError` in 4.x.

    The schema is that of 3.5; that 3.0 is like it is INFERRED.
    """
    found: dict[str, Any] = {}
    for component in components:
        error = service.component_error(component)
        if service.product.is_3:
            found[f"{component}Connectivity"] = {"value": error}
        else:
            found[f"{component}Error"] = error
    return found


def identity(service: ApplianceService) -> dict[str, Any]:
    """Who is speaking: the head of every health object."""
    now = service.world.now_ms()
    head = {
        "productName": product_name(service),
        "buildVersion": service.build,
        "buildDate": service.product.build_date,
        "instanceId": service.id,
        "runtimeId": service.runtime_id,
        "currentTime": now,
        "address": service.appliance.address,
    }
    if not service.product.is_3:
        head["serviceBootTimestamp"] = service.booted
        head["applianceBootTimestamp"] = service.appliance.booted
    return head


def tunnel_checks(service: ApplianceService) -> dict[str, Any]:
    """The tunnel's state: one error to 4.3, a list from 4.4 on; the 3.x name follows its other fields (INFERRED)."""
    error = service.group.tunnel_error()
    if service.product.is_3:
        return {"tunnelConnectivity": {"value": error}}
    if not service.product.since("4.4"):
        return {"tunnelError": error}
    # A site without a tunnel: that the error stands in an entry without one is INFERRED.
    registered = service.group.tunnels.registration
    return {"tunnelConnectivity": [{"tunnelService": registered.view() if registered else None, "error": error}]}


def _disk_usage(service: ApplianceService) -> dict[str, int]:
    full = service.world.faults.holding("disk_full", service.name)
    return {"free": 0 if full else 6442450944, "usable": 0 if full else 6012954214, "total": 10737418240}


def cloud_health(service: CloudService) -> dict[str, Any]:
    """`CloudHealthInfo`."""
    return {
        **identity(service),
        "diskUsage": _disk_usage(service),
        **checks(service, "ls", "db", "ntp", "vcd", "manager"),
        **tunnel_checks(service),
        "managerHealth": service.group.manager.health(),
    }


def manager_health(service: ManagerService) -> dict[str, Any]:
    """The manager's part."""
    online: list[dict[str, Any]] = []
    offline: list[dict[str, Any]] = []
    for replicator in service.replicators():
        state = replicator["state"]
        (offline if state["incomingCommError"] or state["outgoingCommError"] else online).append(replicator)
    health = {
        **identity(service),
        **checks(service, "ls", "db", "ntp"),
        "localReplicatorsLsMismatch": _lookup_mismatch(service),
        "offlineReplicators": offline,
        "onlineReplicators": online,
        "localReplicatorsHealth": [
            one.service.health()
            for one in service.local_replicators.paired.values()
            if not service.world.is_closed(one.service)
        ],
    }
    if not service.product.is_3:
        health["ssoAdminError"] = service.component_error("ssoAdmin")
    if service.product.since("4.4"):
        health.update(tunnel_checks(service))
    return health


def _lookup_mismatch(service: ManagerService) -> dict[str, Any] | None:
    """Local replicators that are registered with another lookup service than their manager."""
    ours = service.lookup
    names = [
        one.service.appliance.name
        for one in service.local_replicators.paired.values()
        if one.service.lookup and ours and not ours.is_same_place(one.service.lookup)
    ]
    if not names:
        return None
    return error_body("GeneralServerFailure", f"Another lookup service is configured on {', '.join(names)}.")


def replicator_health(service: ReplicatorService) -> dict[str, Any]:
    """One element of `localReplicatorsHealth`."""
    manager = service.group.manager
    managers = []
    if service.manager_thumbprint is not None:
        managers = [{"id": manager.id, "site": service.group.local_site, "buildVersion": manager.build}]
    away = service.world.is_restarting(manager)
    health = {
        **identity(service),
        **checks(service, "ls", "db", "ntp", "lwd", "hbr"),
        "offlineManagers": managers if away else [],
        "onlineManagers": [] if away else managers,
    }
    if not service.product.is_3:
        health["h4dmError"] = service.component_error("h4dm")
    return health


def complaints(document: Any, prefix: str = "") -> list[str]:
    """The checks in a health object that are not well, as dotted names (contract 4.3, the meaning of green)."""
    found: list[str] = []
    if isinstance(document, list):
        for number, item in enumerate(document):
            found += complaints(item, f"{prefix}[{number}]")
    elif isinstance(document, dict):
        for name, value in document.items():
            where = f"{prefix}.{name}" if prefix else name
            if name in ("onlineReplicators", "onlineManagers"):
                if not value:
                    found.append(where)
            elif name == "offlineReplicators":
                if value:
                    found.append(where)
            elif name.endswith(("Error", "Mismatch")) or name == "error":
                if value is not None:
                    found.append(where)
            elif name.endswith("Connectivity") and isinstance(value, dict):
                if value.get("value") is not None:
                    found.append(where)
            else:
                found += complaints(value, where)
    return found
