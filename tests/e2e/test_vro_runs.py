"""Runs of the orchestrator whose play is interrupted: cancelled at the server, and the temporary workflow is gone.

Ctrl-C reaches all processes of a terminal; a service manager sends SIGTERM to all of them, too. ansible-core hands both
to its workers in another way in each release, and ends them soon after.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.plays import command, environment, interruptible, need_core, play
from tests.e2e.test_readme import guide_block
from tests.simulator.running import running_simulator
from tests.unit.plugins.modules import vro_runs
from tests.unit.plugins.modules.vros import Vro

CATEGORY = "vcpp.vcloud temporary"


@pytest.fixture(scope="module", params=["8.18"])
def vro(request: pytest.FixtureRequest) -> Iterator[Vro]:
    with running_simulator(vro_version=request.param) as simulator:
        yield Vro(simulator, request.param)


@pytest.fixture(autouse=True)
def fresh(vro: Vro) -> None:
    vro.control.reset()
    vro.control.clear_journal()


def write(vro: Vro, directory: Path, tasks: list[dict[str, Any]]) -> Path:
    """A playbook for two hosts, which are both here."""
    document = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/vcpp.vcloud.vro": vro.options},
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": tasks,
    }
    path = directory / "play.yml"
    path.write_text(json.dumps([document]), encoding="utf-8")
    return path


def states(vro: Vro) -> list[str]:
    """The states of what was begun, sorted."""
    return sorted(each.state for each in list(vro_runs.executions(vro).values()))


def temporary(vro: Vro) -> list[str]:
    """The names of workflows that a script has left."""
    store = vro.server.store
    listed = list(store.workflows.values())
    return [each.name for each in listed if store.path_of(store.categories[each.category_id]) == CATEGORY]


def until(what: Any, seconds: float) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize(
    ("core", "in_process", "how"),
    [
        ("newest", True, signal.SIGINT),
        ("newest", True, signal.SIGTERM),
        ("newest", False, signal.SIGINT),
        ("newest", False, signal.SIGTERM),
        ("oldest", True, signal.SIGTERM),
        ("oldest", False, signal.SIGINT),
    ],
)
def test_an_interrupted_play_cancels_its_runs_and_removes_its_temporary_workflow(
    vro: Vro, tmp_path: Path, core: str, in_process: bool, how: signal.Signals
) -> None:
    """One host is in the first turn of a loop, which must not go on with the next; the other runs a script."""
    need_core(core)
    endless = vro_runs.add(vro, "Endless", "System.sleep(600000);")
    tasks = [
        {
            "when": "inventory_hostname == 'one'",
            "vcpp.vcloud.vro_workflow_run": {"workflow_id": endless},
            "loop": [1, 2],
        },
        {"when": "inventory_hostname == 'two'", "vcpp.vcloud.vro_script": {"script": "System.sleep(600000);"}},
    ]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            command(core, write(vro, tmp_path, tasks), {"vcpp_in_process": in_process}, "-i", "one,two,"),
            env=environment(core, tmp_path, ANSIBLE_STRATEGY="free"), cwd=tmp_path, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True, preexec_fn=interruptible,
        )  # fmt: skip
    assert until(lambda: states(vro) == ["running", "running"], 120), (tmp_path / "log").read_text()
    assert len(temporary(vro)) == 1
    os.killpg(run.pid, how)
    run.wait(60)
    assert until(lambda: states(vro) == ["canceled", "canceled"] and not temporary(vro), 60), states(vro)
    # Nobody begins the second turn, however late.
    time.sleep(0.5)
    assert states(vro) == ["canceled", "canceled"]


@pytest.mark.parametrize("core", [pytest.param("oldest", marks=pytest.mark.slow), "newest"])
def test_a_worker_whose_play_was_killed_outright_ends_its_run(vro: Vro, tmp_path: Path, core: str) -> None:
    """SIGKILL to the playbook process alone: its workers are told nothing, they notice that they are orphans."""
    need_core(core)
    tasks = [{"vcpp.vcloud.vro_script": {"script": "System.sleep(600000);"}}]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            command(core, write(vro, tmp_path, tasks), {}, "-i", "one,"), env=environment(core, tmp_path), cwd=tmp_path,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    assert until(lambda: states(vro) == ["running"], 120), (tmp_path / "log").read_text()
    run.kill()
    run.wait(60)
    assert until(lambda: states(vro) == ["canceled"] and not temporary(vro), 60), states(vro)


@pytest.mark.parametrize("core", [pytest.param("oldest", marks=pytest.mark.slow), "newest"])
def test_a_task_whose_own_time_is_over_cancels_its_run(vro: Vro, tmp_path: Path, core: str) -> None:
    """The keyword `timeout` of ansible-core, which knows nothing of runs."""
    need_core(core)
    endless = vro_runs.add(vro, "Endless", "System.sleep(600000);")
    modules = {
        "vcpp.vcloud.vro_workflow_run": {"workflow_id": endless},
        "vcpp.vcloud.vro_script": {"script": "System.sleep(600000);"},
    }
    tasks = [{name: given, "timeout": 2, "ignore_errors": True} for name, given in modules.items()]
    done = play(core, tmp_path, write(vro, tmp_path, tasks), {}, "-i", "one,").assert_ok()
    assert "ignored=2" in done.output and states(vro) == ["canceled", "canceled"] and not temporary(vro)


def test_many_hosts_run_scripts_and_runs_with_keys_at_the_same_time(vro: Vro, tmp_path: Path) -> None:
    """They need the same categories, which none of them finds."""
    quick = vro_runs.add(vro, "Quick", "said = 'x';", outputs={"said": "string"})
    tasks = [
        {"vcpp.vcloud.vro_script": {"script": "return host;", "inputs": {"host": "{{ inventory_hostname }}"}},
         "register": "script"},
        {"vcpp.vcloud.vro_workflow_run": {"workflow_id": quick, "run_once_key": "{{ inventory_hostname }}"}},
        {"ansible.builtin.assert": {"that": ["script.vro_script.result == inventory_hostname"]}},
    ]  # fmt: skip
    hosts = [f"host{number}" for number in range(6)]
    path = write(vro, tmp_path, tasks)
    done = play("newest", tmp_path, path, {}, "-i", ",".join([*hosts, ""]), "--forks", "6").assert_ok()
    assert done.changed() == dict.fromkeys(hosts, 2) and not temporary(vro)
    store = vro.server.store
    assert [each.name for each in store.categories.values()].count(CATEGORY) == 1
    assert len(store.configurations) == 6


def test_what_a_run_gives_back_is_used_by_the_next_task_and_secrets_are_not_shown(vro: Vro, tmp_path: Path) -> None:
    """With -vvv, which shows the arguments of every task."""
    secret = "Very-Secret-2030"
    greet = vro_runs.add(
        vro, "Greet", "said = greeting + ' ' + password.length; System.log(password);",
        {"greeting": "string", "password": "SecureString"}, {"said": "string"},
    )  # fmt: skip
    given = {"greeting": "Kia ora", "password": "{{ lookup('ansible.builtin.env', 'LAB_SECRET') }}"}
    run = {"workflow_id": greet, "parameters": given, "logs": "complete"}
    tasks = [
        {"vcpp.vcloud.vro_workflow_run": run, "register": "run"},
        {"vcpp.vcloud.vro_script": {
            "script": "System.log(password); return said + '!';",
            "inputs": {
                "said": "{{ run.vro_workflow_run.outputs.said }}",
                "password": {"type": "SecureString", "value": given["password"]},
            },
        }, "register": "script"},
        {"ansible.builtin.assert": {"that": ["script.vro_script.result == 'Kia ora 16!'"]}},
    ]  # fmt: skip
    done = play(
        "newest", tmp_path, write(vro, tmp_path, tasks), {}, "-i", "one,", "-vvv", LAB_SECRET=secret
    ).assert_ok()
    assert secret not in done.output and "Kia ora 16!" in done.output


def printed(vro: Vro, directory: Path, guide: str, containing: str) -> Any:
    """Runs the play of a guide as it is printed, with the simulated server for "your address"."""
    book = directory / "printed.yml"
    text = guide_block(guide, containing).replace("https://vro.example.com", vro.options["vro_url"])
    book.write_text(text.replace("vro_user: administrator", f"vro_user: {vro.options['vro_user']}"), encoding="utf-8")
    given = {"vault_vro_password": vro.options["vro_password"], "vault_avamar_password": "Very-Secret-2030"}
    ca_path = vro.options["ca_path"]
    return lambda *arguments: play("newest", directory, book, given, *arguments, VRO_CA_PATH=ca_path).assert_ok()


def test_the_play_of_the_guide_about_workflows_does_what_its_readers_are_told(vro: Vro, tmp_path: Path) -> None:
    run = printed(vro, tmp_path, "run_a_workflow", "rest-operation-avamar-tenants")
    assert run("--check").changed() == {"localhost": 1} and not vro_runs.executions(vro)
    assert run().changed() == {"localhost": 2}
    (host,) = vro.server.store.rest_hosts.values()
    assert host.name == "avamar" and [one.name for one in host.operations.values()] == ["tenants"]
    assert run().changed() == {"localhost": 0} and len(states(vro)) == 2


def test_the_play_of_the_guide_about_scripts_does_what_its_readers_are_told(vro: Vro, tmp_path: Path) -> None:
    vdc = {"org": "Tyrell", "vdc": "Tyrell A03 Allocated"}
    vro.control.change("vapp-add", "A03-Auckland", vapp="test03", vms={"test03": 10}, **vdc)
    run = printed(vro, tmp_path, "debug_a_script", "xml: vm.toXml()")
    output = run().output
    assert "Server.findForType(" in output and "<?xml" in output and not temporary(vro)
