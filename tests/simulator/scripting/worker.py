"""The other side of scripting: a process that makes a process for each run, and what such a process does.

`python -m tests.simulator.scripting.worker FD` waits on a Unix socket. With every message comes the end of another
socket: the process forks, and the child serves that one and ends with it. Forks of a process that has the engine
loaded are ready in a millisecond, and a script that loops for ever, eats memory or crashes the engine is alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

# The package's own module starts a thread when it is imported, which a process that forks must not have.
import _quickjs as quickjs

from .framing import receive, send
from .requests import send as send_request
from .rewriting import rewrite

_FILES = ("core.js", "rest.js", "plugins.js")
# Lines tell what a stack is about: the engine knows one file only. Below are texts that scripts evaluate.
_PRELUDE_LINE = 50_000
_SCRIPT_LINE = 100_000
# The engine puts two lines in front of what a function is made of.
_HEADER_LINES = 2
_MEMORY_BYTES = 256 * 1024 * 1024
_PLACE = re.compile(r"<input>:(\d+)")
_UNKNOWN_NAME = re.compile(r"ReferenceError: '?([\w$]+)'? is not defined$")
_NO_MEMBER = re.compile(r"TypeError: cannot read property '([^']*)' of (null|undefined)$")


def _prelude() -> str:
    """All files, each at lines of its own."""
    here = Path(__file__).parent
    return "".join(f"{(here / name).read_text()}\n" for name in _FILES)


class Child:
    """Runs the scripts of one run, one after the other, each in a fresh context."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._prelude = "\n" * _PRELUDE_LINE + _prelude()
        self._scripts: list[tuple[int, int, str]] = []
        """First line of each script's text, how many it has, and its label."""
        self._next_line = _SCRIPT_LINE
        self._ca: str | None = None

    def serve(self) -> None:
        """Until the other side closes."""
        send(self._channel, {"pid": os.getpid()})
        while (job := receive(self._channel)) is not None:
            self._ca = job.pop("ca", None)
            send(self._channel, {"done": self._run(job)})

    def _run(self, job: dict[str, Any]) -> dict[str, Any]:
        self._scripts, self._next_line = [], _SCRIPT_LINE
        context = quickjs.Context()
        context.set_memory_limit(_MEMORY_BYTES)
        context.add_callable("__call", self._call)
        context.add_callable("__note", self._note)
        context.add_callable("__http", self._http)
        context.eval(self._prelude)
        try:
            result: dict[str, Any] = json.loads(context.get("__run")(json.dumps(job)))
        except (quickjs.JSException, quickjs.StackOverflow) as problem:
            # Out of memory, mostly: not even the failure could be written down.
            text = str(problem).partition("\n")[0]
            result = {"failure": {"text": text, "stack": str(problem), "syntax": False}}
        failure = result.get("failure")
        if failure is not None:
            label, line = self._locate(failure["stack"])
            result["failure"] = {"text": _rhino(failure["text"]), "label": label or job["label"], "line": line}
        return result

    # What scripts call

    def _call(self, text: str) -> str:
        asked = json.loads(text)
        if "compile" in asked:
            return json.dumps(self._prepare(asked["compile"], asked["script"]))
        if "rewrite" in asked:
            return json.dumps(rewrite(asked["rewrite"]))
        if "locate" in asked:
            label, line = self._locate(asked["locate"])
            return json.dumps({"label": label, "line": line})
        return json.dumps(self._ask(asked))

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Asks the simulator, and waits."""
        send(self._channel, asked)
        answer = receive(self._channel)
        if answer is None:
            # The run was cancelled: nobody is there any more.
            os._exit(0)
        return answer

    def _note(self, text: str) -> None:
        send(self._channel, json.loads(text))

    def _http(self, text: str) -> str:
        asked = json.loads(text)
        place = self._ask({"call": "where", "args": [asked["url"]]}).get("value")
        return json.dumps(send_request(asked, self._ca, tuple(place) if place else None))

    def _prepare(self, label: str, script: str) -> dict[str, Any]:
        """The text of a script, and how far down it must be so that its lines are its own."""
        first, count = self._next_line, script.count("\n") + 1
        self._scripts.append((first, count, label))
        self._next_line += count + 1
        return {"pad": first - _HEADER_LINES - 1, "script": rewrite(script)}

    def _locate(self, stack: str) -> tuple[str, int]:
        """Label and line of the innermost script of a stack; a text that a script evaluated is
        `<label>#<line>(eval)`, as Rhino calls it (VDT)."""
        inside: int | None = None
        for match in _PLACE.finditer(stack):
            line = int(match[1])
            if line < _PRELUDE_LINE:
                inside = line if inside is None else inside
            elif line >= _SCRIPT_LINE:
                first, count, label = max(one for one in self._scripts if one[0] <= line)
                # The engine finds what is missing at the end one line below it.
                number = min(line - first + 1, count)
                return (label, number) if inside is None else (f"{label}#{number}(eval)", inside)
        return "", 0


def _rhino(text: str) -> str:
    """The two most frequent messages as Rhino words them."""
    text = _UNKNOWN_NAME.sub(r'ReferenceError: "\1" is not defined.', text)
    return _NO_MEMBER.sub(r'TypeError: Cannot read property "\1" from \2', text)


def main(number: int) -> None:
    """Forks for every socket that comes in, until the simulator ends."""
    door = socket.socket(fileno=number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody waits for the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    quickjs.Context().eval(_prelude())
    while True:
        message, handles, _flags, _address = socket.recv_fds(door, 8, 1)
        if not message:
            return
        if os.fork() == 0:
            door.close()
            seconds = int(message)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            with contextlib.suppress(OSError):
                Child(socket.socket(fileno=handles[0])).serve()
            os._exit(0)
        for handle in handles:
            os.close(handle)


if __name__ == "__main__":
    main(int(sys.argv[1]))
