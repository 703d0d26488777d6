# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moments as people write them, YYYY-MM-DDTHH:MM:SSZ in UTC, and as products count them, milliseconds since 1970."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ._plan import InputError

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)


def written(moment: datetime) -> str:
    """A moment of UTC as text."""
    return moment.strftime(_FORM)


def at(milliseconds: float) -> datetime:
    """The moment that a product counts."""
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


def moment(milliseconds: Any) -> str | None:
    """Milliseconds as text; None for what is no number, and for the -1 that some products write for no moment."""
    if not isinstance(milliseconds, (int, float)) or milliseconds < 0:
        return None
    return written(at(milliseconds))


def read_moment(text: str, option: str) -> int:
    """The milliseconds of a text that a user gave in an option. Raises InputError."""
    try:
        found = datetime.strptime(text, _FORM).replace(tzinfo=timezone.utc)
    except ValueError:
        raise InputError(f"{option} is {text!r}: write a moment in UTC, for example 2026-03-01T22:00:00Z") from None
    return int(found.timestamp() * 1000)


def days_until(end: datetime, since: datetime | None = None) -> int:
    """Whole days from `since` (now, if left out) to `end`; negative when it has passed."""
    return (end - (since or now())) // timedelta(days=1)
