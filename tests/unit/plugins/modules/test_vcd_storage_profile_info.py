"""Storage profiles of organization VDCs, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_storage_profile_info import StorageProfiles
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


def test_a_storage_profile_is_told_with_its_limit_and_what_is_used(vcd: Vcd) -> None:
    capacity, performance = vcd.run(StorageProfiles, org="Tyrell")["vcd_storage_profile"]
    assert (capacity["name"], performance["name"]) == ("A03 VSAN Capacity", "A03 VSAN Performance")
    assert (capacity["default"], performance["default"]) == (False, True)
    assert (capacity["storage_used_mb"], performance["storage_limit_mb"]) == (0, 1048576)
    assert performance["storage_used_mb"] > 0
    assert performance["id"].startswith("urn:vcloud:vdcstorageProfile:")
    assert performance["vdc_busy"] is None
    assert vcd.run(StorageProfiles, vcd_user="admin@Tyrell")["vcd_storage_profile"][0]["vdc_busy"] is False


def test_storage_profiles_are_chosen_by_state_and_name(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [row["name"] for row in vcd.run(StorageProfiles, org="Tyrell", **options)["vcd_storage_profile"]]

    assert names(name="*Capacity") == ["A03 VSAN Capacity"]
    assert names(enabled=True) == ["A03 VSAN Capacity", "A03 VSAN Performance"]
    assert names(enabled=False) == []
    assert any("isEnabled" in each for each in vcd.requests)
