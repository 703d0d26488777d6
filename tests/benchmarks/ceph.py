"""The role ceph_cluster on four hosts, against the commands that an administrator types: `bare_ceph.sh`.

Both begin on new hosts of the lab (tests/labs/ceph/hosts.py) with Ceph's packages installed, and end with three
monitors in quorum, a manager with two standbys, three OSDs, a pool, a user and HEALTH_OK. The second run of the role is
compared with its first on the same hosts. Whole commands are timed, the start of Ansible is in both of ours. The first
connection of ssh is theirs as well as ours; neither finds one open.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.bench import ROOT, Row
from tests.labs.ceph.hosts import Lab, missing, running

SCRIPT = ROOT / "tests" / "benchmarks" / "bare_ceph.sh"
INVENTORY = ROOT / "inventories" / "reference" / "hosts.yml"
LAB = {
    "ceph_cluster_osd_method": "raw",
    "ceph_cluster_wait_interval": 1,
    "ceph_cluster_config": [
        {"section": "mon", "name": "auth_allow_insecure_global_id_reclaim", "value": "false"},
        {"section": "mon", "name": "mon_data_avail_warn", "value": "5"},
    ],
}
PLAY = [{"hosts": "ceph", "gather_facts": False, "roles": ["vcpp.vcloud.ceph_cluster"]}]


def timed(lab: Lab, *command: str, **environment: str) -> float:
    """Seconds of a command on the lab's network. Fails loudly when it fails."""
    begun = time.perf_counter()
    done = lab.run(*command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                   stderr=subprocess.STDOUT)  # fmt: skip
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"A measured command failed:\n{done.stdout[-4000:]}")
    return seconds


def healthy(lab: Lab) -> None:
    """Both sides have to end with the same."""
    status: dict[str, Any] = json.loads(lab.ssh("ceph-admin", "ceph status -f json").stdout)
    found = status["health"]["status"], len(status["quorum_names"]), status["osdmap"]["num_up_osds"]
    if found != ("HEALTH_OK", 3, 3):
        raise SystemExit(f"A measured cluster is not what it should be: {found}")


def by_role() -> tuple[float, float]:
    """Seconds of the first run and of the second."""
    with running(packages=True) as lab, tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        directory = Path(folder)
        (directory / "play.yml").write_text(json.dumps(PLAY), encoding="utf-8")
        (directory / "ansible.cfg").touch()
        words = [str(Path(sys.executable).parent / "ansible-playbook"), "-f", "10", "-i", str(INVENTORY), "-i",
                 str(lab.inventory), "-e", json.dumps(LAB), str(directory / "play.yml")]  # fmt: skip
        settings = {
            "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_LOCAL_TEMP": str(directory / "local"),
        }
        first = timed(lab, *words, **settings)
        healthy(lab)
        return first, timed(lab, *words, **settings)


def by_hand() -> float:
    """Seconds of the script."""
    with running(packages=True) as lab:
        seconds = timed(lab, "bash", str(SCRIPT), str(lab.folder))
        healthy(lab)
        return seconds


def rows(quick: bool) -> list[Row]:
    """Both ratios, medians of turns that were taken one after the other. None where this machine has no lab."""
    if reason := missing():
        print(f"ceph: not measured, {reason}", flush=True)
        return []
    turns = 1 if quick else 3
    measured = [(by_hand(), *by_role()) for _turn in range(turns)]
    hand, first, second = (statistics.median(column) for column in zip(*measured, strict=True))
    again = statistics.median(two / one for _hand, one, two in measured)
    against = statistics.median(one / theirs for theirs, one, _two in measured)
    return [
        Row("ceph_cluster: packages to HEALTH_OK", against, 2.0, "lower", "x the typed commands",
            f"{first:.1f} s against {hand:.1f} s"),
        Row("ceph_cluster: second run", again, 0.3, "lower", "x the first", f"{second:.1f} s against {first:.1f} s"),
    ]  # fmt: skip
