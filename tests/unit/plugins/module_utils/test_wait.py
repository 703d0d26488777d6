"""Waiting: a predicate with a deadline, on a clock that the tests move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed, WaitTimeout, wait_for


class Time:
    """A clock that only sleeping moves, and a note of every pause. Each fetch may take time too."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.pauses.append(seconds)
        self.now += seconds


def waiting(time: Time, fetch: Callable[[], Any], done: Callable[[Any], bool], **more: Any) -> Any:
    more = {"timeout": 60, "interval": 2, **more}
    return wait_for(fetch, done, clock=time.clock, sleep=time.sleep, **more)


def test_what_is_done_at_once_is_returned_without_a_pause() -> None:
    time = Time()
    assert waiting(time, lambda: "ready", lambda state: state == "ready") == "ready"
    assert time.pauses == []


def test_the_state_that_satisfied_is_returned_and_nothing_is_slept_after_it() -> None:
    time = Time()
    states = iter(range(10))
    assert waiting(time, lambda: next(states), lambda state: state == 4) == 4
    assert len(time.pauses) == 4
    assert next(states) == 5


def test_the_first_pauses_are_short_and_double_up_to_the_interval() -> None:
    time = Time()
    states = iter(range(8))
    waiting(time, lambda: next(states), lambda state: state == 7, interval=4)
    assert time.pauses == [0.5, 1, 2, 4, 4, 4, 4]


@given(
    timeout=st.floats(0, 30),
    interval=st.floats(0, 60),
    cost=st.floats(0, 5),
)
def test_waiting_ends_at_its_deadline_and_every_pause_is_bounded(timeout: float, interval: float, cost: float) -> None:
    time = Time()
    looks = []

    def fetch() -> int:
        time.now += cost
        looks.append(time.now)
        return len(looks)

    with pytest.raises(WaitTimeout) as late:
        waiting(time, fetch, lambda state: False, timeout=timeout, interval=interval)
    assert late.value.last == len(looks)
    assert time.now <= 1000 + timeout + cost + 0.001
    assert all(pause <= max(interval, 0.05) for pause in time.pauses)
    assert len(looks) <= timeout / 0.05 + 3, "a server must never be asked without a pause in between"


def test_the_state_is_looked_at_once_more_when_the_time_is_over() -> None:
    time = Time()
    assert waiting(time, lambda: time.now, lambda moment: moment >= 1010, timeout=10) == 1010


def test_a_timeout_of_nothing_looks_once() -> None:
    time = Time()
    with pytest.raises(WaitTimeout, match="not finished after 0 seconds"):
        waiting(time, lambda: "running", lambda state: False, timeout=0)
    assert time.pauses == []


def test_a_tolerated_fault_means_not_yet() -> None:
    time = Time()
    answers: list[Any] = [OSError("restarting"), "running", OSError("again"), "ready"]

    def fetch() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = waiting(time, fetch, lambda state: state == "ready", tolerate=lambda fault: isinstance(fault, OSError))
    assert found == "ready"


def test_any_other_fault_ends_the_waiting_at_once() -> None:
    time = Time()

    def fetch() -> Any:
        raise ValueError("no such task")

    with pytest.raises(ValueError, match="no such task"):
        waiting(time, fetch, lambda state: False, tolerate=lambda fault: isinstance(fault, OSError))
    assert time.pauses == []


def test_what_is_late_tells_the_last_state_and_the_last_fault() -> None:
    time = Time()
    answers: list[Any] = ["running at 40"]

    def fetch() -> Any:
        if answers:
            return answers.pop()
        raise OSError("gone")

    with pytest.raises(WaitTimeout) as late:
        waiting(time, fetch, lambda state: False, tolerate=lambda fault: True, timeout=5)
    assert (late.value.seconds, late.value.last, str(late.value.fault)) == (5, "running at 40", "gone")


def test_a_fault_that_has_passed_is_not_told() -> None:
    time = Time()
    answers: list[Any] = [OSError("gone")]

    def fetch() -> Any:
        if answers:
            raise answers.pop()
        return "running"

    with pytest.raises(WaitTimeout) as late:
        waiting(time, fetch, lambda state: False, tolerate=lambda fault: True, timeout=5)
    assert late.value.fault is None


def test_a_failed_task_carries_the_servers_own_account() -> None:
    failed = TaskFailed("pairing", {"id": "1", "error": {"code": "X", "msg": "no"}}, "it ended FAILED")
    assert str(failed) == "pairing: it ended FAILED"
    assert failed.error == {"code": "X", "msg": "no"}
    assert TaskFailed("pairing", {"id": "1", "error": None}, "late").error == {}
