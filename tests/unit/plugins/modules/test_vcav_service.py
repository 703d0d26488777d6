"""The module in this process against the simulator: waiting, restarts where they are due, and those that never end."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_appliance import Appliance
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_service import Service

CALLS = {"restarted": "POST /os/reboot-services", "rebooted": "POST /os/reboot"}
PATIENT = {"wait_timeout": 30, "wait_interval": 1}


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr("ansible.module_utils.basic.AnsibleModule.warn", lambda self, text: told.append(text))
    return told


@pytest.fixture
def quick(estate: Any) -> Any:
    """The estate, whose restarts take a moment; `estate.group` are the services of the first site."""
    estate.group = estate.simulator.simulator.sites[estate.here]
    return estate


def change_endpoints(estate: Any) -> None:
    """As a client would: a management address that is in effect only after a restart."""
    endpoints = estate.group.cloud.settings.endpoints
    endpoints.configured = {**endpoints.configured, "mgmtAddress": "vcav-mgmt.example.net"}


def change_tunnel(estate: Any) -> None:
    """As a client would: a tunnel that is registered anew."""
    group = estate.group
    old = group.tunnels.registration
    group.tunnels.registration = dataclasses.replace(old, waiting={group.cloud.name})


def test_a_service_that_runs_is_only_looked_at(estate: Any) -> None:
    result = estate.run(Service)
    assert result["changed"] is False
    told = result["vcav_service"]
    assert (told["service"], told["site"], told["version"]) == ("cloud", estate.here, estate.release)
    assert (told["booted"] is None) is (estate.release == "3.0")
    assert told["reasons"] == []
    assert estate.writes == [] and estate.sessions == 0


@pytest.mark.parametrize("kind", ["manager", "replicator", "tunnel"])
def test_every_kind_of_service_can_be_waited_for(estate: Any, kind: str) -> None:
    url = getattr(estate.simulator, kind)(estate.here)
    assert estate.run(Service, vcav_url=url)["vcav_service"]["service"] == kind
    assert estate.run(Service, vcav_url=url, state="restarted")["changed"] is False


def test_an_appliance_that_boots_is_waited_for(estate: Any) -> None:
    name = estate.simulator.simulator.sites[estate.here].cloud.appliance.name
    estate.control.appliance("power-off", estate.here, name)
    estate.control.appliance("power-on", estate.here, name)
    assert estate.run(Service, **PATIENT)["vcav_service"]["service"] == "cloud"


def test_an_appliance_that_is_off_is_told_after_the_time(estate: Any) -> None:
    name = estate.simulator.simulator.sites[estate.here].cloud.appliance.name
    estate.control.appliance("power-off", estate.here, name)
    result = estate.run(Service, wait_timeout=1, wait_interval=1)
    assert result["failed"] is True and "the connection was refused" in result["msg"]


def test_nothing_is_restarted_where_nothing_waits_for_it(estate: Any) -> None:
    result = estate.run(Service, state="restarted")
    assert (result["changed"], result["vcav_service"]["reasons"]) == (False, [])
    assert estate.writes == []
    asked = [e for e in estate.control.journal() if e["path"] not in ("/sessions", "/diagnostics/about")]
    assert len(asked) <= 3


@pytest.mark.parametrize(("change", "words"), [
    (change_endpoints, "endpoints: mgmtAddress is set to 'vcav-mgmt.example.net' and '"),
    (change_tunnel, "tunnel: The tunnel has changed: restart the services of"),
])  # fmt: skip
def test_a_change_that_waits_for_a_restart_gets_it_once(quick: Any, change: Any, words: str) -> None:
    change(quick)
    predicted = quick.run(Service, check=True, state="restarted", **PATIENT)
    assert quick.writes == [] and predicted["changed"] is True
    result = quick.run(Service, state="restarted", **PATIENT)
    assert result["changed"] is True and result["diff"] == predicted["diff"]
    assert [reason[: len(words)] for reason in result["vcav_service"]["reasons"]] == [words]
    assert result["vcav_service"]["reasons"] == predicted["vcav_service"]["reasons"]
    assert result["diff"][0]["after"] == {"reasons": []}
    if quick.release != "3.0":
        assert result["vcav_service"]["booted"] >= predicted["vcav_service"]["booted"]
    assert quick.run(Service, state="restarted", **PATIENT)["changed"] is False
    assert quick.writes == [CALLS["restarted"]]
    assert quick.sessions == 0


@pytest.mark.parametrize("state", ["restarted", "rebooted"])
def test_a_restart_can_be_asked_for(quick: Any, state: str) -> None:
    result = quick.run(Service, state=state, only_if_pending=False, **PATIENT)
    assert (result["changed"], result["vcav_service"]["reasons"]) == (
        True,
        ["asked for, whether a change waits or not"],
    )
    assert quick.writes == [CALLS[state]]


def test_a_reboot_needs_no_pending_change_unless_it_is_told_so(quick: Any) -> None:
    assert quick.run(Service, state="rebooted", only_if_pending=True)["changed"] is False
    assert quick.run(Service, check=True, state="rebooted")["changed"] is True
    assert quick.writes == []


def test_reasons_of_the_playbook_count(quick: Any) -> None:
    replicator = quick.simulator.replicator(quick.here)
    empty = quick.run(Service, vcav_url=replicator, state="restarted", reasons=[])
    assert empty["changed"] is False
    result = quick.run(Service, vcav_url=replicator, state="restarted", reasons=["the tunnel is new"], **PATIENT)
    assert (result["changed"], result["vcav_service"]["reasons"]) == (True, ["the tunnel is new"])


def test_a_service_that_comes_back_has_forgotten_its_log_levels_and_takes_logins(quick: Any) -> None:
    quick.run(Appliance, log_levels={"com.vmware": "DEBUG"})
    quick.run(Service, state="restarted", only_if_pending=False, **PATIENT)
    assert quick.run(Appliance, check=True, log_levels={"com.vmware": "DEBUG"})["changed"] is True


def test_work_that_a_restart_cuts_off_is_warned_of(quick: Any, warnings: list[str]) -> None:
    quick.group.cloud.tasks.start(
        dict, type="sync", resource=("vappReplication", "C4VAPP-1", "web01"), user="somebody", site=quick.here,
        operation_id=None, fault=None,
    )  # fmt: skip
    quick.control.task_seconds(0)
    quick.group.cloud.tasks.start(
        dict, type="sync", resource=("vappReplication", "C4VAPP-2", "web02"), user="somebody", site=quick.here,
        operation_id=None, fault=Hanging(),
    )  # fmt: skip
    quick.run(Service, check=True, state="rebooted")
    assert any("cuts off what is under way: sync web02 of somebody (task " in text for text in warnings)


class Hanging:
    """A fault that keeps a task running."""

    kind = "hang_task"


def test_a_restart_that_never_ends_says_what_is_known(quick: Any) -> None:
    quick.control.restart_seconds(600)
    result = quick.run(Service, state="restarted", only_if_pending=False, wait_timeout=1, wait_interval=1)
    assert result["failed"] is True
    assert result["msg"].startswith(
        f"restarting the services at {quick.simulator.cloud(quick.here)}: it has gone down "
    )
    assert "is not back after 1 seconds" in result["msg"] and "503" in result["msg"]
    assert "look at the appliance's console" in result["msg"]


def test_a_restart_that_never_begins_is_no_success(quick: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick.group.cloud.appliance, "restart_services", lambda seconds=0.0: None)
    result = quick.run(Service, state="restarted", only_if_pending=False, wait_timeout=1, wait_interval=1)
    assert result["failed"] is True
    assert "the service still answers in the old session after 1 seconds, so it has not restarted" in result["msg"]


def test_a_lost_answer_to_the_restart_is_no_failure(quick: Any) -> None:
    quick.control.add_fault("drop_reply", path="os/reboot-services", times=1)
    assert quick.run(Service, state="restarted", only_if_pending=False, **PATIENT)["changed"] is True
    assert quick.writes == [CALLS["restarted"]]


def test_ports_that_close_while_it_restarts_are_waited_out(quick: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, world = quick.group.cloud, quick.simulator.simulator.world
    monkeypatch.setattr(cloud.appliance, "restart_services", lambda s=0.0: world.restart(cloud, s, refused=True))
    assert quick.run(Service, state="restarted", only_if_pending=False, **PATIENT)["changed"] is True


def test_what_stays_pending_is_warned_of(quick: Any, warnings: list[str]) -> None:
    change_tunnel(quick)
    quick.group.tunnels.registration.waiting.add(f"{quick.here}/another/replicator")
    assert quick.run(Service, state="restarted", **PATIENT)["changed"] is True
    assert any("there is still pending: tunnel: The tunnel has changed" in text for text in warnings)


def test_a_token_of_the_users_is_refused_for_a_restart(quick: Any) -> None:
    from ansible_collections.vcpp.vcloud.plugins.modules.vcav_session import SessionTask

    token = quick.run(SessionTask)["vcav_session"]["token"]
    assert quick.run(Service, vcav_token=token)["changed"] is False
    result = quick.run(Service, vcav_token=token, state="rebooted")
    assert result["msg"].startswith(
        f"vcav_token is given: rebooting the appliance at {quick.simulator.cloud(quick.here)}"
    )
    assert quick.writes == []
    quick.run(SessionTask, vcav_token=token, state="absent")
