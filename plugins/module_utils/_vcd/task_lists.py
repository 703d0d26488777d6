# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks of vCloud Director as a list, in the user's words (contract vcd-api.md, 4.5 and 4.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from .._http import HttpError
from .._moments import read_moment
from .._parallel import in_flight
from . import tasks
from .client import Vcd
from .documents import bare_id
from .filters import AT_LEAST, Filter, all_of, compare
from .records import (
    Columns,
    identity,
    kind,
    matcher,
    moment,
    number,
    one_of,
    only,
    org_of,
    row,
    text,
    urn,
    utc,
)
from .vdcs import check_orgs

# The server's words by ours (contract 4.6).
STATUSES = {
    "queued": "queued",
    "pre_running": "preRunning",
    "running": "running",
    "success": "success",
    "error": "error",
    "canceled": "canceled",
    "aborted": "aborted",
}
_OURS = {theirs: ours for ours, theirs in STATUSES.items()}
_FAILED = ("error", "canceled", "aborted")


def _status(record: Element, attribute: str) -> str | None:
    word = record.get(attribute) or None
    return _OURS.get(word, word) if word else None


_COLUMNS: Columns = {
    "name": ("name", text),
    "org": ("orgName", text),
    "status": ("status", _status),
    "progress": ("progress", number),
    "user": ("ownerName", text),
    "object_name": ("objectName", text),
    "object_type": ("objectType", text),
    "started": ("startDate", moment),
    "ended": ("endDate", moment),
}
_FIELDS = ",".join([*(attribute for attribute, _read in _COLUMNS.values()), "object"])


def check(params: Mapping[str, Any]) -> None:
    """Refuse a moment that is none. Raises InputError."""
    if params["since"] is not None:
        read_moment(params["since"], "since")


def matching(api: Vcd, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tasks that the options of vcd_task_info ask for, the newest first. Raises InputError, HttpError."""
    if params["id"]:
        return _one(api, params["id"])
    org, name = org_of(params), params["name"]
    statuses = frozenset(params["status"]) if params["status"] else None
    wanted = [STATUSES[each] for each in sorted(statuses)] if statuses else None
    where = all_of(
        one_of("orgName", only(org)),
        one_of("name", only(name)),
        one_of("objectName", only(params["object"])),
        one_of("status", wanted),
        _since(params["since"]),
    )
    ours, named, about = (matcher(only(each)) for each in (org, name, params["object"]))
    # Newest first to the millisecond, which rows do not tell.
    records = sorted(api.query(kind(api, "task"), where, _FIELDS), key=_age, reverse=True)
    rows = {each["id"]: each for each in map(_row, records)}.values()
    found = [
        each
        for each in rows
        if ours(each["org"] or "")
        and named(each["name"] or "")
        and about(each["object_name"] or "")
        and (statuses is None or each["status"] in statuses)
        and (params["since"] is None or (each["started"] or "") >= params["since"])
    ]
    if org and not found:
        check_orgs(api, [org])
    if params["with_error"]:
        _add_errors(api, found)
    return found


def _since(since: str | None) -> Filter | None:
    # With the milliseconds that the server's own moments have.
    return compare("startDate", AT_LEAST, since.removesuffix("Z") + ".000Z") if since else None


def _age(record: Element) -> tuple[str, str, str]:
    began = record.get("startDate") or ""
    return utc(began) or "", began, identity(record)


def _row(record: Element) -> dict[str, Any]:
    about = record.get("object") or ""
    return {
        **row(_COLUMNS, record),
        "id": urn("task", identity(record)),
        "object_id": about if about.startswith("urn:") else bare_id(about) or None,
        "operation": None,
        "error": None,
    }


def _one(api: Vcd, identity_: str) -> list[dict[str, Any]]:
    """One task as a list; an empty one where the server has none of this id, or none that the user may see."""
    try:
        return [_whole(tasks.look(api, identity_))]
    except HttpError as problem:
        if problem.status in (403, 404):
            return []
        raise


def _whole(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task's own document as a row."""
    about = task["owner"] or {}
    error = task["error"]
    if error is None and _OURS.get(task["status"]) in _FAILED and task["details"]:
        error = {"code": None, "message": task["details"]}
    kind_of_object = re.fullmatch(r"urn:vcloud:(\w+):.*", about.get("id") or "")
    return {
        "name": task["operation_name"] or None,
        "org": task["org"],
        "status": _OURS.get(task["status"], task["status"]),
        "progress": task["progress"],
        "user": task["user"],
        "object_name": about.get("name"),
        "object_type": kind_of_object[1] if kind_of_object else None,
        "started": utc(task["started"]),
        "ended": utc(task["ended"]),
        "id": urn("task", bare_id(task["id"])),
        "object_id": about.get("id") or bare_id(about.get("href") or "") or None,
        "operation": task["operation"] or None,
        "error": error,
    }


def _add_errors(api: Vcd, rows: list[dict[str, Any]]) -> None:
    """What the server says of each task that failed, which only the task itself tells: a request each, side by side.

    One that can no longer be read keeps None.
    """
    failed = {each["id"]: each for each in rows if each["status"] in _FAILED}
    for task_id, whole, fault in in_flight(lambda each: tasks.look(api, each), failed):
        if fault is None and whole is not None:
            told = _whole(whole)
            failed[task_id].update(operation=told["operation"], error=told["error"])
        elif not (isinstance(fault, HttpError) and fault.status in (403, 404)):
            raise fault or AssertionError("an answer or a fault")
