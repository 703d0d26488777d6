# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plug-ins of the orchestrator: read in three shapes, installed, replaced, removed (contract vro-api.md, 15).

From 8.0 on a file is staged, then installed; before, the server takes it and has to be restarted by the control centre,
which is also asked whether a restart is still owed for an installation that broke off.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._http import HttpError, is_passing
from .._names import nearest
from .._plan import Field, InputError, Values
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import links
from .client import Vro, document_of, segment
from .plugin_files import Package, compare, number

Params = Mapping[str, Any]
Wait = Mapping[str, Any]  # timeout and interval in seconds
# Longest time, in seconds, that an installation whose answer was lost is looked for.
SETTLING = 30

FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "version": Field("version"),
    "build": Field("build"),
    "enabled": Field("enabled"),
    # What the same file brings beside: names and versions.
    "bundled": Field("bundled"),
    # No option: what is installed shall be loaded, too.
    "restart_pending": Field("restart_pending"),
}
# What only the file can change.
INSTALLED = frozenset({"version", "build", "bundled"})
RUNNING, STOPPED = "RUNNING", "STOPPED"


@dataclass(frozen=True)
class Plugin:
    """One that the server has; None for what its release does not tell."""

    name: str
    version: str
    build: str | None
    enabled: bool | None
    display_name: str
    description: str


def listed(api: Vro) -> list[Plugin]:
    """All plug-ins by name. Raises HttpError."""
    document = api.get("plugins")
    rows = document.get("plugins", document.get("plugin")) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        try:
            rows = links.rows(document)
        except ValueError as problem:
            raise api.unexpected("GET", "plugins", 200, f"no list of plug-ins: {problem}") from problem
    return sorted((_plugin(row) for row in rows), key=lambda each: each.name.lower())


def _plugin(row: Mapping[str, Any]) -> Plugin:
    """One row, in the shape of 7.x, 8.x or 9.x."""
    name = str(row.get("moduleName") or row.get("name") or "")
    build, enabled = row.get("buildNumber", row.get("build-number")), row.get("enabled")
    return Plugin(
        name=name,
        version=str(row.get("version") or ""),
        build=str(build) if build not in (None, "") else None,
        enabled=None if enabled is None else str(enabled).lower() == "true",
        display_name=str(row.get("displayName") or row.get("display-name") or name),
        description=str(row.get("description") or row.get("infoText") or ""),
    )


def told(one: Plugin) -> Values:
    """A plug-in in the user's words."""
    return {name: getattr(one, name) for name in ("name", "version", "build", "enabled", "display_name", "description")}


# What the options mean


def check(params: Params, package: Package | None) -> str:
    """The name of the plug-in that the options are about. Raises InputError."""
    names = sorted(package.plugins) if package else []
    name = params["name"]
    if name is None and package is None:
        raise InputError(
            "neither path nor name is set: give the file to install, or the name of a plug-in that is there"
        )
    if name is None and len(names) > 1:
        raise InputError(f"path holds the plug-ins {', '.join(names)}: say with name which of them this task is about")
    if name is not None and package is not None and name not in names:
        raise InputError(f"name is {name!r}: the file holds {', '.join(names)}{nearest(name, names)}")
    if params["accept_eula"] and package is None:
        raise InputError("accept_eula is set without a path: there is nothing to agree to")
    return str(name or names[0])


@dataclass
class Found:
    """The plug-in that a task is about, None where there is none, and the others that the server has."""

    plugin: Plugin | None
    others: dict[str, Plugin]
    restart_pending: bool | None = None


def find(api: Vro, name: str, params: Params) -> Found:
    """What there is. Raises HttpError, and InputError for a name in another spelling."""
    rows = {each.name: each for each in listed(api)}
    pending = owes_restart(api, params) if params["restart"] and not api.has("plugin_installations") else None
    return Found(rows.pop(name, None), rows, pending)


def read(found: Found, package: Package | None) -> Values:
    """The present state in the user's words; what a release does not tell is left out."""
    one = found.plugin
    if one is None:
        return {}
    values: Values = {"name": one.name, "version": one.version, "build": one.build, "enabled": one.enabled}
    bundled = {
        name: _text(found.others[name].version, found.others[name].build)
        for name in sorted(set(package.plugins if package else ()) & set(found.others))
    }
    values = {key: value for key, value in values.items() if value is not None}
    more = {} if found.restart_pending is None else {"restart_pending": found.restart_pending}
    return {**values, **more, **({"bundled": bundled} if package and len(package.plugins) > 1 else {})}


def _text(version: str, build: str | None) -> str:
    return f"{version} ({build})" if build else version


def wanted(api: Vro, found: Found, name: str, package: Package | None, params: Params) -> Values:
    """What the user set. Raises InputError for a downgrade that nobody asked for and for what a release cannot do."""
    if package is None and found.plugin is None:
        known = [*found.others]
        raise InputError(f"path is not set, and there is no plug-in {name!r}{nearest(name, known)}")
    values: Values = {"name": name}
    if package is not None:
        tells_build = any(each.build for each in found.others.values()) or bool(found.plugin and found.plugin.build)
        values.update(_aim(found.plugin, package, name, params["downgrade"], tells_build))
        others = {each: _aim(found.others.get(each), package, each, params["downgrade"], tells_build)
                  for each in sorted(package.plugins) if each != name}  # fmt: skip
        if others:
            values["bundled"] = {each: _text(aim["version"], aim.get("build")) for each, aim in others.items()}
    if params["enabled"] is not None:
        values["enabled"] = params["enabled"]
        _refuse_enabling(api, found.plugin, params["enabled"])
    if found.restart_pending is not None:
        values["restart_pending"] = False
    return values


def _aim(present: Plugin | None, package: Package, name: str, downgrade: bool, tells_build: bool) -> Values:
    """The version that a plug-in of the file shall have: that of the file, or the same in the server's spelling."""
    file = package.plugins[name]
    if present is not None:
        order = compare(file.version, file.build, present.version, present.build)
        if order < 0 and not downgrade:
            raise InputError(
                f"path holds {name} {_text(file.version, file.build)}, and the server has "
                f"{_text(present.version, present.build)}, which is newer. Give a newer file, or set downgrade: true"
            )
        if order == 0:
            return {"version": present.version, **({"build": present.build} if present.build else {})}
    return {"version": file.version, **({"build": file.build} if file.build and tells_build else {})}


def _refuse_enabling(api: Vro, present: Plugin | None, enabled: bool) -> None:
    if not api.has("plugin_installations") or (present and present.enabled is enabled):
        return
    if present is None and enabled:
        return  # what is installed is enabled
    raise InputError(
        f"enabled is {str(enabled).lower()}: from release 8.0 on the API does not change that. Leave enabled out, or "
        "remove the plug-in with state: absent"
    )


def refuse_agreement(package: Package | None, accepted: bool) -> None:
    """Refuse to install what brings a licence agreement that nobody has accepted. Raises InputError."""
    if package and package.agreement and not accepted:
        raise InputError(
            f"{package.file_name} brings a licence agreement, which begins: {_beginning(package.agreement)} "
            "Read it (VSO-INF/vsoapp.txt in the file), and set accept_eula: true to accept it"
        )


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return repr(words if len(words) <= 80 else f"{words[:80]}…")


# Changing


def apply(api: Vro, found: Found, package: Package | None, values: Values, params: Params, wait: Wait) -> bool:
    """Make a plug-in as `values` say, and wait until the server shows it. Raises InputError, HttpError, TaskFailed.

    Before 8.0 a change is in use after the restart, which is part of it unless `restart` is false: then the answer is
    False, because the server may not show it yet.
    """
    restarts = params["restart"] and not api.has("plugin_installations")
    if found.restart_pending and restarts:
        # What is installed and not loaded is not shown, so it may be all that is wanted: look again after the restart.
        restart(api, params, wait)
        found = find(api, values["name"], params)
    present = read(found, package)
    shown = True
    if package and any(present.get(name) != values[name] for name in INSTALLED if name in values):
        shown = restarts or api.has("plugin_installations")
        if api.has("plugin_installations"):
            _stage_and_install(api, package, params["accept_eula"], wait)
        else:
            _upload(api, package, params, wait)
        if restarts:
            restart(api, params, wait)
        if shown:
            _until(lambda: _missing(api, package), wait, f"install {package.file_name}")
    if "enabled" in values and values["enabled"] is not present.get("enabled", True):
        set_enabled(api, values["name"], values["enabled"])
        if restarts:
            restart(api, params, wait)
    return shown


def _stage_and_install(api: Vro, package: Package, accepted: bool, wait: Wait) -> None:
    path = "plugins/installations"
    reply = api.send("POST", path, file=(package.file_name, package.content))
    staged = document_of(reply)
    if not isinstance(staged, dict) or not staged.get("id"):
        raise api.unexpected("POST", path, reply.status, "it tells no id of the installation")
    place = f"{path}/{segment(str(staged['id']))}"
    if staged.get("eula") and not accepted:
        api.send("DELETE", place, accept="*/*")
        raise InputError(
            f"{package.file_name} brings a licence agreement, which begins: {_beginning(str(staged['eula']))} "
            "Set accept_eula: true to accept it. Nothing was installed"
        )
    try:
        api.send("PATCH", place, accept="*/*")
    except HttpError as problem:
        if problem.outcome_unknown and _arrived(api, package, place, wait):
            return
        with contextlib.suppress(HttpError):  # what is staged and not wanted goes by itself after a while
            api.send("DELETE", place, accept="*/*")
        raise


def _arrived(api: Vro, package: Package, place: str, wait: Wait) -> bool:
    """Whether an installation whose answer was lost is carried out: looked at until it is there or it still waits."""

    def look() -> str:
        return "there" if not _missing(api, package) else "staged" if api.find(place) else "going on"

    try:
        settling = {**wait, "timeout": min(wait["timeout"], SETTLING)}
        return wait_for(look, lambda state: state != "going on", **settling, tolerate=_may_start) == "there"
    except WaitTimeout:
        return False


def _upload(api: Vro, package: Package, params: Params, wait: Wait) -> None:
    try:
        if params["through"] == "control_center":
            api.control("POST", "plugins", **control(params), file=(package.file_name, package.content))
        else:
            form = {"format": package.format, "overwrite": "true"}
            api.send("POST", "plugins", form=form, file=(package.file_name, package.content), accept="*/*")
    except HttpError as problem:
        if not problem.outcome_unknown:
            raise
        # The server may even be restarting: when it answers again, it tells whether it has the file.
        with contextlib.suppress(WaitTimeout):
            if not wait_for(lambda: _missing(api, package), lambda _missed: True, **wait, tolerate=_may_start):
                return
        raise


def _missing(api: Vro, package: Package) -> dict[str, str]:
    """Plug-ins of a file that the server does not show in the file's version, with what it shows."""
    present = {each.name: each for each in listed(api)}
    return {
        name: _text(present[name].version, present[name].build) if name in present else "nothing"
        for name, file in package.plugins.items()
        if name not in present
        or number(present[name].version) != number(file.version)
        or compare(file.version, file.build, present[name].version, present[name].build) > 0
    }


def _until(missing: Callable[[], Any], wait: Wait, what: str) -> None:
    """Wait until nothing is missing; the server may be away meanwhile. Raises TaskFailed."""
    try:
        wait_for(missing, lambda found: not found, **wait, tolerate=_may_start)
    except WaitTimeout as late:
        state = {"shown": late.last, "fault": str(late.fault) if late.fault else None}
        reason = f"after {late.seconds:g} seconds the server shows {late.last or 'nothing'}; look at its log"
        raise TaskFailed(what, state, f"{reason}, then run the task again: it looks first") from late


def _may_start(fault: Exception) -> bool:
    """A server that restarts refuses connections, then answers 404 or 503 for a while (contract 15)."""
    return is_passing(fault) or (isinstance(fault, HttpError) and fault.status in (404, 502, 503, 504))


def set_enabled(api: Vro, name: str, enabled: bool) -> None:
    """Switch a plug-in on or off, before 8.0. Raises HttpError."""
    api.send("PUT", f"plugins/{segment(name)}/state", json={"enabled": enabled}, accept="*/*")


def refuse_removal(api: Vro, name: str) -> None:
    """Raises InputError where the release has no call for it."""
    if not api.has("plugin_installations"):
        raise InputError(
            f"plug-in {name} cannot be removed through the API before release 8.0: switch it off with enabled: "
            "false, or remove it in the control centre's pages"
        )


def remove(api: Vro, name: str, wait: Wait) -> None:
    """Uninstall a plug-in and wait until it is gone. Raises HttpError, TaskFailed."""
    try:
        api.send("DELETE", f"plugins/{segment(name)}", accept="*/*")
    except HttpError as problem:
        if problem.status != 404:
            raise
    _until(lambda: [each.name for each in listed(api) if each.name == name], wait, f"remove {name}")


# The restart, before 8.0


def control(params: Params) -> dict[str, Any]:
    """Address and credentials of the control centre, for Vro.control."""
    return {part: params[f"control_{part}"] for part in ("url", "user", "password")}


def prepare_restart(api: Vro, params: Params, is_change: bool, warn: Callable[[str], None]) -> None:
    """Look whether the control centre can be used, before anything is changed. Raises InputError, HttpError."""
    if not is_change or api.has("plugin_installations"):
        return
    if not params["restart"]:
        warn("restart is false: the change is in use once the server is restarted")
        return
    try:
        api.control("GET", "server/status", **control(params))
    except HttpError as problem:
        if problem.status in (401, 403):
            problem.advice = (
                "The server has to be restarted by its control centre: give control_user and control_password, or set "
                "restart: false and restart it yourself. Nothing was changed."
            )
        raise


def owes_restart(api: Vro, params: Params) -> bool | None:
    """Whether a restart is owed for what was installed; None where the control centre does not tell.

    A public client of 7.x compares these two fingerprints; releases without them, and users without rights there, are
    no fault.
    """
    try:
        prints = api.control("GET", "server/config-version", **control(params))
    except (HttpError, InputError):
        return None
    if not isinstance(prints, dict):
        return None
    active, pending = prints.get("activeConfigurationFingerprint"), prints.get("pendingConfigurationFingerprint")
    return None if active is None or pending is None else active != pending


def restart(api: Vro, params: Params, wait: Wait) -> None:
    """Restart the server by the control centre, and wait until its API answers.

    Raises InputError, HttpError, TaskFailed.
    """
    try:
        api.control("POST", "server/status/restart", **control(params))
    except HttpError as problem:
        # The answer may be lost with the connection; what the server does is looked at below.
        if not problem.outcome_unknown:
            raise

    def states() -> Any:
        return api.control("GET", "server/status", **control(params))

    try:
        last = wait_for(states, _is_up_or_down, **wait, tolerate=_may_start)
    except WaitTimeout as late:
        raise TaskFailed("restart", {"state": late.last}, f"not running after {late.seconds:g} seconds") from late
    if str(last.get("currentStatus")).upper() != RUNNING:
        raise TaskFailed("restart", last, "the server did not start again: look at its log in the control centre")
    try:
        wait_for(partial(api.get, "about"), bool, **wait, tolerate=_may_start)
    except WaitTimeout as late:
        raise TaskFailed("restart", {"fault": str(late.fault)}, "the API does not answer after the restart") from late


def _is_up_or_down(state: Any) -> bool:
    current = str((state or {}).get("currentStatus") or "").upper()
    return bool((state or {}).get("finished")) and current in (RUNNING, STOPPED)
