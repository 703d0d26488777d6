"""The small Ceph lab: healthy, reached from anywhere on this machine, and gone with whoever started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.ceph import needs_ceph
from tests.labs.ceph.small import ROOT, Ceph, running
from tests.labs.folder import LabError, alive

pytestmark = needs_ceph


@pytest.fixture(scope="module")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    with running(tmp_path_factory.mktemp("ceph") / "lab") as lab:
        yield lab


def daemons(folder: Path) -> list[str]:
    """The command lines of the processes that have something of a folder open."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"{folder}/ceph.conf" in line and line.startswith("ceph-"):
            found.append(line)
    return found


def test_it_is_healthy_with_three_hosts_of_one_osd_and_has_no_pool(ceph: Ceph) -> None:
    status = ceph.status()
    assert status["health"] == {"status": "HEALTH_OK", "checks": {}, "mutes": []}
    assert (status["fsid"], status["quorum_names"]) == (ceph.fsid, ["a"])
    nodes = json.loads(ceph.run("osd", "tree", "--format", "json"))["nodes"]
    assert [node["name"] for node in nodes if node["type"] == "host"] == ["ceph01", "ceph02", "ceph03"]
    assert ceph.run("osd", "pool", "ls") == ""


def test_images_are_made_in_it(ceph: Ceph) -> None:
    ceph.run("osd", "pool", "create", "test", "8")
    ceph.run("pool", "init", "test", program="rbd")
    ceph.run("create", "test/image", "--size", "1G", program="rbd")
    assert ceph.run("ls", "test", program="rbd") == "image"
    ceph.run("rm", "test/image", "--no-progress", program="rbd")


@pytest.mark.slow
def test_a_daemon_is_stopped_and_started_again(ceph: Ceph) -> None:
    ceph.stop("osd.2")
    ceph.wait("osd.2 is not missed", lambda status: status["osdmap"]["num_up_osds"] == 2)
    ceph.start("osd.2")
    ceph.wait("osd.2 did not come back", lambda status: status["osdmap"]["num_up_osds"] == 3)


def test_a_folder_that_is_in_use_or_holds_something_else_is_refused(ceph: Ceph, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="is running in"), running(ceph.folder):
        pass
    (tmp_path / "mine").touch()
    with pytest.raises(LabError, match="something else"), running(tmp_path):
        pass
    assert (tmp_path / "mine").exists() and ceph.conf.exists()


def test_whether_a_lab_lives_is_seen_without_leaving_anything(ceph: Ceph, tmp_path: Path) -> None:
    assert alive(ceph.folder)
    assert not alive(tmp_path) and not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", ["killed", pytest.param("end of input", marks=pytest.mark.slow)])
def test_the_daemons_end_with_whoever_started_them(how: str, tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    command = [sys.executable, "-m", "tests.labs.ceph", "small", "serve", "--until-eof", "--folder", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as keeper:
        while not (folder / "state.json").exists():
            assert keeper.poll() is None
            time.sleep(0.05)
        assert len(daemons(folder)) == 5
        if how == "killed":
            os.kill(keeper.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while daemons(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert daemons(folder) == []
    # Whoever is killed cannot tidy up, but the next one does.
    assert folder.exists() == (how == "killed")
    if how == "killed":
        with running(folder, osds=0) as again:
            assert set(again.status()["health"]["checks"]) <= {"TOO_FEW_OSDS"}
