"""One bad day as one playbook: faults, tasks, and what each task answered and asked of the services.

    day = play_day(simulator, way, tmp_path, [
        fault("drop_reply", method="POST", path="policies", times=1),
        task("made", "vcav_policy", name="gold"),
    ])
    assert day["made"].changed and day["made"].count("POST", "policies") == 1

Every run is as chatty as it can be (-vvv) and fails the test where a traceback or a password shows.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.plays import ROOT, play
from tests.simulator.running import Running

HERE, THERE = "A03-Auckland", "C00-Christchurch"
POLICY, TENANT = "DRaaS - Basic Policy", "Tyrell"
WRONG_PASSWORD = "Entirely-Wrong-1"
# (ansible-core, in the worker's process): the way in which every bad day is tried, and the other three.
USUAL = ("newest", True)
WAYS = [USUAL, ("newest", False), ("oldest", True), ("oldest", False)]
Way = tuple[str, bool]


@dataclass(frozen=True)
class Answer:
    """The registered result of a task, and the requests that it sent."""

    result: Mapping[str, Any]
    requests: Sequence[Mapping[str, Any]]

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        """True for a task that succeeded and changed something."""
        assert not self.failed, self.message
        return bool(self.result["changed"])

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    def count(self, method: str, path: str = "*") -> int:
        """How many requests with this method and path pattern there were."""
        return sum(
            row["method"] == method and fnmatch.fnmatchcase(row["path"].lstrip("/").partition("?")[0], path)
            for row in self.requests
        )

    @property
    def writes(self) -> int:
        return sum(bool(row["write"]) for row in self.requests)

    def says(self, *words: str) -> None:
        """Fails the test unless the task failed with a message that has all of these words, and is fit to be read."""
        assert self.failed, self.result
        missing = [word for word in words if word not in self.message]
        assert not missing, f"{missing} not in: {self.message}"
        for unfit in ("made a mistake", "object at 0x", "HTTPSConnectionPool", "..", "None", "<html"):
            assert unfit not in self.message.replace("...", ""), self.message


@dataclass(frozen=True)
class Day:
    """What a playbook left."""

    answers: Mapping[str, Answer]
    output: str

    def __getitem__(self, name: str) -> Answer:
        return self.answers[name]


def task(label: str, module: str, /, keywords: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A task of ours whose failure does not end the day; `keywords` are those of the task (check_mode, say)."""
    return {
        "name": label,
        f"vcpp.vcloud.{module}": options,
        "register": label,
        "ignore_errors": True,
        **(keywords or {}),
    }


def control(call: str, **arguments: Any) -> dict[str, Any]:
    """A call of the control listener between two tasks."""
    return {"simulator": {"call": call, "arguments": arguments}}


def fault(kind: str, **arguments: Any) -> dict[str, Any]:
    """From here on something goes wrong."""
    return control("add_fault", kind=kind, **arguments)


CLEAR = control("clear_faults")


def play_day(
    simulator: Running, way: Way, directory: Path, steps: Sequence[Mapping[str, Any]], *, site: str = HERE,
    goes_on: bool = False,
) -> Day:  # fmt: skip
    """Run the steps against a simulator that has been reset, as root of the site's cloud service.

    Where the simulator has vCenters, tasks of vSphere speak to that of the site. `goes_on`: the simulator is not reset.
    """
    if not goes_on:
        simulator.control.reset()
    core, in_process = way
    notes = directory / "notes.jsonl"
    notes.unlink(missing_ok=True)
    tasks: list[Mapping[str, Any]] = [control("clear_journal")]
    for step in steps:
        tasks.append(step)
        if "register" in step:
            name = step["register"]
            tasks.append({"simulator": {"note": name, "result": f"{{{{ {name} | to_json }}}}", "file": str(notes)}})
    # The password comes from the environment, because -vvv would show an extra variable.
    connection = {
        "vcav_url": simulator.cloud(site),
        "vcav_password": "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}",
        "ca_path": simulator.ca_path,
    }
    defaults = {"group/vcpp.vcloud.vcav": connection}
    estate = simulator.simulator.world.estate
    known = simulator.state["sites"][site].get("vcenter")
    if known:
        vsphere = {f"vsphere_{name}": known[name] for name in ("hostname", "port", "user")}
        vsphere["vsphere_password"] = "{{ lookup('ansible.builtin.env', 'LAB_VSPHERE_PASSWORD') }}"
        defaults["group/vcpp.vcloud.vsphere"] = {**vsphere, "ca_path": known["ca_path"]}
    document = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}
    playbook = directory / "day.yml"
    playbook.write_text(json.dumps([document]))
    given = {
        "simulator_state": str(simulator.state_path),
        "vcpp_in_process": in_process,
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    run = play(
        core, directory, playbook, given, "-vvv",
        ANSIBLE_ACTION_PLUGINS=str(ROOT / "tests" / "e2e" / "action_plugins"),
        PYTHONPATH=str(ROOT),
        LAB_PASSWORD=simulator.root_password(site),
        LAB_VCD_PASSWORD=simulator.vcd_password(site),
        LAB_VSPHERE_PASSWORD=known["password"] if known else "",
        LAB_FIRST_PASSWORD=estate.initial_root_password,
        LAB_ROOT_PASSWORD=estate.root_password,
        LAB_WRONG_PASSWORD=WRONG_PASSWORD,
    )  # fmt: skip
    run.assert_ok()
    assert "Traceback" not in run.output, f"a traceback shows: {run.output}"
    secrets = {WRONG_PASSWORD, estate.initial_root_password, estate.root_password}
    if known:
        secrets.add(known["password"])
    for name in simulator.sites:
        secrets |= {simulator.root_password(name), simulator.vcd_password(name)}
    assert not [secret for secret in secrets if secret in run.output], f"a password shows: {run.output}"
    lines = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    return Day({line["name"]: Answer(line["result"], line["requests"]) for line in lines}, run.output)
