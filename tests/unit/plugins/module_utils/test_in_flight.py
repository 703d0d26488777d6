"""Many requests, a bounded number at a time, and an account of each."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._parallel import in_flight, side_by_side


class Work:
    """Notes how many are at work at once and which items were begun."""

    def __init__(self, seconds: float = 0.002, together: int = 1) -> None:
        """`together`: so many items have to be at work at once before the first of them goes on."""
        self.seconds, self.now, self.most = seconds, 0, 0
        self._together = threading.Barrier(together, timeout=60)
        self.begun: list[int] = []
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.begun.append(item)
            first = len(self.begun) <= self._together.parties
        if first:
            self._together.wait()
        time.sleep(self.seconds)
        with self._lock:
            self.now -= 1
        if item < 0:
            raise ValueError(f"not {item}")
        return item * 2


@pytest.mark.parametrize("width", [1, 3, 8])
def test_no_more_than_the_width_are_at_work_at_a_time(width: int) -> None:
    work = Work(together=width)
    answers = sorted(row[1] or 0 for row in in_flight(work, range(40), width=width))
    assert answers == list(range(0, 80, 2))
    assert work.most == width


def test_every_item_is_answered_once_with_its_own_answer_or_fault() -> None:
    rows = list(in_flight(Work(0), [1, -2, 3, -4], width=2))
    assert {(item, answer, str(fault or "")) for item, answer, fault in rows} == {
        (1, 2, ""), (-2, None, "not -2"), (3, 6, ""), (-4, None, "not -4"),
    }  # fmt: skip
    assert len(rows) == 4


def test_nothing_to_do_is_nothing_done() -> None:
    assert list(in_flight(Work(), [])) == []


def test_items_are_drawn_only_as_they_are_needed() -> None:
    drawn = []

    def items() -> object:
        for number in range(1000):
            drawn.append(number)
            yield number

    reader = in_flight(Work(0), items(), width=2)  # type: ignore[type-var, arg-type]
    next(reader)
    assert len(drawn) <= 8
    reader.close()


def test_after_the_stop_no_further_item_is_begun_and_none_is_reported_that_was_not() -> None:
    failed = threading.Event()
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item < 0:
            raise ValueError(f"not {item}")
        assert failed.wait(60)

    reported = []
    for item, _unused, fault in in_flight(work, [-1, *range(100)], width=4, stop=failed.is_set):
        reported.append(item)
        if fault:
            failed.set()
    # Those at work beside the failing one end, and a thread may have taken its next one before the failure is seen.
    assert len(begun) <= 8
    assert sorted(reported) == sorted(begun)


def test_a_reader_that_leaves_early_leaves_no_work_behind() -> None:
    work = Work(0.005)
    reader = in_flight(work, range(100), width=2)
    next(reader)
    reader.close()
    begun = len(work.begun)
    assert begun <= 4 and work.now == 0
    time.sleep(0.01)
    assert len(work.begun) == begun


def test_what_is_no_mere_failure_ends_everything() -> None:
    def work(item: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_flight(work, [1, 2, 3]))


def test_answers_side_by_side_are_in_the_order_of_the_items() -> None:
    def work(item: int) -> int:
        time.sleep((3 - item) / 100)
        return item * 10

    assert list(side_by_side(work, range(3)).items()) == [(0, 0), (1, 10), (2, 20)]
    assert side_by_side(work, []) == {}


def test_side_by_side_raises_the_first_failure() -> None:
    with pytest.raises(ValueError, match="not -1"):
        side_by_side(Work(), [1, -1, 2])
