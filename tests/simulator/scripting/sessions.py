"""The simulator's side of scripting: processes that run scripts, and what they ask.

    session = open_session(door)          # a process of its own, ready in a millisecond
    session.run(job, done)                # done({"outputs", "value"} or {"failure"}) is called later
    session.close()                       # also in the middle of a script that loops for ever

Nothing here waits and nothing is a thread. Under a running event loop what comes from the processes is read by that
loop, between two requests, so the world needs no locks. Without one (tests) somebody calls `pump`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from .framing import pack, unpack

Job = dict[str, Any]
"""`label`, `script`, `inputs` (name, value), `outputs` (name, type), `returns` (type), `now` (epoch ms), `ca` (PEM),
`token` (id of the execution, of scripts of workflows alone)."""
Result = dict[str, Any]
Answer = Callable[[dict[str, Any]], None]

_ROOT = Path(__file__).resolve().parents[3]
_DIED = "The script was cut: it used up its processor time or memory, or its engine died."
_DEAF = "The script engine does not start: is the package quickjs-ng there (requirements/demo.txt)?"
_MESSAGE_SIZE = 8


class Door(Protocol):
    """What a script can reach."""

    def ask(self, name: str, args: list[Any], answer: Answer) -> None:
        """A question: `answer` is called with {"value"} or {"error"}, at once or later; `now` may be beside it."""

    def note(self, name: str, args: list[Any]) -> None:
        """A message that nobody answers."""


class _Nursery:
    """The process that forks. There is one, from the first script on, for all simulators of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def adopt(self, handle: int, cpu_seconds: int) -> None:
        """Has a child made that serves the socket `handle`."""
        message = f"{cpu_seconds:0{_MESSAGE_SIZE}d}".encode()
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            assert self._socket is not None
            socket.send_fds(self._socket, [message], [handle])

    def _start(self) -> None:
        if self._socket is not None:
            self._socket.close()
        mine, its = socket.socketpair()
        command = [sys.executable, "-m", "tests.simulator.scripting.worker", str(its.fileno())]
        # It ends when `mine` is closed, which the end of this process does. Dates are those of a server in UTC.
        environment = {**os.environ, "TZ": "UTC"}
        self._process = subprocess.Popen(
            command, cwd=_ROOT, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, env=environment
        )
        its.close()
        self._socket = mine


_nursery = _Nursery()
_without_loop: dict[int, Session] = {}
"""By their sockets: those that nobody reads but `pump`. Another thread's loop must not find its socket read by us."""


class Session:
    """One process; it runs one script at a time."""

    def __init__(self, door: Door, cpu_seconds: int) -> None:
        self._door = door
        self._done: Callable[[Result], None] | None = None
        self._buffer = bytearray()
        self._pid: int | None = None
        self._channel, its = socket.socketpair()
        try:
            _nursery.adopt(its.fileno(), cpu_seconds)
        finally:
            its.close()
        self._loop: asyncio.AbstractEventLoop | None = None
        with contextlib.suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._channel.fileno(), self.read)
        if self._loop is None:
            _without_loop[self._channel.fileno()] = self

    @property
    def is_open(self) -> bool:
        """Whether it can be given scripts."""
        return self._channel.fileno() >= 0

    def run(self, job: Job, done: Callable[[Result], None]) -> None:
        """Runs a script; `done` is called once, unless the session is closed before."""
        self._done = done
        self._send(job)

    def close(self) -> None:
        """Ends the process, whatever it does."""
        handle = self._channel.fileno()
        if handle < 0:
            return
        _without_loop.pop(handle, None)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(handle)
        self._channel.close()
        self._done = None
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def read(self) -> None:
        """Takes in what the process has sent."""
        try:
            part = self._channel.recv(1 << 16)
        except OSError:
            part = b""
        if not part:
            self._ended()
            return
        self._buffer += part
        for message in unpack(self._buffer):
            if self.is_open:
                self._take(message)

    def _ended(self) -> None:
        done, text = self._done, _DIED if self._pid is not None else _DEAF
        self._pid = None
        self.close()
        if done is not None:
            done({"failure": {"text": text, "label": "", "line": 0}})

    def _take(self, message: dict[str, Any]) -> None:
        if "pid" in message:
            self._pid = message["pid"]
        elif "note" in message:
            self._door.note(message["note"], message["args"])
        elif "call" in message:
            self._door.ask(message["call"], message["args"], self._send)
        elif "done" in message:
            done, self._done = self._done, None
            if done is not None:
                done(message["done"])

    def _send(self, message: dict[str, Any]) -> None:
        """The process reads whenever something is sent to it, so this does not wait."""
        if self.is_open:
            try:
                self._channel.sendall(pack(message))
            except OSError:
                self._ended()


def open_session(door: Door, cpu_seconds: int = 30) -> Session:
    """A process for the scripts of one run. It is cut after so much processor time."""
    return Session(door, cpu_seconds)


def pump(seconds: float = 0.0) -> bool:
    """Reads what has come for sessions without an event loop, and waits so long for something.

    Answers whether there was anything.
    """
    ready, _write, _error = select.select(list(_without_loop), [], [], seconds)
    for handle in ready:
        session = _without_loop.get(handle)
        if session is not None:
            session.read()
    return bool(ready)
