"""Writes how long each task took, in seconds from its start to its last result, to the file that VCPP_STOPWATCH names.

This is how the benchmarks take the start-up of a play off: only what happens inside a task counts.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: stopwatch
type: aggregate
short_description: Time every task
description: Writes a JSON list of tasks with their seconds.
"""


class CallbackModule(CallbackBase):
    """Collects (name, seconds) per task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "stopwatch"

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[dict[str, Any]] = []
        self._begun = 0.0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._tasks.append({"name": task.get_name(), "seconds": 0.0})
        self._begun = time.perf_counter()

    def _lap(self, *_ignored: Any, **_more: Any) -> None:
        self._tasks[-1]["seconds"] = time.perf_counter() - self._begun

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_on_unreachable = _lap

    def v2_playbook_on_stats(self, stats: Any) -> None:
        with open(os.environ["VCPP_STOPWATCH"], "w", encoding="utf-8") as file:
            json.dump(self._tasks, file)
