"""The module in this process against the simulator: the gate that opens, stays closed, ignores, or is none."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_health import Health

SOON = {"wait_timeout": 0}


@pytest.fixture
def broken(estate: Any) -> Any:
    """The estate with a lookup service that does not answer."""
    cloud = f"{estate.here}/vdev-a03-vcam/cloud"
    estate.control.add_fault("component_error", service=cloud, component="lsError", message="Gone fishing.")
    return estate


def red(result: Any) -> list[str]:
    return [row["check"] for row in result["vcav_health"]["checks"] if not row["green"]]


def test_a_healthy_site_opens_the_gate_at_once(estate: Any) -> None:
    result = estate.run(Health)
    assert (result["changed"], result["vcav_health"]["green"], red(result)) == (False, True, [])
    assert (result["vcav_health"]["site"], result["vcav_health"]["version"]) == (estate.here, estate.release)
    assert any(row["part"].startswith("replicator ") for row in result["vcav_health"]["checks"])
    assert estate.sessions == 0


def test_the_gate_stays_closed_and_says_why_and_what_to_do(broken: Any) -> None:
    result = broken.run(Health, **SOON)
    assert result["failed"] is True
    assert result["msg"].startswith(f"{broken.here} is not healthy after 0 seconds: cloud: lookup service: ")
    assert "Gone fishing." in result["msg"] and "Check the vCenter's lookup service" in result["msg"]
    assert (result["vcav_health"]["green"], red(result)) == (False, ["lookup service"])


def test_without_a_gate_it_is_only_told(broken: Any) -> None:
    result = broken.run(Health, gate=False)
    assert result.get("failed") is None
    assert (result["vcav_health"]["green"], red(result)) == (False, ["lookup service"])


def test_a_check_that_is_ignored_opens_the_gate_and_is_still_told(broken: Any) -> None:
    result = broken.run(Health, ignore=["lookup service"], **SOON)
    assert (result["vcav_health"]["green"], red(result)) == (True, ["lookup service"])


def test_ignoring_another_check_does_not_help(broken: Any) -> None:
    assert broken.run(Health, ignore=["database"], **SOON)["failed"] is True


def test_a_restart_in_front_of_the_gate_is_outlived(estate: Any) -> None:
    estate.control.add_fault("service_unavailable", path="diagnostics/health*", times=2)
    assert estate.run(Health, wait_timeout=20, wait_interval=1)["vcav_health"]["green"] is True


def test_a_refusal_is_no_restart_and_ends_the_waiting(estate: Any) -> None:
    estate.control.add_fault("refuse_role", path="diagnostics/health*")
    result = estate.run(Health, **SOON)
    assert (result["failed"], result["error"]["status"]) == (True, 403)
