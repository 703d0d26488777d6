"""Bad days on demand: what is to go wrong, for which requests, and how often.

A fault is added through the control listener. Three families:

* *request* faults meet the next matching requests (`times` of them, without `times` all until cleared);
* *task* faults meet the next tasks that a service starts for a matching request;
* *state* faults hold from the moment they are added until they are cleared (a tunnel is down, a certificate is wrong).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .journal import matches, path_matches

if TYPE_CHECKING:
    from .world import World

REQUEST_KINDS: Mapping[str, str] = {
    "too_many_requests": "429 with Retry-After (parameter retry_after, seconds, default 1); nothing is done",
    "bad_gateway": "502 with an HTML page, as a proxy sends it; nothing is done",
    "service_unavailable": "503 (parameter retry_after adds the header); nothing is done",
    "drop_reply": "the request is carried out, then the connection is closed without an answer",
    "expire_tokens": "every session of the service is forgotten before the request is looked at",
    "short_page": "a paged answer comes with fewer items than asked for (parameter keep, default 0), total unchanged",
    "repeat_token": "the header with the session's token comes twice, as the real thing does at times",
    "slow": "the answer takes longer (parameter seconds, default 1)",
    "refuse_role": "403, as for a user without the role",
    "restart": "the service goes away (parameters seconds, default 3; mode 503 or refused, default 503)",
}
TASK_KINDS: Mapping[str, str] = {
    "fail_task": "the task ends FAILED (parameter message; at the vCD also status: error, canceled or aborted)",
    "hang_task": "the task stays RUNNING for ever",
    "interrupt_install": "the orchestrator restarts while a plug-in is being installed: it is not there afterwards",
}
STATE_KINDS: Mapping[str, str] = {
    "wrong_certificate": "the service presents a new certificate",
    "same_certificate": "the service presents the certificate of another one (parameter of: that service's name)",
    "tunnel_down": "the site's tunnel does not answer (match the site's tunnel or cloud service)",
    "disk_full": "the disk of the service's appliance is full: bundles, backups and updates fail",
    "component_error": "a health check fails (parameters component, for example lsError; message)",
}
KINDS: Mapping[str, str] = {**REQUEST_KINDS, **TASK_KINDS, **STATE_KINDS}


# What each kind may be told; anything else would be a fault that looks set and does nothing.
_PARAMETERS: Mapping[str, frozenset[str]] = {
    "too_many_requests": frozenset({"retry_after"}),
    "service_unavailable": frozenset({"retry_after"}),
    "short_page": frozenset({"keep"}),
    "slow": frozenset({"seconds"}),
    "restart": frozenset({"seconds", "mode"}),
    "fail_task": frozenset({"message", "status"}),
    "same_certificate": frozenset({"of"}),
    "component_error": frozenset({"component", "message"}),
}
_NUMBERS = ("retry_after", "keep", "seconds")
_MODES = ("503", "refused")


class BadFault(Exception):
    """A fault that cannot be added; the message says why."""


@dataclass
class Fault:
    """One thing that goes wrong."""

    id: int
    kind: str
    service: str | None = None
    """Pattern with `*` for the service's name."""
    method: str | None = None
    path: str | None = None
    """Pattern with `*` for the path (with or without query)."""
    times: int | None = None
    """How many requests it meets; None for all until it is cleared."""
    parameters: dict[str, Any] = field(default_factory=dict)
    met: int = 0

    def fits(self, service: str, method: str, target: str) -> bool:
        """Whether it meets this request."""
        return (
            matches(self.service, service)
            and (self.method is None or self.method == method)
            and (self.path is None or path_matches(self.path, target))
        )

    def number(self, name: str, default: float) -> float:
        """A numeric parameter."""
        return float(self.parameters.get(name, default))

    def as_dict(self) -> dict[str, Any]:
        """For the control listener."""
        return {
            "id": self.id,
            "kind": self.kind,
            "match": {"service": self.service, "method": self.method, "path": self.path},
            "times": self.times,
            "met": self.met,
            "parameters": self.parameters,
        }


def _check_parameters(kind: str, parameters: Mapping[str, Any]) -> None:
    """Raises BadFault for parameters that the kind does not have, and for values that would fail later."""
    known = _PARAMETERS.get(kind, frozenset())
    for name, value in parameters.items():
        if name not in known:
            raise BadFault(f"{kind} has no parameter {name}; it has {', '.join(sorted(known)) or 'none'}.")
        if name in _NUMBERS and not _is_amount(value):
            raise BadFault(f"{name} must be a number of at least 0.")
        if name == "mode" and str(value) not in _MODES:
            raise BadFault(f"mode must be one of {', '.join(_MODES)}.")


def _is_amount(value: Any) -> bool:
    try:
        return 0 <= float(value) < 1e9
    except (TypeError, ValueError):
        return False


class Faults:
    """The faults that are waiting or holding."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids = itertools.count(1)
        self._undo: dict[int, Callable[[], None]] = {}
        self.all: list[Fault] = []

    def add(
        self,
        kind: str,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Fault:
        """Adds a fault; state faults take effect at once.

        Raises BadFault for unknown kinds and for state faults whose `service` fits no service.
        """
        if kind not in KINDS:
            raise BadFault(f"Unknown fault {kind}; one of {', '.join(sorted(KINDS))} is known.")
        _check_parameters(kind, parameters or {})
        if times is not None and times < 1:
            raise BadFault("times must be at least 1.")
        services = [one for one in self._world.services.values() if matches(service, one.name)]
        if not services:
            raise BadFault(f"No service fits {service}; there are {', '.join(sorted(self._world.services))}.")
        fault = Fault(
            next(self._ids), kind, service, method.upper() if method else None, path, times, dict(parameters or {})
        )
        if kind in ("wrong_certificate", "same_certificate"):
            self._change_certificates(fault)
        if kind == "component_error" and not fault.parameters.get("component"):
            raise BadFault("component_error needs the parameter component.")
        self.all.append(fault)
        return fault

    def _change_certificates(self, fault: Fault) -> None:
        changed = [one for one in self._world.services.values() if matches(fault.service, one.name)]
        if fault.kind == "same_certificate":
            source = self._world.services.get(str(fault.parameters.get("of")))
            if source is None:
                raise BadFault("same_certificate needs the parameter of: the name of the service to copy from.")
            for one in changed:
                one.certificate.become(source.certificate)
        else:
            for one in changed:
                one.certificate.become(self._world.authority.leaf(one.certificate.names))

        # Only the certificates that this fault changed go back: another one may have been regenerated on purpose.
        def undo() -> None:
            for one in changed:
                one.certificate.restore()

        self._undo[fault.id] = undo

    def clear(self, fault_id: int | None = None) -> int:
        """Removes one fault or all, undoing state faults; answers how many were removed."""
        gone = [fault for fault in self.all if fault_id is None or fault.id == fault_id]
        for fault in gone:
            self.all.remove(fault)
            undo = self._undo.pop(fault.id, None)
            if undo:
                undo()
        return len(gone)

    def take(self, kinds: Mapping[str, str], service: str, method: str, target: str) -> Fault | None:
        """The first waiting fault of these kinds that meets the request; its count goes down by one."""
        for fault in self.all:
            if fault.kind in kinds and fault.fits(service, method, target):
                fault.met += 1
                if fault.times is not None and fault.met >= fault.times:
                    self.all.remove(fault)
                return fault
        return None

    def take_task(self, service: str, method: str, target: str) -> Fault | None:
        """The fault that the task started by this request is to suffer, if any."""
        return self.take(TASK_KINDS, service, method, target) if self.all else None

    def holding(self, kind: str, service: str) -> list[Fault]:
        """The state faults of one kind that hold for a service."""
        return [fault for fault in self.all if fault.kind == kind and matches(fault.service, service)]
