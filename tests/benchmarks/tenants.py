"""Thousands of tenants in one task: against a bare script, against a loop over uri, growth, memory, requests.

The time of a task is from its start to its result, with its own login, so the start of Ansible is taken off; the bare
script is timed from its start to its end.
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

from tests.benchmarks.bench import ROOT, Row, measure_play, variables
from tests.simulator.running import Running, running_simulator


def assignments(simulator: Running, count: int) -> dict[str, Any]:
    """The wanted assignments of `count` tenants, for plays and scripts: half gold, half silver."""
    orgs = [f"tenant-{number:05d}" for number in range(1, count + 1)]
    wanted = {"gold": orgs[::2], "silver": orgs[1::2]}
    rows = [{"policy": policy, "orgs": names} for policy, names in wanted.items()]
    return {**variables(simulator), "wanted": wanted, "rows": rows}


def bulk_task(name: str, **keywords: Any) -> dict[str, Any]:
    return {"name": name, "vcpp.vcloud.vcav_policy_assignments": {"assignments": "{{ rows }}"}, **keywords}


POLICIES = [{"name": name, "vcpp.vcloud.vcav_policy": {"name": name}} for name in ("gold", "silver")]


def start_over(simulator: Running, count: int) -> None:
    """The estate with `count` tenants and the policies, nothing assigned."""
    simulator.control.reset()
    simulator.control.scale(count)
    measure_play(POLICIES, variables(simulator))


def measure_script(verb: str, task: Mapping[str, Any]) -> float:
    """Seconds of the bare script from its start to its end, as whoever runs it by hand waits for it."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "task.json"
        path.write_text(json.dumps(dict(task)))
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bare_tenants", verb, str(path)], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        return time.perf_counter() - begun


def bulk(simulator: Running, count: int, times: int) -> dict[str, float]:
    """First assignment and no-change check of `count` tenants, by the module and by the bare script, in seconds.

    Every play has one task, so it pays for its own login, as the script does.
    """
    given = assignments(simulator, count)
    playing = {name: value for name, value in given.items() if name != "wanted"}
    writes, scripts, peaks = [], [], []
    for _turn in range(times):
        start_over(simulator, count)
        scripts.append(measure_script("write", given))
        start_over(simulator, count)
        written = measure_play([bulk_task("write")], playing)
        writes.append(written.seconds["write"][0])
        peaks.append(written.peak_mib)
    simulator.control.clear_journal()
    check = bulk_task("check", check_mode=True, diff=True)
    plays = [measure_play([check], playing) for _turn in range(2 * times + 1)]
    rows = simulator.control.journal()
    reads = [row for row in rows if not row["path"].startswith(("/sessions", "/diagnostics/about"))]
    if len(reads) < len(plays) or any(row["write"] for row in rows):
        raise SystemExit("The checks read nothing, or wrote: the measurement is broken.")
    return {
        "write": statistics.median(writes),
        "check": statistics.median(play.seconds["check"][0] for play in plays),
        "script write": statistics.median(scripts),
        "script read": statistics.median(measure_script("read", given) for _turn in range(2 * times + 1)),
        "requests": len(reads) / len(plays),
        "pages": len(given["wanted"]),
        "memory": max(*peaks, *(play.peak_mib for play in plays)),
    }


def by_uri(simulator: Running, count: int) -> float:
    """Seconds per tenant of a loop over ansible.builtin.uri."""
    start_over(simulator, count)
    given = assignments(simulator, count)
    common = {"ca_path": "{{ ca_path }}", "status_code": [200, 202]}
    login = {"type": "localUser", "localUser": "root", "localPassword": "{{ password }}"}
    token = {"X-VCAV-Auth": "{{ login.x_vcav_auth }}"}
    tasks: list[dict[str, Any]] = [
        {
            "name": "login",
            "ansible.builtin.uri": {**common, "url": "{{ url }}/sessions", "method": "POST", "body_format": "json",
                                    "body": login},
            "register": "login",
        },
        {
            "name": "policies",
            "ansible.builtin.uri": {**common, "url": "{{ url }}/policies", "headers": token},
            "register": "policies",
        },
        {
            "name": "uri",
            "ansible.builtin.uri": {
                **common,
                "url": "{{ url }}/policies/"
                "{{ (policies.json | selectattr('displayName', 'equalto', 'gold') | first).id }}/orgs/{{ item }}",
                "method": "PATCH",
                "headers": token,
            },
            "loop": "{{ wanted.gold + wanted.silver }}",
        },
    ]  # fmt: skip
    return measure_play(tasks, given).seconds["uri"][0] / count


def many(simulator: Running, count: int, by_hand: int) -> Iterator[Row]:
    """Thousands of tenants."""
    small, large = bulk(simulator, count // 10, 3), bulk(simulator, count, 2)
    yield Row(f"no-change check of {count} tenants against a bare script", large["check"] / large["script read"], 1.5,
              "lower", "x time")  # fmt: skip
    yield Row(f"first assignment of {count} tenants against a script with 8 connections",
              large["write"] / large["script write"], 1.5, "lower", "x time")  # fmt: skip
    loop = by_uri(simulator, by_hand) * count
    yield Row(f"first assignment of {count} tenants against a loop over uri ({by_hand} measured, scaled)",
              loop / large["write"], 50, "higher", "x faster")  # fmt: skip
    growth = (large["write"] + large["check"]) / (small["write"] + small["check"])
    yield Row(f"growth from {count // 10} to {count} tenants (linear is 10)", growth, 10.5, "lower", "x time")
    yield Row("peak memory of the largest process", large["memory"], 300, "lower", "MiB")
    yield Row("requests of a no-change run, beyond one and one per policy", large["requests"] - 1 - large["pages"], 0,
              "lower", "requests")  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """With 5000 tenants, or 500."""
    with running_simulator(process=True) as simulator:
        yield from many(simulator, 500 if quick else 5000, 20 if quick else 200)
