"""Tasks of the vCD: what runs in the background, how it advances, and how it is shown (contract section 4.6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..faults import Fault
from ..wire import Reply
from ..world import Site, World
from .exchange import Exchange, Refusal, forbidden
from .markup import Element, Value
from .sessions import SYSTEM_ID, Session

TASK_MEDIA = "application/vnd.vmware.vcloud.task"
_ORG_MEDIA = "application/vnd.vmware.vcloud.org+xml"
# A finished task can be read for ninety days: start and expiry of the contract's example.
_KEPT_MS = 90 * 24 * 3600 * 1000


def stamp(milliseconds: int) -> str:
    """Epoch milliseconds in the form of the API, UTC."""
    text = datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


@dataclass
class Task:
    """One piece of background work."""

    id: str
    operation: str
    operation_name: str
    owner: dict[str, str]
    """The object worked on: `path` (below `H`; without a slash in front the whole), `id` (URN), `name`, `type`."""
    user: Session
    started: int
    due: int | None
    """Epoch milliseconds at which it ends; None for never."""
    outcome: str
    """The state that it will end in."""
    message: str
    action: Callable[[], None] = field(repr=False)
    """What happens when it succeeds."""
    ended: int | None = None
    cancel_requested: bool = False
    request_id: str = ""
    """Of the request that began it: the same in every reading of its error."""
    held: bool = False
    """Stays running at 1 % until somebody says how it ended (`Tasks.conclude`)."""
    result: str | None = None
    """`Result/ResultContent` of a success."""
    otherwise: Callable[[], None] | None = field(default=None, repr=False)
    """What happens when it ends in any other way."""
    namespace: str = "com.vmware.vcloud"
    """`serviceNamespace`: whose task it is."""
    percent: int | None = None
    """Of a held task: how far whoever does the work says that it is."""
    tells_progress: bool = True
    """Whether it has `Progress` at all; tasks that an extension makes may not."""
    error_codes: tuple[int, str] = (500, "INTERNAL_SERVER_ERROR")
    """`majorErrorCode` and `minorErrorCode` when it fails."""

    @property
    def org_id(self) -> str:
        """The organization that the task belongs to: that of its user."""
        return self.user.org_id

    def status(self, now: int) -> str:
        """The state at a time: queued, preRunning and running share the way to the end."""
        if self.ended is not None:
            return self.outcome
        if self.held:
            return "running"
        passed = self.progress(now)
        return "queued" if passed < 10 else "preRunning" if passed < 20 else "running"

    def progress(self, now: int) -> int:
        """Percent done, 0 to 100; a task that hangs stays at 50."""
        if self.ended is not None:
            return 100 if self.outcome == "success" else 50
        if self.held:
            return 1 if self.percent is None else self.percent
        if self.due is None:
            return min(50, (now - self.started) // 10)
        return min(99, 100 * (now - self.started) // max(1, self.due - self.started))

    def expires(self) -> int:
        """When it can no longer be read."""
        return self.started + _KEPT_MS


class Tasks:
    """All tasks of one vCD."""

    def __init__(self, world: World, site: Site, service: str) -> None:
        self.world = world
        self.site = site
        self.service = service
        self.all: dict[str, Task] = {}

    def start(
        self, exchange: Exchange, operation: str, operation_name: str, owner: dict[str, str], action: Callable[[], None]
    ) -> Task:
        """Begins a task for a request; task faults that fit the request meet it (fail, or hang for ever).

        The parameter `status` of the fault `fail_task` may name another end than `error`: `canceled` or `aborted`.
        """
        request = exchange.request
        fault = self.world.faults.take_task(self.service, request.method, request.target)
        outcome, message = self._outcome(fault)
        now = self.world.now_ms()
        task = Task(
            str(uuid.uuid4()), operation, operation_name, owner, exchange.user, now, None, outcome, message, action
        )
        if fault is None or fault.kind != "hang_task":
            task.due = self.world.after(self.world.task_seconds, lambda: self._finish(task))
        task.request_id = exchange.request_id
        self.all[task.id] = task
        return task

    def hold(self, exchange: Exchange, operation: str, operation_name: str, owner: dict[str, str]) -> Task:
        """Begins a task that waits for something outside of this vCD: running at 1 % until `conclude`.

        A fault `fail_task` that fits the request lets it fail meanwhile.
        """
        now = self.world.now_ms()
        task = Task(
            str(uuid.uuid4()),
            operation,
            operation_name,
            owner,
            exchange.user,
            now,
            None,
            "success",
            "",
            lambda: None,
            held=True,
        )
        task.request_id = exchange.request_id
        self.all[task.id] = task
        fault = self.world.faults.take_task(self.service, exchange.request.method, exchange.request.target)
        outcome, message = self._outcome(fault)
        if outcome != "success":
            self.world.after(self.world.task_seconds, lambda: self.conclude(task, outcome, message))
        return task

    def conclude(self, task: Task, outcome: str = "success", message: str = "", result: str | None = None) -> None:
        """Ends a task that was held, with its outcome; nothing when it has ended already."""
        if task.ended is None and self.all.get(task.id) is task:
            task.outcome, task.message, task.result = outcome, message, result
            self._finish(task)

    @staticmethod
    def _outcome(fault: Fault | None) -> tuple[str, str]:
        if fault is None or fault.kind != "fail_task":
            return "success", ""
        message = fault.parameters.get("message", "The operation failed because of an internal error.")
        return str(fault.parameters.get("status", "error")), str(message)

    def _finish(self, task: Task) -> None:
        if task.ended is not None or self.all.get(task.id) is not task:
            return
        task.ended = self.world.now_ms()
        if task.cancel_requested:
            task.outcome = "canceled"
        if task.outcome == "success":
            task.action()
        elif task.otherwise is not None:
            task.otherwise()

    def running_on(self, urn: str) -> Task | None:
        """The unfinished task that works on an object, if there is one."""
        return next((one for one in self.all.values() if one.ended is None and one.owner["id"] == urn), None)

    def visible(self, session: Session, org_id: str | None = None) -> list[Task]:
        """Tasks that a session may see, newest first, of one organization or of all."""
        now = self.world.now_ms()
        return [
            task
            for task in reversed(self.all.values())
            if (session.is_provider or task.org_id == session.org_id)
            and (org_id is None or task.org_id == org_id)
            and now < task.expires()
        ]

    def find(self, exchange: Exchange, identity: str) -> Task:
        """A task by its id. Raises Refusal 403 for unknown, expired and foreign ones."""
        task = self.all.get(identity)
        session = exchange.user
        if task is None or self.world.now_ms() >= task.expires():
            raise forbidden("Base", "TASK_VIEW", identity)
        if not session.is_provider and task.org_id != session.org_id:
            raise forbidden("Base", "TASK_VIEW", identity)
        return task

    # Routes

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/task/{id}`."""
        return self.show(exchange, self.find(exchange, identity))

    def read_list(self, exchange: Exchange, org_id: str) -> Reply:
        """`GET /api/tasksList/{org id}`."""
        session = exchange.user
        known = org_id == SYSTEM_ID or any(one.id == org_id for one in self.site.organizations.values())
        if not known or (not session.is_provider and org_id != session.org_id):
            raise forbidden("Base", "TASK_VIEW", org_id)
        href = f"{exchange.base_url}/api/tasksList/{org_id}"
        media = "application/vnd.vmware.vcloud.tasksList"
        children = [self.as_element(exchange, task) for task in self.visible(session, org_id)]
        attributes: dict[str, Value] = {"href": href, "name": "Tasks Lists", "type": f"{media}+xml"}
        root = Element("TasksList", attributes, children, many="task")
        return exchange.element(root, media)

    def cancel(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /api/task/{id}/action/cancel`: asked for at once, canceled when the task would have ended."""
        task = self.find(exchange, identity)
        if task.ended is not None:
            raise Refusal(400, "BAD_REQUEST", f"The task {identity} is not running and cannot be canceled.")
        task.cancel_requested = True
        if task.due is None:
            self.world.after(self.world.task_seconds, lambda: self._finish(task))
        return exchange.nothing()

    def show(self, exchange: Exchange, task: Task, status: int = 200) -> Reply:
        """The task document."""
        headers = [("Location", self.href(exchange, task))] if status == 202 else None
        nulls = ("error", "result", "description", "tasks", "params")
        return exchange.element(self.as_element(exchange, task), TASK_MEDIA, status, headers, nulls)

    @staticmethod
    def href(exchange: Exchange, task: Task) -> str:
        """The task's address, the same in both API families."""
        return f"{exchange.base_url}/api/task/{task.id}"

    def as_element(self, exchange: Exchange, task: Task) -> Element:
        """The `Task` element, children in the order of the schema."""
        base, now, href = exchange.base_url, self.world.now_ms(), self.href(exchange, task)
        attributes: dict[str, Value] = {
            "name": "task",
            "id": f"urn:vcloud:task:{task.id}",
            "status": task.status(now),
            "operation": task.operation,
            "operationName": task.operation_name,
            "serviceNamespace": task.namespace,
            "startTime": stamp(task.started),
            "expiryTime": stamp(task.expires()),
            "cancelRequested": task.cancel_requested,
            "href": href,
            "type": f"{TASK_MEDIA}+xml",
        }
        if task.ended is not None:
            attributes["endTime"] = stamp(task.ended)
        owner = task.owner
        children = []
        if task.ended is None:
            children.append(Element("Link", {"rel": "task:cancel", "href": f"{href}/action/cancel"}))
        children.append(
            Element(
                "Owner",
                {
                    # Defined entities have no address in `/api`: published answers show an empty one.
                    "href": f"{base}{owner['path']}" if owner["path"].startswith("/") else owner["path"],
                    "id": owner["id"],
                    "name": owner["name"],
                    "type": owner["type"],
                },
            )
        )
        if task.ended is not None and task.outcome == "error":
            # An extension tells its errors itself, without the id of a request.
            message = f"[ {task.request_id} ] {task.message}" if task.request_id else task.message
            major, minor = task.error_codes
            children.append(
                Element("Error", {"majorErrorCode": major, "minorErrorCode": minor, "message": message})
            )  # fmt: skip
        children += [
            Element(
                "User",
                {
                    "href": f"{base}/api/admin/user/{task.user.user_id}",
                    "name": task.user.user.name,
                    "type": "application/vnd.vmware.admin.user+xml",
                },
            ),
            Element(
                "Organization",
                {
                    "href": f"{base}/api/org/{task.org_id}",
                    "name": task.user.user.org,
                    "type": _ORG_MEDIA,
                },
            ),
            *([Element("Progress", text=task.progress(now))] if task.tells_progress else []),
            Element("Details", text=task.message if task.ended is not None and task.message else None),
        ]
        if task.ended is not None and task.result is not None:
            children.append(Element("Result", {}, [Element("ResultContent", text=task.result)]))
        return Element("Task", attributes, children)

    def as_row(self, task: Task) -> dict[str, Any]:
        """What the query service shows and filters (section 4.5)."""
        now = self.world.now_ms()
        return {
            "id": task.id,
            "name": task.operation_name,
            "org": task.org_id,
            "orgName": task.user.user.org,
            "status": task.status(now),
            "progress": task.progress(now),
            "startDate": stamp(task.started),
            "endDate": stamp(task.ended) if task.ended is not None else "",
            "ownerName": task.user.user.name,
            "owner": task.user.user_id,
            "object": task.owner["id"],
            "objectName": task.owner["name"],
            "objectType": "org",
            "serviceNamespace": task.namespace,
            "hasOwner": True,
            "cellName": self.site.spec.vcd_host,
        }
