"""The module in this process against the simulator: what each kind of service shows of its appliance."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_appliance_info import ApplianceInfo

COMMON = ["hostname", "dns_servers", "search_domains", "log_levels"]
LATER = ["ntp_servers", "ssh_enabled"]


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_each_service_shows_what_it_has(estate: Any, kind: str) -> None:
    url = getattr(estate.simulator, kind)(estate.here)
    told = estate.run(ApplianceInfo, vcav_url=url)["vcav_appliance"]
    expected = set(COMMON) | (set() if estate.release == "3.0" else set(LATER))
    if kind == "cloud":
        expected |= {"telemetry", "telemetry_environment"}
        expected |= set() if estate.release == "3.0" else {"admin_allow_from"}
    assert set(told) == expected
    assert told["log_levels"] == {"com.vmware": "INFO"}
    assert estate.writes == [] and estate.sessions == 0
