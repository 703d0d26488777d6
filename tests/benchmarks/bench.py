"""What a row of the result is, and how a play and a script are measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = ROOT / "tests" / "benchmarks" / "callback_plugins"
PASSWORD_OPTIONS = {"vcav_url": "{{ url }}", "vcav_password": "{{ password }}", "ca_path": "{{ ca_path }}"}


@dataclass(frozen=True)
class Row:
    """One line of the table. `better` is lower or higher; `unit` says what the ratio is of."""

    name: str
    ratio: float
    target: float
    better: str
    unit: str

    @property
    def holds(self) -> bool:
        return self.ratio <= self.target if self.better == "lower" else self.ratio >= self.target


@dataclass(frozen=True)
class Measured:
    """A play: seconds per task name (all tasks of that name together) and the peak memory of its largest process."""

    seconds: dict[str, list[float]]
    peak_mib: float


def measure_play(tasks: list[dict[str, Any]], variables: Mapping[str, Any]) -> Measured:
    """Run tasks on localhost and take each one's time from its start to its result. Fails loudly when a task fails."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        directory = Path(folder)
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/vcpp.vcloud.vcav": PASSWORD_OPTIONS},
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": tasks,
        }
        (directory / "play.yml").write_text(json.dumps([play]))
        (directory / "vars.json").write_text(json.dumps(dict(variables)))
        (directory / "ansible.cfg").touch()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "VCAV_"))}
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
        with (directory / "output").open("w") as output:
            run = subprocess.Popen(
                [program, str(directory / "play.yml"), "-e", f"@{directory / 'vars.json'}"],
                env=environment, cwd=directory, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
            _pid, status, usage = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
        if run.returncode:
            raise SystemExit(f"A measured play failed:\n{(directory / 'output').read_text()[-4000:]}")
        seconds: dict[str, list[float]] = {}
        for task in json.loads((directory / "stopwatch.json").read_text()):
            seconds.setdefault(task["name"], []).append(task["seconds"])
        return Measured(seconds, usage.ru_maxrss / 1024)


def measure_script(verb: str, task: Mapping[str, Any]) -> float:
    """Seconds of the bare script from its start to its end, as whoever runs it by hand waits for it."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "task.json"
        path.write_text(json.dumps(dict(task)))
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bare", verb, str(path)], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        return time.perf_counter() - begun


def show(rows: list[Row], path: Path) -> None:
    """Print the table and write it as JSON."""
    width = max(len(row.name) for row in rows)
    print(f"{'':{width}}  {'ratio':>9}  {'target':>9}")
    for row in rows:
        sign = "<=" if row.better == "lower" else ">="
        verdict = "" if row.holds else "   MISSED"
        print(f"{row.name:{width}}  {row.ratio:9.2f}  {sign} {row.target:6g}  {row.unit}{verdict}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")
