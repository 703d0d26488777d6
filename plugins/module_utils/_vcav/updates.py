# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Updates of an appliance: where they come from, what is available, installing them (contract vcav-api.md, 4.2)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from .._address import read_address
from .._http import HttpError
from .._plan import Field, InputError, Values
from .._wait import TaskFailed, WaitTimeout, wait_for
from .client import UNFINISHED, Vcav, is_task
from .services import away

DEFAULT, CDROM = "default", "cdrom"
_CDROM_URL = "cdrom://"
# The vendor's own catalogue, as the product shows it for the empty address that stands for it.
_VENDOR = "/vai-catalog/valm/vmw/"
# The result of the check has no documented shape: the available release as a text, or in an object under such a name.
_VERSION_KEYS = ("version", "availableVersion", "updateVersion", "newVersion", "latestVersion", "buildVersion")
_SWITCHES = ("updateAvailable", "isUpdateAvailable", "available")

FIELDS: dict[str, Field] = {
    "repository": Field("repositoryUrl"),
    "repository_user": Field("username"),
    "repository_password": Field("password", secret=True, readable=False),
    "build": Field("buildVersion"),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be before anything is sent. Raises InputError."""
    repository, user = params["repository"], params["repository_user"]
    if repository is not None and repository not in (DEFAULT, CDROM):
        remedy = f"give an address, https://<host>/<path>, or {DEFAULT} or {CDROM}"
        # Inside a site a repository may do without TLS; all else holds for it too, above all that it shows no password.
        address = re.sub("^http://", "https://", repository)
        read_address("repository", address, remedy, page=True)
    if repository in (DEFAULT, CDROM) and (user or params["repository_password"]):
        raise InputError(f"repository is {repository!r}: repository_user and repository_password go with an address")
    if params["repository_password"] and not user:
        raise InputError("repository_password goes with repository_user: name the user")
    if user and repository is None:
        raise InputError("repository_user goes with repository: name the address")
    if params["apply"] and repository is not None:
        raise InputError(
            "apply goes without repository: set the repository in a task before, because what it has is known only then"
        )
    if not params["apply"] and repository is None:
        raise InputError("nothing is given: set repository, or apply: true")
    if params["version"] is not None and not re.fullmatch(r"\d+(\.\d+)+\S*", params["version"]):
        raise InputError(f"version is {params['version']!r}: write it as the product does, for example 4.7.1")
    for option in ("accept_eula", "version"):
        if params[option] and not params["apply"]:
            raise InputError(f"{option} goes with apply: true")


def repository(api: Vcav) -> Values:
    """{repository, repository_user} in the user's words."""
    found = api.get("update/repository-url") or {}
    url = str(found.get("repositoryUrl") or "")
    kind = DEFAULT if not url or _VENDOR in url else CDROM if url.startswith(_CDROM_URL) else url
    return {"repository": kind, "repository_user": found.get("username") or None}


def set_repository(api: Vcav, values: Values, wait: Mapping[str, float]) -> None:
    """Set where updates come from, and wait until it is done. Raises HttpError, TaskFailed."""
    url = {DEFAULT: "", CDROM: _CDROM_URL}.get(values["repository"], values["repository"])
    user = values.get("repository_user") or None
    document = {"repositoryUrl": url, "username": user}
    if user and values.get("repository_password"):
        api.hide(values["repository_password"])
        document["password"] = values["repository_password"]
    what = f"setting the update repository of {api.endpoint} to {values['repository']}"
    api.perform(
        "POST", "update/repository-url", what, document=document, timeout=wait["timeout"], interval=wait["interval"]
    )


def _result(api: Vcav, path: str, what: str, wait: Mapping[str, float]) -> Any:
    """The result of a question that is answered with a task (contract 4.2)."""
    answer = api.get(path)
    if not is_task(answer):
        return answer
    return api.finish(answer, f"{what} at {api.endpoint}", timeout=wait["timeout"], interval=wait["interval"]).get(
        "result"
    )


def available(api: Vcav, wait: Mapping[str, float]) -> str | None:
    """The release that the repository has for this appliance, None if it has nothing newer. Raises TaskFailed."""
    found = offered(_result(api, "update", "looking for updates", wait))
    return None if found is None or _same(found, str(api.facts["build"])) else found


def offered(result: Any) -> str | None:
    """The release in the result of a check, whose shape is not documented; None for none."""
    if isinstance(result, str):
        return result.strip() or None
    if isinstance(result, list):
        return next((found for found in map(offered, result) if found), None)
    if not isinstance(result, Mapping) or any(result.get(switch) is False for switch in _SWITCHES):
        return None
    named = next((str(result[key]) for key in _VERSION_KEYS if result.get(key)), None)
    if named is None and result:
        raise InputError(
            f"the check for updates answered with something that names no release ({', '.join(sorted(result))}); look "
            "at the appliance's own page for updates"
        )
    return named


def _same(one: str, other: str) -> bool:
    """True if two texts name one release: they agree as far as both of them go, in dotted numbers, at least two."""
    pairs = list(zip(_numbers(one), _numbers(other), strict=False))
    return len(pairs) >= 2 and all(a == b for a, b in pairs)


def _numbers(text: str) -> list[int]:
    found = re.match(r"\d+(?:\.\d+)*", text)
    return [int(part) for part in found.group().split(".")] if found else []


def guard(version: str | None, found: str) -> None:
    """Refuse an update to another release than the one that the user named. Raises InputError."""
    if version is not None and _numbers(found)[: len(_numbers(version))] != _numbers(version):
        raise InputError(
            f"version is {version}, but the repository has {found}: give that, or another repository. The appliance "
            "was not updated."
        )


def eula(api: Vcav, wait: Mapping[str, float]) -> str:
    """The licence agreement of the available update."""
    found = _result(api, "update/eula", "reading the licence agreement", wait)
    return str((found or {}).get("eula") or "") if isinstance(found, Mapping) or found is None else str(found)


def install(api: Vcav, target: str, wait: Mapping[str, float]) -> None:
    """Install the available update, and wait until the service has come back with it.

    The appliance restarts in between, and may have forgotten the task when it is back: what counts is the release that
    it then runs. Raises TaskFailed, HttpError.
    """
    before, token = str(api.facts["build"]), api.token
    what = f"updating {api.endpoint} from {before} to {target}"
    began = time.monotonic()
    try:
        task = api.begin("POST", "update")
    except HttpError as lost:
        # The answer was lost, and whoever looked for its task found the appliance on its way down.
        if lost.method != "GET" or not away(lost):
            raise
        task = None
    latest: dict[str, Any] = dict(task) if is_task(task) else {}

    def look() -> str:
        nonlocal latest
        if latest.get("state") in UNFINISHED:
            try:
                latest = api.get(f"tasks/{latest['id']}")
            except HttpError as problem:
                if problem.status != 404:
                    raise
                latest = {}
        if latest.get("state") == "FAILED":
            error = latest.get("error") or {}
            raise TaskFailed(what, latest, f"{error.get('code')}: {error.get('msg')}. It still runs {before}")
        return str((api.get("diagnostics/about") or {}).get("buildVersion"))

    try:
        # The other token says that it has restarted: no session outlives that (contract 5.1).
        now = wait_for(
            look, lambda build: build != before and api.token != token,
            timeout=wait["timeout"], interval=wait["interval"], tolerate=away,
        )  # fmt: skip
    except WaitTimeout as late:
        seen = f"it does not answer ({late.fault})" if late.fault else f"it runs {late.last}"
        raise TaskFailed(
            what,
            latest,
            f"after {time.monotonic() - began:.0f} seconds {seen}. An update may take longer: look at the appliance's "
            "console before anything else, never restart it meanwhile, and run the task again when it answers",
        ) from late
    if now != api.facts["build"]:
        api.renew()
    if not _same(target, now):
        raise TaskFailed(what, latest, f"it came back with {now}. Look at its log of updates")
