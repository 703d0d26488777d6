# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where no vCenter simulator or no Ceph cluster can be had, what needs one is left out and counted as skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.ansible_test import ROOT, depending, vcenter_targets, without_ceph, without_vcenter
from tests.tools.run_suites import count

TARGETS = ROOT / "tests" / "integration" / "targets"


def test_targets_that_need_a_vcenter_are_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = vcenter_targets(TARGETS)
    assert "vsphere_appliance" in names and "vcav_policy" not in names

    arguments = without_vcenter([], tmp_path / "vcsim", TARGETS)

    assert [arguments[number] for number in range(1, len(arguments), 2)] == names
    said = capsys.readouterr().out
    assert count(f"{said}Running vcav_policy integration test role\n") == (1, 0, len(names))


def test_nothing_is_left_out_that_is_named_or_possible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = without_vcenter(["vsphere_appliance"], tmp_path / "vcsim", TARGETS)
    assert "vsphere_appliance" not in named
    (tmp_path / "vcsim").touch()
    capsys.readouterr()
    assert without_vcenter([], tmp_path / "vcsim", TARGETS) == []
    assert capsys.readouterr().out == ""


def test_targets_of_ceph_are_left_out_without_its_daemons_but_not_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    names = depending("setup_ceph", TARGETS)
    assert "ceph_pool" in names and "vcav_policy" not in names
    arguments = without_ceph([], "A Ceph cluster needs the packages ceph-mon.", TARGETS)
    assert [arguments[number] for number in range(1, len(arguments), 2)] == names
    said = capsys.readouterr().out
    assert count(f"{said}Running vcav_policy integration test role\n") == (1, 0, len(names))
    assert without_ceph([], "", TARGETS) == []
    monkeypatch.setenv("CI", "true")
    assert without_ceph([], "A Ceph cluster needs the packages ceph-mon.", TARGETS) == []
