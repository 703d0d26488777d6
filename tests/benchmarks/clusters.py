"""Kubernetes clusters: how often a task that creates one looks, per minute that it waits.

The simulated server of 3.1 takes seven steps of the time of a task; the pauses between two looks are those of a task
that says nothing about them, and real. Looks are the reads of the task that the server names.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.bench import SITE, Row, measure_play
from tests.simulator.running import running_simulator

ORG, VDC = "Tyrell", "Tyrell A03 Allocated"


def rows(quick: bool) -> Iterator[Row]:
    """One creation of two minutes, or of half a minute, in which the short first pauses weigh more."""
    with running_simulator(process=True, vcd_version="10.3", cse_version="3.1") as simulator:
        simulator.control.change("cse-ovdc", SITE, org=ORG, vdc=VDC, runtimes=["native"])
        simulator.control.task_seconds(5 if quick else 18)
        simulator.control.clear_journal()
        options = {
            "vcd_url": simulator.vcd(SITE), "vcd_user": f"admin@{ORG}", "vcd_password": simulator.vcd_password(SITE),
            "ca_path": simulator.ca_path, "name": "k8sceph", "vdc": VDC, "network": "Tyrell Servers A03",
            "template": "ubuntu-16.04_k8-1.20_weave-2.8.1", "template_revision": 1, "workers": 2,
        }  # fmt: skip
        played = measure_play([{"name": "create", "vcpp.vcloud.cse_cluster": options}], {})
        seconds = played.seconds["create"][0]
        looks = sum(
            row["method"] == "GET" and row["path"].startswith("/api/task/") for row in simulator.control.journal()
        )
    yield Row(
        "cse_cluster create: looks per minute of waiting", looks * 60 / seconds, 12, "lower", "a minute",
        f"{looks} looks in {seconds:.0f} s",
    )  # fmt: skip
