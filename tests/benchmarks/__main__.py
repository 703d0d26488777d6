"""`python -m tests.benchmarks [--quick]`: measures every row of the performance table and writes build/bench.json."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.bench import ROOT, Row, measure_play, measure_script, show
from tests.simulator.running import Running, running_simulator

SITE = "A03-Auckland"
POLICY = {"name": "gold", "min_rpo": 15}
LOOP = {"loop": "{{ range(100) | list }}"}


def variables(simulator: Running) -> dict[str, Any]:
    """What every play and script needs to reach the service."""
    return {
        "url": simulator.cloud(SITE),
        "password": simulator.root_password(SITE),
        "ca_path": simulator.ca_path,
    }


def policy_task(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "vcpp.vcloud.vcav_policy": POLICY, **more}


def sessions(simulator: Running) -> tuple[int, int]:
    """(logins, logouts) in the journal."""
    rows = simulator.control.journal(path="/sessions")
    return sum(row["method"] == "POST" for row in rows), sum(row["method"] == "DELETE" for row in rows)


def single(simulator: Running) -> Iterator[Row]:
    """One object: against `debug`, against the ordinary way, and how often a run logs in."""
    given = variables(simulator)
    tasks = [policy_task("prepare")]
    for _unused in range(3):
        tasks.append({"name": "debug", "ansible.builtin.debug": {"msg": "{{ item }}"}, **LOOP})
        tasks.append(policy_task("here", **LOOP))
    ordinary = {"loop": "{{ range(20) | list }}", "vars": {"vcpp_in_process": False}}
    tasks.append(policy_task("ordinary", **ordinary))
    found = measure_play(tasks, given).seconds
    here = min(found["here"]) / 100
    yield Row("no-change task against debug, 100-item loops", here / (min(found["debug"]) / 100), 2, "lower", "x time")
    yield Row("no-change task against the ordinary way", found["ordinary"][0] / 20 / here, 8, "higher", "x faster")

    simulator.control.clear_journal()
    measure_play([policy_task(f"task {number}") for number in range(100)], given)
    logins, logouts = sessions(simulator)
    if not (logins and logouts):
        raise SystemExit("The journal holds no login or no logout: the measurement is broken.")
    yield Row("logins of a play of 100 tasks", logins, 1, "lower", "logins")
    yield Row("logouts of a play of 100 tasks", logouts, 1, "lower", "logouts")


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


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="500 tenants instead of 5000, to try the benchmarks")
    quick = parser.parse_args().quick
    rows: list[Row] = []
    with running_simulator(process=True) as simulator:
        rows += single(simulator)
        rows += many(simulator, 500 if quick else 5000, 20 if quick else 200)
    show(rows, ROOT / "build" / ("bench-quick.json" if quick else "bench.json"))
    if not all(row.holds for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
