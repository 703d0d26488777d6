"""What the services were asked: one entry per request, kept in memory, never a secret in it."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote_plus

# Enough for 5,000 tenants assigned several times over; older entries fall out.
CAPACITY = 200_000

# Query parameters whose values are secrets by their name: download cookies, passwords, and what `/oauth` calls take
# in the query as well (contract vCD 2.4: `refresh_token`, `assertion`).
_SECRET_NAME = re.compile(r"(?i)password|secret|token|cookie|assertion")


def masked(target: str) -> str:
    """A request target without the values of secret parameters, however their names are spelled."""
    path, separator, query = target.partition("?")
    if not separator:
        return target
    parts = []
    for part in query.split("&"):
        name, equals, _value = part.partition("=")
        parts.append(f"{name}=***" if equals and _SECRET_NAME.search(unquote_plus(name)) else part)
    return f"{path}?{'&'.join(parts)}"


def short_hash(secret: str | None) -> str | None:
    """Enough to tell two sessions apart, too little to use one."""
    return hashlib.sha256(secret.encode()).hexdigest()[:10] if secret else None


@dataclass(frozen=True)
class Entry:
    """One request that a service was sent."""

    sequence: int
    time: int
    """Epoch milliseconds of the simulator's clock."""
    service: str
    method: str
    path: str
    """Raw path and query; values of secret parameters are masked."""
    status: int
    """0 when the connection was closed without an answer."""
    operation_id: str | None
    session: str | None
    """Short hash of the session secret that was presented or handed out."""
    write: bool
    fault: str | None = None
    """The injected fault that this request met, if any."""

    def as_dict(self) -> dict[str, Any]:
        """For the control listener."""
        return asdict(self)


class Journal:
    """All entries since the start, or since it was cleared."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._sequence = 0

    def add(
        self,
        time: int,
        service: str,
        method: str,
        target: str,
        status: int,
        operation_id: str | None,
        session: str | None,
        write: bool,
        fault: str | None = None,
    ) -> None:
        """Writes an entry down."""
        self._sequence += 1
        path = masked(target) if "?" in target else target
        self._entries.append(
            Entry(self._sequence, time, service, method, path, status, operation_id, session, write, fault)
        )

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forgets the entries; the sequence goes on."""
        self._entries.clear()

    def find(
        self,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        write: bool | None = None,
        since: int = 0,
    ) -> Iterable[Entry]:
        """Entries that match: `service` and `path` are patterns with `*`, `path` may leave out the leading slash."""
        for entry in self._entries:
            if (
                entry.sequence > since
                and (write is None or entry.write == write)
                and (method is None or entry.method == method.upper())
                and matches(service, entry.service)
                and (path is None or path_matches(path, entry.path))
            ):
                yield entry


def matches(pattern: str | None, value: str) -> bool:
    """A `*` pattern against a value; no pattern matches everything."""
    return pattern is None or fnmatchcase(value, pattern)


def path_matches(pattern: str, target: str) -> bool:
    """A `*` pattern against a raw path, with or without its query, whatever the slashes at its beginning."""
    pattern, bare = pattern.lstrip("/"), target.lstrip("/")
    return fnmatchcase(bare, pattern) or fnmatchcase(bare.partition("?")[0], pattern)
