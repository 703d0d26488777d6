# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the make targets named on the command line, and sums up what their runners reported.

    .venv/bin/python -m tests.tools.run_suites [--keep-going] [--lanes N] lint unit sanity ...

Suites are begun in the order given, N of them side by side (default: one more than there are processors, three at
most, because most suites wait a quarter of their time). Output is kept in build/test/<suite>.log; it is passed on as
it comes, with more than one lane at the end of each suite, whole. The first suite that fails lets no further one
begin, unless --keep-going is given or the variable CI is set. The summary says per suite "N passed, N failed, N
skipped", taken from the runner's own words; a suite whose runner does not count is itself one thing that passed or
failed. The very last lines name each test that failed and say what it said first, for whoever sees those lines alone.

The suites of the oldest core need a Python that it runs on. Where there is none, they are not run, and the summary says
so; with the variable CI set, that is a failure. What needs a vCenter is not run where there is no Go compiler either,
nor are genuine clients where there is no npm or no Python that is old enough for them; it counts as skipped.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.tools.failures import Failure, failures, listing

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "test"
OLDEST_PYTHON = ROOT / ".venv-oldest" / "bin" / "python"
NO_OLDEST = "not run: no Python 3.10 to 3.12 for ansible-core 2.17"


@dataclass(frozen=True)
class Outcome:
    """What one suite did: its counts, its exit code, how long it took and how long processors worked, in seconds.

    Beside other suites the first of the two times says little; the second tells which suite costs what.
    """

    suite: str
    passed: int
    failed: int
    skipped: int
    code: int
    seconds: float
    worked: float = 0.0
    reason: str = ""
    broken: tuple[Failure, ...] = ()

    def line(self) -> str:
        """Return the summary line."""
        verdict = self.reason or ("ok" if self.code == 0 else f"exit code {self.code}")
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.suite:<20} {counts}   {self.seconds:.0f} s ({self.worked:.0f} s of work), {verdict}"


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
    # Outside CI an integration run stops at the first target that fails.
    targets = len(re.findall(r"^Running \S+ integration test (?:role|script)", text, flags=re.MULTILINE))
    if targets:
        found = True
        fatal = r"^(?:FATAL|ERROR): Command .*(?:ansible-playbook|runme\.sh)"
        broken = len(re.findall(fatal, text, flags=re.MULTILINE))
        passed, failed = passed + targets - min(broken, targets), failed + broken
        left_out = r"^not run, for want of [^(\n]+ \(make [^)\n]+\): (.+)$"
        for names in re.findall(left_out, text, flags=re.MULTILINE):
            skipped += len(names.split(", "))
    return (passed, failed, skipped) if found else None


def run(suite: str, live: bool = True) -> Outcome:
    """Run one make target, pass its output on as it comes (`live`) or at its end, and return its outcome."""
    heading = f"\n==== {suite} {'=' * max(4, 70 - len(suite))}"
    if suite.endswith("-oldest") and not OLDEST_PYTHON.exists():
        print(f"{heading}\n{NO_OLDEST}", flush=True)
        required = int(bool(os.environ.get("CI")))
        missing = (Failure(suite, (NO_OLDEST,)),) if required else ()
        return Outcome(suite, 0, required, 1 - required, required, 0.0, reason=NO_OLDEST, broken=missing)
    print(heading if live else f"==== {suite} begins", flush=True)
    started = time.monotonic()
    lines = []
    with subprocess.Popen(
        ["make", suite], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    ) as process, (LOGS / f"{suite}.log").open("w", encoding="utf-8") as log:
        assert process.stdout is not None
        for line in process.stdout:
            if live:
                print(line, end="", flush=True)
            log.write(line)
            log.flush()
            lines.append(line)
        # What the suite's processes cost is told once, to who waits for it.
        status, usage = os.wait4(process.pid, 0)[1:]
        code = process.returncode = os.waitstatus_to_exitcode(status)
    output = "".join(lines)
    plain = re.sub(r"\x1b\[[\d;]*m", "", output)
    passed, failed, skipped = count(plain) or (0, 0, 0)
    if code and not failed:
        failed = 1
    if not code and not passed and not failed:
        passed = 1
    broken = tuple(failures(suite, plain)) if code else ()
    seconds, worked = time.monotonic() - started, usage.ru_utime + usage.ru_stime
    outcome = Outcome(suite, passed, failed, skipped, code, seconds, worked, broken=broken)
    if not live:
        # In one piece, or two suites that end together would be mixed.
        print(f"{heading}\n{output}==== {outcome.line()}", flush=True)
    return outcome


def run_all(suites: list[str], lanes: int, keep_going: bool) -> tuple[list[Outcome], list[str]]:
    """Run the suites in so many lanes; return the outcomes and what was not begun after a failure."""
    outcomes: dict[str, Outcome] = {}

    def next_one(suite: str) -> None:
        if keep_going or not any(outcome.code for outcome in outcomes.values()):
            outcomes[suite] = run(suite, live=lanes == 1)

    with ThreadPoolExecutor(lanes) as pool:
        list(pool.map(next_one, suites))
    begun = [suite for suite in suites if suite in outcomes]
    return [outcomes[suite] for suite in begun], [suite for suite in suites if suite not in outcomes]


def main() -> int:
    """Run the suites; return 1 if any failed."""
    parser = argparse.ArgumentParser(description="Runs make targets and sums up what their runners reported.")
    parser.add_argument("--keep-going", action="store_true", default=bool(os.environ.get("CI")))
    parser.add_argument("--lanes", type=int, default=min(3, 1 + (os.cpu_count() or 1)))
    parser.add_argument("suites", nargs="+")
    given = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    outcomes, remaining = run_all(given.suites, max(1, given.lanes), given.keep_going)
    print(f"\n==== summary {'=' * 63}")
    for outcome in outcomes:
        print(outcome.line())
    if remaining:
        print(f"not run after the failure: {', '.join(remaining)} (make test KEEP_GOING=1 runs all)")
    passed, failed = sum(outcome.passed for outcome in outcomes), sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"{'all':<20} {passed} passed, {failed} failed, {skipped} skipped   "
          f"{time.monotonic() - began:.0f} s ({sum(outcome.worked for outcome in outcomes):.0f} s of work)")
    broken = [(outcome.suite, failure) for outcome in outcomes for failure in outcome.broken]
    if broken:
        print(f"\n==== what failed {'=' * 60}")
        print("\n".join(listing(broken)))
    return 1 if any(outcome.code for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
