"""`make demo` as a newcomer meets it: in a pipe, interrupted, on a bad day. It never leaves a simulator behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.plays import ROOT, interruptible
from tests.simulator.client import ControlClient

STATE = ROOT / "build" / "demo" / "simulator.json"


@contextmanager
def demo() -> Iterator[subprocess.Popen[str]]:
    """A running demo whose output is read by the test."""
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "tests.demo"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=interruptible, **pipes) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.terminate()


def read_until(child: subprocess.Popen[str], words: str) -> str:
    """The output up to and with the line that holds the words."""
    lines = []
    assert child.stdout is not None
    for line in child.stdout:
        lines.append(line)
        if words in line:
            break
    assert lines and words in lines[-1], "".join(lines)
    return "".join(lines)


def simulator_process() -> int:
    """The process id of the demo's simulator."""
    return int(json.loads(STATE.read_text(encoding="utf-8"))["pid"])


def is_gone(process: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_goes_from_empty_vcenters_to_a_report_in_minutes() -> None:
    with demo() as child:
        first = read_until(child, "vCenters answer")
        process = simulator_process()
        output = first + child.communicate()[0]
    assert child.returncode == 0, output
    for text in (
        "2 vCenters answer over TLS on free ports, and there is no VM in them",
        "six appliances came from an OVA and were configured",
        "everybody's portal and Tyrell's own were drawn as they were and as they would be, then branded",
        "changed=0, and the simulator's journal holds no new write",
        "4 differ: 1 missing, 3 changed, 0 too many",
        "min_rpo is 15, not 240",
        "0 differ: 0 missing, 0 changed, 0 too many",
        "zero drift",
        "both VMs of tyrell-web-a03 can be recovered in Christchurch",
        "What to look at next",
    ):
        assert text in output, output
    assert "\x1b" not in output, "no colours where nobody sees them"
    assert "Lab-Only" not in output
    for name in ("drift", "drift-corrected"):
        assert (ROOT / "build" / "demo" / name / "drift.html").stat().st_size > 1000
    pages = re.findall(r"file://[^\s,]+", output)
    assert len(pages) == 3
    assert all(Path(page.removeprefix("file://").replace("%20", " ")).exists() for page in pages)
    assert is_gone(process)
    assert not STATE.exists()


def test_an_interrupted_demo_stops_its_simulator() -> None:
    with demo() as child:
        read_until(child, "Give root its own password")
        process = simulator_process()
        child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=120)[0]
    assert child.returncode == 130, rest
    assert "Interrupted. The simulator is stopped." in rest
    assert "Traceback" not in rest
    assert is_gone(process)


def test_a_disappointed_demo_says_so_in_a_sentence_and_stops_its_simulator() -> None:
    with demo() as child:
        read_until(child, "vCenters answer")
        process = simulator_process()
        ControlClient.from_state(STATE).refuse_writes()
        rest = child.communicate(timeout=120)[0]
    assert child.returncode == 1, rest
    assert "The demo failed: The playbook ended with exit code 2. Its whole output is in build/demo/01-" in rest
    assert "Traceback" not in rest
    assert is_gone(process)
