"""The module in this process against the simulator: whether a site is licensed, and until when."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import license as licensing
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_license import License
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_license_info import LicenseInfo


def test_a_license_without_an_end(estate: Any) -> None:
    result = estate.run(LicenseInfo)
    assert result["vcav_license"] == {"key": "*****-*****-*****-*****-LAB00", "is_licensed": True}
    assert (result["expires"], result["days_left"]) == (None, None)


def test_a_license_that_ends(estate: Any) -> None:
    estate.run(License, key="TRIAL-BBBB2-CCCC3-DDDD4-EEEE5")
    result = estate.run(LicenseInfo)
    assert result["days_left"] == 59
    assert result["expires"].endswith("Z")


def test_a_site_without_a_license(new_estate: Any) -> None:
    result = new_estate.run(LicenseInfo)
    assert result["vcav_license"] == {"key": None, "is_licensed": False}
    assert (result["expires"], result["days_left"]) == (None, None)


def test_the_moment_of_expiry_is_utc_and_days_are_whole() -> None:
    expires, days = licensing.expiry({"expirationDate": 1609459200000})
    assert expires == "2021-01-01T00:00:00Z"
    assert days is not None and days < 0
