"""The module in this process against the simulator: when the root password expires."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_root_password_info import RootPasswordInfo


def test_a_sound_password_tells_its_days_where_the_release_does(estate: Any) -> None:
    found = estate.run(RootPasswordInfo)["vcav_root_password"]
    assert found["expired"] is False
    assert found["expires_in_days"] is None if estate.release == "3.0" else 360 < found["expires_in_days"] <= 365
    assert estate.writes == [] and estate.sessions == 0
    paths = [entry["path"] for entry in estate.control.journal() if "expired" in entry["path"]]
    assert paths == ["/appliance/root-password-expired" if estate.release == "3.0" else "/config/root-password-expired"]


def test_the_password_of_a_new_appliance_has_expired(estate: Any) -> None:
    estate.control.reset(start="first-boot")
    first = estate.simulator.simulator.world.estate.initial_root_password
    found = estate.run(RootPasswordInfo, vcav_password=first)["vcav_root_password"]
    assert found == {"expired": True, "expires_in_days": None if estate.release == "3.0" else 0}
    estate.control.reset(start="configured")
