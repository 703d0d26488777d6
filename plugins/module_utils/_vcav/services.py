# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that go away and come back: restart, reboot, and what waits for one (contract 4.2, 4.5, 4.6, 5.1)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .._http import HttpError, is_passing
from .._plan import InputError
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import health
from .client import UNFINISHED, Vcav

SERVICES, APPLIANCE = "services", "appliance"
_CALLS = {SERVICES: "os/reboot-services", APPLIANCE: "os/reboot"}
WORDS = {SERVICES: "restarting the services", APPLIANCE: "rebooting the appliance"}


def refuse_token(api: Vcav, what: str) -> None:
    """Refuse work that ends the session where no other can be opened. `what` names the work. Raises InputError."""
    if not api.can_log_in:
        raise InputError(
            f"vcav_token is given: {what} at {api.endpoint} ends its session, and nobody could log in afterwards to "
            "see the service return. Give vcav_user and vcav_password instead. Nothing was changed."
        )


def await_gone(api: Vcav, what: str, *, timeout: float, interval: float) -> None:
    """Wait until the session with which the restart was asked for is no more (contract 3.2, 5.1).

    A service answers for a moment before it goes, so an answer alone proves nothing. Call it right after the request
    that makes the service restart, before any other. `what` names the work in errors; `timeout` and `interval` are
    seconds. Raises TaskFailed.
    """
    try:
        wait_for(lambda: _is_gone(api), lambda gone: gone, timeout=timeout, interval=min(interval, 1.0))
    except WaitTimeout as late:
        raise TaskFailed(
            f"{what} at {api.endpoint}",
            {},
            f"the service still answers in the old session after {late.seconds:g} seconds, so it has not restarted. "
            "Look at the appliance's console or its logs; run the task again when it has restarted",
        ) from late


def _is_gone(api: Vcav) -> bool:
    try:
        return not api.still_logged_in()
    except HttpError as problem:
        # A certificate that is not the one we trust is that of the service that has come back.
        return away(problem) or problem.kind == "tls"


def away(fault: Exception) -> bool:
    """True for what a service that is starting answers, or does not."""
    return is_passing(fault) or (isinstance(fault, HttpError) and (fault.status or 0) >= 500)


def await_return(
    api: Vcav, *, timeout: float, interval: float, what: str = "waiting for the restart of the service"
) -> None:
    """Wait until a service that was made to restart has gone, answers again and lets us log in again.

    Call it right after the request that makes the service restart. On return `api` is logged in anew and knows the
    release that runs now. With a token of the user's, it only waits until the service answers. `timeout` and
    `interval` are seconds, `timeout` for both together. Raises TaskFailed when the time is over, and HttpError for an
    answer that no waiting mends (a password or a certificate that is not accepted any more).
    """
    began = time.monotonic()
    await_gone(api, what, timeout=timeout, interval=interval)
    left = max(0.0, timeout - (time.monotonic() - began))
    try:
        wait_for(lambda: _enter(api), lambda entered: entered, timeout=left, interval=interval, tolerate=away)
    except WaitTimeout as late:
        raise TaskFailed(
            f"{what} at {api.endpoint}",
            {},
            f"it has gone down and is not back after {timeout:g} seconds; last: {late.fault}. It may still come: raise "
            "wait_timeout, or look at the appliance's console. What was changed before is kept by the appliance",
        ) from late


def _enter(api: Vcav) -> bool:
    """Log in anew, once the service answers at all: one quick question first, so that a wait does not overrun."""
    if not api.still_logged_in() and api.can_log_in:
        api.get("sessions")
    return True


def restart(api: Vcav, what: str, *, timeout: float, interval: float) -> None:
    """Restart the `services` or the whole `appliance`, and wait until the service is back.

    Raises InputError (a token of the user's, which would not outlive it), HttpError, TaskFailed.
    """
    words = WORDS[what]
    refuse_token(api, words)
    try:
        api.request("POST", _CALLS[what])
    except HttpError as lost:
        # The service may go before its answer has left; whether it goes is seen right below.
        if not lost.outcome_unknown:
            raise
    await_return(api, timeout=timeout, interval=interval, what=words)


def pending(api: Vcav, document: Mapping[str, Any] | None = None, *, timeout: int = 60, interval: int = 2) -> list[str]:
    """Why the services of this appliance have to be restarted, as far as the product shows it; empty: they have not.

    Endpoints that are configured but not effective yet (cloud service, contract 4.5), and a tunnel that the service's
    health says is used only after a restart (4.6). `document` is the health document if the caller has it already;
    else it is read, for at most `timeout` seconds. Raises HttpError, TaskFailed.
    """
    service = str(api.facts.get("service"))
    reasons = _endpoints(api) if service.upper() == "CLOUD" else []
    found = health.read(api, {"timeout": timeout, "interval": interval}) if document is None else document
    own = service.lower()
    for row in health.checks(found, service, api.site):
        # The product has no code for it: its own words are all there is.
        if row["part"] == own and row["check"] == "tunnel" and "restart" in row["message"].lower():
            reasons.append(f"tunnel: {row['message']}")
    return reasons


def _endpoints(api: Vcav) -> list[str]:
    """Endpoints that were set and do not hold yet. What is not set takes a default, which is no difference."""
    answer = api.get("config/endpoints") or {}
    configured, effective = answer.get("configured") or {}, answer.get("effective") or {}
    return [
        f"endpoints: {name} is set to {value!r} and {effective.get(name)!r} is in effect"
        for name, value in sorted(configured.items())
        if value is not None and value != effective.get(name)
    ]


def unfinished(api: Vcav) -> list[str]:
    """The tasks that somebody's restart would cut off, each as a few words; our own health reading is not one."""
    found = []
    for task in (task for state in UNFINISHED for task in api.pages("tasks", state=state)):
        about = task.get("workflowInfo") or {}
        if about.get("type") != "health":
            subject = about.get("resourceName") or about.get("resourceId") or ""
            found.append(f"{about.get('type')} {subject} of {task.get('user')} (task {task.get('id')})")
    return found
