# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action `simulator`: starts and stops simulators for integration targets, and speaks to their control listeners.

    simulator: {start: ["3.0", "4.7"], by: --product-version, repository: ..., python: ..., options: [--vsphere],
                vcd_versions: {"3.0": "9.7"}}                           -> simulators: {"3.0": {...}, "4.7": {...}}
    simulator: {at: <state file>, do: [reset, {scale: {organizations: 250}}]}                         -> answers: [...]
    simulator: {at: <state file>, of: <a registered result>, as: apply, way: in process, like: predict, that: [...]}
                                                        -> requests, writes, logins, logouts, differences (see evidence)
    simulator: {stop: <what start returned>}

An action, because one costs a few hundredths of a second where a command would cost half of one; for the same reason it
holds the conditions `that` against the evidence itself, which is `sent` in them. What `do` names are
methods of ControlClient (tests/simulator/client.py). Every run has simulators of its own, on free ports, and leaves
none behind: what `stop` has not ended, the parent process ends, also after Ctrl-C.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.vcpp.vcloud.tests.simulator.client import ControlClient, ControlError

START_SECONDS = 60
FOLDER = "vcpp-integration-"  # in the run's private temporary directory
# Logging in and out, as method and path: what a login asks for (release, other site) belongs to it.
LOGIN = re.compile(
    r"POST /sessions|POST /api/sessions|POST /cloudapi/1\.0\.0/sessions(/provider)?"
    r"|POST /sessions/extend|GET /diagnostics/about|GET /api/versions"
    r"|POST /csp/gateway/am/(api|idp/auth)/login|POST /iaas/api/login|GET /vco/api/(about|users)"
    r"|POST /suite-api/api/auth/token/acquire|GET /suite-api/api/versions/current"
)
OPENED = re.compile(
    r"POST /sessions|POST /api/sessions|POST /cloudapi/1\.0\.0/sessions(/provider)?"
    r"|POST /iaas/api/login|POST /suite-api/api/auth/token/acquire"
)
LOGOUT = re.compile(
    r"DELETE /sessions|DELETE /api/session|DELETE /cloudapi/1\.0\.0/sessions/[^/?]+"
    r"|POST /suite-api/api/auth/token/release"
)


class ActionModule(ActionBase):
    """One of start, stop, do, of."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = dict(self._task.args)
        try:
            if "start" in given:
                versions, options = [str(one) for one in given["start"]], [str(one) for one in given.get("options", [])]
                beside = {str(one): str(vcd) for one, vcd in given.get("vcd_versions", {}).items()}
                by = str(given.get("by", "--product-version"))
                result["simulators"] = start(versions, by, given["repository"], given["python"], options, beside)
            elif "stop" in given:
                stop(given["stop"])
            elif "of" in given:
                sent = evidence(given)
                result.update(sent)
                result.update(self.promised(given, sent, task_vars or {}) if "that" in given else {})
            else:
                result["answers"] = [call(given["at"], one) for one in given["do"]]
        except (ControlError, OSError, ValueError) as problem:
            raise AnsibleActionFail(str(problem)) from problem
        return {**result, "changed": False}

    def promised(self, given: dict[str, Any], sent: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """What is to be added to the result: nothing where all of `that` is true, else which condition is not."""
        told = {"result": given["of"], "evidence": sent}
        task = self._task.copy()
        task.args = {"that": given["that"], "quiet": True, "fail_msg": json.dumps(told, indent=4, default=str)}
        task.untemplated_args = task.args  # what ansible-core 2.17 looks at, and a copy does not have
        variables = {**task_vars, "sent": sent}
        self._templar.available_variables = variables
        judge = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.assert",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        found: dict[str, Any] = judge.run(task_vars=variables)
        return {name: found[name] for name in ("failed", "msg", "assertion", "evaluated_to") if found.get("failed")}


def start(
    versions: list[str], by: str, repository: str, python: str, options: list[str], vcd_versions: dict[str, str]
) -> dict[str, Any]:
    """Start one simulator of the reference estate per version, side by side, and wait until they answer.

    `by` is the option of `serve` that the versions are for, `options` are further ones, such as --vsphere;
    `vcd_versions` says which release the vCloud Director beside a product version has, where it is not the simulator's
    own choice.
    """
    made: dict[str, dict[str, Any]] = {}
    children = {}
    # ansible-test sets Python's variables for its own interpreter; the simulator has another one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        for version in versions:
            folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=C.DEFAULT_LOCAL_TMP))
            made[version] = {"folder": str(folder), "state_file": str(folder / "state.json")}
            command = [python, "-m", "tests.simulator", "serve", by, version]
            command += ["--estate", "tests/simulator/reference-estate.yml", "--state", made[version]["state_file"]]
            command += options
            command += ["--vcd-version", vcd_versions[version]] if version in vcd_versions else []
            with open(folder / "log", "wb") as log:
                children[version] = subprocess.Popen(
                    command,
                    cwd=repository,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        deadline = time.monotonic() + START_SECONDS
        for version, child in children.items():
            while not Path(made[version]["state_file"]).exists():
                if child.poll() is not None or time.monotonic() > deadline:
                    log_text = Path(made[version]["folder"], "log").read_text(encoding="utf-8")
                    raise AnsibleActionFail(f"The simulator of {version} did not start: {log_text}")
                time.sleep(0.02)
            made[version] |= described(json.loads(Path(made[version]["state_file"]).read_text(encoding="utf-8")))
    except BaseException:
        for child in children.values():
            child.kill()
        stop(made)
        raise
    return made


def described(state: dict[str, Any]) -> dict[str, Any]:
    """What targets need to know of a simulator: per site the connection options of its services and its public face."""
    sites = {}
    for name, site in state["sites"].items():
        appliance = next(one for one in site["appliances"].values() if "cloud" in one["services"])
        common = {"ca_path": state["ca_path"]}
        password = appliance["root_password"]
        sites[name] = {
            "vcav": {**common, "vcav_url": appliance["services"]["cloud"]["url"], "vcav_password": password},
            "manager": {**common, "vcav_url": appliance["services"]["manager"]["url"], "vcav_password": password},
            "vcd": {
                **common,
                "vcd_url": site["vcd"]["url"],
                "vcd_user": site["vcd"]["user"],
                "vcd_password": site["vcd"]["password"],
            },
            # The extension is spoken to at the vCloud Director, by the administrator of a tenant.
            "cse": {
                **common,
                "vcd_url": site["vcd"]["url"],
                "vcd_user": "admin@Tyrell",
                "vcd_password": site["vcd"]["password"],
            },
            "vro": {
                **common,
                "vro_url": site["vro"]["url"],
                "vro_user": site["vro"]["user"],
                "vro_password": site["vro"]["password"],
            },
            "vro_control_center_url": site["vro"]["control_center_url"],
            "vrops": {
                **common,
                "vrops_url": site["vrops"]["url"],
                "vrops_user": site["vrops"]["user"],
                "vrops_password": site["vrops"]["password"],
            },
            "root_password": password,
            "public_endpoint": site["public_endpoint"]["url"],
            "thumbprint": site["public_endpoint"]["thumbprint"],
        }
        if "vcenter" in site:
            vcenter = site["vcenter"]
            connection = {f"vsphere_{key}": vcenter[key] for key in ("hostname", "port", "user", "password")}
            sites[name]["vsphere"] = {**common, **connection}
            sites[name]["place"] = {key: vcenter[key] for key in ("datacenter", "cluster", "datastore", "network")}
            sites[name]["image"] = state["images"][site["version"]]
    return {"sites": sites}


def stop(simulators: dict[str, dict[str, Any]]) -> None:
    """End the simulators, also where one has gone already, and remove their folders."""
    for simulator in simulators.values():
        try:
            ControlClient.from_state(Path(simulator["state_file"])).stop()
        except ControlError:
            continue
    for simulator in simulators.values():
        deadline = time.monotonic() + 10
        while Path(simulator["state_file"]).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        shutil.rmtree(simulator["folder"], ignore_errors=True)


def call(state_file: str, what: Any) -> Any:
    """One call of the control listener: a method's name, or {name: its arguments}."""
    name, arguments = (what, {}) if isinstance(what, str) else next(iter(what.items()))
    return getattr(ControlClient.from_state(Path(state_file)), str(name))(**arguments)


def without(value: Any, keys: set[str]) -> Any:
    """Results without these keys, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    return [without(item, keys) for item in value] if isinstance(value, list) else value


def call_of(entry: dict[str, Any]) -> str:
    """Method and path of a journal entry, without the query."""
    return f"{entry['method']} {entry['path'].partition('?')[0]}"


def evidence(given: dict[str, Any]) -> dict[str, Any]:
    """What a step sent since the last look, and how its result differs from those that it must equal.

    at, of      state file; the registered result, in which what belongs to the process and not to the answer is ignored
    as, way     the result is kept under the step's name and the way of running, unless there is one by that name
    random      keys, at any depth, whose values are other ones each time
    like        the step whose result this one must equal, of the same way if that way has it
    Beside `like`, it must equal what is kept by its own name, of this way and of any other.
    differences: a list of {"of", "was", "is"}
    """
    state_file = Path(given["at"])
    client = ControlClient.from_state(state_file)
    entries = client.journal()
    client.clear_journal()
    lines = [call_of(entry) for entry in entries]
    rest = [entry for entry in entries if not (LOGIN.fullmatch(call_of(entry)) or LOGOUT.fullmatch(call_of(entry)))]
    kept_file = state_file.parent / "kept.json"
    kept = json.loads(kept_file.read_text(encoding="utf-8")) if kept_file.exists() else {}
    outcome = without(given["of"], {"ansible_facts", "invocation", *given.get("random", [])})
    name, way, like = given["as"], given["way"], given.get("like")
    equals = {f"{name}, {other}": steps[name] for other, steps in kept.items() if name in steps}
    if like:
        # A release that is only proved the ordinary way has left out the steps that are extra.
        ways = sorted((other for other in kept if like in kept[other]), key=lambda other: other != way)
        if ways:
            equals[like] = kept[ways[0]][like]
    steps = kept.setdefault(way, {})
    if name not in steps:
        steps[name] = outcome
        kept_file.write_text(json.dumps(kept), encoding="utf-8")
    return {
        "requests": [f"{entry['method']} {entry['path']}" for entry in rest],
        "writes": [f"{entry['method']} {entry['path']}" for entry in rest if entry["write"]],
        "logins": sum(1 for line in lines if OPENED.fullmatch(line)),
        "logouts": sum(1 for line in lines if LOGOUT.fullmatch(line)),
        "differences": [{"of": of, "was": was, "is": outcome} for of, was in equals.items() if was != outcome],
    }


def stop_all() -> None:
    """End what this run has started and not stopped."""
    folders = Path(C.DEFAULT_LOCAL_TMP).glob(f"{FOLDER}*")
    stop({one.name: {"folder": str(one), "state_file": str(one / "state.json")} for one in folders})


# The parent process loads the class before its first task, and unlike workers it runs such functions when it leaves,
# before ansible-core removes the directory.
if multiprocessing.parent_process() is None:
    atexit.register(stop_all)
