# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's hosts are machines, and nothing of them outlives whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.plays import ROOT, not_run
from tests.labs.ceph.hosts import GROUP, Lab, missing, running

HOLD = """
import sys, time
from tests.labs.ceph.hosts import running
with running(["ceph01"]) as lab:
    print(lab.folder, lab.state["keeper"], lab.disks()["ceph01"], flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def able() -> None:
    if reason := missing():
        not_run(reason)


def backing(device: str) -> str:
    """The file behind a loop device; empty where there is none."""
    path = Path("/sys/block") / Path(device).name / "loop" / "backing_file"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def left(folder: Path, keeper: int, device: str) -> list[str]:
    """What there still is of a lab."""
    found = [str(folder)] if folder.exists() else []
    found += [f"process {keeper}"] if Path(f"/proc/{keeper}").exists() else []
    found += [device] if str(folder) in backing(device) else []
    found += [
        line for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines() if str(folder) in line
    ]
    return found


def is_gone(folder: Path, keeper: int, device: str) -> None:
    deadline = time.monotonic() + 60
    while found := left(folder, keeper, device):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def facts(lab: Lab) -> tuple[Path, int, str]:
    return lab.folder, lab.state["keeper"], lab.disks()["ceph01"]


def test_a_host_is_a_machine_of_its_own_and_keeps_its_disk_over_a_reboot() -> None:
    with running(["ceph01", "ceph02"]) as lab:
        known = facts(lab)
        assert lab.ssh("ceph01", "systemctl is-system-running; hostname").stdout.split() == ["running", "ceph01"]
        lab.ssh("ceph01", "bash -c '</dev/tcp/192.168.207.202/22'")
        lab.ssh("ceph01", "printf mine > /dev/sdb")
        lab.reboot("ceph01")
        assert lab.ssh("ceph01", "head -c 4 /dev/sdb").stdout == "mine"
        lab.kill("ceph01")
        assert lab.ssh("ceph01", "true", check=False).returncode != 0
        lab.start("ceph01")
        assert lab.ssh("ceph01", "head -c 4 /dev/sdb").stdout == "mine"
        assert "192.168.207" not in subprocess.run(["ip", "address"], capture_output=True, text=True, check=True).stdout
    is_gone(*known)
    assert not list(Path("/sys/fs/cgroup").glob(f"*/{GROUP}{lab.state['unshare']}"))


def test_nothing_outlives_a_test_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        folder, keeper, device = holder.stdout.readline().split()
        assert left(Path(folder), int(keeper), device)
        holder.kill()
    is_gone(Path(folder), int(keeper), device)


def test_nothing_outlives_a_keeper_that_is_killed() -> None:
    with running(["ceph01"]) as lab:
        known = facts(lab)
        os.kill(lab.state["keeper"], signal.SIGKILL)
    is_gone(*known)
