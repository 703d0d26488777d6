# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last lines of a run of several suites name what failed, and say what it said first."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import pytest

from tests.tools import run_suites
from tests.tools.failures import LINES, WIDTH, Failure, failures, listing

PYTEST = """\
..FE                                                                     [100%]
==================================== ERRORS ====================================
_______________________ ERROR at setup of TestIt.test_b ________________________
[gw1] linux -- Python 3.13.0 /srv/bin/python

    @pytest.fixture
    def broken():
>       raise OSError("no such thing")
E       OSError: no such thing

tests/unit/test_bad.py:4: OSError
=================================== FAILURES ===================================
________________________________ test_a[x - y] _________________________________
tests/unit/test_other.py:9: in test_a
    assert is_open() is False
E   assert True is False
________________________________ test_a[x - y] _________________________________
[gw0] linux -- Python 3.13.0 /srv/bin/python

>       assert {"a": 1} == {"a": 2}, "what differs"
E       AssertionError: what differs
E       assert {'a': 1} == {'a': 2}
E
E         Differing items:

tests/unit/test_bad.py:7: AssertionError
---------------------------- Captured stdout call -----------------------------
fatal: [testhost]: FAILED! => {"msg": "part of the output of a test"}
_____________________________ tests/unit/test_c.py _____________________________
worker 'gw1' crashed while running 'tests/unit/test_c.py::test_c'
=========================== short test summary info ============================
SKIPPED [1] tests/unit/test_bad.py:12: not here
ERROR tests/unit/test_bad.py::TestIt::test_b - OSError: no such thing
FAILED tests/unit/test_other.py::test_a[x - y] - assert True is False
FAILED tests/unit/test_bad.py::test_a[x - y] - AssertionError: what ...
FAILED tests/unit/test_c.py::test_c
=================== 3 failed, 2 passed, 1 error in 3.10s ====================
"""

INTEGRATION = """\
Running two integration test role

TASK [two : Try] ***************************************************************
fatal: [testhost]: FAILED! => {"changed": false, "msg": "rescued"}

TASK [two : Take what was told] ************************************************
ok: [testhost]
Running one integration test role

TASK [one : Fail and go on] ****************************************************
fatal: [testhost]: FAILED! => {"changed": false, "msg": "ignored"}
...ignoring

TASK [one : Compare the rounds] ************************************************
[ERROR]: Task failed: Action failed: The second run changed something
Origin: tests/integration/targets/one/tasks/main.yml:5:3

failed: [testhost] (item=2) => {
    "ansible_loop_var": "item",
    "assertion": "1 == 2",
    "item": 2,
    "msg": "The second run changed something"
}

PLAY RECAP *********************************************************************
testhost                   : ok=2    changed=0    unreachable=0    failed=1

ERROR: Command "ansible-playbook one-uxp0j1pj.yml -i inventory" returned exit status 2.
Running three integration test role

TASK [three : Read] ************************************************************
fatal: [testhost]: FAILED! => {"msg": "'nothing' is undefined"}

TASK [three : Always stop the simulator] ***************************************
ok: [testhost]

FATAL: Command "ansible-playbook three-r1s4esed.yml -i inventory" returned exit status 2.
"""

SANITY = """\
Running sanity test "compile" on Python 3.13
Running sanity test "import" on Python 3.13
ERROR: Found 1 import issue(s) on python 3.13 which need to be resolved:
ERROR: plugins/modules/x.py:2:10: traceback: ImportError: no such name
Running sanity test "pep8"
ERROR: Found 2 pep8 issue(s) which need to be resolved:
ERROR: plugins/modules/x.py:2:10: E401: multiple imports on one line
ERROR: plugins/modules/x.py:3:7: E201: whitespace after '('
See documentation for help: https://docs.ansible.com/ansible-core/2.21/dev_guide/testing/sanity/pep8.html
FATAL: The 2 sanity test(s) listed below (out of 3) failed. See error output above for details.
import --python 3.13
pep8
make: *** [Makefile:194: sanity] Error 1
"""


def test_tests_are_named_with_what_pytest_marks() -> None:
    assert failures("unit", PYTEST) == [
        Failure("tests/unit/test_bad.py::TestIt::test_b", ("tests/unit/test_bad.py:4", "OSError: no such thing")),
        Failure("tests/unit/test_other.py::test_a[x - y]", ("tests/unit/test_other.py:9", "assert True is False")),
        Failure(
            "tests/unit/test_bad.py::test_a[x - y]",
            (
                "tests/unit/test_bad.py:7",
                "AssertionError: what differs",
                "assert {'a': 1} == {'a': 2}",
                "Differing items:",
            ),
        ),
        Failure("tests/unit/test_c.py::test_c", ("worker 'gw1' crashed while running 'tests/unit/test_c.py::test_c'",)),
    ]


def test_integration_targets_are_named_with_the_task_that_failed() -> None:
    assert failures("integration", INTEGRATION) == [
        Failure(
            "integration target one",
            ("task: one : Compare the rounds", "assertion: 1 == 2", "The second run changed something"),
        ),
        Failure("integration target three", ("task: three : Read", "'nothing' is undefined")),
    ]
    assert run_suites.count(INTEGRATION) == (1, 2, 0)


def test_sanity_tests_are_named_with_their_findings() -> None:
    assert failures("sanity", SANITY) == [
        Failure(
            "sanity test import --python 3.13", ("plugins/modules/x.py:2:10: traceback: ImportError: no such name",)
        ),
        Failure(
            "sanity test pep8",
            (
                "plugins/modules/x.py:2:10: E401: multiple imports on one line",
                "plugins/modules/x.py:3:7: E201: whitespace after '('",
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        pytest.param(
            "TASK [Pair the sites] *****\nfatal: [a]: FAILED! => {'msg': 1}\nCRITICAL Ansible return code was 2\n",
            ("task: Pair the sites", "{'msg': 1}", "CRITICAL Ansible return code was 2"),
            id="a play that failed, as in molecule",
        ),
        pytest.param(
            "ruff\nplugins/a.py:1:2: F401 `os` imported but unused\nyamllint\nmake: *** [Makefile:1: lint] Error 1\n",
            ("plugins/a.py:1:2: F401 `os` imported but unused",),
            id="a linter",
        ),
        pytest.param("one\ntwo\nmake: *** Error 1\n", ("one", "two"), id="anything else"),
        pytest.param("", (), id="nothing said"),
    ],
)
def test_a_suite_that_names_no_test_is_named_itself(log: str, lines: tuple[str, ...]) -> None:
    assert failures("other", log) == [Failure("other", lines)]


def test_the_listing_names_all_and_says_of_each_what_there_is_room_for() -> None:
    said = tuple(f"line {number}" for number in range(50))
    one = listing([("unit", Failure("test_a", said))])
    assert one[:2] == ["unit: test_a", "    line 0"] and len(one) == LINES
    three = listing([("unit", Failure(f"test_{name}", said)) for name in "abc"])
    assert [line for line in three if line[0] != " "] == ["unit: test_a", "unit: test_b", "unit: test_c"]
    assert len(three) <= LINES
    many = listing([("lint", Failure("lint", ("x" * 500,))), *[("unit", Failure(f"t{n}", said)) for n in range(30)]])
    assert len(many) == 31 and many[1] == "unit: t0 - line 0" and {len(line) for line in many} <= set(range(WIDTH + 1))
    assert listing([]) == []


@pytest.fixture
def suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Makefile of two suites, of which the first fails; what CI sets is not set."""
    (tmp_path / "unit.txt").write_text(PYTEST, encoding="utf-8")
    makefile = "unit:\n\t@cat unit.txt; exit 1\nlint:\n\t@echo ruff\n"
    (tmp_path / "Makefile").write_text(makefile, encoding="utf-8")
    monkeypatch.setattr(run_suites, "ROOT", tmp_path)
    monkeypatch.setattr(run_suites, "LOGS", tmp_path / "logs")
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def lines_of_a_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Run the suites, which fail, and return what is printed."""
    monkeypatch.setattr(sys, "argv", ["run_suites.py", "--lanes", "1", *arguments])
    assert run_suites.main() == 1
    return capsys.readouterr().out.splitlines()


def test_after_a_failure_no_further_suite_begins(
    suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = lines_of_a_run(monkeypatch, capsys, "unit", "lint")
    assert "not run after the failure: lint (make test KEEP_GOING=1 runs all)" in said
    assert not (suites / "logs" / "lint.log").exists()


def test_in_ci_all_suites_run_and_the_end_of_the_log_tells_what_broke(
    suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    said = lines_of_a_run(monkeypatch, capsys, "unit", "lint")
    assert (suites / "logs" / "lint.log").read_text(encoding="utf-8") == "ruff\n"
    # Whoever looks at CI sees so many lines.
    end = "\n".join(said[-25:])
    assert "all                  3 passed, 4 failed, 0 skipped" in end
    expected = """\
        unit: tests/unit/test_bad.py::TestIt::test_b
            tests/unit/test_bad.py:4
            OSError: no such thing
        unit: tests/unit/test_other.py::test_a[x - y]
    """
    assert textwrap.dedent(expected) in end and said[-1].startswith("    worker 'gw1' crashed")


def test_a_suite_that_ci_cannot_run_is_among_what_failed(
    suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(run_suites, "OLDEST_PYTHON", suites / "no" / "python")
    said = lines_of_a_run(monkeypatch, capsys, "unit-oldest")
    assert said[-2:] == ["unit-oldest", f"    {run_suites.NO_OLDEST}"]


def test_the_summary_tells_what_each_suite_cost_of_the_processors(
    suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Waiting costs nothing, work of a child's child does."""
    busy = "import time; [None for _ in iter(lambda: time.process_time() < 1.5, False)]"
    recipe = f"lint:\n\t@bash -c '{sys.executable} -c \"{busy}\"; true'; exit 1\n"
    (suites / "Makefile").write_text(recipe, encoding="utf-8")
    said = lines_of_a_run(monkeypatch, capsys, "lint")
    found = [re.search(r"\((\d+) s of work\)", line) for line in said if line.startswith(("lint ", "all "))]
    assert len(found) == 2 and all(one and 1 <= int(one[1]) for one in found), said
