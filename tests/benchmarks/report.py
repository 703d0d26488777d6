"""The playbook `report` over thousands of replications, against a bare paging script.

One site of release 4.7, fifty organizations, two VMs in each vApp. Whole commands are timed, from their start to their
end: the start of Ansible is in the one, that of Python in the other. Both read every page of organizations, vApp and VM
replications, the traffic and the health, and write CSV and JSON; the playbook reads pages side by side and makes the
HTML page too, the script reads one page after the other. The first row is without instances, which is what paging is
about; the second one reads the instances of every VM as well, a request for each, which the script does with eight
connections.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.bench import ROOT, Played, Row, play
from tests.simulator.running import Running, running_simulator

SITE = "C00-Christchurch"
INVENTORY = ROOT / "inventories" / "reference" / "hosts.yml"
DAYS = 30


def run(simulator: Running, folder: Path, instances: bool) -> Played:
    """The playbook, for one site."""
    overlay = folder / "overlay.yml"
    overlay.write_text(yaml.safe_dump(simulator.control.inventory()), encoding="utf-8")
    variables = {
        "vcav_hosts": "vdev-c00-vcam",
        "vcav_report_dir": str(folder / "report"),
        "vcav_report_days": DAYS,
        "vcav_report_instances": instances,
    }
    return play("vcpp.vcloud.report", variables, [INVENTORY, overlay])


def script(simulator: Running, folder: Path, instances: bool) -> tuple[float, int]:
    """(seconds of the bare script, how many VMs it has found)."""
    task: dict[str, Any] = {
        "url": simulator.cloud(SITE),
        "ca_path": simulator.ca_path,
        "password": simulator.root_password(SITE),
        "site": SITE,
        "dest": str(folder),
        "days": DAYS,
        "instances": instances,
    }
    path = folder / "task.json"
    path.write_text(json.dumps(task), encoding="utf-8")
    begun = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.bare_report", str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return time.perf_counter() - begun, int(done.stdout)


def compare(simulator: Running, folder: Path, count: int, instances: bool, times: int) -> Iterator[Row]:
    """One row, and that of the memory."""
    plays, scripts = [], []
    for _turn in range(times):
        seconds, found = script(simulator, folder, instances)
        scripts.append(seconds)
        plays.append(run(simulator, folder, instances))
        made = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
        if found != count or len(made["vms"]) != count:
            raise SystemExit(f"The script has {found} VMs, the report {len(made['vms'])}: the measurement is broken.")
    ours, theirs = statistics.median(one.wall for one in plays), statistics.median(scripts)
    what = "with the instances of each, against a script with 8 connections" if instances else "against a paging script"
    yield Row(f"report over {count} replications {what}", ours / theirs, 1.5, "lower", "x time",
              f"{ours:.1f} s against {theirs:.1f} s")  # fmt: skip
    yield Row(f"peak memory of that report over {count} replications", max(one.peak_mib for one in plays), 300, "lower",
              "MiB")  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """Without and with the instances."""
    count, times = (1000, 1) if quick else (10000, 2)
    with (
        running_simulator(product_version="4.7", organizations=50, process=True) as simulator,
        tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder,
    ):
        simulator.control.task_seconds(0)
        simulator.control.scale_replications(count, vms_per_vapp=2, state="mixed")
        yield from compare(simulator, Path(folder), count, False, times)
        yield from compare(simulator, Path(folder), count, True, 1)
