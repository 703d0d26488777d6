"""Bad days of the first configuration: passwords, reboots, certificates, licenses and replicators not as hoped.

The reference estate on its first day, release 4.7. Every day is mended, and the next run ends in a healthy site. The
modules alone are tried on further ones, and on both releases, in tests/unit/plugins/modules.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.bad_days import USUAL, play_day, task
from tests.e2e.plays import command, environment, interruptible
from tests.e2e.test_configure import NewEstate, fresh
from tests.e2e.test_playbooks import A03, INVENTORY
from tests.simulator.running import Running, running_simulator

HOSTS = ("--limit", "a03_auckland")
OTHER = "SHA-256:" + ":".join(["AB"] * 32)
PASSWORD, FIRST, WRONG = (
    f"{{{{ lookup('ansible.builtin.env', 'LAB_{name}PASSWORD') }}}}" for name in ("ROOT_", "FIRST_", "WRONG_")
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(product_version="4.7", start="first-boot") as running:
        yield running


@pytest.fixture
def estate(simulator: Running, tmp_path: Path) -> NewEstate:
    """Auckland as it is when its appliances have their root passwords and nothing else."""
    simulator.control.clear_faults()
    return fresh(simulator, tmp_path)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_root_password_is_changed_already_has_expired_or_is_forgotten(simulator: Running, tmp_path: Path) -> None:
    given = {"vcav_password": PASSWORD, "current_password": FIRST}
    day = play_day(simulator, USUAL, tmp_path, [
        task("expired", "vcav_root_password", vcav_password=FIRST),
        task("used", "vcav_policy_info", vcav_password=FIRST),
        task("forgotten", "vcav_root_password", vcav_password=WRONG, current_password=WRONG + "x"),
        task("changed", "vcav_root_password", **given),
        task("already", "vcav_root_password", **given),
        task("other", "vcav_root_password", vcav_password=WRONG, current_password=FIRST),
    ])  # fmt: skip
    day["expired"].says("it has expired, and a password cannot be renewed to itself")
    assert day["expired"].writes == 0
    assert day["used"].failed
    day["forgotten"].says("refused with the wanted password and with current_password; each was tried once",
                          "only the appliance's console helps", "Nothing was changed")  # fmt: skip
    assert day["forgotten"].count("POST", "sessions") == 2 and day["forgotten"].writes == 0
    assert day["changed"].changed and day["changed"].writes == 1
    assert not day["already"].changed and day["already"].writes == 0
    day["other"].says("refused with the wanted password and with current_password")
    appliance = simulator.simulator.sites[A03].cloud.appliance
    assert appliance.root_password == simulator.simulator.world.estate.root_password


def test_appliances_reboot_in_the_middle_and_the_configuration_is_finished(estate: NewEstate) -> None:
    """One that stays away is told, and short reboots are outlived by the run that goes on from there."""
    control = estate.control

    def reboot(kind: str, path: str, seconds: int, mode: str) -> None:
        control.add_fault("restart", service=f"{A03}/*/{kind}", method="POST", path=path, times=1,
                          seconds=seconds, mode=mode)  # fmt: skip

    reboot("cloud", "config/endpoints", 3600, "refused")
    failed = estate.configure(*HOSTS, fails=True)
    told = one_line(failed.output)
    assert "the connection was refused" in told and "config/endpoints" in told, failed.output
    assert "Traceback" not in told and not estate.green(A03)
    control.advance(3600)
    reboot("cloud", "config/vcloud", 3, "refused")
    reboot("manager", "replicators", 3, "503")
    estate.configure(*HOSTS)
    assert estate.green(A03)
    assert estate.steps(A03).count("cloud POST config/site") == 1


def test_a_run_that_is_killed_between_two_steps_is_taken_up_by_the_next(estate: NewEstate) -> None:
    overlay = estate.directory / "overlay.yml"
    overlay.write_text(yaml.safe_dump(estate.control.inventory()), encoding="utf-8")
    estate.control.add_fault("slow", service=f"{A03}/*/cloud", method="POST", path="config/endpoints", seconds=30)
    arguments = ("-i", str(INVENTORY / "hosts.yml"), "-i", str(overlay), *HOSTS)
    run = subprocess.Popen(
        command("newest", "vcpp.vcloud.configure", {"estate_accept_certificates": True}, *arguments),
        env=environment("newest", estate.directory), cwd=estate.directory, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=interruptible,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while "cloud POST config/site" not in estate.steps(A03):
        assert run.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(60)
    estate.control.clear_faults()
    assert not estate.green(A03)
    estate.configure(*HOSTS)
    assert estate.green(A03) and estate.steps(A03).count("cloud POST config/site") == 1


def test_what_is_wrong_stops_there_is_told_and_mended_it_goes_on(estate: NewEstate) -> None:
    """A license that the product refuses, a replicator of another manager, a certificate replaced behind our back."""
    site = estate.simulator.simulator.sites[A03]
    replicator, key = site.replicators[0], "WRONG-WRONG-WRONG-WRONG-WRONG"
    failed = estate.configure("--limit", "vdev-a03-vcam", fails=True, vcav_site_license=key)
    told = one_line(failed.output)
    assert "POST /license" in told and key not in told, failed.output
    assert "cloud POST config/vcloud" in estate.steps(A03) and site.manager.replicators() == []

    replicator.manager_thumbprint = OTHER
    failed = estate.configure(*HOSTS, fails=True)
    told = one_line(failed.output)
    assert "already paired to the manager" in told and "it belongs to another manager" in told, failed.output
    assert "Remove it there with vcpp.vcloud.vcav_replicator and state: absent, then run this task again." in told
    assert site.manager.replicators() == [] and not estate.green(A03)

    replicator.manager_thumbprint = None
    estate.configure(*HOSTS)
    assert estate.green(A03)

    (thumbprint,) = estate.control.new_certificate(f"{A03}/*/replicator").values()
    failed = estate.configure(*HOSTS, fails=True, estate_accept_certificates=False, vcav_site_wait_timeout=5)
    assert thumbprint in failed.output and "Traceback" not in failed.output, failed.output
    assert site.manager.replicators()[0]["certThumbprint"] != thumbprint
    estate.configure(*HOSTS)
    assert site.manager.replicators()[0]["certThumbprint"] == thumbprint and estate.green(A03)
    assert not any(estate.configure(*HOSTS).changed().values())
