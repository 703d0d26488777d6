"""Runs of workflows: how soon a task returns whose run takes two seconds, with how many looks; many at a time.

The workflow is one of the library, which takes as long as the simulator is told. Times are those of the task, from its
start to its result, with its own login. One after the other is the same module with one run at a time, so what the runs
share (login, look-up of the workflow, check of the values) is in both sides once; a loop over tasks would be slower.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.bench import SITE, Row, measure_play
from tests.simulator.running import Running, running_simulator

# An execution waits for a tenth of the task time before it begins (tests/simulator/vro/runs.py).
WAITS = 1.1


def task(simulator: Running, name: str, runs: int, parallel: int) -> dict[str, Any]:
    """A task that adds so many REST hosts by the library's workflow."""
    own = simulator.vro(SITE)
    hosts = [{"parameters": {"name": f"{name}-{number}", "url": "https://x.vdev.local"}} for number in range(runs)]
    return {
        "name": name,
        "vcpp.vcloud.vro_workflow_run": {
            "vro_url": own["url"], "vro_user": own["user"], "vro_password": own["password"],
            "ca_path": simulator.ca_path, "workflow": "Add a REST host", "category": "Library/HTTP-REST/Configuration",
            "runs": hosts, "parallel": parallel, "logs": "none",
        },
    }  # fmt: skip


def one(simulator: Running, times: int) -> Iterator[Row]:
    """A run that takes two seconds."""
    simulator.control.task_seconds(2 / WAITS)
    seconds, looks = [], []
    for turn in range(times):
        simulator.control.clear_journal()
        seconds += measure_play([task(simulator, f"one-{turn}", 1, 1)], {}).seconds[f"one-{turn}"]
        rows = simulator.control.journal()
        looks.append(sum(row["method"] == "GET" and "/executions/" in row["path"] for row in rows))
    yield Row("a workflow run of 2 s: until the task returns", statistics.median(seconds), 2.5, "lower", "seconds")
    yield Row("a workflow run of 2 s: looks at the execution", max(looks), 12, "lower", "requests")


def many(simulator: Running, runs: int, measured: int) -> Iterator[Row]:
    """Runs of a second, ten at a time against one after the other."""
    simulator.control.task_seconds(1 / WAITS)
    beside = measure_play([task(simulator, "beside", runs, 10)], {}).seconds["beside"][0]
    after = measure_play([task(simulator, "after", measured, 1)], {}).seconds["after"][0] * runs / measured
    detail = f"{after:.1f} s ({measured} measured, scaled) against {beside:.1f} s"
    yield Row(f"{runs} workflow runs of 1 s, 10 at a time against one after the other", after / beside, 8, "higher",
              "x faster", detail)  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """With 100 runs, or 20."""
    with running_simulator(process=True, vro_version="8.18") as simulator:
        yield from one(simulator, 1 if quick else 5)
        yield from many(simulator, 20 if quick else 100, 5 if quick else 20)
