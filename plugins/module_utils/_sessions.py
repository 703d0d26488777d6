# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins that are shared: one per endpoint and user for a whole playbook run, closed when the run ends.

A run's logins live in the private temporary directory that ansible-core makes for the playbook process: one file
per login, mode 0600, written and read under a lock, named by a keyed digest, so that neither a password nor
anything that could be guessed back to one is on disk. The parent process opens the store when the action plugin is
loaded, its forks inherit it, and it closes what is open when it ends. Outside a run (a module that runs the
ordinary way, a notebook, an inventory) a TaskStore keeps logins in memory and closes them at the end of its `with`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from ._http import Http, HttpError, Transport

CLOSING_TIMEOUT = 10.0


@dataclass(frozen=True)
class Login:
    """What makes a login that of another task: same server, same way in, same user, same secret.

    `extra` holds whatever else distinguishes sessions (an extension to another site, say). `secret` only ever
    enters a keyed digest.
    """

    transport: Transport
    kind: str
    user: str
    secret: str = field(repr=False)
    extra: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Session:
    """An open session: its token, what the login told (`facts`: JSON values), and the request that ends it.

    `logout` is (method, path, headers), and a body where there is one, relative to the transport's endpoint; None for a
    session that is not ours to close.
    """

    transport: Transport
    token: str = field(repr=False)
    facts: dict[str, Any]
    logout: tuple[str, str, dict[str, str]] | tuple[str, str, dict[str, str], str] | None = field(
        default=None, repr=False
    )

    def close(self) -> None:
        """End the session at the server. A server that is gone or has forgotten the session is no error."""
        if self.logout is None:
            return
        method, path, headers = self.logout[:3]
        body = self.logout[3].encode() if len(self.logout) == 4 else None
        transport = dataclasses.replace(self.transport, timeout=min(self.transport.timeout, CLOSING_TIMEOUT))
        with contextlib.suppress(HttpError):
            Http(transport, tries=1, secrets=[self.token]).request(method, path, headers=headers, data=body)


Open = Callable[[], Session]
Answer = TypeVar("Answer")


class Store(Protocol):
    """Where sessions are found again."""

    def acquire(self, login: Login, open_session: Open) -> Session:
        """The session of this login, opened now if there is none."""

    def renew(self, login: Login, stale: Session, open_session: Open) -> Session:
        """Another session instead of `stale`, unless somebody has already replaced it."""

    def forget(self, login: Login) -> Session | None:
        """Take the session out of the store without closing it."""


class TaskStore:
    """Sessions of one task, in memory. Leaving the `with` closes them."""

    def __init__(self) -> None:
        self._sessions: dict[Login, Session] = {}
        self._lock = threading.Lock()

    def acquire(self, login: Login, open_session: Open) -> Session:
        with self._lock:
            if login not in self._sessions:
                self._sessions[login] = open_session()
            return self._sessions[login]

    def renew(self, login: Login, stale: Session, open_session: Open) -> Session:
        with self._lock:
            present = self._sessions.get(login)
            if present is None or present.token == stale.token:
                self._sessions[login] = open_session()
            return self._sessions[login]

    def forget(self, login: Login) -> Session | None:
        with self._lock:
            return self._sessions.pop(login, None)

    def close(self) -> None:
        """Close every session."""
        with self._lock:
            sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.close()

    def __enter__(self) -> TaskStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class RunStore:
    """Sessions of one playbook run, shared by the forks of one parent process through files in `directory`."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)
        self._key = secrets.token_bytes(32)
        self._known: dict[str, tuple[tuple[int, int], Session]] = {}
        self._lock = threading.Lock()

    def _name(self, login: Login) -> str:
        # A task that is given more time is not another user: its time-out makes no login of its own.
        transport = dataclasses.replace(login.transport, timeout=0.0)
        parts = [dataclasses.astuple(transport), login.kind, login.user, login.secret, login.extra]
        return hmac.new(self._key, json.dumps(parts, default=str).encode(), hashlib.sha256).hexdigest()[:40]

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[Path]:
        """The lock of one login, against other threads and other processes."""
        path = self._directory / f"vcpp-session-{name}"
        with self._lock:
            handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield path
            finally:
                os.close(handle)

    def _read(self, path: Path) -> Session | None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)  # a file system's clock may tick slower than logins follow
            known = self._known.get(path.name)
            if known is not None and known[0] == stamp:
                return known[1]
            record = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            return None
        logout = record["logout"]
        session = Session(
            Transport(**record["transport"]), record["token"], record["facts"], tuple(logout) if logout else None
        )
        self._known[path.name] = (stamp, session)
        return session

    def _write(self, path: Path, session: Session) -> None:
        record = {
            "transport": dataclasses.asdict(session.transport),
            "token": session.token,
            "facts": session.facts,
            "logout": session.logout,
        }
        handle, name = tempfile.mkstemp(dir=self._directory, prefix="vcpp-new-")  # mode 0600 from the start
        with os.fdopen(handle, "w") as file:
            json.dump(record, file)
        os.replace(name, path)

    def acquire(self, login: Login, open_session: Open) -> Session:
        path = self._directory / f"vcpp-session-{self._name(login)}"
        present = self._read(path)  # a rename is atomic, so finding one needs no lock
        if present is not None:
            return present
        with self._locked(self._name(login)) as path:
            present = self._read(path)
            if present is None:
                present = open_session()
                self._write(path, present)
            return present

    def renew(self, login: Login, stale: Session, open_session: Open) -> Session:
        with self._locked(self._name(login)) as path:
            present = self._read(path)
            if present is None or present.token == stale.token:
                present = open_session()
                self._write(path, present)
            return present

    def forget(self, login: Login) -> Session | None:
        with self._locked(self._name(login)) as path:
            present = self._read(path)
            path.unlink(missing_ok=True)
            return present

    def close(self) -> None:
        """Close every session of the run. Called once, by the parent process, when it ends."""
        for path in sorted(self._directory.glob("vcpp-session-*")):
            if path.suffix == ".lock":
                continue
            session = self._read(path)
            path.unlink(missing_ok=True)
            if session is not None:
                session.close()


def unauthorized(problem: HttpError) -> bool:
    """True where the server does not know the session, or knows it no longer."""
    return problem.status == 401


def in_session(
    session: Session,
    send: Callable[[Session], Answer],
    renew: Callable[[Session], Session] | None,
    expired: Callable[[HttpError], bool] = unauthorized,
) -> Answer:
    """What `send` returns in this session, or once more in a new one where this one has expired.

    `renew` opens one instead of the session that it is given; None for a login that only the user can renew. Raises
    what `send` and `renew` raise.
    """
    try:
        return send(session)
    except HttpError as problem:
        if renew is None or not expired(problem):
            raise
    return send(renew(session))


_run: RunStore | None = None


def open_run(directory: str) -> RunStore:
    """Make the store of this playbook run; the caller closes it when the run ends."""
    global _run
    _run = RunStore(directory)
    return _run


def has_run() -> bool:
    """True where a playbook run has its store."""
    return _run is not None


@contextlib.contextmanager
def store() -> Iterator[Store]:
    """The run's store where there is one, else one that lives as long as the `with`."""
    if _run is not None:
        yield _run
    else:
        with TaskStore() as own:
            yield own
