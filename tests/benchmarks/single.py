"""One object: a no-change task against `debug` and against the ordinary way, and how often a run logs in.

Each row is of one play; the time of a task is from its start to its result, so the start of Ansible is taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.bench import Row, measure_play, variables
from tests.simulator.running import Running, running_simulator

POLICY = {"name": "gold", "min_rpo": 15}
LOOP = {"loop": "{{ range(100) | list }}"}


def policy_task(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "vcpp.vcloud.vcav_policy": POLICY, **more}


def sessions(simulator: Running) -> tuple[int, int]:
    """(logins, logouts) in the journal."""
    rows = simulator.control.journal(path="/sessions")
    return sum(row["method"] == "POST" for row in rows), sum(row["method"] == "DELETE" for row in rows)


def measure(simulator: Running) -> Iterator[Row]:
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


def rows(quick: bool) -> Iterator[Row]:
    """All of them; `quick` makes no difference."""
    with running_simulator(process=True) as simulator:
        yield from measure(simulator)
