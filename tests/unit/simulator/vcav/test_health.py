"""`diagnostics/about` and `diagnostics/health` (contract 4.3, 1.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.vcav.health import complaints

from .asking import NORTH, SOUTH, Estate, problem

KINDS = ("cloud", "manager", "replicator", "tunnel")
IS_3 = {"3.0": True, "3.5": True, "4.3": False, "4.7": False}


def health(estate: Estate, kind: str = "cloud") -> Any:
    if estate.service(kind).name not in estate.tokens:
        estate.log_in(kind=kind)
    product = estate.service(kind).product
    reply = estate.ask(product.health_method, "/diagnostics/health", kind=kind)
    if product.is_3:
        assert reply.status == 200
        return reply.document()
    task = estate.finish(reply, kind)
    assert task["state"] == "SUCCEEDED"
    return task["result"]


@pytest.mark.parametrize("kind", KINDS)
def test_about_tells_service_and_build(estate: Estate, version: str, kind: str) -> None:
    assert problem(estate.ask("GET", "/diagnostics/about", kind=kind)) == (401, "NotAuthenticated")
    estate.log_in(kind=kind)
    about = estate.ask("GET", "/diagnostics/about", kind=kind).document()
    assert set(about) == {"serviceType", "productName", "buildVersion", "buildDate"}
    assert about["serviceType"].lower() == kind
    assert about["buildVersion"].startswith(f"{version}.0.")


@pytest.mark.parametrize(
    ("version", "method", "status"),
    [
        ("3.0", "GET", 200), ("3.0", "POST", 405), ("3.5", "GET", 200), ("3.5", "POST", 405),
        ("4.3", "GET", 202), ("4.3", "POST", 405), ("4.7", "GET", 405), ("4.7", "POST", 202),
    ],
)  # fmt: skip
def test_each_version_has_its_way_to_ask_for_health(version: str, method: str, status: int) -> None:
    estate = Estate(version)
    estate.log_in()
    assert estate.ask(method, "/diagnostics/health").status == status


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_the_task_says_what_its_result_is(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    task = estate.finish(estate.ask(estate.service().product.health_method, "/diagnostics/health"))
    assert task["resultType"] == "CloudHealthInfo"
    assert (task["workflowInfo"]["type"], task["workflowInfo"]["resourceType"]) == ("health", "CLOUD")


@pytest.mark.parametrize("kind", KINDS)
def test_a_configured_estate_is_well(estate: Estate, kind: str) -> None:
    assert complaints(health(estate, kind)) == []


def test_checks_have_the_names_of_their_version(estate: Estate, version: str) -> None:
    document = health(estate)
    if IS_3[version]:
        assert document["lsConnectivity"] == {"value": None} == document["vcdConnectivity"]
        assert "lsError" not in document and "serviceBootTimestamp" not in document
    else:
        assert document["lsError"] is None and document["vcdError"] is None
        assert document["managerHealth"]["ssoAdminError"] is None
        assert document["serviceBootTimestamp"] > 0
    assert ("tunnelError" in document) == (version == "4.3")
    assert isinstance(document.get("tunnelConnectivity"), list) == (version == "4.7")
    assert document["managerHealth"]["offlineReplicators"] == []
    assert len(document["managerHealth"]["onlineReplicators"]) == 1


@pytest.mark.parametrize(
    ("kind", "component"),
    [("cloud", "lsError"), ("cloud", "vcdConnectivity"), ("manager", "db"), ("replicator", "lwd")],
)
def test_a_broken_component_is_named(estate: Estate, kind: str, component: str) -> None:
    parameters = {"component": component, "message": "out of order"}
    fault = estate.world.faults.add("component_error", f"{NORTH}/*/{kind}", parameters=parameters)
    (where,) = complaints(health(estate))
    base = component.removesuffix("Error").removesuffix("Connectivity")
    assert where.split(".")[-1].startswith(base)
    estate.world.faults.clear(fault.id)
    assert complaints(health(estate)) == []


def test_a_tunnel_that_is_down_shows_in_its_own_site_only(estate: Estate) -> None:
    estate.world.faults.add("tunnel_down", service=f"{SOUTH}/*/tunnel")
    assert complaints(health(estate)) == []
    estate.world.faults.add("tunnel_down", service=f"{NORTH}/*/tunnel")
    assert any("tunnel" in where for where in complaints(health(estate)))


def test_a_replicator_that_restarts_is_offline(estate: Estate) -> None:
    estate.world.restart(estate.service("replicator"), 600)
    manager = health(estate)["managerHealth"]
    assert (len(manager["onlineReplicators"]), len(manager["offlineReplicators"])) == (0, 1)


def test_a_manager_that_is_away_shows_in_the_health_of_the_cloud(estate: Estate) -> None:
    estate.world.restart(estate.service("manager"), 600)
    assert any(where.startswith("manager") and "." not in where for where in complaints(health(estate)))


def test_paired_sites_see_the_replicators_of_the_other_one(root: Estate) -> None:
    root.pair()
    online = health(root)["managerHealth"]["onlineReplicators"]
    assert [one["site"] for one in online] == [NORTH, SOUTH]


@pytest.mark.parametrize("version", ["4.7"])
def test_boot_stamps_are_renewed_by_a_restart(version: str) -> None:
    estate = Estate(version)
    before = health(estate)
    estate.world.advance(60)
    estate.ask("POST", "/os/reboot-services")
    estate.world.advance(60)
    estate.tokens.clear()
    after = health(estate)
    assert after["serviceBootTimestamp"] > before["serviceBootTimestamp"]
    assert after["runtimeId"] != before["runtimeId"]
    assert after["applianceBootTimestamp"] == before["applianceBootTimestamp"]
    estate.ask("POST", "/os/reboot")
    estate.world.advance(60)
    estate.tokens.clear()
    assert health(estate)["applianceBootTimestamp"] > before["applianceBootTimestamp"]
