# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health: one reading for every release, and what to do about each check that is not green (contract 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._names import nearest
from .._plan import InputError
from .client import Vcav

_ADVICE = {
    "lookup service": "Check the vCenter's lookup service and the thumbprint that this service has pinned.",
    "database": "Look at the appliance's disk and restart its services.",
    "time": "Set working NTP servers; more than a few seconds of difference break tokens.",
    "vcd": "Check vCloud Director and the service account that this site uses.",
    "manager": "Look at the manager service on the same appliance.",
    "tunnel": "Check the tunnel appliance, then restart the services of the cloud appliance.",
    "sso": "Set the vSphere SSO credentials of the manager anew.",
    "replicators": "Check power and network of the replicator, then repair its registration.",
    "replicators of paired sites": "Look at the health of the paired site, and at the pairing with it.",
    "replication engine": "Restart the replicator's services.",
}
# check -> the names that the releases give it: 3.5 uses …Connectivity, 4.x …Error
_CHECKS = {
    "lookup service": ("lsError", "lsConnectivity"),
    "database": ("dbError", "dbConnectivity"),
    "time": ("ntpError", "ntpConnectivity"),
    "vcd": ("vcdError", "vcdConnectivity"),
    "manager": ("managerError", "managerConnectivity"),
    "tunnel": ("tunnelError", "tunnelConnectivity"),
    "sso": ("ssoAdminError",),
    "lookup service of the replicators": ("localReplicatorsLsMismatch",),
    "replication engine": ("lwdError", "hbrError", "h4dmError", "lwdConnectivity", "hbrConnectivity"),
}


_REPLICATORS = ("replicators", "replicators of paired sites")
CHECKS = (*_CHECKS, *_REPLICATORS)


def check_ignored(names: Iterable[str]) -> None:
    """Refuse names of checks that there are none of: one would never let anything pass. Raises InputError."""
    for name in names:
        if name not in CHECKS:
            hint = nearest(name, CHECKS) or f"; the checks are {', '.join(sorted(CHECKS))}"
            raise InputError(f"ignore names {name!r}: no check is called so{hint}")


def read(api: Vcav, wait: Mapping[str, int]) -> dict[str, Any]:
    """The health document of the service; a task's result from 4.0 on. A read, although 4.6 asks for a POST."""
    return conclude(api, ask(api), wait)


def ask(api: Vcav) -> Any:
    """Ask for the health: the document, or from 4.0 on the task that ends with it; other work can be done meanwhile."""
    return api.request("POST" if api.has("health_by_post") else "GET", "diagnostics/health", repeatable=True)


def conclude(api: Vcav, answer: Any, wait: Mapping[str, int]) -> dict[str, Any]:
    """The health document of what `ask` answered."""
    done = api.finish(answer, "reading the health", **wait)
    if "result" in done and "state" in done:
        return dict(done["result"] or {})
    return done


def _message(value: Any) -> str | None:
    """The text of an error object, of an object that holds one in `value`, or None when there is none."""
    if isinstance(value, Mapping):
        if "value" in value:
            return _message(value["value"])
        if "error" in value and "tunnelService" in value:
            return _message(value["error"])
        return str(value.get("msg") or value.get("code") or value)
    return str(value) if value else None


def _rows(part: str, document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, keys in _CHECKS.items():
        present = [key for key in keys if key in document]
        if not present:
            continue
        found: list[str] = []
        for key in present:
            value = document[key]
            texts = [_message(entry) for entry in value] if isinstance(value, list) else [_message(value)]
            found += [text for text in texts if text]
        yield _row(part, name, "; ".join(found))


def _row(part: str, check: str, message: str) -> dict[str, Any]:
    advice = "" if not message else _ADVICE.get(check, _ADVICE["lookup service"])
    return {"part": part, "check": check, "green": not message, "message": message, "remedy": advice}


def checks(document: Mapping[str, Any], service: str, site: str | None = None) -> list[dict[str, Any]]:
    """Every check of a health document: part (the service), check, green, message, remedy. Green = section 4.3.

    `site` is the name of the service's own site. The replicators of other sites are a check of their own, so that a
    broken pairing can be told from a broken site; without a name all replicators count as this site's.
    """
    rows = list(_rows(service.lower(), document))
    manager = document.get("managerHealth") or (document if "onlineReplicators" in document else None)
    if manager is not None:
        if manager is not document:
            rows += _rows("manager", manager)
        rows += replicators(manager, site)
        for replicator in manager.get("localReplicatorsHealth") or []:
            rows += _rows(f"replicator {replicator.get('address') or replicator.get('instanceId')}", replicator)
    return rows


def replicators(manager: Mapping[str, Any], site: str | None) -> Iterator[dict[str, Any]]:
    """The checks of a manager's replicators: its own, and those of the sites that its site is paired with."""

    def split(key: str) -> tuple[list[Any], list[Any]]:
        own: list[Any] = []
        remote: list[Any] = []
        for each in manager.get(key) or []:
            elsewhere = isinstance(each, Mapping) and site is not None and each.get("site") not in (None, site)
            (remote if elsewhere else own).append(each)
        return own, remote

    def offline(gone: list[Any]) -> str:
        names = ", ".join(str(each.get("apiUrl") if isinstance(each, Mapping) else each) for each in gone)
        return f"offline: {names}" if gone else ""

    (online, online_remote), (gone, gone_remote) = split("onlineReplicators"), split("offlineReplicators")
    here, elsewhere = _REPLICATORS
    yield _row("manager", here, offline(gone) or ("" if online else "no replicator is registered"))
    if online_remote or gone_remote:
        yield _row("manager", elsewhere, offline(gone_remote))
