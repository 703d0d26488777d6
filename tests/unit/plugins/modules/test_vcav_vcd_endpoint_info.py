"""The module in this process against the simulator: which vCloud Director a site works with."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_vcd_endpoint import VcdEndpoint
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_vcd_endpoint_info import VcdEndpointInfo


def test_what_is_told_changes_nothing_as_input(estate: Any) -> None:
    found = estate.run(VcdEndpointInfo)["vcav_vcd_endpoint"]
    assert found["url"] == "https://vdev-a03-vcd.vdev.local/api"
    assert estate.run(VcdEndpoint, **found)["changed"] is False
    assert estate.writes == []


def test_a_new_site_has_none(new_estate: Any) -> None:
    found = new_estate.run(VcdEndpointInfo)["vcav_vcd_endpoint"]
    assert found == {"url": None, "user": None, "peer_thumbprint": None}


def test_another_service_is_told_from_the_cloud_service(estate: Any) -> None:
    result = estate.run(VcdEndpointInfo, vcav_url=estate.simulator.tunnel(estate.here))
    assert "leads to a tunnel service" in result["msg"]
