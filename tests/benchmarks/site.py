"""The playbook `site` on the reference estate: against a bare script, a second time, and against tasks without us.

The simulator begins with no appliance at all and has vCenters (VMware's own simulator), so what is measured begins with
an OVA and ends with two paired sites whose tenants have their policies. Its delays are off: tasks, boots and restarts
take no time, so that what is left is what the client costs. Whole commands are timed, from their start to their end, as
whoever types them waits: the starts of Python, Ansible and pyvmomi are in both sides, nothing is taken off.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.bench import ROOT, Played, Row, play
from tests.simulator.running import REFERENCE_ESTATE, Running, running_simulator

INVENTORY = ROOT / "inventories" / "reference" / "hosts.yml"
LICENSE = "LAB00-LAB00-LAB00-LAB00-LAB00"


@contextmanager
def estate() -> Iterator[Running]:
    """A simulator without appliances and without delays, but with vCenters."""
    with running_simulator(process=True, start="nothing", vsphere=True) as simulator:
        without_delays(simulator)
        yield simulator


def without_delays(simulator: Running) -> None:
    """Tasks, boots and restarts take no time, until a reset."""
    simulator.control.task_seconds(0)
    simulator.control.restart_seconds(0)


def from_zero(simulator: Running) -> None:
    """No appliance, no machine; and no delays."""
    simulator.control.reset()
    without_delays(simulator)


def run(simulator: Running, playbook: str = "vcpp.vcloud.site", **variables: Any) -> Played:
    """A playbook of ours on the reference inventory, laid over by the simulator's addresses."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        overlay = Path(folder) / "overlay.yml"
        overlay.write_text(yaml.safe_dump(simulator.control.inventory()), encoding="utf-8")
        return play(playbook, {"estate_accept_certificates": True, **variables}, [INVENTORY, overlay])


def for_script(simulator: Running) -> dict[str, Any]:
    """What `bare_site` is told: the estate, with the addresses of this run."""
    document = yaml.safe_load(REFERENCE_ESTATE.read_text(encoding="utf-8"))
    hosts = simulator.control.inventory()["all"]["hosts"]
    names = ("vsphere_hostname", "vsphere_port", "vsphere_user", "vsphere_password")
    for site in document["sites"]:
        for one in site["appliances"]:
            variables = hosts[one["name"]]
            one |= {"url": variables["vcav_url"], "manager_url": variables.get("vcav_manager_url")}
        site |= {"connection": {name: variables[name] for name in names}, "image": variables["vcav_appliance_image"]}
    policies = [
        {
            "displayName": one["name"],
            "minRpo": one["min_rpo"],
            "maxInstances": one["max_instances"],
            "maxIncoming": one["max_incoming"],
            "allowIncoming": one["allow_incoming"],
            "allowOutgoing": one["allow_outgoing"],
        }
        for one in document["policies"]
    ]
    taken = ("sites", "dns_domain", "dns_servers", "initial_root_password", "root_password")
    return {
        **{name: document[name] for name in taken},
        "ca_path": simulator.ca_path,
        "policies": policies,
        "assignments": document["policy_assignments"],
        "sso_user": "administrator@vsphere.local",
        "license": LICENSE,
    }


def script(simulator: Running) -> float:
    """Seconds of the bare script."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        path = Path(folder) / "task.json"
        path.write_text(json.dumps(for_script(simulator)), encoding="utf-8")
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bare_site", str(path)], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        return time.perf_counter() - begun


def outcome(simulator: Running) -> list[Any]:
    """What must be the same, whoever has done it: pairings, policies and machines of each site."""
    found = []
    for name, site in simulator.control.status()["sites"].items():
        policies = sorted((one["displayName"], one["orgs"]) for one in site["policies"])
        machines = sorted((one["name"], one["power"], one["address"]) for one in site["machines"])
        found.append([name, site["local_site"], site["paired_with"], policies, machines])
    return found


def rows(quick: bool) -> Iterator[Row]:
    """From zero against the bare script, and the second run."""
    times = 1 if quick else 2
    firsts, seconds, scripts = [], [], []
    with estate() as simulator:
        for _turn in range(times):
            from_zero(simulator)
            scripts.append(script(simulator))
            by_script = outcome(simulator)
            from_zero(simulator)
            firsts.append(run(simulator))
            made = outcome(simulator)
            if made != by_script:
                raise SystemExit(f"The script and the playbook made different sites:\n{by_script}\n{made}")
            simulator.control.clear_journal()
            seconds.append(run(simulator))
            if simulator.control.count(write=True):
                raise SystemExit("The second run of site has written: the measurement is broken.")
    first = statistics.median(one.wall for one in firsts)
    yield Row("site from zero against a bare script, one call after the other", first / statistics.median(scripts), 1.5,
              "lower", "x time", f"{first:.1f} s against {statistics.median(scripts):.1f} s")  # fmt: skip
    second = statistics.median(one.wall for one in seconds)
    yield Row("second run of site against its first", second / first, 0.5, "lower", "x time",
              f"{second:.1f} s against {first:.1f} s")  # fmt: skip
    yield Row("peak memory of site", max(one.peak_mib for one in (*firsts, *seconds)), 150, "lower", "MiB")
