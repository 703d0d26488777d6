# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds in a suite's log what failed, and the lines that say why: by the words of pytest, ansible-test and Ansible.

The log is without colours. Who reads the end of a long run sees a few lines only: `listing` makes the most of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# How many lines a listing has where that is enough for one line a failure, and how long each may be.
LINES = 20
WIDTH = 200

TEST = re.compile(
    r"^(?:FAILED|ERROR) (?P<name>\S+?\.py(?:::[^\[\n]+?(?:\[.*?\])?)?)(?: - (?P<message>.*))?$", re.MULTILINE
)
SECTION = re.compile(r"^=+ (?:FAILURES|ERRORS) =+$\n(.*?)(?=^=+ [^=\n]+ =+$|\Z)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^_{3,} (.+?) _{3,}$", re.MULTILINE)
TARGET = re.compile(r"^Running (\S+) integration test (?:role|script)", re.MULTILINE)
BROKEN_TARGET = re.compile(r"^(?:FATAL|ERROR): Command .*(?:ansible-playbook|runme\.sh)", re.MULTILINE)
SANITY = re.compile(r'^Running sanity test "([^"]+)"(?: on Python ([\d.]+))?.*$', re.MULTILINE)
BROKEN_SANITY = re.compile(r"^FATAL: The \d+ sanity test.*\n((?:[\w-]+(?: --python [\d.]+)?(?:\n|\Z))+)", re.MULTILINE)
TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(.+)\] \*+$", re.MULTILINE)
FATAL = re.compile(r"^(?:fatal|failed): \[[^\]]+\].*? => ", re.MULTILINE)
# "path:12:3: what is wrong", as linters and type checkers say it.
FINDING = re.compile(r"^[\w./-]+:\d+(?::\d+)?:? \S.*", re.MULTILINE)


@dataclass(frozen=True)
class Failure:
    """A test, an integration target, a sanity test or else a whole suite that failed, and the lines that say why."""

    name: str
    lines: tuple[str, ...] = ()


def pieces(mark: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """Return (what the mark's first group holds, the text up to the next mark) for each mark in the text."""
    found = list(mark.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [(match[1], text[match.end() : end]) for match, end in zip(found, ends, strict=False)]


def worth(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something, without the rulers of pytest's reports."""
    ruler = re.compile(r"\[gw\d+\]|[=_-]{5,}")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not ruler.match(line))


def of_pytest(text: str) -> Iterator[Failure]:
    """Find the tests that pytest sums up as failed or broken, with the lines that it marks with an E."""
    reports = [report for section in SECTION.findall(text) for report in pieces(HEADING, section)]
    for match in TEST.finditer(text):
        path, *inner = match["name"].split("::")
        title = ".".join(inner) or path
        # Several files may have a test of this name: the report that names the file, where there is a choice. What a
        # worker died of has the file as its title.
        same = [body for heading, body in reports if heading in (title, path) or heading.endswith(f" {title}")]
        body = next((one for one in same if path in one), same[0] if same else "")
        marked = tuple(line[1:].strip() for line in body.splitlines() if re.match(r"E {2,}\S", line))
        place = re.findall(rf"^({re.escape(path)}:\d+): ", body, flags=re.MULTILINE)[-1:]
        said = (match["message"],) if match["message"] else worth(body)
        yield Failure(match["name"], (*place, *marked) if marked else said)


def told(text: str) -> tuple[str, ...]:
    """Return the last task of an Ansible run that failed and was not ignored, and its message."""
    for task, run in reversed(pieces(TASK, text)):
        fatal = FATAL.search(run)
        if fatal and not re.search(r"^\.\.\.ignoring$", run, flags=re.MULTILINE):
            return (f"task: {task}", *message(run[fatal.end() :]))
    return ()


def message(rest: str) -> tuple[str, ...]:
    """Return the message of the task result that a text begins with, or its first lines where it is not JSON."""
    try:
        result, _end = json.JSONDecoder().raw_decode(rest)
    except ValueError:
        result = None
    if not isinstance(result, dict):
        return worth(rest)
    said = worth(str(result.get("msg") or result.get("module_stderr") or json.dumps(result)))
    return (f"assertion: {result['assertion']}", *said) if "assertion" in result else said


def of_targets(text: str) -> Iterator[Failure]:
    """Find the integration targets that failed, with the task that did."""
    for name, run in pieces(TARGET, text):
        if broken := BROKEN_TARGET.search(run):
            yield Failure(f"integration target {name}", told(run[: broken.start()]) or worth(run)[-3:])


def of_sanity(text: str) -> Iterator[Failure]:
    """Find the sanity tests that failed, with their findings."""
    runs: dict[str, str] = {}
    for match, (name, said) in zip(SANITY.finditer(text), pieces(SANITY, text), strict=True):
        runs[f"{name} --python {match[2]}" if match[2] else name] = said
    for names in BROKEN_SANITY.findall(text):
        for name in names.split("\n"):
            if name:
                findings = re.findall(r"^ERROR: (?!Found \d)(.+)$", runs.get(name, ""), flags=re.MULTILINE)
                yield Failure(f"sanity test {name}", tuple(findings))


def whole(suite: str, text: str) -> Failure:
    """Return the suite itself as what failed: what Ansible, a linter, or else its last lines say."""
    lines = told(text) or tuple(FINDING.findall(text))
    said = [line for line in worth(text) if not line.startswith("make")]
    return Failure(suite, lines or tuple(said[-LINES:]))


def failures(suite: str, text: str) -> list[Failure]:
    """Return what failed in a suite that failed: at least the suite itself."""
    found = [*of_pytest(text), *of_targets(text), *of_sanity(text)]
    return found or [whole(suite, text)]


def listing(failed: Iterable[tuple[str, Failure]]) -> list[str]:
    """Return lines that name each failure as "suite: name", and what was said of it as far as there is room."""
    every = list(failed)
    room = max(0, LINES // max(1, len(every)) - 1)
    lines = []
    for suite, one in every:
        heading = one.name if one.name == suite else f"{suite}: {one.name}"
        said = [f"    {line}" for line in one.lines[:room]]
        if not room and one.lines:
            heading += f" - {one.lines[0]}"
        lines += [line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..." for line in (heading, *said)]
    return lines
