"""The module in this process against the simulator: name and endpoints of a site."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_local_site import LocalSite
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_local_site_info import LocalSiteInfo


def test_what_is_told_changes_nothing_as_input(estate: Any) -> None:
    found = estate.run(LocalSiteInfo)
    assert found["vcav_local_site"]["name"] == estate.here
    assert found["vcav_local_site"]["api_public_address"] == "vcav-a03.example.net"
    assert found["vcav_local_site"]["mgmt_port"] is None
    assert found["effective"]["mgmt_port"] == 8046
    assert found["restart_required"] is False
    assert estate.run(LocalSite, **found["vcav_local_site"])["changed"] is False


def test_a_new_site_has_neither_name_nor_endpoint(new_estate: Any) -> None:
    found = new_estate.run(LocalSiteInfo)["vcav_local_site"]
    assert (found["name"], found["description"], found["api_public_address"]) == (None, "", None)
