# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what the Container Service Extension does, which takes minutes: tasks and states (contract 2.4, 8).

Ten seconds are the pause between two looks where the user says nothing, after a few shorter ones: less than twelve
looks in any minute of waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._http import is_passing
from .._vcd import tasks
from .._vcd.documents import bare_id
from .._wait import TaskFailed, WaitTimeout, wait_for
from .client import Cse

INTERVAL = 10  # seconds
Tell = Callable[[str], None]
Wait = Mapping[str, float]


def interval_spec() -> dict[str, dict[str, Any]]:
    """The option `wait_interval`, with the pause that fits these long tasks."""
    return {"wait_interval": {"type": "int", "default": INTERVAL}}


def task_of(answer: Any) -> str | None:
    """The bare UUID of the task that an answer names, of any release; None where it names none."""
    if not isinstance(answer, Mapping):
        return None
    status = (answer.get("entity") or {}).get("status") or {}
    href = answer.get("task_href") or status.get("taskHref") or status.get("task_href")
    return bare_id(str(href)) if href else None


def finish(cse: Cse, task: str, what: str, wait: Wait, tell: Tell = lambda text: None) -> dict[str, Any]:
    """Wait for a task and return it as `_vcd.tasks.read` tells it. Raises TaskFailed, HttpError.

    `what` names the work in errors, `wait` has `timeout` and `interval` in seconds, `tell` hears of every step that
    the task says it is at. A task that ended in error, was canceled or aborted has failed, in the server's words.
    """
    said: list[str] = []

    def look() -> dict[str, Any]:
        state = tasks.look(cse.api, task)
        if state["operation"] and state["operation"] not in said[-1:]:
            said.append(state["operation"])
            tell(f"{what}: {state['operation']}")
        return state

    try:
        ended = wait_for(
            look,
            lambda state: state["status"] not in tasks.UNFINISHED,
            timeout=wait["timeout"],
            interval=wait["interval"],
            tolerate=is_passing,
        )
    except WaitTimeout as late:
        last = late.last if isinstance(late.last, dict) else {"id": task}
        step = f" ({said[-1]})" if said else ""
        raise TaskFailed(
            what,
            last,
            f"its task {bare_id(task)} has not ended after {wait['timeout']:g} seconds{step}. It goes on at the server "
            "and cannot be stopped: run the task again to wait for it, with a longer wait_timeout",
        ) from late
    if ended["status"] != tasks.SUCCESS:
        reason = (ended["error"] or {}).get("message") or ended["details"] or "the server gives no reason"
        step = f" It was at: {said[-1]}." if said and said[-1] != reason else ""
        raise TaskFailed(
            what, ended, f"its task {bare_id(task)} ended with {ended['status']}: {str(reason).rstrip('.')}.{step}"
        )
    return ended
