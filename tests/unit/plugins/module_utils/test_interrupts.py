"""Signals while something must be cleaned up: remembered, obeyed afterwards, and never for ever. In a process each."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _interrupts
from ansible_collections.vcpp.vcloud.plugins.module_utils._interrupts import Interrupted, watching

# By itself, as a module process does not have the collection on its path.
ALONE = {**os.environ, "PYTHONPATH": os.path.dirname(_interrupts.__file__)}
# Says when it waits, cleans up when it is told to stop, and closes what is open around it.
WAITS = """
import contextlib, sys, time
import _interrupts
from _interrupts import Interrupted, watching
_interrupts.GRACE = SECONDS

@contextlib.contextmanager
def session():
    try:
        yield
    finally:
        print("logged out", flush=True)

with session():
    with watching() as watch:
        print("begun", flush=True)
        try:
            DO
        except Interrupted:
            CLEAN
            print("cleaned", flush=True)
            raise
"""


def begun(program: str, **more: Any) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", program], text=True, env=ALONE, **pipes, **more)


# What the process does until it is sent a line, after the signal.
UNTIL_TOLD = "sys.stdin.readline()"


def code(do: str, clean: str = "pass", grace: float = 60.0) -> str:
    """The program that does this while it is watched, and cleans up so; `grace` is how long that may take."""
    return WAITS.replace("DO", do).replace("CLEAN", clean).replace("SECONDS", str(grace))


def told_to_stop(
    how: int, do: str = "watch.pause(60)", clean: str = "pass", again: bool = False, grace: float = 60.0
) -> tuple[int, str]:
    """(exit code, output) of a process that was sent a signal while it waited, and a second one while it cleaned up."""
    # The tests' own parents may ignore Ctrl-C, as background jobs do.
    program = f"import signal; signal.signal(2, signal.default_int_handler)\n{code(do, clean, grace)}"
    with begun(program, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == "begun\n"
        child.send_signal(how)
        if again:
            assert child.stdout.readline() == "cleaning\n"
            child.send_signal(signal.SIGTERM)
        # It may have ended. Written past the buffer, which is flushed when the process is left.
        with contextlib.suppress(BrokenPipeError):
            os.write(child.stdin.fileno(), b"\n")
        rest = child.stdout.read()
        return child.wait(60), rest


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
def test_a_signal_lets_the_block_clean_up_and_the_process_ends_as_it_wanted(how: int, code: int) -> None:
    assert told_to_stop(how) == (code, "cleaned\nlogged out\n")


def test_a_second_signal_does_not_break_into_the_cleaning() -> None:
    slow = f"print('cleaning', flush=True); {UNTIL_TOLD}"
    assert told_to_stop(signal.SIGINT, clean=slow, again=True)[1] == "cleaned\nlogged out\n"


def test_a_request_is_not_cut_in_two() -> None:
    whole = f"{UNTIL_TOLD}; print('answered', flush=True); watch.check()"
    assert told_to_stop(signal.SIGTERM, do=whole) == (143, "answered\ncleaned\nlogged out\n")


def test_a_server_that_never_answers_does_not_keep_the_process_alive() -> None:
    assert told_to_stop(signal.SIGTERM, do="time.sleep(600)", grace=0.1) == (143, "")


def test_what_is_ignored_stays_ignored() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    with begun(ignored + code(f"{UNTIL_TOLD}; watch.pause(0.1)")) as child:
        assert child.stdout is not None and child.stdin is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        os.write(child.stdin.fileno(), b"\n")
        assert (child.stdout.read(), child.wait(60)) == ("logged out\n", 0)


@pytest.fixture
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in _interrupts.SIGNALS}
    yield
    assert {number: signal.getsignal(number) for number in _interrupts.SIGNALS} == kept


@pytest.mark.usefixtures("handlers")
def test_handlers_are_as_they_were_and_threads_are_told_too() -> None:
    stopped: list[str] = []

    def wait(watch: _interrupts.Watch) -> None:
        try:
            watch.pause(30)
        except Interrupted:
            stopped.append("thread")

    with pytest.raises(SystemExit), watching() as watch:
        others = [threading.Thread(target=wait, args=(watch,)) for _turn in range(3)]
        for other in others:
            other.start()
        # SIGTERM is nobody's in this process, so leaving the block is an exit of the module.
        watch.stop(signal.SIGTERM)
        for other in others:
            other.join(2)
    assert stopped == ["thread"] * 3


@pytest.mark.usefixtures("handlers")
def test_outside_the_main_thread_there_is_nothing_to_watch() -> None:
    done: list[bool] = []

    def work() -> None:
        with watching() as watch:
            watch.pause(0)
            done.append(watch.stopped)

    other = threading.Thread(target=work)
    other.start()
    other.join()
    assert done == [False]
