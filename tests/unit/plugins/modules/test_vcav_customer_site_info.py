"""The module in this process against the simulator: on-premises sites, their owners and vCenters."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_customer_site_info import CustomerSiteInfo


def customers(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here].cloud.customers


def test_all_sites_are_told_by_name_with_their_vcenters(estate: Any) -> None:
    customers(estate).add("Wallace", "tenant-00001", vms={"vc-2": {}, "vc-1": {}})
    customers(estate).add("Tyrell-OnPrem", "Tyrell", "Head office")
    tyrell, wallace = estate.run(CustomerSiteInfo)["vcav_customer_site"]
    assert (tyrell["site"], tyrell["owner"]) == ("Tyrell-OnPrem", f"Tyrell@{estate.here}")
    assert (tyrell["description"], tyrell["error"], len(tyrell["vcenters"])) == ("Head office", None, 1)
    assert wallace["vcenters"] == ["vc-1", "vc-2"]
    assert estate.writes == []


def test_a_site_whose_tunnel_is_down_says_so_and_the_others_are_told(estate: Any) -> None:
    customers(estate).add("Tyrell-OnPrem", "Tyrell").online = False
    customers(estate).add("Wallace", "tenant-00001")
    tyrell, wallace = estate.run(CustomerSiteInfo)["vcav_customer_site"]
    assert "The tunnel to the on-premises site 'Tyrell-OnPrem' is down" in tyrell["error"]
    assert tyrell["vcenters"] == []
    assert wallace["error"] is None


def test_one_site_and_none(estate: Any) -> None:
    customers(estate).add("Tyrell-OnPrem", "Tyrell")
    customers(estate).add("Wallace", "tenant-00001")
    assert [row["site"] for row in estate.run(CustomerSiteInfo, site="Wallace")["vcav_customer_site"]] == ["Wallace"]
    assert estate.run(CustomerSiteInfo, site="Elsewhere")["vcav_customer_site"] == []


def test_without_vcenters_one_request_is_all(estate: Any) -> None:
    customers(estate).add("Tyrell-OnPrem", "Tyrell")
    (row,) = estate.run(CustomerSiteInfo, vcenters=False)["vcav_customer_site"]
    assert set(row) == {"site", "owner", "description"}
    assert not estate.control.journal(path="vc-sites/*")
