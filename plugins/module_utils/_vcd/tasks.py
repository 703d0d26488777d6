# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of vCloud Director: reading one, and waiting for one (contract vcd-api.md, 4.6)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from .._http import Reply, is_passing
from .._wait import TaskFailed, WaitTimeout, wait_for
from .client import Vcd
from .documents import bare_id, child_text, local, parse

UNFINISHED = frozenset({"queued", "preRunning", "running", "postRunning"})
SUCCESS = "success"
# Of an object that a task works on or belongs to.
_ABOUT = ("name", "id", "href", "type")


def read(task: Element) -> dict[str, Any]:
    """A `Task` element in the user's words; moments as the server writes them, progress in percent (None: not told)."""
    children = {local(child): child for child in task}
    owner, fault = children.get("Owner"), children.get("Error")
    progress = child_text(task, "Progress") or ""
    result = children.get("Result")
    return {
        "id": task.get("id") or bare_id(task.get("href", "")),
        "operation": task.get("operation", ""),
        "operation_name": task.get("operationName", ""),
        "status": task.get("status", ""),
        "progress": int(progress) if progress.isdecimal() else None,
        "started": task.get("startTime"),
        "ended": task.get("endTime"),
        "owner": None if owner is None else {name: owner.get(name) for name in _ABOUT},
        "user": _name(children.get("User")),
        "org": _name(children.get("Organization")),
        "details": child_text(task, "Details") or "",
        "result": None if result is None else child_text(result, "ResultContent"),
        "error": None
        if fault is None
        else {
            "code": fault.get("minorErrorCode") or fault.get("majorErrorCode"),
            "message": fault.get("message", ""),
        },
    }


def _name(reference: Element | None) -> str | None:
    return None if reference is None else reference.get("name")


def of(reply: Reply) -> str | None:
    """The bare UUID of the task that an answer tells of, by its `Location` or its body; None where it tells of none.

    `Location` may name the server by another address than the one asked, so that only its id is used.
    """
    for header in ("Location", "X-VMWARE-VCLOUD-TASK-LOCATION"):
        place = reply.headers.get(header, "")
        if "/task/" in place:
            return bare_id(place)
    if reply.body.lstrip().startswith(b"<"):
        try:
            root = parse(reply.body)
        except ValueError:
            return None
        found = [root] if local(root) == "Task" else [each for each in root.iter() if local(each) == "Task"]
        return bare_id(found[0].get("href") or found[0].get("id") or "") if found else None
    return None


def look(api: Vcd, identity: str) -> dict[str, Any]:
    """One task by URN or bare UUID, as `read` tells it. Raises HttpError."""
    path = f"api/task/{bare_id(identity)}"
    task = api.xml("GET", path)
    if task is None or local(task) != "Task":
        raise api.unexpected("GET", path, 200, "an answer without a Task")
    return read(task)


def follow(api: Vcd, reply: Reply, what: str, *, timeout: float, interval: float) -> dict[str, Any] | None:
    """Wait for the task that an answer tells of, and return it as `read` does; None where there is none to wait for.

    `what` names the work in errors. `timeout` and `interval` are seconds. A task that ended in error, was canceled or
    aborted has failed. Raises TaskFailed, HttpError.
    """
    identity = of(reply)
    return None if identity is None else finish(api, identity, what, timeout=timeout, interval=interval)


def finish(api: Vcd, identity: str, what: str, *, timeout: float, interval: float) -> dict[str, Any]:
    """The same for a task whose id is known."""
    try:
        task = wait_for(
            lambda: look(api, identity),
            lambda state: state["status"] not in UNFINISHED,
            timeout=timeout,
            interval=interval,
            tolerate=is_passing,
        )
    except WaitTimeout as late:
        last = late.last if isinstance(late.last, dict) else {"id": identity}
        raise TaskFailed(
            what, last, f"its task {bare_id(identity)} has not ended after {timeout:g} seconds; it goes on at the "
            "server. Raise wait_timeout if that is how long it takes",
        ) from late  # fmt: skip
    if task["status"] != SUCCESS:
        said = (task["error"] or {}).get("message") or task["details"] or "the server gives no reason"
        raise TaskFailed(what, task, f"its task {bare_id(identity)} ended with {task['status']}: {said}")
    return task
