"""How many bytes replications have moved (contract 4.13), from 3.5 on.

The answer of `disk-usage` has no known field and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from ..world import SYSTEM
from .errors import bad_input, not_found
from .instances import Schedule
from .replication_states import VmReplication
from .routing import EVERYONE, Call

if TYPE_CHECKING:
    from .replications import Replications

# Seconds of the intervals of 4.x; more are hinted at, not named.
_INTERVALS = {"HOUR": 3600, "DAY": 86_400}
_DEFAULT_RESOLUTION = 300
_DAY_MS = 86_400_000
_MOST_SAMPLES = 100_000


class Traffic:
    """The traffic of one site's replications."""

    def __init__(self, table: Replications) -> None:
        self._table = table
        self.reset()

    def reset(self) -> None:
        """Nothing was ever moved."""
        self._retired: dict[str, list[tuple[Schedule, int]]] = {}
        """Owner -> schedules of replications that were stopped, and when: what was moved was moved."""

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        cloud = self._table.cloud
        if not cloud.product.since("3.5"):
            return
        add = cloud.routes.add
        add("GET", "vm-replications/{}/rt-traffic", self._real_time, EVERYONE)
        add("GET", "vm-replications/{}/traffic", self._of_vm, EVERYONE)
        add("GET", "owner/{}/traffic", self._of_owner, EVERYONE)

    def retire(self, one: VmReplication) -> None:
        """Keeps what a stopped replication has moved, for its owner."""
        now = self._table.cloud.world.now_ms()
        one.schedule.stop(now)
        self._retired.setdefault(one.vapp.owner, []).append((one.schedule, now))

    def _real_time(self, call: Call) -> Reply:
        """The traffic of the minute before: besides `timestamp` it is told like a sample (INFERRED)."""
        there = self._table.there(call)
        one = there.machine(call, self._table.org_at(call, there.cloud))
        now = there.cloud.world.now_ms()
        samples = _samples([one.schedule], now, now - 60_000, now, 60_000)
        return call.json({"timestamp": now, "bytes": sum(sample["bytes"] for sample in samples)})

    def _of_vm(self, call: Call) -> Reply:
        there = self._table.there(call)
        one = there.machine(call, self._table.org_at(call, there.cloud))
        return call.json(self._answer(call, one.id, [one.schedule]))

    def _of_owner(self, call: Call) -> Reply:
        there = self._table.there(call)
        mine = self._table.org_at(call, there.cloud)
        owner = call.args[0]
        org, _at, site = owner.rpartition("@")
        cloud = there.cloud
        peer = cloud.pairing.peers.get(site)
        of_site = cloud if site == cloud.site_name else cloud.pairing.service_of(peer) if peer else None
        exists = of_site is not None and org in of_site.site_state.organizations
        if not exists or mine not in (SYSTEM, org):
            raise not_found(f"Owner {owner}")
        schedules = [one.schedule for one in there.vms.values() if one.vapp.owner == owner]
        schedules += [schedule for schedule, _when in there.traffic._retired.get(owner, ())]
        return call.json(self._answer(call, org, schedules))

    def _answer(self, call: Call, label: str, schedules: Iterable[Schedule]) -> dict[str, Any]:
        first = call.request.first
        now = self._table.cloud.world.now_ms()
        old = self._table.cloud.product.is_3
        start, end = _moment(call, "start"), _moment(call, "end")
        if old:
            # Only for 4.x a default is documented.
            if start is None or end is None:
                raise bad_input("start and end are required.")
            seconds = _number(first("resolution"), "resolution") or _DEFAULT_RESOLUTION
        else:
            interval = first("interval") or "HOUR"
            if interval not in _INTERVALS:
                raise bad_input(f"interval must be one of {', '.join(_INTERVALS)}.")
            seconds = _INTERVALS[interval]
            end = now if end is None else end
            start = end - _DAY_MS if start is None else start
        if start >= end:
            raise bad_input("start must be before end.")
        if (end - start) // (seconds * 1000) >= _MOST_SAMPLES:
            raise bad_input("So many samples are too many for one answer.")
        answer: dict[str, Any] = {"label": label}
        answer |= {"resolution": seconds} if old else {"interval": first("interval") or "HOUR"}
        samples = _samples(schedules, now, start, end, seconds * 1000)
        return {**answer, "start": start, "end": end, "samples": samples}


def _samples(schedules: Iterable[Schedule], now: int, start: int, end: int, length: int) -> list[dict[str, int]]:
    """Bytes by piece of time, each with the moment at which the piece begins."""
    pieces = [0] * -((start - end) // length)
    for schedule in schedules:
        for transfer in schedule.transfers(now, start, end):
            duration = max(1, transfer.end - transfer.start)
            first = max(0, (transfer.start - start) // length)
            last = min(len(pieces) - 1, (transfer.end - 1 - start) // length)
            for number in range(first, last + 1):
                begin, finish = start + number * length, min(end, start + (number + 1) * length)
                shared = min(transfer.end, finish) - max(transfer.start, begin)
                if shared > 0:
                    pieces[number] += transfer.transferred * shared // duration
    return [{"timestamp": start + number * length, "bytes": size} for number, size in enumerate(pieces)]


def _moment(call: Call, name: str) -> int | None:
    return _number(call.request.first(name), name)


def _number(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or int(text) == 0:
        raise bad_input(f"{name} must be a whole number of at least 1.")
    return int(text)
