"""The inventory source over thousands of VMs, against a bare paging script.

One vCloud Director of release 10.6 and a provider's login; the records of a provider have no addresses, so both ask for
none. Whole commands are timed, from their start to their end: `ansible-inventory --graph` in the one, so the start of
Ansible and what it does with every host of any source are in it, and the script alone in the other, which writes the
same groups and variables as JSON. Both read the same pages; the script one after the other, the plugin side by side.
The second row gives the script to Ansible, as an inventory script, because that is what somebody would do with it, and
asks both for the whole list as AWX does. The third one reads the address of every VM, a request for each; the script
has eight connections for these.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import PRIVATE, ROOT, SITE, Row
from tests.simulator.running import Running, running_simulator

BARE = [sys.executable, "-m", "tests.benchmarks.bare_inventory", "--list"]
SOURCE = "plugin: vcpp.vcloud.vcloud\n"


def environment(simulator: Running, folder: Path) -> dict[str, str]:
    """What a command needs to reach the server, and no setting of whoever measures."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*PRIVATE, "VCD_"))}
    return {
        **kept,
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "VCD_URL": simulator.vcd(SITE),
        "VCD_USER": simulator.vcd_user(SITE),
        "VCD_PASSWORD": simulator.vcd_password(SITE),
        "VCD_CA_PATH": simulator.ca_path,
    }


def run(command: list[str], variables: dict[str, str], output: Path) -> tuple[float, float]:
    """(seconds, peak memory in MiB) of a command, its standard output in a file. Fails loudly when it fails."""
    with output.open("w") as file:
        begun = time.perf_counter()
        child = subprocess.Popen(command, env=variables, cwd=ROOT, stdout=file)
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"A measured command failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def same(ours: Path, theirs: Path, count: int) -> None:
    """Both lists have the same hosts with the same variables; else the measurement is broken."""
    lists = [json.loads(path.read_text(encoding="utf-8"))["_meta"]["hostvars"] for path in (ours, theirs)]
    first, second = (
        {name: {key: plain(value) for key, value in one.items()} for name, one in hosts.items()} for hosts in lists
    )
    if len(first) < count or first != second:
        differing = [name for name in {*first, *second} if first.get(name) != second.get(name)][:2]
        raise SystemExit(
            f"{len(first)} hosts against {len(second)} of at least {count}, or they differ: the measurement is broken. "
            f"{[(first.get(name), second.get(name)) for name in differing]}"
        )


def plain(value: object) -> object:
    """A text that ansible-core has marked as one that is never evaluated, as the text."""
    return value["__ansible_unsafe"] if isinstance(value, dict) and "__ansible_unsafe" in value else value


def rows(quick: bool) -> Iterator[Row]:
    """Time of the graph, time of the list, memory."""
    count, times = (1000, 1) if quick else (10000, 3)
    with (
        running_simulator(vcd_version="10.6", organizations=50, vms=count, process=True) as simulator,
        tempfile.TemporaryDirectory(prefix="vcpp-bench-") as name,
    ):
        folder = Path(name)
        (folder / "ansible.cfg").touch()
        (folder / "bench.vcloud.yml").write_text(f"{SOURCE}address_from: []\n", encoding="utf-8")
        (folder / "addresses.vcloud.yml").write_text(SOURCE, encoding="utf-8")
        script = folder / "bare.sh"
        script.write_text(f"#!/bin/sh\ncd {ROOT} && exec {' '.join(BARE)}\n", encoding="utf-8")
        script.chmod(0o755)
        variables = environment(simulator, folder)
        program = str(Path(sys.executable).parent / "ansible-inventory")
        commands = {
            "bare": BARE,
            "graph": [program, "-i", str(folder / "bench.vcloud.yml"), "--graph"],
            "list": [program, "-i", str(folder / "bench.vcloud.yml"), "--list"],
            "bare list": [program, "-i", str(script), "--list"],
        }
        once = {
            "bare addresses": [*BARE, "--addresses"],
            "addresses": [program, "-i", str(folder / "addresses.vcloud.yml"), "--graph"],
        }
        taken: dict[str, list[tuple[float, float]]] = {kind: [] for kind in commands}
        for _turn in range(times):
            for kind, command in commands.items():
                taken[kind].append(run(command, variables, folder / kind))
        taken.update({kind: [run(command, variables, folder / kind)] for kind, command in once.items()})
        same(folder / "list", folder / "bare", count)
        seconds = {kind: statistics.median(each[0] for each in found) for kind, found in taken.items()}
        peak = max(each[1] for kind in ("graph", "list", "addresses") for each in taken[kind])
    for what, ours, theirs, target in (
        ("ansible-inventory --graph against a bare paging script", "graph", "bare", 1.5),
        ("ansible-inventory --list against that script as Ansible's inventory script", "list", "bare list", 1.0),
        ("with the address of each, against that script with 8 connections", "addresses", "bare addresses", 1.5),
    ):
        yield Row(f"inventory of {count} VMs, {what}", seconds[ours] / seconds[theirs], target, "lower", "x time",
                  f"{seconds[ours]:.1f} s against {seconds[theirs]:.1f} s")  # fmt: skip
    yield Row(f"peak memory of ansible-inventory over {count} VMs", peak, 400, "lower", "MiB")
