"""The two ways of running a module, in the worker's process and in one of its own, give the same answers.

Which way a task went is read off the simulator's journal: in one process a run logs in once for all tasks, in the
ordinary way every task logs in and out by itself.
"""

from __future__ import annotations

import getpass
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.plays import CORES, ROOT, command, environment, interruptible, need_core, not_run, play
from tests.simulator.running import Running, running_simulator
from tests.unit.plugins.modules.vcenters import PASSWORD as VSPHERE_PASSWORD
from tests.unit.plugins.modules.vcenters import Vcenter, vcenter

SITE = "A03-Auckland"
FEATURES = ROOT / "tests" / "e2e" / "ways" / "features.yml"
BECOME = os.geteuid() == 0 and shutil.which("su") is not None


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(simulator: Running) -> None:
    simulator.control.reset()
    simulator.control.clear_journal()


@pytest.fixture(params=sorted(CORES))
def core(request: pytest.FixtureRequest) -> str:
    need_core(request.param)
    return str(request.param)


def variables(simulator: Running, **more: Any) -> dict[str, Any]:
    return {
        "cloud_url": simulator.cloud(SITE),
        "cloud_ca": simulator.ca_path,
        "cloud_password": simulator.root_password(SITE),
        "can_become": BECOME,
        **more,
    }


def sessions(simulator: Running) -> tuple[int, int]:
    """(logins that succeeded, logouts) in the journal."""
    rows = simulator.control.journal()
    logins = [row for row in rows if row["method"] == "POST" and row["path"] == "/sessions" and row["status"] == 200]
    logouts = [row for row in rows if row["method"] == "DELETE" and row["path"] == "/sessions" and row["status"] == 204]
    return len(logins), len(logouts)


def write_playbook(directory: Path, tasks: list[dict[str, Any]], **play_keywords: Any) -> Path:
    """A playbook of tasks that all speak to the simulated cloud service."""
    connection = {"vcav_url": "{{ cloud_url }}", "vcav_password": "{{ cloud_password }}", "ca_path": "{{ cloud_ca }}"}
    document = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/vcpp.vcloud.vcav": connection},
        "tasks": tasks,
        **play_keywords,
    }
    path = directory / "play.yml"
    path.write_text(json.dumps([document]))
    return path


READ = {"name": "Read", "vcpp.vcloud.vcav_policy_info": {"name": "default"}}


def without_discovery(value: Any) -> Any:
    """Registered results without what belongs to the process (interpreter facts) instead of the answer."""
    if isinstance(value, dict):
        return {key: without_discovery(item) for key, item in value.items() if key != "ansible_facts"}
    return [without_discovery(item) for item in value] if isinstance(value, list) else value


def test_every_feature_gives_the_same_result_in_both_ways(simulator: Running, core: str, tmp_path: Path) -> None:
    found: dict[bool, Any] = {}
    logins: dict[bool, int] = {}
    for in_process in (True, False):
        simulator.control.reset()
        simulator.control.clear_journal()
        report = tmp_path / f"report-{in_process}.json"
        given = variables(simulator, vcpp_in_process=in_process, report=str(report))
        play(core, tmp_path, FEATURES, given).assert_ok()
        found[in_process] = without_discovery(json.loads(report.read_text()))
        opened, closed = sessions(simulator)
        assert opened == closed
        logins[in_process] = opened
    assert found[True] == found[False]
    # One for the run, one for vcav_session, and one for each task that fell back (async, become).
    assert logins[True] == 3 + int(BECOME)
    assert logins[False] > logins[True] + 8

    here = found[True]
    assert here["predicted"]["changed"] and here["created"]["changed"] and not here["again"]["changed"]
    assert here["predicted"]["diff"] == here["created"]["diff"]
    assert here["predicted"]["vcav_policy"] == here["created"]["vcav_policy"] == here["again"]["vcav_policy"]
    assert here["created"]["vcav_policy"]["max_instances"] == 12  # the module's defaults
    assert [row["changed"] for row in here["looped"]["results"]] == [True, True, True]
    assert {policy["name"] for policy in here["exported"]["vcav_policy"]} > {"gold", "silver", "bronze"}
    assert "Tyrell" in here["refused"]["msg"] and here["refused"]["failed"]
    assert len(here["warned"]["warnings"]) == 1 and "platinum" in here["warned"]["warnings"][0]
    assert "warnings" not in here["assigned"] and here["assigned"]["changed"]
    assert "min_rop" in here["mistyped"]["msg"] and "min_rpo" in here["out_of_range"]["msg"]
    assert here["denied"]["error"]["code"] == "NotAuthenticated"
    assert here["by_environment"]["vcav_policy"] == here["backgrounded"] == here["by_token"]["vcav_policy"]


def test_a_task_that_becomes_somebody_takes_the_ordinary_way(simulator: Running, core: str, tmp_path: Path) -> None:
    if not BECOME:
        not_run("become: only root can become somebody with su without being asked for a password")
    path = write_playbook(tmp_path, [READ, {**READ, "become": True, "become_method": "su"}, READ])
    play(core, tmp_path, path, variables(simulator)).assert_ok()
    # One login of the run, and one of the process that was somebody else's.
    assert sessions(simulator) == (2, 2)


def test_module_defaults_of_one_module_do_not_reach_another(simulator: Running, core: str, tmp_path: Path) -> None:
    connection = {"vcav_url": "{{ cloud_url }}", "vcav_password": "{{ cloud_password }}", "ca_path": "{{ cloud_ca }}"}
    defaults = {"group/vcpp.vcloud.all": connection, "vcpp.vcloud.vcav_policy": {"min_rpo": 77}}
    tasks = [{"vcpp.vcloud.vcav_policy": {"name": "gold"}, "register": "made"}, READ]
    tasks.append({"ansible.builtin.assert": {"that": "made.vcav_policy.min_rpo == 77"}})
    path = write_playbook(tmp_path, tasks, module_defaults=defaults)
    play(core, tmp_path, path, variables(simulator)).assert_ok()


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_a_run_of_many_tasks_logs_in_once_and_out_once(
    simulator: Running, core: str, tmp_path: Path, strategy: str
) -> None:
    tasks = [READ] * 10 + [{**READ, "loop": "{{ range(10) | list }}"}]
    path = write_playbook(tmp_path, tasks, hosts="all", strategy=strategy)
    inventory = ",".join(f"host{number}" for number in range(3)) + ","
    given = variables(simulator, ansible_connection="local")
    play(core, tmp_path, path, given, "-i", inventory, "--forks", "3").assert_ok()
    assert sessions(simulator) == (1, 1)


def test_a_run_that_fails_logs_out(simulator: Running, core: str, tmp_path: Path) -> None:
    path = write_playbook(tmp_path, [READ, {"ansible.builtin.fail": {"msg": "on purpose"}}])
    assert play(core, tmp_path, path, variables(simulator)).code == 2
    assert sessions(simulator) == (1, 1)


def test_a_run_that_is_interrupted_logs_out(simulator: Running, core: str, tmp_path: Path) -> None:
    path = write_playbook(tmp_path, [READ, {"ansible.builtin.wait_for": {"timeout": 60}}])
    run = subprocess.Popen(
        command(core, path, variables(simulator)),
        env=environment(core, tmp_path),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=interruptible,
    )
    deadline = time.monotonic() + 120
    while not simulator.control.count(path="policies"):
        assert run.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)
    run.wait(60)
    assert sessions(simulator) == (1, 1)


def test_nothing_secret_is_left_in_output_or_on_disk(simulator: Running, core: str, tmp_path: Path) -> None:
    secret = simulator.root_password(SITE)
    path = write_playbook(tmp_path, [READ, {"vcpp.vcloud.vcav_session": {}}, {"ansible.builtin.pause": {"seconds": 1}}])
    # The password comes from the environment, so that -vvv does not show it as somebody's extra variable.
    given = {key: value for key, value in variables(simulator).items() if key != "cloud_password"}
    given["cloud_password"] = "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}"
    run = play(core, tmp_path, path, given, "-vvv", LAB_PASSWORD=secret).assert_ok()
    assert secret not in run.output
    left = [found for found in tmp_path.rglob("*") if found.is_file() and found != path]
    assert not [found for found in left if secret.encode() in found.read_bytes()]
    assert not [found for found in left if "vcpp" in found.name]


def test_kept_remote_files_take_the_ordinary_way(simulator: Running, core: str, tmp_path: Path) -> None:
    path = write_playbook(tmp_path, [READ, READ])
    play(core, tmp_path, path, variables(simulator), ANSIBLE_KEEP_REMOTE_FILES="1").assert_ok()
    assert list((tmp_path / "remote").rglob("AnsiballZ_vcav_policy_info.py"))
    assert sessions(simulator) == (2, 2)


def test_step_asks_before_each_task_in_both_ways(simulator: Running, core: str, tmp_path: Path) -> None:
    path = write_playbook(tmp_path, [READ, {"vcpp.vcloud.vcav_policy": {"name": "gold"}}])
    for in_process in (True, False):
        simulator.control.clear_journal()
        given = variables(simulator, vcpp_in_process=in_process)
        run = play(core, tmp_path, path, given, "--step", answers="y\nn\n").assert_ok()
        assert "ok=1 " in run.output
        assert simulator.control.count(method="POST", path="policies") == 0
        assert sessions(simulator) == (1, 1)


def test_check_mode_from_the_command_line_writes_nothing(simulator: Running, core: str, tmp_path: Path) -> None:
    path = write_playbook(tmp_path, [{"vcpp.vcloud.vcav_policy": {"name": "gold"}}])
    simulator.control.refuse_writes(True)
    run = play(core, tmp_path, path, variables(simulator), "--check", "--diff").assert_ok()
    simulator.control.refuse_writes(False)
    assert '+    "name": "gold"' in run.output and run.changed() == {"localhost": 1}
    assert simulator.control.count(write=True) == 0


def test_the_debugger_of_ansible_sees_an_ordinary_failure(simulator: Running, core: str, tmp_path: Path) -> None:
    failing = {"vcpp.vcloud.vcav_policy": {"name": "gold", "min_rpo": 1}}
    rescue = [{"ansible.builtin.assert": {"that": "'min_rpo' in ansible_failed_result.msg"}}]
    path = write_playbook(tmp_path, [{"block": [failing], "rescue": rescue}])
    play(core, tmp_path, path, variables(simulator)).assert_ok()


@pytest.fixture
def ssh_host(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """An ssh server of our own on a free port, that lets the present user in with a key of its own."""
    daemon = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if daemon is None:
        not_run("no sshd on this machine; `make system-packages` installs it")
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "PidFile": folder / "pid",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "yes",
        "Subsystem": "sftp internal-sftp",
    }
    (folder / "config").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen([daemon, "-D", "-E", str(folder / "log"), "-f", str(folder / "config")])
    try:
        for _unused in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_connection": "ssh",
            "ansible_user": pwd.getpwuid(os.geteuid()).pw_name or getpass.getuser(),
            "ansible_ssh_private_key_file": str(folder / "user"),
            "ansible_ssh_common_args": "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
            "-o ControlMaster=no",
        }
    finally:
        server.terminate()
        server.wait(60)


def test_a_remote_host_takes_the_ordinary_way_over_ssh(
    simulator: Running, core: str, tmp_path: Path, ssh_host: dict[str, Any]
) -> None:
    tasks = [{**READ, "register": "remote"}, {**READ, "delegate_to": "localhost", "register": "local"}]
    tasks.append({"ansible.builtin.assert": {"that": "remote.vcav_policy == local.vcav_policy"}})
    path = write_playbook(tmp_path, tasks, hosts="far")
    inventory = tmp_path / "inventory.json"
    ssh_host["ansible_python_interpreter"] = str(CORES[core] / "bin" / "python")
    inventory.write_text(json.dumps({"all": {"hosts": {"far": ssh_host}}}))
    play(core, tmp_path, path, variables(simulator), "-i", str(inventory)).assert_ok()
    # The remote task logs in and out by itself, the delegated one uses the run's login.
    assert sessions(simulator) == (2, 2)


@pytest.fixture(scope="module")
def vc() -> Iterator[Vcenter]:
    with vcenter() as running:
        yield running


LIST = {"vcpp.vcloud.vsphere_appliance_info": {"datacenter": "DC0"}}


@pytest.mark.parametrize(("in_process", "logins"), [(True, 1), (False, 3)])
def test_vcenter_is_connected_to_as_the_other_products_are(
    vc: Vcenter, core: str, tmp_path: Path, in_process: bool, logins: int
) -> None:
    """By the group's defaults or by the environment, once for a run and its hosts, and logged out although it fails."""
    secret = "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}"
    environment = {
        f"VSPHERE_{name}": str(vc.options[f"vsphere_{name.lower()}"]) for name in ("HOSTNAME", "PORT", "USER")
    }
    environment |= {"VSPHERE_PASSWORD": secret, "VSPHERE_CA_PATH": vc.options["ca_path"]}
    by_environment = {**LIST, "environment": environment, "module_defaults": {"group/vcpp.vcloud.vsphere": {}}}
    tasks = [LIST, by_environment, {"vcpp.vcloud.vsphere_appliance_info": {"datacenter": "nowhere"}}]
    defaults = {"group/vcpp.vcloud.vsphere": {**vc.options, "vsphere_password": secret}}
    path = write_playbook(tmp_path, tasks, module_defaults=defaults)
    vc.calls_since()
    given = {"vcpp_in_process": in_process, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    run = play(core, tmp_path, path, given, "-vvv", LAB_PASSWORD=VSPHERE_PASSWORD)
    assert run.code == 2 and "there is none at 127.0.0.1" in run.output and "ok=2 " in run.output, run.output
    calls = vc.calls_since()
    assert (calls.count("Login"), calls.count("Logout"), vc.sessions()) == (logins, logins, 0)
    assert VSPHERE_PASSWORD not in run.output and json.dumps(VSPHERE_PASSWORD)[1:-1] not in run.output
