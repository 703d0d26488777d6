# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a program of the host: bounded in time, its output apart, and one exception for every failure.

By asyncio, because AnsibleModule.run_command knows no time-out, and the rooms below the modules know no AnsibleModule.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

# Lines of a log that some programs mix into what they have to say: they begin with a moment.
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class CommandError(Exception):
    """Every failure to get a usable answer of a program.

    `kind` is one of program (there is none), timeout, failed (its exit code says so), output (not what was expected).
    `command` is shown to people and has no secret in it, since none is ever put on a command line. `code` is the exit
    code, None where there is none, and `said` what the program wrote to its standard error, without lines of a log.
    `advice` is what to do about it; whoever knows better than the runner puts it there.
    """

    def __init__(self, kind: str, command: Sequence[str], code: int | None, said: str, advice: str = "") -> None:
        self.kind, self.command, self.code, self.said, self.advice = kind, tuple(command), code, said, advice
        super().__init__()

    def __str__(self) -> str:
        code = "" if self.code is None else f" with exit code {self.code}"
        ended = {"program": "cannot be run", "timeout": "did not answer", "output": "answered what cannot be read"}
        what = f"{' '.join(self.command)} {ended.get(self.kind, f'failed{code}')}"
        return f"{what}: {self.said.rstrip('.!')}. {self.advice}".rstrip()

    def as_dict(self) -> dict[str, Any]:
        """The `error` of a failed result."""
        return {"kind": self.kind, "command": " ".join(self.command), "rc": self.code, "stderr": self.said}


def run(
    command: Sequence[str],
    *,
    shown: Sequence[str] | None = None,
    stdin: str = "",
    seconds: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return its standard output. Raises CommandError.

    `shown` is the command as errors tell it. `seconds` is the time after which it is killed, None for a write that must
    not be cut in two. `environment` is the whole of its environment, that of this process when left out.
    """
    told = command if shown is None else shown
    try:
        code, out, said = asyncio.run(_run(command, stdin.encode("utf-8"), seconds, environment))
    # Before the other, of which it is one in newer releases of Python.
    except asyncio.TimeoutError as problem:
        raise CommandError("timeout", told, None, f"killed after {seconds:g} seconds") from problem
    except OSError as problem:
        raise CommandError("program", told, None, str(problem.strerror)) from problem
    if code:
        raise CommandError("failed", told, code, spoken(said) or "it said nothing")
    return out


async def _run(
    command: Sequence[str], stdin: bytes, seconds: float | None, environment: Mapping[str, str] | None
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error. Raises OSError, asyncio.TimeoutError."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
    try:
        out, said = await asyncio.wait_for(process.communicate(stdin), seconds)
    finally:
        # Whoever stops waiting, in time or interrupted, leaves nothing running.
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode("utf-8", "replace"), said.decode("utf-8", "replace")


def spoken(text: str) -> str:
    """What a program said, in one line and without lines of a log; those where there is nothing else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join([line for line in lines if not _LOG_LINE.match(line)] or lines[-3:])
