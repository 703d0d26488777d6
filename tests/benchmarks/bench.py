"""What a row of the result is, and how a play and a script are measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.simulator.running import Running

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = ROOT / "tests" / "benchmarks" / "callback_plugins"
SITE = "A03-Auckland"
PRIVATE = ("ANSIBLE_", "VCAV_", "VSPHERE_")
PASSWORD_OPTIONS = {"vcav_url": "{{ url }}", "vcav_password": "{{ password }}", "ca_path": "{{ ca_path }}"}


@dataclass(frozen=True)
class Row:
    """One line of the table. `better` is lower or higher; `unit` says what of, `detail` what was measured."""

    name: str
    ratio: float
    target: float
    better: str
    unit: str
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.ratio <= self.target if self.better == "lower" else self.ratio >= self.target


@dataclass(frozen=True)
class Measured:
    """A play: seconds per task name (all tasks of that name together) and the peak memory of its largest process."""

    seconds: dict[str, list[float]]
    peak_mib: float


@dataclass(frozen=True)
class Played(Measured):
    """The same with the seconds from the start of the command to its end."""

    wall: float


def play(playbook: str, variables: Mapping[str, Any], inventories: Sequence[Path] = (), forks: int = 5) -> Played:
    """Run a playbook of this collection, or a file, as from the command line. Fails loudly when it fails."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        directory = Path(folder)
        (directory / "vars.json").write_text(json.dumps(dict(variables)), encoding="utf-8")
        (directory / "ansible.cfg").touch()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
        environment = {
            **kept,
            "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "VCPP_STOPWATCH": str(directory / "stopwatch.json"),
        }
        program = str(Path(sys.executable).parent / "ansible-playbook")
        hosts = [word for inventory in inventories for word in ("-i", str(inventory))]
        command = [program, *hosts, "--forks", str(forks), playbook, "-e", f"@{directory / 'vars.json'}"]
        with (directory / "output").open("w") as output:
            begun = time.perf_counter()
            run = subprocess.Popen(command, env=environment, cwd=directory, stdout=output, stderr=subprocess.STDOUT)
            _pid, status, usage = os.wait4(run.pid, 0)
            wall = time.perf_counter() - begun
            run.returncode = os.waitstatus_to_exitcode(status)
        if run.returncode:
            raise SystemExit(f"A measured play failed:\n{(directory / 'output').read_text()[-4000:]}")
        seconds: dict[str, list[float]] = {}
        for task in json.loads((directory / "stopwatch.json").read_text()):
            seconds.setdefault(task["name"], []).append(task["seconds"])
        return Played(seconds, usage.ru_maxrss / 1024, wall)


def measure_play(tasks: list[dict[str, Any]], variables: Mapping[str, Any]) -> Played:
    """Run tasks on localhost and take each one's time from its start to its result. Fails loudly when a task fails."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "play.yml"
        document = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/vcpp.vcloud.vcav": PASSWORD_OPTIONS},
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": tasks,
        }
        path.write_text(json.dumps([document]), encoding="utf-8")
        return play(str(path), variables)


def variables(simulator: Running) -> dict[str, Any]:
    """What every play and script needs to reach the service."""
    return {
        "url": simulator.cloud(SITE),
        "password": simulator.root_password(SITE),
        "ca_path": simulator.ca_path,
    }


def show(rows: list[Row], path: Path) -> None:
    """Print the table and write it as JSON."""
    width = max(len(row.name) for row in rows)
    print(f"{'':{width}}  {'ratio':>9}  {'target':>9}")
    for row in rows:
        sign = "<=" if row.better == "lower" else ">="
        verdict = "" if row.holds else "   MISSED"
        detail = f"  ({row.detail})" if row.detail else ""
        print(f"{row.name:{width}}  {row.ratio:9.2f}  {sign} {row.target:6g}  {row.unit}{verdict}{detail}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")
