"""Tasks that a CSE server of 3.x opens at the vCD itself, in the caller's name (contract 2.4)."""

from __future__ import annotations

from collections.abc import Callable

from ..vcd.tasks import Task
from .calls import Call
from .work import Step, Work

NAMESPACE = "vcloud.cse"


def open_task(call: Call, operation: str, name: str = "cluster operation", owner: dict[str, str] | None = None) -> Task:
    """A running task; without an owner it is the caller's organization."""
    vcd, org_id = call.cse.vcd, call.session.org_id
    if owner is None:
        owner = {
            "path": f"/api/org/{org_id}",
            "id": f"urn:vcloud:org:{org_id}",
            "name": call.org,
            "type": "application/vnd.vmware.vcloud.org+xml",
        }
    task = vcd.tasks.hold(call.exchange, operation, name, owner)
    task.namespace, task.tells_progress = NAMESPACE, False
    return task


def run(call: Call, task: Task, act: Callable[[], None]) -> str:
    """One step, then the end of the task; answers the task's address."""
    conclude = call.cse.vcd.tasks.conclude
    Work(
        call.cse, task, [Step("delete", "", act)], lambda: conclude(task), lambda text: conclude(task, "error", text)
    ).start()
    return call.cse.vcd.tasks.href(call.exchange, task)
