# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a schedule runs: our words and the server's patterns (contract vro-api.md, 10). Pure.

The contract knows `15:15` of every hour from 7.x. A public client that is used on 8.x writes the zone before and a
comma after each time: `(Europe/Zurich) Monday 02:00:00,Friday 22:00:00,` and calls what runs once `one-time`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .._names import nearest
from .._plan import InputError

ONCE = "once"
CYCLES = {
    ONCE: "one-time",
    "every_minute": "every-minutes",
    "every_hour": "every-hours",
    "every_day": "every-days",
    "every_week": "every-weeks",
    "every_month": "every-months",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2}))?"
# What one time looks like, and an example.
_FORMS = {
    "every_minute": (r"(?P<s>\d{1,2})", "30 for half past each minute"),
    "every_hour": (r"(?P<m>\d{1,2}):(?P<s>\d{1,2})", "15:00 for a quarter past each hour"),
    "every_day": (_CLOCK, "02:30:00"),
    "every_week": (rf"(?P<day>[A-Za-z]+)\s+{_CLOCK}", "Monday 02:30:00"),
    "every_month": (rf"(?P<date>\d{{1,2}})\s+{_CLOCK}", "01 02:30:00 for the first day"),
}
_MOST = {"h": 23, "m": 59, "s": 59, "date": 31}
_PATTERN = re.compile(r"\s*(?:\((?P<zone>[^)]*)\))?(?P<times>.*)", re.DOTALL)


def word(cycle: str | None) -> str:
    """The server's cycle in our words; `none` and `once` were seen for what runs once, too."""
    text = (cycle or "").lower()
    return next(
        (ours for ours, theirs in CYCLES.items() if theirs == text), ONCE if text in ("", "none", ONCE) else text
    )


def normal(cycle: str, time: str) -> str:
    """One time as the server spells it. Raises InputError for one that this cycle cannot have."""
    form, example = _FORMS[cycle]
    found = re.fullmatch(form, time.strip())
    parts = found.groupdict() if found else {}
    numbers = {name: int(part or 0) for name, part in parts.items() if name != "day"}
    if not found or any(number > _MOST[name] for name, number in numbers.items()) or numbers.get("date") == 0:
        raise InputError(f"times has {time!r}: with recurrence {cycle} write it like {example}")
    clock = ":".join(f"{numbers[name]:02}" for name in ("h", "m", "s") if name in numbers)
    if "day" in parts:
        return f"{_day(str(parts['day']), time)} {clock}"
    return f"{numbers['date']:02} {clock}" if "date" in numbers else clock


def _day(given: str, time: str) -> str:
    for day in DAYS:
        if len(given) >= 3 and day.lower().startswith(given.lower()):
            return day
    raise InputError(f"times has {time!r}: {given!r} is no day of the week{nearest(given, DAYS)}")


def pattern(times: Iterable[str], zone: str | None) -> str:
    """Times as the server takes them; with a zone from 8.0 on."""
    if zone is None:
        return ",".join(times)
    return f"({zone}) " + "".join(f"{time}," for time in times)


def read(cycle: str, text: str | None) -> tuple[list[str], str | None]:
    """(times, zone) of a server's pattern, the times in our order; as they are where they cannot be understood."""
    found = _PATTERN.fullmatch(text or "")
    zone, listed = (found["zone"], found["times"]) if found else (None, text or "")
    times = [each.strip() for each in listed.split(",") if each.strip()]
    return in_order(cycle, times), zone.strip() if zone else None


def in_order(cycle: str, times: Iterable[str]) -> list[str]:
    """Times in the server's spelling, each once, by when they come."""
    spelled = []
    for time in times:
        try:
            spelled.append(normal(cycle, time) if cycle in _FORMS else time)
        except InputError:
            spelled.append(time)
    return sorted(dict.fromkeys(spelled), key=lambda time: (_weekday(time), time))


def _weekday(time: str) -> int:
    return next((number for number, day in enumerate(DAYS) if time.startswith(day)), 0)
