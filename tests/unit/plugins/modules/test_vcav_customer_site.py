"""The module in this process against the simulator: on-premises sites that come, stay away, and go."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_customer_site import CustomerSite

NAME, ORG = "Tyrell-OnPrem", "Tyrell"


def customers(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here].cloud.customers


def test_a_site_that_has_paired_is_present_and_nothing_changes(estate: Any) -> None:
    customers(estate).add(NAME, ORG, "Head office")
    result = estate.run(CustomerSite, site=NAME, org=ORG)
    assert result["changed"] is False
    assert result["vcav_customer_site"] == {
        "site": NAME,
        "owner": f"{ORG}@{estate.here}",
        "description": "Head office",
    }
    assert estate.writes == []


def test_a_site_is_waited_for(estate: Any) -> None:
    coming = threading.Timer(0.5, customers(estate).add, (NAME, ORG))
    coming.start()
    try:
        result = estate.run(CustomerSite, site=NAME, wait_timeout=20, wait_interval=1)
    finally:
        coming.join()
    assert (result["changed"], result["vcav_customer_site"]["site"]) == (False, NAME)


def test_a_site_that_does_not_come_is_told_with_what_the_customer_enters(estate: Any) -> None:
    result = estate.run(CustomerSite, site=NAME, org=ORG, wait_timeout=0)
    for words in (
        f"has not paired with {estate.here} within 0 seconds",
        f"the site name {NAME}",
        "lookup service",
        "https://vcav-a03.example.net:443, not the address of vCloud Director",
        f"<user>@{ORG}",
        "allow access from the cloud",
        "VM folder, compute resource, network and datastore",
        "outbound 443",
    ):
        assert words in result["msg"]
    assert estate.writes == []


def test_check_mode_does_not_wait(estate: Any, warnings: list[str]) -> None:
    result = estate.run(CustomerSite, check=True, site=NAME, wait_timeout=3600)
    assert (result["changed"], result["vcav_customer_site"]) == (False, {})
    assert "has not paired yet" in str(warnings)


def test_the_site_of_another_organization_is_refused_and_not_removed(estate: Any) -> None:
    customers(estate).add(NAME, ORG)
    for state in ("present", "absent"):
        result = estate.run(CustomerSite, site=NAME, org="tenant-00001", state=state)
        assert f"was paired by '{ORG}@{estate.here}'" in result["msg"]
    assert estate.writes == []


def test_a_site_is_removed_once(estate: Any) -> None:
    customers(estate).add(NAME, ORG)
    predicted = estate.run(CustomerSite, check=True, site=NAME, state="absent")
    assert estate.writes == []
    made = estate.run(CustomerSite, site=NAME, state="absent")
    assert made == predicted
    assert (made["changed"], made["vcav_customer_site"]) == (True, {})
    assert estate.run(CustomerSite, site=NAME, state="absent")["changed"] is False
    assert estate.writes == [f"DELETE /vc-sites/{NAME}"]


@pytest.mark.parametrize("fault", ["drop_reply", "service_unavailable"])
def test_a_bad_day_while_it_is_removed_does_no_harm(estate: Any, fault: str) -> None:
    customers(estate).add(NAME, ORG)
    estate.control.add_fault(fault, method="DELETE", path="vc-sites/*", times=1)
    estate.run(CustomerSite, site=NAME, state="absent")
    estate.run(CustomerSite, site=NAME, state="absent")
    assert customers(estate).sites == {}


def test_a_removal_that_fails_says_what_the_server_said(estate: Any) -> None:
    customers(estate).add(NAME, ORG)
    estate.control.add_fault("fail_task", method="DELETE", path="vc-sites/*", times=1)
    result = estate.run(CustomerSite, site=NAME, state="absent")
    assert f"removing the customer site {NAME}" in result["msg"]
    assert NAME in customers(estate).sites


def test_an_empty_name_is_refused_before_a_request(estate: Any) -> None:
    assert "site is ''" in estate.run(CustomerSite, site="")["msg"]
    assert estate.control.count() == 0


def test_another_service_is_told_from_the_cloud_service(estate: Any) -> None:
    result = estate.run(CustomerSite, vcav_url=estate.simulator.manager(estate.here), site=NAME)
    assert "leads to a manager service" in result["msg"]
