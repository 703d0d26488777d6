"""`make demo-storage`: from an empty VDC to a bound claim, on real Ceph and Kubernetes. Nothing of it is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.demo.storage import HOME, LABS
from tests.e2e.plays import ROOT, interruptible, not_run
from tests.labs import kubernetes
from tests.labs.ceph import small

# Ceph, Kubernetes and their driver have to be there: `make demo-storage` builds them, once.
pytestmark = pytest.mark.slow


@contextmanager
def demo() -> Iterator[subprocess.Popen[str]]:
    """A running demo whose output is read by the test."""
    if lacking := small.missing() or kubernetes.missing(*kubernetes.SIDECARS, kubernetes.csi_driver()):
        not_run(lacking)
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "tests.demo.storage"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=interruptible, **pipes) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.terminate()


def left() -> list[str]:
    """Processes that have something of the labs in their command line."""
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(ROOT / LABS) in line or str(HOME) in line]


def gone() -> bool:
    """Whether all of them have ended, soon."""
    deadline = time.monotonic() + 20
    while left() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not left()


def test_the_story_goes_from_an_empty_vdc_to_a_bound_claim() -> None:
    with demo() as child:
        output = child.communicate()[0]
    assert child.returncode == 0, output
    for text in (
        "CSE made k8sceph with 3 workers",
        "the claim testclaim is bound, and its image of 1 GiB is in the pool kube",
        "changed=0, and the simulator's journal holds no new write",
        "the class is back, the cluster has its workers, and the claim kept its volume",
        "zero drift",
        "Status:        Bound",
        "size 1 GiB",
    ):
        assert text in output, output
    assert "\x1b" not in output, "no colours where nobody sees them"
    assert "Lab-Only" not in output
    assert not re.search(r"\bA[Qg][A-Za-z0-9+/]{36,}=*", output), "no key of Ceph"
    pages = re.findall(r"file://[^\s,]+", output)
    assert len(pages) == 2
    assert all(Path(page.removeprefix("file://").replace("%20", " ")).exists() for page in pages)
    assert gone(), left()
    assert not (ROOT / LABS / "ceph").exists() and not (ROOT / LABS / "kubernetes").exists()


def test_an_interrupted_story_stops_everything() -> None:
    with demo() as child:
        assert child.stdout is not None
        for line in child.stdout:
            if "Make the cluster" in line:
                break
        os.kill(child.pid, signal.SIGINT)
        rest = child.communicate(timeout=60)[0]
    assert child.returncode == 130, rest
    assert "Interrupted. The simulator, Ceph and Kubernetes are stopped." in rest
    assert "Traceback" not in rest
    assert gone(), left()
