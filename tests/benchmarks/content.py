"""A folder of content that is already an orchestrator's, against a bare script with the same reads, 8 at a time.

Three hundred items in thirty-two places: workflows as XML, actions, configuration elements, resource elements. The
time of a task is from its start to its result, with its own login, so the start of Ansible is taken off; the bare
script is timed from its start to its end. Both read the same files and the same addresses, which the journal says.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.bench import ROOT, SITE, Row, measure_play
from tests.simulator.running import Running, running_simulator
from tests.tools import make_vro_content

VERSION = "8.18"
COUNT = 300
PLACES = 8  # of each kind that lies in categories


def files(count: int) -> dict[str, str | bytes]:
    """A quarter of each kind."""
    made: dict[str, str | bytes] = {}
    for number in range(count // 4):
        place = f"{number % PLACES:02}"
        made[f"workflows/Kiwi Cloud/{place}/Workflow {number:03}.xml"] = make_vro_content.workflow(
            f"Workflow {number:03}"
        )
        made[f"actions/com.kiwi.part{place}/action{number:03}.js"] = f"// {number}\nreturn tenant.name;\n" * 10
        made[f"actions/com.kiwi.part{place}/action{number:03}.yml"] = make_vro_content.ABOUT
        made[f"configurations/Kiwi Cloud/{place}/Element {number:03}.yml"] = "".join(
            line + "\n" for line in make_vro_content.BACKUP.splitlines() if "password" not in line
        )
        made[f"resources/Kiwi Cloud/{place}/letter-{number:03}.txt"] = f"Dear {number},\n" * 50
    return made


def options(simulator: Running, folder: Path) -> dict[str, str]:
    """What the task and the script are given."""
    own = simulator.vro(SITE)
    return {"url": own["url"], "user": own["user"], "password": own["password"], "ca_path": simulator.ca_path,
            "folder": str(folder)}  # fmt: skip


def by_module(values: Mapping[str, str]) -> float:
    """Seconds of a play's only task."""
    given = {
        "vro_url": "{{ url }}",
        "vro_user": "{{ user }}",
        "vro_password": "{{ password }}",
        "ca_path": "{{ ca_path }}",
        "path": "{{ folder }}",
    }
    return measure_play([{"name": "apply", "vcpp.vcloud.vro_content": given}], values).seconds["apply"][0]


def by_script(values: Mapping[str, str]) -> float:
    """Seconds of the bare script, which fails where it sees a difference."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "task.json"
        path.write_text(json.dumps(values), encoding="utf-8")
        begun = time.perf_counter()
        run = subprocess.run([sys.executable, "-m", "tests.benchmarks.bare_content", str(path)], cwd=ROOT, check=True,
                             capture_output=True, text=True)  # fmt: skip
        seconds = time.perf_counter() - begun
    if int(run.stdout):
        raise SystemExit(f"The script sees {run.stdout.strip()} differences that are none: the measurement is broken.")
    return seconds


def asked(simulator: Running) -> tuple[list[str], int]:
    """(addresses that were read, sorted; how many writes there were) since the journal was cleared."""
    rows = [row for row in simulator.control.journal() if "/vco/api/" in row["path"]]
    plain = [row["path"] for row in rows if row["path"] not in ("/vco/api/about", "/vco/api/users")]
    simulator.control.clear_journal()
    return sorted(plain), sum(bool(row["write"]) for row in rows)


def rows(quick: bool) -> Iterator[Row]:
    """With 300 items, or 40."""
    count, times = (40, 1) if quick else (COUNT, 5)
    with running_simulator(process=True, vro_version=VERSION) as simulator, tempfile.TemporaryDirectory() as folder:
        make_vro_content.write(Path(folder), files(count))
        values = options(simulator, Path(folder))
        writing = by_module(values)
        simulator.control.clear_journal()
        modules, scripts = [], []
        for _turn in range(times):
            scripts.append(by_script(values))
            one = asked(simulator)
            modules.append(by_module(values))
            other = asked(simulator)
            if one != other or one[1]:
                raise SystemExit("The two sides did not read the same, or wrote: the measurement is broken.")
    detail = f"{statistics.median(modules):.2f} s; making them all takes {writing:.2f} s"
    yield Row(f"vro_content of {count} items, nothing to do, against a bare script with the same reads, 8 at a time",
              statistics.median(modules) / statistics.median(scripts), 1.5, "lower", "x time", detail)  # fmt: skip
