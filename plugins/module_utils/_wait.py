# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: a predicate with a deadline. No input, no output; the clock and the sleep are parameters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

State = TypeVar("State")

SHORTEST_PAUSE = 0.05


class WaitTimeout(Exception):
    """The deadline passed; `last` is the last state seen, `fault` the last tolerated exception, either may be None."""

    def __init__(self, seconds: float, last: object, fault: Exception | None) -> None:
        self.seconds, self.last, self.fault = seconds, last, fault
        super().__init__(f"not finished after {seconds:g} seconds")


class TaskFailed(Exception):
    """A product's task failed or did not end in time. `task` is its last state, `error` the server's own account."""

    def __init__(self, what: str, task: Mapping[str, Any], reason: str) -> None:
        self.task = dict(task)
        self.error: dict[str, Any] = dict(task.get("error") or {})
        self.reason = reason
        super().__init__(f"{what}: {reason}")


def wait_for(
    fetch: Callable[[], State],
    done: Callable[[State], bool],
    *,
    timeout: float,
    interval: float,
    tolerate: Callable[[Exception], bool] = lambda fault: False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> State:
    """Fetch until `done(state)`, and return that state.

    `timeout` and `interval` are seconds. The first pauses are short (an eighth of the interval, doubling), because
    most tasks of these products end within a second; later ones are `interval` long. An interval of nothing still
    leaves a pause, or a server would be asked as fast as it can answer. Exceptions for which `tolerate` is true (a
    service that restarts, say) count as "not yet". Raises WaitTimeout.
    """
    deadline = clock() + timeout
    interval = max(interval, SHORTEST_PAUSE)
    pause = max(interval / 8, SHORTEST_PAUSE)
    last: State | None = None
    fault: Exception | None = None
    while True:
        try:
            last = fetch()
            fault = None
            if done(last):
                return last
        except Exception as problem:
            if not tolerate(problem):
                raise
            fault = problem
        left = deadline - clock()
        if left <= 0:
            raise WaitTimeout(timeout, last, fault)
        sleep(min(pause, left))
        pause = min(interval, pause * 2)
