# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Being told to stop (Ctrl-C, SIGTERM) while something at a server must be ended or removed first.

ansible-core tells its workers and their module processes to stop by a signal, which otherwise ends them on the spot.
Inside `watching()` the signal is remembered instead, so no request is cut in two; whoever waits does so by
`Watch.pause`, which raises `Interrupted` then, in every thread. When the block has cleaned up and is left, the process
ends as the signal wanted it to.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

SIGNALS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)
SLICE = 0.2  # seconds after which a pause looks again
GRACE = 20.0  # seconds that cleaning up may take, then the process ends whatever it is doing


class Interrupted(BaseException):
    """The task was told to stop. Not an Exception, so that nothing but cleaning up catches it."""


class Watch:
    """Whether the task was told to stop. Safe to use from several threads."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._since = 0.0
        # A worker of ansible-core 2.17 is not told when the playbook process is killed; it only becomes an orphan.
        self._parent = os.getppid() if multiprocessing.parent_process() is not None else None
        self._over = threading.Event()

    def stop(self, number: int, _frame: Any = None) -> None:
        """The handler of the signals: remembers the first one."""
        if self.signal is None:
            self.signal, self._since = number, time.monotonic()

    @property
    def stopped(self) -> bool:
        """True once the task was told to stop."""
        if self.signal is None and self._parent is not None and os.getppid() != self._parent:
            self.stop(signal.SIGTERM)
        return self.signal is not None

    def check(self) -> None:
        """Raises Interrupted once the task was told to stop."""
        if self.stopped:
            raise Interrupted

    def pause(self, seconds: float) -> None:
        """Sleep. Raises Interrupted as soon as the task is told to stop, at the latest a fifth of a second later."""
        end = time.monotonic() + seconds
        while True:
            self.check()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(SLICE, left))

    def guard(self) -> None:
        """What a thread of its own does: a server that does not answer must not keep the process alive for ever."""
        while not self._over.wait(0.5):
            if self.signal is not None and time.monotonic() - self._since > GRACE:
                os._exit(128 + self.signal)

    def end(self) -> None:
        """The block is left: nobody needs to be guarded any more."""
        self._over.set()


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """Remember signals instead of dying of them, and do what they want when the block is left.

    A signal that was ignored stays ignored. Outside the main thread, where no handler can be set, nothing is watched.
    """
    watch = Watch()
    if threading.current_thread() is not threading.main_thread():
        yield watch
        return
    replaced: dict[int, Any] = {}
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            replaced[number] = signal.signal(number, watch.stop)
    threading.Thread(target=watch.guard, daemon=True, name="vcpp interrupted").start()
    try:
        yield watch
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)
        watch.end()
        if watch.stopped and watch.signal is not None:
            _leave(watch.signal, replaced.get(watch.signal))


def _leave(number: int, handler: Any) -> None:
    """End as the signal would have ended this process, but leave open `with` blocks (a logout) where it is our own."""
    if handler in (signal.SIG_DFL, None) and multiprocessing.parent_process() is None:
        raise SystemExit(128 + number)
    # A worker of ansible-core would take an exit for the end of a module, and go on with the next item of a loop.
    os.kill(os.getpid(), number)
