"""The module in this process against the simulator: the organizations that a site sees."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_org_info import Organizations


def test_the_organizations_come_sorted_by_name(estate: Any) -> None:
    result = estate.run(Organizations)
    assert result["vcav_org"] == [{"name": name} for name in sorted(estate.tenants)]
    assert (result["changed"], estate.writes, estate.sessions) == (False, [], 0)


def test_one_organization_is_found_by_its_exact_name(estate: Any) -> None:
    assert estate.run(Organizations, name="Tyrell")["vcav_org"] == [{"name": "Tyrell"}]
    assert estate.run(Organizations, name="tyrell")["vcav_org"] == []


def test_short_pages_are_read_on_and_an_early_end_is_an_error(estate: Any) -> None:
    estate.control.add_fault("short_page", path="inventory/orgs*", keep=1)
    assert len(estate.run(Organizations)["vcav_org"]) == len(estate.tenants)
    estate.control.clear_faults()
    estate.control.add_fault("short_page", path="inventory/orgs*", keep=0)
    result = estate.run(Organizations)
    assert result["failed"] is True
    assert f"ended after 0 of {len(estate.tenants)} items" in result["msg"]


def test_a_site_to_which_the_session_is_not_extended_is_refused_by_the_server(estate: Any) -> None:
    result = estate.run(Organizations, site=estate.there)
    assert result["failed"] is True
    assert estate.there in result["msg"]
