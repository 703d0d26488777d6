# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a program of the host: bounded in time, its output apart, and one exception for every failure."""

from __future__ import annotations

import re
import subprocess
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
        return f"{what}: {self.said.rstrip('.')}. {self.advice}".rstrip()

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
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, errors="replace", timeout=seconds, check=False,
            env=environment,
        )  # fmt: skip
    except OSError as problem:
        raise CommandError("program", told, None, str(problem.strerror)) from problem
    except subprocess.TimeoutExpired as problem:
        raise CommandError("timeout", told, None, f"killed after {seconds:g} seconds") from problem
    if done.returncode:
        raise CommandError("failed", told, done.returncode, spoken(done.stderr) or "it said nothing")
    return done.stdout


def spoken(text: str) -> str:
    """What a program said, in one line and without lines of a log; those where there is nothing else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join([line for line in lines if not _LOG_LINE.match(line)] or lines[-3:])
