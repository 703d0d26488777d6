"""The branding of hundreds of tenants in one task, against a bare script with the same reads, 8 at a time.

Each tenant has a portal name and a colour of its own, and all have the same menu of nine entries, which stands once in
the task. The time of a task is from its start to its result, with its own login, so the start of Ansible is taken off;
the bare script is timed from its start to its end.
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
from typing import Any

import yaml

from tests.benchmarks.bench import ROOT, SITE, Row, measure_play
from tests.simulator.running import Running, running_simulator

VERSION = "39.0"
COUNT = 500


def menu() -> list[dict[str, str]]:
    """The menu of the reference estate, with its nine entries."""
    estate = yaml.safe_load((ROOT / "tests" / "simulator" / "reference-estate.yml").read_text(encoding="utf-8"))
    found: list[dict[str, str]] = estate["branding"]["custom_links"]
    return found


def given(simulator: Running, count: int, turn: str) -> dict[str, Any]:
    """What plays (`rows`) and scripts (`wanted`) are given: the same tenants and the same branding."""
    orgs = [f"tenant-{number:05d}" for number in range(1, count + 1)]
    looks = {org: (f"{turn} {org}", f"#{number:06X}") for number, org in enumerate(orgs, 0x123456)}
    rows = [{"org": org, "portal_name": name, "portal_color": colour} for org, (name, colour) in looks.items()]
    links = [{"name": None, "url": None, **item, "menuItemType": item["type"]} for item in menu()]
    for item in links:
        del item["type"]
    wanted = {
        org: {"portalName": name, "portalColor": colour, "customLinks": links} for org, (name, colour) in looks.items()
    }
    return {
        "url": simulator.vcd(SITE),
        "user": simulator.vcd_user(SITE),
        "password": simulator.vcd_password(SITE),
        "ca_path": simulator.ca_path,
        "version": VERSION,
        "rows": rows,
        "menu": menu(),
        "wanted": wanted,
    }


def task(name: str, **keywords: Any) -> dict[str, Any]:
    options = {
        "vcd_url": "{{ url }}",
        "vcd_user": "{{ user }}",
        "vcd_password": "{{ password }}",
        "ca_path": "{{ ca_path }}",
        "tenants": "{{ rows }}",
        "common": {"custom_links": "{{ menu }}"},
    }
    return {"name": name, "vcpp.vcloud.vcd_branding": options, **keywords}


def by_module(name: str, values: Mapping[str, Any], **keywords: Any) -> float:
    """Seconds of a play's only task."""
    playing = {key: value for key, value in values.items() if key != "wanted"}
    return measure_play([task(name, **keywords)], playing).seconds[name][0]


def by_script(verb: str, values: Mapping[str, Any]) -> tuple[float, int]:
    """(seconds of the bare script, how many differed)."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "task.json"
        path.write_text(json.dumps({key: value for key, value in values.items() if key not in ("rows", "menu")}))
        begun = time.perf_counter()
        run = subprocess.run([sys.executable, "-m", "tests.benchmarks.bare_branding", verb, str(path)], cwd=ROOT,
                             check=True, capture_output=True, text=True)  # fmt: skip
        return time.perf_counter() - begun, int(run.stdout)


def rows(quick: bool) -> Iterator[Row]:
    """With 500 tenants, or 50."""
    count, times = (50, 1) if quick else (COUNT, 5)
    with running_simulator(process=True, vcd_version="10.6") as simulator:
        simulator.control.scale(count)
        writes, scripts = [], []
        for turn in range(times):
            seconds, differed = by_script("write", given(simulator, count, f"script {turn}"))
            if differed != count:
                raise SystemExit("The script did not change every tenant: the measurement is broken.")
            scripts.append(seconds)
            writes.append(by_module("write", given(simulator, count, f"module {turn}")))
        last = given(simulator, count, f"module {times - 1}")
        simulator.control.clear_journal()
        reads, checks = [], []
        for _turn in range(2 * times):
            seconds, differed = by_script("read", last)
            if differed:
                raise SystemExit("The script sees differences that are none: the measurement is broken.")
            reads.append(seconds)
            checks.append(by_module("check", last))
        asked = [row for row in simulator.control.journal() if "/cloudapi/branding" in row["path"]]
        if len(asked) != 2 * len(reads) * (count + 1) or any(row["write"] for row in asked):
            raise SystemExit("The two sides did not read the same, or wrote: the measurement is broken.")
    detail = f"{statistics.median(checks):.2f} s"
    yield Row(f"branding of {count} tenants, nothing to do, against a bare script with 8 connections",
              statistics.median(checks) / statistics.median(reads), 1.5, "lower", "x time", detail)  # fmt: skip
    detail = f"{statistics.median(writes):.2f} s"
    yield Row(f"branding of {count} tenants, all changed, against the same", statistics.median(writes)
              / statistics.median(scripts), 1.5, "lower", "x time", detail)  # fmt: skip
