"""The module in this process against the simulator: what a site says of itself."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_info import SiteInfo


def test_a_site_tells_its_name_its_release_and_how_others_reach_it(estate: Any) -> None:
    site = estate.run(SiteInfo)["vcav_site"]
    assert (site["name"], site["description"]) == (estate.here, "Provider site Auckland")
    assert site["version"] == estate.release and site["build"].startswith(estate.release)
    assert site["is_configured"] is True
    assert site["public_endpoint"] == estate.simulator.public(estate.here)
    assert site["thumbprint"] == estate.simulator.thumbprint(estate.here)
    assert site["lookup_service_url"] == "https://vdev-a03-vc01.vdev.local/lookupservice/sdk"
    if estate.release == "3.0":  # newer releases list their tunnels elsewhere
        assert site["tunnel_url"] == "https://vdev-a03-vcat.vdev.local:8047"


def test_reading_a_site_changes_nothing_and_leaves_no_session(estate: Any) -> None:
    result = estate.run(SiteInfo, check=True)
    assert result["changed"] is False
    assert estate.writes == []
    assert estate.sessions == 0
