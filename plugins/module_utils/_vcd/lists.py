# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading lists that come in pages, one after the other or side by side, and noticing what is missing. Pure.

Some lists of vCloud Director forget their total or the number of pages, some give fewer items than asked for: so only
an empty page or the total ends a list, and the number of pages where there is no total (contract vcd-api.md, 4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .. import _parallel

PAGE = 128  # items; the most that every list allows

Item = TypeVar("Item")
Complaint = Callable[[str], Exception]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page: its items, and what it says of the whole list: items in all, number of pages (None: it does not)."""

    items: Sequence[Item]
    total: int | None = None
    last: int | None = None


def in_turn(fetch: Callable[[int], Page[Item]], complain: Complaint) -> Iterator[Item]:
    """The items of all pages, from `fetch(1)` on. Raises what `complain` makes when the list ends before its total."""
    seen, number = 0, 1
    while True:
        page = fetch(number)
        yield from page.items
        seen += len(page.items)
        if page.total is not None and seen >= page.total:
            return
        if not page.items:
            if page.total is None:
                return
            raise complain(f"the list ended after {seen} of {page.total} items; run again")
        if page.total is None and page.last is not None and number >= page.last:
            return
        number += 1


def side_by_side(fetch: Callable[[int], Page[Item]], complain: Complaint) -> list[Item]:
    """The same as a list, with the pages after the first read side by side.

    Where the first page does not tell how many there are, or one of the others is not what it promised because the list
    changes meanwhile, it is read in turn.
    """
    first = fetch(1)

    def again(number: int) -> Page[Item]:
        return first if number == 1 else fetch(number)

    total = first.total
    if total is None or (len(first.items) < min(PAGE, total)):
        return list(in_turn(again, complain))
    further = range(2, (total + PAGE - 1) // PAGE + 1)
    pages = _parallel.side_by_side(fetch, further)
    if any(
        page.total != total or len(page.items) != min(PAGE, total - PAGE * (number - 1))
        for number, page in pages.items()
    ):
        return list(in_turn(fetch, complain))
    return [*first.items, *(item for page in pages.values() for item in page.items)]
