# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the make targets named on the command line one after the other, and sums up what their runners reported.

    .venv/bin/python -m tests.tools.run_suites [--keep-going] lint unit sanity ...

Output is passed on as it comes and kept in build/test/<suite>.log. The first suite that fails ends the run, unless
--keep-going is given. The last lines say per suite "N passed, N failed, N skipped", taken from the runner's own words;
a suite whose runner does not count is itself one thing that passed or failed.

The suites of the oldest core need a Python that it runs on. Where there is none, they are not run, and the summary says
so; with the variable CI set, that is a failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "test"
OLDEST_PYTHON = ROOT / ".venv-oldest" / "bin" / "python"
NO_OLDEST = "not run: no Python 3.10 to 3.12 for ansible-core 2.17"


@dataclass(frozen=True)
class Outcome:
    """What one suite did: its counts, its exit code and how long it took in seconds."""

    suite: str
    passed: int
    failed: int
    skipped: int
    code: int
    seconds: float
    reason: str = ""

    def line(self) -> str:
        """Return the summary line."""
        verdict = self.reason or ("ok" if self.code == 0 else f"exit code {self.code}")
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.suite:<20} {counts}   {self.seconds:.0f} s, {verdict}"


def count(text: str) -> tuple[int, int, int] | None:
    """Return (passed, failed, skipped) from the words of pytest or ansible-test, added up; None if neither ran."""
    passed = failed = skipped = 0
    found = False
    for summary in re.findall(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s", text, flags=re.MULTILINE):
        found = True
        numbers = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", summary)}
        passed += numbers.get("passed", 0) + numbers.get("xfailed", 0)
        failed += numbers.get("failed", 0) + numbers.get("error", 0) + numbers.get("errors", 0)
        skipped += numbers.get("skipped", 0)
    sanity = len(re.findall(r'^Running sanity test "', text, flags=re.MULTILINE))
    if sanity:
        found = True
        broken = sum(int(number) for number in re.findall(r"^FATAL: The (\d+) sanity test", text, flags=re.MULTILINE))
        passed, failed = passed + sanity - broken, failed + broken
    # An integration run stops at the first target that fails, so only the last one can have failed.
    targets = len(re.findall(r"^Running \S+ integration test (?:role|script)", text, flags=re.MULTILINE))
    if targets:
        found = True
        fatal = r"^(?:FATAL|ERROR): Command .*(?:ansible-playbook|runme\.sh)"
        broken = len(re.findall(fatal, text, flags=re.MULTILINE))
        passed, failed = passed + targets - min(broken, targets), failed + broken
    return (passed, failed, skipped) if found else None


def run(suite: str) -> Outcome:
    """Run one make target, pass its output on, and return its outcome."""
    print(f"\n==== {suite} {'=' * max(4, 70 - len(suite))}", flush=True)
    if suite.endswith("-oldest") and not OLDEST_PYTHON.exists():
        print(NO_OLDEST, flush=True)
        required = int(bool(os.environ.get("CI")))
        return Outcome(suite, 0, required, 1 - required, required, 0.0, NO_OLDEST)
    started = time.monotonic()
    lines = []
    with subprocess.Popen(
        ["make", suite], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    ) as process, (LOGS / f"{suite}.log").open("w", encoding="utf-8") as log:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            log.write(line)
            lines.append(line)
    code = process.returncode
    plain = re.sub(r"\x1b\[[\d;]*m", "", "".join(lines))
    passed, failed, skipped = count(plain) or (0, 0, 0)
    if code and not failed:
        failed = 1
    if not code and not passed and not failed:
        passed = 1
    return Outcome(suite, passed, failed, skipped, code, time.monotonic() - started)


def main() -> int:
    """Run the suites; return 1 if any failed."""
    arguments = sys.argv[1:]
    keep_going = "--keep-going" in arguments
    suites = [argument for argument in arguments if argument != "--keep-going"]
    LOGS.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for suite in suites:
        outcomes.append(run(suite))
        if outcomes[-1].code and not keep_going:
            break
    print(f"\n==== summary {'=' * 63}")
    for outcome in outcomes:
        print(outcome.line())
    remaining = suites[len(outcomes):]
    if remaining:
        print(f"not run after the failure: {', '.join(remaining)} (make test KEEP_GOING=1 runs all)")
    passed, failed = sum(outcome.passed for outcome in outcomes), sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    print(f"{'all':<20} {passed} passed, {failed} failed, {skipped} skipped   {seconds:.0f} s")
    return 1 if any(outcome.code for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
