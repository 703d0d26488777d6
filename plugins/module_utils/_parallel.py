# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several calls at a time, in threads, with a bound on how many. Pure but for the threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar, cast

IN_FLIGHT = 8

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def side_by_side(work: Callable[[Item], Answer], items: Iterable[Item]) -> dict[Item, Answer]:
    """{item: work(item)} in the order of the items, worked on side by side. Raises the first failure."""
    items = list(items)
    found: dict[Item, Answer] = {}
    for item, answer, fault in in_flight(work, items):
        if fault is not None:
            raise fault
        found[item] = cast(Answer, answer)
    return {item: found[item] for item in items}


def in_flight(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    width: int = IN_FLIGHT,
    stop: Callable[[], bool] | None = None,
) -> Iterator[tuple[Item, Answer | None, Exception | None]]:
    """Do `work(item)` for every item with at most `width` at a time; yield (item, answer, exception) as they finish.

    Once `stop()` is true no further item is begun; those not begun are not yielded.
    """
    waiting = iter(items)
    pool = ThreadPoolExecutor(max_workers=width)
    running: dict[Future[Answer], Item] = {}

    def begin() -> None:
        while len(running) < 2 * width:
            for item in waiting:
                running[pool.submit(work, item)] = item
                break
            else:
                return

    try:
        begin()
        while running:
            finished, _unused = wait(running, return_when=FIRST_COMPLETED)
            for done in finished:
                item = running.pop(done)
                fault = done.exception()
                if fault is not None and not isinstance(fault, Exception):
                    raise fault
                yield (item, None, fault) if fault is not None else (item, done.result(), None)
            if not (stop and stop()):
                begin()
                continue
            for queued in [each for each in running if each.cancel()]:
                del running[queued]
    finally:
        # Also when the reader leaves early: what has not begun never begins.
        pool.shutdown(wait=True, cancel_futures=True)
