# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the product's tasks (contract vcav-api.md, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http import HttpError
from .._moments import moment
from .client import Vcav, segment


def read(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task in the user's words."""
    about = task.get("workflowInfo") or {}
    error = task.get("error")
    return {
        "id": task["id"],
        "type": about.get("type"),
        "resource_type": about.get("resourceType"),
        "resource_id": about.get("resourceId"),
        "resource_name": about.get("resourceName"),
        "state": str(task.get("state")).lower(),
        "progress": task.get("progress"),
        "user": task.get("user"),
        "site": task.get("site"),
        "started": moment(task.get("startTime")),
        "ended": moment(task.get("endTime")),
        "error": {"code": error.get("code"), "message": error.get("msg")} if error else None,
    }


def matching(api: Vcav, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tasks that the options of vcav_task_info ask for; the filters are the server's."""
    if params["id"]:
        try:
            return [read(api.get(f"tasks/{segment(params['id'])}"))]
        except HttpError as problem:
            if problem.status == 404:
                return []
            raise
    query = {
        "state": params["state"].upper() if params["state"] else None,
        "resourceType": ",".join(params["resource_types"]) if params["resource_types"] else None,
        "user": params["user"],
        "operationID": params["operation_id"],
        "startTimeAfter": params["started_after"],
    }
    return [
        read(task) for task in api.pages("tasks", **{key: value for key, value in query.items() if value is not None})
    ]
