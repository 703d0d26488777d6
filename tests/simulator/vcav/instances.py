"""When a replicated VM is synchronised, what of it is kept, and what went over the wire.

Nothing ticks: a schedule answers for any moment of the simulator's clock by arithmetic, so ten thousand replications
cost nothing while nobody asks for them. Whatever changes a schedule (a pause, another RPO, a sync by hand) closes the
run of syncs that was going on (`_fold`) and begins another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

# How fast every VM is copied, on the simulator's clock: 4 GiB take 16 seconds.
BYTES_PER_SECOND = 256 * 2**20
MINUTE_MS = 60_000

Rule = tuple[int, int]
"""(number of instances, distance in minutes) of a retention rule."""


class Instance(NamedTuple):
    """A point in time to which a VM can be recovered."""

    sequence: int
    timestamp: int
    """Epoch ms."""
    transferred: int
    """Bytes."""
    seconds: int
    quiesced: bool


class Transfer(NamedTuple):
    """Bytes that went over the wire from one moment to another."""

    start: int
    end: int
    transferred: int


class _Run(NamedTuple):
    """Syncs at equal distances, over and done with: so many (`length`) from `base` on."""

    base: int
    period: int
    length: int
    sequence: int


def milliseconds_for(size: int) -> int:
    """How long it takes to copy so many bytes."""
    return size * 1000 // BYTES_PER_SECOND


def retained(candidates: Iterable[Instance], rules: Iterable[Rule]) -> list[Instance]:
    """What is left of these instances, the oldest first.

    The latest one always is. A rule cuts time into pieces of its distance and keeps the first instance of each of the
    last pieces that have one; the latest counts for the first rule. So there are never more than the rules allow, and
    what has been let go never comes back. How the product chooses is not recorded: INFERRED.
    """
    ordered = sorted(set(candidates))
    if not ordered:
        return []
    latest = ordered[-1]
    kept = {latest}
    for position, (number, distance) in enumerate(rules):
        wanted = number - (position == 0)
        cell = None
        firsts: list[Instance] = []
        for one in ordered:
            if one.timestamp // (distance * MINUTE_MS) != cell:
                cell = one.timestamp // (distance * MINUTE_MS)
                firsts.append(one)
        if firsts[-1] == latest:
            firsts.pop()
        kept.update(firsts[-wanted:] if wanted else ())
    return sorted(kept)


class Schedule:
    """The syncs of one VM: a full one, then a delta every RPO."""

    __slots__ = (
        "_base",
        "_full_before",
        "_full_open",
        "_full_size",
        "_full_start",
        "_history",
        "_kept",
        "_period",
        "_quiesced",
        "_rules",
        "_seed",
        "_sequence",
        "_size",
        "_stopped",
        "_transfers",
    )

    def __init__(self, size: int, rpo: int, rules: tuple[Rule, ...], quiesced: bool, start: int, seed: int) -> None:
        """`size` in bytes, `rpo` in minutes, `start` of the full sync in epoch ms; `seed` makes the deltas differ."""
        self._size = size
        self._period = rpo * MINUTE_MS
        self._rules = rules
        self._quiesced = quiesced
        self._seed = seed
        self._sequence = 0
        """Number of the next sync of the current run."""
        self._kept: tuple[Instance, ...] = ()
        """Instances of earlier runs."""
        self._history: tuple[_Run, ...] = ()
        self._transfers: tuple[Transfer, ...] = ()
        """What was copied outside of runs: full syncs and syncs by hand."""
        self._stopped: int | None = None
        self._base = 0
        self._begin_full(start, size)

    def _begin_full(self, start: int, size: int) -> None:
        self._full_open = True
        self._full_start = start
        self._full_size = size
        self._full_before = 0

    # Reading

    @property
    def _full_end(self) -> int:
        return self._full_start + milliseconds_for(self._full_size - self._full_before)

    def _until(self, now: int) -> int:
        return now if self._stopped is None else min(now, self._stopped)

    def _deltas(self) -> tuple[int, int]:
        """Start and number of the first delta of the current run."""
        if self._full_open:
            return self._full_end + self._period, self._sequence + 1
        return self._base, self._sequence

    def delta(self, sequence: int) -> int:
        """Bytes that changed before this sync: 0.2 to 1 percent, never more than half an RPO can carry."""
        mixed = ((self._seed ^ sequence) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        changed = self._size * (2 + (mixed >> 40) % 9) // 1000
        return max(1024, min(changed, self._period * BYTES_PER_SECOND // 2000))

    def _completed(self, until: int) -> int:
        """How many deltas of the current run are through by then."""
        base, first = self._deltas()
        if until < base:
            return 0
        last = (until - base) // self._period
        in_flight = base + last * self._period + milliseconds_for(self.delta(first + last)) > until
        return last + (0 if in_flight else 1)

    def is_complete(self, now: int) -> bool:
        """Whether the full sync is through, so that there is something to recover."""
        return not self._full_open or self._until(now) >= self._full_end

    def progress(self, now: int) -> int | None:
        """Percent of a full sync that is going on."""
        until = self._until(now)
        if self.is_complete(now) or until < self._full_start:
            return None
        done = self._full_before + (until - self._full_start) * BYTES_PER_SECOND // 1000
        return min(99, done * 100 // max(1, self._full_size))

    def state(self, now: int) -> tuple[str, int]:
        """What goes on (a value of contract 5.2), and since when."""
        until = self._until(now)
        if not self.is_complete(now):
            return ("passive", until) if until < self._full_start else ("fullsync", self._full_start)
        base, first = self._deltas()
        if until >= base and self._stopped is None:
            last = (until - base) // self._period
            start = base + last * self._period
            end = start + milliseconds_for(self.delta(first + last))
            return ("lwd", start) if end > until else ("idle", end)
        latest = self.latest(now)
        return "idle", until if latest is None else latest.timestamp

    def latest(self, now: int) -> Instance | None:
        """The newest instance; None before the first one."""
        until = self._until(now)
        count = self._completed(until)
        if count:
            return self._delta_instance(count - 1)
        if self._full_open and until >= self._full_end:
            return self._full_instance()
        return self._kept[-1] if self._kept else None

    def instances(self, now: int) -> list[Instance]:
        """All that are kept, the oldest first."""
        until = self._until(now)
        found = list(self._kept)
        if self._full_open and until >= self._full_end:
            found.append(self._full_instance())
        count = self._completed(until)
        if count:
            found += [self._delta_instance(number) for number in self._worth_a_look(count)]
        return retained(found, self._rules)

    def _worth_a_look(self, count: int) -> set[int]:
        """Those of `count` deltas that a rule may keep: the last one, and the first of each piece of time."""
        base, _first = self._deltas()
        chosen = {count - 1}
        for number, distance in self._rules:
            length = distance * MINUTE_MS
            cell = (base + (count - 1) * self._period) // length
            for _piece in range(number + 1):
                first = max(0, -((base - cell * length) // self._period))
                chosen.add(first)
                if first == 0:
                    break
                # The piece in which the delta before it lies: there may be pieces without any.
                cell = (base + (first - 1) * self._period) // length
        return {one for one in chosen if one < count}

    def _delta_instance(self, number: int) -> Instance:
        base, first = self._deltas()
        size = self.delta(first + number)
        seconds = max(1, milliseconds_for(size) // 1000)
        return Instance(first + number, base + number * self._period, size, seconds, self._quiesced)

    def _full_instance(self) -> Instance:
        seconds = max(1, milliseconds_for(self._full_size) // 1000)
        return Instance(self._sequence, self._full_end, self._full_size, seconds, self._quiesced)

    def transfers(self, now: int, start: int, end: int) -> Iterator[Transfer]:
        """What went over the wire between two moments; a transfer that is under way counts as far as it has come."""
        until = self._until(now)
        fixed = list(self._transfers)
        if self._full_open and until > self._full_start:
            done = min(self._full_size - self._full_before, (until - self._full_start) * BYTES_PER_SECOND // 1000)
            fixed.append(Transfer(self._full_start, min(until, self._full_end), done))
        for transfer in fixed:
            if transfer.end > start and transfer.start < end:
                yield transfer
        base, first = self._deltas()
        for run in (*self._history, _Run(base, self._period, self._completed(until), first)):
            lowest = max(0, -((run.base - start) // run.period))
            highest = min(run.length - 1, (end - 1 - run.base) // run.period)
            for number in range(lowest, highest + 1):
                moment = run.base + number * run.period
                size = self.delta(run.sequence + number)
                yield Transfer(moment, moment + max(1, milliseconds_for(size)), size)

    # Changing

    def _fold(self, now: int) -> None:
        """Closes the current run: what it made is kept as it is at this moment."""
        until = self._until(now)
        kept = tuple(self.instances(now))
        count = self._completed(until)
        base, first = self._deltas()
        if self._full_open:
            if until > self._full_start:
                done = min(self._full_size - self._full_before, (until - self._full_start) * BYTES_PER_SECOND // 1000)
                self._transfers += (Transfer(self._full_start, min(until, self._full_end), done),)
            if until >= self._full_end:
                self._full_open = False
                self._sequence += 1
            elif until > self._full_start:
                self._full_before += (until - self._full_start) * BYTES_PER_SECOND // 1000
                self._full_start = until
        if count:
            self._history += (_Run(base, self._period, count, first),)
            self._sequence += count
        self._kept = kept
        if not self._full_open:
            last = kept[-1].timestamp if kept else until
            self._base = max(last + self._period, until + 1)

    def stop(self, now: int) -> None:
        """Nothing is synchronised any more; what is under way is broken off."""
        if self._stopped is None:
            self._stopped = now

    def resume(self, now: int) -> None:
        """Goes on at once: with what is left of a full sync, or with a delta."""
        if self._stopped is None:
            return
        self._fold(now)
        self._stopped = None
        if self._full_open:
            self._full_start = max(now, self._full_start)
        else:
            self._base = now

    def sync(self, now: int) -> None:
        """One delta by hand, done at this moment. Only when there is a full sync to build upon."""
        self._fold(now)
        size = self.delta(self._sequence)
        duration = max(1, milliseconds_for(size))
        made = Instance(self._sequence, now, size, max(1, duration // 1000), self._quiesced)
        self._kept = tuple(retained((*self._kept, made), self._rules))
        self._transfers += (Transfer(now - duration, now, size),)
        self._sequence += 1
        self._base = now + self._period

    def reconfigure(self, now: int, rpo: int, rules: tuple[Rule, ...], quiesced: bool) -> None:
        """Other settings from now on; instances that the new rules do not keep are gone."""
        self._fold(now)
        self._period = rpo * MINUTE_MS
        self._rules = rules
        self._quiesced = quiesced
        self._kept = tuple(retained(self._kept, rules))
        if not self._full_open:
            last = self._kept[-1].timestamp if self._kept else now
            self._base = max(last + self._period, self._until(now) + 1)

    def resize(self, now: int, size: int) -> None:
        """Another set of disks: their size counts from the next sync on."""
        self._fold(now)
        self._size = size
        if self._full_open:
            self._full_size = max(size, self._full_before)

    def reverse(self, now: int) -> None:
        """Begins anew in the other direction. The old source's disks are seeds, so only what differs is copied."""
        self._fold(now)
        self._kept = ()
        self._stopped = None
        if self._full_open:
            self._sequence += 1
        self._begin_full(now, self.delta(self._sequence))
