"""Schedules of syncs: what is computed for a moment is what ticking would have brought about."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.vcav.instances import BYTES_PER_SECOND, MINUTE_MS, Instance, Schedule, retained

GIB = 2**30
START = 1_700_000_000_000
MINUTES = st.integers(5, 1440)
RULES = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 2000)), max_size=3).map(tuple)


def ticked(schedule: Schedule, rpo: int, rules: tuple[tuple[int, int], ...], until: int) -> list[Instance]:
    """The same by doing every sync in its turn and letting go of what the rules do not keep."""
    seconds = 4 * GIB // BYTES_PER_SECOND
    end = START + seconds * 1000
    kept: list[Instance] = []
    if until >= end:
        kept = retained([Instance(0, end, 4 * GIB, seconds, False)], rules)
    number = 1
    while True:
        moment = end + number * rpo * MINUTE_MS
        size = schedule.delta(number)
        if moment + size * 1000 // BYTES_PER_SECOND > until:
            return kept
        made = Instance(number, moment, size, max(1, size * 1000 // BYTES_PER_SECOND // 1000), False)
        kept = retained([*kept, made], rules)
        number += 1


@given(MINUTES, RULES, st.integers(0, 400), st.integers(0, 2**48))
@settings(max_examples=150, deadline=None)
def test_instances_are_those_of_a_schedule_that_ticked(
    rpo: int, rules: tuple[tuple[int, int], ...], rounds: int, seed: int
) -> None:
    schedule = Schedule(4 * GIB, rpo, rules, False, START, seed)
    now = START + rounds * rpo * MINUTE_MS // 3
    assert schedule.instances(now) == ticked(schedule, rpo, rules, now)
    assert schedule.latest(now) == (schedule.instances(now) or [None])[-1]


@given(MINUTES, RULES, st.lists(st.integers(0, 3000), max_size=12), st.integers(0, 2**48))
@settings(max_examples=150, deadline=None)
def test_there_are_never_too_many_and_none_comes_back(
    rpo: int, rules: tuple[tuple[int, int], ...], waits: list[int], seed: int
) -> None:
    schedule = Schedule(GIB, rpo, rules, True, START, seed)
    now, gone, before = START, set(), set()
    for number, minutes in enumerate(waits):
        now += minutes * MINUTE_MS
        if number % 4 == 1:
            schedule.stop(now)
        elif number % 4 == 2:
            schedule.resume(now)
        elif number % 4 == 3 and schedule.is_complete(now):
            schedule.sync(now)
        found = schedule.instances(now)
        assert len(found) <= max(1, sum(count for count, _distance in rules))
        gone |= before - set(found)
        assert not gone & set(found)
        before = set(found)
        assert [one.sequence for one in found] == sorted({one.sequence for one in found})


def test_rules_reach_back_as_far_as_they_say() -> None:
    schedule = Schedule(GIB, 60, ((4, 60), (3, 1440)), False, START, 7)
    now = START + 10 * 24 * 60 * MINUTE_MS
    ages = [(now - one.timestamp) // (60 * MINUTE_MS) for one in schedule.instances(now)]
    assert len(ages) == 7 and ages[-4:] == [3, 2, 1, 0]
    assert all(24 <= older - newer <= 24 for older, newer in zip(ages[:2], ages[1:3], strict=True))


def test_a_pause_breaks_off_and_resuming_goes_on() -> None:
    schedule = Schedule(4 * GIB, 60, (), False, START, 7)
    schedule.stop(START + 8_000)
    assert schedule.progress(START + 900_000) == 50 and not schedule.is_complete(START + 900_000)
    schedule.resume(START + 1_000_000)
    assert schedule.progress(START + 1_004_000) == 75
    assert schedule.latest(START + 1_008_000) is not None and schedule.latest(START + 1_007_000) is None


def test_other_settings_hold_from_now_on() -> None:
    schedule = Schedule(GIB, 60, ((4, 60),), False, START, 7)
    now = START + 6 * 60 * MINUTE_MS
    assert len(schedule.instances(now)) == 4
    schedule.reconfigure(now, 120, ((2, 120),), True)
    assert len(schedule.instances(now)) == 2
    later = now + 121 * MINUTE_MS
    latest = schedule.latest(later)
    assert latest is not None and latest.quiesced and schedule.latest(now + 50 * MINUTE_MS) != latest


def test_every_byte_is_counted_once() -> None:
    schedule = Schedule(4 * GIB, 60, (), False, START, 7)
    day = START + 24 * 60 * MINUTE_MS
    schedule.stop(START + 8_000)
    schedule.resume(START + 60_000)
    schedule.sync(START + 3_000_000)
    total = sum(one.transferred for one in schedule.transfers(day, START, day))
    pieces = [
        sum(one.transferred for one in schedule.transfers(day, moment, moment + 1) if one.start == moment)
        for moment in sorted({one.start for one in schedule.transfers(day, START, day)})
    ]
    assert sum(pieces) == total
    latest = schedule.latest(day)
    assert latest is not None
    assert total == 4 * GIB + sum(schedule.delta(number) for number in range(1, latest.sequence + 1))


def test_a_reversal_begins_with_what_differs() -> None:
    schedule = Schedule(4 * GIB, 60, ((4, 60),), False, START, 7)
    now = START + 6 * 60 * MINUTE_MS
    schedule.stop(now)
    schedule.reverse(now)
    assert schedule.instances(now) == [] and schedule.state(now)[0] == "fullsync"
    first = schedule.latest(now + 1_000)
    assert first is not None and first.transferred < GIB // 10
