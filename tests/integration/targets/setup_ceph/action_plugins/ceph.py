# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action `ceph`: starts a small Ceph cluster when it is first needed, and reads what its monitor was sent.

    ceph: {start: true, repository: ..., python: ..., run: <process id>}  -> here: {folder, service: connection options}
    ceph: {at: <here>, of: <a registered result>, as: apply, way: in process, like: predict}
                                                                         -> requests, writes, differences (see evidence)
    ceph: {at: <here>}                                                   forgets what was sent

All targets of a run share one cluster (tests/labs/ceph/small.py), which ends with the process `run`, however that ends:
ansible-test's, or that of ansible-playbook. What a target makes it takes away again.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.vcpp.vcloud.tests.labs.ceph.small import commands

START_SECONDS = 120
# What only reads, by the first words of a command.
READS = (
    "auth get", "auth ls", "config dump", "config get", "df", "health", "mgr stat", "mon dump", "osd crush rule",
    "osd dump", "osd pool get", "osd pool ls", "osd tree", "status", "versions",
)  # fmt: skip


class ActionModule(ActionBase):
    """One of start, of, and neither: to forget what was sent."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = json.loads(json.dumps(dict(self._task.args)))
        if "start" in given:
            result["here"] = start(Path(given["repository"]), given["python"], int(given["run"]) or os.getppid())
        elif "of" in given:
            result.update(evidence(given))
        else:
            commands(Path(given["at"]["folder"]))
        return {**result, "changed": False}


def start(repository: Path, python: str, run: int) -> dict[str, Any]:
    """The cluster of a run; the first target starts it."""
    folder = repository / "build" / "labs" / f"ceph-run-{run}"
    told = folder / "state.json"
    if not told.exists():
        command = [python, "-m", "tests.labs.ceph", "small", "serve", "--folder", str(folder), "--with", str(run)]
        # ansible-test sets Python's variables for its own interpreter; the lab has another one.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        log = Path(C.DEFAULT_LOCAL_TMP) / "ceph-lab.log"
        with open(log, "wb") as out:
            child = subprocess.Popen(
                command, cwd=repository, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not told.exists():
            if child.poll() is not None or time.monotonic() > deadline:
                raise AnsibleActionFail(f"There is no Ceph cluster: {log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
    state = json.loads(told.read_text(encoding="utf-8"))
    commands(folder)  # what was sent before is nobody's
    return {"folder": str(folder), "service": {"ceph_conf": state["conf"], "ceph_keyring": state["keyring"]}}


def without(value: Any, keys: set[str]) -> Any:
    """Results without these keys, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    return [without(item, keys) for item in value] if isinstance(value, list) else value


def evidence(given: dict[str, Any]) -> dict[str, Any]:
    """What a step sent since the last look, and how its result differs from those that it must equal.

    As in setup_simulator: `as` and `way` name the kept result, `like` the step that this one must equal, `random` are
    keys, at any depth, whose values are other ones each time. The monitor sees no command of `rbd`: for those, a
    prediction that wrote something is found by the run after it, which would then change nothing.
    """
    sent = commands(Path(given["at"]["folder"]))
    kept_file = Path(C.DEFAULT_LOCAL_TMP) / f"ceph-{given['module']}.json"
    kept = json.loads(kept_file.read_text(encoding="utf-8")) if kept_file.exists() else {}
    outcome = without(given["of"], {"ansible_facts", "invocation", *given.get("random", [])})
    name, way, like = given["as"], given["way"], given.get("like")
    equals = {f"{name}, {other}": steps[name] for other, steps in kept.items() if name in steps}
    if like:
        ways = sorted((other for other in kept if like in kept[other]), key=lambda other: other != way)
        equals.update({like: kept[ways[0]][like]} if ways else {})
    steps = kept.setdefault(way, {})
    if name not in steps:
        steps[name] = outcome
        kept_file.write_text(json.dumps(kept), encoding="utf-8")
    return {
        "requests": sent,
        "writes": [command for command in sent if not command.startswith(READS)],
        "differences": [{"of": of, "was": was, "is": outcome} for of, was in equals.items() if was != outcome],
    }
