"""Bad days of a recovery that need more than one process: two runs at once, and a run or a service that dies.

What one task does on such days is tried in tests/unit/plugins/modules/test_vcav_replication_operation.py (a source that
is gone, a second failover, a migration that hangs), and a whole tenant's in test_failover.py.
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

from tests.e2e.plays import Play, command, environment, interruptible, play
from tests.simulator.running import Running, running_simulator
from tests.unit.plugins.modules.conftest import Estate
from tests.unit.plugins.modules.replicating import DB, HERE, THERE, Tenant

RELEASE = "4.7"
COMPLETE = "complete"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(product_version=RELEASE) as running:
        yield running


@pytest.fixture
def tenant(simulator: Running) -> Tenant:
    simulator.control.clear_faults()
    simulator.control.reset()
    simulator.control.task_seconds(0)
    found = Tenant(Estate(simulator, RELEASE))
    found.started()
    return found


def secrets(simulator: Running) -> dict[str, str]:
    return {"LAB_PASSWORD": simulator.root_password(HERE), "LAB_REMOTE_PASSWORD": simulator.vcd_password(THERE)}


def playbook(simulator: Running, directory: Path, operation: str, **options: Any) -> Path:
    """One operation on the tenant, as root of the first site with a session at the other."""
    connection = {
        "vcav_url": simulator.cloud(HERE), "ca_path": simulator.ca_path,
        "vcav_password": "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}",
        "vcav_remote_site": THERE, "vcav_remote_user": simulator.vcd_user(THERE),
        "vcav_remote_password": "{{ lookup('ansible.builtin.env', 'LAB_REMOTE_PASSWORD') }}",
    }  # fmt: skip
    given = {"operation": operation, "org": "Tyrell", "wait_interval": 1, "wait_timeout": 60, **options}
    document = {
        "hosts": "localhost", "gather_facts": False, "module_defaults": {"group/vcpp.vcloud.vcav": connection},
        "tasks": [{"vcpp.vcloud.vcav_replication_operation": given}],
    }  # fmt: skip
    path = directory / f"{operation}.yml"
    path.write_text(json.dumps([document]), encoding="utf-8")
    return path


def begin(simulator: Running, directory: Path, path: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """A run that goes on beside the test, and where it writes."""
    directory.mkdir(exist_ok=True)
    log = directory / "log"
    with log.open("wb") as file:
        run = subprocess.Popen(
            command("newest", path, {}, "-vvv"), env=environment("newest", directory, **secrets(simulator)),
            cwd=directory, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
            preexec_fn=interruptible,
        )  # fmt: skip
    return run, log


def once_more(simulator: Running, directory: Path, path: Path) -> Play:
    done = play("newest", directory, path, {}, "-vvv", **secrets(simulator)).assert_ok()
    assert not [secret for secret in secrets(simulator).values() if secret in done.output]
    return done


def sent(tenant: Tenant, operation: str) -> int:
    """How many replications were asked for the operation."""
    return sum(line.endswith(operation) for line in tenant.estate.writes)


def wait_until(true: Any, run: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert run.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def test_two_failovers_at_once_fail_over_each_vm_once(simulator: Running, tenant: Tenant, tmp_path: Path) -> None:
    """The second one finds the task of the first and waits for it."""
    tenant.control.task_seconds(5)
    path = playbook(simulator, tmp_path, "failover")
    first = begin(simulator, tmp_path / "first", path)
    wait_until(lambda: sent(tenant, "failover") == 2, *first)
    second = begin(simulator, tmp_path / "second", path)
    assert (first[0].wait(120), second[0].wait(120)) == (0, 0), first[1].read_text() + second[1].read_text()
    assert set(tenant.states().values()) == {COMPLETE} and sent(tenant, "failover") == 2
    text = first[1].read_text() + second[1].read_text()
    assert "Traceback" not in text and not [secret for secret in secrets(simulator).values() if secret in text]
    assert once_more(simulator, tmp_path, path).changed() == {"localhost": 0} and sent(tenant, "failover") == 2


def test_a_migration_whose_run_was_killed_is_joined_by_the_next(
    simulator: Running, tenant: Tenant, tmp_path: Path
) -> None:
    tenant.control.task_seconds(600)
    path = playbook(simulator, tmp_path, "migrate", vapps=[DB])
    run, log = begin(simulator, tmp_path / "killed", path)
    wait_until(lambda: sent(tenant, "migrate") == 1, run, log)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(60)
    tenant.control.task_seconds(0)
    tenant.control.advance(601)
    once_more(simulator, tmp_path, path)
    assert tenant.states()[f"{DB}-01"] == COMPLETE and sent(tenant, "migrate") == 1
    assert once_more(simulator, tmp_path, path).changed() == {"localhost": 0} and sent(tenant, "migrate") == 1


def test_a_migration_goes_on_while_the_cloud_service_restarts_and_is_not_begun_again(
    simulator: Running, tenant: Tenant, tmp_path: Path
) -> None:
    tenant.control.task_seconds(5)
    path = playbook(simulator, tmp_path, "migrate", vapps=[DB])
    run, log = begin(simulator, tmp_path / "outlives", path)
    wait_until(lambda: sent(tenant, "migrate") == 1, run, log)
    tenant.control.add_fault("restart", service=f"{HERE}/*/cloud", seconds=2, mode="refused", times=1)
    assert run.wait(120) == 0, log.read_text()
    assert "changed=1" in log.read_text() and "Traceback" not in log.read_text()
    assert tenant.states()[f"{DB}-01"] == COMPLETE and sent(tenant, "migrate") == 1
    assert once_more(simulator, tmp_path, path).changed() == {"localhost": 0}
