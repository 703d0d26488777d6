"""When a scheduled task runs next (contract section 10). Pure.

Only `every-hours` with the pattern `15:15` was seen, and read as minutes and seconds of each hour; the other cycles and
what stands in their patterns are INFERRED from it:

every-minutes  ss            every-days   hh:mm or hh:mm:ss
every-hours    mm:ss         every-weeks  Mon hh:mm:ss          every-months  dd hh:mm:ss

Several times are joined by commas; without a pattern a cycle counts from the start. The server's zone is UTC.

A public client that is used on 8.x (davidfischer-ch/terraform-provider-aria) calls what runs once `one-time`, writes
the zone of the times before them and a comma after each: `(Europe/Zurich) Monday 02:00:00,Friday 22:00:00,`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ONE_TIME = "one-time"
ONCE = frozenset({"", "none", "once", ONE_TIME})
CYCLES = ("none", "once", ONE_TIME, "every-minutes", "every-hours", "every-days", "every-weeks", "every-months")
_STEPS = {"every-minutes": 60, "every-hours": 3600, "every-days": 86_400, "every-weeks": 604_800}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORMS = {
    "every-minutes": re.compile(r"(?P<s>\d{1,2})"),
    "every-hours": re.compile(r"(?P<m>\d{1,2}):(?P<s>\d{1,2})"),
    "every-days": re.compile(r"(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2}))?"),
    "every-weeks": re.compile(r"(?P<day>[A-Za-z]{3})\w*\s+(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2}))?"),
    "every-months": re.compile(r"(?P<date>\d{1,2})\s+(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2}))?"),
}


_ZONED = re.compile(r"\s*(?:\((?P<zone>[^()]*)\))?(?P<times>[^()]*)")


class BadPattern(ValueError):
    """A cycle or pattern that cannot be read."""


def _parts(pattern: str) -> tuple[list[str], tzinfo]:
    """The times of a pattern, and their zone."""
    found = _ZONED.fullmatch(pattern)
    if found is None:
        raise BadPattern(f"'{pattern}' is not a pattern")
    try:
        zone = ZoneInfo((found["zone"] or "UTC").strip())
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise BadPattern(f"'{found['zone']}' is not a time zone") from problem
    return [part for part in found["times"].split(",") if part.strip()], zone


def _time(cycle: str, text: str) -> dict[str, int]:
    match = _FORMS[cycle].fullmatch(text.strip())
    if match is None:
        raise BadPattern(f"'{text.strip()}' is not a pattern for {cycle}")
    found = {name: int(part) for name, part in match.groupdict().items() if part and name != "day"}
    if found.get("h", 0) > 23 or found.get("m", 0) > 59 or found.get("s", 0) > 59 or found.get("date", 1) > 31:
        raise BadPattern(f"'{text.strip()}' is not a time")
    if "day" in match.groupdict():
        day = match["day"].lower()
        if day not in _DAYS:
            raise BadPattern(f"'{match['day']}' is not a day of the week")
        found["day"] = _DAYS.index(day)
    return found


def check(cycle: str, pattern: str) -> None:
    """Raises BadPattern."""
    if cycle not in CYCLES:
        raise BadPattern(f"Unknown recurrence cycle '{cycle}'")
    times, _zone = _parts(pattern)
    if cycle not in ONCE:
        for part in times:
            _time(cycle, part)


def next_run(cycle: str, pattern: str, start: int, after: int) -> int | None:
    """The first time, in epoch milliseconds, that is not before `start` and later than `after`; None when there is
    none: a task that runs once has run then."""
    if cycle in ONCE:
        return start if start > after else None
    times, zone = _parts(pattern)
    if times:
        return min(_next(cycle, _time(cycle, part), max(start, after + 1), zone) for part in times)
    if start > after:
        return start
    if cycle == "every-months":
        return _month_later(start, after)
    step = _STEPS[cycle] * 1000
    return start + ((after - start) // step + 1) * step


def _month_later(start: int, after: int) -> int:
    first = datetime.fromtimestamp(start / 1000, timezone.utc)
    found, month = start, 0
    while found <= after:
        month += 1
        year, number = divmod(first.year * 12 + first.month - 1 + month, 12)
        try:
            moment = first.replace(year=year, month=number + 1)
        except ValueError:
            # The month does not have that day.
            continue
        found = round(moment.timestamp() * 1000)
    return found


def _next(cycle: str, time: dict[str, int], earliest: int, zone: tzinfo) -> int:
    """The first time that fits and is not before `earliest`."""
    begin = datetime.fromtimestamp(-(-earliest // 1000), zone)
    seconds, minutes, hours = time.get("s", 0), time.get("m", 0), time.get("h", 0)
    if cycle == "every-minutes":
        moment, step = begin.replace(second=seconds), timedelta(minutes=1)
    elif cycle == "every-hours":
        moment, step = begin.replace(minute=minutes, second=seconds), timedelta(hours=1)
    else:
        moment, step = begin.replace(hour=hours, minute=minutes, second=seconds), timedelta(days=1)

    def fits() -> bool:
        if cycle == "every-weeks" and moment.weekday() != time["day"]:
            return False
        return cycle != "every-months" or moment.day == time["date"]

    while moment < begin or not fits():
        moment += step
    return round(moment.timestamp() * 1000)
