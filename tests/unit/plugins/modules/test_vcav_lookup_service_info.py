"""The module in this process against the simulator: the lookup service of a service."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_lookup_service_info import LookupServiceInfo


def test_it_is_told_in_the_spelling_of_the_option(estate: Any) -> None:
    result = estate.run(LookupServiceInfo)
    assert result["vcav_lookup_service"]["url"] == "https://vdev-a03-vc01.vdev.local/lookupservice/sdk"
    assert result["vcav_lookup_service"]["peer_thumbprint"].startswith("SHA-256:")
    assert (result["changed"], result["service"], estate.writes) == (False, "cloud", [])


def test_a_service_that_has_none_says_so(new_estate: Any) -> None:
    result = new_estate.run(LookupServiceInfo, vcav_url=new_estate.simulator.manager(new_estate.here))
    assert result["vcav_lookup_service"] == {"url": None, "peer_thumbprint": None}
    assert result["service"] == "manager"
