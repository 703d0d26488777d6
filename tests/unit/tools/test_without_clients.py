# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where no npm or no fitting Python is, genuine clients are not made and their tests are skipped; in CI that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.conftest import missing
from tests.tools.run_suites import ROOT


def make(tmp_path: Path, tools: tuple[str, ...], **variables: str) -> subprocess.CompletedProcess[str]:
    """`make conformance-clients` in a copy of what it needs, with these programs alone."""
    programs, work = tmp_path / "bin", tmp_path / "work"
    programs.mkdir()
    for tool in tools:
        found = shutil.which(tool)
        assert found, tool
        (programs / tool).symlink_to(os.path.realpath(found))
    conformance = ("requirements.txt", "requirements-cse.txt", "package.json")
    for name in ("Makefile", "tests/tools/find_python.sh", *(f"tests/conformance/{one}" for one in conformance)):
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return subprocess.run(
        [str(programs / "make"), "conformance-clients"],
        cwd=work, env={"PATH": str(programs), **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


TOOLS = ("make", "bash", "env", "cp", "rm", "mkdir", "touch")


def test_without_npm_and_python_it_says_what_was_not_made(tmp_path: Path) -> None:
    done = make(tmp_path, TOOLS)
    assert done.returncode == 0, done.stderr
    assert "not made: .venv-conformance/python, because no Python 3.10 to 3.13 was found" in done.stdout
    assert "not made: .venv-conformance/cse, because no Python 3.10 was found" in done.stdout
    assert "not made: .venv-conformance/node, because node or npm was not found" in done.stdout


def test_in_ci_it_fails(tmp_path: Path) -> None:
    done = make(tmp_path, TOOLS, CI="true")
    assert done.returncode != 0 and "genuine Python clients cannot be tried here" in done.stderr


def test_tests_of_a_missing_client_are_skipped_but_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make conformance-clients"):
        missing("The environment of pyvcloud")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="is missing"):
        missing("The environment of pyvcloud")
